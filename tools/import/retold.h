/*
 * Ties of which a file says one thing and then another.
 *
 * A row that changes what its source said of a tie counts as new. When later rows change it back,
 * nothing was new after all: a file that contradicts itself adds nothing when it is imported again.
 * So changes are kept until their file or batch ends, a bounded number of them: when there are
 * more, their rows stay counted as new. What was first said is no change.
 */
#ifndef WARMPATH_IMPORT_RETOLD_H
#define WARMPATH_IMPORT_RETOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "warmpath.h"

typedef struct retold_change {
    uint32_t from;
    uint32_t to;
    uint32_t order; /* in which they came */
    uint32_t rows;  /* that are counted for it: 1, or 0 when the other direction has the row */
    uint64_t before;
    uint64_t after;
} retold_change;

/* All-zero before the first. */
typedef struct retold {
    retold_change *changes;
    size_t count;
    bool is_full; /* more came than are kept, or memory was exhausted */
} retold;

/* A row changes what was said of a direction of a tie. */
void retold_add(retold *self, const wp_stated_tie *before, const wp_stated_tie *after,
                uint32_t rows);
/* Forget the changes; returns how many of their rows changed nothing in the end. */
uint64_t retold_settle(retold *self);
void retold_forget(retold *self);

#endif
