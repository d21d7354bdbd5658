/*
 * Having a line of memory brought into the cache.
 *
 * A function that does nothing but __builtin_prefetch() has no effect in the eyes of GCC, which
 * then drops calls of it; the empty statement is an effect, and no instruction.
 */
#ifndef WARMPATH_IMPORT_FETCH_H
#define WARMPATH_IMPORT_FETCH_H

static inline void fetch_line(const void *at)
{
    __builtin_prefetch(at);
    __asm__ volatile("" : : "r"(at));
}

#endif
