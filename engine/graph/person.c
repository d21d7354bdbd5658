/*
 * People: storing facts about them.
 *
 * wpi_person_put() first decides everything that can be refused, then writes: the statement about
 * the first identity holds what is said, those about the others that they go with it. The name
 * index and the list of who is ours are by number, like the statements, so that they do not change
 * when numbers become one person or several.
 */
#include "graph/person.h"

#include <assert.h>
#include <stdlib.h>

#include "graph/company.h"
#include "graph/employment.h"
#include "graph/name.h"
#include "graph/regroup.h"
#include "graph/said.h"
#include "graph/source.h"
#include "graph/suppress.h"

typedef struct person_put {
    wpi_graph *graph;
    const wp_person_facts *facts;
    wpi_named named;
    bool is_linking; /* some were not linked by the source before */
} person_put;

static wp_status check_facts(const wp_person_facts *facts, wp_error *err)
{
    if (facts->identity_count < 1 || facts->identity_count > WPI_NAMED_MAX)
        return wpi_error_set(err, WP_EINVAL, "identity_count is %zu, expected 1..%d",
                             facts->identity_count, WPI_NAMED_MAX);
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

/* Count a name that was seen; of too many the likeliest are kept, so that order does not matter. */
static void add_spelling(wpi_statement_record *record, const wp_spelling *seen, bool is_total)
{
    size_t last = 0;
    for (size_t i = 0; i < record->spelling_count; i++) {
        wp_spelling *kept = &record->spellings[i];
        if (wpi_said_compare_likeness(kept->name, record->spellings[last].name) > 0)
            last = i;
        if (strcmp(kept->name, seen->name) != 0)
            continue;
        uint32_t room = UINT32_MAX - kept->count;
        if (is_total)
            kept->count = seen->count > kept->count ? seen->count : kept->count;
        else
            kept->count += seen->count < room ? seen->count : room;
        return;
    }
    if (record->spelling_count < WPI_SPELLINGS_MAX)
        record->spellings[record->spelling_count++] = *seen;
    else if (wpi_said_compare_likeness(seen->name, record->spellings[last].name) < 0)
        record->spellings[last] = *seen;
}

/* Room for more spellings and links than the statement has, in lent memory. */
static wp_status widen(wpi_graph *graph, wpi_statement_record *record, size_t links, wp_error *err)
{
    wp_spelling *spellings =
        wpi_arena_take(&graph->lent, WPI_SPELLINGS_MAX + record->spelling_count, sizeof *spellings);
    uint32_t *wider = wpi_arena_take(&graph->lent, record->link_count + links + 1, sizeof *wider);
    if (spellings == NULL || wider == NULL)
        return wpi_memory_failed(err);
    if (record->spelling_count > 0)
        memcpy(spellings, record->spellings, record->spelling_count * sizeof *spellings);
    if (record->link_count > 0)
        memcpy(wider, record->links, record->link_count * sizeof *wider);
    record->spellings = spellings;
    record->links = wider;
    return WP_OK;
}

/* A text of one source: a hand replaces its own, of an import the better one stays. */
static const char *join_text(const wpi_graph *graph, const char *before, const char *now)
{
    if (now == NULL)
        return before;
    return graph->source == WP_SOURCE_HAND ? now : wpi_said_better(before, now);
}

static void join_facts(const wpi_graph *graph, const wp_person_facts *facts,
                       wpi_statement_record *record)
{
    bool is_hand = graph->source == WP_SOURCE_HAND;
    record->name = join_text(graph, record->name, facts->name);
    record->title = join_text(graph, record->title, facts->title);
    if (facts->us != WP_US_UNSAID)
        record->us = is_hand || facts->us > record->us ? facts->us : record->us;
    record->has_no_company |= facts->has_no_company;
    for (size_t i = 0; i < facts->spelling_count; i++)
        add_spelling(record, &facts->spellings[i], facts->has_totals);
}

wp_status wpi_person_save_us(wpi_graph *graph, uint32_t number, wp_error *err)
{
    wpi_said *all;
    WPI_TRY(wpi_statements_of(graph, WPI_PERSON, number, &all, err));
    wp_us us = wpi_said_us(all);
    wpi_key key = wpi_key_text("us.p", number);
    if (us != WP_US_UNSAID) {
        wpi_writer_u8(&graph->writer, (uint8_t)us);
        return wpi_graph_put(graph, WPI_TABLE_META, key, err);
    }
    wp_status status = wpi_graph_delete(graph, WPI_TABLE_META, key, err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* By hand a person is one: what a hand said of her other identities is replaced as well. */
static wp_status forget_other_hand(const person_put *self, wp_error *err)
{
    wpi_graph *graph = self->graph;
    const wp_person_facts *facts = self->facts;
    uint32_t canonical;
    wpi_said *all;
    bool says = facts->name != NULL || facts->title != NULL || facts->us != WP_US_UNSAID;
    if (graph->source != WP_SOURCE_HAND || !says || self->named.is_new[0] ||
        graph->counters.aliases[0] == 0)
        return WP_OK;
    WPI_TRY(wpi_party_find(graph, WPI_PERSON, self->named.numbers[0], &canonical, err));
    if (canonical == 0)
        return WP_OK;
    WPI_TRY(wpi_party_load(graph, WPI_PERSON, canonical, &all, err));
    for (; all != NULL; all = all->next) {
        wpi_statement_record record = all->record;
        if (all->source != WP_SOURCE_HAND || all->number == self->named.numbers[0])
            continue;
        record.name = facts->name != NULL ? NULL : record.name;
        record.title = facts->title != NULL ? NULL : record.title;
        record.us = facts->us != WP_US_UNSAID ? WP_US_UNSAID : record.us;
        WPI_TRY(wpi_statement_put(graph, WPI_PERSON, all->number, WP_SOURCE_HAND, &record, err));
        WPI_TRY(wpi_name_settle(graph, WPI_PERSON, all->number, &all->record, err));
        WPI_TRY(wpi_person_save_us(graph, all->number, err));
    }
    return WP_OK;
}

/* The statement of the source about one identity; empty when there is none. */
static wp_status load_own(person_put *self, size_t index, wpi_statement_record *record,
                          bool *is_stated, wp_error *err)
{
    const wpi_identity *identity = self->named.identities[index];
    *record = (wpi_statement_record){.identity = {identity->kind, identity->text}};
    *is_stated = false;
    wp_status status = self->named.is_new[index]
                           ? WP_ENOTFOUND
                           : wpi_statement_get(self->graph, WPI_PERSON, self->named.numbers[index],
                                               self->graph->source, record, err);
    *is_stated = status == WP_OK;
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    return widen(self->graph, record, self->named.count, err);
}

/* What is said, of the first identity. */
static wp_status state_first(person_put *self, wp_error *err)
{
    wpi_graph *graph = self->graph;
    uint32_t number = self->named.numbers[0];
    wpi_statement_record before, record;
    bool is_stated;
    WPI_TRY(load_own(self, 0, &record, &is_stated, err));
    WPI_TRY(forget_other_hand(self, err));
    before = record;
    wp_spelling *spellings =
        wpi_arena_take(&graph->lent, record.spelling_count + 1, sizeof *spellings);
    if (spellings == NULL)
        return wpi_memory_failed(err);
    if (record.spelling_count > 0)
        memcpy(spellings, record.spellings, record.spelling_count * sizeof *spellings);
    before.spellings = spellings;
    join_facts(graph, self->facts, &record);
    for (size_t i = 1; i < self->named.count; i++)
        self->is_linking |= wpi_statement_link(&record, self->named.numbers[i]);
    WPI_TRY(wpi_statement_put(graph, WPI_PERSON, number, graph->source, &record, err));
    WPI_TRY(wpi_party_note(graph, WPI_PERSON, number, err));
    WPI_TRY(wpi_name_follow(graph, WPI_PERSON, number, &before, &record, err));
    if (record.us != before.us)
        WPI_TRY(wpi_person_save_us(graph, number, err));
    return record.has_no_company && !before.has_no_company
               ? wpi_employment_put_none(graph, number, err)
               : WP_OK;
}

/* That another identity goes with the first. */
static wp_status state_other(person_put *self, size_t index, wp_error *err)
{
    wpi_graph *graph = self->graph;
    wpi_statement_record record;
    bool is_stated;
    WPI_TRY(load_own(self, index, &record, &is_stated, err));
    bool is_linked = !wpi_statement_link(&record, self->named.numbers[0]);
    self->is_linking |= !is_linked;
    WPI_TRY(wpi_party_note(graph, WPI_PERSON, self->named.numbers[index], err));
    if (is_stated && is_linked)
        return WP_OK;
    return wpi_statement_put(graph, WPI_PERSON, self->named.numbers[index], graph->source, &record,
                             err);
}

/* A new identity is found by its name, and an address suggests a company. */
static wp_status enter_new(person_put *self, size_t index, wp_error *err)
{
    const wpi_identity *identity = self->named.identities[index];
    WPI_TRY(wpi_name_enter(self->graph, WPI_PERSON, self->named.numbers[index],
                           &(wp_identity){identity->kind, identity->text}, err));
    return identity->kind == WP_IDENTITY_EMAIL
               ? wpi_employment_suggest(self->graph, self->named.numbers[index], identity->text,
                                        err)
               : WP_OK;
}

static bool adds_nothing(const wp_person_facts *facts)
{
    return facts->name == NULL && facts->title == NULL && facts->us == WP_US_UNSAID &&
           facts->spelling_count == 0 && !facts->has_no_company && facts->identity_count == 1;
}

static wp_status refuse_erased(wpi_graph *graph, const wpi_identity *identity, wp_error *err)
{
    bool is_suppressed;
    WPI_TRY(wpi_suppress_has(graph, identity, &is_suppressed, err));
    if (!is_suppressed)
        return WP_OK;
    return wpi_error_set(err, WP_EERASED, "the person was erased and is not to be stored again");
}

/* Find the numbers of the identities, each once; those that nobody has are given out. */
static wp_status find_numbers(person_put *self, wpi_identity *normal, wp_error *err)
{
    uint32_t known[WPI_NAMED_MAX];
    size_t known_count = 0;
    for (size_t i = 0; i < self->facts->identity_count; i++) {
        uint32_t number;
        WPI_TRY(wpi_identity_normalise(&self->facts->identities[i], &normal[i], err));
        WPI_TRY(refuse_erased(self->graph, &normal[i], err));
        wp_status status = wpi_identity_find(self->graph, &normal[i], &number, err);
        if (status == WP_OK)
            known[known_count++] = number;
        else if (status != WP_ENOTFOUND)
            return status;
    }
    if (self->facts->identity_count > 1)
        WPI_TRY(wpi_regroup_check(self->graph, WPI_PERSON, known, known_count,
                                  self->facts->identity_count - known_count, err));
    return wpi_party_name_all(self->graph, normal, self->facts->identity_count, &self->named, err);
}

wp_status wpi_person_put(wpi_graph *graph, const wp_person_facts *facts, uint32_t *number,
                         bool *is_new, wp_error *err)
{
    WPI_TRY(check_facts(facts, err));
    person_put *self = wpi_arena_take(&graph->lent, 1, sizeof *self);
    wpi_identity *normal = wpi_arena_take(&graph->lent, facts->identity_count, sizeof *normal);
    if (self == NULL || normal == NULL)
        return wpi_memory_failed(err);
    *self = (person_put){.graph = graph, .facts = facts};
    WPI_TRY(find_numbers(self, normal, err));
    bool is_created = wpi_party_is_all_new(&self->named);
    *number = self->named.numbers[0];
    *is_new = is_created;
    if (!is_created && adds_nothing(facts))
        return wpi_party_mention(graph, WPI_PERSON, *number, err);
    WPI_TRY(state_first(self, err));
    for (size_t i = 1; i < self->named.count; i++)
        WPI_TRY(state_other(self, i, err));
    for (size_t i = 0; i < self->named.count; i++)
        if (self->named.is_new[i])
            WPI_TRY(enter_new(self, i, err));
    if (!self->is_linking)
        return WP_OK;
    size_t named = self->named.count;
    wpi_array numbers = {self->named.numbers, named, named, sizeof *self->named.numbers};
    return wpi_regroup_numbers(graph, WPI_PERSON, &numbers, err);
}

wp_status wpi_person_keep(wpi_graph *graph, const wp_identity *identity, uint32_t *number,
                          wp_error *err)
{
    bool is_new;
    uint32_t stating = graph->source;
    wpi_identity normal;
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = identity;
    facts.identity_count = 1;
    WPI_TRY(check_facts(&facts, err));
    WPI_TRY(wpi_identity_normalise(identity, &normal, err));
    wp_status status = wpi_identity_find(graph, &normal, number, err);
    if (status != WP_ENOTFOUND)
        return status;
    WPI_TRY(wpi_source_switch(graph, WPI_SOURCE_IMPLIED, err));
    status = wpi_person_put(graph, &facts, number, &is_new, err);
    if (status == WP_OK)
        return wpi_source_switch(graph, stating, err);
    graph->source = stating; /* nothing waits that was stated by the other */
    return status;
}
