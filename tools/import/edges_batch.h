/*
 * The edges of one batch, kept until all of it can be stored at once.
 *
 * Asking for each line whether the database says the same already costs more than all else
 * together. So lines are kept, 12 bytes each, in buckets by the lower person; the rows of a bucket
 * are sorted by pair and held against what is stored in one pass. Pairs with somebody who is new
 * are not looked up at all. What remains is stored in order. A line is
 * known when what it says is what was said by the database or by the lines before it, or when all
 * lines of its pair together say what the database says.
 */
#ifndef WARMPATH_IMPORT_EDGES_BATCH_H
#define WARMPATH_IMPORT_EDGES_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "warmpath.h"

/* So many are stored before more are kept. */
#define EDGES_BATCH_MAX ((size_t)32 << 20)

typedef struct edges_batch_row {
    uint32_t low;
    uint32_t high;
    uint32_t said; /* see edges_batch.c */
} edges_batch_row;

/* Rows of the people of a stretch of numbers, in chunks, then in one array. */
typedef struct edges_bucket {
    struct edges_chunk *chunks; /* newest first */
    edges_batch_row *rows;
    size_t count;
} edges_bucket;

typedef struct edges_batch {
    edges_bucket *buckets;
    size_t bucket_count;
    size_t count; /* rows in all */
    double *odd;  /* weights that do not fit into rows */
    size_t odd_count;
    wp_number people; /* highest number before; nobody beyond has a stored tie */
    uint32_t source;  /* who states the rows */
    bool has_others;  /* other sources may state ties as well */
    bool has_cost;    /* the weights are costs */
    bool is_both;     /* each row is said of both directions */
} edges_batch;

/* Begin a batch in a transaction. */
wp_status edges_batch_begin(edges_batch *self, wp_txn *txn, uint32_t source, bool has_cost,
                            bool is_both, wp_error *err);
/* Keep a row. False when memory is exhausted. */
bool edges_batch_add(edges_batch *self, const wp_stated_tie *tie);
/* Store the rows and forget them; *known: how many said nothing new. */
wp_status edges_batch_store(edges_batch *self, wp_txn *txn, uint64_t *known, wp_error *err);
void edges_batch_forget(edges_batch *self);

#endif
