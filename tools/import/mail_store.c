/*
 * A message stored, and the readers of mail boxes and single messages.
 *
 * A message that is known is stated once more: another source has its own version of it, and the
 * same source the fullest of several (a copy that names who was blind-copied). Recipients of one
 * message with one address keep the weightiest role.
 */
#include "import/mail.h"

#include <stdlib.h>
#include <string.h>

#include "import/reader.h"
#include "import/store.h"

/* A name is counted once a message and source. */
static wp_status put_person(run *self, const address *who, bool counts, wp_number *out,
                            wp_error *err)
{
    wp_identity identity = {WP_IDENTITY_EMAIL, who->email};
    wp_spelling spelling = {who->name, 1};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    if (who->name == NULL || !counts)
        return store_person(self, &identity, strlen(who->email), out, err);
    facts.identities = &identity;
    facts.identity_count = 1;
    facts.spellings = &spelling;
    facts.spelling_count = 1;
    wp_status status = wp_person_put(self->txn, &facts, out, NULL, err);
    if (status == WP_OK)
        people_keep(&self->people,
                    people_hash(&self->people, WP_IDENTITY_EMAIL, who->email, strlen(who->email)),
                    *out);
    return status;
}

static wp_status put_mail(run *self, const mail *from, bool counts, wp_participant *to,
                          bool *is_new, wp_error *err)
{
    wp_interaction interaction = WP_INTERACTION_INIT;
    wp_status status = put_person(self, &from->from.items[0], counts, &interaction.from, err);
    size_t count = 0;
    for (size_t i = 0; i < from->to.count && status == WP_OK; i++) {
        to[count].role = from->to.items[i].role;
        status = put_person(self, &from->to.items[i], counts, &to[count].person, err);
        status = store_count_recipient(status, &count);
    }
    if (status == WP_OK)
        status = store_check_left(from->to.count, count, err);
    if (status != WP_OK)
        return status;
    interaction.source = from->source;
    interaction.kind = WP_KIND_MAIL;
    interaction.time_s = from->time_s;
    interaction.to = to;
    interaction.to_count = store_unique(to, count);
    interaction.reply_to = from->reply_to[0] == '\0' ? NULL : from->reply_to;
    interaction.flags = from->flags;
    return wp_interaction_put(self->txn, &interaction, is_new, err);
}

/* What storing would refuse because of people erased; for a dry run. */
static wp_status refuse_mail(run *self, const mail *from, wp_error *err)
{
    size_t count = 0;
    wp_identity sender = {WP_IDENTITY_EMAIL, from->from.items[0].email};
    wp_number found;
    wp_status status = store_person(self, &sender, strlen(sender.text), &found, err);
    for (size_t i = 0; i < from->to.count && status == WP_OK; i++) {
        wp_identity recipient = {WP_IDENTITY_EMAIL, from->to.items[i].email};
        status = store_person(self, &recipient, strlen(recipient.text), &found, err);
        status = store_count_recipient(status, &count);
    }
    return status == WP_OK ? store_check_left(from->to.count, count, err) : status;
}

/* A message that came without --lists stays without its evidence. */
static wp_status note_known(run *self, const mail *from, uint64_t number, wp_error *err)
{
    wp_interaction stored;
    if ((from->flags & WP_INTERACTION_LIST) == 0)
        return WP_OK;
    wp_status status = wp_interaction_get(self->txn, number, &stored, err);
    if (status == WP_OK && (stored.flags & WP_INTERACTION_LIST) == 0)
        run_note(self, NOTE_NO_LISTS);
    return status;
}

/* Names count once a message, so a message that is known adds none. */
static import_code store(run *self, const mail *from, verdict *what)
{
    wp_txn *txn = NULL;
    wp_error err;
    uint64_t number = 0;
    bool is_new = true;
    import_code code = run_txn(self, &txn);
    if (code != IMPORT_DONE)
        return code;
    bool is_stated = false;
    wp_status status = wp_interaction_find(txn, from->source, &number, &err);
    what->outcome = status == WP_OK ? OUTCOME_KNOWN : OUTCOME_ADDED;
    if (status == WP_OK)
        status = note_known(self, from, number, &err);
    if (status == WP_OK)
        status = store_is_stated(self, number, &is_stated, &err);
    if (status != WP_ENOTFOUND && (status != WP_OK || self->options->is_dry_run))
        return run_check(self, status, &err, what);
    if (self->options->is_dry_run) {
        uint64_t hash =
            people_hash(&self->people, WP_IDENTITY_ID, from->source, strlen(from->source));
        what->outcome = people_see(&self->people, hash) ? OUTCOME_ADDED : OUTCOME_KNOWN;
        return run_check(self, refuse_mail(self, from, &err), &err, what);
    }
    wp_participant *to = calloc(from->to.count + 1, sizeof *to);
    if (to == NULL)
        return run_fail_input(self, 0, 0, "memory is exhausted");
    status = put_mail(self, from, !is_stated, to, &is_new, &err);
    free(to);
    return run_check(self, status, &err, what);
}

static import_code take_mail(run *self, const mail_block *block, mail *scratch)
{
    const import_options *options = self->options;
    verdict what = {.outcome = OUTCOME_ADDED};
    import_code code = IMPORT_DONE;
    bool is_kept = mail_read(block, options->owner, options->has_lists, scratch, &what);
    if (!is_kept && what.reason == REASON_NONE)
        return run_fail_input(self, block->where.line, block->where.byte, "%s", what.detail);
    if (is_kept && !self->is_checking)
        code = store(self, scratch, &what);
    if (code != IMPORT_DONE)
        return code;
    for (int i = 0; i < NOTE_COUNT; i++)
        for (uint64_t n = scratch->from.notes[i] + scratch->to.notes[i]; n > 0; n--)
            run_note(self, (note_id)i);
    if (is_kept && scratch->has_odd_date)
        run_note(self, NOTE_BAD_DATE);
    if (is_kept && scratch->has_no_clock)
        run_note(self, NOTE_NO_CLOCK);
    for (uint64_t n = block->odd_lines; n > 0; n--)
        run_note(self, NOTE_FROM_LINE);
    return run_row(self, &block->where, &what,
                   RUN_ROW_WEIGHT + scratch->to.count * RUN_SEAT_WEIGHT);
}

static import_code read_mail(run *self, const place *from, bool is_single)
{
    mbox box = {.lines = &self->lines, .is_single = is_single};
    mail scratch = {0};
    mail_block block;
    import_code done = IMPORT_DONE;
    lines_code code = lines_open(&self->lines, self->source.fd, from->next, from->next_line,
                                 MAIL_HEADER_BYTES_MAX, self->options->cancel);
    while (code == LINES_OK && done == IMPORT_DONE && (code = mbox_next(&box, &block)) == LINES_OK)
        done = take_mail(self, &block, &scratch);
    mbox_free(&box);
    mail_free(&scratch);
    if (done != IMPORT_DONE || code == LINES_END)
        return done;
    return run_fail_lines(self, code);
}

import_code mbox_read(run *self, const place *from)
{
    return read_mail(self, from, false);
}

import_code eml_read(run *self, const place *from)
{
    return read_mail(self, from, true);
}
