/*
 * Expanding people: wp_neighbours() and wp_neighbours_many() against each other and against what is
 * said of single ties.
 *
 * Networks of 26 people are drawn at random: ties stated one way or both, by interactions, by both
 * kinds, of which either may hold, or none; lists are therefore of all lengths, with arcs that are
 * exact, fading and intricate, and without a cost in one direction. Each network is asked as it was
 * stored, after a compaction, and with changes beside the compacted lists; on the day of the last
 * interaction, before and after.
 *
 * A case is one network: `--cases N`.
 */
#include "net_tests.h"
#include "oracle_store.h"
#include "oracle_world.h"
#include "random.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROOM (NET_LETTERS * NET_LETTERS)

static random_arguments arguments = {1, 40};
static void put_event(random_source *random, char from, char to)
{
    char recipient[2] = {to, '\0'};
    net_event(&n, WP_KIND_MAIL, from, recipient, net_time((int32_t)random_between(random, -90, 0)),
              random_chance(random, 0.05) ? -1.0 : 0.0);
}

/* A talk of long ago: it may have counted for more than what is stated, and now counts for less. */
static void put_old_talk(random_source *random, char a, char b)
{
    for (size_t i = 4 + random_below(random, 40); i > 0; i--) {
        bool is_answer = random_chance(random, 0.5);
        char recipient[2] = {is_answer ? a : b, '\0'};
        net_event(&n, WP_KIND_MAIL, is_answer ? b : a, recipient,
                  net_time((int32_t)random_between(random, -430, -415)), 0.0);
    }
}

static void put_tie(random_source *random, char a, char b)
{
    char text[32];
    size_t kind = random_below(random, 7);
    if (kind == 1 || kind == 2 || kind >= 5) {
        snprintf(text, sizeof text, "%c%c%c.%u", a, b, kind == 1 ? '=' : '-',
                 1 + (unsigned)random_below(random, 9));
        net_ties(&n, text);
    }
    if (kind == 6)
        put_old_talk(random, a, b);
    for (size_t i = kind >= 3 ? 1 + random_below(random, 3) : 0; i > 0; i--)
        put_event(random, random_chance(random, 0.5) ? a : b, random_chance(random, 0.1) ? a : b);
}

static void put_network(random_source *random)
{
    for (char a = 'a'; a <= 'z'; a++)
        (void)net_person(&n, a);
    for (char a = 'a'; a <= 'z'; a++)
        for (char b = 'a'; b < a; b++)
            if (random_chance(random, a == 'z' ? 1.0 : 0.4))
                put_tie(random, a, b);
}

static int compare(const void *a, const void *b)
{
    const wp_neighbour *x = a, *y = b;
    return x->person < y->person ? -1 : x->person > y->person;
}

/* The neighbours of one person up to a cost by what is said of each tie, by number. */
static size_t expect(wp_number person, int32_t day, bool is_inbound, uint32_t cost_max,
                     wp_neighbour *out)
{
    wp_error err;
    wp_ties ties;
    size_t count = 0;
    oracle_must(wp_person_ties(n.txn, person, day, is_inbound, &ties, &err), &err, "person_ties");
    for (size_t i = 0; i < ties.count; i++)
        if (ties.items[i].cost <= cost_max)
            out[count++] = (wp_neighbour){is_inbound ? ties.items[i].from : ties.items[i].to,
                                          ties.items[i].cost};
    wp_ties_free(&ties);
    qsort(out, count, sizeof *out, compare);
    return count;
}

static void check_one(wp_number person, int32_t day, bool is_inbound, uint32_t cost_max)
{
    wp_error err;
    size_t count;
    wp_neighbour expected[NET_LETTERS], found[NET_LETTERS];
    size_t expected_count = expect(person, day, is_inbound, cost_max, expected);
    oracle_must(
        wp_neighbours(n.txn, person, day, is_inbound, cost_max, found, NET_LETTERS, &count, &err),
        &err, "neighbours");
    qsort(found, count, sizeof *found, compare);
    assert_int_equal(count, expected_count);
    assert_memory_equal(found, expected, count * sizeof *found);
}

/* Everybody at once, in pieces of `room`, is everybody one by one. */
static void check_many(int32_t day, bool is_inbound, uint32_t cost_max, size_t room)
{
    wp_error err;
    wp_neighbour found[ROOM], one[NET_LETTERS];
    size_t counts[NET_LETTERS], done = 0, count;
    for (size_t from = 0; from < NET_LETTERS; from += done) {
        const wp_neighbour *at = found;
        oracle_must(wp_neighbours_many(n.txn, n.people + from, NET_LETTERS - from, day, is_inbound,
                                       cost_max, found, room, counts, &done, &err),
                    &err, "neighbours_many");
        if (done == 0) {
            assert_true(counts[0] > room);
            room = counts[0];
        }
        for (size_t i = 0; i < done; at += counts[i++]) {
            oracle_must(wp_neighbours(n.txn, n.people[from + i], day, is_inbound, cost_max, one,
                                      NET_LETTERS, &count, &err),
                        &err, "neighbours");
            assert_int_equal(counts[i], count);
            assert_memory_equal(at, one, count * sizeof *one);
        }
    }
}

static void check_network(random_source *random)
{
    static const int32_t days[] = {-410, -100, -20, 0, 1, 30, 400};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        uint32_t cost_max = random_chance(random, 0.3) ? 1500000 : WP_COST_NONE - 1;
        for (int is_inbound = 0; is_inbound < 2; is_inbound++) {
            for (size_t j = 0; j < NET_LETTERS; j++)
                check_one(n.people[j], NET_DAY + days[i], is_inbound != 0, cost_max);
            check_many(NET_DAY + days[i], is_inbound != 0, cost_max, ROOM);
            check_many(NET_DAY + days[i], is_inbound != 0, cost_max, 1);
        }
    }
}

/* Fold everything into base lists, and read again. */
static void compact(void)
{
    wp_error err;
    net_end(&n);
    oracle_must(wp_compact(db, NULL, NULL, &err), &err, "compact");
    net_write(&n);
    net_read(&n);
}

static void neighbours__are_the_ties_of_the_day(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < arguments.cases; i++) {
        char name[32];
        random_source random = random_start(arguments.seed, i);
        snprintf(name, sizeof name, "random%u", (unsigned)i);
        net_begin(&n, db, name);
        put_network(&random);
        net_read(&n);
        check_network(&random);
        compact();
        check_network(&random);
        net_write(&n);
        for (int changes = 0; changes < 10; changes++)
            put_event(&random, (char)('a' + random_below(&random, 25)), 'z');
        net_read(&n);
        check_network(&random);
        net_end(&n);
    }
}

static void neighbours__hide_private_ties_in_compacted_lists_on_later_days(void **unused)
{
    (void)unused;
    wp_error err;
    wp_neighbour found[4];
    size_t count;
    net_begin(&n, db, "private");
    net_event(&n, WP_KIND_MAIL, 'a', "b", net_time(0), 0.0);
    net_event(&n, WP_KIND_MAIL, 'a', "c", net_time(0), 0.0);
    wp_private kept = {net_person(&n, 'a'), net_person(&n, 'c'), 0, false};
    oracle_must(wp_private_put(n.txn, &kept, true, &err), &err, "private_put");
    net_read(&n);
    compact();
    for (int32_t day = NET_DAY; day <= NET_DAY + 30; day += 30) {
        oracle_must(
            wp_neighbours(n.txn, n.people[0], day, true, WP_COST_NONE - 1, found, 4, &count, &err),
            &err, "neighbours");
        assert_int_equal(count, 1);
        assert_int_equal(found[0].person, n.people[1]);
    }
}

/* All arcs of the base are constant now, and one was not before its last evidence. */
static void neighbours__before_its_last_evidence_what_is_stated_may_not_have_held(void **unused)
{
    (void)unused;
    static const int32_t days[] = {-410, -1, 0, 400};
    net_begin(&n, db, "constant");
    net_ties(&n, "ab-.6 cd-.6");
    for (int i = 0; i < 40; i++)
        net_event(&n, WP_KIND_MAIL, i % 2 == 0 ? 'a' : 'b', i % 2 == 0 ? "b" : "a", net_time(-420),
                  0.0);
    net_event(&n, WP_KIND_MAIL, 'a', "b", net_time(0), 0.0);
    net_read(&n);
    compact();
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        for (size_t j = 0; j < 4; j++)
            check_one(n.people[j], NET_DAY + days[i], false, WP_COST_NONE - 1);
    net_end(&n);
}

static void neighbours_many__says_who_does_not_exist(void **unused)
{
    (void)unused;
    wp_error err;
    wp_neighbour found[4];
    size_t counts[3], done = 7;
    net_begin(&n, db, "absent");
    net_ties(&n, "ab=.5 bc=.5");
    net_read(&n);
    wp_number people[] = {n.people[0], n.people[1], 99999999};
    assert_int_equal(wp_neighbours_many(n.txn, people, 3, NET_DAY, false, WP_COST_NONE - 1, found,
                                        4, counts, &done, &err),
                     WP_ENOTFOUND);
    assert_string_equal(err.message, "no person has number 99999999");
    assert_int_equal(done, 2);
    assert_int_equal(counts[0] + counts[1], 2);
}

static void neighbours_many__of_nobody_is_nothing(void **unused)
{
    (void)unused;
    size_t done = 7;
    net_begin(&n, db, "nobody");
    net_read(&n);
    assert_int_equal(wp_neighbours_many(n.txn, NULL, 0, NET_DAY, false, WP_COST_NONE - 1, NULL, 0,
                                        NULL, &done, NULL),
                     WP_OK);
    assert_int_equal(done, 0);
}

static void neighbours_many__refuses_what_is_missing(void **unused)
{
    (void)unused;
    wp_neighbour found[4];
    size_t counts[1], done;
    net_begin(&n, db, "refused");
    net_ties(&n, "ab=.5");
    net_read(&n);
    const wp_number *people = n.people;
    uint32_t most = WP_COST_NONE - 1;
    assert_int_equal(
        wp_neighbours_many(NULL, people, 1, NET_DAY, false, most, found, 4, counts, &done, NULL),
        WP_EINVAL);
    assert_int_equal(
        wp_neighbours_many(n.txn, NULL, 1, NET_DAY, false, most, found, 4, counts, &done, NULL),
        WP_EINVAL);
    assert_int_equal(
        wp_neighbours_many(n.txn, people, 1, NET_DAY, false, most, NULL, 4, counts, &done, NULL),
        WP_EINVAL);
    assert_int_equal(
        wp_neighbours_many(n.txn, people, 1, NET_DAY, false, most, found, 4, NULL, &done, NULL),
        WP_EINVAL);
    assert_int_equal(
        wp_neighbours_many(n.txn, people, 1, NET_DAY, false, most, found, 4, counts, NULL, NULL),
        WP_EINVAL);
    assert_int_equal(wp_neighbours_many(n.txn, people, 1, NET_DAY, false, WP_COST_NONE, found, 4,
                                        counts, &done, NULL),
                     WP_EINVAL);
    assert_int_equal(
        wp_neighbours_many(n.txn, people, 1, -1, false, most, found, 4, counts, &done, NULL),
        WP_EINVAL);
}

int main(int argc, char **argv)
{
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    const struct CMUnitTest tests[] = {
        /* first, while no other arc is in the segment */
        cmocka_unit_test_teardown(
            neighbours__before_its_last_evidence_what_is_stated_may_not_have_held, net_tests_end),
        cmocka_unit_test_teardown(neighbours__are_the_ties_of_the_day, net_tests_end),
        cmocka_unit_test_teardown(neighbours__hide_private_ties_in_compacted_lists_on_later_days,
                                  net_tests_end),
        cmocka_unit_test_teardown(neighbours_many__says_who_does_not_exist, net_tests_end),
        cmocka_unit_test_teardown(neighbours_many__of_nobody_is_nothing, net_tests_end),
        cmocka_unit_test_teardown(neighbours_many__refuses_what_is_missing, net_tests_end),
    };
    return scratch_end(cmocka_run_group_tests(tests, net_tests_open, net_tests_close));
}
