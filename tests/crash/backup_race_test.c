/*
 * Somebody is erased at the worst moment of a backup: after the database was asked whether deleted
 * bytes wait in its pages, before they are copied. The copy must not hold her all the same.
 *
 * The linker leads the call that copies pages through this file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"
#include "scan.h"
#include "scratch.h"

static const char *const secret = "Wilhelmina Quartermaine";

static wp_db *db;
static wp_number erased; /* Who is erased before pages are copied; 0: nobody. */
static unsigned copies;

int __real_mdb_env_copyfd2(void *environment, int fd, unsigned flags);
int __wrap_mdb_env_copyfd2(void *environment, int fd, unsigned flags);

static wp_txn *begin(void)
{
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    return txn;
}

static void commit(wp_txn *txn)
{
    wp_error err;
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
}

int __wrap_mdb_env_copyfd2(void *environment, int fd, unsigned flags)
{
    copies++;
    if (erased != 0) {
        wp_error err;
        wp_txn *txn = begin();
        crash_must(wp_person_erase(txn, erased, NULL, &err), &err, "wp_person_erase");
        commit(txn);
        erased = 0;
    }
    return __real_mdb_env_copyfd2(environment, fd, flags);
}

static wp_number put_secret(void)
{
    wp_identity identity = {WP_IDENTITY_EMAIL, "w.quartermaine@c1.example"};
    wp_spelling spelling = {secret, 1};
    wp_person_facts facts = facts_of_person(&identity);
    wp_number person = 0;
    wp_error err;
    wp_txn *txn = begin();
    facts.spellings = &spelling;
    facts.spelling_count = 1;
    crash_must(wp_person_put(txn, &facts, &person, NULL, &err), &err, "wp_person_put");
    commit(txn);
    return person;
}

static void back_up(const char *name)
{
    wp_error err;
    crash_must(wp_backup(db, scratch_path(name), &err), &err, "wp_backup");
}

static void backup__holds_nobody_who_is_erased_while_it_begins(void **state)
{
    (void)state;
    crash_create(scratch_path("race.warmpath"));
    db = crash_open(scratch_path("race.warmpath"));
    crash_batch_commit(db, 1, 0);
    wp_number person = put_secret();
    back_up("before");
    assert_int_equal(copies, 1);
    assert_true(scan_file(scratch_path("before"), &secret, 1, false) > 0);
    erased = person;
    back_up("during");
    assert_int_equal(copies, 2);
    assert_int_equal(erased, 0);
    assert_int_equal(scan_file(scratch_path("during"), &secret, 1, true), 0);
    assert_true(scan_file(scratch_path("race.warmpath"), &secret, 1, false) > 0);
    back_up("after");
    assert_int_equal(copies, 2); /* by record at once */
    wp_db *opened = crash_open(scratch_path("during"));
    crash_check_db(opened, "in the copy");
    char *expected = crash_dump_db(db), *seen = crash_dump_db(opened);
    assert_string_equal(expected, seen);
    free(expected);
    free(seen);
    wp_close(opened);
    wp_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backup__holds_nobody_who_is_erased_while_it_begins)};
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
