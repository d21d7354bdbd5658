/*
 * Explanations from the evidence rows of a tie.
 *
 * A two-way interaction contributes twice, once to each direction. Contributions are computed from
 * the interactions themselves, so that their sums check the accumulated state.
 */
#include "graph/explain.h"

#include "base/time.h"
#include "graph/evidence.h"
#include "graph/tie.h"
#include "graph/together.h"
#include "rules/strength.h"

/* The public struct comes first: the pointer to it is the pointer to free. */
typedef struct explanation {
    wp_explanation shown;
    wpi_array items; /* of wp_contribution */
} explanation;

typedef struct row_walk {
    explanation *explanation;
    int32_t day;
    int outbound; /* direction of the tie explained */
} row_walk;

static wp_status add_row(void *context, const wpi_evidence_row *row, wp_error *err)
{
    row_walk *walk = context;
    bool is_event = (row->interaction & WPI_TOGETHER) == 0;
    for (int i = 0; i < 2; i++) {
        int direction = i == 0 ? walk->outbound : !walk->outbound;
        const wpi_evidence_record *record = &row->record;
        if (!record->has_direction[direction])
            continue;
        wp_contribution item = {
            .interaction = is_event ? row->interaction : 0,
            .company = is_event ? 0 : (uint32_t)row->interaction,
            .kind = record->kind,
            .time_s = row->time_s,
            .is_outbound = i == 0,
            .weight = record->weight[direction],
            .valence = direction == record->sender ? record->valence : 0.0,
            .contribution = wpi_strength_contribution(record->weight[direction],
                                                      wpi_strength_is_slow_only(record->kind),
                                                      row->time_s, walk->day),
        };
        if (record->kind == WP_KIND_SUMMARY)
            item.contribution =
                wpi_strength_contribution_of(record->sums, direction, row->time_s, walk->day);
        WPI_TRY(wpi_array_push(&walk->explanation->items, &item, err));
    }
    return WP_OK;
}

wp_status wpi_explain_tie(wpi_graph *graph, uint32_t from, uint32_t to, int32_t day,
                          wp_explanation **out, wp_error *err)
{
    explanation *made = wpi_memory_new_zeroed(1, sizeof *made);
    if (made == NULL)
        return wpi_memory_failed(err);
    made->items = WPI_ARRAY_OF(wp_contribution);
    row_walk walk = {made, day, from < to ? 0 : 1};
    wp_status status;
    WPI_TRY_OUT(wpi_tie_read(graph, from, to, day, &made->shown.tie, err));
    WPI_TRY_OUT(wpi_evidence_each(graph, from < to ? from : to, from < to ? to : from, 0,
                                  ((int64_t)day + 1) * WPI_DAY_SECONDS, add_row, &walk, err));
    made->shown.items = made->items.items;
    made->shown.count = made->items.count;
    *out = &made->shown;
out:
    if (status != WP_OK)
        wpi_explain_free(&made->shown);
    return status;
}

void wpi_explain_free(wp_explanation *shown)
{
    explanation *made = (explanation *)shown;
    if (made == NULL)
        return;
    wpi_array_free(&made->items);
    wpi_memory_free(made);
}
