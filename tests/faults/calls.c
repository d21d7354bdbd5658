/*
 * System calls on their way to the kernel; see calls.h.
 *
 * The functions below have the names of the C library's and are exported, so that shared libraries
 * that the program loads call them as well. They enter the kernel by syscall(), since the C
 * library's own are hidden by them. What the C library does inside itself (stdio, malloc) is not
 * seen. open() has a third argument only with some flags; reading it always is harmless here.
 */
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))
#define FIXED_TIME_S 1709290000 /* 2024-03-01, the day of crash_world.h */

static const calls_watcher *watcher;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static bool is_chance_fixed;
static uint64_t chance_state;

void calls_watch(const calls_watcher *new_watcher)
{
    (void)pthread_mutex_lock(&mutex);
    watcher = new_watcher;
    (void)pthread_mutex_unlock(&mutex);
}

void calls_fix_chance(bool is_fixed)
{
    is_chance_fixed = is_fixed;
    chance_state = 0;
}

const char *calls_name(call_kind kind)
{
    static const char *const names[CALL_KINDS] = {
        "open",      "pread",     "pwrite", "writev", "write",  "fdatasync", "fsync",
        "ftruncate", "fallocate", "mmap",   "link",   "rename", "unlink"};
    return names[kind];
}

/* Ask the watcher: 0, an errno, CALLS_HALF or CALLS_DONE. */
static int ask(const call *made)
{
    int decided = 0;
    if (watcher == NULL)
        return 0;
    (void)pthread_mutex_lock(&mutex);
    if (watcher != NULL && watcher->before != NULL)
        decided = watcher->before(made);
    (void)pthread_mutex_unlock(&mutex);
    return decided;
}

static int64_t tell(const call *made, int64_t result)
{
    int code = errno;
    if (watcher != NULL) {
        (void)pthread_mutex_lock(&mutex);
        if (watcher != NULL && watcher->after != NULL)
            watcher->after(made, result);
        (void)pthread_mutex_unlock(&mutex);
    }
    errno = code;
    return result;
}

static int64_t refuse(int code)
{
    errno = code;
    return -1;
}

/* The answer to a call that was made: what the kernel said, or EIO in spite of it. */
static int64_t answer(const call *made, int code, int64_t result)
{
    return tell(made, code == CALLS_DONE ? refuse(EIO) : result);
}

static uint64_t half(uint64_t bytes)
{
    return bytes > 1 ? bytes / 2 : bytes;
}

/* ---- files and names --------------------------------------------------------------------- */

EXPORTED int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    unsigned mode = va_arg(more, unsigned);
    va_end(more);
    call made = {.kind = CALL_OPEN, .fd = -1, .path = path, .flags = flags};
    int code = ask(&made);
    if (code > 0)
        return (int)refuse(code);
    return (int)tell(&made, syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

EXPORTED int link(const char *from, const char *to)
{
    call made = {.kind = CALL_LINK, .fd = -1, .path = from, .path_to = to};
    int code = ask(&made);
    return (int)(code > 0 ? refuse(code) : tell(&made, syscall(SYS_link, from, to)));
}

EXPORTED int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    call made = {.kind = CALL_RENAME, .fd = -1, .path = from, .path_to = to};
    int code = ask(&made);
    return (int)(code > 0 ? refuse(code)
                          : tell(&made, syscall(SYS_renameat2, from_fd, from, to_fd, to, flags)));
}

EXPORTED int rename(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORTED int unlink(const char *path)
{
    call made = {.kind = CALL_UNLINK, .fd = -1, .path = path};
    int code = ask(&made);
    return (int)(code > 0 ? refuse(code) : tell(&made, syscall(SYS_unlink, path)));
}

/* ---- reading and writing ----------------------------------------------------------------- */

EXPORTED ssize_t pread(int fd, void *buffer, size_t bytes, off_t offset)
{
    call made = {.kind = CALL_PREAD, .fd = fd, .offset = (uint64_t)offset, .bytes = bytes};
    int code = ask(&made);
    if (code > 0)
        return refuse(code);
    size_t wanted = code == CALLS_HALF ? half(bytes) : bytes;
    return tell(&made, syscall(SYS_pread64, fd, buffer, wanted, offset));
}

EXPORTED ssize_t pwrite(int fd, const void *buffer, size_t bytes, off_t offset)
{
    struct iovec part = {(void *)(uintptr_t)buffer, bytes};
    call made = {.kind = CALL_PWRITE,
                 .fd = fd,
                 .offset = (uint64_t)offset,
                 .bytes = bytes,
                 .parts = &part,
                 .part_count = 1};
    int code = ask(&made);
    if (code > 0)
        return refuse(code);
    size_t wanted = code == CALLS_HALF ? half(bytes) : bytes;
    return answer(&made, code, syscall(SYS_pwrite64, fd, buffer, wanted, offset));
}

EXPORTED ssize_t write(int fd, const void *buffer, size_t bytes)
{
    struct iovec part = {(void *)(uintptr_t)buffer, bytes};
    call made = {.kind = CALL_WRITE, .fd = fd, .bytes = bytes, .parts = &part, .part_count = 1};
    if (watcher != NULL)
        made.offset = (uint64_t)lseek(fd, 0, SEEK_CUR);
    int code = ask(&made);
    if (code > 0)
        return refuse(code);
    size_t wanted = code == CALLS_HALF ? half(bytes) : bytes;
    return answer(&made, code, syscall(SYS_write, fd, buffer, wanted));
}

EXPORTED ssize_t writev(int fd, const struct iovec *parts, int count)
{
    call made = {.kind = CALL_WRITEV, .fd = fd, .parts = parts, .part_count = count};
    for (int i = 0; i < count; i++)
        made.bytes += parts[i].iov_len;
    if (watcher != NULL)
        made.offset = (uint64_t)lseek(fd, 0, SEEK_CUR);
    int code = ask(&made);
    if (code > 0)
        return refuse(code);
    if (code != CALLS_HALF || count <= 0)
        return answer(&made, code, syscall(SYS_writev, fd, parts, count));
    struct iovec first = {parts[0].iov_base, half(parts[0].iov_len)};
    return tell(&made, syscall(SYS_writev, fd, &first, 1));
}

EXPORTED int fdatasync(int fd)
{
    call made = {.kind = CALL_FDATASYNC, .fd = fd};
    int code = ask(&made);
    return (int)(code > 0 ? refuse(code) : answer(&made, code, syscall(SYS_fdatasync, fd)));
}

EXPORTED int fsync(int fd)
{
    call made = {.kind = CALL_FSYNC, .fd = fd};
    int code = ask(&made);
    return (int)(code > 0 ? refuse(code) : answer(&made, code, syscall(SYS_fsync, fd)));
}

EXPORTED int ftruncate(int fd, off_t size)
{
    call made = {.kind = CALL_FTRUNCATE, .fd = fd, .bytes = (uint64_t)size};
    int code = ask(&made);
    return (int)(code > 0 ? refuse(code) : tell(&made, syscall(SYS_ftruncate, fd, size)));
}

EXPORTED int fallocate(int fd, int mode, off_t offset, off_t bytes)
{
    call made = {
        .kind = CALL_FALLOCATE, .fd = fd, .offset = (uint64_t)offset, .bytes = (uint64_t)bytes};
    int code = ask(&made);
    return (int)(code > 0 ? refuse(code)
                          : tell(&made, syscall(SYS_fallocate, fd, mode, offset, bytes)));
}

EXPORTED void *mmap(void *address, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    call made = {.kind = CALL_MMAP, .fd = fd, .offset = (uint64_t)offset, .bytes = bytes};
    int code = ask(&made);
    if (code > 0)
        return (void *)(intptr_t)refuse(code); /* MAP_FAILED is -1 */
    return (void *)tell(&made, syscall(SYS_mmap, address, bytes, protection, flags, fd, offset));
}

/* ---- chance ------------------------------------------------------------------------------- */

EXPORTED ssize_t getrandom(void *buffer, size_t bytes, unsigned flags)
{
    if (!is_chance_fixed)
        return syscall(SYS_getrandom, buffer, bytes, flags);
    for (size_t i = 0; i < bytes; i++) {
        chance_state = chance_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        ((unsigned char *)buffer)[i] = (unsigned char)(chance_state >> 56);
    }
    return (ssize_t)bytes;
}

EXPORTED time_t time(time_t *out)
{
    struct timespec now = {.tv_sec = FIXED_TIME_S};
    if (!is_chance_fixed)
        (void)syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    if (out != NULL)
        *out = now.tv_sec;
    return now.tv_sec;
}
