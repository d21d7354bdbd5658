/*
 * Everything about one person: identities, employments, consent, ties, last interactions.
 *
 * The database keeps no list of a person's interactions by time; the last ones are those of the
 * ties with the latest contacts, so a few ties are explained and their newest interactions merged.
 * With RECENT_TIES ties at least as many interactions are certain to be the newest ones.
 */
#include <stdlib.h>

#include "commands.h"
#include "date.h"
#include "decided.h"
#include "output.h"
#include "path_answer.h"
#include "person.h"
#include "show.h"
#include "stated.h"
#include "text.h"
#include "title.h"

#define TIES_SHOWN 10
#define RECENT_TIES 10 /* ties searched for the last interactions, and interactions shown */

/* A tie or an interaction with the other person. */
typedef struct other_tie {
    wp_tie tie;
    person_view other;
} other_tie;

typedef struct recent {
    uint64_t interaction;
    int64_t time_s;
    const char *kind;    /* static */
    bool is_outbound;    /* from the person shown */
    size_t tie;          /* index into contacts */
    char *id;            /* the source id; NULL: they worked together */
    stated_facts stated; /* which sources state it */
} recent;

typedef struct job {
    char *company;
    char *title;
    int32_t from_day;
    int32_t to_day;
    bool is_suggested;
} job;

typedef struct person_facts {
    person_view who;
    title_table *titles;
    title_class position;    /* what the title says; its texts are those of `titles` */
    wp_choice introductions; /* that holds */
    bool is_decided;         /* by the person, and not the default */
    int32_t introductions_since;
    int32_t contact_since;
    decided decisions;
    char **identities; /* as typed on a command line */
    size_t identity_count;
    job *jobs;
    size_t job_count;
    stated_facts stated; /* by whom, and opportunities */
    size_t tie_count;
    other_tie *strongest; /* TIES_SHOWN at most */
    size_t strongest_count;
    other_tie *contacts; /* the ties with the latest contact */
    size_t contact_count;
    recent *recents; /* newest first */
    size_t recent_count;
} person_facts;

static void others_free(other_tie *others, size_t count)
{
    for (size_t i = 0; i < count; i++)
        person_free(&others[i].other);
    free(others);
}

static void person_facts_free(person_facts *facts)
{
    person_free(&facts->who);
    title_table_free(facts->titles);
    for (size_t i = 0; i < facts->identity_count; i++)
        free(facts->identities[i]);
    free(facts->identities);
    for (size_t i = 0; i < facts->job_count; i++) {
        free(facts->jobs[i].company);
        free(facts->jobs[i].title);
    }
    free(facts->jobs);
    stated_free(&facts->stated);
    decided_free(&facts->decisions);
    others_free(facts->strongest, facts->strongest_count);
    others_free(facts->contacts, facts->contact_count);
    for (size_t i = 0; i < facts->recent_count; i++) {
        free(facts->recents[i].id);
        stated_free(&facts->recents[i].stated);
    }
    free(facts->recents);
}

static int read_position(const app *self, person_facts *facts)
{
    int code = title_table_read(self, &facts->titles);

    if (code == CODE_DONE)
        facts->position = title_classify(facts->titles, facts->who.title);
    return code;
}

static int read_identities(app *self, wp_number number, person_facts *facts)
{
    wp_person found;

    if (wp_person_get(self->txn, number, self->day, &found, &self->err) != WP_OK)
        return app_fail_status(self, "person");
    facts->is_decided = found.introductions != WP_CHOICE_UNSAID;
    facts->introductions = found.has_opted_out    ? WP_CHOICE_OUT
                           : found.is_asked_first ? WP_CHOICE_ASK
                                                  : WP_CHOICE_IN;
    facts->introductions_since = found.introductions_since;
    facts->contact_since = found.contact_since;
    facts->identities = text_new(found.identity_count, sizeof *facts->identities);
    for (size_t i = 0; i < found.identity_count; i++) {
        const wp_identity *identity = &found.identities[i];
        const char *prefix = identity->kind == WP_IDENTITY_ID         ? "id:"
                             : identity->kind == WP_IDENTITY_LINKEDIN ? "linkedin:"
                                                                      : "";
        facts->identities[facts->identity_count++] = text_format("%s%s", prefix, identity->text);
    }
    wp_numbers opportunities = {0};
    wp_person again = found; /* each part is read while it is lent */
    int code = stated_read_sources(self, found.sources, found.source_count, &facts->stated);
    if (code == CODE_DONE &&
        wp_person_get(self->txn, number, self->day, &again, &self->err) != WP_OK)
        code = app_fail_status(self, "person");
    if (code == CODE_DONE)
        code = decided_read(self, &again, &facts->decisions);
    if (code == CODE_DONE &&
        wp_person_opportunities(self->txn, number, &opportunities, &self->err) != WP_OK)
        code = app_fail_status(self, "opportunities");
    if (code == CODE_DONE)
        code = stated_read_opportunities(self, &opportunities, number, &facts->stated);
    wp_numbers_free(&opportunities);
    return code;
}

static int read_jobs(app *self, wp_number number, person_facts *facts)
{
    wp_employment next = {.person = number};

    for (;;) {
        wp_status status = wp_employment_next(self->txn, &next, &self->err);
        if (status == WP_ENOTFOUND)
            return CODE_DONE;
        if (status != WP_OK)
            return app_fail_status(self, "employments");
        facts->jobs = text_resize(facts->jobs, facts->job_count + 1, sizeof *facts->jobs);
        job *added = &facts->jobs[facts->job_count++];
        *added = (job){.title = text_copy(next.title),
                       .from_day = next.from_day,
                       .to_day = next.to_day,
                       .is_suggested = next.is_suggested};
        next.title = NULL; /* borrowed, and about to end */
        int code = company_labels(self, next.company, NULL, &added->company);
        if (code != CODE_DONE)
            return code;
    }
}

static int read_others(app *self, const wp_ties *ties, size_t limit, other_tie **others,
                       size_t *count)
{
    int code = CODE_DONE;

    *others = text_new(limit, sizeof **others);
    for (size_t i = 0; i < ties->count && i < limit && code == CODE_DONE; i++) {
        (*others)[i].tie = ties->items[i];
        *count = i + 1;
        code = person_read(self, ties->items[i].to, &(*others)[i].other);
    }
    return code;
}

static int compare_contacts(const void *a, const void *b)
{
    const wp_tie *x = a, *y = b;

    if (x->last_contact_s != y->last_contact_s)
        return x->last_contact_s < y->last_contact_s ? 1 : -1;
    return (x->to > y->to) - (x->to < y->to);
}

static int read_ties(app *self, wp_number number, person_facts *facts)
{
    wp_ties ties = {0};
    int code;

    if (wp_person_ties(self->txn, number, self->day, false, &ties, &self->err) != WP_OK)
        return app_fail_status(self, "ties");
    facts->tie_count = ties.count;
    code = read_others(self, &ties, TIES_SHOWN, &facts->strongest, &facts->strongest_count);
    if (ties.count > 0)
        qsort(ties.items, ties.count, sizeof *ties.items, compare_contacts);
    if (code == CODE_DONE)
        code = read_others(self, &ties, RECENT_TIES, &facts->contacts, &facts->contact_count);
    wp_ties_free(&ties);
    return code;
}

static int compare_recents(const void *a, const void *b)
{
    const recent *x = a, *y = b;

    if (x->time_s != y->time_s)
        return x->time_s < y->time_s ? 1 : -1;
    if (x->interaction != y->interaction)
        return x->interaction < y->interaction ? 1 : -1;
    return (x->tie > y->tie) - (x->tie < y->tie);
}

/* The interactions of one tie, the newest RECENT_TIES of them. */
static int read_recents_of(app *self, size_t tie, person_facts *facts)
{
    const wp_tie *ends = &facts->contacts[tie].tie;
    wp_explanation *found = NULL;
    wp_status status = wp_explain(self->txn, ends->from, ends->to, self->day, &found, &self->err);

    if (status == WP_ENOTFOUND)
        return CODE_DONE;
    if (status != WP_OK)
        return app_fail_status(self, "interactions");
    size_t first = found->count > RECENT_TIES ? found->count - RECENT_TIES : 0;
    facts->recents = text_resize(facts->recents, facts->recent_count + found->count - first,
                                 sizeof *facts->recents);
    for (size_t i = first; i < found->count; i++)
        facts->recents[facts->recent_count++] = (recent){.interaction = found->items[i].interaction,
                                                         .time_s = found->items[i].time_s,
                                                         .kind = wp_kind_name(found->items[i].kind),
                                                         .is_outbound = found->items[i].is_outbound,
                                                         .tie = tie};
    wp_explanation_free(found);
    return CODE_DONE;
}

/* Where an interaction that is listed comes from. */
static int read_recent_source(app *self, recent *item)
{
    wp_interaction found;

    if (item->interaction != 0) {
        if (wp_interaction_get(self->txn, item->interaction, &found, &self->err) != WP_OK)
            return app_fail_status(self, "interaction");
        item->id = text_copy(found.source);
    }
    return stated_read_interaction(self, item->interaction, &item->stated);
}

static int read_recents(app *self, person_facts *facts)
{
    size_t kept = 0;

    for (size_t i = 0; i < facts->contact_count; i++) {
        int code = read_recents_of(self, i, facts);
        if (code != CODE_DONE)
            return code;
    }
    if (facts->recent_count > 0)
        qsort(facts->recents, facts->recent_count, sizeof *facts->recents, compare_recents);
    /* One interaction with several people is listed once, with the first of them. */
    for (size_t i = 0; i < facts->recent_count && kept < RECENT_TIES; i++)
        if (kept == 0 || facts->recents[i].interaction != facts->recents[kept - 1].interaction)
            facts->recents[kept++] = facts->recents[i];
    facts->recent_count = kept;
    for (size_t i = 0; i < kept; i++) {
        int code = read_recent_source(self, &facts->recents[i]);
        if (code != CODE_DONE)
            return code;
    }
    return CODE_DONE;
}

static json_t *consent_json(const person_facts *facts)
{
    json_t *consent = doc_object();

    doc_put(consent, "introductions", doc_text(wp_choice_name(facts->introductions)));
    doc_put(consent, "introductions_since", doc_day(facts->introductions_since));
    doc_put(consent, "contact", doc_text(facts->who.is_do_not_contact ? "out" : "in"));
    doc_put(consent, "contact_since", doc_day(facts->contact_since));
    return consent;
}

static json_t *jobs_json(const person_facts *facts)
{
    json_t *jobs = doc_array();

    for (size_t i = 0; i < facts->job_count; i++) {
        json_t *object = doc_object();
        doc_put(object, "company", doc_text(facts->jobs[i].company));
        doc_put(object, "title", doc_text(facts->jobs[i].title));
        doc_put(object, "from", doc_day(facts->jobs[i].from_day));
        doc_put(object, "to", doc_day(facts->jobs[i].to_day));
        doc_put(object, "suggested", json_boolean(facts->jobs[i].is_suggested));
        doc_add(jobs, object);
    }
    return jobs;
}

static json_t *strongest_json(const person_facts *facts)
{
    json_t *ties = doc_array();

    for (size_t i = 0; i < facts->strongest_count; i++) {
        json_t *object = doc_object();
        doc_put(object, "to", person_json(&facts->strongest[i].other));
        doc_put(object, "p", doc_number(facts->strongest[i].tie.p));
        path_put_tie(object, &facts->strongest[i].tie);
        doc_add(ties, object);
    }
    return ties;
}

static json_t *recents_json(const person_facts *facts)
{
    json_t *list = doc_array();

    for (size_t i = 0; i < facts->recent_count; i++) {
        const recent *item = &facts->recents[i];
        json_t *object = doc_object();
        doc_put(object, "time", doc_time(item->time_s));
        doc_put(object, "kind", doc_text(item->kind));
        doc_put(object, "direction", doc_text(item->is_outbound ? "out" : "in"));
        doc_put(object, "with", person_json(&facts->contacts[item->tie].other));
        doc_put(object, "source", doc_text(item->id));
        doc_put(object, "sources", stated_sources_json(&item->stated));
        doc_add(list, object);
    }
    return list;
}

static void print_json(const app *self, const person_facts *facts)
{
    json_t *document = doc_object(), *identities = doc_array();

    for (size_t i = 0; i < facts->identity_count; i++)
        doc_add(identities, doc_text(facts->identities[i]));
    doc_put(document, "day", doc_day(self->day));
    doc_put(document, "kind", doc_text("person"));
    doc_put(document, "person", person_json(&facts->who));
    doc_put(document, "seniority", doc_text(facts->position.seniority));
    doc_put(document, "department", doc_text(facts->position.department));
    doc_put(document, "identities", identities);
    doc_put(document, "employments", jobs_json(facts));
    doc_put(document, "consent", consent_json(facts));
    doc_put(document, "decisions", decided_json(&facts->decisions));
    stated_put(document, &facts->stated);
    doc_put(document, "tie_count", json_integer((json_int_t)facts->tie_count));
    doc_put(document, "ties", strongest_json(facts));
    doc_put(document, "interactions", recents_json(facts));
    doc_print(document);
}

static void print_field(const char *name, const char *text)
{
    char *clean = text_clean(text);

    (void)printf("  %-10s %s\n", name, clean);
    free(clean);
}

static void print_consent(const char *name, const char *what, int32_t since)
{
    char day[DATE_TEXT_BYTES];

    if (since == WP_DAY_NONE)
        (void)printf("  %-10s %s\n", name, what);
    else
        (void)printf("  %-10s %s since %s\n", name, what, date_format_day(since, day));
}

static void print_sharing(const decided *decisions)
{
    const decision *sharing = &decisions->sharing;
    text_buffer groups = {0};

    if (sharing->choice == NULL)
        return;
    for (size_t i = 0; i < decisions->group_count; i++)
        text_add_format(&groups, "%s%s", i > 0 ? ", " : "", decisions->groups[i]);
    char *clean = text_clean(groups.text != NULL ? groups.text : sharing->choice);
    print_consent("sharing", clean, sharing->since);
    free(clean);
    free(groups.text);
}

static void print_head(const app *self, const person_facts *facts)
{
    char *position = person_position(&facts->who), day[DATE_TEXT_BYTES];
    char *heading =
        text_format("%s%s%s%s, on %s", person_label(&facts->who), position[0] ? ", " : "", position,
                    facts->who.is_us ? " (us)" : "", date_format_day(self->day, day));

    output_heading(self, heading);
    (void)printf("  %-10s #%u\n", "number", facts->who.number);
    for (size_t i = 0; i < facts->identity_count; i++)
        print_field("known as", facts->identities[i]);
    if (facts->position.seniority != NULL)
        print_field("seniority", facts->position.seniority);
    if (facts->position.department != NULL)
        print_field("department", facts->position.department);
    if (facts->introductions == WP_CHOICE_OUT)
        print_consent("consent",
                      facts->is_decided ? "opted out of introductions"
                                        : "did not opt in to introductions",
                      facts->introductions_since);
    if (facts->introductions == WP_CHOICE_ASK)
        print_consent("consent", "ask first before introductions", facts->introductions_since);
    if (facts->who.is_do_not_contact)
        print_consent("consent", "do not contact", facts->contact_since);
    print_sharing(&facts->decisions);
    stated_print_sources(&facts->stated);
    free(heading);
    free(position);
}

static void print_jobs(const app *self, const person_facts *facts)
{
    static const column columns[] = {{"employed at", false, 12, false},
                                     {"title", false, 8, false},
                                     {"from", false, 0, false},
                                     {"to", false, 0, false},
                                     {"", false, 0, false}};
    table *rows = table_new(columns, sizeof columns / sizeof columns[0]);

    for (size_t i = 0; i < facts->job_count; i++) {
        const job *item = &facts->jobs[i];
        char from[DATE_TEXT_BYTES] = "–", to[DATE_TEXT_BYTES] = "–";
        if (item->from_day != WP_DAY_NONE)
            (void)date_format_day(item->from_day, from);
        if (item->to_day != WP_DAY_NONE)
            (void)date_format_day(item->to_day, to);
        const char *cells[] = {item->company, item->title, from, to,
                               item->is_suggested ? "by address" : ""};
        table_add(rows, cells);
    }
    if (facts->job_count > 0)
        (void)fputc('\n', stdout);
    table_print(self, rows, 2);
    table_free(rows);
}

static void print_strongest(const app *self, const person_facts *facts)
{
    static const column columns[] = {{"tie to", false, 16, false},
                                     {"tie", false, 0, true},
                                     {"last contact", false, 0, false},
                                     {"out", true, 0, false},
                                     {"in", true, 0, false}};
    table *rows = table_new(columns, sizeof columns / sizeof columns[0]);

    for (size_t i = 0; i < facts->strongest_count; i++) {
        const wp_tie *tie = &facts->strongest[i].tie;
        char day[DATE_TEXT_BYTES] = "–", out[16], in[16];
        if (tie->last_contact_s != WP_TIME_NONE)
            (void)date_format_day(date_of_time(tie->last_contact_s), day);
        (void)snprintf(out, sizeof out, "%u", tie->messages_out);
        (void)snprintf(in, sizeof in, "%u", tie->messages_in);
        const char *cells[] = {person_label(&facts->strongest[i].other), wp_tier_name(tie->tier),
                               day, out, in};
        table_add(rows, cells);
    }
    (void)printf("\n%zu tie%s%s\n", facts->tie_count, facts->tie_count == 1 ? "" : "s",
                 facts->tie_count > facts->strongest_count ? ", the strongest of them:" : "");
    table_print(self, rows, 2);
    table_free(rows);
}

static void print_recents(const app *self, const person_facts *facts)
{
    static const column columns[] = {{"last interactions", false, 0, false},
                                     {"kind", false, 0, false},
                                     {"", false, 0, false},
                                     {"with", false, 16, false},
                                     {"stated by", false, 8, false}};
    table *rows = table_new(columns, sizeof columns / sizeof columns[0]);

    for (size_t i = 0; i < facts->recent_count; i++) {
        const recent *item = &facts->recents[i];
        char time[DATE_TEXT_BYTES], *stated = stated_sources_short(&item->stated);
        const char *cells[] = {date_format_time(item->time_s, time), item->kind,
                               item->is_outbound ? "to" : "from",
                               person_label(&facts->contacts[item->tie].other), stated};
        table_add(rows, cells);
        free(stated);
    }
    if (facts->recent_count > 0)
        (void)fputc('\n', stdout);
    table_print(self, rows, 2);
    table_free(rows);
}

int show_person(app *self, wp_number number)
{
    person_facts facts = {0};
    int code = person_read(self, number, &facts.who);

    if (code == CODE_DONE)
        code = read_position(self, &facts);
    if (code == CODE_DONE)
        code = read_identities(self, number, &facts);
    if (code == CODE_DONE)
        code = read_jobs(self, number, &facts);
    if (code == CODE_DONE)
        code = read_ties(self, number, &facts);
    if (code == CODE_DONE)
        code = read_recents(self, &facts);
    app_end(self);
    if (code == CODE_DONE && self->is_json) {
        print_json(self, &facts);
    } else if (code == CODE_DONE) {
        print_head(self, &facts);
        print_jobs(self, &facts);
        stated_print_opportunities(self, &facts.stated);
        print_strongest(self, &facts);
        print_recents(self, &facts);
    }
    person_facts_free(&facts);
    return code;
}
