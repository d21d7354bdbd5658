/*
 * Values out of range: what is stored of people, companies, interactions, opportunities, ties and
 * rules is checked field by field, and refused with a message; the longest that fits is taken.
 */
#include <math.h>

#include "facts.h"
#include "refusal.h"

#define MANY 10001

static char text_of_512[513], text_of_513[514], text_of_1001[1002], text_too_long[70000];

static int make_texts(void **state)
{
    (void)state;
    memset(text_of_512, 'a', 512);
    memset(text_of_513, 'a', 513);
    memset(text_of_1001, 'a', 1001);
    memset(text_too_long, 'a', sizeof text_too_long - 1);
    return 0;
}

/* ---- identities -------------------------------------------------------------------------------
 */

static wp_status find(wp_identity_kind kind, const char *text, wp_error *err)
{
    wp_identity identity = {kind, text};
    wp_number number;
    return wp_identity_find(reading, &identity, &number, err);
}

static void identity__is_of_a_form(void **state)
{
    static const char *const addresses[] = {"@acme.example", "one@",         "one",
                                            "a@b@c",         "a b@acme.com", "one@acme.com\x01",
                                            "\xff@acme.com"};
    static const char *const domains[] = {"a b.example", "one@acme.example", "acme.example/a"};
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        REFUSED(find(WP_IDENTITY_EMAIL, addresses[i], err));
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++)
        REFUSED(find(WP_IDENTITY_DOMAIN, domains[i], err));
    REFUSED(find(WP_IDENTITY_ID, NULL, err));
    REFUSED(find(WP_IDENTITY_ID, "", err));
    REFUSED(find(WP_IDENTITY_ID, text_of_513, err));
    REFUSED_AS(WP_ENOTFOUND, find(WP_IDENTITY_ID, text_of_512, err));
    REFUSED(find(WP_IDENTITY_DOMAIN, text_of_512, err));
    REFUSED(find(WP_IDENTITY_COMPANY_NAME, "...", err));
    REFUSED(find((wp_identity_kind)0, "a", err));
    REFUSED_AS(WP_ENOTFOUND, find(WP_IDENTITY_EMAIL, "nobody@acme.example", err));
}

static void domain_is_free__knows_providers_in_any_case(void **state)
{
    (void)state;
    assert_true(wp_domain_is_free("gmail.com"));
    assert_true(wp_domain_is_free("Yahoo.CO.uk."));
    assert_true(wp_domain_is_free("mailinator.com"));
    assert_false(wp_domain_is_free("acme.com"));
    assert_false(wp_domain_is_free("."));
    assert_false(wp_domain_is_free(""));
    assert_false(wp_domain_is_free(NULL));
    assert_false(wp_domain_is_free(text_of_513));
}

/* ---- people and companies ---------------------------------------------------------------------
 */

static wp_person_facts facts_of(const wp_identity *identity)
{
    wp_person_facts facts = facts_of_person(identity);
    return facts;
}

static void person__is_stated_by_facts_of_people(void **state)
{
    static const wp_identity id = {WP_IDENTITY_ID, "one"}, domain = {WP_IDENTITY_DOMAIN, "a.com"};
    static const wp_spelling nameless = {NULL, 1}, long_one = {text_too_long, 1};
    wp_person_facts facts = facts_of(&domain);
    wp_number number;
    (void)state;
    REFUSED(wp_person_put(writing, &facts, &number, NULL, err));
    facts = facts_of(&id);
    facts.identity_count = 65;
    REFUSED(wp_person_put(writing, &facts, &number, NULL, err));
    facts = facts_of(&id);
    facts.name = "\x01";
    REFUSED(wp_person_put(writing, &facts, &number, NULL, err));
    facts = facts_of(&id);
    facts.title = "";
    REFUSED(wp_person_put(writing, &facts, &number, NULL, err));
    facts = facts_of(&id);
    facts.spellings = &nameless;
    facts.spelling_count = 1;
    REFUSED(wp_person_put(writing, &facts, &number, NULL, err));
    facts.spellings = &long_one;
    REFUSED(wp_person_put(writing, &facts, &number, NULL, err));
    REFUSED_AS(WP_ENOTFOUND, wp_person_merge(writing, 1, 9, err));
    REFUSED_AS(WP_ENOTFOUND, wp_person_merge(writing, 0, 1, err));
    REFUSED_AS(WP_ENOTFOUND, wp_person_set_apart(writing, 9, true, err));
    REFUSED_AS(WP_ENOTFOUND, wp_person_erase(writing, 9, NULL, err));
}

static void company__is_stated_by_facts_of_companies(void **state)
{
    static const wp_identity id = {WP_IDENTITY_COMPANY_ID, "one"},
                             email = {WP_IDENTITY_EMAIL, "a@b.c"};
    static const char *const nameless[] = {NULL}, *const long_ones[] = {text_too_long};
    wp_company_facts facts = facts_of_company(&email);
    wp_number number;
    (void)state;
    REFUSED(wp_company_put(writing, &facts, &number, NULL, err));
    REFUSED(wp_company_put(writing, &facts, &number, NULL, err));
    facts.identities = &id;
    facts.identity_count = 65;
    REFUSED(wp_company_put(writing, &facts, &number, NULL, err));
    facts.identity_count = 1;
    facts.name = "";
    REFUSED(wp_company_put(writing, &facts, &number, NULL, err));
    facts.name = NULL;
    facts.aliases = nameless;
    facts.alias_count = 1;
    REFUSED(wp_company_put(writing, &facts, &number, NULL, err));
    facts.aliases = long_ones;
    REFUSED(wp_company_put(writing, &facts, &number, NULL, err));
    facts.alias_count = MANY;
    REFUSED(wp_company_put(writing, &facts, &number, NULL, err));
    facts.alias_count = 0;
    facts.parent = 99;
    REFUSED_AS(WP_ENOTFOUND, wp_company_put(writing, &facts, &number, NULL, err));
}

static void company__gives_back_what_was_stated_by_hand_alone(void **state)
{
    static const wp_identity unknown = {WP_IDENTITY_DOMAIN, "nobody.example"},
                             malformed = {WP_IDENTITY_DOMAIN, "no domain"};
    (void)state;
    REFUSED_AS(WP_ENOTFOUND, wp_company_drop_alias(writing, 99, "One", err));
    REFUSED_AS(WP_ENOTFOUND, wp_company_drop_alias(writing, company, "One", err));
    REFUSED_AS(WP_ENOTFOUND, wp_company_drop_identity(writing, 99, &unknown, err));
    REFUSED_AS(WP_ENOTFOUND, wp_company_drop_identity(writing, company, &unknown, err));
    REFUSED(wp_company_drop_identity(writing, company, &malformed, err));
    REFUSED_AS(WP_ENOTFOUND, wp_company_drop_parent(writing, 99, 0, err));
    REFUSED_AS(WP_ENOTFOUND, wp_company_drop_parent(writing, company, 0, err));
    REFUSED_AS(WP_ENOTFOUND, wp_company_drop_parent(writing, company, 99, err));
}

/* ---- interactions and ties --------------------------------------------------------------------
 */

static wp_interaction mail_to(const wp_participant *to)
{
    wp_interaction interaction = facts_of_mail("mail", 0, 1, to);
    return interaction;
}

#define REFUSED_MAIL(field, value)                                                                 \
    do {                                                                                           \
        wp_interaction mail = mail_to(&two);                                                       \
        mail.field = value;                                                                        \
        REFUSED(wp_interaction_put(writing, &mail, NULL, err));                                    \
    } while (0)

static void interaction__has_fields_in_range(void **state)
{
    static const wp_participant two = {2, WP_ROLE_TO}, roleless = {2, (wp_role)0},
                                role_7 = {2, (wp_role)7};
    static const wp_sums sums = {.first_s = 0};
    (void)state;
    REFUSED_MAIL(source, NULL);
    REFUSED_MAIL(source, "");
    REFUSED_MAIL(source, text_of_1001);
    REFUSED_MAIL(reply_to, text_of_1001);
    REFUSED_MAIL(kind, (wp_kind)0);
    REFUSED_MAIL(kind, WP_KIND_TOGETHER);
    REFUSED_MAIL(time_s, -1);
    REFUSED_MAIL(time_s, WP_TIME_MAX + 1);
    REFUSED_MAIL(to_count, MANY);
    REFUSED_MAIL(valence, 1.5);
    REFUSED_MAIL(valence, -1.5);
    REFUSED_MAIL(valence, (double)NAN);
    REFUSED_MAIL(flags, WP_INTERACTION_ATTENDEE);
    REFUSED_MAIL(flags, WP_INTERACTION_OCCURRENCE);
    REFUSED_MAIL(flags, 64);
    REFUSED_MAIL(revision, -1);
    REFUSED_MAIL(to, &roleless);
    REFUSED_MAIL(to, &role_7);
    REFUSED_MAIL(sums, &sums);
}

static void summary__is_of_one_tie_and_has_sane_sums(void **state)
{
    static const wp_participant two = {2, WP_ROLE_TO}, one = {1, WP_ROLE_TO};
    static const wp_sums sane = {.first_s = 0, .slow = {1, 0}, .count = {1, 0}};
    wp_sums sums = sane;
    wp_interaction summary = mail_to(&two);
    (void)state;
    summary.kind = WP_KIND_SUMMARY;
    REFUSED(wp_interaction_put(writing, &summary, NULL, err));
    summary.sums = &sums;
    sums.first_s = 1;
    REFUSED(wp_interaction_put(writing, &summary, NULL, err));
    sums.first_s = 0;
    sums.slow[0] = -1;
    REFUSED(wp_interaction_put(writing, &summary, NULL, err));
    sums = sane;
    summary.to_count = 0;
    REFUSED(wp_interaction_put(writing, &summary, NULL, err));
    summary.to_count = 1;
    summary.to = &one;
    REFUSED(wp_interaction_put(writing, &summary, NULL, err));
    summary.to = &two;
    summary.valence = .5;
    REFUSED(wp_interaction_put(writing, &summary, NULL, err));
    summary.valence = 0;
    summary.flags = WP_INTERACTION_LIST;
    REFUSED(wp_interaction_put(writing, &summary, NULL, err));
    summary.flags = 0;
    summary.reply_to = "another";
    REFUSED(wp_interaction_put(writing, &summary, NULL, err));
    summary.reply_to = NULL;
    assert_int_equal(wp_interaction_put(writing, &summary, NULL, NULL), WP_OK);
}

static void stated_tie__is_a_probability_between_two(void **state)
{
    wp_stated_tie tie = {.from = 1, .to = 2, .p = 1.5};
    wp_private private = {.person = 1, .owner = 1};
    wp_barrier barrier = {{WP_SIDE_PERSON, 1}, {WP_SIDE_PERSON, 1}, 0};
    (void)state;
    REFUSED(wp_stated_tie_put(writing, &tie, err));
    tie.p = (double)NAN;
    REFUSED(wp_stated_tie_put(writing, &tie, err));
    tie.p = -.5;
    REFUSED(wp_stated_tie_put(writing, &tie, err));
    tie.p = .5;
    tie.to = 1;
    REFUSED(wp_stated_tie_put(writing, &tie, err));
    tie.to = 9;
    REFUSED_AS(WP_ENOTFOUND, wp_stated_tie_put(writing, &tie, err));
    REFUSED(wp_private_put(writing, &private, true, err));
    private.owner = 9;
    REFUSED_AS(WP_ENOTFOUND, wp_private_put(writing, &private, true, err));
    REFUSED(wp_barrier_put(writing, &barrier, true, err));
    barrier.b = (wp_side){WP_SIDE_GROUP, 9};
    REFUSED_AS(WP_ENOTFOUND, wp_barrier_put(writing, &barrier, true, err));
    barrier.b.kind = (wp_side_kind)4;
    REFUSED(wp_barrier_put(writing, &barrier, true, err));
    barrier.b = (wp_side){WP_SIDE_COMPANY, 99};
    REFUSED_AS(WP_ENOTFOUND, wp_barrier_put(writing, &barrier, true, err));
}

/* Each is one more than there may be after 64. */
static void barriers__are_at_most_64(void **state)
{
    wp_barrier barrier = {{WP_SIDE_PERSON, 1}, {WP_SIDE_PERSON, 2}, 0};
    uint32_t source;
    char name[16];
    (void)state;
    for (unsigned i = 0; i < WP_BARRIERS_MAX; i++) {
        (void)snprintf(name, sizeof name, "source %u", i);
        assert_int_equal(wp_source_put(writing, name, NULL, WP_TIME_NONE, &source, NULL), WP_OK);
        assert_int_equal(wp_txn_use_source(writing, source, NULL), WP_OK);
        assert_int_equal(wp_barrier_put(writing, &barrier, true, NULL), WP_OK);
    }
    assert_int_equal(wp_barrier_put(writing, &barrier, true, NULL), WP_OK); /* it is stated */
    assert_int_equal(wp_txn_use_source(writing, WP_SOURCE_HAND, NULL), WP_OK);
    REFUSED(wp_barrier_put(writing, &barrier, true, err));
}

/* ---- opportunities, sources, the log ----------------------------------------------------------
 */

#define REFUSED_DEAL(expected, field, value)                                                       \
    do {                                                                                           \
        wp_opportunity deal = WP_OPPORTUNITY_INIT;                                                 \
        deal.id = "deal";                                                                          \
        deal.field = value;                                                                        \
        REFUSED_AS(expected, wp_opportunity_put(writing, &deal, NULL, NULL, err));                 \
    } while (0)

static void opportunity__has_fields_in_range(void **state)
{
    wp_contact_role role = {.opportunity = 9, .person = 1};
    (void)state;
    REFUSED_DEAL(WP_EINVAL, id, NULL);
    REFUSED_DEAL(WP_EINVAL, id, text_of_513);
    REFUSED_DEAL(WP_EINVAL, name, "");
    REFUSED_DEAL(WP_EINVAL, currency, "a currency of another world");
    REFUSED_DEAL(WP_EINVAL, stage, text_too_long);
    REFUSED_DEAL(WP_EINVAL, amount, (double)INFINITY);
    REFUSED_DEAL(WP_EINVAL, state, (wp_opportunity_state)3);
    REFUSED_DEAL(WP_EINVAL, state, (wp_opportunity_state)-1);
    REFUSED_DEAL(WP_ENOTFOUND, company, 99);
    REFUSED_DEAL(WP_ENOTFOUND, owner, 99);
    REFUSED_AS(WP_ENOTFOUND, wp_contact_role_put(writing, &role, err));
}

static void sources_and_marks__have_names(void **state)
{
    uint32_t number;
    uint64_t value = 1;
    (void)state;
    REFUSED(wp_source_put(writing, "", NULL, WP_TIME_NONE, &number, err));
    REFUSED(wp_source_put(writing, text_of_1001, NULL, WP_TIME_NONE, &number, err));
    REFUSED(wp_source_put(writing, "a", text_of_512, WP_TIME_NONE, &number, err));
    REFUSED_AS(WP_ENOTFOUND, wp_txn_use_source(writing, 7, err));
    REFUSED_AS(WP_ENOTFOUND, wp_source_find(reading, "a", &number, err));
    REFUSED(wp_mark_put(writing, text_too_long, 1, err));
    assert_int_equal(wp_mark_get(reading, "a", &value, NULL), WP_OK);
    assert_int_equal(value, 0); /* never put */
}

int main(void)
{
#define READS(test) cmocka_unit_test_setup_teardown(test, begin_reading, end)
#define WRITES(test) cmocka_unit_test_setup_teardown(test, begin_writing, end)
    const struct CMUnitTest tests[] = {
        READS(identity__is_of_a_form),
        READS(domain_is_free__knows_providers_in_any_case),
        WRITES(person__is_stated_by_facts_of_people),
        WRITES(company__is_stated_by_facts_of_companies),
        WRITES(company__gives_back_what_was_stated_by_hand_alone),
        WRITES(interaction__has_fields_in_range),
        WRITES(summary__is_of_one_tie_and_has_sane_sums),
        WRITES(stated_tie__is_a_probability_between_two),
        WRITES(barriers__are_at_most_64),
        WRITES(opportunity__has_fields_in_range),
        WRITES(sources_and_marks__have_names),
    };
    return cmocka_run_group_tests(tests, make_texts, NULL);
}
