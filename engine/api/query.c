/*
 * Public queries and maintenance: paths, reach, statistics, checks, backup.
 */
#include <math.h>

#include "api/handles.h"
#include "graph/check.h"
#include "graph/tie.h"
#include "path/paths.h"
#include "path/reach.h"

wp_status wp_paths_find(wp_txn *txn, const wp_path_query *query, wp_paths **paths, wp_error *err)
{
    wpi_shared_policy *policy = NULL;
    WPI_TRY(wpi_handles_check_given(paths, "paths", err));
    *paths = NULL;
    WPI_TRY(wpi_handles_enter_read(txn, err));
    WPI_TRY(wpi_handles_check_given(query, "query", err));
    WPI_TRY(wpi_tie_flush(&txn->graph, err));
    WPI_TRY(wpi_handles_acquire_policy(txn, query->day, &policy, err));
    wp_status status = wpi_paths_find(&txn->graph, &policy->policy, query, paths, err);
    wpi_handles_release_policy(txn, policy);
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
    wpi_shared_policy *policy = NULL;
    WPI_TRY(wpi_handles_check_given(reach, "reach", err));
    *reach = NULL;
    WPI_TRY(wpi_handles_enter_read(txn, err));
    WPI_TRY(wpi_handles_check_given(query, "query", err));
    WPI_TRY(wpi_tie_flush(&txn->graph, err));
    WPI_TRY(wpi_handles_acquire_policy(txn, query->day, &policy, err));
    wp_status status = wpi_reach_find(&txn->graph, &policy->policy, query, reach, err);
    wpi_handles_release_policy(txn, policy);
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

/* A list of more than one part counts each part: close enough for hubs. */
static wp_status count_all(wp_txn *txn, wp_stats *out, wp_error *err)
{
    wpi_store_txn *inner = txn->graph.txn;
    WPI_TRY(wpi_store_count(inner, WPI_TABLE_PERSON, &out->people, err));
    WPI_TRY(wpi_store_count(inner, WPI_TABLE_COMPANY, &out->companies, err));
    WPI_TRY(wpi_store_count(inner, WPI_TABLE_INTERACTION, &out->interactions, err));
    WPI_TRY(wpi_store_count(inner, WPI_TABLE_TIE, &out->ties, err));
    WPI_TRY(wpi_store_count(inner, WPI_TABLE_IDENTITY, &out->identities, err));
    return wpi_store_count(inner, WPI_TABLE_ADJACENCY, &out->overlay_people, err);
}

wp_status wp_stats_get(wp_txn *txn, wp_stats *out, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = (wp_stats){.people = 0};
    WPI_TRY(wpi_handles_enter_read(txn, err));
    WPI_TRY(wpi_tie_flush(&txn->graph, err));
    WPI_TRY(count_all(txn, out, err));
    out->format = WPI_FORMAT_VERSION;
    out->file_bytes = wpi_store_file_bytes(txn->db->store);
    out->readers = wpi_store_reader_count(txn->db->store);
    return WP_OK;
}

wp_status wp_check(wp_txn *txn, bool is_deep, wp_fault_fn *fault, void *context, uint64_t *faults,
                   wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(faults, "faults", err));
    *faults = 0;
    WPI_TRY(wpi_handles_enter_read(txn, err));
    WPI_TRY(wpi_tie_flush(&txn->graph, err));
    return wpi_check_run(&txn->graph, is_deep, fault, context, faults, err);
}

wp_status wp_backup(wp_db *db, const char *path, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(db, "db", err));
    WPI_TRY(wpi_handles_check_given(path, "path", err));
    WPI_TRY(wpi_store_check_process(db->store, err));
    return wpi_store_backup(db->store, path, err);
}
