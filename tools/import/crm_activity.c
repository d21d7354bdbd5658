/*
 * Salesforce tasks and events: what really took place between our people and contacts.
 *
 * A task is evidence when it is completed, not in the future, and was a call, a mail, a message or
 * a meeting; a to-do says nothing about two people, and a call that nobody answered is none. An
 * event is a meeting between its owner and the contact it is with. The owner is a user and so one
 * of ours, which is stated with it. Others who were asked to an event are rows of another table,
 * each of which is an answer that lets its person into the meeting, whichever table comes first.
 */
#include <string.h>

#include "import/crm_row.h"
#include "import/crm_value.h"
#include "import/fold.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define FOLDED_BYTES 128

/* Whether the folded value of a field begins with one of the texts. */
static bool begins_with(const crm_reader *self, crm_field field, const char *const *texts,
                        size_t count)
{
    char folded[FOLDED_BYTES];
    const char *value = crm_get(self, field);
    if (value == NULL || !fold_words(value, folded, sizeof folded))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strncmp(folded, texts[i], strlen(texts[i])) == 0)
            return true;
    return false;
}

static bool is_done(const crm_reader *self)
{
    static const char *const done[] = {"completed", "abgeschlossen", "erledigt",  "termine",
                                       "completad", "finalizad",     "zakonczon", "closed"};
    return crm_is_yes(crm_get(self, CRM_IS_CLOSED)) ||
           begins_with(self, CRM_STATUS, done, COUNT(done));
}

static bool is_unanswered(const crm_reader *self)
{
    static const char *const missed[] = {"no answer",    "not answered", "no connect",
                                         "busy",         "left voice",   "voicemail",
                                         "left message", "wrong number", "left live message"};
    return begins_with(self, CRM_DISPOSITION, missed, COUNT(missed));
}

/* What kind of contact the words of one field mean; 0: they mean none. */
static wp_kind kind_of_field(const crm_reader *self, crm_field field)
{
    static const char *const calls[] = {"call", "anruf", "appel", "llamada", "telefon", "phone"};
    static const char *const mails[] = {"email", "e mail", "correo", "listemail", "list email"};
    static const char *const meetings[] = {"meeting", "besprechung", "reunion", "spotkanie",
                                           "demo",    "visit",       "treffen"};
    static const char *const messages[] = {"linkedin", "sms", "message", "chat"};
    if (begins_with(self, field, calls, COUNT(calls)))
        return WP_KIND_CALL;
    if (begins_with(self, field, mails, COUNT(mails)))
        return WP_KIND_MAIL;
    if (begins_with(self, field, meetings, COUNT(meetings)))
        return WP_KIND_MEETING;
    return begins_with(self, field, messages, COUNT(messages)) ? WP_KIND_MESSAGE : 0;
}

static wp_kind kind_of_task(const crm_reader *self)
{
    static const crm_field fields[] = {CRM_SUBTYPE, CRM_TYPE};
    for (size_t i = 0; i < COUNT(fields); i++) {
        wp_kind kind = kind_of_field(self, fields[i]);
        if (kind != 0)
            return kind;
    }
    bool has_call = crm_get(self, CRM_CALL_TYPE) != NULL || crm_get(self, CRM_DURATION) != NULL;
    /* A type that means something else speaks against what the subject looks like. */
    bool has_type = crm_get(self, CRM_TYPE) != NULL;
    return has_call ? WP_KIND_CALL : has_type ? 0 : kind_of_field(self, CRM_SUBJECT);
}

static import_code take_owner(crm_reader *self, wp_identity owner)
{
    fact_begin(&self->scratch, FACT_PERSON);
    crm_add_identity(&self->scratch, owner.kind, owner.text);
    self->scratch.us = WP_US_YES;
    return crm_take(self);
}

/* The two parties; false: one of them is nobody we can name. */
static bool read_parties(crm_reader *self, wp_identity *owner, wp_identity *contact)
{
    const char *ids[CRM_IDS_MAX], *email = crm_email(self, crm_get(self, CRM_EMAIL));
    size_t count = crm_ids(self, CRM_CONTACT_IDS, ids);
    *owner = crm_owner(self);
    *contact = count > 0       ? (wp_identity){WP_IDENTITY_ID, ids[0]}
               : email != NULL ? (wp_identity){WP_IDENTITY_EMAIL, email}
                               : (wp_identity){0};
    /* Who was asked to an event may all stand in the table of attendees. */
    if (contact->text == NULL && self->map->table != CRM_SALESFORCE_EVENTS)
        return verdict_skip(self->what, REASON_NO_RECIPIENTS, "seen no contact with address or id");
    return owner->text != NULL ||
           verdict_skip(self->what, REASON_NO_IDENTITY, "owner is '%.40s', expected a user",
                        crm_get(self, CRM_OWNER) == NULL ? "" : crm_get(self, CRM_OWNER));
}

static bool check_time(crm_reader *self, bool is_known, int64_t time_s)
{
    if (!is_known)
        return verdict_skip(self->what, REASON_NO_DATE, "seen no usable date");
    return time_s <= self->now_s ||
           verdict_skip(self->what, REASON_FUTURE, "seen a time after that of the import");
}

/* Hand over owner and interaction, whose source is `prefix` and the id of the row. */
static import_code take_contact(crm_reader *self, const char *prefix, wp_kind kind, int64_t time_s)
{
    static const char *const inbound[] = {"inbound", "eingehend", "entrant", "entrante"};
    wp_identity owner, contact;
    const char *given = crm_get(self, CRM_ID), *id = given == NULL ? NULL : crm_id(self, given);
    fact *row = &self->scratch;
    if (id == NULL) {
        verdict_skip(self->what, REASON_BAD_ID, "id is '%.40s', expected 15 or 18 characters",
                     given == NULL ? "" : given);
        return IMPORT_DONE;
    }
    if (!read_parties(self, &owner, &contact))
        return IMPORT_DONE;
    import_code code = take_owner(self, owner);
    if (code != IMPORT_DONE)
        return code;
    bool is_inbound = begins_with(self, CRM_CALL_TYPE, inbound, COUNT(inbound));
    fact_begin(row, FACT_INTERACTION);
    row->source = crm_prefixed(self, prefix, id);
    row->kind = kind;
    row->time_s = time_s;
    row->person = is_inbound && contact.text != NULL ? contact : owner;
    row->flags = crm_is_yes(crm_get(self, CRM_PRIVATE)) ? WP_INTERACTION_PRIVATE : 0;
    if (contact.text != NULL &&
        !fact_add_recipient(row, is_inbound ? owner : contact, WP_ROLE_TO, self->what))
        return IMPORT_DONE;
    return crm_take(self);
}

/* Whether a task is evidence; else the verdict says why not. */
static bool check_task(crm_reader *self, wp_kind kind)
{
    if (!is_done(self))
        return verdict_skip(self->what, REASON_NOT_DONE, "status is '%.40s', expected completed",
                            crm_get(self, CRM_STATUS) == NULL ? "" : crm_get(self, CRM_STATUS));
    if (kind == 0)
        return verdict_skip(self->what, REASON_NO_CONTACT, "type is '%.40s'",
                            crm_get(self, CRM_TYPE) == NULL ? "" : crm_get(self, CRM_TYPE));
    return !is_unanswered(self) ||
           verdict_skip(self->what, REASON_NOT_ANSWERED, "result is '%.40s'",
                        crm_get(self, CRM_DISPOSITION));
}

import_code crm_read_task(crm_reader *self)
{
    int64_t time_s = 0;
    wp_kind kind = kind_of_task(self);
    if (!check_task(self, kind))
        return IMPORT_DONE;
    bool is_known =
        crm_get_time(self, CRM_DONE_AT, &time_s) || crm_get_time(self, CRM_DATE, &time_s);
    if (!check_time(self, is_known, time_s))
        return IMPORT_DONE;
    return take_contact(self, "salesforce:task:", kind, time_s);
}

import_code crm_read_event(crm_reader *self)
{
    int64_t time_s = 0;
    wp_kind kind = kind_of_field(self, CRM_TYPE);
    bool is_known = crm_get_time(self, CRM_START, &time_s) || crm_get_time(self, CRM_DATE, &time_s);
    if (!check_time(self, is_known, time_s))
        return IMPORT_DONE;
    return take_contact(self, "salesforce:event:", kind == 0 ? WP_KIND_MEETING : kind, time_s);
}

/* What somebody answered to an event; who was only asked has an open part. */
static wp_role role_of_relation(const crm_reader *self)
{
    static const char *const accepted[] = {"accepted", "zugesagt", "angenommen", "accepte",
                                           "aceptad"};
    static const char *const declined[] = {"declined", "abgelehnt", "refuse", "rechazad"};
    if (begins_with(self, CRM_STATUS, accepted, COUNT(accepted)))
        return WP_ROLE_TO;
    return begins_with(self, CRM_STATUS, declined, COUNT(declined)) ? WP_ROLE_DECLINED
                                                                    : WP_ROLE_UNANSWERED;
}

/* Who is asked: contacts and leads, or users, who are ours; deals and rooms are nobody. */
static const char *read_related(crm_reader *self)
{
    const char *given = crm_get(self, CRM_RELATION_ID);
    const char *id = given == NULL ? NULL : crm_id(self, given);
    if (id == NULL)
        verdict_skip(self->what, REASON_BAD_ID,
                     "relation id is '%.40s', expected 15 or 18 characters",
                     given == NULL ? "" : given);
    else if (strncmp(id, "003", 3) != 0 && strncmp(id, "00Q", 3) != 0 && strncmp(id, "005", 3) != 0)
        verdict_skip(self->what, REASON_RELATION,
                     "relation id is '%.40s', expected a contact, lead or user (003, 00Q, 005)",
                     id);
    return self->what->outcome == OUTCOME_SKIPPED ? NULL : id;
}

import_code crm_read_relation(crm_reader *self)
{
    const char *given = crm_get(self, CRM_EVENT_ID), *person = read_related(self);
    const char *event = given == NULL || person == NULL ? NULL : crm_id(self, given);
    fact *row = &self->scratch;
    if (person != NULL && event == NULL)
        verdict_skip(self->what, REASON_BAD_ID, "event id is '%.40s', expected 15 or 18 characters",
                     given == NULL ? "" : given);
    if (event == NULL)
        return IMPORT_DONE;
    wp_identity who = {WP_IDENTITY_ID, person};
    import_code code = strncmp(person, "005", 3) == 0 ? take_owner(self, who) : IMPORT_DONE;
    if (code != IMPORT_DONE)
        return code;
    const char *begin = crm_prefixed(self, "salesforce:attendee:", person);
    fact_begin(row, FACT_INTERACTION);
    row->reply_to = crm_prefixed(self, "salesforce:event:", event);
    row->source = begin == NULL || row->reply_to == NULL
                      ? NULL
                      : crm_prefixed(self, begin, row->reply_to + strlen("salesforce:event"));
    row->kind = WP_KIND_ANSWER;
    row->person = who;
    row->flags = WP_INTERACTION_ATTENDEE;
    if (row->source == NULL)
        return IMPORT_DONE;
    if (!fact_add_recipient(row, who, role_of_relation(self), self->what))
        return IMPORT_DONE;
    return crm_take(self);
}

/* A row of an activity report: an event when its box is ticked, else a task. */
import_code crm_read_activity(crm_reader *self)
{
    int64_t time_s = 0;
    bool is_event = crm_is_yes(crm_get(self, CRM_START));
    wp_kind kind = is_event ? WP_KIND_MEETING : kind_of_task(self);
    if ((!is_event && !check_task(self, kind)) ||
        !check_time(self, crm_get_time(self, CRM_DATE, &time_s), time_s))
        return IMPORT_DONE;
    return take_contact(self, is_event ? "salesforce:event:" : "salesforce:task:", kind, time_s);
}
