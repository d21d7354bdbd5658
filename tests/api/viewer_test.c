/*
 * What public functions do for a viewer: records are refused to a person, of interactions and
 * counts a person is given what answers show, and whoever holds the file reads all.
 *
 * One file: ann, bob, carol and dave. The tie between ann and bob is ann's own. "both" went from
 * ann to bob and carol, "own" to bob alone, "open" from dave to carol; "kept" is a private
 * interaction.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "facts.h"
#include "scratch.h"
#include "warmpath.h"

#define DAY 19783
#define DAY_S 86400

enum { ANN, BOB, CAROL, DAVE, PEOPLE };
enum { BOTH, OWN, OPEN, KEPT, INTERACTIONS };

static const char *const ids[INTERACTIONS] = {"both", "own", "open", "kept"};

typedef struct fixture {
    wp_db *db;
    wp_txn *txn;
    wp_number people[PEOPLE];
    uint64_t interactions[INTERACTIONS];
} fixture;

static void expect_ok(wp_status status, const wp_error *err)
{
    if (status != WP_OK)
        fail_msg("%s: %s", wp_status_name(status), err->message);
}

static void put_person(fixture *self, int index, const char *email)
{
    wp_error err;
    wp_identity identity = {WP_IDENTITY_EMAIL, email};
    wp_person_facts facts = facts_of_person(&identity);
    expect_ok(wp_person_put(self->txn, &facts, &self->people[index], NULL, &err), &err);
}

static void put_mail(fixture *self, int index, int from, const int *to, size_t count,
                     uint32_t flags)
{
    wp_error err;
    wp_participant participants[PEOPLE];
    wp_interaction mail = WP_INTERACTION_INIT;
    for (size_t i = 0; i < count; i++)
        participants[i] = (wp_participant){self->people[to[i]], WP_ROLE_TO};
    mail.source = ids[index];
    mail.time_s = (int64_t)(DAY - index - 1) * DAY_S;
    mail.from = self->people[from];
    mail.to = participants;
    mail.to_count = count;
    mail.flags = flags;
    expect_ok(wp_interaction_put(self->txn, &mail, NULL, &err), &err);
    expect_ok(wp_interaction_find(self->txn, mail.source, &self->interactions[index], &err), &err);
}

static int setup(void **state)
{
    static fixture self;
    static const char *const emails[PEOPLE] = {"ann@us.com", "bob@acme.com", "carol@acme.com",
                                               "dave@us.com"};
    static const int to[] = {BOB, CAROL};
    wp_error err;
    const char *path = scratch_path("viewer");
    expect_ok(wp_create(path, NULL, 0, &err), &err);
    expect_ok(wp_open(path, NULL, &self.db, &err), &err);
    expect_ok(wp_begin_write(self.db, &self.txn, &err), &err);
    for (int i = 0; i < PEOPLE; i++)
        put_person(&self, i, emails[i]);
    put_mail(&self, BOTH, ANN, to, 2, 0);
    put_mail(&self, OWN, ANN, to, 1, 0);
    put_mail(&self, OPEN, DAVE, to + 1, 1, 0);
    put_mail(&self, KEPT, DAVE, to, 1, WP_INTERACTION_PRIVATE);
    wp_private kept = {.person = self.people[BOB], .owner = self.people[ANN]};
    expect_ok(wp_private_put(self.txn, &kept, true, &err), &err);
    expect_ok(wp_commit(self.txn, &err), &err);
    expect_ok(wp_begin_read(self.db, &self.txn, &err), &err);
    *state = &self;
    return 0;
}

static int teardown(void **state)
{
    fixture *self = *state;
    wp_abort(self->txn);
    wp_close(self->db);
    scratch_remove();
    return 0;
}

static void view_as(const fixture *self, uint32_t viewer)
{
    wp_error err;
    expect_ok(wp_txn_use_viewer(self->txn, viewer, &err), &err);
}

/* --- records --- */

typedef wp_status record_fn(const fixture *self, wp_error *err);

static wp_status next_interaction(const fixture *self, wp_error *err)
{
    uint64_t at = 0;
    return wp_interaction_next(self->txn, &at, err);
}

static wp_status next_version(const fixture *self, wp_error *err)
{
    uint64_t at = 0;
    uint32_t source;
    wp_interaction out;
    return wp_interaction_version_next(self->txn, self->interactions[OWN], &at, &source, &out, err);
}

static wp_status find_interaction(const fixture *self, wp_error *err)
{
    uint64_t number;
    return wp_interaction_find(self->txn, "own", &number, err);
}

#define STATEMENTS(name, type, ...)                                                                \
    static wp_status name(const fixture *self, wp_error *err)                                      \
    {                                                                                              \
        type at = {__VA_ARGS__};                                                                   \
        return wp_##name(self->txn, &at, err);                                                     \
    }

STATEMENTS(person_statement_next, wp_statement, .number = 0)
STATEMENTS(person_statement_of, wp_statement, .number = self->people[BOB])
STATEMENTS(company_statement_next, wp_statement, .number = 0)
STATEMENTS(company_statement_of, wp_statement, .number = 1)
STATEMENTS(employment_statement_next, wp_employment, .person = 0)
STATEMENTS(employment_statement_of, wp_employment, .person = self->people[BOB])
STATEMENTS(consent_statement_next, wp_consent, .person = 0)
STATEMENTS(private_statement_next, wp_private, .person = 0)
STATEMENTS(barrier_statement_next, wp_barrier, .source = 0)
STATEMENTS(group_statement_next, wp_group, .number = 0)
STATEMENTS(member_statement_next, wp_member, .group = 0)
STATEMENTS(merge_next, wp_merge, .a = 0)
STATEMENTS(stated_tie_next, wp_stated_tie, .from = 0)
STATEMENTS(opportunity_statement_next, wp_opportunity, .number = 0)
STATEMENTS(suppression_next, wp_suppression, .key = 0)
STATEMENTS(audit_next, wp_audit_entry, .number = 0)
STATEMENTS(audit_head, wp_audit_entry, .number = 0)
STATEMENTS(together_get, wp_together, .people_max = 0)

static wp_status get_stated(const fixture *self, wp_error *err)
{
    wp_stated_tie tie = {.from = self->people[ANN], .to = self->people[BOB]};
    return wp_stated_tie_get(self->txn, &tie, err);
}

static wp_status list_stated(const fixture *self, wp_error *err)
{
    wp_stated_ties ties;
    wp_status status = wp_stated_ties_from(self->txn, self->people[ANN], &ties, err);
    wp_stated_ties_free(&ties);
    return status;
}

static wp_status next_source(const fixture *self, wp_error *err)
{
    uint32_t number = 0;
    return wp_source_next(self->txn, &number, err);
}

static wp_status find_source(const fixture *self, wp_error *err)
{
    uint32_t number;
    return wp_source_find(self->txn, "none", &number, err);
}

static wp_status get_source(const fixture *self, wp_error *err)
{
    wp_source source;
    return wp_source_get(self->txn, 1, &source, err);
}

static wp_status get_mark(const fixture *self, wp_error *err)
{
    uint64_t value;
    return wp_mark_get(self->txn, "none", &value, err);
}

static wp_status has_suppression(const fixture *self, wp_error *err)
{
    bool has;
    wp_identity identity = {WP_IDENTITY_EMAIL, "bob@acme.com"};
    return wp_suppression_has(self->txn, &identity, &has, err);
}

static wp_status verify_audit(const fixture *self, wp_error *err)
{
    uint64_t broken;
    return wp_audit_verify(self->txn, &broken, err);
}

static wp_status check(const fixture *self, wp_error *err)
{
    uint64_t faults;
    return wp_check(self->txn, false, NULL, NULL, &faults, err);
}

static void records__are_refused_to_a_person_alone(void **state)
{
    static record_fn *const records[] = {next_interaction,
                                         next_version,
                                         find_interaction,
                                         person_statement_next,
                                         person_statement_of,
                                         company_statement_next,
                                         company_statement_of,
                                         employment_statement_next,
                                         employment_statement_of,
                                         consent_statement_next,
                                         private_statement_next,
                                         barrier_statement_next,
                                         group_statement_next,
                                         member_statement_next,
                                         merge_next,
                                         stated_tie_next,
                                         get_stated,
                                         list_stated,
                                         opportunity_statement_next,
                                         suppression_next,
                                         has_suppression,
                                         audit_next,
                                         audit_head,
                                         verify_audit,
                                         next_source,
                                         find_source,
                                         get_source,
                                         get_mark,
                                         together_get,
                                         check};
    const fixture *self = *state;
    wp_error err;
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        view_as(self, self->people[ANN]);
        assert_int_equal(records[i](self, &err), WP_EACCESS);
        assert_string_equal(err.message,
                            "the viewer is person 1, expected everybody or the right to audit");
        view_as(self, WP_VIEW_SHARED);
        assert_int_not_equal(records[i](self, &err), WP_EACCESS);
        view_as(self, WP_VIEW_ALL);
        assert_int_not_equal(records[i](self, &err), WP_EACCESS);
    }
}

/* --- interactions, counts, sources --- */

/* The recipients of an interaction as somebody is given it, a bit each; 0: it is not found. */
static unsigned recipients_seen(const fixture *self, uint32_t viewer, int index)
{
    wp_interaction seen;
    unsigned bits = 0;
    view_as(self, viewer);
    wp_status status = wp_interaction_get(self->txn, self->interactions[index], &seen, NULL);
    assert_int_equal(status == WP_OK, seen.to_count > 0);
    assert_true(status == WP_OK || status == WP_ENOTFOUND);
    for (size_t i = 0; i < seen.to_count; i++)
        for (int who = 0; who < PEOPLE; who++)
            bits |= seen.to[i].person == self->people[who] ? 1u << who : 0;
    return bits;
}

static void interactions__are_given_to_a_person_as_far_as_their_ties_are_seen(void **state)
{
    const fixture *self = *state;
    assert_int_equal(recipients_seen(self, self->people[ANN], BOTH), 1u << BOB | 1u << CAROL);
    assert_int_equal(recipients_seen(self, self->people[ANN], OWN), 1u << BOB);
    assert_int_equal(recipients_seen(self, self->people[DAVE], BOTH), 1u << CAROL);
    assert_int_equal(recipients_seen(self, self->people[DAVE], OWN), 0);
    assert_int_equal(recipients_seen(self, self->people[DAVE], OPEN), 1u << CAROL);
    assert_int_equal(recipients_seen(self, self->people[DAVE], KEPT), 0);
    assert_int_equal(recipients_seen(self, WP_VIEW_SHARED, OWN), 1u << BOB);
    assert_int_equal(recipients_seen(self, WP_VIEW_ALL, KEPT), 1u << BOB);
}

static void interactions__that_are_hidden_fail_as_those_that_are_not_there(void **state)
{
    const fixture *self = *state;
    wp_interaction out;
    wp_error err;
    view_as(self, self->people[DAVE]);
    assert_int_equal(wp_interaction_get(self->txn, self->interactions[OWN], &out, &err),
                     WP_ENOTFOUND);
    assert_string_equal(err.message, "no interaction has number 2");
    assert_int_equal(wp_interaction_get(self->txn, 77, &out, &err), WP_ENOTFOUND);
    assert_string_equal(err.message, "no interaction has number 77");
}

static wp_stats stats_for(const fixture *self, uint32_t viewer)
{
    wp_error err;
    wp_stats stats;
    view_as(self, viewer);
    expect_ok(wp_stats_get(self->txn, &stats, &err), &err);
    return stats;
}

static void stats__count_what_the_viewer_sees(void **state)
{
    const fixture *self = *state;
    wp_stats all = stats_for(self, WP_VIEW_ALL), shared = stats_for(self, WP_VIEW_SHARED);
    wp_stats ann = stats_for(self, self->people[ANN]), dave = stats_for(self, self->people[DAVE]);
    assert_int_equal(all.ties, 3);
    assert_int_equal(all.interactions, 4);
    assert_int_equal(shared.ties, 2);
    assert_int_equal(shared.interactions, 2); /* without "own" and "kept" */
    assert_int_equal(ann.ties, 3);
    assert_int_equal(ann.interactions, 3); /* "kept" is shown to nobody */
    assert_int_equal(dave.ties, 2);
    assert_int_equal(dave.interactions, 2);
    assert_int_equal(all.file_bytes, shared.file_bytes);
    assert_true(all.file_bytes > 0 && all.overlay_people > 0 && all.readers > 0);
    assert_int_equal(ann.file_bytes + ann.overlay_people + ann.overlay_ties + ann.readers +
                         ann.numbers + ann.segment_ties + ann.sources,
                     0);
}

static void stats__of_a_write_transaction_count_everything(void **state)
{
    fixture *self = *state;
    wp_error err;
    wp_stats stats;
    wp_txn *writer = NULL;
    expect_ok(wp_begin_write(self->db, &writer, &err), &err);
    expect_ok(wp_stats_get(writer, &stats, &err), &err);
    wp_abort(writer);
    assert_int_equal(stats.ties, 3);
    assert_int_equal(stats.interactions, 4);
}

static void sources__of_people_are_not_told_to_a_person(void **state)
{
    const fixture *self = *state;
    wp_error err;
    wp_person person;
    wp_company company;
    wp_number acme = 0;
    view_as(self, WP_VIEW_SHARED);
    expect_ok(wp_company_next(self->txn, &acme, &err), &err);
    expect_ok(wp_person_get(self->txn, self->people[BOB], DAY, &person, &err), &err);
    assert_int_equal(person.source_count, 1);
    view_as(self, self->people[ANN]);
    expect_ok(wp_person_get(self->txn, self->people[BOB], DAY, &person, &err), &err);
    assert_int_equal(person.source_count, 0);
    expect_ok(wp_company_get(self->txn, acme, &company, &err), &err);
    assert_int_equal(company.source_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records__are_refused_to_a_person_alone),
        cmocka_unit_test(interactions__are_given_to_a_person_as_far_as_their_ties_are_seen),
        cmocka_unit_test(interactions__that_are_hidden_fail_as_those_that_are_not_there),
        cmocka_unit_test(stats__count_what_the_viewer_sees),
        cmocka_unit_test(stats__of_a_write_transaction_count_everything),
        cmocka_unit_test(sources__of_people_are_not_told_to_a_person),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
