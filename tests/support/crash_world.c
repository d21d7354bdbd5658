/*
 * Batches of writes for crash tests; see crash_world.h.
 *
 * A batch draws from a random stream of its own, so that it does not depend on those before it.
 * Source ids say batch and index, which is how whole batches are told from parts of them.
 */
#include "crash_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "crash_process.h"
#include "facts.h"
#include "random.h"

#define DOMAINS 6
#define DAY_S 86400
#define AGE_DAYS_MAX 700
#define RECIPIENTS_MAX 4

/* The part of a batch that is decided first. */
typedef struct batch_plan {
    random_source random;
    size_t interactions;
} batch_plan;

static batch_plan plan_batch(uint64_t seed, uint64_t batch)
{
    batch_plan plan = {.random = random_start(seed, batch)};
    plan.interactions = 1 + random_below(&plan.random, 50);
    return plan;
}

void crash_create(const char *path)
{
    static const char *const us[] = {CRASH_US};
    wp_error err;
    crash_must(wp_create(path, us, 1, &err), &err, "wp_create");
}

/* No SHA-256, but all that the audit log asks of a digest here: it depends on every byte. */
static void stand_in_digest(const void *data, size_t bytes, unsigned char digest[32])
{
    const unsigned char *at = data;
    uint64_t state = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < bytes + 32; i++) {
        state = (state ^ (i < bytes ? at[i] : 0)) * UINT64_C(0x100000001b3);
        if (i >= bytes)
            digest[i - bytes] = (unsigned char)(state >> 56);
    }
}

wp_db *crash_open(const char *path)
{
    wp_db *db = NULL;
    wp_error err;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    options.sha256 = stand_in_digest;
    crash_must(wp_open(path, &options, &db, &err), &err, "wp_open");
    return db;
}

void crash_people_put(wp_txn *txn, wp_number count)
{
    wp_error err;
    for (wp_number i = 1; i <= count; i++) {
        char id[16];
        wp_identity identity = {WP_IDENTITY_ID, id};
        wp_person_facts facts = facts_of_person(&identity);
        wp_number person = 0;
        (void)snprintf(id, sizeof id, "%u", i);
        crash_must(wp_person_put(txn, &facts, &person, NULL, &err), &err, "wp_person_put");
        crash_require(person == i, "people are numbered in order");
    }
}

static wp_number put_person(wp_txn *txn, size_t index)
{
    char email[64], id[32], name[64];
    size_t domain = index % DOMAINS;
    if (domain == 0)
        (void)snprintf(email, sizeof email, "p%zu@%s", index, CRASH_US);
    else
        (void)snprintf(email, sizeof email, "p%zu@c%zu.example", index, domain);
    (void)snprintf(id, sizeof id, "id-%zu", index);
    (void)snprintf(name, sizeof name, "Person Number%zu", index);
    wp_identity identities[] = {{WP_IDENTITY_EMAIL, email}, {WP_IDENTITY_ID, id}};
    wp_spelling spelling = {name, 1};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = identities;
    facts.identity_count = index % 3 == 0 ? 2 : 1;
    facts.spellings = &spelling;
    facts.spelling_count = 1;
    wp_number person = 0;
    wp_error err;
    crash_must(wp_person_put(txn, &facts, &person, NULL, &err), &err, "wp_person_put");
    return person;
}

static size_t pick_recipients(wp_txn *txn, random_source *random, size_t from,
                              wp_participant recipients[RECIPIENTS_MAX])
{
    bool is_taken[CRASH_PEOPLE] = {false};
    size_t wanted = 1 + random_below(random, RECIPIENTS_MAX), count = 0;
    is_taken[from] = true;
    for (size_t i = 0; i < wanted; i++) {
        size_t to = random_below(random, CRASH_PEOPLE);
        wp_role role = (wp_role)(1 + random_below(random, WP_ROLE_DECLINED));
        if (is_taken[to])
            continue;
        is_taken[to] = true;
        recipients[count++] = (wp_participant){put_person(txn, to), role};
    }
    return count;
}

static void source_name(char *text, size_t bytes, uint64_t batch, size_t index)
{
    (void)snprintf(text, bytes, "batch-%" PRIu64 "-%zu", batch, index);
}

static void put_interaction(wp_txn *txn, random_source *random, uint64_t batch, size_t index)
{
    char source[64], reply_to[64];
    wp_participant recipients[RECIPIENTS_MAX];
    wp_error err;
    bool is_new = false;
    size_t from = random_below(random, CRASH_PEOPLE);
    wp_interaction interaction = WP_INTERACTION_INIT;
    source_name(source, sizeof source, batch, index);
    source_name(reply_to, sizeof reply_to, random_below(random, (size_t)batch + 3),
                random_below(random, 30));
    interaction.source = source;
    interaction.kind = (wp_kind)(1 + random_below(random, WP_KIND_ASK));
    interaction.time_s = random_between(random, (int64_t)(CRASH_DAY - AGE_DAYS_MAX) * DAY_S,
                                        (int64_t)(CRASH_DAY + 1) * DAY_S - 1);
    interaction.from = put_person(txn, from);
    interaction.to = recipients;
    interaction.to_count = pick_recipients(txn, random, from, recipients);
    if (random_chance(random, .1))
        interaction.valence = random_unit(random) * 2 - 1;
    if (random_chance(random, .4))
        interaction.reply_to = reply_to;
    crash_must(wp_interaction_put(txn, &interaction, &is_new, &err), &err, "wp_interaction_put");
    if (!is_new)
        crash_fail("interaction %s was there before it was stored", source);
}

static void put_stated(wp_txn *txn, random_source *random)
{
    size_t from = random_below(random, CRASH_PEOPLE);
    size_t to = (from + 1 + random_below(random, CRASH_PEOPLE - 1)) % CRASH_PEOPLE;
    wp_stated_tie tie = {.from = put_person(txn, from), .to = put_person(txn, to)};
    wp_error err;
    tie.p = random_unit(random);
    crash_must(wp_stated_tie_put(txn, &tie, &err), &err, "wp_stated_tie_put");
}

static void put_consent(wp_txn *txn, random_source *random)
{
    wp_consent consent = WP_CONSENT_INIT;
    wp_error err;
    consent.person = put_person(txn, random_below(random, CRASH_PEOPLE));
    consent.introductions = random_chance(random, .5) ? WP_CHOICE_OUT : WP_CHOICE_IN;
    consent.contact = random_chance(random, .2) ? WP_CHOICE_OUT : WP_CHOICE_IN;
    consent.since = (int32_t)(CRASH_DAY - (int32_t)random_below(random, 300));
    crash_must(wp_consent_put(txn, &consent, &err), &err, "wp_consent_put");
}

static void put_employment(wp_txn *txn, random_source *random)
{
    char domain[64], title[32];
    wp_error err;
    (void)snprintf(domain, sizeof domain, "c%zu.example", 1 + random_below(random, DOMAINS + 4));
    (void)snprintf(title, sizeof title, "Title %zu", random_below(random, 9));
    wp_identity identity = {WP_IDENTITY_DOMAIN, domain};
    wp_company_facts facts = facts_of_company(&identity);
    facts.name = domain;
    wp_employment employment = {.title = title, .to_day = WP_DAY_NONE};
    crash_must(wp_company_put(txn, &facts, &employment.company, NULL, &err), &err,
               "wp_company_put");
    employment.person = put_person(txn, random_below(random, CRASH_PEOPLE));
    employment.from_day = (int32_t)(CRASH_DAY - (int32_t)random_below(random, 2000));
    crash_must(wp_employment_put(txn, &employment, &err), &err, "wp_employment_put");
}

void crash_batch_put(wp_txn *txn, uint64_t seed, uint64_t batch)
{
    batch_plan plan = plan_batch(seed, batch);
    wp_error err;
    for (size_t i = 0; i < plan.interactions; i++) {
        put_interaction(txn, &plan.random, batch, i);
        if (random_chance(&plan.random, .05))
            put_stated(txn, &plan.random);
        if (random_chance(&plan.random, .03))
            put_consent(txn, &plan.random);
        if (random_chance(&plan.random, .03))
            put_employment(txn, &plan.random);
    }
    crash_must(wp_mark_put(txn, CRASH_MARK, batch + 1, &err), &err, "wp_mark_put");
}

void crash_batch_commit(wp_db *db, uint64_t seed, uint64_t batch)
{
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    crash_batch_put(txn, seed, batch);
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
}

void crash_batch_count(wp_txn *txn, uint64_t seed, uint64_t batch, size_t *found, size_t *total)
{
    char source[64];
    wp_error err;
    uint64_t interaction = 0;
    *found = 0;
    *total = plan_batch(seed, batch).interactions;
    for (size_t i = 0; i < *total; i++) {
        source_name(source, sizeof source, batch, i);
        wp_status status = wp_interaction_find(txn, source, &interaction, &err);
        if (status == WP_OK)
            (*found)++;
        else if (status != WP_ENOTFOUND)
            crash_must(status, &err, "wp_interaction_find");
    }
}

static void print_fault(void *context, const char *table, const char *key, const char *what)
{
    (void)context;
    fprintf(stderr, "fault: table %s, key %s: %s\n", table, key, what);
}

uint64_t crash_check(wp_txn *txn)
{
    uint64_t faults = 0;
    wp_error err;
    crash_must(wp_check(txn, true, print_fault, NULL, &faults, &err), &err, "wp_check");
    return faults;
}

void crash_check_db(wp_db *db, const char *when)
{
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    uint64_t faults = crash_check(txn);
    wp_abort(txn);
    if (faults != 0)
        crash_fail("%" PRIu64 " faults %s", faults, when);
}
