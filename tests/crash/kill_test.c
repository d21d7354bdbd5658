/*
 * A writer that is killed at a random moment loses nothing that it was told is stored.
 *
 * A child process creates a database, opens it and does one step after another (crash_steps.h),
 * among them removals of sources, compactions and merges, counting in shared memory the commits
 * that returned. The parent kills it: while it creates, while it opens, between two system calls of
 * a commit, within a removal or compaction, or some milliseconds later. What is then in the file
 * must be every step acknowledged and at most one more; wp_check finds no fault; once the removal
 * or compaction that was under way is done again, all contents equal those of a database that got
 * as many steps undisturbed; and the next writer goes on from there.
 *
 * `--kills N` of them, from `--seed N`, in several processes at once. Every sixteen kills a new
 * file with steps of its own is begun. Moments depend on the machine: a seed repeats the steps and
 * the plan of the kills, not the instruction that is hit.
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
#include "crash_steps.h"
#include "crash_world.h"
#include "random.h"
#include "scratch.h"

#define LANES 4
#define KILLS_A_FILE 16
#define KILLS_CREATING_MAX 4 /* Of one file; then it may come to be. */
#define STEPS_A_WRITER 200   /* A writer that is not killed in time stops here. */
#define MICROSECOND_NS UINT64_C(1000)

static crash_arguments arguments = {1, 10000};

/* How far a writer came, in shared memory. */
typedef struct progress {
    _Atomic uint64_t stage;
    _Atomic uint64_t acknowledged; /* Steps known to be stored. */
    _Atomic uint64_t maintenance;  /* Removals and compactions begun. */
} progress;

enum { STAGE_NOTHING, STAGE_CREATING, STAGE_OPENING, STAGE_WRITING };

/* When a writer is killed. */
typedef enum moment {
    MOMENT_CREATING,    /* While wp_create() runs, or shortly after it. */
    MOMENT_OPENING,     /* Within two milliseconds of the beginning of wp_open(). */
    MOMENT_COMMITTED,   /* Within microseconds of a commit. */
    MOMENT_WRITING,     /* Within milliseconds of the first step. */
    MOMENT_MAINTAINING, /* Within a removal or compaction, or shortly after it. */
    MOMENT_COUNT
} moment;

/* One database file and what it must contain. */
typedef struct life {
    char path[4096];
    uint64_t seed;
    uint64_t steps; /* In the file. */
    wp_db *undisturbed;
    uint64_t undisturbed_steps;
    uint64_t creating_ns; /* How long it took to create the undisturbed one. */
    unsigned kills_creating;
} life;

/* What happened, for the summary; shared by all lanes. */
typedef struct tally {
    _Atomic uint64_t kills[MOMENT_COUNT];
    _Atomic uint64_t without_file;
    _Atomic uint64_t unacknowledged; /* Steps that were stored though nobody was told. */
    _Atomic uint64_t steps;
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
    for (uint64_t step = self->steps; step < self->steps + STEPS_A_WRITER; step++) {
        shared->maintenance += crash_step_has_maintenance(step);
        crash_step_maintain(db, self->seed, step);
        crash_step_store(db, self->seed, step);
        shared->acknowledged = step + 1;
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
        further = 1 + random_below(random, 3);
        crash_await(&shared->acknowledged, self->steps + further, writer, 0);
        pause_ns = pick_pause_ns(random, 400 * MICROSECOND_NS);
        break;
    case MOMENT_MAINTAINING:
        crash_await(&shared->maintenance, 1, writer, 0);
        pause_ns = pick_pause_ns(random, 1500 * MICROSECOND_NS);
        break;
    case MOMENT_WRITING:
    case MOMENT_COUNT:
        crash_await(&shared->stage, STAGE_WRITING, writer, 0);
        pause_ns = pick_pause_ns(random, 5000 * MICROSECOND_NS);
        break;
    }
    crash_pause_ns(pause_ns);
}

/* The number of steps that are stored. What belongs to each, the comparison tells. */
static uint64_t count_steps(const life *self, wp_txn *txn, uint64_t acknowledged)
{
    uint64_t mark = 0;
    wp_error err;
    crash_must(wp_mark_get(txn, CRASH_MARK, &mark, &err), &err, "wp_mark_get");
    if (mark < acknowledged || mark > acknowledged + 1)
        crash_fail("%s has %" PRIu64 " steps, %" PRIu64 " were acknowledged", self->path, mark,
                   acknowledged);
    return mark;
}

/* Everything equals an undisturbed database with as many steps, the first part of the next one
 * included, which the writer may have begun. */
static void compare_with_undisturbed(life *self, wp_db *db)
{
    for (; self->undisturbed_steps < self->steps; self->undisturbed_steps++) {
        crash_step_maintain(self->undisturbed, self->seed, self->undisturbed_steps);
        crash_step_store(self->undisturbed, self->seed, self->undisturbed_steps);
    }
    crash_step_maintain(self->undisturbed, self->seed, self->steps);
    crash_step_maintain(db, self->seed, self->steps);
    char *expected = crash_steps_describe_db(self->undisturbed);
    char *seen = crash_steps_describe_db(db);
    if (strcmp(expected, seen) != 0) {
        crash_dump_compare(expected, seen);
        crash_fail("%s of seed %" PRIu64 " with %" PRIu64 " steps is not what was stored",
                   self->path, self->seed, self->steps);
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
        if (shared->stage > STAGE_CREATING || self->steps > 0)
            crash_fail("%s has vanished", self->path);
        return false;
    }
    wp_db *db = crash_open(self->path);
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read after a kill");
    self->steps = count_steps(self, txn, shared->acknowledged);
    totals->unacknowledged += self->steps - shared->acknowledged;
    if (crash_check(txn) != 0)
        crash_fail("faults in %s of seed %" PRIu64 " after a kill", self->path, self->seed);
    wp_abort(txn);
    compare_with_undisturbed(self, db);
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
    for (int i = 0; i < 2; i++, self->steps++) {
        crash_step_maintain(db, self->seed, self->steps);
        crash_step_store(db, self->seed, self->steps);
    }
    compare_with_undisturbed(self, db);
    crash_check_db(db, "after the last writer");
    wp_close(db);
    wp_close(self->undisturbed);
    totals->steps += self->steps;
}

static void kill_once(life *self, progress *shared, random_source *random, tally *totals)
{
    moment when = (moment)random_between(random, MOMENT_OPENING, MOMENT_MAINTAINING);
    if (access(self->path, F_OK) != 0 && self->kills_creating++ < KILLS_CREATING_MAX)
        when = MOMENT_CREATING;
    shared->stage = STAGE_NOTHING;
    shared->acknowledged = self->steps;
    shared->maintenance = 0;
    pid_t writer = crash_fork();
    if (writer == 0)
        write_on(self, shared);
    wait_for(when, random, self, shared, writer);
    crash_kill(writer);
    totals->kills[when]++;
    if (!examine(self, shared, totals))
        totals->without_file++;
}

/* The share of one lane. Lives are numbered so that no two lanes have the same. */
static void kill_many(unsigned lane, void *context)
{
    tally *totals = context;
    progress *shared = crash_share(sizeof *shared);
    random_source random = random_start(arguments.seed, lane);
    uint64_t share = arguments.count / LANES + (lane < arguments.count % LANES);
    uint64_t kills = 0;
    for (uint64_t number = lane; kills < share; number += LANES) {
        life self = begin_life(number);
        for (int i = 0; i < KILLS_A_FILE && kills < share; i++, kills++)
            kill_once(&self, shared, &random, totals);
        end_life(&self, totals);
    }
}

static void kill__loses_nothing_acknowledged(void **state)
{
    tally *totals = crash_share(sizeof *totals);
    (void)state;
    crash_lanes(LANES, kill_many, totals);
    uint64_t kills = 0;
    for (size_t i = 0; i < MOMENT_COUNT; i++)
        kills += totals->kills[i];
    printf("class 1: %" PRIu64 " kills, 0 lost: creating %" PRIu64 " (no file yet %" PRIu64
           "), opening %" PRIu64 ", after a commit %" PRIu64 ", writing %" PRIu64
           ", removing or compacting %" PRIu64 "; %" PRIu64 " steps, stored unacknowledged %" PRIu64
           "\n",
           kills, totals->kills[MOMENT_CREATING], totals->without_file,
           totals->kills[MOMENT_OPENING], totals->kills[MOMENT_COMMITTED],
           totals->kills[MOMENT_WRITING], totals->kills[MOMENT_MAINTAINING], totals->steps,
           totals->unacknowledged);
    assert_int_equal(kills, arguments.count);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kill__loses_nothing_acknowledged)};
    if (!crash_arguments_read(argc, argv, "kills", &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
