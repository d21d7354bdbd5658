/*
 * From LMDB's codes to ours. A full disk often arrives as EIO, so free space is looked at.
 */
#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include "store/environment.h"

static bool is_disk_full(const wpi_store *store)
{
    struct statvfs space;
    int fd = -1;
    if (store == NULL || store->env == NULL || mdb_env_get_fd(store->env, &fd) != 0)
        return false;
    return fstatvfs(fd, &space) == 0 && (uint64_t)space.f_bavail * space.f_frsize < 1u << 20;
}

static wp_status status_of(const wpi_store *store, int code)
{
    switch (code) {
    case MDB_MAP_FULL:
    case ENOSPC:
    case EDQUOT:
        return WP_EFULL;
    case EIO:
        return is_disk_full(store) ? WP_EFULL : WP_EIO;
    case ENOMEM:
        return WP_ENOMEM;
    case MDB_NOTFOUND:
        return WP_ENOTFOUND;
    case ENOENT:
        return WP_ENOTFOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return WP_EACCESS;
    case MDB_READERS_FULL:
    case MDB_MAP_RESIZED:
        return WP_EBUSY;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INCOMPATIBLE:
        return WP_ECORRUPT;
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
        return WP_EFORMAT;
    default:
        return WP_EIO;
    }
}

wp_status wpi_store_failed(wpi_store *store, int code, const char *doing, wp_error *err)
{
    if (code == MDB_MAP_FULL)
        return wpi_error_set(err, WP_EFULL,
                             "%s: the map is full; abort and try again with a larger one", doing);
    return wpi_error_set(err, status_of(store, code), "%s: %s", doing, mdb_strerror(code));
}
