/*
 * Changes of ties that a transaction has not written yet.
 *
 * They stand in the order in which they came: a state as a whole (after an interaction), or only
 * what was stated of one direction, which needs no look-up of what is stored and 16 bytes. So ties
 * can be stated by the million. A pair may come several times; where that matters, for reading a
 * tie back, the changes are indexed by pair and joined, each once.
 *
 * Before they are written they are sorted and joined, and completed with what is stored. All that
 * is only stated is stated by one source. Where another source's statement stands already, it stays
 * and the new one becomes a clash, which restate.h settles after the write.
 */
#ifndef WPI_GRAPH_PENDING_H
#define WPI_GRAPH_PENDING_H

#include "graph/graph.h"

typedef struct wpi_pending_tie {
    uint32_t low;
    uint32_t high;
    uint32_t stated[2]; /* low to high and back: a kind in the upper two bits, and a number */
} wpi_pending_tie;

#define WPI_PENDING_BITS 30 /* of the number */

enum {
    WPI_PENDING_ODD = 0,    /* one of the two below, or 2 + index in pending_odd */
    WPI_PENDING_COST,       /* micro-nats */
    WPI_PENDING_BILLIONTHS, /* of p */
    WPI_PENDING_WHOLE       /* index in pending_states of a state that has interactions; both.
                               [0] alone: index of the first row in `gaining` that is added */
};
#define WPI_PENDING_SAME 0u    /* as it is stored */
#define WPI_PENDING_NOTHING 1u /* nothing is stated */

/* Whether the state is known as a whole. */
static inline bool wpi_pending_is_whole(const wpi_pending_tie *tie)
{
    return tie->stated[1] >> WPI_PENDING_BITS == WPI_PENDING_WHOLE;
}

/* The costs that a written tie says, when it is only stated. False: see its state. */
static inline bool wpi_pending_costs(const wpi_pending_tie *tie, uint32_t costs[2])
{
    bool has_cost = false;
    for (int i = 0; i < 2; i++) {
        bool is_cost = tie->stated[i] >> WPI_PENDING_BITS == WPI_PENDING_COST;
        if (!is_cost && tie->stated[i] != WPI_PENDING_NOTHING)
            return false;
        costs[i] = is_cost ? tie->stated[i] & ((1u << WPI_PENDING_BITS) - 1) : WP_COST_NONE;
        has_cost |= is_cost;
    }
    return has_cost;
}

/* A statement about a direction of which another source states something already. */
typedef struct wpi_clash {
    uint32_t from;
    uint32_t to;
    wpi_stated stated;
} wpi_clash;

/* The change of a pair, all of its changes joined; NULL: there is none. Valid until the next
 * change. */
wp_status wpi_pending_find(wpi_graph *graph, uint32_t low, uint32_t high, wpi_pending_tie **out,
                           wp_error *err);
/* The latest clash of a direction; NULL: there is none. There are some only beside whole states. */
wp_status wpi_pending_find_clash(wpi_graph *graph, uint32_t from, uint32_t to,
                                 const wpi_clash **out, wp_error *err);
/* Change a state by what is pending. */
void wpi_pending_apply(const wpi_graph *graph, const wpi_pending_tie *tie, wpi_tie_state *state);

/* Keep a whole state. */
wp_status wpi_pending_put(wpi_graph *graph, uint32_t low, uint32_t high, const wpi_tie_state *state,
                          wp_error *err);
/* Keep that a pair gains the rows of `gaining` from an index on, which are its own. There is no
 * other change of it, and it cannot be found: write next. */
wp_status wpi_pending_gain(wpi_graph *graph, uint32_t low, uint32_t high, size_t index,
                           wp_error *err);
/* Keep what is stated of a direction. */
wp_status wpi_pending_state(wpi_graph *graph, uint32_t low, uint32_t high, int direction,
                            const wpi_stated *stated, wp_error *err);

/* Sort by pair and join the changes of each. Nothing can be found afterwards; write and clear. */
wp_status wpi_pending_sort(wpi_graph *graph, wp_error *err);
/* Make a change say all of the new state; stored: the old one, NULL when there is none. */
wp_status wpi_pending_complete(wpi_graph *graph, wpi_pending_tie *tie, const wpi_tie_state *stored,
                               wp_error *err);
/* A probability met before and its cost: networks from elsewhere have few different ones. */
typedef struct wpi_known_cost {
    double p;
    uint32_t cost; /* 0: none yet */
} wpi_known_cost;
#define WPI_KNOWN_COSTS 4096 /* a power of two */

/* A complete change was written as `state`: what remains to be known are costs, which are computed
 * once for both lists. known: WPI_KNOWN_COSTS, zeros at first; NULL: none are kept. */
void wpi_pending_written(wpi_pending_tie *tie, const wpi_tie_state *state, wpi_known_cost *known);
void wpi_pending_clear(wpi_graph *graph);
void wpi_pending_clear_clashes(wpi_graph *graph);
void wpi_pending_free(wpi_graph *graph);

/* Memory that the changes take, with what sorting and writing them will need. */
size_t wpi_pending_bytes(const wpi_graph *graph);

#endif
