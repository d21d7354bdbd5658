/*
 * New interactions in a graph: mails between people who know each other, as every day brings them.
 *
 * Pairs are drawn before anything is written, because a read transaction that stays open while
 * others write keeps the file from reusing its space.
 */
#ifndef BENCH_TOUCHES_H
#define BENCH_TOUCHES_H

#include "graph.h"
#include "random.h"

typedef struct touch {
    uint32_t from;
    uint32_t to;
} touch;

/* Somebody and one of their neighbours, `count` times. */
void touches_draw(const graph *network, random_stream *random, touch *out, size_t count);

/* As many as it takes until `people` different ones are in them. Yours: free(). */
touch *touches_draw_until(const graph *network, random_stream *random, uint32_t people,
                          size_t *count);

/* Store a mail at noon of `day`; `serial` must be new for the database. */
void touch_put(wp_txn *txn, const touch *it, uint64_t serial, int32_t day);

/* Store many in transactions of `batch`, with the serials from `serial` on. */
void touches_put(wp_db *db, const touch *items, size_t count, uint64_t serial, int32_t day,
                 size_t batch);

#endif
