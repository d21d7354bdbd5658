/*
 * Loading the in-memory twin: see csr.h.
 *
 * Two passes a direction: the first asks only how many neighbours there are, the second reads them
 * into place and sorts. Nobody outside consent rules is in these graphs, so what wp_person_ties()
 * reports as having a strength is what wp_neighbours() must give; that is how a sample of the lists
 * is checked against a way of reading that shares little code with the searches.
 */
#include "csr.h"

#include <stdlib.h>
#include <string.h>

#include "random.h"

#define SAMPLES 200

static int compare_arcs(const void *a, const void *b)
{
    const wp_neighbour *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    return x->person < y->person ? -1 : x->person > y->person;
}

static size_t read_list(wp_txn *txn, uint32_t person, int32_t day, bool is_inbound,
                        wp_neighbour *out, size_t capacity)
{
    wp_error err;
    size_t count = 0;
    bench_check(
        wp_neighbours(txn, person, day, is_inbound, WP_COST_NONE - 1, out, capacity, &count, &err),
        &err);
    return count;
}

static void load_side(const csr *it, csr_side *side, wp_txn *txn, int32_t day, bool is_inbound)
{
    size_t people = it->people;
    side->starts = bench_new_huge(people + 2, sizeof *side->starts);
    for (uint32_t person = 1; person <= people; person++)
        side->starts[person + 1] =
            side->starts[person] + read_list(txn, person, day, is_inbound, NULL, 0);
    side->arcs = bench_new_huge(side->starts[people + 1], sizeof *side->arcs);
    for (uint32_t person = 1; person <= people; person++) {
        wp_neighbour *list = side->arcs + side->starts[person];
        size_t count = side->starts[person + 1] - side->starts[person];
        if (read_list(txn, person, day, is_inbound, list, count) != count)
            bench_die("person %u has another number of neighbours than before", person);
        qsort(list, count, sizeof *list, compare_arcs);
    }
}

void csr_load(csr *it, wp_db *db, uint32_t people, int32_t day)
{
    wp_error err;
    wp_txn *txn = NULL;
    double start = bench_now_us();
    *it = (csr){.people = people};
    bench_check(wp_begin_read(db, &txn, &err), &err);
    load_side(it, &it->out, txn, day, false);
    load_side(it, &it->in, txn, day, true);
    wp_abort(txn);
    it->arc_count = it->out.starts[people + 1];
    if (it->in.starts[people + 1] != it->arc_count)
        bench_die("%zu arcs outbound, but %zu inbound", it->arc_count,
                  (size_t)it->in.starts[people + 1]);
    bench_say("twin in memory: %zu arcs on day %d, read in %.1f s", it->arc_count, (int)day,
              (bench_now_us() - start) / 1e6);
}

static void add_ids(csr_side *side, size_t count)
{
    side->ids = bench_new_huge(count, sizeof *side->ids);
    for (size_t i = 0; i < count; i++)
        side->ids[i] = side->arcs[i].person;
}

void csr_add_ids(csr *it)
{
    add_ids(&it->out, it->arc_count);
    add_ids(&it->in, it->arc_count);
}

static void free_side(csr_side *side, size_t people, size_t arcs)
{
    bench_free_huge(side->starts, people + 2, sizeof *side->starts);
    bench_free_huge(side->arcs, arcs, sizeof *side->arcs);
    bench_free_huge(side->ids, arcs, sizeof *side->ids);
}

void csr_free(csr *it)
{
    free_side(&it->out, it->people, it->arc_count);
    free_side(&it->in, it->people, it->arc_count);
    *it = (csr){.people = 0};
}

static bool list_agrees(const csr *it, wp_txn *txn, uint32_t person, int32_t day, bool is_inbound)
{
    wp_error err;
    wp_ties ties;
    const csr_side *side = is_inbound ? &it->in : &it->out;
    const wp_neighbour *list = side->arcs + side->starts[person];
    size_t count = side->starts[person + 1] - side->starts[person];
    size_t used = 0;
    bench_check(wp_person_ties(txn, person, day, is_inbound, &ties, &err), &err);
    wp_neighbour *told = bench_new(ties.count, sizeof *told);
    for (size_t i = 0; i < ties.count; i++) {
        const wp_tie *tie = &ties.items[i];
        if (tie->cost != WP_COST_NONE)
            told[used++] = (wp_neighbour){is_inbound ? tie->from : tie->to, tie->cost};
    }
    qsort(told, used, sizeof *told, compare_arcs);
    bool is_equal = used == count && memcmp(told, list, count * sizeof *list) == 0;
    free(told);
    wp_ties_free(&ties);
    return is_equal;
}

bool csr_agrees(const csr *it, wp_db *db, int32_t day, uint64_t seed)
{
    wp_error err;
    wp_txn *txn = NULL;
    bool is_equal = true;
    random_stream random = {random_mix(seed + 3)};
    bench_check(wp_begin_read(db, &txn, &err), &err);
    for (size_t i = 0; is_equal && i < SAMPLES; i++)
        is_equal = list_agrees(it, txn, 1 + random_below(&random, it->people), day, i % 2 == 1);
    wp_abort(txn);
    return is_equal;
}
