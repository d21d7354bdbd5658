/*
 * Negative control: a library that validates nothing before it lets LMDB follow page numbers. Takes
 * the place of engine/store/validate.c in a test program, which must then fail.
 */
#include "store/validate.h"

wp_status wpi_validate_snapshot(int fd, const wpi_meta *meta, wp_error *err)
{
    (void)fd;
    (void)meta;
    (void)err;
    return WP_OK;
}
