/*
 * The engine with only so much memory left: see memory_left.h.
 */
#include "memory_left.h"

#include "base/memory.h"

static unsigned allocations_left;

static int fail_when_none_is_left(void)
{
    if (allocations_left == 0)
        return 1;
    allocations_left--;
    return 0;
}

void memory_leave(unsigned allocations)
{
    allocations_left = allocations;
    wpi_memory_fault_hook = fail_when_none_is_left;
}

void memory_leave_all(void)
{
    wpi_memory_fault_hook = NULL;
}

int memory_restore(void **state)
{
    (void)state;
    memory_leave_all();
    return 0;
}
