/*
 * What is mended in a file that was salvaged: barriers keep those apart whom they name even when
 * nothing else is left of them, suppressions without their key are left out and reported, and the
 * audit log goes on behind its last entry.
 *
 * What damage would take is deleted as records.
 */
#include "facts.h"
#include "oracle_world.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "format/keys.h"
#include "store/recent.h"
#include "store/store_internal.h"

static char path[256], mended[256];
static wp_db *db;
static wp_txn *txn;
static wp_error err;
static unsigned faults_of_suppressed;

static void must(wp_status status)
{
    if (status != WP_OK)
        fail_msg("status %d: %s", (int)status, err.message);
}

/* A stand-in for a digest. */
static void add_up(const void *data, size_t bytes, unsigned char digest[32])
{
    memset(digest, 0, 32);
    for (size_t i = 0; i < bytes; i++)
        digest[i % 32] = (unsigned char)(3 * digest[i % 32] + ((const unsigned char *)data)[i]);
}

static void open_file(const char *which)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    options.sha256 = add_up;
    must(wp_open(which, &options, &db, &err));
}

static wp_number put_person(const char *id)
{
    wp_number number;
    wp_identity identity = {WP_IDENTITY_ID, id};
    wp_person_facts facts = facts_of_person(&identity);
    must(wp_person_put(txn, &facts, &number, NULL, &err));
    return number;
}

static int begin_test(void **unused)
{
    (void)unused;
    (void)snprintf(path, sizeof path, "%s", scratch_path("damaged"));
    (void)snprintf(mended, sizeof mended, "%s", scratch_path("mended"));
    faults_of_suppressed = 0;
    must(wp_create(path, NULL, 0, &err));
    open_file(path);
    txn = oracle_begin_write(db);
    return 0;
}

static int end_test(void **unused)
{
    (void)unused;
    wp_abort(txn);
    wp_close(db);
    txn = NULL;
    db = NULL;
    scratch_remove();
    return 0;
}

static void commit_and_close(void)
{
    oracle_commit(txn);
    txn = NULL;
    wp_close(db);
    db = NULL;
}

/* Delete all records of a table whose keys begin so. */
static void delete_all(wpi_store_txn *losing, wpi_table table, wpi_slice prefix)
{
    wpi_slice key, value;
    unsigned char copy[64];
    for (bool is_found = true; is_found;) {
        wpi_store_cursor *cursor;
        must(wpi_store_cursor_open(losing, table, &cursor, &err));
        wp_status status = wpi_store_cursor_seek(cursor, prefix, &key, &value, &err);
        is_found = status == WP_OK && memcmp(key.data, prefix.data, prefix.bytes) == 0;
        size_t key_bytes = is_found ? key.bytes : 0;
        if (is_found)
            memcpy(copy, key.data, key_bytes);
        wpi_store_cursor_close(cursor);
        if (is_found)
            must(wpi_store_delete(losing, table, (wpi_slice){copy, key_bytes}, &err));
    }
}

/* Lose all records of a table whose keys begin so. */
static void lose(wpi_table table, const void *prefix, size_t bytes)
{
    wpi_store *store;
    wpi_store_txn *losing;
    must(wpi_store_open(path, NULL, &store, &err));
    must(wpi_store_begin(store, true, &losing, &err));
    must(wpi_recent_fold(losing, &err));
    delete_all(losing, table, (wpi_slice){prefix, bytes});
    must(wpi_store_commit(losing, &err));
    wpi_store_close(store);
}

/* Lose what small commits left as rows. */
static void lose_rows(void)
{
    wpi_store *store;
    wpi_store_txn *losing;
    must(wpi_store_open(path, NULL, &store, &err));
    store->is_direct = true;
    must(wpi_store_begin(store, true, &losing, &err));
    delete_all(losing, WPI_TABLE_RECENT, (wpi_slice){"", 0});
    must(wpi_store_commit(losing, &err));
    wpi_store_close(store);
}

static void lose_number(wpi_table table, wp_number number)
{
    wpi_key key = wpi_key_u32(number);
    lose(table, key.bytes, key.size);
}

static void lose_meta(const char *name)
{
    lose(WPI_TABLE_META, name, strlen(name));
}

static void note_fault(void *context, const char *table, const char *key, const char *what)
{
    (void)context;
    (void)what;
    assert_string_equal(table, "suppressed");
    assert_int_equal(strlen(key), 32);
    faults_of_suppressed++;
}

static void salvage(bool is_write)
{
    must(wp_salvage(path, mended, note_fault, NULL, NULL, &err));
    open_file(mended);
    must(is_write ? wp_begin_write(db, &txn, &err) : wp_begin_read(db, &txn, &err));
}

static void salvage__keeps_apart_whom_only_a_barrier_names(void **unused)
{
    (void)unused;
    uint32_t source;
    wp_number company;
    wp_identity domain = {WP_IDENTITY_DOMAIN, "c.example"}, lost;
    wp_company_facts facts = facts_of_company(&domain);
    must(wp_source_put(txn, "walls", NULL, WP_TIME_NONE, &source, &err));
    wp_barrier wall = {.a = {WP_SIDE_PERSON, put_person("a")}};
    must(wp_company_put(txn, &facts, &company, NULL, &err));
    wall.b = (wp_side){WP_SIDE_COMPANY, company};
    must(wp_txn_use_source(txn, source, &err));
    must(wp_barrier_put(txn, &wall, true, &err));
    commit_and_close();
    lose_number(WPI_TABLE_PERSON, wall.a.number);
    lose_number(WPI_TABLE_COMPANY, company);
    lose_number(WPI_TABLE_SOURCE, source);
    lose(WPI_TABLE_IDENTITY, "", 0);
    salvage(false);
    wp_barrier found = {.source = 0};
    wp_source of;
    must(wp_barrier_statement_next(txn, &found, &err));
    assert_int_equal(found.a.number, wall.a.number);
    assert_int_equal(found.b.number, company);
    must(wp_person_identity(txn, found.a.number, &lost, &err));
    assert_string_equal(lost.text, "lost:1");
    must(wp_company_identity(txn, found.b.number, &lost, &err));
    assert_string_equal(lost.text, "lost:1");
    must(wp_source_get(txn, found.source, &of, &err));
    assert_string_equal(of.name, "lost:1");
}

static void salvage__leaves_out_suppressions_whose_key_is_lost(void **unused)
{
    (void)unused;
    wp_suppression at = {0};
    must(wp_person_erase(txn, put_person("first"), NULL, &err));
    must(wp_person_erase(txn, put_person("second"), NULL, &err));
    commit_and_close();
    lose_meta("suppression");
    salvage(false);
    assert_int_equal(faults_of_suppressed, 2);
    assert_int_equal(wp_suppression_next(txn, &at, &err), WP_ENOTFOUND);
}

static void salvage__keeps_suppressions(void **unused)
{
    (void)unused;
    bool has = false;
    wp_identity identity = {WP_IDENTITY_ID, "first"};
    must(wp_person_erase(txn, put_person("first"), NULL, &err));
    commit_and_close();
    salvage(false);
    assert_int_equal(faults_of_suppressed, 0);
    must(wp_suppression_has(txn, &identity, &has, &err));
    assert_true(has);
}

/* Numbers are never given out again: the log would speak of somebody else. */
static void salvage__gives_nobody_a_number_of_somebody_erased(void **unused)
{
    (void)unused;
    must(wp_audit_set_mode(txn, WP_AUDIT_CHANGES, &err));
    (void)put_person("first");
    wp_number erased = put_person("second");
    must(wp_person_erase(txn, erased, NULL, &err));
    commit_and_close();
    lose_meta("counters");
    salvage(true);
    assert_int_equal(put_person("third"), erased + 1);
    wp_abort(txn);
    wp_close(db);
    (void)unlink(mended);
    lose(WPI_TABLE_ALIAS, "", 0);
    salvage(true);
    assert_int_equal(put_person("third"), erased + 1);
}

static void salvage__keeps_what_people_decided_without_the_rows(void **unused)
{
    (void)unused;
    wp_person known;
    wp_consent out = WP_CONSENT_INIT;
    out.person = put_person("first");
    out.introductions = WP_CHOICE_OUT;
    out.since = 20000;
    commit_and_close();
    open_file(path);
    txn = oracle_begin_write(db);
    must(wp_consent_put(txn, &out, &err));
    oracle_commit(txn);
    txn = oracle_begin_write(db);
    (void)put_person("second");
    commit_and_close();
    lose_rows();
    salvage(false);
    must(wp_person_get(txn, out.person, 20001, &known, &err));
    assert_int_equal(known.introductions, WP_CHOICE_OUT);
    wp_number second = out.person + 1;
    assert_int_equal(wp_person_get(txn, second, 20001, &known, &err), WP_ENOTFOUND);
}

static void salvage__goes_on_with_the_audit_log(void **unused)
{
    (void)unused;
    wp_audit_mode mode;
    wp_audit_entry head;
    uint64_t broken = 1;
    must(wp_audit_set_mode(txn, WP_AUDIT_ALL, &err));
    must(wp_audit_note(txn, WP_AUDIT_ASK_NAME, 0, 0, 0, &err));
    commit_and_close();
    lose_meta("audit");
    salvage(true);
    must(wp_audit_get_mode(txn, &mode, &err));
    assert_int_equal(mode, WP_AUDIT_ALL);
    must(wp_audit_note(txn, WP_AUDIT_ASK_ALL, 0, 0, 0, &err));
    must(wp_audit_head(txn, &head, &err));
    assert_int_equal(head.number, 3);
    must(wp_audit_verify(txn, &broken, &err));
    assert_int_equal(broken, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(salvage__keeps_apart_whom_only_a_barrier_names),
        TEST(salvage__leaves_out_suppressions_whose_key_is_lost),
        TEST(salvage__keeps_suppressions),
        TEST(salvage__gives_nobody_a_number_of_somebody_erased),
        TEST(salvage__keeps_what_people_decided_without_the_rows),
        TEST(salvage__goes_on_with_the_audit_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
