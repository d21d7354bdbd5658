/*
 * Databases and transactions: opening, closing, beginning, ending, and the guards of every call.
 */
#include "api/handles.h"

#include <string.h>

#include "base/punycode.h"
#include "base/text.h"
#include "base/time.h"
#include "graph/overlay.h"
#include "graph/party.h"
#include "path/query.h"
#include "rules/domain.h"

#define DOMAIN_BYTES_MAX 253

/* More is given back to the system after a search. */
#define SCRATCH_BYTES_KEPT (8u << 20)

wp_status wpi_handles_not_given(const char *what, wp_error *err)
{
    return wpi_error_set(err, WP_EINVAL, "%s is NULL", what);
}

wp_status wpi_handles_check_day(int32_t day, wp_error *err)
{
    if (day >= 0 && day <= WPI_DAY_MAX)
        return WP_OK;
    return wpi_error_set(err, WP_EINVAL, "day is %d, expected 0..%d", day, WPI_DAY_MAX);
}

bool wp_domain_is_free(const char *domain)
{
    char name[DOMAIN_BYTES_MAX + 1];
    size_t length = domain == NULL ? 0 : strlen(domain);
    if (length == 0 || length > DOMAIN_BYTES_MAX)
        return false;
    wpi_text_lower(domain, name, sizeof name);
    wpi_punycode_expand(name, DOMAIN_BYTES_MAX);
    length = strlen(name);
    if (length > 0 && name[length - 1] == '.')
        name[length - 1] = '\0';
    return wpi_domain_is_free(name);
}

/* Everybody could get an address at a free-mail domain and be taken for one of us. */
static wp_status check_us_domain(const char *domain, wp_error *err)
{
    char name[DOMAIN_BYTES_MAX + 1];
    WPI_TRY(wpi_handles_check_given(domain, "us_domains", err));
    size_t length = strlen(domain);
    if (length > DOMAIN_BYTES_MAX)
        return wpi_error_set(err, WP_EINVAL, "the domain has %zu bytes, expected 1..%d", length,
                             DOMAIN_BYTES_MAX);
    wpi_text_lower(domain, name, sizeof name);
    wpi_punycode_expand(name, DOMAIN_BYTES_MAX);
    length = strlen(name);
    if (length > 1 && name[length - 1] == '.')
        name[length - 1] = '\0';
    bool has_empty_label = name[0] == '\0' || name[0] == '.' || strstr(name, "..") != NULL;
    if (has_empty_label)
        return wpi_error_set(err, WP_EINVAL, "%s is not a domain, expected one like acme.com",
                             domain);
    if (wp_domain_is_free(name))
        return wpi_error_set(err, WP_EINVAL,
                             "%s is a free-mail domain, expected one that is ours alone", domain);
    return WP_OK;
}

wp_status wp_create(const char *path, const char *const *us_domains, size_t us_count, wp_error *err)
{
    wpi_graph_us us = {us_domains, us_count};
    WPI_TRY(wpi_handles_check_given(path, "path", err));
    for (size_t i = 0; i < us_count; i++)
        WPI_TRY(check_us_domain(us_domains == NULL ? NULL : us_domains[i], err));
    return wpi_store_create(path, wpi_graph_create, &us, err);
}

static wp_status init_db(wp_db *db, wp_error *err)
{
    if (pthread_mutex_init(&db->mutex, NULL) != 0)
        return wpi_memory_failed(err);
    wp_status status = wpi_lists_cache_init(&db->lists, err);
    if (status != WP_OK)
        pthread_mutex_destroy(&db->mutex);
    return status;
}

wp_status wp_open(const char *path, const wp_open_options *options, wp_db **out, wp_error *err)
{
    static const wp_open_options defaults = WP_OPEN_OPTIONS_INIT;
    WPI_TRY(wpi_handles_check_given(out, "db", err));
    *out = NULL;
    WPI_TRY(wpi_handles_check_given(path, "path", err));
    if (options == NULL)
        options = &defaults;
    if (options->size != sizeof *options)
        return wpi_error_set(err, WP_EINVAL, "size of the options is %zu, expected %zu",
                             options->size, sizeof *options);
    wp_db *db = wpi_memory_new_zeroed(1, sizeof *db);
    if (db == NULL)
        return wpi_memory_failed(err);
    wp_status status = wpi_store_open(path, options, &db->store, err);
    if (status == WP_OK) {
        status = init_db(db, err);
        if (status != WP_OK)
            wpi_store_close(db->store);
    }
    if (status != WP_OK) {
        wpi_memory_free(db);
        return status;
    }
    db->changed_bytes_max = options->changed_bytes_max;
    db->sha256 = options->sha256;
    db->user = options->user;
    *out = db;
    return WP_OK;
}

wp_status wp_sync(wp_db *db, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(db, "db", err));
    return wpi_store_sync(db->store, err);
}

static void drop_policy(wpi_shared_policy *shared)
{
    if (shared == NULL || --shared->holders > 0)
        return;
    wpi_policy_free(&shared->policy);
    wpi_memory_free(shared);
}

static void release_policy(wp_txn *txn)
{
    if (txn->policy == NULL)
        return;
    pthread_mutex_lock(&txn->db->mutex);
    drop_policy(txn->policy);
    txn->policy = NULL;
    txn->expansion.view.policy = NULL;
    pthread_mutex_unlock(&txn->db->mutex);
}

static void free_scratch(wpi_scratch *scratch)
{
    wpi_scratch_free(scratch);
    wpi_memory_free(scratch);
}

void wp_close(wp_db *db)
{
    if (db == NULL)
        return;
    while (db->transactions != NULL)
        wp_abort(db->transactions);
    drop_policy(db->policy);
    while (db->scratches != NULL) {
        wpi_scratch *scratch = db->scratches;
        db->scratches = scratch->next;
        free_scratch(scratch);
    }
    wpi_lists_cache_free(&db->lists);
    wpi_carried_free(&db->carried);
    wpi_store_close(db->store);
    pthread_mutex_destroy(&db->mutex);
    wpi_memory_free(db);
}

static void link_txn(wp_txn *txn)
{
    wp_db *db = txn->db;
    pthread_mutex_lock(&db->mutex);
    txn->next = db->transactions;
    if (txn->next != NULL)
        txn->next->previous = txn;
    db->transactions = txn;
    pthread_mutex_unlock(&db->mutex);
}

static void unlink_txn(wp_txn *txn)
{
    wp_db *db = txn->db;
    pthread_mutex_lock(&db->mutex);
    if (txn->previous != NULL)
        txn->previous->next = txn->next;
    else
        db->transactions = txn->next;
    if (txn->next != NULL)
        txn->next->previous = txn->previous;
    pthread_mutex_unlock(&db->mutex);
}

static void take_carried(wp_db *db, wpi_graph *graph)
{
    pthread_mutex_lock(&db->mutex);
    wpi_carried_take(&db->carried, graph);
    pthread_mutex_unlock(&db->mutex);
}

/* Only after the commit, as another may have the same number when it fails; the next writer may be
 * faster, and then has left something newer. */
static void keep_carried(wp_db *db, wpi_carried *known)
{
    pthread_mutex_lock(&db->mutex);
    if (known->snapshot > db->carried.snapshot) {
        wpi_carried before = db->carried;
        db->carried = *known;
        *known = before;
    }
    pthread_mutex_unlock(&db->mutex);
}

static wp_status begin(wp_db *db, bool is_write, wp_txn **out, wp_error *err)
{
    wpi_store_txn *inner = NULL;
    WPI_TRY(wpi_handles_check_given(out, "txn", err));
    *out = NULL;
    WPI_TRY(wpi_handles_check_given(db, "db", err));
    WPI_TRY(wpi_store_check_process(db->store, err));
    wp_txn *txn = wpi_memory_new_zeroed(1, sizeof *txn);
    if (txn == NULL)
        return wpi_memory_failed(err);
    wp_status status = wpi_store_begin(db->store, is_write, &inner, err);
    if (status == WP_OK) {
        status = wpi_graph_begin(&txn->graph, inner, err);
        if (status != WP_OK) {
            wpi_graph_end(&txn->graph);
            wpi_store_abort(inner);
        }
    }
    if (status != WP_OK) {
        wpi_memory_free(txn);
        return status;
    }
    if (db->changed_bytes_max != 0)
        txn->graph.pending_bytes_max = db->changed_bytes_max;
    txn->graph.sha256 = db->sha256;
    txn->graph.user = db->user;
    if (is_write)
        take_carried(db, &txn->graph);
    txn->db = db;
    txn->owner = pthread_self();
    link_txn(txn);
    wpi_store_rest(inner);
    *out = txn;
    return WP_OK;
}

wp_status wp_begin_read(wp_db *db, wp_txn **txn, wp_error *err)
{
    return begin(db, false, txn, err);
}

wp_status wp_begin_write(wp_db *db, wp_txn **txn, wp_error *err)
{
    return begin(db, true, txn, err);
}

void wp_abort(wp_txn *txn)
{
    if (txn == NULL)
        return;
    unlink_txn(txn);
    wpi_store_txn *inner = txn->graph.txn;
    release_policy(txn);
    wpi_lists_release(&txn->db->lists, &txn->graph);
    wpi_graph_end(&txn->graph);
    wpi_store_abort(inner);
    wpi_memory_free(txn);
}

wp_status wp_commit(wp_txn *txn, wp_error *err)
{
    wp_status status = wpi_handles_enter_write(txn, err);
    if (status == WP_OK)
        status = wpi_graph_finish(&txn->graph, err);
    if (status != WP_OK) {
        wp_abort(txn);
        return status;
    }
    unlink_txn(txn);
    release_policy(txn);
    wp_db *db = txn->db;
    wpi_store_txn *inner = txn->graph.txn;
    wpi_carried known = wpi_carried_of(&txn->graph);
    wpi_graph_end(&txn->graph);
    wpi_memory_free(txn);
    status = wpi_store_commit(inner, err);
    if (status == WP_OK)
        keep_carried(db, &known);
    wpi_carried_free(&known);
    return status;
}

static inline wp_status enter(wp_txn *txn, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(txn, "txn", err));
    WPI_TRY(wpi_store_check_process(txn->db->store, err));
    if (!pthread_equal(txn->owner, pthread_self()))
        return wpi_error_set(err, WP_EINVAL, "transaction belongs to another thread");
    return WP_OK;
}

wp_status wpi_handles_enter_read(wp_txn *txn, wp_txn **reading, wp_error *err)
{
    WPI_TRY(enter(txn, err));
    if (txn->graph.has_failed)
        return wpi_error_set(err, WP_EINVAL, "transaction has failed and can only be aborted");
    if (txn->calls == 0)
        WPI_TRY(wpi_store_resume(txn->graph.txn, err));
    txn->calls++;
    *reading = txn;
    wpi_graph_reclaim(&txn->graph);
    return WP_OK;
}

void wpi_handles_leave_read(wp_txn **reading)
{
    wp_txn *txn = *reading;
    if (txn != NULL && --txn->calls == 0)
        wpi_store_rest(txn->graph.txn);
}

bool wpi_handles_is_personal(const wp_txn *txn)
{
    return txn->viewer != WP_VIEW_SHARED && txn->viewer != WP_VIEW_ALL;
}

wp_status wpi_handles_check_viewer(const wp_txn *txn, wp_error *err)
{
    if (!wpi_handles_is_personal(txn))
        return WP_OK;
    return wpi_error_set(err, WP_EACCESS,
                         "the viewer is person %u, expected everybody or the right to audit",
                         txn->viewer);
}

wp_status wpi_handles_enter_write(wp_txn *txn, wp_error *err)
{
    WPI_TRY(enter(txn, err));
    WPI_TRY(wpi_graph_check_write(&txn->graph, err));
    wpi_graph_reclaim(&txn->graph);
    return WP_OK;
}

wp_status wpi_handles_leave_write(wp_txn *txn, wp_status status)
{
    bool is_refusal = status == WP_EINVAL || status == WP_ENOTFOUND || status == WP_ECONFLICT ||
                      status == WP_EERASED;
    if (status != WP_OK && !is_refusal)
        txn->graph.has_failed = true;
    return status;
}

/* The cached sets when they fit, held once more. */
static wpi_shared_policy *find_policy(wp_txn *txn, int32_t day)
{
    wp_db *db = txn->db;
    wpi_shared_policy *found = NULL;
    if (txn->graph.is_write)
        return NULL;
    pthread_mutex_lock(&db->mutex);
    if (db->policy != NULL && db->policy->policy.day == day &&
        db->policy->policy.sight.viewer == txn->viewer &&
        db->policy->policy.snapshot == wpi_store_snapshot(txn->graph.txn)) {
        found = db->policy;
        found->holders++;
    }
    pthread_mutex_unlock(&db->mutex);
    return found;
}

static wp_status acquire_policy(wp_txn *txn, int32_t day, wpi_shared_policy **out, wp_error *err)
{
    *out = find_policy(txn, day);
    if (*out != NULL)
        return WP_OK;
    wpi_shared_policy *built = wpi_memory_new_zeroed(1, sizeof *built);
    if (built == NULL)
        return wpi_memory_failed(err);
    wp_status status = wpi_policy_build(&txn->graph, txn->viewer, day, &built->policy, err);
    if (status != WP_OK) {
        wpi_memory_free(built);
        return status;
    }
    built->holders = 1;
    *out = built;
    if (txn->graph.is_write)
        return WP_OK;
    pthread_mutex_lock(&txn->db->mutex);
    drop_policy(txn->db->policy);
    txn->db->policy = built;
    built->holders++;
    pthread_mutex_unlock(&txn->db->mutex);
    return WP_OK;
}

wp_status wpi_handles_get_policy(wp_txn *txn, int32_t day, const wpi_policy **out, wp_error *err)
{
    bool is_kept = txn->policy != NULL && txn->policy->policy.day == day && !txn->graph.is_write;
    if (!is_kept) {
        WPI_TRY(wpi_handles_check_day(day, err));
        release_policy(txn);
        WPI_TRY(acquire_policy(txn, day, &txn->policy, err));
    }
    *out = &txn->policy->policy;
    return WP_OK;
}

static const wpi_sight open_sight = {.viewer = WP_VIEW_ALL};

/* Where nothing can be hidden nothing is built, so that single ties are read cheaply. */
wp_status wpi_handles_get_sight(wp_txn *txn, int32_t day, const wpi_sight **out, wp_error *err)
{
    const wpi_policy *policy = NULL;
    bool is_open = txn->viewer == WP_VIEW_ALL;
    *out = &open_sight;
    WPI_TRY(wpi_handles_check_day(day, err));
    if (!is_open)
        WPI_TRY(wpi_sight_is_open(&txn->graph, &is_open, err));
    if (is_open)
        return WP_OK;
    WPI_TRY(wpi_handles_get_policy(txn, day, &policy, err));
    *out = &policy->sight;
    return WP_OK;
}

wp_status wpi_handles_get_finding_sight(wp_txn *txn, int32_t day, const wpi_sight **out,
                                        wp_error *err)
{
    *out = &open_sight;
    return txn->graph.is_write && !txn->has_viewer ? WP_OK
                                                   : wpi_handles_get_sight(txn, day, out, err);
}

/* Who is hidden is so on any day; that asked about last is at hand. */
static wp_status get_any_sight(wp_txn *txn, const wpi_sight **out, wp_error *err)
{
    int32_t day = txn->policy != NULL ? txn->policy->policy.day : wpi_overlay_today();
    return wpi_handles_get_finding_sight(txn, day, out, err);
}

wp_status wpi_handles_resolve(wp_txn *txn, wpi_party party, wp_number number, uint32_t *canonical,
                              wp_error *err)
{
    const wpi_sight *sight = NULL;
    WPI_TRY(get_any_sight(txn, &sight, err));
    return wpi_sight_resolve(sight, &txn->graph, party, number, canonical, err);
}

wp_status wpi_handles_filter(wp_txn *txn, wpi_party party, wpi_array *numbers, wp_error *err)
{
    const wpi_sight *sight = NULL;
    WPI_TRY(get_any_sight(txn, &sight, err));
    wpi_sight_filter(sight, party, numbers);
    return WP_OK;
}

wp_status wp_txn_use_viewer(wp_txn *txn, uint32_t viewer, wp_error *err)
{
    WPI_READ(txn, err);
    if (viewer != WP_VIEW_SHARED && viewer != WP_VIEW_ALL)
        WPI_TRY(wpi_party_resolve(&txn->graph, WPI_PERSON, viewer, &viewer, err));
    release_policy(txn);
    txn->viewer = viewer;
    txn->has_viewer = true;
    return WP_OK;
}

wp_status wpi_handles_acquire_lists(wp_txn *txn, wp_error *err)
{
    return wpi_lists_acquire(&txn->db->lists, &txn->graph, err);
}

wp_status wpi_handles_acquire_scratch(wp_txn *txn, wpi_scratch **out, wp_error *err)
{
    wp_db *db = txn->db;
    pthread_mutex_lock(&db->mutex);
    wpi_scratch *scratch = db->scratches;
    if (scratch != NULL)
        db->scratches = scratch->next;
    pthread_mutex_unlock(&db->mutex);
    *out = scratch;
    if (scratch != NULL)
        return WP_OK;
    *out = wpi_memory_new(1, sizeof **out);
    if (*out == NULL)
        return wpi_memory_failed(err);
    wpi_scratch_init(*out);
    return WP_OK;
}

void wpi_handles_release_scratch(wp_txn *txn, wpi_scratch *scratch)
{
    wp_db *db = txn->db;
    if (wpi_scratch_bytes(scratch) > SCRATCH_BYTES_KEPT) {
        free_scratch(scratch);
        return;
    }
    pthread_mutex_lock(&db->mutex);
    scratch->next = db->scratches;
    db->scratches = scratch;
    pthread_mutex_unlock(&db->mutex);
}
