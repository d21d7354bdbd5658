/*
 * Damaged files: letting a child process do everything with one, and judging what became of it.
 *
 * A small real database is made once. A child process with a second of processor time opens a
 * damaged copy, checks it deeply, reads everything, asks for paths, and writes. It may be refused
 * at any point. When a check finds no fault everything read must equal what was stored, or what was
 * stored one commit earlier: a newest meta page that is lost is a commit that never happened.
 *
 * One kind of damage cannot be told: a page that is wholly as an earlier commit left it, in its own
 * place or in that of a page of the same tree that has its keys, as when the disk said that it had
 * written a page and lost it. It bears the number by which its parent names it, its keys lie
 * between those of its parent, there are as many, and each record's checksum holds, since LMDB's
 * pages do not say which transaction wrote them. So older values may then be read beside newer
 * ones. That is allowed where the file differs from the original in exactly such a page and every
 * line that is read was true after some commit; it is counted apart.
 *
 * Writing into a database without faults must leave it so. A file that fails is kept under $TMPDIR
 * and named.
 */
#ifndef WARMPATH_TESTS_SUPPORT_CRASH_DAMAGE_H
#define WARMPATH_TESTS_SUPPORT_CRASH_DAMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRASH_PAGE_BYTES ((size_t)4096)
#define CRASH_NUMBER_BYTES ((size_t)8) /* of the number that a page begins with */
#define CRASH_FILE_BYTES_MAX ((size_t)4 << 20)

/* What became of a file; the exit codes of the child. */
typedef enum crash_outcome {
    CRASH_REFUSED = 10, /* By wp_open(). */
    CRASH_NOTICED,      /* By a later call, or as faults of a check. */
    CRASH_INTACT,       /* All as stored. */
    CRASH_EARLIER,      /* All as stored one commit earlier. */
    CRASH_STALE,        /* No fault, and each line as stored at some time. */
    CRASH_WRONG,        /* No fault, yet something else. */
    CRASH_SPOILT,       /* Writing made faults. */
    CRASH_OUTCOMES
} crash_outcome;

/* A file in memory, with room for CRASH_FILE_BYTES_MAX. */
typedef struct crash_image {
    unsigned char *bytes;
    size_t size;
} crash_image;

/* Make the original from a seed, which is also printed with failures; forget it at the end. */
void crash_original_make(uint64_t seed);
void crash_original_forget(void);

/* The original, and what it was before its last commit. Borrowed. */
const crash_image *crash_original(void);
const crash_image *crash_original_before(void);

/* Let a child look at a file. Returns whether what became of it is allowed; if not, says why. */
bool crash_examine(const char *path);

/* As crash_examine(), for an image; `what` and `number` say which it is. Older values are allowed
 * after a lost write. */
bool crash_examine_image(const crash_image *damaged, const char *what, uint64_t number);

/* How often something became of a file since the last crash_tally_print(). */
uint64_t crash_tally(crash_outcome outcome);

/* Print how often each outcome came up, and begin to count again. */
void crash_tally_print(void);

/* Write a new file; remove one and its lock file, if they exist. */
void crash_file_write(const char *path, const unsigned char *bytes, size_t size);
void crash_file_remove(const char *path);

#endif
