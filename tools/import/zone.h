/*
 * Time zones of a calendar file: its own VTIMEZONEs first, then the system's zone database, in
 * which the names of Windows are looked up by those that they stand for.
 *
 * A zone is named within one VCALENDAR, so names are kept with the number of their calendar. What
 * makes a zone is collected from its lines; onsets are computed once, at its end, with a budget of
 * steps for the whole file, since a zone may recur as maliciously as an event.
 */
#ifndef WARMPATH_IMPORT_ZONE_H
#define WARMPATH_IMPORT_ZONE_H

#include "import/caltime.h"
#include "import/content.h"

#define ZONES_MAX 1000          /* of one file */
#define ZONE_NAME_BYTES 256     /* longer names are those of no zone */
#define ZONE_ONSETS_MAX 4096    /* of one zone, the latest ones */
#define ZONE_OBSERVANCES_MAX 64 /* changes of rule in one zone; more make it unusable */

/* When clocks change. */
typedef struct zone_onset {
    int64_t local_s; /* by the clock before the change */
    int32_t before;  /* seconds east of Greenwich */
    int32_t after;
} zone_onset;

typedef struct zone {
    uint64_t calendar;
    char name[ZONE_NAME_BYTES];
    zone_onset *onsets; /* by time; NULL: the system's zone of this name, or none */
    size_t count;
    void *system; /* GTimeZone; NULL */
} zone;

/* All-zero is an empty table. */
typedef struct zones {
    zone *items;
    size_t count;
    size_t capacity;
    uint64_t steps_used;
    struct zone_draft *draft; /* of the VTIMEZONE being read */
} zones;

/*
 * Read a VTIMEZONE: begin, each of its lines (those of its parts with `part` STANDARD or DAYLIGHT,
 * begin and end of the parts excepted), end. False: memory. A zone that is wrong somewhere counts
 * as one that is not there.
 */
bool zone_begin(zones *self, uint64_t calendar);
bool zone_begin_part(zones *self);
void zone_line(zones *self, bool is_in_part, const content_line *line);
void zone_end(zones *self);

/* The instant of a time in a calendar. False: its zone is not known, it was read as UTC. */
bool zone_to_utc(zones *self, uint64_t calendar, const caltime *time, int64_t *utc_s);

/* The zone of the system's database that Windows calls so, whatever its case; NULL: none. */
const char *zone_of_windows(const char *name);

void zones_free(zones *self);

#endif
