/*
 * The reader of iCalendar files: every VEVENT a row, its attended occurrences the facts.
 *
 * The file is read line by line, in up to four passes, none of which keeps more than one event:
 *
 *   zones      all VTIMEZONEs, which may stand behind the events that use them
 *   starts     when series begin, if some occurrence is named by its day and has a time, or the
 *              other way round
 *   changed    single occurrences of a series that were changed (RECURRENCE-ID)
 *   events     everything else, and what is no event or cannot be read
 *
 * An occurrence is known by the UID of its event, and one of a series by the moment for which it
 * was planned as well, so that a changed one takes the place of the planned one: its revision is
 * the higher one. A mark has the pass in its highest bits; as what surrounds an event must be
 * known, a resumed pass reads the file from its beginning and passes over the events before the
 * mark.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/calendar_store.h"
#include "import/reader.h"

typedef enum pass {
    PASS_ZONES = 0,
    PASS_CHANGED,
    PASS_EVENTS,
    PASS_STARTS, /* before those that store, of which marks tell */
    PASS_COUNT
} pass;

/* What is read until its END. */
typedef enum record {
    RECORD_NONE = 0,
    RECORD_ZONE,
    RECORD_EVENT,
    RECORD_OTHER /* tasks, notes, free time: rows that are no events */
} record;

typedef struct calendar {
    run *run;
    content lines;
    pass pass;
    bool has_pass[PASS_COUNT]; /* the pass has something to read */
    uint64_t from_byte;        /* of a resumed pass: rows before it are done */
    uint64_t number;           /* of the VCALENDAR */
    event_method method;
    record record;
    size_t depth;            /* components open inside the record */
    bool is_in_part;         /* of a VTIMEZONE */
    bool has_day, has_clock; /* of DTSTART or RECURRENCE-ID of the event */
    char name[32];           /* of the record's component */
    place where;             /* of its BEGIN */
    calendar_store store;
} calendar;

static import_code out_of_memory(calendar *self)
{
    return run_fail_input(self->run, self->where.line, self->where.byte, "memory is exhausted");
}

/* The pass that an event belongs to, or the row of something else. */
static pass pass_of(const calendar *self)
{
    const event *row = &self->store.row;
    if (self->record != RECORD_EVENT || row->what.outcome == OUTCOME_SKIPPED)
        return PASS_EVENTS;
    return row->has_recurrence_id ? PASS_CHANGED : PASS_EVENTS;
}

/* The record has ended: store it and count it, if this is its pass. */
static import_code end_record(calendar *self, const content_line *line)
{
    event *row = &self->store.row;
    bool is_row = self->record == RECORD_EVENT || self->record == RECORD_OTHER;
    bool is_due = is_row && pass_of(self) == self->pass && self->where.byte >= self->from_byte;
    uint64_t weight = RUN_ROW_WEIGHT;
    if (self->record == RECORD_ZONE && self->pass == PASS_ZONES)
        zone_end(&self->store.zones);
    if (self->record == RECORD_OTHER)
        verdict_skip(&row->what, REASON_NO_EVENT, "%s, expected VEVENT", self->name);
    if (self->record == RECORD_EVENT && self->pass == PASS_STARTS &&
        !event_starts_add(&self->store.starts, row))
        return out_of_memory(self);
    import_code code = IMPORT_DONE;
    if (is_due && row->what.outcome != OUTCOME_SKIPPED)
        code = calendar_store_event(&self->store, &weight);
    self->record = RECORD_NONE;
    if (code != IMPORT_DONE || !is_due)
        return code;
    if (row->what.outcome == OUTCOME_SKIPPED && row->what.reason == REASON_NONE)
        return out_of_memory(self);
    self->where.next = (uint64_t)self->pass << MARK_PASS_SHIFT | line->next;
    self->where.next_line = line->next_line;
    return run_row(self->run, &self->where, &row->what, weight);
}

/* A record whose END never came. */
static import_code break_record(calendar *self, const content_line *line, const char *seen)
{
    if (self->record == RECORD_EVENT || self->record == RECORD_OTHER)
        verdict_skip(&self->store.row.what, REASON_NO_END, "line %llu: %s, expected END:%s",
                     (unsigned long long)line->line, seen, self->name);
    if (self->record == RECORD_OTHER)
        self->record = RECORD_EVENT;
    /* The line at hand is not the record's: an import that is resumed begins with it. */
    content_line last = {.next = line->byte, .next_line = line->line - 1};
    return end_record(self, &last);
}

static void set_method(calendar *self, const content_line *line)
{
    static const struct {
        const char *name;
        event_method method;
    } methods[] = {{"ADD", EVENT_ADD},
                   {"CANCEL", EVENT_CANCEL},
                   {"REPLY", EVENT_REPLY},
                   {"COUNTER", EVENT_PROPOSAL},
                   {"DECLINECOUNTER", EVENT_PROPOSAL},
                   {"REFRESH", EVENT_PROPOSAL}};
    const char *value = line->value + strspn(line->value, " \t");
    size_t length = strcspn(value, " \t");
    self->method = EVENT_PUBLISH;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strlen(methods[i].name) == length && strncasecmp(value, methods[i].name, length) == 0)
            self->method = methods[i].method;
}

static bool begin_record(calendar *self, const content_line *line)
{
    const char *value = line->value + strspn(line->value, " \t");
    snprintf(self->name, sizeof self->name, "%.*s", (int)strcspn(value, " \t"), value);
    self->where = (place){.line = line->line, .byte = line->byte};
    self->depth = 0;
    self->has_day = self->has_clock = false;
    self->record = RECORD_OTHER;
    event_begin(&self->store.row, self->number, self->method);
    if (content_bounds(line, "BEGIN", "VEVENT"))
        self->record = RECORD_EVENT;
    if (!content_bounds(line, "BEGIN", "VTIMEZONE"))
        return true;
    self->record = RECORD_ZONE;
    self->is_in_part = false;
    return self->pass != PASS_ZONES || zone_begin(&self->store.zones, self->number);
}

/* Components that never stand inside each other: the one before has lost its END. */
static const char *const wholes[] = {"VCALENDAR", "VEVENT",    "VTODO",
                                     "VJOURNAL",  "VFREEBUSY", "VTIMEZONE"};

static bool begins_anew(const content_line *line)
{
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
        if (content_bounds(line, "BEGIN", wholes[i]))
            return true;
    return false;
}

/* Whether the record is a component of somebody's own, in which events may stand. */
static bool is_wrapper(const calendar *self)
{
    bool is_whole = false;
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
        is_whole = is_whole || strcasecmp(self->name, wholes[i]) == 0;
    return self->record == RECORD_OTHER && !is_whole;
}

/* A component begins inside a record that it does not belong to. */
static import_code leave_record(calendar *self, const content_line *line)
{
    content_line last = {.next = line->byte, .next_line = line->line - 1};
    if (is_wrapper(self) && content_is(line, "BEGIN") &&
        !content_bounds(line, "BEGIN", "VCALENDAR"))
        return end_record(self, &last);
    return break_record(self, line, content_is(line, "END") ? "END:VCALENDAR" : "another BEGIN");
}

/* A BEGIN or END inside a record. */
static import_code take_inner_bounds(calendar *self, const content_line *line)
{
    bool is_zone_pass = self->record == RECORD_ZONE && self->pass == PASS_ZONES;
    if (content_is(line, "BEGIN")) {
        if (++self->depth > CONTENT_NESTING_MAX)
            verdict_skip(&self->store.row.what, REASON_DEEP,
                         "line %llu: components nested more than %d deep",
                         (unsigned long long)line->line, CONTENT_NESTING_MAX);
        self->is_in_part = self->depth == 1 && (content_bounds(line, "BEGIN", "STANDARD") ||
                                                content_bounds(line, "BEGIN", "DAYLIGHT"));
        bool is_kept = !is_zone_pass || !self->is_in_part || zone_begin_part(&self->store.zones);
        return is_kept ? IMPORT_DONE : out_of_memory(self);
    }
    self->is_in_part = false;
    if (self->depth > 0)
        self->depth--;
    else
        return end_record(self, line);
    return IMPORT_DONE;
}

/* See which passes an event needs by the lines that place it. */
static void see_times(calendar *self, const content_line *line)
{
    bool is_id = content_is(line, "RECURRENCE-ID");
    if (!is_id && !content_is(line, "DTSTART"))
        return;
    self->has_pass[PASS_CHANGED] = self->has_pass[PASS_CHANGED] || is_id;
    bool has_clock = strchr(line->value, 'T') != NULL;
    self->has_clock = self->has_clock || has_clock;
    self->has_day = self->has_day || !has_clock;
    if (self->has_clock && self->has_day)
        self->has_pass[PASS_STARTS] = true;
}

static import_code take_record_line(calendar *self, const content_line *line)
{
    bool is_kept = true;
    if (self->record == RECORD_ZONE && self->pass == PASS_ZONES && self->depth <= 1)
        zone_line(&self->store.zones, self->is_in_part, line);
    if (self->record == RECORD_EVENT && self->depth == 0) {
        if (self->pass == PASS_ZONES)
            see_times(self, line);
        else
            is_kept = event_line(&self->store.row, line);
        if (!event_is_kept(line))
            unkept_add(&self->run->unkept, line->name);
    }
    return is_kept ? IMPORT_DONE : out_of_memory(self);
}

static import_code take_line(calendar *self, const content_line *line)
{
    import_code code = IMPORT_DONE;
    bool is_bound = content_is(line, "BEGIN") || content_is(line, "END");
    bool is_broken = self->record != RECORD_NONE &&
                     (begins_anew(line) || content_bounds(line, "END", "VCALENDAR"));
    if (is_broken)
        code = leave_record(self, line);
    if (code != IMPORT_DONE)
        return code;
    if (self->record != RECORD_NONE)
        return is_bound ? take_inner_bounds(self, line) : take_record_line(self, line);
    if (content_bounds(line, "BEGIN", "VCALENDAR")) {
        self->number++;
        self->method = EVENT_PUBLISH;
    } else if (content_is(line, "BEGIN")) {
        return begin_record(self, line) ? IMPORT_DONE : out_of_memory(self);
    } else if (content_is(line, "METHOD")) {
        set_method(self, line);
    }
    return IMPORT_DONE;
}

static import_code read_pass(calendar *self)
{
    run *importing = self->run;
    content_line line;
    import_code done = IMPORT_DONE;
    self->number = 0;
    self->method = EVENT_PUBLISH;
    self->record = RECORD_NONE;
    self->lines.has_ahead = false;
    lines_code code = lines_open(&importing->lines, importing->source.fd, 0, 0, LINES_LIMIT_MAX,
                                 importing->options->cancel);
    while (code == LINES_OK && done == IMPORT_DONE &&
           (code = content_next(&self->lines, &line)) == LINES_OK)
        done = take_line(self, &line);
    if (done != IMPORT_DONE)
        return done;
    if (code != LINES_END)
        return run_fail_lines(importing, code);
    line = (content_line){.line = importing->lines.number + 1, .byte = importing->lines.position};
    return self->record == RECORD_NONE ? IMPORT_DONE : break_record(self, &line, "end of file");
}

import_code ical_read(run *self, const place *from)
{
    calendar *file = calloc(1, sizeof *file);
    pass resumed = (pass)(from->next >> MARK_PASS_SHIFT);
    if (file == NULL || !calendar_store_init(&file->store, self)) {
        free(file);
        return run_fail_input(self, 0, 0, "memory is exhausted");
    }
    file->run = self;
    file->lines.lines = &self->lines;
    file->lines.is_utf8 = self->source.is_recoded;
    file->has_pass[PASS_EVENTS] = true;
    import_code code = read_pass(file);
    file->pass = PASS_STARTS;
    if (code == IMPORT_DONE && file->has_pass[PASS_STARTS])
        code = read_pass(file);
    for (pass at = PASS_CHANGED; at < PASS_STARTS && code == IMPORT_DONE; at++) {
        if (!file->has_pass[at] || at < resumed)
            continue;
        file->pass = at;
        file->from_byte = at == resumed ? MARK_BYTE(from->next) : 0;
        code = read_pass(file);
    }
    content_free(&file->lines);
    calendar_store_free(&file->store);
    free(file);
    return code;
}
