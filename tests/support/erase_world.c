/*
 * Networks of people with strings of their own: see erase_world.h.
 */
#include "erase_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "facts.h"
#include "oracle_store.h"
#include "random.h"
#include "scan.h"

#define DAY 19700
#define DAY_SECONDS 86400
#define SOURCES 5
#define TO_MAX 4
#define COMMIT_CHANCE 0.1

/* ---- People ---- */

/* A word that occurs nowhere else, perhaps with letters that folding changes. */
static void make_word(random_source *random, bool has_accents, char *out)
{
    static const char *const plain[] = {"ba", "ki", "zo",  "me", "tu",
                                        "re", "lo", "qui", "xa", "vy"};
    static const char *const odd[] = {"Žá", "öß", "Łę", "ñí", "ΛΔ", "жы", "ĳ", "Çé"};
    size_t used = 0;
    for (int i = 0; i < 6; i++)
        used += (size_t)snprintf(out + used, 40 - used, "%s",
                                 has_accents && i % 2 == 0 ? odd[random_below(random, 8)]
                                                           : plain[random_below(random, 10)]);
    (void)snprintf(out + used, 40 - used, "%c%c", 'a' + (int)random_below(random, 26),
                   'a' + (int)random_below(random, 26));
}

static const char *add_text(erase_person *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static const char *add_text(erase_person *self, const char *format, ...)
{
    va_list arguments;
    assert_true(self->text_count < ERASE_TEXTS_MAX);
    char *text = self->texts[self->text_count++];
    va_start(arguments, format);
    (void)vsnprintf(text, ERASE_TEXT_BYTES, format, arguments);
    va_end(arguments);
    return text;
}

static void make_person(random_source *random, erase_person *self)
{
    char given[40], family[40], odd[40], word[40];
    make_word(random, false, given);
    make_word(random, false, family);
    make_word(random, true, odd);
    given[0] = (char)(given[0] - 'a' + 'A');
    self->emails[0] = add_text(self, "%s.%s@acme.example", given, family);
    self->emails[1] = add_text(self, "%s@gmail.com", family);
    self->emails[2] = add_text(self, "%s@%s.example", given, family);
    make_word(random, false, word);
    self->id = add_text(self, "crm-%s", word);
    make_word(random, false, word);
    self->slug = add_text(self, "%s-in", word);
    self->names[0] = add_text(self, "%s %s", given, family);
    self->names[1] = add_text(self, "%s, %s", family, given);
    self->names[2] = add_text(self, "%s %s", odd, family);
    make_word(random, false, word);
    self->title = add_text(self, "Chief %s", word);
    /* Her words by themselves: the name index has them. */
    (void)add_text(self, "%s", given);
    (void)add_text(self, "%s", family);
    (void)add_text(self, "%s", odd);
    (void)add_text(self, "%s", word);
}

void erase_world_make(erase_world *self, uint64_t seed)
{
    random_source random = random_start(seed, 1);
    memset(self, 0, sizeof *self);
    self->seed = seed;
    for (size_t i = 0; i < ERASE_PEOPLE; i++)
        make_person(&random, &self->people[i]);
}

/* ---- Rows ---- */

typedef struct writer {
    erase_world *world;
    wp_txn *txn;
    random_source random;
    bool is_again;
} writer;

static const erase_person *pick(writer *self)
{
    return &self->world->people[random_below(&self->random, ERASE_PEOPLE)];
}

static wp_identity identity_of(const erase_person *who, size_t index)
{
    if (index < 3)
        return (wp_identity){WP_IDENTITY_EMAIL, who->emails[index]};
    return index == 3 ? (wp_identity){WP_IDENTITY_ID, who->id}
                      : (wp_identity){WP_IDENTITY_LINKEDIN, who->slug};
}

/* Store facts; 0: she was erased. */
static wp_number put_facts(writer *self, const wp_person_facts *facts)
{
    wp_number number = 0;
    wp_error err;
    wp_status status = wp_person_put(self->txn, facts, &number, NULL, &err);
    if (status != WP_EERASED)
        oracle_must(status, &err, "person_put");
    return status == WP_OK ? number : 0;
}

static wp_number put_identity(writer *self, const erase_person *who)
{
    wp_identity identity = identity_of(who, random_below(&self->random, 5));
    wp_person_facts facts = facts_of_person(&identity);
    return put_facts(self, &facts);
}

static void put_person(writer *self)
{
    const erase_person *who = pick(self);
    wp_identity some[2] = {identity_of(who, random_below(&self->random, 5)),
                           identity_of(who, random_below(&self->random, 5))};
    wp_spelling spelling = {who->names[random_below(&self->random, 3)], 2};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = some;
    facts.identity_count = 1 + random_below(&self->random, 2);
    facts.name =
        random_chance(&self->random, 0.7) ? who->names[random_below(&self->random, 3)] : NULL;
    facts.title = random_chance(&self->random, 0.5) ? who->title : NULL;
    facts.spellings = &spelling;
    facts.spelling_count = random_below(&self->random, 2);
    facts.has_totals = true;
    (void)put_facts(self, &facts);
}

static wp_number put_company(writer *self)
{
    static const char *const domains[] = {"acme.example", "beta.example", "gamma.example"};
    wp_number number;
    wp_error err;
    wp_identity domain = {WP_IDENTITY_DOMAIN, domains[random_below(&self->random, 3)]};
    wp_company_facts facts = facts_of_company(&domain);
    oracle_must(wp_company_put(self->txn, &facts, &number, NULL, &err), &err, "company_put");
    return number;
}

static void put_employment(writer *self)
{
    wp_error err;
    char title[2 * ERASE_TEXT_BYTES];
    const erase_person *who = pick(self), *chief = pick(self);
    bool is_assistant = random_chance(&self->random, 0.3);
    (void)snprintf(title, sizeof title, is_assistant ? "Assistant to %s" : "%s",
                   is_assistant ? chief->names[0] : who->title);
    wp_number person = put_identity(self, who);
    wp_employment job = {.person = person,
                         .company = put_company(self),
                         .title = title,
                         .from_day = random_chance(&self->random, 0.5) ? WP_DAY_NONE : DAY - 50,
                         .to_day = WP_DAY_NONE};
    if (person != 0 && !(is_assistant && self->is_again))
        oracle_must(wp_employment_put(self->txn, &job, &err), &err, "employment_put");
}

/* An id that may contain an address, in one of the shapes in which they do. */
static void make_id(size_t number, const erase_world *world, char *out, size_t bytes)
{
    static const char *const shapes[] = {"<m%zu.%s>", "<%zu-%s>", "%zu/%s/INBOX", "<%zu$%s;x>"};
    random_source fixed = random_start(world->seed + 7, number);
    const erase_person *who = &world->people[random_below(&fixed, ERASE_PEOPLE)];
    const char *shape = shapes[random_below(&fixed, 4)];
    if (random_chance(&fixed, 0.5))
        (void)snprintf(out, bytes, "<plain-%zu>", number);
    else
        (void)snprintf(out, bytes, shape, number, who->emails[random_below(&fixed, 3)]);
}

static void put_interaction(writer *self)
{
    wp_error err;
    char source[300], reply_to[300];
    wp_participant to[TO_MAX];
    wp_interaction it = WP_INTERACTION_INIT;
    size_t count = 1 + random_below(&self->random, TO_MAX), id = random_below(&self->random, 60);
    make_id(id, self->world, source, sizeof source);
    make_id(random_below(&self->random, 60), self->world, reply_to, sizeof reply_to);
    it.source = source;
    it.reply_to = random_chance(&self->random, 0.4) ? reply_to : NULL;
    it.kind = random_chance(&self->random, 0.7) ? WP_KIND_MAIL : WP_KIND_MEETING;
    it.time_s = (DAY - 300 + (int64_t)random_below(&self->random, 300)) * DAY_SECONDS;
    it.flags = random_chance(&self->random, 0.1)   ? WP_INTERACTION_AUTOMATIC
               : random_chance(&self->random, 0.1) ? WP_INTERACTION_PRIVATE
                                                   : 0;
    it.revision = (int64_t)random_below(&self->random, 3);
    it.from = put_identity(self, pick(self));
    it.to = to;
    for (size_t i = 0; i < count; i++) {
        wp_number person = put_identity(self, pick(self));
        if (person != 0)
            to[it.to_count++] = (wp_participant){person, (wp_role)(1 + i % 3)};
    }
    if (it.from != 0 && it.to_count > 0)
        oracle_must(wp_interaction_put(self->txn, &it, NULL, &err), &err, "interaction_put");
}

static void put_pair(writer *self)
{
    wp_error err;
    wp_number a = put_identity(self, pick(self)), b = put_identity(self, pick(self));
    wp_stated_tie tie = {.from = a, .to = b, .p = 0.4};
    wp_private kept = {a, b, 0, false};
    wp_consent consent = WP_CONSENT_INIT;
    if (a == 0 || b == 0 || a == b)
        return;
    consent.person = a;
    consent.introductions = WP_CHOICE_OUT;
    switch (random_below(&self->random, 3)) {
    case 0:
        oracle_must(wp_stated_tie_put(self->txn, &tie, &err), &err, "stated_tie_put");
        break;
    case 1:
        oracle_must(wp_private_put(self->txn, &kept, true, &err), &err, "private_put");
        break;
    default:
        oracle_must(wp_consent_put(self->txn, &consent, &err), &err, "consent_put");
    }
}

static void put_opportunity(writer *self)
{
    wp_error err;
    char id[300], name[300];
    wp_number number;
    const erase_person *about = pick(self), *who = pick(self);
    wp_opportunity deal = WP_OPPORTUNITY_INIT;
    if (self->is_again)
        return;
    (void)snprintf(id, sizeof id,
                   random_chance(&self->random, 0.5) ? "opportunity:%s @ Acme" : "006-%.3s",
                   about->names[0]);
    (void)snprintf(name, sizeof name, "Renewal with %s",
                   about->names[random_below(&self->random, 3)]);
    deal.id = id;
    deal.name = name;
    deal.stage = random_chance(&self->random, 0.3) ? about->emails[0] : "Proposal";
    deal.owner = put_identity(self, pick(self));
    oracle_must(wp_opportunity_put(self->txn, &deal, &number, NULL, &err), &err, "opportunity_put");
    wp_contact_role role = {.opportunity = number,
                            .person = put_identity(self, who),
                            .role =
                                random_chance(&self->random, 0.5) ? who->title : about->names[0]};
    if (role.person != 0)
        oracle_must(wp_contact_role_put(self->txn, &role, &err), &err, "contact_role_put");
}

static void put_merge(writer *self)
{
    wp_error err;
    const erase_person *who = pick(self);
    wp_number a = put_identity(self, who), b = put_identity(self, who);
    if (a == 0 || b == 0 || a == b)
        return;
    if (random_chance(&self->random, 0.8))
        oracle_must(wp_person_merge(self->txn, a, b, &err), &err, "merge");
    else
        oracle_must(wp_person_set_apart(self->txn, a, true, &err), &err, "set_apart");
}

/* The names of sources contain addresses and names; so do marks. */
static void use_source(writer *self)
{
    wp_error err;
    char name[300];
    uint32_t number;
    size_t source = random_below(&self->random, SOURCES);
    const erase_person *who = &self->world->people[source];
    (void)snprintf(name, sizeof name, source % 2 == 0 ? "/mail/%s.mbox" : "/home/%s/contacts.csv",
                   source % 2 == 0 ? who->emails[0] : who->names[0]);
    oracle_must(wp_source_put(self->txn, name, "mbox", WP_TIME_NONE, &number, &err), &err,
                "source_put");
    oracle_must(wp_txn_use_source(self->txn, number, &err), &err, "use_source");
    if (!self->is_again)
        oracle_must(wp_mark_put(self->txn, name, 1 + source, &err), &err, "mark_put");
}

typedef void row_fn(writer *self);

void erase_world_store(erase_world *self, wp_db *db, bool is_again)
{
    static row_fn *const rows[] = {put_person,      put_person,      put_employment,
                                   put_interaction, put_interaction, put_interaction,
                                   put_pair,        put_pair,        put_opportunity};
    wp_error err;
    writer out = {.world = self, .is_again = is_again};
    oracle_must(wp_begin_write(db, &out.txn, &err), &err, "begin_write");
    for (size_t i = 0; i < ERASE_ROWS; i++) {
        out.random = random_start(self->seed, 100 + i);
        bool is_by_hand = random_chance(&out.random, 0.1);
        if (is_by_hand)
            oracle_must(wp_txn_use_source(out.txn, WP_SOURCE_HAND, &err), &err, "use_source");
        else
            use_source(&out);
        if (is_by_hand && random_chance(&out.random, 0.5) && !is_again)
            put_merge(&out);
        else
            rows[random_below(&out.random, sizeof rows / sizeof *rows)](&out);
        if (!random_chance(&out.random, COMMIT_CHANCE))
            continue;
        oracle_must(wp_commit(out.txn, &err), &err, "commit");
        oracle_must(wp_begin_write(db, &out.txn, &err), &err, "begin_write");
    }
    oracle_must(wp_commit(out.txn, &err), &err, "commit");
}

void erase_world_erase(const erase_world *self, wp_db *db, size_t person)
{
    wp_error err;
    wp_txn *txn = NULL;
    wp_number first = 0, number;
    oracle_must(wp_begin_write(db, &txn, &err), &err, "begin_write");
    for (size_t i = 0; i < 5; i++) {
        wp_identity identity = identity_of(&self->people[person], i);
        wp_person_facts facts = facts_of_person(&identity);
        /* A name that the database was never told of her cannot be found in texts of others. */
        wp_spelling spelling = {self->people[person].names[i % 3], 1};
        facts.spellings = &spelling;
        facts.spelling_count = 1;
        oracle_must(wp_person_put(txn, &facts, &number, NULL, &err), &err, "person_put");
        if (first == 0)
            first = number;
        else
            oracle_must(wp_person_merge(txn, first, number, &err), &err, "merge");
    }
    oracle_must(wp_person_erase(txn, first, NULL, &err), &err, "person_erase");
    oracle_must(wp_commit(txn, &err), &err, "commit");
}

bool erase_world_knows(const erase_world *self, wp_db *db, size_t person)
{
    wp_error err;
    wp_txn *txn = NULL;
    wp_number number;
    bool knows = false;
    oracle_must(wp_begin_read(db, &txn, &err), &err, "begin_read");
    for (size_t i = 0; i < 5; i++) {
        wp_identity identity = identity_of(&self->people[person], i);
        knows |= wp_identity_find(txn, &identity, &number, NULL) == WP_OK;
    }
    wp_abort(txn);
    return knows;
}

size_t erase_world_scan(const erase_world *self, size_t person, const char *path, bool says_where)
{
    const char *texts[ERASE_TEXTS_MAX];
    const erase_person *who = &self->people[person];
    for (size_t i = 0; i < who->text_count; i++)
        texts[i] = who->texts[i];
    return scan_file(path, texts, who->text_count, says_where);
}
