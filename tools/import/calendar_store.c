/*
 * An event stored.
 *
 * A reply says what one attendee decided about a meeting that others describe. It makes no meeting:
 * the one that is stored under its source id is stated again, with the new part of that attendee
 * and a higher revision. Of two answers of one attendee the later one holds.
 */
#include "import/calendar_store.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "import/store.h"

bool calendar_store_init(calendar_store *self, run *importing)
{
    *self = (calendar_store){.run = importing, .now_s = (int64_t)time(NULL)};
    self->found.items = calloc(EVENT_OCCURRENCES_MAX, sizeof *self->found.items);
    return self->found.items != NULL;
}

void calendar_store_free(calendar_store *self)
{
    zones_free(&self->zones);
    event_free(&self->row);
    free(self->found.items);
    fact_free(&self->fact);
    self->found.items = NULL;
}

/* Store one fact. True when the event goes on; the row counts as new when one of its facts is. */
static bool store(calendar_store *self, uint64_t hash, import_code *code)
{
    verdict what = {.outcome = OUTCOME_KNOWN};
    if (self->run->is_checking)
        return true;
    *code = fact_store(self->run, &self->fact, hash, &what);
    if (*code != IMPORT_DONE)
        return false;
    if (self->fact.type == FACT_PERSON && what.outcome == OUTCOME_SKIPPED &&
        what.reason == REASON_ERASED)
        return true; /* the event goes on without the name */
    if (what.outcome != OUTCOME_KNOWN)
        self->row.what = what;
    return what.outcome != OUTCOME_SKIPPED;
}

static bool store_name(calendar_store *self, const attendee *who, import_code *code)
{
    if (who->email == NULL || who->name == NULL)
        return true;
    fact_begin(&self->fact, FACT_PERSON);
    self->fact.identities[0] = (wp_identity){WP_IDENTITY_EMAIL, who->email};
    self->fact.identity_count = 1;
    self->fact.spellings[0] = (wp_spelling){who->name, 1};
    self->fact.spelling_count = 1;
    return store(self,
                 people_hash(&self->run->people, WP_IDENTITY_EMAIL, who->email, strlen(who->email)),
                 code);
}

/* Fill the fact of a meeting but for its source and time. False: the verdict says why. */
static bool begin_meeting(calendar_store *self, const char *organizer)
{
    event *row = &self->row;
    fact_begin(&self->fact, FACT_INTERACTION);
    self->fact.kind = WP_KIND_MEETING;
    self->fact.person = (wp_identity){WP_IDENTITY_EMAIL, organizer};
    self->fact.flags = (row->is_private ? WP_INTERACTION_PRIVATE : 0) |
                       (row->is_cancelled ? WP_INTERACTION_CANCELLED : 0);
    self->fact.revision = event_revision(row);
    self->fact.is_cancelled = row->is_cancelled;
    for (size_t i = 0; i < row->attendee_count; i++) {
        wp_identity who = {WP_IDENTITY_EMAIL, row->attendees[i].email};
        if (strcasecmp(who.text, organizer) != 0 &&
            !fact_add_recipient(&self->fact, who, row->attendees[i].role, &row->what))
            return false;
    }
    /* Calling a meeting off need not name who was invited. */
    return self->fact.to_count > 0 || row->is_cancelled ||
           verdict_skip(&row->what, REASON_NO_ATTENDEES, "nobody but the organizer");
}

static bool store_meeting(calendar_store *self, size_t index, import_code *code)
{
    event_source(&self->row, &self->found, index, self->source);
    self->fact.source = self->source;
    self->fact.time_s = self->found.items[index].time_s;
    return store(
        self, people_hash(&self->run->people, WP_IDENTITY_ID, self->source, strlen(self->source)),
        code);
}

static import_code store_meetings(calendar_store *self, const char *organizer)
{
    const event *row = &self->row;
    import_code code = IMPORT_DONE;
    bool goes_on = store_name(self, &row->organizer, &code);
    for (size_t i = 0; i < row->attendee_count && goes_on; i++)
        goes_on = store_name(self, &row->attendees[i], &code);
    if (!goes_on || !begin_meeting(self, organizer))
        return code;
    for (size_t i = 0; i < self->found.count && goes_on; i++)
        goes_on = store_meeting(self, i, &code);
    return code;
}

/* The identity that has a number, kept with the event, since storing ends what is borrowed. */
static wp_status keep_identity(calendar_store *self, wp_number number, wp_identity *out,
                               wp_error *err)
{
    wp_identity stored;
    wp_status status = wp_person_identity(self->run->txn, number, &stored, err);
    if (status != WP_OK)
        return status;
    out->kind = stored.kind;
    out->text = pool_keep(&self->row.texts, stored.text, strlen(stored.text));
    if (out->text != NULL)
        return WP_OK;
    *err = (wp_error){WP_ENOMEM, "memory is exhausted"};
    return WP_ENOMEM;
}

/* Fill the fact with the stored meeting, the part of `who` replaced. *is_changed: it differs. */
static wp_status restate(calendar_store *self, const wp_interaction *stored,
                         const wp_participant *to, const char *who, bool *is_changed, wp_error *err)
{
    fact *out = &self->fact;
    wp_role role = self->row.attendees[0].role;
    out->time_s = stored->time_s;
    out->valence = stored->valence;
    out->flags = stored->flags;
    /* Above what is stored, so that answers of several people add up in any order, and never above
     * a version of the organizer that is later than the answer. */
    int64_t revision = event_revision(&self->row), above = stored->revision + 1;
    out->revision = revision > above ? revision : above;
    wp_status status = keep_identity(self, stored->from, &out->person, err);
    for (size_t i = 0; i < stored->to_count && status == WP_OK; i++) {
        wp_identity identity;
        bool is_who = false;
        status = keep_identity(self, to[i].person, &identity, err);
        if (status == WP_OK)
            is_who = identity.kind == WP_IDENTITY_EMAIL && strcasecmp(identity.text, who) == 0;
        self->is_invited = self->is_invited || is_who;
        /* Who answered already changes that with a later reply alone: reading all twice, in which
         * an earlier one comes again, must change nothing. */
        bool counts = to[i].role == WP_ROLE_UNANSWERED || revision > stored->revision;
        is_who = is_who && counts;
        *is_changed = *is_changed || (is_who && to[i].role != role);
        if (status == WP_OK &&
            !fact_add_recipient(out, identity, is_who ? role : to[i].role, &self->row.what)) {
            *err = (wp_error){WP_ENOMEM, "memory is exhausted"};
            status = WP_ENOMEM;
        }
    }
    return status;
}

/* The same with the participants copied, since looking somebody up ends what is borrowed. */
static wp_status restate_copy(calendar_store *self, const wp_interaction *stored, const char *who,
                              bool *is_changed, wp_error *err)
{
    wp_participant *to = calloc(stored->to_count + 1, sizeof *to);
    if (to == NULL) {
        *err = (wp_error){WP_ENOMEM, "memory is exhausted"};
        return WP_ENOMEM;
    }
    if (stored->to_count > 0)
        memcpy(to, stored->to, stored->to_count * sizeof *to);
    wp_status status = restate(self, stored, to, who, is_changed, err);
    free(to);
    return status;
}

static wp_status find_meeting(calendar_store *self, wp_interaction *stored, wp_error *err)
{
    uint64_t number = 0;
    wp_status status = wp_interaction_find(self->run->txn, self->source, &number, err);
    if (status == WP_OK)
        status = wp_interaction_get(self->run->txn, number, stored, err);
    return status;
}

/* The answer of one attendee to one occurrence. *is_found: the meeting is stored. */
static bool store_reply(calendar_store *self, size_t index, bool *is_found, import_code *code)
{
    const attendee *who = &self->row.attendees[0];
    wp_interaction stored = WP_INTERACTION_INIT;
    wp_error err;
    bool is_changed = false;
    event_source(&self->row, &self->found, index, self->source);
    wp_status status = find_meeting(self, &stored, &err);
    if (status == WP_ENOTFOUND)
        return true;
    self->is_invited = false;
    fact_begin(&self->fact, FACT_INTERACTION);
    self->fact.kind = WP_KIND_MEETING;
    self->fact.source = self->source;
    if (status == WP_OK)
        status = restate_copy(self, &stored, who->email, &is_changed, &err);
    if (status != WP_OK) {
        *code = run_check(self->run, status, &err, &self->row.what);
        return false;
    }
    *is_found = *is_found || self->is_invited;
    return !is_changed || store(self,
                                people_hash(&self->run->people, WP_IDENTITY_ID, self->source,
                                            strlen(self->source)),
                                code);
}

static import_code store_replies(calendar_store *self)
{
    event *row = &self->row;
    wp_txn *txn = NULL;
    bool is_found = false, goes_on = true;
    if (row->attendee_count != 1) {
        verdict_skip(&row->what, REASON_BAD_VALUE, "a reply of %zu attendees, expected one",
                     row->attendee_count);
        return IMPORT_DONE;
    }
    if (self->run->is_checking)
        return IMPORT_DONE;
    import_code code = run_txn(self->run, &txn);
    for (size_t i = 0; i < self->found.count && code == IMPORT_DONE && goes_on; i++)
        goes_on = store_reply(self, i, &is_found, &code);
    if (code == IMPORT_DONE && goes_on && !is_found)
        verdict_skip(&row->what, REASON_NO_MEETING, "no meeting with this UID, or not so invited");
    return code;
}

/* Whether there is something to store; else the verdict says why not. */
static bool check(calendar_store *self, const char *organizer)
{
    event *row = &self->row;
    if (row->method == EVENT_PROPOSAL)
        return verdict_skip(&row->what, REASON_PROPOSAL, "METHOD is a proposal or a question");
    if (row->method != EVENT_REPLY && row->attendee_count == 0 && !row->is_cancelled)
        return verdict_skip(&row->what, REASON_NO_ATTENDEES, "no ATTENDEE with an address");
    if (row->method != EVENT_REPLY && organizer == NULL)
        return verdict_skip(&row->what, REASON_NO_ORGANIZER, "no ORGANIZER with an address");
    if (!event_expand(row, &self->zones, self->now_s, &self->found))
        return false;
    if (self->found.count == 0 && self->found.is_future)
        return verdict_skip(&row->what, REASON_FUTURE, "begins after the time of the import");
    if (self->found.count == 0)
        return verdict_skip(&row->what, REASON_NO_OCCURRENCE, "every occurrence is excepted");
    return true;
}

static void add_notes(calendar_store *self)
{
    event *row = &self->row;
    row->notes[NOTE_BAD_ZONE] += self->found.has_odd_zone;
    row->notes[NOTE_CUT_SERIES] += self->found.is_cut;
    row->notes[NOTE_RANGE] += row->is_range;
    for (int i = 0; i < NOTE_COUNT; i++)
        for (uint64_t n = row->notes[i]; n > 0; n--)
            run_note(self->run, (note_id)i);
}

import_code calendar_store_event(calendar_store *self, uint64_t *weight)
{
    event *row = &self->row;
    const char *organizer = row->organizer.email != NULL ? row->organizer.email
                            : row->chair.email != NULL   ? row->chair.email
                                                         : self->run->options->owner;
    /* Nothing was new until a fact is. */
    row->what.outcome = OUTCOME_KNOWN;
    if (!check(self, organizer))
        return IMPORT_DONE;
    import_code code =
        row->method == EVENT_REPLY ? store_replies(self) : store_meetings(self, organizer);
    *weight = (RUN_ROW_WEIGHT + row->attendee_count * RUN_SEAT_WEIGHT) * (self->found.count + 1);
    if (code == IMPORT_DONE && row->what.outcome != OUTCOME_SKIPPED)
        add_notes(self);
    return code;
}
