/*
 * An event stored: see calendar_store.h.
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
    if (self->found.is_series && row->uid != NULL) {
        event_series_source(row, self->series);
        self->fact.reply_to = self->series;
        self->fact.flags |= WP_INTERACTION_OCCURRENCE;
    }
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

/* Store the fact of an occurrence, which is known by an id. */
static bool store_fact_of(calendar_store *self, size_t index, const char *id, import_code *code)
{
    self->fact.source = id;
    self->fact.time_s = self->found.items[index].time_s;
    return store(self, people_hash(&self->run->people, WP_IDENTITY_ID, id, strlen(id)), code);
}

static bool store_meeting(calendar_store *self, size_t index, import_code *code)
{
    event_source(&self->row, &self->found, index, self->source);
    return store_fact_of(self, index, self->source, code);
}

/* Whether the event is a version of a series as a whole, or calls off what may have been one. */
static bool is_series(const calendar_store *self)
{
    return event_is_whole(&self->row) &&
           (self->found.is_series || (self->row.is_cancelled && self->found.count == 0));
}

/* Store the version of the series. Of what is left out because there is too much it does not tell.
 */
static bool store_series(calendar_store *self, const char *organizer, import_code *code)
{
    const event *row = &self->row;
    fact_begin(&self->fact, FACT_INTERACTION);
    self->fact.kind = WP_KIND_SERIES;
    self->fact.person = (wp_identity){WP_IDENTITY_EMAIL, organizer};
    self->fact.flags = row->is_private ? WP_INTERACTION_PRIVATE : 0;
    self->fact.is_cancelled = row->is_cancelled;
    self->fact.revision = event_revision(row);
    self->fact.time_s = self->found.is_cut ? self->found.items[0].id_s : 0;
    event_series_source(row, self->series);
    self->fact.source = self->series;
    return store(
        self, people_hash(&self->run->people, WP_IDENTITY_ID, self->series, strlen(self->series)),
        code);
}

/* Store the meetings before the series: what both versions have need not go meanwhile. */
static import_code store_meetings(calendar_store *self, const char *organizer)
{
    const event *row = &self->row;
    import_code code = IMPORT_DONE;
    bool goes_on = store_name(self, &row->organizer, &code);
    for (size_t i = 0; i < row->attendee_count && goes_on && self->found.count > 0; i++)
        goes_on = store_name(self, &row->attendees[i], &code);
    if (!goes_on || !begin_meeting(self, organizer))
        return code;
    for (size_t i = 0; i < self->found.count && goes_on; i++)
        goes_on = store_meeting(self, i, &code);
    if (goes_on && is_series(self))
        (void)store_series(self, organizer, &code);
    return code;
}

/* What the attendee of a reply answered to one occurrence. */
static bool store_answer(calendar_store *self, size_t index, import_code *code)
{
    wp_identity who = {WP_IDENTITY_EMAIL, self->row.attendees[0].email};
    event_source(&self->row, &self->found, index, self->source);
    event_answer_source(self->source, who.text, self->answer);
    fact_begin(&self->fact, FACT_INTERACTION);
    self->fact.kind = WP_KIND_ANSWER;
    self->fact.person = who;
    self->fact.reply_to = self->source;
    self->fact.revision = event_revision(&self->row);
    return fact_add_recipient(&self->fact, who, self->row.attendees[0].role, &self->row.what) &&
           store_fact_of(self, index, self->answer, code);
}

static import_code store_answers(calendar_store *self)
{
    event *row = &self->row;
    import_code code = IMPORT_DONE;
    if (row->attendee_count != 1) {
        verdict_skip(&row->what, REASON_BAD_VALUE, "a reply of %zu attendees, expected one",
                     row->attendee_count);
        return IMPORT_DONE;
    }
    bool goes_on = store_name(self, &row->attendees[0], &code);
    for (size_t i = 0; i < self->found.count && goes_on; i++)
        goes_on = store_answer(self, i, &code);
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
    /* What was revised may have taken place before it was. */
    if (self->found.count == 0 && is_series(self) && row->sequence > 0 &&
        row->method != EVENT_REPLY)
        return true;
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
    if (organizer == NULL && row->is_cancelled && row->attendee_count > 0)
        organizer = row->attendees[0].email; /* what is called off has no part to give */
    /* Nothing was new until a fact is. */
    row->what.outcome = OUTCOME_KNOWN;
    if (!check(self, organizer))
        return IMPORT_DONE;
    import_code code =
        row->method == EVENT_REPLY ? store_answers(self) : store_meetings(self, organizer);
    *weight = (RUN_ROW_WEIGHT + row->attendee_count * RUN_SEAT_WEIGHT) * (self->found.count + 2);
    if (code == IMPORT_DONE && row->what.outcome != OUTCOME_SKIPPED)
        add_notes(self);
    return code;
}
