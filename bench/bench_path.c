/*
 * How long does a path query take on a large network of stated ties, and how long does loading it?
 *
 * The network is uniform at random with p of .001 to .999, from a fixed seed; it is built once into
 * the file given and reused. Each trial asks for the ten best introductions from 50 random people
 * to 20, within 3 hops, then 4, then 5. One warm-up query, then the median and the 95th percentile.
 * Answers are verified outside the timer: paths must be simple, within the limit, ascending, and
 * the costs of their ties and relays must sum to theirs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "warmpath.h"

#define DAY 20000
#define RELAY 223000u
#define BATCH 2000000u

static uint64_t state = 1;

static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void check(wp_status status, const wp_error *err)
{
    if (status != WP_OK) {
        fprintf(stderr, "bench_path: %s: %s\n", wp_status_name(status), err->message);
        exit(1);
    }
}

static double now_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void renew(wp_db *db, wp_txn **txn, wp_error *err)
{
    check(wp_commit(*txn, err), err);
    check(wp_begin_write(db, txn, err), err);
}

static void build(wp_db *db, uint32_t people, uint32_t ties)
{
    wp_error err;
    wp_txn *txn = NULL;
    check(wp_begin_write(db, &txn, &err), &err);
    for (uint32_t i = 0; i < people; i++) {
        char text[16];
        wp_number number;
        wp_identity id = {WP_IDENTITY_ID, text};
        wp_person_facts facts = WP_PERSON_FACTS_INIT;
        snprintf(text, sizeof text, "%u", i);
        facts.identities = &id;
        facts.identity_count = 1;
        check(wp_person_put(txn, &facts, &number, NULL, &err), &err);
        if (i % 100000 == 99999)
            renew(db, &txn, &err);
    }
    for (uint32_t i = 0; i < ties; i++) {
        wp_stated_tie tie = {.from = (wp_number)(1 + draw() % people),
                             .to = (wp_number)(1 + draw() % people),
                             .p = (double)(1 + draw() % 999) / 1000.0};
        if (tie.from != tie.to)
            check(wp_stated_tie_put(txn, &tie, &err), &err);
        if (i % BATCH == BATCH - 1)
            renew(db, &txn, &err);
    }
    check(wp_commit(txn, &err), &err);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static bool is_path_sound(const wp_path *path, uint32_t hops_max)
{
    uint64_t cost = path->hops > 2 ? (uint64_t)(path->hops - 2) * RELAY : 0;
    for (uint32_t i = 0; i < path->hops; i++) {
        cost += path->ties[i].cost;
        for (uint32_t j = 0; j <= i; j++)
            if (path->people[i + 1] == path->people[j])
                return false;
    }
    return cost == path->cost && path->hops <= hops_max;
}

static bool is_sound(const wp_paths *paths, uint32_t hops_max)
{
    uint64_t before = 0;
    for (size_t i = 0; i < wp_paths_count(paths); i++) {
        const wp_path *path = wp_paths_at(paths, i);
        if (path->cost < before || !is_path_sound(path, hops_max))
            return false;
        before = path->cost;
    }
    return wp_paths_is_complete(paths);
}

static void run(wp_txn *txn, uint32_t people, uint32_t ties, uint32_t hops_max, uint32_t trials)
{
    wp_error err;
    bool verified = true;
    double *times = calloc(trials, sizeof *times);
    if (times == NULL)
        exit(1);
    for (uint32_t trial = 0; trial <= trials; trial++) {
        wp_number sources[50], targets[20];
        wp_paths *paths = NULL;
        wp_path_query query = WP_PATH_QUERY_INIT;
        for (size_t i = 0; i < 50; i++)
            sources[i] = (wp_number)(1 + draw() % people);
        for (size_t i = 0; i < 20; i++)
            targets[i] = (wp_number)(1 + draw() % people);
        query.sources = sources;
        query.source_count = 50;
        query.targets = targets;
        query.target_count = 20;
        query.day = DAY;
        query.hops_max = hops_max;
        query.k = 10;
        double start = now_us();
        check(wp_paths_find(txn, &query, &paths, &err), &err);
        if (trial > 0) /* the first one warms up */
            times[trial - 1] = now_us() - start;
        verified = verified && is_sound(paths, hops_max);
        wp_paths_free(paths);
    }
    qsort(times, trials, sizeof *times, compare);
    printf("{\"bench\":\"path\",\"case\":\"50x20 H%u k10\",\"graph\":\"uniform %u people %u ties\","
           "\"unit\":\"us\",\"median\":%.1f,\"p95\":%.1f,\"trials\":%u,\"against\":null,"
           "\"verified\":%s}\n",
           hops_max, people, ties, times[trials / 2], times[trials * 95 / 100], trials,
           verified ? "true" : "false");
    free(times);
}

static int usage(int code)
{
    fprintf(code == 0 ? stdout : stderr,
            "Usage: bench_path [-p PEOPLE] [-t TIES] [-n TRIALS] [-s SEED] FILE\n\n"
            "Build a random network into FILE unless it exists (default 1000000 people and\n"
            "10000000 ties), then time path queries on it. One JSON line a result.\n");
    return code;
}

int main(int argc, char **argv)
{
    uint32_t people = 1000000, ties = 10000000, trials = 30;
    int option;
    wp_error err;
    wp_db *db = NULL;
    wp_txn *txn = NULL;
    while ((option = getopt(argc, argv, "p:t:n:s:h")) != -1) {
        uint32_t value = optarg == NULL ? 0 : (uint32_t)strtoul(optarg, NULL, 10);
        if (option == 'h')
            return usage(0);
        if (value == 0)
            return usage(2);
        *(option == 'p'   ? &people
          : option == 't' ? &ties
                          : &trials) = option == 's' ? trials : value;
        if (option == 's')
            state = value;
    }
    if (optind + 1 != argc)
        return usage(2);
    const char *path = argv[optind];
    wp_status created = wp_create(path, NULL, 0, &err);
    check(created == WP_EEXIST ? WP_OK : created, &err);
    check(wp_open(path, NULL, &db, &err), &err);
    double start = now_us();
    if (created == WP_OK) {
        build(db, people, ties);
        printf("{\"bench\":\"load\",\"case\":\"stated ties through the library\",\"graph\":"
               "\"uniform %u people %u ties\",\"unit\":\"s\",\"median\":%.1f,\"trials\":1,"
               "\"against\":null}\n",
               people, ties, (now_us() - start) / 1e6);
    }
    check(wp_begin_read(db, &txn, &err), &err);
    for (uint32_t hops_max = 3; hops_max <= 5; hops_max++)
        run(txn, people, ties, hops_max, trials);
    wp_abort(txn);
    wp_close(db);
    return 0;
}
