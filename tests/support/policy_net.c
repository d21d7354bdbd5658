/*
 * Random networks with a policy, and what may be seen of them: see policy_net.h.
 */
#include "policy_net.h"

#include <stdio.h>

#include "facts.h"
#include "oracle_store.h"

/* --- the rules, once more --- */

/* Whether somebody is in a group on a day. */
static bool is_in(const policy_net *n, size_t who, size_t group, int32_t day)
{
    bool is = n->people[who].is_member[group];
    for (size_t i = 0; i < POLICY_FIRMS; i++)
        is |= n->has_firm[group][i] && n->people[who].works_at[i] && day >= POLICY_DAY;
    return is;
}

/* What holds of two decisions: the later one, else the stricter one; of groups those of both. */
static policy_decision holding(const policy_net *n, size_t who)
{
    policy_decision a = n->people[who].decided[0], b = n->people[who].decided[1];
    if (a.sharing == WP_SHARING_UNSAID || b.sharing == WP_SHARING_UNSAID)
        return a.sharing == WP_SHARING_UNSAID ? b : a;
    if (a.since != b.since)
        return a.since > b.since ? a : b;
    if (a.sharing != b.sharing)
        return a.sharing > b.sharing ? a : b;
    for (size_t i = 0; i < POLICY_GROUPS; i++)
        a.groups[i] &= b.groups[i];
    return a;
}

/* Whether the ties of one are shared with a viewer. */
static bool shares(const policy_net *n, size_t who, size_t viewer, int32_t day)
{
    policy_decision of = holding(n, who);
    bool is = of.sharing == WP_SHARING_OPEN ||
              (of.sharing == WP_SHARING_UNSAID && !(n->people[who].is_us && n->is_closed));
    for (size_t i = 0;
         i < POLICY_GROUPS && of.sharing == WP_SHARING_GROUPS && viewer != POLICY_NOBODY; i++)
        is |= of.groups[i] && is_in(n, viewer, i, day);
    return is;
}

static bool is_concerned(const policy_net *n, size_t who)
{
    return n->people[who].is_us || holding(n, who).sharing != WP_SHARING_UNSAID;
}

bool policy_net_hides(const policy_net *n, size_t who, size_t viewer)
{
    bool is_private = false, is_owner = who == viewer || viewer == POLICY_AUDITOR;
    for (size_t i = 0; i < n->secret_count; i++) {
        bool is_of = n->secrets[i].is_whole && n->secrets[i].person == who;
        is_private |= is_of;
        is_owner |= is_of && n->secrets[i].owner == viewer;
    }
    return is_private && !is_owner;
}

static bool is_end_open(const policy_net *n, size_t end, size_t viewer, int32_t day)
{
    if (!shares(n, end, viewer, day))
        return false;
    return !n->is_mutual || viewer == POLICY_NOBODY || !is_concerned(n, end) ||
           shares(n, viewer, end, day);
}

bool policy_net_shows(const policy_net *n, const policy_tie *at, size_t viewer, int32_t day)
{
    bool is_private = false, is_owner = false;
    if (viewer == POLICY_AUDITOR)
        return true;
    for (size_t i = 0; i < n->secret_count; i++) {
        const policy_secret *s = &n->secrets[i];
        bool is_of =
            (s->person == at->a && s->owner == at->b) || (s->person == at->b && s->owner == at->a);
        is_private |= is_of;
        is_owner |= is_of && s->owner == viewer;
    }
    if (policy_net_hides(n, at->a, viewer) || policy_net_hides(n, at->b, viewer) ||
        (is_private && !is_owner))
        return false;
    if (viewer == at->a || viewer == at->b)
        return true;
    return is_end_open(n, at->a, viewer, day) && is_end_open(n, at->b, viewer, day);
}

/* Whether a company is known by addresses of hidden people alone; firms are called something. */
bool policy_net_hides_domain(const policy_net *n, int domain, size_t viewer)
{
    bool has_any = false, has_visible = false;
    for (size_t i = 0; i < n->people_count; i++) {
        has_any |= n->people[i].domain == domain;
        has_visible |= n->people[i].domain == domain && !policy_net_hides(n, i, viewer);
    }
    return has_any && !has_visible;
}

/* --- drawing --- */

static policy_decision draw_decision(random_source *random)
{
    policy_decision out = {WP_SHARING_UNSAID, {false}, 19000 + (int32_t)random_below(random, 3)};
    if (random_chance(random, 0.5))
        return out;
    out.sharing = (wp_sharing)(1 + random_below(random, 3));
    bool has_any = false;
    for (size_t i = 0; i < POLICY_GROUPS && out.sharing == WP_SHARING_GROUPS; i++) {
        out.groups[i] = random_chance(random, 0.5);
        has_any |= out.groups[i];
    }
    out.groups[0] |= out.sharing == WP_SHARING_GROUPS && !has_any;
    return out;
}

static void draw_ties(random_source *random, policy_net *n)
{
    for (size_t tries = 0; tries < 60 && n->tie_count < POLICY_TIES_MAX; tries++) {
        policy_tie at = {random_below(random, n->people_count),
                         random_below(random, n->people_count), 0.1 + 0.8 * random_unit(random)};
        bool is_free = at.a != at.b;
        for (size_t i = 0; i < n->tie_count; i++)
            is_free &= !((n->ties[i].a == at.a && n->ties[i].b == at.b) ||
                         (n->ties[i].a == at.b && n->ties[i].b == at.a));
        if (is_free)
            n->ties[n->tie_count++] = at;
    }
}

void policy_net_draw(random_source *random, policy_net *n, size_t index)
{
    *n = (policy_net){.index = index,
                      .people_count = 4 + random_below(random, POLICY_PEOPLE_MAX - 3),
                      .is_closed = random_chance(random, 0.3),
                      .is_mutual = random_chance(random, 0.4)};
    for (size_t i = 0; i < n->people_count; i++) {
        policy_person *p = &n->people[i];
        p->is_us = random_chance(random, 0.6);
        p->domain = random_chance(random, 0.4) ? (int)random_below(random, POLICY_DOMAINS) : -1;
        for (size_t j = 0; j < POLICY_FIRMS; j++)
            p->works_at[j] = random_chance(random, 0.3);
        for (size_t j = 0; j < POLICY_GROUPS; j++)
            p->is_member[j] = random_chance(random, 0.3);
        p->decided[0] = draw_decision(random);
        if (random_chance(random, 0.3))
            p->decided[1] = draw_decision(random);
    }
    for (size_t i = 0; i < POLICY_GROUPS; i++)
        for (size_t j = 0; j < POLICY_FIRMS; j++)
            n->has_firm[i][j] = random_chance(random, 0.3);
    draw_ties(random, n);
    n->secret_count = random_below(random, POLICY_PRIVATE_MAX + 1);
    for (size_t i = 0; i < n->secret_count; i++) {
        policy_secret *s = &n->secrets[i];
        s->person = random_below(random, n->people_count);
        s->owner = (s->person + 1 + random_below(random, n->people_count - 1)) % n->people_count;
        s->is_whole = random_chance(random, 0.6);
        for (size_t j = 0; j < i; j++) /* what a hand states replaces what it stated */
            if (n->secrets[j].person == s->person && n->secrets[j].owner == s->owner)
                s->is_whole = n->secrets[j].is_whole;
    }
}

/* --- storing --- */

void policy_net_store_people(wp_txn *txn, policy_net *n)
{
    wp_error err;
    for (size_t i = 0; i < n->people_count; i++) {
        char id[64], address[64];
        wp_identity identities[2] = {{WP_IDENTITY_ID, id}, {WP_IDENTITY_EMAIL, address}};
        wp_person_facts facts = WP_PERSON_FACTS_INIT;
        policy_person *p = &n->people[i];
        snprintf(id, sizeof id, "p%zu-g%zu", i, n->index);
        snprintf(address, sizeof address, "p%zu@d%d.g%zu.example", i, p->domain, n->index);
        facts.identities = identities;
        facts.identity_count = p->domain < 0 ? 1 : 2;
        facts.us = p->is_us ? WP_US_YES : WP_US_UNSAID;
        oracle_must(wp_person_put(txn, &facts, &p->number, NULL, &err), &err, "person_put");
    }
}

/* Companies with names, and who works there; some only from POLICY_DAY on. */
void policy_net_store_firms(wp_txn *txn, policy_net *n)
{
    wp_error err;
    for (size_t i = 0; i < POLICY_FIRMS; i++) {
        char id[64];
        wp_identity identity = {WP_IDENTITY_COMPANY_ID, id};
        wp_company_facts facts = facts_of_company(&identity);
        snprintf(id, sizeof id, "firm%zu-g%zu", i, n->index);
        facts.name = id;
        oracle_must(wp_company_put(txn, &facts, &n->firms[i], NULL, &err), &err, "company_put");
        for (size_t j = 0; j < n->people_count; j++) {
            wp_employment job = {.person = n->people[j].number,
                                 .company = n->firms[i],
                                 .from_day = POLICY_DAY,
                                 .to_day = WP_DAY_NONE};
            if (n->people[j].works_at[i])
                oracle_must(wp_employment_put(txn, &job, &err), &err, "employment_put");
        }
    }
}

void policy_net_store_groups(wp_txn *txn, policy_net *n)
{
    static const char *const kinds[POLICY_GROUPS] = {"team", "list", "tag"};
    wp_error err;
    for (size_t i = 0; i < POLICY_GROUPS; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s:g%zu", kinds[i], n->index);
        oracle_must(wp_group_put(txn, name, &n->groups[i], NULL, &err), &err, "group_put");
        for (size_t j = 0; j < n->people_count; j++) {
            wp_member in = {n->groups[i], {WP_SIDE_PERSON, n->people[j].number}, 0};
            if (n->people[j].is_member[i])
                oracle_must(wp_member_put(txn, &in, true, &err), &err, "member_put");
        }
        for (size_t j = 0; j < POLICY_FIRMS; j++) {
            wp_member in = {n->groups[i], {WP_SIDE_COMPANY, n->firms[j]}, 0};
            if (n->has_firm[i][j])
                oracle_must(wp_member_put(txn, &in, true, &err), &err, "member_put");
        }
    }
}

static void store_decisions(wp_txn *txn, const policy_net *n, size_t which)
{
    wp_error err;
    for (size_t i = 0; i < n->people_count; i++) {
        const policy_decision *at = &n->people[i].decided[which];
        wp_number groups[POLICY_GROUPS];
        wp_consent consent = WP_CONSENT_INIT;
        consent.person = n->people[i].number;
        consent.sharing = at->sharing;
        consent.since = at->since;
        for (size_t j = 0; j < POLICY_GROUPS; j++)
            if (at->groups[j])
                groups[consent.group_count++] = n->groups[j];
        consent.groups = groups;
        if (at->sharing != WP_SHARING_UNSAID)
            oracle_must(wp_consent_put(txn, &consent, &err), &err, "consent_put");
    }
}

void policy_net_store_policy(wp_txn *txn, policy_net *n, uint32_t other)
{
    wp_error err;
    wp_settings settings = WP_SETTINGS_INIT;
    settings.sharing = n->is_closed ? WP_SHARING_CLOSED : WP_SHARING_OPEN;
    settings.mutual = n->is_mutual ? WP_CHOICE_IN : WP_CHOICE_OUT;
    oracle_must(wp_settings_put(txn, &settings, &err), &err, "settings_put");
    store_decisions(txn, n, 0);
    for (size_t i = 0; i < n->secret_count; i++) {
        const policy_secret *s = &n->secrets[i];
        wp_private kept = {n->people[s->person].number, n->people[s->owner].number, 0, s->is_whole};
        oracle_must(wp_private_put(txn, &kept, true, &err), &err, "private_put");
    }
    oracle_must(wp_txn_use_source(txn, other, &err), &err, "use_source");
    store_decisions(txn, n, 1);
    oracle_must(wp_txn_use_source(txn, WP_SOURCE_HAND, &err), &err, "use_source");
}

/* A stated tie both ways and a mail each way. */
void policy_net_store_tie(wp_txn *txn, const policy_net *n, size_t index)
{
    wp_error err;
    const policy_tie *at = &n->ties[index];
    wp_number ends[2] = {n->people[at->a].number, n->people[at->b].number};
    for (int i = 0; i < 2; i++) {
        char id[64];
        wp_stated_tie stated = {.from = ends[i], .to = ends[!i], .p = at->p};
        wp_participant to = {ends[!i], WP_ROLE_TO};
        snprintf(id, sizeof id, "g%zu-%zu-%d", n->index, index, i);
        wp_interaction mail =
            facts_of_mail(id, (POLICY_DAY - 60 - (int64_t)index) * INT64_C(86400), ends[i], &to);
        oracle_must(wp_stated_tie_put(txn, &stated, &err), &err, "stated_tie_put");
        oracle_must(wp_interaction_put(txn, &mail, NULL, &err), &err, "interaction_put");
    }
}

static wp_side draw_side(random_source *random, const policy_net *n)
{
    switch (random_below(random, 3)) {
    case 0:
        return (wp_side){WP_SIDE_PERSON, n->people[random_below(random, n->people_count)].number};
    case 1:
        return (wp_side){WP_SIDE_COMPANY, n->firms[random_below(random, POLICY_FIRMS)]};
    }
    return (wp_side){WP_SIDE_GROUP, n->groups[random_below(random, POLICY_GROUPS)]};
}

void policy_net_draw_barrier(random_source *random, policy_net *n)
{
    n->barrier.a = draw_side(random, n);
    n->barrier.b = draw_side(random, n);
    bool is_one =
        n->barrier.a.kind == n->barrier.b.kind && n->barrier.a.number == n->barrier.b.number;
    if (is_one || random_chance(random, 0.6))
        n->barrier = (wp_barrier){.source = 0};
}

void policy_net_put_barrier(wp_txn *txn, const policy_net *n, bool is_up)
{
    wp_error err;
    if (n->barrier.a.kind != 0)
        oracle_must(wp_barrier_put(txn, &n->barrier, is_up, &err), &err, "barrier_put");
}
