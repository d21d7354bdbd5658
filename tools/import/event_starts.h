/*
 * At what time of day the series of a file begin, for programs that name an occurrence of a series
 * by its day alone, or one that was made a whole day by its time.
 */
#ifndef WARMPATH_IMPORT_EVENT_STARTS_H
#define WARMPATH_IMPORT_EVENT_STARTS_H

#include "import/event.h"

/* The series of a file that begin at a time of day. All-zero is empty. */
typedef struct event_starts {
    struct event_start *items;
    size_t count;
    size_t capacity;
    bool is_sorted;
} event_starts;

/* Remember a complete event, if it is such a series. False: memory. */
bool event_starts_add(event_starts *self, const event *from);

/* Give a day that names an occurrence the time of its series, where that is known. */
void event_starts_place(event_starts *self, event *row);

void event_starts_free(event_starts *self);

#endif
