/*
 * People: taking away what a source states of them.
 *
 * Facts that name somebody have her stated by their source, so whoever nobody states has no facts
 * left, but for ties that were stated without saying who their people are; those are looked for.
 */
#include "graph/adjacency.h"
#include "graph/employment.h"
#include "graph/name.h"
#include "graph/person.h"
#include "graph/regroup.h"
#include "graph/restate.h"
#include "graph/tie.h"

/* A source that states a tie of a number; WP_SOURCE_NONE: there is none. */
static wp_status find_tie_source(wpi_graph *graph, uint32_t number, uint32_t *source, wp_error *err)
{
    wpi_neighbours neighbours;
    wpi_arc_hot arc;
    wpi_tie_state state;
    uint32_t at = 0, canonical;
    *source = WP_SOURCE_NONE;
    WPI_TRY(wpi_party_find(graph, WPI_PERSON, number, &canonical, err));
    if (canonical != number)
        return WP_OK; /* its statements would stand in `restated`, put by numbers of this person */
    WPI_TRY(wpi_tie_flush(graph, err));
    WPI_TRY(wpi_adjacency_find(graph, number, &neighbours, err));
    while (*source == WP_SOURCE_NONE && wpi_neighbours_next(&neighbours, &at, &arc)) {
        uint32_t low = number < arc.other ? number : arc.other;
        WPI_TRY(wpi_tie_load(graph, low, number < arc.other ? arc.other : number, &state, err));
        for (int i = 0; i < 2; i++) {
            wpi_stated strongest = state.stated[i];
            uint32_t from = (i == 0) == (low == number) ? number : arc.other;
            size_t count;
            bool is_canonical;
            if (strongest.kind == WPI_STATED_NONE)
                continue;
            if (strongest.source == WP_SOURCE_NONE)
                WPI_TRY(wpi_restate_read(graph, from, from == number ? arc.other : number,
                                         &strongest, &count, &is_canonical, err));
            *source = strongest.source;
        }
    }
    return WP_OK;
}

/* Nobody states the number any more: it is nobody's, unless a tie keeps it. */
static wp_status vanish(wpi_graph *graph, uint32_t number, const wpi_statement_record *last,
                        wp_error *err)
{
    uint32_t source;
    wpi_identity identity = {.kind = last->identity.kind};
    WPI_TRY(find_tie_source(graph, number, &source, err));
    if (source != WP_SOURCE_NONE) {
        wpi_statement_record record = {.identity = last->identity};
        return wpi_statement_put(graph, WPI_PERSON, number, source, &record, err);
    }
    memcpy(identity.text, last->identity.text, strlen(last->identity.text) + 1);
    WPI_TRY(wpi_identity_remove(graph, &identity, err));
    if (identity.kind != WP_IDENTITY_EMAIL)
        return WP_OK;
    return wpi_employment_unsuggest(graph, number, identity.text, err);
}

wp_status wpi_person_remove(wpi_graph *graph, uint32_t number, uint32_t source, wp_error *err)
{
    wp_status status;
    wpi_statement_record record;
    bool exists;
    wpi_array concerned = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_statement_get(graph, WPI_PERSON, number, source, &record, err));
    WPI_TRY_OUT(wpi_array_push(&concerned, &number, err));
    for (size_t i = 0; i < record.link_count; i++) {
        WPI_TRY_OUT(wpi_statement_unlink(graph, WPI_PERSON, record.links[i], source, number, err));
        WPI_TRY_OUT(wpi_array_push(&concerned, &record.links[i], err));
    }
    WPI_TRY_OUT(wpi_statement_delete(graph, WPI_PERSON, number, source, err));
    WPI_TRY_OUT(wpi_party_exists(graph, WPI_PERSON, number, &exists, err));
    if (!exists)
        WPI_TRY_OUT(vanish(graph, number, &record, err));
    WPI_TRY_OUT(wpi_name_settle(graph, WPI_PERSON, number, &record, err));
    WPI_TRY_OUT(wpi_person_save_us(graph, number, err));
    if (!exists || concerned.count > 1)
        WPI_TRY_OUT(wpi_regroup_numbers(graph, WPI_PERSON, &concerned, err));
out:
    wpi_array_free(&concerned);
    return status;
}
