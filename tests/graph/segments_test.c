/*
 * How many people share one base segment: what writing one list anew takes along, in memory and on
 * disk.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"
#include "scratch.h"

#define PEOPLE 2100

/* Everybody knows who comes next. */
static void put_chain(wp_db *db)
{
    wp_error err;
    wp_txn *txn = NULL;
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    for (unsigned i = 1; i <= PEOPLE; i++) {
        char id[16];
        wp_identity identity = {WP_IDENTITY_ID, id};
        wp_person_facts facts = facts_of_person(&identity);
        wp_number person = 0;
        (void)snprintf(id, sizeof id, "p%u", i);
        crash_must(wp_person_put(txn, &facts, &person, NULL, &err), &err, "wp_person_put");
        assert_int_equal(person, i);
        wp_stated_tie tie = {.from = person - 1, .to = person, .p = .5};
        if (i > 1)
            crash_must(wp_stated_tie_put(txn, &tie, &err), &err, "wp_stated_tie_put");
    }
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
}

static void segments__hold_the_lists_of_1024_people(void **state)
{
    (void)state;
    char path[4096];
    wp_error err;
    wp_txn *txn = NULL;
    wp_stats stats;
    (void)snprintf(path, sizeof path, "%s", scratch_path("segments"));
    crash_create(path);
    wp_db *db = crash_open(path);
    put_chain(db);
    crash_must(wp_compact(db, NULL, NULL, &err), &err, "wp_compact");
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    crash_must(wp_stats_get(txn, &stats, &err), &err, "wp_stats_get");
    wp_abort(txn);
    assert_int_equal(stats.overlay_people, 0);
    assert_int_equal(stats.segments, 3); /* numbers up to 1023, 2047 and 2100 */
    crash_check_db(db, "at the end");
    wp_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments__hold_the_lists_of_1024_people),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
