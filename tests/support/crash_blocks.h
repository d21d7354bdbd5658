/*
 * Blocks of memory and handles of LMDB that our own code holds, counted, so that a leak is seen in
 * every build and not only where a sanitizer looks at the end; and a way to let allocations fail.
 *
 * For programs that tests/CMakeLists.txt links with --wrap for each of the functions below: calls
 * of malloc(), calloc(), realloc(), strdup() and free() in our code come here, those within shared
 * libraries do not. What a library allocated and we free is passed on.
 */
#ifndef WARMPATH_TESTS_SUPPORT_CRASH_BLOCKS_H
#define WARMPATH_TESTS_SUPPORT_CRASH_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

/* Asked before each allocation when set; non-zero makes it fail. */
extern int (*crash_blocks_fault)(void);

/* Count from now on. Blocks remember what `moment` returned when they were allocated; NULL: 0. */
void crash_blocks_begin(uint64_t (*moment)(void));

/* Blocks and handles taken since then that were not given back. */
size_t crash_blocks_held(void);

/* End this process unless none is held: says of the first few how large and from when they are. */
void crash_blocks_require_none(void);

#endif
