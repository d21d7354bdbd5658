/*
 * Every allocation and every call of LMDB fails in turn, once and from there on for ever, in every
 * call that answers questions: paths, reach, ties, searches by name, lists of people; and every
 * record that it reads is a bad one, in turn and in several ways. What must hold then: see
 * crash_reads.h. Calls that read what is stated are in memory_walk_test.c, those that write in
 * memory_write_test.c; that none is forgotten is seen to by memory_functions_test.c.
 */
#include <inttypes.h>
#include <stdio.h>

#include "crash_reads.h"
#include "crash_world.h"
#include "facts.h"

static wp_status paths_usual(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = crash_reads_query();
    return crash_reads_print_paths(txn, &query, out, err);
}

static wp_status paths_plain(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = crash_reads_query();
    query.is_plain = true;
    query.k = 20;
    return crash_reads_print_paths(txn, &query, out, err);
}

static wp_status paths_two_hops(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = crash_reads_query();
    query.hops_max = 2;
    query.p_min = 0;
    return crash_reads_print_paths(txn, &query, out, err);
}

static wp_status paths_any_hops(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = crash_reads_query();
    query.hops_max = WP_HOPS_ANY;
    query.p_min = 0;
    query.k = 40;
    return crash_reads_print_paths(txn, &query, out, err);
}

static wp_status paths_via(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = crash_reads_query();
    query.via = 3;
    query.p_min = 0;
    query.hops_max = 4;
    return crash_reads_print_paths(txn, &query, out, err);
}

static wp_status paths_diverse(wp_txn *txn, FILE *out, wp_error *err)
{
    static const wp_number avoid[] = {4, 9};
    wp_path_query query = crash_reads_query();
    query.diverse = .4;
    query.avoid = avoid;
    query.avoid_count = 2;
    query.p_min = 0;
    return crash_reads_print_paths(txn, &query, out, err);
}

static wp_status paths_withheld(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = crash_reads_query();
    wp_withheld counts = {0};
    wp_status status = wp_txn_use_viewer(txn, WP_VIEW_ALL, err);
    if (status == WP_OK)
        status = wp_paths_withheld(txn, &query, &counts, err);
    fprintf(out, "shown %u, withheld %u %u %u %u\n", counts.shown, counts.by_contact,
            counts.by_opt_out, counts.by_private, counts.by_barrier);
    return status;
}

static wp_status paths_with_reach(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = crash_reads_query();
    query.with_reach = true;
    query.k = 2;
    return crash_reads_print_paths(txn, &query, out, err);
}

static wp_status paths_bounded(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = crash_reads_query();
    query.limits.deadline_ms = 60000;
    query.limits.steps_max = 1000000;
    query.limits.memory_bytes_max = (size_t)64 << 20;
    return crash_reads_print_paths(txn, &query, out, err);
}

static wp_status find_reach(wp_txn *txn, bool is_plain, FILE *out, wp_error *err)
{
    wp_reach *reach = NULL;
    wp_reach_query query = reach_from(&crash_reads_in.us, CRASH_DAY);
    query.is_plain = is_plain;
    query.hops_max = is_plain ? WP_HOPS_ANY : 3;
    wp_status status = wp_reach_find(txn, &query, &reach, err);
    if (status != WP_OK) {
        crash_reads_require_empty(reach == NULL, "wp_reach_find");
        return status;
    }
    for (size_t i = 0; i < wp_reach_count(reach); i++)
        fprintf(out, "%u %" PRIu64 "\n", wp_reach_items(reach)[i].person,
                wp_reach_items(reach)[i].cost);
    wp_reach_free(reach);
    return WP_OK;
}

static wp_status reach_usual(wp_txn *txn, FILE *out, wp_error *err)
{
    return find_reach(txn, false, out, err);
}

static wp_status reach_plain(wp_txn *txn, FILE *out, wp_error *err)
{
    return find_reach(txn, true, out, err);
}

static wp_status explain(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_explanation *found = NULL;
    wp_status status =
        wp_explain(txn, crash_reads_in.us, crash_reads_in.partner, CRASH_DAY - 100, &found, err);
    if (status != WP_OK) {
        crash_reads_require_empty(found == NULL, "wp_explain");
        return status;
    }
    for (size_t i = 0; i < found->count; i++)
        fprintf(out, "%" PRIu64 " %.17g\n", found->items[i].interaction,
                found->items[i].contribution);
    wp_explanation_free(found);
    return WP_OK;
}

static wp_status tie_of_the_past(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_tie tie;
    wp_status status =
        wp_tie_get(txn, crash_reads_in.us, crash_reads_in.partner, CRASH_DAY - 100, &tie, err);
    if (status == WP_OK)
        fprintf(out, "%.17g %u\n", tie.p, tie.cost);
    return status;
}

static wp_status read_ties(wp_txn *txn, bool is_inbound, FILE *out, wp_error *err)
{
    wp_ties ties;
    wp_status status = wp_person_ties(txn, crash_reads_in.us, CRASH_DAY, is_inbound, &ties, err);
    if (status != WP_OK) {
        crash_reads_require_empty(ties.items == NULL && ties.count == 0, "wp_person_ties");
        return status;
    }
    for (size_t i = 0; i < ties.count; i++)
        fprintf(out, "%u %u %.17g\n", ties.items[i].from, ties.items[i].to, ties.items[i].p);
    wp_ties_free(&ties);
    return WP_OK;
}

static wp_status ties_out(wp_txn *txn, FILE *out, wp_error *err)
{
    return read_ties(txn, false, out, err);
}

static wp_status ties_in(wp_txn *txn, FILE *out, wp_error *err)
{
    return read_ties(txn, true, out, err);
}

static wp_status print_matches(wp_status status, wp_matches *matches, FILE *out)
{
    if (status != WP_OK)
        crash_reads_require_empty(matches->items == NULL && matches->count == 0,
                                  "a search by name");
    for (size_t i = 0; i < matches->count; i++)
        fprintf(out, "%d %u %.17g\n", matches->items[i].is_company, matches->items[i].number,
                matches->items[i].score);
    wp_matches_free(matches);
    return status;
}

static wp_status find_name(wp_txn *txn, const char *text, FILE *out, wp_error *err)
{
    wp_matches matches;
    return print_matches(wp_find(txn, text, 20, &matches, err), &matches, out);
}

static wp_status find_exact(wp_txn *txn, FILE *out, wp_error *err)
{
    return find_name(txn, "Person Number7", out, err);
}

static wp_status find_misspelt(wp_txn *txn, FILE *out, wp_error *err)
{
    return find_name(txn, "preson numbr", out, err);
}

static wp_status list_neighbours(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_neighbour near[64];
    size_t count = 0, done;
    CRASH_TRY(wp_neighbours(txn, crash_reads_in.us, CRASH_DAY, false, WP_COST_NONE - 1, near, 64,
                            &count, err));
    for (size_t i = 0; i < count && i < 64; i++)
        fprintf(out, "%u\n", near[i].person);
    return wp_neighbours_many(txn, &crash_reads_in.us, 1, CRASH_DAY + 1, false, WP_COST_NONE - 1,
                              near, 64, &count, &done, err);
}

static wp_status find_on(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_find_query query = WP_FIND_QUERY_INIT;
    wp_matches matches;
    query.text = "ann acme";
    query.day = CRASH_DAY;
    return print_matches(wp_find_on(txn, &query, &matches, err), &matches, out);
}

static wp_status list_colleagues(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_numbers people;
    return crash_reads_print_numbers(wp_us_people(txn, CRASH_DAY, &people, err), &people, out);
}

static wp_status list_employed(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_numbers people;
    return crash_reads_print_numbers(
        wp_company_people(txn, crash_reads_in.company, CRASH_DAY, &people, err), &people, out);
}

static wp_status paths_of_viewer(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_interaction seen;
    CRASH_TRY(wp_txn_use_viewer(txn, crash_reads_in.us, err));
    CRASH_TRY(wp_interaction_get(txn, 1, &seen, err));
    fprintf(out, "%zu recipients\n", seen.to_count);
    CRASH_TRY(paths_usual(txn, out, err));
    CRASH_TRY(wp_txn_use_viewer(txn, WP_VIEW_ALL, err));
    return paths_usual(txn, out, err);
}

static const crash_read reads[] = {
    {"paths", paths_usual, false},
    {"paths, plain", paths_plain, false},
    {"paths, two hops", paths_two_hops, false},
    {"paths, any hops", paths_any_hops, false},
    {"paths, via", paths_via, false},
    {"paths, diverse", paths_diverse, false},
    {"paths, with reach", paths_with_reach, false},
    {"paths, bounded", paths_bounded, false},
    {"paths withheld", paths_withheld, false},
    {"reach", reach_usual, false},
    {"reach, plain", reach_plain, false},
    {"explain", explain, false},
    {"a tie of the past", tie_of_the_past, false},
    {"ties from", ties_out, false},
    {"ties to", ties_in, false},
    {"find", find_exact, false},
    {"find, misspelt", find_misspelt, false},
    {"our people", list_colleagues, false},
    {"employed people", list_employed, false},
    {"neighbours", list_neighbours, false},
    {"find on a day", find_on, false},
    {"paths of a viewer", paths_of_viewer, false},
};

int main(void)
{
    return crash_reads_run(reads, sizeof reads / sizeof *reads, "calls that answer");
}
