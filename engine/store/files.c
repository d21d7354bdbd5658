/*
 * Files and directories; see files.h.
 *
 * No function here may open a database file that an environment of this process has open: LMDB's
 * locks are POSIX locks, which any close() of the same file would drop. The callers see to it.
 * A file gets its name by renameat2 without replacement; where a file system lacks that, by link.
 */
#include "store/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/error.h"

#define NAME_BYTES_MORE 64     /* a temporary name is longer by less */
#define CIFS_MAGIC 0xFF534D42u /* These are not in linux/magic.h of every kernel. */
#define SMB2_MAGIC 0xFE534D42u
#define NCP_MAGIC 0x564Cu
#define CEPH_MAGIC 0x00C36400u
#define LUSTRE_MAGIC 0x0BD00BD0u

wp_status wpi_files_read(int fd, void *buffer, size_t bytes, uint64_t offset, wp_error *err)
{
    unsigned char *at = buffer;
    while (bytes > 0) {
        ssize_t count = pread(fd, at, bytes, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return wpi_store_error(errno, "reading the database", err);
        if (count == 0)
            return wpi_error_set(err, WP_ECORRUPT, "the file ends at byte %" PRIu64, offset);
        at += count;
        bytes -= (size_t)count;
        offset += (uint64_t)count;
    }
    return WP_OK;
}

wp_status wpi_files_examine(const char *path, struct stat *info, wp_error *err)
{
    if (lstat(path, info) != 0)
        return wpi_store_error(errno, "opening the database", err);
    if (S_ISLNK(info->st_mode))
        return wpi_error_set(err, WP_EACCESS, "the path is a symbolic link, expected a file");
    if (!S_ISREG(info->st_mode))
        return wpi_error_set(err, WP_EFORMAT, "the path is not a regular file");
    return WP_OK;
}

/* Locks or shared maps are not what LMDB needs on those of the network. */
static const struct {
    uint32_t type;
    const char *name;
    bool is_network;
} file_systems[] = {
    {NFS_SUPER_MAGIC, "nfs", true},
    {SMB_SUPER_MAGIC, "smb", true},
    {CIFS_MAGIC, "cifs", true},
    {SMB2_MAGIC, "smb2", true},
    {NCP_MAGIC, "ncp", true},
    {CODA_SUPER_MAGIC, "coda", true},
    {AFS_SUPER_MAGIC, "afs", true},
    {AFS_FS_MAGIC, "afs", true},
    {V9FS_MAGIC, "9p", true},
    {CEPH_MAGIC, "ceph", true},
    {LUSTRE_MAGIC, "lustre", true},
    {EXT4_SUPER_MAGIC, "ext4", false},
    {XFS_SUPER_MAGIC, "xfs", false},
    {BTRFS_SUPER_MAGIC, "btrfs", false},
    {F2FS_SUPER_MAGIC, "f2fs", false},
    {TMPFS_MAGIC, "tmpfs", false},
    {OVERLAYFS_SUPER_MAGIC, "overlay", false},
};

wp_status wpi_files_describe_disk(int fd, wpi_disk *out, wp_error *err)
{
    struct statfs disk;
    if (fstatfs(fd, &disk) != 0)
        return wpi_store_error(errno, "examining the file system", err);
    uint32_t type = (uint32_t)disk.f_type;
    *out = (wpi_disk){.free_bytes = (uint64_t)disk.f_bavail * (uint64_t)disk.f_bsize};
    (void)snprintf(out->name, sizeof(out->name), "type %#" PRIx32, type);
    for (size_t i = 0; i < sizeof(file_systems) / sizeof(*file_systems); i++) {
        if (file_systems[i].type != type)
            continue;
        (void)snprintf(out->name, sizeof(out->name), "%s", file_systems[i].name);
        out->is_network = file_systems[i].is_network;
    }
    return WP_OK;
}

wp_status wpi_files_refuse_network(int fd, wp_error *err)
{
    wpi_disk disk;
    WPI_TRY(wpi_files_describe_disk(fd, &disk, err));
    if (!disk.is_network)
        return WP_OK;
    return wpi_error_set(err, WP_EACCESS,
                         "the file is on a network file system (%s), expected a local one",
                         disk.name);
}

wp_status wpi_files_refuse_existing(const char *path, wp_error *err)
{
    struct stat info;
    if (lstat(path, &info) == 0)
        return wpi_error_set(err, WP_EEXIST, "the file exists already");
    return errno == ENOENT ? WP_OK : wpi_store_error(errno, "creating the file", err);
}

wp_status wpi_files_temporary_name(const char *path, char **name, wp_error *err)
{
    uint64_t random;
    if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return wpi_store_error(errno, "asking for random bytes", err);
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    if (base[0] == '\0')
        return wpi_error_set(err, WP_EINVAL, "the path names a directory, expected a file");
    size_t bytes = strlen(path) + NAME_BYTES_MORE;
    *name = wpi_memory_new(bytes, 1);
    if (*name == NULL)
        return wpi_memory_failed(err);
    (void)snprintf(*name, bytes, "%.*s.%s.creating-%ld-%016" PRIx64, (int)(base - path), path, base,
                   (long)getpid(), random);
    return WP_OK;
}

char *wpi_files_lock_name(const char *path)
{
    static const char suffix[] = "-lock";
    size_t length = strlen(path);
    char *name = wpi_memory_new(length + sizeof(suffix), 1);
    if (name == NULL)
        return NULL;
    memcpy(name, path, length);
    memcpy(name + length, suffix, sizeof(suffix));
    return name;
}

wp_status wpi_files_create(const char *path, int *fd, wp_error *err)
{
    *fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (*fd < 0)
        return wpi_store_error(errno, "creating the file", err);
    (void)flock(*fd, LOCK_EX | LOCK_NB); /* Where there are no such locks, the name must do. */
    return WP_OK;
}

static wp_status sync_path(const char *path, int flags, wp_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
    if (fd < 0)
        return wpi_store_error(errno, "opening what is to be synced", err);
    wp_status status = WP_OK;
    if (fsync(fd) != 0)
        status = wpi_store_write_error(errno, fd, "syncing to disk", err);
    (void)close(fd); /* Nothing was written through it. */
    return status;
}

static wp_status sync_directory_of(const char *path, wp_error *err)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return sync_path(".", O_DIRECTORY, err);
    size_t length = slash == path ? 1 : (size_t)(slash - path);
    char *directory = wpi_memory_new(length + 1, 1);
    if (directory == NULL)
        return wpi_memory_failed(err);
    memcpy(directory, path, length);
    directory[length] = '\0';
    wp_status status = sync_path(directory, O_DIRECTORY, err);
    wpi_memory_free(directory);
    return status;
}

/* For file systems that cannot rename without replacing. */
static wp_status give_second_name(const char *temporary, const char *path, wp_error *err)
{
    if (link(temporary, path) != 0)
        return wpi_store_error(errno, "giving the file its name", err);
    if (unlink(temporary) == 0)
        return WP_OK;
    wp_status status = wpi_store_error(errno, "removing the temporary name", err);
    (void)unlink(path); /* Two names for one database would mean two lock files. */
    return status;
}

static wp_status give_name(const char *temporary, const char *path, wp_error *err)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return WP_OK;
    if (errno == EINVAL || errno == ENOSYS)
        return give_second_name(temporary, path, err);
    return wpi_store_error(errno, "giving the file its name", err);
}

wp_status wpi_files_place(const char *temporary, const char *path, wp_error *err)
{
    WPI_TRY(sync_path(temporary, O_NOFOLLOW, err));
    WPI_TRY(give_name(temporary, path, err));
    wp_status status = sync_directory_of(path, err);
    if (status != WP_OK)
        (void)unlink(path); /* Not known to survive a power cut, so it was not created. */
    return status;
}

wp_status wpi_files_replace(const char *temporary, const char *path, bool *is_done, wp_error *err)
{
    *is_done = false;
    WPI_TRY(sync_path(temporary, O_NOFOLLOW, err));
    if (rename(temporary, path) != 0)
        return wpi_store_error(errno, "giving the file its name", err);
    *is_done = true;
    return sync_directory_of(path, err);
}
