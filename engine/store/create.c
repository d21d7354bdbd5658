/*
 * Creating a database so that it appears complete or not at all.
 *
 * LMDB makes the file first and its content later, so a crash in between leaves a file that is no
 * database. Therefore: an empty file under a temporary name beside the target, the schema in it,
 * closed and synced, renamed to the target's name (which fails if the name is taken), the directory
 * synced. A crash leaves at most a file ".NAME.creating-..." and its lock file behind, which hold
 * nothing that anybody was promised; whoever next makes a database of that name removes them.
 */
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/error.h"
#include "store/files.h"
#include "store/store_internal.h"
#include "store/validate.h"

static wp_status put_schema(wpi_store_txn *txn, wpi_store_init_fn *init, void *context,
                            wp_error *err)
{
    unsigned char format[4];
    wpi_bytes_put_le32(format, WPI_FORMAT_NUMBER);
    WPI_TRY(wpi_store_put(txn, WPI_TABLE_META, (wpi_slice){WPI_FORMAT_KEY, strlen(WPI_FORMAT_KEY)},
                          (wpi_slice){format, sizeof(format)}, WPI_RECORD_VERSION, err));
    return init == NULL ? WP_OK : init(txn, context, err);
}

/* What the new file holds, besides its schema. */
typedef struct content {
    wpi_store_init_fn *init; /* in the transaction of the schema; may be NULL */
    wpi_store_fill_fn *fill; /* in transactions of its own; may be NULL */
    void *context;
} content;

static wp_status put_first(wpi_store *store, wpi_store_init_fn *init, void *context, wp_error *err)
{
    wpi_store_txn *txn;
    WPI_TRY(wpi_store_begin(store, true, &txn, err));
    wp_status status = put_schema(txn, init, context, err);
    if (status == WP_OK)
        return wpi_store_commit(txn, err);
    wpi_store_abort(txn);
    return status;
}

/* Make a database of the empty file. */
static wp_status build(const char *path, const content *of, wp_error *err)
{
    wpi_store *store;
    WPI_TRY(wpi_store_new(path, &store, err));
    store->is_private = true;
    store->is_direct = true; /* the format is looked for in the tree */
    store->is_network_allowed = true;
    wp_status status = wpi_environment_create(store, err);
    if (status == WP_OK)
        status = put_first(store, of->init, of->context, err);
    if (status == WP_OK && of->fill != NULL)
        status = of->fill(store, of->context, err);
    wpi_store_close(store);
    return status;
}

/* Build under the temporary name, then give it the name wanted. */
static wp_status build_and_place(const char *temporary, const char *path, const content *of,
                                 wp_error *err)
{
    char *lock_file = wpi_files_lock_name(temporary);
    if (lock_file == NULL)
        return wpi_memory_failed(err);
    wp_status status = build(temporary, of, err);
    (void)unlink(lock_file);
    wpi_memory_free(lock_file);
    return status == WP_OK ? wpi_files_place(temporary, path, err) : status;
}

static wp_status create(const char *path, const content *of, wp_error *err)
{
    if (path == NULL || path[0] == '\0')
        return wpi_error_set(err, WP_EINVAL, "the path is empty, expected a file");
    wpi_files_remove_leftovers(path);
    WPI_TRY(wpi_files_refuse_existing(path, err));
    char *temporary;
    int fd;
    WPI_TRY(wpi_files_temporary_name(path, &temporary, err));
    wp_status status;
    WPI_TRY_OUT(wpi_files_create(temporary, &fd, err));
    status = build_and_place(temporary, path, of, err);
    if (status != WP_OK)
        (void)unlink(temporary);
    (void)close(fd); /* Nothing was written through it. */
out:
    wpi_memory_free(temporary);
    return status;
}

wp_status wpi_store_create(const char *path, wpi_store_init_fn *init, void *context, wp_error *err)
{
    content of = {init, NULL, context};
    return create(path, &of, err);
}

wp_status wpi_store_create_filled(const char *path, wpi_store_init_fn *init,
                                  wpi_store_fill_fn *fill, void *context, wp_error *err)
{
    content of = {init, fill, context};
    return create(path, &of, err);
}
