/*
 * Processes for crash tests: forking, dying, waiting, and memory that outlives a kill.
 *
 * Code of these tests runs on both sides of fork(). What goes wrong unexpectedly, on either side,
 * is printed and ends that process with CRASH_FAILED; the parent sees the exit code. The files are
 * then left where they are, to be looked at. A child dies with its parent.
 *
 * Must not know warmpath beyond its statuses.
 */
#ifndef WARMPATH_TESTS_SUPPORT_CRASH_PROCESS_H
#define WARMPATH_TESTS_SUPPORT_CRASH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "warmpath.h"

#define CRASH_FAILED 3

/* How many times longer things take under a sanitizer, or with counts of branches. */
#if defined __SANITIZE_ADDRESS__ || defined WARMPATH_COVERAGE
#define CRASH_PATIENCE 5
#else
#define CRASH_PATIENCE 1
#endif

/* The command line of a crash test: `--seed N` and how much to do. */
typedef struct crash_arguments {
    uint64_t seed;
    uint64_t count;
} crash_arguments;

/* Read `--seed N` and `--COUNT_NAME N`, which replace what `arguments` holds, and print both.
 * Returns false, after printing how the program is used, when the command line is another. */
bool crash_arguments_read(int argc, char **argv, const char *count_name,
                          crash_arguments *arguments);

/* Print a message and end this process with CRASH_FAILED. */
_Noreturn void crash_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* End this process unless a call of the system or of warmpath succeeded. */
void crash_require(bool is_true, const char *what);
void crash_must(wp_status status, const wp_error *err, const char *what);

/* Zeroed memory that this process shares with its children. */
void *crash_share(size_t bytes);

/* fork(); in the child, make it die with its parent. */
pid_t crash_fork(void);

/* Run a program with its output in a file ("/dev/null" to drop it); both paths NUL-terminated. */
pid_t crash_spawn(char *const *command, const char *output_path);

/* Kill a child with SIGKILL and wait for it. */
void crash_kill(pid_t child);

/* Wait for a child and return its exit code, or 128 + signal. */
int crash_wait(pid_t child);

/* As crash_wait(), and end this process unless the child ended with 0. */
void crash_wait_well(pid_t child, const char *what);

/* Whether a child has not ended yet. It can still be waited for. */
bool crash_is_running(pid_t child);

/* Run `work` in `count` processes at once, which get the numbers from 0, and wait for all of them;
 * ends this process when one fails. They share this one's scratch directory. */
typedef void crash_lane_fn(unsigned lane, void *context);
void crash_lanes(unsigned count, crash_lane_fn *work, void *context);

/* Nanoseconds of the monotonic clock. */
uint64_t crash_now_ns(void);

/* Wait so long; accurate to a microsecond or so for short times. */
void crash_pause_ns(uint64_t duration_ns);

/* Wait until a number shared with a child has reached a value, or the child has ended. Ends this
 * process when neither happens within `patience_s` seconds (0: a minute). */
void crash_await(const _Atomic uint64_t *number, uint64_t value, pid_t child, unsigned patience_s);

#endif
