/*
 * Everything in a database as text; see crash_world.h.
 *
 * Figures are printed with all their digits: two dumps are equal when every value is. Sizes of the
 * file and transaction numbers are left out, since they may differ between equal databases.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"

#define TRY(call)                                                                                  \
    do {                                                                                           \
        wp_status try_status = (call);                                                             \
        if (try_status != WP_OK)                                                                   \
            return try_status;                                                                     \
    } while (0)

static const char *shown(const char *text)
{
    return text == NULL ? "-" : text;
}

/* The end of a walk is no failure. */
static wp_status end_walk(wp_status status)
{
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status dump_employments(wp_txn *txn, FILE *out, wp_number person, wp_error *err)
{
    wp_employment employment = {.person = person, .from_day = WP_DAY_NONE};
    wp_status status = wp_employment_next(txn, &employment, err);
    while (status == WP_OK && employment.person == person) {
        fprintf(out, "employment %u %u %s %d %d %d\n", employment.person, employment.company,
                shown(employment.title), employment.from_day, employment.to_day,
                employment.is_suggested);
        status = wp_employment_next(txn, &employment, err);
    }
    return end_walk(status);
}

static void print_ties(FILE *out, const char *what, const wp_tie *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const wp_tie *tie = &items[i];
        fprintf(out, "%s %u %u %.17g %.17g %.17g %.17g %.17g %u %d %" PRId64 " %u %u\n", what,
                tie->from, tie->to, tie->inbound, tie->outbound, tie->trust, tie->stated, tie->p,
                tie->cost, (int)tie->tier, tie->last_contact_s, tie->messages_out,
                tie->messages_in);
    }
}

static wp_status dump_ties(wp_txn *txn, FILE *out, wp_number person, wp_error *err)
{
    wp_ties ties;
    for (int is_inbound = 0; is_inbound <= 1; is_inbound++) {
        TRY(wp_person_ties(txn, person, CRASH_DAY, is_inbound == 1, &ties, err));
        print_ties(out, is_inbound == 1 ? "tie-in" : "tie", ties.items, ties.count);
        wp_ties_free(&ties);
    }
    return WP_OK;
}

static wp_status dump_person(wp_txn *txn, FILE *out, wp_number number, wp_error *err)
{
    wp_person person;
    TRY(wp_person_get(txn, number, CRASH_DAY, &person, err));
    fprintf(out, "person %u name %s stated %s us %d\n", number, shown(person.name),
            shown(person.name_stated), (int)person.us);
    fprintf(out, "works %u title %s company %u us %d\n", number, shown(person.title),
            person.company, person.is_us);
    fprintf(out, "consent %u out %d %d %d %d\n", number, person.has_opted_out,
            person.is_do_not_contact, person.introductions_since, person.contact_since);
    for (size_t i = 0; i < person.identity_count; i++)
        fprintf(out, "identity %u %d %s\n", number, (int)person.identities[i].kind,
                person.identities[i].text);
    for (size_t i = 0; i < person.spelling_count; i++)
        fprintf(out, "spelling %u %u %s\n", number, person.spellings[i].count,
                person.spellings[i].name);
    TRY(dump_employments(txn, out, number, err));
    return dump_ties(txn, out, number, err);
}

static wp_status dump_people(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_number number = 0;
    wp_status status = wp_person_next(txn, &number, err);
    while (status == WP_OK) {
        TRY(dump_person(txn, out, number, err));
        status = wp_person_next(txn, &number, err);
    }
    return end_walk(status);
}

static wp_status dump_company(wp_txn *txn, FILE *out, wp_number number, wp_error *err)
{
    wp_company company;
    wp_numbers people;
    TRY(wp_company_get(txn, number, &company, err));
    fprintf(out, "company %u name %s us %d\n", number, shown(company.name), (int)company.us);
    for (size_t i = 0; i < company.identity_count; i++)
        fprintf(out, "company-identity %u %d %s\n", number, (int)company.identities[i].kind,
                company.identities[i].text);
    TRY(wp_company_people(txn, number, CRASH_DAY, &people, err));
    for (size_t i = 0; i < people.count; i++)
        fprintf(out, "employs %u %u\n", number, people.items[i]);
    wp_numbers_free(&people);
    return WP_OK;
}

static wp_status dump_companies(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_number number = 0;
    wp_status status = wp_company_next(txn, &number, err);
    while (status == WP_OK) {
        TRY(dump_company(txn, out, number, err));
        status = wp_company_next(txn, &number, err);
    }
    return end_walk(status);
}

static wp_status dump_stated(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_stated_tie tie = {0};
    wp_status status = wp_stated_tie_next(txn, &tie, err);
    while (status == WP_OK) {
        fprintf(out, "stated %u %u %d %.17g %u\n", tie.from, tie.to, tie.has_cost, tie.p, tie.cost);
        status = wp_stated_tie_next(txn, &tie, err);
    }
    return end_walk(status);
}

static wp_status dump_interaction(wp_txn *txn, FILE *out, uint64_t number, wp_error *err)
{
    wp_interaction found;
    TRY(wp_interaction_get(txn, number, &found, err));
    fprintf(out, "interaction %" PRIu64 " %s %d %" PRId64 " %u %.17g %s %u to", number,
            shown(found.source), (int)found.kind, found.time_s, found.from, found.valence,
            shown(found.reply_to), found.flags);
    for (size_t i = 0; i < found.to_count; i++)
        fprintf(out, " %u:%d", found.to[i].person, (int)found.to[i].role);
    fprintf(out, "\n");
    return WP_OK;
}

static wp_status dump_interactions(wp_txn *txn, FILE *out, wp_error *err)
{
    uint64_t number = 0;
    wp_status status = wp_interaction_next(txn, &number, err);
    while (status == WP_OK) {
        TRY(dump_interaction(txn, out, number, err));
        status = wp_interaction_next(txn, &number, err);
    }
    return end_walk(status);
}

static wp_status dump_paths(wp_txn *txn, FILE *out, wp_number target, wp_error *err)
{
    wp_number source = 1;
    wp_paths *paths = NULL;
    wp_path_query query = paths_between(&source, &target, CRASH_DAY);
    query.score_min = 0;
    TRY(wp_paths_find(txn, &query, &paths, err));
    for (size_t i = 0; i < wp_paths_count(paths); i++) {
        const wp_path *path = wp_paths_at(paths, i);
        fprintf(out, "path %u %zu %" PRIu64, target, i, path->cost);
        for (uint32_t hop = 0; hop <= path->hops; hop++)
            fprintf(out, " %u", path->people[hop]);
        fprintf(out, "\n");
    }
    wp_paths_free(paths);
    return WP_OK;
}

static wp_status dump_reach(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_number source = 1;
    wp_reach *reach = NULL;
    wp_reach_query query = reach_from(&source, CRASH_DAY);
    TRY(wp_reach_find(txn, &query, &reach, err));
    const wp_reached *items = wp_reach_items(reach);
    for (size_t i = 0; i < wp_reach_count(reach); i++)
        fprintf(out, "reach %u %u %" PRIu64 "\n", items[i].person, items[i].hops, items[i].cost);
    wp_reach_free(reach);
    return WP_OK;
}

static wp_status dump_counts(wp_txn *txn, FILE *out, wp_stats *stats, wp_error *err)
{
    uint64_t mark = 0;
    TRY(wp_stats_get(txn, stats, err));
    TRY(wp_mark_get(txn, CRASH_MARK, &mark, err));
    fprintf(
        out,
        "counts %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\nmark %" PRIu64 "\n",
        stats->people, stats->companies, stats->interactions, stats->ties, stats->identities, mark);
    return WP_OK;
}

static wp_status dump_all(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_stats stats;
    TRY(dump_counts(txn, out, &stats, err));
    TRY(dump_people(txn, out, err));
    TRY(dump_companies(txn, out, err));
    TRY(dump_stated(txn, out, err));
    TRY(dump_interactions(txn, out, err));
    if (stats.people < 2)
        return WP_OK;
    TRY(dump_reach(txn, out, err));
    return dump_paths(txn, out, stats.people < 5 ? 2 : 5, err);
}

wp_status crash_dump(wp_txn *txn, char **text, wp_error *err)
{
    size_t bytes = 0;
    *text = NULL;
    FILE *out = open_memstream(text, &bytes);
    crash_require(out != NULL, "open_memstream");
    wp_status status = dump_all(txn, out, err);
    crash_require(fclose(out) == 0, "memory for a dump");
    if (status != WP_OK) {
        free(*text);
        *text = NULL;
    }
    return status;
}

char *crash_dump_db(wp_db *db)
{
    char *text = NULL;
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    crash_must(crash_dump(txn, &text, &err), &err, "reading everything");
    wp_abort(txn);
    return text;
}

/* Paths and reach follow from many facts at once. */
static bool is_computed(const char *line)
{
    return strncmp(line, "path ", 5) == 0 || strncmp(line, "reach ", 6) == 0;
}

static bool has_line(const char *text, const char *line, size_t bytes)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        if (length == bytes && memcmp(text, line, bytes) == 0)
            return true;
        text += length + (text[length] == '\n');
    }
    return false;
}

bool crash_dump_is_of(const char *seen, const char *const *dumps, size_t count)
{
    while (*seen != '\0') {
        size_t bytes = strcspn(seen, "\n"), i = 0;
        while (i < count && !is_computed(seen) && !has_line(dumps[i], seen, bytes))
            i++;
        if (i == count)
            return false;
        seen += bytes + (seen[bytes] == '\n');
    }
    return true;
}

void crash_dump_compare(const char *expected, const char *seen)
{
    size_t line = 1;
    while (*expected != '\0' && *seen != '\0') {
        size_t left = strcspn(expected, "\n"), right = strcspn(seen, "\n");
        if (left != right || memcmp(expected, seen, left) != 0)
            break;
        expected += left + (expected[left] == '\n');
        seen += right + (seen[right] == '\n');
        line++;
    }
    fprintf(stderr, "first difference in line %zu\n  expected: %.*s\n  seen:     %.*s\n", line,
            (int)strcspn(expected, "\n"), expected, (int)strcspn(seen, "\n"), seen);
}
