/*
 * What a dry run would have stored: see rehearsal.h.
 *
 * The kinds of what is remembered have salts, so that they share the table. Identities that are one
 * lead to each other: from each goes a way to the one that stands for all, which is the number of
 * the person or company when it is stored.
 */
#include "import/rehearsal.h"

#include <stdlib.h>
#include <string.h>

#include "import/store.h"

#define SLOTS_MAX ((size_t)1 << 20)
#define SALT_INTERACTION UINT64_C(0x9e3779b97f4a7c15)
#define SALT_MINOR UINT64_C(0xd6e8feb86659fd93)
#define SALT_TIE UINT64_C(0xbf58476d1ce4e5b9)
#define SALT_SAME UINT64_C(0x94d049bb133111eb)
#define SALT_OTHER UINT64_C(0xa0761d6478bd642f)
#define SALT_EMPLOYMENT UINT64_C(0x3c79ac492ba7b653)
/* Of what stands for a number; hashes of identities are shifted, so that they lack it. */
#define IS_NUMBER (UINT64_C(1) << 63)
#define IS_COMPANY (UINT64_C(1) << 62)
#define SAID_COST (UINT64_C(1) << 63) /* the sign of a p, which has none */
#define TIME_BITS 33                  /* of a time, of all beyond 2242 as one */
#define COUNT_BITS 14
#define REVISION_LOW (INT64_C(1) << 15)
#define NAME_BYTES ((size_t)256)

static size_t place_of(const rehearsal_slot *slots, size_t capacity, uint64_t key)
{
    size_t at = (size_t)(key >> 20) & (capacity - 1);
    while (slots[at].key != 0 && slots[at].key != key)
        at = (at + 1) & (capacity - 1);
    return at;
}

static bool get(const rehearsal *self, uint64_t key, uint64_t *value)
{
    size_t at = self->capacity == 0 ? 0 : place_of(self->slots, self->capacity, key);
    bool is_there = self->capacity > 0 && self->slots[at].key == key;
    if (is_there)
        *value = self->slots[at].value;
    return is_there;
}

static bool grow(rehearsal *self)
{
    size_t capacity = self->capacity == 0 ? 1024 : 2 * self->capacity;
    rehearsal_slot *wider = capacity > SLOTS_MAX ? NULL : calloc(capacity, sizeof *wider);
    if (wider == NULL)
        return false;
    for (size_t i = 0; i < self->capacity; i++)
        if (self->slots[i].key != 0)
            wider[place_of(wider, capacity, self->slots[i].key)] = self->slots[i];
    free(self->slots);
    self->slots = wider;
    self->capacity = capacity;
    return true;
}

/* False: there is no room for another one. */
static bool put(rehearsal *self, uint64_t key, uint64_t value)
{
    bool has_room = self->count < self->capacity - self->capacity / 4 || grow(self);
    if (self->capacity == 0)
        return false;
    rehearsal_slot *slot = &self->slots[place_of(self->slots, self->capacity, key)];
    if (slot->key == 0 && !has_room)
        return false;
    self->count += slot->key == 0 ? 1 : 0;
    *slot = (rehearsal_slot){key, value};
    return true;
}

/* ---- Interactions ---- */

/* How good a version is: by revision, then cancelled, then by those it is to, then the earlier one.
 * What else decides between two versions is not looked at. */
typedef struct rank {
    uint64_t major;
    uint64_t minor; /* 0 of low revisions, which stand in one number with the rest */
} rank;

static rank rank_of(int64_t revision, bool is_cancelled, size_t to_count, int64_t time_s)
{
    const uint64_t time_last = (UINT64_C(1) << TIME_BITS) - 1;
    uint64_t time = (uint64_t)time_s < time_last ? (uint64_t)time_s : time_last;
    uint64_t rest = (uint64_t)is_cancelled << (COUNT_BITS + TIME_BITS) |
                    (uint64_t)to_count << TIME_BITS | (time_last - time);
    if (revision >= REVISION_LOW)
        return (rank){IS_NUMBER | (uint64_t)revision, rest};
    return (rank){(uint64_t)revision << (1 + COUNT_BITS + TIME_BITS) | rest, 0};
}

static bool is_better(const rank *a, const rank *b)
{
    return a->major != b->major ? a->major > b->major : a->minor > b->minor;
}

static bool get_rank(const rehearsal *self, uint64_t id, rank *out)
{
    *out = (rank){0, 0};
    bool is_there = get(self, id ^ SALT_INTERACTION, &out->major);
    if (is_there && (out->major & IS_NUMBER) != 0)
        (void)get(self, id ^ SALT_MINOR, &out->minor);
    return is_there;
}

static void put_rank(rehearsal *self, uint64_t id, const rank *value)
{
    if (put(self, id ^ SALT_INTERACTION, value->major) && (value->major & IS_NUMBER) != 0)
        (void)put(self, id ^ SALT_MINOR, value->minor);
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static uint64_t hash_of(const run *self, const wp_identity *identity)
{
    return people_hash(&self->people, identity->kind, identity->text, strlen(identity->text));
}

/* The recipients, each once, without the sender. */
static bool count_recipients(const run *self, const fact *row, size_t *count)
{
    uint64_t few[8], sender = row->to_count > 0 ? hash_of(self, &row->person) : 0;
    bool is_many = row->to_count > sizeof few / sizeof *few;
    uint64_t *hashes = is_many ? malloc(row->to_count * sizeof *hashes) : few;
    *count = 0;
    if (hashes == NULL)
        return false;
    for (size_t i = 0; i < row->to_count; i++)
        hashes[i] = hash_of(self, &row->to[i].who);
    if (row->to_count > 1)
        qsort(hashes, row->to_count, sizeof *hashes, compare_u64);
    for (size_t i = 0; i < row->to_count; i++)
        if (hashes[i] != sender && (i == 0 || hashes[i] != hashes[i - 1]))
            ++*count;
    if (is_many)
        free(hashes);
    return true;
}

wp_status rehearse_interaction(run *self, const fact *row, uint64_t id, uint64_t number,
                               bool *is_new, wp_error *err)
{
    wp_interaction stored;
    size_t to_count;
    rank before;
    bool has_before = get_rank(&self->rehearsal, id, &before);
    if (!count_recipients(self, row, &to_count)) {
        *err = (wp_error){WP_ENOMEM, "memory is exhausted"};
        return WP_ENOMEM;
    }
    if (!has_before && number != 0) {
        wp_status status = wp_interaction_get(self->txn, number, &stored, err);
        if (status != WP_OK)
            return status;
        bool is_cancelled = (stored.flags & WP_INTERACTION_CANCELLED) != 0;
        before = rank_of(stored.revision, is_cancelled, stored.to_count, stored.time_s);
        has_before = true;
    }
    rank now = rank_of(row->revision, row->is_cancelled, to_count, row->time_s);
    *is_new = has_before ? is_better(&now, &before) : people_see(&self->people, id);
    if (*is_new)
        put_rank(&self->rehearsal, id, &now);
    return WP_OK;
}

/* ---- Ties ---- */

static uint64_t pack(const wp_stated_tie *tie)
{
    uint64_t bits = 0;
    if (tie->has_cost)
        return tie->cost == WP_COST_NONE ? 0 : SAID_COST | tie->cost;
    if (tie->p > 0.0)
        memcpy(&bits, &tie->p, sizeof bits);
    return bits;
}

/* What is said by now of a pair, where an earlier row said anything. */
static uint64_t said_of(const run *self, uint64_t pair, const wp_stated_tie *stored)
{
    uint64_t said = pack(stored);
    (void)get(&self->rehearsal, pair ^ SALT_TIE, &said);
    return said;
}

/* Remember what is said of a pair; false when there is no room and it was said before. */
static bool say(run *self, uint64_t pair, uint64_t said)
{
    const uint64_t both[2] = {pair, said};
    return put(&self->rehearsal, pair ^ SALT_TIE, said) ||
           people_see(&self->people,
                      people_hash(&self->people, WP_IDENTITY_ID, (const char *)both, sizeof both));
}

static void unpack(uint64_t said, wp_stated_tie *out)
{
    out->has_cost = (said & SAID_COST) != 0;
    out->cost = out->has_cost ? (uint32_t)said : 0;
    out->p = 0.0;
    if (!out->has_cost)
        memcpy(&out->p, &said, sizeof said);
}

static void number_by(wp_stated_tie *tie, uint64_t pair)
{
    tie->from = (wp_number)(pair >> 32);
    tie->to = (wp_number)pair;
}

void rehearse_tie(run *self, uint64_t pair, wp_stated_tie *tie, wp_stated_tie *before,
                  bool *is_known)
{
    uint64_t said = said_of(self, pair, before);
    *is_known = said == pack(tie) || !say(self, pair, pack(tie));
    unpack(said, before);
    number_by(tie, pair);
}

/* Both directions as one value, that of the lower pair first. */
static void sum_up(const run *self, const uint64_t pairs[2], const uint64_t said[2],
                   wp_stated_tie *out)
{
    bool is_up = pairs[0] < pairs[1];
    uint64_t both = store_pair_hash(self, said[is_up ? 0 : 1], said[is_up ? 1 : 0]);
    *out = (wp_stated_tie){.has_cost = false};
    memcpy(&out->p, &both, sizeof both);
    number_by(out, is_up ? pairs[0] : pairs[1]);
}

/* As edges_batch.c counts: rows that change a tie which is stored, so that in the end it is as it
 * was, are known; of one that is not stored they are not. */
wp_status rehearse_edge(run *self, const wp_stated_tie *tie, uint64_t from, uint64_t to,
                        bool *is_known, wp_error *err)
{
    const uint64_t pairs[2] = {store_pair_hash(self, from, to), store_pair_hash(self, to, from)};
    uint64_t said[2];
    bool is_stored = false, ignored;
    wp_stated_tie before, after;
    for (int i = 0; i < 2; i++) {
        wp_stated_tie stored,
            way = {.from = i == 0 ? tie->from : tie->to, .to = i == 0 ? tie->to : tie->from};
        wp_status status = store_find_tie(self, &way, &stored, &ignored, err);
        if (status != WP_OK)
            return status;
        is_stored |= pack(&stored) != 0;
        said[i] = said_of(self, pairs[i], &stored);
    }
    sum_up(self, pairs, said, &before);
    *is_known = true;
    for (int i = 0; i < (self->options->is_both ? 2 : 1); i++) {
        *is_known &= said[i] == pack(tie) || !say(self, pairs[i], pack(tie));
        said[i] = pack(tie);
    }
    sum_up(self, pairs, said, &after);
    if (!*is_known && is_stored)
        retold_add(&self->retold, &before, &after, 1);
    return WP_OK;
}

/* ---- Who is who ---- */

/* The key of a company's name, without regard to case. */
static uint64_t key_of_name(const run *self, const char *name)
{
    char lower[NAME_BYTES];
    size_t length = strlen(name);
    length = length < sizeof lower ? length : sizeof lower - 1;
    for (size_t i = 0; i < length; i++)
        lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] | 0x20) : name[i];
    return people_hash(&self->people, WP_IDENTITY_COMPANY_NAME, lower, length) >> 1;
}

static uint64_t key_of(const run *self, const wp_identity *identity)
{
    return identity->kind == WP_IDENTITY_COMPANY_NAME ? key_of_name(self, identity->text)
                                                      : hash_of(self, identity) >> 1;
}

static uint64_t key_of_number(const wp_identity *identity, wp_number number)
{
    bool is_person = identity->kind == WP_IDENTITY_EMAIL || identity->kind == WP_IDENTITY_ID ||
                     identity->kind == WP_IDENTITY_LINKEDIN;
    return IS_NUMBER | (is_person ? 0 : IS_COMPANY) | number;
}

/* What stands for all that are one with it. */
static uint64_t root_of(const run *self, uint64_t key)
{
    uint64_t next;
    while (get(&self->rehearsal, key ^ SALT_SAME, &next) && next != key)
        key = next;
    return key;
}

/* What stands for the other goes on doing so, since employments are remembered by it, unless the
 * one alone is a number. */
static void join(run *self, uint64_t one, uint64_t other)
{
    uint64_t x = root_of(self, one), y = root_of(self, other);
    bool is_one = (x & IS_NUMBER) != 0, is_other = (y & IS_NUMBER) != 0;
    if (x == y)
        return;
    (void)put(&self->rehearsal, (is_one && !is_other ? y : x) ^ SALT_SAME,
              is_one && !is_other ? x : y);
    if (is_one && is_other)
        (void)put(&self->rehearsal, y ^ SALT_OTHER, x);
}

static void join_number(run *self, const wp_identity *identity, wp_number number)
{
    if (number != 0)
        join(self, key_of_number(identity, number), key_of(self, identity));
}

static uint64_t root_of_identity(const run *self, const wp_identity *identity)
{
    return root_of(self, key_of(self, identity));
}

/* A name of two companies belongs to neither; of one, so does a company known by it alone. */
static wp_status give_name(run *self, const wp_identity *company, const char *name, wp_error *err)
{
    wp_number number = 0;
    wp_identity by_name = {WP_IDENTITY_COMPANY_NAME, name};
    uint64_t key = key_of_name(self, name), root = root_of_identity(self, company), before;
    bool has_before = get(&self->rehearsal, key ^ SALT_SAME, &before);
    bool is_shared = has_before && (before == key || root_of(self, before) != root);
    (void)put(&self->rehearsal, key ^ SALT_SAME, is_shared ? key : root);
    wp_status status = store_find(self, &by_name, &number, err);
    if (status == WP_OK && !is_shared)
        join_number(self, company, number);
    return status;
}

wp_status rehearse_same(run *self, const fact *row, wp_error *err)
{
    const wp_identity *items = row->identities;
    bool is_named = row->type == FACT_COMPANY && row->name != NULL && row->identity_count > 0;
    wp_status status = WP_OK;
    if (row->identity_count < 2 && !is_named)
        return WP_OK;
    self->rehearsal.has_same = true;
    for (size_t i = 0; i < row->identity_count && status == WP_OK; i++) {
        wp_number number = 0;
        status = store_find(self, &items[i], &number, err);
        join_number(self, &items[i], number);
        join(self, key_of(self, &items[i]), key_of(self, &items[0]));
    }
    if (status == WP_OK && is_named)
        status = give_name(self, &items[0], row->name, err);
    return status;
}

/* The number of who or what is known by an identity through earlier rows, other than the one that
 * is stored with it; 0: there is none. */
static wp_number find_other(const run *self, const wp_identity *identity, wp_number number)
{
    uint64_t found = root_of_identity(self, identity);
    if ((found & IS_NUMBER) == 0)
        return 0;
    if ((wp_number)found == number && !get(&self->rehearsal, found ^ SALT_OTHER, &found))
        return 0;
    return (wp_number)found;
}

static const wp_identity *employed_of(const fact *row)
{
    return row->identity_count > 0 ? &row->identities[0] : &row->person;
}

wp_status rehearse_ends(run *self, const fact *row, wp_employment *at, wp_employment *other,
                        wp_error *err)
{
    const wp_identity *who = employed_of(row);
    at->person = at->company = other->person = other->company = 0;
    if (!self->rehearsal.has_same)
        return WP_OK;
    wp_status status = store_find(self, who, &at->person, err);
    if (status == WP_OK)
        status = store_find(self, &row->company, &at->company, err);
    if (status != WP_OK)
        return status;
    join_number(self, who, at->person);
    join_number(self, &row->company, at->company);
    other->person = find_other(self, who, at->person);
    other->company = find_other(self, &row->company, at->company);
    return WP_OK;
}

bool rehearse_employment(run *self, const fact *row)
{
    if (!self->rehearsal.has_same)
        return true;
    uint64_t days = (uint64_t)(uint32_t)row->from_day << 32 | (uint32_t)row->to_day;
    uint64_t key = root_of_identity(self, employed_of(row)) * SALT_EMPLOYMENT;
    key = (key ^ root_of_identity(self, &row->company)) * SALT_EMPLOYMENT;
    key = (key ^ days) * SALT_EMPLOYMENT;
    bool is_first = people_see(&self->people, key | 1);
    if (row->title == NULL)
        return is_first;
    uint64_t title = people_hash(&self->people, WP_IDENTITY_ID, row->title, strlen(row->title));
    return people_see(&self->people, ((key ^ title) * SALT_EMPLOYMENT) | 1);
}
