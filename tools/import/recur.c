/*
 * Recurrence rules expanded.
 *
 * A rule walks from period to period (a second, an hour, a month …, every interval-th). In each it
 * collects the days that pass every BY list, combines them with the times of day, and keeps of
 * these the positions asked for. Days are tested one by one instead of being computed: a test is
 * cheap, and one predicate serves all rules. Periods shorter than a day have at most one day, and
 * their times are those inside the period.
 */
#include "import/recur.h"

#include <stdlib.h>

#define YEAR_MAX 9999

static const int64_t unit_seconds[] = {[RECUR_SECOND] = 1,
                                       [RECUR_MINUTE] = 60,
                                       [RECUR_HOUR] = 3600,
                                       [RECUR_DAY] = DAY_SECONDS,
                                       [RECUR_WEEK] = 7 * DAY_SECONDS};

/* An expansion under way. The rule is a copy with the lists filled in that the start implies. */
typedef struct walk {
    recur rule;
    int64_t start_s;
    int64_t end_s;
    uint64_t *steps;
    recur_visit *visit;
    void *context;
    int64_t visited;
    int64_t days[366]; /* of the period at hand that pass */
    size_t day_count;
    bool is_over;
} walk;

static bool has(const recur_set *set, int number)
{
    unsigned n = (unsigned)abs(number);
    const uint64_t *words = number < 0 ? set->below : set->above;
    return n <= 366 && (words[n / 64] >> (n % 64) & 1) != 0;
}

static void put(recur_set *set, int number)
{
    set->above[number / 64] |= UINT64_C(1) << (number % 64);
    set->is_used = true;
}

/* Whether a number counted from 1 to `last` is in a list, from either end. */
static bool has_either(const recur_set *set, int number, int last)
{
    return has(set, number) || has(set, number - last - 1);
}

static int weekday_of(int64_t days)
{
    return (int)(((days + 4) % 7 + 7) % 7);
}

static bool take_step(walk *self)
{
    if (*self->steps == 0)
        return false;
    --*self->steps;
    return true;
}

/* The weeks of a year: the first one has four of its days or more. */
static int64_t first_week(const walk *self, int year)
{
    int64_t fourth = caltime_days((civil){year, 1, 4});
    return fourth - (weekday_of(fourth) - self->rule.week_start + 7) % 7;
}

static bool is_in_weeks(const walk *self, int64_t days, int year)
{
    int64_t first = first_week(self, year), next = first_week(self, year + 1);
    if (days < first) {
        next = first;
        first = first_week(self, year - 1);
    } else if (days >= next) {
        first = next;
        next = first_week(self, year + 2);
    }
    return has_either(&self->rule.weeks, (int)((days - first) / 7) + 1, (int)((next - first) / 7));
}

/* Whether the day is the n-th of its weekday in its month or year, counted from either end. */
static bool is_nth(const walk *self, civil date, int day_of_year, int weekday)
{
    const recur *rule = &self->rule;
    bool is_by_month = rule->unit == RECUR_MONTH || rule->months.is_used;
    int day = is_by_month ? date.day : day_of_year;
    int last =
        is_by_month ? caltime_month_days(date.year, date.month) : 365 + caltime_is_leap(date.year);
    for (size_t i = 0; i < rule->nth_count; i++) {
        int number = rule->nth[i].number > 0 ? (day - 1) / 7 + 1 : -((last - day) / 7 + 1);
        if (rule->nth[i].weekday == weekday && rule->nth[i].number == number)
            return true;
    }
    return false;
}

static bool day_passes(const walk *self, int64_t days)
{
    const recur *rule = &self->rule;
    civil date = caltime_civil(days);
    int day_of_year = (int)(days - caltime_days((civil){date.year, 1, 1})) + 1;
    int weekday = weekday_of(days);
    bool has_days = rule->weekdays != 0 || rule->nth_count > 0;
    if (rule->months.is_used && !has(&rule->months, date.month))
        return false;
    if (rule->month_days.is_used &&
        !has_either(&rule->month_days, date.day, caltime_month_days(date.year, date.month)))
        return false;
    if (rule->year_days.is_used &&
        !has_either(&rule->year_days, day_of_year, 365 + caltime_is_leap(date.year)))
        return false;
    if (rule->unit == RECUR_YEAR && rule->weeks.is_used && !is_in_weeks(self, days, date.year))
        return false;
    return !has_days || (rule->weekdays >> weekday & 1) != 0 ||
           is_nth(self, date, day_of_year, weekday);
}

/* Collect the days from `first` to `last` that pass; false: no steps are left. */
static bool collect_days(walk *self, int64_t first, int64_t last)
{
    self->day_count = 0;
    for (int64_t day = first; day <= last; day++) {
        civil date = caltime_civil(day);
        if (!take_step(self))
            return false;
        if (self->rule.months.is_used && !has(&self->rule.months, date.month)) {
            /* Over the rest of a month that is not in the list. */
            day += caltime_month_days(date.year, date.month) - date.day;
            continue;
        }
        if (day_passes(self, day))
            self->days[self->day_count++] = day;
    }
    return true;
}

static int count_bits(const recur_set *set)
{
    return __builtin_popcountll(set->above[0]);
}

/* The index-th number of a list of numbers below 64. */
static int nth_bit(const recur_set *set, int64_t index)
{
    uint64_t bits = set->above[0];
    for (; index > 0; index--)
        bits &= bits - 1;
    return __builtin_ctzll(bits);
}

/* Occurrence `index` of the period: days by times, in order. */
static int64_t time_at(const walk *self, int64_t index)
{
    const recur *rule = &self->rule;
    int64_t minutes = count_bits(&rule->minutes), seconds = count_bits(&rule->seconds);
    int64_t in_day = count_bits(&rule->hours) * minutes * seconds;
    int second = nth_bit(&rule->seconds, index % seconds);
    return self->days[index / in_day] * DAY_SECONDS +
           nth_bit(&rule->hours, index % in_day / (minutes * seconds)) * 3600 +
           nth_bit(&rule->minutes, index % (minutes * seconds) / seconds) * 60 +
           (second == 60 ? 59 : second);
}

static bool is_at_position(const walk *self, int64_t index, int64_t count)
{
    const recur_set *set = &self->rule.positions;
    bool is_counted = index < 366 && has(set, (int)index + 1);
    return !set->is_used || is_counted || (count - index <= 366 && has(set, (int)(index - count)));
}

static void visit_one(walk *self, int64_t local_s)
{
    self->visited++;
    self->is_over = !self->visit(self->context, local_s) ||
                    (self->rule.count > 0 && self->visited >= self->rule.count);
}

/* Visit what the period holds after the start; false: no steps are left. */
static bool visit_period(walk *self)
{
    const recur *rule = &self->rule;
    int64_t count = (int64_t)self->day_count * count_bits(&rule->hours) *
                    count_bits(&rule->minutes) * count_bits(&rule->seconds);
    for (int64_t i = 0; i < count && !self->is_over; i++) {
        if (!take_step(self))
            return false;
        int64_t local_s = time_at(self, i);
        if (local_s > self->end_s)
            self->is_over = true;
        else if (local_s > self->start_s && is_at_position(self, i, count))
            visit_one(self, local_s);
    }
    return true;
}

/* Hours, minutes and seconds of the day: as listed, else those of the start. */
static void fill_times(walk *self)
{
    recur *rule = &self->rule;
    int clock = (int)(self->start_s - caltime_day_of(self->start_s) * DAY_SECONDS);
    if (rule->unit > RECUR_HOUR && !rule->hours.is_used)
        put(&rule->hours, clock / 3600);
    if (rule->unit > RECUR_MINUTE && !rule->minutes.is_used)
        put(&rule->minutes, clock / 60 % 60);
    if (rule->unit > RECUR_SECOND && !rule->seconds.is_used)
        put(&rule->seconds, clock % 60);
}

/* The day within the period: as listed, else that of the start. */
static void fill_days(walk *self)
{
    recur *rule = &self->rule;
    int64_t days = caltime_day_of(self->start_s);
    civil start = caltime_civil(days);
    bool has_days = rule->weekdays != 0 || rule->nth_count > 0 || rule->month_days.is_used ||
                    rule->year_days.is_used;
    if (has_days)
        return;
    if (rule->unit == RECUR_WEEK || (rule->unit == RECUR_YEAR && rule->weeks.is_used)) {
        rule->weekdays = 1u << weekday_of(days);
    } else if (rule->unit == RECUR_MONTH || rule->unit == RECUR_YEAR) {
        put(&rule->month_days, start.day);
        if (rule->unit == RECUR_YEAR && !rule->months.is_used)
            put(&rule->months, start.month);
    }
}

/* A period shorter than a day: its own hour, minute and second, if the lists allow them. */
static bool visit_short(walk *self, int64_t at_s)
{
    recur *rule = &self->rule;
    const recur_set none = {{0}, {0}, false};
    const recur_set kept[] = {rule->hours, rule->minutes, rule->seconds};
    int64_t days = caltime_day_of(at_s);
    int clock = (int)(at_s - days * DAY_SECONDS);
    bool passes =
        (!rule->hours.is_used || has(&rule->hours, clock / 3600)) &&
        (rule->unit == RECUR_HOUR || !rule->minutes.is_used ||
         has(&rule->minutes, clock / 60 % 60)) &&
        (rule->unit > RECUR_SECOND || !rule->seconds.is_used || has(&rule->seconds, clock % 60));
    if (!passes)
        return take_step(self);
    if (!collect_days(self, days, days))
        return false;
    rule->hours = none;
    put(&rule->hours, clock / 3600);
    if (rule->unit <= RECUR_MINUTE) {
        rule->minutes = none;
        put(&rule->minutes, clock / 60 % 60);
    }
    if (rule->unit == RECUR_SECOND) {
        rule->seconds = none;
        put(&rule->seconds, clock % 60);
    }
    bool is_done = visit_period(self);
    rule->hours = kept[0];
    rule->minutes = kept[1];
    rule->seconds = kept[2];
    return is_done;
}

/* Visit the index-th period; sets is_over behind the end. */
static bool walk_period(walk *self, int64_t index)
{
    const recur *rule = &self->rule;
    int64_t first_day = caltime_day_of(self->start_s);
    civil start = caltime_civil(first_day);
    if (rule->unit <= RECUR_HOUR) {
        int64_t unit = unit_seconds[rule->unit], at_s = self->start_s + index * unit;
        self->is_over = at_s - unit > self->end_s;
        return self->is_over || visit_short(self, at_s);
    }
    int64_t first, last;
    if (rule->unit <= RECUR_WEEK) {
        int64_t offset =
            rule->unit == RECUR_WEEK ? (weekday_of(first_day) - rule->week_start + 7) % 7 : 0;
        first = first_day - offset + index * (rule->unit == RECUR_WEEK ? 7 : 1);
        last = first + (rule->unit == RECUR_WEEK ? 6 : 0);
    } else {
        int64_t month = rule->unit == RECUR_MONTH ? start.year * 12 + start.month - 1 + index
                                                  : (start.year + index) * 12;
        int year = (int)(month / 12), in_year = (int)(month % 12) + 1;
        self->is_over = month / 12 > YEAR_MAX;
        if (self->is_over)
            return true;
        first = caltime_days((civil){year, in_year, 1});
        last = rule->unit == RECUR_MONTH ? first + caltime_month_days(year, in_year) - 1
                                         : first + 364 + caltime_is_leap(year);
    }
    self->is_over = first * DAY_SECONDS > self->end_s;
    return self->is_over || (collect_days(self, first, last) && visit_period(self));
}

bool recur_expand(const recur *rule, int64_t start_s, int64_t end_s, uint64_t *steps,
                  recur_visit *visit, void *context)
{
    walk self = {.rule = *rule,
                 .start_s = start_s,
                 .end_s = end_s,
                 .steps = steps,
                 .visit = visit,
                 .context = context};
    bool is_done = true;
    if (start_s > end_s)
        return true;
    fill_times(&self);
    fill_days(&self);
    visit_one(&self, start_s);
    for (int64_t index = 0; is_done && !self.is_over; index += rule->interval)
        is_done = walk_period(&self, index);
    return is_done;
}
