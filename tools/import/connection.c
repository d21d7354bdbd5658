/*
 * Connections and what they are called: see connection.h.
 */
#include "import/connection.h"

#include <strings.h>

#include "import/owner.h"

/* What the person of a row is called: by profile, of several the first by bytes, else by address.
 */
static const char *key_of(const contact *from)
{
    const wp_identity *best = &from->identities[0];
    for (size_t i = 1; i < from->identity_count; i++) {
        const wp_identity *at = &from->identities[i];
        bool is_first = best->kind != WP_IDENTITY_LINKEDIN || strcasecmp(at->text, best->text) < 0;
        if (at->kind == WP_IDENTITY_LINKEDIN && is_first)
            best = at;
    }
    return best->text;
}

import_code connection_store(table *at, const contact *from, csv_row *row)
{
    char id[OWNER_SOURCE_BYTES];
    const owner *self = at->run->owner;
    wp_identity who = owner_identity(self);
    if (who.kind == 0) {
        run_note(at->run, NOTE_CONNECTION);
        return IMPORT_DONE;
    }
    owner_source(self->slug[0] != '\0' ? self->slug : who.text, key_of(from), id);
    fact_begin(&at->fact, FACT_INTERACTION);
    at->fact.kind = WP_KIND_CONNECTION;
    at->fact.person = who;
    at->fact.source = id;
    at->fact.time_s = from->connected_s;
    if (!fact_add_recipient(&at->fact, from->identities[0], WP_ROLE_TO, &row->what))
        return run_fail_input(at->run, row->where.line, row->where.byte, "memory is exhausted");
    return table_store(at);
}
