/*
 * Memory of many megabytes that is used at many places at once, such as a hash table or the arrays
 * between which a sort moves rows: the system is asked to back it by large pages, because finding
 * small ones would take longer than the work. It may decline, and little memory is left alone.
 */
#ifndef WARMPATH_IMPORT_LARGE_H
#define WARMPATH_IMPORT_LARGE_H

#include <stddef.h>

/* To be called after allocation, before use. */
void large_pages(void *memory, size_t bytes);

#endif
