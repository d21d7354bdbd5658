/*
 * The reader of address books: every card a row, which says who somebody is and where they work.
 *
 * A card that is marked private makes its person private to whose address book it is; without an
 * owner it is left out, because nothing could keep it from others.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/reader.h"
#include "import/vcard.h"

/* Whether the card is that of the owner, who keeps nothing private from herself. */
static bool is_own(const run *self, const card *at)
{
    for (size_t i = 0; i < at->identity_count; i++)
        if (at->identities[i].who.kind == WP_IDENTITY_EMAIL &&
            strcasecmp(at->identities[i].who.text, self->options->owner) == 0)
            return true;
    return false;
}

static import_code store_card(run *self, card *from, fact *row)
{
    card_fact(from, row);
    const wp_identity *first = &from->identities[0].who;
    uint64_t hash = people_hash(&self->people, first->kind, first->text, strlen(first->text));
    import_code code = fact_store(self, row, hash, &from->what);
    if (code != IMPORT_DONE || from->what.outcome == OUTCOME_SKIPPED || !from->is_private ||
        is_own(self, from))
        return code;
    verdict what = {.outcome = OUTCOME_KNOWN};
    fact_begin(row, FACT_PRIVATE);
    row->person = (wp_identity){WP_IDENTITY_EMAIL, self->options->owner};
    row->other = *first;
    row->is_whole = true;
    code = fact_store(self, row, hash + 1, &what);
    if (what.outcome != OUTCOME_KNOWN)
        from->what = what;
    return code;
}

static import_code take_card(run *self, card *from, fact *row)
{
    import_code code = IMPORT_DONE;
    bool is_kept = from->what.outcome != OUTCOME_SKIPPED;
    if (is_kept && from->is_private && self->options->owner == NULL)
        is_kept = verdict_skip(&from->what, REASON_PRIVATE, "CLASS is private and no owner given");
    if (is_kept)
        code = store_card(self, from, row);
    if (code != IMPORT_DONE)
        return code;
    for (int i = 0; i < NOTE_COUNT && from->what.outcome != OUTCOME_SKIPPED; i++)
        for (uint64_t n = from->notes[i]; n > 0; n--)
            run_note(self, (note_id)i);
    return run_row(self, &from->where, &from->what, 2 * RUN_ROW_WEIGHT);
}

import_code vcard_read(run *self, const place *from)
{
    cards file = {.lines = {.lines = &self->lines, .is_utf8 = self->source.is_recoded}};
    card *at = calloc(1, sizeof *at);
    fact *row = calloc(1, sizeof *row);
    import_code done = IMPORT_DONE;
    lines_code code = LINES_FAILED;
    if (at != NULL)
        at->unkept = &self->unkept;
    if (at != NULL && row != NULL)
        code = lines_open(&self->lines, self->source.fd, from->next, from->next_line,
                          LINES_LIMIT_MAX, self->options->cancel);
    else
        done = run_fail_input(self, 0, 0, "memory is exhausted");
    while (code == LINES_OK && done == IMPORT_DONE && (code = card_next(&file, at)) == LINES_OK)
        done = take_card(self, at, row);
    content_free(&file.lines);
    if (at != NULL)
        card_free(at);
    if (row != NULL)
        fact_free(row);
    free(at);
    free(row);
    if (done != IMPORT_DONE || code == LINES_END)
        return done;
    return run_fail_lines(self, code);
}
