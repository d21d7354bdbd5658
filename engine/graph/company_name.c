/*
 * Companies known by a name alone: see company_name.h.
 */
#include "graph/company_name.h"

#include "graph/together.h"

wp_status wpi_company_name_identity(const char *name, wpi_identity *out, wp_error *err)
{
    wp_identity given = {WP_IDENTITY_COMPANY_NAME, name};
    if (wpi_identity_normalise(&given, out, NULL) == WP_OK)
        return WP_OK;
    WPI_TRY(wpi_graph_check_text(name, "name", 512, err));
    out->kind = WP_IDENTITY_COMPANY_NAME; /* no letter or digit in it: as it is */
    memcpy(out->text, name, strlen(name) + 1);
    return WP_OK;
}

wpi_key wpi_company_name_key(const wpi_graph *graph, const char *folded, uint32_t number)
{
    uint64_t hash = wpi_identity_hash(graph, WPI_HASH_CLASS_NAMESAKE, folded);
    return number == 0 ? wpi_key_u64(hash) : wpi_key_add_u32(wpi_key_u64(hash), number);
}

static wp_status add_name(wpi_graph *graph, const char *name, wpi_array *names, wp_error *err)
{
    wpi_identity *folded = wpi_arena_take(&graph->lent, 1, sizeof *folded);
    if (folded == NULL)
        return wpi_memory_failed(err);
    if (strlen(name) > 512)
        return WP_OK; /* nobody is known by so long a name alone */
    WPI_TRY(wpi_company_name_identity(name, folded, err));
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(WPI_ARRAY_AT(names, wpi_identity *, i)->text, folded->text) == 0)
            return WP_OK;
    return wpi_array_push(names, &folded, err);
}

wp_status wpi_company_name_list(wpi_graph *graph, const wpi_said *said, wpi_array *names,
                                wp_error *err)
{
    for (; said != NULL; said = said->next) {
        if (said->record.identity.kind == WP_IDENTITY_COMPANY_NAME)
            continue;
        if (said->record.name != NULL)
            WPI_TRY(add_name(graph, said->record.name, names, err));
        for (size_t i = 0; i < said->record.spelling_count; i++)
            WPI_TRY(add_name(graph, said->record.spellings[i].name, names, err));
    }
    return WP_OK;
}

typedef struct holder_walk {
    wpi_graph *graph;
    uint32_t first;
    size_t count; /* of different ones */
} holder_walk;

static wp_status see_holder(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    holder_walk *walk = context;
    uint32_t canonical;
    (void)value;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "namesake key is malformed");
    WPI_TRY(
        wpi_party_find(walk->graph, WPI_COMPANY, wpi_key_get_u32(key.data, 8), &canonical, err));
    if (canonical == 0 || canonical == walk->first)
        return WP_OK;
    walk->first = walk->count == 0 || canonical < walk->first ? canonical : walk->first;
    walk->count++;
    return WP_OK;
}

wp_status wpi_company_name_holder(wpi_graph *graph, const wpi_identity *name, uint32_t *canonical,
                                  size_t *count, wp_error *err)
{
    holder_walk walk = {.graph = graph};
    WPI_TRY(wpi_graph_each(graph, WPI_TABLE_NAMESAKE, wpi_company_name_key(graph, name->text, 0),
                           see_holder, &walk, err));
    *canonical = walk.first;
    *count = walk.count;
    return WP_OK;
}

/* A company that is known by its name alone becomes another's, or its own again. */
static wp_status move(wpi_graph *graph, uint32_t number, uint32_t before, uint32_t after,
                      wp_error *err)
{
    wp_status status;
    wpi_together together = WPI_TOGETHER_INIT;
    uint32_t numbers[3] = {number, before != 0 ? before : number, after != 0 ? after : number};
    wpi_array concerned = {numbers, 3, 3, sizeof *numbers};
    WPI_TRY_OUT(wpi_together_begin(graph, &concerned, NULL, &together, err));
    WPI_TRY_OUT(wpi_party_set_canonical(graph, WPI_COMPANY, number, after, err));
    WPI_TRY_OUT(wpi_together_end(graph, &together, err));
out:
    wpi_together_free(&together);
    return status;
}

/* Find anew whom a folded name stands for. */
static wp_status settle(wpi_graph *graph, const wpi_identity *name, wp_error *err)
{
    uint32_t number, before, holder;
    size_t count;
    bool exists;
    wp_status status = wpi_identity_find(graph, name, &number, err);
    if (status == WP_ENOTFOUND)
        return WP_OK;
    WPI_TRY(status);
    WPI_TRY(wpi_company_name_holder(graph, name, &holder, &count, err));
    WPI_TRY(wpi_party_exists(graph, WPI_COMPANY, number, &exists, err));
    WPI_TRY(wpi_party_find(graph, WPI_COMPANY, number, &before, err));
    uint32_t after = !exists ? 0 : count == 1 ? holder : number;
    return before == after ? WP_OK : move(graph, number, before, after, err);
}

static bool has_name(const wpi_array *names, const wpi_identity *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(WPI_ARRAY_AT(names, wpi_identity *, i)->text, name->text) == 0)
            return true;
    return false;
}

wp_status wpi_company_name_update(wpi_graph *graph, uint32_t number, const wpi_said *before,
                                  const wpi_said *after, wp_error *err)
{
    wp_status status;
    wpi_array old = WPI_ARRAY_OF(wpi_identity *), new = WPI_ARRAY_OF(wpi_identity *);
    WPI_TRY_OUT(wpi_company_name_list(graph, before, &old, err));
    WPI_TRY_OUT(wpi_company_name_list(graph, after, &new, err));
    for (size_t i = 0; i < old.count; i++) {
        const wpi_identity *name = WPI_ARRAY_AT(&old, wpi_identity *, i);
        if (has_name(&new, name))
            continue;
        WPI_TRY_OUT(wpi_graph_delete(graph, WPI_TABLE_NAMESAKE,
                                     wpi_company_name_key(graph, name->text, number), err));
        WPI_TRY_OUT(settle(graph, name, err));
    }
    for (size_t i = 0; i < new.count; i++) {
        const wpi_identity *name = WPI_ARRAY_AT(&new, wpi_identity *, i);
        if (has_name(&old, name))
            continue;
        WPI_TRY_OUT(wpi_graph_put(graph, WPI_TABLE_NAMESAKE,
                                  wpi_company_name_key(graph, name->text, number), err));
        WPI_TRY_OUT(settle(graph, name, err));
    }
out:
    wpi_array_free(&old);
    wpi_array_free(&new);
    return status;
}

wp_status wpi_company_name_settle_all(wpi_graph *graph, const wpi_array *numbers, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array names = WPI_ARRAY_OF(wpi_identity *);
    for (size_t i = 0; i < numbers->count; i++) {
        wpi_said *said;
        WPI_TRY_OUT(
            wpi_statements_of(graph, WPI_COMPANY, WPI_ARRAY_AT(numbers, uint32_t, i), &said, err));
        WPI_TRY_OUT(wpi_company_name_list(graph, said, &names, err));
        if (said != NULL && said->record.identity.kind == WP_IDENTITY_COMPANY_NAME)
            WPI_TRY_OUT(add_name(graph, said->record.identity.text, &names, err));
    }
    for (size_t i = 0; i < names.count; i++)
        WPI_TRY_OUT(settle(graph, WPI_ARRAY_AT(&names, wpi_identity *, i), err));
out:
    wpi_array_free(&names);
    return status;
}
