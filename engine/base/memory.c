/*
 * Memory: the gate to malloc, and the arena.
 *
 * Everything that the engine allocates passes is_allowed(), so that a test can make the Nth
 * allocation fail and see what becomes of it. Sizes are given as count times bytes and multiplied
 * here, once, with a check. A request for nothing yields a pointer that can be freed, so that NULL
 * always means failure.
 *
 * The arena is a chain of blocks, newest first; only the newest one is taken from. Blocks double
 * up to a megabyte, so that a query of any size costs few calls. What is left of a block when a
 * request does not fit is given up. The limit counts whole blocks, because that is what the
 * process pays. Addresses are multiples of 16: blocks come so from malloc, the header is padded to
 * it and requests are rounded up to it.
 */
#include "base/memory.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LARGE_PAGE_BYTES ((uintptr_t)2 << 20)
#define LARGE_BYTES_MIN ((size_t)8 << 20)
#define ARENA_ALIGNMENT 16u
#define ARENA_BLOCK_BYTES_MIN ((size_t)4 << 10)
#define ARENA_BLOCK_BYTES_MAX ((size_t)1 << 20)

struct wpi_arena_block {
    struct wpi_arena_block *older;
    size_t bytes; /* of the whole block, header included */
};

#define BLOCK_HEADER_BYTES                                                                         \
    ((sizeof(struct wpi_arena_block) + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT)

int (*wpi_memory_fault_hook)(void);

static bool is_allowed(void)
{
    return wpi_memory_fault_hook == NULL || wpi_memory_fault_hook() == 0;
}

/* count * bytes, at least 1; 0 when that overflows. */
static size_t total_bytes(size_t count, size_t bytes)
{
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total) || total > PTRDIFF_MAX)
        return 0;
    return total == 0 ? 1 : total;
}

void *wpi_memory_new(size_t count, size_t bytes)
{
    size_t total = total_bytes(count, bytes);
    return total == 0 || !is_allowed() ? NULL : malloc(total);
}

void *wpi_memory_new_zeroed(size_t count, size_t bytes)
{
    size_t total = total_bytes(count, bytes);
    return total == 0 || !is_allowed() ? NULL : calloc(1, total);
}

void *wpi_memory_resize(void *memory, size_t count, size_t bytes)
{
    size_t total = total_bytes(count, bytes);
    return total == 0 || !is_allowed() ? NULL : realloc(memory, total);
}

void wpi_memory_free(void *memory)
{
    free(memory);
}

void wpi_memory_use_large(void *memory, size_t bytes)
{
    uintptr_t begin = ((uintptr_t)memory + LARGE_PAGE_BYTES - 1) & ~(LARGE_PAGE_BYTES - 1);
    uintptr_t end = ((uintptr_t)memory + bytes) & ~(LARGE_PAGE_BYTES - 1);
    if (bytes >= LARGE_BYTES_MIN && begin < end)
        (void)madvise((void *)begin, end - begin, MADV_HUGEPAGE);
}

char *wpi_memory_copy_text(const char *text)
{
    if (text == NULL)
        return NULL;
    size_t bytes = strlen(text) + 1;
    char *copy = wpi_memory_new(bytes, 1);
    if (copy != NULL)
        memcpy(copy, text, bytes);
    return copy;
}

wp_status wpi_memory_failed(wp_error *err)
{
    return wpi_error_set(err, WP_ENOMEM, "memory could not be allocated");
}

void wpi_arena_init(wpi_arena *arena, size_t limit_bytes)
{
    *arena = (wpi_arena){NULL, 0, 0, limit_bytes};
}

/* The size of the block to add for a request, 0 when the limit forbids it. */
static size_t block_bytes(const wpi_arena *arena, size_t wanted_bytes)
{
    size_t least = BLOCK_HEADER_BYTES + wanted_bytes;
    size_t bytes = arena->blocks == NULL ? ARENA_BLOCK_BYTES_MIN : arena->blocks->bytes * 2;
    if (bytes > ARENA_BLOCK_BYTES_MAX)
        bytes = ARENA_BLOCK_BYTES_MAX;
    if (bytes < least)
        bytes = least;
    if (arena->limit_bytes == 0)
        return bytes;
    size_t left = arena->limit_bytes - arena->total_bytes;
    if (bytes <= left)
        return bytes;
    return least <= left ? left : 0;
}

static bool add_block(wpi_arena *arena, size_t wanted_bytes)
{
    size_t bytes = block_bytes(arena, wanted_bytes);
    struct wpi_arena_block *block = bytes == 0 ? NULL : wpi_memory_new(bytes, 1);
    if (block == NULL)
        return false;
    block->older = arena->blocks;
    block->bytes = bytes;
    arena->blocks = block;
    arena->used_bytes = BLOCK_HEADER_BYTES;
    arena->total_bytes += bytes;
    return true;
}

void *wpi_arena_take(wpi_arena *arena, size_t count, size_t bytes)
{
    size_t wanted = total_bytes(count, bytes);
    if (wanted == 0 || wanted > PTRDIFF_MAX - 2 * ARENA_BLOCK_BYTES_MAX)
        return NULL;
    wanted = (wanted + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
    bool fits = arena->blocks != NULL && wanted <= arena->blocks->bytes - arena->used_bytes;
    if (!fits && !add_block(arena, wanted))
        return NULL;
    assert(arena->used_bytes + wanted <= arena->blocks->bytes);
    void *taken = (unsigned char *)arena->blocks + arena->used_bytes;
    arena->used_bytes += wanted;
    return taken;
}

static void free_blocks(struct wpi_arena_block *block)
{
    while (block != NULL) {
        struct wpi_arena_block *older = block->older;
        wpi_memory_free(block);
        block = older;
    }
}

void wpi_arena_reset(wpi_arena *arena)
{
    if (arena->blocks == NULL)
        return;
    free_blocks(arena->blocks->older);
    arena->blocks->older = NULL;
    arena->used_bytes = BLOCK_HEADER_BYTES;
    arena->total_bytes = arena->blocks->bytes;
}

void wpi_arena_free(wpi_arena *arena)
{
    free_blocks(arena->blocks);
    arena->blocks = NULL;
    arena->used_bytes = 0;
    arena->total_bytes = 0;
}
