/*
 * Databases for tests: see oracle_db.h.
 */
#include "oracle_db.h"

#include "facts.h"
#include "oracle_store.h"
#include "scratch.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void copy_file(const char *from, const char *to)
{
    char bytes[4096];
    size_t got;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_true(in != NULL && out != NULL);
    while ((got = fread(bytes, 1, sizeof bytes, in)) > 0)
        assert_int_equal(fwrite(bytes, 1, got, out), got);
    assert_int_equal(fclose(in), 0);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(to, 0600), 0);
}

static wp_db *open_path(const char *path, uint32_t reader_age_max_ms, bool is_unsynced)
{
    wp_error err;
    wp_db *db = NULL;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    options.is_unsynced = is_unsynced;
    options.reader_age_max_ms = reader_age_max_ms;
    oracle_must(wp_open(path, &options, &db, &err), &err, "open");
    return db;
}

wp_db *oracle_open_aged(const char *name, uint32_t reader_age_max_ms)
{
    static char template[512];
    wp_error err;
    if (template[0] == '\0') {
        (void)snprintf(template, sizeof template, "%s", scratch_path("template"));
        oracle_must(wp_create(template, NULL, 0, &err), &err, "create");
    }
    const char *path = scratch_path(name);
    (void)unlink(path);
    copy_file(template, path);
    return open_path(path, reader_age_max_ms, true);
}

/* Tests ask long questions of one snapshot. */
wp_db *oracle_open_fresh(const char *name)
{
    return oracle_open_aged(name, WP_AGE_ANY);
}

wp_db *oracle_open_again(wp_db *db, const char *name)
{
    wp_close(db);
    return open_path(scratch_path(name), WP_AGE_ANY, false);
}

wp_txn *oracle_begin_write(wp_db *db)
{
    wp_error err;
    wp_txn *txn = NULL;
    oracle_must(wp_begin_write(db, &txn, &err), &err, "begin_write");
    return txn;
}

wp_txn *oracle_begin_read(wp_db *db)
{
    wp_error err;
    wp_txn *txn = NULL;
    oracle_must(wp_begin_read(db, &txn, &err), &err, "begin_read");
    return txn;
}

void oracle_commit(wp_txn *txn)
{
    wp_error err;
    oracle_must(wp_commit(txn, &err), &err, "commit");
}

static void print_fault(void *context, const char *table, const char *key, const char *what)
{
    (void)context;
    print_error("%s %s: %s\n", table, key, what);
}

void oracle_expect_sound(wp_db *db, uint64_t seed, uint64_t number, const char *when)
{
    uint64_t faults = 0;
    wp_error err;
    wp_txn *txn = oracle_begin_read(db);
    oracle_must(wp_check(txn, true, print_fault, NULL, &faults, &err), &err, "check");
    wp_abort(txn);
    if (faults > 0)
        fail_msg("seed %" PRIu64 ", case %" PRIu64 ": %" PRIu64 " faults %s", seed, number, faults,
                 when);
}

static wp_number put_person(wp_txn *txn, wp_identity identity, const char *name)
{
    wp_error err;
    wp_number number = 0;
    wp_person_facts facts = facts_of_person(&identity);
    facts.name = name;
    oracle_must(wp_person_put(txn, &facts, &number, NULL, &err), &err, "person_put");
    return number;
}

wp_number oracle_put_person(wp_txn *txn, const char *address)
{
    return oracle_put_named(txn, address, NULL);
}

wp_number oracle_put_named(wp_txn *txn, const char *address, const char *name)
{
    return put_person(txn, (wp_identity){WP_IDENTITY_EMAIL, address}, name);
}

wp_number oracle_put_indexed(wp_txn *txn, const char *group, unsigned index)
{
    char id[32];
    (void)snprintf(id, sizeof id, "%s-%06u", group, index);
    return put_person(txn, (wp_identity){WP_IDENTITY_ID, id}, NULL);
}

void oracle_put_cost(wp_txn *txn, wp_number from, wp_number to, uint32_t cost)
{
    wp_error err;
    wp_stated_tie tie = {.from = from, .to = to, .has_cost = true, .cost = cost};
    oracle_must(wp_stated_tie_put(txn, &tie, &err), &err, "stated_tie_put");
}
