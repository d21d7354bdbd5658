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
#include "base/bitset.h"
#include "base/bytes.h"
#include "base/hash_filter.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/tie_state.h"
#include "format/keys.h"
#include "format/records.h"
#include "store/store.h"

/* Highest numbers given out; stored in the meta table. */
typedef struct wpi_counters {
    uint32_t people; /* numbers, one an identity; they are never taken back */
    uint32_t companies;
    uint32_t aliases[2]; /* of people and companies: numbers that stand for another or for nobody */
    uint64_t interactions;
    uint64_t interaction_count; /* how many there are, without series */
    uint64_t private_count;     /* of them, that are marked private */
    uint64_t ties;              /* how many there are */
    uint32_t sources;
    uint32_t opportunities;
    uint32_t opportunity_count; /* how many there are */
} wpi_counters;

#define WPI_PENDING_BYTES_MAX ((size_t)64 << 20) /* unless more is allowed */
/* Sizes of base segments and overlay; stored in the meta table. */
typedef struct wpi_adjacency_totals {
    uint64_t generation; /* grows with every segment written */
    uint64_t segments;
    uint64_t segment_arcs;
    uint64_t segment_bytes;
    uint64_t overlay_people;
    uint64_t overlay_arcs;
} wpi_adjacency_totals;

struct wpi_lists;

#define WPI_SUPPRESSION_KEYS_MAX 16

/* Keys that identities are hashed with to tell whether they are suppressed; in the meta table. */
typedef struct wpi_suppression {
    size_t count; /* 0: nothing was ever suppressed */
    uint64_t keys[WPI_SUPPRESSION_KEYS_MAX];
} wpi_suppression;
/* What is known of the hashes in a table; see source_id.c. */
typedef struct wpi_hashed_known {
    wpi_hash_filter filter; /* of all that are stored or wait, if it is made */
    uint64_t lookups;       /* of hashes so far */
} wpi_hashed_known;
/* Records keyed by a hash that are not written yet; see source_id.h. */
typedef struct wpi_hashed_row {
    uint32_t hash_high;
    uint32_t hash_low;
    uint64_t number; /* of an interaction */
} wpi_hashed_row;
typedef struct wpi_hashed {
    wpi_array rows; /* of wpi_hashed_row */
    wpi_map at;     /* hash -> number of the first */
    wpi_hashed_known known;
} wpi_hashed;

/* Meetings whose answers change; see answer.h. */
typedef struct wpi_waiting {
    wpi_array meetings; /* of wpi_waiting_meeting */
    wpi_map at;         /* number -> index of the meeting */
    wpi_map ids;        /* hash of the source id answered -> a second hash of it */
    size_t rows;        /* of all meetings */
    size_t answers;     /* that came since the first began to wait */
} wpi_waiting;
/* The answers to series as far as they were looked up; see answer.h. */
typedef struct wpi_series_answers {
    wpi_map at;        /* hash of the source id of a series -> index in spans */
    wpi_array spans;   /* of wpi_series_span */
    wpi_array numbers; /* of uint64_t */
} wpi_series_answers;

/* Two people, low < high. */
typedef struct wpi_pair {
    uint32_t low;
    uint32_t high;
} wpi_pair;

typedef struct wpi_graph {
    wpi_store_txn *txn;
    bool is_write;
    bool has_failed;  /* a write failed half-way: only abort is left */
    bool is_counting; /* the counters changed */
    uint32_t finds;   /* of interactions, so that pages are let go of every so many */
    uint32_t stores;  /* likewise */
    wpi_counters counters;
    uint64_t seed;                /* key of the identity hashes */
    uint32_t source;              /* who states what is stored; see source.h */
    wpi_bitset mentioned[2];      /* numbers that a source states; see party.h */
    uint32_t mentioned_source;    /* which one */
    bool has_aliased;             /* `aliased` is loaded */
    wpi_bitset aliased[2];        /* numbers with an alias record, of a write transaction */
    wpi_array stale;              /* of wpi_pair: ties to be computed anew; see restate.h */
    wpi_array restale;            /* of wpi_pair: what is stated of them likewise */
    wpi_writer writer;            /* scratch for one record */
    wpi_arena lent;               /* what the last read call lent out */
    wpi_waiting waiting;          /* meetings whose answers change; see answer.h */
    bool is_answering;            /* one of the answers is half stored */
    wpi_series_answers to_series; /* see answer.h */
    wpi_array name_changes;       /* that wait for the name index; see name_record.c */
    wpi_array name_words;         /* of char: the words of these */
    wpi_array gains;              /* of wpi_derived_row; see gains.h */
    wpi_array gaining;            /* likewise: those whose ties are being written */
    wpi_hashed source_ids;        /* see source_id.h for these */
    wpi_hashed replies;
    wpi_array pending;            /* of wpi_pending_tie; see pending.h for these */
    wpi_array pending_states;     /* of wpi_tie_state */
    wpi_array pending_odd;        /* of wpi_stated */
    wpi_array pending_clashes;    /* of wpi_clash: statements beside those of another source */
    wpi_map pending_at;           /* low << 32 | high -> index in pending */
    wpi_map pending_clash_at;     /* from << 32 | to -> index of the latest in pending_clashes */
    size_t pending_clash_indexed; /* of them stand in pending_clash_at */
    size_t pending_stated;        /* changes that only say what is stated, since the last write */
    size_t pending_bytes_max;     /* more of it is written before the transaction ends */
    size_t pending_indexed;       /* of them stand in pending_at */
    wpi_array identities;         /* of identities to be written; see identity.c for these */
    wpi_array identity_texts;     /* of char: their texts, each with its NUL */
    wpi_map identity_at;          /* hash -> index in identities */
    uint64_t absent_hash;         /* no identity with this hash is stored; 0: none known */
    bool has_no_identities;       /* none is stored */
    bool is_identity_table_known; /* has_no_identities was looked up */
    wpi_store_cursor *tie_cursor; /* of a read transaction; see tie_table.c */
    bool has_totals;              /* `totals` is loaded, and changes in it are saved by the flush */
    wpi_adjacency_totals totals;
    wpi_adjacency_totals totals_stored; /* as they stand in the meta table */
    struct wpi_lists *lists;            /* of a read transaction that searches; see lists.h */
    struct wpi_fadings *fadings;        /* likewise; NULL until needed; see strength.h */
    wp_sha256_fn *sha256;               /* for the audit log; NULL: none was given */
    uint32_t user;                      /* who runs the program, for the audit log */
    bool has_suppression;               /* `suppression` is loaded */
    wpi_suppression suppression;        /* the keys of suppressed identities; see suppress.h */
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
/* The same through a cursor for putting alone, which is cheap when keys ascend. For a few records
 * none is opened, and NULL stands for it. */
wp_status wpi_graph_open_to_put(wpi_graph *graph, wpi_table table, size_t records,
                                wpi_store_cursor **cursor, wp_error *err);
wp_status wpi_graph_put_at(wpi_graph *graph, wpi_store_cursor *cursor, wpi_table table, wpi_key key,
                           wp_error *err);
/* The same for a record behind all others of its table. */
wp_status wpi_graph_append(wpi_graph *graph, wpi_table table, wpi_key key, wp_error *err);
wp_status wpi_graph_delete(wpi_graph *graph, wpi_table table, wpi_key key, wp_error *err);

/* A copy of a record in the lent memory, so that it outlives writes. */
wp_status wpi_graph_keep(wpi_graph *graph, wpi_record_bytes *value, wp_error *err);
/* Texts are valid UTF-8 without control characters and at most bytes_max long; NULL passes. */
wp_status wpi_graph_check_text(const char *text, const char *what, size_t bytes_max, wp_error *err);

#define WPI_TEXT_BYTES_MAX 1024

/* Whether there is a record whose key begins with a prefix; whether it is sound is not looked at.
 */
wp_status wpi_graph_has(wpi_graph *graph, wpi_table table, wpi_key prefix, bool *has,
                        wp_error *err);

/* A record with its key; the value is in lent memory. */
typedef struct wpi_graph_record {
    wpi_key key;
    wpi_record_bytes value;
} wpi_graph_record;

/* The first record behind a key, which need not be there: one that is shorter than those of the
 * table comes before all that begin with it. WP_ENOTFOUND (err alone): there is none. */
wp_status wpi_graph_behind(wpi_graph *graph, wpi_table table, wpi_key from, size_t key_bytes,
                           wpi_graph_record *out, wp_error *err);

/* Walk the records whose key begins with a prefix. The function must not write to that table; a
 * status other than WP_OK stops the walk, WP_ENOTFOUND without being an error. */
typedef wp_status wpi_graph_each_fn(void *context, wpi_slice key, wpi_record_bytes value,
                                    wp_error *err);
wp_status wpi_graph_each(wpi_graph *graph, wpi_table table, wpi_key prefix, wpi_graph_each_fn *each,
                         void *context, wp_error *err);

#endif
