/*
 * Companies: taking back one further name, one identity, or who owns a company.
 *
 * A source may have said it of any number of the company, so its statements of all of them are
 * looked through. A statement that then says nothing goes too, unless another fact of the source
 * names the number: what is left is what would be there had the source never said it. Which facts
 * name a company as its owner is found by reading all that the source states of companies, as no
 * index tells; what is said by hand is taken back rarely.
 */
#include "graph/barrier.h"
#include "graph/company.h"
#include "graph/group.h"
#include "graph/opportunity.h"
#include "graph/regroup.h"

typedef struct naming {
    wpi_graph *graph; /* whose source is asked about */
    uint32_t number;
    bool is_named;
} naming;

/* What a walk returns: it ends with the first fact that names the number. */
static wp_status note(naming *walk, bool is_named)
{
    walk->is_named = is_named;
    return is_named ? WP_ENOTFOUND : WP_OK;
}

static wp_status see_member(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    naming *walk = context;
    bool is_stated;
    (void)value;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "member key is malformed");
    wpi_key stated = wpi_key_u32_u32_u32(wpi_key_get_u32(key.data, 4), walk->number,
                                         wpi_key_get_u32(key.data, 8));
    WPI_TRY(wpi_graph_has(walk->graph, WPI_TABLE_EMPLOYMENT,
                          wpi_key_add_u32(stated, walk->graph->source), &is_stated, err));
    return note(walk, is_stated);
}

static wp_status see_stake(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    naming *walk = context;
    (void)value;
    if (key.bytes != 14)
        return wpi_error_set(err, WP_ECORRUPT, "stake key is malformed");
    return note(walk, wpi_key_get_u32(key.data, 9) == walk->graph->source);
}

static wp_status see_side(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    naming *walk = context;
    wp_member member;
    wp_barrier barrier = {.source = 0};
    (void)value;
    if (wpi_group_is_key(key)) {
        WPI_TRY(wpi_group_read_key(key, &member, err));
        barrier = (wp_barrier){.a = member.who, .source = member.source};
    } else {
        WPI_TRY(wpi_barrier_read(key, &barrier, err));
    }
    bool is_named = (barrier.a.kind == WP_SIDE_COMPANY && barrier.a.number == walk->number) ||
                    (barrier.b.kind == WP_SIDE_COMPANY && barrier.b.number == walk->number);
    return note(walk, is_named && barrier.source == walk->graph->source);
}

static wp_status see_owned(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    naming *walk = context;
    wpi_statement_record record;
    if (key.bytes != 8)
        return wpi_error_set(err, WP_ECORRUPT, "key of a statement is malformed");
    if (wpi_key_get_u32(key.data, 4) != walk->graph->source)
        return WP_OK;
    WPI_TRY(wpi_record_read_statement(value, &walk->graph->lent, &record, err));
    return note(walk, record.parent == walk->number);
}

/* Whether the source states a fact that names a company by this number. */
static wp_status find_naming(wpi_graph *graph, uint32_t number, bool *is_named, wp_error *err)
{
    const struct {
        wpi_table table;
        wpi_key prefix;
        wpi_graph_each_fn *see;
    } steps[] = {
        {WPI_TABLE_MEMBER, wpi_key_u32(number), see_member},
        {WPI_TABLE_STAKE, wpi_key_u8_u32(WPI_COMPANY, number), see_stake},
        {WPI_TABLE_BARRIER, {.size = 0}, see_side},
        {WPI_TABLE_COMPANY, {.size = 0}, see_owned},
    };
    naming walk = {graph, number, false};
    for (size_t i = 0; i < sizeof steps / sizeof *steps && !walk.is_named; i++)
        WPI_TRY(wpi_graph_each(graph, steps[i].table, steps[i].prefix, steps[i].see, &walk, err));
    *is_named = walk.is_named;
    return WP_OK;
}

/* Let go of a statement that was made for what was taken back. */
static wp_status release(wpi_graph *graph, uint32_t number, wp_error *err)
{
    wpi_statement_record record;
    bool is_named = false;
    wp_status status = wpi_statement_get(graph, WPI_COMPANY, number, graph->source, &record, err);
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    if (wpi_company_says_more(&record))
        return WP_OK;
    WPI_TRY(find_naming(graph, number, &is_named, err));
    return is_named ? WP_OK : wpi_company_remove(graph, number, graph->source, err);
}

/* What is taken back; what is not is NULL or 0. */
typedef struct dropping {
    const char *alias;
    uint32_t parent;    /* canonical */
    bool is_any_parent; /* whoever it is */
    size_t count;       /* of statements that said it */
} dropping;

static wp_status drop_spelling(wpi_graph *graph, const char *alias, wpi_statement_record *record,
                               wp_error *err)
{
    size_t kept = 0;
    wp_spelling *spellings =
        wpi_arena_take(&graph->lent, record->spelling_count + 1, sizeof *spellings);
    if (spellings == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < record->spelling_count; i++)
        if (strcmp(record->spellings[i].name, alias) != 0)
            spellings[kept++] = record->spellings[i];
    record->spellings = spellings;
    record->spelling_count = kept;
    return WP_OK;
}

static wp_status drop_from(wpi_graph *graph, uint32_t number, dropping *what, wp_error *err)
{
    wpi_statement_record before, after;
    uint32_t parent = 0;
    wp_status status = wpi_statement_get(graph, WPI_COMPANY, number, graph->source, &before, err);
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    after = before;
    if (what->alias != NULL)
        WPI_TRY(drop_spelling(graph, what->alias, &after, err));
    if (before.parent != 0)
        WPI_TRY(wpi_party_find(graph, WPI_COMPANY, before.parent, &parent, err));
    if (parent != 0 && (what->is_any_parent || parent == what->parent))
        after.parent = 0;
    if (after.spelling_count == before.spelling_count && after.parent == before.parent)
        return WP_OK;
    what->count++;
    WPI_TRY(wpi_company_replace(graph, number, graph->source, &before, &after, err));
    WPI_TRY(release(graph, number, err));
    return after.parent == before.parent ? WP_OK : release(graph, before.parent, err);
}

/* The numbers of the company that has one of them, ascending. */
static wp_status list_numbers(wpi_graph *graph, uint32_t company, wpi_array *numbers, wp_error *err)
{
    uint32_t canonical;
    WPI_TRY(wpi_party_resolve(graph, WPI_COMPANY, company, &canonical, err));
    WPI_TRY(wpi_party_numbers(graph, WPI_COMPANY, canonical, numbers, err));
    wpi_array_sort_numbers(numbers);
    return WP_OK;
}

static wp_status drop_from_all(wpi_graph *graph, uint32_t company, dropping *what, wp_error *err)
{
    wp_status status;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(list_numbers(graph, company, &numbers, err));
    for (size_t i = 0; i < numbers.count; i++)
        WPI_TRY_OUT(drop_from(graph, WPI_ARRAY_AT(&numbers, uint32_t, i), what, err));
out:
    wpi_array_free(&numbers);
    return status;
}

static wp_status not_stated(const char *what, wp_error *err)
{
    return wpi_error_set(err, WP_ENOTFOUND, "the source does not state the %s", what);
}

wp_status wpi_company_drop_alias(wpi_graph *graph, uint32_t company, const char *alias,
                                 wp_error *err)
{
    dropping what = {.alias = alias};
    WPI_TRY(drop_from_all(graph, company, &what, err));
    return what.count > 0 ? WP_OK : not_stated("further name", err);
}

wp_status wpi_company_drop_parent(wpi_graph *graph, uint32_t company, uint32_t parent,
                                  wp_error *err)
{
    dropping what = {.is_any_parent = parent == 0};
    if (parent != 0)
        WPI_TRY(wpi_party_resolve(graph, WPI_COMPANY, parent, &what.parent, err));
    WPI_TRY(drop_from_all(graph, company, &what, err));
    return what.count > 0 ? WP_OK : not_stated("owner", err);
}

/* The number of an identity, which is one of the company's. */
static wp_status find_own(wpi_graph *graph, uint32_t company, const wp_identity *given,
                          uint32_t *number, wp_error *err)
{
    wpi_identity normal;
    uint32_t canonical, other = 0;
    if (given->kind != WP_IDENTITY_DOMAIN && given->kind != WP_IDENTITY_COMPANY_ID)
        return wpi_error_set(err, WP_EINVAL, "identity kind is %d, expected DOMAIN or COMPANY_ID",
                             (int)given->kind);
    WPI_TRY(wpi_identity_normalise(given, &normal, err));
    WPI_TRY(wpi_party_resolve(graph, WPI_COMPANY, company, &canonical, err));
    wp_status status = wpi_identity_find(graph, &normal, number, err);
    if (status == WP_OK)
        status = wpi_party_find(graph, WPI_COMPANY, *number, &other, err);
    if (status == WP_ENOTFOUND || (status == WP_OK && other != canonical))
        return not_stated("identity", err);
    return status;
}

/* Which of some numbers are in one component with another; all of them when that is not among the
 * numbers looked at. */
static wp_status keep_linked(wpi_graph *graph, const wpi_array *numbers, uint32_t with,
                             wpi_array *links, wp_error *err)
{
    wp_status status;
    size_t kept = 0;
    uint32_t *components = wpi_memory_new(numbers->count + 1, sizeof *components);
    uint32_t wanted = 0, *items = links->items;
    if (components == NULL)
        return wpi_memory_failed(err);
    WPI_TRY_OUT(wpi_regroup_components(graph, WPI_COMPANY, numbers, false, components, err));
    for (size_t i = 0; i < numbers->count; i++)
        if (WPI_ARRAY_AT(numbers, uint32_t, i) == with)
            wanted = components[i];
    for (size_t i = 0; i < links->count; i++)
        for (size_t j = 0; j < numbers->count; j++)
            if (items[i] == WPI_ARRAY_AT(numbers, uint32_t, j) &&
                (wanted == 0 || components[j] == wanted))
                items[kept++] = items[i];
    links->count = kept;
out:
    wpi_memory_free(components);
    return status;
}

/* The numbers that the source names together with one of the company's, and that are the company
 * without it. What else it says that number is one with stays so. */
static wp_status choose_links(wpi_graph *graph, uint32_t company, uint32_t number, wpi_array *links,
                              wp_error *err)
{
    wp_status status;
    wpi_statement_record record;
    wpi_array all = WPI_ARRAY_OF(uint32_t), others = WPI_ARRAY_OF(uint32_t);
    status = wpi_statement_get(graph, WPI_COMPANY, number, graph->source, &record, err);
    if (status == WP_OK)
        status = wpi_array_extend(links, record.links, record.link_count, err);
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    WPI_TRY_OUT(list_numbers(graph, company, &all, err));
    for (size_t i = 0; i < all.count; i++)
        if (WPI_ARRAY_AT(&all, uint32_t, i) != number)
            WPI_TRY_OUT(wpi_array_push(&others, &WPI_ARRAY_AT(&all, uint32_t, i), err));
    WPI_TRY_OUT(keep_linked(graph, &others, company, links, err));
out:
    wpi_array_free(&all);
    wpi_array_free(&others);
    return status;
}

static wp_status unlink_all(wpi_graph *graph, uint32_t number, const wpi_array *links,
                            wp_error *err)
{
    for (size_t i = 0; i < links->count; i++) {
        uint32_t link = WPI_ARRAY_AT(links, uint32_t, i);
        WPI_TRY(wpi_statement_unlink(graph, WPI_COMPANY, number, graph->source, link, err));
        WPI_TRY(wpi_statement_unlink(graph, WPI_COMPANY, link, graph->source, number, err));
    }
    return WP_OK;
}

/* A company that is known by its name alone has no links: the one that it is stands for it. */
static wp_status find_linked(wpi_graph *graph, uint32_t *company, wp_error *err)
{
    wp_identity identity;
    WPI_TRY(wpi_party_identity(graph, WPI_COMPANY, *company, &identity, err));
    return identity.kind == WP_IDENTITY_COMPANY_NAME
               ? wpi_party_resolve(graph, WPI_COMPANY, *company, company, err)
               : WP_OK;
}

wp_status wpi_company_drop_identity(wpi_graph *graph, uint32_t company, const wp_identity *given,
                                    wp_error *err)
{
    wp_status status;
    uint32_t number;
    wpi_array links = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(find_own(graph, company, given, &number, err));
    WPI_TRY_OUT(find_linked(graph, &company, err));
    WPI_TRY_OUT(choose_links(graph, company, number, &links, err));
    if (links.count == 0) {
        status = not_stated("identity", err);
        goto out;
    }
    WPI_TRY_OUT(unlink_all(graph, number, &links, err));
    WPI_TRY_OUT(wpi_array_push(&links, &number, err));
    WPI_TRY_OUT(wpi_regroup_numbers(graph, WPI_COMPANY, &links, err));
    for (size_t i = 0; i < links.count; i++)
        WPI_TRY_OUT(release(graph, WPI_ARRAY_AT(&links, uint32_t, i), err));
out:
    wpi_array_free(&links);
    return status;
}
