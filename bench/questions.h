/*
 * Drawing the people of questions: colleagues where the graph has companies, as a team and an
 * account would be, otherwise anybody.
 */
#ifndef BENCH_QUESTIONS_H
#define BENCH_QUESTIONS_H

#include "graph.h"
#include "random.h"

/* Somebody who has a tie. */
uint32_t question_person(wp_txn *txn, const graph *network, random_stream *random);

/* Fill `out` with different people: those of one company drawn at random, then of another, until
 * there are enough. None of `others` is among them. */
void question_people(wp_txn *txn, const graph *network, random_stream *random, uint32_t *out,
                     size_t count, const uint32_t *others, size_t other_count);

#endif
