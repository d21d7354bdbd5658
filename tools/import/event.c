/*
 * One VEVENT, line by line.
 *
 * Who somebody is follows from the address: that of the mailto: value, else of the EMAIL parameter.
 * Rooms and resources are nobody; a group is left out with a note, since who of it came is not
 * said. The addresses that Google invents for calendars and for unknown organizers are nobody too.
 */
#include "import/event.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/address.h"
#include "import/charset.h"

#define SEQUENCE_BITS 29
#define STAMP_BITS 33

void event_begin(event *self, uint64_t calendar, event_method method)
{
    event kept = *self;
    pool_clear(&kept.texts);
    *self = (event){.texts = kept.texts,
                    .calendar = calendar,
                    .method = method,
                    .is_cancelled = method == EVENT_CANCEL,
                    .more = {kept.more.items, 0, kept.more.capacity},
                    .except = {kept.except.items, 0, kept.except.capacity},
                    .attendees = kept.attendees,
                    .attendee_capacity = kept.attendee_capacity};
}

void event_free(event *self)
{
    pool_free(&self->texts);
    free(self->more.items);
    free(self->except.items);
    free(self->attendees);
    *self = (event){0};
}

/* Remember the first fault, with the place of its line. True, because reading goes on. */
__attribute__((format(printf, 4, 5))) static bool refuse(event *self, const content_line *line,
                                                         reason_id reason, const char *format, ...)
{
    char seen[200];
    va_list arguments;
    if (self->what.outcome == OUTCOME_SKIPPED)
        return true;
    va_start(arguments, format);
    vsnprintf(seen, sizeof seen, format, arguments);
    va_end(arguments);
    return !verdict_skip(&self->what, reason, "line %llu, byte %llu: %s",
                         (unsigned long long)line->line, (unsigned long long)line->byte, seen);
}

/* Keep a text; false: memory. A full pool makes the event refused. */
static bool keep(event *self, const content_line *line, const char *text, const char **out)
{
    *out = pool_keep(&self->texts, text, strlen(text));
    if (*out != NULL)
        return true;
    return self->texts.is_full &&
           refuse(self, line, REASON_LONG_RECORD, "%s, expected an event of at most %zu bytes",
                  line->name, POOL_BYTES_MAX);
}

static bool is_nobody(const char *email)
{
    static const char domain[] = "calendar.google.com";
    const char *at = strchr(email, '@');
    size_t length = strlen(email), wanted = sizeof domain - 1;
    return at != NULL && length > wanted && strcasecmp(email + length - wanted, domain) == 0;
}

/* The first address of a text, kept; *email stays NULL when there is none. */
static bool keep_address(event *self, const content_line *line, char *text, const char **email)
{
    address_list found = {0};
    char *clean = charset_repair(text, strlen(text));
    bool is_done = clean != NULL && address_parse(clean, WP_ROLE_TO, &found);
    if (is_done && found.count > 0 && !is_nobody(found.items[0].email))
        is_done = keep(self, line, found.items[0].email, email);
    address_list_free(&found);
    free(clean);
    return is_done;
}

/* The address and name of an ORGANIZER or ATTENDEE. */
static bool read_person(event *self, const content_line *line, attendee *out)
{
    content_param param;
    char *value = strndup(line->value, line->value_bytes);
    if (value == NULL)
        return false;
    const char *start = value + strspn(value, " \t\"");
    bool is_mailto = strncasecmp(start, "mailto:", 7) == 0;
    if (is_mailto)
        content_decode_mailto(value);
    bool is_done = true;
    if (strchr(value, '@') != NULL && strncasecmp(start, "ldap", 4) != 0)
        is_done = keep_address(self, line, value, &out->email);
    if (is_done && out->email == NULL && content_param_get(line, "EMAIL", &param))
        is_done = keep_address(self, line, param.value, &out->email);
    free(value);
    if (!is_done || out->email == NULL || !content_param_get(line, "CN", &param))
        return is_done;
    bool is_guessed = false;
    char *clean = charset_guess(param.value, strlen(param.value), &is_guessed);
    self->notes[NOTE_WINDOWS] += is_guessed ? 1 : 0;
    char *name = NULL;
    is_done = clean != NULL && address_clean_name(clean, &name) &&
              (name == NULL || keep(self, line, name, &out->name));
    free(name);
    free(clean);
    return is_done;
}

static wp_role role_of(const content_line *line)
{
    static const struct {
        const char *state;
        wp_role role;
    } roles[] = {{"ACCEPTED", WP_ROLE_TO},
                 {"COMPLETED", WP_ROLE_TO},
                 {"TENTATIVE", WP_ROLE_TENTATIVE},
                 {"DECLINED", WP_ROLE_DECLINED},
                 {"DELEGATED", WP_ROLE_DECLINED}};
    content_param state;
    wp_role role = WP_ROLE_UNANSWERED;
    if (!content_param_get(line, "PARTSTAT", &state))
        return role;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcasecmp(state.value, roles[i].state) == 0)
            role = roles[i].role;
    /* Somebody told for information only was not expected there. */
    bool is_present = !content_param_has(line, "ROLE", "NON-PARTICIPANT");
    return is_present || role == WP_ROLE_DECLINED ? role : WP_ROLE_UNANSWERED;
}

static bool push_attendee(event *self, const content_line *line, const attendee *who)
{
    if (self->attendee_count == FACT_RECIPIENTS_MAX)
        return refuse(self, line, REASON_MANY_RECIPIENTS, "expected at most %d attendees",
                      FACT_RECIPIENTS_MAX);
    if (self->attendee_count == self->attendee_capacity) {
        size_t capacity = self->attendee_capacity == 0 ? 16 : 2 * self->attendee_capacity;
        attendee *wider = realloc(self->attendees, capacity * sizeof *wider);
        if (wider == NULL)
            return false;
        self->attendees = wider;
        self->attendee_capacity = capacity;
    }
    self->attendees[self->attendee_count++] = *who;
    return true;
}

static bool take_attendee(event *self, const content_line *line)
{
    content_param param;
    attendee who = {.role = role_of(line)};
    if (content_param_has(line, "CUTYPE", "ROOM") || content_param_has(line, "CUTYPE", "RESOURCE"))
        return true;
    if (content_param_has(line, "CUTYPE", "GROUP")) {
        self->notes[NOTE_GROUP]++;
        return true;
    }
    if (!read_person(self, line, &who))
        return false;
    if (who.email == NULL) {
        self->notes[NOTE_NO_AT]++;
        return true;
    }
    if (content_param_get(line, "X-NUM-GUESTS", &param) && strtol(param.value, NULL, 10) > 0)
        self->notes[NOTE_GUESTS]++;
    if (content_param_has(line, "ROLE", "CHAIR") && self->chair.email == NULL)
        self->chair = who;
    return push_attendee(self, line, &who);
}

/* A time with the zone that its line names. */
static bool read_time(event *self, const content_line *line, const char *text, caltime *out,
                      bool *is_read)
{
    content_param param;
    const char *tzid = NULL;
    *is_read = caltime_parse(text, out);
    if (*is_read && !out->is_utc && !out->is_date && content_param_get(line, "TZID", &param) &&
        param.value[0] != '\0' && !keep(self, line, param.value, &tzid))
        return false;
    out->tzid = tzid;
    return true;
}

static bool take_time(event *self, const content_line *line, caltime *out, bool *has)
{
    bool is_read;
    if (*has)
        return refuse(self, line, REASON_BAD_VALUE, "a second %s, expected one", line->name);
    if (!read_time(self, line, line->value, out, &is_read))
        return false;
    *has = true;
    return is_read || refuse(self, line, REASON_BAD_VALUE,
                             "%s is '%.40s', expected a day or time such as 20240301T120000Z",
                             line->name, line->value);
}

static bool push_date(event *self, const content_line *line, dates *to, const caltime *date)
{
    if (to->count == EVENT_DATES_MAX)
        return refuse(self, line, REASON_LONG_RECORD, "%s, expected at most %zu dates", line->name,
                      EVENT_DATES_MAX);
    if (to->count == to->capacity) {
        size_t capacity = to->capacity == 0 ? 16 : 2 * to->capacity;
        caltime *wider = realloc(to->items, capacity * sizeof *wider);
        if (wider == NULL)
            return false;
        to->items = wider;
        to->capacity = capacity;
    }
    to->items[to->count++] = *date;
    return true;
}

/*
 * A list of days, times or periods, of which the start counts. An RDATE that cannot be read is left
 * out, as the others are right without it; without an EXDATE there would be a meeting too many.
 */
static bool take_dates(event *self, const content_line *line, dates *to)
{
    char *list = strndup(line->value, line->value_bytes), *rest = NULL;
    bool is_done = list != NULL;
    for (char *at = strtok_r(list, ",", &rest); is_done && at != NULL;
         at = strtok_r(NULL, ",", &rest)) {
        caltime date;
        bool is_read;
        at[strcspn(at, "/")] = '\0';
        if (at[strspn(at, " \t")] == '\0')
            continue;
        is_done = read_time(self, line, at, &date, &is_read);
        if (is_done && is_read)
            is_done = push_date(self, line, to, &date);
        else if (is_done && to == &self->more)
            self->notes[NOTE_BAD_DAY]++;
        else if (is_done)
            is_done = refuse(self, line, REASON_BAD_VALUE, "%s has '%.40s', expected days or times",
                             line->name, at);
    }
    free(list);
    return is_done;
}

static bool take_rule(event *self, const content_line *line, bool is_exclusion)
{
    if (self->rule_count == EVENT_RULES_MAX)
        return refuse(self, line, REASON_BAD_VALUE, "%s, expected at most %d rules", line->name,
                      EVENT_RULES_MAX);
    const char *problem = recur_parse(line->value, &self->rules[self->rule_count]);
    self->is_exclusion[self->rule_count++] = is_exclusion;
    return problem == NULL || refuse(self, line, REASON_BAD_VALUE, "%s: %s", line->name, problem);
}

static bool take_uid(event *self, const content_line *line)
{
    char *clean = charset_repair(line->value, line->value_bytes);
    if (clean == NULL)
        return false;
    const char *start = clean + strspn(clean, " ");
    size_t length = strlen(start);
    while (length > 0 && start[length - 1] == ' ')
        length--;
    clean[(size_t)(start - clean) + length] = '\0';
    bool is_done = length == 0 || keep(self, line, start, &self->uid);
    free(clean);
    return is_done;
}

static bool is_version(const content_line *line)
{
    return content_is(line, "SEQUENCE") || content_is(line, "DTSTAMP") ||
           content_is(line, "LAST-MODIFIED");
}

/* All tell versions apart, and are no reason to refuse a meeting. Of the two stamps the later one
 * counts: which of them a program keeps up to date differs. */
static void take_version(event *self, const content_line *line)
{
    caltime stamp;
    if (content_is(line, "SEQUENCE")) {
        long long number = strtoll(line->value, NULL, 10);
        int64_t last = (INT64_C(1) << SEQUENCE_BITS) - 1;
        self->sequence = number < 0 ? 0 : number < last ? number : last;
    } else if (caltime_parse(line->value, &stamp) && stamp.local_s >= self->stamp_s) {
        self->has_stamp = true;
        self->stamp_s = stamp.local_s;
    }
}

static bool is_word(const content_line *line, const char *word)
{
    const char *value = line->value + strspn(line->value, " \t");
    size_t length = strlen(word);
    return strncasecmp(value, word, length) == 0 &&
           value[length + strspn(value + length, " \t")] == '\0';
}

static bool take_line(event *self, const content_line *line)
{
    if (content_is(line, "UID"))
        return take_uid(self, line);
    if (content_is(line, "DTSTART"))
        return take_time(self, line, &self->start, &self->has_start);
    if (content_is(line, "RECURRENCE-ID")) {
        self->is_range = content_param_has(line, "RANGE", "THISANDFUTURE");
        return take_time(self, line, &self->recurrence_id, &self->has_recurrence_id);
    }
    if (content_is(line, "RRULE") || content_is(line, "EXRULE"))
        return take_rule(self, line, content_is(line, "EXRULE"));
    if (content_is(line, "RDATE") || content_is(line, "EXDATE"))
        return take_dates(self, line, content_is(line, "RDATE") ? &self->more : &self->except);
    if (content_is(line, "ATTENDEE"))
        return take_attendee(self, line);
    if (content_is(line, "ORGANIZER") && self->organizer.email == NULL)
        return read_person(self, line, &self->organizer);
    if (content_is(line, "STATUS"))
        self->is_cancelled = self->is_cancelled || is_word(line, "CANCELLED");
    if (content_is(line, "CLASS"))
        self->is_private = is_word(line, "PRIVATE") || is_word(line, "CONFIDENTIAL");
    if (is_version(line))
        take_version(self, line);
    return true;
}

static bool is_wanted(const content_line *line)
{
    static const char *const names[] = {"UID",      "DTSTART",   "RECURRENCE-ID", "RRULE",
                                        "EXRULE",   "RDATE",     "EXDATE",        "STATUS",
                                        "ATTENDEE", "ORGANIZER", "CLASS"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (content_is(line, names[i]))
            return true;
    return false;
}

bool event_is_kept(const content_line *line)
{
    return is_wanted(line) || line->name[0] == '\0' || is_version(line);
}

bool event_line(event *self, const content_line *line)
{
    if (line->is_cut && is_wanted(line))
        return refuse(self, line, REASON_LONG_LINE, "%s of more than %zu bytes", line->name,
                      CONTENT_BYTES_MAX);
    if (line->name[0] == '\0')
        self->notes[NOTE_BAD_LINE]++;
    return take_line(self, line);
}

static int64_t version_of(const event *self)
{
    int64_t stamp_last = (INT64_C(1) << STAMP_BITS) - 1;
    int64_t stamp = self->stamp_s < stamp_last ? self->stamp_s : stamp_last;
    return self->sequence << STAMP_BITS | stamp;
}

int64_t event_revision(const event *self)
{
    return (self->has_recurrence_id ? WP_REVISION_CHANGED : 0) | version_of(self);
}

int64_t event_series_revision(const event *self)
{
    int64_t version = version_of(self);
    return version > 0 ? version : 1;
}
