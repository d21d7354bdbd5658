/*
 * Memory: the only callers of malloc in the engine, so that tests can make the Nth one fail and
 * queries can be given a budget; and the arena, scratch memory that is freed as a whole.
 */
#ifndef WPI_BASE_MEMORY_H
#define WPI_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* As malloc, calloc, realloc and free; count * bytes is checked for overflow. NULL on failure. */
void *wpi_memory_new(size_t count, size_t bytes);
void *wpi_memory_new_zeroed(size_t count, size_t bytes);
void *wpi_memory_resize(void *memory, size_t count, size_t bytes);
void wpi_memory_free(void *memory);

/* Say that so much memory will be used at many places at once: where it is many megabytes, the
 * system is asked for large pages, which are found faster. It may decline. */
void wpi_memory_use_large(void *memory, size_t bytes);

/* A copy of a string, NULL for NULL or on failure. */
char *wpi_memory_copy_text(const char *text);

/* Return WP_ENOMEM with the standard message. */
wp_status wpi_memory_failed(wp_error *err);

/* Test hook: called before each allocation when set; non-zero makes it fail. Not thread-safe. */
extern int (*wpi_memory_fault_hook)(void);

/* Scratch memory in blocks; freed or reset as a whole. */
typedef struct wpi_arena {
    struct wpi_arena_block *blocks; /* newest first */
    size_t used_bytes;              /* in the newest block */
    size_t total_bytes;             /* of all blocks */
    size_t limit_bytes;             /* 0: none */
} wpi_arena;

/* limit_bytes: more than this is refused; 0: no limit. An all-zero arena is ready for use. */
void wpi_arena_init(wpi_arena *arena, size_t limit_bytes);
/* 16-byte aligned, not cleared; NULL when memory or the limit is exhausted. */
void *wpi_arena_take(wpi_arena *arena, size_t count, size_t bytes);
/* Forget all that was taken, keep the newest block for reuse. */
void wpi_arena_reset(wpi_arena *arena);
void wpi_arena_free(wpi_arena *arena);

#endif
