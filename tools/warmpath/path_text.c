/*
 * Paths for people at a terminal: something one can paste into a message to a colleague.
 *
 * A block a path: rank, score and tier, the chain of people, a row a hop, the reason. The score is
 * a plain number and no percentage, because nothing has been calibrated; the tier of a path is that
 * of its weakest tie.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "output.h"
#include "path_answer.h"
#include "text.h"

#define INDENT 4
#define LABEL_WIDTH_MAX 60

/* Add a cleaned text whose blanks do not break at the end of a line. */
static void add_unbroken(text_buffer *out, const char *text)
{
    char *clean = text_clean(text), *cut = text_truncate(clean, LABEL_WIDTH_MAX);

    for (const char *at = cut; *at != '\0'; at++) {
        char piece[2] = {*at, '\0'};
        text_add(out, *at == ' ' ? "\xC2\xA0" : piece);
    }
    free(cut);
    free(clean);
}

/* What somebody before the target is: "(introducer, ask first)", "(us)" or nothing. */
static void add_mark(text_buffer *out, const path_item *item, uint32_t i)
{
    bool is_asked = i > 0 && item->people[i].is_asked_first;
    const char *part = i > 0 && i == item->introducer ? "introducer"
                       : item->people[i].is_us        ? "us"
                                                      : "";

    if (part[0] != '\0' || is_asked)
        text_add_format(out, "\xC2\xA0(%s%s%s)", part,
                        part[0] != '\0' && is_asked ? ",\xC2\xA0" : "",
                        is_asked ? "ask\xC2\xA0"
                                   "first"
                                 : "");
}

/* "Ann Lee (us) → Bob Jones (introducer) → Carol Smith, VP Sales at Acme" */
static char *chain_of(const path_item *item)
{
    text_buffer out = {0};

    for (uint32_t i = 0; i <= item->hops; i++) {
        if (i > 0)
            text_add(&out, " → ");
        add_unbroken(&out, person_label(&item->people[i]));
        if (i == item->hops) {
            char *position = person_position(&item->people[i]), *clean = text_clean(position);
            text_add_format(&out, "%s%s", clean[0] != '\0' ? ", " : "", clean);
            free(clean);
            free(position);
        } else {
            add_mark(&out, item, i);
        }
    }
    return out.text;
}

static void add_hop(table *rows, const path_item *item, uint32_t i)
{
    const wp_tie *tie = &item->ties[i];
    char day[DATE_TEXT_BYTES] = "–", out[16], in[16];
    char *hop =
        text_format("%s → %s", person_label(&item->people[i]), person_label(&item->people[i + 1]));

    if (tie->last_contact_s != WP_TIME_NONE)
        (void)date_format_day(date_of_time(tie->last_contact_s), day);
    (void)snprintf(out, sizeof out, "%u", tie->messages_out);
    (void)snprintf(in, sizeof in, "%u", tie->messages_in);
    const char *cells[] = {hop, wp_tier_name(tie->tier),
                           day, out,
                           in,  i == item->weakest && item->hops > 1 ? "weakest" : ""};
    table_add(rows, cells);
    free(hop);
}

static void print_hops(const app *self, const path_item *item)
{
    static const column columns[] = {
        {"hop", false, 20, false}, {"tie", false, 0, true}, {"last contact", false, 0, false},
        {"out", true, 0, false},   {"in", true, 0, false},  {"", false, 0, false}};
    table *rows = table_new(columns, sizeof columns / sizeof columns[0]);

    for (uint32_t i = 0; i < item->hops; i++)
        add_hop(rows, item, i);
    table_print(self, rows, INDENT);
    table_free(rows);
}

static void print_item(const app *self, const path_item *item, size_t rank)
{
    wp_tier tier = item->ties[item->weakest].tier;
    char *chain = chain_of(item), *reason = text_clean(item->reason);
    char score[OUTPUT_SCORE_BYTES];

    (void)printf("\n%s%2zu.%s score %s, %s%s%s, %u hop%s\n", output_begin(self, TINT_BOLD), rank,
                 output_end(self, TINT_BOLD), output_score(item->score, score),
                 output_begin(self, output_tier_tint(tier)), wp_tier_name(tier),
                 output_end(self, output_tier_tint(tier)), item->hops, item->hops == 1 ? "" : "s");
    (void)printf("%*s%s", INDENT, "", output_begin(self, TINT_BOLD));
    text_wrap(stdout, chain, INDENT, INDENT + 2, self->width);
    (void)fputs(output_end(self, TINT_BOLD), stdout);
    print_hops(self, item);
    (void)printf("%*s", INDENT, "");
    text_wrap(stdout, reason, INDENT, INDENT, self->width);
    free(chain);
    free(reason);
}

static void print_heading(const app *self, const path_answer *answer)
{
    char day[DATE_TEXT_BYTES], hops[32] = "any number of hops", reach[OUTPUT_SCORE_BYTES];
    char *to = text_clean(answer->to), *from = text_clean(answer->from);

    if (answer->hops_max != WP_HOPS_ANY)
        (void)snprintf(hops, sizeof hops, "at most %u hop%s", answer->hops_max,
                       answer->hops_max == 1 ? "" : "s");
    char *line = text_format("%zu path%s from %s to %s on %s, %s", answer->count,
                             answer->count == 1 ? "" : "s", from, to,
                             date_format_day(answer->day, day), hops);
    if (!isnan(answer->reach)) {
        char *with_reach = text_format("%s, reach %s", line, output_score(answer->reach, reach));
        free(line);
        line = with_reach;
    }
    output_heading(self, line);
    free(line);
    free(to);
    free(from);
}

/* For the right to audit alone. */
static void print_withheld(const wp_withheld *of)
{
    unsigned withheld =
        of->by_contact + of->by_opt_out + of->by_private + of->by_barrier + of->by_sharing;

    (void)printf("of the %u best without any policy, %u withheld: %u do not contact, %u opted "
                 "out,\n  %u private, %u by a barrier, %u not shared\n",
                 of->shown + withheld, withheld, of->by_contact, of->by_opt_out, of->by_private,
                 of->by_barrier, of->by_sharing);
}

void path_print_text(const app *self, const path_answer *answer)
{
    if (answer->count > 0)
        print_heading(self, answer);
    if (!answer->is_complete)
        (void)puts("incomplete: the search was stopped, better paths may exist");
    for (size_t i = 0; i < answer->count; i++)
        print_item(self, &answer->items[i], i + 1);
    if (answer->has_withheld)
        print_withheld(&answer->withheld);
}
