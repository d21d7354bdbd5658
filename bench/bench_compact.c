/*
 * Does the file stay small when it is compacted again and again?
 *
 * On a copy of the graph, a hundred rounds: record mails that touch a hundredth of the people, then
 * compact. The size of the file is compared with that of a fresh one: another copy that gets the
 * same mails at once and is compacted once; and with a backup of the first, which holds only what
 * is in use. The time of a round's compaction is reported too. With fewer trials than a hundred
 * there are as many rounds.
 *
 * Verified: both databases give the same costs for the neighbours of a sample of people.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "touches.h"

#define TOUCHED_SHARE .01
#define SAMPLES 500
#define NEIGHBOURS_MAX 100000

typedef struct session {
    bench_options *options;
    const graph *network;
    graph rounds; /* compacted each round */
    graph fresh;  /* all at once */
    touch *touches;
    size_t count;
    bench_times times;
} session;

static double file_bytes(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0)
        bench_die("%s has no size", path);
    return (double)about.st_size;
}

static void make_copy(session *it, graph *copy, const char *what)
{
    wp_error err;
    *copy = *it->network;
    graph_own_path(it->options, what, copy->path, sizeof copy->path);
    graph_remove(copy->path);
    graph_copy(it->network->path, copy->path);
    bench_check(wp_open(copy->path, NULL, &copy->db, &err), &err);
}

static void keep_touches(session *it, const touch *items, size_t count)
{
    it->touches = realloc(it->touches, (it->count + count) * sizeof *it->touches);
    if (it->touches == NULL)
        bench_die("no memory for %zu interactions", it->count + count);
    memcpy(it->touches + it->count, items, count * sizeof *items);
    it->count += count;
}

static void run_rounds(session *it)
{
    wp_error err;
    uint32_t people = (uint32_t)(TOUCHED_SHARE * it->network->people) + 1;
    random_stream random = {random_mix(it->options->seed + 8)};
    make_copy(it, &it->rounds, "-rounds");
    for (uint32_t round = 0; round < it->options->trials; round++) {
        size_t count;
        touch *touches = touches_draw_until(it->network, &random, people, &count);
        touches_put(it->rounds.db, touches, count, it->count, it->network->day, 100000);
        keep_touches(it, touches, count);
        free(touches);
        double start = bench_now_us();
        bench_check(wp_compact(it->rounds.db, NULL, NULL, &err), &err);
        bench_times_add(&it->times, bench_now_us() - start);
    }
}

static void make_fresh(session *it)
{
    wp_error err;
    make_copy(it, &it->fresh, "-fresh");
    touches_put(it->fresh.db, it->touches, it->count, 0, it->network->day, 500000);
    bench_check(wp_compact(it->fresh.db, NULL, NULL, &err), &err);
}

/* --- verification --- */

static int compare_neighbours(const void *a, const void *b)
{
    const wp_neighbour *x = a, *y = b;
    return x->person < y->person ? -1 : x->person > y->person;
}

static size_t read_neighbours(wp_db *db, uint32_t person, int32_t day, wp_neighbour *out)
{
    wp_error err;
    wp_txn *txn = NULL;
    size_t count;
    bench_check(wp_begin_read(db, &txn, &err), &err);
    bench_check(
        wp_neighbours(txn, person, day, false, WP_COST_NONE - 1, out, NEIGHBOURS_MAX, &count, &err),
        &err);
    wp_abort(txn);
    qsort(out, count, sizeof *out, compare_neighbours);
    return count;
}

static bench_verdict verify(const session *it)
{
    random_stream random = {random_mix(it->options->seed + 9)};
    wp_neighbour *lists[2];
    bool is_right = true;
    if (!it->options->is_verifying)
        return BENCH_UNVERIFIED;
    for (int i = 0; i < 2; i++)
        lists[i] = bench_new(NEIGHBOURS_MAX, sizeof *lists[i]);
    for (size_t i = 0; i < SAMPLES && is_right; i++) {
        uint32_t person = 1 + random_below(&random, it->network->people);
        size_t counts[2] = {read_neighbours(it->rounds.db, person, it->network->day, lists[0]),
                            read_neighbours(it->fresh.db, person, it->network->day, lists[1])};
        is_right =
            counts[0] == counts[1] && memcmp(lists[0], lists[1], counts[0] * sizeof *lists[0]) == 0;
    }
    free(lists[0]);
    free(lists[1]);
    return is_right ? BENCH_RIGHT : BENCH_WRONG;
}

static void report_size(session *it, const char *against, double bytes, bench_verdict verdict)
{
    char name[64];
    bench_times ours = {NULL, 0, 0}, theirs = {NULL, 0, 0};
    snprintf(name, sizeof name, "file after %u compactions", it->options->trials);
    bench_times_add(&ours, file_bytes(it->rounds.path) / 1e6);
    bench_times_add(&theirs, bytes / 1e6);
    bench_result result = {.name = name,
                           .unit = "MB",
                           .ours = &ours,
                           .against = against,
                           .theirs = &theirs,
                           .verdict = verdict};
    bench_report(it->options, &result);
    bench_times_free(&ours);
    bench_times_free(&theirs);
}

static double backup_bytes(session *it)
{
    wp_error err;
    char path[512];
    graph_own_path(it->options, "-backup", path, sizeof path);
    graph_remove(path);
    bench_check(wp_backup(it->rounds.db, path, &err), &err);
    double bytes = file_bytes(path);
    graph_remove(path);
    return bytes;
}

int main(int argc, char **argv)
{
    static const bench_about about = {
        "compact", "Does the file stay small when it is compacted again and again?",
        "community-100k", 100};
    bench_options options;
    graph network;
    bench_begin(&options, &about, argc, argv);
    graph_open(&options, &network);
    session it = {.options = &options, .network = &network};
    run_rounds(&it);
    make_fresh(&it);
    bench_result rounds = {
        .name = "compaction of a round", .unit = "us", .ours = &it.times, .verdict = verify(&it)};
    bench_report(&options, &rounds);
    report_size(&it, "fresh", file_bytes(it.fresh.path), verify(&it));
    report_size(&it, "backup", backup_bytes(&it), verify(&it));
    graph_close(&it.rounds);
    graph_close(&it.fresh);
    graph_remove(it.rounds.path);
    graph_remove(it.fresh.path);
    graph_close(&network);
    bench_times_free(&it.times);
    free(it.touches);
    return bench_end(&options);
}
