/*
 * When an event took place: rules and dates, less what is excepted, as instants.
 *
 * Occurrences are found in local time, where they recur, and compared and counted as instants. They
 * end at the present: what has not happened is no evidence, and comes with a later import. Of a
 * series that is longer than EVENT_OCCURRENCES_MAX the latest are kept, since evidence fades.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "import/event.h"

/* Instants, the latest of which are kept; once full, a ring. */
typedef struct ring {
    int64_t *items;
    size_t room;
    uint64_t count;
} ring;

/* A series: what recurs, and the instants and days that are taken out of it. */
typedef struct series {
    ring in, out, out_days;
} series;

/* A rule being expanded. */
typedef struct expansion {
    const event *of;
    zones *zones;
    const recur *rule;
    ring *to;
    int64_t now_s;
    bool has_future;
    bool has_odd_zone;
} expansion;

static void put(ring *to, int64_t instant)
{
    to->items[to->count++ % to->room] = instant;
}

static int64_t to_utc(expansion *self, const caltime *time)
{
    int64_t utc_s;
    if (!zone_to_utc(self->zones, self->of->calendar, time, &utc_s))
        self->has_odd_zone = true;
    return utc_s;
}

static bool is_after_until(expansion *self, int64_t local_s, int64_t utc_s)
{
    const caltime *until = &self->rule->until;
    if (!self->rule->has_until)
        return false;
    if (until->is_date)
        return caltime_day_of(local_s) > caltime_day_of(until->local_s);
    return (until->is_utc ? utc_s : local_s) > until->local_s;
}

static bool visit(void *context, int64_t local_s)
{
    expansion *self = context;
    caltime time = self->of->start;
    time.local_s = local_s;
    int64_t utc_s = to_utc(self, &time);
    if (is_after_until(self, local_s, utc_s))
        return false;
    if (utc_s > self->now_s) {
        self->has_future = true;
        return false;
    }
    if (utc_s >= 0)
        put(self->to, utc_s);
    return true;
}

static int compare_instant(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* Sort what a ring holds and keep each instant once. */
static size_t settle(ring *self)
{
    size_t count = self->count < self->room ? (size_t)self->count : self->room, kept = 0;
    qsort(self->items, count, sizeof *self->items, compare_instant);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || self->items[kept - 1] != self->items[i])
            self->items[kept++] = self->items[i];
    self->count = kept;
    return kept;
}

static bool expand_rules(event *self, expansion *how, bool is_exclusion, uint64_t *steps)
{
    for (size_t i = 0; i < self->rule_count; i++) {
        if (self->is_exclusion[i] != is_exclusion)
            continue;
        how->rule = &self->rules[i];
        /* A day more, because local time may be ahead. */
        if (!recur_expand(how->rule, self->start.local_s, how->now_s + DAY_SECONDS, steps, visit,
                          how))
            return verdict_skip(&self->what, REASON_BAD_RECURRENCE,
                                "more than %llu steps up to the present, expected fewer",
                                (unsigned long long)EVENT_STEPS_MAX);
    }
    return true;
}

/* Whether sorted instants hold one. */
static bool holds(const ring *self, int64_t utc_s)
{
    return bsearch(&utc_s, self->items, (size_t)self->count, sizeof utc_s, compare_instant) != NULL;
}

static void add_date(expansion *how, const caltime *date)
{
    int64_t utc_s = to_utc(how, date);
    if (utc_s > how->now_s)
        how->has_future = true;
    else if (utc_s >= 0)
        put(how->to, utc_s);
}

/* EXDATEs: instants, and days, of which each takes out what begins on it by the event's clock. */
static void add_exceptions(const event *self, expansion *how, series *all)
{
    for (size_t i = 0; i < self->except.count; i++) {
        const caltime *at = &self->except.items[i];
        if (at->is_date && !self->start.is_date)
            put(&all->out_days, caltime_day_of(at->local_s));
        else
            put(&all->out, to_utc(how, at));
    }
    settle(&all->out);
    settle(&all->out_days);
}

/* Fill the rings: what recurs, and what is taken out of it. */
static bool expand_series(event *self, expansion *how, series *all)
{
    uint64_t steps = EVENT_STEPS_MAX;
    how->to = &all->out;
    bool is_done = expand_rules(self, how, true, &steps);
    bool has_rule = false;
    for (size_t i = 0; i < self->rule_count; i++)
        has_rule = has_rule || !self->is_exclusion[i];
    how->to = &all->in;
    is_done = is_done && expand_rules(self, how, false, &steps);
    if (!has_rule)
        add_date(how, &self->start);
    for (size_t i = 0; i < self->more.count; i++)
        add_date(how, &self->more.items[i]);
    add_exceptions(self, how, all);
    return is_done;
}

/* The latest occurrences into `out`, at most so many that the seats stay below their limit. */
static void keep_latest(const event *self, expansion *how, series *all, occurrences *out)
{
    size_t room = EVENT_SEATS_MAX / (self->attendee_count + 1);
    int64_t shift = self->start.local_s - to_utc(how, &self->start);
    ring *in = &all->in;
    room = room < 1 ? 1 : room < EVENT_OCCURRENCES_MAX ? room : EVENT_OCCURRENCES_MAX;
    out->is_cut = in->count > in->room;
    size_t count = settle(in), kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!holds(&all->out, in->items[i]) &&
            !holds(&all->out_days, caltime_day_of(in->items[i] + shift)))
            in->items[kept++] = in->items[i];
    out->is_cut = out->is_cut || kept > room;
    for (size_t i = kept > room ? kept - room : 0; i < kept; i++)
        out->items[out->count++] = (occurrence){in->items[i], in->items[i]};
}

static bool ring_init(ring *self, size_t room)
{
    *self = (ring){malloc(room * sizeof *self->items), room, 0};
    return self->items != NULL;
}

static bool expand_all(event *self, expansion *how, occurrences *out)
{
    series all = {0};
    /* What a rule takes out is at most what it names within its steps. */
    bool is_done = ring_init(&all.in, 2 * EVENT_OCCURRENCES_MAX) &&
                   ring_init(&all.out, (size_t)EVENT_STEPS_MAX + self->except.count) &&
                   ring_init(&all.out_days, self->except.count + 1);
    if (!is_done)
        verdict_skip(&self->what, REASON_NONE, "memory is exhausted");
    is_done = is_done && expand_series(self, how, &all);
    if (is_done)
        keep_latest(self, how, &all, out);
    free(all.in.items);
    free(all.out.items);
    free(all.out_days.items);
    return is_done;
}

/* One occurrence: an event that does not recur, or one of a series that was changed. */
static bool expand_one(event *self, expansion *how, occurrences *out)
{
    caltime *id = &self->recurrence_id;
    /* Some programs name an occurrence of a whole-day event by its local midnight. */
    if (self->has_start && self->start.is_date && !id->is_date && !self->is_placed)
        *id = (caltime){.local_s = caltime_day_of(id->local_s) * DAY_SECONDS, .is_date = true};
    int64_t id_s = self->has_recurrence_id ? to_utc(how, id) : self->stamp_s;
    int64_t time_s = self->has_start ? to_utc(how, &self->start) : id_s;
    if (!self->has_recurrence_id)
        id_s = time_s;
    if (time_s < 0)
        return verdict_skip(&self->what, REASON_BAD_VALUE, "a start before 1970, expected later");
    how->has_future = time_s > how->now_s;
    out->count = how->has_future ? 0 : 1;
    out->items[0] = (occurrence){id_s, time_s};
    return true;
}

bool event_is_whole(const event *self)
{
    return self->uid != NULL && !self->has_recurrence_id && self->method != EVENT_ADD;
}

bool event_expand(event *self, zones *known, int64_t now_s, occurrences *out)
{
    expansion how = {.of = self, .zones = known, .now_s = now_s};
    /* Who answers a series answers it as a whole. */
    bool is_whole_reply = self->method == EVENT_REPLY && event_is_whole(self);
    bool is_one = !self->has_start || self->has_recurrence_id || is_whole_reply ||
                  (self->rule_count == 0 && self->more.count == 0);
    *out =
        (occurrences){.items = out->items,
                      .is_one = is_one,
                      .is_series = !is_one || self->has_recurrence_id || self->method == EVENT_ADD};
    /* What is called off or answered needs no start, only the meeting that it names. */
    bool is_off = self->is_cancelled && (event_is_whole(self) || self->has_stamp);
    bool names_meeting = is_off || (self->method == EVENT_REPLY && self->has_stamp);
    if (!self->has_start && !self->has_recurrence_id && !names_meeting)
        return verdict_skip(&self->what, REASON_NO_DATE, "no DTSTART, expected one");
    bool is_done = is_one ? expand_one(self, &how, out) : expand_all(self, &how, out);
    out->is_future = how.has_future || (self->has_start && to_utc(&how, &self->start) > now_s);
    out->has_odd_zone = how.has_odd_zone;
    return is_done;
}

static void put_hash(XXH128_hash_t hash, char out[EVENT_SOURCE_BYTES])
{
    snprintf(out, EVENT_SOURCE_BYTES, "xxh:%016" PRIx64 "%016" PRIx64, (uint64_t)hash.high64,
             (uint64_t)hash.low64);
}

/* Everything that tells an event without a usable UID from others, as its hash. */
static void hash_source(const event *self, const char *when, char out[EVENT_SOURCE_BYTES])
{
    uint64_t seed = XXH3_64bits(when, strlen(when));
    if (self->uid != NULL)
        seed = XXH3_64bits_withSeed(self->uid, strlen(self->uid), seed);
    if (self->organizer.email != NULL)
        seed = XXH3_64bits_withSeed(self->organizer.email, strlen(self->organizer.email), seed);
    for (size_t i = 0; i < self->attendee_count && self->uid == NULL; i++) {
        const char *email = self->attendees[i].email;
        seed = XXH3_64bits_withSeed(email, strlen(email), seed);
    }
    put_hash(XXH3_128bits_withSeed(when, strlen(when), seed), out);
}

void event_source(const event *self, const occurrences *from, size_t index,
                  char out[EVENT_SOURCE_BYTES])
{
    char when[CALTIME_TEXT_BYTES] = "";
    int length = EVENT_SOURCE_BYTES;
    if (from->is_series || self->uid == NULL)
        caltime_format(from->items[index].id_s, when);
    if (self->uid != NULL)
        length = snprintf(out, EVENT_SOURCE_BYTES, "%s%s%s", self->uid, from->is_series ? "/" : "",
                          when);
    if (length >= EVENT_SOURCE_BYTES)
        hash_source(self, when, out);
}

void event_series_source(const event *self, char out[EVENT_SOURCE_BYTES])
{
    const occurrences whole = {.is_series = false};
    event_source(self, &whole, 0, out);
}

void event_answer_source(const char *meeting, const char *email, char out[EVENT_SOURCE_BYTES])
{
    int head = snprintf(out, EVENT_SOURCE_BYTES, "answer:%s:", email);
    size_t used = (size_t)head < EVENT_SOURCE_BYTES ? (size_t)head : EVENT_SOURCE_BYTES - 1;
    /* Addresses are compared without regard to case, and so are the ids made of them. */
    for (size_t i = 0; i < used; i++)
        out[i] = (char)(out[i] >= 'A' && out[i] <= 'Z' ? out[i] - 'A' + 'a' : out[i]);
    uint64_t seed = XXH3_64bits(out, used);
    int tail = snprintf(out + used, EVENT_SOURCE_BYTES - used, "%s", meeting);
    if (used + (size_t)tail >= EVENT_SOURCE_BYTES)
        put_hash(XXH3_128bits_withSeed(meeting, strlen(meeting), seed), out);
}
