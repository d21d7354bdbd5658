/*
 * Having a line of memory brought into the cache.
 *
 * GCC (12.2 at least) takes a function that does nothing but __builtin_prefetch() for one without
 * an effect, and drops the calls of it that were not inlined before it came to think so. The empty
 * statement is an effect, and no instruction.
 */
#ifndef WPI_BASE_PREFETCH_H
#define WPI_BASE_PREFETCH_H

static inline void wpi_prefetch(const void *at)
{
    __builtin_prefetch(at);
    __asm__ volatile("" : : "r"(at));
}

#endif
