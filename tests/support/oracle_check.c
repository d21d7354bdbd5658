/*
 * Answers of the database compared with those of the oracle. See oracle_store.h.
 *
 * Each check looks at one answer, prints the first thing that differs and dumps what is needed to
 * follow the case by hand: the graph, the query and both answers.
 */
#include "oracle_store.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DUMP_EDGES_MAX 200

/* ---- Dumps ---- */

static const char *name_of(const oracle *model, size_t person)
{
    return person == ORACLE_NONE ? "?" : model->people[person].rank_id;
}

void oracle_dump_graph(const oracle_graph *graph)
{
    const oracle *model = graph->model;
    print_error("  graph %s, day %d; people (u us, o opted out, d do not contact, load):\n",
                model->name, graph->day);
    for (size_t i = 0; i < model->people_count && i < DUMP_EDGES_MAX; i++) {
        const oracle_person *p = &model->people[i];
        print_error("    #%" PRIu32 " %s %s%s%s %" PRIu64 "\n", p->number, p->rank_id,
                    p->is_us ? "u" : "", p->has_opted_out ? "o" : "",
                    p->is_do_not_contact ? "d" : "", graph->loads[i]);
    }
    print_error("  ties (cost, trust, last contact):\n");
    for (size_t i = 0; i < graph->edge_count && i < DUMP_EDGES_MAX; i++) {
        const oracle_edge *e = &graph->edges[i];
        print_error("    %s -> %s %" PRIu32 " g %.3f last %" PRId64 "\n", name_of(model, e->from),
                    name_of(model, e->to), e->tie.cost, e->tie.trust, e->tie.last_contact_s);
    }
}

static void dump_people(const oracle *model, const char *what, const wp_number *numbers,
                        size_t count)
{
    print_error(" %s", what);
    for (size_t i = 0; i < count; i++) {
        print_error(" %s", name_of(model, oracle_person_find(model, numbers[i])));
    }
    print_error(";");
}

void oracle_dump_query(const oracle_graph *graph, const wp_path_query *query)
{
    const oracle *model = graph->model;
    print_error("  query:");
    dump_people(model, "from", query->sources, query->source_count);
    dump_people(model, "to", query->targets, query->target_count);
    dump_people(model, "avoid", query->avoid, query->avoid_count);
    dump_people(model, "via", &query->via, query->via != 0);
    print_error(" day %d hops %" PRIu32 " k %" PRIu32 " p_min %.6g score_min %.6g%s diverse %g%s\n",
                query->day, query->hops_max, query->k, query->p_min, query->score_min,
                query->is_plain ? " plain" : "", query->diverse,
                query->with_reach ? " with reach" : "");
}

static void dump_answer(const oracle *model, const wp_paths *paths)
{
    print_error("  the database found %zu:\n", wp_paths_count(paths));
    for (size_t i = 0; i < wp_paths_count(paths) && i < DUMP_EDGES_MAX; i++) {
        const wp_path *path = wp_paths_at(paths, i);
        print_error("    %" PRIu64 " %" PRIu32, path->cost, path->hops);
        for (size_t j = 0; j <= path->hops; j++) {
            print_error(" %s", name_of(model, oracle_person_find(model, path->people[j])));
        }
        print_error("\n");
    }
}

static void dump_expected(const oracle *model, const oracle_answer *answer)
{
    print_error("  the oracle found %zu of %zu:\n", answer->count, answer->introducers);
    for (size_t i = 0; i < answer->count; i++) {
        const oracle_path *path = &answer->paths[i];
        print_error("    %" PRIu64 " %" PRIu32, path->cost, path->hops);
        for (size_t j = 0; j <= path->hops; j++) {
            print_error(" %s", name_of(model, path->people[j]));
        }
        print_error("\n");
    }
}

/* ---- One path ---- */

static const oracle_edge *find_edge(const oracle_graph *graph, size_t from, size_t to)
{
    for (size_t i = graph->first[from]; i < graph->first[from + 1]; i++) {
        if (graph->edges[i].to == to) {
            return &graph->edges[i];
        }
    }
    return NULL;
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Whether a tie of a path is the one that wp_tie_get() gives, save p, cost and tier. */
static bool is_same_tie(const wp_tie *a, const wp_tie *b)
{
    return a->from == b->from && a->to == b->to && same_number(a->inbound, b->inbound) &&
           same_number(a->outbound, b->outbound) && same_number(a->z, b->z) &&
           same_number(a->strength, b->strength) && same_number(a->trust, b->trust) &&
           same_number(a->stated, b->stated) && a->last_contact_s == b->last_contact_s &&
           a->messages_out == b->messages_out && a->messages_in == b->messages_in;
}

/* Check one tie of a path; `cost` is what was to be paid. */
static const char *check_hop(const wp_tie *seen, const oracle_edge *edge, uint32_t cost)
{
    if (!is_same_tie(seen, &edge->tie)) {
        return "a tie of the path is not that of wp_tie_get()";
    }
    if (seen->cost != cost) {
        return "the cost of a tie is not the one to be used";
    }
    bool is_raised = cost != edge->tie.cost;
    if (is_raised ? fabs(seen->p - 0.7) > 1e-9 : seen->p != edge->tie.p) {
        return "the p of a tie is not the one used";
    }
    return NULL;
}

static uint64_t pass_cost(const oracle_graph *graph, const wp_path_query *query, size_t person,
                          size_t position)
{
    if (query->is_plain || position == 0) {
        return 0;
    }
    return graph->loads[person] + (position > 1 ? 223000 : 0);
}

static bool is_listed(const wp_number *numbers, size_t count, wp_number number)
{
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] == number) {
            return true;
        }
    }
    return false;
}

/* Whether a person may stand at a place of a path; place 0 is the source, `hops` the target. */
static bool may_stand(const oracle_graph *graph, const wp_path_query *query, size_t person,
                      size_t place, size_t hops)
{
    const oracle_person *p = &graph->model->people[person];
    bool is_source = is_listed(query->sources, query->source_count, p->number);
    bool is_target = is_listed(query->targets, query->target_count, p->number);
    if (p->is_do_not_contact || is_listed(query->avoid, query->avoid_count, p->number)) {
        return false;
    }
    if (place == 0) {
        return is_source && !is_target;
    }
    return place == hops ? is_target : !is_source && !is_target && !p->has_opted_out;
}

/* Check that a path is real and that its figures fit. NULL, or what is wrong. */
static const char *check_path(const oracle_graph *graph, const wp_path_query *query,
                              const wp_path *path)
{
    uint64_t cost = 0;
    uint32_t weakest = 0;
    size_t from = ORACLE_NONE;
    if (path->hops == 0 || (query->hops_max != WP_HOPS_ANY && path->hops > query->hops_max)) {
        return "the path has too many hops, or none";
    }
    for (uint32_t i = 0; i <= path->hops; i++) {
        size_t to = oracle_person_find(graph->model, path->people[i]);
        if (to == ORACLE_NONE || !may_stand(graph, query, to, i, path->hops) ||
            is_listed(path->people, i, path->people[i])) {
            return "somebody in the path must not be there";
        }
        if (i > 0) {
            const oracle_edge *edge = find_edge(graph, from, to);
            if (edge == NULL) {
                return "two people in the path have no tie";
            }
            uint32_t tie_cost =
                oracle_edge_cost(graph, edge, query->p_min, query->is_plain, i == 1);
            const char *wrong = check_hop(&path->ties[i - 1], edge, tie_cost);
            if (wrong != NULL) {
                return wrong;
            }
            cost += tie_cost + pass_cost(graph, query, from, i - 1);
            weakest = tie_cost > path->ties[weakest].cost ? i - 1 : weakest;
        }
        from = to;
    }
    if (path->introducer != path->people[path->hops - 1] || path->weakest != weakest) {
        return "the introducer or the weakest tie is wrong";
    }
    if (path->cost != cost || fabs(path->score - exp(-(double)cost / 1e6)) > 1e-12) {
        return "the cost is not the sum of the path, or the score does not fit it";
    }
    return NULL;
}

/* ---- Answers to path queries ---- */

static bool check_every_path(const oracle_graph *graph, const wp_path_query *query,
                             const wp_paths *paths)
{
    for (size_t i = 0; i < wp_paths_count(paths); i++) {
        const char *wrong = check_path(graph, query, wp_paths_at(paths, i));
        if (wrong != NULL) {
            print_error("path %zu: %s\n", i, wrong);
            return false;
        }
    }
    if (!wp_paths_is_complete(paths)) {
        print_error("the answer is not complete\n");
        return false;
    }
    return true;
}

static bool is_same_path(const oracle *model, const wp_path *seen, const oracle_path *want)
{
    if (seen->cost != want->cost || seen->hops != want->hops) {
        return false;
    }
    for (size_t i = 0; i <= want->hops; i++) {
        if (seen->people[i] != model->people[want->people[i]].number) {
            return false;
        }
    }
    return true;
}

static bool check_reach_value(double seen, const wp_path_query *query, double want)
{
    bool is_right = query->with_reach ? fabs(seen - want) <= 1e-12 : isnan(seen);
    if (!is_right) {
        print_error("account reach is %.15g, expected %.15g%s\n", seen, want,
                    query->with_reach ? "" : " not to be given");
    }
    return is_right;
}

bool oracle_check_paths(const oracle_graph *graph, const wp_path_query *query,
                        const wp_paths *paths)
{
    oracle_answer want;
    oracle_paths_find(graph, query, &want);
    bool is_equal = wp_paths_count(paths) == want.count;
    if (!is_equal) {
        print_error("there are %zu paths, expected %zu\n", wp_paths_count(paths), want.count);
    }
    for (size_t i = 0; i < want.count && is_equal; i++) {
        is_equal = is_same_path(graph->model, wp_paths_at(paths, i), &want.paths[i]);
        if (!is_equal) {
            print_error("path %zu differs\n", i);
        }
    }
    is_equal = is_equal && check_every_path(graph, query, paths) &&
               check_reach_value(wp_paths_reach(paths), query, want.reach);
    if (!is_equal) {
        oracle_dump_graph(graph);
        oracle_dump_query(graph, query);
        dump_expected(graph->model, &want);
        dump_answer(graph->model, paths);
    }
    oracle_answer_free(&want);
    return is_equal;
}

static int compare_best(const void *a, const void *b)
{
    const oracle_best *x = a;
    const oracle_best *y = b;
    if (x->cost != y->cost) {
        return x->cost < y->cost ? -1 : 1;
    }
    return x->hops < y->hops ? -1 : x->hops > y->hops;
}

/* Each path has its introducer's best cost and hops, and no introducer comes twice. */
static bool check_bests(const oracle_graph *graph, const wp_paths *paths, const oracle_best *best)
{
    bool *is_seen = oracle_alloc(graph->model->people_count, sizeof *is_seen);
    bool is_right = true;
    for (size_t i = 0; i < wp_paths_count(paths) && is_right; i++) {
        const wp_path *path = wp_paths_at(paths, i);
        size_t person = oracle_person_find(graph->model, path->introducer);
        is_right = person != ORACLE_NONE && !is_seen[person] && path->cost == best[person].cost &&
                   path->hops == best[person].hops;
        if (!is_right) {
            print_error("path %zu: not its introducer's best, or an introducer twice\n", i);
        } else {
            is_seen[person] = true;
        }
    }
    free(is_seen);
    return is_right;
}

/* Sort the bests; returns how many there are, and the account reach. */
static size_t sort_bests(oracle_best *best, size_t people_count, double *reach)
{
    size_t count = 0;
    double missed = 1.0;
    qsort(best, people_count, sizeof *best, compare_best);
    while (count < people_count && best[count].cost != UINT64_MAX) {
        missed *= 1.0 - exp(-(double)best[count].cost / 1e6);
        count++;
    }
    *reach = 1.0 - missed;
    return count;
}

/* The costs and hops come in order and are the k least. `best` is sorted here. */
static bool check_sequence(const wp_path_query *query, const wp_paths *paths, oracle_best *best,
                           size_t people_count)
{
    double reach = 0.0;
    size_t all = sort_bests(best, people_count, &reach);
    size_t count = all < query->k ? all : query->k;
    if (wp_paths_count(paths) != count) {
        print_error("there are %zu paths, expected %zu\n", wp_paths_count(paths), count);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const wp_path *path = wp_paths_at(paths, i);
        if (path->cost != best[i].cost || path->hops != best[i].hops) {
            print_error("path %zu costs %" PRIu64 " in %" PRIu32 " hops, expected %" PRIu64
                        " in %" PRIu32 "\n",
                        i, path->cost, path->hops, best[i].cost, best[i].hops);
            return false;
        }
    }
    return check_reach_value(wp_paths_reach(paths), query, reach);
}

bool oracle_check_introducers(const oracle_graph *graph, const wp_path_query *query,
                              const wp_paths *paths)
{
    size_t people_count = graph->model->people_count;
    oracle_best *best = oracle_alloc(people_count, sizeof *best);
    oracle_introducers_find(graph, query, best);
    bool is_right = check_every_path(graph, query, paths) && check_bests(graph, paths, best) &&
                    check_sequence(query, paths, best, people_count);
    if (!is_right) {
        oracle_dump_query(graph, query);
        dump_answer(graph->model, paths);
    }
    free(best);
    return is_right;
}

/* ---- Answers to reach queries ---- */

static bool is_in_order(const oracle *model, const wp_reach_query *query, const wp_reached *a,
                        const wp_reached *b)
{
    if (a->cost != b->cost) {
        return a->cost < b->cost;
    }
    if (a->hops != b->hops) {
        return a->hops < b->hops;
    }
    if (query->is_by_hops) {
        return a->person < b->person;
    }
    return strcmp(name_of(model, oracle_person_find(model, a->person)),
                  name_of(model, oracle_person_find(model, b->person))) < 0;
}

static void dump_reach(const oracle_graph *graph, const wp_reach_query *query,
                       const oracle_best *best, const wp_reach *reach)
{
    oracle_dump_graph(graph);
    print_error("  reach query:");
    dump_people(graph->model, "from", query->sources, query->source_count);
    print_error(" day %d hops %" PRIu32 " p_min %.6g score_min %.6g%s%s\n", query->day,
                query->hops_max, query->p_min, query->score_min, query->is_plain ? " plain" : "",
                query->is_by_hops ? " by hops" : "");
    for (size_t i = 0; i < graph->model->people_count; i++) {
        if (best[i].cost != UINT64_MAX) {
            print_error("    oracle %s %" PRIu64 " %" PRIu32 "\n", name_of(graph->model, i),
                        best[i].cost, best[i].hops);
        }
    }
    for (size_t i = 0; i < wp_reach_count(reach); i++) {
        const wp_reached *r = &wp_reach_items(reach)[i];
        print_error("    database %s %" PRIu64 " %" PRIu32 "\n",
                    name_of(graph->model, oracle_person_find(graph->model, r->person)), r->cost,
                    r->hops);
    }
}

/* Scores of costs; none by hops. */
static bool is_score_right(const wp_reach_query *query, const wp_reached *r)
{
    return query->is_by_hops ? isnan(r->score)
                             : fabs(r->score - exp(-(double)r->cost / 1e6)) <= 1e-12;
}

bool oracle_check_reach(const oracle_graph *graph, const wp_reach_query *query,
                        const wp_reach *reach)
{
    const oracle *model = graph->model;
    oracle_best *best = oracle_alloc(model->people_count, sizeof *best);
    oracle_reach_find(graph, query, best);
    size_t count = 0;
    for (size_t i = 0; i < model->people_count; i++) {
        count += best[i].cost != UINT64_MAX;
    }
    bool is_right = wp_reach_count(reach) == count && wp_reach_is_complete(reach);
    for (size_t i = 0; i < wp_reach_count(reach) && is_right; i++) {
        const wp_reached *r = &wp_reach_items(reach)[i];
        size_t person = oracle_person_find(model, r->person);
        is_right = person != ORACLE_NONE && r->cost == best[person].cost &&
                   r->hops == best[person].hops && is_score_right(query, r) &&
                   (i == 0 || is_in_order(model, query, r - 1, r));
        if (!is_right) {
            print_error("reached %zu is wrong, twice, or out of order\n", i);
        }
    }
    if (!is_right) {
        print_error("reach differs: %zu people, expected %zu\n", wp_reach_count(reach), count);
        dump_reach(graph, query, best, reach);
    }
    free(best);
    return is_right;
}
