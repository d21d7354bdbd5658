/*
 * Connections and what they are called: see connection.h.
 */
#include "import/connection.h"

#include <string.h>
#include <strings.h>

#include "import/owner.h"
#include "import/store.h"

#define KEYS_MAX 16

/* The names of one of the two, each once. */
typedef struct keys {
    char items[KEYS_MAX][OWNER_EMAIL_BYTES]; /* the first is what the person is called by */
    size_t count;
    bool has_slug; /* the first is a profile */
} keys;

/* Of several profiles the first by bytes comes first: which of them a file has may differ. */
static void add_key(keys *to, const wp_identity *identity)
{
    size_t at = 0;
    char first[OWNER_EMAIL_BYTES];
    while (at < to->count && strcasecmp(to->items[at], identity->text) != 0)
        at++;
    if (at < to->count || at == KEYS_MAX || strlen(identity->text) >= sizeof first)
        return;
    memcpy(to->items[to->count++], identity->text, strlen(identity->text) + 1);
    bool is_first = identity->kind == WP_IDENTITY_LINKEDIN &&
                    (!to->has_slug || strcasecmp(identity->text, to->items[0]) < 0);
    to->has_slug = to->has_slug || is_first;
    if (!is_first || at == 0)
        return;
    memcpy(first, to->items[at], sizeof first);
    memmove(to->items[at], to->items[0], sizeof first);
    memcpy(to->items[0], first, sizeof first);
}

/* Add what is stored of somebody besides. */
static wp_status add_stored(run *self, const wp_identity *who, keys *to, wp_error *err)
{
    wp_number number = 0;
    wp_person person;
    wp_status status = self->is_checking ? WP_OK : store_find(self, who, &number, err);
    if (status != WP_OK || number == 0)
        return status;
    status = wp_person_get(self->txn, number, 0, &person, err);
    for (size_t i = 0; status == WP_OK && i < person.identity_count; i++)
        if (person.identities[i].kind != WP_IDENTITY_ID)
            add_key(to, &person.identities[i]);
    return status;
}

static wp_status list_owner(run *self, keys *out, wp_error *err)
{
    const owner *known = self->owner;
    wp_identity who = owner_identity(known);
    if (known->slug[0] != '\0')
        add_key(out, &(wp_identity){WP_IDENTITY_LINKEDIN, known->slug});
    for (size_t i = 0; i < known->email_count; i++)
        add_key(out, &(wp_identity){WP_IDENTITY_EMAIL, known->emails[i]});
    return add_stored(self, &who, out, err);
}

static wp_status list_other(run *self, const contact *from, keys *out, wp_error *err)
{
    for (size_t i = 0; i < from->identity_count; i++)
        add_key(out, &from->identities[i]);
    return add_stored(self, &from->identities[0], out, err);
}

/* Have a connection that is stored under another name of the two be called `id`. A dry run, which
 * changes nothing, takes the other name instead. */
static wp_status settle(run *self, const keys *one, const keys *other, char id[OWNER_SOURCE_BYTES],
                        wp_error *err)
{
    char stored[OWNER_SOURCE_BYTES];
    for (size_t i = 0; i < one->count; i++)
        for (size_t j = 0; j < other->count; j++) {
            uint64_t number;
            if (i == 0 && j == 0) /* that is `id` */
                continue;
            owner_source(one->items[i], other->items[j], stored);
            if (strcmp(stored, id) == 0)
                continue;
            wp_status status = wp_interaction_find(self->txn, stored, &number, err);
            if (status == WP_OK && self->options->is_dry_run)
                memcpy(id, stored, sizeof stored);
            else if (status == WP_OK)
                status = wp_interaction_rename(self->txn, stored, id, err);
            if (status != WP_OK && status != WP_ENOTFOUND)
                return status;
        }
    return WP_OK;
}

/* What the connection is called, once all that is stored is called so. */
static import_code name_connection(run *self, const contact *from, char id[OWNER_SOURCE_BYTES])
{
    wp_error err;
    wp_txn *txn = NULL;
    keys both[2];
    both[0].count = both[1].count = 0;
    both[0].has_slug = both[1].has_slug = false;
    import_code code = self->is_checking ? IMPORT_DONE : run_txn(self, &txn);
    if (code == IMPORT_DONE) {
        wp_status status = list_owner(self, &both[0], &err);
        if (status == WP_OK)
            status = list_other(self, from, &both[1], &err);
        owner_source(both[0].items[0], both[1].items[0], id);
        if (status == WP_OK && !self->is_checking)
            status = settle(self, &both[0], &both[1], id, &err);
        code = status == WP_OK ? IMPORT_DONE : run_fail_database(self, &err);
    }
    return code;
}

import_code connection_store(table *at, const contact *from, csv_row *row)
{
    char id[OWNER_SOURCE_BYTES] = "";
    wp_identity who = owner_identity(at->run->owner);
    if (who.kind == 0) {
        run_note(at->run, NOTE_CONNECTION);
        return IMPORT_DONE;
    }
    import_code code = name_connection(at->run, from, id);
    if (code != IMPORT_DONE)
        return code;
    fact_begin(&at->fact, FACT_INTERACTION);
    at->fact.kind = WP_KIND_CONNECTION;
    at->fact.person = who;
    at->fact.source = id;
    at->fact.time_s = from->connected_s;
    if (!fact_add_recipient(&at->fact, from->identities[0], WP_ROLE_TO, &row->what))
        return run_fail_input(at->run, row->where.line, row->where.byte, "memory is exhausted");
    return table_store(at);
}
