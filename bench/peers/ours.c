/*
 * warmpath itself, asked the questions of its peers: `peer_ours ask FILE QUESTIONS FORM`.
 *
 * The database was loaded by the tool (`warmpath import --format edges`), as a user would, so each
 * person has the external id that is its number in the text. The ids are learned before the clock
 * starts, as the other engines have them as keys; each question is one call of wp_paths_find() on
 * one read transaction, and reading its answer. Only the public header is used.
 */
#include <stdlib.h>
#include <string.h>

#include "peers.h"
#include "warmpath.h"

/* Stated ties do not fade, so that any day gives the same answer. */
#define DAY 20000

/* The numbers in the text and in the library. */
typedef struct ours {
    wp_txn *txn;
    wp_number *number_of; /* by number in the text; 0: not in the file */
    uint32_t *text_of;    /* by number in the library */
    size_t people;
} ours;

static void check(wp_status status, const wp_error *err)
{
    if (status != WP_OK)
        peers_fail("%s: %s", wp_status_name(status), err->message);
}

/* Learn the external ids of everybody. */
static void learn_ids(ours *self)
{
    wp_error err;
    wp_number person = 0;
    wp_status status;
    size_t room = 0;
    while ((status = wp_person_next(self->txn, &person, &err)) == WP_OK)
        self->people = person;
    check(status == WP_ENOTFOUND ? WP_OK : status, &err);
    self->text_of = peers_allocate(self->people + 1, sizeof *self->text_of);
    for (person = 0; wp_person_next(self->txn, &person, &err) == WP_OK;) {
        wp_person read;
        check(wp_person_get(self->txn, person, DAY, &read, &err), &err);
        self->text_of[person] = (uint32_t)strtoul(read.id == NULL ? "0" : read.id, NULL, 10);
        room = self->text_of[person] > room ? self->text_of[person] : room;
    }
    self->number_of = peers_allocate(room + 1, sizeof *self->number_of);
    for (wp_number i = 1; i <= self->people; i++)
        self->number_of[self->text_of[i]] = i;
}

static void translate(const ours *self, const uint32_t *people, size_t count, wp_number *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = self->number_of[people[i]];
}

static void ask(void *context, const question *asked, answer *out)
{
    ours *self = context;
    wp_error err;
    wp_paths *paths = NULL;
    wp_number sources[1024], targets[1024];
    wp_path_query query = WP_PATH_QUERY_INIT;
    if (asked->source_count > 1024 || asked->target_count > 1024)
        peers_fail("more than 1024 sources or targets");
    translate(self, asked->sources, asked->source_count, sources);
    translate(self, asked->targets, asked->target_count, targets);
    query.sources = sources;
    query.source_count = asked->source_count;
    query.targets = targets;
    query.target_count = asked->target_count;
    query.day = DAY;
    query.hops_max = asked->hops_max == 0 ? WP_HOPS_ANY : asked->hops_max;
    query.k = (uint32_t)asked->k;
    query.is_plain = true;
    check(wp_paths_find(self->txn, &query, &paths, &err), &err);
    out->count = wp_paths_count(paths);
    for (size_t i = 0; i < out->count; i++) {
        const wp_path *path = wp_paths_at(paths, i);
        out->items[i] = (introduction){self->text_of[path->introducer], path->cost};
    }
    wp_paths_free(paths);
}

int main(int argc, char **argv)
{
    wp_error err;
    wp_db *db = NULL;
    ours self = {0};
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    options.is_read_only = true;
    if (argc != 5 || strcmp(argv[1], "ask") != 0)
        peers_fail("Usage: peer_ours ask FILE QUESTIONS FORM");
    check(wp_open(argv[2], &options, &db, &err), &err);
    check(wp_begin_read(db, &self.txn, &err), &err);
    learn_ids(&self);
    peers_ask_all(argv[3], self.people, ask, &self);
    wp_abort(self.txn);
    wp_close(db);
    return 0;
}
