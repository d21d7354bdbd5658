/*
 * The graph layer: people, companies, ties, interactions and names on top of the store.
 *
 * A wpi_graph is one transaction seen as a graph. It owns what a transaction needs beside the
 * store's: the counters that give out numbers, the ties that were changed and not yet written
 * (pending), scratch memory for records, and the memory of what read calls lend to the caller.
 *
 * Derived data (neighbour lists, name index, member index) is written in the same transaction as
 * the truth it follows from; nothing here knows about searches or policy.
 */
#ifndef WPI_GRAPH_GRAPH_H
#define WPI_GRAPH_GRAPH_H

#include "base/array.h"
#include "base/bytes.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/tie_state.h"
#include "format/keys.h"
#include "format/records.h"
#include "store/store.h"

/* Highest numbers given out; stored in the meta table. */
typedef struct wpi_counters {
    uint32_t people;
    uint32_t companies;
    uint64_t interactions;
} wpi_counters;

/* A tie changed in this transaction: what was stated, and where its interactions are, if any. Ties
 * that are only stated come by the million, so that what they do not have takes no room. */
typedef struct wpi_pending_tie {
    uint32_t low;
    uint32_t high;
    uint32_t flows;  /* index in pending_flows; WPI_PENDING_STATED: none */
    uint8_t kind[2]; /* of the statements */
    double value[2]; /* p or cost */
} wpi_pending_tie;

#define WPI_PENDING_STATED UINT32_MAX

typedef struct wpi_graph {
    wpi_store_txn *txn;
    bool is_write;
    bool has_failed;  /* a write failed half-way: only abort is left */
    bool is_counting; /* the counters changed */
    wpi_counters counters;
    uint64_t seed;           /* key of the identity hashes */
    wpi_writer writer;       /* scratch for one record */
    wpi_arena lent;          /* what the last read call lent out */
    wpi_map pending_at;      /* low << 32 | high -> index in pending */
    wpi_array pending;       /* of wpi_pending_tie */
    wpi_array pending_flows; /* of wpi_tie_state, of ties with interactions */
} wpi_graph;

/* Store the first records of a new database; a wpi_store_init_fn. context: const wpi_graph_us. */
typedef struct wpi_graph_us {
    const char *const *domains;
    size_t count;
} wpi_graph_us;
wp_status wpi_graph_create(wpi_store_txn *txn, void *context, wp_error *err);

/* Begin on an open store transaction, which stays the caller's. */
wp_status wpi_graph_begin(wpi_graph *graph, wpi_store_txn *txn, wp_error *err);
/* Write what is pending; to be called before the store's commit. */
wp_status wpi_graph_finish(wpi_graph *graph, wp_error *err);
void wpi_graph_end(wpi_graph *graph);

/* Guards for public calls: a write transaction, not failed. */
wp_status wpi_graph_check_write(const wpi_graph *graph, wp_error *err);
/* Forget what earlier calls lent. */
void wpi_graph_reclaim(wpi_graph *graph);

/* Short forms over the store. The payload of put is the graph's writer, which is cleared. */
wp_status wpi_graph_get(wpi_graph *graph, wpi_table table, wpi_key key, wpi_record_bytes *value,
                        wp_error *err);
wp_status wpi_graph_put(wpi_graph *graph, wpi_table table, wpi_key key, wp_error *err);
wp_status wpi_graph_delete(wpi_graph *graph, wpi_table table, wpi_key key, wp_error *err);

/* A copy of a record in the lent memory, so that it outlives writes. */
wp_status wpi_graph_keep(wpi_graph *graph, wpi_record_bytes *value, wp_error *err);
/* Texts are valid UTF-8 without control characters and at most bytes_max long; NULL passes. */
wp_status wpi_graph_check_text(const char *text, const char *what, size_t bytes_max, wp_error *err);

#define WPI_TEXT_BYTES_MAX 1024

/* Walk the records whose key begins with a prefix. Return non-WP_OK from the function to stop. */
typedef wp_status wpi_graph_each_fn(void *context, wpi_slice key, wpi_record_bytes value,
                                    wp_error *err);
wp_status wpi_graph_each(wpi_graph *graph, wpi_table table, wpi_key prefix, wpi_graph_each_fn *each,
                         void *context, wp_error *err);

#endif
