/*
 * Millions of small operations against a model in memory, cursors with deletions in flight among
 * them.
 *
 * The model is what a hand states among thirty people: ties, decisions, and marks. Transactions
 * hold some hundred operations each: stating a tie or taking it back, reading one, marks,
 * decisions, and walks along the cursor of stated ties, during which ties before, at and behind the
 * cursor are taken back and stated anew. A walk must show each tie that stays exactly once, none
 * that is gone, and the value of the moment. One transaction in eight is aborted, and the model
 * goes back with it; after the others everything is compared in a snapshot. Now and then the file
 * is compacted, checked deeply, or closed and opened.
 *
 * `--operations N` in all, from `--seed N`, in two processes at once.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crash_process.h"
#include "crash_world.h"
#include "random.h"
#include "scratch.h"

#define LANES 2u
#define PEOPLE 30
#define MARKS 8
#define OPERATIONS_A_TRANSACTION 400

static crash_arguments arguments = {1, 5000000};

/* What is stated; 0 is nothing. */
typedef struct model {
    double ties[PEOPLE + 1][PEOPLE + 1];
    bool has_opted_out[PEOPLE + 1];
    uint64_t marks[MARKS];
} model;

typedef struct world {
    char path[4096];
    wp_db *db;
    wp_txn *txn;
    model now;
    model committed;
    random_source random;
    uint64_t operations;
    uint64_t in_flight; /* changes made during walks */
} world;

/* For the summary; shared by the lanes. */
typedef struct tally {
    _Atomic uint64_t operations;
    _Atomic uint64_t in_flight;
    _Atomic uint64_t transactions;
} tally;

static size_t pick(world *self)
{
    return 1 + random_below(&self->random, PEOPLE);
}

static void open_file(world *self, bool is_new)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wp_error err;
    options.is_unsynced = is_new; /* while it may be */
    crash_must(wp_open(self->path, &options, &self->db, &err), &err, "wp_open");
}

static void begin(world *self, bool is_write)
{
    wp_error err;
    crash_must(is_write ? wp_begin_write(self->db, &self->txn, &err)
                        : wp_begin_read(self->db, &self->txn, &err),
               &err, "beginning a transaction");
}

static void put_people(world *self)
{
    wp_error err;
    begin(self, true);
    crash_people_put(self->txn, PEOPLE);
    crash_must(wp_commit(self->txn, &err), &err, "wp_commit");
}

/* ---- operations ------------------------------------------------------------------------------ */

static void state_tie(world *self, size_t from, size_t to, double p)
{
    wp_error err;
    wp_stated_tie tie = {.from = (wp_number)from, .to = (wp_number)to, .p = p};
    crash_must(wp_stated_tie_put(self->txn, &tie, &err), &err, "wp_stated_tie_put");
    self->now.ties[from][to] = p;
    self->operations++;
}

static void change_tie(world *self)
{
    size_t from = pick(self), to = pick(self);
    double p = random_chance(&self->random, .4) ? 0 : (double)pick(self) / (PEOPLE + 1);
    if (from != to)
        state_tie(self, from, to, p);
}

static void read_tie(world *self, size_t from, size_t to)
{
    wp_error err;
    wp_stated_tie tie = {.from = (wp_number)from, .to = (wp_number)to, .source = WP_SOURCE_HAND};
    wp_status status = wp_stated_tie_get(self->txn, &tie, &err);
    if (status != WP_ENOTFOUND)
        crash_must(status, &err, "wp_stated_tie_get");
    double seen = status == WP_OK ? tie.p : 0;
    if (seen != self->now.ties[from][to])
        crash_fail("tie %zu to %zu is %g, expected %g", from, to, seen, self->now.ties[from][to]);
    self->operations++;
}

static void use_mark(world *self)
{
    char name[32];
    wp_error err;
    uint64_t seen = 0;
    size_t mark = random_below(&self->random, MARKS);
    (void)snprintf(name, sizeof name, "mark %zu", mark);
    crash_must(wp_mark_get(self->txn, name, &seen, &err), &err, "wp_mark_get");
    if (seen != self->now.marks[mark])
        crash_fail("%s is %" PRIu64 ", expected %" PRIu64, name, seen, self->now.marks[mark]);
    self->now.marks[mark] = random_chance(&self->random, .3) ? 0 : random_bits(&self->random);
    crash_must(wp_mark_put(self->txn, name, self->now.marks[mark], &err), &err, "wp_mark_put");
    self->operations += 2;
}

static void decide(world *self)
{
    wp_error err;
    size_t person = pick(self);
    wp_consent consent = WP_CONSENT_INIT;
    self->now.has_opted_out[person] = random_chance(&self->random, .5);
    consent.person = (wp_number)person;
    consent.introductions = self->now.has_opted_out[person] ? WP_CHOICE_OUT : WP_CHOICE_IN;
    crash_must(wp_consent_put(self->txn, &consent, &err), &err, "wp_consent_put");
    self->operations++;
}

/* Change something before, at or behind the cursor. Whatever changed may or may not be shown. */
static void change_in_flight(world *self, const wp_stated_tie *at,
                             bool is_free[PEOPLE + 1][PEOPLE + 1])
{
    bool is_here = random_chance(&self->random, .3);
    size_t from = is_here ? at->from : pick(self), to = is_here ? at->to : pick(self);
    if (from == to)
        return;
    is_free[from][to] = true;
    state_tie(self, from, to, random_chance(&self->random, .7) ? 0 : .5);
    self->in_flight++;
}

static void walk(world *self)
{
    bool is_seen[PEOPLE + 1][PEOPLE + 1] = {{false}}, is_free[PEOPLE + 1][PEOPLE + 1] = {{false}};
    wp_stated_tie tie = {0};
    wp_status status;
    wp_error err;
    bool is_changing = random_chance(&self->random, .7);
    while ((status = wp_stated_tie_next(self->txn, &tie, &err)) == WP_OK) {
        if (self->now.ties[tie.from][tie.to] != tie.p || tie.p == 0)
            crash_fail("the cursor shows %u to %u as %g, expected %g", tie.from, tie.to, tie.p,
                       self->now.ties[tie.from][tie.to]);
        if (is_seen[tie.from][tie.to])
            crash_fail("the cursor shows %u to %u twice", tie.from, tie.to);
        is_seen[tie.from][tie.to] = true;
        self->operations++;
        if (is_changing && random_chance(&self->random, .2))
            change_in_flight(self, &tie, is_free);
    }
    if (status != WP_ENOTFOUND)
        crash_must(status, &err, "wp_stated_tie_next");
    for (size_t from = 1; from <= PEOPLE; from++)
        for (size_t to = 1; to <= PEOPLE; to++)
            if (!is_free[from][to] && is_seen[from][to] != (self->now.ties[from][to] != 0))
                crash_fail("the cursor missed %zu to %zu", from, to);
}

/* ---- transactions ---------------------------------------------------------------------------- */

static void write_some(world *self)
{
    wp_error err;
    uint64_t end = self->operations + 1 + random_below(&self->random, OPERATIONS_A_TRANSACTION);
    begin(self, true);
    while (self->operations < end) {
        size_t what = random_below(&self->random, 100);
        if (what < 30)
            change_tie(self);
        else if (what < 85)
            read_tie(self, pick(self), pick(self));
        else if (what < 95)
            use_mark(self);
        else if (what < 98)
            decide(self);
        else
            walk(self);
    }
    if (random_chance(&self->random, .125)) {
        wp_abort(self->txn);
        self->now = self->committed;
    } else {
        crash_must(wp_commit(self->txn, &err), &err, "wp_commit");
        self->committed = self->now;
    }
}

/* Everything, in a snapshot; whether a tie is read as one follows from what is stated. */
static void compare_all(world *self)
{
    wp_error err;
    begin(self, false);
    for (size_t from = 1; from <= PEOPLE; from++) {
        wp_stated_ties ties;
        wp_person person;
        size_t count = 0;
        crash_must(wp_stated_ties_from(self->txn, (wp_number)from, &ties, &err), &err,
                   "wp_stated_ties_from");
        for (size_t to = 1; to <= PEOPLE; to++) {
            if (from != to)
                read_tie(self, from, to);
            count += self->now.ties[from][to] != 0;
        }
        if (ties.count != count)
            crash_fail("%zu states %zu ties, expected %zu", from, ties.count, count);
        wp_stated_ties_free(&ties);
        crash_must(wp_person_get(self->txn, (wp_number)from, CRASH_DAY, &person, &err), &err,
                   "wp_person_get");
        if (person.has_opted_out != self->now.has_opted_out[from])
            crash_fail("person %zu has another decision", from);
        self->operations += 2;
    }
    wp_abort(self->txn);
}

static void maintain(world *self, uint64_t transaction)
{
    wp_error err;
    if (transaction % 50 == 10)
        crash_must(wp_compact(self->db, NULL, NULL, &err), &err, "wp_compact");
    if (transaction % 200 == 99)
        crash_check_db(self->db, "after some hundred transactions");
    if (transaction % 500 == 250) {
        wp_close(self->db);
        open_file(self, false);
    }
}

static void operate(unsigned lane, void *context)
{
    tally *totals = context;
    char name[64];
    world self = {.random = random_start(arguments.seed, lane)};
    uint64_t share = arguments.count / LANES + (lane < arguments.count % LANES), transaction = 0;
    (void)snprintf(name, sizeof name, "operations-%u.warmpath", lane);
    (void)snprintf(self.path, sizeof self.path, "%s", scratch_path(name));
    crash_create(self.path);
    open_file(&self, true);
    put_people(&self);
    for (; self.operations < share; transaction++) {
        write_some(&self);
        compare_all(&self);
        maintain(&self, transaction);
    }
    crash_check_db(self.db, "at the end");
    wp_close(self.db);
    totals->operations += self.operations;
    totals->in_flight += self.in_flight;
    totals->transactions += transaction;
}

static void operations__agree_with_a_model_in_memory(void **state)
{
    tally *totals = crash_share(sizeof *totals);
    (void)state;
    crash_lanes(LANES, operate, totals);
    printf("class 11: %" PRIu64 " operations, 0 bad: %" PRIu64 " changes in the middle of a walk, "
           "%" PRIu64 " transactions\n",
           totals->operations, totals->in_flight, totals->transactions);
    assert_true(totals->operations >= arguments.count);
    assert_true(totals->in_flight > 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(operations__agree_with_a_model_in_memory)};
    if (!crash_arguments_read(argc, argv, "operations", &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
