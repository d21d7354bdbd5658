/*
 * The clean stamp: an extended attribute that says which state of the file was last known valid.
 *
 * Whoever may write the file may forge it, but a file that arrives from elsewhere or was touched by
 * anything but LMDB does not carry a fitting one: any write changes size or modification time.
 */
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "store/validate.h"

#define STAMP_NAME "user.warmpath.clean"

typedef struct stamp {
    uint64_t version;
    uint64_t snapshot;
    uint64_t inode;
    int64_t bytes;
    int64_t seconds;
    int64_t nanoseconds;
} stamp;

static bool make_stamp(int fd, uint64_t snapshot, stamp *out)
{
    struct stat file;
    if (fstat(fd, &file) != 0)
        return false;
    *out =
        (stamp){1, snapshot, file.st_ino, file.st_size, file.st_mtim.tv_sec, file.st_mtim.tv_nsec};
    return true;
}

bool wpi_validate_is_clean(int fd, uint64_t snapshot)
{
    stamp now, then;
    return make_stamp(fd, snapshot, &now) &&
           fgetxattr(fd, STAMP_NAME, &then, sizeof then) == (ssize_t)sizeof then &&
           memcmp(&now, &then, sizeof now) == 0;
}

void wpi_validate_mark_clean(int fd, uint64_t snapshot)
{
    stamp now;
    if (make_stamp(fd, snapshot, &now))
        (void)!fsetxattr(fd, STAMP_NAME, &now, sizeof now, 0); /* without it, opening walks */
}
