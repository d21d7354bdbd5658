/*
 * Companies.
 *
 * A company is found by domain or id; by name only when neither is given, or when the one with that
 * name has neither yet: a name alone never joins two companies that have domains of their own.
 * The meta table lists the companies that are ours, so that nobody has to look through all.
 */
#include "graph/company.h"

#include "graph/identity.h"
#include "graph/name.h"
#include "rules/domain.h"

#define IDENTITIES_MAX 64

wp_status wpi_company_load(wpi_graph *graph, uint32_t number, wpi_company_record *out,
                           wp_error *err)
{
    wpi_record_bytes value;
    WPI_TRY(wpi_graph_get(graph, WPI_TABLE_COMPANY, wpi_key_u32(number), &value, err));
    WPI_TRY(wpi_graph_keep(graph, &value, err));
    return wpi_record_read_company(value, &graph->lent, out, err);
}

static const char *first_of(const wp_identity *identities, size_t count, wp_identity_kind kind)
{
    for (size_t i = 0; i < count; i++)
        if (identities[i].kind == kind)
            return identities[i].text;
    return NULL;
}

wp_status wpi_company_get(wpi_graph *graph, uint32_t number, wp_company *out, wp_error *err)
{
    wpi_company_record record;
    wp_status status = wpi_company_load(graph, number, &record, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, status, "no company has number %u", number);
    WPI_TRY(status);
    *out = (wp_company){
        .number = number,
        .name = record.name,
        .domain = first_of(record.identities, record.identity_count, WP_IDENTITY_DOMAIN),
        .id = first_of(record.identities, record.identity_count, WP_IDENTITY_COMPANY_ID),
        .us = record.us,
        .identities = record.identities,
        .identity_count = record.identity_count,
    };
    return WP_OK;
}

static wp_status check_facts(const wp_company_facts *facts, wp_error *err)
{
    if (facts->identity_count > IDENTITIES_MAX)
        return wpi_error_set(err, WP_EINVAL, "identity_count is %zu, expected 0..%d",
                             facts->identity_count, IDENTITIES_MAX);
    if (facts->identity_count == 0 && facts->name == NULL)
        return wpi_error_set(err, WP_EINVAL, "company has neither identity nor name");
    for (size_t i = 0; i < facts->identity_count; i++)
        if (facts->identities[i].kind != WP_IDENTITY_DOMAIN &&
            facts->identities[i].kind != WP_IDENTITY_COMPANY_ID)
            return wpi_error_set(err, WP_EINVAL, "identity kind is %d, expected one of a company",
                                 (int)facts->identities[i].kind);
    return wpi_graph_check_text(facts->name, "name", WPI_TEXT_BYTES_MAX, err);
}

/* Who has the name, as long as that adds no second company to one with identities. */
static wp_status find_by_name(wpi_graph *graph, const wp_company_facts *facts, uint32_t *number,
                              wp_error *err)
{
    wp_identity given = {WP_IDENTITY_COMPANY_NAME, facts->name};
    wpi_identity name;
    wpi_company_record record;
    if (facts->name == NULL)
        return WP_OK;
    if (wpi_identity_normalise(&given, &name, NULL) != WP_OK)
        return WP_OK; /* no letter in it: nobody is found by such a name */
    wp_status status = wpi_identity_find(graph, &name, number, err);
    if (status == WP_ENOTFOUND)
        return WP_OK;
    WPI_TRY(status);
    WPI_TRY(wpi_company_load(graph, *number, &record, err));
    if (facts->identity_count > 0 && record.identity_count > 0)
        *number = 0;
    return WP_OK;
}

/* Add the identities that the company lacks to the record and the table. */
static wp_status add_identities(wpi_graph *graph, uint32_t number, const wpi_identity *normal,
                                size_t count, wpi_company_record *record, wp_error *err)
{
    wp_identity *all =
        wpi_arena_take(&graph->lent, record->identity_count + count + 1, sizeof *all);
    if (all == NULL)
        return wpi_memory_failed(err);
    if (record->identity_count > 0)
        memcpy(all, record->identities, record->identity_count * sizeof *all);
    record->identities = all;
    for (size_t i = 0; i < count; i++) {
        uint32_t holder = 0;
        wp_status status = wpi_identity_find(graph, &normal[i], &holder, err);
        if (status == WP_OK)
            continue;
        if (status != WP_ENOTFOUND)
            return status;
        WPI_TRY(wpi_identity_add(graph, &normal[i], number, err));
        all[record->identity_count++] = (wp_identity){normal[i].kind, normal[i].text};
    }
    return WP_OK;
}

static wp_status add_name(wpi_graph *graph, uint32_t number, const char *name, wp_error *err)
{
    wp_identity given = {WP_IDENTITY_COMPANY_NAME, name};
    wpi_identity folded;
    uint32_t holder = 0;
    if (wpi_identity_normalise(&given, &folded, NULL) != WP_OK)
        return WP_OK;
    wp_status status = wpi_identity_find(graph, &folded, &holder, err);
    if (status != WP_ENOTFOUND)
        return status; /* somebody has the name already: search finds both */
    return wpi_identity_add(graph, &folded, number, err);
}

static wp_status save(wpi_graph *graph, uint32_t number, const wpi_company_record *record,
                      const wpi_name_texts *before, wp_error *err)
{
    wpi_name_texts after;
    WPI_TRY(wpi_name_texts_of_company(graph, record, &after, err));
    WPI_TRY(wpi_name_update(graph, WPI_NAME_COMPANY, number, before, &after, err));
    if (record->us == WP_US_YES)
        WPI_TRY(wpi_graph_put(graph, WPI_TABLE_META, wpi_key_text("us.c", number), err));
    wpi_record_write_company(&graph->writer, record);
    return wpi_graph_put(graph, WPI_TABLE_COMPANY, wpi_key_u32(number), err);
}

static wp_status drop_us(wpi_graph *graph, uint32_t number, wp_error *err)
{
    wp_status status = wpi_graph_delete(graph, WPI_TABLE_META, wpi_key_text("us.c", number), err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_company_put(wpi_graph *graph, const wp_company_facts *facts, uint32_t *number,
                          bool *is_new, wp_error *err)
{
    WPI_TRY(check_facts(facts, err));
    wpi_graph_reclaim(graph);
    wpi_identity *normal = wpi_arena_take(&graph->lent, facts->identity_count + 1, sizeof *normal);
    if (normal == NULL)
        return wpi_memory_failed(err);
    uint32_t holder = 0;
    wpi_company_record record = {.us = WP_US_UNSAID};
    wpi_name_texts before;
    WPI_TRY(wpi_identity_find_holder(graph, facts->identities, facts->identity_count, normal,
                                     &holder, err));
    if (holder == 0)
        WPI_TRY(find_by_name(graph, facts, &holder, err));
    bool is_created = holder == 0;
    if (is_created) {
        holder = ++graph->counters.companies;
        graph->is_counting = true;
    } else {
        WPI_TRY(wpi_company_load(graph, holder, &record, err));
    }
    WPI_TRY(wpi_name_texts_of_company(graph, &record, &before, err));
    WPI_TRY(add_identities(graph, holder, normal, facts->identity_count, &record, err));
    if (facts->name != NULL) {
        record.name = facts->name;
        WPI_TRY(add_name(graph, holder, facts->name, err));
    }
    if (facts->us != WP_US_UNSAID) {
        WPI_TRY(drop_us(graph, holder, err));
        record.us = facts->us;
    }
    WPI_TRY(save(graph, holder, &record, &before, err));
    *number = holder;
    if (is_new != NULL)
        *is_new = is_created;
    return WP_OK;
}

wp_status wpi_company_of_domain(wpi_graph *graph, const char *domain, uint32_t *number,
                                wp_error *err)
{
    wp_identity given = {WP_IDENTITY_DOMAIN, domain};
    wpi_identity normal;
    *number = 0;
    if (wpi_domain_is_free(domain) || wpi_identity_normalise(&given, &normal, NULL) != WP_OK)
        return WP_OK;
    wp_status status = wpi_identity_find(graph, &normal, number, err);
    if (status != WP_ENOTFOUND)
        return status;
    *number = ++graph->counters.companies;
    graph->is_counting = true;
    wp_identity *identity = wpi_arena_take(&graph->lent, 1, sizeof *identity);
    if (identity == NULL)
        return wpi_memory_failed(err);
    *identity = (wp_identity){WP_IDENTITY_DOMAIN, normal.text};
    wpi_company_record record = {.identities = identity, .identity_count = 1};
    wpi_name_texts none = {NULL, 0};
    WPI_TRY(wpi_identity_add(graph, &normal, *number, err));
    return save(graph, *number, &record, &none, err);
}
