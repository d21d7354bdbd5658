/*
 * A writer that is killed at a random moment loses nothing that it was told is stored.
 *
 * A child process creates a database, opens it and commits one batch after another (see
 * crash_world.h), counting in shared memory the commits that returned. The parent kills it: while
 * it creates, while it opens, between two system calls of a commit, or some milliseconds later.
 * What is then in the file must be every batch acknowledged, at most one more, and nothing of any
 * further one; wp_check finds no fault; all contents equal those of a database that got as many
 * batches undisturbed; and the next writer goes on from there.
 *
 * `--kills N` of them, from `--seed N`. Every twelve kills a new file with batches of its own is
 * begun. Moments depend on the machine: a seed repeats the batches and the plan of the kills, not
 * the instruction that is hit.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_process.h"
#include "crash_world.h"
#include "random.h"
#include "scratch.h"

#define KILLS_A_FILE 12
#define KILLS_CREATING_MAX 4  /* Of one file; then it may come to be. */
#define BATCHES_A_WRITER 1000 /* A writer that is not killed in time stops here. */
#define MICROSECOND_NS UINT64_C(1000)

static crash_arguments arguments = {1, 600};

/* How far a writer came, in shared memory. */
typedef struct progress {
    _Atomic uint64_t stage;
    _Atomic uint64_t acknowledged; /* Batches known to be stored. */
} progress;

enum { STAGE_NOTHING, STAGE_CREATING, STAGE_OPENING, STAGE_WRITING };

/* When a writer is killed. */
typedef enum moment {
    MOMENT_CREATING,  /* While wp_create() runs, or shortly after it. */
    MOMENT_OPENING,   /* Within two milliseconds of the beginning of wp_open(). */
    MOMENT_COMMITTED, /* Within microseconds of a commit. */
    MOMENT_WRITING,   /* Within milliseconds of the first batch. */
    MOMENT_COUNT
} moment;

/* One database file and what it must contain. */
typedef struct life {
    char path[4096];
    uint64_t seed;
    uint64_t batches; /* In the file. */
    wp_db *undisturbed;
    uint64_t undisturbed_batches;
    uint64_t creating_ns; /* How long it took to create the undisturbed one. */
    unsigned kills_creating;
} life;

/* What happened, for the summary. */
typedef struct tally {
    uint64_t kills[MOMENT_COUNT];
    uint64_t without_file;
    uint64_t unacknowledged; /* Batches that were stored though nobody was told. */
    uint64_t batches;
} tally;

static void write_on(const life *self, progress *shared)
{
    if (access(self->path, F_OK) != 0) {
        shared->stage = STAGE_CREATING;
        crash_create(self->path);
    }
    shared->stage = STAGE_OPENING;
    wp_db *db = crash_open(self->path);
    shared->stage = STAGE_WRITING;
    for (uint64_t i = 0; i < BATCHES_A_WRITER; i++) {
        crash_batch_commit(db, self->seed, self->batches + i);
        shared->acknowledged = self->batches + i + 1;
    }
    wp_close(db);
    _exit(0);
}

/* A time of up to `longest_ns` of which short ones are as likely as long ones. */
static uint64_t pick_pause_ns(random_source *random, uint64_t longest_ns)
{
    uint64_t longest = longest_ns >> random_below(random, 10);
    return (uint64_t)random_between(random, 0, (int64_t)longest);
}

/* Let the writer come to the moment planned. */
static void wait_for(moment when, random_source *random, const life *self, const progress *shared,
                     pid_t writer)
{
    uint64_t further = 0, pause_ns = 0;
    switch (when) {
    case MOMENT_CREATING:
        crash_await(&shared->stage, STAGE_CREATING, writer, 0);
        pause_ns = (uint64_t)random_between(random, 0, (int64_t)self->creating_ns * 5 / 4);
        break;
    case MOMENT_OPENING:
        crash_await(&shared->stage, STAGE_OPENING, writer, 0);
        pause_ns = pick_pause_ns(random, 2000 * MICROSECOND_NS);
        break;
    case MOMENT_COMMITTED:
        further = 1 + random_below(random, 6);
        crash_await(&shared->acknowledged, self->batches + further, writer, 0);
        pause_ns = pick_pause_ns(random, 400 * MICROSECOND_NS);
        break;
    case MOMENT_WRITING:
    case MOMENT_COUNT:
        crash_await(&shared->stage, STAGE_WRITING, writer, 0);
        pause_ns = pick_pause_ns(random, 20000 * MICROSECOND_NS);
        break;
    }
    crash_pause_ns(pause_ns);
}

/* The number of batches that are wholly there; none may be there in part. */
static uint64_t count_batches(const life *self, wp_txn *txn, uint64_t acknowledged)
{
    uint64_t mark = 0;
    wp_error err;
    crash_must(wp_mark_get(txn, CRASH_MARK, &mark, &err), &err, "wp_mark_get");
    if (mark < acknowledged || mark > acknowledged + 1)
        crash_fail("%s has %" PRIu64 " batches, %" PRIu64 " were acknowledged", self->path, mark,
                   acknowledged);
    for (uint64_t batch = 0; batch < acknowledged + 3; batch++) {
        size_t found, total;
        crash_batch_count(txn, self->seed, batch, &found, &total);
        if (found != (batch < mark ? total : 0))
            crash_fail("%s has %zu of %zu interactions of batch %" PRIu64 " of %" PRIu64,
                       self->path, found, total, batch, mark);
    }
    return mark;
}

/* Everything equals an undisturbed database with as many batches. */
static void compare_with_undisturbed(life *self, wp_txn *txn)
{
    char *seen = NULL;
    wp_error err;
    while (self->undisturbed_batches < self->batches)
        crash_batch_commit(self->undisturbed, self->seed, self->undisturbed_batches++);
    char *expected = crash_dump_db(self->undisturbed);
    crash_must(crash_dump(txn, &seen, &err), &err, "reading everything after a kill");
    if (strcmp(expected, seen) != 0) {
        crash_dump_compare(expected, seen);
        crash_fail("%s with %" PRIu64 " batches is not what was stored", self->path, self->batches);
    }
    free(expected);
    free(seen);
}

/* Look at the file after a kill. Returns false when there is none yet. */
static bool examine(life *self, const progress *shared, tally *totals)
{
    wp_txn *txn = NULL;
    wp_error err;
    if (access(self->path, F_OK) != 0) {
        if (shared->stage > STAGE_CREATING || self->batches > 0)
            crash_fail("%s has vanished", self->path);
        return false;
    }
    wp_db *db = crash_open(self->path);
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read after a kill");
    self->batches = count_batches(self, txn, shared->acknowledged);
    totals->unacknowledged += self->batches - shared->acknowledged;
    compare_with_undisturbed(self, txn);
    if (crash_check(txn) != 0)
        crash_fail("faults in %s after a kill", self->path);
    wp_abort(txn);
    wp_close(db);
    return true;
}

static life begin_life(uint64_t number)
{
    char name[64];
    life self = {.seed = arguments.seed * 1000003 + number};
    (void)snprintf(name, sizeof name, "undisturbed-%" PRIu64 ".warmpath", number);
    uint64_t begin_ns = crash_now_ns();
    crash_create(scratch_path(name));
    self.creating_ns = crash_now_ns() - begin_ns;
    self.undisturbed = crash_open(scratch_path(name));
    (void)snprintf(name, sizeof name, "killed-%" PRIu64 ".warmpath", number);
    (void)snprintf(self.path, sizeof self.path, "%s", scratch_path(name));
    return self;
}

/* Nobody disturbs the last writer. */
static void end_life(life *self, tally *totals)
{
    if (access(self->path, F_OK) != 0)
        crash_create(self->path);
    wp_db *db = crash_open(self->path);
    wp_txn *txn = NULL;
    wp_error err;
    for (int i = 0; i < 2; i++)
        crash_batch_commit(db, self->seed, self->batches++);
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    compare_with_undisturbed(self, txn);
    wp_abort(txn);
    crash_check_db(db, "after the last writer");
    wp_close(db);
    wp_close(self->undisturbed);
    totals->batches += self->batches;
}

static void kill_once(life *self, progress *shared, random_source *random, tally *totals)
{
    moment when = (moment)random_between(random, MOMENT_OPENING, MOMENT_WRITING);
    if (access(self->path, F_OK) != 0 && self->kills_creating++ < KILLS_CREATING_MAX)
        when = MOMENT_CREATING;
    shared->stage = STAGE_NOTHING;
    shared->acknowledged = self->batches;
    pid_t writer = crash_fork();
    if (writer == 0)
        write_on(self, shared);
    wait_for(when, random, self, shared, writer);
    crash_kill(writer);
    totals->kills[when]++;
    if (!examine(self, shared, totals))
        totals->without_file++;
}

static void kill__loses_nothing_acknowledged(void **state)
{
    progress *shared = crash_share(sizeof *shared);
    random_source random = random_start(arguments.seed, 0);
    tally totals = {.batches = 0};
    uint64_t kills = 0;
    (void)state;
    for (uint64_t number = 0; kills < arguments.count; number++) {
        life self = begin_life(number);
        for (int i = 0; i < KILLS_A_FILE && kills < arguments.count; i++, kills++)
            kill_once(&self, shared, &random, &totals);
        end_life(&self, &totals);
    }
    printf("kills %" PRIu64 ": creating %" PRIu64 " (no file yet %" PRIu64 "), opening %" PRIu64
           ", after a commit %" PRIu64 ", writing %" PRIu64 "; batches %" PRIu64
           ", stored unacknowledged %" PRIu64 "; lost 0\n",
           kills, totals.kills[MOMENT_CREATING], totals.without_file, totals.kills[MOMENT_OPENING],
           totals.kills[MOMENT_COMMITTED], totals.kills[MOMENT_WRITING], totals.batches,
           totals.unacknowledged);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kill__loses_nothing_acknowledged)};
    if (!crash_arguments_read(argc, argv, "kills", &arguments))
        return 2;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_remove();
    return failed == 0 ? 0 : 1;
}
