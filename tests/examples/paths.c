/*
 * Asking for introductions with all that a program wants to decide: several sources, the people of
 * a company as targets, how far and how weak, somebody to leave out, and bounds on the work.
 *
 * A query that reaches a bound is no failure: it returns WP_EDEADLINE or WP_EBUDGET and what it
 * found until then, each path real. Paths and ties are borrowed from the result and live as long as
 * it; the strings of a person live until the next call on the transaction, so they are printed at
 * once.
 *
 * The network in paths.warmpath, in the current directory, is stated rather than learnt from mail,
 * which keeps the program short: a stated strength does not fade.
 */
#include <stdio.h>
#include <stdlib.h>

#include "warmpath.h"

#define DAY 19783 /* 2024-03-01 */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ANN, BOB, ERIN, FRED, GINA, CAROL, DAVE, PEOPLE_COUNT };

static const struct {
    const char *address, *name;
} people[PEOPLE_COUNT] = {
    [ANN] = {"ann@us.example", "Ann Lee"},          [BOB] = {"bob@us.example", "Bob Jones"},
    [ERIN] = {"erin@friends.example", "Erin Hall"}, [FRED] = {"fred@friends.example", "Fred Moss"},
    [GINA] = {"gina@bank.example", "Gina Ross"},    [CAROL] = {"carol@acme.example", "Carol Smith"},
    [DAVE] = {"dave@acme.example", "Dave Miller"},
};

/* Will the second answer if the first asks? */
static const struct {
    int from, to;
    double p;
} ties[] = {{ANN, ERIN, .70},  {BOB, FRED, .55},  {BOB, GINA, .80}, {ERIN, CAROL, .60},
            {FRED, DAVE, .65}, {GINA, DAVE, .90}, {ANN, BOB, .75}};

static void check(wp_status status, const wp_error *err)
{
    if (status != WP_OK) {
        fprintf(stderr, "%s: %s\n", wp_status_name(status), err->message);
        exit(1);
    }
}

static void put_network(wp_db *db, wp_number numbers[PEOPLE_COUNT])
{
    wp_error err;
    wp_txn *txn;
    check(wp_begin_write(db, &txn, &err), &err);
    for (size_t i = 0; i < PEOPLE_COUNT; i++) {
        wp_identity email = {WP_IDENTITY_EMAIL, people[i].address};
        wp_person_facts facts = WP_PERSON_FACTS_INIT;
        facts.identities = &email;
        facts.identity_count = 1;
        facts.name = people[i].name;
        check(wp_person_put(txn, &facts, &numbers[i], NULL, &err), &err);
    }
    for (size_t i = 0; i < COUNT(ties); i++) {
        wp_stated_tie tie = {
            .from = numbers[ties[i].from], .to = numbers[ties[i].to], .p = ties[i].p};
        check(wp_stated_tie_put(txn, &tie, &err), &err);
    }
    check(wp_commit(txn, &err), &err);
}

static void print_person(wp_txn *txn, wp_number number)
{
    wp_error err;
    wp_person person;
    check(wp_person_get(txn, number, DAY, &person, &err), &err);
    printf("%s", person.name != NULL ? person.name : person.email);
}

static void print_path(wp_txn *txn, const wp_path *path)
{
    printf("score %.3f, %u ties\n  ", path->score, path->hops);
    print_person(txn, path->people[0]);
    for (uint32_t i = 0; i < path->hops; i++) {
        const wp_tie *tie = &path->ties[i];
        printf(" --(%s %.2f%s)--> ", wp_tier_name(tie->tier), tie->p,
               i == path->weakest ? ", the weakest" : "");
        print_person(txn, path->people[i + 1]);
    }
    putchar('\n');
}

/* The numbers of our people and of those at the target's company, for a query on the day. */
static void find_ends(wp_txn *txn, wp_numbers *sources, wp_numbers *targets)
{
    wp_error err;
    wp_number company;
    wp_identity acme = {WP_IDENTITY_DOMAIN, "acme.example"};
    check(wp_us_people(txn, DAY, sources, &err), &err);
    check(wp_identity_find(txn, &acme, &company, &err), &err);
    check(wp_company_people(txn, company, DAY, targets, &err), &err);
}

static size_t print_introductions(wp_txn *txn, wp_number avoided)
{
    wp_error err;
    wp_numbers sources = {0}, targets = {0};
    wp_paths *paths = NULL;
    wp_path_query query = WP_PATH_QUERY_INIT;

    find_ends(txn, &sources, &targets);
    query.sources = sources.items;
    query.source_count = sources.count;
    query.targets = targets.items;
    query.target_count = targets.count;
    query.day = DAY;
    query.k = 10;
    query.hops_max = 4;
    query.p_min = .10;
    query.avoid = &avoided;
    query.avoid_count = avoided != 0 ? 1 : 0;
    query.with_reach = true;
    query.limits.deadline_ms = 200;
    query.limits.memory_bytes_max = (size_t)64 << 20;

    wp_status status = wp_paths_find(txn, &query, &paths, &err);
    if (paths == NULL)
        check(status, &err);
    size_t count = wp_paths_count(paths);
    for (size_t i = 0; i < count; i++)
        print_path(txn, wp_paths_at(paths, i));
    if (wp_paths_is_complete(paths))
        printf("reach of the account %.3f\n", wp_paths_reach(paths));
    else
        printf("stopped early (%s): there may be better paths\n", wp_status_name(status));
    wp_paths_free(paths);
    wp_numbers_free(&sources);
    wp_numbers_free(&targets);
    return count;
}

int main(void)
{
    static const char *const us_domains[] = {"us.example"};
    wp_error err;
    wp_db *db;
    wp_txn *txn;
    wp_number numbers[PEOPLE_COUNT];
    wp_status status = wp_create("paths.warmpath", us_domains, COUNT(us_domains), &err);

    check(status == WP_EEXIST ? WP_OK : status, &err);
    check(wp_open("paths.warmpath", NULL, &db, &err), &err);
    put_network(db, numbers);
    check(wp_begin_read(db, &txn, &err), &err);
    puts("Who can introduce us to somebody at Acme?");
    size_t count = print_introductions(txn, 0);
    puts("\nAnd without asking Gina?");
    size_t fewer = print_introductions(txn, numbers[GINA]);
    wp_abort(txn);
    wp_close(db);
    return count == 3 && fewer == 2 ? 0 : 1;
}
