/*
 * The functions of LMDB that the engine calls, on their way: each may fail, and what is read may be
 * a bad record instead.
 *
 * A program that links this takes these functions from here; they call the library's. A function
 * that fails has done nothing, but a commit has ended its transaction, as the real one does.
 */
#ifndef WARMPATH_TESTS_SUPPORT_CRASH_LMDB_H
#define WARMPATH_TESTS_SUPPORT_CRASH_LMDB_H

#include <stdbool.h>

#include "crash_faults.h"

/* From now on each call asks `call` whether it is to fail, and each record that is read `record`
 * which bad one it becomes: CRASH_FAULT_MEMORY leaves it as it is. Only a cursor gives keys.
 * Bad records that were given are freed. */
void crash_lmdb_watch(bool (*call)(void), crash_fault (*record)(bool is_key_given));

#endif
