/*
 * Memory backed by large pages: see large.h.
 *
 * Only whole large pages inside the memory are asked for, so that nothing beside it is concerned.
 */
#include "import/large.h"

#include <stdint.h>
#include <sys/mman.h>

#define PAGE_BYTES ((uintptr_t)2 << 20)
#define BYTES_MIN ((size_t)8 << 20)

void large_pages(void *memory, size_t bytes)
{
    uintptr_t begin = ((uintptr_t)memory + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
    uintptr_t end = ((uintptr_t)memory + bytes) & ~(PAGE_BYTES - 1);
    if (memory != NULL && bytes >= BYTES_MIN && begin < end)
        (void)madvise((void *)begin, end - begin, MADV_HUGEPAGE);
}
