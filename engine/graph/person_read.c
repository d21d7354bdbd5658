/*
 * People: reading them, and who is of our own organisation.
 *
 * The displayed name is the stated one, else the spelling with the most support; among equals the
 * one that looks most like a name (two words, mixed case), then the first in byte order. Days,
 * companies and decisions come from all identities of a person.
 */
#include "graph/company.h"
#include "graph/consent.h"
#include "graph/employment.h"
#include "graph/person.h"
#include "graph/said.h"
#include "graph/settings.h"

static const char *first_of(const wp_identity *identities, size_t count, wp_identity_kind kind)
{
    for (size_t i = 0; i < count; i++)
        if (identities[i].kind == kind)
            return identities[i].text;
    return NULL;
}

static wp_status lend_text(wpi_graph *graph, const char **text, wp_error *err)
{
    if (*text == NULL)
        return WP_OK;
    wpi_record_bytes bytes = {*text, strlen(*text) + 1};
    WPI_TRY(wpi_graph_keep(graph, &bytes, err));
    *text = bytes.data;
    return WP_OK;
}

/* Whether any employment that covers the day is at a company of ours. */
static wp_status find_us(wpi_graph *graph, uint32_t person, int32_t day, bool *is_us, wp_error *err)
{
    wp_employment employment = {.person = person};
    wp_status status = wpi_employment_next(graph, &employment, err);
    while (status == WP_OK && !*is_us) {
        if (wpi_employment_covers(&employment, day))
            WPI_TRY(wpi_company_is_us(graph, employment.company, is_us, err));
        status = wpi_employment_next(graph, &employment, err);
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* What is stated of a person as it holds. */
static wp_status read_said(wpi_graph *graph, const wpi_said *all, wp_person *out, wp_error *err)
{
    wp_identity *identities;
    wp_spelling *spellings;
    uint32_t *sources;
    WPI_TRY(wpi_said_identities(graph, all, &identities, &out->identity_count, err));
    WPI_TRY(wpi_said_spellings(graph, all, &spellings, &out->spelling_count, err));
    WPI_TRY(wpi_said_sources(graph, all, &sources, &out->source_count, err));
    out->identities = identities;
    out->spellings = spellings;
    out->sources = sources;
    out->name_stated = wpi_said_text(all, wpi_said_name_of);
    out->title_stated = wpi_said_text(all, wpi_said_title_of);
    out->name = out->name_stated;
    if (out->name == NULL && out->spelling_count > 0)
        out->name = spellings[0].name;
    out->email = first_of(identities, out->identity_count, WP_IDENTITY_EMAIL);
    out->id = first_of(identities, out->identity_count, WP_IDENTITY_ID);
    out->us = wpi_said_us(all);
    out->has_no_company = wpi_said_no_company(all);
    return WP_OK;
}

/* What was decided, and what holds: that, or the default. */
static wp_status read_consent(wpi_graph *graph, wp_person *out, wp_error *err)
{
    wp_settings settings;
    wpi_decisions decisions;
    WPI_TRY(wpi_settings_get(graph, &settings, err));
    WPI_TRY(wpi_consent_get(graph, out->number, &decisions, err));
    wpi_consent_record introductions = decisions.of[WPI_MATTER_INTRODUCTIONS];
    wpi_consent_record contact = decisions.of[WPI_MATTER_CONTACT];
    wpi_consent_record sharing = decisions.of[WPI_MATTER_SHARING];
    out->introductions = (wp_choice)introductions.choice;
    out->contact = (wp_choice)contact.choice;
    out->sharing = (wp_sharing)sharing.choice;
    out->introductions_source = introductions.source;
    out->contact_source = contact.source;
    out->sharing_source = sharing.source;
    out->sharing_since = sharing.since;
    WPI_TRY(wpi_consent_lend_groups(graph, &sharing, &out->sharing_groups, err));
    out->sharing_group_count = sharing.group_count;
    out->introductions_since = introductions.since;
    out->contact_since = contact.since;
    if (introductions.choice == WP_CHOICE_UNSAID)
        introductions.choice = settings.introductions;
    if (contact.choice == WP_CHOICE_UNSAID)
        contact.choice = settings.contact;
    out->has_opted_out = introductions.choice == WP_CHOICE_OUT;
    out->is_asked_first = introductions.choice == WP_CHOICE_ASK;
    out->is_do_not_contact = contact.choice == WP_CHOICE_OUT;
    return WP_OK;
}

wp_status wpi_person_get(wpi_graph *graph, uint32_t number, int32_t day, wp_person *out,
                         wp_error *err)
{
    uint32_t canonical;
    wpi_said *all;
    wp_employment employment;
    bool is_us = false;
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, number, &canonical, err));
    WPI_TRY(wpi_party_load(graph, WPI_PERSON, canonical, &all, err));
    *out = (wp_person){.number = canonical};
    WPI_TRY(read_said(graph, all, out, err));
    WPI_TRY(wpi_employment_on(graph, canonical, day, &employment, err));
    WPI_TRY(lend_text(graph, &employment.title, err));
    WPI_TRY(read_consent(graph, out, err));
    if (out->us == WP_US_UNSAID)
        WPI_TRY(find_us(graph, canonical, day, &is_us, err));
    out->title = employment.title != NULL ? employment.title : out->title_stated;
    out->company = employment.company;
    out->is_us = out->us == WP_US_YES || is_us;
    return WP_OK;
}

wp_status wpi_person_external_id(wpi_graph *graph, uint32_t number, const char **text,
                                 wp_error *err)
{
    wpi_said *all;
    wp_identity *identities;
    size_t count;
    WPI_TRY(wpi_party_load(graph, WPI_PERSON, number, &all, err));
    WPI_TRY(wpi_said_identities(graph, all, &identities, &count, err));
    *text = first_of(identities, count, WP_IDENTITY_ID);
    if (*text == NULL)
        *text = first_of(identities, count, WP_IDENTITY_EMAIL);
    if (*text == NULL)
        *text = identities[0].text;
    return WP_OK;
}

/* The people at the end of meta keys, by what is said of them. */
typedef struct said_walk {
    wpi_graph *graph;
    wpi_party party;
    wpi_array *yes;
    wpi_array *no;
} said_walk;

static wp_status add_said(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    said_walk *walk = context;
    uint32_t number;
    if (key.bytes != 8)
        return wpi_error_set(err, WP_ECORRUPT, "meta key is malformed");
    WPI_TRY(wpi_party_find(walk->graph, walk->party, wpi_key_get_u32(key.data, 4), &number, err));
    bool is_no = value.size == 1 && *(const unsigned char *)value.data == WP_US_NO;
    return wpi_array_push(is_no ? walk->no : walk->yes, &number, err);
}

/* Take the members of one ascending list out of another. */
static void subtract(wpi_array *people, const wpi_array *without)
{
    uint32_t *items = people->items;
    size_t kept = 0, w = 0;
    for (size_t i = 0; i < people->count; i++) {
        while (w < without->count && WPI_ARRAY_AT(without, uint32_t, w) < items[i])
            w++;
        if (w == without->count || WPI_ARRAY_AT(without, uint32_t, w) != items[i])
            items[kept++] = items[i];
    }
    people->count = kept;
}

/* People of whom one source says yes are ours, whatever others say. */
wp_status wpi_person_us(wpi_graph *graph, int32_t day, wpi_array *people, wp_error *err)
{
    wp_status status;
    wpi_array companies = WPI_ARRAY_OF(uint32_t), outside = WPI_ARRAY_OF(uint32_t);
    wpi_array inside = WPI_ARRAY_OF(uint32_t);
    said_walk of_companies = {graph, WPI_COMPANY, &companies, &companies};
    said_walk of_people = {graph, WPI_PERSON, &inside, &outside};
    WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_META, wpi_key_text("us.c", 0), add_said,
                               &of_companies, err));
    WPI_TRY_OUT(
        wpi_graph_each(graph, WPI_TABLE_META, wpi_key_text("us.p", 0), add_said, &of_people, err));
    wpi_array_sort_numbers(&companies);
    for (size_t i = 0; i < companies.count; i++)
        WPI_TRY_OUT(
            wpi_employment_people(graph, WPI_ARRAY_AT(&companies, uint32_t, i), day, people, err));
    wpi_array_sort_numbers(&outside);
    wpi_array_sort_numbers(people);
    subtract(people, &outside);
    WPI_TRY_OUT(wpi_array_extend(people, inside.items, inside.count, err));
    wpi_array_sort_numbers(people);
out:
    wpi_array_free(&companies);
    wpi_array_free(&outside);
    wpi_array_free(&inside);
    return status;
}
