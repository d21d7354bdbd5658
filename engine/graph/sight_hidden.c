/*
 * What a viewer is not to know of interactions and counts: see sight.h.
 *
 * An interaction is told by its ties: who sees none between its sender and its recipients does not
 * see it, nor, in one that is seen, the recipients with whom the sender has a hidden tie. (What it
 * weighs for the others still depends on how many there were.) Hidden ties are counted at the lower
 * of two ends where they may be found from both, and interactions at their first recipient.
 */
#include "graph/adjacency.h"
#include "graph/evidence.h"
#include "graph/interaction.h"
#include "graph/party.h"
#include "graph/sight.h"
#include "graph/tie.h"
#include "graph/together.h"

wp_status wpi_sight_of_interaction(wpi_graph *graph, const wpi_sight *sight,
                                   wp_interaction *interaction, wp_error *err)
{
    uint32_t from, to;
    size_t seen = 0, count = interaction->to_count;
    wp_participant *kept = wpi_arena_take(&graph->lent, count + 1, sizeof *kept);
    if (kept == NULL)
        return wpi_memory_failed(err);
    WPI_TRY(wpi_party_find(graph, WPI_PERSON, interaction->from, &from, err));
    bool is_private = (interaction->flags & WP_INTERACTION_PRIVATE) != 0;
    for (size_t i = 0; i < count && !is_private; i++) {
        WPI_TRY(wpi_party_find(graph, WPI_PERSON, interaction->to[i].person, &to, err));
        if (!wpi_sight_hides(sight, from, to))
            kept[seen++] = interaction->to[i];
    }
    interaction->to = kept;
    interaction->to_count = seen;
    return WP_OK;
}

typedef struct hidden_walk {
    wpi_graph *graph;
    const wpi_sight *sight;
    wpi_bitset concerned; /* who may have a hidden tie */
    uint32_t low;         /* of the tie whose interactions are counted */
    uint32_t high;
    wpi_sight_hidden *out;
} hidden_walk;

/* Whether an interaction is hidden altogether, and this tie is that of its first recipient. */
static wp_status counts_here(const hidden_walk *walk, uint64_t number, bool *counts, wp_error *err)
{
    wp_interaction all;
    uint32_t from, to = 0;
    *counts = false;
    WPI_TRY(wpi_interaction_load(walk->graph, number, &all, err));
    WPI_TRY(wpi_party_find(walk->graph, WPI_PERSON, all.from, &from, err));
    for (size_t i = 0; i < all.to_count && (to == 0 || to == from); i++)
        WPI_TRY(wpi_party_find(walk->graph, WPI_PERSON, all.to[i].person, &to, err));
    bool is_here =
        (from == walk->low && to == walk->high) || (from == walk->high && to == walk->low);
    wp_interaction seen = all;
    if (is_here)
        WPI_TRY(wpi_sight_of_interaction(walk->graph, walk->sight, &seen, err));
    *counts = is_here && seen.to_count == 0;
    return WP_OK;
}

static wp_status count_row(void *context, const wpi_evidence_row *row, wp_error *err)
{
    hidden_walk *walk = context;
    bool counts = false;
    if ((row->interaction & WPI_TOGETHER) == 0)
        WPI_TRY(counts_here(walk, row->interaction, &counts, err));
    walk->out->interactions += counts;
    wpi_graph_reclaim(walk->graph);
    return WP_OK;
}

static wp_status count_tie(hidden_walk *walk, uint32_t a, uint32_t b, wp_error *err)
{
    walk->low = a < b ? a : b;
    walk->high = a < b ? b : a;
    walk->out->ties++;
    return wpi_evidence_each(walk->graph, walk->low, walk->high, 0, INT64_MAX, count_row, walk,
                             err);
}

static wp_status count_ties_of(hidden_walk *walk, uint32_t person, wp_error *err)
{
    wpi_neighbours neighbours;
    wpi_tie_state state;
    wpi_arc_hot arc;
    uint32_t at = 0;
    WPI_TRY(wpi_adjacency_find(walk->graph, person, &neighbours, err));
    while (wpi_neighbours_next(&neighbours, &at, &arc)) {
        bool is_elsewhere = arc.other < person && wpi_bitset_has(&walk->concerned, arc.other);
        if (is_elsewhere || !wpi_sight_hides(walk->sight, person, arc.other))
            continue;
        uint32_t low = person < arc.other ? person : arc.other;
        wp_status status = wpi_tie_load(walk->graph, low, person ^ arc.other ^ low, &state, err);
        if (status == WP_ENOTFOUND)
            continue; /* an arc of a tie that is gone */
        WPI_TRY(status);
        WPI_TRY(count_tie(walk, person, arc.other, err));
    }
    return WP_OK;
}

wp_status wpi_sight_count_hidden(wpi_graph *graph, const wpi_sight *sight, wpi_sight_hidden *out,
                                 wp_error *err)
{
    wp_status status;
    hidden_walk walk = {.graph = graph, .sight = sight, .out = out};
    *out = (wpi_sight_hidden){0, 0};
    WPI_TRY_OUT(wpi_bitset_unite(&walk.concerned, &sight->private_to.paired, err));
    WPI_TRY_OUT(wpi_bitset_unite(&walk.concerned, &sight->private_to.whole, err));
    WPI_TRY_OUT(wpi_bitset_unite(&walk.concerned, &sight->closed, err));
    WPI_TRY_OUT(wpi_bitset_unite(&walk.concerned, &sight->sided, err));
    for (size_t i = 1; i < walk.concerned.size; i++)
        if (wpi_bitset_has(&walk.concerned, (uint32_t)i))
            WPI_TRY_OUT(count_ties_of(&walk, (uint32_t)i, err));
out:
    wpi_bitset_free(&walk.concerned);
    return status;
}
