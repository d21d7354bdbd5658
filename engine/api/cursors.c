/*
 * Public cursors: everything in the order of numbers.
 */
#include "api/handles.h"
#include "graph/employment.h"
#include "graph/person.h"
#include "graph/tie.h"

/* The first key of a table that is not below a given one. */
static wp_status seek(wp_txn *txn, wpi_table table, wpi_key from, size_t key_bytes, uint64_t *found,
                      wp_error *err)
{
    wpi_store_cursor *cursor = NULL;
    wpi_slice key, value;
    WPI_TRY(wpi_store_cursor_open(txn->graph.txn, table, &cursor, err));
    wp_status status =
        wpi_store_cursor_seek(cursor, (wpi_slice){from.bytes, from.size}, &key, &value, err);
    if (status == WP_OK && key.bytes != key_bytes)
        status = wpi_error_set(err, WP_ECORRUPT, "%s key is malformed", wpi_table_name(table));
    if (status == WP_OK)
        *found = key_bytes == 4 ? wpi_key_get_u32(key.data, 0) : wpi_key_get_u64(key.data, 0);
    wpi_store_cursor_close(cursor);
    return status;
}

static wp_status next_number(wp_txn *txn, wpi_table table, wp_number *number, wp_error *err)
{
    uint64_t found = 0;
    WPI_TRY(wpi_handles_enter_read(txn, err));
    WPI_TRY(wpi_handles_check_given(number, "number", err));
    wp_status status = *number == UINT32_MAX
                           ? WP_ENOTFOUND
                           : seek(txn, table, wpi_key_u32(*number + 1), 4, &found, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, status, "there is no further %s", wpi_table_name(table));
    *number = (wp_number)found;
    return status;
}

wp_status wp_person_next(wp_txn *txn, wp_number *number, wp_error *err)
{
    return next_number(txn, WPI_TABLE_PERSON, number, err);
}

wp_status wp_company_next(wp_txn *txn, wp_number *number, wp_error *err)
{
    return next_number(txn, WPI_TABLE_COMPANY, number, err);
}

wp_status wp_interaction_next(wp_txn *txn, uint64_t *interaction, wp_error *err)
{
    uint64_t found = 0;
    WPI_TRY(wpi_handles_enter_read(txn, err));
    WPI_TRY(wpi_handles_check_given(interaction, "interaction", err));
    wp_status status =
        seek(txn, WPI_TABLE_INTERACTION, wpi_key_u64(*interaction + 1), 8, &found, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, status, "there is no further interaction");
    *interaction = found;
    return status;
}

wp_status wp_employment_next(wp_txn *txn, wp_employment *employment, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_read(txn, err));
    WPI_TRY(wpi_handles_check_given(employment, "employment", err));
    wp_status status = wpi_employment_next(&txn->graph, employment, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, status, "there is no further employment");
    return status;
}

wp_status wp_stated_tie_next(wp_txn *txn, wp_stated_tie *tie, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_read(txn, err));
    WPI_TRY(wpi_handles_check_given(tie, "tie", err));
    wp_status status = wpi_tie_next_stated(&txn->graph, tie, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, status, "there is no further stated tie");
    return status;
}
