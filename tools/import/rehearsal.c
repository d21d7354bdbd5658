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

#define SALT_TIE UINT64_C(0xbf58476d1ce4e5b9)
#define SALT_SAME UINT64_C(0x94d049bb133111eb)
#define SALT_OTHER UINT64_C(0xa0761d6478bd642f)
/* Of what stands for a number; hashes of identities are shifted, so that they lack it. */
#define IS_NUMBER (UINT64_C(1) << 63)
#define IS_COMPANY (UINT64_C(1) << 62)
#define SAID_COST (UINT64_C(1) << 63) /* the sign of a p, which has none */
#define NAME_BYTES ((size_t)256)

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
    (void)rehearsal_get(&self->rehearsal, pair ^ SALT_TIE, &said);
    return said;
}

/* Remember what is said of a pair; false when there is no room and it was said before. */
static bool say(run *self, uint64_t pair, uint64_t said)
{
    const uint64_t both[2] = {pair, said};
    return rehearsal_put(&self->rehearsal, pair ^ SALT_TIE, said) ||
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

void rehearse_fetch_tie(const run *self, uint64_t pair)
{
    rehearsal_fetch(&self->rehearsal, pair ^ SALT_TIE);
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

/* What is said of the ways of an edge that matter: of two who are stored, and where rows say both,
 * there and back. */
static wp_status find_edge(run *self, const wp_stated_tie *tie, const uint64_t pairs[2],
                           size_t ways, uint64_t said[2], bool *is_stored, wp_error *err)
{
    wp_status status = WP_OK;
    *is_stored = false;
    for (size_t i = 0; i < ways && status == WP_OK; i++) {
        bool ignored;
        wp_stated_tie stored,
            way = {.from = i == 0 ? tie->from : tie->to, .to = i == 0 ? tie->to : tie->from};
        status = store_find_tie(self, &way, &stored, &ignored, err);
        if (status == WP_OK) {
            *is_stored |= pack(&stored) != 0;
            said[i] = said_of(self, pairs[i], &stored);
        }
    }
    return status;
}

/* As edges_batch.c counts: rows that change a tie which is stored, so that in the end it is as it
 * was, are known; of one that is not stored they are not. */
wp_status rehearse_edge(run *self, const wp_stated_tie *tie, uint64_t from, uint64_t to,
                        bool *is_known, wp_error *err)
{
    bool is_both = self->options->is_both, is_stored;
    size_t ways = is_both || (tie->from != 0 && tie->to != 0) ? 2 : 1;
    const uint64_t pairs[2] = {store_pair_hash(self, from, to),
                               ways == 1 ? 0 : store_pair_hash(self, to, from)};
    uint64_t said[2], now = pack(tie);
    wp_stated_tie before, after;
    wp_status status = find_edge(self, tie, pairs, ways, said, &is_stored, err);
    if (status != WP_OK)
        return status;
    if (is_stored)
        sum_up(self, pairs, said, &before);
    *is_known = true;
    for (int i = 0; i < (is_both ? 2 : 1); i++) {
        *is_known &= said[i] == now || !say(self, pairs[i], now);
        said[i] = now;
    }
    if (*is_known || !is_stored)
        return WP_OK;
    sum_up(self, pairs, said, &after);
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

uint64_t rehearse_key(uint64_t seen)
{
    return store_hash_of_seen(seen) >> 1;
}

void rehearse_fetch(const run *self, uint64_t seen)
{
    if (self->rehearsal.has_same)
        rehearsal_fetch(&self->rehearsal, rehearse_key(seen) ^ SALT_SAME);
}

static uint64_t key_of(const run *self, const wp_identity *identity, uint64_t seen)
{
    return identity->kind == WP_IDENTITY_COMPANY_NAME ? key_of_name(self, identity->text)
                                                      : rehearse_key(seen);
}

uint64_t rehearse_company_key(const run *self, const wp_identity *company, uint64_t seen)
{
    return key_of(self, company, seen);
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
    while (rehearsal_get(&self->rehearsal, key ^ SALT_SAME, &next) && next != key)
        key = next;
    return key;
}

wp_status rehearse_root(run *self, const wp_identity *who, uint64_t *root, wp_error *err)
{
    wp_number number = 0;
    uint64_t seen = store_seen_hash(self, who);
    wp_status status = store_find_seen(self, who, seen, &number, err);
    *root = root_of(self, number != 0 ? key_of_number(who, number) : rehearse_key(seen));
    return status;
}

/* What stands for the other goes on doing so, since employments are remembered by it, unless the
 * one alone is a number. */
static void join(run *self, uint64_t one, uint64_t other)
{
    uint64_t x = root_of(self, one), y = root_of(self, other);
    bool is_one = (x & IS_NUMBER) != 0, is_other = (y & IS_NUMBER) != 0;
    if (x == y)
        return;
    (void)rehearsal_put(&self->rehearsal, (is_one && !is_other ? y : x) ^ SALT_SAME,
                        is_one && !is_other ? x : y);
    if (is_one && is_other)
        (void)rehearsal_put(&self->rehearsal, y ^ SALT_OTHER, x);
}

static void join_number(run *self, const wp_identity *identity, wp_number number, uint64_t key)
{
    if (number != 0)
        join(self, key_of_number(identity, number), key);
}

/* A name of two companies belongs to neither; of one, so does a company known by it alone. */
static wp_status give_name(run *self, const wp_identity *company, uint64_t company_key,
                           const char *name, wp_error *err)
{
    wp_number number = 0;
    wp_identity by_name = {WP_IDENTITY_COMPANY_NAME, name};
    uint64_t key = key_of_name(self, name), root = root_of(self, company_key), before;
    bool has_before = rehearsal_get(&self->rehearsal, key ^ SALT_SAME, &before);
    bool is_own = has_before && before != key && root_of(self, before) == root;
    if (is_own) /* an earlier row gave it, and found who has it */
        return WP_OK;
    (void)rehearsal_put(&self->rehearsal, key ^ SALT_SAME, has_before ? key : root);
    wp_status status = store_find(self, &by_name, &number, err);
    if (status == WP_OK && !has_before)
        join_number(self, company, number, company_key);
    return status;
}

wp_status rehearse_same(run *self, const fact *row, fact_seen *seen, wp_error *err)
{
    const wp_identity *items = row->identities;
    bool is_named = row->type == FACT_COMPANY && row->name != NULL && row->identity_count > 0;
    if (row->identity_count < 2 && !is_named)
        return WP_OK;
    self->rehearsal.has_same = true;
    size_t known = 0; /* goes on standing for all: employments are remembered by it */
    while (known + 1 < row->identity_count && !seen->is_named[known])
        known++;
    uint64_t first = key_of(self, &items[known], seen->identities[known]);
    for (size_t i = 0; i < row->identity_count; i++) {
        uint64_t key = key_of(self, &items[i], seen->identities[i]);
        join_number(self, &items[i], seen->found[i], key);
        seen->before[i] = seen->is_named[i] ? root_of(self, key) : key;
        join(self, key, first);
    }
    return is_named ? give_name(self, &items[0], first, row->name, err) : WP_OK;
}

/* The number of who or what is known by an identity through earlier rows, other than the one that
 * is stored with it; 0: there is none. */
static wp_number find_other(const run *self, uint64_t key, wp_number number)
{
    uint64_t found = root_of(self, key);
    if ((found & IS_NUMBER) == 0)
        return 0;
    if ((wp_number)found == number && !rehearsal_get(&self->rehearsal, found ^ SALT_OTHER, &found))
        return 0;
    return (wp_number)found;
}

static const wp_identity *employed_of(const fact *row)
{
    return row->identity_count > 0 ? &row->identities[0] : &row->person;
}

wp_status rehearse_ends(run *self, const fact *row, const fact_seen *seen, wp_employment *at,
                        wp_employment *other, wp_error *err)
{
    const wp_identity *who = employed_of(row);
    at->person = at->company = other->person = other->company = 0;
    if (!self->rehearsal.has_same)
        return WP_OK;
    wp_status status = store_find_seen(self, who, seen->who, &at->person, err);
    if (status == WP_OK)
        status = store_find_seen(self, &row->company, seen->company, &at->company, err);
    if (status != WP_OK)
        return status;
    uint64_t person = key_of(self, who, seen->who);
    uint64_t company = key_of(self, &row->company, seen->company);
    join_number(self, who, at->person, person);
    join_number(self, &row->company, at->company, company);
    other->person = find_other(self, person, at->person);
    other->company = find_other(self, company, at->company);
    return WP_OK;
}

bool rehearse_had_employment(const run *self, const fact *row, const fact_seen *seen)
{
    bool has = false;
    if (row->identity_count < 2)
        return false;
    uint64_t company = root_of(self, key_of(self, &row->company, seen->company));
    for (size_t i = 0; i < row->identity_count && !has; i++) {
        uint64_t job = fact_seen_job(seen->before[i], company, row);
        has = seen->is_named[i] && fact_has_job(self, job, row);
    }
    return has;
}

bool rehearse_employment(run *self, const fact *row, const fact_seen *seen)
{
    if (!self->rehearsal.has_same)
        return true;
    uint64_t who = root_of(self, key_of(self, employed_of(row), seen->who));
    uint64_t company = root_of(self, key_of(self, &row->company, seen->company));
    uint64_t job = fact_seen_job(who, company, row);
    if (job == seen->employment) /* each stands for itself: it has been looked for */
        return true;
    return !fact_has_job(self, job, row) && fact_see_job(self, job, row);
}
