/*
 * Time zones of a calendar file.
 *
 * A local time belongs to the last onset at or before it. In the hour that is skipped when clocks
 * go forward the offset before the change holds, of an hour that comes twice the first one is
 * meant, as RFC 5545 says. Names that are paths ("/mozilla.org/20050126_1/Europe/Berlin") are
 * looked up in the system by their last parts, names of Windows by the zones that they stand for.
 */
#include "import/zone.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/recur.h"

#define PART_STEPS ((uint64_t)200000)   /* of one STANDARD or DAYLIGHT */
#define FILE_STEPS ((uint64_t)20000000) /* of all zones of a file */
#define RDATES_MAX 1024
#define LAST_S INT64_C(4102444800) /* onsets are computed up to 2100 */

/* A STANDARD or DAYLIGHT. */
typedef struct part {
    int64_t start_s;
    int32_t before, after;
    bool has_start, has_before, has_after;
    bool has_rule;
    recur rule;
    int64_t *dates; /* RDATE */
    size_t date_count;
} part;

/* The VTIMEZONE being read. */
typedef struct zone_draft {
    uint64_t calendar;
    char name[ZONE_NAME_BYTES];
    part *parts;
    size_t part_count;
    bool is_bad;
} zone_draft;

/* Onsets of a part while they are computed: a ring that keeps the latest. */
typedef struct onsets {
    zone_onset *items;
    uint64_t count;
    const part *from;
    int64_t until_s;
} onsets;

static void free_draft(zones *self)
{
    zone_draft *draft = self->draft;
    for (size_t i = 0; draft != NULL && i < draft->part_count; i++)
        free(draft->parts[i].dates);
    if (draft != NULL)
        free(draft->parts);
    free(draft);
    self->draft = NULL;
}

bool zone_begin(zones *self, uint64_t calendar)
{
    free_draft(self);
    self->draft = calloc(1, sizeof *self->draft);
    if (self->draft == NULL)
        return false;
    self->draft->calendar = calendar;
    return true;
}

bool zone_begin_part(zones *self)
{
    zone_draft *draft = self->draft;
    if (draft->part_count == ZONE_OBSERVANCES_MAX) {
        draft->is_bad = true;
        return true;
    }
    part *wider = realloc(draft->parts, (draft->part_count + 1) * sizeof *wider);
    if (wider == NULL)
        return false;
    draft->parts = wider;
    draft->parts[draft->part_count++] = (part){0};
    return true;
}

/*
 * A name without blanks around it and without backslashes: as the value of a VTIMEZONE it has its
 * commas escaped, as a parameter it is quoted instead. One that is too long becomes empty.
 */
static void plain_name(const char *text, char out[ZONE_NAME_BYTES])
{
    size_t used = 0;
    for (text += strspn(text, " \t"); *text != '\0' && used + 1 < ZONE_NAME_BYTES; text++)
        if (*text != '\\')
            out[used++] = *text;
    while (used > 0 && (out[used - 1] == ' ' || out[used - 1] == '\t'))
        used--;
    out[*text == '\0' ? used : 0] = '\0';
}

static void add_dates(part *to, char *list, bool *is_bad)
{
    char *rest = NULL;
    for (char *at = strtok_r(list, ",", &rest); at != NULL; at = strtok_r(NULL, ",", &rest)) {
        caltime time;
        at[strcspn(at, "/")] = '\0';
        if (!caltime_parse(at, &time) || to->date_count == RDATES_MAX) {
            *is_bad = true;
            return;
        }
        /* Powers of two are where the array is full. */
        if ((to->date_count & (to->date_count - 1)) == 0) {
            size_t capacity = to->date_count == 0 ? 1 : 2 * to->date_count;
            int64_t *wider = realloc(to->dates, capacity * sizeof *wider);
            if (wider == NULL) {
                *is_bad = true;
                return;
            }
            to->dates = wider;
        }
        to->dates[to->date_count++] = time.local_s;
    }
}

void zone_line(zones *self, bool is_in_part, const content_line *line)
{
    zone_draft *draft = self->draft;
    caltime start;
    if (content_is(line, "TZID") && !is_in_part) {
        plain_name(line->value, draft->name);
        return;
    }
    if (!is_in_part || draft->is_bad || draft->part_count == 0)
        return;
    part *to = &draft->parts[draft->part_count - 1];
    if (content_is(line, "DTSTART") && !to->has_start) {
        to->has_start = caltime_parse(line->value, &start);
        to->start_s = start.local_s;
    } else if (content_is(line, "TZOFFSETFROM")) {
        to->has_before = caltime_parse_offset(line->value, &to->before);
    } else if (content_is(line, "TZOFFSETTO")) {
        to->has_after = caltime_parse_offset(line->value, &to->after);
    } else if (content_is(line, "RRULE")) {
        draft->is_bad = to->has_rule || recur_parse(line->value, &to->rule) != NULL;
        to->has_rule = true;
    } else if (content_is(line, "RDATE")) {
        char *list = strdup(line->value);
        draft->is_bad = list == NULL;
        if (list != NULL)
            add_dates(to, list, &draft->is_bad);
        free(list);
    }
}

static void add_onset(onsets *to, int64_t local_s)
{
    to->items[to->count++ % ZONE_ONSETS_MAX] =
        (zone_onset){local_s, to->from->before, to->from->after};
}

static bool visit_onset(void *context, int64_t local_s)
{
    onsets *to = context;
    if (local_s > to->until_s)
        return false;
    add_onset(to, local_s);
    return true;
}

static int compare_onset(const void *a, const void *b)
{
    const zone_onset *x = a, *y = b;
    return x->local_s < y->local_s ? -1 : x->local_s > y->local_s;
}

/* False: the part cannot be used. */
static bool expand_part(zones *self, const part *from, onsets *to)
{
    uint64_t steps = PART_STEPS;
    if (!from->has_start || !from->has_before || !from->has_after ||
        self->steps_used + PART_STEPS > FILE_STEPS)
        return false;
    to->from = from;
    to->until_s = LAST_S;
    if (from->has_rule && from->rule.has_until)
        to->until_s = from->rule.until.local_s + (from->rule.until.is_utc ? from->before : 0) +
                      (from->rule.until.is_date ? DAY_SECONDS - 1 : 0);
    bool is_done = true;
    if (from->has_rule)
        is_done = recur_expand(&from->rule, from->start_s, LAST_S, &steps, visit_onset, to);
    else
        add_onset(to, from->start_s);
    self->steps_used += PART_STEPS - steps;
    for (size_t i = 0; i < from->date_count; i++)
        add_onset(to, from->dates[i]);
    return is_done;
}

/* The onsets of the draft, sorted; NULL: it cannot be used, or memory is exhausted. */
static zone_onset *expand_draft(zones *self, size_t *count)
{
    const zone_draft *draft = self->draft;
    onsets to = {.items = malloc(ZONE_ONSETS_MAX * sizeof *to.items)};
    bool is_good = to.items != NULL && !draft->is_bad;
    for (size_t i = 0; i < draft->part_count && is_good; i++)
        is_good = expand_part(self, &draft->parts[i], &to);
    *count = to.count < ZONE_ONSETS_MAX ? (size_t)to.count : ZONE_ONSETS_MAX;
    if (!is_good || *count == 0) {
        free(to.items);
        return NULL;
    }
    qsort(to.items, *count, sizeof *to.items, compare_onset);
    zone_onset *fitting = realloc(to.items, *count * sizeof *fitting);
    return fitting == NULL ? to.items : fitting;
}

static zone *find_zone(zones *self, uint64_t calendar, const char *name)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->items[i].calendar == calendar && strcmp(self->items[i].name, name) == 0)
            return &self->items[i];
    return NULL;
}

/* A new entry, its name set; NULL when there are too many or memory is exhausted. */
static zone *push_zone(zones *self, uint64_t calendar, const char *name)
{
    if (self->count == ZONES_MAX)
        return NULL;
    if (self->count == self->capacity) {
        size_t capacity = self->capacity == 0 ? 8 : 2 * self->capacity;
        zone *wider = realloc(self->items, capacity * sizeof *wider);
        if (wider == NULL)
            return NULL;
        self->items = wider;
        self->capacity = capacity;
    }
    zone *entry = &self->items[self->count++];
    *entry = (zone){.calendar = calendar};
    snprintf(entry->name, sizeof entry->name, "%s", name);
    return entry;
}

/* The system's zone of a name, one of Windows too, or of its last parts; NULL: there is none. */
static void *find_system(const char *name)
{
    const char *known = zone_of_windows(name);
    name = known == NULL ? name : known;
    bool is_offset = strncasecmp(name, "UTC", 3) == 0 || strncasecmp(name, "GMT", 3) == 0;
    if (is_offset && (name[3] == '+' || name[3] == '-'))
        return g_time_zone_new_identifier(name + 3); /* as a whole it were one of POSIX, negated */
    for (const char *at = name; at != NULL && *at != '\0'; at = strchr(at, '/')) {
        at += strspn(at, "/");
        /* GLib would read a name that begins so as an offset or a file. */
        bool is_name = (*at >= 'A' && *at <= 'Z') && strstr(at, "..") == NULL;
        GTimeZone *found = is_name ? g_time_zone_new_identifier(at) : NULL;
        if (found != NULL)
            return found;
    }
    return NULL;
}

void zone_end(zones *self)
{
    size_t count = 0;
    zone_draft *draft = self->draft;
    zone *entry = NULL;
    if (draft->name[0] != '\0' && find_zone(self, draft->calendar, draft->name) == NULL) {
        entry = push_zone(self, draft->calendar, draft->name);
        if (entry != NULL) {
            entry->onsets = expand_draft(self, &count);
            entry->count = count;
            entry->system = entry->onsets == NULL ? find_system(draft->name) : NULL;
        }
    }
    free_draft(self);
}

static int32_t offset_by_onsets(const zone *self, int64_t local_s)
{
    size_t low = 0, high = self->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const zone_onset *at = &self->onsets[middle];
        int64_t gap = at->after > at->before ? at->after - at->before : 0;
        if (at->local_s + gap <= local_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? self->onsets[0].before : self->onsets[low - 1].after;
}

static int32_t offset_by_system(GTimeZone *system, int64_t local_s)
{
    gint64 time = local_s;
    int interval = g_time_zone_adjust_time(system, G_TIME_TYPE_STANDARD, &time);
    int32_t offset = g_time_zone_get_offset(system, interval);
    if (time != local_s && interval > 0)
        offset = g_time_zone_get_offset(system, interval - 1); /* the hour that is skipped */
    /* Of an hour that comes twice, the first: the interval before, if it still holds then. */
    if (interval > 0) {
        int32_t before = g_time_zone_get_offset(system, interval - 1);
        if (g_time_zone_find_interval(system, G_TIME_TYPE_UNIVERSAL, local_s - before) ==
            interval - 1)
            offset = before;
    }
    return offset;
}

bool zone_to_utc(zones *self, uint64_t calendar, const caltime *time, int64_t *utc_s)
{
    char name[ZONE_NAME_BYTES];
    *utc_s = time->local_s;
    if (time->is_utc || time->is_date || time->tzid == NULL)
        return true;
    plain_name(time->tzid, name);
    zone *entry = find_zone(self, calendar, name);
    if (entry == NULL) {
        entry = push_zone(self, calendar, name);
        if (entry == NULL)
            return false;
        entry->system = find_system(name);
    }
    if (entry->onsets != NULL)
        *utc_s -= offset_by_onsets(entry, time->local_s);
    else if (entry->system != NULL)
        *utc_s -= offset_by_system(entry->system, time->local_s);
    return entry->onsets != NULL || entry->system != NULL;
}

static void clear(zones *self)
{
    free_draft(self);
    for (size_t i = 0; i < self->count; i++) {
        free(self->items[i].onsets);
        if (self->items[i].system != NULL)
            g_time_zone_unref(self->items[i].system);
    }
    self->count = 0;
    self->steps_used = 0;
}

void zones_free(zones *self)
{
    clear(self);
    free(self->items);
    *self = (zones){0};
}
