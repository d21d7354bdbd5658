/*
 * What all benches share: flags, clock, trials, statistics, and one JSON line per result.
 *
 * A bench is a set of contests. In a contest several contestants answer the same question, trial by
 * trial, in alternating order, so that whatever disturbs the machine disturbs all of them; the
 * first contestant is the library, the others are what it is measured against. Preparing a question
 * and comparing the answers happen outside the timer.
 *
 * A result is a line on stdout in the form that CONTRIBUTING and README of the benches describe,
 * and a line for people on stderr. Errors end the program: a bench has nobody to report to.
 */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "warmpath.h"

/* What the command line says. */
typedef struct bench_options {
    const char *bench;     /* name without "bench_" */
    const char *graph;     /* community-10k, rmat-16, a file, … */
    const char *directory; /* where database files are kept */
    const char *output;    /* results are appended to it as well; NULL: no */
    const char *only;      /* cases whose name does not contain it are passed over; NULL: all */
    uint64_t seed;
    uint32_t trials;
    bool is_verifying;
    bool has_failed;   /* some answer was wrong */
    bool has_reported; /* some result */
    char command[512];
} bench_options;

/* A bench's own text for --help and its defaults. */
typedef struct bench_about {
    const char *bench;
    const char *question; /* one or more lines */
    const char *graph;
    uint32_t trials;
} bench_about;

/* Read the flags; exits on --help and on wrong usage. */
void bench_begin(bench_options *options, const bench_about *about, int argc, char **argv);

/* The exit code: 1 when some answer was wrong, or no case has the name asked for. */
int bench_end(const bench_options *options);

__attribute__((noreturn, format(printf, 1, 2))) void bench_die(const char *format, ...);
__attribute__((format(printf, 1, 2))) void bench_say(const char *format, ...);
void bench_check(wp_status status, const wp_error *err);
void *bench_new(size_t count, size_t bytes); /* zeroed; never NULL */

/* An array for big read-mostly data, in huge pages where the system gives them. */
void *bench_new_huge(size_t count, size_t bytes);
void bench_free_huge(void *memory, size_t count, size_t bytes);

/* Have a line of memory brought into the cache. The empty statement keeps GCC from taking a
 * function that only does this for one without an effect, whose calls can be dropped. */
static inline void bench_prefetch(const void *at)
{
    __builtin_prefetch(at);
    __asm__ volatile("" : : "r"(at));
}

double bench_now_us(void); /* monotonic */

/* Measured values, in the unit of their result. */
typedef struct bench_times {
    double *items;
    size_t count;
    size_t capacity;
} bench_times;

void bench_times_add(bench_times *times, double value);
void bench_times_scale(bench_times *times, double factor);
void bench_times_free(bench_times *times);
double bench_times_median(const bench_times *times);
double bench_times_p95(const bench_times *times);

typedef enum bench_verdict { BENCH_UNVERIFIED, BENCH_RIGHT, BENCH_WRONG } bench_verdict;

typedef struct bench_result {
    const char *name;  /* the case */
    const char *graph; /* NULL: that of the options */
    const char *unit;
    const bench_times *ours;
    const char *against; /* NULL: nothing */
    const bench_times *theirs;
    bench_verdict verdict;
} bench_result;

/* Whether the flags ask for a case of this name; contests look for themselves. */
bool bench_asks_for(const bench_options *options, const char *name);

void bench_report(bench_options *options, const bench_result *result);

/* Report one number that has no distribution. */
void bench_report_value(bench_options *options, const char *name, const char *unit, double value);

/* One who answers. */
typedef struct bench_contestant {
    const char *name; /* as `against`; NULL for the library, which comes first */
    void (*run)(void *context);
    double share; /* of the trials; 0 means all. For those that take seconds */
    bench_times times;
} bench_contestant;

typedef struct bench_contest {
    const char *name; /* the case */
    void *context;
    void (*prepare)(void *context, uint64_t trial);   /* ask another question; may be NULL */
    bool (*verify)(void *context, size_t contestant); /* the library's answer against this one's */
    bench_contestant *contestants;
    size_t count;
    const char *unit;
    double factor;      /* microseconds to the unit; 0: 1 */
    const double *work; /* what a trial's time is divided by, read after all ran; NULL: 1 */
} bench_contest;

/* Warm up, time, verify when asked, report the library against each other contestant (or alone). */
void bench_contest_run(bench_options *options, bench_contest *contest);

#endif
