/*
 * The engine with only so much memory left: its allocations fail after a number of them.
 */
#ifndef WARMPATH_TESTS_SUPPORT_MEMORY_LEFT_H
#define WARMPATH_TESTS_SUPPORT_MEMORY_LEFT_H

/* From now on so many allocations succeed, and no more. */
void memory_leave(unsigned allocations);

/* All succeed again; the second is for after a test. */
void memory_leave_all(void);
int memory_restore(void **state);

#endif
