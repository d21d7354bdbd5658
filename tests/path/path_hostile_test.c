/*
 * Neighbour lists that lie: base segments and overlay records with random contents and right
 * checksums, as only a program that means harm would write them. Whatever they say, queries,
 * writes, folding and the check must return, with an answer or with WP_ECORRUPT.
 *
 * Each case takes a small sound file, damages some lists below the level of the library, seals them
 * anew, and asks everything. Sanitizers see what a plain run does not. A case is one damaged file:
 * `--cases N --seed N`.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "expect_ok.h"
#include "facts.h"
#include "format/keys.h"
#include "format/segment.h"
#include "random.h"
#include "rules/cost.h"
#include "scratch.h"
#include "store/store.h"
#include "warmpath.h"

#define PEOPLE 40u
#define TIES 150u
#define DAY 19783

static random_arguments arguments = {1, 60};

/* An answer, or the word that the file is damaged. */
static void expect_sane(wp_status status)
{
    if (status != WP_OK && status != WP_ECORRUPT && status != WP_EBUDGET)
        fail_msg("status %s", wp_status_name(status));
}

/* ---- A sound file ---- */

static void put_people(wp_txn *txn, unsigned count)
{
    for (unsigned i = 1; i <= count; i++) {
        char id[16];
        wp_number number;
        (void)snprintf(id, sizeof id, "p%u", i);
        wp_identity identity = {WP_IDENTITY_ID, id};
        wp_person_facts facts = facts_of_person(&identity);
        facts.us = i % 5 == 0 ? WP_US_YES : WP_US_UNSAID;
        EXPECT_OK(wp_person_put(txn, &facts, &number, NULL, &err));
        assert_int_equal(number, i);
    }
}

static void put_mail(wp_txn *txn, random_source *random, wp_number from, wp_number to, unsigned i)
{
    char source[16];
    (void)snprintf(source, sizeof source, "m%u", i);
    wp_participant participant = {to, WP_ROLE_TO};
    wp_interaction mail = facts_of_mail(
        source, (DAY - random_between(random, 0, 300)) * INT64_C(86400), from, &participant);
    mail.valence = random_chance(random, 0.1) ? -0.2 : 0.0;
    EXPECT_OK(wp_interaction_put(txn, &mail, NULL, &err));
}

static void put_ties(wp_txn *txn, random_source *random, unsigned round)
{
    for (unsigned i = 0; i < TIES; i++) {
        wp_number a = 1 + (wp_number)random_below(random, PEOPLE);
        wp_number b = 1 + (wp_number)random_below(random, PEOPLE);
        wp_stated_tie tie = {a, b, false, 0.4, 0, 0};
        if (a == b)
            continue;
        if (random_chance(random, 0.5)) {
            EXPECT_OK(wp_stated_tie_put(txn, &tie, &err));
        } else {
            put_mail(txn, random, a, b, 2 * (round * TIES + i));
            put_mail(txn, random, b, a, 2 * (round * TIES + i) + 1);
        }
    }
}

static wp_db *open_file(const char *path)
{
    wp_db *db = NULL;
    EXPECT_OK(wp_open(path, NULL, &db, &err));
    return db;
}

static wp_db *create_file(const char *path)
{
    wp_db *db = NULL;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    options.is_unsynced = true;
    EXPECT_OK(wp_create(path, NULL, 0, &err));
    EXPECT_OK(wp_open(path, &options, &db, &err));
    return db;
}

static void build(const char *path, random_source *random)
{
    wp_txn *txn = NULL;
    wp_db *db = create_file(path);
    EXPECT_OK(wp_begin_write(db, &txn, &err));
    put_people(txn, PEOPLE);
    put_ties(txn, random, 0);
    EXPECT_OK(wp_commit(txn, &err));
    EXPECT_OK(wp_compact(db, NULL, NULL, &err));
    EXPECT_OK(wp_begin_write(db, &txn, &err));
    put_ties(txn, random, 1);
    EXPECT_OK(wp_commit(txn, &err));
    wp_close(db);
}

/* ---- Damage ---- */

static uint32_t odd_number(random_source *random)
{
    static const uint32_t ODD[] = {0,          1,          PEOPLE,     PEOPLE + 1, 64 * PEOPLE,
                                   0x7fffffff, 0x80000000, 0xffffffff, 4095,       4096};
    return random_chance(random, 0.7) ? ODD[random_below(random, sizeof ODD / sizeof *ODD)]
                                      : (uint32_t)random_bits(random);
}

/* Overwrite some bytes, four of them as a number or one alone. */
static void scribble(random_source *random, unsigned char *bytes, size_t size)
{
    size_t at = random_below(random, size);
    uint32_t number = odd_number(random);
    if (random_chance(random, 0.4) && size >= 4)
        memcpy(bytes + (at + 4 > size ? size - 4 : at), &number, 4);
    else
        bytes[at] = (unsigned char)number;
}

static uint32_t sum_of(const void *bytes, size_t size, uint32_t a, uint32_t b)
{
    return (uint32_t)XXH3_64bits_withSeed(bytes, size, (XXH64_hash_t)a << 32 | b);
}

/* Make the checksums of a segment right again where its bounds allow it. */
static void seal_segment(unsigned char *bytes, size_t size)
{
    wpi_segment segment;
    uint32_t sum = sum_of(bytes, 16, 0, 0);
    memcpy(bytes + 16, &sum, 4);
    if (wpi_segment_read(bytes, size, 0, PEOPLE, &segment, NULL) != WP_OK)
        return;
    for (uint32_t place = 0; place < segment.people; place++) {
        wpi_arc_list list;
        unsigned char *entry = bytes + WPI_SEGMENT_HEAD_BYTES + place * WPI_SEGMENT_INDEX_BYTES;
        uint32_t from = wpi_bytes_get_le32(entry);
        uint32_t to = wpi_bytes_get_le32(entry + WPI_SEGMENT_INDEX_BYTES);
        if (from > to || to > segment.arcs)
            continue;
        wpi_segment_list(&segment, place, &list);
        sum = sum_of(list.hot, (size_t)list.count * WPI_ARC_HOT_BYTES, place, list.count);
        memcpy(entry + 4, &sum, 4);
        if (list.cold != NULL) {
            sum = sum_of(list.cold, (size_t)list.count * WPI_ARC_COLD_BYTES, place, list.count);
            memcpy(entry + 8, &sum, 4);
        }
    }
}

/* Have ties cost less than any can, or hardly more. */
static void cheapen(random_source *random, unsigned char *bytes, size_t size)
{
    wpi_segment segment;
    EXPECT_OK(wpi_segment_read(bytes, size, 0, PEOPLE, &segment, NULL));
    unsigned char *at = bytes + (segment.hot - bytes);
    for (uint32_t i = 0; i < segment.arcs; i++, at += WPI_ARC_HOT_BYTES) {
        uint64_t cost = random_below(random, 2 * WPI_COST_MIN);
        uint64_t flags = wpi_arc_packed(at) >> 2 * WPI_ARC_COST_BITS;
        uint64_t packed = flags << 2 * WPI_ARC_COST_BITS | cost << WPI_ARC_COST_BITS | cost;
        memcpy(at + sizeof(uint32_t), &packed, WPI_ARC_HOT_BYTES - sizeof(uint32_t));
    }
}

static void damage_record(wpi_store_txn *txn, random_source *random, wpi_table table, uint32_t at)
{
    wpi_slice value;
    wpi_key key = wpi_key_u32(at);
    wpi_slice name = {key.bytes, key.size};
    wp_status status = wpi_store_get_unverified(txn, table, name, &value, NULL);
    if (status == WP_ENOTFOUND)
        return;
    assert_int_equal(status, WP_OK);
    size_t size = value.bytes;
    unsigned char *bytes = malloc(size + 1);
    assert_non_null(bytes);
    memcpy(bytes, value.data, size);
    /* The head decides much, so it is hit more often than its size would have it. */
    bool is_cheap = table == WPI_TABLE_SEGMENT && random_chance(random, 0.2);
    if (is_cheap)
        cheapen(random, bytes, size);
    for (size_t i = is_cheap ? 0 : 1 + random_below(random, 6); i > 0; i--)
        scribble(random, bytes, random_chance(random, 0.3) && size > 20 ? 20 : size);
    if (table == WPI_TABLE_SEGMENT)
        seal_segment(bytes, size);
    EXPECT_OK(wpi_store_put(txn, table, name, (wpi_slice){bytes, size}, 1, &err));
    free(bytes);
}

static void damage(const char *path, random_source *random)
{
    wpi_store *store = NULL;
    wpi_store_txn *txn = NULL;
    EXPECT_OK(wpi_store_open(path, NULL, &store, &err));
    EXPECT_OK(wpi_store_begin(store, true, &txn, &err));
    if (random_chance(random, 0.8))
        damage_record(txn, random, WPI_TABLE_SEGMENT, 0);
    for (size_t i = random_below(random, 5); i > 0; i--)
        damage_record(txn, random, WPI_TABLE_OVERLAY, 1 + (uint32_t)random_below(random, PEOPLE));
    EXPECT_OK(wpi_store_commit(txn, &err));
    wpi_store_close(store);
}

/* ---- Questions ---- */

static void ask_path(wp_txn *txn, random_source *random, int32_t day)
{
    wp_paths *paths = NULL;
    wp_number sources[2] = {5, 1 + (wp_number)random_below(random, PEOPLE)};
    wp_number targets[2] = {7, 1 + (wp_number)random_below(random, PEOPLE)};
    wp_path_query query = WP_PATH_QUERY_INIT;
    query.sources = sources;
    query.targets = targets;
    query.source_count = query.target_count = 2;
    query.day = day;
    query.hops_max = (uint32_t)random_below(random, 7);
    query.is_plain = random_chance(random, 0.5);
    query.with_reach = random_chance(random, 0.5);
    query.via = random_chance(random, 0.2) ? 9 : 0;
    query.limits.steps_max = query.via == 0 ? 0 : 20000; /* simple paths are many */
    expect_sane(wp_paths_find(txn, &query, &paths, NULL));
    wp_paths_free(paths);
}

static void ask_person(wp_txn *txn, random_source *random, int32_t day)
{
    size_t count = 0;
    wp_neighbour near[8];
    wp_ties ties = {NULL, 0};
    wp_reach *reach = NULL;
    wp_number person = 1 + (wp_number)random_below(random, PEOPLE);
    bool is_inbound = random_chance(random, 0.5);
    expect_sane(wp_neighbours(txn, person, day, is_inbound, 5000000, near, 8, &count, NULL));
    expect_sane(wp_person_ties(txn, person, day, is_inbound, &ties, NULL));
    wp_ties_free(&ties);
    wp_reach_query query = reach_from(&person, day);
    query.hops_max = (uint32_t)random_below(random, 7);
    query.is_plain = random_chance(random, 0.5);
    query.is_by_hops = random_chance(random, 0.5);
    expect_sane(wp_reach_find(txn, &query, &reach, NULL));
    wp_reach_free(reach);
}

static void ask(wp_db *db, random_source *random)
{
    static const int32_t DAYS[] = {0, DAY - 200, DAY, DAY + 1, DAY + 4000, 2932896};
    wp_txn *txn = NULL;
    uint64_t faults = 0;
    EXPECT_OK(wp_begin_read(db, &txn, &err));
    for (size_t i = 0; i < 30; i++) {
        int32_t day = DAYS[random_below(random, sizeof DAYS / sizeof *DAYS)];
        ask_path(txn, random, day);
        ask_person(txn, random, day);
    }
    expect_sane(wp_check(txn, true, NULL, NULL, &faults, NULL));
    wp_abort(txn);
}

/* Change some ties, fold, and ask again. */
static void change(wp_db *db, random_source *random)
{
    wp_txn *txn = NULL;
    EXPECT_OK(wp_begin_write(db, &txn, &err));
    wp_stated_tie tie = {1 + (wp_number)random_below(random, PEOPLE / 2),
                         PEOPLE / 2 + 1 + (wp_number)random_below(random, PEOPLE / 2),
                         false,
                         0.7,
                         0,
                         0};
    EXPECT_OK(wp_stated_tie_put(txn, &tie, &err));
    expect_sane(wp_commit(txn, NULL));
    expect_sane(wp_compact(db, NULL, NULL, NULL));
    ask(db, random);
}

static void lists__may_say_anything(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < arguments.cases; i++) {
        char name[32];
        random_source random = random_start(arguments.seed, i);
        (void)snprintf(name, sizeof name, "hostile%llu", (unsigned long long)i);
        char *path = strdup(scratch_path(name));
        build(path, &random);
        damage(path, &random);
        wp_db *db = open_file(path);
        ask(db, &random);
        change(db, &random);
        wp_close(db);
        (void)remove(path);
        free(path);
    }
}

/* ---- Very many ties that cost less than any can ---- */

enum { FROM = 1, NEXT, BEYOND, LAST, TO, FIRST_CHEAP, CHEAP = 300, ALL = FIRST_CHEAP + CHEAP - 1 };

/* FROM knows NEXT, whom nobody follows but BEYOND; CHEAP people know LAST, who knows TO. */
static void build_cheap(const char *path)
{
    wp_txn *txn = NULL;
    wp_db *db = create_file(path);
    wp_stated_tie ties[] = {{FROM, NEXT, true, 0.0, 590000, 0},
                            {NEXT, BEYOND, true, 0.0, 100000, 0},
                            {LAST, TO, true, 0.0, 300000, 0}};
    EXPECT_OK(wp_begin_write(db, &txn, &err));
    put_people(txn, ALL);
    for (size_t i = 0; i < sizeof ties / sizeof *ties; i++)
        EXPECT_OK(wp_stated_tie_put(txn, &ties[i], &err));
    for (wp_number i = FIRST_CHEAP; i <= ALL; i++) {
        wp_stated_tie tie = {i, LAST, true, 0.0, WPI_COST_MIN, 0};
        EXPECT_OK(wp_stated_tie_put(txn, &tie, &err));
    }
    EXPECT_OK(wp_commit(txn, &err));
    EXPECT_OK(wp_compact(db, NULL, NULL, &err));
    wp_close(db);
}

/* Have the ties into LAST cost 1. */
static void cheapen_last(const char *path)
{
    wpi_store *store = NULL;
    wpi_store_txn *txn = NULL;
    wpi_slice value;
    wpi_segment segment;
    wpi_arc_list list;
    wpi_key key = wpi_key_u32(0);
    wpi_slice name = {key.bytes, key.size};
    EXPECT_OK(wpi_store_open(path, NULL, &store, &err));
    EXPECT_OK(wpi_store_begin(store, true, &txn, &err));
    EXPECT_OK(wpi_store_get_unverified(txn, WPI_TABLE_SEGMENT, name, &value, &err));
    unsigned char *bytes = malloc(value.bytes + 1);
    assert_non_null(bytes);
    memcpy(bytes, value.data, value.bytes);
    EXPECT_OK(wpi_segment_read(bytes, value.bytes, 0, ALL, &segment, &err));
    wpi_segment_list(&segment, LAST, &list);
    assert_int_equal(list.count, CHEAP + 1);
    for (uint32_t i = 0; i < list.count; i++) {
        unsigned char *at = bytes + (list.hot - bytes) + (size_t)i * WPI_ARC_HOT_BYTES;
        uint64_t none = (uint64_t)WPI_ARC_COST_NONE << WPI_ARC_COST_BITS;
        uint64_t packed = (wpi_arc_packed(at) & ~none) | UINT64_C(1) << WPI_ARC_COST_BITS;
        if (wpi_bytes_get_le32(at) >= FIRST_CHEAP)
            memcpy(at + sizeof(uint32_t), &packed, WPI_ARC_HOT_BYTES - sizeof(uint32_t));
    }
    seal_segment(bytes, value.bytes);
    EXPECT_OK(
        wpi_store_put(txn, WPI_TABLE_SEGMENT, name, (wpi_slice){bytes, value.bytes}, 1, &err));
    EXPECT_OK(wpi_store_commit(txn, &err));
    wpi_store_close(store);
    free(bytes);
}

/* They are settled in parts, of which a later one costs less than the side was thought to cost. */
static void a_search__ends_where_very_many_ties_cost_less_than_any_can(void **unused)
{
    (void)unused;
    wp_txn *txn = NULL;
    wp_paths *paths = NULL;
    wp_number from = FROM, to = TO;
    char *path = strdup(scratch_path("cheap"));
    build_cheap(path);
    cheapen_last(path);
    wp_db *db = open_file(path);
    EXPECT_OK(wp_begin_read(db, &txn, &err));
    wp_path_query query = paths_between(&from, &to, DAY);
    query.hops_max = WP_HOPS_ANY;
    query.is_plain = true;
    query.k = 1;
    (void)alarm(20); /* ends the test when the search does not end */
    expect_sane(wp_paths_find(txn, &query, &paths, NULL));
    (void)alarm(0);
    assert_int_equal(wp_paths_count(paths), 0);
    wp_paths_free(paths);
    wp_abort(txn);
    wp_close(db);
    free(path);
}

/* Take a record away; whether it was there. */
static bool take_away(const char *path, wpi_table table, wpi_key key)
{
    wpi_store *store = NULL;
    wpi_store_txn *txn = NULL;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    EXPECT_OK(wpi_store_begin(store, true, &txn, &err));
    wp_status status = wpi_store_delete(txn, table, (wpi_slice){key.bytes, key.size}, NULL);
    EXPECT_OK(wpi_store_commit(txn, &err));
    wpi_store_close(store);
    return status == WP_OK;
}

/* The ties of a person in a file without a record. */
static wp_status ask_without(wpi_table table, uint32_t at, wp_number person)
{
    static unsigned count = 0;
    char name[32];
    wp_txn *txn = NULL;
    wp_ties ties = {NULL, 0};
    random_source random = random_start(arguments.seed, 0);
    (void)snprintf(name, sizeof name, "gone%u", count++);
    char *path = strdup(scratch_path(name));
    build(path, &random);
    bool is_gone = table != WPI_TABLE_TIE && take_away(path, table, wpi_key_u32(at));
    for (uint32_t high = at + 1; high <= PEOPLE && !is_gone; high++)
        is_gone = take_away(path, table, wpi_key_u32_u32(at, high));
    assert_true(is_gone);
    wp_db *db = open_file(path);
    EXPECT_OK(wp_begin_read(db, &txn, &err));
    wp_paths *paths = NULL;
    wp_path_query query = WP_PATH_QUERY_INIT;
    query.sources = query.targets = &person;
    query.source_count = query.target_count = 1;
    query.day = DAY;
    wp_status status = wp_paths_find(txn, &query, &paths, NULL); /* takes the lists */
    wp_paths_free(paths);
    if (status == WP_OK)
        status = wp_person_ties(txn, person, DAY, false, &ties, NULL);
    wp_ties_free(&ties);
    wp_abort(txn);
    wp_close(db);
    free(path);
    return status;
}

/* A damaged key hides a record from those who look for it. */
static void records__are_missed_when_they_are_gone(void **unused)
{
    (void)unused;
    assert_int_equal(ask_without(WPI_TABLE_SEGMENT, 0, 7), WP_ECORRUPT);
    assert_int_equal(ask_without(WPI_TABLE_CHANGED, 0, 7), WP_ECORRUPT);
    assert_int_equal(ask_without(WPI_TABLE_OVERLAY, 7, 7), WP_ECORRUPT);
    assert_int_equal(ask_without(WPI_TABLE_OVERLAY, 7, 8), WP_OK);
    assert_int_equal(ask_without(WPI_TABLE_TIE, 7, 7), WP_ECORRUPT);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists__may_say_anything),
        cmocka_unit_test(a_search__ends_where_very_many_ties_cost_less_than_any_can),
        cmocka_unit_test(records__are_missed_when_they_are_gone),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
