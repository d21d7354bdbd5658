/*
 * One system call that fails: the Nth of a kind that this process makes, or that and all after it.
 */
#ifndef WARMPATH_TESTS_FAULTS_INJECT_H
#define WARMPATH_TESTS_FAULTS_INJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calls.h"

typedef struct fault {
    call_kind kind;
    uint64_t number; /* 1 is the next call of the kind */
    int code;        /* errno, CALLS_HALF or CALLS_DONE */
    bool is_for_ever;
} fault;

/* From now on calls are counted and one fails; NULL: none does. */
void inject_begin(const fault *planned);

/* As inject_begin() and inject_end() for somebody who watches already: what a call is answered. */
void inject_plan(const fault *planned);
int inject_answer(const call *made);
bool inject_has_struck(void);

/* Calls are left alone again. Returns whether one has failed. */
bool inject_end(void);

/* The calls of a kind between the last begin and end. */
uint64_t inject_count(call_kind kind);

/* The ways in which a kind of call can fail; 0 behind the last. */
const int *inject_codes(call_kind kind);

/* "pread 12, EIO, for ever" into `text`. */
void inject_describe(const fault *planned, char *text, size_t bytes);

#endif
