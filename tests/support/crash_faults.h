/*
 * Allocations of the engine that fail when a test says so.
 *
 * A test calls crash_faults_begin(), one function of warmpath, and crash_faults_end(); it does so
 * for the first allocation, the second and so on until none fails any more. Only for tests of one
 * thread. Allocations of LMDB and of the C library are not touched.
 */
#ifndef WARMPATH_TESTS_SUPPORT_CRASH_FAULTS_H
#define WARMPATH_TESTS_SUPPORT_CRASH_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

/* From now on the allocation number `failing` (1 is the next) fails, or it and all after it. */
void crash_faults_begin(uint64_t failing, bool is_for_ever);

/* Allocations succeed again. Returns whether one has failed. */
bool crash_faults_end(void);

/* The allocation to try after one: the next, for the first hundred; then in growing steps, since a
 * query that allocates thousands of times does the same over and over. */
uint64_t crash_faults_next(uint64_t failing);

/* Allocations that failed in calls so far, one counted a call. */
uint64_t crash_faults_points(void);

#endif
