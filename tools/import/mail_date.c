/*
 * The Date of a message.
 *
 * GMime reads the dates of real archives, but takes a clock time that it does not understand for
 * midnight and a zone with a colon for UTC. So the text is first written anew, word by word, with
 * clock and zone in the form of RFC 5322: programs have written "12.00.00", "12:00:00+0100",
 * "12:00:00.000", "1:00 PM", "+01:00" and ISO 8601.
 */
#include "import/mail_date.h"

#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>

#include "warmpath.h"

#define DATE_BYTES 200 /* longer ones are left to GMime as they are */

/* A text being written anew. */
typedef struct rewrite {
    char out[5 * DATE_BYTES]; /* of two bytes, "Z" and a blank, become six */
    size_t used;
    bool has_month; /* the name of one */
    bool has_clock;
} rewrite;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Add a word, a blank in front. A word of the text becomes one of at most five bytes more. */
static void add(rewrite *self, const char *word, size_t length)
{
    if (self->used > 0)
        self->out[self->used++] = ' ';
    memcpy(self->out + self->used, word, length);
    self->used += length;
    self->out[self->used] = '\0';
}

/* One or two digits; returns how many, 0 when there are none or more. */
static size_t take_digits(const char *at, int *out)
{
    size_t count = 0;
    for (*out = 0; count < 3 && is_digit(at[count]); count++)
        *out = 10 * *out + at[count] - '0';
    return count < 3 ? count : 0;
}

/* "9:05", "11:19:12", "11.19.12", "11:19:12.5": returns the bytes, 0 when it is none. */
static size_t take_clock(const char *at, int clock[3])
{
    size_t used = take_digits(at, &clock[0]);
    char mark = at[used];
    clock[2] = 0;
    if (used == 0 || (mark != ':' && mark != '.') || take_digits(at + used + 1, &clock[1]) != 2)
        return 0;
    used += 3;
    if (at[used] == mark && take_digits(at + used + 1, &clock[2]) == 2) {
        used += 3;
        if ((at[used] == '.' || at[used] == ',') && is_digit(at[used + 1]))
            for (used++; is_digit(at[used]); used++)
                continue;
    }
    clock[2] = clock[2] == 60 ? 59 : clock[2]; /* a second that some years have */
    return clock[0] < 24 && clock[1] < 60 && clock[2] < 60 ? used : 0;
}

/* "PM", behind blanks or none: turns the hour, returns the bytes. */
static size_t take_half(const char *at, int *hour)
{
    size_t used = strspn(at, " \t");
    bool is_after = strncasecmp(at + used, "pm", 2) == 0;
    bool is_half = is_after || strncasecmp(at + used, "am", 2) == 0;
    if (!is_half || (at[used + 2] != '\0' && !is_blank(at[used + 2])))
        return 0;
    if (*hour >= 1 && *hour <= 12)
        *hour = *hour % 12 + (is_after ? 12 : 0);
    return used + 2;
}

static bool is_month(const char *word, size_t length)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int i = 0; i < 12; i++)
        if (length >= 3 && strncasecmp(word, names + 3 * i, 3) == 0)
            return true;
    return false;
}

/* Add the clock at a place, if there is one; returns its bytes. Points part a clock behind the name
 * of a month alone: elsewhere they part a date. */
static size_t add_clock(rewrite *self, const char *at)
{
    int clock[3];
    char text[8] = "00:00:00";
    size_t used = self->has_clock ? 0 : take_clock(at, clock);
    if (used == 0 || (!self->has_month && at[strcspn(at, ":.")] == '.'))
        return 0;
    used += take_half(at + used, &clock[0]);
    for (size_t i = 0; i < 3; i++) {
        text[3 * i] = (char)('0' + clock[i] / 10);
        text[3 * i + 1] = (char)('0' + clock[i] % 10);
    }
    add(self, text, sizeof text);
    self->has_clock = true;
    return used;
}

/* Add the next word; returns its bytes. */
static size_t add_word(rewrite *self, const char *at)
{
    char zone[5];
    size_t used = add_clock(self, at), length = strcspn(at, " \t");
    if (used > 0)
        return used;
    bool is_iso = length > 10 && at[4] == '-' && at[7] == '-' && at[10] == 'T';
    bool is_zone = self->has_clock && (*at == '+' || *at == '-') && length == 6 && at[3] == ':';
    if (is_iso) {
        add(self, at, 10);
        return 11;
    }
    if (is_zone) {
        memcpy(zone, at, 3);
        memcpy(zone + 3, at + 4, 2);
        add(self, zone, sizeof zone);
    } else if (self->has_clock && length == 1 && *at == 'Z') {
        add(self, "+0000", 5);
    } else {
        add(self, at, length);
    }
    self->has_month = self->has_month || is_month(at, length);
    return length;
}

bool mail_date_parse(const char *text, int64_t *time_s, bool *has_clock)
{
    rewrite self;
    self.used = 0;
    self.has_month = self.has_clock = false;
    self.out[0] = '\0';
    bool is_short = strlen(text) < DATE_BYTES;
    for (const char *at = text + strspn(text, " \t"); is_short && *at != '\0';) {
        /* Comments are last. */
        size_t length = *at == '(' ? strlen(at) : 0;
        if (length > 0)
            add(&self, at, length);
        at += length > 0 ? length : add_word(&self, at);
        at += strspn(at, " \t");
    }
    GDateTime *date = g_mime_utils_header_decode_date(is_short ? self.out : text);
    if (date == NULL)
        return false;
    *has_clock = self.has_clock || g_date_time_get_hour(date) > 0 ||
                 g_date_time_get_minute(date) > 0 || g_date_time_get_second(date) > 0;
    *time_s = g_date_time_to_unix(date);
    g_date_time_unref(date);
    return *time_s >= 0 && *time_s <= WP_TIME_MAX;
}
