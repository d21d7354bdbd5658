/*
 * What tests that look below the public interface share: a graph in a write transaction that is
 * never committed.
 */
#ifndef TEST_GRAPH_FIXTURE_H
#define TEST_GRAPH_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "facts.h"
#include "graph/graph.h"
#include "graph/party.h"
#include "graph/person.h"
#include "scratch.h"

static wpi_store *store;
static wpi_store_txn *txn;
static wpi_graph graph;

static int begin_graph(void **state)
{
    static int count = 0;
    char name[32];
    wpi_graph_us us = {NULL, 0};
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    (void)state;
    (void)snprintf(name, sizeof name, "graph%d", count++);
    assert_int_equal(wpi_store_create(scratch_path(name), wpi_graph_create, &us, NULL), WP_OK);
    assert_int_equal(wpi_store_open(scratch_path(name), &options, &store, NULL), WP_OK);
    assert_int_equal(wpi_store_begin(store, true, &txn, NULL), WP_OK);
    assert_int_equal(wpi_graph_begin(&graph, txn, NULL), WP_OK);
    return 0;
}

static int end_graph(void **state)
{
    (void)state;
    wpi_graph_end(&graph);
    wpi_store_abort(txn);
    wpi_store_close(store);
    return 0;
}

/* name: may be NULL */
static uint32_t put_person(const char *address, const char *name)
{
    uint32_t number = 0;
    bool is_new;
    wp_identity identity = {WP_IDENTITY_EMAIL, address};
    wp_person_facts facts = facts_of_person(&identity);
    facts.name = name;
    assert_int_equal(wpi_person_put(&graph, &facts, &number, &is_new, NULL), WP_OK);
    return number;
}

#endif
