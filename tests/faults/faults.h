/*
 * What the programs of this directory have in common: where their files lie and how they end.
 */
#ifndef WARMPATH_TESTS_FAULTS_FAULTS_H
#define WARMPATH_TESTS_FAULTS_FAULTS_H

#include <stdint.h>

/* The exit code when warmpath broke a promise; tests/faults/caught.sh waits for it. */
#define FAULTS_FOUND 9

/*
 * Have files in memory ($TMPDIR, else /dev/shm where it can be written): nothing here depends on a
 * disk, and much is written. `count` is multiplied by the environment's WARMPATH_SOAK, if set.
 */
void faults_begin(uint64_t *count);

#endif
