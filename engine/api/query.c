/*
 * Public queries and maintenance: paths, reach, statistics, checks, backup.
 */
#include <math.h>

#include "api/handles.h"
#include "base/time.h"
#include "graph/check.h"
#include "graph/erase.h"
#include "graph/fold.h"
#include "graph/overlay.h"
#include "graph/party.h"
#include "graph/person.h"
#include "graph/settings.h"
#include "graph/tie.h"
#include "graph/together.h"
#include "path/neighbours.h"
#include "path/paths.h"
#include "path/reach.h"
#include "path/withheld.h"

wp_status wp_paths_find(wp_txn *txn, const wp_path_query *query, wp_paths **paths, wp_error *err)
{
    const wpi_policy *policy = NULL;
    wpi_scratch *scratch = NULL;
    WPI_TRY(wpi_handles_check_given(paths, "paths", err));
    *paths = NULL;
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_given(query, "query", err));
    WPI_TRY(wpi_tie_flush(&txn->graph, err));
    WPI_TRY(wpi_handles_acquire_lists(txn, err));
    WPI_TRY(wpi_handles_get_policy(txn, query->day, &policy, err));
    wp_status status = wpi_handles_acquire_scratch(txn, &scratch, err);
    if (status == WP_OK) {
        status = wpi_paths_find(&txn->graph, policy, query, scratch, paths, err);
        wpi_handles_release_scratch(txn, scratch);
    }
    return status;
}

wp_status wp_paths_withheld(wp_txn *txn, const wp_path_query *query, wp_withheld *out,
                            wp_error *err)
{
    wpi_scratch *scratch = NULL;
    wp_withheld counts = {0};
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = counts;
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_given(query, "query", err));
    if (txn->viewer != WP_VIEW_ALL)
        return wpi_error_set(err, WP_EACCESS, "the viewer is not WP_VIEW_ALL");
    WPI_TRY(wpi_handles_check_day(query->day, err));
    WPI_TRY(wpi_tie_flush(&txn->graph, err));
    WPI_TRY(wpi_handles_acquire_lists(txn, err));
    WPI_TRY(wpi_handles_acquire_scratch(txn, &scratch, err));
    wp_status status = wpi_withheld_count(&txn->graph, query, scratch, &counts, err);
    wpi_handles_release_scratch(txn, scratch);
    if (status == WP_OK)
        *out = counts;
    return status;
}

size_t wp_paths_count(const wp_paths *paths)
{
    return paths == NULL ? 0 : paths->count;
}

const wp_path *wp_paths_at(const wp_paths *paths, size_t index)
{
    return paths == NULL || index >= paths->count ? NULL : &paths->items[index];
}

bool wp_paths_is_complete(const wp_paths *paths)
{
    return paths != NULL && paths->is_complete;
}

double wp_paths_reach(const wp_paths *paths)
{
    return paths == NULL ? NAN : paths->reach;
}

uint64_t wp_paths_steps(const wp_paths *paths)
{
    return paths == NULL ? 0 : paths->steps;
}

void wp_paths_free(wp_paths *paths)
{
    wpi_paths_free(paths);
}

wp_status wp_reach_find(wp_txn *txn, const wp_reach_query *query, wp_reach **reach, wp_error *err)
{
    const wpi_policy *policy = NULL;
    WPI_TRY(wpi_handles_check_given(reach, "reach", err));
    *reach = NULL;
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_given(query, "query", err));
    WPI_TRY(wpi_tie_flush(&txn->graph, err));
    WPI_TRY(wpi_handles_acquire_lists(txn, err));
    WPI_TRY(wpi_handles_get_policy(txn, query->day, &policy, err));
    wp_status status = wpi_reach_find(&txn->graph, policy, query, reach, err);
    return status;
}

size_t wp_reach_count(const wp_reach *reach)
{
    return reach == NULL ? 0 : reach->count;
}

const wp_reached *wp_reach_items(const wp_reach *reach)
{
    return reach == NULL ? NULL : reach->items;
}

bool wp_reach_is_complete(const wp_reach *reach)
{
    return reach != NULL && reach->is_complete;
}

void wp_reach_free(wp_reach *reach)
{
    wpi_reach_free(reach);
}

static wp_status count_all(wp_txn *txn, wp_stats *out, wp_error *err)
{
    wpi_store_txn *inner = txn->graph.txn;
    wpi_adjacency_totals totals;
    const wpi_counters *counters = &txn->graph.counters;
    out->people = counters->people - counters->aliases[WPI_PERSON - 1];
    out->companies = counters->companies - counters->aliases[WPI_COMPANY - 1];
    out->numbers = counters->people;
    out->interactions = counters->interaction_count;
    out->opportunities = counters->opportunity_count;
    out->ties = counters->ties;
    WPI_TRY(wpi_store_count(inner, WPI_TABLE_SOURCE, &out->sources, err));
    WPI_TRY(wpi_store_count(inner, WPI_TABLE_IDENTITY, &out->identities, err));
    WPI_TRY(wpi_store_count(inner, WPI_TABLE_SUPPRESSED, &out->suppressions, err));
    WPI_TRY(wpi_erase_pending(&txn->graph, &out->erasures_pending, &out->erasures_due_s, err));
    if (out->erasures_due_s != WP_TIME_NONE)
        out->erasures_due_s += WP_ERASURE_DAYS * WPI_DAY_SECONDS;
    WPI_TRY(wpi_overlay_totals(&txn->graph, &totals, err));
    out->overlay_people = totals.overlay_people;
    out->overlay_ties = totals.overlay_arcs;
    out->segments = totals.segments;
    out->segment_ties = totals.segment_arcs;
    out->segment_bytes = totals.segment_bytes;
    return WP_OK;
}

/* Take out of the counts what the viewer does not see. Whoever writes counts everything. */
static wp_status leave_out_hidden(wp_txn *txn, wp_stats *out, wp_error *err)
{
    const wpi_sight *sight = NULL;
    wpi_sight_hidden hidden;
    if (txn->graph.is_write)
        return WP_OK;
    WPI_TRY(wpi_handles_acquire_lists(txn, err));
    WPI_TRY(wpi_handles_get_sight(txn, wpi_overlay_today(), &sight, err));
    WPI_TRY(wpi_sight_count_hidden(&txn->graph, sight, &hidden, err));
    out->people -= sight->private_to.whole.count;
    out->companies -= sight->hidden_companies;
    out->identities -= sight->hidden[WPI_PERSON - 1].count + sight->hidden[WPI_COMPANY - 1].count;
    out->ties -= hidden.ties;
    out->interactions -= hidden.interactions;
    if (txn->viewer != WP_VIEW_ALL)
        out->interactions -= txn->graph.counters.private_count;
    return WP_OK;
}

/* A person for whom somebody asks is not told of the file, which holds what is hidden as well. */
static void leave_out_file(wp_stats *out)
{
    *out = (wp_stats){.people = out->people,
                      .companies = out->companies,
                      .interactions = out->interactions,
                      .ties = out->ties,
                      .identities = out->identities,
                      .opportunities = out->opportunities,
                      .erasures_due_s = WP_TIME_NONE,
                      .format = out->format};
}

wp_status wp_stats_get(wp_txn *txn, wp_stats *out, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = (wp_stats){.people = 0};
    WPI_READ(txn, err);
    WPI_TRY(wpi_identity_flush(&txn->graph, err));
    WPI_TRY(wpi_tie_flush(&txn->graph, err));
    wp_stats found = {.people = 0};
    WPI_TRY(count_all(txn, &found, err));
    WPI_TRY(leave_out_hidden(txn, &found, err));
    found.format = WPI_FORMAT_VERSION;
    found.file_bytes = wpi_store_file_bytes(txn->db->store);
    found.readers = wpi_store_reader_count(txn->db->store);
    if (wpi_handles_is_personal(txn))
        leave_out_file(&found);
    *out = found;
    return WP_OK;
}

wp_status wp_together_get(wp_txn *txn, wp_together *out, wp_error *err)
{
    wp_together found = {0, 0};
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = found;
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_together_get(&txn->graph, &found.people_max, err));
    WPI_TRY(wpi_together_left_out(&txn->graph, &found.companies_left_out, err));
    *out = found;
    return WP_OK;
}

wp_status wp_settings_get(wp_txn *txn, wp_settings *out, wp_error *err)
{
    wp_settings found;
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = (wp_settings)WP_SETTINGS_INIT;
    WPI_READ(txn, err);
    WPI_TRY(wpi_settings_get(&txn->graph, &found, err));
    *out = found;
    return WP_OK;
}

wp_status wp_check(wp_txn *txn, bool is_deep, wp_fault_fn *fault, void *context, uint64_t *faults,
                   wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(faults, "faults", err));
    *faults = 0;
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_tie_flush(&txn->graph, err));
    return wpi_check_run(&txn->graph, is_deep, fault, context, faults, err);
}

/* Fold in one transaction; *left says how many segments still have something in the overlay. */
static wp_status compact_some(wp_db *db, size_t *left, wp_error *err)
{
    wp_txn *txn = NULL;
    WPI_TRY(wp_begin_write(db, &txn, err));
    wp_status status = wpi_fold_some(&txn->graph, left, err);
    if (status == WP_OK)
        return wp_commit(txn, err);
    wp_abort(txn);
    return status;
}

wp_status wp_compact(wp_db *db, wp_progress_fn *progress, void *context, wp_error *err)
{
    size_t left = 1, before = 0;
    uint64_t done = 0;
    WPI_TRY(wpi_handles_check_given(db, "db", err));
    while (left > 0) {
        WPI_TRY(compact_some(db, &left, err));
        done += before > left ? before - left : 0;
        before = left;
        if (progress != NULL)
            progress(context, done, done + left);
    }
    return WP_OK;
}

/* What both ways of asking for neighbours need before they read; once for all that ask alike. In a
 * write transaction what it follows from can change with every call. */
static wp_status prepare_neighbours(wp_txn *txn, int32_t day, bool is_inbound, uint32_t cost_max,
                                    wp_error *err)
{
    const wpi_policy *policy = NULL;
    wpi_graph *graph = &txn->graph;
    if (!graph->is_write && wpi_expansion_is(&txn->expansion, day, is_inbound, cost_max))
        return WP_OK;
    if (cost_max == WP_COST_NONE)
        return wpi_error_set(err, WP_EINVAL, "cost_max is %u, expected less", cost_max);
    WPI_TRY(wpi_tie_flush(graph, err));
    WPI_TRY(wpi_handles_acquire_lists(txn, err));
    WPI_TRY(wpi_handles_get_policy(txn, day, &policy, err));
    wpi_expansion_begin(&txn->expansion, graph, policy, day, is_inbound, cost_max);
    return WP_OK;
}

wp_status wp_neighbours(wp_txn *txn, wp_number person, int32_t day, bool is_inbound,
                        uint32_t cost_max, wp_neighbour *out, size_t capacity, size_t *count,
                        wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(count, "count", err));
    *count = 0;
    WPI_READ(txn, err);
    if (capacity > 0)
        WPI_TRY(wpi_handles_check_given(out, "out", err));
    WPI_TRY(prepare_neighbours(txn, day, is_inbound, cost_max, err));
    return wpi_neighbours_copy(&txn->expansion, person, out, capacity, count, err);
}

wp_status wp_neighbours_many(wp_txn *txn, const wp_number *people, size_t people_count, int32_t day,
                             bool is_inbound, uint32_t cost_max, wp_neighbour *out, size_t capacity,
                             size_t *counts, size_t *done, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(done, "done", err));
    *done = 0;
    WPI_READ(txn, err);
    if (people_count > 0) {
        WPI_TRY(wpi_handles_check_given(people, "people", err));
        WPI_TRY(wpi_handles_check_given(counts, "counts", err));
    }
    if (capacity > 0)
        WPI_TRY(wpi_handles_check_given(out, "out", err));
    WPI_TRY(prepare_neighbours(txn, day, is_inbound, cost_max, err));
    wpi_neighbours_many many = {people, people_count, out, capacity, counts, 0};
    wp_status status = wpi_neighbours_copy_many(&txn->expansion, &many, err);
    *done = many.done;
    return status;
}
