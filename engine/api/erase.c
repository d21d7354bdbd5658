/*
 * Public calls of erasure, and copies of the file, which must not take along what was erased.
 */
#include "graph/erase.h"
#include "api/handles.h"
#include "graph/audit.h"

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

/* Whether bytes of somebody erased are in the file. */
static wp_status is_pending(wp_db *db, bool *is, wp_error *err)
{
    wp_txn *txn = NULL;
    uint64_t count = 0;
    int64_t since_s;
    WPI_TRY(wp_begin_read(db, &txn, err));
    wp_status status = wpi_erase_pending(&txn->graph, &count, &since_s, err);
    wp_abort(txn);
    *is = count > 0;
    return status;
}

wp_status wp_backup(wp_db *db, const char *path, wp_error *err)
{
    static const wpi_store_rebuild_options by_record = {WPI_ERASURES_KEY, NULL, NULL};
    bool is = false;
    WPI_TRY(wpi_handles_check_given(db, "db", err));
    WPI_TRY(wpi_handles_check_given(path, "path", err));
    WPI_TRY(is_pending(db, &is, err));
    return wpi_store_backup(db->store, path, is ? &by_record : NULL, err);
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
    WPI_TRY(wpi_handles_enter_read(txn, err));
    WPI_TRY(normalise(identity, &normal, err));
    return wpi_suppress_has(&txn->graph, &normal, has, err);
}

wp_status wp_suppression_next(wp_txn *txn, wp_suppression *at, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_read(txn, err));
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
