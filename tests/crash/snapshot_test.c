/*
 * Every reader sees one consistent snapshot, whatever writers do and however processes die.
 *
 * A writing process stores mail in transactions of one to twelve messages, each to one person and
 * within the year that is counted, and keeps their number in a mark. In every snapshot the mark,
 * the number of interactions and the sum of the messages of all ties must be the same number. Two
 * reading processes with two threads each, and a thread of the writing process, look at a
 * snapshot twice with a pause between, and must get the same answers, paths included.
 *
 * The other tests kill a writer while another waits for its turn, and a reader that holds a
 * snapshot: pages must come back into use.
 */
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"
#include "random.h"
#include "scratch.h"

#define PEOPLE 12
#define READERS 2
#define THREADS 2
#define TOTAL "messages sent"
#define DAY_S 86400
#define WAIT_NS UINT64_C(20000000)
/* The writer goes no faster than one commit in four snapshots, after so many to begin with: the
 * more there is, the longer it takes to look at. */
#define WRITER_LEAD 50

static crash_arguments arguments = {1, 1500};

/* What the processes share. */
typedef struct progress {
    _Atomic uint64_t stage;     /* Of the process that is waited for. */
    _Atomic uint64_t must_stop; /* The writer is no longer needed. */
    _Atomic uint64_t commits;
    _Atomic uint64_t snapshots; /* Looked at. */
    _Atomic uint64_t latest;    /* How many of them had more than the one before. */
} progress;

/* What a snapshot says of itself. */
typedef struct view {
    uint64_t mark;
    uint64_t interactions;
    uint64_t messages;
    size_t paths;
    uint64_t costs[8];
    wp_number introducers[8];
} view;

/* A reading thread. */
typedef struct reader {
    wp_db *db;
    progress *shared;
    uint64_t stream; /* Of random numbers. */
    uint64_t snapshots;
} reader;

static void put_people(wp_db *db)
{
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    for (wp_number i = 1; i <= PEOPLE; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "%u", i);
        wp_identity identity = {WP_IDENTITY_ID, id};
        wp_person_facts facts = facts_of_person(&identity);
        wp_number person = 0;
        crash_must(wp_person_put(txn, &facts, &person, NULL, &err), &err, "wp_person_put");
        if (person != i)
            crash_fail("person %u got the number %u", i, person);
    }
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
}

static void put_message(wp_txn *txn, random_source *random, uint64_t number)
{
    char source[32];
    wp_error err;
    wp_number from = (wp_number)(1 + random_below(random, PEOPLE));
    wp_number to = (wp_number)(1 + (from + random_below(random, PEOPLE - 1)) % PEOPLE);
    wp_participant recipient = {to, WP_ROLE_TO};
    (void)snprintf(source, sizeof source, "m%" PRIu64, number);
    wp_interaction message =
        facts_of_mail(source, random_between(random, (CRASH_DAY - 300) * DAY_S, CRASH_DAY * DAY_S),
                      from, &recipient);
    crash_must(wp_interaction_put(txn, &message, NULL, &err), &err, "wp_interaction_put");
}

/* One transaction of the writer; one in eight is aborted. Returns the total. */
static uint64_t send(wp_db *db, random_source *random, uint64_t total)
{
    wp_txn *txn = NULL;
    wp_error err;
    uint64_t count = 1 + random_below(random, 12);
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    for (uint64_t i = 0; i < count; i++)
        put_message(txn, random, total + i);
    crash_must(wp_mark_put(txn, TOTAL, total + count, &err), &err, "wp_mark_put");
    if (random_chance(random, .125)) {
        wp_abort(txn);
        return total;
    }
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
    return total + count;
}

static void count_messages(wp_txn *txn, view *out)
{
    wp_error err;
    for (wp_number person = 1; person <= PEOPLE; person++) {
        wp_ties ties;
        crash_must(wp_person_ties(txn, person, CRASH_DAY, false, &ties, &err), &err,
                   "wp_person_ties");
        for (size_t i = 0; i < ties.count; i++)
            out->messages += ties.items[i].messages_out;
        wp_ties_free(&ties);
    }
}

static void find_paths(wp_txn *txn, view *out)
{
    static const wp_number source = 1, target = PEOPLE;
    wp_paths *paths = NULL;
    wp_error err;
    wp_path_query query = paths_between(&source, &target, CRASH_DAY);
    query.k = 8;
    crash_must(wp_paths_find(txn, &query, &paths, &err), &err, "wp_paths_find");
    out->paths = wp_paths_count(paths);
    for (size_t i = 0; i < out->paths; i++) {
        out->costs[i] = wp_paths_at(paths, i)->cost;
        out->introducers[i] = wp_paths_at(paths, i)->introducer;
    }
    wp_paths_free(paths);
}

static void look(wp_txn *txn, view *out)
{
    wp_stats stats;
    wp_error err;
    memset(out, 0, sizeof *out); /* padding too: views are compared as bytes */
    crash_must(wp_mark_get(txn, TOTAL, &out->mark, &err), &err, "wp_mark_get");
    find_paths(txn, out);
    count_messages(txn, out);
    crash_must(wp_stats_get(txn, &stats, &err), &err, "wp_stats_get");
    out->interactions = stats.interactions;
    if (out->mark != out->interactions || out->mark != out->messages)
        crash_fail("a snapshot has mark %" PRIu64 ", %" PRIu64 " interactions and %" PRIu64
                   " messages in its ties",
                   out->mark, out->interactions, out->messages);
}

/* Look at one snapshot twice. Returns its number of messages. */
static uint64_t look_twice(wp_db *db, random_source *random)
{
    wp_txn *txn = NULL;
    wp_error err;
    view first, second;
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    look(txn, &first);
    crash_pause_ns(random_below(random, 1500000));
    look(txn, &second);
    wp_abort(txn);
    if (memcmp(&first, &second, sizeof first) != 0)
        crash_fail("one snapshot gave two answers: %" PRIu64 " and %" PRIu64 " messages",
                   first.mark, second.mark);
    return first.mark;
}

static void *read_on(void *context)
{
    reader *self = context;
    random_source random = random_start(arguments.seed, self->stream);
    uint64_t last = 0;
    for (uint64_t i = 0; i < self->snapshots && self->shared->must_stop == 0; i++) {
        uint64_t now = look_twice(self->db, &random);
        if (now < last)
            crash_fail("a later snapshot had %" PRIu64 " messages after %" PRIu64, now, last);
        self->shared->latest += now > last;
        self->shared->snapshots++;
        last = now;
    }
    return NULL;
}

/* Read in several threads that share one handle. */
static void read_in_threads(const char *path, progress *shared, uint64_t process)
{
    pthread_t threads[THREADS];
    reader readers[THREADS];
    wp_db *db = crash_open(path);
    for (uint64_t i = 0; i < THREADS; i++) {
        readers[i] = (reader){db, shared, 10 * process + i, arguments.count / READERS / THREADS};
        crash_require(pthread_create(&threads[i], NULL, read_on, &readers[i]) == 0, "thread");
    }
    for (size_t i = 0; i < THREADS; i++)
        crash_require(pthread_join(threads[i], NULL) == 0, "thread");
    wp_close(db);
    _exit(0);
}

/* Write until told to stop, while another thread reads through the same handle. */
static void write_on(const char *path, progress *shared)
{
    pthread_t thread;
    wp_db *db = crash_open(path);
    reader own = {db, shared, 1, UINT64_MAX};
    random_source random = random_start(arguments.seed, 0);
    uint64_t total = 0;
    crash_require(pthread_create(&thread, NULL, read_on, &own) == 0, "thread");
    while (shared->must_stop == 0) {
        total = send(db, &random, total);
        shared->commits++;
        crash_pause_ns(random_below(&random, 4000000));
        while (shared->must_stop == 0 && shared->commits > WRITER_LEAD + shared->snapshots / 4)
            crash_pause_ns(1000000);
    }
    crash_require(pthread_join(thread, NULL) == 0, "thread");
    wp_close(db);
    _exit(0);
}

static void snapshot__is_consistent_while_others_write(void **state)
{
    char path[4096];
    progress *shared = crash_share(sizeof *shared);
    pid_t readers[READERS];
    (void)state;
    (void)snprintf(path, sizeof path, "%s", scratch_path("snapshot.warmpath"));
    crash_create(path);
    wp_db *db = crash_open(path);
    put_people(db);
    wp_close(db);
    pid_t writer = crash_fork();
    if (writer == 0)
        write_on(path, shared);
    for (uint64_t i = 0; i < READERS; i++) {
        readers[i] = crash_fork();
        if (readers[i] == 0)
            read_in_threads(path, shared, i + 1);
    }
    for (size_t i = 0; i < READERS; i++)
        crash_wait_well(readers[i], "a reading process");
    shared->must_stop = 1;
    crash_wait_well(writer, "the writing process");
    printf("snapshots %" PRIu64 ", of which newer %" PRIu64 ", transactions %" PRIu64
           ", inconsistent 0\n",
           shared->snapshots, shared->latest, shared->commits);
    assert_true(shared->snapshots >= arguments.count);
    assert_true(shared->commits > 20 && shared->latest > 20);
    db = crash_open(path);
    crash_check_db(db, "after all wrote and read");
    wp_close(db);
}

/* Begin to write, say so, and wait to be killed. */
static void write_and_hang(const char *path, progress *shared, uint64_t total)
{
    wp_txn *txn = NULL;
    wp_error err;
    random_source random = random_start(arguments.seed, 77);
    wp_db *db = crash_open(path);
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    for (uint64_t i = 0; i < 500; i++)
        put_message(txn, &random, total + i);
    crash_must(wp_mark_put(txn, TOTAL, total + 500, &err), &err, "wp_mark_put");
    shared->stage = 1;
    for (;;)
        (void)pause();
}

/* Write one transaction when its turn comes. */
static void write_once(const char *path, progress *shared, uint64_t total)
{
    random_source random = random_start(arguments.seed, 78);
    wp_db *db = crash_open(path);
    uint64_t sent = total;
    shared->stage = 2;
    while (sent == total)
        sent = send(db, &random, total);
    shared->stage = 3;
    wp_close(db);
    _exit(0);
}

static void snapshot__outlives_a_killed_writer(void **state)
{
    char path[4096];
    progress *shared = crash_share(sizeof *shared);
    random_source random = random_start(arguments.seed, 79);
    wp_txn *txn = NULL;
    wp_error err;
    view before, after;
    (void)state;
    (void)snprintf(path, sizeof path, "%s", scratch_path("killed-writer.warmpath"));
    crash_create(path);
    wp_db *db = crash_open(path);
    put_people(db);
    uint64_t total = send(db, &random, 0);
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    look(txn, &before);
    pid_t first = crash_fork();
    if (first == 0)
        write_and_hang(path, shared, total);
    crash_await(&shared->stage, 1, first, 0);
    pid_t second = crash_fork();
    if (second == 0)
        write_once(path, shared, total);
    crash_await(&shared->stage, 2, second, 0);
    crash_pause_ns(WAIT_NS);
    assert_int_equal(shared->stage, 2); /* it waits for the first */
    crash_kill(first);
    crash_await(&shared->stage, 3, second, 10);
    crash_wait_well(second, "the second writer");
    look(txn, &after);
    assert_memory_equal(&before, &after, sizeof before);
    wp_abort(txn);
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    look(txn, &after);
    wp_abort(txn);
    assert_in_range(after.mark, total + 1, total + 12);
    crash_check_db(db, "after a writer was killed");
    wp_close(db);
}

/* Hold a snapshot until killed. */
static void read_and_hang(const char *path, progress *shared)
{
    wp_txn *txn = NULL;
    wp_error err;
    view seen;
    wp_db *db = crash_open(path);
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    look(txn, &seen);
    shared->stage = 1;
    for (;;)
        (void)pause();
}

static uint64_t file_bytes(const char *path)
{
    struct stat info;
    crash_require(stat(path, &info) == 0, path);
    return (uint64_t)info.st_size;
}

/* Commit changes that need no more space than those before. Returns how much the file grew. */
static uint64_t change_in_place(wp_db *db, const char *path, int transactions)
{
    uint64_t begin_bytes = file_bytes(path);
    for (int i = 0; i < transactions; i++) {
        wp_txn *txn = NULL;
        wp_error err;
        crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
        for (wp_number person = 1; person < PEOPLE; person++) {
            wp_stated_tie tie = {.from = person, .to = person + 1, .p = i % 2 == 0 ? .5 : .6};
            crash_must(wp_stated_tie_put(txn, &tie, &err), &err, "wp_stated_tie_put");
        }
        crash_must(wp_commit(txn, &err), &err, "wp_commit");
    }
    return file_bytes(path) - begin_bytes;
}

static void snapshot__of_a_dead_reader_is_given_up(void **state)
{
    char path[4096];
    progress *shared = crash_share(sizeof *shared);
    wp_error err;
    wp_txn *txn = NULL;
    (void)state;
    (void)snprintf(path, sizeof path, "%s", scratch_path("dead-reader.warmpath"));
    crash_create(path);
    wp_db *db = crash_open(path);
    put_people(db);
    (void)change_in_place(db, path, 100);
    uint64_t alone = change_in_place(db, path, 600);

    pid_t hung = crash_fork();
    if (hung == 0)
        read_and_hang(path, shared);
    crash_await(&shared->stage, 1, hung, 0);
    crash_kill(hung);
    uint64_t noticed = change_in_place(db, path, 600);
    wp_close(db);
    db = crash_open(path);
    uint64_t reopened = change_in_place(db, path, 600);
    /* Last, because the pages that it makes free would hide what the others take. */
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    uint64_t pinned = change_in_place(db, path, 600);
    wp_abort(txn);
    printf("600 commits grow the file by %" PRIu64 " bytes; after a reader died by %" PRIu64
           ", opened again by %" PRIu64 ", with a living reader by %" PRIu64 "\n",
           alone, noticed, reopened, pinned);
    assert_true(pinned > 4000000); /* else this test would not see the difference */
    assert_true(noticed < pinned / 4 && reopened < 200000 && alone < 200000);
    crash_check_db(db, "after a reader died");
    wp_close(db);
}

/* Die with a snapshot held, by kill, `count` times in a row from different processes. */
static void snapshot__slots_of_dead_readers_come_back(void **state)
{
    char path[4096];
    progress *shared = crash_share(sizeof *shared);
    wp_error err;
    wp_stats stats;
    wp_txn *txn = NULL;
    (void)state;
    (void)snprintf(path, sizeof path, "%s", scratch_path("dead-readers.warmpath"));
    crash_create(path);
    wp_db *db = crash_open(path);
    put_people(db);
    for (int i = 0; i < 20; i++) {
        shared->stage = 0;
        pid_t hung = crash_fork();
        if (hung == 0)
            read_and_hang(path, shared);
        crash_await(&shared->stage, 1, hung, 0);
        crash_kill(hung);
    }
    wp_close(db);
    db = crash_open(path);
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    crash_must(wp_stats_get(txn, &stats, &err), &err, "wp_stats_get");
    assert_in_range(stats.readers, 1, 4);
    wp_abort(txn);
    wp_close(db);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(snapshot__is_consistent_while_others_write),
        cmocka_unit_test(snapshot__outlives_a_killed_writer),
        cmocka_unit_test(snapshot__of_a_dead_reader_is_given_up),
        cmocka_unit_test(snapshot__slots_of_dead_readers_come_back),
    };
    if (!crash_arguments_read(argc, argv, "snapshots", &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
