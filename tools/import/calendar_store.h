/*
 * An event stored: its named people, then one meeting for each occurrence that has taken place.
 *
 * The sender of a meeting is its organizer; without one the attendee who chairs it, without one the
 * owner of the calendar. A reply says what one attendee decided about a meeting that others
 * describe: it is stored as an answer to each occurrence, whether that is stored or not. The
 * parsing is done when this is called.
 *
 * An occurrence names its series, which is stored once besides with the revision of this version:
 * so a newer version takes the place of all occurrences of an older one, whichever is read first.
 * One that tells of no meeting (any more) is stored likewise: called off, put off beyond the
 * present, without guests or with no occurrence left.
 */
#ifndef WARMPATH_IMPORT_CALENDAR_STORE_H
#define WARMPATH_IMPORT_CALENDAR_STORE_H

#include "import/event_starts.h"

typedef struct calendar_store {
    run *run;
    int64_t now_s; /* the same for the whole file */
    zones zones;
    event_starts starts;
    event row;
    occurrences found;
    fact fact;
    bool is_without_guests;          /* the row: nobody but its organizer takes part */
    char series[EVENT_SOURCE_BYTES]; /* of all occurrences */
    char source[EVENT_SOURCE_BYTES]; /* of a meeting */
    char answer[EVENT_SOURCE_BYTES]; /* of what somebody answered to it */
} calendar_store;

/* False: memory. */
bool calendar_store_init(calendar_store *self, run *importing);
void calendar_store_free(calendar_store *self);

/* Store the complete event in self->row, whose verdict says what became of it. *weight: of the row
 * in a batch. */
import_code calendar_store_event(calendar_store *self, uint64_t *weight);

#endif
