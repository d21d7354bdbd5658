/*
 * Evidence that a transaction has not written yet: see gains.h.
 *
 * The rows are taken out of the transaction before any tie is read, so that reading one does not
 * settle again. They are sorted stably: a tie gains in the order in which its rows came, and so to
 * the same bits as when each had been written at once.
 */
#include "graph/gains.h"

#include <assert.h>

#include "base/sort.h"
#include "graph/answer.h"
#include "graph/pending.h"
#include "graph/restate.h"
#include "graph/tie.h"

_Static_assert(sizeof(wpi_derived_row) <= WPI_SORT_ITEM_BYTES_MAX, "rows are sorted");

/* A batch passes through the whole table: let go of its pages every so many rows. */
#define RELEASE_EVERY 256
/* Memory of a row until its tie is written: twice while sorting, then as a pending tie. */
#define BYTES_EACH (2 * sizeof(wpi_derived_row) + sizeof(wpi_tie_state) + 64)

wp_status wpi_gains_put(wpi_graph *graph, const wpi_derived_row *row, wp_error *err)
{
    if (graph->gains.count * BYTES_EACH >= graph->pending_bytes_max)
        WPI_TRY(wpi_tie_flush(graph, err));
    wp_status status = wpi_array_push(&graph->gains, row, err);
    if (status == WP_OK && row->row.record.sums != NULL)
        status = wpi_gains_settle(graph, err); /* sums are lent for this call alone */
    graph->has_failed |= status != WP_OK;      /* its interaction is stored */
    return status;
}

static wp_status write_evidence(wpi_graph *graph, const wpi_array *rows, wp_error *err)
{
    wpi_store_cursor *cursor;
    if (rows->count == 0)
        return WP_OK;
    wp_status status = wpi_graph_open_to_put(graph, WPI_TABLE_EVIDENCE, rows->count, &cursor, err);
    for (size_t i = 0; i < rows->count && status == WP_OK; i++) {
        status = wpi_evidence_put(graph, cursor, &WPI_ARRAY_AT(rows, wpi_derived_row, i), err);
        if (i % RELEASE_EVERY == RELEASE_EVERY - 1)
            wpi_store_release_pages(graph->txn);
    }
    wpi_store_cursor_close(cursor);
    return status;
}

static bool is_of_pair(const wpi_array *rows, size_t index, const wpi_derived_row *first)
{
    if (index == rows->count)
        return false;
    const wpi_derived_row *row = &WPI_ARRAY_AT(rows, wpi_derived_row, index);
    return row->low == first->low && row->high == first->high;
}

static bool is_connection(const wpi_array *rows, size_t index)
{
    return WPI_ARRAY_AT(rows, wpi_derived_row, index).row.record.kind == WP_KIND_CONNECTION;
}

/* Whether one of the rows is a connection of a moment that has another, so that what counted may
 * count no more. */
static wp_status is_told_twice(wpi_graph *graph, const wpi_array *rows, size_t from, size_t to,
                               bool *is, wp_error *err)
{
    *is = false;
    for (size_t i = from; i < to && !*is; i++)
        if (is_connection(rows, i))
            WPI_TRY(wpi_evidence_is_told_twice(graph, &WPI_ARRAY_AT(rows, wpi_derived_row, i), is,
                                               err));
    return WP_OK;
}

/* Have a tie gain by its rows, which are written. */
static wp_status raise_tie(wpi_graph *graph, const wpi_array *rows, size_t from, size_t to,
                           wp_error *err)
{
    bool is_twice;
    wpi_tie_state state;
    const wpi_derived_row *first = &WPI_ARRAY_AT(rows, wpi_derived_row, from);
    if (first->low == first->high)
        return WP_OK;
    WPI_TRY(is_told_twice(graph, rows, from, to, &is_twice, err));
    if (is_twice)
        return wpi_restate_tie(graph, first->low, first->high, err);
    WPI_TRY(wpi_tie_begin_change(graph, first->low, first->high, &state, err));
    for (size_t i = from; i < to; i++)
        wpi_evidence_apply(&state, &WPI_ARRAY_AT(rows, wpi_derived_row, i).row);
    return wpi_tie_keep(graph, first->low, first->high, &state, err);
}

static wp_status raise_ties(wpi_graph *graph, const wpi_array *rows, wp_error *err)
{
    for (size_t from = 0, to; from < rows->count; from = to) {
        const wpi_derived_row *first = &WPI_ARRAY_AT(rows, wpi_derived_row, from);
        for (to = from + 1; is_of_pair(rows, to, first);)
            to++;
        WPI_TRY(raise_tie(graph, rows, from, to, err));
    }
    return WP_OK;
}

static bool has_connection(const wpi_array *rows)
{
    size_t at = 0;
    while (at < rows->count && !is_connection(rows, at))
        at++;
    return at < rows->count;
}

/* Have each tie wait for its state, to which it adds all of its rows. */
static wp_status put_ties(wpi_graph *graph, wp_error *err)
{
    const wpi_array *rows = &graph->gaining;
    for (size_t i = 0; i < rows->count;) {
        const wpi_derived_row *first = &WPI_ARRAY_AT(rows, wpi_derived_row, i);
        if (first->low != first->high)
            WPI_TRY(wpi_pending_gain(graph, first->low, first->high, i, err));
        while (is_of_pair(rows, i, first))
            i++;
    }
    return WP_OK;
}

wp_status wpi_gains_flush(wpi_graph *graph, wp_error *err)
{
    if (graph->pending.count > 0 || has_connection(&graph->gains))
        return wpi_gains_settle(graph, err);
    assert(graph->gaining.count == 0);
    wpi_array rows = graph->gains;
    graph->gains = graph->gaining;
    graph->gaining = rows;
    WPI_TRY(wpi_sort_pairs(&graph->gaining, err));
    WPI_TRY(write_evidence(graph, &graph->gaining, err));
    return put_ties(graph, err);
}

wp_status wpi_gains_settle(wpi_graph *graph, wp_error *err)
{
    wp_status status = WP_OK;
    WPI_TRY(wpi_answer_settle(graph, err));
    wpi_array rows = graph->gains;
    if (rows.count == 0)
        return WP_OK;
    graph->gains = WPI_ARRAY_OF(wpi_derived_row);
    WPI_TRY_OUT(wpi_sort_pairs(&rows, err));
    WPI_TRY_OUT(write_evidence(graph, &rows, err));
    WPI_TRY_OUT(raise_ties(graph, &rows, err));
out:
    graph->has_failed |= status != WP_OK;
    wpi_array_free(&rows);
    return status;
}
