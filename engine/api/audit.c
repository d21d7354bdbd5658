/*
 * Public calls of the audit log.
 */
#include "graph/audit.h"

#include "api/handles.h"

wp_status wp_audit_set_mode(wp_txn *txn, wp_audit_mode mode, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    return wpi_handles_leave_write(txn, wpi_audit_set_mode(&txn->graph, mode, err));
}

wp_status wp_audit_get_mode(wp_txn *txn, wp_audit_mode *mode, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(mode, "mode", err));
    *mode = WP_AUDIT_OFF;
    WPI_READ(txn, err);
    return wpi_audit_get_mode(&txn->graph, mode, err);
}

wp_status wp_audit_note(wp_txn *txn, wp_audit_action action, uint32_t actor, uint32_t subject,
                        uint32_t object, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    if (wp_audit_action_name(action) == NULL)
        return wpi_error_set(err, WP_EINVAL, "action is %d, expected one of wp_audit_action",
                             (int)action);
    return wpi_handles_leave_write(
        txn, wpi_audit_append(&txn->graph, action, actor, subject, object, err));
}

wp_status wp_audit_next(wp_txn *txn, wp_audit_entry *at, wp_error *err)
{
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(at, "at", err));
    return wpi_audit_next(&txn->graph, at, err);
}

wp_status wp_audit_head(wp_txn *txn, wp_audit_entry *head, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(head, "head", err));
    *head = (wp_audit_entry){.number = 0};
    WPI_READ_RECORDS(txn, err);
    return wpi_audit_head(&txn->graph, head, err);
}

wp_status wp_audit_verify(wp_txn *txn, uint64_t *broken, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(broken, "broken", err));
    *broken = 0;
    WPI_READ_RECORDS(txn, err);
    return wpi_audit_verify(&txn->graph, broken, err);
}
