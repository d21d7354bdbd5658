/*
 * The date of an mbox envelope line.
 *
 * The line is cut into words. The date begins at the last word but three or more that is a weekday
 * and is followed by a month; whatever stands before it is the sender, which Pipermail writes in
 * three words ("ann at acme.com").
 */
#include "import/envelope.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "warmpath.h"

#include "warmpath/date.h"

#define WORDS_MAX 24
#define DATE_WORDS_MIN 5

typedef struct word {
    const char *text;
    size_t length;
} word;

static size_t cut_words(const char *text, size_t length, word words[WORDS_MAX])
{
    size_t count = 0, i = 0;
    while (count < WORDS_MAX) {
        while (i < length && (text[i] == ' ' || text[i] == '\t'))
            i++;
        if (i == length)
            break;
        size_t start = i;
        while (i < length && text[i] != ' ' && text[i] != '\t')
            i++;
        words[count++] = (word){text + start, i - start};
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

/* "11:19" or "11:19:12" in seconds, or -1 when it has not that form. */
static int read_clock(word at)
{
    bool has_seconds = at.length == 8 && at.text[5] == ':';
    if ((at.length != 5 && !has_seconds) || at.text[2] != ':')
        return -1;
    int hour = read_number(at.text, 2, 2), minute = read_number(at.text + 3, 2, 2);
    int second = has_seconds ? read_number(at.text + 6, 2, 2) : 0;
    if (hour < 0 || minute < 0 || second < 0)
        return -1;
    return hour * 3600 + minute * 60 + (second > 59 ? 59 : second);
}

/* "+0100" in seconds; 0 for names of zones. */
static int read_zone(word at)
{
    if (at.length != 5 || (at.text[0] != '+' && at.text[0] != '-'))
        return 0;
    int hour = read_number(at.text + 1, 2, 2), minute = read_number(at.text + 3, 2, 2);
    int seconds = hour < 0 || minute < 0 ? 0 : hour * 3600 + minute * 60;
    return at.text[0] == '-' ? -seconds : seconds;
}

static bool is_zone(word at)
{
    bool is_name = at.length >= 1 && at.length <= 5;
    for (size_t i = 0; i < at.length && is_name; i++)
        is_name = at.text[i] >= 'A' && at.text[i] <= 'Z';
    bool is_offset = at.length == 5 && (at.text[0] == '+' || at.text[0] == '-');
    return is_name || is_offset;
}

static int64_t to_time(int year, int month, int day, int clock, int zone)
{
    char text[32];
    int32_t days;
    snprintf(text, sizeof text, "%04d-%02d-%02d", year, month + 1, day);
    if (!date_parse_day(text, &days) || clock >= 86400)
        return WP_TIME_NONE;
    int64_t time_s = (int64_t)days * 86400 + clock - zone;
    return time_s < 0 || time_s > WP_TIME_MAX ? WP_TIME_NONE : time_s;
}

/* The date in the words from `at` on, which must be the last ones. */
static bool read_date(const word *at, size_t count, int64_t *time_s)
{
    int month = find_name(at[1], "JanFebMarAprMayJunJulAugSepOctNovDec");
    int day = read_number(at[2].text, at[2].length, 2);
    int clock = read_clock(at[3]);
    bool has_zone_first = count > 5 && is_zone(at[4]);
    size_t last = has_zone_first ? 5 : 4;
    int year = at[last].length == 4 ? read_number(at[last].text, 4, 4) : -1;
    if (find_name(at[0], "SunMonTueWedThuFriSat") < 0 || month < 0 || day < 0 || clock < 0 ||
        year < 0)
        return false;
    int zone = has_zone_first ? read_zone(at[4]) : 0;
    if (!has_zone_first && count > 5) {
        if (!is_zone(at[5]))
            return false;
        zone = read_zone(at[5]);
        last = 5;
    }
    if (count != last + 1)
        return false;
    *time_s = to_time(year, month, day, clock, zone);
    return true;
}

bool envelope_parse_date(const char *text, size_t length, int64_t *time_s)
{
    word words[WORDS_MAX];
    size_t count = cut_words(text, length, words);
    *time_s = WP_TIME_NONE;
    /* One word of sender at least; five to seven words of date. */
    for (size_t date = DATE_WORDS_MIN; date <= DATE_WORDS_MIN + 2 && date < count; date++)
        if (read_date(words + count - date, date, time_s))
            return true;
    return false;
}
