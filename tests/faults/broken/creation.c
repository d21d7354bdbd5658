/*
 * Negative control: a library that creates a database where it belongs, without a temporary name.
 * engine/store/create.c is compiled for a test program with wpi_files_temporary_name() and
 * wpi_files_place() called as below, and the program must then fail.
 */
#include "base/memory.h"
#include "store/files.h"

wp_status wpi_broken_temporary_name(const char *path, char **name, wp_error *err);
wp_status wpi_broken_place(const char *temporary, const char *path, wp_error *err);

wp_status wpi_broken_temporary_name(const char *path, char **name, wp_error *err)
{
    *name = wpi_memory_copy_text(path);
    return *name == NULL ? wpi_memory_failed(err) : WP_OK;
}

wp_status wpi_broken_place(const char *temporary, const char *path, wp_error *err)
{
    (void)temporary;
    (void)path;
    (void)err;
    return WP_OK;
}
