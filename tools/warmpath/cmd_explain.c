/*
 * warmpath explain: what a tie is made of.
 *
 * The contributions listed add up to I and O by the model; the sums are computed here from what is
 * printed and shown beside the engine's, so that a reader can see that they match.
 */
#include <math.h>
#include <stdlib.h>

#include "commands.h"
#include "date.h"
#include "doc.h"
#include "output.h"
#include "person.h"
#include "stated.h"
#include "text.h"
#include "who.h"

#define CONTRIBUTIONS_SHOWN 20

/* One contribution with the source id of its interaction, or the company where they worked. */
typedef struct contribution_row {
    wp_contribution item;
    char *source;
    stated_facts stated; /* which sources state the interaction */
} contribution_row;

typedef struct explanation {
    person_view from;
    person_view to;
    wp_tie tie;
    contribution_row *rows; /* by time, then arrival */
    size_t count;
    double inbound_sum;
    double outbound_sum;
} explanation;

static void explanation_free(explanation *self)
{
    person_free(&self->from);
    person_free(&self->to);
    for (size_t i = 0; i < self->count; i++) {
        free(self->rows[i].source);
        stated_free(&self->rows[i].stated);
    }
    free(self->rows);
}

/* What a contribution comes from; *out is yours. */
static int read_origin(app *self, const wp_contribution *item, char **out)
{
    wp_interaction interaction;

    if (item->interaction == 0)
        return company_labels(self, item->company, NULL, out);
    if (wp_interaction_get(self->txn, item->interaction, &interaction, &self->err) != WP_OK)
        return app_fail_status(self, "interaction");
    *out = text_copy(interaction.source);
    return CODE_DONE;
}

static int read_rows(app *self, const wp_explanation *found, explanation *out)
{
    out->rows = text_new(found->count, sizeof *out->rows);
    for (size_t i = 0; i < found->count; i++) {
        contribution_row *row = &out->rows[out->count++];
        *row = (contribution_row){.item = found->items[i]};
        int code = read_origin(self, &row->item, &row->source);
        if (code == CODE_DONE)
            code = stated_read_interaction(self, row->item.interaction, &row->stated);
        if (code != CODE_DONE)
            return code;
        *(found->items[i].is_outbound ? &out->outbound_sum : &out->inbound_sum) +=
            found->items[i].contribution;
    }
    return CODE_DONE;
}

static int read_explanation(app *self, wp_number from, wp_number to, explanation *out)
{
    wp_explanation *found = NULL;
    char day[DATE_TEXT_BYTES];
    int code = person_read(self, from, &out->from);

    if (code == CODE_DONE)
        code = person_read(self, to, &out->to);
    if (code != CODE_DONE)
        return code;
    switch (wp_explain(self->txn, from, to, self->day, &found, &self->err)) {
    case WP_OK:
        break;
    case WP_ENOTFOUND:
        return app_fail(self, CODE_INPUT,
                        "%s, %s: no tie on %s, expected two people who were in touch",
                        out->from.handle, out->to.handle, date_format_day(self->day, day));
    default:
        return app_fail_status(self, "tie");
    }
    out->tie = found->tie;
    code = read_rows(self, found, out);
    wp_explanation_free(found);
    return code;
}

static json_t *row_json(const contribution_row *row)
{
    json_t *object = doc_object();

    bool is_event = row->item.interaction != 0;

    doc_put(object, "source", doc_text(is_event ? row->source : NULL));
    doc_put(object, "sources", stated_sources_json(&row->stated));
    if (!is_event)
        doc_put(object, "company", doc_text(row->source));
    doc_put(object, "kind", doc_text(wp_kind_name(row->item.kind)));
    doc_put(object, "time", doc_time(row->item.time_s));
    doc_put(object, "direction", doc_text(row->item.is_outbound ? "out" : "in"));
    doc_put(object, "weight", doc_number(row->item.weight));
    doc_put(object, "valence", doc_number(row->item.valence));
    doc_put(object, "contribution", doc_number(row->item.contribution));
    return object;
}

static void print_json(const app *self, const explanation *answer)
{
    json_t *document = doc_object(), *rows = doc_array();

    for (size_t i = 0; i < answer->count; i++)
        doc_add(rows, row_json(&answer->rows[i]));
    doc_put(document, "day", doc_day(self->day));
    doc_put(document, "from", person_json(&answer->from));
    doc_put(document, "to", person_json(&answer->to));
    doc_put(document, "inbound", doc_number(answer->tie.inbound));
    doc_put(document, "outbound", doc_number(answer->tie.outbound));
    doc_put(document, "z", doc_number(answer->tie.z));
    doc_put(document, "strength", doc_number(answer->tie.strength));
    doc_put(document, "trust", doc_number(answer->tie.trust));
    doc_put(document, "p", doc_number(answer->tie.p));
    doc_put(document, "cost", doc_cost(answer->tie.cost));
    doc_put(document, "tier", doc_text(wp_tier_name(answer->tie.tier)));
    doc_put(document, "stated", doc_number(answer->tie.stated));
    doc_put(document, "contributions", rows);
    doc_print(document);
}

/* What the tier says in words, from A's side. */
static const char *outlook(const wp_tie *tie)
{
    switch (tie->tier) {
    case WP_TIER_STRONG:
        return "will very likely answer";
    case WP_TIER_WARM:
        return "will probably answer";
    case WP_TIER_WEAK:
        return "may answer, but do not count on it";
    case WP_TIER_COLD:
        return "cannot be expected to answer";
    }
    return "";
}

/* Why, in half a sentence. */
static void add_reason(text_buffer *out, const wp_tie *tie, const char *from, const char *to)
{
    char day[DATE_TEXT_BYTES];

    if (tie->trust < 0.25)
        text_add(out, "trust was broken");
    else if (!isnan(tie->stated) && tie->stated >= tie->strength)
        text_add(out, "somebody stated so");
    else if (tie->inbound == 0)
        text_add_format(out, "%s has never put anything in", to);
    else
        text_add_format(out, "in the last year %s was in touch %u time%s and %s %u time%s", to,
                        tie->messages_in, tie->messages_in == 1 ? "" : "s", from, tie->messages_out,
                        tie->messages_out == 1 ? "" : "s");
    if (tie->last_contact_s != WP_TIME_NONE)
        text_add_format(out, ", last on %s",
                        date_format_day(date_of_time(tie->last_contact_s), day));
}

static void print_sentence(const app *self, const explanation *answer)
{
    char *from = person_first_name(&answer->from), *to = person_first_name(&answer->to);
    text_buffer line = {0};

    text_add_format(&line, "If %s asks, %s %s: ", from, to, outlook(&answer->tie));
    add_reason(&line, &answer->tie, from, to);
    text_add(&line, ".");
    char *clean = text_clean(line.text);
    text_wrap(stdout, clean, 0, 0, self->width);
    free(clean);
    free(line.text);
    free(from);
    free(to);
}

static void print_values(const app *self, const explanation *answer)
{
    const wp_tie *tie = &answer->tie;
    tint color = output_tier_tint(tie->tier);

    (void)printf("\n  tier          %s%s%s\n", output_begin(self, color), wp_tier_name(tie->tier),
                 output_end(self, color));
    (void)printf("  inbound   I   %.6g  (sum of what is listed: %.6g)\n", tie->inbound,
                 answer->inbound_sum);
    (void)printf("  outbound  O   %.6g  (sum of what is listed: %.6g)\n", tie->outbound,
                 answer->outbound_sum);
    (void)printf("  evidence  z   %.6g  = 0.8*sqrt(I) + 0.2*sqrt(min(O, 4*I))\n", tie->z);
    (void)printf("  strength  s   %.6g  = z / (z + 1.34)\n", tie->strength);
    (void)printf("  trust     g   %.6g%s\n", tie->trust, tie->trust < 0.25 ? "  (severed)" : "");
    if (!isnan(tie->stated))
        (void)printf("  stated        %.6g\n", tie->stated);
    (void)printf("  used      p   %.6g\n", tie->p);
    if (tie->cost != WP_COST_NONE)
        (void)printf("  cost          %u micro-nats\n", tie->cost);
}

static int compare_rows(const void *a, const void *b)
{
    const contribution_row *x = a, *y = b;

    if (x->item.contribution != y->item.contribution)
        return x->item.contribution < y->item.contribution ? 1 : -1;
    if (x->item.time_s != y->item.time_s)
        return x->item.time_s < y->item.time_s ? 1 : -1;
    return (x->item.interaction < y->item.interaction) -
           (x->item.interaction > y->item.interaction);
}

/* The largest first; `answer` is reordered. */
static void print_rows(const app *self, explanation *answer)
{
    static const column columns[] = {{"time", false, 0, false},       {"kind", false, 0, false},
                                     {"in/out", false, 0, false},     {"weight", true, 0, false},
                                     {"contributes", true, 0, false}, {"source", false, 8, false},
                                     {"stated by", false, 8, false}};
    table *rows = table_new(columns, sizeof columns / sizeof columns[0]);
    size_t listed = answer->count < CONTRIBUTIONS_SHOWN ? answer->count : CONTRIBUTIONS_SHOWN;

    qsort(answer->rows, answer->count, sizeof *answer->rows, compare_rows);
    for (size_t i = 0; i < listed; i++) {
        const wp_contribution *item = &answer->rows[i].item;
        char time[DATE_TEXT_BYTES], weight[32], contribution[32];
        (void)snprintf(weight, sizeof weight, "%.3g", item->weight);
        (void)snprintf(contribution, sizeof contribution, "%.6f", item->contribution);
        char *stated = stated_sources_short(&answer->rows[i].stated);
        const char *cells[] = {date_format_time(item->time_s, time),
                               wp_kind_name(item->kind),
                               item->is_outbound ? "out" : "in",
                               weight,
                               contribution,
                               answer->rows[i].source,
                               stated};
        table_add(rows, cells);
        free(stated);
    }
    if (answer->count > 0)
        (void)fputc('\n', stdout);
    table_print(self, rows, 2);
    if (listed < answer->count)
        (void)printf("  … and %zu more (--json lists all)\n", answer->count - listed);
    table_free(rows);
}

static void print_text(const app *self, explanation *answer)
{
    char day[DATE_TEXT_BYTES];
    char *heading = text_format("%s → %s on %s", person_label(&answer->from),
                                person_label(&answer->to), date_format_day(self->day, day));

    output_heading(self, heading);
    print_sentence(self, answer);
    print_values(self, answer);
    print_rows(self, answer);
    free(heading);
}

int cmd_explain(app *self)
{
    explanation answer = {0};
    wp_number from = 0, to = 0;
    int code = who_begin_read(self);

    if (code == CODE_DONE)
        code = who_find_person(self, "A", self->given.words[0], CODE_INPUT, &from);
    if (code == CODE_DONE)
        code = who_find_person(self, "B", self->given.words[1], CODE_INPUT, &to);
    if (code == CODE_DONE && from == to)
        code = app_fail(self, CODE_INPUT, "B: the same person as A, expected another");
    if (code == CODE_DONE) {
        app_asked(self, WP_AUDIT_ASK_PERSON, from);
        app_asked(self, WP_AUDIT_ASK_PERSON, to);
        code = read_explanation(self, from, to, &answer);
    }
    app_end(self);
    if (code == CODE_DONE && self->is_json)
        print_json(self, &answer);
    else if (code == CODE_DONE)
        print_text(self, &answer);
    explanation_free(&answer);
    return code;
}
