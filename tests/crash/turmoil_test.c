/*
 * Two writing and three reading processes, of which a random one is killed again and again: every
 * snapshot that anybody sees is one of the model.
 *
 * Message N of a seed always has the same sender and recipient, so that the total kept in a mark
 * says how many messages each of the ties has. Writers take turns as they come: each transaction
 * reads the total, adds a few messages and, now and then, compacts the file afterwards. Readers
 * compare mark, number of interactions, and the messages of every tie with the model, twice in one
 * snapshot. The parent kills one process after the other and starts another in its place. At the
 * end of a file, which is after some thousand messages, wp_check must find no fault and the total
 * must be at least what was acknowledged.
 *
 * `--kills N` from `--seed N`, in two groups of processes at once; there are at least twenty
 * snapshots a kill.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_process.h"
#include "crash_world.h"
#include "random.h"
#include "scratch.h"

#define LANES 2u
#define WRITERS 2
#define PROCESSES 5
#define PEOPLE 6
#define MESSAGES_MAX 1500 /* Of one file. */
#define SNAPSHOTS_A_KILL 20
#define PATIENCE_NS UINT64_C(60000000000)
#define TOTAL "messages sent"
#define DAY_S 86400

static crash_arguments arguments = {1, 2500};

/* What a group of processes shares. */
typedef struct group {
    char path[4096];
    uint64_t seed;
    _Atomic uint64_t acknowledged; /* Messages known to be stored. */
    _Atomic uint64_t snapshots;
} group;

/* For the summary; shared by all groups. */
typedef struct tally {
    _Atomic uint64_t kills_of_writers;
    _Atomic uint64_t kills_of_readers;
    _Atomic uint64_t snapshots;
    _Atomic uint64_t messages;
    _Atomic uint64_t files;
} tally;

/* The messages of each pair after the first `total` ones. */
typedef struct model {
    uint64_t total;
    uint32_t messages[PEOPLE + 1][PEOPLE + 1];
} model;

static void pick_pair(uint64_t seed, uint64_t number, wp_number *from, wp_number *to)
{
    random_source random = random_start(seed, number);
    *from = (wp_number)(1 + random_below(&random, PEOPLE));
    *to = (wp_number)(1 + (*from + random_below(&random, PEOPLE - 1)) % PEOPLE);
}

/* ---- writers -------------------------------------------------------------------------------- */

static void put_message(wp_txn *txn, uint64_t seed, uint64_t number)
{
    char source[32];
    wp_error err;
    wp_participant recipient = {0, WP_ROLE_TO};
    wp_interaction message = WP_INTERACTION_INIT;
    pick_pair(seed, number, &message.from, &recipient.person);
    (void)snprintf(source, sizeof source, "m%" PRIu64, number);
    message.source = source;
    message.time_s = (CRASH_DAY - 300 + (int64_t)(number % 300)) * DAY_S;
    message.to = &recipient;
    message.to_count = 1;
    crash_must(wp_interaction_put(txn, &message, NULL, &err), &err, "wp_interaction_put");
}

static uint64_t write_once(wp_db *db, uint64_t seed, random_source *random)
{
    uint64_t total = 0, count = 1 + random_below(random, 4);
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    crash_must(wp_mark_get(txn, TOTAL, &total, &err), &err, "wp_mark_get");
    for (uint64_t i = 0; i < count; i++)
        put_message(txn, seed, total + i);
    crash_must(wp_mark_put(txn, TOTAL, total + count, &err), &err, "wp_mark_put");
    if (random_chance(random, .1)) {
        wp_abort(txn);
        return total;
    }
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
    return total + count;
}

/* Raise a shared number to a value, whoever else does. */
static void raise_to(_Atomic uint64_t *number, uint64_t value)
{
    uint64_t seen = *number;
    while (seen < value && !atomic_compare_exchange_weak(number, &seen, value))
        ;
}

/* Write until killed; only wait when the file has become large. */
static void write_on(group *self, random_source random)
{
    wp_db *db = crash_open(self->path);
    wp_error err;
    for (;;) {
        uint64_t total = write_once(db, self->seed, &random);
        raise_to(&self->acknowledged, total);
        if (random_chance(&random, .05))
            crash_must(wp_compact(db, NULL, NULL, &err), &err, "wp_compact");
        crash_pause_ns(total < MESSAGES_MAX ? 200000 : 5000000);
    }
}

/* ---- readers -------------------------------------------------------------------------------- */

static void advance(model *self, uint64_t seed, uint64_t total)
{
    for (; self->total < total; self->total++) {
        wp_number from, to;
        pick_pair(seed, self->total, &from, &to);
        self->messages[from][to]++;
    }
}

static void compare_ties(wp_txn *txn, const model *expected, wp_number person)
{
    uint32_t seen[PEOPLE + 1] = {0};
    wp_ties ties;
    wp_error err;
    crash_must(wp_person_ties(txn, person, CRASH_DAY, false, &ties, &err), &err, "wp_person_ties");
    for (size_t i = 0; i < ties.count; i++)
        seen[ties.items[i].to] = ties.items[i].messages_out;
    wp_ties_free(&ties);
    if (memcmp(seen, expected->messages[person], sizeof seen) != 0)
        crash_fail("a snapshot of %" PRIu64 " messages has other ties from %u", expected->total,
                   person);
}

static void compare(wp_txn *txn, group *self, model *expected)
{
    uint64_t total = 0;
    wp_stats stats;
    wp_error err;
    crash_must(wp_mark_get(txn, TOTAL, &total, &err), &err, "wp_mark_get");
    if (total < expected->total)
        crash_fail("a later snapshot has %" PRIu64 " messages after %" PRIu64, total,
                   expected->total);
    advance(expected, self->seed, total);
    crash_must(wp_stats_get(txn, &stats, &err), &err, "wp_stats_get");
    if (stats.interactions != total)
        crash_fail("a snapshot of %" PRIu64 " messages has %" PRIu64 " interactions", total,
                   stats.interactions);
    for (wp_number person = 1; person <= PEOPLE; person++)
        compare_ties(txn, expected, person);
}

/* Look at one snapshot twice, which must be no older than what was acknowledged. */
static void look(wp_db *db, group *self, model *expected)
{
    wp_txn *txn = NULL;
    wp_error err;
    uint64_t acknowledged = self->acknowledged;
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    compare(txn, self, expected);
    uint64_t total = expected->total;
    compare(txn, self, expected);
    wp_abort(txn);
    if (expected->total != total || total < acknowledged)
        crash_fail("a snapshot of %" PRIu64 ", then %" PRIu64 " messages; %" PRIu64
                   " were acknowledged",
                   total, expected->total, acknowledged);
    self->snapshots++;
}

static void read_on(group *self)
{
    wp_db *db = crash_open(self->path);
    model expected = {0};
    for (;;) {
        look(db, self, &expected);
        crash_pause_ns(100000);
    }
}

/* ---- the parent ----------------------------------------------------------------------------- */

static void make_file(group *self, unsigned lane, uint64_t number)
{
    char name[64];
    wp_error err;
    wp_txn *txn = NULL;
    (void)snprintf(name, sizeof name, "turmoil-%u-%" PRIu64 ".warmpath", lane, number);
    (void)snprintf(self->path, sizeof self->path, "%s", scratch_path(name));
    self->seed = arguments.seed * 1000003 + number * LANES + lane;
    self->acknowledged = 0;
    crash_create(self->path);
    wp_db *db = crash_open(self->path);
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    crash_people_put(txn, PEOPLE);
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
    wp_close(db);
}

static pid_t start(group *self, size_t index, random_source *random)
{
    random_source own = random_start(random_bits(random), 0);
    pid_t child = crash_fork();
    if (child == 0 && index < WRITERS)
        write_on(self, own);
    else if (child == 0)
        read_on(self);
    return child;
}

static void end_file(const group *self, tally *totals)
{
    model expected = {0};
    wp_txn *txn = NULL;
    wp_error err;
    group copy = *self;
    wp_db *db = crash_open(self->path);
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    compare(txn, &copy, &expected);
    wp_abort(txn);
    crash_check_db(db, "after all died");
    wp_close(db);
    if (expected.total < self->acknowledged)
        crash_fail("%s has %" PRIu64 " messages, %" PRIu64 " were acknowledged", self->path,
                   expected.total, self->acknowledged);
    totals->messages += expected.total;
    totals->files++;
}

/* Wait asleep, since the processes need what there is of processors. */
static void await_snapshots(const group *self, uint64_t wanted)
{
    uint64_t end = crash_now_ns() + PATIENCE_NS * CRASH_PATIENCE;
    while (self->snapshots < wanted) {
        if (crash_now_ns() > end)
            crash_fail("%s: no snapshots for a minute", self->path);
        (void)usleep(200);
    }
}

/* Kill until the file is large, or as often as asked. Returns the number of kills. */
static uint64_t disturb(group *self, uint64_t kills_max, random_source *random, tally *totals)
{
    pid_t children[PROCESSES];
    uint64_t kills = 0;
    for (size_t i = 0; i < PROCESSES; i++)
        children[i] = start(self, i, random);
    while (kills < kills_max && self->acknowledged < MESSAGES_MAX) {
        size_t victim = random_below(random, PROCESSES);
        uint64_t seen = self->snapshots;
        crash_pause_ns(random_below(random, 3000000));
        crash_kill(children[victim]);
        children[victim] = start(self, victim, random);
        await_snapshots(self, seen + SNAPSHOTS_A_KILL);
        totals->kills_of_writers += victim < WRITERS;
        totals->kills_of_readers += victim >= WRITERS;
        kills++;
    }
    for (size_t i = 0; i < PROCESSES; i++)
        crash_kill(children[i]);
    return kills;
}

static void disturb_files(unsigned lane, void *context)
{
    tally *totals = context;
    group *self = crash_share(sizeof *self);
    random_source random = random_start(arguments.seed, lane);
    uint64_t left = arguments.count / LANES + (lane < arguments.count % LANES);
    for (uint64_t number = 0; left > 0; number++) {
        make_file(self, lane, number);
        left -= disturb(self, left, &random, totals);
        end_file(self, totals);
    }
    totals->snapshots += self->snapshots;
}

static void turmoil__shows_only_states_of_the_model(void **state)
{
    tally *totals = crash_share(sizeof *totals);
    (void)state;
    crash_lanes(LANES, disturb_files, totals);
    uint64_t kills = totals->kills_of_writers + totals->kills_of_readers;
    printf("class 2: %" PRIu64 " kills (writers %" PRIu64 "), %" PRIu64
           " snapshots, 0 bad; %" PRIu64 " messages in %" PRIu64 " files\n",
           kills, totals->kills_of_writers, totals->snapshots, totals->messages, totals->files);
    assert_int_equal(kills, arguments.count);
    assert_true(totals->snapshots >= kills * SNAPSHOTS_A_KILL);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(turmoil__shows_only_states_of_the_model)};
    if (!crash_arguments_read(argc, argv, "kills", &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
