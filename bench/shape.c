/*
 * Degrees and clustering of a list of ties: see shape.h.
 *
 * The local clustering coefficient is averaged over people drawn at random who know at least two
 * others, each sampled with a few pairs of neighbours; whether two people know each other is a
 * binary search in the sorted list. The neighbours of a person come from an index of list places
 * by the larger number, because the list itself is sorted by the smaller.
 */
#include "shape.h"

#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "random.h"

#define SAMPLES 20000
#define PAIRS_A_SAMPLE 20

static int compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static bool is_tied(const pair_list *pairs, uint64_t pair)
{
    size_t low = 0, high = pairs->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pairs->items[middle] < pair)
            low = middle + 1;
        else
            high = middle;
    }
    return low < pairs->count && pairs->items[low] == pair;
}

static void measure_degrees(const uint64_t *starts, uint32_t people, shape *out)
{
    static const unsigned per_mille[4] = {100, 500, 900, 990};
    uint32_t *degrees = bench_new(people, sizeof *degrees);
    uint32_t count = 0;
    for (uint32_t i = 1; i <= people; i++)
        if (starts[i + 1] > starts[i])
            degrees[count++] = (uint32_t)(starts[i + 1] - starts[i]);
    qsort(degrees, count, sizeof *degrees, compare_u32);
    for (size_t i = 0; count > 0 && i < 4; i++)
        out->degrees[i] = degrees[(uint64_t)count * per_mille[i] / 1000];
    out->degrees[4] = count == 0 ? 0 : degrees[count - 1];
    out->people = count;
    out->degree_mean = count == 0 ? 0 : 2.0 * (double)out->ties / count;
    free(degrees);
}

static double sample_clustering(const pair_list *pairs, const uint64_t *starts,
                                const uint32_t *neighbours, uint32_t people, uint64_t seed)
{
    random_stream random = {random_mix(seed)};
    uint64_t tried = 0, closed = 0;
    for (size_t i = 0; i < SAMPLES; i++) {
        uint32_t person = 1 + random_below(&random, people);
        uint64_t degree = starts[person + 1] - starts[person];
        for (size_t j = 0; degree >= 2 && j < PAIRS_A_SAMPLE; j++) {
            uint32_t a = neighbours[starts[person] + random_below(&random, degree)];
            uint32_t b = neighbours[starts[person] + random_below(&random, degree)];
            tried += a != b;
            closed += a != b && is_tied(pairs, pair_of(a, b));
        }
    }
    return tried == 0 ? 0 : (double)closed / (double)tried;
}

void shape_measure(const pair_list *pairs, uint32_t people, uint64_t seed, shape *out)
{
    uint64_t *starts = bench_new((size_t)people + 3, sizeof *starts);
    uint32_t *neighbours = bench_new(2 * pairs->count, sizeof *neighbours);
    *out = (shape){.ties = pairs->count};
    for (size_t i = 0; i < pairs->count; i++) {
        starts[pair_low(pairs->items[i]) + 2]++;
        starts[pair_high(pairs->items[i]) + 2]++;
    }
    for (size_t i = 1; i < (size_t)people + 3; i++)
        starts[i] += starts[i - 1];
    for (size_t i = 0; i < pairs->count; i++) {
        uint32_t low = pair_low(pairs->items[i]), high = pair_high(pairs->items[i]);
        neighbours[starts[low + 1]++] = high;
        neighbours[starts[high + 1]++] = low;
    }
    measure_degrees(starts, people, out);
    out->clustering = sample_clustering(pairs, starts, neighbours, people, seed);
    free(starts);
    free(neighbours);
}
