/*
 * Erasing people from random networks and scanning what is left: see erase_scan.h.
 */
#include "erase_scan.h"

#include "erase_world.h"
#include "oracle_db.h"
#include "oracle_store.h"
#include "scratch.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ERASED_A_WORLD 4

typedef struct tally {
    uint64_t people;
    uint64_t hits_before;  /* of all people, before they were erased */
    uint64_t left_without; /* people of whom erasing alone left bytes */
    uint64_t hits_without; /* so many */
    uint64_t files;        /* scanned afterwards */
    uint64_t hits;         /* in them */
} tally;

static uint64_t count_pending(wp_db *db)
{
    wp_stats stats;
    wp_error err;
    wp_txn *txn = oracle_begin_read(db);
    oracle_must(wp_stats_get(txn, &stats, &err), &err, "stats_get");
    wp_abort(txn);
    return stats.erasures_pending;
}

static void expect_nothing(const erase_world *world, size_t person, const char *path, tally *out)
{
    size_t hits = erase_world_scan(world, person, path, true);
    out->files++;
    out->hits += hits;
    if (hits > 0)
        fail_msg("seed %" PRIu64 ", person %zu: %zu hits in %s", world->seed, person, hits, path);
}

/* All files there are: the database, its lock file, a backup. */
static void expect_gone(const erase_world *world, size_t count, wp_db *db, const char *path,
                        tally *out)
{
    wp_error err;
    char lock[600], copy[600];
    (void)snprintf(lock, sizeof lock, "%s-lock", path);
    (void)snprintf(copy, sizeof copy, "%s-copy", path);
    (void)unlink(copy);
    oracle_must(wp_backup(db, copy, &err), &err, "backup");
    for (size_t i = 0; i < count; i++) {
        assert_false(erase_world_knows(world, db, i));
        expect_nothing(world, i, path, out);
        expect_nothing(world, i, lock, out);
        expect_nothing(world, i, copy, out);
    }
}

/* Backups hold nothing of people erased even before the file is rebuilt. */
static void expect_clean_backup(const erase_world *world, size_t person, wp_db *db,
                                const char *path, tally *out)
{
    wp_error err;
    char copy[600];
    (void)snprintf(copy, sizeof copy, "%s-early", path);
    (void)unlink(copy);
    oracle_must(wp_backup(db, copy, &err), &err, "backup");
    expect_nothing(world, person, copy, out);
}

static void erase_one(erase_world *world, size_t person, wp_db *db, const char *path, tally *out)
{
    size_t before = erase_world_scan(world, person, path, false);
    assert_true(before > 0);
    out->hits_before += before;
    erase_world_erase(world, db, person);
    assert_false(erase_world_knows(world, db, person));
    size_t without = erase_world_scan(world, person, path, false);
    out->left_without += without > 0 ? 1 : 0;
    out->hits_without += without;
    out->people++;
}

static void run_world(uint64_t seed, size_t count, tally *out)
{
    char path[512];
    wp_error err;
    wp_db *db = oracle_open_fresh("world");
    erase_world *world = malloc(sizeof *world);
    assert_non_null(world);
    erase_world_make(world, seed);
    (void)snprintf(path, sizeof path, "%s", scratch_path("world"));
    erase_world_store(world, db, false);
    bool is_batched = seed % 2 == 0;
    for (size_t i = 0; i < count; i++) {
        erase_one(world, i, db, path, out);
        expect_clean_backup(world, i, db, path, out);
        assert_int_equal(count_pending(db), is_batched ? i + 1 : 1);
        if (!is_batched)
            oracle_must(wp_vacuum(db, NULL, NULL, &err), &err, "vacuum");
    }
    if (is_batched)
        oracle_must(wp_vacuum(db, NULL, NULL, &err), &err, "vacuum");
    assert_int_equal(count_pending(db), 0);
    expect_gone(world, count, db, path, out);
    oracle_expect_sound(db, seed, 0, "after erasing");
    erase_world_store(world, db, true);
    expect_gone(world, count, db, path, out);
    oracle_expect_sound(db, seed, 0, "after another import");
    wp_close(db);
    free(world);
}

void erase_scan_run(uint64_t seed, uint64_t people)
{
    tally totals = {0};
    for (uint64_t i = 0; totals.people < people; i++)
        run_world(seed * 1000003 + i, ERASED_A_WORLD, &totals);
    print_message("%" PRIu64 " people erased, found %" PRIu64 " times before; erasing without "
                  "rebuilding left bytes of %" PRIu64 " of them (%" PRIu64 " hits); %" PRIu64
                  " scans of files afterwards: %" PRIu64 " hits\n",
                  totals.people, totals.hits_before, totals.left_without, totals.hits_without,
                  totals.files, totals.hits);
    assert_true(totals.left_without > totals.people / 2);
}
