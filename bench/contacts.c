/*
 * Interactions of a community: see contacts.h.
 *
 * Members of a group invite in the order of the group, each those known that come later, at most a
 * dozen at once: so a group of m who all know each other costs about m^2/24 interactions for m^2/2
 * ties. Teams meet; in departments and circles a part of the gatherings are mails, whose recipients
 * answer or do not, which leaves ties of one direction.
 *
 * Most ties are no more than that. Some are regular, with a few contacts in the last months, and a
 * few are close, with many in the last weeks: a person knows five others well, fifteen or so fairly
 * well, and the rest in passing (the layers that Dunbar found). In teams more are close. The number
 * of contacts of close ties has a heavy tail, as in every mail archive.
 */
#include "contacts.h"

#include <math.h>
#include <stdio.h>

#include "harness.h"
#include "random.h"

#define TOGETHER_MAX 12
#define SPAN_DAYS 1095.0
#define RECENCY 2.5 /* age = span * u^recency */
#define MAIL_SHARE .15
#define CONNECTION_SHARE .1
#define ANSWER_SHARE .6
#define CLOSE_MIN 2.0 /* contacts */
#define CLOSE_EXPONENT 1.4
#define CLOSE_MAX 40.0
#define CLOSE_AGE_DAYS 22.0 /* mean */
#define REGULAR_MAX 2
#define REGULAR_AGE_DAYS 80.0
#define SECONDS_A_DAY 86400

/* How many of a group's ties are close, and regular. */
typedef struct habits {
    double close;
    double regular;
} habits;

static const habits habits_of[] = {[COMMUNITY_TEAM] = {.20, .35},
                                   [COMMUNITY_DEPARTMENT] = {.06, .12},
                                   [COMMUNITY_CIRCLE] = {.035, .08}};

typedef struct teller {
    contacts_visit *visit;
    void *context;
    random_stream random;
    uint64_t count;
} teller;

static int64_t time_at(double age_days)
{
    double age = age_days < SPAN_DAYS ? age_days : SPAN_DAYS;
    return (int64_t)(CONTACTS_DAY + 1) * SECONDS_A_DAY - 1 - (int64_t)(age * SECONDS_A_DAY);
}

static int64_t draw_time(teller *at)
{
    return time_at(SPAN_DAYS * pow(random_unit(&at->random), RECENCY));
}

static void tell(teller *at, wp_kind kind, int64_t time_s, uint32_t from, const wp_participant *to,
                 size_t to_count, const char *reply_to)
{
    char source[24];
    wp_interaction interaction = WP_INTERACTION_INIT;
    snprintf(source, sizeof source, "c%llu", (unsigned long long)at->count++);
    interaction.source = source;
    interaction.kind = kind;
    interaction.time_s = time_s;
    interaction.from = from;
    interaction.to = to;
    interaction.to_count = to_count;
    interaction.reply_to = reply_to;
    at->visit(at->context, &interaction);
}

/* Contacts between two alone: meetings, and calls to and fro. */
static void contact(teller *at, uint32_t a, uint32_t b, size_t count, double age_days)
{
    for (size_t i = 0; i < count; i++) {
        wp_kind kind = random_below(&at->random, 4) == 0 ? WP_KIND_CALL : WP_KIND_MEETING;
        bool is_from_a = random_below(&at->random, 2) == 0;
        wp_participant to = {is_from_a ? b : a, WP_ROLE_TO};
        int64_t time_s = time_at(-age_days * log(1.0 - random_unit(&at->random)));
        tell(at, kind, time_s, is_from_a ? a : b, &to, 1, NULL);
    }
}

static void keep_in_touch(teller *at, community_kind kind, uint32_t a, uint32_t b)
{
    double draw = random_unit(&at->random);
    if (draw < habits_of[kind].close) {
        double many = CLOSE_MIN * pow(1.0 - random_unit(&at->random), -1.0 / CLOSE_EXPONENT);
        contact(at, a, b, (size_t)(many < CLOSE_MAX ? many : CLOSE_MAX), CLOSE_AGE_DAYS);
    } else if (draw < habits_of[kind].close + habits_of[kind].regular) {
        contact(at, a, b, 1 + random_below(&at->random, REGULAR_MAX), REGULAR_AGE_DAYS);
    }
}

static void write_to_all(teller *at, uint32_t from, const wp_participant *to, size_t count)
{
    char source[24];
    int64_t time_s = draw_time(at);
    snprintf(source, sizeof source, "c%llu", (unsigned long long)at->count);
    tell(at, WP_KIND_MAIL, time_s, from, to, count, NULL);
    for (size_t i = 0; i < count; i++) {
        wp_participant back = {from, WP_ROLE_TO};
        if (random_unit(&at->random) < ANSWER_SHARE)
            tell(at, WP_KIND_MAIL, time_s, to[i].person, &back, 1, source);
    }
}

static void gather(teller *at, community_kind kind, uint32_t from, const wp_participant *to,
                   size_t count)
{
    double draw = kind == COMMUNITY_TEAM ? 1.0 : random_unit(&at->random);
    if (draw < MAIL_SHARE)
        write_to_all(at, from, to, count);
    else if (draw < MAIL_SHARE + CONNECTION_SHARE)
        tell(at, WP_KIND_CONNECTION, draw_time(at), from, to, count, NULL);
    else
        tell(at, WP_KIND_MEETING, draw_time(at), from, to, count, NULL);
}

static void tell_group(void *context, const community_group *group)
{
    teller *at = context;
    for (size_t i = 0; i < group->count; i++) {
        wp_participant to[TOGETHER_MAX];
        size_t count = 0;
        for (size_t j = i + 1; j < group->count; j++) {
            if (!community_is_tied(group, i, j))
                continue;
            to[count++] = (wp_participant){group->members[j], WP_ROLE_TO};
            keep_in_touch(at, group->kind, group->members[i], group->members[j]);
            if (count == TOGETHER_MAX) {
                gather(at, group->kind, group->members[i], to, count);
                count = 0;
            }
        }
        if (count > 0)
            gather(at, group->kind, group->members[i], to, count);
    }
}

void contacts_each(const community *it, contacts_visit *visit, void *context)
{
    teller at = {visit, context, {random_mix(it->seed + 2)}, 0};
    community_each(it, tell_group, &at);
}
