/*
 * Counted blocks of memory; see crash_blocks.h.
 *
 * Addresses stand in a hash table with linear probing, so that a block keeps the size and place
 * that it would have had, and blocks of others are told from ours. Environments, transactions and
 * cursors of LMDB stand in the same table, with a size of 0. Cursors that are still open when a
 * write transaction ends are LMDB's to close, and none of ours is.
 */
#include "crash_blocks.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crash_process.h"

#define CAPACITY_MIN ((size_t)1 << 12)
#define SHOWN_MAX 10

typedef struct block {
    uintptr_t address; /* 0: the slot is free */
    size_t bytes;
    uint64_t moment;
} block;

int (*crash_blocks_fault)(void);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool is_counting;
static uint64_t (*tell_moment)(void);
static block *blocks;
static size_t capacity, count;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t items, size_t bytes);
void *__real_realloc(void *memory, size_t bytes);
char *__real_strdup(const char *text);
void __real_free(void *memory);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t items, size_t bytes);
void *__wrap_realloc(void *memory, size_t bytes);
char *__wrap_strdup(const char *text);
void __wrap_free(void *memory);

/* Handles of LMDB, of which nothing is known here. */
int __real_mdb_env_create(void **environment);
void __real_mdb_env_close(void *environment);
int __real_mdb_txn_begin(void *environment, void *parent, unsigned flags, void **out);
int __real_mdb_txn_commit(void *transaction);
void __real_mdb_txn_abort(void *transaction);
int __real_mdb_cursor_open(void *transaction, unsigned table, void **out);
void __real_mdb_cursor_close(void *cursor);
int __wrap_mdb_env_create(void **environment);
void __wrap_mdb_env_close(void *environment);
int __wrap_mdb_txn_begin(void *environment, void *parent, unsigned flags, void **out);
int __wrap_mdb_txn_commit(void *transaction);
void __wrap_mdb_txn_abort(void *transaction);
int __wrap_mdb_cursor_open(void *transaction, unsigned table, void **out);
void __wrap_mdb_cursor_close(void *cursor);

/* ---- the table ------------------------------------------------------------------------------- */

static size_t home_of(uintptr_t address)
{
    return (size_t)((address >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (capacity - 1);
}

/* The slot of an address, or the free one where it would stand. */
static size_t find(uintptr_t address)
{
    size_t at = home_of(address);
    while (blocks[at].address != 0 && blocks[at].address != address)
        at = (at + 1) & (capacity - 1);
    return at;
}

static void grow(void)
{
    block *old = blocks;
    size_t old_capacity = capacity;
    capacity = capacity == 0 ? CAPACITY_MIN : 2 * capacity;
    blocks = __real_calloc(capacity, sizeof *blocks);
    crash_require(blocks != NULL, "memory for the table of blocks");
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].address != 0)
            blocks[find(old[i].address)] = old[i];
    __real_free(old);
}

static void take(const void *memory, size_t bytes)
{
    if (memory == NULL || !is_counting)
        return;
    (void)pthread_mutex_lock(&lock);
    if (2 * count >= capacity)
        grow();
    size_t at = find((uintptr_t)memory);
    count += blocks[at].address == 0;
    blocks[at] = (block){(uintptr_t)memory, bytes, tell_moment == NULL ? 0 : tell_moment()};
    (void)pthread_mutex_unlock(&lock);
}

/* Take an address out; those behind it move up, as far as they may stand there. */
static void give_back(uintptr_t address)
{
    if (address == 0 || !is_counting)
        return;
    (void)pthread_mutex_lock(&lock);
    size_t gap = capacity == 0 ? 0 : find(address);
    bool is_ours = capacity != 0 && blocks[gap].address != 0;
    count -= is_ours;
    for (size_t at = gap; is_ours;) {
        at = (at + 1) & (capacity - 1);
        if (blocks[at].address == 0)
            break;
        size_t home = home_of(blocks[at].address);
        if (((at - home) & (capacity - 1)) < ((at - gap) & (capacity - 1)))
            continue;
        blocks[gap] = blocks[at];
        gap = at;
    }
    if (is_ours)
        blocks[gap].address = 0;
    (void)pthread_mutex_unlock(&lock);
}

void crash_blocks_begin(uint64_t (*moment)(void))
{
    tell_moment = moment;
    is_counting = true;
}

size_t crash_blocks_held(void)
{
    return count;
}

void crash_blocks_require_none(void)
{
    size_t shown = 0;
    for (size_t i = 0; i < capacity && shown < SHOWN_MAX; i++) {
        if (blocks[i].address == 0)
            continue;
        if (blocks[i].bytes == 0)
            fprintf(stderr, "a handle of LMDB from moment %" PRIu64 " is left\n", blocks[i].moment);
        else
            fprintf(stderr, "a block of %zu bytes from moment %" PRIu64 " is left\n",
                    blocks[i].bytes, blocks[i].moment);
        shown++;
    }
    if (count > 0)
        crash_fail("%zu blocks and handles are left, expected none", count);
}

/* ---- the functions that the linker leads here ------------------------------------------------ */

static bool fails(void)
{
    bool is_failing = crash_blocks_fault != NULL && crash_blocks_fault() != 0;
    if (is_failing)
        errno = ENOMEM;
    return is_failing;
}

void *__wrap_malloc(size_t bytes)
{
    void *memory = fails() ? NULL : __real_malloc(bytes);
    take(memory, bytes);
    return memory;
}

void *__wrap_calloc(size_t items, size_t bytes)
{
    void *memory = fails() ? NULL : __real_calloc(items, bytes);
    take(memory, items * bytes);
    return memory;
}

void *__wrap_realloc(void *memory, size_t bytes)
{
    uintptr_t before = (uintptr_t)memory;
    void *after = fails() ? NULL : __real_realloc(memory, bytes);
    if (after == NULL)
        return NULL;
    give_back(before);
    take(after, bytes);
    return after;
}

char *__wrap_strdup(const char *text)
{
    char *copy = fails() ? NULL : __real_strdup(text);
    take(copy, copy == NULL ? 0 : strlen(copy) + 1);
    return copy;
}

void __wrap_free(void *memory)
{
    give_back((uintptr_t)memory);
    __real_free(memory);
}

int __wrap_mdb_env_create(void **environment)
{
    int code = __real_mdb_env_create(environment);
    take(code == 0 ? *environment : NULL, 0);
    return code;
}

void __wrap_mdb_env_close(void *environment)
{
    give_back((uintptr_t)environment);
    __real_mdb_env_close(environment);
}

int __wrap_mdb_txn_begin(void *environment, void *parent, unsigned flags, void **out)
{
    int code = __real_mdb_txn_begin(environment, parent, flags, out);
    take(code == 0 ? *out : NULL, 0);
    return code;
}

int __wrap_mdb_txn_commit(void *transaction)
{
    give_back((uintptr_t)transaction);
    return __real_mdb_txn_commit(transaction);
}

void __wrap_mdb_txn_abort(void *transaction)
{
    give_back((uintptr_t)transaction);
    __real_mdb_txn_abort(transaction);
}

int __wrap_mdb_cursor_open(void *transaction, unsigned table, void **out)
{
    int code = __real_mdb_cursor_open(transaction, table, out);
    take(code == 0 ? *out : NULL, 0);
    return code;
}

void __wrap_mdb_cursor_close(void *cursor)
{
    give_back((uintptr_t)cursor);
    __real_mdb_cursor_close(cursor);
}
