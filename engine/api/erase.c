/*
 * Public calls of erasure, and copies of the file, which must not take along what was erased.
 */
#include "graph/erase.h"
#include "api/handles.h"
#include "base/cancel.h"
#include "base/time.h"
#include "graph/audit.h"
#include "graph/retain.h"

/* An identity of a person, normalised. */
static wp_status normalise(const wp_identity *identity, wpi_identity *out, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(identity, "identity", err));
    if (!wpi_identity_is_person(identity->kind))
        return wpi_error_set(err, WP_EINVAL, "identity kind is %d, expected one of a person",
                             (int)identity->kind);
    return wpi_identity_normalise(identity, out, err);
}

wp_status wp_person_erase(wp_txn *txn, wp_number person, wp_erasure *out, wp_error *err)
{
    wp_erasure ignored;
    if (out == NULL)
        out = &ignored;
    *out = (wp_erasure){0};
    WPI_TRY(wpi_handles_enter_write(txn, err));
    return wpi_handles_leave_write(txn, wpi_erase_person(&txn->graph, person, out, err));
}

wp_status wp_backup(wp_db *db, const char *path, wp_error *err)
{
    static const wpi_store_rebuild_options options = {WPI_ERASURES_KEY, NULL, NULL};
    WPI_TRY(wpi_handles_check_given(db, "db", err));
    WPI_TRY(wpi_handles_check_given(path, "path", err));
    return wpi_store_backup(db->store, path, &options, err);
}

wp_status wp_vacuum(wp_db *db, wp_progress_fn *progress, void *context, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(db, "db", err));
    return wpi_store_rebuild(
        db->store, &(wpi_store_rebuild_options){WPI_ERASURES_KEY, progress, context}, err);
}

wp_status wp_suppression_add(wp_txn *txn, const wp_identity *identity, wp_error *err)
{
    wpi_identity normal;
    uint32_t number;
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(normalise(identity, &normal, err));
    wp_status status = wpi_identity_find(&txn->graph, &normal, &number, err);
    if (status == WP_OK)
        return wpi_error_set(err, WP_ECONFLICT, "number %u has the identity, expected nobody",
                             number);
    if (status == WP_ENOTFOUND)
        status = wpi_suppress_put(&txn->graph, &normal, err);
    if (status == WP_OK)
        status = wpi_audit_append(&txn->graph, WP_AUDIT_ERASE, 0, 0, 0, err);
    return wpi_handles_leave_write(txn, status);
}

wp_status wp_suppression_has(wp_txn *txn, const wp_identity *identity, bool *has, wp_error *err)
{
    wpi_identity normal;
    WPI_TRY(wpi_handles_check_given(has, "has", err));
    *has = false;
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(normalise(identity, &normal, err));
    return wpi_suppress_has(&txn->graph, &normal, has, err);
}

wp_status wp_suppression_next(wp_txn *txn, wp_suppression *at, wp_error *err)
{
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(at, "at", err));
    return wpi_suppress_next(&txn->graph, at, err);
}

wp_status wp_suppression_put(wp_txn *txn, const wp_suppression *suppression, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(suppression, "suppression", err));
    return wpi_handles_leave_write(txn, wpi_suppress_put_hash(&txn->graph, suppression, err));
}

wp_status wp_suppression_lift(wp_txn *txn, const wp_identity *identity, wp_error *err)
{
    wpi_identity normal;
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(normalise(identity, &normal, err));
    wp_status status = wpi_suppress_lift(&txn->graph, &normal, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, status, "the identity is not suppressed");
    if (status == WP_OK)
        status = wpi_audit_append(&txn->graph, WP_AUDIT_LIFT, 0, 0, 0, err);
    return wpi_handles_leave_write(txn, status);
}

static wp_status check_retention(const wp_db *db, const wp_retention *retention, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(db, "db", err));
    WPI_TRY(wpi_handles_check_given(retention, "retention", err));
    if (retention->size != sizeof *retention)
        return wpi_error_set(err, WP_EINVAL, "size of the struct is %zu, expected %zu",
                             retention->size, sizeof *retention);
    if (retention->before_s < 1 || retention->before_s > WP_TIME_MAX)
        return wpi_error_set(err, WP_EINVAL, "before is %lld s, expected 1..%lld",
                             (long long)retention->before_s, (long long)WP_TIME_MAX);
    return WP_OK;
}

/* What the first transaction that takes anything notes; that bytes are pending also later ones,
 * when the file was rebuilt in between. */
static wp_status note_retention(wpi_graph *graph, const wpi_retaining *self, uint64_t before,
                                wp_error *err)
{
    uint64_t pending;
    int64_t since_s;
    if (self->out->taken == before)
        return WP_OK;
    WPI_TRY(wpi_erase_pending(graph, &pending, &since_s, err));
    if (before == 0 || pending == 0)
        WPI_TRY(wpi_erase_note_pending(graph, err));
    if (before > 0)
        return WP_OK;
    return wpi_audit_append(graph, WP_AUDIT_RETENTION, 0,
                            (uint32_t)((self->before_s - 1) / WPI_DAY_SECONDS), 0, err);
}

static wp_status retain_in(wp_txn *txn, wpi_retaining *self, bool is_new_pass, wp_error *err)
{
    uint64_t before = self->out->taken;
    WPI_READ(txn, err);
    if (is_new_pass)
        wpi_retain_begin_pass(&txn->graph, self);
    WPI_TRY(wpi_retain_some(&txn->graph, self, err));
    return self->is_dry_run ? WP_OK : note_retention(&txn->graph, self, before, err);
}

static wp_status retain_once(wp_db *db, wpi_retaining *self, bool is_new_pass, wp_error *err)
{
    wp_txn *txn = NULL;
    WPI_TRY(self->is_dry_run ? wp_begin_read(db, &txn, err) : wp_begin_write(db, &txn, err));
    wp_status status = retain_in(txn, self, is_new_pass, err);
    if (status == WP_OK && !self->is_dry_run)
        return wp_commit(txn, err);
    wp_abort(txn);
    return status;
}

wp_status wp_retain(wp_db *db, const wp_retention *retention, wp_retained *out, wp_error *err)
{
    wp_retained ignored;
    if (out == NULL)
        out = &ignored;
    *out = (wp_retained){0};
    WPI_TRY(check_retention(db, retention, err));
    wpi_retaining self = {.before_s = retention->before_s,
                          .is_removal = retention->is_removal,
                          .is_dry_run = retention->is_dry_run,
                          .out = out};
    do {
        bool is_new_pass = true;
        do {
            WPI_TRY(retain_once(db, &self, is_new_pass, err));
            is_new_pass = false;
            if (retention->progress != NULL)
                retention->progress(retention->context, self.looked_at, 0);
            if (wpi_is_cancelled(retention->cancel))
                return wpi_error_set(err, WP_ECANCELLED, "cancelled: some are still there");
        } while (self.next > 0);
    } while (self.taken_in_pass > 0 && out->answered > 0 && !self.is_dry_run);
    return WP_OK;
}
