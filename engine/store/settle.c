/*
 * Making sure that the disk and the kernel mean the same state, after a commit that failed.
 *
 * A commit ends with a meta page, written synchronously. When the system answers that with an error
 * the page may be on the disk all the same. LMDB then puts the old page back, but only for the
 * kernel; if the power went now, the disk could hold the failed commit, or, once the next
 * transaction has used its pages, a meta page that leads into foreign ones: a lost database. So
 * before any further page is written both meta pages are written as the kernel has them, and
 * synced. Writing them anew is needed: after a failed sync a kernel takes what it holds for clean.
 *
 * Between the failure and this, another process could begin to write. LMDB has no way to keep it.
 */
#include <errno.h>
#include <unistd.h>

#include "store/error.h"
#include "store/files.h"
#include "store/meta.h"
#include "store/store_internal.h"

#define META_BYTES 512 /* More than a meta page uses; a sector, so that it is written whole. */

static wp_status rewrite(int fd, uint64_t offset, wp_error *err)
{
    unsigned char bytes[META_BYTES];
    WPI_TRY(wpi_files_read(fd, bytes, sizeof(bytes), offset, err));
    ssize_t count = pwrite(fd, bytes, sizeof(bytes), (off_t)offset);
    if (count == (ssize_t)sizeof(bytes))
        return WP_OK;
    return wpi_store_write_error(count < 0 ? errno : EIO, fd, "writing the meta pages", err);
}

wp_status wpi_environment_settle(wpi_store *store, wp_error *err)
{
    wpi_metas metas;
    WPI_TRY(wpi_meta_read(store->fd, &metas, err));
    for (unsigned i = 0; i < WPI_META_PAGES; i++)
        WPI_TRY(rewrite(store->fd, (uint64_t)i * metas.pages[0].page_bytes, err));
    if (fdatasync(store->fd) != 0)
        return wpi_store_write_error(errno, store->fd, "syncing the meta pages", err);
    store->is_unsettled = false;
    return WP_OK;
}
