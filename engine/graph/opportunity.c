/*
 * Opportunities and parts in them: see opportunity.h.
 */
#include "graph/opportunity.h"

#include <math.h>

#include "graph/veil.h"

wpi_key wpi_stake_key(wpi_party party, uint32_t number, uint32_t opportunity, uint32_t source,
                      unsigned part)
{
    wpi_key key = wpi_key_add_u32(wpi_key_u8_u32((uint8_t)party, number), opportunity);
    return wpi_key_add_u8(wpi_key_add_u32(key, source), (uint8_t)part);
}

static wp_status identity_of(const char *id, wpi_identity *out, wp_error *err)
{
    if (id == NULL)
        return wpi_error_set(err, WP_EINVAL, "id is NULL, expected a text");
    WPI_TRY(wpi_graph_check_text(id, "id", 512, err));
    out->kind = WPI_IDENTITY_OPPORTUNITY;
    memcpy(out->text, id, strlen(id) + 1);
    return WP_OK;
}

/* The number of an id, which may be veiled; WP_ENOTFOUND: nobody has it, and `identity` is what it
 * is stored as. */
static wp_status find(wpi_graph *graph, const char *id, wpi_identity *identity, uint32_t *number,
                      wp_error *err)
{
    bool is_used, is_due;
    WPI_TRY(identity_of(id, identity, err));
    WPI_TRY(wpi_suppress_is_used(graph, &is_used, err));
    wp_status status = wpi_identity_find(graph, identity, number, err);
    for (size_t i = 0; status == WP_ENOTFOUND && i < graph->suppression.count; i++) {
        wpi_veil_make(graph->suppression.keys[i], id, identity->text);
        status = wpi_identity_find(graph, identity, number, err);
    }
    if (status != WP_ENOTFOUND || !is_used)
        return status;
    WPI_TRY(wpi_veil_is_due(graph, id, &is_due, err));
    if (is_due)
        wpi_veil_make(graph->suppression.keys[0], id, identity->text);
    else
        memcpy(identity->text, id, strlen(id) + 1);
    return WP_ENOTFOUND;
}

wp_status wpi_opportunity_find(wpi_graph *graph, const char *id, uint32_t *number, wp_error *err)
{
    wpi_identity identity;
    return find(graph, id, &identity, number, err);
}

static wp_status change_stakes(wpi_graph *graph, const wp_opportunity *at, bool is_put,
                               wp_error *err)
{
    const wpi_key keys[2] = {
        wpi_stake_key(WPI_COMPANY, at->company, at->number, at->source, WPI_STAKE_COMPANY),
        wpi_stake_key(WPI_PERSON, at->owner, at->number, at->source, WPI_STAKE_OWNER)};
    for (int i = 0; i < 2; i++) {
        if ((i == 0 ? at->company : at->owner) == 0)
            continue;
        WPI_TRY(is_put ? wpi_graph_put(graph, WPI_TABLE_STAKE, keys[i], err)
                       : wpi_graph_delete(graph, WPI_TABLE_STAKE, keys[i], err));
    }
    return WP_OK;
}

static wpi_key key_of(uint32_t number, uint32_t source)
{
    return wpi_key_u32_u32(number, source);
}

static wp_status load(wpi_graph *graph, uint32_t number, uint32_t source, wp_opportunity *out,
                      wp_error *err)
{
    wpi_record_bytes value;
    WPI_TRY(wpi_graph_get(graph, WPI_TABLE_OPPORTUNITY, key_of(number, source), &value, err));
    WPI_TRY(wpi_graph_keep(graph, &value, err));
    WPI_TRY(wpi_record_read_opportunity(value, out, err));
    out->number = number;
    out->source = source;
    return WP_OK;
}

static wp_status check(wpi_graph *graph, const wp_opportunity *given, wp_error *err)
{
    uint32_t canonical;
    WPI_TRY(wpi_graph_check_text(given->name, "name", WPI_TEXT_BYTES_MAX, err));
    WPI_TRY(wpi_graph_check_text(given->currency, "currency", 16, err));
    WPI_TRY(wpi_graph_check_text(given->stage, "stage", WPI_TEXT_BYTES_MAX, err));
    if (isinf(given->amount))
        return wpi_error_set(err, WP_EINVAL, "amount is infinite, expected a number");
    if (given->state < WP_OPPORTUNITY_OPEN || given->state > WP_OPPORTUNITY_LOST)
        return wpi_error_set(err, WP_EINVAL, "state is %d, expected 0..2", (int)given->state);
    if (given->company != 0)
        WPI_TRY(wpi_party_resolve(graph, WPI_COMPANY, given->company, &canonical, err));
    return given->owner == 0 ? WP_OK
                             : wpi_party_resolve(graph, WPI_PERSON, given->owner, &canonical, err);
}

static int said_count(const wp_opportunity *at)
{
    return (at->name != NULL) + (at->currency != NULL) + (at->stage != NULL) + !isnan(at->amount) +
           (at->created_day != WP_DAY_NONE) + (at->closed_day != WP_DAY_NONE) + (at->company != 0) +
           (at->owner != 0);
}

static int compare_text(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b ? 0 : a == NULL ? 1 : -1;
    return strcmp(a, b);
}

static wp_status compare_party(wpi_graph *graph, wpi_party party, uint32_t a, uint32_t b,
                               int *order, wp_error *err)
{
    wp_identity x, y;
    if (*order != 0 || a == b)
        return WP_OK;
    *order = (a == 0) - (b == 0);
    if (*order != 0)
        return WP_OK;
    WPI_TRY(wpi_party_identity(graph, party, a, &x, err));
    WPI_TRY(wpi_party_identity(graph, party, b, &y, err));
    *order = x.kind != y.kind ? (int)x.kind - (int)y.kind : strcmp(x.text, y.text);
    return WP_OK;
}

/* < 0 when the first holds, 0 when both say the same. What is unsaid comes behind what is said, so
 * that the order of any number of statements is one. */
static wp_status compare(wpi_graph *graph, const wp_opportunity *a, const wp_opportunity *b,
                         int *order, wp_error *err)
{
    bool has_amounts = !isnan(a->amount) && !isnan(b->amount);
    *order = said_count(b) - said_count(a);
    if (*order == 0)
        *order = (a->state == WP_OPPORTUNITY_OPEN) - (b->state == WP_OPPORTUNITY_OPEN);
    if (*order == 0)
        *order = (isnan(a->amount) != 0) - (isnan(b->amount) != 0);
    if (*order == 0 && has_amounts && a->amount != b->amount)
        *order = a->amount > b->amount ? -1 : 1;
    if (*order == 0)
        *order = (int)a->state - (int)b->state;
    if (*order == 0)
        *order = compare_text(a->name, b->name);
    if (*order == 0)
        *order = compare_text(a->stage, b->stage);
    if (*order == 0)
        *order = compare_text(a->currency, b->currency);
    if (*order == 0 && a->created_day != b->created_day)
        *order = a->created_day > b->created_day ? -1 : 1;
    if (*order == 0 && a->closed_day != b->closed_day)
        *order = a->closed_day > b->closed_day ? -1 : 1;
    WPI_TRY(compare_party(graph, WPI_COMPANY, a->company, b->company, order, err));
    return compare_party(graph, WPI_PERSON, a->owner, b->owner, order, err);
}

/* Store a statement of the transaction's source in the place of the one it made before. */
static wp_status put_statement(wpi_graph *graph, uint32_t number, const wp_opportunity *given,
                               wp_error *err)
{
    int order;
    wp_opportunity before, stated = *given;
    stated.number = number;
    stated.source = graph->source;
    wp_status status = load(graph, number, graph->source, &before, err);
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    if (status == WP_OK && graph->source != WP_SOURCE_HAND) {
        WPI_TRY(compare(graph, &stated, &before, &order, err));
        if (order >= 0)
            return WP_OK;
    }
    if (status == WP_OK)
        WPI_TRY(change_stakes(graph, &before, false, err));
    if (stated.company != 0)
        WPI_TRY(wpi_party_mention(graph, WPI_COMPANY, stated.company, err));
    if (stated.owner != 0)
        WPI_TRY(wpi_party_mention(graph, WPI_PERSON, stated.owner, err));
    wpi_record_write_opportunity(&graph->writer, &stated);
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_OPPORTUNITY, key_of(number, graph->source), err));
    return change_stakes(graph, &stated, true, err);
}

wp_status wpi_opportunity_put(wpi_graph *graph, const wp_opportunity *opportunity, uint32_t *number,
                              bool *is_new, wp_error *err)
{
    wpi_identity identity;
    wp_opportunity stated = *opportunity;
    WPI_TRY(identity_of(opportunity->id, &identity, err));
    WPI_TRY(check(graph, opportunity, err));
    wp_status status = find(graph, opportunity->id, &identity, number, err);
    stated.id = identity.text;
    *is_new = status == WP_ENOTFOUND;
    if (status == WP_ENOTFOUND) {
        if (graph->counters.opportunities == UINT32_MAX - 1)
            return wpi_error_set(err, WP_EFULL, "no number of an opportunity is left");
        *number = ++graph->counters.opportunities;
        graph->counters.opportunity_count++;
        graph->is_counting = true;
        status = wpi_identity_add(graph, &identity, *number, err);
    }
    return status == WP_OK ? put_statement(graph, *number, &stated, err) : status;
}

static wp_status read_key(wpi_slice key, wp_opportunity *out, wp_error *err)
{
    if (key.bytes != 8)
        return wpi_error_set(err, WP_ECORRUPT, "opportunity key is malformed");
    out->number = wpi_key_get_u32(key.data, 0);
    out->source = wpi_key_get_u32(key.data, 4);
    return WP_OK;
}

typedef struct best_walk {
    wpi_graph *graph;
    wp_opportunity best; /* number 0: none yet */
} best_walk;

static wp_status take_better(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    best_walk *walk = context;
    wp_opportunity found;
    int order = -1;
    WPI_TRY(wpi_graph_keep(walk->graph, &value, err));
    WPI_TRY(wpi_record_read_opportunity(value, &found, err));
    WPI_TRY(read_key(key, &found, err));
    if (walk->best.number != 0 && walk->best.source == WP_SOURCE_HAND)
        return WP_OK; /* a hand comes first, being the lowest source */
    if (walk->best.number != 0)
        WPI_TRY(compare(walk->graph, &found, &walk->best, &order, err));
    if (order < 0)
        walk->best = found;
    return WP_OK;
}

wp_status wpi_opportunity_get(wpi_graph *graph, uint32_t number, wp_opportunity *out, wp_error *err)
{
    best_walk walk = {graph, WP_OPPORTUNITY_INIT};
    WPI_TRY(
        wpi_graph_each(graph, WPI_TABLE_OPPORTUNITY, wpi_key_u32(number), take_better, &walk, err));
    if (walk.best.number == 0)
        return wpi_error_set(err, WP_ENOTFOUND, "no opportunity has number %u", number);
    *out = walk.best;
    if (out->company != 0)
        WPI_TRY(wpi_party_find(graph, WPI_COMPANY, out->company, &out->company, err));
    return out->owner == 0 ? WP_OK
                           : wpi_party_find(graph, WPI_PERSON, out->owner, &out->owner, err);
}

wp_status wpi_opportunity_next_statement(wpi_graph *graph, wp_opportunity *at, wp_error *err)
{
    wpi_graph_record next;
    WPI_TRY(wpi_graph_behind(graph, WPI_TABLE_OPPORTUNITY, key_of(at->number, at->source), 8, &next,
                             err));
    WPI_TRY(wpi_record_read_opportunity(next.value, at, err));
    return read_key((wpi_slice){next.key.bytes, next.key.size}, at, err);
}

static wpi_key role_key(uint32_t opportunity, uint32_t person, uint32_t source)
{
    return wpi_key_u32_u32_u32(opportunity, person, source);
}

/* Have the source state an opportunity, because a part names it. */
static wp_status mention(wpi_graph *graph, uint32_t number, wp_error *err)
{
    wp_opportunity own;
    best_walk walk = {graph, WP_OPPORTUNITY_INIT};
    wp_status status = load(graph, number, graph->source, &own, err);
    if (status != WP_ENOTFOUND)
        return status;
    WPI_TRY(
        wpi_graph_each(graph, WPI_TABLE_OPPORTUNITY, wpi_key_u32(number), take_better, &walk, err));
    if (walk.best.number == 0)
        return wpi_error_set(err, WP_ENOTFOUND, "no opportunity has number %u", number);
    own = (wp_opportunity)WP_OPPORTUNITY_INIT;
    own.id = walk.best.id;
    wpi_record_write_opportunity(&graph->writer, &own);
    return wpi_graph_put(graph, WPI_TABLE_OPPORTUNITY, key_of(number, graph->source), err);
}

static wp_status load_role(wpi_graph *graph, wpi_key key, wp_contact_role *out, wp_error *err)
{
    wpi_record_bytes value;
    WPI_TRY(wpi_graph_get(graph, WPI_TABLE_ROLE, key, &value, err));
    WPI_TRY(wpi_graph_keep(graph, &value, err));
    return wpi_record_read_role(value, out, err);
}

wp_status wpi_role_put(wpi_graph *graph, const wp_contact_role *role, wp_error *err)
{
    uint32_t canonical;
    wp_contact_role before, stated = *role;
    wpi_key key = role_key(role->opportunity, role->person, graph->source);
    WPI_TRY(wpi_graph_check_text(role->role, "role", WPI_TEXT_BYTES_MAX, err));
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, role->person, &canonical, err));
    WPI_TRY(mention(graph, role->opportunity, err));
    WPI_TRY(wpi_party_mention(graph, WPI_PERSON, role->person, err));
    wp_status status = load_role(graph, key, &before, err);
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    if (status == WP_OK && graph->source != WP_SOURCE_HAND) {
        bool is_before = compare_text(before.role, stated.role) < 0;
        stated.role = is_before ? before.role : stated.role;
        stated.is_primary |= before.is_primary;
    }
    wpi_record_write_role(&graph->writer, &stated);
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_ROLE, key, err));
    return wpi_graph_put(
        graph, WPI_TABLE_STAKE,
        wpi_stake_key(WPI_PERSON, role->person, role->opportunity, graph->source, WPI_STAKE_ROLE),
        err);
}

wp_status wpi_role_next(wpi_graph *graph, wp_contact_role *at, wp_error *err)
{
    wpi_graph_record next;
    wpi_key from = role_key(at->opportunity, at->person, at->source);
    WPI_TRY(wpi_graph_behind(graph, WPI_TABLE_ROLE, from, 12, &next, err));
    WPI_TRY(wpi_record_read_role(next.value, at, err));
    at->opportunity = wpi_key_get_u32(next.key.bytes, 0);
    at->person = wpi_key_get_u32(next.key.bytes, 4);
    at->source = wpi_key_get_u32(next.key.bytes, 8);
    return WP_OK;
}

static wp_status add_stake(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    (void)value;
    if (key.bytes != 14)
        return wpi_error_set(err, WP_ECORRUPT, "stake key is malformed");
    uint32_t number = wpi_key_get_u32(key.data, 5);
    return wpi_array_push(context, &number, err);
}

wp_status wpi_opportunity_of(wpi_graph *graph, wpi_party party, uint32_t canonical,
                             wpi_array *numbers, wp_error *err)
{
    wp_status status;
    wpi_array parts = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_party_numbers(graph, party, canonical, &parts, err));
    for (size_t i = 0; i < parts.count; i++)
        WPI_TRY_OUT(
            wpi_graph_each(graph, WPI_TABLE_STAKE,
                           wpi_key_u8_u32((uint8_t)party, WPI_ARRAY_AT(&parts, uint32_t, i)),
                           add_stake, numbers, err));
    wpi_array_sort_numbers(numbers);
out:
    wpi_array_free(&parts);
    return status;
}

wp_status wpi_role_delete(wpi_graph *graph, uint32_t opportunity, uint32_t person, uint32_t source,
                          wp_error *err)
{
    WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_ROLE, role_key(opportunity, person, source), err));
    return wpi_graph_delete(graph, WPI_TABLE_STAKE,
                            wpi_stake_key(WPI_PERSON, person, opportunity, source, WPI_STAKE_ROLE),
                            err);
}

wp_status wpi_opportunity_delete(wpi_graph *graph, uint32_t number, uint32_t source, wp_error *err)
{
    wp_opportunity before;
    wpi_identity identity;
    best_walk walk = {graph, WP_OPPORTUNITY_INIT};
    WPI_TRY(load(graph, number, source, &before, err));
    WPI_TRY(change_stakes(graph, &before, false, err));
    WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_OPPORTUNITY, key_of(number, source), err));
    WPI_TRY(
        wpi_graph_each(graph, WPI_TABLE_OPPORTUNITY, wpi_key_u32(number), take_better, &walk, err));
    if (walk.best.number != 0)
        return WP_OK;
    graph->counters.opportunity_count--;
    graph->is_counting = true;
    WPI_TRY(identity_of(before.id, &identity, err));
    return wpi_identity_remove(graph, &identity, err);
}

wp_status wpi_opportunity_replace(wpi_graph *graph, const wp_opportunity *before,
                                  const wp_opportunity *after, wp_error *err)
{
    wpi_identity identity;
    uint32_t holder = 0;
    WPI_TRY(change_stakes(graph, before, false, err));
    wpi_record_write_opportunity(&graph->writer, after);
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_OPPORTUNITY, key_of(after->number, after->source), err));
    WPI_TRY(change_stakes(graph, after, true, err));
    WPI_TRY(identity_of(before->id, &identity, err));
    wp_status status = wpi_identity_find(graph, &identity, &holder, err);
    if (strcmp(before->id, after->id) == 0 || status == WP_ENOTFOUND)
        return WP_OK; /* the statement of another source moved it */
    WPI_TRY(status);
    WPI_TRY(wpi_identity_remove(graph, &identity, err));
    WPI_TRY(identity_of(after->id, &identity, err));
    return wpi_identity_add(graph, &identity, after->number, err);
}
