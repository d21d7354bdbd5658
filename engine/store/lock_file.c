/*
 * The lock file of a database; see lock_file.h.
 *
 * Other processes may have the file open, or open it at this moment, and LMDB tells by its size
 * whether and for how many readers it was made. So neither its content nor its size is changed
 * here, and no lock is taken: blocks are allocated up to the size that LMDB will give it, behind
 * the end of the file if need be. LMDB makes it longer only when nobody uses it.
 *
 * Where the file system cannot allocate ahead, there must at least be room at the moment.
 */
#include "store/lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/error.h"
#include "store/files.h"

#define FILE_MODE 0600
#define READER_BYTES 64 /* a slot of LMDB's table of readers: a cache line */
#define HEAD_BYTES 4096 /* more than what stands before the table */
#define BLOCK_BYTES 512 /* the unit of st_blocks */

static const char allocating[] = "making room for the lock file";

static wp_status check_room(int fd, off_t bytes, wp_error *err)
{
    struct statvfs disk;
    if (fstatvfs(fd, &disk) != 0)
        return wpi_store_error(errno, allocating, err);
    if ((unsigned long long)disk.f_bavail * disk.f_frsize < (unsigned long long)bytes)
        return wpi_store_error(ENOSPC, allocating, err);
    return WP_OK;
}

static wp_status allocate(int fd, off_t bytes, wp_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return wpi_store_error(errno, "opening the lock file", err);
    if (!S_ISREG(info.st_mode))
        return wpi_error_set(err, WP_EACCESS, "the lock file is not a regular file");
    if (info.st_size > bytes)
        bytes = info.st_size; /* made by a program with more readers */
    if (info.st_blocks >= (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES)
        return WP_OK;
    int code = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, bytes);
    while (code != 0 && errno == EINTR)
        code = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, bytes);
    if (code == 0)
        return WP_OK;
    if (errno == EOPNOTSUPP || errno == ENOSYS)
        return check_room(fd, bytes, err);
    return wpi_store_error(errno, allocating, err);
}

static wp_status explain_refused(const char *name, int code, wp_error *err)
{
    struct stat info;
    if (code == EROFS)
        return WP_OK; /* LMDB does without the file, since nobody can write. */
    bool is_there = lstat(name, &info) == 0;
    if (is_there && !S_ISREG(info.st_mode))
        return wpi_error_set(err, WP_EACCESS, "the lock file is not a regular file");
    if (!is_there && (code == EACCES || code == EPERM))
        return wpi_error_set(err, WP_EACCESS,
                             "there is no lock file and the directory may not be written, "
                             "expected either");
    return wpi_store_error(code, "opening the lock file", err);
}

/* LMDB creates its lock file through a symbolic link without asking; this does not. */
static wp_status prepare(const char *name, off_t bytes, wp_error *err)
{
    int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    int fd = open(name, flags, FILE_MODE);
    if (fd < 0)
        return explain_refused(name, errno, err);
    wp_status status = allocate(fd, bytes, err);
    (void)close(fd); /* Nothing was written. */
    return status;
}

wp_status wpi_lock_file_prepare(const char *path, unsigned readers_max, wp_error *err)
{
    char *name = wpi_files_lock_name(path);
    if (name == NULL)
        return wpi_memory_failed(err);
    wp_status status = prepare(name, (off_t)readers_max * READER_BYTES + HEAD_BYTES, err);
    wpi_memory_free(name);
    return status;
}
