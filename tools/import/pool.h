/*
 * Texts of one record, thrown away together when the next record begins.
 *
 * Facts borrow their texts, so those of a card or an event must stay where they are until it is
 * stored. A pool hands out copies from blocks that it keeps, and refuses once a record wants more
 * than POOL_BYTES_MAX: no record can use memory without bound.
 */
#ifndef WARMPATH_IMPORT_POOL_H
#define WARMPATH_IMPORT_POOL_H

#include <stdbool.h>
#include <stddef.h>

#define POOL_BYTES_MAX ((size_t)4 << 20) /* of one record */

typedef struct pool_block pool_block;

/* All-zero is an empty pool. */
typedef struct pool {
    pool_block *first;
    pool_block *current;
    size_t bytes; /* handed out since pool_clear() */
    bool is_full; /* a text was refused because of POOL_BYTES_MAX, not for want of memory */
} pool;

/* A copy closed by a NUL, good until pool_clear(). NULL: see is_full, else memory is exhausted. */
char *pool_keep(pool *self, const char *text, size_t length);

/* Begin the next record; the memory stays. */
void pool_clear(pool *self);
void pool_free(pool *self);

#endif
