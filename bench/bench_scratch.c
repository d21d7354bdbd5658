/*
 * How much memory does a path query take while it runs?
 *
 * This program replaces malloc() and its kin, and mmap() without a file, by versions that count
 * what is held and remember the peak, so that nothing the library does to get memory is missed:
 * not what it keeps for the next query either, because counting starts before the first. The
 * address space of the file itself is no memory of the query. Reported is the peak over all
 * questions, above what was held before.
 *
 * It is a program of its own because counting costs time. The hooks rely on the GNU C library,
 * whose own functions stay reachable as __libc_malloc() and so on.
 */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "graph.h"
#include "questions.h"

#define SOURCES_MAX 500
#define TARGETS_MAX 200
#define MAPPINGS_MAX 256

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *memory, size_t bytes);
extern void *__libc_memalign(size_t alignment, size_t bytes);
extern void __libc_free(void *memory);

/* --- counting --- */

/* Volatile, because compilers take it for granted that malloc() changes no variable. */
static volatile size_t held_bytes;
static volatile size_t peak_bytes;
#ifndef __SANITIZE_ADDRESS__
static struct {
    char *start;
    size_t bytes;
} mappings[MAPPINGS_MAX];

static void hold(size_t bytes)
{
    held_bytes += bytes;
    peak_bytes = held_bytes > peak_bytes ? held_bytes : peak_bytes;
}

static void *held(void *memory)
{
    if (memory != NULL)
        hold(malloc_usable_size(memory));
    return memory;
}

/* Libraries must find these instead of the C library's own. */
#pragma GCC visibility push(default)

void *malloc(size_t bytes)
{
    return held(__libc_malloc(bytes));
}

void *calloc(size_t count, size_t bytes)
{
    return held(__libc_calloc(count, bytes));
}

void *realloc(void *memory, size_t bytes)
{
    size_t before = memory == NULL ? 0 : malloc_usable_size(memory);
    void *after = __libc_realloc(memory, bytes);
    if (after == NULL && bytes != 0)
        return NULL;
    held_bytes -= before;
    return held(after);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    return held(__libc_memalign(alignment, bytes));
}

int posix_memalign(void **out, size_t alignment, size_t bytes)
{
    *out = held(__libc_memalign(alignment, bytes));
    return *out == NULL ? ENOMEM : 0;
}

void free(void *memory)
{
    held_bytes -= memory == NULL ? 0 : malloc_usable_size(memory);
    __libc_free(memory);
}

void *mmap(void *at, size_t bytes, int protection, int flags, int file, off_t offset)
{
    long result = syscall(SYS_mmap, at, bytes, protection, flags, file, offset);
    for (size_t i = 0; (flags & MAP_ANONYMOUS) != 0 && result != -1 && i < MAPPINGS_MAX; i++)
        if (mappings[i].start == NULL) {
            mappings[i].start = (char *)result;
            mappings[i].bytes = bytes;
            hold(bytes);
            break;
        }
    return result == -1 ? MAP_FAILED : (void *)result;
}

int munmap(void *at, size_t bytes)
{
    for (size_t i = 0; i < MAPPINGS_MAX; i++)
        if (mappings[i].start == at && at != NULL) {
            held_bytes -= mappings[i].bytes;
            mappings[i].start = NULL;
        }
    return (int)syscall(SYS_munmap, at, bytes);
}

#pragma GCC visibility pop

#endif

/* Sanitizers bring their own malloc(), so there the hooks are left out. */
static bool is_counting(void)
{
    size_t before = held_bytes;
    void *volatile memory = malloc(1000);
    bool is_counted = held_bytes >= before + 1000;
    free(memory);
    return is_counted;
}

/* --- asking --- */

typedef struct query_case {
    const char *name;
    size_t source_count;
    size_t target_count;
    uint32_t hops_max;
    uint32_t k;
    bool is_plain;
    bool with_reach;
} query_case;

static double measure(wp_txn *txn, const graph *network, const query_case *it,
                      random_stream *random)
{
    static uint32_t sources[SOURCES_MAX], targets[TARGETS_MAX];
    wp_error err;
    wp_paths *paths = NULL;
    wp_path_query query = WP_PATH_QUERY_INIT;
    question_people(txn, network, random, sources, it->source_count, NULL, 0);
    question_people(txn, network, random, targets, it->target_count, sources, it->source_count);
    query.sources = sources;
    query.source_count = it->source_count;
    query.targets = targets;
    query.target_count = it->target_count;
    query.day = network->day;
    query.hops_max = it->hops_max;
    query.k = it->k;
    query.is_plain = it->is_plain;
    query.with_reach = it->with_reach;
    peak_bytes = held_bytes;
    bench_check(wp_paths_find(txn, &query, &paths, &err), &err);
    double peak = (double)peak_bytes;
    wp_paths_free(paths);
    return peak;
}

/* `before`: what was held before the first query of all, because memory may be kept for the next.
 */
static void run(bench_options *options, const graph *network, const query_case *it, size_t before)
{
    wp_error err;
    wp_txn *txn = NULL;
    random_stream random = {random_mix(options->seed)};
    bench_times times = {NULL, 0, 0};
    double *items = bench_new(options->trials, sizeof *items);
    bench_check(wp_begin_read(network->db, &txn, &err), &err);
    before += options->trials * sizeof *items;
    for (uint32_t i = 0; i < options->trials; i++)
        items[i] = (measure(txn, network, it, &random) - (double)before) / 1048576.0;
    wp_abort(txn);
    for (uint32_t i = 0; i < options->trials; i++)
        bench_times_add(&times, items[i]);
    bench_result result = {.name = it->name, .unit = "MiB", .ours = &times};
    bench_report(options, &result);
    bench_times_free(&times);
    free(items);
}

int main(int argc, char **argv)
{
    static const bench_about about = {
        "scratch", "How much memory does a path query take while it runs?", "community-100k", 30};
    static const query_case cases[] = {
        {"50x20 H4 k10, scratch", 50, 20, 4, 10, false, false},
        {"500x200 H4 k10, scratch", 500, 200, 4, 10, false, false},
        {"50x20 H4 k10, with reach, scratch", 50, 20, 4, 10, false, true},
        {"1x1 any hops, plain, scratch", 1, 1, WP_HOPS_ANY, 1, true, false}};
    bench_options options;
    graph network;
    bench_begin(&options, &about, argc, argv);
    if (!is_counting()) {
        bench_say("bench_scratch: skipped, this build has another allocator");
        return 77;
    }
    graph_open(&options, &network);
    size_t before = held_bytes;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        run(&options, &network, &cases[i], before);
    graph_close(&network);
    return bench_end(&options);
}
