/*
 * What all formats store: people and stated ties.
 *
 * Whether a tie is stated already is asked with wp_tie_get() on the last day there is, where no
 * evidence has to be replayed or counted.
 */
#include "import/store.h"

#include <math.h>
#include <stdlib.h>

#define DAY_LAST ((int32_t)(WP_TIME_MAX / 86400))

wp_status store_find(run *self, const wp_identity *identity, wp_number *out, wp_error *err)
{
    *out = 0;
    wp_status status = wp_identity_find(self->txn, identity, out, err);
    if (status != WP_ENOTFOUND)
        return status;
    *out = 0;
    return WP_OK;
}

wp_status store_person(run *self, const wp_identity *identity, size_t length, wp_number *out,
                       wp_error *err)
{
    uint64_t hash = people_hash(&self->people, identity->kind, identity->text, length);
    return store_person_of(self, identity, hash, out, err);
}

wp_status store_person_of(run *self, const wp_identity *identity, uint64_t hash, wp_number *out,
                          wp_error *err)
{
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    *out = people_find(&self->people, hash);
    if (*out != 0)
        return WP_OK;
    if (self->options->is_dry_run)
        return store_find(self, identity, out, err);
    facts.identities = identity;
    facts.identity_count = 1;
    wp_status status = wp_person_put(self->txn, &facts, out, NULL, err);
    if (status == WP_OK)
        people_keep(&self->people, hash, *out);
    return status;
}

/* Whether `stated`, as wp_tie_get() reads it back, is what `tie` says. */
static bool is_same(const wp_stated_tie *tie, double stated)
{
    if (tie->has_cost && tie->cost != WP_COST_NONE)
        return fabs(stated - exp(-(double)tie->cost / 1e6)) <= 1e-12 * stated;
    double p = tie->has_cost ? 0.0 : tie->p;
    return p > 0.0 ? stated == p : isnan(stated);
}

wp_status store_tie(run *self, const wp_stated_tie *tie, uint64_t hash, bool *is_known,
                    wp_error *err)
{
    wp_tie found;
    wp_status status = WP_ENOTFOUND;
    bool is_nothing = tie->has_cost ? tie->cost == WP_COST_NONE : !(tie->p > 0.0);
    if (tie->from != 0 && tie->to != 0)
        status = wp_tie_get(self->txn, tie->from, tie->to, DAY_LAST, &found, err);
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    *is_known = status == WP_OK ? is_same(tie, found.stated) : is_nothing;
    if (*is_known)
        return WP_OK;
    if (self->options->is_dry_run) {
        *is_known = !people_see(&self->people, hash);
        return WP_OK;
    }
    return wp_stated_tie_put(self->txn, tie, err);
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
