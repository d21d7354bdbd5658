/*
 * Faults that strike; see crash_faults.h. The engine's test hook and LMDB's functions have no
 * context, hence the variables of this file.
 */
#include "crash_faults.h"

#include <stddef.h>

#include "base/memory.h"
#include "crash_lmdb.h"

#define ALL_TRIED 100
#define STEP_DIVISOR 40
#define ALL_TRIED_OF_OTHERS 40
#define STEP_DIVISOR_OF_OTHERS 6

static crash_fault used;
static bool is_watching;
static uint64_t seen_count;
static uint64_t failing_number;
static bool fails_for_ever;
static uint64_t point_count;

static int decide(void)
{
    seen_count++;
    return fails_for_ever ? seen_count >= failing_number : seen_count == failing_number;
}

bool crash_faults_is_record(void)
{
    return used >= CRASH_FAULT_RECORD_EMPTY;
}

static bool is_call_struck(void)
{
    return is_watching && used == CRASH_FAULT_LMDB && decide() != 0;
}

/* CRASH_FAULT_MEMORY: the record is left as it is. */
static crash_fault strike_record(bool is_key_given)
{
    if (used == CRASH_FAULT_KEY_SHORT && !is_key_given)
        return CRASH_FAULT_MEMORY;
    return is_watching && crash_faults_is_record() && decide() != 0 ? used : CRASH_FAULT_MEMORY;
}

void crash_faults_use(crash_fault kind)
{
    used = kind;
    crash_lmdb_watch(is_call_struck, strike_record);
}

void crash_faults_begin(uint64_t failing, bool is_for_ever)
{
    seen_count = 0;
    failing_number = failing;
    fails_for_ever = is_for_ever;
    is_watching = true;
    if (used == CRASH_FAULT_MEMORY)
        wpi_memory_fault_hook = decide;
}

bool crash_faults_end(void)
{
    wpi_memory_fault_hook = NULL;
    is_watching = false;
    bool has_failed = seen_count >= failing_number;
    point_count += has_failed;
    return has_failed;
}

uint64_t crash_faults_next(uint64_t failing)
{
    bool is_memory = used == CRASH_FAULT_MEMORY;
    uint64_t all_tried = is_memory ? ALL_TRIED : ALL_TRIED_OF_OTHERS;
    uint64_t divisor = is_memory ? STEP_DIVISOR : STEP_DIVISOR_OF_OTHERS;
    return failing < all_tried ? failing + 1 : failing + failing / divisor;
}

bool crash_faults_may_answer(wp_status status)
{
    if (used == CRASH_FAULT_MEMORY)
        return status == WP_ENOMEM;
    return status == WP_ECORRUPT || status == (crash_faults_is_record() ? WP_ENOTFOUND : WP_EIO);
}

uint64_t crash_faults_points(void)
{
    return point_count;
}

const char *crash_faults_name(void)
{
    switch (used) {
    case CRASH_FAULT_MEMORY:
        return "allocation";
    case CRASH_FAULT_LMDB:
        return "call of LMDB";
    case CRASH_FAULT_RECORD_EMPTY:
        return "empty record";
    case CRASH_FAULT_RECORD_SHORT:
        return "short record";
    case CRASH_FAULT_RECORD_LONG:
        return "long record";
    case CRASH_FAULT_RECORD_ONES:
        return "record of ones";
    case CRASH_FAULT_KEY_SHORT:
        return "short key";
    }
    return "fault";
}
