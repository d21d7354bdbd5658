/*
 * At what time of day the series of a file begin.
 *
 * Series are known by a hash of their UID and sorted once all are there; of several versions of one
 * the latest counts. What is wrong for one in 2^64 is a meeting too many.
 */
#include "import/event_starts.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

typedef struct event_start {
    uint64_t uid; /* its hash */
    int64_t revision;
    caltime start; /* tzid is owned */
} event_start;

static uint64_t hash_uid(const event *of)
{
    return XXH3_64bits(of->uid, strlen(of->uid));
}

bool event_starts_add(event_starts *self, const event *from)
{
    bool is_series = from->rule_count > 0 || from->more.count > 0;
    if (from->uid == NULL || !from->has_start || from->start.is_date || from->has_recurrence_id ||
        !is_series)
        return true;
    if (self->count == self->capacity) {
        size_t capacity = self->capacity == 0 ? 16 : 2 * self->capacity;
        event_start *wider = realloc(self->items, capacity * sizeof *wider);
        if (wider == NULL)
            return false;
        self->items = wider;
        self->capacity = capacity;
    }
    event_start *to = &self->items[self->count];
    *to = (event_start){hash_uid(from), event_revision(from), from->start};
    to->start.tzid = from->start.tzid == NULL ? NULL : strdup(from->start.tzid);
    if (from->start.tzid != NULL && to->start.tzid == NULL)
        return false;
    self->count++;
    self->is_sorted = false;
    return true;
}

static int compare_start(const void *a, const void *b)
{
    const event_start *x = a, *y = b;
    if (x->uid != y->uid)
        return x->uid < y->uid ? -1 : 1;
    return x->revision < y->revision ? -1 : x->revision > y->revision;
}

/* The start of the latest version of a series; NULL: none is known. */
static const caltime *find_start(event_starts *self, uint64_t uid)
{
    size_t low = 0, high = self->count;
    if (!self->is_sorted)
        qsort(self->items, self->count, sizeof *self->items, compare_start);
    self->is_sorted = true;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (self->items[middle].uid <= uid)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && self->items[low - 1].uid == uid ? &self->items[low - 1].start : NULL;
}

void event_starts_place(event_starts *self, event *row)
{
    caltime *id = &row->recurrence_id;
    if (!row->has_recurrence_id || row->uid == NULL || self->count == 0)
        return;
    const caltime *start = find_start(self, hash_uid(row));
    row->is_placed = start != NULL;
    if (start == NULL || !id->is_date)
        return;
    int64_t clock_s = start->local_s - caltime_day_of(start->local_s) * DAY_SECONDS;
    int64_t day_s = id->local_s;
    *id = *start;
    id->local_s = day_s + clock_s;
}

void event_starts_free(event_starts *self)
{
    for (size_t i = 0; i < self->count; i++)
        free((char *)self->items[i].start.tzid);
    free(self->items);
    *self = (event_starts){0};
}
