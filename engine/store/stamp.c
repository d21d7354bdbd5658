/*
 * The clean stamp; see stamp.h.
 *
 * The stamp is an optimisation: every failure to read or write it means only that the next open
 * walks, so results of those calls are not errors. The clock that file systems take times from
 * ticks every few milliseconds; a file written within the last tick could be written again without
 * a visible change. Such a file gets no stamp if it is small, because walking it is quick; for a
 * large one the end of the tick is waited for.
 */
#include "store/stamp.h"

#include <string.h>
#include <sys/xattr.h>
#include <time.h>

#include "base/bytes.h"

#define STAMP_VERSION 1
#define STAMP_BYTES 48
#define TICK_NS INT64_C(20000000)
#define WAIT_FILE_BYTES ((off_t)64 << 20)

static int64_t nanoseconds(const struct timespec *time)
{
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

static void make_stamp(unsigned char *stamp, const struct stat *info, const wpi_metas *metas)
{
    wpi_bytes_put_le64(stamp, STAMP_VERSION);
    wpi_bytes_put_le64(stamp + 8, (uint64_t)info->st_size);
    wpi_bytes_put_le64(stamp + 16, (uint64_t)nanoseconds(&info->st_mtim));
    wpi_bytes_put_le64(stamp + 24, (uint64_t)info->st_ino);
    wpi_bytes_put_le64(stamp + 32, wpi_meta_newest(metas)->snapshot);
    wpi_bytes_put_le64(stamp + 40, metas->hash);
}

bool wpi_stamp_matches(int fd, const struct stat *info, const wpi_metas *metas)
{
    unsigned char expected[STAMP_BYTES];
    unsigned char seen[STAMP_BYTES + 1];
    make_stamp(expected, info, metas);
    ssize_t bytes = fgetxattr(fd, WPI_STAMP_NAME, seen, sizeof(seen));
    return bytes == STAMP_BYTES && memcmp(seen, expected, STAMP_BYTES) == 0;
}

/* Whether a write from now on would get another time than the last one. */
static bool is_settled(const struct stat *info)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return false;
    int64_t age_ns = nanoseconds(&now) - nanoseconds(&info->st_mtim);
    if (age_ns > TICK_NS)
        return true;
    if (age_ns < 0 || info->st_size < WAIT_FILE_BYTES)
        return false;
    struct timespec wait = {0, (long)(TICK_NS - age_ns)};
    return nanosleep(&wait, NULL) == 0;
}

void wpi_stamp_write(int fd, const struct stat *info, const wpi_metas *metas)
{
    unsigned char stamp[STAMP_BYTES];
    if (!is_settled(info))
        return;
    make_stamp(stamp, info, metas);
    (void)fsetxattr(fd, WPI_STAMP_NAME, stamp, STAMP_BYTES, 0);
}

void wpi_stamp_remove(int fd)
{
    (void)fremovexattr(fd, WPI_STAMP_NAME);
}
