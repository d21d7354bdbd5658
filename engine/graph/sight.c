/*
 * What a viewer may see: see sight.h.
 */
#include "graph/sight.h"

#include "graph/company.h"
#include "graph/settings.h"
#include "graph/sharing.h"

/* Add all numbers of a person or company to those hidden. */
static wp_status hide(wpi_sight *sight, wpi_graph *graph, wpi_party party, uint32_t canonical,
                      wpi_array *numbers, wp_error *err)
{
    numbers->count = 0;
    WPI_TRY(wpi_party_numbers(graph, party, canonical, numbers, err));
    for (size_t i = 0; i < numbers->count; i++)
        WPI_TRY(wpi_bitset_add(&sight->hidden[party - 1], WPI_ARRAY_AT(numbers, uint32_t, i), err));
    return WP_OK;
}

typedef struct company_walk {
    wpi_graph *graph;
    const wpi_sight *sight;
    wpi_array *companies; /* of uint32_t: where hidden people are or were */
    bool has_others;      /* a visible person is or was there, or it has a deal */
} company_walk;

static wp_status add_company(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    company_walk *walk = context;
    uint32_t company;
    (void)value;
    if (key.bytes != 16)
        return wpi_error_set(err, WP_ECORRUPT, "employment key is malformed");
    WPI_TRY(wpi_party_find(walk->graph, WPI_COMPANY, wpi_key_get_u32(key.data, 4), &company, err));
    return company == 0 ? WP_OK : wpi_array_push(walk->companies, &company, err);
}

static wp_status see_member(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    company_walk *walk = context;
    (void)value;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "member key is malformed");
    walk->has_others |= wpi_sight_has(walk->sight, WPI_PERSON, wpi_key_get_u32(key.data, 4));
    return walk->has_others ? WP_ENOTFOUND : WP_OK; /* ends the walk */
}

/* Whether a company is known for hidden people alone. */
static wp_status is_known_for_them(company_walk *walk, uint32_t company, bool *is, wp_error *err)
{
    wp_status status;
    wpi_said *all;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    walk->has_others = false;
    WPI_TRY_OUT(wpi_party_load(walk->graph, WPI_COMPANY, company, &all, err));
    for (; all != NULL; all = all->next)
        walk->has_others |= wpi_company_says_more(&all->record);
    WPI_TRY_OUT(wpi_party_numbers(walk->graph, WPI_COMPANY, company, &numbers, err));
    for (size_t i = 0; i < numbers.count && !walk->has_others; i++) {
        uint32_t number = WPI_ARRAY_AT(&numbers, uint32_t, i);
        WPI_TRY_OUT(wpi_graph_each(walk->graph, WPI_TABLE_MEMBER, wpi_key_u32(number), see_member,
                                   walk, err));
        if (!walk->has_others)
            WPI_TRY_OUT(wpi_graph_has(walk->graph, WPI_TABLE_STAKE,
                                      wpi_key_u8_u32(WPI_COMPANY, number), &walk->has_others, err));
    }
    *is = !walk->has_others;
out:
    wpi_array_free(&numbers);
    return status;
}

static wp_status hide_companies(wpi_sight *sight, wpi_graph *graph, const wpi_array *people,
                                wpi_array *numbers, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array companies = WPI_ARRAY_OF(uint32_t);
    company_walk walk = {graph, sight, &companies, false};
    for (size_t i = 0; i < people->count; i++)
        WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_EMPLOYMENT,
                                   wpi_key_u32(WPI_ARRAY_AT(people, uint32_t, i)), add_company,
                                   &walk, err));
    wpi_array_sort_numbers(&companies);
    for (size_t i = 0; i < companies.count; i++) {
        bool is_hidden = false;
        uint32_t company = WPI_ARRAY_AT(&companies, uint32_t, i);
        WPI_TRY_OUT(is_known_for_them(&walk, company, &is_hidden, err));
        sight->hidden_companies += is_hidden;
        if (is_hidden)
            WPI_TRY_OUT(hide(sight, graph, WPI_COMPANY, company, numbers, err));
    }
out:
    wpi_array_free(&companies);
    return status;
}

/* Who is private to somebody else, and what would not be known without them. */
static wp_status hide_people(wpi_sight *sight, wpi_graph *graph, wp_error *err)
{
    wp_status status = WP_OK;
    const wpi_bitset *whole = &sight->private_to.whole;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t), people = WPI_ARRAY_OF(uint32_t);
    for (size_t person = 1; whole->count > 0 && person < whole->size; person++) {
        if (!wpi_bitset_has(whole, (uint32_t)person))
            continue;
        WPI_TRY_OUT(hide(sight, graph, WPI_PERSON, (uint32_t)person, &numbers, err));
        WPI_TRY_OUT(wpi_array_extend(&people, numbers.items, numbers.count, err));
    }
    WPI_TRY_OUT(hide_companies(sight, graph, &people, &numbers, err));
out:
    wpi_array_free(&numbers);
    wpi_array_free(&people);
    return status;
}

wp_status wpi_sight_build(wpi_graph *graph, uint32_t viewer, int32_t day, wpi_sight *out,
                          wp_error *err)
{
    *out = (wpi_sight){.viewer = viewer, .barriers = WPI_ARRAY_OF(wpi_sides)};
    if (viewer == WP_VIEW_ALL)
        return WP_OK;
    WPI_TRY(wpi_private_build(graph, viewer, &out->private_to, err));
    WPI_TRY(hide_people(out, graph, err));
    WPI_TRY(wpi_sharing_closed(graph, viewer, day, &out->closed, err));
    WPI_TRY(wpi_barrier_sides(graph, day, &out->barriers, err));
    for (size_t i = 0; i < out->barriers.count; i++)
        for (int side = 0; side < 2; side++)
            WPI_TRY(wpi_bitset_unite(&out->sided, &wpi_sight_barrier(out, i)->of[side], err));
    return WP_OK;
}

void wpi_sight_free(wpi_sight *sight)
{
    for (size_t i = 0; i < sight->barriers.count; i++)
        for (int side = 0; side < 2; side++)
            wpi_bitset_free(&WPI_ARRAY_AT(&sight->barriers, wpi_sides, i).of[side]);
    wpi_array_free(&sight->barriers);
    wpi_bitset_free(&sight->sided);
    wpi_private_free(&sight->private_to);
    wpi_bitset_free(&sight->closed);
    for (size_t i = 0; i < sizeof sight->hidden / sizeof *sight->hidden; i++)
        wpi_bitset_free(&sight->hidden[i]);
}

wp_status wpi_sight_is_open(wpi_graph *graph, bool *is_open, wp_error *err)
{
    uint64_t private_ties = 0, barriers = 0;
    bool may_close = false;
    WPI_TRY(wpi_store_count(graph->txn, WPI_TABLE_PRIVATE, &private_ties, err));
    WPI_TRY(wpi_store_count(graph->txn, WPI_TABLE_BARRIER, &barriers, err));
    if (private_ties == 0 && barriers == 0)
        WPI_TRY(wpi_settings_may_close(graph, &may_close, err));
    *is_open = private_ties == 0 && barriers == 0 && !may_close;
    return WP_OK;
}

wp_status wpi_sight_resolve(const wpi_sight *sight, wpi_graph *graph, wpi_party party,
                            uint32_t number, uint32_t *canonical, wp_error *err)
{
    if (!wpi_sight_has(sight, party, number))
        return wpi_party_unknown(party, number, err);
    return wpi_party_resolve(graph, party, number, canonical, err);
}

void wpi_sight_filter(const wpi_sight *sight, wpi_party party, wpi_array *numbers)
{
    size_t kept = 0;
    uint32_t *items = numbers->items;
    for (size_t i = 0; i < numbers->count; i++)
        if (wpi_sight_has(sight, party, items[i]))
            items[kept++] = items[i];
    numbers->count = kept;
}

bool wpi_sight_concerns(const wpi_sight *sight, uint32_t person)
{
    /* Whoever stands on both sides of a barrier has no tie that is seen, with whomever. */
    return sight->barriers.count > 0 || sight->hidden[WPI_PERSON - 1].count > 0 ||
           wpi_sight_may_veil(sight, person);
}

bool wpi_sight_hides(const wpi_sight *sight, uint32_t a, uint32_t b)
{
    if (!wpi_sight_has(sight, WPI_PERSON, a) || !wpi_sight_has(sight, WPI_PERSON, b) ||
        wpi_sight_veils(sight, a, b))
        return true;
    bool is_sided = wpi_bitset_has(&sight->sided, a) || wpi_bitset_has(&sight->sided, b);
    for (size_t i = 0; i < sight->barriers.count && is_sided; i++) {
        const wpi_bitset *of = wpi_sight_barrier(sight, i)->of;
        bool has[2] = {wpi_bitset_has(&of[0], a) || wpi_bitset_has(&of[0], b),
                       wpi_bitset_has(&of[1], a) || wpi_bitset_has(&of[1], b)};
        if (has[0] && has[1])
            return true;
    }
    return false;
}
