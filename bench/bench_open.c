/*
 * How long does it take from nothing to the first answer: open the file, begin, ask, answer?
 *
 * Each trial opens the database, asks one path question of 50 x 20 people and closes it again; once
 * with the file in the page cache, once cold. For the latter the file's pages are dropped with
 * posix_fadvise() before each trial, which leaves the program and the rest of the machine warm; if
 * pages remain, all caches are dropped through /proc/sys/vm/drop_caches, which needs root; if that
 * fails, the case is skipped with a message. Each cold question is asked a second time, cold again,
 * with the library's requests to read lists ahead dropped on their way to the system.
 *
 * Verified: the costs are those found when the questions were drawn.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "graph.h"
#include "questions.h"

#define SOURCES 50
#define TARGETS 20
#define HOPS 4
#define PATHS 10
#define COLD_TRIALS_MAX 20
typedef struct question {
    uint32_t sources[SOURCES];
    uint32_t targets[TARGETS];
    uint64_t costs[PATHS];
    size_t count;
} question;

typedef struct session {
    char path[512];
    int32_t day;
    question *questions;
    question *asked;
    uint64_t costs[PATHS]; /* the last answer */
    size_t count;
    bool is_cold;
    bool has_failed; /* the caches could not be dropped */
} session;

static void find(wp_txn *txn, const question *asked, int32_t day, uint64_t *costs, size_t *count)
{
    wp_error err;
    wp_paths *paths = NULL;
    wp_path_query query = WP_PATH_QUERY_INIT;
    query.sources = asked->sources;
    query.source_count = SOURCES;
    query.targets = asked->targets;
    query.target_count = TARGETS;
    query.day = day;
    query.hops_max = HOPS;
    query.k = PATHS;
    bench_check(wp_paths_find(txn, &query, &paths, &err), &err);
    *count = wp_paths_count(paths);
    for (size_t i = 0; i < *count; i++)
        costs[i] = wp_paths_at(paths, i)->cost;
    wp_paths_free(paths);
}

static void draw_questions(session *it, const graph *network, uint32_t trials, uint64_t seed)
{
    wp_error err;
    wp_txn *txn = NULL;
    random_stream random = {random_mix(seed)};
    it->questions = bench_new((size_t)trials + 1, sizeof *it->questions);
    bench_check(wp_begin_read(network->db, &txn, &err), &err);
    for (size_t i = 0; i <= trials; i++) {
        question *next = &it->questions[i];
        question_people(txn, network, &random, next->sources, SOURCES, NULL, 0);
        question_people(txn, network, &random, next->targets, TARGETS, next->sources, SOURCES);
        find(txn, next, it->day, next->costs, &next->count);
    }
    wp_abort(txn);
}

/* --- the page cache --- */

/* Whether requests to read pages ahead are dropped before they come to the system. */
static bool is_prefetch_off;

/* In place of the C library's function, for the library that is linked into this program. */
int madvise(void *memory, size_t bytes, int advice)
{
    if (is_prefetch_off && advice == MADV_WILLNEED)
        return 0;
    return (int)syscall(SYS_madvise, memory, bytes, advice);
}

/* The share of the file that is in the page cache. */
static double cached_share(int file, size_t bytes)
{
    size_t pages = (bytes + 4095) / 4096, present = 0;
    unsigned char *map = bench_new(pages, 1);
    void *memory = mmap(NULL, bytes, PROT_READ, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED || mincore(memory, bytes, map) != 0)
        bench_die("what is cached of the file could not be asked");
    for (size_t i = 0; i < pages; i++)
        present += map[i] & 1;
    if (munmap(memory, bytes) != 0)
        bench_die("munmap failed");
    free(map);
    return (double)present / (double)pages;
}

static bool drop_all(void)
{
    FILE *stream = fopen("/proc/sys/vm/drop_caches", "w");
    if (stream == NULL)
        return false;
    bool is_written = fputs("1\n", stream) >= 0;
    return (fclose(stream) == 0) && is_written;
}

static bool drop_file(const char *path)
{
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &about) != 0 || fdatasync(file) != 0)
        bench_die("%s: %s", path, strerror(errno));
    size_t bytes = (size_t)about.st_size;
    bool is_dropped =
        posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0 && cached_share(file, bytes) < 0.01;
    if (!is_dropped)
        is_dropped = drop_all() && cached_share(file, bytes) < 0.01;
    if (close(file) != 0)
        bench_die("%s: %s", path, strerror(errno));
    return is_dropped;
}

/* --- trials --- */

static void prepare(void *context, uint64_t trial)
{
    session *it = context;
    it->asked = &it->questions[trial];
}

static void answer(void *context)
{
    session *it = context;
    wp_error err;
    wp_db *db = NULL;
    wp_txn *txn = NULL;
    bench_check(wp_open(it->path, NULL, &db, &err), &err);
    bench_check(wp_begin_read(db, &txn, &err), &err);
    find(txn, it->asked, it->day, it->costs, &it->count);
    wp_abort(txn);
    wp_close(db);
}

static bool verify(void *context, size_t contestant)
{
    const session *it = context;
    (void)contestant;
    return it->count == it->asked->count &&
           memcmp(it->costs, it->asked->costs, it->count * sizeof it->costs[0]) == 0;
}

static void run_warm(bench_options *options, session *it)
{
    bench_contestant contestants[] = {{.run = answer}};
    bench_contest contest = {.name = "open to first answer, warm",
                             .context = it,
                             .prepare = prepare,
                             .verify = verify,
                             .contestants = contestants,
                             .count = 1,
                             .unit = "us"};
    bench_contest_run(options, &contest);
}

/* One cold answer in microseconds; prefetch on or off. */
static double answer_cold(session *it, bool has_prefetch)
{
    if (!drop_file(it->path)) {
        it->has_failed = true;
        return 0;
    }
    is_prefetch_off = !has_prefetch;
    double start = bench_now_us();
    answer(it);
    double taken_us = bench_now_us() - start;
    is_prefetch_off = false;
    return taken_us;
}

static void run_cold(bench_options *options, session *it)
{
    bench_times with = {NULL, 0, 0}, without = {NULL, 0, 0};
    uint32_t trials = options->trials < COLD_TRIALS_MAX ? options->trials : COLD_TRIALS_MAX;
    bool is_right = true;
    for (uint32_t i = 0; !it->has_failed && i < trials; i++) {
        it->asked = &it->questions[i];
        for (int turn = 0; turn < 2; turn++) {
            bool has_prefetch = (i + (unsigned)turn) % 2 == 0; /* in alternating order */
            bench_times_add(has_prefetch ? &with : &without, answer_cold(it, has_prefetch));
            is_right &= it->has_failed || verify(it, 0);
        }
    }
    if (it->has_failed) {
        bench_say("open     cold: skipped, the page cache could not be dropped (try as root)");
    } else {
        bench_result result = {.name = "open to first answer, cold",
                               .unit = "us",
                               .ours = &with,
                               .against = "no prefetch",
                               .theirs = &without,
                               .verdict = !options->is_verifying ? BENCH_UNVERIFIED
                                          : is_right             ? BENCH_RIGHT
                                                                 : BENCH_WRONG};
        bench_report(options, &result);
    }
    bench_times_free(&with);
    bench_times_free(&without);
}

int main(int argc, char **argv)
{
    static const bench_about about = {
        "open", "How long does it take from opening the file to the first answer?",
        "community-100k", 50};
    bench_options options;
    graph network;
    session it = {.day = 0};
    bench_begin(&options, &about, argc, argv);
    graph_open(&options, &network);
    it.day = network.day;
    snprintf(it.path, sizeof it.path, "%s", network.path);
    draw_questions(&it, &network, options.trials, options.seed + 7);
    graph_close(&network);
    run_warm(&options, &it);
    run_cold(&options, &it);
    free(it.questions);
    return bench_end(&options);
}
