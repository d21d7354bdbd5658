/*
 * Erasure, compared with databases that never saw the person.
 *
 * Rows of random sources are stored in random order and somebody is erased. The database must then
 * say what one says into which the rows were stored without that person: rows about her left out,
 * recipients and owners that she was taken away, what she sent or what reached nobody else left
 * out. Storing all rows once more, as an import of the same files would, must change nothing.
 *
 * A case is one history: `--cases N`.
 */
#include "facts.h"
#include "oracle_db.h"
#include "oracle_store.h"
#include "rows.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS_MAX 60
#define DAY 19700

static random_arguments arguments = {1, 150};

typedef struct history {
    row rows[ROWS_MAX];
    size_t count;
    size_t merged[2];                /* by hand; the same twice: nobody */
    bool is_erased[ROWS_IDENTITIES]; /* who is the person erased */
} history;

/* Two rows of one source about one thing: which of them is kept may depend on who is erased. */
static bool clashes(const row *a, const row *b)
{
    return a->source == b->source && a->type == b->type && a->id == b->id &&
           (a->type == ROW_OPPORTUNITY || a->type == ROW_INTERACTION);
}

static history make_history(random_source *random)
{
    history made = {.count = 5 + random_below(random, ROWS_MAX - 5)};
    size_t kept = 0;
    for (size_t i = 0; i < made.count; i++) {
        row next = rows_random(random, random_below(random, ROWS_SOURCES), true);
        bool has_clash = false;
        for (size_t j = 0; j < kept; j++)
            has_clash |= clashes(&made.rows[j], &next);
        if (!has_clash)
            made.rows[kept++] = next;
    }
    made.count = kept;
    made.merged[0] = random_below(random, ROWS_IDENTITIES);
    made.merged[1] =
        random_chance(random, 0.4) ? random_below(random, ROWS_IDENTITIES) : made.merged[0];
    return made;
}

/* Everybody that rows and the merge link with an identity, found the slow way. */
static void find_erased(history *of, size_t first)
{
    bool is_more = true;
    memset(of->is_erased, 0, sizeof of->is_erased);
    of->is_erased[first] = true;
    while (is_more) {
        is_more = false;
        for (size_t i = 0; i <= of->count; i++) {
            bool is_merge = i == of->count, is_hers = false;
            const size_t *people = is_merge ? of->merged : of->rows[i].people;
            size_t count = is_merge ? 2 : of->rows[i].people_count;
            if (!is_merge && of->rows[i].type != ROW_PERSON)
                continue;
            for (size_t j = 0; j < count; j++)
                is_hers |= of->is_erased[people[j]];
            for (size_t j = 0; j < count && is_hers; j++) {
                is_more |= !of->is_erased[people[j]];
                of->is_erased[people[j]] = true;
            }
        }
    }
}

/* The row without whoever is erased. */
static row leave_out(const history *of, size_t index)
{
    row left = of->rows[index];
    for (size_t i = 0; i < left.people_count && left.type != ROW_COMPANY; i++)
        if (of->is_erased[left.people[i]])
            left.people[i] = ROWS_NOBODY;
    if (of->is_erased[left.other])
        left.other = ROWS_NOBODY;
    for (size_t i = 0; i < left.to_count; i++)
        if (of->is_erased[left.to[i]])
            left.to[i] = ROWS_NOBODY;
    return left;
}

static void merge(wp_db *db, const history *of)
{
    wp_number numbers[2];
    wp_error err;
    wp_txn *txn = oracle_begin_write(db);
    for (size_t i = 0; i < 2; i++)
        numbers[i] = rows_put_identity(txn, of->merged[i]);
    oracle_must(wp_person_merge(txn, numbers[0], numbers[1], &err), &err, "merge");
    oracle_commit(txn);
}

/* Everything in random order and several transactions; some of it twice. */
static void store_shuffled(wp_db *db, const history *of, random_source *random)
{
    size_t order[ROWS_MAX];
    wp_txn *txn = oracle_begin_write(db);
    random_order(random, order, of->count);
    for (size_t i = 0; i < of->count; i++) {
        rows_store_plain(txn, &of->rows[order[i]]);
        if (random_chance(random, 0.2))
            rows_store_plain(txn, &of->rows[order[random_below(random, i + 1)]]);
        if (!random_chance(random, 0.1))
            continue;
        oracle_commit(txn);
        txn = oracle_begin_write(db);
    }
    oracle_commit(txn);
}

static void store_left(wp_db *db, const history *of)
{
    wp_txn *txn = oracle_begin_write(db);
    for (size_t i = 0; i < of->count; i++) {
        row left = leave_out(of, i);
        rows_store_plain(txn, &left);
    }
    oracle_commit(txn);
}

static void erase(wp_db *db, const history *of, size_t who)
{
    wp_number number;
    wp_error err;
    wp_erasure done;
    wp_identity identity = rows_identity(who);
    size_t identities = 0;
    wp_txn *txn = oracle_begin_write(db);
    oracle_must(wp_identity_find(txn, &identity, &number, &err), &err, "identity_find");
    oracle_must(wp_person_erase(txn, number, &done, &err), &err, "person_erase");
    oracle_commit(txn);
    for (size_t i = 0; i < ROWS_IDENTITIES; i++)
        identities += of->is_erased[i] ? 1 : 0;
    assert_int_equal(done.identities, identities);
}

/* Whether the identity is stored. */
static bool is_stored(wp_db *db, size_t who)
{
    wp_number number;
    wp_identity identity = rows_identity(who);
    wp_txn *txn = oracle_begin_read(db);
    wp_status status = wp_identity_find(txn, &identity, &number, NULL);
    wp_abort(txn);
    return status == WP_OK;
}

static void suppress(wp_db *db, const history *of)
{
    wp_error err;
    wp_txn *txn = oracle_begin_write(db);
    for (size_t i = 0; i < ROWS_IDENTITIES; i++) {
        wp_identity identity = rows_identity(i);
        if (of->is_erased[i])
            oracle_must(wp_suppression_add(txn, &identity, &err), &err, "suppression_add");
    }
    oracle_commit(txn);
}

static void expect_same(wp_db *a, wp_db *b, const char *what, uint64_t number)
{
    wp_txn *x = oracle_begin_read(a), *y = oracle_begin_read(b);
    char *seen = rows_describe(x), *expected = rows_describe(y);
    if (strcmp(seen, expected) != 0) {
        (void)fprintf(stderr, "seen:\n%s\nexpected:\n%s\n", seen, expected);
        fail_msg("seed %llu, case %llu: %s differs", (unsigned long long)arguments.seed,
                 (unsigned long long)number, what);
    }
    for (size_t from = 0; from < ROWS_IDENTITIES; from++)
        for (size_t to = 0; to < ROWS_IDENTITIES; to++) {
            wp_tie one = {0}, other = {0};
            bool is_one = rows_tie(x, from, to, DAY, &one);
            bool is_other = rows_tie(y, from, to, DAY, &other);
            if (is_one != is_other || (is_one && !rows_same_tie(&one, &other)))
                fail_msg("seed %llu, case %llu: tie %zu to %zu of %s differs",
                         (unsigned long long)arguments.seed, (unsigned long long)number, from, to,
                         what);
        }
    wp_abort(x);
    wp_abort(y);
    free(seen);
    free(expected);
}

/* False: the person chosen is not stored. */
static bool run_case(uint64_t number)
{
    random_source random = random_start(arguments.seed, number);
    history of = make_history(&random);
    size_t who = random_below(&random, ROWS_IDENTITIES);
    find_erased(&of, who);
    wp_db *seen = oracle_open_fresh("seen");
    store_shuffled(seen, &of, &random);
    bool is_run = is_stored(seen, who);
    if (is_run) {
        wp_db *expected = oracle_open_fresh("expected"),
              *suppressed = oracle_open_fresh("suppressed");
        bool is_merged = of.merged[0] != of.merged[1];
        if (is_merged)
            merge(seen, &of);
        erase(seen, &of, who);
        oracle_expect_sound(seen, arguments.seed, number, "after erasing");
        store_left(expected, &of);
        suppress(suppressed, &of);
        store_shuffled(suppressed, &of, &random);
        if (is_merged && !of.is_erased[of.merged[0]]) {
            merge(expected, &of);
            merge(suppressed, &of);
        }
        expect_same(seen, expected, "the erased database", number);
        expect_same(suppressed, expected, "the database that had her suppressed", number);
        store_shuffled(seen, &of, &random);
        expect_same(seen, expected, "the erased database after another import", number);
        oracle_expect_sound(seen, arguments.seed, number, "after another import");
        wp_close(expected);
        wp_close(suppressed);
    }
    wp_close(seen);
    return is_run;
}

static void erase__leaves_what_databases_hold_that_never_saw_the_person(void **unused)
{
    (void)unused;
    uint64_t erased = 0;
    for (uint64_t i = 0; i < arguments.cases; i++)
        erased += run_case(i) ? 1 : 0;
    print_message("%llu people erased\n", (unsigned long long)erased);
    assert_true(erased >= arguments.cases / 2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(erase__leaves_what_databases_hold_that_never_saw_the_person),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
