/*
 * The one-sided search, for all introducers without a limit of hops and for totals beyond the range
 * of a level's labels: labels spread from the sources, cheapest first, until none can lead to a
 * total within the bound.
 */
#include "path/search.h"

/* Label a person as an intermediary, and offer the total when it is an introducer. */
static wp_status offer_label(wpi_search *search, wpi_label *label, wp_error *err)
{
    uint64_t passage;
    bool is_better;
    WPI_TRY(wpi_view_passage(search->view, label->person, label->hops, &passage, err));
    label->cost += passage;
    if (label->cost + search->closing_min > wpi_search_bound(search)) {
        search->was_cut = true;
        return WP_OK;
    }
    WPI_TRY(wpi_labels_offer(&search->scratch->labels, label, &is_better, err));
    uint32_t closing = wpi_level_cost(&search->scratch->closing, label->person);
    if (!is_better || closing == UINT32_MAX)
        return WP_OK;
    return wpi_search_offer(search, label->person, label->cost + closing, err);
}

/* Offer the neighbours of a source (label NULL) or of a settled intermediary. */
static wp_status spread(wpi_search *search, uint32_t person, const wpi_label *label, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    wp_status status = WP_OK; /* stays so when there is no room at all */
    uint64_t cost = label == NULL ? 0 : label->cost, spent = cost + search->closing_min;
    WPI_TRY(wpi_view_begin(search->view, person, false, &walk, err));
    for (;;) {
        uint64_t bound = wpi_search_bound(search);
        if (spent > bound || (status = wpi_view_next(&walk, bound - spent, &hop, err)) != WP_OK)
            break;
        if ((hop.roles & WPI_ROLE_END) != 0)
            continue;
        wpi_label next = {.cost = cost + hop.cost,
                          .person = hop.other,
                          .hops = label == NULL ? 1 : label->hops + 1};
        WPI_TRY(offer_label(search, &next, err));
    }
    search->was_cut |= walk.was_cut || status == WP_OK;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_search_labels(wpi_search *search, wp_error *err)
{
    wpi_label label;
    wp_status status;
    wpi_labels *labels = &search->scratch->labels;
    labels->has_hop_limit = search->hops_max != UINT32_MAX;
    for (size_t i = 0; i < search->source_count; i++)
        WPI_TRY(spread(search, search->sources[i], NULL, err));
    while ((status = wpi_labels_settle(labels, &label, err)) == WP_OK) {
        search->view->meter->memory_bytes = wpi_scratch_bytes(search->scratch);
        if (label.cost + search->closing_min > wpi_search_bound(search)) {
            search->was_cut = true;
            return WP_OK;
        }
        if (search->hops_max == UINT32_MAX || label.hops + 1 < search->hops_max)
            WPI_TRY(spread(search, label.person, &label, err));
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}
