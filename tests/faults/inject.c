/*
 * One system call that fails; see inject.h. The watcher has no context, hence the variables.
 */
#include "inject.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static fault current;
static bool has_fault;
static bool has_struck;
static uint64_t counts[CALL_KINDS];

int inject_answer(const call *made)
{
    uint64_t number = ++counts[made->kind];
    if (!has_fault || made->kind != current.kind)
        return 0;
    if (current.is_for_ever ? number < current.number : number != current.number)
        return 0;
    has_struck = true;
    return current.code;
}

static const calls_watcher injector = {inject_answer, NULL};

void inject_plan(const fault *planned)
{
    has_fault = planned != NULL;
    if (has_fault)
        current = *planned;
    has_struck = false;
    memset(counts, 0, sizeof counts);
}

bool inject_has_struck(void)
{
    return has_struck;
}

void inject_begin(const fault *planned)
{
    inject_plan(planned);
    calls_watch(&injector);
}

bool inject_end(void)
{
    calls_watch(NULL);
    return has_struck;
}

uint64_t inject_count(call_kind kind)
{
    return counts[kind];
}

const int *inject_codes(call_kind kind)
{
    static const int codes[CALL_KINDS][5] = {[CALL_OPEN] = {EIO, EMFILE, ENFILE, ENOSPC},
                                             [CALL_PREAD] = {EIO, CALLS_HALF},
                                             [CALL_PWRITE] = {EIO, ENOSPC, CALLS_HALF, CALLS_DONE},
                                             [CALL_WRITEV] = {EIO, ENOSPC, CALLS_HALF, CALLS_DONE},
                                             [CALL_WRITE] = {EIO, ENOSPC, CALLS_HALF},
                                             [CALL_FDATASYNC] = {EIO, ENOSPC, CALLS_DONE},
                                             [CALL_FSYNC] = {EIO, ENOSPC},
                                             [CALL_FTRUNCATE] = {EIO, ENOSPC},
                                             [CALL_FALLOCATE] = {EIO, ENOSPC, EOPNOTSUPP},
                                             [CALL_MMAP] = {ENOMEM, ENODEV},
                                             [CALL_LINK] = {EIO, EPERM, ENOSPC},
                                             [CALL_RENAME] = {EIO, EINVAL, ENOSPC},
                                             [CALL_UNLINK] = {EIO}};
    return codes[kind];
}

void inject_describe(const fault *planned, char *text, size_t bytes)
{
    (void)snprintf(text, bytes, "%s %" PRIu64 ", %s, %s", calls_name(planned->kind),
                   planned->number,
                   planned->code == CALLS_HALF   ? "half"
                   : planned->code == CALLS_DONE ? "done but EIO"
                                                 : strerrorname_np(planned->code),
                   planned->is_for_ever ? "for ever" : "once");
}
