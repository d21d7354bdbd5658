/*
 * Companies: storing, reading, removing.
 *
 * As with people, the statement about the first identity holds what is said. The meta table lists
 * the numbers that are said to be ours, so that nobody has to look through all.
 */
#include "graph/company.h"

#include "graph/company_name.h"
#include "graph/name.h"
#include "graph/regroup.h"
#include "graph/said.h"
#include "rules/domain.h"

#define ALIASES_MAX 64

typedef struct company_put {
    wpi_graph *graph;
    const wp_company_facts *facts;
    wpi_named named;
    bool is_linking;
} company_put;

static const char *first_of(const wp_identity *identities, size_t count, wp_identity_kind kind)
{
    for (size_t i = 0; i < count; i++)
        if (identities[i].kind == kind)
            return identities[i].text;
    return NULL;
}

/* The identities but for names. */
static size_t without_names(wp_identity *identities, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (identities[i].kind != WP_IDENTITY_COMPANY_NAME)
            identities[kept++] = identities[i];
    return kept;
}

/* Further names: those stated that are not the one that holds, and aliases. */
static wp_status list_aliases(wpi_graph *graph, const wpi_said *all, wp_company *out, wp_error *err)
{
    wp_spelling *aliases;
    WPI_TRY(wpi_said_spellings(graph, all, &aliases, &out->alias_count, err));
    out->aliases = aliases;
    return WP_OK;
}

wp_status wpi_company_get(wpi_graph *graph, uint32_t number, wp_company *out, wp_error *err)
{
    uint32_t canonical;
    wpi_said *all;
    wp_identity *identities;
    uint32_t *sources;
    WPI_TRY(wpi_party_resolve(graph, WPI_COMPANY, number, &canonical, err));
    WPI_TRY(wpi_party_load(graph, WPI_COMPANY, canonical, &all, err));
    *out = (wp_company){.number = canonical};
    WPI_TRY(wpi_said_identities(graph, all, &identities, &out->identity_count, err));
    out->identity_count = without_names(identities, out->identity_count);
    out->identities = identities;
    WPI_TRY(wpi_said_sources(graph, all, &sources, &out->source_count, err));
    out->sources = sources;
    WPI_TRY(list_aliases(graph, all, out, err));
    out->name = wpi_said_text(all, wpi_said_name_of);
    out->domain = first_of(identities, out->identity_count, WP_IDENTITY_DOMAIN);
    out->id = first_of(identities, out->identity_count, WP_IDENTITY_COMPANY_ID);
    out->us = wpi_said_us(all);
    uint32_t parent = wpi_said_parent(all);
    if (parent != 0)
        WPI_TRY(wpi_party_find(graph, WPI_COMPANY, parent, &out->parent, err));
    if (out->parent == canonical)
        out->parent = 0; /* Two that are one by now: nobody owns himself. */
    return WP_OK;
}

wp_status wpi_company_is_us(wpi_graph *graph, uint32_t company, bool *is_us, wp_error *err)
{
    wp_status status;
    wpi_record_bytes value;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_party_numbers(graph, WPI_COMPANY, company, &numbers, err));
    for (size_t i = 0; i < numbers.count && !*is_us; i++) {
        status =
            wpi_graph_get(graph, WPI_TABLE_META,
                          wpi_key_text("us.c", WPI_ARRAY_AT(&numbers, uint32_t, i)), &value, err);
        *is_us = status == WP_OK;
        if (status != WP_OK && status != WP_ENOTFOUND)
            goto out;
    }
    status = WP_OK;
out:
    wpi_array_free(&numbers);
    return status;
}

/* Make the list of companies that are ours follow what is stated of a number. */
static wp_status save_us(wpi_graph *graph, uint32_t number, wp_error *err)
{
    wpi_said *all;
    wpi_key key = wpi_key_text("us.c", number);
    WPI_TRY(wpi_statements_of(graph, WPI_COMPANY, number, &all, err));
    if (wpi_said_us(all) == WP_US_YES)
        return wpi_graph_put(graph, WPI_TABLE_META, key, err);
    wp_status status = wpi_graph_delete(graph, WPI_TABLE_META, key, err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status check_facts(wpi_graph *graph, const wp_company_facts *facts, wp_error *err)
{
    uint32_t canonical;
    if (facts->identity_count > WPI_NAMED_MAX)
        return wpi_error_set(err, WP_EINVAL, "identity_count is %zu, expected 0..%d",
                             facts->identity_count, WPI_NAMED_MAX);
    if (facts->alias_count > ALIASES_MAX)
        return wpi_error_set(err, WP_EINVAL, "alias_count is %zu, expected 0..%d",
                             facts->alias_count, ALIASES_MAX);
    if (facts->identity_count == 0 && facts->name == NULL)
        return wpi_error_set(err, WP_EINVAL, "company has neither identity nor name");
    for (size_t i = 0; i < facts->identity_count; i++)
        if (facts->identities[i].kind != WP_IDENTITY_DOMAIN &&
            facts->identities[i].kind != WP_IDENTITY_COMPANY_ID)
            return wpi_error_set(err, WP_EINVAL, "identity kind is %d, expected one of a company",
                                 (int)facts->identities[i].kind);
    for (size_t i = 0; i < facts->alias_count; i++) {
        if (facts->aliases[i] == NULL)
            return wpi_error_set(err, WP_EINVAL, "alias is NULL, expected a name");
        WPI_TRY(wpi_graph_check_text(facts->aliases[i], "alias", WPI_TEXT_BYTES_MAX, err));
    }
    if (facts->parent != 0)
        WPI_TRY(wpi_party_resolve(graph, WPI_COMPANY, facts->parent, &canonical, err));
    return wpi_graph_check_text(facts->name, "name", WPI_TEXT_BYTES_MAX, err);
}

/* The identities that are given, normalised; the name when there is none. */
static wp_status list_identities(company_put *self, wpi_identity *normal, size_t *count,
                                 wp_error *err)
{
    const wp_company_facts *facts = self->facts;
    *count = facts->identity_count;
    for (size_t i = 0; i < facts->identity_count; i++)
        WPI_TRY(wpi_identity_normalise(&facts->identities[i], &normal[i], err));
    if (*count > 0)
        return WP_OK;
    *count = 1;
    return wpi_company_name_identity(facts->name, &normal[0], err);
}

static wp_status find_numbers(company_put *self, wpi_identity *normal, size_t count, wp_error *err)
{
    uint32_t known[WPI_NAMED_MAX];
    size_t known_count = 0;
    for (size_t i = 0; i < count; i++) {
        wp_status status = wpi_identity_find(self->graph, &normal[i], &known[known_count], err);
        known_count += status == WP_OK ? 1 : 0;
        if (status != WP_OK && status != WP_ENOTFOUND)
            return status;
    }
    if (count > 1)
        WPI_TRY(wpi_regroup_check(self->graph, WPI_COMPANY, known, known_count, count - known_count,
                                  err));
    return wpi_party_name_all(self->graph, normal, count, &self->named, err);
}

wp_status wpi_company_replace(wpi_graph *graph, uint32_t number, uint32_t source,
                              const wpi_statement_record *before, const wpi_statement_record *after,
                              wp_error *err)
{
    wpi_said *old, *new;
    wpi_statement_record none = {.identity = after->identity};
    if (before == NULL)
        before = &none;
    WPI_TRY(wpi_statements_of(graph, WPI_COMPANY, number, &old, err));
    WPI_TRY(wpi_statement_put(graph, WPI_COMPANY, number, source, after, err));
    WPI_TRY(wpi_statements_of(graph, WPI_COMPANY, number, &new, err));
    WPI_TRY(wpi_name_follow(graph, WPI_COMPANY, number, before, after, err));
    if (before->us != after->us)
        WPI_TRY(save_us(graph, number, err));
    if (after->identity.kind != WP_IDENTITY_COMPANY_NAME)
        return wpi_company_name_update(graph, number, old, new, err);
    return wpi_company_name_settle_all(graph, &(wpi_array){&number, 1, 1, sizeof number}, err);
}

/* Names are kept in order, so that the order of arrival does not show. */
static void add_alias(wpi_statement_record *record, const char *alias)
{
    size_t at = 0;
    while (at < record->spelling_count && strcmp(record->spellings[at].name, alias) < 0)
        at++;
    if (at < record->spelling_count && strcmp(record->spellings[at].name, alias) == 0)
        return;
    memmove(&record->spellings[at + 1], &record->spellings[at],
            (record->spelling_count - at) * sizeof *record->spellings);
    record->spellings[at] = (wp_spelling){alias, 1};
    record->spelling_count += record->spelling_count < ALIASES_MAX ? 1 : 0;
}

static wp_status join_facts(company_put *self, wpi_statement_record *record, wp_error *err)
{
    const wp_company_facts *facts = self->facts;
    bool is_hand = self->graph->source == WP_SOURCE_HAND;
    wp_spelling *aliases = wpi_arena_take(
        &self->graph->lent, ALIASES_MAX + record->spelling_count + 1, sizeof *aliases);
    uint32_t *links = wpi_arena_take(&self->graph->lent, record->link_count + self->named.count + 1,
                                     sizeof *links);
    if (aliases == NULL || links == NULL)
        return wpi_memory_failed(err);
    if (record->spelling_count > 0)
        memcpy(aliases, record->spellings, record->spelling_count * sizeof *aliases);
    if (record->link_count > 0)
        memcpy(links, record->links, record->link_count * sizeof *links);
    record->spellings = aliases;
    record->links = links;
    if (facts->name != NULL)
        record->name = is_hand ? facts->name : wpi_said_better(record->name, facts->name);
    if (facts->us != WP_US_UNSAID)
        record->us = is_hand || facts->us > record->us ? facts->us : record->us;
    if (facts->parent != 0 && (is_hand || record->parent == 0 || facts->parent < record->parent))
        record->parent = facts->parent;
    for (size_t i = 0; i < facts->alias_count; i++)
        add_alias(record, facts->aliases[i]);
    return WP_OK;
}

static wp_status load_own(company_put *self, size_t index, wpi_statement_record *record,
                          bool *is_stated, wp_error *err)
{
    const wpi_identity *identity = self->named.identities[index];
    *record = (wpi_statement_record){.identity = {identity->kind, identity->text}};
    wp_status status = wpi_statement_get(self->graph, WPI_COMPANY, self->named.numbers[index],
                                         self->graph->source, record, err);
    *is_stated = status == WP_OK;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static bool is_same_record(const wpi_statement_record *a, const wpi_statement_record *b)
{
    bool is_same_name =
        a->name == b->name || (a->name != NULL && b->name != NULL && strcmp(a->name, b->name) == 0);
    bool is_same = is_same_name && a->us == b->us && a->parent == b->parent &&
                   a->link_count == b->link_count && a->spelling_count == b->spelling_count;
    /* Links only ever grow; of names that are too many others are kept. */
    for (size_t i = 0; i < a->spelling_count && is_same; i++)
        is_same = strcmp(a->spellings[i].name, b->spellings[i].name) == 0;
    return is_same;
}

static wp_status state(company_put *self, size_t index, wp_error *err)
{
    wpi_graph *graph = self->graph;
    wpi_statement_record before, after;
    bool is_stated;
    uint32_t number = self->named.numbers[index];
    WPI_TRY(load_own(self, index, &before, &is_stated, err));
    after = before;
    if (index == 0) {
        WPI_TRY(join_facts(self, &after, err));
        for (size_t i = 1; i < self->named.count; i++)
            self->is_linking |= wpi_statement_link(&after, self->named.numbers[i]);
    } else {
        after.links = wpi_arena_take(&graph->lent, before.link_count + 1, sizeof *after.links);
        if (after.links == NULL)
            return wpi_memory_failed(err);
        if (before.link_count > 0)
            memcpy(after.links, before.links, before.link_count * sizeof *after.links);
        self->is_linking |= wpi_statement_link(&after, self->named.numbers[0]);
    }
    WPI_TRY(wpi_party_note(graph, WPI_COMPANY, number, err));
    if (is_stated && is_same_record(&before, &after))
        return WP_OK;
    WPI_TRY(
        wpi_company_replace(graph, number, graph->source, is_stated ? &before : NULL, &after, err));
    if (!self->named.is_new[index])
        return WP_OK;
    return wpi_name_enter(graph, WPI_COMPANY, number, &after.identity, err);
}

wp_status wpi_company_put(wpi_graph *graph, const wp_company_facts *facts, uint32_t *number,
                          bool *is_new, wp_error *err)
{
    size_t count;
    WPI_TRY(check_facts(graph, facts, err));
    company_put *self = wpi_arena_take(&graph->lent, 1, sizeof *self);
    wpi_identity *normal = wpi_arena_take(&graph->lent, facts->identity_count + 1, sizeof *normal);
    if (self == NULL || normal == NULL)
        return wpi_memory_failed(err);
    *self = (company_put){.graph = graph, .facts = facts};
    WPI_TRY(list_identities(self, normal, &count, err));
    WPI_TRY(find_numbers(self, normal, count, err));
    bool is_created = wpi_party_is_all_new(&self->named);
    for (size_t i = 0; i < self->named.count; i++)
        WPI_TRY(state(self, i, err));
    if (facts->parent != 0)
        WPI_TRY(wpi_party_mention(graph, WPI_COMPANY, facts->parent, err));
    *number = self->named.numbers[0];
    *is_new = is_created;
    if (!self->is_linking)
        return WP_OK;
    size_t named = self->named.count;
    wpi_array numbers = {self->named.numbers, named, named, sizeof *self->named.numbers};
    return wpi_regroup_numbers(graph, WPI_COMPANY, &numbers, err);
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
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_company_imply(wpi_graph *graph, const char *domain, uint32_t *number, wp_error *err)
{
    wp_identity given = {WP_IDENTITY_DOMAIN, domain};
    wpi_identity normal;
    wpi_record_bytes value;
    bool is_new;
    *number = 0;
    if (wpi_domain_is_free(domain) || wpi_identity_normalise(&given, &normal, NULL) != WP_OK)
        return WP_OK;
    WPI_TRY(wpi_party_number(graph, &normal, number, &is_new, err));
    wp_status status =
        is_new ? WP_ENOTFOUND
               : wpi_graph_get(graph, WPI_TABLE_COMPANY,
                               wpi_key_u32_u32(*number, WPI_SOURCE_IMPLIED), &value, err);
    if (status != WP_ENOTFOUND)
        return status;
    wpi_statement_record record = {.identity = {normal.kind, normal.text}};
    if (is_new)
        WPI_TRY(wpi_name_enter(graph, WPI_COMPANY, *number, &record.identity, err));
    return wpi_statement_put(graph, WPI_COMPANY, *number, WPI_SOURCE_IMPLIED, &record, err);
}

wp_status wpi_company_remove(wpi_graph *graph, uint32_t number, uint32_t source, wp_error *err)
{
    wp_status status;
    wpi_statement_record record;
    wpi_said *old, *new;
    wpi_array concerned = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_statement_get(graph, WPI_COMPANY, number, source, &record, err));
    WPI_TRY_OUT(wpi_statements_of(graph, WPI_COMPANY, number, &old, err));
    WPI_TRY_OUT(wpi_array_push(&concerned, &number, err));
    for (size_t i = 0; i < record.link_count; i++) {
        WPI_TRY_OUT(wpi_statement_unlink(graph, WPI_COMPANY, record.links[i], source, number, err));
        WPI_TRY_OUT(wpi_array_push(&concerned, &record.links[i], err));
    }
    WPI_TRY_OUT(wpi_statement_delete(graph, WPI_COMPANY, number, source, err));
    WPI_TRY_OUT(wpi_statements_of(graph, WPI_COMPANY, number, &new, err));
    WPI_TRY_OUT(wpi_name_settle(graph, WPI_COMPANY, number, &record, err));
    WPI_TRY_OUT(save_us(graph, number, err));
    WPI_TRY_OUT(wpi_company_name_update(graph, number, old, new, err));
    if (new == NULL) {
        wpi_identity identity = {.kind = record.identity.kind};
        memcpy(identity.text, record.identity.text, strlen(record.identity.text) + 1);
        WPI_TRY_OUT(wpi_identity_remove(graph, &identity, err));
    }
    WPI_TRY_OUT(wpi_regroup_numbers(graph, WPI_COMPANY, &concerned, err));
out:
    wpi_array_free(&concerned);
    return status;
}

bool wpi_company_says_more(const wpi_statement_record *record)
{
    bool is_called_so = record->name != NULL && record->identity.kind == WP_IDENTITY_COMPANY_NAME;
    return (record->name != NULL && !is_called_so) || record->us != WP_US_UNSAID ||
           record->parent != 0 || record->link_count > 0 || record->spelling_count > 0;
}

wp_status wpi_company_find(wpi_graph *graph, const wpi_identity *identity, uint32_t *canonical,
                           wp_error *err)
{
    size_t count;
    wp_status status = wpi_identity_find(graph, identity, canonical, err);
    if (status == WP_OK)
        return wpi_party_find(graph, WPI_COMPANY, *canonical, canonical, err);
    if (status != WP_ENOTFOUND || identity->kind != WP_IDENTITY_COMPANY_NAME)
        return status;
    WPI_TRY(wpi_company_name_holder(graph, identity, canonical, &count, err));
    return *canonical == 0 ? WP_ENOTFOUND : WP_OK;
}
