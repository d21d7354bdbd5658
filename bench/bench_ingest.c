/*
 * How fast is recording what happens?
 *
 * On a graph of its own, mails between people who know each other: one a commit without waiting
 * for the disk, and batches of a hundred thousand a commit, likewise, each against bare LMDB that
 * stores records of the same sizes under the same keys in a file of its own (lmdb_twin.h); and one
 * durable commit, against appending as many bytes to a preallocated file and fdatasync(), in turns.
 * The appended bytes are those that the interaction itself needs, without what follows from it.
 *
 * Unsynced commits of one are timed a hundred at a time and then repeated by the twin, which cannot
 * know before what to store: the rows of small commits, and all that puts them into the trees.
 *
 * Verified: the database holds as many interactions as were recorded, each tree of the twin has as
 * many records and pages, and the shallow check finds no fault.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lmdb_twin.h"
#include "touches.h"

#define SINGLES_NAME "1 a commit, unsynced"
#define BATCHES_NAME "100000 a commit, unsynced"
#define SINGLES_A_TRIAL 100
#define BATCH 100000
#define TRIALS_A_BATCH 6
#define RAW_BYTES 64
#define RAW_FILE_BYTES (1 << 20)

typedef struct session {
    bench_options *options;
    const graph *network;
    graph copy;
    char twin[512]; /* path of bare LMDB's copy */
    random_stream random;
    uint64_t serial; /* interactions recorded, and the next one's */
    touch touch;
    int raw;
    off_t raw_at;
} session;

static void begin_session(session *it, bench_options *options, const graph *network)
{
    *it = (session){.options = options, .network = network, .copy = *network, .raw = -1};
    it->random.state = random_mix(options->seed + 5);
    graph_own_path(options, "-ingest", it->copy.path, sizeof it->copy.path);
    graph_remove(it->copy.path);
    it->copy.db = graph_build(options, it->copy.path); /* a copy would have to be synced */
    graph_own_path(options, "-ingest-lmdb", it->twin, sizeof it->twin);
    lmdb_twin_open(it->copy.path, it->twin);
}

static uint64_t count_interactions(wp_db *db)
{
    wp_error err;
    wp_txn *txn = NULL;
    wp_stats stats;
    bench_check(wp_begin_read(db, &txn, &err), &err);
    bench_check(wp_stats_get(txn, &stats, &err), &err);
    wp_abort(txn);
    return stats.interactions;
}

static bench_verdict verify(const session *it)
{
    uint64_t before = count_interactions(it->network->db);
    bool is_right = count_interactions(it->copy.db) == before + it->serial;
    return !it->options->is_verifying ? BENCH_UNVERIFIED : is_right ? BENCH_RIGHT : BENCH_WRONG;
}

/* Once, at the end: it reads the whole file. */
static void check_file(session *it)
{
    wp_error err;
    wp_txn *txn = NULL;
    uint64_t faults = 0;
    if (!it->options->is_verifying)
        return;
    bench_check(wp_open(it->copy.path, NULL, &it->copy.db, &err), &err);
    bench_check(wp_begin_read(it->copy.db, &txn, &err), &err);
    bench_check(wp_check(txn, false, NULL, NULL, &faults, &err), &err);
    wp_abort(txn);
    graph_close(&it->copy);
    it->options->has_failed |= faults != 0;
    bench_say("check of the file: %llu faults", (unsigned long long)faults);
}

/* The twin did the same, which is seen once the library has closed its file. */
static void end_unsynced(session *it)
{
    graph_close(&it->copy);
    if (it->options->is_verifying && !lmdb_twin_equals(it->copy.path))
        it->options->has_failed = true;
    lmdb_twin_close();
}

static void record_one(void *context)
{
    session *it = context;
    wp_error err;
    wp_txn *txn = NULL;
    bench_check(wp_begin_write(it->copy.db, &txn, &err), &err);
    touch_put(txn, &it->touch, it->serial++, it->network->day);
    bench_check(wp_commit(txn, &err), &err);
}

static bool verify_after(void *context, size_t contestant)
{
    const session *it = context;
    return contestant == 0 || verify(it) == BENCH_RIGHT;
}

/* Some touches, a commit each, and then the twin's repetition of them. */
static void record_singles(session *it, const touch *touches, bench_times *times,
                           bench_times *twins)
{
    lmdb_twin_listen(true);
    for (size_t i = 0; i < SINGLES_A_TRIAL; i++) {
        it->touch = touches[i];
        double start = bench_now_us();
        record_one(it);
        bench_times_add(times, bench_now_us() - start);
        lmdb_twin_mark();
    }
    lmdb_twin_listen(false);
    for (size_t i = 0; i < SINGLES_A_TRIAL; i++) {
        double start = bench_now_us();
        lmdb_twin_replay();
        bench_times_add(twins, bench_now_us() - start);
    }
    lmdb_twin_forget();
}

/* The mean of each group of so many times: commits that put many others into the trees are few, so
 * that a median does not show them. */
static bench_times means_of(const bench_times *times)
{
    bench_times means = {NULL, 0, 0};
    for (size_t from = 0; from < times->count; from += SINGLES_A_TRIAL) {
        double sum = 0;
        for (size_t i = from; i < from + SINGLES_A_TRIAL; i++)
            sum += times->items[i];
        bench_times_add(&means, sum / SINGLES_A_TRIAL);
    }
    return means;
}

static void report_singles(session *it, const char *name, const bench_times *times,
                           const bench_times *twins)
{
    bench_result result = {.name = name,
                           .unit = "us",
                           .ours = times,
                           .against = "lmdb",
                           .theirs = twins,
                           .verdict = verify(it)};
    bench_report(it->options, &result);
}

static void run_singles(session *it)
{
    bench_times times = {NULL, 0, 0}, twins = {NULL, 0, 0};
    touch *touches = bench_new(SINGLES_A_TRIAL, sizeof *touches);
    for (uint32_t trial = 0; trial <= it->options->trials; trial++) {
        touches_draw(it->network, &it->random, touches, SINGLES_A_TRIAL);
        record_singles(it, touches, &times, &twins);
        if (trial == 0) /* the first ones warm up */
            times.count = twins.count = 0;
    }
    bench_times means = means_of(&times), twin_means = means_of(&twins);
    report_singles(it, SINGLES_NAME, &times, &twins);
    report_singles(it, SINGLES_NAME ", mean of 100", &means, &twin_means);
    bench_times_free(&means);
    bench_times_free(&twin_means);
    bench_times_free(&times);
    bench_times_free(&twins);
    free(touches);
}

static void record_batch(session *it, const touch *touches, bench_times *times, bench_times *twins)
{
    lmdb_twin_listen(true);
    double start = bench_now_us();
    touches_put(it->copy.db, touches, BATCH, it->serial, it->network->day, BATCH + 1);
    bench_times_add(times, BATCH / (bench_now_us() - start) * 1e6);
    lmdb_twin_listen(false);
    it->serial += BATCH;
    start = bench_now_us();
    lmdb_twin_replay();
    bench_times_add(twins, BATCH / (bench_now_us() - start) * 1e6);
    lmdb_twin_forget();
}

static void run_batches(session *it)
{
    bench_times times = {NULL, 0, 0}, twins = {NULL, 0, 0};
    size_t batches = 1 + (it->options->trials - 1) / TRIALS_A_BATCH;
    touch *touches = bench_new(BATCH, sizeof *touches);
    for (size_t i = 0; i < batches; i++) {
        touches_draw(it->network, &it->random, touches, BATCH);
        record_batch(it, touches, &times, &twins);
    }
    bench_result result = {.name = BATCHES_NAME,
                           .unit = "interactions/s",
                           .ours = &times,
                           .against = "lmdb",
                           .theirs = &twins,
                           .verdict = verify(it)};
    bench_report(it->options, &result);
    bench_times_free(&times);
    bench_times_free(&twins);
    free(touches);
}

/* --- durable --- */

static void prepare(void *context, uint64_t trial)
{
    session *it = context;
    (void)trial;
    touches_draw(it->network, &it->random, &it->touch, 1);
}

static void append_raw(void *context)
{
    session *it = context;
    static const char bytes[RAW_BYTES] = "an interaction";
    if (it->raw_at + RAW_BYTES > RAW_FILE_BYTES)
        it->raw_at = 0;
    if (pwrite(it->raw, bytes, sizeof bytes, it->raw_at) != RAW_BYTES || fdatasync(it->raw) != 0)
        bench_die("the raw file could not be written: %s", strerror(errno));
    it->raw_at += RAW_BYTES;
}

/* A file whose blocks are written already, so that an append changes no metadata. */
static void open_raw(session *it, char *path, size_t bytes)
{
    char *zeros = bench_new(RAW_FILE_BYTES, 1);
    snprintf(path, bytes, "%s/warmpath-bench-raw-%ld", it->options->directory, (long)getpid());
    it->raw = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (it->raw < 0 || pwrite(it->raw, zeros, RAW_FILE_BYTES, 0) != RAW_FILE_BYTES ||
        fsync(it->raw) != 0)
        bench_die("%s could not be written: %s", path, strerror(errno));
    free(zeros);
}

static void run_durable(session *it)
{
    char path[512];
    wp_error err;
    bench_contestant contestants[] = {{.run = record_one}, {.name = "raw", .run = append_raw}};
    bench_contest contest = {.name = "1 a commit, durable",
                             .context = it,
                             .prepare = prepare,
                             .verify = verify_after,
                             .contestants = contestants,
                             .count = 2,
                             .unit = "us"};
    open_raw(it, path, sizeof path);
    bench_check(wp_open(it->copy.path, NULL, &it->copy.db, &err), &err);
    bench_check(wp_sync(it->copy.db, &err), &err);
    bench_contest_run(it->options, &contest);
    graph_close(&it->copy);
    if (close(it->raw) != 0 || unlink(path) != 0)
        bench_die("%s could not be removed", path);
}

int main(int argc, char **argv)
{
    static const bench_about about = {
        "ingest", "How fast is recording interactions: one a commit, many a commit, and durably?",
        "community-100k", 30};
    bench_options options;
    graph network;
    session it;
    bench_begin(&options, &about, argc, argv);
    graph_open(&options, &network);
    begin_session(&it, &options, &network);
    if (bench_asks_for(&options, SINGLES_NAME))
        run_singles(&it);
    if (bench_asks_for(&options, BATCHES_NAME))
        run_batches(&it);
    end_unsynced(&it);
    run_durable(&it);
    check_file(&it);
    graph_remove(it.copy.path);
    graph_close(&network);
    return bench_end(&options);
}
