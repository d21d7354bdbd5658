/*
 * Statements by source, compared with databases in which nothing was ever taken back or merged.
 *
 * Rows of random sources are stored in random order, some twice, in several transactions, among
 * them those of sources that are removed and merges that are taken back. The database must then say
 * what a new one says into which the rows that are left were stored in their order, and the ties of
 * people must be those of a third one in which each person has one identity.
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
    bool is_left[ROWS_SOURCES]; /* whose rows are still there in the end */
    bool has_revisions;
    uint32_t together_max; /* people of a company who may count as having worked together */
} history;

/* ---- Histories ---- */

static history make_history(random_source *random)
{
    history made = {.count = 5 + random_below(random, ROWS_MAX - 5),
                    .has_revisions = random_chance(random, 0.6),
                    .together_max = 1 + (uint32_t)random_below(random, 6)};
    for (size_t i = 0; i < ROWS_SOURCES; i++)
        made.is_left[i] = random_chance(random, 0.6);
    for (size_t i = 0; i < made.count; i++)
        made.rows[i] = rows_random(random, random_below(random, ROWS_SOURCES), made.has_revisions);
    return made;
}

static void set_together(wp_db *db, const history *of)
{
    wp_error err;
    wp_txn *txn = oracle_begin_write(db);
    oracle_must(wp_together_put(txn, of->together_max, &err), &err, "together_put");
    oracle_commit(txn);
}

static void remove_source(wp_db *db, size_t source)
{
    uint32_t number;
    wp_error err;
    wp_txn *txn = oracle_begin_read(db);
    wp_status status = wp_source_find(txn, rows_source_name(source), &number, &err);
    wp_abort(txn);
    if (status == WP_OK)
        oracle_must(wp_source_remove(db, number, NULL, NULL, NULL, &err), &err, "source_remove");
}

/* Two identities are merged by hand and, after more rows, unmerged. Nothing of it is left but that
 * a hand stated the two; so only identities are taken that a row of a source that stays states. */
static void merge_two(wp_db *db, size_t a, size_t b, bool is_merged)
{
    wp_error err;
    wp_txn *txn = oracle_begin_write(db);
    wp_number one = rows_put_identity(txn, a), other = rows_put_identity(txn, b);
    if (is_merged)
        oracle_must(wp_person_merge(txn, one, other, &err), &err, "merge");
    else
        oracle_must(wp_person_unmerge(txn, one, 0, &err), &err, "unmerge");
    oracle_commit(txn);
}

/* Everything in random order, some of it twice; then what is not to stay is taken back. */
static void store_shuffled(wp_db *db, const history *of, random_source *random)
{
    size_t order[ROWS_MAX];
    size_t a = random_below(random, ROWS_IDENTITIES), b = random_below(random, ROWS_IDENTITIES);
    bool has_merge = a != b && random_chance(random, 0.5);
    bool is_set = random_chance(random, 0.5);
    if (is_set)
        set_together(db, of);
    wp_txn *txn = oracle_begin_write(db);
    random_order(random, order, of->count);
    for (size_t i = 0; i < of->count; i++) {
        rows_store_plain(txn, &of->rows[order[i]]);
        if (random_chance(random, 0.2))
            rows_store_plain(txn, &of->rows[order[random_below(random, i + 1)]]);
        if (!random_chance(random, 0.2))
            continue;
        oracle_commit(txn);
        if (has_merge && i > of->count / 3) {
            merge_two(db, a, b, true);
            has_merge = false;
            merge_two(db, a, b, false);
        }
        txn = oracle_begin_write(db);
    }
    oracle_commit(txn);
    if (!is_set)
        set_together(db, of);
}

static void take_back(wp_db *db, const history *of)
{
    for (size_t i = 0; i < ROWS_SOURCES; i++)
        if (!of->is_left[i])
            remove_source(db, i);
}

/* The rows that are left, in their order; the hand states whom it states in the other database. */
static void store_straight(wp_db *db, const history *of, const size_t *representative)
{
    set_together(db, of);
    wp_txn *txn = oracle_begin_write(db);
    for (size_t i = 0; i < of->count; i++) {
        if (!of->is_left[of->rows[i].source])
            continue;
        rows_use_source(txn, of->rows[i].source);
        rows_store(txn, &of->rows[i], representative);
    }
    oracle_commit(txn);
}

/* The people whom the hand of one database states are stated in the other as well. */
static void copy_hand(wp_db *from, wp_db *to)
{
    wp_statement at = {0};
    wp_error err;
    wp_number number;
    wp_merge merge = {0};
    wp_txn *source = oracle_begin_read(from), *target = oracle_begin_write(to);
    while (wp_person_statement_next(source, &at, &err) == WP_OK) {
        wp_person_facts facts = WP_PERSON_FACTS_INIT;
        if (at.source != WP_SOURCE_HAND)
            continue;
        facts.identities = &at.identity;
        facts.identity_count = 1;
        oracle_must(wp_person_put(target, &facts, &number, NULL, &err), &err, "person_put");
    }
    while (wp_merge_next(source, &merge, &err) == WP_OK) {
        wp_identity one;
        assert_int_equal(merge.a, merge.b);
        oracle_must(wp_person_identity(source, merge.a, &one, &err), &err, "identity");
        oracle_must(wp_identity_find(target, &one, &number, &err), &err, "identity_find");
        wp_numbers all;
        wp_identity found = {0};
        oracle_must(wp_person_numbers(target, number, &all, &err), &err, "numbers");
        for (size_t i = 0; i < all.count; i++) {
            oracle_must(wp_person_identity(target, all.items[i], &found, &err), &err, "identity");
            if (found.kind == one.kind && strcmp(found.text, one.text) == 0)
                number = all.items[i];
        }
        wp_numbers_free(&all);
        oracle_must(wp_person_set_apart(target, number, true, &err), &err, "set_apart");
    }
    wp_abort(source);
    oracle_commit(target);
}

/* ---- Comparisons ---- */

static void expect_same_text(wp_db *a, wp_db *b, uint64_t number)
{
    wp_txn *x = oracle_begin_read(a), *y = oracle_begin_read(b);
    char *seen = rows_describe(x), *expected = rows_describe(y);
    wp_abort(x);
    wp_abort(y);
    if (strcmp(seen, expected) != 0) {
        (void)fprintf(stderr, "seen:\n%s\nexpected:\n%s\n", seen, expected);
        fail_msg("seed %llu, case %llu: descriptions differ", (unsigned long long)arguments.seed,
                 (unsigned long long)number);
    }
    free(seen);
    free(expected);
}

static void expect_same_ties(wp_db *a, wp_db *b, const size_t *representative, const char *what,
                             uint64_t number)
{
    wp_txn *x = oracle_begin_read(a), *y = oracle_begin_read(b);
    for (size_t from = 0; from < ROWS_IDENTITIES; from++)
        for (size_t to = 0; to < ROWS_IDENTITIES; to++) {
            wp_tie seen = {0}, expected = {0};
            size_t i = representative == NULL ? from : representative[from];
            size_t j = representative == NULL ? to : representative[to];
            bool is_seen = rows_tie(x, from, to, DAY, &seen);
            bool is_expected = i != j && rows_tie(y, i, j, DAY, &expected);
            if (is_seen == is_expected && (!is_seen || rows_same_tie(&seen, &expected)))
                continue;
            fail_msg("seed %llu, case %llu: tie %zu to %zu differs from the %s database: "
                     "%d I %.12g O %.12g stated %g, expected %d I %.12g O %.12g stated %g",
                     (unsigned long long)arguments.seed, (unsigned long long)number, from, to, what,
                     is_seen, seen.inbound, seen.outbound, seen.stated, is_expected,
                     expected.inbound, expected.outbound, expected.stated);
        }
    wp_abort(x);
    wp_abort(y);
}

/* Which identity stands for each person: the first that rows left link, found the slow way. */
static void find_representatives(const history *of, size_t *representative)
{
    for (size_t i = 0; i < ROWS_IDENTITIES; i++)
        representative[i] = i;
    for (size_t i = 0; i < of->count; i++) {
        const row *at = &of->rows[i];
        if (at->type != ROW_PERSON || !of->is_left[at->source])
            continue;
        for (size_t j = 1; j < at->people_count; j++) {
            size_t x = representative[at->people[0]], y = representative[at->people[j]];
            for (size_t k = 0; k < ROWS_IDENTITIES; k++)
                if (representative[k] == x || representative[k] == y)
                    representative[k] = x < y ? x : y;
        }
    }
}

static bool has_apart(wp_db *db)
{
    wp_merge at = {0};
    wp_txn *txn = oracle_begin_read(db);
    bool has = wp_merge_next(txn, &at, NULL) == WP_OK;
    wp_abort(txn);
    return has;
}

static void run_case(uint64_t number)
{
    random_source random = random_start(arguments.seed, number);
    history of = make_history(&random);
    size_t representative[ROWS_IDENTITIES];
    wp_db *seen = oracle_open_fresh("seen"), *expected = oracle_open_fresh("expected");
    store_shuffled(seen, &of, &random);
    oracle_expect_sound(seen, arguments.seed, number, "before anything is taken back");
    take_back(seen, &of);
    oracle_expect_sound(seen, arguments.seed, number, "after sources were taken back");
    store_straight(expected, &of, NULL);
    copy_hand(seen, expected);
    expect_same_text(seen, expected, number);
    expect_same_ties(seen, expected, NULL, "straight", number);
    if (of.has_revisions && !has_apart(seen)) {
        wp_db *single = oracle_open_fresh("single");
        find_representatives(&of, representative);
        store_straight(single, &of, representative);
        expect_same_ties(seen, single, representative, "single", number);
        wp_close(single);
    }
    for (size_t i = 0; i < ROWS_SOURCES; i++)
        remove_source(seen, i);
    oracle_expect_sound(seen, arguments.seed, number, "after all sources were taken back");
    wp_close(seen);
    wp_close(expected);
}

static void statements__agree_with_databases_where_nothing_was_taken_back(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < arguments.cases; i++)
        run_case(i);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements__agree_with_databases_where_nothing_was_taken_back),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
