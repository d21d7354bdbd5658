/*
 * Graphs as databases: find the database of a graph in the directory of the cache, or build it.
 *
 *   community-N            people of N (10k, 1m, 2500, …) and their interactions
 *   community-N-stated     the same people and ties, with stated strengths of the same distribution
 *   rmat-SCALE             R-MAT, stated strengths
 *   FILE                   lines `src dst [p]`, stated both ways; p = .5 when none is given
 *
 * People are created in the order of their numbers, so that number and external id agree except
 * for files. A database is built under another name and renamed when it is complete.
 */
#ifndef BENCH_GRAPH_H
#define BENCH_GRAPH_H

#include "community.h"
#include "harness.h"
#include "random.h"

typedef enum graph_kind { GRAPH_EVIDENCE, GRAPH_STATED, GRAPH_RMAT, GRAPH_FILE } graph_kind;

/* What a name means. */
typedef struct graph_plan {
    graph_kind kind;
    uint32_t people; /* not for files */
    unsigned scale;  /* R-MAT */
    uint64_t seed;
    const char *file;
} graph_plan;

/* An open database. */
typedef struct graph {
    char path[512];
    wp_db *db;
    uint32_t people; /* numbers 1..people */
    int32_t day;     /* of the newest evidence */
    bool is_new;     /* was built by this run */
    double build_s;
} graph;

void graph_read_name(const bench_options *options, graph_plan *plan);

/* Open the database of options->graph; build it first unless the cache has it. */
void graph_open(const bench_options *options, graph *out);
/* Have a changed copy in the page cache as graph_open() leaves a graph. */
void graph_warm(graph *it);
void graph_close(graph *it);

/* A path in the cache, for a database beside that of the graph that later runs find again. */
void graph_cache_path(const bench_options *options, const char *what, char *out, size_t bytes);

/* A path there for a database that this process changes, and removes in the end: others that run
 * beside it have paths of their own. */
void graph_own_path(const bench_options *options, const char *what, char *out, size_t bytes);

/* Copy the closed database of a graph, to change it. */
void graph_copy(const char *from, const char *to);
void graph_remove(const char *path);

/* The ties of a graph, settled, and who works where; for text files and other stores. */
void graph_pairs(const graph_plan *plan, pair_list *out);

/* The strength stated from one person to another in graphs without a file; 0: none. */
double graph_stated_p(uint64_t seed, uint32_t from, uint32_t to);

/* Make a database and leave it open for writing fast: unsynced, which only a new one may be, and
 * with much memory. */
wp_db *graph_create(const char *path);
/* The same, with the graph in it. */
wp_db *graph_build(const bench_options *options, const char *path);

/* Write one interaction into a transaction, committed and renewed every `graph_batch`. */
typedef struct graph_writer {
    wp_db *db;
    wp_txn *txn;
    uint64_t count;
    uint64_t batch;
} graph_writer;

void graph_write_begin(graph_writer *writer, wp_db *db, uint64_t batch);
void graph_write_interaction(graph_writer *writer, const wp_interaction *interaction);
void graph_write_counted(graph_writer *writer); /* something was written */
void graph_write_end(graph_writer *writer);

#endif
