/*
 * Who of us knows whom.
 *
 * The ties are those that lead to the target's people, kept where they come from one of us; people
 * of our own organisation are compared by binary search, so a company of thousands costs no more
 * than reading its ties.
 */
#include "known_by.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "output.h"
#include "path_answer.h"
#include "text.h"

typedef struct tie_list {
    wp_tie *items;
    size_t count;
    size_t capacity;
} tie_list;

static void keep_tie(tie_list *kept, const wp_tie *tie)
{
    if (kept->count == kept->capacity) {
        kept->capacity = kept->capacity * 2 + 64;
        kept->items = text_resize(kept->items, kept->capacity, sizeof *kept->items);
    }
    kept->items[kept->count++] = *tie;
}

static int collect(app *self, const who_list *us, const who_list *targets, tie_list *kept)
{
    for (size_t i = 0; i < targets->count; i++) {
        wp_ties ties = {0};
        if (wp_person_ties(self->txn, targets->items[i], self->day, true, &ties, &self->err) !=
            WP_OK)
            return app_fail_status(self, "ties");
        for (size_t j = 0; j < ties.count; j++)
            if (who_list_has(us, ties.items[j].from))
                keep_tie(kept, &ties.items[j]);
        wp_ties_free(&ties);
        if (app_is_cancelled(self))
            return app_fail(self, CODE_STOPPED, "interrupted: nothing is printed");
    }
    return CODE_DONE;
}

static int compare_ties(const void *a, const void *b)
{
    const wp_tie *x = a, *y = b;

    if (x->p != y->p)
        return x->p < y->p ? 1 : -1;
    if (x->strength != y->strength)
        return x->strength < y->strength ? 1 : -1;
    if (x->last_contact_s != y->last_contact_s)
        return x->last_contact_s < y->last_contact_s ? 1 : -1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

static int read_people(app *self, const tie_list *kept, known_by *answer)
{
    int code = CODE_DONE;

    answer->items = text_new(kept->count, sizeof *answer->items);
    for (size_t i = 0; i < kept->count && code == CODE_DONE; i++) {
        known_by_item *item = &answer->items[answer->count++];
        item->tie = kept->items[i];
        code = person_read(self, item->tie.from, &item->ours);
        if (code == CODE_DONE)
            code = person_read(self, item->tie.to, &item->target);
    }
    return code;
}

int known_by_read(app *self, who_found target, known_by *answer)
{
    who_list us = {0}, targets = {0};
    tie_list kept = {0};
    int code = who_us(self, &us);

    if (code == CODE_DONE)
        code = who_people(self, target, &targets);
    if (code == CODE_DONE)
        code = collect(self, &us, &targets, &kept);
    if (code == CODE_DONE && kept.count > 0) {
        qsort(kept.items, kept.count, sizeof *kept.items, compare_ties);
        code = read_people(self, &kept, answer);
    }
    free(kept.items);
    who_list_free(&us);
    who_list_free(&targets);
    return code;
}

static void add_row(table *rows, const known_by_item *item)
{
    char day[DATE_TEXT_BYTES] = "–", out[16], in[16];
    char *position = person_position(&item->target);
    char *target = text_format("%s%s%s", person_label(&item->target),
                               position[0] != '\0' ? ", " : "", position);

    if (item->tie.last_contact_s != WP_TIME_NONE)
        (void)date_format_day(date_of_time(item->tie.last_contact_s), day);
    (void)snprintf(out, sizeof out, "%u", item->tie.messages_out);
    (void)snprintf(in, sizeof in, "%u", item->tie.messages_in);
    const char *cells[] = {
        person_label(&item->ours), target, wp_tier_name(item->tie.tier), day, out, in,
        person_mark(&item->target)};
    table_add(rows, cells);
    free(target);
    free(position);
}

void known_by_print(const app *self, const known_by *answer, size_t indent, size_t limit)
{
    static const column columns[] = {{"of us", false, 12, false}, {"knows", false, 16, false},
                                     {"tie", false, 0, true},     {"last contact", false, 0, false},
                                     {"out", true, 0, false},     {"in", true, 0, false},
                                     {"", false, 0, false}};
    table *rows = table_new(columns, sizeof columns / sizeof columns[0]);
    size_t listed = answer->count < limit ? answer->count : limit;

    for (size_t i = 0; i < listed; i++)
        add_row(rows, &answer->items[i]);
    table_print(self, rows, indent);
    if (listed < answer->count)
        (void)printf("%*s… and %zu more\n", (int)indent, "", answer->count - listed);
    table_free(rows);
}

json_t *known_by_json(const known_by_item *item)
{
    json_t *object = doc_object();

    doc_put(object, "person", person_json(&item->ours));
    doc_put(object, "target", person_json(&item->target));
    doc_put(object, "p", doc_number(item->tie.p));
    path_put_tie(object, &item->tie);
    return object;
}

void known_by_free(known_by *answer)
{
    for (size_t i = 0; i < answer->count; i++) {
        person_free(&answer->items[i].ours);
        person_free(&answer->items[i].target);
    }
    free(answer->items);
    *answer = (known_by){0};
}
