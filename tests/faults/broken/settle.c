/*
 * Negative control: a library that goes on after a failed commit as if nothing were on the disk.
 * Takes the place of engine/store/settle.c in a test program, which must then fail.
 */
#include "store/store_internal.h"

wp_status wpi_environment_settle(wpi_store *store, wp_error *err)
{
    (void)err;
    store->is_unsettled = false;
    return WP_OK;
}
