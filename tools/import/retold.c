/*
 * Ties of which a file says one thing and then another: see retold.h.
 */
#include "import/retold.h"

#include <stdlib.h>
#include <string.h>

#define CHANGES_MAX ((size_t)65536)
#define SAID_COST (UINT64_C(1) << 63) /* the sign of a p, which has none */

static uint64_t said(const wp_stated_tie *tie)
{
    uint64_t bits;
    if (tie->has_cost)
        return SAID_COST | tie->cost;
    memcpy(&bits, &tie->p, sizeof bits);
    return bits;
}

void retold_add(retold *self, const wp_stated_tie *before, const wp_stated_tie *after,
                uint32_t rows)
{
    /* Powers of two are where the array is full. */
    if ((self->count & (self->count - 1)) == 0 && !self->is_full) {
        size_t capacity = self->count == 0 ? 1 : 2 * self->count;
        retold_change *wider = capacity > CHANGES_MAX
                                   ? NULL
                                   : realloc(self->changes, capacity * sizeof *self->changes);
        self->is_full = wider == NULL;
        self->changes = wider == NULL ? self->changes : wider;
    }
    if (self->is_full)
        return;
    self->changes[self->count] = (retold_change){after->from, after->to,    (uint32_t)self->count,
                                                 rows,        said(before), said(after)};
    self->count++;
}

static int compare(const void *a, const void *b)
{
    const retold_change *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

uint64_t retold_settle(retold *self)
{
    uint64_t known = 0;
    const retold_change *all = self->changes;
    size_t count = self->is_full ? 0 : self->count;
    if (count > 1)
        qsort(self->changes, count, sizeof *self->changes, compare);
    for (size_t from = 0, to; from < count; from = to) {
        uint64_t rows = 0;
        for (to = from; to < count && all[to].from == all[from].from && all[to].to == all[from].to;
             to++)
            rows += all[to].rows;
        known += all[to - 1].after == all[from].before ? rows : 0;
    }
    retold_forget(self);
    return known;
}

void retold_forget(retold *self)
{
    free(self->changes);
    *self = (retold){0};
}
