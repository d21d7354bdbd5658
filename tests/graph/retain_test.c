/*
 * Retention: reducing old interactions changes no strength on that day or later, whatever is
 * merged, stored again or taken back around it; removing them leaves what a database says that has
 * only the later ones; a dry run changes nothing.
 *
 * A case is one random history: `--cases N`.
 */
#include "facts.h"
#include "oracle_db.h"
#include "oracle_store.h"
#include "rows.h"
#include "scratch.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS_MAX 60
#define DAY 19700
#define DAY_SECONDS 86400

static random_arguments arguments = {1, 100};

static wp_retained retain(wp_db *db, int32_t before, bool is_removal, bool is_dry_run)
{
    wp_retained done;
    wp_error err;
    wp_retention asked = WP_RETENTION_INIT;
    asked.before_s = (int64_t)before * DAY_SECONDS;
    asked.is_removal = is_removal;
    asked.is_dry_run = is_dry_run;
    oracle_must(wp_retain(db, &asked, &done, &err), &err, "retain");
    return done;
}

/* Ties on a day, without counts of messages, which reducing may lower. */
typedef struct ties {
    wp_tie items[ROWS_IDENTITIES][ROWS_IDENTITIES];
    bool exists[ROWS_IDENTITIES][ROWS_IDENTITIES];
} ties;

static void read_ties(wp_db *db, int32_t day, ties *out)
{
    wp_txn *txn = oracle_begin_read(db);
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < ROWS_IDENTITIES; i++)
        for (size_t j = 0; j < ROWS_IDENTITIES; j++) {
            wp_tie *tie = &out->items[i][j];
            out->exists[i][j] = rows_tie(txn, i, j, day, tie);
            tie->messages_in = tie->messages_out = 0;
        }
    wp_abort(txn);
}

/* A tie that weighed nothing may be gone with its interactions. */
static bool is_nothing(const wp_tie *tie)
{
    return tie->inbound == 0.0 && tie->outbound == 0.0 && tie->p == 0.0;
}

static void expect_same_ties(const ties *a, const ties *b, const char *when, uint64_t number)
{
    for (size_t i = 0; i < ROWS_IDENTITIES; i++)
        for (size_t j = 0; j < ROWS_IDENTITIES; j++) {
            const wp_tie *x = &a->items[i][j], *y = &b->items[i][j];
            bool is_same = a->exists[i][j] == b->exists[i][j]
                               ? !a->exists[i][j] || rows_same_tie(x, y)
                               : is_nothing(a->exists[i][j] ? x : y);
            if (!is_same)
                fail_msg("seed %llu, case %llu: tie %zu to %zu differs %s: I %.15g O %.15g, "
                         "expected I %.15g O %.15g",
                         (unsigned long long)arguments.seed, (unsigned long long)number, i, j, when,
                         y->inbound, y->outbound, x->inbound, x->outbound);
        }
}

static void store_all(wp_db *db, const row *rows, size_t count, int32_t from_day)
{
    wp_txn *txn = oracle_begin_write(db);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].type == ROW_INTERACTION && rows[i].time_s < (int64_t)from_day * DAY_SECONDS)
            continue;
        rows_store_plain(txn, &rows[i]);
    }
    oracle_commit(txn);
}

static void expect_explained(wp_db *db, uint64_t number)
{
    wp_txn *txn = oracle_begin_read(db);
    for (size_t i = 0; i < ROWS_IDENTITIES; i++)
        for (size_t j = 0; j < ROWS_IDENTITIES; j++) {
            wp_tie tie;
            wp_explanation *all = NULL;
            double in = 0.0, out = 0.0;
            if (!rows_tie(txn, i, j, DAY, &tie) ||
                wp_explain(txn, tie.from, tie.to, DAY, &all, NULL) != WP_OK)
                continue;
            for (size_t k = 0; k < all->count; k++)
                *(all->items[k].is_outbound ? &out : &in) += all->items[k].contribution;
            if (fabs(in - tie.inbound) > 1e-9 || fabs(out - tie.outbound) > 1e-9)
                fail_msg("seed %llu, case %llu: contributions do not add up",
                         (unsigned long long)arguments.seed, (unsigned long long)number);
            wp_explanation_free(all);
        }
    wp_abort(txn);
}

static void merge_two(wp_db *db, size_t a, size_t b)
{
    wp_error err;
    wp_number x, y;
    wp_identity one = rows_identity(a), other = rows_identity(b);
    wp_txn *txn = oracle_begin_write(db);
    if (wp_identity_find(txn, &one, &x, NULL) == WP_OK &&
        wp_identity_find(txn, &other, &y, NULL) == WP_OK && x != y)
        oracle_must(wp_person_merge(txn, x, y, &err), &err, "merge");
    oracle_commit(txn);
}

static uint64_t run_case(uint64_t number)
{
    static row rows[ROWS_MAX];
    static ties before[3], after[3];
    static const int32_t days[3] = {DAY, DAY + 1, DAY + 400};
    random_source random = random_start(arguments.seed, number);
    size_t count = 10 + random_below(&random, ROWS_MAX - 10);
    int32_t limit = DAY - 20 - (int32_t)random_below(&random, 360);
    for (size_t i = 0; i < count; i++)
        rows[i] = rows_random(&random, random_below(&random, ROWS_SOURCES), true);
    wp_db *db = oracle_open_fresh("reduced");
    store_all(db, rows, count, 0);
    wp_retained tried = retain(db, limit, false, true);
    for (int i = 0; i < 3; i++)
        read_ties(db, days[i], &before[i]);
    wp_retained done = retain(db, limit, false, false);
    assert_true(tried.taken >= done.taken);
    oracle_expect_sound(db, arguments.seed, number, "after reducing");
    for (int i = 0; i < 3; i++) {
        read_ties(db, days[i], &after[i]);
        expect_same_ties(&before[i], &after[i], "after reducing", number);
    }
    assert_int_equal(retain(db, limit, false, false).taken, 0);
    (void)retain(db, DAY - 10, false, false); /* summaries are joined */
    expect_explained(db, number);
    oracle_expect_sound(db, arguments.seed, number, "after reducing twice");
    for (int i = 0; i < 3; i++) {
        read_ties(db, days[i], &after[i]);
        expect_same_ties(&before[i], &after[i], "after reducing twice", number);
    }
    size_t a = random_below(&random, ROWS_IDENTITIES), b = random_below(&random, ROWS_IDENTITIES);
    merge_two(db, a, b);
    oracle_expect_sound(db, arguments.seed, number, "after merging");
    uint64_t left = retain(db, DAY + 1, true, false).taken;
    oracle_expect_sound(db, arguments.seed, number, "after removing");
    wp_close(db);
    return done.taken + left;
}

static void retain__reduces_without_changing_strengths(void **unused)
{
    (void)unused;
    uint64_t taken = 0;
    for (uint64_t i = 0; i < arguments.cases; i++)
        taken += run_case(i);
    print_message("%llu interactions reduced or removed\n", (unsigned long long)taken);
    assert_true(taken > arguments.cases);
}

/* Removing is as never having stored them. */
static void retain__removes_as_if_they_had_never_been_there(void **unused)
{
    (void)unused;
    static row rows[ROWS_MAX];
    static ties seen, expected;
    for (uint64_t number = 0; number < arguments.cases / 4; number++) {
        random_source random = random_start(arguments.seed + 1, number);
        int32_t limit = DAY - 20 - (int32_t)random_below(&random, 360);
        for (size_t i = 0; i < ROWS_MAX; i++)
            rows[i] = rows_random(&random, 0, true);
        /* One version of each: what a source says of an interaction it says once. */
        for (size_t i = 0; i < ROWS_MAX; i++)
            for (size_t j = 0; j < i && rows[i].type == ROW_INTERACTION; j++)
                if (rows[j].type == ROW_INTERACTION && rows[j].id == rows[i].id)
                    rows[i].type = ROW_COMPANY;
        wp_db *db = oracle_open_fresh("removed"), *other = oracle_open_fresh("never");
        store_all(db, rows, ROWS_MAX, 0);
        store_all(other, rows, ROWS_MAX, limit);
        (void)retain(db, limit, true, false);
        oracle_expect_sound(db, arguments.seed, number, "after removing");
        read_ties(db, DAY, &seen);
        read_ties(other, DAY, &expected);
        expect_same_ties(&expected, &seen, "after removing", number);
        wp_close(db);
        wp_close(other);
    }
}

static void retain__changes_nothing_in_a_dry_run(void **unused)
{
    (void)unused;
    static row rows[ROWS_MAX];
    random_source random = random_start(arguments.seed + 2, 0);
    for (size_t i = 0; i < ROWS_MAX; i++)
        rows[i] = rows_random(&random, 0, true);
    wp_db *db = oracle_open_fresh("dry");
    store_all(db, rows, ROWS_MAX, 0);
    wp_txn *txn = oracle_begin_read(db);
    char *before = rows_describe(txn);
    wp_abort(txn);
    assert_true(retain(db, DAY, true, true).taken > 0);
    txn = oracle_begin_read(db);
    char *after = rows_describe(txn);
    wp_abort(txn);
    assert_string_equal(before, after);
    free(before);
    free(after);
    wp_close(db);
}

static void put_pair(wp_txn *txn, wp_number numbers[2])
{
    for (size_t i = 0; i < 2; i++)
        numbers[i] = rows_put_identity(txn, i);
}

#define MAILS 20000

static void put_mails(wp_db *db)
{
    wp_error err;
    wp_number numbers[2];
    wp_txn *txn = oracle_begin_write(db);
    put_pair(txn, numbers);
    for (int i = 0; i < MAILS; i++) {
        char source[16];
        wp_participant to = {numbers[1], WP_ROLE_TO};
        wp_interaction mail = WP_INTERACTION_INIT;
        (void)snprintf(source, sizeof source, "mail %d", i);
        mail.source = source;
        mail.time_s = 20;
        mail.from = numbers[0];
        mail.to = &to;
        mail.to_count = 1;
        oracle_must(wp_interaction_put(txn, &mail, NULL, &err), &err, "interaction_put");
    }
    oracle_commit(txn);
}

/* Called after the first transaction: nothing is open then, so the file can be rebuilt. */
static void rebuild_once(void *context, uint64_t done, uint64_t total)
{
    wp_db **db = context;
    (void)done;
    (void)total;
    if (*db != NULL)
        assert_int_equal(wp_vacuum(*db, NULL, NULL, NULL), WP_OK);
    *db = NULL;
}

static void retain__has_bytes_pending_after_a_rebuild_in_between(void **unused)
{
    (void)unused;
    wp_stats stats;
    wp_error err;
    wp_retained done;
    wp_retention asked = WP_RETENTION_INIT;
    wp_db *db = oracle_open_fresh("rebuilt"), *rebuilt = db;
    put_mails(db);
    asked.before_s = (int64_t)DAY * DAY_SECONDS;
    asked.progress = rebuild_once;
    asked.context = &rebuilt;
    oracle_must(wp_retain(db, &asked, &done, &err), &err, "retain");
    assert_int_equal(done.taken, MAILS);
    assert_null(rebuilt);
    wp_txn *txn = oracle_begin_read(db);
    oracle_must(wp_stats_get(txn, &stats, &err), &err, "stats");
    assert_int_equal(stats.erasures_pending, 1);
    wp_abort(txn);
    wp_close(db);
}

static atomic_bool is_over;

static void *write_on(void *db)
{
    for (uint64_t i = 1; !atomic_load(&is_over); i++) {
        wp_error err;
        wp_txn *txn = oracle_begin_write(db);
        oracle_must(wp_mark_put(txn, "on", i, &err), &err, "mark_put");
        oracle_commit(txn);
    }
    return NULL;
}

/* It takes longer than a reader may rest, but it does not rest. */
static void retain__counts_on_while_others_write(void **unused)
{
    (void)unused;
    pthread_t writer;
    wp_db *db = oracle_open_aged("aged", 1);
    put_mails(db);
    atomic_store(&is_over, false);
    assert_int_equal(pthread_create(&writer, NULL, write_on, db), 0);
    for (int counted = 0; counted < 10;) {
        wp_retained done;
        wp_error err;
        wp_retention asked = WP_RETENTION_INIT;
        asked.before_s = (int64_t)DAY * DAY_SECONDS;
        asked.is_dry_run = true;
        wp_status status = wp_retain(db, &asked, &done, &err);
        if (status == WP_ESTALE) /* it had no chance to begin; begin again */
            continue;
        oracle_must(status, &err, "retain");
        assert_int_equal(done.taken, MAILS);
        counted++;
    }
    atomic_store(&is_over, true);
    assert_int_equal(pthread_join(writer, NULL), 0);
    wp_close(db);
}

static void retain__refuses_summaries_that_are_none(void **unused)
{
    (void)unused;
    wp_error err;
    wp_number numbers[2];
    wp_sums sums = {.first_s = 10, .fast = {1.0, 0.0}, .slow = {1.0, 0.0}, .count = {1, 0}};
    wp_db *db = oracle_open_fresh("refused");
    wp_txn *txn = oracle_begin_write(db);
    put_pair(txn, numbers);
    wp_participant to = {numbers[1], WP_ROLE_TO};
    wp_interaction it = facts_of_mail("s", 20, numbers[0], &to);
    it.kind = WP_KIND_SUMMARY;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, &err), WP_EINVAL);
    it.sums = &sums;
    sums.slow[1] = (double)NAN;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, &err), WP_EINVAL);
    sums.slow[1] = 0.0;
    it.kind = WP_KIND_MAIL;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, &err), WP_EINVAL);
    assert_string_equal(err.message, "sums are given, expected them of a summary");
    it.kind = WP_KIND_SUMMARY;
    it.time_s = 5;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, &err), WP_EINVAL);
    it.time_s = 20;
    oracle_must(wp_interaction_put(txn, &it, NULL, &err), &err, "interaction_put");
    wp_abort(txn);
    wp_close(db);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retain__reduces_without_changing_strengths),
        cmocka_unit_test(retain__removes_as_if_they_had_never_been_there),
        cmocka_unit_test(retain__changes_nothing_in_a_dry_run),
        cmocka_unit_test(retain__counts_on_while_others_write),
        cmocka_unit_test(retain__has_bytes_pending_after_a_rebuild_in_between),
        cmocka_unit_test(retain__refuses_summaries_that_are_none),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
