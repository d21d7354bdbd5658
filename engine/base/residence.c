/*
 * Hints about pages of mapped files: see residence.h.
 */
#include "base/residence.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static uintptr_t page_bytes(void)
{
    long bytes = sysconf(_SC_PAGESIZE);
    return bytes > 0 ? (uintptr_t)bytes : 4096;
}

bool wpi_residence_has(const void *byte)
{
    uintptr_t page = page_bytes();
    unsigned char is_present = 1;
    if (mincore((void *)((uintptr_t)byte & ~(page - 1)), page, &is_present) != 0)
        return true;
    return (is_present & 1) != 0;
}

void wpi_residence_want(const void *memory, size_t bytes)
{
    uintptr_t page = page_bytes(), begin = (uintptr_t)memory & ~(page - 1);
    if (bytes > 0)
        (void)madvise((void *)begin, (uintptr_t)memory + bytes - begin, MADV_WILLNEED);
}
