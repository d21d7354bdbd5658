/*
 * The rows of an edge list, read and parsed ahead of the one who stores them, by a thread of their
 * own.
 *
 * Parsing is a third of loading a list and needs nothing of the database, so it is done on another
 * processor, a few thousand rows at a time. Rows come in the order of the file whoever reads them;
 * where no thread is to be had, they are read when they are asked for. The thread touches the file,
 * its blocks, and of the run only what does not change: the options and the key of hashes.
 */
#ifndef WARMPATH_IMPORT_EDGES_AHEAD_H
#define WARMPATH_IMPORT_EDGES_AHEAD_H

#include <pthread.h>

#include "import/edges.h"

#define EDGES_BLOCK_ROWS 2048
#define EDGES_BLOCK_TEXT_BYTES ((size_t)64 * 1024)
#define EDGES_BLOCKS 3

/* A row, or why it is none. Texts are in the block. */
typedef struct edges_row {
    place where;
    edge edge;
    uint64_t from_hash; /* of the people, as people.h has it */
    uint64_t to_hash;
    const char *detail; /* NULL: it is a row */
    reason_id reason;
} edges_row;

typedef struct edges_block {
    edges_row rows[EDGES_BLOCK_ROWS];
    size_t count;
    char text[EDGES_BLOCK_TEXT_BYTES];
    size_t text_bytes;
    lines_code code; /* LINES_OK: more blocks follow */
} edges_block;

typedef struct edges_ahead {
    edges_shape shape;
    const people *people;
    lines lines;
    bool skips_header; /* it is still to come */
    edges_block *blocks;
    size_t next;     /* number of the block to be handed out next */
    size_t filled;   /* number of the block to be filled next */
    bool is_held;    /* the block before `next` is in use */
    bool is_ending;  /* nothing more is wanted */
    bool has_thread; /* the three below are in use */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t change;
} edges_ahead;

/* Begin behind a place of a run's source. What is wrong is what lines_open() returns, or
 * LINES_FAILED without memory; end it all the same. */
lines_code edges_ahead_begin(edges_ahead *self, const run *import, const edges_shape *shape,
                             const place *from);
/* The next block, valid until the next call. Behind one whose code is not LINES_OK there is none.
 */
const edges_block *edges_ahead_next(edges_ahead *self);
void edges_ahead_end(edges_ahead *self);

#endif
