/*
 * What a caller may get wrong: each function of the header refuses NULL where it needs something,
 * numbers out of range and structs of another size, by WP_EINVAL with a message, and changes
 * nothing; those that free or count take NULL for nothing.
 */
#include <math.h>

#include "facts.h"
#include "refusal.h"

#define DAY_TOO_LATE 2932897 /* the day after 9999-12-31 */

/* ---- databases ----------------------------------------------------------------------------------
 */

static void databases__are_refused(void **state)
{
    static const char *const none[] = {NULL}, *const empty[] = {""}, *const dot[] = {".example"},
                             *const dots[] = {"acme..example"}, *const free_mail[] = {"gmail.com."};
    char text[300];
    const char *const text_at[] = {text};
    const char *file = "no such file";
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wp_txn *txn;
    wp_db *opened;
    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    options.size = 1;
    REFUSED(wp_create(NULL, NULL, 0, err));
    REFUSED(wp_create(file, NULL, 1, err));
    REFUSED(wp_create(file, none, 1, err));
    REFUSED(wp_create(file, empty, 1, err));
    REFUSED(wp_create(file, dot, 1, err));
    REFUSED(wp_create(file, dots, 1, err));
    REFUSED(wp_create(file, free_mail, 1, err));
    REFUSED(wp_create(file, text_at, 1, err));
    REFUSED(wp_open(file, NULL, NULL, err));
    REFUSED(wp_open(NULL, NULL, &opened, err));
    assert_null(opened);
    REFUSED(wp_open(path, &options, &opened, err));
    assert_null(opened);
    REFUSED(wp_begin_read(NULL, &txn, err));
    assert_null(txn);
    REFUSED(wp_begin_write(db, NULL, err));
    REFUSED(wp_commit(NULL, err));
    REFUSED(wp_sync(NULL, err));
    wp_close(NULL);
    wp_abort(NULL);
}

static void files__are_refused(void **state)
{
    wp_health health;
    wp_retention asked = WP_RETENTION_INIT;
    uint64_t faults;
    (void)state;
    REFUSED(wp_health_get(NULL, &health, err));
    REFUSED(wp_health_get(db, NULL, err));
    REFUSED(wp_check_file(NULL, NULL, NULL, &faults, err));
    REFUSED(wp_check_file(path, NULL, NULL, NULL, err));
    REFUSED(wp_salvage(NULL, path, NULL, NULL, NULL, err));
    REFUSED(wp_salvage(path, NULL, NULL, NULL, NULL, err));
    REFUSED(wp_backup(NULL, path, err));
    REFUSED(wp_backup(db, NULL, err));
    REFUSED(wp_compact(NULL, NULL, NULL, err));
    REFUSED(wp_source_remove(NULL, 1, NULL, NULL, NULL, err));
    REFUSED(wp_vacuum(NULL, NULL, NULL, err));
    REFUSED(wp_retain(NULL, &asked, NULL, err));
    REFUSED(wp_retain(db, NULL, NULL, err));
    REFUSED(wp_retain(db, &asked, NULL, err));
    asked.before_s = WP_TIME_MAX + 1;
    REFUSED(wp_retain(db, &asked, NULL, err));
    asked.size = 1;
    REFUSED(wp_retain(db, &asked, NULL, err));
    wp_health_free(NULL);
}

/* ---- reading ------------------------------------------------------------------------------------
 */

static void reads_of_people__are_refused(void **state)
{
    wp_person one;
    wp_company other;
    wp_identity identity = {WP_IDENTITY_EMAIL, "one@acme.example"};
    wp_numbers numbers;
    wp_number number = 0;
    (void)state;
    REFUSED(wp_txn_use_viewer(NULL, WP_VIEW_ALL, err));
    REFUSED(wp_person_get(NULL, person, DAY, &one, err));
    REFUSED(wp_person_get(reading, person, DAY, NULL, err));
    REFUSED(wp_person_get(reading, person, -1, &one, err));
    REFUSED(wp_person_get(reading, person, DAY_TOO_LATE, &one, err));
    REFUSED(wp_company_get(NULL, company, &other, err));
    REFUSED(wp_company_get(reading, company, NULL, err));
    REFUSED(wp_identity_find(NULL, &identity, &number, err));
    REFUSED(wp_identity_find(reading, NULL, &number, err));
    REFUSED(wp_identity_find(reading, &identity, NULL, err));
    identity.kind = (wp_identity_kind)99;
    REFUSED(wp_identity_find(reading, &identity, &number, err));
    REFUSED(wp_person_identity(NULL, person, &identity, err));
    REFUSED(wp_person_identity(reading, person, NULL, err));
    REFUSED(wp_company_identity(NULL, company, &identity, err));
    REFUSED(wp_person_numbers(NULL, person, &numbers, err));
    REFUSED(wp_person_numbers(reading, person, NULL, err));
    REFUSED(wp_company_numbers(NULL, company, &numbers, err));
    REFUSED(wp_company_people(NULL, company, DAY, &numbers, err));
    REFUSED(wp_company_people(reading, company, DAY, NULL, err));
    REFUSED(wp_company_people(reading, company, -1, &numbers, err));
    REFUSED(wp_us_people(NULL, DAY, &numbers, err));
    REFUSED(wp_us_people(reading, DAY, NULL, err));
    REFUSED(wp_us_people(reading, -1, &numbers, err));
    wp_numbers_free(NULL);
}

static void reads_of_ties__are_refused(void **state)
{
    wp_tie tie;
    wp_ties ties;
    wp_explanation *found;
    wp_neighbour near;
    size_t count;
    (void)state;
    REFUSED(wp_tie_get(NULL, 1, 2, DAY, &tie, err));
    REFUSED(wp_tie_get(reading, 1, 2, DAY, NULL, err));
    REFUSED(wp_tie_get(reading, 1, 2, -1, &tie, err));
    REFUSED(wp_tie_get(reading, 1, 1, DAY, &tie, err));
    REFUSED(wp_person_ties(NULL, 1, DAY, false, &ties, err));
    REFUSED(wp_person_ties(reading, 1, DAY, false, NULL, err));
    REFUSED(wp_person_ties(reading, 1, -1, false, &ties, err));
    REFUSED(wp_explain(NULL, 1, 2, DAY, &found, err));
    REFUSED(wp_explain(reading, 1, 2, DAY, NULL, err));
    REFUSED(wp_explain(reading, 1, 2, -1, &found, err));
    REFUSED(wp_neighbours(NULL, 1, DAY, false, 1, &near, 1, &count, err));
    REFUSED(wp_neighbours(reading, 1, DAY, false, 1, &near, 1, NULL, err));
    REFUSED(wp_neighbours(reading, 1, DAY, false, 1, NULL, 1, &count, err));
    REFUSED(wp_neighbours(reading, 1, DAY, false, WP_COST_NONE, &near, 1, &count, err));
    REFUSED(wp_neighbours(reading, 1, -1, false, 1, &near, 1, &count, err));
    wp_ties_free(NULL);
    wp_explanation_free(NULL);
}

static void queries__are_refused(void **state)
{
    wp_path_query query = WP_PATH_QUERY_INIT;
    wp_reach_query asked = WP_REACH_QUERY_INIT;
    wp_paths *paths;
    wp_reach *reach;
    wp_withheld withheld;
    (void)state;
    query.sources = query.targets = asked.sources = &person;
    query.source_count = query.target_count = asked.source_count = 1;
    query.day = asked.day = -1;
    REFUSED(wp_paths_find(NULL, &query, &paths, err));
    REFUSED(wp_paths_find(reading, NULL, &paths, err));
    REFUSED(wp_paths_find(reading, &query, NULL, err));
    REFUSED(wp_paths_find(reading, &query, &paths, err));
    assert_int_equal(wp_txn_use_viewer(reading, WP_VIEW_ALL, NULL), WP_OK);
    REFUSED(wp_paths_withheld(NULL, &query, &withheld, err));
    REFUSED(wp_paths_withheld(reading, NULL, &withheld, err));
    REFUSED(wp_paths_withheld(reading, &query, NULL, err));
    REFUSED(wp_paths_withheld(reading, &query, &withheld, err));
    REFUSED(wp_reach_find(NULL, &asked, &reach, err));
    REFUSED(wp_reach_find(reading, NULL, &reach, err));
    REFUSED(wp_reach_find(reading, &asked, NULL, err));
    REFUSED(wp_reach_find(reading, &asked, &reach, err));
}

static void results__take_nothing_for_none(void **state)
{
    (void)state;
    assert_int_equal(wp_paths_count(NULL), 0);
    assert_null(wp_paths_at(NULL, 0));
    assert_false(wp_paths_is_complete(NULL));
    assert_true(isnan(wp_paths_reach(NULL)));
    assert_int_equal(wp_paths_steps(NULL), 0);
    wp_paths_free(NULL);
    assert_int_equal(wp_reach_count(NULL), 0);
    assert_null(wp_reach_items(NULL));
    assert_false(wp_reach_is_complete(NULL));
    wp_reach_free(NULL);
    wp_matches_free(NULL);
    wp_stated_ties_free(NULL);
}

static void searches_by_name__are_refused(void **state)
{
    wp_find_query query = WP_FIND_QUERY_INIT;
    wp_matches matches;
    (void)state;
    query.text = "one";
    query.day = DAY;
    REFUSED(wp_find_on(NULL, &query, &matches, err));
    REFUSED(wp_find_on(reading, NULL, &matches, err));
    REFUSED(wp_find_on(reading, &query, NULL, err));
    REFUSED(wp_find(NULL, "one", 1, &matches, err));
    REFUSED(wp_find(reading, NULL, 1, &matches, err));
    REFUSED(wp_find(reading, "one", 0, &matches, err));
    REFUSED(wp_find(reading, "one", 1001, &matches, err));
    query.day = -1;
    REFUSED(wp_find_on(reading, &query, &matches, err));
    REFUSED(wp_find_on(writing, &query, &matches, err));
    query.size = 1;
    REFUSED(wp_find_on(reading, &query, &matches, err));
}

static void cursors__are_refused(void **state)
{
    uint64_t position = 0, interaction = 1;
    uint32_t number = 0;
    wp_interaction found;
    wp_employment employment = {.person = 1};
    wp_stated_tie tie = {.from = 1, .to = 2};
    wp_stated_ties ties;
    (void)state;
    REFUSED(wp_person_next(NULL, &number, err));
    REFUSED(wp_person_next(reading, NULL, err));
    REFUSED(wp_company_next(NULL, &number, err));
    REFUSED(wp_interaction_next(NULL, &interaction, err));
    REFUSED(wp_interaction_next(reading, NULL, err));
    interaction = UINT64_MAX;
    REFUSED_AS(WP_ENOTFOUND, wp_interaction_next(reading, &interaction, err));
    REFUSED(wp_interaction_get(NULL, 1, &found, err));
    REFUSED(wp_interaction_get(reading, 1, NULL, err));
    REFUSED(wp_interaction_find(NULL, "a", &interaction, err));
    REFUSED(wp_interaction_find(reading, NULL, &interaction, err));
    REFUSED(wp_interaction_find(reading, "a", NULL, err));
    REFUSED(wp_interaction_version_next(NULL, 1, &position, &number, &found, err));
    REFUSED(wp_interaction_version_next(reading, 1, NULL, &number, &found, err));
    REFUSED(wp_interaction_version_next(reading, 1, &position, NULL, &found, err));
    REFUSED(wp_interaction_version_next(reading, 1, &position, &number, NULL, err));
    REFUSED(wp_employment_next(NULL, &employment, err));
    REFUSED(wp_employment_next(reading, NULL, err));
    REFUSED(wp_stated_tie_next(NULL, &tie, err));
    REFUSED(wp_stated_tie_next(reading, NULL, err));
    REFUSED(wp_stated_tie_get(NULL, &tie, err));
    REFUSED(wp_stated_tie_get(reading, NULL, err));
    REFUSED(wp_stated_ties_from(NULL, 1, &ties, err));
    REFUSED(wp_stated_ties_from(reading, 1, NULL, err));
}

static void cursors_of_statements__are_refused(void **state)
{
    wp_statement at = {0};
    wp_employment employment = {0};
    wp_consent consent = {.size = sizeof consent};
    wp_private private = {0};
    wp_barrier barrier = {.source = 0};
    wp_merge merge = {0};
    (void)state;
    REFUSED(wp_person_statement_next(NULL, &at, err));
    REFUSED(wp_person_statement_next(reading, NULL, err));
    REFUSED(wp_company_statement_next(NULL, &at, err));
    REFUSED(wp_person_statement_of(NULL, &at, err));
    REFUSED(wp_company_statement_of(reading, NULL, err));
    REFUSED(wp_employment_statement_next(NULL, &employment, err));
    REFUSED(wp_employment_statement_next(reading, NULL, err));
    REFUSED(wp_employment_statement_of(NULL, &employment, err));
    REFUSED(wp_employment_statement_of(reading, NULL, err));
    REFUSED(wp_consent_statement_next(NULL, &consent, err));
    REFUSED(wp_consent_statement_next(reading, NULL, err));
    REFUSED(wp_private_statement_next(NULL, &private, err));
    REFUSED(wp_private_statement_next(reading, NULL, err));
    REFUSED(wp_barrier_statement_next(NULL, &barrier, err));
    REFUSED(wp_barrier_statement_next(reading, NULL, err));
    REFUSED(wp_merge_next(NULL, &merge, err));
    REFUSED(wp_merge_next(reading, NULL, err));
}

static void reads_of_opportunities__are_refused(void **state)
{
    wp_opportunity found = WP_OPPORTUNITY_INIT;
    wp_contact_role role = {0};
    wp_numbers numbers;
    wp_number number = 0;
    (void)state;
    REFUSED(wp_opportunity_find(NULL, "a", &number, err));
    REFUSED(wp_opportunity_find(reading, "a", NULL, err));
    REFUSED(wp_opportunity_find(reading, NULL, &number, err));
    REFUSED(wp_opportunity_get(NULL, 1, &found, err));
    REFUSED(wp_opportunity_get(reading, 1, NULL, err));
    REFUSED(wp_person_opportunities(NULL, person, &numbers, err));
    REFUSED(wp_person_opportunities(reading, person, NULL, err));
    REFUSED(wp_company_opportunities(NULL, company, &numbers, err));
    REFUSED(wp_opportunity_next(NULL, &number, err));
    REFUSED(wp_opportunity_next(reading, NULL, err));
    REFUSED(wp_opportunity_statement_next(NULL, &found, err));
    REFUSED(wp_opportunity_statement_next(reading, NULL, err));
    REFUSED(wp_contact_role_next(NULL, &role, err));
    REFUSED(wp_contact_role_next(reading, NULL, err));
}

static void reads_of_the_rest__are_refused(void **state)
{
    wp_stats stats;
    wp_together together;
    wp_settings settings = {.size = sizeof settings};
    wp_source source;
    wp_identity identity = {WP_IDENTITY_EMAIL, "one@acme.example"};
    wp_suppression at = {.key = 0};
    uint64_t count = 0;
    uint32_t number = 0;
    bool has;
    (void)state;
    REFUSED(wp_stats_get(NULL, &stats, err));
    REFUSED(wp_stats_get(reading, NULL, err));
    REFUSED(wp_check(NULL, true, NULL, NULL, &count, err));
    REFUSED(wp_check(reading, true, NULL, NULL, NULL, err));
    REFUSED(wp_together_get(NULL, &together, err));
    REFUSED(wp_together_get(reading, NULL, err));
    REFUSED(wp_settings_get(NULL, &settings, err));
    REFUSED(wp_settings_get(reading, NULL, err));
    REFUSED(wp_mark_get(NULL, "a", &count, err));
    REFUSED(wp_mark_get(reading, "a", NULL, err));
    REFUSED(wp_mark_get(reading, NULL, &count, err));
    REFUSED(wp_source_find(NULL, "a", &number, err));
    REFUSED(wp_source_find(reading, "a", NULL, err));
    REFUSED(wp_source_get(NULL, 1, &source, err));
    REFUSED(wp_source_get(reading, 1, NULL, err));
    REFUSED(wp_source_next(NULL, &number, err));
    REFUSED(wp_source_next(reading, NULL, err));
    REFUSED(wp_suppression_has(NULL, &identity, &has, err));
    REFUSED(wp_suppression_has(reading, NULL, &has, err));
    REFUSED(wp_suppression_has(reading, &identity, NULL, err));
    REFUSED(wp_suppression_next(NULL, &at, err));
    REFUSED(wp_suppression_next(reading, NULL, err));
    identity.text = "no address";
    REFUSED(wp_suppression_has(reading, &identity, &has, err));
}

static void reads_of_the_log__are_refused(void **state)
{
    wp_audit_mode mode;
    wp_audit_entry at = {.number = 0};
    uint64_t broken;
    (void)state;
    REFUSED(wp_audit_get_mode(NULL, &mode, err));
    REFUSED(wp_audit_get_mode(reading, NULL, err));
    REFUSED(wp_audit_next(NULL, &at, err));
    REFUSED(wp_audit_next(reading, NULL, err));
    REFUSED(wp_audit_head(NULL, &at, err));
    REFUSED(wp_audit_head(reading, NULL, err));
    REFUSED(wp_audit_verify(NULL, &broken, err));
    REFUSED(wp_audit_verify(reading, NULL, err));
}

/* ---- writing ------------------------------------------------------------------------------------
 */

static void writes_of_people__are_refused(void **state)
{
    static const wp_identity kept = {WP_IDENTITY_EMAIL, "one@acme.example"};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    wp_company_facts other = WP_COMPANY_FACTS_INIT;
    wp_number number;
    (void)state;
    REFUSED(wp_person_put(NULL, &facts, &number, NULL, err));
    REFUSED(wp_person_put(writing, NULL, &number, NULL, err));
    REFUSED(wp_person_put(writing, &facts, NULL, NULL, err));
    facts.identity_count = 1;
    REFUSED(wp_person_put(writing, &facts, &number, NULL, err));
    facts.identity_count = 0;
    facts.spelling_count = 1;
    REFUSED(wp_person_put(writing, &facts, &number, NULL, err));
    facts.size = 1;
    REFUSED(wp_person_put(writing, &facts, &number, NULL, err));
    REFUSED(wp_company_put(NULL, &other, &number, NULL, err));
    REFUSED(wp_company_put(writing, NULL, &number, NULL, err));
    REFUSED(wp_company_put(writing, &other, NULL, NULL, err));
    other.identity_count = 1;
    REFUSED(wp_company_put(writing, &other, &number, NULL, err));
    other.identity_count = 0;
    other.alias_count = 1;
    REFUSED(wp_company_put(writing, &other, &number, NULL, err));
    other.size = 1;
    REFUSED(wp_company_put(writing, &other, &number, NULL, err));
    REFUSED(wp_company_drop_alias(NULL, 1, "One", err));
    REFUSED(wp_company_drop_alias(writing, 1, NULL, err));
    REFUSED(wp_company_drop_identity(NULL, 1, &kept, err));
    REFUSED(wp_company_drop_identity(writing, 1, NULL, err));
    REFUSED(wp_company_drop_identity(writing, 1, &kept, err));
    REFUSED(wp_company_drop_parent(NULL, 1, 0, err));
    REFUSED(wp_person_merge(NULL, 1, 2, err));
    REFUSED(wp_person_unmerge(NULL, 1, 2, err));
    REFUSED(wp_person_set_apart(NULL, 1, true, err));
    REFUSED(wp_person_keep(NULL, &kept, &number, err));
    REFUSED(wp_person_keep(writing, NULL, &number, err));
    REFUSED(wp_person_keep(writing, &kept, NULL, err));
    REFUSED(wp_person_erase(NULL, 1, NULL, err));
}

static void writes_of_facts__are_refused(void **state)
{
    wp_employment employment = {.person = 1, .company = 1, .from_day = 9, .to_day = 8};
    wp_consent consent = WP_CONSENT_INIT;
    wp_private private = {.person = 1, .owner = 2};
    wp_barrier barrier = {{WP_SIDE_PERSON, 1}, {WP_SIDE_PERSON, 2}, 0};
    wp_stated_tie tie = {.from = 1, .to = 2, .p = .5};
    (void)state;
    REFUSED(wp_employment_put(NULL, &employment, err));
    REFUSED(wp_employment_put(writing, NULL, err));
    REFUSED(wp_employment_put(writing, &employment, err));
    employment.to_day = WP_DAY_NONE;
    employment.title = "\x01";
    REFUSED(wp_employment_put(writing, &employment, err));
    REFUSED(wp_consent_put(NULL, &consent, err));
    REFUSED(wp_consent_put(writing, NULL, err));
    consent.person = 1;
    consent.contact = WP_CHOICE_ASK;
    REFUSED(wp_consent_put(writing, &consent, err));
    consent.introductions = (wp_choice)4;
    REFUSED(wp_consent_put(writing, &consent, err));
    consent.size = 1;
    REFUSED(wp_consent_put(writing, &consent, err));
    REFUSED(wp_private_put(NULL, &private, true, err));
    REFUSED(wp_private_put(writing, NULL, true, err));
    REFUSED(wp_barrier_put(NULL, &barrier, true, err));
    REFUSED(wp_barrier_put(writing, NULL, true, err));
    REFUSED(wp_stated_tie_put(NULL, &tie, err));
    REFUSED(wp_stated_tie_put(writing, NULL, err));
}

static void writes_of_interactions_and_opportunities__are_refused(void **state)
{
    wp_interaction interaction = WP_INTERACTION_INIT;
    wp_opportunity opportunity = WP_OPPORTUNITY_INIT;
    wp_contact_role role = {0};
    (void)state;
    REFUSED(wp_interaction_put(NULL, &interaction, NULL, err));
    REFUSED(wp_interaction_put(writing, NULL, NULL, err));
    interaction.to_count = 1;
    REFUSED(wp_interaction_put(writing, &interaction, NULL, err));
    interaction.size = 1;
    REFUSED(wp_interaction_put(writing, &interaction, NULL, err));
    REFUSED(wp_opportunity_put(NULL, &opportunity, NULL, NULL, err));
    REFUSED(wp_opportunity_put(writing, NULL, NULL, NULL, err));
    opportunity.size = 1;
    REFUSED(wp_opportunity_put(writing, &opportunity, NULL, NULL, err));
    REFUSED(wp_contact_role_put(NULL, &role, err));
    REFUSED(wp_contact_role_put(writing, NULL, err));
}

static void reads_of_groups__are_refused(void **state)
{
    wp_number number = 0;
    wp_group group = {.number = 0};
    wp_member member = {.group = 0};
    wp_numbers people;
    (void)state;
    REFUSED(wp_group_find(NULL, "team:a", &number, err));
    REFUSED(wp_group_find(reading, NULL, &number, err));
    REFUSED(wp_group_find(reading, "a", &number, err));
    REFUSED(wp_group_find(reading, "team:a", NULL, err));
    REFUSED(wp_group_get(NULL, 1, &group, err));
    REFUSED(wp_group_get(reading, 1, NULL, err));
    REFUSED(wp_group_next(NULL, &number, err));
    REFUSED(wp_group_next(reading, NULL, err));
    REFUSED(wp_group_people(NULL, 1, DAY, &people, err));
    REFUSED(wp_group_people(reading, 1, DAY, NULL, err));
    REFUSED(wp_group_people(reading, 1, -1, &people, err));
    REFUSED(wp_group_people(reading, 1, DAY_TOO_LATE, &people, err));
    REFUSED(wp_group_statement_next(NULL, &group, err));
    REFUSED(wp_group_statement_next(reading, NULL, err));
    REFUSED(wp_member_statement_next(NULL, &member, err));
    REFUSED(wp_member_statement_next(reading, NULL, err));
    REFUSED_AS(WP_ENOTFOUND, wp_group_find(reading, "team:a", &number, err));
    REFUSED_AS(WP_ENOTFOUND, wp_group_get(reading, 1, &group, err));
    REFUSED_AS(WP_ENOTFOUND, wp_group_people(reading, 1, DAY, &people, err));
}

static void writes_of_groups__are_refused(void **state)
{
    char text[300] = "team:";
    wp_number group = 0;
    wp_member member = {1, {WP_SIDE_PERSON, 1}, 0};
    wp_consent consent = WP_CONSENT_INIT;
    (void)state;
    memset(text + 5, 'a', sizeof text - 6);
    text[sizeof text - 1] = '\0';
    REFUSED(wp_group_put(NULL, "team:a", &group, NULL, err));
    REFUSED(wp_group_put(writing, NULL, &group, NULL, err));
    REFUSED(wp_group_put(writing, "team:a", NULL, NULL, err));
    REFUSED(wp_group_put(writing, "team:", &group, NULL, err));
    REFUSED(wp_group_put(writing, "a", &group, NULL, err));
    REFUSED(wp_group_put(writing, text, &group, NULL, err));
    REFUSED(wp_group_delete(NULL, 1, err));
    REFUSED_AS(WP_ENOTFOUND, wp_group_delete(writing, 1, err));
    REFUSED(wp_member_put(NULL, &member, true, err));
    REFUSED(wp_member_put(writing, NULL, true, err));
    REFUSED_AS(WP_ENOTFOUND, wp_member_put(writing, &member, true, err));
    member.who.kind = WP_SIDE_GROUP;
    REFUSED(wp_member_put(writing, &member, true, err));
    consent.person = 1;
    consent.sharing = WP_SHARING_GROUPS;
    REFUSED(wp_consent_put(writing, &consent, err)); /* with which? */
    consent.groups = &(wp_number){1};
    consent.group_count = 1;
    REFUSED_AS(WP_ENOTFOUND, wp_consent_put(writing, &consent, err));
    consent.sharing = WP_SHARING_CLOSED;
    REFUSED(wp_consent_put(writing, &consent, err));
    consent.sharing = (wp_sharing)4;
    REFUSED(wp_consent_put(writing, &consent, err));
}

static void writes_of_the_rest__are_refused(void **state)
{
    wp_settings settings = {.size = sizeof settings, .contact = WP_CHOICE_ASK};
    wp_suppression suppression = {0};
    wp_identity identity = {WP_IDENTITY_EMAIL, "no address"};
    uint32_t number;
    (void)state;
    REFUSED(wp_settings_put(NULL, &settings, err));
    REFUSED(wp_settings_put(writing, NULL, err));
    REFUSED(wp_settings_put(writing, &settings, err));
    settings = (wp_settings){.size = sizeof settings, .sharing = WP_SHARING_GROUPS};
    REFUSED(wp_settings_put(writing, &settings, err));
    settings = (wp_settings){.size = sizeof settings, .mutual = WP_CHOICE_ASK};
    REFUSED(wp_settings_put(writing, &settings, err));
    settings.size = 1;
    REFUSED(wp_settings_put(writing, &settings, err));
    REFUSED(wp_together_put(NULL, 1, err));
    REFUSED(wp_together_put(writing, WP_TOGETHER_MAX + 1, err));
    REFUSED(wp_mark_put(NULL, "a", 1, err));
    REFUSED(wp_mark_put(writing, NULL, 1, err));
    REFUSED(wp_source_put(NULL, "a", NULL, WP_TIME_NONE, &number, err));
    REFUSED(wp_source_put(writing, "a", NULL, WP_TIME_NONE, NULL, err));
    REFUSED(wp_source_put(writing, NULL, NULL, WP_TIME_NONE, &number, err));
    REFUSED(wp_txn_use_source(NULL, 0, err));
    REFUSED(wp_suppression_add(NULL, &identity, err));
    REFUSED(wp_suppression_add(writing, NULL, err));
    REFUSED(wp_suppression_add(writing, &identity, err));
    REFUSED(wp_suppression_lift(NULL, &identity, err));
    REFUSED(wp_suppression_lift(writing, &identity, err));
    REFUSED(wp_suppression_put(NULL, &suppression, err));
    REFUSED(wp_suppression_put(writing, NULL, err));
    REFUSED(wp_audit_set_mode(NULL, WP_AUDIT_ALL, err));
    REFUSED(wp_audit_set_mode(writing, (wp_audit_mode)3, err));
    REFUSED(wp_audit_note(NULL, WP_AUDIT_EXPORT, 0, 0, 0, err));
    REFUSED(wp_audit_note(writing, (wp_audit_action)20, 0, 0, 0, err));
}

static void outputs__of_puts_that_fail_are_empty(void **state)
{
    static const wp_identity identity = {WP_IDENTITY_EMAIL, "one@acme.example"};
    wp_person_facts who = facts_of_person(&identity);
    wp_company_facts company_facts = WP_COMPANY_FACTS_INIT;
    wp_opportunity deal = WP_OPPORTUNITY_INIT;
    wp_interaction mail = WP_INTERACTION_INIT;
    wp_number number = 7;
    bool is_new = true;
    (void)state;
#define LEFT_EMPTY(expected, call)                                                                 \
    do {                                                                                           \
        REFUSED_AS(expected, call);                                                                \
        assert_int_equal(number, 0);                                                               \
        assert_false(is_new);                                                                      \
        number = 7;                                                                                \
        is_new = true;                                                                             \
    } while (0)
    LEFT_EMPTY(WP_EREADONLY, wp_person_put(reading, &who, &number, &is_new, err));
    LEFT_EMPTY(WP_EINVAL, wp_person_put(writing, NULL, &number, &is_new, err));
    LEFT_EMPTY(WP_EINVAL, wp_company_put(writing, NULL, &number, &is_new, err));
    LEFT_EMPTY(WP_EINVAL, wp_company_put(writing, &company_facts, &number, &is_new, err));
    LEFT_EMPTY(WP_EREADONLY, wp_group_put(reading, "team:a", &number, &is_new, err));
    LEFT_EMPTY(WP_EINVAL, wp_group_put(writing, "a", &number, &is_new, err));
    LEFT_EMPTY(WP_EINVAL, wp_opportunity_put(writing, &deal, &number, &is_new, err));
    number = 0;
    LEFT_EMPTY(WP_EINVAL, wp_interaction_put(writing, &mail, &is_new, err));
    REFUSED(wp_person_put(writing, &who, NULL, &is_new, err));
    assert_false(is_new);
}

/* ---- names --------------------------------------------------------------------------------------
 */

/* How many of the values 0..63 have a name; each that has one has it alone. */
#define COUNT_NAMED(name, type)                                                                    \
    do {                                                                                           \
        for (unsigned i = 0; i < 64; i++) {                                                        \
            const char *text = name((type)i);                                                      \
            named += text != NULL;                                                                 \
            for (unsigned j = 0; j < i && text != NULL; j++)                                       \
                assert_true(name((type)j) == NULL || strcmp(text, name((type)j)) != 0);            \
        }                                                                                          \
    } while (0)

static void names__are_those_of_the_header(void **state)
{
    unsigned named = 0;
    (void)state;
    COUNT_NAMED(wp_kind_name, wp_kind);
    assert_int_equal(named, 15);
    COUNT_NAMED(wp_tier_name, wp_tier);
    assert_int_equal(named, 15 + 4);
    COUNT_NAMED(wp_choice_name, wp_choice);
    assert_int_equal(named, 15 + 4 + 3);
    COUNT_NAMED(wp_audit_action_name, wp_audit_action);
    assert_int_equal(named, 15 + 4 + 3 + 19);
    COUNT_NAMED(wp_audit_mode_name, wp_audit_mode);
    assert_int_equal(named, 15 + 4 + 3 + 19 + 3);
    COUNT_NAMED(wp_opportunity_state_name, wp_opportunity_state);
    assert_int_equal(named, 15 + 4 + 3 + 19 + 3 + 3);
    COUNT_NAMED(wp_sharing_name, wp_sharing);
    assert_int_equal(named, 15 + 4 + 3 + 19 + 3 + 3 + 3);
}

int main(void)
{
#define READS(test) cmocka_unit_test_setup_teardown(test, begin_reading, end)
#define WRITES(test) cmocka_unit_test_setup_teardown(test, begin_writing, end)
    const struct CMUnitTest tests[] = {
        READS(databases__are_refused),
        READS(files__are_refused),
        READS(reads_of_people__are_refused),
        READS(reads_of_ties__are_refused),
        READS(queries__are_refused),
        READS(searches_by_name__are_refused),
        READS(cursors__are_refused),
        READS(cursors_of_statements__are_refused),
        READS(reads_of_opportunities__are_refused),
        READS(reads_of_groups__are_refused),
        READS(reads_of_the_rest__are_refused),
        READS(reads_of_the_log__are_refused),
        WRITES(writes_of_people__are_refused),
        WRITES(writes_of_facts__are_refused),
        WRITES(writes_of_interactions_and_opportunities__are_refused),
        WRITES(writes_of_groups__are_refused),
        WRITES(writes_of_the_rest__are_refused),
        WRITES(outputs__of_puts_that_fail_are_empty),
        cmocka_unit_test(results__take_nothing_for_none),
        cmocka_unit_test(names__are_those_of_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
