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
    event_starts_free(&self->starts);
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
    self->fact.flags = row->is_private ? WP_INTERACTION_PRIVATE : 0;
    self->fact.revision = event_revision(row);
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
    return true;
}

/* Store the fact of an occurrence, which is known by an id. */
static bool store_fact_of(calendar_store *self, size_t index, const char *id, import_code *code)
{
    self->fact.source = id;
    self->fact.time_s = self->found.items[index].time_s;
    return store(self, people_hash(&self->run->people, WP_IDENTITY_ID, id, strlen(id)), code);
}

/* What was put forward from after now: no version of the series tells whether it still has it. */
static bool is_ahead(const calendar_store *self, size_t index)
{
    return self->found.items[index].id_s > self->now_s;
}

static bool store_meeting(calendar_store *self, size_t index, import_code *code)
{
    event_source(&self->row, &self->found, index, self->source);
    self->fact.series_revision = self->row.has_recurrence_id && !is_ahead(self, index)
                                     ? event_series_revision(&self->row)
                                     : 0;
    return store_fact_of(self, index, self->source, code);
}

/* Store a version in which nobody met anybody. It names nobody. */
static bool store_nothing(calendar_store *self, const char *id, int64_t time_s, import_code *code)
{
    fact_begin(&self->fact, FACT_INTERACTION);
    self->fact.kind = WP_KIND_SERIES;
    self->fact.is_cancelled = self->row.is_cancelled;
    self->fact.revision = event_revision(&self->row);
    if (self->is_without_guests && self->fact.revision > 0)
        self->fact.series_revision = 1; /* which of its occurrences were changed it cannot tell */
    self->fact.time_s = time_s;
    self->fact.source = id;
    return store(self, people_hash(&self->run->people, WP_IDENTITY_ID, id, strlen(id)), code);
}

/* Store the version of the series. Of what is left out because there is too much it does not tell.
 */
static bool store_series(calendar_store *self, import_code *code)
{
    event_series_source(&self->row, self->series);
    return store_nothing(self, self->series, self->found.is_cut ? self->found.items[0].id_s : 0,
                         code);
}

/* Store the meetings before the series: what both versions have need not go meanwhile. */
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
    if (goes_on && event_is_whole(row) && self->found.is_series)
        (void)store_series(self, &code);
    return code;
}

/* Store what takes the place of older versions with meetings in them. */
static import_code store_no_meeting(calendar_store *self)
{
    const event *row = &self->row;
    import_code code = IMPORT_DONE;
    if (event_is_whole(row)) {
        (void)store_series(self, &code);
        return code;
    }
    size_t count = self->found.is_one ? 1 : self->found.count;
    bool goes_on = true;
    for (size_t i = 0; i < count && goes_on; i++) {
        event_source(row, &self->found, i, self->source);
        goes_on = store_nothing(self, self->source, self->found.items[i].id_s, &code);
    }
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

static bool has_guests(const event *row, const char *organizer)
{
    for (size_t i = 0; i < row->attendee_count; i++)
        if (organizer == NULL || strcasecmp(row->attendees[i].email, organizer) != 0)
            return true;
    return false;
}

/* Why there is no meeting to store; REASON_NONE: there is one. What occurs must be known then. */
static reason_id why_none(const calendar_store *self, const char *organizer)
{
    if (self->row.method != EVENT_REPLY && self->is_without_guests)
        return REASON_NO_ATTENDEES;
    if (self->row.method != EVENT_REPLY && organizer == NULL)
        return REASON_NO_ORGANIZER;
    if (self->found.count > 0)
        return REASON_NONE;
    return self->found.is_future ? REASON_FUTURE : REASON_NO_OCCURRENCE;
}

static void skip(event *row, reason_id reason)
{
    verdict_skip(&row->what, reason, "%s",
                 reason == REASON_NO_ATTENDEES   ? "no ATTENDEE but the organizer has an address"
                 : reason == REASON_NO_ORGANIZER ? "no ORGANIZER with an address"
                 : reason == REASON_FUTURE       ? "begins after the time of the import"
                                                 : "every occurrence is excepted");
}

/*
 * Whether an event without a meeting is a version that takes the place of others. Guests whose
 * addresses it does not have may have come, and whoever called them together, too; what has no UID
 * is known by its guests, and its cancellation alone takes its place.
 */
static bool is_version(const event *row, reason_id reason)
{
    bool is_sure = reason != REASON_NO_ORGANIZER && row->method != EVENT_REPLY &&
                   row->notes[NOTE_NO_AT] + row->notes[NOTE_GROUP] == 0;
    return row->is_cancelled || (is_sure && row->uid != NULL);
}

/* Store an event with a method that is taken. */
static import_code store_event(calendar_store *self, const char *organizer)
{
    event *row = &self->row;
    self->is_without_guests = !row->is_cancelled && !has_guests(row, organizer);
    /* When it took place matters only to what has guests, or is known by that. */
    bool needs_time = !event_is_whole(row) || row->method == EVENT_REPLY ||
                      !(row->is_cancelled || self->is_without_guests);
    self->found = (occurrences){.items = self->found.items};
    event_starts_place(&self->starts, row);
    if (needs_time && !event_expand(row, &self->zones, self->now_s, &self->found))
        return IMPORT_DONE;
    reason_id reason = row->is_cancelled ? REASON_NONE : why_none(self, organizer);
    if (!row->is_cancelled && reason == REASON_NONE)
        return row->method == EVENT_REPLY ? store_answers(self) : store_meetings(self, organizer);
    import_code code = is_version(row, reason) ? store_no_meeting(self) : IMPORT_DONE;
    if (reason != REASON_NONE)
        skip(row, reason);
    return code;
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
    if (row->method == EVENT_PROPOSAL) {
        verdict_skip(&row->what, REASON_PROPOSAL, "METHOD is a proposal or a question");
        return IMPORT_DONE;
    }
    /* Nothing was new until a fact is. */
    row->what.outcome = OUTCOME_KNOWN;
    import_code code = store_event(self, organizer);
    *weight = (RUN_ROW_WEIGHT + row->attendee_count * RUN_SEAT_WEIGHT) * (self->found.count + 2);
    if (code == IMPORT_DONE && row->what.outcome != OUTCOME_SKIPPED)
        add_notes(self);
    return code;
}
