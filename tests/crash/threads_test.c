/*
 * Many reading threads and processes against one writer, for as long as asked.
 *
 * The writing thread stores messages one by one, compacts, and now and then removes a source. Half
 * of the readers share its handle, the others open and close the file over and over, which counts
 * one handle of the process up and down; further processes read as well. In each snapshot the mark
 * must be the number of interactions, a person's ties must be those of the neighbour list, a
 * misspelt name must find its person, and queries must end well or, with the cancel flag that
 * another thread sets, as cancelled. Built with a thread sanitizer (preset tsan) the test shows
 * that none of it is a race.
 *
 * `--seconds N`, `--seed N`.
 */
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"
#include "random.h"
#include "scratch.h"

#define PROCESSES 2
#define THREADS 6
#define PEOPLE 24
#define TOTAL "messages"
#define MESSAGES_MAX 20000 /* Then the writer only compacts. */
#define DAY_S 86400
#define SECOND_NS UINT64_C(1000000000)

static crash_arguments arguments = {1, 8};

/* What all threads and processes share. */
typedef struct progress {
    _Atomic uint64_t snapshots;
    _Atomic uint64_t queries;
    _Atomic uint64_t cancelled;
    _Atomic uint64_t openings;
    _Atomic uint64_t commits;
} progress;

typedef struct scene {
    char path[4096];
    progress *shared;
    uint64_t end_ns;
    wp_db *db; /* Of this process. */
} scene;

/* A thread and what it does. */
typedef struct worker {
    scene *at;
    uint64_t stream;
    volatile int cancel; /* For its queries. */
    pthread_t thread;
} worker;

static bool is_over(const scene *at)
{
    return crash_now_ns() >= at->end_ns;
}

/* ---- the writer ------------------------------------------------------------------------------ */

static void put_people(wp_db *db)
{
    wp_error err;
    wp_txn *txn = NULL;
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    crash_people_put(txn, PEOPLE);
    wp_identity first = {WP_IDENTITY_ID, "1"};
    wp_person_facts facts = facts_of_person(&first);
    wp_number person;
    facts.name = "Esmeralda";
    crash_must(wp_person_put(txn, &facts, &person, NULL, &err), &err, "wp_person_put");
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
}

static void send(wp_db *db, random_source *random, uint64_t number)
{
    char source[32];
    wp_error err;
    wp_txn *txn = NULL;
    wp_interaction message = WP_INTERACTION_INIT;
    message.from = (wp_number)(1 + random_below(random, PEOPLE));
    wp_participant to = {
        (wp_number)(1 + (message.from + random_below(random, PEOPLE - 1)) % PEOPLE), WP_ROLE_TO};
    (void)snprintf(source, sizeof source, "m%" PRIu64, number);
    message.source = source;
    message.time_s = (CRASH_DAY - 100) * DAY_S + (int64_t)number;
    message.to = &to;
    message.to_count = 1;
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    crash_must(wp_interaction_put(txn, &message, NULL, &err), &err, "wp_interaction_put");
    crash_must(wp_mark_put(txn, TOTAL, number + 1, &err), &err, "wp_mark_put");
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
}

/* State something as a source of its own and take it back. */
static void come_and_go(wp_db *db)
{
    wp_error err;
    wp_txn *txn = NULL;
    uint32_t source = 0;
    wp_stated_tie tie = {.from = 1, .to = 2, .p = .5};
    wp_identity identities[] = {{WP_IDENTITY_ID, "1"}, {WP_IDENTITY_ID, "2"}};
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    crash_must(wp_source_put(txn, "a guest", NULL, WP_TIME_NONE, &source, &err), &err, "source");
    crash_must(wp_txn_use_source(txn, source, &err), &err, "wp_txn_use_source");
    for (size_t i = 0; i < 2; i++) {
        wp_person_facts facts = facts_of_person(&identities[i]);
        wp_number person = 0;
        crash_must(wp_person_put(txn, &facts, &person, NULL, &err), &err, "wp_person_put");
    }
    crash_must(wp_stated_tie_put(txn, &tie, &err), &err, "wp_stated_tie_put");
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
    crash_must(wp_source_remove(db, source, NULL, NULL, NULL, &err), &err, "wp_source_remove");
}

static void *write_on(void *context)
{
    worker *self = context;
    random_source random = random_start(arguments.seed, self->stream);
    uint64_t number = 0;
    wp_error err;
    for (uint64_t turn = 1; !is_over(self->at); turn++) {
        if (number < MESSAGES_MAX)
            send(self->at->db, &random, number++);
        if (turn % 100 == 0)
            come_and_go(self->at->db);
        if (turn % 64 == 0)
            crash_must(wp_compact(self->at->db, NULL, NULL, &err), &err, "wp_compact");
        self->at->shared->commits++;
        (void)usleep(number < MESSAGES_MAX ? 100 : 2000);
    }
    return NULL;
}

/* ---- readers --------------------------------------------------------------------------------- */

static void query(worker *self, wp_txn *txn, random_source *random)
{
    wp_number source = (wp_number)(1 + random_below(random, PEOPLE));
    wp_number target = (wp_number)(1 + (source + random_below(random, PEOPLE - 1)) % PEOPLE);
    wp_paths *paths = NULL;
    wp_error err;
    wp_path_query asked = paths_between(&source, &target, CRASH_DAY);
    asked.limits.cancel = &self->cancel;
    wp_status status = wp_paths_find(txn, &asked, &paths, &err);
    if (status == WP_ECANCELLED)
        self->at->shared->cancelled++;
    else
        crash_must(status, &err, "wp_paths_find");
    wp_paths_free(paths);
    self->at->shared->queries++;
}

/* Misspelt, so that the threads of a snapshot share its dictionary. */
static void find(wp_txn *txn)
{
    wp_matches matches;
    wp_error err;
    crash_must(wp_find(txn, "esmerelda", 5, &matches, &err), &err, "wp_find");
    if (matches.count != 1 || matches.items[0].number != 1)
        crash_fail("%zu people are found, expected the first one", matches.count);
    wp_matches_free(&matches);
}

static void compare(wp_txn *txn)
{
    uint64_t total = 0;
    wp_stats stats;
    wp_error err;
    crash_must(wp_mark_get(txn, TOTAL, &total, &err), &err, "wp_mark_get");
    crash_must(wp_stats_get(txn, &stats, &err), &err, "wp_stats_get");
    if (stats.interactions != total)
        crash_fail("a snapshot has %" PRIu64 " interactions, expected %" PRIu64, stats.interactions,
                   total);
}

static void look(worker *self, wp_db *db, random_source *random)
{
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    compare(txn);
    query(self, txn, random);
    find(txn);
    compare(txn);
    wp_abort(txn);
    self->at->shared->snapshots++;
}

static void *read_on(void *context)
{
    worker *self = context;
    random_source random = random_start(arguments.seed, self->stream);
    bool has_own = self->stream % 2 == 1;
    while (!is_over(self->at)) {
        wp_db *db = has_own ? crash_open(self->at->path) : self->at->db;
        for (int i = 0; i < 10; i++)
            look(self, db, &random);
        if (has_own)
            wp_close(db);
        self->at->shared->openings += has_own;
    }
    return NULL;
}

/* Set the flags of the others and take them back. */
static void *cancel_on(void *context)
{
    worker *others = context;
    while (!is_over(others->at)) {
        for (size_t i = 0; i < THREADS; i++)
            __atomic_store_n(&others[i].cancel, i % 3 == 0, __ATOMIC_RELAXED);
        (void)usleep(500);
        for (size_t i = 0; i < THREADS; i++)
            __atomic_store_n(&others[i].cancel, 0, __ATOMIC_RELAXED);
        (void)usleep(500);
    }
    return NULL;
}

/* ---- processes ------------------------------------------------------------------------------- */

static void run_threads(scene *at, uint64_t stream, bool is_writing)
{
    worker readers[THREADS], writer = {.at = at, .stream = stream};
    pthread_t canceller;
    at->db = crash_open(at->path);
    for (size_t i = 0; i < THREADS; i++) {
        readers[i] = (worker){.at = at, .stream = stream + 1 + i};
        crash_require(pthread_create(&readers[i].thread, NULL, read_on, &readers[i]) == 0,
                      "thread");
    }
    crash_require(pthread_create(&canceller, NULL, cancel_on, readers) == 0, "thread");
    if (is_writing)
        (void)write_on(&writer);
    for (size_t i = 0; i < THREADS; i++)
        crash_require(pthread_join(readers[i].thread, NULL) == 0, "thread");
    crash_require(pthread_join(canceller, NULL) == 0, "thread");
    wp_close(at->db);
}

static void threads__read_while_one_writes(void **state)
{
    pid_t others[PROCESSES];
    scene at = {.shared = crash_share(sizeof(progress))};
    (void)state;
    (void)snprintf(at.path, sizeof at.path, "%s", scratch_path("threads.warmpath"));
    crash_create(at.path);
    wp_db *db = crash_open(at.path);
    put_people(db);
    wp_close(db);
    at.end_ns = crash_now_ns() + arguments.count * SECOND_NS;
    for (uint64_t i = 0; i < PROCESSES; i++) {
        others[i] = crash_fork();
        if (others[i] == 0) {
            run_threads(&at, 100 * (i + 1), false);
            _exit(0);
        }
    }
    run_threads(&at, 0, true);
    for (size_t i = 0; i < PROCESSES; i++)
        crash_wait_well(others[i], "a reading process");
    db = crash_open(at.path);
    crash_check_db(db, "at the end");
    wp_close(db);
    printf("class 12: %" PRIu64 " snapshots, 0 bad: %" PRIu64 " commits, %" PRIu64
           " queries (cancelled %" PRIu64 "), %" PRIu64 " openings\n",
           at.shared->snapshots, at.shared->commits, at.shared->queries, at.shared->cancelled,
           at.shared->openings);
    assert_true(at.shared->snapshots > 100 && at.shared->commits > 10);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads__read_while_one_writes)};
    if (!crash_arguments_read(argc, argv, "seconds", &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
