/*
 * Erasing a person, case by case: what is refused, what of other records goes and what stays, and
 * the list of suppressions. Random histories are in erase_model_test.c.
 */
#include "facts.h"
#include "given.h"
#include "oracle_store.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static wp_error err;

static wp_status put_status(const char *address, const char *name, wp_number *number)
{
    wp_identity identity = {WP_IDENTITY_EMAIL, address};
    wp_person_facts facts = facts_of_person(&identity);
    facts.name = name;
    return wp_person_put(txn, &facts, number, NULL, &err);
}

static wp_number put(const char *address, const char *name)
{
    wp_number number = 0;
    oracle_must(put_status(address, name, &number), &err, "person_put");
    return number;
}

static void mail(const char *source, wp_number from, wp_number to, const char *reply_to)
{
    wp_participant participant = {to, WP_ROLE_TO};
    wp_interaction it = facts_of_mail(source, 1700000000, from, &participant);
    it.reply_to = reply_to;
    oracle_must(wp_interaction_put(txn, &it, NULL, &err), &err, "interaction_put");
}

static wp_erasure erase(wp_number person)
{
    wp_erasure done;
    oracle_must(wp_person_erase(txn, person, &done, &err), &err, "person_erase");
    return done;
}

static void erase__refuses_what_it_cannot_do(void **unused)
{
    (void)unused;
    wp_number ann = put("ann@acme.example", "Ann Lee");
    wp_identity wrong = {WP_IDENTITY_DOMAIN, "acme.example"},
                hers = {WP_IDENTITY_EMAIL, "ANN@acme.example"};
    assert_int_equal(wp_person_erase(txn, 99, NULL, &err), WP_ENOTFOUND);
    assert_string_equal(err.message, "no person has number 99");
    assert_int_equal(wp_suppression_add(txn, &wrong, &err), WP_EINVAL);
    assert_int_equal(wp_suppression_add(txn, &hers, &err), WP_ECONFLICT);
    oracle_must(wp_commit(txn, &err), &err, "commit");
    oracle_must(wp_begin_read(db, &txn, &err), &err, "begin");
    assert_int_equal(wp_person_erase(txn, ann, NULL, &err), WP_EREADONLY);
}

static void erase__suppresses_the_person_and_nobody_else(void **unused)
{
    (void)unused;
    bool has = false;
    wp_number ann = put("ann@acme.example", "Ann Lee"), bob = put("bob@acme.example", "Bob Ray");
    wp_number number;
    wp_identity hers = {WP_IDENTITY_EMAIL, "Ann@ACME.example"},
                his = {WP_IDENTITY_EMAIL, "bob@acme.example"};
    assert_int_equal(erase(ann).identities, 1);
    assert_int_equal(put_status("ann@acme.example", NULL, &number), WP_EERASED);
    assert_int_equal(number, 0);
    assert_string_equal(err.message, "the person was erased and is not to be stored again");
    assert_int_equal(put("bob@acme.example", NULL), bob);
    oracle_must(wp_suppression_has(txn, &hers, &has, &err), &err, "has");
    assert_true(has);
    oracle_must(wp_suppression_has(txn, &his, &has, &err), &err, "has");
    assert_false(has);
    oracle_must(wp_suppression_lift(txn, &hers, &err), &err, "lift");
    assert_int_equal(wp_suppression_lift(txn, &hers, &err), WP_ENOTFOUND);
    assert_true(put("ann@acme.example", NULL) > bob); /* numbers are never given out again */
}

static void erase__waits_for_the_file_to_be_rebuilt(void **unused)
{
    (void)unused;
    wp_stats stats;
    (void)erase(put("ann@acme.example", NULL));
    (void)erase(put("bob@acme.example", NULL));
    oracle_must(wp_stats_get(txn, &stats, &err), &err, "stats");
    assert_int_equal(stats.erasures_pending, 2);
    assert_int_equal(stats.suppressions, 2);
    assert_true(stats.erasures_due_s > 1700000000 + 30 * 86400);
    assert_int_equal(wp_vacuum(db, NULL, NULL, &err), WP_EBUSY);
    oracle_must(wp_commit(txn, &err), &err, "commit");
    txn = NULL;
    oracle_must(wp_vacuum(db, NULL, NULL, &err), &err, "vacuum");
    oracle_must(wp_begin_write(db, &txn, &err), &err, "begin");
    oracle_must(wp_stats_get(txn, &stats, &err), &err, "stats");
    assert_int_equal(stats.erasures_pending, 0);
    assert_int_equal(stats.erasures_due_s, WP_TIME_NONE);
    assert_int_equal(stats.suppressions, 2);
}

/* Ids that contain an address are veiled, and found by what they were. */
static void erase__veils_ids_with_an_address(void **unused)
{
    (void)unused;
    uint64_t number, other;
    wp_interaction found;
    wp_number ann = put("ann@acme.example", "Ann Lee"), bob = put("bob@beta.example", NULL),
              eve = put("eve@beta.example", NULL);
    mail("<1-ann@acme.example>", bob, eve, NULL);
    mail("<2>", eve, bob, "<1-ann@acme.example>");
    wp_erasure done = erase(ann);
    assert_int_equal(done.interactions_changed, 2);
    assert_int_equal(done.interactions_removed, 0);
    oracle_must(wp_interaction_find(txn, "<1-ann@acme.example>", &number, &err), &err, "find");
    oracle_must(wp_interaction_get(txn, number, &found, &err), &err, "get");
    assert_memory_equal(found.source, "erased:", 7);
    char veil[32];
    (void)snprintf(veil, sizeof veil, "%s", found.source);
    oracle_must(wp_interaction_find(txn, "<2>", &other, &err), &err, "find");
    oracle_must(wp_interaction_get(txn, other, &found, &err), &err, "get");
    assert_string_equal(found.reply_to, veil);
    /* The same mail again is known; another one with her address is veiled when it comes. */
    bool is_new = true;
    wp_participant to = {eve, WP_ROLE_TO};
    wp_interaction it = facts_of_mail("<1-ann@acme.example>", 1700000000, bob, &to);
    oracle_must(wp_interaction_put(txn, &it, &is_new, &err), &err, "put");
    assert_false(is_new);
    it.source = "<3.ann@acme.example.x>";
    oracle_must(wp_interaction_put(txn, &it, &is_new, &err), &err, "put");
    assert_true(is_new);
    oracle_must(wp_interaction_find(txn, it.source, &number, &err), &err, "find");
    oracle_must(wp_interaction_get(txn, number, &found, &err), &err, "get");
    assert_memory_equal(found.source, "erased:", 7);
}

static void erase__veils_names_of_sources_and_marks(void **unused)
{
    (void)unused;
    uint32_t source, again;
    uint64_t value;
    wp_source found;
    wp_number ann = put("ann@acme.example", "Ann Lee");
    oracle_must(wp_source_put(txn, "/home/Ann Lee/mail.mbox", "mbox", 5, &source, &err), &err,
                "put");
    oracle_must(wp_mark_put(txn, "import /mail/ann@acme.example", 7, &err), &err, "mark");
    (void)erase(ann);
    oracle_must(wp_source_get(txn, source, &found, &err), &err, "get");
    assert_memory_equal(found.name, "erased:", 7);
    oracle_must(wp_source_put(txn, "/home/Ann Lee/mail.mbox", "mbox", 5, &again, &err), &err,
                "put");
    assert_int_equal(again, source);
    oracle_must(wp_mark_get(txn, "import /mail/ann@acme.example", &value, &err), &err, "mark");
    assert_int_equal(value, 0);
    oracle_must(wp_source_put(txn, "/more/ann@acme.example", NULL, 5, &again, &err), &err, "put");
    oracle_must(wp_source_get(txn, again, &found, &err), &err, "get");
    assert_memory_equal(found.name, "erased:", 7);
}

static void erase__leaves_opportunities_of_others_without_the_person(void **unused)
{
    (void)unused;
    wp_number number, same;
    wp_opportunity found, deal = WP_OPPORTUNITY_INIT;
    wp_number ann = put("ann@acme.example", "Ann Lee"), bob = put("bob@beta.example", "Bob Ray");
    deal.id = "deal: Ann Lee @ Acme";
    deal.name = "Renewal, ann lee";
    deal.stage = "Proposal";
    deal.owner = ann;
    oracle_must(wp_opportunity_put(txn, &deal, &number, NULL, &err), &err, "put");
    wp_contact_role role = {.opportunity = number, .person = bob, .role = "Deputy of Ann Lee"};
    oracle_must(wp_contact_role_put(txn, &role, &err), &err, "role");
    (void)erase(ann);
    oracle_must(wp_opportunity_get(txn, number, &found, &err), &err, "get");
    assert_memory_equal(found.id, "erased:", 7);
    assert_null(found.name);
    assert_string_equal(found.stage, "Proposal");
    assert_int_equal(found.owner, 0);
    oracle_must(wp_opportunity_find(txn, "deal: Ann Lee @ Acme", &same, &err), &err, "find");
    assert_int_equal(same, number);
    role = (wp_contact_role){0};
    oracle_must(wp_contact_role_next(txn, &role, &err), &err, "role");
    assert_int_equal(role.person, bob);
    assert_null(role.role);
}

/* What others are called is theirs; what they do for the person is not. */
static void erase__leaves_namesakes_their_name(void **unused)
{
    (void)unused;
    wp_person person;
    wp_company_facts company = WP_COMPANY_FACTS_INIT;
    wp_number firm;
    wp_number ann = put("ann@acme.example", "Ann Lee");
    wp_number other = put("ann@other.example", "Ann Lee"), bob = put("bob@beta.example", "Bob Ray");
    company.name = "Ann Lee Ltd";
    oracle_must(wp_company_put(txn, &company, &firm, NULL, &err), &err, "company");
    wp_employment job = {.person = bob,
                         .company = firm,
                         .title = "Assistant to Ann Lee",
                         .from_day = WP_DAY_NONE,
                         .to_day = WP_DAY_NONE};
    oracle_must(wp_employment_put(txn, &job, &err), &err, "employment");
    assert_int_equal(erase(ann).texts, 1);
    oracle_must(wp_person_get(txn, other, 19700, &person, &err), &err, "get");
    assert_string_equal(person.name, "Ann Lee");
    oracle_must(wp_person_get(txn, bob, 19700, &person, &err), &err, "get");
    assert_null(person.title);
    assert_int_equal(person.company, firm);
}

static void suppression__is_carried_to_another_database(void **unused)
{
    (void)unused;
    wp_suppression list[2], at = {0};
    wp_number number;
    (void)erase(put("ann@acme.example", NULL));
    oracle_must(wp_suppression_next(txn, &at, &err), &err, "next");
    list[0] = at;
    assert_int_equal(wp_suppression_next(txn, &at, &err), WP_ENOTFOUND);
    wp_abort(txn);
    wp_close(db);
    db = oracle_open_fresh("another");
    txn = oracle_begin_write(db);
    oracle_must(wp_suppression_put(txn, &list[0], &err), &err, "put");
    assert_int_equal(put_status("ann@acme.example", NULL, &number), WP_EERASED);
    (void)erase(put("bob@acme.example", NULL));
    assert_int_equal(put_status("bob@acme.example", NULL, &number), WP_EERASED);
    for (uint64_t key = 1; key <= 15; key++)
        oracle_must(wp_suppression_put(txn, &(wp_suppression){key, {key, 1}, 0}, &err), &err,
                    "put");
    assert_int_equal(wp_suppression_put(txn, &(wp_suppression){99, {1, 1}, 0}, &err), WP_ECONFLICT);
    assert_string_equal(err.message,
                        "suppressions come from more than 16 databases, expected fewer");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, given_empty, given_forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(erase__refuses_what_it_cannot_do),
        TEST(erase__suppresses_the_person_and_nobody_else),
        TEST(erase__waits_for_the_file_to_be_rebuilt),
        TEST(erase__veils_ids_with_an_address),
        TEST(erase__veils_names_of_sources_and_marks),
        TEST(erase__leaves_opportunities_of_others_without_the_person),
        TEST(erase__leaves_namesakes_their_name),
        TEST(suppression__is_carried_to_another_database),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
