/*
 * Sharing, groups, private people and private ties: what a viewer sees is the graph in which the
 * hidden does not exist.
 *
 * Two files hold the same people. The full one also has all ties and a random policy: whom people
 * share with (by one or two sources), groups of people and companies, defaults, whether sharing is
 * mutual, ties and people that are private. Into the plain one, which has no policy, the ties are
 * put that a viewer may see by the rules of the documentation, written down here as slowly and
 * plainly as possible; the transaction is aborted afterwards. Everything that can be asked must be
 * answered alike. Barriers are put up in both. Who is hidden has a number in the plain file, too,
 * so that numbers agree; of them the full one must say what it says of a number that was never
 * given out, and a company that only they make known must not be there.
 *
 * A case is one viewer with one path query and all the rest: `--cases N`.
 */
#include "oracle_db.h"
#include "oracle_store.h"
#include "random.h"
#include "scratch.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CASES_PER_GRAPH 8
#define PEOPLE_MAX 10
#define TIES_MAX 24
#define GROUPS 3
#define FIRMS 2 /* that employ people and can be in groups */
#define DOMAINS 2
#define PRIVATE_MAX 3
#define TEXT_BYTES_MAX ((size_t)1 << 20)
#define DAY 19700
#define NOBODY SIZE_MAX        /* as a viewer: the shared view */
#define AUDITOR (SIZE_MAX - 1) /* as a viewer: everything */

static random_arguments arguments = {1, 160};

typedef struct decision {
    wp_sharing sharing;
    bool groups[GROUPS];
    int32_t since;
} decision;

typedef struct person {
    wp_number number;
    bool is_us;
    int domain;             /* of the address; -1: none */
    bool works_at[FIRMS];   /* from DAY on, before that nowhere */
    bool is_member[GROUPS]; /* by name */
    decision decided[2];    /* by two sources; UNSAID: not */
} person;

typedef struct tie {
    size_t a;
    size_t b;
    double p;
} tie;

typedef struct secret {
    size_t person;
    size_t owner;
    bool is_whole;
} secret;

/* A graph with its policy. */
typedef struct net {
    size_t index;
    person people[PEOPLE_MAX];
    size_t people_count;
    tie ties[TIES_MAX];
    size_t tie_count;
    secret secrets[PRIVATE_MAX];
    size_t secret_count;
    bool has_firm[GROUPS][FIRMS]; /* the company is in the group */
    wp_number groups[GROUPS];
    wp_number firms[FIRMS];
    bool is_closed; /* by default */
    bool is_mutual;
    wp_barrier barrier; /* kind 0: none */
} net;

/* --- the rules, once more --- */

/* Whether somebody is in a group on a day. */
static bool is_in(const net *n, size_t who, size_t group, int32_t day)
{
    bool is = n->people[who].is_member[group];
    for (size_t i = 0; i < FIRMS; i++)
        is |= n->has_firm[group][i] && n->people[who].works_at[i] && day >= DAY;
    return is;
}

/* What holds of two decisions: the later one, else the stricter one; of groups those of both. */
static decision holding(const net *n, size_t who)
{
    decision a = n->people[who].decided[0], b = n->people[who].decided[1];
    if (a.sharing == WP_SHARING_UNSAID || b.sharing == WP_SHARING_UNSAID)
        return a.sharing == WP_SHARING_UNSAID ? b : a;
    if (a.since != b.since)
        return a.since > b.since ? a : b;
    if (a.sharing != b.sharing)
        return a.sharing > b.sharing ? a : b;
    for (size_t i = 0; i < GROUPS; i++)
        a.groups[i] &= b.groups[i];
    return a;
}

/* Whether the ties of one are shared with a viewer. */
static bool shares(const net *n, size_t who, size_t viewer, int32_t day)
{
    decision of = holding(n, who);
    bool is = of.sharing == WP_SHARING_OPEN ||
              (of.sharing == WP_SHARING_UNSAID && !(n->people[who].is_us && n->is_closed));
    for (size_t i = 0; i < GROUPS && of.sharing == WP_SHARING_GROUPS && viewer != NOBODY; i++)
        is |= of.groups[i] && is_in(n, viewer, i, day);
    return is;
}

static bool is_concerned(const net *n, size_t who)
{
    return n->people[who].is_us || holding(n, who).sharing != WP_SHARING_UNSAID;
}

static bool is_hidden(const net *n, size_t who, size_t viewer)
{
    bool is_private = false, is_owner = who == viewer || viewer == AUDITOR;
    for (size_t i = 0; i < n->secret_count; i++) {
        bool is_of = n->secrets[i].is_whole && n->secrets[i].person == who;
        is_private |= is_of;
        is_owner |= is_of && n->secrets[i].owner == viewer;
    }
    return is_private && !is_owner;
}

static bool is_end_open(const net *n, size_t end, size_t viewer, int32_t day)
{
    if (!shares(n, end, viewer, day))
        return false;
    return !n->is_mutual || viewer == NOBODY || !is_concerned(n, end) ||
           shares(n, viewer, end, day);
}

static bool is_visible(const net *n, const tie *at, size_t viewer, int32_t day)
{
    bool is_private = false, is_owner = false;
    if (viewer == AUDITOR)
        return true;
    for (size_t i = 0; i < n->secret_count; i++) {
        const secret *s = &n->secrets[i];
        bool is_of =
            (s->person == at->a && s->owner == at->b) || (s->person == at->b && s->owner == at->a);
        is_private |= is_of;
        is_owner |= is_of && s->owner == viewer;
    }
    if (is_hidden(n, at->a, viewer) || is_hidden(n, at->b, viewer) || (is_private && !is_owner))
        return false;
    if (viewer == at->a || viewer == at->b)
        return true;
    return is_end_open(n, at->a, viewer, day) && is_end_open(n, at->b, viewer, day);
}

/* Whether a company is known by addresses of hidden people alone; firms are called something. */
static bool is_domain_hidden(const net *n, int domain, size_t viewer)
{
    bool has_any = false, has_visible = false;
    for (size_t i = 0; i < n->people_count; i++) {
        has_any |= n->people[i].domain == domain;
        has_visible |= n->people[i].domain == domain && !is_hidden(n, i, viewer);
    }
    return has_any && !has_visible;
}

/* --- drawing --- */

static decision draw_decision(random_source *random)
{
    decision out = {WP_SHARING_UNSAID, {false}, 19000 + (int32_t)random_below(random, 3)};
    if (random_chance(random, 0.5))
        return out;
    out.sharing = (wp_sharing)(1 + random_below(random, 3));
    bool has_any = false;
    for (size_t i = 0; i < GROUPS && out.sharing == WP_SHARING_GROUPS; i++) {
        out.groups[i] = random_chance(random, 0.5);
        has_any |= out.groups[i];
    }
    out.groups[0] |= out.sharing == WP_SHARING_GROUPS && !has_any;
    return out;
}

static void draw_ties(random_source *random, net *n)
{
    for (size_t tries = 0; tries < 60 && n->tie_count < TIES_MAX; tries++) {
        tie at = {random_below(random, n->people_count), random_below(random, n->people_count),
                  0.1 + 0.8 * random_unit(random)};
        bool is_free = at.a != at.b;
        for (size_t i = 0; i < n->tie_count; i++)
            is_free &= !((n->ties[i].a == at.a && n->ties[i].b == at.b) ||
                         (n->ties[i].a == at.b && n->ties[i].b == at.a));
        if (is_free)
            n->ties[n->tie_count++] = at;
    }
}

static void draw(random_source *random, net *n, size_t index)
{
    *n = (net){.index = index,
               .people_count = 4 + random_below(random, PEOPLE_MAX - 3),
               .is_closed = random_chance(random, 0.3),
               .is_mutual = random_chance(random, 0.4)};
    for (size_t i = 0; i < n->people_count; i++) {
        person *p = &n->people[i];
        p->is_us = random_chance(random, 0.6);
        p->domain = random_chance(random, 0.4) ? (int)random_below(random, DOMAINS) : -1;
        for (size_t j = 0; j < FIRMS; j++)
            p->works_at[j] = random_chance(random, 0.3);
        for (size_t j = 0; j < GROUPS; j++)
            p->is_member[j] = random_chance(random, 0.3);
        p->decided[0] = draw_decision(random);
        if (random_chance(random, 0.3))
            p->decided[1] = draw_decision(random);
    }
    for (size_t i = 0; i < GROUPS; i++)
        for (size_t j = 0; j < FIRMS; j++)
            n->has_firm[i][j] = random_chance(random, 0.3);
    draw_ties(random, n);
    n->secret_count = random_below(random, PRIVATE_MAX + 1);
    for (size_t i = 0; i < n->secret_count; i++) {
        secret *s = &n->secrets[i];
        s->person = random_below(random, n->people_count);
        s->owner = (s->person + 1 + random_below(random, n->people_count - 1)) % n->people_count;
        s->is_whole = random_chance(random, 0.6);
        for (size_t j = 0; j < i; j++) /* what a hand states replaces what it stated */
            if (n->secrets[j].person == s->person && n->secrets[j].owner == s->owner)
                s->is_whole = n->secrets[j].is_whole;
    }
}

/* --- storing --- */

static void store_people(wp_txn *txn, net *n)
{
    wp_error err;
    for (size_t i = 0; i < n->people_count; i++) {
        char id[64], address[64];
        wp_identity identities[2] = {{WP_IDENTITY_ID, id}, {WP_IDENTITY_EMAIL, address}};
        wp_person_facts facts = WP_PERSON_FACTS_INIT;
        person *p = &n->people[i];
        snprintf(id, sizeof id, "p%zu-g%zu", i, n->index);
        snprintf(address, sizeof address, "p%zu@d%d.g%zu.example", i, p->domain, n->index);
        facts.identities = identities;
        facts.identity_count = p->domain < 0 ? 1 : 2;
        facts.us = p->is_us ? WP_US_YES : WP_US_UNSAID;
        oracle_must(wp_person_put(txn, &facts, &p->number, NULL, &err), &err, "person_put");
    }
}

/* Companies with names, and who works there; some only from DAY on. */
static void store_firms(wp_txn *txn, net *n)
{
    wp_error err;
    for (size_t i = 0; i < FIRMS; i++) {
        char id[64];
        wp_identity identity = {WP_IDENTITY_COMPANY_ID, id};
        wp_company_facts facts = WP_COMPANY_FACTS_INIT;
        snprintf(id, sizeof id, "firm%zu-g%zu", i, n->index);
        facts.identities = &identity;
        facts.identity_count = 1;
        facts.name = id;
        oracle_must(wp_company_put(txn, &facts, &n->firms[i], NULL, &err), &err, "company_put");
        for (size_t j = 0; j < n->people_count; j++) {
            wp_employment job = {.person = n->people[j].number,
                                 .company = n->firms[i],
                                 .from_day = DAY,
                                 .to_day = WP_DAY_NONE};
            if (n->people[j].works_at[i])
                oracle_must(wp_employment_put(txn, &job, &err), &err, "employment_put");
        }
    }
}

static void store_groups(wp_txn *txn, net *n)
{
    static const char *const kinds[GROUPS] = {"team", "list", "tag"};
    wp_error err;
    for (size_t i = 0; i < GROUPS; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s:g%zu", kinds[i], n->index);
        oracle_must(wp_group_put(txn, name, &n->groups[i], NULL, &err), &err, "group_put");
        for (size_t j = 0; j < n->people_count; j++) {
            wp_member in = {n->groups[i], {WP_SIDE_PERSON, n->people[j].number}, 0};
            if (n->people[j].is_member[i])
                oracle_must(wp_member_put(txn, &in, true, &err), &err, "member_put");
        }
        for (size_t j = 0; j < FIRMS; j++) {
            wp_member in = {n->groups[i], {WP_SIDE_COMPANY, n->firms[j]}, 0};
            if (n->has_firm[i][j])
                oracle_must(wp_member_put(txn, &in, true, &err), &err, "member_put");
        }
    }
}

static void store_decisions(wp_txn *txn, const net *n, size_t which)
{
    wp_error err;
    for (size_t i = 0; i < n->people_count; i++) {
        const decision *at = &n->people[i].decided[which];
        wp_number groups[GROUPS];
        wp_consent consent = WP_CONSENT_INIT;
        consent.person = n->people[i].number;
        consent.sharing = at->sharing;
        consent.since = at->since;
        for (size_t j = 0; j < GROUPS; j++)
            if (at->groups[j])
                groups[consent.group_count++] = n->groups[j];
        consent.groups = groups;
        if (at->sharing != WP_SHARING_UNSAID)
            oracle_must(wp_consent_put(txn, &consent, &err), &err, "consent_put");
    }
}

static void store_policy(wp_txn *txn, net *n, uint32_t other)
{
    wp_error err;
    wp_settings settings = WP_SETTINGS_INIT;
    settings.sharing = n->is_closed ? WP_SHARING_CLOSED : WP_SHARING_OPEN;
    settings.mutual = n->is_mutual ? WP_CHOICE_IN : WP_CHOICE_OUT;
    oracle_must(wp_settings_put(txn, &settings, &err), &err, "settings_put");
    store_decisions(txn, n, 0);
    for (size_t i = 0; i < n->secret_count; i++) {
        const secret *s = &n->secrets[i];
        wp_private kept = {n->people[s->person].number, n->people[s->owner].number, 0, s->is_whole};
        oracle_must(wp_private_put(txn, &kept, true, &err), &err, "private_put");
    }
    oracle_must(wp_txn_use_source(txn, other, &err), &err, "use_source");
    store_decisions(txn, n, 1);
    oracle_must(wp_txn_use_source(txn, WP_SOURCE_HAND, &err), &err, "use_source");
}

/* A stated tie both ways and a mail each way. */
static void store_tie(wp_txn *txn, const net *n, size_t index)
{
    wp_error err;
    const tie *at = &n->ties[index];
    wp_number ends[2] = {n->people[at->a].number, n->people[at->b].number};
    for (int i = 0; i < 2; i++) {
        char id[64];
        wp_stated_tie stated = {.from = ends[i], .to = ends[!i], .p = at->p};
        wp_participant to = {ends[!i], WP_ROLE_TO};
        wp_interaction mail = WP_INTERACTION_INIT;
        snprintf(id, sizeof id, "g%zu-%zu-%d", n->index, index, i);
        mail.source = id;
        mail.time_s = (DAY - 60 - (int64_t)index) * INT64_C(86400);
        mail.from = ends[i];
        mail.to = &to;
        mail.to_count = 1;
        oracle_must(wp_stated_tie_put(txn, &stated, &err), &err, "stated_tie_put");
        oracle_must(wp_interaction_put(txn, &mail, NULL, &err), &err, "interaction_put");
    }
}

static wp_side draw_side(random_source *random, const net *n)
{
    switch (random_below(random, 3)) {
    case 0:
        return (wp_side){WP_SIDE_PERSON, n->people[random_below(random, n->people_count)].number};
    case 1:
        return (wp_side){WP_SIDE_COMPANY, n->firms[random_below(random, FIRMS)]};
    }
    return (wp_side){WP_SIDE_GROUP, n->groups[random_below(random, GROUPS)]};
}

static void draw_barrier(random_source *random, net *n)
{
    n->barrier.a = draw_side(random, n);
    n->barrier.b = draw_side(random, n);
    bool is_one =
        n->barrier.a.kind == n->barrier.b.kind && n->barrier.a.number == n->barrier.b.number;
    if (is_one || random_chance(random, 0.6))
        n->barrier = (wp_barrier){.source = 0};
}

static void put_barrier(wp_txn *txn, const net *n, bool is_up)
{
    wp_error err;
    if (n->barrier.a.kind != 0)
        oracle_must(wp_barrier_put(txn, &n->barrier, is_up, &err), &err, "barrier_put");
}

/* --- asking --- */

typedef struct answers {
    char *text;
    size_t used;
    const net *n;
    size_t viewer;
    bool is_plain; /* says what must be said of whom is hidden */
} answers;

__attribute__((format(printf, 2, 3))) static void say(answers *out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int count = vsnprintf(out->text + out->used, TEXT_BYTES_MAX - out->used, format, list);
    va_end(list);
    assert_true(count >= 0 && (size_t)count < TEXT_BYTES_MAX - out->used);
    out->used += (size_t)count;
}

/* The status of a call, with the message of a failure. */
static void say_status(answers *out, const char *what, wp_status status, const wp_error *err)
{
    say(out, "%s %s %s\n", what, wp_status_name(status), status == WP_OK ? "" : err->message);
}

/* What is said of somebody who is not there; false: the question is to be asked. */
static bool say_nobody(answers *out, const char *what, size_t who)
{
    if (!out->is_plain || !is_hidden(out->n, who, out->viewer))
        return false;
    say(out, "%s WP_ENOTFOUND no person has number %u\n", what, out->n->people[who].number);
    return true;
}

static void say_tie(answers *out, const wp_tie *at)
{
    say(out, " %u>%u p%.17g c%u l%" PRId64 " m%u,%u\n", at->from, at->to, at->p, at->cost,
        at->last_contact_s, at->messages_out, at->messages_in);
}

static bool is_of_net(const net *n, wp_number number)
{
    bool is_any = false;
    for (size_t i = 0; i < n->people_count; i++)
        is_any |= n->people[i].number == number;
    return is_any;
}

/* Lists of people are those of the net without who is hidden. */
static void say_people(answers *out, const char *what, const wp_numbers *people)
{
    say(out, "%s", what);
    for (size_t i = 0; i < people->count; i++) {
        bool is_left_out = !is_of_net(out->n, people->items[i]);
        for (size_t j = 0; out->is_plain && j < out->n->people_count; j++)
            is_left_out |=
                out->n->people[j].number == people->items[i] && is_hidden(out->n, j, out->viewer);
        if (!is_left_out)
            say(out, " %u", people->items[i]);
    }
    say(out, "\n");
}

static void say_lists(answers *out, wp_txn *txn, int32_t day)
{
    wp_error err;
    wp_numbers people;
    const net *n = out->n;
    oracle_must(wp_us_people(txn, day, &people, &err), &err, "us_people");
    say_people(out, "us", &people);
    wp_numbers_free(&people);
    for (size_t i = 0; i < FIRMS; i++) {
        oracle_must(wp_company_people(txn, n->firms[i], day, &people, &err), &err, "people");
        say_people(out, "firm", &people);
        wp_numbers_free(&people);
    }
    for (size_t i = 0; i < GROUPS; i++) {
        oracle_must(wp_group_people(txn, n->groups[i], day, &people, &err), &err, "group_people");
        say_people(out, "group", &people);
        wp_numbers_free(&people);
    }
    for (int i = 0; i < DOMAINS; i++) {
        char domain[64];
        wp_number company = 0;
        wp_identity identity = {WP_IDENTITY_DOMAIN, domain};
        snprintf(domain, sizeof domain, "d%d.g%zu.example", i, n->index);
        wp_status status = wp_identity_find(txn, &identity, &company, &err);
        if (out->is_plain && is_domain_hidden(n, i, out->viewer))
            say(out, "domain WP_ENOTFOUND nobody has the identity\n");
        else
            say_status(out, "domain", status, &err);
    }
}

static void say_matches(answers *out, wp_txn *txn, size_t who, int32_t day)
{
    wp_error err;
    wp_matches matches;
    char text[64];
    wp_find_query query = WP_FIND_QUERY_INIT;
    snprintf(text, sizeof text, "p%zu-g%zu", who, out->n->index);
    query.text = text;
    query.day = day;
    query.limit = 1000;
    oracle_must(wp_find_on(txn, &query, &matches, &err), &err, "find");
    for (size_t i = 0; i < matches.count; i++) {
        const wp_match *at = &matches.items[i];
        bool is_left_out = at->is_company || !is_of_net(out->n, at->number);
        for (size_t j = 0; out->is_plain && j < out->n->people_count; j++)
            is_left_out |=
                out->n->people[j].number == at->number && is_hidden(out->n, j, out->viewer);
        if (!is_left_out)
            say(out, "match %u %.17g by %u %.17g\n", at->number, at->score, at->known_by, at->p);
    }
    wp_matches_free(&matches);
}

static void say_record(answers *out, wp_txn *txn, size_t who, int32_t day)
{
    wp_error err;
    wp_person found;
    wp_numbers numbers;
    char id[64];
    wp_number number = out->n->people[who].number;
    wp_identity identity = {WP_IDENTITY_ID, id};
    snprintf(id, sizeof id, "p%zu-g%zu", who, out->n->index);
    if (out->is_plain && is_hidden(out->n, who, out->viewer)) {
        say(out, "identity WP_ENOTFOUND nobody has the identity 0\n");
    } else {
        wp_number by_id = 0;
        wp_status status = wp_identity_find(txn, &identity, &by_id, &err);
        say(out, "identity %s %s %u\n", wp_status_name(status), status == WP_OK ? "" : err.message,
            by_id);
    }
    if (!say_nobody(out, "person", who)) {
        wp_status status = wp_person_get(txn, number, day, &found, &err);
        say_status(out, "person", status, &err);
        if (status == WP_OK)
            say(out, "%s works at %u\n", found.id, found.company);
    }
    if (!say_nobody(out, "numbers", who)) {
        say_status(out, "numbers", wp_person_numbers(txn, number, &numbers, &err), &err);
        wp_numbers_free(&numbers);
    }
    if (!say_nobody(out, "identity", who))
        say_status(out, "identity", wp_person_identity(txn, number, &identity, &err), &err);
    if (!say_nobody(out, "deals", who)) {
        say_status(out, "deals", wp_person_opportunities(txn, number, &numbers, &err), &err);
        wp_numbers_free(&numbers);
    }
}

static void say_ties(answers *out, wp_txn *txn, size_t who, int32_t day)
{
    wp_error err;
    wp_ties ties;
    wp_number number = out->n->people[who].number;
    for (int is_inbound = 0; is_inbound < 2; is_inbound++) {
        wp_neighbour next[PEOPLE_MAX];
        size_t count = 0;
        if (!say_nobody(out, "ties", who)) {
            wp_status status = wp_person_ties(txn, number, day, is_inbound != 0, &ties, &err);
            say_status(out, "ties", status, &err);
            for (size_t i = 0; i < ties.count; i++)
                say_tie(out, &ties.items[i]);
            wp_ties_free(&ties);
        }
        if (say_nobody(out, "neighbours", who))
            continue;
        wp_status status = wp_neighbours(txn, number, day, is_inbound != 0, WP_COST_NONE - 1, next,
                                         PEOPLE_MAX, &count, &err);
        uint64_t sum = 0; /* their order is not promised */
        for (size_t i = 0; i < count; i++)
            sum += (uint64_t)next[i].person * next[i].person + next[i].cost;
        say_status(out, "neighbours", status, &err);
        if (status == WP_OK)
            say(out, "%zu %" PRIu64 "\n", count, sum);
    }
}

static void say_pair(answers *out, wp_txn *txn, size_t from, size_t to, int32_t day)
{
    wp_error err;
    wp_tie found;
    wp_explanation *explained = NULL;
    wp_number a = out->n->people[from].number, b = out->n->people[to].number;
    if (say_nobody(out, "tie", from) || say_nobody(out, "tie", to))
        return;
    wp_status status = wp_tie_get(txn, a, b, day, &found, &err);
    say_status(out, "tie", status, &err);
    if (status == WP_OK)
        say_tie(out, &found);
    assert_int_equal(wp_explain(txn, a, b, day, &explained, NULL), status);
    for (size_t i = 0; explained != NULL && i < explained->count; i++)
        say(out, " %" PRId64 " %.17g\n", explained->items[i].time_s,
            explained->items[i].contribution);
    wp_explanation_free(explained);
}

/* A question with the lists that it points to. */
typedef struct question {
    wp_path_query query;
    wp_number sources[3];
    wp_number targets[3];
    wp_number avoid[1];
} question;

static size_t draw_list(random_source *random, const net *n, wp_number *out, size_t most)
{
    size_t count = 1 + random_below(random, most);
    for (size_t i = 0; i < count; i++)
        out[i] = n->people[random_below(random, n->people_count)].number;
    return count;
}

static size_t person_of(const net *n, wp_number number)
{
    size_t at = 0;
    while (n->people[at].number != number)
        at++;
    return at;
}

/* The first hidden one in the order in which a search looks: via, targets, sources, avoid. */
static size_t find_hidden(const net *n, const wp_path_query *query, size_t viewer)
{
    if (query->via != 0 && is_hidden(n, person_of(n, query->via), viewer))
        return person_of(n, query->via);
    const wp_number *lists[3] = {query->targets, query->sources, query->avoid};
    size_t counts[3] = {query->target_count, query->source_count, query->avoid_count};
    for (int list = 0; list < 3; list++)
        for (size_t i = 0; i < counts[list]; i++)
            if (is_hidden(n, person_of(n, lists[list][i]), viewer))
                return person_of(n, lists[list][i]);
    return NOBODY;
}

static void draw_question(random_source *random, const net *n, question *out)
{
    static const uint32_t hops[] = {1, 2, 3, 4, WP_HOPS_ANY};
    wp_path_query *query = &out->query;
    *query = (wp_path_query)WP_PATH_QUERY_INIT;
    query->sources = out->sources;
    query->source_count = draw_list(random, n, out->sources, 3);
    query->targets = out->targets;
    query->target_count = draw_list(random, n, out->targets, 3);
    query->avoid = out->avoid;
    query->avoid_count = random_chance(random, 0.2) ? draw_list(random, n, out->avoid, 1) : 0;
    if (random_chance(random, 0.15))
        query->via = n->people[random_below(random, n->people_count)].number;
    query->day = DAY + (int32_t)random_between(random, -200, 100);
    query->hops_max = hops[random_below(random, sizeof hops / sizeof *hops)];
    query->k = 1 + (uint32_t)random_below(random, 6);
    query->is_plain = random_chance(random, 0.3);
    query->p_min = random_chance(random, 0.5) ? 0.0 : 0.05;
    query->score_min = 0.0;
    query->with_reach = query->via == 0;
}

static void say_paths(answers *out, wp_txn *txn, const wp_path_query *query)
{
    wp_error err;
    wp_paths *paths = NULL;
    size_t hidden = find_hidden(out->n, query, out->viewer);
    if (hidden != NOBODY && say_nobody(out, "paths", hidden))
        return;
    wp_status status = wp_paths_find(txn, query, &paths, &err);
    say_status(out, "paths", status, &err);
    if (status == WP_OK)
        say(out, "%zu reach %.17g\n", wp_paths_count(paths), wp_paths_reach(paths));
    for (size_t i = 0; i < wp_paths_count(paths); i++) {
        const wp_path *path = wp_paths_at(paths, i);
        say(out, "path %" PRIu64 " %u %u\n", path->cost, path->introducer, path->weakest);
        for (uint32_t j = 0; j < path->hops; j++)
            say_tie(out, &path->ties[j]);
    }
    wp_paths_free(paths);
}

static void say_reach(answers *out, wp_txn *txn, const wp_path_query *like, bool is_by_hops)
{
    wp_error err;
    wp_reach *reach = NULL;
    wp_reach_query query = WP_REACH_QUERY_INIT;
    query.sources = like->sources;
    query.source_count = like->source_count;
    query.day = like->day;
    query.hops_max = like->hops_max;
    query.p_min = like->p_min;
    query.is_plain = like->is_plain;
    query.is_by_hops = is_by_hops;
    wp_path_query alone = *like;
    alone.via = 0;
    alone.target_count = alone.avoid_count = 0;
    size_t hidden = find_hidden(out->n, &alone, out->viewer);
    if (hidden != NOBODY && say_nobody(out, "reach", hidden))
        return;
    say_status(out, "reach", wp_reach_find(txn, &query, &reach, &err), &err);
    for (size_t i = 0; i < wp_reach_count(reach); i++) {
        const wp_reached *at = &wp_reach_items(reach)[i];
        say(out, "reached %u %u %" PRIu64 "\n", at->person, at->hops, at->cost);
    }
    wp_reach_free(reach);
}

/* Ask everything. */
static void ask(answers *out, wp_txn *txn, const wp_path_query *query)
{
    out->used = 0;
    say_paths(out, txn, query);
    say_reach(out, txn, query, false);
    say_reach(out, txn, query, true);
    say_lists(out, txn, query->day);
    for (size_t i = 0; i < out->n->people_count; i++) {
        say_record(out, txn, i, query->day);
        say_matches(out, txn, i, query->day);
        say_ties(out, txn, i, query->day);
        for (size_t j = 0; j < out->n->people_count; j++)
            if (i != j)
                say_pair(out, txn, i, j, query->day);
    }
}

/* --- comparing --- */

typedef struct pair_of_files {
    wp_db *full;
    wp_db *plain;
    answers of_full;
    answers of_plain;
    size_t cases;
    size_t hidden; /* cases in which a tie or person was */
    size_t nobody; /* cases in which a person was */
    size_t groups; /* cases in which a tie was seen thanks to a group */
} pair_of_files;

/* Whether the answers are alike; else the first lines that differ. */
static bool print_difference(const pair_of_files *files)
{
    const char *a = files->of_full.text, *b = files->of_plain.text;
    size_t line = 0;
    for (size_t i = 0; a[i] != '\0' || b[i] != '\0'; i++) {
        if (a[i] != b[i]) {
            print_error("%.*s\ninstead of\n%.*s\n", (int)strcspn(a + line, "\n"), a + line,
                        (int)strcspn(b + line, "\n"), b + line);
            return false;
        }
        line = a[i] == '\n' ? i + 1 : line;
    }
    return true;
}

static void count_case(pair_of_files *files, const net *n, size_t viewer, int32_t day)
{
    bool has_hidden = false, has_nobody = false, has_group = false;
    for (size_t i = 0; i < n->people_count; i++)
        has_nobody |= is_hidden(n, i, viewer);
    for (size_t i = 0; i < n->tie_count; i++) {
        bool is_seen = is_visible(n, &n->ties[i], viewer, day);
        has_hidden |= !is_seen;
        has_group |= is_seen && viewer < n->people_count &&
                     !is_visible(n, &n->ties[i], NOBODY, day) && viewer != n->ties[i].a &&
                     viewer != n->ties[i].b;
    }
    files->cases++;
    files->hidden += has_hidden || has_nobody;
    files->nobody += has_nobody;
    files->groups += has_group;
}

static bool check_viewer(pair_of_files *files, const net *n, wp_txn *full, size_t viewer,
                         const wp_path_query *query)
{
    wp_error err;
    wp_txn *plain = oracle_begin_write(files->plain);
    uint32_t as = viewer == NOBODY    ? WP_VIEW_SHARED
                  : viewer == AUDITOR ? WP_VIEW_ALL
                                      : n->people[viewer].number;
    for (size_t i = 0; i < n->tie_count; i++)
        if (is_visible(n, &n->ties[i], viewer, query->day))
            store_tie(plain, n, i);
    put_barrier(plain, n, true);
    oracle_must(wp_txn_use_viewer(plain, viewer == AUDITOR ? WP_VIEW_ALL : WP_VIEW_SHARED, &err),
                &err, "use_viewer");
    oracle_must(wp_txn_use_viewer(full, as, &err), &err, "use_viewer");
    files->of_full.n = files->of_plain.n = n;
    files->of_full.viewer = files->of_plain.viewer = viewer;
    ask(&files->of_full, full, query);
    ask(&files->of_plain, plain, query);
    wp_abort(plain);
    count_case(files, n, viewer, query->day);
    return print_difference(files);
}

static size_t draw_viewer(random_source *random, const net *n)
{
    switch (random_below(random, 6)) {
    case 0:
        return NOBODY;
    case 1:
        return random_chance(random, 0.3) ? AUDITOR : NOBODY;
    case 2:
        if (n->secret_count > 0)
            return n->secrets[random_below(random, n->secret_count)].owner;
    }
    return random_below(random, n->people_count);
}

static size_t check_net(pair_of_files *files, size_t index, uint32_t other)
{
    net n;
    size_t wrong = 0;
    random_source random = random_start(arguments.seed, index);
    draw(&random, &n, index);
    wp_txn *txn = oracle_begin_write(files->plain);
    store_people(txn, &n);
    store_firms(txn, &n);
    store_groups(txn, &n);
    oracle_commit(txn);
    txn = oracle_begin_write(files->full);
    store_people(txn, &n);
    store_firms(txn, &n);
    store_groups(txn, &n);
    store_policy(txn, &n, other);
    for (size_t i = 0; i < n.tie_count; i++)
        store_tie(txn, &n, i);
    draw_barrier(&random, &n);
    put_barrier(txn, &n, true);
    oracle_commit(txn);
    wp_txn *full = oracle_begin_read(files->full);
    for (size_t i = 0; i < CASES_PER_GRAPH; i++) {
        question q;
        draw_question(&random, &n, &q);
        if (!check_viewer(files, &n, full, draw_viewer(&random, &n), &q.query)) {
            print_error("seed %" PRIu64 ", graph %zu, case %zu\n", arguments.seed, index, i);
            wrong++;
        }
    }
    wp_abort(full);
    txn = oracle_begin_write(files->full);
    put_barrier(txn, &n, false); /* so that they never become too many */
    oracle_commit(txn);
    return wrong;
}

static void policies__leave_the_graph_in_which_the_hidden_never_was(void **unused)
{
    (void)unused;
    uint32_t other = 0;
    size_t wrong = 0, graphs = (size_t)(arguments.cases + CASES_PER_GRAPH - 1) / CASES_PER_GRAPH;
    pair_of_files files = {.full = oracle_open_fresh("full"),
                           .plain = oracle_open_fresh("plain"),
                           .of_full = {.text = oracle_alloc(TEXT_BYTES_MAX, 1)},
                           .of_plain = {.text = oracle_alloc(TEXT_BYTES_MAX, 1), .is_plain = true}};
    wp_db *both[2] = {files.full, files.plain};
    for (int i = 0; i < 2; i++) {
        wp_txn *txn = oracle_begin_write(both[i]);
        oracle_must(wp_together_put(txn, 0, NULL), NULL, "together_put");
        oracle_must(wp_source_put(txn, "other", NULL, 0, &other, NULL), NULL, "source_put");
        oracle_commit(txn);
    }
    for (size_t i = 0; i < graphs && wrong < 5; i++)
        wrong += check_net(&files, i, other);
    printf("%zu graphs, %zu viewers, from %zu of them something was hidden, from %zu somebody; %zu "
           "saw ties by a group\n",
           graphs, files.cases, files.hidden, files.nobody, files.groups);
    oracle_expect_sound(files.full, arguments.seed, 0, "after all policies");
    free(files.of_full.text);
    free(files.of_plain.text);
    wp_close(files.full);
    wp_close(files.plain);
    assert_int_equal(wrong, 0);
    assert_true(files.hidden > files.cases / 4);
    assert_true(files.nobody > files.cases / 10);
    assert_true(files.groups > files.cases / 20);
}

int main(int argc, char **argv)
{
    if (!random_arguments_read(argc, argv, &arguments)) {
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies__leave_the_graph_in_which_the_hidden_never_was),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_remove();
    return failed;
}
