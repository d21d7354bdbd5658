/*
 * The table of ties against a plain array: random histories of statements, interactions, batches,
 * aborted and committed transactions. After each transaction all ties are walked and compared, and
 * in the end the deep check must find nothing.
 *
 * Each history has people of its own in one database, so that runs of many lie side by side. Other
 * cases are hubs of a hundred thousand ties, which are cut into many runs, and loads in order,
 * whose runs must be full. A case is one history: `--cases N --seed N`.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "expect_ok.h"
#include "facts.h"
#include "graph/check.h"
#include "graph/graph.h"
#include "graph/tie_table.h"
#include "random.h"
#include "scratch.h"
#include "warmpath.h"

#define PEOPLE 24
#define HUB_TIES 100000u

static random_arguments arguments = {20260, 600};

static wp_db *db;
static char *path;

/* What is stated of a direction; p 0 and no cost: nothing. */
typedef struct twin_side {
    bool has_cost;
    double p;
    uint32_t cost;
} twin_side;

typedef struct twin {
    uint32_t first;                  /* number of the first person */
    bool has_mail[PEOPLE][PEOPLE];   /* by the lower and the higher one */
    twin_side sides[PEOPLE][PEOPLE]; /* from, to */
} twin;

static int open_database(void **unused)
{
    static int count = 0;
    char name[32];
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    (void)unused;
    (void)snprintf(name, sizeof name, "ties%d", count++);
    path = strdup(scratch_path(name));
    options.is_unsynced = true;
    EXPECT_OK(wp_create(path, NULL, 0, &err));
    EXPECT_OK(wp_open(path, &options, &db, &err));
    return 0;
}

static int close_database(void **unused)
{
    (void)unused;
    wp_close(db);
    free(path);
    return 0;
}

static wp_txn *begin(bool is_write)
{
    wp_txn *txn = NULL;
    if (is_write)
        EXPECT_OK(wp_begin_write(db, &txn, &err));
    else
        EXPECT_OK(wp_begin_read(db, &txn, &err));
    return txn;
}

static void note_fault(void *context, const char *table, const char *key, const char *what)
{
    (void)context;
    print_error("%s %s: %s\n", table, key, what);
}

static void expect_sound(void)
{
    uint64_t faults = 0;
    wp_txn *txn = begin(false);
    EXPECT_OK(wp_check(txn, false, note_fault, NULL, &faults, &err));
    assert_int_equal(faults, 0);
    EXPECT_OK(wp_check(txn, true, note_fault, NULL, &faults, &err));
    assert_int_equal(faults, 0);
    wp_abort(txn);
}

static uint64_t stored_ties(wp_txn *txn)
{
    wp_stats stats;
    EXPECT_OK(wp_stats_get(txn, &stats, &err));
    return stats.ties;
}

/* People with ids; returns the number of the first. */
static uint32_t put_people(wp_txn *txn, uint32_t count)
{
    static uint32_t given = 0;
    uint32_t first = 0;
    for (uint32_t i = 0; i < count; i++) {
        char id[16];
        uint32_t number;
        wp_identity identity = {WP_IDENTITY_ID, id};
        wp_person_facts facts = facts_of_person(&identity);
        (void)snprintf(id, sizeof id, "%u", given++);
        EXPECT_OK(wp_person_put(txn, &facts, &number, NULL, &err));
        first = i == 0 ? number : first;
    }
    return first;
}

/* ---- Random histories ---- */

static twin_side random_side(random_source *random)
{
    switch (random_below(random, 4)) {
    case 0:
        return (twin_side){.p = 0.0};
    case 1:
        return (twin_side){.p = (double)(1 + random_below(random, 10000)) / 10000};
    case 2:
        return (twin_side){.p = random_unit(random)};
    default:
        return (twin_side){.has_cost = true, .cost = (uint32_t)random_below(random, 4000000)};
    }
}

static void state_tie(wp_txn *txn, twin *model, size_t from, size_t to, twin_side side)
{
    wp_stated_tie tie = {.from = model->first + (uint32_t)from,
                         .to = model->first + (uint32_t)to,
                         .has_cost = side.has_cost,
                         .p = side.p,
                         .cost = side.cost};
    EXPECT_OK(wp_stated_tie_put(txn, &tie, &err));
    model->sides[from][to] = side;
}

static void put_mail(wp_txn *txn, twin *model, size_t from, size_t to, random_source *random)
{
    char source[64];
    wp_participant participant = {model->first + (uint32_t)to, WP_ROLE_TO};
    (void)snprintf(source, sizeof source, "%llx", (unsigned long long)random_bits(random));
    wp_interaction mail =
        facts_of_mail(source, 1700000000 + (int64_t)random_below(random, 10000000),
                      model->first + (uint32_t)from, &participant);
    EXPECT_OK(wp_interaction_put(txn, &mail, NULL, &err));
    model->has_mail[from < to ? from : to][from < to ? to : from] = true;
}

static bool is_stated(const twin_side *side)
{
    return side->has_cost || side->p > 0.0;
}

/* A tie is there while anything is stated of it, or anything happened. */
static bool has_tie(const twin *model, size_t a, size_t b)
{
    return model->has_mail[a < b ? a : b][a < b ? b : a] || is_stated(&model->sides[a][b]) ||
           is_stated(&model->sides[b][a]);
}

/* One direction read back inside the transaction. */
static void expect_side(wp_txn *txn, const twin *model, size_t from, size_t to)
{
    wp_tie tie;
    const twin_side *side = &model->sides[from][to];
    bool is_there = has_tie(model, from, to);
    wp_status status = wp_tie_get(txn, model->first + (uint32_t)from, model->first + (uint32_t)to,
                                  30000, &tie, NULL);
    if (!is_there || status == WP_ENOTFOUND) {
        assert_int_equal(status, WP_ENOTFOUND);
        assert_true(side->p == 0.0 && !side->has_cost);
    } else if (!side->has_cost && side->p > 0.0) {
        assert_true(tie.stated == side->p);
        assert_true(tie.from == model->first + from && tie.to == model->first + to);
    }
}

/* Walk what is stated and compare it with the model. */
static void compare(wp_txn *txn, const twin *model)
{
    wp_stated_tie tie;
    wp_stated_tie at = {.from = model->first - 1, .to = UINT32_MAX};
    if (model->first == 1)
        at = (wp_stated_tie){.from = 0};
    for (size_t low = 0; low < PEOPLE; low++) {
        for (size_t high = low + 1; high < PEOPLE; high++) {
            for (int back = 0; back < 2; back++) {
                size_t from = back ? high : low, to = back ? low : high;
                const twin_side *side = &model->sides[from][to];
                if (!side->has_cost && !(side->p > 0.0))
                    continue;
                tie = at;
                EXPECT_OK(wp_stated_tie_next(txn, &tie, &err));
                assert_int_equal(tie.from - model->first, from);
                assert_int_equal(tie.to - model->first, to);
                assert_int_equal(tie.has_cost, side->has_cost);
                assert_true(side->has_cost ? tie.cost == side->cost : tie.p == side->p);
                at = tie;
            }
        }
    }
    wp_status status = wp_stated_tie_next(txn, &at, NULL);
    uint32_t lower = at.from < at.to ? at.from : at.to;
    assert_true(status == WP_ENOTFOUND || lower >= model->first + PEOPLE);
}

static uint64_t count_ties(const twin *model)
{
    uint64_t count = 0;
    for (size_t low = 0; low < PEOPLE; low++)
        for (size_t high = 0; high < PEOPLE; high++)
            count += low < high && has_tie(model, low, high) ? 1 : 0;
    return count;
}

static void change_some(wp_txn *txn, twin *model, random_source *random)
{
    size_t count = random_chance(random, 0.3) ? 300 : random_below(random, 12);
    size_t hub = random_below(random, PEOPLE);
    for (size_t i = 0; i < count; i++) {
        size_t from = random_chance(random, 0.5) ? hub : random_below(random, PEOPLE);
        size_t to = random_below(random, PEOPLE);
        if (from == to)
            continue;
        if (random_chance(random, 0.1))
            put_mail(txn, model, from, to, random);
        else
            state_tie(txn, model, from, to, random_side(random));
        if (random_chance(random, 0.05))
            expect_side(txn, model, random_below(random, PEOPLE / 2),
                        PEOPLE / 2 + random_below(random, PEOPLE / 2));
    }
}

static void run_history(uint64_t number)
{
    random_source random = random_start(arguments.seed, number);
    twin model = {0}, changed;
    wp_txn *txn = begin(true);
    uint64_t others = stored_ties(txn);
    model.first = put_people(txn, PEOPLE);
    size_t transactions = 1 + random_below(&random, 4);
    for (size_t i = 0; i < transactions; i++) {
        if (i > 0)
            txn = begin(true);
        changed = model;
        change_some(txn, &changed, &random);
        if (random_chance(&random, 0.5))
            compare(txn, &changed);
        if (i > 0 && random_chance(&random, 0.25)) {
            wp_abort(txn);
        } else {
            EXPECT_OK(wp_commit(txn, &err));
            model = changed;
        }
    }
    txn = begin(false);
    compare(txn, &model);
    assert_int_equal(stored_ties(txn), others + count_ties(&model));
    wp_abort(txn);
}

static void tie_table__agrees_with_an_array(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < arguments.cases; i++)
        run_history(i);
    expect_sound();
}

/* ---- Runs ---- */

/* A write transaction as the graph sees it; lists are not written. */
typedef struct bare {
    wpi_store *store;
    wpi_store_txn *txn;
    wpi_graph graph;
} bare;

static void begin_bare(bare *self, bool is_write)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    options.is_unsynced = true;
    EXPECT_OK(wpi_store_open(path, &options, &self->store, &err));
    EXPECT_OK(wpi_store_begin(self->store, is_write, &self->txn, &err));
    EXPECT_OK(wpi_graph_begin(&self->graph, self->txn, &err));
}

static void end_bare(bare *self)
{
    wpi_graph_end(&self->graph);
    wpi_store_abort(self->txn);
    wpi_store_close(self->store);
}

static wpi_stated stated_of(uint32_t high)
{
    return (wpi_stated){.kind = WPI_STATED_COST, .cost = high ^ 0x5a5a};
}

static void state_bare(bare *self, uint32_t low, uint32_t high)
{
    wpi_stated stated = stated_of(high);
    EXPECT_OK(wpi_pending_state(&self->graph, low, high, 0, &stated, &err));
}

static void write_bare(bare *self)
{
    EXPECT_OK(wpi_pending_sort(&self->graph, &err));
    EXPECT_OK(wpi_tie_table_put(&self->graph, &err));
    wpi_pending_clear(&self->graph);
}

/* The ties of `low` are those to every step-th number; returns how many runs there are. */
static uint64_t expect_hub(bare *self, uint32_t low, uint32_t first, uint32_t count, uint32_t step)
{
    wpi_tie_walk walk;
    wpi_tie_state state;
    uint64_t runs = 0;
    wp_status status = wpi_tie_walk_begin(&self->graph, low, 0, &walk, NULL);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(status, WP_OK);
        assert_int_equal(walk.low, low);
        assert_int_equal(walk.entry.high, first + i * step);
        EXPECT_OK(wpi_tie_entry_read(&walk.entry, &state, &err));
        assert_int_equal(state.stated[0].cost, stated_of(walk.entry.high).cost);
        status = wpi_tie_walk_next(&walk, NULL);
    }
    assert_true(status == WP_ENOTFOUND || walk.low > low);
    wpi_tie_walk_end(&self->graph, &walk);
    EXPECT_OK(wpi_store_count(self->txn, WPI_TABLE_TIE, &runs, &err));
    return runs;
}

#define ENTRY_BYTES 9u /* of a tie with one stated cost */
#define ENTRIES_FULL (WPI_TIE_RUN_BYTES_MAX / ENTRY_BYTES)

static void tie_table_put__fills_runs_that_come_in_order(void **unused)
{
    (void)unused;
    bare self;
    begin_bare(&self, true);
    for (uint32_t part = 0; part < 100; part++) { /* each continues the last run */
        for (uint32_t i = 0; i < HUB_TIES / 100; i++)
            state_bare(&self, 1, 2 + part * (HUB_TIES / 100) + i);
        write_bare(&self);
    }
    uint64_t runs = expect_hub(&self, 1, 2, HUB_TIES, 1);
    assert_int_equal(runs, (HUB_TIES + ENTRIES_FULL - 1) / ENTRIES_FULL);
    for (uint32_t i = 0; i < HUB_TIES; i++)
        state_bare(&self, 7, 8 + i);
    write_bare(&self);
    assert_int_equal(expect_hub(&self, 7, 8, HUB_TIES, 1), 2 * runs);
    assert_int_equal(self.graph.counters.ties, 2 * HUB_TIES);
    end_bare(&self);
}

static void tie_table_put__cuts_runs_that_come_shuffled(void **unused)
{
    (void)unused;
    bare self;
    random_source random = random_start(arguments.seed, 1);
    size_t *order = calloc(HUB_TIES, sizeof *order);
    assert_non_null(order);
    random_order(&random, order, HUB_TIES);
    begin_bare(&self, true);
    for (uint32_t i = 0; i < HUB_TIES; i++) {
        state_bare(&self, 5, 10 + 2 * (uint32_t)order[i]);
        if (i < 3000 ? true : i % 1000 == 999) /* one by one at first, then in batches */
            write_bare(&self);
    }
    uint64_t runs = expect_hub(&self, 5, 10, HUB_TIES, 2);
    assert_true(runs < 2 * (HUB_TIES / ENTRIES_FULL));
    assert_int_equal(self.graph.counters.ties, HUB_TIES);
    for (uint32_t i = HUB_TIES; i-- > 0;) { /* from the end, in front of the first */
        state_bare(&self, 3, 10 + i);
        if (i < 2000 || i % 1000 == 0)
            write_bare(&self);
    }
    uint64_t both = expect_hub(&self, 3, 10, HUB_TIES, 1);
    assert_true(both - runs < 2 * (HUB_TIES / ENTRIES_FULL) + 2);
    free(order);
    end_bare(&self);
}

static void tie_table_find__finds_what_is_there(void **unused)
{
    (void)unused;
    bare self;
    wpi_tie_state state;
    begin_bare(&self, true);
    for (uint32_t low = 10; low < 1000; low += 10)
        for (uint32_t i = 1; i < 600; i += 2)
            state_bare(&self, low, low + i);
    write_bare(&self);
    for (uint32_t low = 9; low < 1001; low++) {
        for (uint32_t high = low + 1; high < low + 603; high += 17) {
            bool is_there = low >= 10 && low < 1000 && low % 10 == 0 && (high - low) % 2 == 1 &&
                            high < low + 600;
            wp_status status = wpi_tie_table_find(&self.graph, low, high, &state, NULL);
            assert_int_equal(status, is_there ? WP_OK : WP_ENOTFOUND);
            if (is_there)
                assert_int_equal(state.stated[0].cost, stated_of(high).cost);
        }
    }
    end_bare(&self);
}

/* ---- Check ---- */

/* Put a run as bytes and expect faults, also from the shallow check. */
static void expect_fault(bare *self, wpi_key key, const unsigned char *bytes, size_t size)
{
    uint64_t faults = 0;
    wpi_slice name = {key.bytes, key.size}, payload = {bytes, size};
    EXPECT_OK(wpi_store_put(self->txn, WPI_TABLE_TIE, name, payload, 1, &err));
    EXPECT_OK(wpi_check_run(&self->graph, false, NULL, NULL, &faults, &err));
    assert_true(faults > 0);
    EXPECT_OK(wpi_store_delete(self->txn, WPI_TABLE_TIE, name, &err));
}

static void check__finds_bad_runs(void **unused)
{
    (void)unused;
    static const unsigned char two[] = {4, 0, 0, 0, 0, 5, 0, 0, 0, 0};
    static const unsigned char turned[] = {5, 0, 0, 0, 0, 4, 0, 0, 0, 0};
    bare self;
    uint64_t faults = 0;
    wp_txn *txn = begin(true);
    (void)put_people(txn, 6);
    EXPECT_OK(wp_commit(txn, &err));
    begin_bare(&self, true);
    expect_fault(&self, wpi_key_u32_u32(1, 3), two, sizeof two);       /* not its first */
    expect_fault(&self, wpi_key_u32_u32(5, 4), two, sizeof two);       /* not above the lower */
    expect_fault(&self, wpi_key_u32_u32(1, 4), two, sizeof two - 1);   /* short */
    expect_fault(&self, wpi_key_u32_u32(1, 5), turned, sizeof turned); /* out of order */
    expect_fault(&self, wpi_key_u32_u32(1, 4), two, 0);                /* empty */
    expect_fault(&self, wpi_key_u32_u32(9, 4), two, sizeof two);       /* nobody */
    expect_fault(&self, wpi_key_u32_u32(1, 4), two, sizeof two);       /* not counted */
    state_bare(&self, 1, 4);
    write_bare(&self);
    EXPECT_OK(wpi_check_run(&self.graph, false, NULL, NULL, &faults, &err));
    assert_int_equal(faults, 0);
    expect_fault(&self, wpi_key_u32_u32(1, 2), two, sizeof two); /* runs into the next */
    end_bare(&self);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_database, close_database)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(tie_table__agrees_with_an_array),
        TEST(tie_table_put__fills_runs_that_come_in_order),
        TEST(tie_table_put__cuts_runs_that_come_shuffled),
        TEST(tie_table_find__finds_what_is_there),
        TEST(check__finds_bad_runs),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
