/*
 * Who and what may be in a path: consent, ends, people named by the query, weak and severed ties,
 * days gone by; and what everybody within reach means. One small network each, with the answers as
 * literals; path_rules_test.c has the costs and the order, and explains the notation.
 */
#include "facts.h"
#include "net_tests.h"
#include "oracle_world.h"
#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- Who may be in a path ---- */

static void path_find__skips_people_who_opted_out(void **unused)
{
    (void)unused;
    net_begin(&n, db, "opted_out");
    net_ties(&n, "sa=.9 at=.9 sb=.5 bt=.5");
    net_consent(&n, 'a', WP_CHOICE_OUT, WP_CHOICE_UNSAID);
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sbt 1386294");
    assert_string_equal(net_ask_plain(&n, "s", "t"), "sbt 1386294");
    assert_string_equal(net_ask(&n, "a", "t"), "at 105361");
    assert_string_equal(net_ask(&n, "s", "a"), "sa 105361");
    net_write(&n);
    net_consent(&n, 'a', WP_CHOICE_IN, WP_CHOICE_UNSAID);
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sat 210722, sbt 1386294");
}

static wp_person person_of(char letter)
{
    wp_person out;
    assert_int_equal(wp_person_get(n.txn, n.people[letter - 'a'], NET_DAY, &out, NULL), WP_OK);
    return out;
}

static void path_find__passes_people_who_are_to_be_asked_first(void **unused)
{
    (void)unused;
    net_begin(&n, db, "ask_first");
    net_ties(&n, "sa=.9 at=.9 sb=.5 bt=.5");
    net_consent(&n, 'a', WP_CHOICE_ASK, WP_CHOICE_UNSAID);
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sat 210722, sbt 1386294");
    assert_true(person_of('a').is_asked_first && !person_of('a').has_opted_out);
    assert_int_equal(person_of('a').introductions, WP_CHOICE_ASK);
    assert_int_equal(person_of('b').introductions, WP_CHOICE_UNSAID);
    assert_false(person_of('b').is_asked_first);
}

/* Decisions of one day, so that neither is later, by two identities of one person. */
static wp_choice merged_choice(const char *name, wp_choice one, wp_choice other)
{
    net_end(&n);
    net_begin(&n, db, name);
    net_ties(&n, "sa=.9 bt=.9");
    net_consent(&n, 'a', one, WP_CHOICE_UNSAID);
    net_consent(&n, 'b', other, WP_CHOICE_UNSAID);
    assert_int_equal(wp_person_merge(n.txn, n.people[0], n.people[1], NULL), WP_OK);
    net_read(&n);
    return person_of('a').introductions;
}

static void consent__orders_out_before_ask_before_in(void **unused)
{
    (void)unused;
    assert_int_equal(wp_choice_rank(WP_CHOICE_UNSAID), 0);
    assert_int_equal(wp_choice_rank(WP_CHOICE_IN), 1);
    assert_int_equal(wp_choice_rank(WP_CHOICE_ASK), 2);
    assert_int_equal(wp_choice_rank(WP_CHOICE_OUT), 3);
    assert_int_equal(merged_choice("ask_in", WP_CHOICE_ASK, WP_CHOICE_IN), WP_CHOICE_ASK);
    assert_int_equal(merged_choice("ask_out", WP_CHOICE_ASK, WP_CHOICE_OUT), WP_CHOICE_OUT);
    assert_int_equal(merged_choice("out_ask", WP_CHOICE_OUT, WP_CHOICE_ASK), WP_CHOICE_OUT);
    assert_string_equal(net_ask(&n, "s", "t"), "");
}

/* Set the defaults of the file, which all networks of this test share. */
static void use_defaults(wp_choice introductions, wp_choice contact)
{
    wp_settings settings = {sizeof settings, introductions, contact, WP_SHARING_UNSAID,
                            WP_CHOICE_UNSAID};
    net_write(&n);
    assert_int_equal(wp_settings_put(n.txn, &settings, NULL), WP_OK);
    net_read(&n);
}

/* Back to what a new file has; and the end of a test, also of one that failed. */
static int end_defaults(void **unused)
{
    wp_settings settings = {sizeof settings, WP_CHOICE_IN, WP_CHOICE_IN, WP_SHARING_UNSAID,
                            WP_CHOICE_UNSAID};
    (void)net_tests_end(unused);
    txn = oracle_begin_write(db);
    assert_int_equal(wp_settings_put(txn, &settings, NULL), WP_OK);
    oracle_commit(txn);
    return 0;
}

static void settings__by_default_out_leave_those_who_opted_in(void **unused)
{
    (void)unused;
    net_begin(&n, db, "opt_in");
    net_ties(&n, "sa=.9 at=.9 sb=.8 bt=.8 sc=.7 ct=.7 st=.1");
    net_consent(&n, 'b', WP_CHOICE_ASK, WP_CHOICE_UNSAID);
    net_consent(&n, 'c', WP_CHOICE_IN, WP_CHOICE_UNSAID);
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sat 210722, sbt 446288, sct 713350, st 2302585");
    use_defaults(WP_CHOICE_OUT, WP_CHOICE_UNSAID);
    assert_string_equal(net_ask(&n, "s", "t"), "sbt 446288, sct 713350, st 2302585");
    assert_true(person_of('a').has_opted_out && !person_of('b').has_opted_out);
    assert_int_equal(person_of('a').introductions, WP_CHOICE_UNSAID);
    assert_true(person_of('b').is_asked_first && !person_of('c').is_asked_first);
    use_defaults(WP_CHOICE_ASK, WP_CHOICE_UNSAID);
    assert_string_equal(net_ask(&n, "s", "t"), "sat 210722, sbt 446288, sct 713350, st 2302585");
    assert_true(person_of('a').is_asked_first && !person_of('c').is_asked_first);
}

static void settings__by_default_not_to_be_contacted_leave_nobody_else(void **unused)
{
    (void)unused;
    net_begin(&n, db, "contact_out");
    net_ties(&n, "sa=.9 at=.9 sb=.8 bt=.8 su=.9");
    net_consent(&n, 's', WP_CHOICE_UNSAID, WP_CHOICE_IN);
    net_consent(&n, 'b', WP_CHOICE_UNSAID, WP_CHOICE_IN);
    net_consent(&n, 't', WP_CHOICE_UNSAID, WP_CHOICE_IN);
    net_read(&n);
    use_defaults(WP_CHOICE_UNSAID, WP_CHOICE_OUT);
    assert_string_equal(net_ask(&n, "s", "t"), "sbt 446288");
    assert_string_equal(net_ask(&n, "s", "u"), "");
    assert_true(person_of('a').is_do_not_contact && !person_of('b').is_do_not_contact);
}

/* A decision by any of the identities of a person is one, and the strictest of them holds. */
static void settings__count_people_by_all_their_identities(void **unused)
{
    (void)unused;
    net_begin(&n, db, "opt_in_merged");
    net_ties(&n, "sa=.9 bt=.9 sc=.8 dt=.8 se=.7 ft=.7");
    net_consent(&n, 'b', WP_CHOICE_IN, WP_CHOICE_UNSAID);
    net_consent(&n, 'c', WP_CHOICE_IN, WP_CHOICE_UNSAID);
    net_consent(&n, 'd', WP_CHOICE_OUT, WP_CHOICE_UNSAID);
    static const char PAIRS[][2] = {{'a', 'b'}, {'c', 'd'}, {'e', 'f'}};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            wp_person_merge(n.txn, n.people[PAIRS[i][0] - 'a'], n.people[PAIRS[i][1] - 'a'], NULL),
            WP_OK);
    net_read(&n);
    use_defaults(WP_CHOICE_OUT, WP_CHOICE_UNSAID);
    assert_string_equal(net_ask(&n, "s", "t"), "sat 210722");
    use_defaults(WP_CHOICE_IN, WP_CHOICE_UNSAID);
    assert_string_equal(net_ask(&n, "s", "t"), "sat 210722, set 713350");
}

static void settings__are_read_and_refused(void **unused)
{
    (void)unused;
    net_given("settings", "sa=.9");
    wp_settings settings;
    assert_int_equal(wp_settings_get(n.txn, &settings, NULL), WP_OK);
    assert_int_equal(settings.introductions, WP_CHOICE_IN);
    assert_int_equal(settings.contact, WP_CHOICE_IN);
    assert_int_equal(wp_settings_put(n.txn, &settings, NULL), WP_EREADONLY);
    use_defaults(WP_CHOICE_ASK, WP_CHOICE_UNSAID);
    assert_int_equal(wp_settings_get(n.txn, &settings, NULL), WP_OK);
    assert_int_equal(settings.introductions, WP_CHOICE_ASK);
    assert_int_equal(settings.contact, WP_CHOICE_IN);
    net_write(&n);
    settings.contact = WP_CHOICE_ASK;
    assert_int_equal(wp_settings_put(n.txn, &settings, NULL), WP_EINVAL);
    settings.contact = WP_CHOICE_OUT;
    settings.size--;
    assert_int_equal(wp_settings_put(n.txn, &settings, NULL), WP_EINVAL);
}

static void consent_put__refuses_what_is_no_choice(void **unused)
{
    (void)unused;
    net_given("no_choice", "sa=.9");
    net_write(&n);
    wp_consent consent = WP_CONSENT_INIT;
    consent.person = n.people[0];
    consent.introductions = (wp_choice)4;
    assert_int_equal(wp_consent_put(n.txn, &consent, NULL), WP_EINVAL);
    consent.introductions = WP_CHOICE_ASK;
    consent.contact = WP_CHOICE_ASK;
    assert_int_equal(wp_consent_put(n.txn, &consent, NULL), WP_EINVAL);
    consent.contact = WP_CHOICE_IN;
    assert_int_equal(wp_consent_put(n.txn, &consent, NULL), WP_OK);
}

static void path_find__never_shows_people_not_to_be_contacted(void **unused)
{
    (void)unused;
    net_begin(&n, db, "do_not_contact");
    net_ties(&n, "sa=.9 at=.9 sb=.5 bt=.5 xa=.9");
    net_consent(&n, 'a', WP_CHOICE_UNSAID, WP_CHOICE_OUT);
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sbt 1386294");
    assert_string_equal(net_ask(&n, "a", "t"), "");
    assert_string_equal(net_ask(&n, "s", "a"), "");
    assert_string_equal(net_ask(&n, "sa", "t"), "sbt 1386294");
    assert_string_equal(net_ask(&n, "s", "at"), "sbt 1386294");
}

static void path_find__obeys_consent_also_on_days_before_it(void **unused)
{
    (void)unused;
    net_begin(&n, db, "consent_before");
    net_ties(&n, "sa=.9 at=.9");
    net_consent(&n, 'a', WP_CHOICE_OUT, WP_CHOICE_UNSAID);
    net_read(&n);
    wp_path_query query = net_query(&n, "s", "t");
    query.day = NET_DAY - 1000;
    assert_string_equal(net_find(&n, &query), "");
}

static void path_find__never_uses_sources_or_targets_in_between(void **unused)
{
    (void)unused;
    net_given("ends", "sr=.9 rt=.5 tu=.9 sa=.9 au=.25");
    assert_string_equal(net_ask(&n, "sr", "t"), "rt 693147");
    assert_string_equal(net_ask(&n, "s", "tu"), "srt 798508, sau 1491655");
}

static void path_find__takes_a_person_on_both_sides_for_a_target(void **unused)
{
    (void)unused;
    net_given("both_sides", "sr=.9 rt=.9 st=.5");
    assert_string_equal(net_ask(&n, "sr", "rt"), "sr 105361");
    assert_string_equal(net_ask(&n, "s", "s"), "");
    assert_string_equal(net_ask(&n, "sr", "sr"), "");
}

static void path_find__ignores_repeated_sources_and_targets(void **unused)
{
    (void)unused;
    net_given("repeated", "sa=.9 at=.9");
    assert_string_equal(net_ask(&n, "sss", "tt"), "sat 210722");
}

static void path_find__avoids_people(void **unused)
{
    (void)unused;
    net_given("avoid", "sa=.9 at=.9 sb=.5 bt=.5 rt=.25");
    wp_path_query query = net_query(&n, "sr", "t");
    net_avoid(&n, &query, "a");
    assert_string_equal(net_find(&n, &query), "rt 1386294, sbt 1386294");
    net_avoid(&n, &query, "ar");
    assert_string_equal(net_find(&n, &query), "sbt 1386294");
    net_avoid(&n, &query, "rs");
    assert_string_equal(net_find(&n, &query), "");
    net_avoid(&n, &query, "t");
    assert_string_equal(net_find(&n, &query), "");
}

static void path_find__goes_via_a_person(void **unused)
{
    (void)unused;
    net_given("via", "sa=.9 at=.9 sb=.9 bt=.5 ba=.5 st=.5");
    wp_path_query query = net_query(&n, "s", "t");
    query.via = n.people['b' - 'a'];
    assert_string_equal(net_find(&n, &query), "sbt 798508, sbat 1126869");
    query.hops_max = 2;
    assert_string_equal(net_find(&n, &query), "sbt 798508");
    query.hops_max = 1;
    assert_string_equal(net_find(&n, &query), "");
}

static void path_find__finds_a_simple_path_via_a_person_off_the_way(void **unused)
{
    (void)unused;
    /* Both halves of s-a-v and v-a-t are cheap, but a would be met twice. */
    net_given("via_simple", "sa-.9 av-.9 at=.9 vb=.5 bt=.5");
    wp_path_query query = net_query(&n, "s", "t");
    query.via = n.people['v' - 'a'];
    query.hops_max = 6;
    assert_string_equal(net_find(&n, &query), "savbt 2043016");
}

/* What is counted ahead of s has a relay factor more than the path, and is above the limit. */
static void path_find__goes_via_a_person_up_to_the_least_score(void **unused)
{
    (void)unused;
    net_given("via_limit", "sa=.05 av=.62 vt=.98");
    wp_path_query query = net_query(&n, "s", "t");
    query.via = n.people['v' - 'a'];
    assert_string_equal(net_find(&n, &query), "savt 3716971");
}

/* Everybody from c to r knows everybody, so there are more simple paths than can be looked at; and
 * z speaks to t, but nobody to z. */
static void path_find__does_not_look_via_a_person_for_whom_no_path_leads_to(void **unused)
{
    (void)unused;
    char ties[2048] = "sc=.9 rv=.9 ve=.9 dt=.9 zt=.9";
    size_t bytes = strlen(ties);
    for (char a = 'c'; a <= 'r'; a++)
        for (char b = (char)(a + 1); b <= 'r'; b++)
            bytes += (size_t)snprintf(ties + bytes, sizeof ties - bytes, " %c%c-.98", a, b);
    net_given("via_dense", ties);
    wp_path_query query = net_query(&n, "s", "t");
    query.via = n.people['v' - 'a'];
    query.hops_max = WP_HOPS_ANY;
    query.is_plain = true;
    assert_string_equal(net_find(&n, &query), "scrvedt 461850");
}

static void path_find__finds_nothing_via_somebody_who_opted_out(void **unused)
{
    (void)unused;
    net_begin(&n, db, "via_out");
    net_ties(&n, "sa=.9 at=.9");
    net_consent(&n, 'a', WP_CHOICE_OUT, WP_CHOICE_UNSAID);
    net_read(&n);
    wp_path_query query = net_query(&n, "s", "t");
    query.via = n.people['a' - 'a'];
    assert_string_equal(net_find(&n, &query), "");
}

static void path_find__skips_paths_that_overlap(void **unused)
{
    (void)unused;
    net_given("diverse", "sx=.9 xb=.9 bt=.9 xc=.9 ct=.8 sd=.5 dt=.5");
    wp_path_query query = net_query(&n, "s", "t");
    const char *all = "sxbt 539083, sxct 656866, sdt 1386294";
    assert_string_equal(net_find(&n, &query), all);
    query.diverse = 0.34;
    assert_string_equal(net_find(&n, &query), all);
    query.diverse = 0.33;
    assert_string_equal(net_find(&n, &query), "sxbt 539083, sdt 1386294");
    query.diverse = 0.0;
    query.k = 2;
    assert_string_equal(net_find(&n, &query), "sxbt 539083, sdt 1386294");
}

static void path_find__takes_direct_ties_for_diverse(void **unused)
{
    (void)unused;
    net_given("diverse_direct", "st=.9 rt=.9 sa=.9 at=.9");
    wp_path_query query = net_query(&n, "sr", "t");
    query.diverse = 0.0;
    assert_string_equal(net_find(&n, &query), "rt 105361, st 105361, sat 210722");
}

/* ---- Which ties and paths exist ---- */

static void path_find__never_uses_a_severed_tie(void **unused)
{
    (void)unused;
    net_begin(&n, db, "severed");
    net_ties(&n, "sa=.9 at=.9");
    net_event(&n, WP_KIND_LIKE, 's', "a", net_time(0), -1.0);
    net_read(&n);
    /* One breach: g = 2/6, so that p = .3. */
    assert_string_equal(net_ask(&n, "s", "t"), "sat 1309334");
    net_write(&n);
    net_event(&n, WP_KIND_LIKE, 's', "a", net_time(0), -1.0);
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "");
    assert_string_equal(net_ask_plain(&n, "s", "t"), "");
    /* Two years later half of the harm is forgotten: as after one breach. */
    wp_path_query query = net_query(&n, "s", "t");
    query.day = NET_DAY + 730;
    assert_string_equal(net_find(&n, &query), "sat 1309334");
    query.day = NET_DAY - 1;
    assert_string_equal(net_find(&n, &query), "sat 210722");
}

static void path_find__ignores_ties_below_the_minimum_strength(void **unused)
{
    (void)unused;
    net_given("p_min", "st=.04 sa=.05 at=.98 sb=.9 bt=.04");
    wp_path_query query = net_query(&n, "s", "t");
    assert_string_equal(net_find(&n, &query), "sat 3015935");
    query.p_min = 0.0;
    assert_string_equal(net_find(&n, &query), "sat 3015935, st 3218876, sbt 3324237");
    query.p_min = 0.06;
    assert_string_equal(net_find(&n, &query), "");
    query.is_plain = true;
    assert_string_equal(net_find(&n, &query), "sat 3015935, st 3218876, sbt 3324237");
}

static void path_find__drops_paths_below_the_minimum_score(void **unused)
{
    (void)unused;
    net_given("score_min", "sa=.1 at=.1 sb=.15 bt=.15");
    wp_path_query query = net_query(&n, "s", "t");
    assert_string_equal(net_find(&n, &query), "sbt 3794240");
    query.score_min = 0.0;
    assert_string_equal(net_find(&n, &query), "sbt 3794240, sat 4605170");
    query.score_min = 0.1;
    assert_string_equal(net_find(&n, &query), "");
    assert_string_equal(net_ask_plain(&n, "s", "t"), "sbt 3794240, sat 4605170");
}

static void path_find__counts_the_relay_towards_the_minimum_score(void **unused)
{
    (void)unused;
    net_given("score_relay", "sa=1300000 ab=1300000 bt=1300000");
    assert_string_equal(net_ask(&n, "s", "t"), "");
    assert_string_equal(net_ask_plain(&n, "s", "t"), "sabt 3900000");
}

static void path_find__adds_nothing_to_a_plain_path(void **unused)
{
    (void)unused;
    net_begin(&n, db, "plain");
    net_us(&n, "sa");
    net_ties(&n, "sa=.2 ab=.9 bt=.01");
    net_event(&n, WP_KIND_ASK, 't', "ab", net_time(0), 0.0);
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "");
    assert_string_equal(net_ask_plain(&n, "s", "t"), "sabt 6319969");
}

static void path_find__sees_only_what_had_happened(void **unused)
{
    (void)unused;
    net_begin(&n, db, "past");
    net_ties(&n, "at=.9");
    for (int i = 0; i < 20; i++) {
        net_event(&n, WP_KIND_CALL, 's', "a", net_time(0) - 3600 * i, 0.0);
        net_event(&n, WP_KIND_CALL, 'a', "s", net_time(0) - 3600 * i, 0.0);
    }
    net_read(&n);
    wp_path_query query = net_query(&n, "s", "t");
    assert_string_not_equal(net_find(&n, &query), "");
    query.day = NET_DAY - 1;
    assert_string_not_equal(net_find(&n, &query), "");
    query.day = NET_DAY - 2;
    assert_string_equal(net_find(&n, &query), "");
}

static void path_find__is_empty_without_a_path(void **unused)
{
    (void)unused;
    net_begin(&n, db, "empty");
    (void)net_person(&n, 's');
    (void)net_person(&n, 't');
    net_ties(&n, "as=.9 ta=.9");
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "");
    wp_path_query query = net_query(&n, "s", "t");
    query.hops_max = WP_HOPS_ANY;
    query.with_reach = true;
    wp_paths *paths = NULL;
    assert_int_equal(wp_paths_find(n.txn, &query, &paths, NULL), WP_OK);
    assert_int_equal(wp_paths_count(paths), 0);
    assert_null(wp_paths_at(paths, 0));
    assert_true(wp_paths_is_complete(paths));
    assert_true(fabs(wp_paths_reach(paths)) < 1e-15);
    wp_paths_free(paths);
}

static void path_find__does_not_see_a_commit_after_its_snapshot(void **unused)
{
    (void)unused;
    net_given("snapshot", "sa=.9 at=.9");
    assert_string_equal(net_ask(&n, "s", "t"), "sat 210722");
    wp_txn *writer = oracle_begin_write(db);
    wp_consent consent = WP_CONSENT_INIT;
    consent.person = n.people['a' - 'a'];
    consent.introductions = WP_CHOICE_OUT;
    assert_int_equal(wp_consent_put(writer, &consent, NULL), WP_OK);
    oracle_commit(writer);
    assert_string_equal(net_ask(&n, "s", "t"), "sat 210722");
    net_write(&n);
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "");
}

/* ---- Account reach ---- */

static double ask_reach(wp_path_query *query)
{
    wp_paths *paths = NULL;
    query->with_reach = true;
    assert_int_equal(wp_paths_find(n.txn, query, &paths, NULL), WP_OK);
    double reach = wp_paths_reach(paths);
    wp_paths_free(paths);
    return reach;
}

static void path_find__reach_counts_each_introducer_once(void **unused)
{
    (void)unused;
    /* a leads to both targets, b to one; the path through c is below the minimum score. */
    net_given("reach", "sa=1000000 at=1000000 au=1000000 sb=1000000 bt=1500000 sc=.1 ct=.1");
    double want = 1.0 - (1.0 - exp(-2.0)) * (1.0 - exp(-2.5));
    wp_path_query query = net_query(&n, "s", "tu");
    assert_true(fabs(ask_reach(&query) - want) < 1e-12);
    query.k = 1;
    assert_true(fabs(ask_reach(&query) - want) < 1e-12);
    query.with_reach = false;
    wp_paths *paths = NULL;
    assert_int_equal(wp_paths_find(n.txn, &query, &paths, NULL), WP_OK);
    assert_true(isnan(wp_paths_reach(paths)));
    wp_paths_free(paths);
}

static void path_find__has_no_reach_via_a_person(void **unused)
{
    (void)unused;
    net_given("reach_via", "sa=1000000 at=1000000 sb=.9 bt=.9 ab=500000");
    wp_path_query query = net_query(&n, "s", "t");
    query.via = n.people['a' - 'a'];
    assert_true(isnan(ask_reach(&query)));
}

/* ---- Reach ---- */

static void reach_find__lists_everybody_best_first(void **unused)
{
    (void)unused;
    net_begin(&n, db, "everybody");
    net_ties(&n, "sa=.9 ab=.9 sb=.7 bc=.9 sd=.5 de=.5 sf=.5");
    net_consent(&n, 'd', WP_CHOICE_OUT, WP_CHOICE_UNSAID);
    net_consent(&n, 'f', WP_CHOICE_UNSAID, WP_CHOICE_OUT);
    net_read(&n);
    wp_number source = n.people['s' - 'a'];
    wp_reach_query query = reach_from(&source, NET_DAY);
    wp_reach *reach = NULL;
    assert_int_equal(wp_reach_find(n.txn, &query, &reach, NULL), WP_OK);
    static const char PEOPLE[] = "abcd";
    static const uint64_t COSTS[] = {105361, 210722, 462036, 693147};
    static const uint32_t HOPS[] = {1, 2, 2, 1};
    assert_int_equal(wp_reach_count(reach), 4);
    for (size_t i = 0; i < 4; i++) {
        const wp_reached *reached = &wp_reach_items(reach)[i];
        assert_int_equal(reached->person, n.people[PEOPLE[i] - 'a']);
        assert_int_equal(reached->cost, COSTS[i]);
        assert_int_equal(reached->hops, HOPS[i]);
    }
    assert_true(wp_reach_is_complete(reach));
    wp_reach_free(reach);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(path_find__skips_people_who_opted_out, net_tests_end),
        cmocka_unit_test_teardown(path_find__passes_people_who_are_to_be_asked_first,
                                  net_tests_end),
        cmocka_unit_test_teardown(consent__orders_out_before_ask_before_in, net_tests_end),
        cmocka_unit_test_teardown(consent_put__refuses_what_is_no_choice, net_tests_end),
        cmocka_unit_test_teardown(settings__by_default_out_leave_those_who_opted_in, end_defaults),
        cmocka_unit_test_teardown(settings__by_default_not_to_be_contacted_leave_nobody_else,
                                  end_defaults),
        cmocka_unit_test_teardown(settings__count_people_by_all_their_identities, end_defaults),
        cmocka_unit_test_teardown(settings__are_read_and_refused, end_defaults),
        cmocka_unit_test_teardown(path_find__never_shows_people_not_to_be_contacted, net_tests_end),
        cmocka_unit_test_teardown(path_find__obeys_consent_also_on_days_before_it, net_tests_end),
        cmocka_unit_test_teardown(path_find__never_uses_sources_or_targets_in_between,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__takes_a_person_on_both_sides_for_a_target,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__ignores_repeated_sources_and_targets, net_tests_end),
        cmocka_unit_test_teardown(path_find__avoids_people, net_tests_end),
        cmocka_unit_test_teardown(path_find__goes_via_a_person, net_tests_end),
        cmocka_unit_test_teardown(path_find__does_not_look_via_a_person_for_whom_no_path_leads_to,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__finds_a_simple_path_via_a_person_off_the_way,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__goes_via_a_person_up_to_the_least_score,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__finds_nothing_via_somebody_who_opted_out,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__skips_paths_that_overlap, net_tests_end),
        cmocka_unit_test_teardown(path_find__takes_direct_ties_for_diverse, net_tests_end),
        cmocka_unit_test_teardown(path_find__never_uses_a_severed_tie, net_tests_end),
        cmocka_unit_test_teardown(path_find__ignores_ties_below_the_minimum_strength,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__drops_paths_below_the_minimum_score, net_tests_end),
        cmocka_unit_test_teardown(path_find__counts_the_relay_towards_the_minimum_score,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__adds_nothing_to_a_plain_path, net_tests_end),
        cmocka_unit_test_teardown(path_find__sees_only_what_had_happened, net_tests_end),
        cmocka_unit_test_teardown(path_find__is_empty_without_a_path, net_tests_end),
        cmocka_unit_test_teardown(path_find__does_not_see_a_commit_after_its_snapshot,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__reach_counts_each_introducer_once, net_tests_end),
        cmocka_unit_test_teardown(path_find__has_no_reach_via_a_person, net_tests_end),
        cmocka_unit_test_teardown(reach_find__lists_everybody_best_first, net_tests_end),
    };
    return scratch_end(cmocka_run_group_tests(tests, net_tests_open, net_tests_close));
}
