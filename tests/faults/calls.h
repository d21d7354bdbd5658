/*
 * The system calls that write and read databases, seen on their way: a program that links this
 * replaces the C library's open, pread, pwrite and so on, also for LMDB in its shared library.
 *
 * A watcher is told of each call before and after it. It can make a call fail, or transfer half of
 * what was asked, and it sees what was written. Without a watcher calls go straight to the kernel.
 * LMDB copies a database with two threads, so watchers are called under a mutex; they must not make
 * watched calls themselves.
 *
 * The clock and the random bytes can be fixed too, so that the same operation on the same file
 * writes the same bytes each time.
 */
#ifndef WARMPATH_TESTS_FAULTS_CALLS_H
#define WARMPATH_TESTS_FAULTS_CALLS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

typedef enum call_kind {
    CALL_OPEN = 0,
    CALL_PREAD,
    CALL_PWRITE,
    CALL_WRITEV,
    CALL_WRITE,
    CALL_FDATASYNC,
    CALL_FSYNC,
    CALL_FTRUNCATE,
    CALL_FALLOCATE,
    CALL_MMAP,
    CALL_LINK,
    CALL_RENAME,
    CALL_UNLINK,
    CALL_KINDS
} call_kind;

/* A call as it is made; what the kind does not have is 0, NULL, or -1 for fd. */
typedef struct call {
    call_kind kind;
    int fd;
    const char *path;
    const char *path_to;
    int flags;                 /* of open */
    uint64_t offset;           /* of write and writev: where the file stands */
    uint64_t bytes;            /* asked for; of ftruncate the new size */
    const struct iovec *parts; /* of calls that write */
    int part_count;
} call;

#define CALLS_HALF (-1) /* Transfer half of what was asked, at least a byte. */
#define CALLS_DONE                                                                                 \
    (-2) /* Do it and answer EIO: a disk that failed to say so. Writes and syncs.                  \
          */

typedef struct calls_watcher {
    int (*before)(const call *made);                 /* 0, an errno, or CALLS_HALF, CALLS_DONE */
    void (*after)(const call *made, int64_t result); /* the kernel's answer; < 0: failed */
} calls_watcher;

/* Set the watcher; NULL: none. It must stay as it is while it watches. */
void calls_watch(const calls_watcher *watcher);

/* From now on the clock stands and random bytes repeat from the start; false: as they are. */
void calls_fix_chance(bool is_fixed);

/* "open", "pread", …. */
const char *calls_name(call_kind kind);

#endif
