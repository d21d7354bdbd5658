/*
 * Many small random models in one database file. See oracle_world.h.
 */
#include "oracle_world.h"

#include "oracle_random.h"
#include "oracle_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

wp_txn *oracle_begin_read_of(wp_db *db, const oracle *model)
{
    wp_error err;
    wp_settings now;
    wp_txn *txn = oracle_begin_read(db);
    oracle_must(wp_settings_get(txn, &now, &err), &err, "settings_get");
    if (now.introductions == model->defaults.introductions &&
        now.contact == model->defaults.contact) {
        return txn;
    }
    wp_abort(txn);
    txn = oracle_begin_write(db);
    oracle_store_defaults(model, txn);
    oracle_commit(txn);
    return oracle_begin_read(db);
}

/* Where a default is out, have half of those who decided nothing say yes, or else all is hidden. */
static void opt_in(random_source *random, oracle *model)
{
    for (size_t i = 0; i < model->people_count; i++) {
        wp_choice introductions = model->people[i].introductions;
        wp_choice contact = model->people[i].contact;
        if (introductions == WP_CHOICE_UNSAID && model->defaults.introductions == WP_CHOICE_OUT &&
            random_chance(random, 0.5)) {
            introductions = random_chance(random, 0.7) ? WP_CHOICE_IN : WP_CHOICE_ASK;
        }
        if (contact == WP_CHOICE_UNSAID && model->defaults.contact == WP_CHOICE_OUT &&
            random_chance(random, 0.5)) {
            contact = WP_CHOICE_IN;
        }
        oracle_person_decide(model, i, introductions, contact);
    }
}

/* Of each eighth of the models, so that a file changes them seldom. */
static const wp_choice DEFAULTS[8][2] = {
    {WP_CHOICE_IN, WP_CHOICE_IN},  {WP_CHOICE_IN, WP_CHOICE_IN},  {WP_CHOICE_IN, WP_CHOICE_IN},
    {WP_CHOICE_IN, WP_CHOICE_IN},  {WP_CHOICE_ASK, WP_CHOICE_IN}, {WP_CHOICE_OUT, WP_CHOICE_IN},
    {WP_CHOICE_OUT, WP_CHOICE_IN}, {WP_CHOICE_ASK, WP_CHOICE_OUT}};

void oracle_world_make(oracle_world *world, uint64_t seed, size_t count)
{
    world->count = count;
    world->models = oracle_alloc(count, sizeof *world->models);
    world->orders = oracle_alloc(count, sizeof *world->orders);
    for (size_t i = 0; i < count; i++) {
        random_source random = random_start(seed, i);
        char name[32];
        snprintf(name, sizeof name, "g%zu", i);
        oracle *model = oracle_random_small(&random, name);
        const wp_choice *defaults = DEFAULTS[i * 8 / count];
        oracle_use_defaults(model, defaults[0], defaults[1]);
        opt_in(&random, model);
        world->models[i] = model;
        world->orders[i] = oracle_alloc(model->event_count, sizeof **world->orders);
        random_order(&random, world->orders[i], model->event_count);
    }
}

void oracle_world_free(oracle_world *world)
{
    for (size_t i = 0; i < world->count; i++) {
        oracle_free(world->models[i]);
        free(world->orders[i]);
    }
    free(world->models);
    free(world->orders);
}

/* Store the interactions at these places of a model's order. */
static void store_events(const oracle_world *world, size_t index, wp_txn *txn, size_t from,
                         size_t to)
{
    for (size_t i = from; i < to; i++) {
        assert_true(oracle_store_event(world->models[index], txn, world->orders[index][i]));
    }
}

/* People, half of the interactions, and the stated ties of every other model. */
static void store_first(oracle_world *world, wp_db *db)
{
    wp_txn *txn = oracle_begin_write(db);
    for (size_t i = 0; i < world->count; i++) {
        oracle_store_people(world->models[i], txn);
        store_events(world, i, txn, 0, world->models[i]->event_count / 2);
        if (i % 2 == 0) {
            oracle_store_stated(world->models[i], txn);
        }
    }
    oracle_commit(txn);
}

/* The rest. */
static void store_second(oracle_world *world, wp_db *db)
{
    wp_txn *txn = oracle_begin_write(db);
    for (size_t i = 0; i < world->count; i++) {
        size_t count = world->models[i]->event_count;
        store_events(world, i, txn, count / 2, count);
        if (i % 2 == 1) {
            oracle_store_stated(world->models[i], txn);
        }
        oracle_store_consent(world->models[i], txn);
    }
    oracle_commit(txn);
}

wp_db *oracle_world_store(oracle_world *world, const char *name)
{
    wp_db *db = oracle_open_fresh(name);
    store_first(world, db);
    db = oracle_open_again(db, name);
    wp_error err;
    oracle_must(wp_compact(db, NULL, NULL, &err), &err, "compact");
    store_second(world, db);
    return db;
}

size_t oracle_world_ask(const oracle_world *world, wp_db *db, oracle_world_ask_fn *ask)
{
    size_t wrong = 0;
    for (size_t i = 0; i < world->count && wrong < 5; i++) {
        wp_txn *txn = oracle_begin_read_of(db, world->models[i]);
        wrong += ask(txn, world->models[i], i);
        wp_abort(txn);
    }
    return wrong;
}

size_t oracle_large_ask(uint64_t seed, const oracle_large *sizes, size_t count,
                        oracle_large_ask_fn *ask)
{
    size_t wrong = 0;
    wp_db *db = oracle_open_fresh("large");
    for (size_t i = 0; i < count; i++) {
        random_source random = random_start(seed, i);
        char name[32];
        snprintf(name, sizeof name, "large%zu", i);
        oracle *model = oracle_random_large(&random, name, sizes[i].people, sizes[i].degree);
        wp_txn *txn = oracle_begin_write(db);
        oracle_store_all(model, txn);
        oracle_commit(txn);
        txn = oracle_begin_read(db);
        wrong += ask(txn, model, &random);
        wp_abort(txn);
        oracle_free(model);
    }
    wp_close(db);
    return wrong;
}
