/*
 * What the programs of this directory have in common; see faults.h.
 */
#include "faults.h"

#include <stdlib.h>
#include <unistd.h>

#include "crash_process.h"
#include "scratch.h"

#define IN_MEMORY "/dev/shm"

void faults_begin(uint64_t *count)
{
    const char *factor = getenv("WARMPATH_SOAK");
    if (getenv("TMPDIR") == NULL && access(IN_MEMORY, W_OK | X_OK) == 0)
        crash_require(setenv("TMPDIR", IN_MEMORY, 1) == 0, "setenv");
    (void)scratch_path(""); /* Children use it, and this process removes it. */
    if (factor == NULL)
        return;
    unsigned long long times = strtoull(factor, NULL, 10);
    if (times == 0 || times > 100000)
        crash_fail("WARMPATH_SOAK is not a number from 1 to 100000");
    *count *= times;
}
