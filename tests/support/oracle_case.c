/*
 * Small histories written by hand. See oracle_case.h.
 */
#include "oracle_case.h"

#include "oracle_store.h"
#include "oracle_world.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

void case_begin(oracle_case *c, const char *name, size_t people)
{
    c->model = oracle_new(name);
    for (size_t i = 0; i < people; i++) {
        char key[ORACLE_KEY_BYTES];
        snprintf(key, sizeof key, "%s-%zu", name, i);
        (void)oracle_person_add(c->model, WP_IDENTITY_ID, key);
    }
}

void case_store(oracle_case *c)
{
    c->txn = oracle_begin_write(c->db);
    oracle_store_all(c->model, c->txn);
    oracle_commit(c->txn);
    c->txn = oracle_begin_read(c->db);
}

void case_end(oracle_case *c)
{
    wp_abort(c->txn);
    c->txn = NULL;
    oracle_free(c->model);
    c->model = NULL;
}

int64_t case_time(int32_t day)
{
    return (int64_t)day * ORACLE_DAY_S;
}

size_t case_put(oracle_case *c, wp_kind kind, size_t from, size_t to, int64_t time_s,
                size_t reply_to, uint32_t flags)
{
    oracle_recipient recipient = {to, WP_ROLE_TO};
    oracle_event event = {kind, time_s, from, &recipient, 1, 0.0, reply_to, flags};
    return oracle_event_add(c->model, &event);
}

void case_put_valence(oracle_case *c, size_t from, size_t to, int32_t day, double valence)
{
    size_t event = case_put(c, WP_KIND_MAIL, from, to, case_time(day), ORACLE_NONE, 0);
    c->model->events[event].valence = valence;
}

void case_state(oracle_case *c, size_t from, size_t to, double p)
{
    oracle_stated stated = {from, to, false, p, 0};
    oracle_tie_state(c->model, &stated);
}

wp_tie case_tie(const oracle_case *c, size_t from, size_t to, int32_t day)
{
    wp_tie tie;
    wp_error err;
    const oracle_person *people = c->model->people;
    oracle_must(wp_tie_get(c->txn, people[from].number, people[to].number, day, &tie, &err), &err,
                "tie_get");
    return tie;
}

void case_check(const oracle_case *c, int32_t day)
{
    oracle_graph *graph = oracle_graph_read(c->model, c->txn, day);
    bool is_equal = oracle_check_ties(graph, 1e-5);
    oracle_graph_free(graph);
    assert_true(is_equal);
}

void case_assert_near(double seen, double want, double tolerance)
{
    if (!(fabs(seen - want) <= tolerance)) {
        fail_msg("%.9g is not within %g of %.9g", seen, tolerance, want);
    }
}
