/*
 * Who wrote to whom. The story comes first, as a table: the ties that the demonstration shows.
 * Around it stands the ordinary mail of a firm: customers and suppliers, colleagues, letters that
 * nobody answers, newsletters, a mailing list, machines.
 *
 * The story in short. Nobody at the firm knows anybody at Meridian. The investor would be the best
 * introducer but does not want to be asked; a customer, a professor and an adviser are left, the
 * adviser known only to a supplier. At Harbourline sales writes and is not answered, while an
 * engineer has had a friend there for years.
 *
 * Each row and each kind of traffic draws from its own stream, so that a change here moves nothing
 * else.
 */
#include "story.h"

#include "calendar.h"
#include "dice.h"
#include "words.h"

/* Mail between two people; the first is of the firm where one is. */
typedef struct relation {
    uint16_t a;
    uint16_t b;
    uint16_t cc;               /* who is often copied; 0 would be Ingrid, so NOBODY: none */
    uint16_t threads_per_year; /* started by either */
    uint16_t from_days_ago;
    uint16_t to_days_ago;
    bool is_one_way; /* a writes, b never answers */
} relation;

#define NOBODY UINT16_MAX

static const relation story_relations[] = {
    /* to Meridian, by way of friends outside the firm */
    {INGRID, DANA, NOBODY, 24, STORY_DAYS, 0, false},
    {DANA, HELENA, NOBODY, 22, 900, 0, false},
    {MARTA, OSKAR, NOBODY, 15, STORY_DAYS, 0, false},
    {OSKAR, YUKI, NOBODY, 8, 800, 0, false},
    {JONAS, ELIN, NOBODY, 7, STORY_DAYS, 0, false},
    {ELIN, BEN, NOBODY, 2, STORY_DAYS, 0, false},
    {PRIYA, KENJI, NOBODY, 14, STORY_DAYS, 0, false},
    {KENJI, AMARA, NOBODY, 7, 700, 0, false},
    {AMARA, RAFAEL, NOBODY, 9, STORY_DAYS, 0, false},
    {CLAIRE, VICTOR, NOBODY, 5, STORY_DAYS, 0, false},
    {TOM, RAFAEL, NOBODY, 14, 600, 0, true},
    {TOM, HELENA, NOBODY, 11, 600, 0, true},
    {PRIYA, BEN, NOBODY, 5, 400, 0, true},
    /* to Harbourline */
    {LUKASZ, MEILIN, NOBODY, 16, STORY_DAYS, 0, false},
    {JOSE, PETER, NOBODY, 2, 800, 0, false},
    {TOM, GRACE, NOBODY, 12, STORY_DAYS, 860, false},
    {TOM, SARA, NOBODY, 18, 700, 0, true},
    {PRIYA, SARA, NOBODY, 8, 700, 0, true},
    {TOM, MEILIN, NOBODY, 8, 500, 0, true},
    {JONAS, ANTON, NOBODY, 10, STORY_DAYS, 0, false},
};

/* Who of the firm deals with a company, and whether anybody there answers. */
typedef struct coverage {
    company_number company;
    uint16_t members[4];
    bool is_one_way;
} coverage;

static const coverage coverages[] = {
    {BRIGHTWATER, {PRIYA, MARTA, JOSE, LUKASZ}, false},
    {TESSERA, {TOM, MARTA, JOSE, NOAH}, false},
    {ALPENWERK, {PRIYA, JONAS, LUKASZ, MARTA}, false},
    {ORIOLE, {TOM, PRIYA, MARTA, JOSE}, false},
    {CASTELLAN, {TOM, PRIYA, JOSE, LUKASZ}, false},
    {VANTAGE, {JONAS, NOAH, PRIYA, SOFIA}, false},
    {QUILL, {JONAS, JOSE, SOFIA, NOAH}, false},
    {LARKSPUR, {INGRID, SOFIA, INGRID, SOFIA}, false},
    {PENROSE, {INGRID, SOFIA, INGRID, SOFIA}, false},
    {WESTFJORD, {JONAS, LUKASZ, NOAH, JONAS}, false},
    {ROBOFORUM, {CLAIRE, INGRID, CLAIRE, PRIYA}, false},
    {SALTMARSH, {TOM, PRIYA, TOM, TOM}, true},
    {NORTHGATE, {TOM, PRIYA, TOM, TOM}, true},
    {MERIDIAN, {TOM, TOM, TOM, PRIYA}, true},
    {HARBOURLINE, {TOM, PRIYA, TOM, TOM}, true},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef struct stage {
    const cast *players;
    post_log *log;
    int32_t day; /* the last one */
    uint64_t seed;
} stage;

/* --- one thread ------------------------------------------------------------------------------ */

/* A moment of the working day where the person lives. */
static int64_t moment_on(const stage *self, uint16_t person, int32_t day, dice *chance)
{
    int64_t local_s = (int64_t)day * CALENDAR_DAY_S + 8 * 3600 + dice_below(chance, 10 * 3600);
    return local_s - self->players->people[person].zone_min * 60;
}

/* When an answer is sent: within two days, not at night and not on Sundays. */
static int64_t moment_after(const stage *self, uint16_t person, int64_t time_s, dice *chance)
{
    int64_t zone_s = self->players->people[person].zone_min * 60;
    int64_t delay_s = dice_hits(chance, 2, 3) ? 600 + dice_below(chance, 6 * 3600)
                                              : 3600 + dice_below(chance, 44 * 3600);
    int64_t local_s = time_s + delay_s + zone_s;
    int64_t in_day_s = local_s % CALENDAR_DAY_S;
    if (in_day_s < 7 * 3600)
        local_s += 7 * 3600 + dice_below(chance, 3600) - in_day_s;
    while (!calendar_is_workday((int32_t)(local_s / CALENDAR_DAY_S)))
        local_s += CALENDAR_DAY_S;
    return local_s - zone_s;
}

/* Fill in who gets a message of the thread when `from` writes to `to`; the third one is copied. */
static void address_post(post *message, uint16_t from, uint16_t to, uint16_t third)
{
    message->from = from;
    message->to[0] = to;
    message->to_count = 1;
    message->cc_count = 0;
    if (third != NOBODY) {
        message->cc[0] = third;
        message->cc_count = 1;
    }
}

/* The answer to `given` by the other side or, now and then, by the one who was copied. */
static void answer_post(post *given, dice *chance)
{
    uint16_t from = given->from;
    uint16_t other = given->to[0];
    uint16_t third = given->cc_count > 0 ? given->cc[0] : NOBODY;
    if (third != NOBODY && dice_hits(chance, 1, 5))
        address_post(given, third, from, other);
    else
        address_post(given, other, from, third);
}

static void write_thread(const stage *self, const relation *tie, int32_t day, dice *chance)
{
    post message = {.parent = POST_NONE, .kind = POST_PLAIN};
    bool is_by_a = tie->is_one_way || dice_hits(chance, 1, 2);
    bool has_third = tie->cc != NOBODY && dice_hits(chance, 1, 2);
    address_post(&message, is_by_a ? tie->a : tie->b, is_by_a ? tie->b : tie->a,
                 has_third ? tie->cc : NOBODY);
    message.time_s = moment_on(self, message.from, day, chance);
    message.subject = words_pick_subject(POST_PLAIN, chance);
    message.body = words_pick_body(chance);
    int32_t index = post_add(self->log, &message);
    for (int length = 1; index != POST_NONE && !tie->is_one_way; length++) {
        if (length >= 2 && (length == 8 || dice_hits(chance, 2, 5)))
            break;
        message.parent = index;
        answer_post(&message, chance);
        message.time_s = moment_after(self, message.from, message.time_s, chance);
        message.body = words_pick_body(chance);
        index = post_add(self->log, &message);
    }
}

/* Somebody is away: their mail program answers, which means nothing. */
static void write_autoreply(const stage *self, const relation *tie, dice *chance)
{
    if (self->log->count == 0)
        return;
    int32_t last = (int32_t)self->log->count - 1;
    post reply = {
        .parent = last, .kind = POST_AUTOREPLY, .time_s = self->log->posts[last].time_s + 4};
    address_post(&reply, tie->b, tie->a, NOBODY);
    reply.subject = words_pick_subject(POST_AUTOREPLY, chance);
    post_add(self->log, &reply);
}

static void write_relation(const stage *self, const relation *tie, dice *chance)
{
    int32_t first = self->day - tie->from_days_ago;
    int32_t last = self->day - tie->to_days_ago;
    for (int32_t day = first; day <= last; day++) {
        if (!calendar_is_workday(day) || !dice_hits(chance, tie->threads_per_year, 260))
            continue;
        size_t before = self->log->count;
        write_thread(self, tie, day, chance);
        if (tie->is_one_way && self->log->count > before && dice_hits(chance, 1, 12))
            write_autoreply(self, tie, chance);
    }
}

/* --- the ordinary mail of a firm ---------------------------------------------------------------
 */

/* How a relation went: hot, warm, light or faded, in parts of ten. */
static void draw_course(relation *tie, dice *chance)
{
    uint32_t course = dice_below(chance, 10);
    tie->from_days_ago = (uint16_t)(STORY_DAYS - dice_below(chance, 500));
    tie->to_days_ago = 0;
    if (course < 2)
        tie->threads_per_year = (uint16_t)(8 + dice_below(chance, 7));
    else if (course < 5)
        tie->threads_per_year = (uint16_t)(3 + dice_below(chance, 5));
    else if (course < 7)
        tie->threads_per_year = (uint16_t)(1 + dice_below(chance, 2));
    else {
        tie->threads_per_year = (uint16_t)(4 + dice_below(chance, 5));
        tie->from_days_ago = STORY_DAYS;
        tie->to_days_ago = (uint16_t)(250 + dice_below(chance, 500));
    }
}

static const coverage *coverage_of(company_number company)
{
    for (size_t i = 0; i < COUNT(coverages); i++)
        if (coverages[i].company == company)
            return &coverages[i];
    return NULL;
}

/* The mail with one person outside the story: one or two members of the firm write with them. */
static void write_extra(const stage *self, uint16_t person, dice *chance)
{
    const coverage *by = coverage_of(self->players->people[person].company);
    if (by == NULL)
        return;
    uint32_t first = dice_below(chance, 4);
    uint32_t ties = by->is_one_way ? 1 : 1 + dice_below(chance, 2);
    for (uint32_t i = 0; i < ties; i++) {
        uint16_t member = by->members[(first + i) % 4];
        uint16_t colleague = by->members[(first + i + 2) % 4];
        relation tie = {.a = member, .b = person, .cc = NOBODY, .is_one_way = by->is_one_way};
        if (!by->is_one_way && colleague != member && dice_hits(chance, 1, 3))
            tie.cc = colleague;
        draw_course(&tie, chance);
        write_relation(self, &tie, chance);
    }
}

static void write_colleagues(const stage *self, dice *chance)
{
    for (uint16_t a = 0; a < MEMBER_COUNT; a++) {
        for (uint16_t b = (uint16_t)(a + 1); b < MEMBER_COUNT; b++) {
            relation tie = {a,          b, NOBODY, (uint16_t)(1 + dice_below(chance, 4)),
                            STORY_DAYS, 0, false};
            write_relation(self, &tie, chance);
        }
    }
}

/* To everybody at the firm, every fourth week. */
static void write_rounds(const stage *self, dice *chance)
{
    for (int32_t week = self->day - STORY_DAYS; week <= self->day; week += 28) {
        int32_t day = week;
        while (!calendar_is_workday(day))
            day++;
        post message = {.parent = POST_NONE, .kind = POST_PLAIN};
        message.from = (uint16_t)dice_below(chance, MEMBER_COUNT);
        for (uint16_t member = 0; member < MEMBER_COUNT; member++)
            if (member != message.from)
                message.to[message.to_count++] = member;
        message.time_s = moment_on(self, message.from, day, chance);
        message.subject = words_pick_subject(POST_PLAIN, chance);
        message.body = words_pick_body(chance);
        post_add(self->log, &message);
    }
}

/* --- lists, newsletters, machines --------------------------------------------------------------
 */

#define BIT(person) (1u << (person))

static void write_list(const stage *self, dice *chance)
{
    static const uint16_t authors[] = {NOAH, LUKASZ, ELIN, MEILIN, ANTON, JONAS};
    for (int32_t day = self->day - STORY_DAYS; day <= self->day; day++) {
        if (!dice_hits(chance, 14, 365))
            continue;
        post message = {.parent = POST_NONE, .kind = POST_LIST};
        message.mailboxes = BIT(NOAH) | BIT(LUKASZ) | BIT(JONAS) | BIT(ELIN);
        address_post(&message, authors[dice_below(chance, COUNT(authors))], USERS_LIST, NOBODY);
        message.time_s = moment_on(self, message.from, day, chance);
        message.subject = words_pick_subject(POST_LIST, chance);
        for (uint32_t answers = dice_below(chance, 5) + 1; answers > 0; answers--) {
            message.body = words_pick_body(chance);
            int32_t index = post_add(self->log, &message);
            if (index == POST_NONE)
                break;
            message.parent = index;
            message.from = authors[dice_below(chance, COUNT(authors))];
            message.time_s = moment_after(self, message.from, message.time_s, chance);
        }
    }
}

/* One message of a machine or to many. */
static void write_single(const stage *self, post_kind kind, uint16_t from, uint16_t to,
                         int64_t time_s, uint32_t mailboxes)
{
    dice chance = dice_fork((uint64_t)time_s, ((uint64_t)from << 16) + to);
    post message = {.parent = POST_NONE, .kind = kind, .time_s = time_s, .mailboxes = mailboxes};
    address_post(&message, from, to, NOBODY);
    if (kind == POST_NOTICE || kind == POST_NO_DATE)
        message.subject = from == INVOICES ? 0 : 1;
    else
        message.subject = words_pick_subject(kind, &chance);
    message.body = words_pick_body(&chance);
    post_add(self->log, &message);
}

/* The firm's own letter, four times a year, to people who did not ask for it. */
static void write_own_bulk(const stage *self, int32_t day)
{
    for (uint16_t person = 0; person < self->players->count; person++) {
        company_number company = self->players->people[person].company;
        if (company >= SALTMARSH && !cast_is_machine(person))
            write_single(self, POST_BULK, CLAIRE, person,
                         (int64_t)day * CALENDAR_DAY_S + 36000 + person, 0);
    }
}

static void write_machines(const stage *self)
{
    uint32_t readers = BIT(INGRID) | BIT(PRIYA) | BIT(TOM) | BIT(CLAIRE);
    for (int32_t ago = STORY_DAYS; ago >= 0; ago--) {
        int32_t day = self->day - ago;
        int64_t morning_s = (int64_t)day * CALENDAR_DAY_S + 5 * 3600;
        if (ago % 14 == 3)
            write_single(self, POST_BULK, NEWSLETTER, NEWSLETTER, morning_s, readers);
        if (ago % 30 == 1)
            write_single(self, POST_NOTICE, INVOICES, SOFIA, morning_s + 120, 0);
        if (ago % 91 == 20)
            write_own_bulk(self, day);
        if (ago % 180 == 60)
            write_single(self, POST_NO_DATE, SCANNER, JOSE, morning_s + 9000, 0);
    }
}

/* --------------------------------------------------------------------------------------------- */

bool story_tell(const cast *players, int32_t day, uint64_t seed, post_log *log)
{
    stage self = {players, log, day, seed};
    for (size_t i = 0; i < COUNT(story_relations); i++) {
        dice chance = dice_fork(seed, 1000 + i);
        write_relation(&self, &story_relations[i], &chance);
    }
    for (uint16_t person = STORY_COUNT; person < players->count; person++) {
        dice chance = dice_fork(seed, 2000 + person);
        write_extra(&self, person, &chance);
    }
    dice colleagues = dice_fork(seed, 3000);
    write_colleagues(&self, &colleagues);
    dice rounds = dice_fork(seed, 3001);
    write_rounds(&self, &rounds);
    dice list = dice_fork(seed, 3002);
    write_list(&self, &list);
    write_machines(&self);
    return !log->has_failed;
}
