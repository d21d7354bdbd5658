/*
 * How far do we get? Everybody within reach of one person, with the best score to each: first as
 * introductions work, then as plain shortest paths over the whole graph.
 *
 * The second form is what a graph library calls single-source shortest paths: ties carry stated
 * costs in micro-nats, -ln p times a million, no number of hops is too many, and nothing but the
 * costs counts. The chain in reach.warmpath, in the current directory, shows the difference: an
 * introduction over five ties is not worth asking for, but there is a path.
 */
#include <stdio.h>
#include <stdlib.h>

#include "warmpath.h"

#define DAY 19783 /* 2024-03-01 */
#define PEOPLE_COUNT 6

static void check(wp_status status, const wp_error *err)
{
    if (status != WP_OK) {
        fprintf(stderr, "%s: %s\n", wp_status_name(status), err->message);
        exit(1);
    }
}

/* A chain 1 - 2 - 3 - 4 - 5 - 6 of ties of p = .6 both ways; the people have external ids. */
static void put_chain(wp_db *db, wp_number numbers[PEOPLE_COUNT])
{
    wp_error err;
    wp_txn *txn;
    check(wp_begin_write(db, &txn, &err), &err);
    for (int i = 0; i < PEOPLE_COUNT; i++) {
        char text[] = {(char)('1' + i), '\0'};
        wp_identity id = {WP_IDENTITY_ID, text};
        wp_person_facts facts = WP_PERSON_FACTS_INIT;
        facts.identities = &id;
        facts.identity_count = 1;
        check(wp_person_put(txn, &facts, &numbers[i], NULL, &err), &err);
    }
    for (int i = 0; i + 1 < PEOPLE_COUNT; i++) {
        wp_stated_tie there = {
            .from = numbers[i], .to = numbers[i + 1], .has_cost = true, .cost = 510826};
        wp_stated_tie back = there;
        back.from = there.to;
        back.to = there.from;
        check(wp_stated_tie_put(txn, &there, &err), &err);
        check(wp_stated_tie_put(txn, &back, &err), &err);
    }
    check(wp_commit(txn, &err), &err);
}

/* The number of people reached. */
static size_t print_reach(wp_txn *txn, const wp_reach_query *query)
{
    wp_error err;
    wp_reach *reach;
    check(wp_reach_find(txn, query, &reach, &err), &err);
    size_t count = wp_reach_count(reach);
    const wp_reached *items = wp_reach_items(reach);
    for (size_t i = 0; i < count; i++) {
        wp_person person;
        check(wp_person_get(txn, items[i].person, query->day, &person, &err), &err);
        printf("  person %s: %u hops, score %.3f, cost %llu\n", person.id, items[i].hops,
               items[i].score, (unsigned long long)items[i].cost);
    }
    wp_reach_free(reach);
    return count;
}

int main(void)
{
    wp_error err;
    wp_db *db;
    wp_txn *txn;
    wp_number numbers[PEOPLE_COUNT];
    wp_status status = wp_create("reach.warmpath", NULL, 0, &err);

    check(status == WP_EEXIST ? WP_OK : status, &err);
    check(wp_open("reach.warmpath", NULL, &db, &err), &err);
    put_chain(db, numbers);
    check(wp_begin_read(db, &txn, &err), &err);
    wp_reach_query query = WP_REACH_QUERY_INIT; /* three hops, scores from .02 on */
    query.sources = &numbers[0];
    query.source_count = 1;
    query.day = DAY;
    puts("by introductions:");
    size_t near = print_reach(txn, &query);
    query.is_plain = true;
    query.hops_max = WP_HOPS_ANY;
    puts("by shortest paths:");
    size_t all = print_reach(txn, &query);
    wp_abort(txn);
    wp_close(db);
    return near == 3 && all == PEOPLE_COUNT - 1 ? 0 : 1;
}
