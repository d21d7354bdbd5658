/*
 * A verified copy of a database that is in use.
 *
 * A live file must not be copied with `cp`: the copy may mix the pages of two transactions.
 * wp_backup() copies one snapshot while others read and write, and the copy appears under its name
 * complete or not at all. It never overwrites: here copies are numbered, so that a program that
 * runs every night keeps the earlier ones.
 *
 * The copy is a database like any other. It is opened read-only here and checked, every record, and
 * every derived one computed anew: a backup that nobody has read is a hope.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "warmpath.h"

#define COPIES_MAX 1000

static void check(wp_status status, const wp_error *err)
{
    if (status != WP_OK) {
        fprintf(stderr, "%s: %s\n", wp_status_name(status), err->message);
        exit(1);
    }
}

static void put_person(wp_db *db, const char *address)
{
    wp_error err;
    wp_txn *txn;
    wp_number person;
    wp_identity email = {WP_IDENTITY_EMAIL, address};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = &email;
    facts.identity_count = 1;
    check(wp_begin_write(db, &txn, &err), &err);
    check(wp_person_put(txn, &facts, &person, NULL, &err), &err);
    check(wp_commit(txn, &err), &err);
}

/* Copies to the first of backup-1.warmpath, backup-2.warmpath, … that does not exist. */
static void back_up(wp_db *db, char path[32])
{
    wp_error err;
    wp_status status = WP_EEXIST;
    for (int i = 1; status == WP_EEXIST && i <= COPIES_MAX; i++) {
        snprintf(path, 32, "backup-%d.warmpath", i);
        status = wp_backup(db, path, &err);
    }
    check(status, &err);
}

static void print_fault(void *context, const char *table, const char *key, const char *what)
{
    (void)context;
    fprintf(stderr, "%s %s: %s\n", table, key, what);
}

/* The number of people in a database without faults. */
static uint64_t count_people(const char *path)
{
    wp_error err;
    wp_db *db;
    wp_txn *txn;
    wp_stats stats;
    uint64_t faults;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    options.is_read_only = true;
    check(wp_open(path, &options, &db, &err), &err);
    check(wp_begin_read(db, &txn, &err), &err);
    check(wp_check(txn, true, print_fault, NULL, &faults, &err), &err);
    check(wp_stats_get(txn, &stats, &err), &err);
    wp_abort(txn);
    wp_close(db);
    if (faults > 0)
        exit(1);
    return stats.people;
}

int main(void)
{
    wp_error err;
    wp_db *db;
    char path[32];
    wp_status status = wp_create("live.warmpath", NULL, 0, &err);

    check(status == WP_EEXIST ? WP_OK : status, &err);
    check(wp_open("live.warmpath", NULL, &db, &err), &err);
    put_person(db, "ann@us.example");
    put_person(db, "bob@acme.example");
    back_up(db, path);
    wp_close(db);
    uint64_t people = count_people(path);
    printf("%s: %" PRIu64 " people, no faults\n", path, people);
    return people == 2 ? 0 : 1;
}
