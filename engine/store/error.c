/*
 * LMDB return codes and errno values as statuses; see error.h.
 *
 * Messages say what was being done and what the system answered. No path and no content of the
 * database appears in them. A code that LMDB gives only to a program which breaks its rules
 * becomes WP_EIO like any other unexplained refusal: the host goes on, the message names the code.
 */
#include "store/error.h"

#include <errno.h>
#include <lmdb.h>
#include <string.h>
#include <sys/statvfs.h>

/* Below this much free space a failed write is taken for one on a full disk. */
#define FULL_BYTES ((unsigned long long)1 << 20)

static wp_status status_of_errno(int code)
{
    switch (code) {
    case ENOENT:
        return WP_ENOTFOUND;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:
        return WP_EACCESS;
    case ENOMEM:
        return WP_ENOMEM;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return WP_EFULL;
    case EAGAIN:
    case EBUSY:
        return WP_EBUSY;
    case EEXIST:
        return WP_EEXIST;
    default:
        return WP_EIO;
    }
}

static wp_status status_of(int code)
{
    switch (code) {
    case MDB_PAGE_NOTFOUND:
    case MDB_CORRUPTED:
    case MDB_NOTFOUND:
    case MDB_CURSOR_FULL:
    case MDB_PAGE_FULL:
    case MDB_DBS_FULL:
    case MDB_INCOMPATIBLE:
    case MDB_BAD_VALSIZE:
    case MDB_KEYEXIST:
        return WP_ECORRUPT;
    case MDB_VERSION_MISMATCH:
    case MDB_INVALID:
        return WP_EFORMAT;
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
        return WP_EFULL;
    case MDB_READERS_FULL:
    case MDB_MAP_RESIZED:
        return WP_EBUSY;
    default:
        return code > 0 ? status_of_errno(code) : WP_EIO;
    }
}

static const char *reason(int code, char *buffer, size_t bytes)
{
    switch (code) {
    case MDB_MAP_FULL:
        return "the address space reserved for the file is used up";
    case MDB_TXN_FULL:
        return "the transaction is too large";
    case MDB_READERS_FULL:
        return "1024 readers are active, expected fewer";
    case MDB_PANIC:
        return "the disk failed in a commit, and the transactions that are open here must end "
               "first";
    case MDB_MAP_RESIZED:
        return "another process has enlarged the file while transactions are open here";
    default:
        return code > 0 ? strerror_r(code, buffer, bytes) : mdb_strerror(code);
    }
}

wp_status wpi_store_error(int code, const char *doing, wp_error *err)
{
    char buffer[128];
    return wpi_error_set(err, status_of(code), "%s: %s", doing,
                         reason(code, buffer, sizeof(buffer)));
}

static bool is_disk_full(int fd)
{
    struct statvfs disk;
    if (fd < 0 || fstatvfs(fd, &disk) != 0)
        return false;
    return (unsigned long long)disk.f_bavail * disk.f_frsize < FULL_BYTES;
}

wp_status wpi_store_write_error(int code, int fd, const char *doing, wp_error *err)
{
    if (code == EIO && is_disk_full(fd))
        return wpi_error_set(err, WP_EFULL, "%s: the disk is full", doing);
    return wpi_store_error(code, doing, err);
}
