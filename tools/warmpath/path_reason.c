/*
 * The reason line of a path: one sentence that a person can read. Pure.
 *
 * It says nothing that is not in the evidence: how often two people were in touch in the last year
 * and when last, whether a tie was merely stated, whether two are colleagues without any contact.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "path_answer.h"
#include "text.h"

/* Whether a tie has its strength only because both are of our organisation. Pure. */
static bool is_colleague_hop(const wp_tie *tie)
{
    double base = tie->strength;

    if (!isnan(tie->stated) && tie->stated > base)
        base = tie->stated;
    return tie->p > base * tie->trust + 1e-9 && fabs(tie->p - 0.7) < 1e-6;
}

/* What to call person `index`: the first name, or all of it when another's is the same. */
static char *call(const path_item *item, uint32_t index)
{
    char *mine = person_first_name(&item->people[index]);
    bool is_shared = false;

    for (uint32_t i = 0; i <= item->hops && !is_shared; i++) {
        char *other = i == index ? NULL : person_first_name(&item->people[i]);
        is_shared = other != NULL && strcmp(other, mine) == 0;
        free(other);
    }
    if (!is_shared)
        return mine;
    free(mine);
    return text_copy(person_label(&item->people[index]));
}

/* "Bob and Carol were in touch 14 times in the last year, last on 2024-02-11" */
static void add_contact(text_buffer *out, const wp_tie *tie, const char *from, const char *to)
{
    uint64_t count = (uint64_t)tie->messages_out + tie->messages_in;
    char day[DATE_TEXT_BYTES] = "";

    if (tie->last_contact_s != WP_TIME_NONE)
        (void)date_format_day(date_of_time(tie->last_contact_s), day);
    if (count == 1)
        text_add_format(out, "%s and %s were in touch once in the last year, on %s", from, to, day);
    else if (count > 1)
        text_add_format(out, "%s and %s were in touch %llu times in the last year, last on %s",
                        from, to, (unsigned long long)count, day);
    else if (day[0] != '\0')
        text_add_format(out, "%s and %s were last in touch on %s", from, to, day);
    else if (is_colleague_hop(tie))
        text_add_format(out, "%s and %s are colleagues", from, to);
    else
        text_add_format(out, "%s's tie to %s is stated, not observed", from, to);
}

/* "Ann knows Bob well" */
static void add_acquaintance(text_buffer *out, const wp_tie *tie, const char *from, const char *to)
{
    if (is_colleague_hop(tie))
        text_add_format(out, "%s and %s are colleagues", from, to);
    else if (tie->tier == WP_TIER_STRONG)
        text_add_format(out, "%s knows %s well", from, to);
    else if (tie->tier == WP_TIER_WARM)
        text_add_format(out, "%s knows %s", from, to);
    else
        text_add_format(out, "%s knows %s a little", from, to);
}

char *path_reason(const path_item *item)
{
    text_buffer out = {0};

    for (uint32_t step = 0; step < item->hops; step++) {
        /* The last tie comes first: it is the one that makes the introduction. */
        uint32_t i = step == 0 ? item->hops - 1 : step - 1;
        char *from = call(item, i), *to = call(item, i + 1);
        if (step == 0) {
            add_contact(&out, &item->ties[i], from, to);
        } else {
            text_add(&out, "; ");
            add_acquaintance(&out, &item->ties[i], from, to);
        }
        free(from);
        free(to);
    }
    return out.text;
}
