/*
 * Small networks written by hand. See net.h.
 */
#include "net.h"

#include "facts.h"
#include "oracle_store.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void net_begin(net *n, wp_db *db, const char *name)
{
    memset(n, 0, sizeof *n);
    n->db = db;
    snprintf(n->name, sizeof n->name, "%s", name);
    wp_error err;
    oracle_must(wp_begin_write(db, &n->txn, &err), &err, "begin_write");
}

void net_read(net *n)
{
    wp_error err;
    wp_txn *txn = n->txn;
    n->txn = NULL;
    oracle_must(wp_commit(txn, &err), &err, "commit");
    oracle_must(wp_begin_read(n->db, &n->txn, &err), &err, "begin_read");
}

void net_write(net *n)
{
    wp_error err;
    wp_abort(n->txn);
    n->txn = NULL;
    oracle_must(wp_begin_write(n->db, &n->txn, &err), &err, "begin_write");
}

void net_end(net *n)
{
    wp_abort(n->txn);
    n->txn = NULL;
}

static void put_person(net *n, char letter, wp_us us)
{
    char id[64];
    snprintf(id, sizeof id, "%s/%c", n->name, letter);
    wp_identity identity = {WP_IDENTITY_ID, id};
    wp_person_facts facts = facts_of_person(&identity);
    facts.us = us;
    wp_error err;
    oracle_must(wp_person_put(n->txn, &facts, &n->people[letter - 'a'], NULL, &err), &err,
                "person_put");
}

wp_number net_person(net *n, char letter)
{
    if (n->people[letter - 'a'] == 0) {
        put_person(n, letter, WP_US_UNSAID);
    }
    return n->people[letter - 'a'];
}

static void state(net *n, char from, char to, double value)
{
    wp_stated_tie tie = {net_person(n, from), net_person(n, to), value > 1.0, value, 0, 0};
    if (tie.has_cost) {
        tie.cost = (uint32_t)value;
        tie.p = 0.0;
    }
    wp_error err;
    oracle_must(wp_stated_tie_put(n->txn, &tie, &err), &err, "stated_tie_put");
}

void net_ties(net *n, const char *text)
{
    while (*text != '\0') {
        char *end = NULL;
        double value = strtod(text + 3, &end);
        state(n, text[0], text[1], value);
        if (text[2] == '-') {
            state(n, text[1], text[0], value);
        }
        text = end + strspn(end, " ");
    }
}

void net_us(net *n, const char *letters)
{
    for (; *letters != '\0'; letters++) {
        put_person(n, *letters, WP_US_YES);
    }
}

void net_consent(net *n, char letter, wp_choice introductions, wp_choice contact)
{
    wp_consent consent = WP_CONSENT_INIT;
    consent.person = net_person(n, letter);
    consent.introductions = introductions;
    consent.contact = contact;
    wp_error err;
    oracle_must(wp_consent_put(n->txn, &consent, &err), &err, "consent_put");
}

void net_event(net *n, wp_kind kind, char from, const char *to, int64_t time_s, double valence)
{
    wp_participant recipients[NET_LETTERS];
    size_t count = 0;
    for (; to[count] != '\0'; count++) {
        recipients[count] = (wp_participant){net_person(n, to[count]), WP_ROLE_TO};
    }
    char source[64];
    snprintf(source, sizeof source, "%s/%u", n->name, n->events++);
    wp_interaction interaction = WP_INTERACTION_INIT;
    interaction.source = source;
    interaction.kind = kind;
    interaction.time_s = time_s;
    interaction.from = net_person(n, from);
    interaction.to = recipients;
    interaction.to_count = count;
    interaction.valence = valence;
    wp_error err;
    oracle_must(wp_interaction_put(n->txn, &interaction, NULL, &err), &err, "interaction_put");
}

int64_t net_time(int32_t days)
{
    return ((int64_t)NET_DAY + days) * 86400;
}

static size_t fill(net *n, const char *letters, wp_number *out)
{
    size_t count = strlen(letters);
    assert_true(count <= NET_ENDS_MAX);
    for (size_t i = 0; i < count; i++) {
        out[i] = n->people[letters[i] - 'a'];
        assert_int_not_equal(out[i], 0);
    }
    return count;
}

wp_path_query net_query(net *n, const char *sources, const char *targets)
{
    wp_path_query query = WP_PATH_QUERY_INIT;
    query.sources = n->sources;
    query.source_count = fill(n, sources, n->sources);
    query.targets = n->targets;
    query.target_count = fill(n, targets, n->targets);
    query.day = NET_DAY;
    return query;
}

void net_avoid(net *n, wp_path_query *query, const char *letters)
{
    query->avoid = n->avoid;
    query->avoid_count = fill(n, letters, n->avoid);
}

static char letter_of(const net *n, wp_number person)
{
    for (int i = 0; i < NET_LETTERS; i++) {
        if (n->people[i] == person) {
            return (char)('a' + i);
        }
    }
    return '?';
}

const char *net_text(net *n, const wp_paths *paths)
{
    size_t used = 0;
    n->answer[0] = '\0';
    for (size_t i = 0; i < wp_paths_count(paths); i++) {
        const wp_path *path = wp_paths_at(paths, i);
        assert_true(used + path->hops + 32 < sizeof n->answer);
        if (i > 0) {
            n->answer[used++] = ',';
            n->answer[used++] = ' ';
        }
        for (size_t j = 0; j <= path->hops; j++) {
            n->answer[used++] = letter_of(n, path->people[j]);
        }
        int length = snprintf(n->answer + used, sizeof n->answer - used, " %" PRIu64, path->cost);
        assert_true(length > 0);
        used += (size_t)length;
    }
    return n->answer;
}

const char *net_find(net *n, const wp_path_query *query)
{
    wp_error err;
    wp_paths *paths = NULL;
    oracle_must(wp_paths_find(n->txn, query, &paths, &err), &err, "paths_find");
    assert_true(wp_paths_is_complete(paths));
    (void)net_text(n, paths);
    wp_paths_free(paths);
    return n->answer;
}

const char *net_ask(net *n, const char *sources, const char *targets)
{
    wp_path_query query = net_query(n, sources, targets);
    return net_find(n, &query);
}

const char *net_ask_plain(net *n, const char *sources, const char *targets)
{
    wp_path_query query = net_query(n, sources, targets);
    query.is_plain = true;
    return net_find(n, &query);
}
