/*
 * What all formats store: people and stated ties.
 *
 * A tie is known when the source of the import states it so already; what others state of it does
 * not matter.
 */
#include "import/store.h"

#include "import/rehearsal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Apart from the hashes of other texts, which can be the same. */
#define SEEN_IDENTITY UINT64_C(0x5bf03635dcd1f2a1)

uint64_t store_seen_hash(const run *self, const wp_identity *identity)
{
    return SEEN_IDENTITY ^
           people_hash(&self->people, identity->kind, identity->text, strlen(identity->text));
}

uint64_t store_hash_of_seen(uint64_t seen)
{
    return SEEN_IDENTITY ^ seen;
}

void store_fetch_person(const run *self, uint64_t hash)
{
    people_fetch(&self->people, hash);
    if (self->options->is_dry_run)
        people_fetch_seen(&self->people, SEEN_IDENTITY ^ hash);
}

bool store_see(run *self, const wp_identity *identity)
{
    return people_see(&self->people, store_seen_hash(self, identity));
}

/* What a dry run met before was looked up: it was found and is kept, or nobody has it. */
static bool has_met(const run *self, uint64_t hash, wp_number *out)
{
    *out = people_find(&self->people, hash);
    return *out != 0 || people_has_seen(&self->people, hash);
}

static wp_status look_up(run *self, const wp_identity *identity, wp_number *out, wp_error *err)
{
    *out = 0;
    wp_status status = wp_identity_find(self->txn, identity, out, err);
    if (status != WP_ENOTFOUND)
        return status;
    *out = 0;
    return WP_OK;
}

wp_status store_find_seen(run *self, const wp_identity *identity, uint64_t hash, wp_number *out,
                          wp_error *err)
{
    if (has_met(self, hash, out))
        return WP_OK;
    wp_status status = look_up(self, identity, out, err);
    if (status == WP_OK && *out != 0)
        people_keep(&self->people, hash, *out);
    return status;
}

wp_status store_find(run *self, const wp_identity *identity, wp_number *out, wp_error *err)
{
    return self->options->is_dry_run
               ? store_find_seen(self, identity, store_seen_hash(self, identity), out, err)
               : look_up(self, identity, out, err);
}

wp_status store_refuse_erased(run *self, const wp_identity *identities, size_t count, wp_error *err)
{
    bool is_erased = false;
    wp_status status = WP_OK;
    for (size_t i = 0; i < count && self->has_erased && status == WP_OK && !is_erased; i++)
        status = wp_suppression_has(self->txn, &identities[i], &is_erased, err);
    return is_erased ? WP_EERASED : status;
}

wp_status store_count_recipient(wp_status status, size_t *count)
{
    if (status == WP_OK)
        ++*count;
    return status == WP_EERASED ? WP_OK : status;
}

wp_status store_check_left(size_t before, size_t after, wp_error *err)
{
    if (before == 0 || after > 0)
        return WP_OK;
    *err = (wp_error){WP_EERASED, "everybody else was erased"};
    return WP_EERASED;
}

wp_status store_person(run *self, const wp_identity *identity, size_t length, wp_number *out,
                       wp_error *err)
{
    uint64_t hash = people_hash(&self->people, identity->kind, identity->text, length);
    return store_person_of(self, identity, hash, out, err);
}

static bool is_same(const wp_identity *a, const wp_identity *b)
{
    return a->kind == b->kind && (a->kind == WP_IDENTITY_ID ? strcmp(a->text, b->text)
                                                            : strcasecmp(a->text, b->text)) == 0;
}

/* The number of an identity itself, under which facts that name it are stored; 0: it is unknown. */
static wp_status find_own_number(run *self, const wp_identity *identity, wp_number *out,
                                 wp_error *err)
{
    wp_numbers all = {0};
    wp_identity found;
    wp_status status = store_find(self, identity, out, err);
    if (status == WP_OK && *out != 0)
        status = wp_person_numbers(self->txn, *out, &all, err);
    for (size_t i = 0; i < all.count && all.count > 1 && status == WP_OK; i++) {
        status = wp_person_identity(self->txn, all.items[i], &found, err);
        if (status == WP_OK && is_same(&found, identity))
            *out = all.items[i];
    }
    wp_numbers_free(&all);
    return status;
}

wp_status store_person_unstated(run *self, const wp_identity *identity, wp_number *out,
                                wp_error *err)
{
    wp_status status = find_own_number(self, identity, out, err);
    if (status != WP_OK || *out != 0)
        return status;
    return store_person(self, identity, strlen(identity->text), out, err);
}

wp_status store_person_of(run *self, const wp_identity *identity, uint64_t hash, wp_number *out,
                          wp_error *err)
{
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    *out = people_find(&self->people, hash);
    if (*out != 0)
        return WP_OK;
    if (self->options->is_dry_run) {
        if (people_has_seen(&self->people, SEEN_IDENTITY ^ hash))
            return WP_OK;
        wp_status status = store_refuse_erased(self, identity, 1, err);
        if (status == WP_OK)
            status = find_own_number(self, identity, out, err);
        if (status == WP_OK && *out == 0)
            (void)people_see(&self->people, SEEN_IDENTITY ^ hash);
        else if (status == WP_OK)
            people_keep(&self->people, hash, *out);
        return status;
    }
    facts.identities = identity;
    facts.identity_count = 1;
    wp_status status = wp_person_put(self->txn, &facts, out, NULL, err);
    if (status == WP_OK)
        people_keep(&self->people, hash, *out);
    return status;
}

wp_status store_find_tie(run *self, const wp_stated_tie *tie, wp_stated_tie *found, bool *is_known,
                         wp_error *err)
{
    *found = (wp_stated_tie){.from = tie->from, .to = tie->to, .source = self->stated_by_number};
    bool is_nothing = tie->has_cost ? tie->cost == WP_COST_NONE : !(tie->p > 0.0);
    /* Whom a dry run would only bring has no ties. */
    bool is_between_stored = tie->from != 0 && tie->to != 0;
    wp_status status = is_between_stored ? wp_stated_tie_get(self->txn, found, err) : WP_ENOTFOUND;
    *is_known = is_nothing;
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    *is_known = !is_nothing && found->has_cost == tie->has_cost &&
                (tie->has_cost ? found->cost == tie->cost : found->p == tie->p);
    return WP_OK;
}

uint64_t store_pair_hash(const run *self, uint64_t from, uint64_t to)
{
    uint64_t both[2] = {from, to};
    return people_hash(&self->people, WP_IDENTITY_ID, (const char *)both, sizeof both);
}

wp_status store_tie(run *self, const wp_stated_tie *tie, uint64_t pair, bool *is_counted,
                    wp_error *err)
{
    bool is_known = false;
    wp_stated_tie before, after = *tie;
    wp_status status = store_find_tie(self, tie, &before, &is_known, err);
    if (status != WP_OK)
        return status;
    if (self->options->is_dry_run)
        rehearse_tie(self, pair, &after, &before, &is_known);
    else if (!is_known)
        status = wp_stated_tie_put(self->txn, tie, err);
    if (status != WP_OK || is_known)
        return status;
    if (before.has_cost || before.p > 0.0)
        retold_add(&self->retold, &before, &after, *is_counted ? 0 : 1);
    *is_counted = true;
    return WP_OK;
}

wp_status store_is_stated(run *self, uint64_t interaction, bool *is_stated, wp_error *err)
{
    wp_interaction found;
    uint64_t position = self->stated_by_number;
    uint32_t number = 0;
    wp_status status =
        wp_interaction_version_next(self->txn, interaction, &position, &number, &found, err);
    *is_stated = status == WP_OK && number == self->stated_by_number;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static int compare_participant(const void *a, const void *b)
{
    const wp_participant *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return (int)x->role - (int)y->role;
}

size_t store_unique(wp_participant *items, size_t count)
{
    size_t kept = 0;
    if (count > 1)
        qsort(items, count, sizeof *items, compare_participant);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || items[kept - 1].person != items[i].person)
            items[kept++] = items[i];
    return kept;
}
