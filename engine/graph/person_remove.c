/*
 * People: taking away what a source states of them.
 *
 * Facts that name somebody have her stated by their source, so whoever nobody states has no facts
 * left, but for ties that were stated without saying who their people are; those are looked for.
 * What a hand said of who is whom keeps a number too, by a statement of the source
 * WPI_SOURCE_IMPLIED, which says nothing and goes with it.
 */
#include "graph/adjacency.h"
#include "graph/employment.h"
#include "graph/name.h"
#include "graph/person.h"
#include "graph/regroup.h"
#include "graph/restate.h"
#include "graph/tie.h"

static wp_status take_source(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    (void)value;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "restated key is malformed");
    *(uint32_t *)context = wpi_key_get_u32(key.data, 8);
    return WP_ENOTFOUND; /* one is enough: ends the walk */
}

/* A source that states something between a number and another person, in the table `restated`. */
static wp_status find_restated(wpi_graph *graph, uint32_t number, uint32_t other, uint32_t *source,
                               wp_error *err)
{
    wp_status status;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_party_numbers(graph, WPI_PERSON, other, &numbers, err));
    for (size_t i = 0; i < numbers.count; i++) {
        uint32_t part = WPI_ARRAY_AT(&numbers, uint32_t, i);
        WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_RESTATED, wpi_key_u32_u32(number, part),
                                   take_source, source, err));
        WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_RESTATED, wpi_key_u32_u32(part, number),
                                   take_source, source, err));
    }
out:
    wpi_array_free(&numbers);
    return status;
}

/* A source that states a tie of a number; WP_SOURCE_NONE: there is none. */
static wp_status find_tie_source(wpi_graph *graph, uint32_t number, uint32_t *source, wp_error *err)
{
    wpi_neighbours neighbours;
    wpi_arc_hot arc;
    wpi_tie_state state;
    uint32_t at = 0, canonical;
    *source = WP_SOURCE_NONE;
    WPI_TRY(wpi_party_find(graph, WPI_PERSON, number, &canonical, err));
    WPI_TRY(wpi_tie_flush(graph, err));
    WPI_TRY(wpi_adjacency_find(graph, canonical, &neighbours, err));
    while (*source == WP_SOURCE_NONE && wpi_neighbours_next(&neighbours, &at, &arc)) {
        bool is_up = canonical < arc.other;
        WPI_TRY(wpi_tie_load(graph, is_up ? canonical : arc.other, is_up ? arc.other : canonical,
                             &state, err));
        for (int i = 0; i < 2; i++) {
            const wpi_stated *stated = &state.stated[i];
            if (stated->kind == WPI_STATED_NONE)
                continue;
            if (stated->source == WP_SOURCE_NONE)
                WPI_TRY(find_restated(graph, number, arc.other, source, err));
            else if (canonical == number)
                *source = stated->source;
        }
    }
    return WP_OK;
}

/* Whether a number that has lost its last statement stays, and who is to state it. */
static wp_status find_keeper(wpi_graph *graph, uint32_t number, bool *is_kept, uint32_t *source,
                             wp_error *err)
{
    bool has_merge;
    WPI_TRY(wpi_regroup_has_merge(graph, number, &has_merge, err));
    *is_kept = has_merge;
    *source = WPI_SOURCE_IMPLIED;
    if (has_merge)
        return WP_OK;
    WPI_TRY(find_tie_source(graph, number, source, err));
    *is_kept = *source != WP_SOURCE_NONE;
    return WP_OK;
}

/* Nobody states the number any more: it is nobody's, unless a merge or a tie keeps it. */
static wp_status vanish(wpi_graph *graph, uint32_t number, const wpi_statement_record *last,
                        wp_error *err)
{
    uint32_t source;
    bool is_kept;
    wpi_identity identity = {.kind = last->identity.kind};
    WPI_TRY(find_keeper(graph, number, &is_kept, &source, err));
    if (is_kept) {
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
