/*
 * One VEVENT: who met when, on whose invitation. Texts for people (summary, description, place) are
 * never looked at.
 *
 * Lines come one by one and are kept in a pool until the event is complete; what is wrong with the
 * first bad one is remembered and makes the whole event refused, because a meeting on the wrong day
 * or with half its guests would count as if it were right. A further day (RDATE) that is bad is
 * left out with a note.
 */
#ifndef WARMPATH_IMPORT_EVENT_H
#define WARMPATH_IMPORT_EVENT_H

#include "import/content.h"
#include "import/fact.h"
#include "import/pool.h"
#include "import/recur.h"
#include "import/zone.h"

#define EVENT_RULES_MAX 8                /* RRULEs and EXRULEs */
#define EVENT_DATES_MAX ((size_t)100000) /* RDATEs and EXDATEs */
#define EVENT_OCCURRENCES_MAX                                                                      \
    ((size_t)1000)                         /* of a series, the latest ones that have taken place */
#define EVENT_SEATS_MAX ((size_t)100000)   /* occurrences times attendees */
#define EVENT_STEPS_MAX ((uint64_t)500000) /* to expand one series */

typedef enum event_method {
    EVENT_PUBLISH = 0, /* also REQUEST and none */
    EVENT_ADD,
    EVENT_CANCEL,
    EVENT_REPLY,
    EVENT_PROPOSAL /* COUNTER, DECLINECOUNTER, REFRESH: nothing is agreed on */
} event_method;

typedef struct attendee {
    const char *email;
    const char *name; /* NULL: none */
    wp_role role;
} attendee;

typedef struct dates {
    caltime *items;
    size_t count;
    size_t capacity;
} dates;

/* An event while its lines are read, then complete. All-zero before the first event_begin(). */
typedef struct event {
    pool texts;
    uint64_t calendar; /* the number of its VCALENDAR in the file */
    event_method method;
    const char *uid; /* NULL: none */
    bool has_start, has_recurrence_id, has_stamp;
    bool is_placed; /* the series begins at a time of day, so does recurrence_id */
    caltime start, recurrence_id;
    int64_t stamp_s; /* DTSTAMP or LAST-MODIFIED, the later one */
    int64_t sequence;
    bool is_cancelled, is_private, is_range;
    recur rules[EVENT_RULES_MAX];
    bool is_exclusion[EVENT_RULES_MAX]; /* an EXRULE */
    size_t rule_count;
    dates more;         /* RDATE */
    dates except;       /* EXDATE */
    attendee organizer; /* email NULL: none */
    attendee chair;     /* the attendee with ROLE=CHAIR; email NULL: none */
    attendee *attendees;
    size_t attendee_count;
    size_t attendee_capacity;
    uint64_t notes[NOTE_COUNT];
    verdict what; /* skipped: what is wrong */
} event;

/* Whether anything becomes of such a line of a meeting. */
bool event_is_kept(const content_line *line);

void event_begin(event *self, uint64_t calendar, event_method method);
/* Take one line of the event itself, not of its alarms. False: memory. */
bool event_line(event *self, const content_line *line);
void event_free(event *self);

/* What happened of an event, as instants. */
typedef struct occurrence {
    int64_t id_s;   /* when it was to begin: the RECURRENCE-ID */
    int64_t time_s; /* when it began */
} occurrence;

typedef struct occurrences {
    occurrence *items; /* room for EVENT_OCCURRENCES_MAX */
    size_t count;
    bool is_one;    /* there is no more than the first, whose id is known also when it is ahead */
    bool is_series; /* each has an id of its own; else there is one, known by the UID alone */
    bool is_future; /* there are some after now; sure when there are none before */
    bool is_cut;    /* earlier ones are left out */
    bool has_odd_zone;
} occurrences;

/* The occurrences of a complete event up to `now_s`. False with the verdict in self->what. */
bool event_expand(event *self, zones *known, int64_t now_s, occurrences *out);

/* Whether it tells of all that has its UID, as opposed to single occurrences. */
bool event_is_whole(const event *self);

/* Of two versions of one meeting the one with the higher revision holds. */
int64_t event_revision(const event *self);
/* That of a changed occurrence as one of its series, 1 or more. */
int64_t event_series_revision(const event *self);

#define EVENT_SOURCE_BYTES 1001
/* The source id of an occurrence: "UID" or "UID/20240301T120000Z", hashed when too long. */
void event_source(const event *self, const occurrences *from, size_t index,
                  char out[EVENT_SOURCE_BYTES]);

/* The source id of the whole of what has occurrences: "UID", hashed when too long. */
void event_series_source(const event *self, char out[EVENT_SOURCE_BYTES]);

/* The source id of what somebody answered to the meeting with a source id. */
void event_answer_source(const char *meeting, const char *email, char out[EVENT_SOURCE_BYTES]);

#endif
