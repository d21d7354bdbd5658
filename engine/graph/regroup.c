/*
 * Components of numbers: see regroup.h.
 *
 * A component has few numbers, so it is computed from its statements each time. What is derived of
 * people is taken away under the old canonical numbers and made anew under the new ones; see
 * rehome.h. Links are kept on both sides, so all of a component are among the numbers that were one
 * party before, and those just linked to them.
 */
#include "graph/regroup.h"

#include <stdlib.h>

#include "graph/company_name.h"
#include "graph/person.h"
#include "graph/rehome.h"
#include "graph/together.h"

typedef struct grouping {
    wpi_graph *graph;
    wpi_party party;
    const wpi_array *numbers; /* ascending */
    uint32_t *roots;          /* by index: index of another of the same component, or its own */
    bool *is_apart;
    bool *exists;
} grouping;

static size_t index_of(const grouping *self, uint32_t number)
{
    size_t low = 0, high = self->numbers->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (WPI_ARRAY_AT(self->numbers, uint32_t, middle) < number)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_there =
        low < self->numbers->count && WPI_ARRAY_AT(self->numbers, uint32_t, low) == number;
    return is_there ? low : SIZE_MAX;
}

static uint32_t root_of(const grouping *self, size_t index)
{
    uint32_t at = (uint32_t)index;
    while (self->roots[at] != at)
        at = self->roots[at];
    return at;
}

/* The lower number stays the root. */
static void join(grouping *self, size_t a, size_t b)
{
    uint32_t x = root_of(self, a), y = root_of(self, b);
    self->roots[x > y ? x : y] = x > y ? y : x;
}

static wp_status add_merge(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    grouping *self = context;
    (void)value;
    if (key.bytes != 8)
        return wpi_error_set(err, WP_ECORRUPT, "merge key is malformed");
    size_t a = index_of(self, wpi_key_get_u32(key.data, 0));
    size_t b = index_of(self, wpi_key_get_u32(key.data, 4));
    if (a == b)
        self->is_apart[a] = true;
    else if (b != SIZE_MAX && self->exists[a] && self->exists[b])
        join(self, a, b);
    return WP_OK;
}

/* Join a number with one that a statement links it with, unless one of them stands apart. */
static void join_link(grouping *self, size_t index, uint32_t link)
{
    size_t other = index_of(self, link);
    if (other != SIZE_MAX && self->exists[other] && !self->is_apart[index] &&
        !self->is_apart[other])
        join(self, index, other);
}

static wp_status join_links(grouping *self, wp_error *err)
{
    for (size_t i = 0; i < self->numbers->count; i++) {
        wpi_said *said;
        WPI_TRY(wpi_statements_of(self->graph, self->party,
                                  WPI_ARRAY_AT(self->numbers, uint32_t, i), &said, err));
        for (; said != NULL; said = said->next)
            for (size_t j = 0; j < said->record.link_count; j++)
                join_link(self, i, said->record.links[j]);
    }
    return WP_OK;
}

wp_status wpi_regroup_components(wpi_graph *graph, wpi_party party, const wpi_array *numbers,
                                 bool has_merges, uint32_t *components, wp_error *err)
{
    wp_status status = WP_OK;
    size_t count = numbers->count;
    grouping self = {.graph = graph,
                     .party = party,
                     .numbers = numbers,
                     .roots = wpi_memory_new(count + 1, sizeof *self.roots),
                     .is_apart = wpi_memory_new_zeroed(count + 1, sizeof *self.is_apart),
                     .exists = wpi_memory_new_zeroed(count + 1, sizeof *self.exists)};
    if (self.roots == NULL || self.is_apart == NULL || self.exists == NULL) {
        status = wpi_memory_failed(err);
        goto out;
    }
    for (size_t i = 0; i < count; i++) {
        self.roots[i] = (uint32_t)i;
        WPI_TRY_OUT(wpi_party_exists(graph, party, WPI_ARRAY_AT(numbers, uint32_t, i),
                                     &self.exists[i], err));
    }
    for (size_t i = 0; i < count && party == WPI_PERSON && has_merges; i++)
        WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_MERGE,
                                   wpi_key_u32(WPI_ARRAY_AT(numbers, uint32_t, i)), add_merge,
                                   &self, err));
    WPI_TRY_OUT(join_links(&self, err));
    for (size_t i = 0; i < count; i++)
        components[i] = self.exists[i] ? WPI_ARRAY_AT(numbers, uint32_t, root_of(&self, i)) : 0;
out:
    wpi_memory_free(self.roots);
    wpi_memory_free(self.is_apart);
    wpi_memory_free(self.exists);
    return status;
}

/* All numbers of the parties of some numbers, ascending; the vanished themselves as well. */
static wp_status gather(wpi_graph *graph, wpi_party party, const uint32_t *numbers, size_t count,
                        wpi_array *all, wp_error *err)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t canonical;
        WPI_TRY(wpi_party_find(graph, party, numbers[i], &canonical, err));
        if (canonical != 0)
            WPI_TRY(wpi_party_numbers(graph, party, canonical, all, err));
        else
            WPI_TRY(wpi_array_push(all, &numbers[i], err));
    }
    wpi_array_sort_numbers(all);
    return WP_OK;
}

wp_status wpi_regroup_check(wpi_graph *graph, wpi_party party, const uint32_t *numbers,
                            size_t count, size_t more, wp_error *err)
{
    wpi_array all = WPI_ARRAY_OF(uint32_t);
    wp_status status = gather(graph, party, numbers, count, &all, err);
    if (status == WP_OK && all.count + more > WPI_NUMBERS_MAX)
        status = wpi_error_set(err, WP_ECONFLICT,
                               "one %s would have %zu identities, expected at most %d",
                               wpi_party_name(party), all.count + more, WPI_NUMBERS_MAX);
    wpi_array_free(&all);
    return status;
}

static wp_status collect_moves(wpi_graph *graph, wpi_party party, const wpi_array *numbers,
                               const uint32_t *components, wpi_array *moves, wp_error *err)
{
    for (size_t i = 0; i < numbers->count; i++) {
        wpi_move move = {.number = WPI_ARRAY_AT(numbers, uint32_t, i), .after = components[i]};
        WPI_TRY(wpi_party_find(graph, party, move.number, &move.before, err));
        if (move.before != move.after)
            WPI_TRY(wpi_array_push(moves, &move, err));
    }
    return WP_OK;
}

static wp_status set_all(wpi_graph *graph, wpi_party party, const wpi_array *moves, wp_error *err)
{
    for (size_t i = 0; i < moves->count; i++) {
        const wpi_move *move = &WPI_ARRAY_AT(moves, wpi_move, i);
        WPI_TRY(wpi_party_set_canonical(graph, party, move->number, move->after, err));
    }
    return WP_OK;
}

static wp_status apply(wpi_graph *graph, wpi_party party, const wpi_array *all,
                       const uint32_t *components, const wpi_array *moves, wp_error *err)
{
    wp_status status;
    wpi_rehoming rehoming = WPI_REHOMING_INIT;
    wpi_together together = WPI_TOGETHER_INIT;
    wpi_array companies = WPI_ARRAY_OF(uint32_t);
    if (moves->count == 0)
        return WP_OK;
    if (party == WPI_COMPANY) {
        WPI_TRY_OUT(wpi_together_begin(graph, all, NULL, &together, err));
        WPI_TRY_OUT(set_all(graph, party, moves, err));
    } else {
        WPI_TRY_OUT(wpi_together_companies(graph, all, &companies, err));
        WPI_TRY_OUT(wpi_together_begin(graph, &companies, all, &together, err));
        WPI_TRY_OUT(wpi_rehome_begin(graph, moves, &rehoming, err));
        WPI_TRY_OUT(set_all(graph, party, moves, err));
        WPI_TRY_OUT(wpi_rehome_end(graph, all, components, &rehoming, err));
    }
    WPI_TRY_OUT(wpi_together_end(graph, &together, err));
out:
    wpi_rehome_free(&rehoming);
    wpi_together_free(&together);
    wpi_array_free(&companies);
    return status;
}

wp_status wpi_regroup_numbers(wpi_graph *graph, wpi_party party, const wpi_array *numbers,
                              wp_error *err)
{
    wp_status status;
    uint32_t *components = NULL;
    wpi_array all = WPI_ARRAY_OF(uint32_t), moves = WPI_ARRAY_OF(wpi_move);
    WPI_TRY_OUT(gather(graph, party, numbers->items, numbers->count, &all, err));
    components = wpi_memory_new(all.count + 1, sizeof *components);
    if (components == NULL) {
        status = wpi_memory_failed(err);
        goto out;
    }
    WPI_TRY_OUT(wpi_regroup_components(graph, party, &all, true, components, err));
    WPI_TRY_OUT(collect_moves(graph, party, &all, components, &moves, err));
    WPI_TRY_OUT(apply(graph, party, &all, components, &moves, err));
    if (party == WPI_COMPANY && moves.count > 0)
        WPI_TRY_OUT(wpi_company_name_settle_all(graph, &all, err));
out:
    wpi_memory_free(components);
    wpi_array_free(&all);
    wpi_array_free(&moves);
    return status;
}

static wp_status put_merge(wpi_graph *graph, uint32_t a, uint32_t b, wp_error *err)
{
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_MERGE, wpi_key_u32_u32(a, b), err));
    return wpi_graph_put(graph, WPI_TABLE_MERGE, wpi_key_u32_u32(b, a), err);
}

static wp_status regroup_two(wpi_graph *graph, uint32_t a, uint32_t b, wp_error *err)
{
    uint32_t numbers[2] = {a, b};
    wpi_array both = {numbers, 2, 2, sizeof *numbers};
    return wpi_regroup_numbers(graph, WPI_PERSON, &both, err);
}

wp_status wpi_regroup_has_merge(wpi_graph *graph, uint32_t number, bool *has, wp_error *err)
{
    return wpi_graph_has(graph, WPI_TABLE_MERGE, wpi_key_u32(number), has, err);
}

wp_status wpi_person_merge(wpi_graph *graph, uint32_t a, uint32_t b, wp_error *err)
{
    uint32_t first, second, numbers[2] = {a, b};
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, a, &first, err));
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, b, &second, err));
    if (a == b)
        return wpi_error_set(err, WP_EINVAL, "both are number %u, expected two", a);
    WPI_TRY(wpi_regroup_check(graph, WPI_PERSON, numbers, 2, 0, err));
    WPI_TRY(put_merge(graph, a, b, err));
    return regroup_two(graph, a, b, err);
}

static wp_status add_pair(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    (void)value;
    if (key.bytes != 8)
        return wpi_error_set(err, WP_ECORRUPT, "merge key is malformed");
    wpi_pair pair = {wpi_key_get_u32(key.data, 0), wpi_key_get_u32(key.data, 4)};
    return pair.low == pair.high ? WP_OK : wpi_array_push(context, &pair, err);
}

static wp_status delete_merge(wpi_graph *graph, const wpi_pair *pair, wp_error *err)
{
    WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_MERGE, wpi_key_u32_u32(pair->low, pair->high), err));
    wp_status status =
        wpi_graph_delete(graph, WPI_TABLE_MERGE, wpi_key_u32_u32(pair->high, pair->low), err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* What of an array of numbers belongs to the component of `number` when nothing is merged. */
static bool is_with(const wpi_array *numbers, const uint32_t *components, uint32_t number,
                    uint32_t other)
{
    uint32_t of_number = 0, of_other = UINT32_MAX;
    for (size_t i = 0; i < numbers->count; i++) {
        if (WPI_ARRAY_AT(numbers, uint32_t, i) == number)
            of_number = components[i];
        if (WPI_ARRAY_AT(numbers, uint32_t, i) == other)
            of_other = components[i];
    }
    return of_number == of_other;
}

/* Take merges by hand back: those between the linked identities of a and of b; b 0: all of a's. */
static wp_status take_back(wpi_graph *graph, const wpi_array *numbers, const uint32_t *linked,
                           uint32_t a, uint32_t b, size_t *taken, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array pairs = WPI_ARRAY_OF(wpi_pair);
    *taken = 0;
    for (size_t i = 0; i < numbers->count; i++)
        WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_MERGE,
                                   wpi_key_u32(WPI_ARRAY_AT(numbers, uint32_t, i)), add_pair,
                                   &pairs, err));
    for (size_t i = 0; i < pairs.count; i++) {
        const wpi_pair *pair = &WPI_ARRAY_AT(&pairs, wpi_pair, i);
        bool is_taken = is_with(numbers, linked, a, pair->low) &&
                        (b == 0 || is_with(numbers, linked, b, pair->high));
        if (!is_taken)
            continue;
        status = delete_merge(graph, pair, err);
        if (status != WP_OK && status != WP_ENOTFOUND)
            goto out;
        status = WP_OK;
        *taken += 1;
    }
out:
    wpi_array_free(&pairs);
    return status;
}

static wp_status are_one(wpi_graph *graph, uint32_t a, uint32_t b, bool *are, wp_error *err)
{
    uint32_t first, second;
    WPI_TRY(wpi_party_find(graph, WPI_PERSON, a, &first, err));
    WPI_TRY(wpi_party_find(graph, WPI_PERSON, b, &second, err));
    *are = first == second;
    return WP_OK;
}

/* The number is linked again as rows say: to whoever its statements name. */
static wp_status rejoin(wpi_graph *graph, uint32_t number, wp_error *err)
{
    wpi_said *said;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    wp_status status = wpi_statements_of(graph, WPI_PERSON, number, &said, err);
    if (status == WP_OK)
        status = wpi_array_push(&numbers, &number, err);
    for (; status == WP_OK && said != NULL; said = said->next)
        status = wpi_array_extend(&numbers, said->record.links, said->record.link_count, err);
    if (status == WP_OK)
        status = wpi_regroup_numbers(graph, WPI_PERSON, &numbers, err);
    wpi_array_free(&numbers);
    return status;
}

/* Whoever was kept for what a hand said of who is whom goes when nothing of that is left. */
static wp_status release(wpi_graph *graph, const wpi_array *numbers, wp_error *err)
{
    for (size_t i = 0; i < numbers->count; i++) {
        uint32_t number = WPI_ARRAY_AT(numbers, uint32_t, i);
        wpi_statement_record record;
        bool has_merge;
        WPI_TRY(wpi_regroup_has_merge(graph, number, &has_merge, err));
        if (has_merge)
            continue;
        wp_status status =
            wpi_statement_get(graph, WPI_PERSON, number, WPI_SOURCE_IMPLIED, &record, err);
        if (status == WP_OK)
            status = wpi_person_remove(graph, number, WPI_SOURCE_IMPLIED, err);
        if (status != WP_OK && status != WP_ENOTFOUND)
            return status;
    }
    return WP_OK;
}

wp_status wpi_person_set_apart(wpi_graph *graph, uint32_t a, bool is_apart, wp_error *err)
{
    uint32_t canonical;
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, a, &canonical, err));
    if (!is_apart) {
        wp_status status = wpi_graph_delete(graph, WPI_TABLE_MERGE, wpi_key_u32_u32(a, a), err);
        if (status == WP_ENOTFOUND)
            return wpi_error_set(err, status, "number %u does not stand apart", a);
        WPI_TRY(status);
        WPI_TRY(rejoin(graph, a, err));
        wpi_array alone = {&a, 1, 1, sizeof a};
        return release(graph, &alone, err);
    }
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_MERGE, wpi_key_u32_u32(a, a), err));
    return regroup_two(graph, a, a, err);
}

/* Take merges back as far as is needed, then set a apart. */
static wp_status unmerge(wpi_graph *graph, const wpi_array *numbers, const uint32_t *linked,
                         uint32_t a, uint32_t b, wp_error *err)
{
    size_t taken = 0;
    bool are = true;
    WPI_TRY(take_back(graph, numbers, linked, a, b, &taken, err));
    if (taken > 0)
        WPI_TRY(wpi_regroup_numbers(graph, WPI_PERSON, numbers, err));
    if (b == 0)
        return taken > 0 ? WP_OK : wpi_person_set_apart(graph, a, true, err);
    WPI_TRY(are_one(graph, a, b, &are, err));
    if (!are)
        return WP_OK;
    WPI_TRY(take_back(graph, numbers, linked, a, 0, &taken, err));
    if (taken > 0)
        WPI_TRY(wpi_regroup_numbers(graph, WPI_PERSON, numbers, err));
    WPI_TRY(are_one(graph, a, b, &are, err));
    return are ? wpi_person_set_apart(graph, a, true, err) : WP_OK;
}

wp_status wpi_person_unmerge(wpi_graph *graph, uint32_t a, uint32_t b, wp_error *err)
{
    wp_status status;
    uint32_t canonical, *linked = NULL;
    bool are = true;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, a, &canonical, err));
    if (b != 0)
        WPI_TRY(are_one(graph, a, b, &are, err));
    WPI_TRY_OUT(wpi_party_numbers(graph, WPI_PERSON, canonical, &numbers, err));
    if (!are || a == b || numbers.count == 1) {
        status = wpi_error_set(err, WP_ENOTFOUND, "%u is not merged with %s", a,
                               b == 0 ? "anybody" : "the other");
        goto out;
    }
    linked = wpi_memory_new(numbers.count, sizeof *linked);
    if (linked == NULL) {
        status = wpi_memory_failed(err);
        goto out;
    }
    WPI_TRY_OUT(wpi_regroup_components(graph, WPI_PERSON, &numbers, false, linked, err));
    WPI_TRY_OUT(unmerge(graph, &numbers, linked, a, b, err));
    WPI_TRY_OUT(release(graph, &numbers, err));
out:
    wpi_memory_free(linked);
    wpi_array_free(&numbers);
    return status;
}
