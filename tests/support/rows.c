/*
 * Rows of imports as plain data, and descriptions of databases: see rows.h.
 */
#include "rows.h"
#include "oracle_store.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COMPANIES 5
#define INTERACTIONS 7
#define OPPORTUNITIES 3
#define DAY 19700
#define DAY_SECONDS 86400
#define LINES_MAX 4000

static const wp_identity identities[ROWS_IDENTITIES] = {{WP_IDENTITY_EMAIL, "ann@acme.example"},
                                                        {WP_IDENTITY_EMAIL, "ann@gmail.com"},
                                                        {WP_IDENTITY_ID, "42"},
                                                        {WP_IDENTITY_LINKEDIN, "ann-lee"},
                                                        {WP_IDENTITY_EMAIL, "bob@us.example"},
                                                        {WP_IDENTITY_ID, "7"},
                                                        {WP_IDENTITY_EMAIL, "bob@gmail.com"},
                                                        {WP_IDENTITY_EMAIL, "carol@beta.example"},
                                                        {WP_IDENTITY_LINKEDIN, "carol"}};

/* The last one is known by its name alone. */
static const wp_identity companies[COMPANIES] = {{WP_IDENTITY_DOMAIN, "acme.example"},
                                                 {WP_IDENTITY_DOMAIN, "beta.example"},
                                                 {WP_IDENTITY_COMPANY_ID, "c1"},
                                                 {WP_IDENTITY_DOMAIN, "acme.test"},
                                                 {WP_IDENTITY_COMPANY_NAME, "Acme Ltd"}};

static const char *const names[] = {NULL, "Ann", "Ann Lee", "ann lee", "A. B. Lee", "Bo"};
/* Of titles, deals and parts in them: in the same order, and nobody's name. */
static const char *const titles[] = {NULL, "CEO", "VP Sales", "vp sales", "V. P. Sales", "PA"};
static const char *const company_names[] = {NULL, "Acme Ltd", "ACME, ltd", "Beta"};

static const char *title_of(const row *at)
{
    for (size_t i = 1; i < sizeof names / sizeof *names; i++)
        if (at->name == names[i])
            return titles[i];
    return NULL;
}

wp_identity rows_identity(size_t index)
{
    return identities[index];
}

const char *rows_source_name(size_t source)
{
    static const char *const source_names[ROWS_SOURCES] = {"/a", "/b", "/c", "/d"};
    return source_names[source];
}

/* ---- Random rows ---- */

static void pick_people(random_source *random, row *out)
{
    out->people_count = out->type == ROW_PERSON ? 1 + random_below(random, ROWS_LINKS_MAX) : 1;
    for (size_t i = 0; i < out->people_count; i++)
        out->people[i] = random_below(random, ROWS_IDENTITIES);
}

/* An answer of somebody to what may be a meeting, under an id of its own. */
static void make_answer(random_source *random, row *out)
{
    out->reply_to = out->id;
    out->id += INTERACTIONS + 2;
    out->kind = WP_KIND_ANSWER;
    out->flags &= WP_INTERACTION_CANCELLED;
    out->flags |= random_chance(random, 0.5) ? WP_INTERACTION_ATTENDEE : 0;
    out->valence = 0.0;
    out->to_count = 1;
    out->to[0] = out->people[0];
    out->roles[0] = (wp_role)random_between(random, WP_ROLE_TO, WP_ROLE_DECLINED);
}

/* A series, which answers nothing and is to nobody, or at times a meeting that is one of it. */
static void make_series(random_source *random, row *out)
{
    if (out->kind == WP_KIND_SERIES) {
        out->reply_to = SIZE_MAX;
        out->valence = 0.0;
        out->to_count = 0;
        out->flags &= WP_INTERACTION_CANCELLED | WP_INTERACTION_PRIVATE;
        out->is_from_nobody = random_chance(random, 0.5);
    }
    if ((out->kind == WP_KIND_SERIES || out->kind == WP_KIND_MEETING) && random_chance(random, 0.4))
        out->series_revision = random_between(random, 1, 4);
    if (out->kind == WP_KIND_MEETING && out->reply_to != SIZE_MAX && random_chance(random, 0.6))
        out->flags |= WP_INTERACTION_OCCURRENCE;
}

static void pick_interaction(random_source *random, bool has_revisions, row *out)
{
    static const wp_kind kinds[] = {WP_KIND_MAIL,    WP_KIND_MEETING,    WP_KIND_ASK,
                                    WP_KIND_MESSAGE, WP_KIND_MEETING,    WP_KIND_SERIES,
                                    WP_KIND_MAIL,    WP_KIND_CONNECTION, WP_KIND_CONNECTION};
    bool is_answer = random_chance(random, 0.3);
    out->id = random_below(random, INTERACTIONS);
    out->revision = (int64_t)random_below(random, 3);
    /* All that is said follows from id and revision. */
    random_source fixed = random_start(out->id * 31 + 5 + is_answer, (uint64_t)out->revision);
    if (has_revisions) {
        random = &fixed;
        out->people[0] = random_below(random, ROWS_IDENTITIES);
    }
    out->kind = kinds[random_below(random, 9)];
    out->time_s = (DAY - 400 + (int64_t)random_below(random, 380)) * DAY_SECONDS;
    if (out->kind == WP_KIND_CONNECTION) /* several of one pair, also at one moment */
        out->time_s = (DAY - 300 - (int64_t)random_below(random, 3)) * DAY_SECONDS;
    out->reply_to = random_chance(random, 0.4) ? random_below(random, INTERACTIONS + 2) : SIZE_MAX;
    out->flags = random_chance(random, 0.15)   ? WP_INTERACTION_AUTOMATIC
                 : random_chance(random, 0.15) ? WP_INTERACTION_LIST
                 : random_chance(random, 0.1)  ? WP_INTERACTION_PRIVATE
                 : random_chance(random, 0.1)  ? WP_INTERACTION_CANCELLED
                                               : 0;
    out->valence = random_chance(random, 0.1) ? -0.5 : 0.0;
    out->to_count = random_below(random, ROWS_TO_MAX + 1);
    for (size_t i = 0; i < out->to_count; i++) {
        out->to[i] = random_below(random, ROWS_IDENTITIES);
        out->roles[i] = (wp_role)random_between(random, WP_ROLE_TO, WP_ROLE_DECLINED);
    }
    if (is_answer)
        make_answer(random, out);
    make_series(random, out);
}

row rows_random(random_source *random, size_t source, bool has_revisions)
{
    row out = {.type = (row_type)random_below(random, ROW_TYPES), .source = source};
    if (random_chance(random, 0.4))
        out.type = random_chance(random, 0.5) ? ROW_PERSON : ROW_INTERACTION;
    pick_people(random, &out);
    out.other = random_below(random, ROWS_IDENTITIES);
    out.name = names[random_below(random, 6)];
    out.us = random_chance(random, 0.2) ? WP_US_YES : random_chance(random, 0.2) ? WP_US_NO : 0;
    out.has_no_company = random_chance(random, 0.1);
    out.company = random_below(random, COMPANIES);
    out.company_more = random_below(random, COMPANIES);
    out.from_day = random_chance(random, 0.3) ? WP_DAY_NONE
                                              : DAY - 100 - 300 * (int32_t)random_below(random, 4);
    out.to_day =
        random_chance(random, 0.5) ? WP_DAY_NONE : DAY + 2 - 25 * (int32_t)random_below(random, 5);
    out.choice = (wp_choice)random_between(random, WP_CHOICE_IN, WP_CHOICE_ASK);
    /* What one source says of ties does not change, as the order would decide then. */
    out.p = (double)(11 + source * 17) / 100;
    out.id = random_below(random, OPPORTUNITIES);
    if (out.type == ROW_INTERACTION)
        pick_interaction(random, has_revisions, &out);
    return out;
}

/* ---- Storing ---- */

void rows_use_source(wp_txn *txn, size_t source)
{
    wp_error err;
    uint32_t number;
    oracle_must(wp_source_put(txn, rows_source_name(source), NULL, WP_TIME_NONE, &number, &err),
                &err, "source_put");
    oracle_must(wp_txn_use_source(txn, number, &err), &err, "use_source");
}

/* 0: she is left out. */
static wp_number put_identity(wp_txn *txn, size_t index)
{
    wp_error err;
    wp_number number;
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    if (index == ROWS_NOBODY)
        return 0;
    facts.identities = &identities[index];
    facts.identity_count = 1;
    wp_status status = wp_person_put(txn, &facts, &number, NULL, &err);
    if (status == WP_EERASED)
        return 0;
    oracle_must(status, &err, "person_put");
    return number;
}

static size_t of(const size_t *representative, size_t index)
{
    return representative == NULL || index == ROWS_NOBODY ? index : representative[index];
}

static void store_person(wp_txn *txn, const row *at, const size_t *representative)
{
    wp_error err;
    wp_number number;
    wp_identity all[ROWS_LINKS_MAX];
    wp_spelling spelling = {at->name, 1 + (uint32_t)at->company};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    for (size_t i = 0; i < at->people_count; i++) {
        if (at->people[i] == ROWS_NOBODY)
            return;
        all[i] = identities[of(representative, at->people[i])];
    }
    facts.identities = all;
    facts.identity_count = at->people_count;
    facts.us = at->us;
    facts.has_no_company = at->has_no_company;
    facts.has_totals = true;
    if (at->company < 3)
        facts.name = at->name;
    else if (at->name != NULL)
        facts.spelling_count = 1;
    facts.spellings = &spelling;
    wp_status status = wp_person_put(txn, &facts, &number, NULL, &err);
    if (status != WP_EERASED)
        oracle_must(status, &err, "person_put");
}

static wp_number store_company(wp_txn *txn, size_t index, size_t more, const char *name)
{
    wp_error err;
    wp_number number;
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    wp_identity both[2] = {companies[index], companies[more]};
    facts.name = name;
    facts.identities = both;
    facts.identity_count = more != index && more < COMPANIES - 1 ? 2 : 1;
    if (index == COMPANIES - 1) {
        facts.identity_count = 0;
        facts.name = companies[index].text;
    }
    oracle_must(wp_company_put(txn, &facts, &number, NULL, &err), &err, "company_put");
    return number;
}

static void store_interaction(wp_txn *txn, const row *at, const size_t *representative)
{
    wp_error err;
    char source[24], reply_to[24];
    wp_participant to[ROWS_TO_MAX];
    wp_interaction it = WP_INTERACTION_INIT;
    (void)snprintf(source, sizeof source, "m%zu", at->id);
    (void)snprintf(reply_to, sizeof reply_to, "m%zu", at->reply_to);
    it.source = source;
    it.reply_to = at->reply_to == SIZE_MAX ? NULL : reply_to;
    it.kind = at->kind;
    it.time_s = at->time_s;
    it.flags = at->flags;
    it.revision = at->revision;
    it.series_revision = at->series_revision;
    it.valence = at->valence;
    it.from = at->is_from_nobody ? 0 : put_identity(txn, of(representative, at->people[0]));
    it.to = to;
    bool has_others = false;
    size_t others = 0;
    for (size_t i = 0; i < at->to_count; i++) {
        wp_number person = put_identity(txn, of(representative, at->to[i]));
        bool is_sender = person == it.from && person != 0;
        has_others |= !is_sender;
        others += person != 0 && !is_sender ? 1 : 0;
        if (person != 0)
            to[it.to_count++] = (wp_participant){person, at->roles[i]};
    }
    if ((it.from == 0 && !at->is_from_nobody) || (has_others && others == 0))
        return;
    oracle_must(wp_interaction_put(txn, &it, NULL, &err), &err, "interaction_put");
}

static void store_opportunity(wp_txn *txn, const row *at, wp_number person)
{
    wp_error err;
    char id[24];
    wp_number number;
    wp_opportunity deal = WP_OPPORTUNITY_INIT;
    (void)snprintf(id, sizeof id, "006-%zu", at->id);
    deal.id = id;
    if (at->type == ROW_OPPORTUNITY) {
        deal.name = title_of(at);
        deal.amount = at->company == 0 ? NAN : 100.0 * (double)at->company;
        deal.state = at->choice == WP_CHOICE_OUT ? WP_OPPORTUNITY_WON : WP_OPPORTUNITY_OPEN;
        deal.closed_day = at->to_day;
        deal.owner = at->us == WP_US_YES ? person : 0;
        deal.company = store_company(txn, at->company, at->company, NULL);
    }
    oracle_must(wp_opportunity_put(txn, &deal, &number, NULL, &err), &err, "opportunity_put");
    if (at->type != ROW_ROLE || person == 0)
        return;
    wp_contact_role role = {
        .opportunity = number, .person = person, .role = title_of(at), .is_primary = at->us != 0};
    oracle_must(wp_contact_role_put(txn, &role, &err), &err, "contact_role_put");
}

/* What two people have with each other. */
static void store_pair(wp_txn *txn, const row *at, wp_number person, wp_number other)
{
    wp_error err;
    wp_stated_tie tie = {.from = person, .to = other, .p = at->p};
    wp_private kept = {person, other, 0, false};
    if (at->type == ROW_TIE)
        oracle_must(wp_stated_tie_put(txn, &tie, &err), &err, "stated_tie_put");
    else
        oracle_must(wp_private_put(txn, &kept, true, &err), &err, "private_put");
}

void rows_store(wp_txn *txn, const row *at, const size_t *representative)
{
    wp_error err;
    if (at->type == ROW_PERSON) {
        store_person(txn, at, representative);
        return;
    }
    if (at->type == ROW_COMPANY) {
        (void)store_company(txn, at->company, at->company_more, company_names[at->people[0] % 4]);
        return;
    }
    if (at->type == ROW_INTERACTION) {
        store_interaction(txn, at, representative);
        return;
    }
    size_t first = of(representative, at->people[0]), second = of(representative, at->other);
    bool is_pair = at->type == ROW_TIE || at->type == ROW_PRIVATE;
    if (is_pair && first == second)
        return;
    wp_number person = put_identity(txn, first);
    wp_number other = is_pair ? put_identity(txn, second) : 0;
    wp_number company =
        at->type == ROW_EMPLOYMENT ? store_company(txn, at->company, at->company, NULL) : 0;
    if (at->type == ROW_OPPORTUNITY || at->type == ROW_ROLE)
        store_opportunity(txn, at, person);
    if (person == 0)
        return;
    if (other != 0)
        store_pair(txn, at, person, other);
    if (at->type == ROW_EMPLOYMENT) {
        wp_employment job = {.person = person,
                             .company = company,
                             .title = title_of(at),
                             .from_day = at->from_day,
                             .to_day = at->to_day};
        oracle_must(wp_employment_put(txn, &job, &err), &err, "employment_put");
    }
    if (at->type == ROW_CONSENT) {
        wp_consent consent = WP_CONSENT_INIT;
        consent.person = person;
        consent.introductions = at->choice;
        consent.contact =
            at->has_no_company && at->choice != WP_CHOICE_ASK ? at->choice : WP_CHOICE_UNSAID;
        consent.since = at->to_day;
        oracle_must(wp_consent_put(txn, &consent, &err), &err, "consent_put");
    }
}

/* ---- Describing ---- */

typedef struct lines {
    char *items[LINES_MAX];
    size_t count;
} lines;

static void add(lines *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(lines *out, const char *format, ...)
{
    char text[1000];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert_true(out->count < LINES_MAX);
    out->items[out->count] = strdup(text);
    assert_non_null(out->items[out->count]);
    out->count++;
}

/* The text of an identity, in one of a few static buffers. */
static const char *text_of(wp_txn *txn, wp_number number, bool is_person)
{
    static char buffers[8][64];
    static size_t next;
    char *text = buffers[next++ % 8];
    wp_error err;
    wp_identity found = {0};
    if (number == 0)
        return "-";
    oracle_must(is_person ? wp_person_identity(txn, number, &found, &err)
                          : wp_company_identity(txn, number, &found, &err),
                &err, "identity");
    (void)snprintf(text, 64, "%d:%s", (int)found.kind, found.text);
    return text;
}

static const char *source_of(wp_txn *txn, uint32_t number)
{
    static char name[64];
    wp_error err;
    wp_source source;
    if (number == WP_SOURCE_HAND)
        return "hand";
    oracle_must(wp_source_get(txn, number, &source, &err), &err, "source_get");
    (void)snprintf(name, sizeof name, "%s", source.name);
    return name;
}

static const char *text_or(const char *text)
{
    return text == NULL ? "-" : text;
}

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A statement; of what a source links the identities together count. */
static void add_statement(lines *out, wp_txn *txn, const wp_statement *at, bool is_person)
{
    char *links[64], joined[600] = "", said[300] = "";
    wp_number numbers[64];
    size_t count = at->link_count < 64 ? at->link_count : 64;
    wp_number number = at->number;
    uint32_t source = at->source;
    /* By name: the order in which names were seen says nothing. */
    for (size_t n = 1; n < sizeof names / sizeof *names; n++)
        for (size_t i = 0; i < at->spelling_count; i++) {
            size_t used = strlen(said);
            if (strcmp(at->spellings[i].name, names[n]) == 0)
                (void)snprintf(said + used, sizeof said - used, "%s*%u,", names[n],
                               at->spellings[i].count);
        }
    char name[500];
    (void)snprintf(name, sizeof name, "%.100s us%d no%d seen %s", text_or(at->name), (int)at->us,
                   at->has_no_company, said);
    if (count > 0)
        memcpy(numbers, at->links, count * sizeof *numbers);
    for (size_t i = 0; i < count; i++)
        links[i] = strdup(text_of(txn, numbers[i], is_person));
    qsort(links, count, sizeof *links, compare_text);
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(joined);
        (void)snprintf(joined + used, sizeof joined - used, "%s,", links[i]);
        free(links[i]);
    }
    add(out, "%s %s with %s: %s by %s", is_person ? "person" : "company",
        text_of(txn, number, is_person), joined, name, source_of(txn, source));
}

static void describe_statements(lines *out, wp_txn *txn)
{
    wp_statement at = {0};
    while (wp_person_statement_next(txn, &at, NULL) == WP_OK) {
        wp_statement kept = at;
        add_statement(out, txn, &at, true);
        at = kept;
    }
    at = (wp_statement){0};
    while (wp_company_statement_next(txn, &at, NULL) == WP_OK) {
        wp_statement kept = at;
        add_statement(out, txn, &at, false);
        at = kept;
    }
}

static void describe_facts(lines *out, wp_txn *txn)
{
    wp_employment job = {0};
    wp_consent consent = WP_CONSENT_INIT;
    wp_private kept = {0};
    wp_stated_tie tie = {0};
    while (wp_employment_statement_next(txn, &job, NULL) == WP_OK) {
        char title[64];
        (void)snprintf(title, sizeof title, "%s", text_or(job.title));
        job.title = NULL;
        add(out, "employment %s at %s as %s from %d to %d by %s", text_of(txn, job.person, true),
            text_of(txn, job.company, false), title, job.from_day, job.to_day,
            source_of(txn, job.source));
    }
    while (wp_consent_statement_next(txn, &consent, NULL) == WP_OK)
        add(out, "consent %s %d %d since %d by %s", text_of(txn, consent.person, true),
            (int)consent.introductions, (int)consent.contact, consent.since,
            source_of(txn, consent.source));
    while (wp_private_statement_next(txn, &kept, NULL) == WP_OK)
        add(out, "private %s of %s by %s", text_of(txn, kept.person, true),
            text_of(txn, kept.owner, true), source_of(txn, kept.source));
    while (wp_stated_tie_next(txn, &tie, NULL) == WP_OK)
        add(out, "tie %s to %s %.17g by %s", text_of(txn, tie.from, true),
            text_of(txn, tie.to, true), tie.p, source_of(txn, tie.source));
}

static void describe_version(lines *out, wp_txn *txn, const wp_interaction *it, uint32_t source)
{
    char *to[ROWS_TO_MAX], joined[400] = "", head[200];
    wp_participant people[ROWS_TO_MAX];
    size_t count = it->to_count;
    wp_number from = it->from;
    assert_true(count <= ROWS_TO_MAX);
    (void)snprintf(head, sizeof head,
                   "%s %d at %" PRId64 " re %s flags %u rev %" PRId64 "/%" PRId64 " v %g",
                   it->source, (int)it->kind, it->time_s, text_or(it->reply_to), it->flags,
                   it->revision, it->series_revision, it->valence);
    if (count > 0)
        memcpy(people, it->to, count * sizeof *people);
    for (size_t i = 0; i < count; i++) {
        char text[80];
        (void)snprintf(text, sizeof text, "%s/%d", text_of(txn, people[i].person, true),
                       (int)people[i].role);
        to[i] = strdup(text);
    }
    qsort(to, count, sizeof *to, compare_text);
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(joined);
        (void)snprintf(joined + used, sizeof joined - used, " %s", to[i]);
        free(to[i]);
    }
    add(out, "interaction %s from %s to%s by %s", head,
        from == 0 ? "nobody" : text_of(txn, from, true), joined, source_of(txn, source));
}

static void describe_interactions(lines *out, wp_txn *txn)
{
    uint64_t number = 0;
    wp_interaction it;
    while (wp_interaction_next(txn, &number, NULL) == WP_OK) {
        uint64_t position = 0;
        uint32_t source;
        while (wp_interaction_version_next(txn, number, &position, &source, &it, NULL) == WP_OK)
            describe_version(out, txn, &it, source);
        assert_int_equal(wp_interaction_get(txn, number, &it, NULL), WP_OK);
        add(out, "counts %s rev %" PRId64 "/%" PRId64 " at %" PRId64 " to %zu flags %u", it.source,
            it.revision, it.series_revision, it.time_s, it.to_count, it.flags);
    }
}

static void describe_opportunities(lines *out, wp_txn *txn)
{
    wp_opportunity at = WP_OPPORTUNITY_INIT, held;
    wp_contact_role role = {0};
    wp_number number = 0;
    while (wp_opportunity_statement_next(txn, &at, NULL) == WP_OK) {
        char head[200];
        (void)snprintf(head, sizeof head, "%s %s %g %d closed %d", at.id, text_or(at.name),
                       at.amount, (int)at.state, at.closed_day);
        add(out, "opportunity %s company %s owner %s by %s", head, text_of(txn, at.company, false),
            text_of(txn, at.owner, true), source_of(txn, at.source));
    }
    while (wp_opportunity_next(txn, &number, NULL) == WP_OK) {
        assert_int_equal(wp_opportunity_get(txn, number, &held, NULL), WP_OK);
        add(out, "holds %s %s %g %d", held.id, text_or(held.name), held.amount, (int)held.state);
    }
    while (wp_contact_role_next(txn, &role, NULL) == WP_OK) {
        char text[64];
        (void)snprintf(text, sizeof text, "%s %d", text_or(role.role), role.is_primary);
        assert_int_equal(wp_opportunity_get(txn, role.opportunity, &held, NULL), WP_OK);
        role.role = NULL;
        char id[64];
        (void)snprintf(id, sizeof id, "%s", held.id);
        add(out, "role %s %s %s by %s", id, text_of(txn, role.person, true), text,
            source_of(txn, role.source));
    }
}

static void describe_people(lines *out, wp_txn *txn)
{
    wp_number number = 0;
    wp_person found;
    wp_company company;
    while (wp_person_next(txn, &number, NULL) == WP_OK) {
        char head[500];
        assert_int_equal(wp_person_get(txn, number, DAY, &found, NULL), WP_OK);
        assert_int_equal(found.number, number);
        (void)snprintf(head, sizeof head,
                       "%d:%s of %zu, %s, %s, us %d, %d%d/%d since %d/%d, none %d",
                       (int)found.identities[0].kind, found.identities[0].text,
                       found.identity_count, text_or(found.name), text_or(found.title), found.is_us,
                       found.has_opted_out, found.is_asked_first, found.is_do_not_contact,
                       found.introductions_since, found.contact_since, found.has_no_company);
        char at[100] = "-";
        if (found.company != 0) {
            assert_int_equal(wp_company_get(txn, found.company, &company, NULL), WP_OK);
            (void)snprintf(at, sizeof at, "%s %s %zu", text_or(company.name),
                           text_or(company.domain), company.identity_count);
        }
        add(out, "is %s, at %s", head, at);
    }
    number = 0;
    while (wp_company_next(txn, &number, NULL) == WP_OK) {
        wp_numbers people;
        assert_int_equal(wp_company_get(txn, number, &company, NULL), WP_OK);
        char head[200];
        (void)snprintf(head, sizeof head, "%s %s %s of %zu us %d", text_or(company.name),
                       text_or(company.domain), text_or(company.id), company.identity_count,
                       (int)company.us);
        assert_int_equal(wp_company_people(txn, number, DAY, &people, NULL), WP_OK);
        add(out, "is company %s with %zu people", head, people.count);
        wp_numbers_free(&people);
    }
}

char *rows_describe(wp_txn *txn)
{
    lines *out = calloc(1, sizeof *out);
    size_t bytes = 1;
    assert_non_null(out);
    describe_statements(out, txn);
    describe_facts(out, txn);
    describe_interactions(out, txn);
    describe_opportunities(out, txn);
    describe_people(out, txn);
    qsort(out->items, out->count, sizeof *out->items, compare_text);
    for (size_t i = 0; i < out->count; i++)
        bytes += strlen(out->items[i]) + 1;
    char *text = calloc(bytes, 1), *end = text;
    assert_non_null(text);
    for (size_t i = 0; i < out->count; i++) {
        size_t length = strlen(out->items[i]);
        memcpy(end, out->items[i], length);
        end[length] = '\n';
        end += length + 1;
        free(out->items[i]);
    }
    free(out);
    return text;
}

bool rows_tie(wp_txn *txn, size_t from, size_t to, int32_t day, wp_tie *out)
{
    wp_number a, b;
    if (wp_identity_find(txn, &identities[from], &a, NULL) != WP_OK ||
        wp_identity_find(txn, &identities[to], &b, NULL) != WP_OK || a == b)
        return false;
    wp_status status = wp_tie_get(txn, a, b, day, out, NULL);
    assert_true(status == WP_OK || status == WP_ENOTFOUND);
    return status == WP_OK;
}

static bool is_close(double a, double b)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b)) + 1e-12;
}

bool rows_same_tie(const wp_tie *a, const wp_tie *b)
{
    uint32_t apart = a->cost > b->cost ? a->cost - b->cost : b->cost - a->cost;
    return is_close(a->inbound, b->inbound) && is_close(a->outbound, b->outbound) &&
           is_close(a->trust, b->trust) && is_close(a->stated, b->stated) && apart <= 2 &&
           a->last_contact_s == b->last_contact_s && a->messages_out == b->messages_out &&
           a->messages_in == b->messages_in;
}
