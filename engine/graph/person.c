/*
 * People: storing facts about them.
 *
 * wpi_person_put() first decides everything that can be refused, then writes. The record is loaded
 * into lent memory, changed there and written once; the name index follows from the difference
 * between the texts before and after.
 */
#include "graph/person.h"

#include <assert.h>

#include "graph/company.h"
#include "graph/employment.h"
#include "graph/identity.h"
#include "graph/name.h"

#define IDENTITIES_MAX 64

wp_status wpi_person_load(wpi_graph *graph, uint32_t number, wpi_person_record *out, wp_error *err)
{
    wpi_record_bytes value;
    WPI_TRY(wpi_graph_get(graph, WPI_TABLE_PERSON, wpi_key_u32(number), &value, err));
    WPI_TRY(wpi_graph_keep(graph, &value, err));
    return wpi_record_read_person(value, &graph->lent, out, err);
}

static wp_status check_facts(const wp_person_facts *facts, wp_error *err)
{
    if (facts->identity_count < 1 || facts->identity_count > IDENTITIES_MAX)
        return wpi_error_set(err, WP_EINVAL, "identity_count is %zu, expected 1..%d",
                             facts->identity_count, IDENTITIES_MAX);
    for (size_t i = 0; i < facts->identity_count; i++)
        if (!wpi_identity_is_person(facts->identities[i].kind))
            return wpi_error_set(err, WP_EINVAL, "identity kind is %d, expected one of a person",
                                 (int)facts->identities[i].kind);
    WPI_TRY(wpi_graph_check_text(facts->name, "name", WPI_TEXT_BYTES_MAX, err));
    WPI_TRY(wpi_graph_check_text(facts->title, "title", WPI_TEXT_BYTES_MAX, err));
    for (size_t i = 0; i < facts->spelling_count; i++) {
        if (facts->spellings[i].name == NULL)
            return wpi_error_set(err, WP_EINVAL, "spelling is NULL, expected a name");
        WPI_TRY(
            wpi_graph_check_text(facts->spellings[i].name, "spelling", WPI_TEXT_BYTES_MAX, err));
    }
    return WP_OK;
}

/* Room for more identities and spellings than the record has, in lent memory. */
static wp_status widen(wpi_graph *graph, wpi_person_record *record, size_t identities,
                       wp_error *err)
{
    wp_identity *wider =
        wpi_arena_take(&graph->lent, record->identity_count + identities, sizeof *wider);
    wp_spelling *spellings =
        wpi_arena_take(&graph->lent, WPI_SPELLINGS_MAX + record->spelling_count, sizeof *spellings);
    if (wider == NULL || spellings == NULL)
        return wpi_memory_failed(err);
    if (record->identity_count > 0)
        memcpy(wider, record->identities, record->identity_count * sizeof *wider);
    if (record->spelling_count > 0)
        memcpy(spellings, record->spellings, record->spelling_count * sizeof *spellings);
    record->identities = wider;
    record->spellings = spellings;
    return WP_OK;
}

static void add_spelling(wpi_person_record *record, const wp_spelling *seen)
{
    for (size_t i = 0; i < record->spelling_count; i++) {
        if (strcmp(record->spellings[i].name, seen->name) != 0)
            continue;
        uint32_t room = UINT32_MAX - record->spellings[i].count;
        record->spellings[i].count += seen->count < room ? seen->count : room;
        return;
    }
    if (record->spelling_count < WPI_SPELLINGS_MAX)
        record->spellings[record->spelling_count++] = *seen;
}

static wp_status suggest_company(wpi_graph *graph, uint32_t number, const char *email,
                                 wp_error *err)
{
    uint32_t company = 0;
    WPI_TRY(wpi_company_of_domain(graph, strchr(email, '@') + 1, &company, err));
    return company == 0 ? WP_OK : wpi_employment_suggest(graph, number, company, err);
}

/* Give the person the identities it lacks; a new address suggests a company. */
static wp_status add_identities(wpi_graph *graph, uint32_t number, const wpi_identity *normal,
                                size_t count, wpi_person_record *record, wp_error *err)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t holder = 0;
        wp_status status = wpi_identity_find(graph, &normal[i], &holder, err);
        if (status == WP_OK)
            continue;
        if (status != WP_ENOTFOUND)
            return status;
        WPI_TRY(wpi_identity_add(graph, &normal[i], number, err));
        record->identities[record->identity_count++] =
            (wp_identity){normal[i].kind, normal[i].text};
        if (normal[i].kind == WP_IDENTITY_EMAIL && !record->has_no_company)
            WPI_TRY(suggest_company(graph, number, normal[i].text, err));
    }
    return WP_OK;
}

/* The meta table lists who was said to be of us (1) or not (0 would be unsaid). */
static wp_status save_us(wpi_graph *graph, uint32_t number, wp_us us, wp_error *err)
{
    wpi_writer_u8(&graph->writer, (uint8_t)us);
    return wpi_graph_put(graph, WPI_TABLE_META, wpi_key_text("us.p", number), err);
}

static wp_status apply_facts(wpi_graph *graph, uint32_t number, const wp_person_facts *facts,
                             const wpi_identity *normal, wpi_person_record *record, wp_error *err)
{
    if (facts->has_no_company && !record->has_no_company) {
        record->has_no_company = true;
        WPI_TRY(wpi_employment_remove_suggested(graph, number, err));
    }
    WPI_TRY(add_identities(graph, number, normal, facts->identity_count, record, err));
    if (facts->name != NULL)
        record->name = facts->name;
    if (facts->title != NULL)
        record->title = facts->title;
    for (size_t i = 0; i < facts->spelling_count; i++)
        add_spelling(record, &facts->spellings[i]);
    if (facts->us != WP_US_UNSAID && facts->us != record->us) {
        record->us = facts->us;
        WPI_TRY(save_us(graph, number, facts->us, err));
    }
    return WP_OK;
}

static bool adds_nothing(const wp_person_facts *facts)
{
    return facts->name == NULL && facts->title == NULL && facts->us == WP_US_UNSAID &&
           facts->spelling_count == 0 && !facts->has_no_company && facts->identity_count == 1;
}

wp_status wpi_person_put(wpi_graph *graph, const wp_person_facts *facts, uint32_t *number,
                         bool *is_new, wp_error *err)
{
    uint32_t holder = 0;
    wpi_person_record record = {.us = WP_US_UNSAID};
    wpi_name_texts before, after;
    WPI_TRY(check_facts(facts, err));
    wpi_graph_reclaim(graph);
    wpi_identity *normal = wpi_arena_take(&graph->lent, facts->identity_count, sizeof *normal);
    if (normal == NULL)
        return wpi_memory_failed(err);
    WPI_TRY(wpi_identity_find_holder(graph, facts->identities, facts->identity_count, normal,
                                     &holder, err));
    bool is_created = holder == 0;
    *number = holder;
    if (is_new != NULL)
        *is_new = is_created;
    if (!is_created && adds_nothing(facts))
        return WP_OK;
    if (is_created) {
        if (graph->counters.people == UINT32_MAX - 1)
            return wpi_error_set(err, WP_EFULL, "4294967294 people are stored, no number is left");
        holder = ++graph->counters.people;
        graph->is_counting = true;
    } else {
        WPI_TRY(wpi_person_load(graph, holder, &record, err));
    }
    WPI_TRY(wpi_name_texts_of_person(graph, &record, &before, err));
    WPI_TRY(widen(graph, &record, facts->identity_count, err));
    WPI_TRY(apply_facts(graph, holder, facts, normal, &record, err));
    WPI_TRY(wpi_name_texts_of_person(graph, &record, &after, err));
    WPI_TRY(wpi_name_update(graph, WPI_NAME_PERSON, holder, &before, &after, err));
    wpi_record_write_person(&graph->writer, &record);
    *number = holder;
    return is_created ? wpi_graph_append(graph, WPI_TABLE_PERSON, wpi_key_u32(holder), err)
                      : wpi_graph_put(graph, WPI_TABLE_PERSON, wpi_key_u32(holder), err);
}
