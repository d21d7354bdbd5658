/*
 * Allocations that fail; see crash_faults.h. The engine's test hook has no context, hence the
 * variables of this file.
 */
#include "crash_faults.h"

#include <stddef.h>

#include "base/memory.h"

#define ALL_TRIED 100
#define STEP_DIVISOR 40

static uint64_t seen_count;
static uint64_t failing_number;
static bool fails_for_ever;
static uint64_t point_count;

static int decide(void)
{
    seen_count++;
    return fails_for_ever ? seen_count >= failing_number : seen_count == failing_number;
}

void crash_faults_begin(uint64_t failing, bool is_for_ever)
{
    seen_count = 0;
    failing_number = failing;
    fails_for_ever = is_for_ever;
    wpi_memory_fault_hook = decide;
}

bool crash_faults_end(void)
{
    wpi_memory_fault_hook = NULL;
    bool has_failed = seen_count >= failing_number;
    point_count += has_failed;
    return has_failed;
}

uint64_t crash_faults_next(uint64_t failing)
{
    return failing < ALL_TRIED ? failing + 1 : failing + failing / STEP_DIVISOR;
}

uint64_t crash_faults_points(void)
{
    return point_count;
}
