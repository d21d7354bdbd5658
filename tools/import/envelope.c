/*
 * The date of an mbox envelope line.
 *
 * The line is cut into words, of which the last are looked at. The date begins at the first word
 * but one from which on every word is a part of a date, each part once; whatever stands before it
 * is the sender, which Pipermail writes in three words ("ann at acme.com"). The parts may come in
 * any order, so that one reader knows all forms.
 */
#include "import/envelope.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "warmpath.h"

#include "warmpath/date.h"

/* A date has ten words at most: weekday, day, month, year, time, two zones, "remote from HOST". */
#define WORDS_MAX 16
#define ZONES_MAX 2
#define ZONE_BYTES_MAX 5
#define SHORT_YEARS_FROM 70 /* "70" is 1970, "69" 2069: no mail is older */

typedef struct word {
    const char *text;
    size_t length;
} word;

/* What was found of a date; -1: not yet. */
typedef struct moment {
    int month; /* from 0 */
    int day;
    int year;
    int clock; /* seconds */
    int zone;  /* seconds */
    int zone_count;
    bool has_weekday;
} moment;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Whether a 'T' parts the day from the time: "1996-01-03T01:05:34Z". */
static bool parts_iso(const char *at, size_t before)
{
    return *at == 'T' && before == 10 && at[-6] == '-' && at[-3] == '-';
}

/* The last words of a text. *has_more: others stand before them. */
static size_t cut_words(const char *text, size_t length, word words[WORDS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < length;) {
        while (i < length && is_blank(text[i]))
            i++;
        size_t start = i;
        while (i < length && !is_blank(text[i]) && !parts_iso(text + i, i - start))
            i++;
        if (i == start)
            break;
        if (count == WORDS_MAX) {
            memmove(words, words + 1, (WORDS_MAX - 1) * sizeof *words);
            count--;
        }
        words[count++] = (word){text + start, i - start};
        i += i < length && text[i] == 'T' ? 1 : 0;
    }
    return count;
}

/* The index of a three-letter name in a list of them without separators, or -1. */
static int find_name(word at, const char *names)
{
    for (int i = 0; names[3 * i] != '\0'; i++)
        if (at.length == 3 && strncasecmp(at.text, names + 3 * i, 3) == 0)
            return i;
    return -1;
}

/* A word of 1 to `digits_max` digits as a number, or -1. */
static int read_number(const char *text, size_t length, size_t digits_max)
{
    int value = 0;
    if (length < 1 || length > digits_max)
        return -1;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* "+0100", "+01:00" or "-0800" in seconds, with names of zones as UTC: "CET", "(CET)", "Z". */
static bool read_zone(word at, int *seconds)
{
    *seconds = 0;
    if (at.length > 2 && at.text[0] == '(' && at.text[at.length - 1] == ')')
        at = (word){at.text + 1, at.length - 2};
    bool is_offset = at.length > 0 && (at.text[0] == '+' || at.text[0] == '-');
    if (is_offset) {
        bool has_colon = at.length == 6 && at.text[3] == ':';
        size_t minutes = has_colon ? 4 : 3;
        int hour = at.length > minutes ? read_number(at.text + 1, 2, 2) : -1;
        int minute = hour < 0 ? -1 : read_number(at.text + minutes, at.length - minutes, 2);
        *seconds = (hour * 3600 + minute * 60) * (at.text[0] == '-' ? -1 : 1);
        return minute >= 0 && at.length == minutes + 2;
    }
    bool is_name = at.length >= 1 && at.length <= ZONE_BYTES_MAX;
    for (size_t i = 0; i < at.length && is_name; i++)
        is_name = at.text[i] >= 'A' && at.text[i] <= 'Z';
    return is_name;
}

static bool take_zone(word at, moment *out)
{
    int seconds;
    if (out->zone_count == ZONES_MAX || out->clock < 0 || !read_zone(at, &seconds))
        return false;
    out->zone += seconds; /* one of two is a name, as in "+0100 (CET)" */
    out->zone_count++;
    return true;
}

/* "1:19", "11:19:12", "11:19:12.5", with a zone behind it or not. */
static bool take_clock(word at, moment *out)
{
    const char *text = at.text, *end = at.text + at.length;
    const char *colon = memchr(text, ':', at.length);
    if (colon == NULL || out->clock >= 0 || end - colon < 3)
        return false;
    int hour = read_number(text, (size_t)(colon - text), 2);
    int minute = read_number(colon + 1, 2, 2), second = 0;
    const char *rest = colon + 3;
    if (rest < end && *rest == ':') {
        second = end - rest < 3 ? -1 : read_number(rest + 1, 2, 2);
        rest += 3;
        while (second >= 0 && rest < end && (*rest == '.' || (*rest >= '0' && *rest <= '9')))
            rest++;
    }
    if (hour < 0 || minute < 0 || second < 0)
        return false;
    out->clock = hour * 3600 + minute * 60 + (second > 59 ? 59 : second);
    return rest == end || take_zone((word){rest, (size_t)(end - rest)}, out);
}

static bool take_part(int *part, int value)
{
    if (*part >= 0 || value < 0)
        return false;
    *part = value;
    return true;
}

/* "1996-01-03" */
static bool take_iso_day(word at, moment *out)
{
    if (at.length != 10 || at.text[4] != '-' || at.text[7] != '-')
        return false;
    return take_part(&out->year, read_number(at.text, 4, 4)) &&
           take_part(&out->month, read_number(at.text + 5, 2, 2) - 1) &&
           take_part(&out->day, read_number(at.text + 8, 2, 2));
}

/* Take a word as the part of a date that it is; a date begins with its weekday or its day. Of two
 * numbers of two digits the day stands before the year. */
static bool take_word(word at, bool is_first, moment *out)
{
    if (at.length > 1 && at.text[at.length - 1] == ',')
        at.length--;
    if (is_first && find_name(at, "SunMonTueWedThuFriSat") >= 0) {
        out->has_weekday = true;
        return true;
    }
    int month = find_name(at, "JanFebMarAprMayJunJulAugSepOctNovDec");
    if (month >= 0)
        return take_part(&out->month, month);
    int number = read_number(at.text, at.length, 4);
    if (number >= 0 && at.length == 2 && out->day >= 0)
        return take_part(&out->year, number + (number < SHORT_YEARS_FROM ? 2000 : 1900));
    if (number >= 0 && at.length != 3)
        return take_part(at.length == 4 ? &out->year : &out->day, number);
    return take_iso_day(at, out) || take_clock(at, out) || take_zone(at, out);
}

/* Whether all of some words are one date. */
static bool read_date(const word *at, size_t count, moment *out)
{
    *out = (moment){.month = -1, .day = -1, .year = -1, .clock = -1};
    for (size_t i = 0; i < count; i++)
        if (!take_word(at[i], i == 0, out))
            return false;
    return out->month >= 0 && out->day >= 0 && out->year >= 0 && out->clock >= 0;
}

static int64_t to_time(const moment *from)
{
    int32_t days;
    if (!date_of_numbers(from->year, from->month + 1, from->day, &days) || from->clock >= 86400)
        return WP_TIME_NONE;
    int64_t time_s = (int64_t)days * 86400 + from->clock - from->zone;
    return time_s < 0 || time_s > WP_TIME_MAX ? WP_TIME_NONE : time_s;
}

static bool is_word(word at, const char *text)
{
    return at.length == strlen(text) && memcmp(at.text, text, at.length) == 0;
}

envelope_form envelope_parse(const char *text, size_t length, int64_t *time_s)
{
    word words[WORDS_MAX];
    moment found;
    size_t count = cut_words(text, length, words);
    *time_s = WP_TIME_NONE;
    if (count > 3 && is_word(words[count - 3], "remote") && is_word(words[count - 2], "from"))
        count -= 3;
    for (size_t i = 1; i < count; i++) {
        if (!read_date(words + i, count - i, &found))
            continue;
        /* A weekday in front belongs to the date, and then nobody sent it. */
        if (!found.has_weekday && find_name(words[i - 1], "SunMonTueWedThuFriSat") >= 0)
            return ENVELOPE_NONE;
        *time_s = to_time(&found);
        bool is_plain = found.has_weekday && words[i].length == 3;
        bool is_month = find_name(words[i + 1], "JanFebMarAprMayJunJulAugSepOctNovDec") >= 0;
        return is_plain && is_month ? ENVELOPE_ASCTIME : ENVELOPE_DATED;
    }
    return ENVELOPE_NONE;
}

bool envelope_is_sender(const char *text, size_t length)
{
    word words[WORDS_MAX];
    return memchr(text, '@', length) != NULL || cut_words(text, length, words) <= 1;
}

bool envelope_is_likely(const char *text, size_t length)
{
    word words[WORDS_MAX];
    size_t count = cut_words(text, length, words);
    bool has_clock = false, has_seconds = false;
    bool is_address = count > 0 && (memchr(words[0].text, '@', words[0].length) != NULL ||
                                    is_word(words[0], "-"));
    for (size_t i = 0; i < count; i++) {
        moment found = {.clock = -1};
        bool is_clock = take_clock(words[i], &found);
        has_clock = has_clock || is_clock;
        has_seconds = has_seconds || (is_clock && words[i].length >= 7);
    }
    return has_seconds || (is_address && (count == 1 || has_clock));
}
