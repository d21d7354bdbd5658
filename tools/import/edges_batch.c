/*
 * The edges of one batch: see edges_batch.h.
 *
 * What a row says is a direction (bit 31: high to low; both when all rows of the batch say both)
 * and a weight: micro-nats, or p as a whole number of billionths where that is exactly p, or else
 * (bit 30) the index of a double.
 *
 * The rows of a bucket fit into a processor's cache, where a radix sort moves them three times. It
 * is stable, so that of a pair that comes twice the last row wins. Sorted rows become statements
 * that differ from what is stored, in the same memory. Nothing is written before all buckets are
 * so far, because reading what is stored has the engine write what waits; unless nobody was stored.
 */
#include "import/edges_batch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BUCKET_BITS 12
#define CHUNK_ROWS 4096
#define SAID_BACK (1u << 31)
#define SAID_ODD (1u << 30)
#define SAID_NUMBER (SAID_ODD - 1)
#define BILLION 1e9

#define DIGITS 3 /* of the higher person; the fourth is the lower one within the bucket */
#define DIGIT_BITS 11
#define VALUES 4096

/* What is stated of a direction, beside weights. */
#define NOTHING (-1.0)
#define ANOTHER (-2.0) /* kind of statement than the batch makes */

typedef struct edges_chunk {
    struct edges_chunk *before;
    size_t count;
    edges_batch_row rows[CHUNK_ROWS];
} edges_chunk;

/* What storing a batch needs. */
typedef struct work {
    edges_batch *batch;
    wp_txn *txn;
    wp_stated_tie stored; /* the statement last read from the database */
    bool is_read;
    bool is_at_end;
    edges_batch_row *copy; /* as many rows as the largest bucket has */
    size_t (*counts)[VALUES];
} work;

static wp_status no_memory(wp_error *err)
{
    *err = (wp_error){.status = WP_ENOMEM, .message = "memory is exhausted"};
    return WP_ENOMEM;
}

wp_status edges_batch_begin(edges_batch *self, wp_txn *txn, uint32_t source, bool has_cost,
                            bool is_both, wp_error *err)
{
    wp_stats stats;
    wp_status status = wp_stats_get(txn, &stats, err);
    if (status != WP_OK)
        return status;
    self->people = stats.numbers;
    self->source = source;
    self->has_others = stats.sources > 1;
    self->has_cost = has_cost;
    self->is_both = is_both;
    return WP_OK;
}

static void free_bucket(edges_bucket *bucket)
{
    while (bucket->chunks != NULL) {
        edges_chunk *chunk = bucket->chunks;
        bucket->chunks = chunk->before;
        free(chunk);
    }
    free(bucket->rows);
    *bucket = (edges_bucket){NULL, NULL, 0};
}

void edges_batch_forget(edges_batch *self)
{
    for (size_t i = 0; i < self->bucket_count; i++)
        free_bucket(&self->buckets[i]);
    free(self->buckets);
    free(self->odd);
    *self = (edges_batch){0};
}

/* The bucket of a person, made when it is the first beyond. */
static edges_bucket *bucket_of(edges_batch *self, uint32_t low)
{
    size_t index = low >> BUCKET_BITS;
    if (index < self->bucket_count)
        return &self->buckets[index];
    size_t count = index + 1 + index / 2;
    edges_bucket *wider = realloc(self->buckets, count * sizeof *wider);
    if (wider == NULL)
        return NULL;
    memset(wider + self->bucket_count, 0, (count - self->bucket_count) * sizeof *wider);
    self->buckets = wider;
    self->bucket_count = count;
    return &wider[index];
}

static bool push(edges_batch *self, edges_batch_row row)
{
    edges_bucket *bucket = bucket_of(self, row.low);
    if (bucket == NULL)
        return false;
    edges_chunk *chunk = bucket->chunks;
    if (chunk == NULL || chunk->count == CHUNK_ROWS) {
        chunk = malloc(sizeof *chunk);
        if (chunk == NULL)
            return false;
        chunk->before = bucket->chunks;
        chunk->count = 0;
        bucket->chunks = chunk;
    }
    chunk->rows[chunk->count++] = row;
    bucket->count++;
    self->count++;
    return true;
}

/* The number that stands for a weight in a row. False when memory is exhausted. */
static bool pack(edges_batch *self, const wp_stated_tie *tie, uint32_t *said)
{
    double weight = tie->has_cost ? (double)tie->cost : tie->p;
    double number = tie->has_cost ? weight : (double)(uint32_t)(tie->p * BILLION + 0.5);
    bool fits = number <= SAID_NUMBER && (tie->has_cost || number / BILLION == weight);
    *said = fits ? (uint32_t)number : SAID_ODD | (uint32_t)self->odd_count;
    if (fits)
        return true;
    /* Powers of two are where the array is full. */
    if ((self->odd_count & (self->odd_count - 1)) == 0) {
        size_t capacity = self->odd_count == 0 ? 1 : 2 * self->odd_count;
        double *wider = realloc(self->odd, capacity * sizeof *wider);
        if (wider == NULL)
            return false;
        self->odd = wider;
    }
    self->odd[self->odd_count++] = weight;
    return true;
}

static double unpack(const edges_batch *self, uint32_t said)
{
    uint32_t number = said & SAID_NUMBER;
    if ((said & SAID_ODD) != 0)
        return self->odd[number];
    return self->has_cost ? (double)number : (double)number / BILLION;
}

bool edges_batch_add(edges_batch *self, const wp_stated_tie *tie)
{
    uint32_t said;
    bool is_up = tie->from < tie->to;
    if (!pack(self, tie, &said))
        return false;
    edges_batch_row row = {is_up ? tie->from : tie->to, is_up ? tie->to : tie->from,
                           is_up ? said : said | SAID_BACK};
    return push(self, row);
}

/* Move the rows of a bucket from its chunks into one array. */
static bool flatten(edges_bucket *bucket)
{
    size_t left = bucket->count;
    bucket->rows = malloc(bucket->count * sizeof *bucket->rows);
    if (bucket->rows == NULL)
        return false;
    while (bucket->chunks != NULL) {
        edges_chunk *chunk = bucket->chunks;
        left -= chunk->count;
        memcpy(bucket->rows + left, chunk->rows, chunk->count * sizeof *chunk->rows);
        bucket->chunks = chunk->before;
        free(chunk);
    }
    return true;
}

static unsigned digit_of(const edges_batch_row *row, unsigned digit)
{
    if (digit == DIGITS)
        return row->low & ((1u << BUCKET_BITS) - 1);
    return row->high >> (digit * DIGIT_BITS) & ((1u << DIGIT_BITS) - 1);
}

static void move_digit(const edges_batch_row *from, edges_batch_row *to, size_t count,
                       size_t *values, unsigned digit)
{
    size_t place = 0;
    for (unsigned value = 0; value < VALUES; value++) {
        size_t many = values[value];
        values[value] = place;
        place += many;
    }
    for (size_t i = 0; i < count; i++)
        to[values[digit_of(&from[i], digit)]++] = from[i];
}

static void sort(work *self, edges_bucket *bucket)
{
    edges_batch_row *from = bucket->rows, *to = self->copy;
    memset(self->counts, 0, (DIGITS + 1) * sizeof *self->counts);
    for (size_t i = 0; i < bucket->count; i++)
        for (unsigned digit = 0; digit <= DIGITS; digit++)
            self->counts[digit][digit_of(&from[i], digit)]++;
    for (unsigned digit = 0; digit <= DIGITS; digit++) {
        if (self->counts[digit][digit_of(&from[0], digit)] == bucket->count)
            continue; /* the same in all rows */
        move_digit(from, to, bucket->count, self->counts[digit], digit);
        edges_batch_row *other = from;
        from = to;
        to = other;
    }
    if (from != bucket->rows)
        memcpy(bucket->rows, from, bucket->count * sizeof *from);
}

static bool is_of(const wp_stated_tie *tie, uint32_t low, uint32_t high)
{
    return (tie->from == low && tie->to == high) || (tie->from == high && tie->to == low);
}

static bool is_before(const wp_stated_tie *tie, uint32_t low, uint32_t high)
{
    bool is_up = tie->from < tie->to;
    uint32_t lower = is_up ? tie->from : tie->to, higher = is_up ? tie->to : tie->from;
    return lower < low || (lower == low && higher < high);
}

static wp_status step(work *self, wp_error *err)
{
    wp_status status = wp_stated_tie_next(self->txn, &self->stored, err);
    self->is_read = true;
    self->is_at_end = status == WP_ENOTFOUND;
    return self->is_at_end ? WP_OK : status;
}

static double weight_of(const edges_batch *self, const wp_stated_tie *tie)
{
    if (tie->has_cost != self->has_cost)
        return ANOTHER;
    return tie->has_cost ? (double)tie->cost : tie->p;
}

/* What the source states beside others, which the walk does not come by. */
static wp_status read_beside_others(work *self, uint32_t low, uint32_t high, double said[2],
                                    wp_error *err)
{
    wp_status status = WP_OK;
    for (int i = 0; i < 2 && status == WP_OK; i++) {
        wp_stated_tie tie = {
            .from = i == 0 ? low : high, .to = i == 0 ? high : low, .source = self->batch->source};
        if (said[i] != NOTHING)
            continue;
        status = wp_stated_tie_get(self->txn, &tie, err);
        if (status == WP_OK)
            said[i] = weight_of(self->batch, &tie);
        else if (status == WP_ENOTFOUND)
            status = WP_OK;
    }
    return status;
}

/* What the source states of a pair, in the terms of the batch. */
static wp_status read_stored(work *self, uint32_t low, uint32_t high, double said[2], wp_error *err)
{
    wp_status status = WP_OK;
    said[0] = said[1] = NOTHING;
    if (high > self->batch->people)
        return WP_OK;
    if (!self->is_read || (!self->is_at_end && is_before(&self->stored, low, high))) {
        /* The last place before the pair: the way back from the one below. */
        self->stored = (wp_stated_tie){.from = high - 1, .to = low, .source = WP_SOURCE_NONE};
        status = step(self, err);
    }
    while (status == WP_OK && !self->is_at_end && is_of(&self->stored, low, high)) {
        const wp_stated_tie *tie = &self->stored;
        if (tie->source == self->batch->source)
            said[tie->from < tie->to ? 0 : 1] = weight_of(self->batch, tie);
        status = step(self, err);
    }
    return status == WP_OK && self->batch->has_others
               ? read_beside_others(self, low, high, said, err)
               : status;
}

static int direction_of(const edges_batch_row *row)
{
    return (row->said & SAID_BACK) != 0 ? 1 : 0;
}

/* Say what a row says; whether it was said already. */
static bool apply(const edges_batch *self, const edges_batch_row *row, double said[2])
{
    double weight = unpack(self, row->said);
    double value = self->has_cost || weight > 0.0 ? weight : NOTHING;
    int direction = direction_of(row);
    bool is_known = said[direction] == value && (!self->is_both || said[1 - direction] == value);
    said[direction] = value;
    if (self->is_both)
        said[1 - direction] = value;
    return is_known;
}

/* Replace the rows of a pair by those that are to be stored, from rows[*kept] on: the last of each
 * direction, if it is not what is stored; of rows that say both, the last. When nothing is, all of
 * them are known, also those that contradict each other. */
static wp_status settle_pair(work *self, edges_batch_row *rows, size_t count, edges_batch_row *kept,
                             size_t *kept_count, uint64_t *known, wp_error *err)
{
    double stored[2], said[2];
    edges_batch_row last[2];
    uint64_t repeated = 0;
    wp_status status = read_stored(self, rows[0].low, rows[0].high, stored, err);
    if (status != WP_OK)
        return status;
    memcpy(said, stored, sizeof said);
    for (size_t i = 0; i < count; i++) {
        repeated += apply(self->batch, &rows[i], said) ? 1 : 0;
        last[self->batch->is_both ? 0 : direction_of(&rows[i])] = rows[i];
    }
    bool is_changed[2] = {said[0] != stored[0], said[1] != stored[1]};
    bool is_any_changed = is_changed[0] || is_changed[1];
    *known += is_any_changed ? repeated : count;
    for (int i = 0; i < 2; i++)
        if (self->batch->is_both ? i == 0 && is_any_changed : is_changed[i])
            kept[(*kept_count)++] = last[i];
    return WP_OK;
}

/* Replace the rows of a bucket by those that are to be stored, in order. */
static wp_status settle(work *self, edges_bucket *bucket, uint64_t *known, wp_error *err)
{
    size_t kept = 0;
    edges_batch_row *rows = bucket->rows;
    wp_status status = WP_OK;
    for (size_t from = 0, to; from < bucket->count && status == WP_OK; from = to) {
        for (to = from + 1; to < bucket->count && rows[to].low == rows[from].low &&
                            rows[to].high == rows[from].high;)
            to++;
        status = settle_pair(self, &rows[from], to - from, rows, &kept, known, err);
    }
    bucket->count = kept;
    return status;
}

static wp_status put_row(work *self, const edges_batch_row *row, wp_error *err)
{
    bool has_cost = self->batch->has_cost;
    bool is_back = direction_of(row) != 0;
    double weight = unpack(self->batch, row->said);
    wp_stated_tie tie = {.from = is_back ? row->high : row->low,
                         .to = is_back ? row->low : row->high,
                         .has_cost = has_cost,
                         .p = has_cost ? 0.0 : weight,
                         .cost = has_cost ? (uint32_t)weight : 0};
    wp_status status = wp_stated_tie_put(self->txn, &tie, err);
    if (status != WP_OK || !self->batch->is_both)
        return status;
    wp_number from = tie.from;
    tie.from = tie.to;
    tie.to = from;
    return wp_stated_tie_put(self->txn, &tie, err);
}

static wp_status put(work *self, edges_bucket *bucket, wp_error *err)
{
    wp_status status = WP_OK;
    for (size_t i = 0; i < bucket->count && status == WP_OK; i++)
        status = put_row(self, &bucket->rows[i], err);
    free_bucket(bucket);
    return status;
}

/* Memory for the work on the largest bucket. */
static bool begin_work(work *self)
{
    size_t most = 0;
    for (size_t i = 0; i < self->batch->bucket_count; i++)
        most = self->batch->buckets[i].count > most ? self->batch->buckets[i].count : most;
    self->copy = malloc((most + 1) * sizeof *self->copy);
    self->counts = malloc((DIGITS + 1) * sizeof *self->counts);
    return self->copy != NULL && self->counts != NULL;
}

static wp_status store(work *self, uint64_t *known, wp_error *err)
{
    edges_batch *batch = self->batch;
    wp_status status = WP_OK;
    for (size_t i = 0; i < batch->bucket_count && status == WP_OK; i++) {
        edges_bucket *bucket = &batch->buckets[i];
        if (bucket->count == 0)
            continue;
        if (!flatten(bucket))
            return no_memory(err);
        sort(self, bucket);
        status = settle(self, bucket, known, err);
        if (status == WP_OK && batch->people == 0)
            status = put(self, bucket, err);
    }
    for (size_t i = 0; i < batch->bucket_count && status == WP_OK; i++)
        status = put(self, &batch->buckets[i], err);
    return status;
}

wp_status edges_batch_store(edges_batch *self, wp_txn *txn, uint64_t *known, wp_error *err)
{
    work job = {.batch = self, .txn = txn};
    *known = 0;
    wp_status status = begin_work(&job) ? store(&job, known, err) : no_memory(err);
    free(job.copy);
    free(job.counts);
    edges_batch_forget(self);
    return status;
}
