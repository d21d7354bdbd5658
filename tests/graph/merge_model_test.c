/*
 * Merging by hand and taking it back leaves a database as it was: random ones, in which people have
 * all that people can have, by several sources and by hand.
 *
 * A case is one database, in which up to three pairs of people are merged and parted again, the
 * last first, and in between sources are taken back: `--cases N`.
 */
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
#define MERGES_MAX 3
#define ALL_SOURCES SIZE_MAX
#define DAY 19700

static random_arguments arguments = {1, 400};

typedef struct pair {
    wp_number a;
    wp_number b;
} pair;

/* The rows of a case, or those of one source among them. */
static void store_rows(wp_db *db, uint64_t number, size_t only)
{
    wp_error err;
    random_source random = random_start(arguments.seed, 2 * number);
    size_t count = 5 + random_below(&random, ROWS_MAX - 5);
    wp_txn *txn = oracle_begin_write(db);
    for (size_t i = 0; i < count; i++) {
        row at = rows_random(&random, random_below(&random, ROWS_SOURCES), true);
        bool is_by_hand = random_chance(&random, 0.3);
        if (only != ALL_SOURCES && (is_by_hand || at.source != only))
            continue;
        rows_use_source(txn, at.source);
        if (is_by_hand)
            oracle_must(wp_txn_use_source(txn, WP_SOURCE_HAND, &err), &err, "use_source");
        rows_store(txn, &at, NULL);
    }
    oracle_commit(txn);
}

static void remove_source(wp_db *db, size_t of)
{
    wp_error err;
    uint32_t source;
    wp_txn *txn = oracle_begin_read(db);
    wp_status status = wp_source_find(txn, rows_source_name(of), &source, &err);
    wp_abort(txn);
    if (status != WP_ENOTFOUND) {
        oracle_must(status, &err, "source_find");
        oracle_must(wp_source_remove(db, source, NULL, NULL, NULL, &err), &err, "source_remove");
    }
}

/* The person of an identity; 0: there is none. */
static wp_number find(wp_txn *txn, size_t identity)
{
    wp_error err;
    wp_number number = 0;
    wp_identity wanted = rows_identity(identity);
    wp_status status = wp_identity_find(txn, &wanted, &number, &err);
    if (status != WP_ENOTFOUND)
        oracle_must(status, &err, "identity_find");
    return number;
}

/* Merge random people who are two. */
static size_t merge_some(wp_db *db, random_source *random, pair *merged)
{
    wp_error err;
    size_t count = 0;
    wp_txn *txn = oracle_begin_write(db);
    for (size_t i = 0; i < MERGES_MAX; i++) {
        pair two = {find(txn, random_below(random, ROWS_IDENTITIES)),
                    find(txn, random_below(random, ROWS_IDENTITIES))};
        if (two.a == 0 || two.b == 0 || two.a == two.b)
            continue;
        oracle_must(wp_person_merge(txn, two.a, two.b, &err), &err, "merge");
        merged[count++] = two;
    }
    oracle_commit(txn);
    return count;
}

static void part(wp_db *db, const pair *merged, size_t count)
{
    wp_error err;
    wp_txn *txn = oracle_begin_write(db);
    while (count-- > 0)
        oracle_must(wp_person_unmerge(txn, merged[count].a, merged[count].b, &err), &err,
                    "unmerge");
    oracle_commit(txn);
}

static char *describe(wp_db *db, wp_tie ties[ROWS_IDENTITIES][ROWS_IDENTITIES])
{
    wp_txn *txn = oracle_begin_read(db);
    char *text = rows_describe(txn);
    memset(ties, 0, ROWS_IDENTITIES * sizeof *ties);
    for (size_t i = 0; i < ROWS_IDENTITIES; i++)
        for (size_t j = 0; j < ROWS_IDENTITIES; j++)
            (void)rows_tie(txn, i, j, DAY, &ties[i][j]);
    wp_abort(txn);
    return text;
}

/* What is there after some merges are taken back, and what would be without them. In between,
 * sources go, or go and come again. */
typedef struct between {
    size_t removed; /* sources, the first ones */
    size_t again;   /* of these */
} between;

static void change(wp_db *db, uint64_t number, const between *what)
{
    for (size_t i = 0; i < what->removed; i++)
        remove_source(db, i);
    for (size_t i = 0; i < what->again; i++)
        store_rows(db, number, i);
}

static void expect_same(const char *seen, const char *expected, uint64_t number)
{
    if (strcmp(seen, expected) == 0)
        return;
    (void)fprintf(stderr, "seen:\n%s\nexpected:\n%s\n", seen, expected);
    fail_msg("seed %llu, case %llu: descriptions differ", (unsigned long long)arguments.seed,
             (unsigned long long)number);
}

static void run_case(uint64_t number, const between *what)
{
    pair merged[MERGES_MAX];
    wp_tie before[ROWS_IDENTITIES][ROWS_IDENTITIES], after[ROWS_IDENTITIES][ROWS_IDENTITIES];
    random_source random = random_start(arguments.seed, 2 * number + 1);
    wp_db *plain = oracle_open_fresh("plain"), *db = oracle_open_fresh("merged");
    store_rows(plain, number, ALL_SOURCES);
    change(plain, number, what);
    char *expected = describe(plain, before);
    wp_close(plain);
    store_rows(db, number, ALL_SOURCES);
    size_t count = merge_some(db, &random, merged);
    oracle_expect_sound(db, arguments.seed, number, "after merging");
    change(db, number, what);
    oracle_expect_sound(db, arguments.seed, number, "after sources changed");
    part(db, merged, count);
    oracle_expect_sound(db, arguments.seed, number, "after parting");
    char *seen = describe(db, after);
    expect_same(seen, expected, number);
    for (size_t i = 0; i < ROWS_IDENTITIES; i++)
        for (size_t j = 0; j < ROWS_IDENTITIES; j++)
            if (!rows_same_tie(&after[i][j], &before[i][j]))
                fail_msg("seed %llu, case %llu: tie %zu to %zu differs",
                         (unsigned long long)arguments.seed, (unsigned long long)number, i, j);
    free(seen);
    free(expected);
    wp_close(db);
}

static void merge__taken_back_leaves_nothing_behind(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < arguments.cases; i++)
        run_case(i, &(between){0, 0});
}

static void merge__taken_back_leaves_what_the_sources_left_say(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < arguments.cases; i++)
        run_case(i, &(between){1 + i % ROWS_SOURCES, i % 3 == 0 ? 1 : 0});
}

/* A merge outlives the import that stated the people, as it did before they were stated anew. */
static void merge__holds_when_the_source_is_removed_and_stated_again(void **unused)
{
    (void)unused;
    wp_error err;
    uint32_t source;
    wp_db *db = oracle_open_fresh("merged");
    row ann = {.type = ROW_PERSON, .people_count = 1}, bob = ann;
    bob.people[0] = 4;
    for (int round = 0; round < 2; round++) {
        wp_txn *txn = oracle_begin_write(db);
        rows_use_source(txn, 0);
        rows_store(txn, &ann, NULL);
        rows_store(txn, &bob, NULL);
        wp_number a = find(txn, 0), b = find(txn, 4);
        assert_int_equal(a == b, round > 0);
        if (round == 0)
            oracle_must(wp_person_merge(txn, a, b, &err), &err, "merge");
        oracle_must(wp_source_find(txn, rows_source_name(0), &source, &err), &err, "source_find");
        oracle_commit(txn);
        oracle_must(wp_source_remove(db, source, NULL, NULL, NULL, &err), &err, "source_remove");
        oracle_expect_sound(db, 0, (uint64_t)round, "after the source was removed");
    }
    wp_close(db);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merge__taken_back_leaves_nothing_behind),
        cmocka_unit_test(merge__taken_back_leaves_what_the_sources_left_say),
        cmocka_unit_test(merge__holds_when_the_source_is_removed_and_stated_again),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
