/*
 * Random edge lists for load tests and benchmarks.
 *
 * Speed matters: ten million lines are to take a second or two. Lines are therefore put together
 * by hand in a large buffer, and nothing is sorted or hashed. `uniform` and `hubs` write the ties
 * of one person after another, so an array that remembers for each person who named them last is
 * all it takes to refuse duplicates; `rmat` writes its ties in random order and may repeat some.
 *
 * A person's rank (0 is the greatest hub) and number are different things: numbers are the ranks
 * scattered by a multiplication modulo the number of people, so that hubs are not neighbours and
 * an importer cannot profit from an order that real files do not have.
 */
#include "edges.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "dice.h"

#define BUFFER_BYTES ((size_t)1 << 20)
#define LINE_BYTES_MAX 32 /* two numbers of ten digits, a weight, commas, newline */

typedef struct writer {
    FILE *stream;
    char *bytes;
    size_t used;
    bool has_failed;
    uint32_t people;
    uint32_t stride; /* prime to people */
    bool has_weights;
    dice weights;
} writer;

uint64_t edges_ties_max(const edges_options *options)
{
    if (options->people < 2)
        return 0;
    if (options->shape == EDGES_RMAT)
        return UINT64_MAX;
    return (uint64_t)options->people * (options->people - 1);
}

static uint32_t greatest_divisor(uint32_t a, uint32_t b)
{
    while (b != 0) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* A multiplier near the golden section of `people` that visits every number once. */
static uint32_t stride_for(uint32_t people)
{
    uint32_t stride = (uint32_t)((uint64_t)people * 618 / 1000) | 1u;
    while (greatest_divisor(stride, people) != 1)
        stride++;
    return stride;
}

static uint32_t number_of_rank(const writer *out, uint32_t rank)
{
    return 1 + (uint32_t)((uint64_t)rank * out->stride % out->people);
}

static void flush(writer *out)
{
    if (fwrite(out->bytes, 1, out->used, out->stream) != out->used)
        out->has_failed = true;
    out->used = 0;
}

static char *put_number(char *at, uint32_t number)
{
    char digits[10];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    while (count > 0)
        *at++ = digits[--count];
    return at;
}

/* ",0.0200" to ",0.9800"; the square makes weak ties the most frequent. */
static char *put_weight(char *at, dice *weights)
{
    uint64_t square = dice_below(weights, 9798);
    uint32_t p_10000 = 200 + (uint32_t)(square * square / 10000);
    *at++ = ',';
    *at++ = '0';
    *at++ = '.';
    for (uint32_t unit = 1000; unit > 0; unit /= 10)
        *at++ = (char)('0' + p_10000 / unit % 10);
    return at;
}

static void put_tie(writer *out, uint32_t from_rank, uint32_t to_rank)
{
    if (out->used > BUFFER_BYTES - LINE_BYTES_MAX)
        flush(out);
    char *at = out->bytes + out->used;
    at = put_number(at, number_of_rank(out, from_rank));
    *at++ = ',';
    at = put_number(at, number_of_rank(out, to_rank));
    if (out->has_weights)
        at = put_weight(at, &out->weights);
    *at++ = '\n';
    out->used = (size_t)(at - out->bytes);
}

/* A rank whose density falls as rank^(-2/3): the cube of a uniform fraction. */
static uint32_t hub_rank(dice *chance, uint32_t people)
{
    uint64_t fraction = dice_bits(chance) >> 32;
    uint64_t square = fraction * fraction >> 32;
    uint64_t cube = square * fraction >> 32;
    return (uint32_t)(cube * people >> 32);
}

/* How many ties each rank gets; the sum is `ties` and none gets more than it can have. */
static void share_out(const edges_options *options, dice *chance, uint32_t *counts)
{
    uint32_t people = options->people;
    for (uint64_t i = 0; i < options->ties; i++) {
        uint32_t rank =
            options->shape == EDGES_HUBS ? hub_rank(chance, people) : (uint32_t)(i % people);
        while (counts[rank] == people - 1)
            rank = rank + 1 == people ? 0 : rank + 1;
        counts[rank]++;
    }
}

/* Write the ties of one rank. seen[r] is 1 + the rank that named r last. */
static void write_person(writer *out, const edges_options *options, dice *chance, uint32_t from,
                         uint32_t count, uint32_t *seen)
{
    uint32_t people = options->people;
    seen[from] = from + 1; /* nobody has a tie to themselves */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t to =
            options->shape == EDGES_HUBS ? hub_rank(chance, people) : dice_below(chance, people);
        while (seen[to] == from + 1)
            to = to + 1 == people ? 0 : to + 1;
        seen[to] = from + 1;
        put_tie(out, from, to);
    }
}

static bool write_by_person(writer *out, const edges_options *options)
{
    uint32_t *counts = calloc(options->people, sizeof *counts);
    uint32_t *seen = calloc(options->people, sizeof *seen);
    if (counts != NULL && seen != NULL) {
        dice degrees = dice_fork(options->seed, 1);
        dice others = dice_fork(options->seed, 2);
        share_out(options, &degrees, counts);
        for (uint32_t from = 0; from < options->people && !out->has_failed; from++)
            write_person(out, options, &others, from, counts[from], seen);
    }
    bool is_ok = counts != NULL && seen != NULL;
    free(counts);
    free(seen);
    return is_ok;
}

/*
 * One cell of the matrix: at each level one of four quadrants, .57 .19 .19 .05 in 256ths. Eight
 * levels use up one draw.
 */
static void rmat_cell(dice *chance, int levels, uint32_t *from, uint32_t *to)
{
    uint64_t bits = 0;
    *from = 0;
    *to = 0;
    for (int level = 0; level < levels; level++) {
        if (level % 8 == 0)
            bits = dice_bits(chance);
        uint32_t byte = (uint32_t)(bits & 255);
        bits >>= 8;
        *from = *from << 1 | (byte >= 195 ? 1u : 0u);
        *to = *to << 1 | ((byte >= 146 && byte < 195) || byte >= 243 ? 1u : 0u);
    }
}

static void write_rmat(writer *out, const edges_options *options)
{
    int levels = 0;
    while (levels < 32 && ((uint64_t)1 << levels) < options->people)
        levels++;
    dice chance = dice_fork(options->seed, 3);
    uint64_t written = 0;
    while (written < options->ties && !out->has_failed) {
        uint32_t from;
        uint32_t to;
        rmat_cell(&chance, levels, &from, &to);
        if (from == to || from >= options->people || to >= options->people)
            continue;
        put_tie(out, from, to);
        written++;
    }
}

bool edges_write(const edges_options *options, FILE *stream)
{
    assert(options->ties <= edges_ties_max(options));
    if (options->ties == 0)
        return true;
    writer out = {.stream = stream,
                  .bytes = calloc(1, BUFFER_BYTES),
                  .people = options->people,
                  .stride = stride_for(options->people),
                  .has_weights = options->has_weights,
                  .weights = dice_fork(options->seed, 4)};
    if (out.bytes == NULL)
        return false;
    bool is_ok = true;
    if (options->shape == EDGES_RMAT)
        write_rmat(&out, options);
    else
        is_ok = write_by_person(&out, options);
    flush(&out);
    free(out.bytes);
    return is_ok && !out.has_failed && fflush(stream) == 0;
}
