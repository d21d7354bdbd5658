/*
 * What format a file has.
 *
 * Each format has a first line that the others cannot have: an envelope line, a header line, the
 * BEGIN of a component, an opening brace, a header of known columns. Edge lists are tried last,
 * since nearly any text has words in columns.
 */
#include "import/guess.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/crm.h"
#include "import/csv_encoding.h"
#include "import/edges.h"
#include "import/mbox.h"
#include "import/table_guess.h"

#define HEADER_LINES_MIN 2

static size_t line_length(const char *at, const char *end)
{
    const char *feed = memchr(at, '\n', (size_t)(end - at));
    size_t length = (size_t)((feed == NULL ? end : feed) - at);
    return length > 0 && at[length - 1] == '\r' ? length - 1 : length;
}

static const char *next_line(const char *at, const char *end)
{
    const char *feed = memchr(at, '\n', (size_t)(end - at));
    return feed == NULL ? end : feed + 1;
}

/* An envelope line with a date, or "From " in front of a header or of nothing. */
static bool is_mbox(const char *at, const char *end)
{
    int64_t time_s;
    if (end - at < 5 || memcmp(at, "From ", 5) != 0)
        return false;
    if (mbox_envelope(at, line_length(at, end), &time_s) != ENVELOPE_NONE)
        return true;
    const char *second = next_line(at, end);
    return second == end || mbox_is_header(second, line_length(second, end));
}

static bool is_mail_header(const char *at, size_t length)
{
    static const char *const names[] = {"From",       "Received",     "Return-Path",
                                        "Message-ID", "Delivered-To", "X-Gmail-Labels"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t name = strlen(names[i]);
        if (length > name && strncasecmp(at, names[i], name) == 0 && at[name] == ':')
            return true;
    }
    return false;
}

/* Headers only up to a blank line, two or more, one of them such as only mail has. */
static bool is_eml(const char *at, const char *end)
{
    size_t headers = 0;
    bool has_mail = false;
    for (; at < end; at = next_line(at, end)) {
        size_t length = line_length(at, end);
        bool is_folded = length > 0 && (*at == ' ' || *at == '\t') && headers > 0;
        if (is_folded)
            continue;
        if (!mbox_is_header(at, length))
            break;
        headers++;
        has_mail = has_mail || is_mail_header(at, length);
    }
    return headers >= HEADER_LINES_MIN && has_mail;
}

/* BEGIN of one of some components, which end with NULL; case and blanks do not matter. */
static bool begins_component(const char *at, const char *end, const char *const *names)
{
    if (end - at < 6 || strncasecmp(at, "BEGIN:", 6) != 0)
        return false;
    for (at += 6; at < end && (*at == ' ' || *at == '\t'); at++)
        continue;
    for (; *names != NULL; names++) {
        size_t length = strlen(*names);
        bool is_name = (size_t)(end - at) >= length && strncasecmp(at, *names, length) == 0;
        if (is_name && (at + length == end || strchr(" \t\r\n", at[length]) != NULL))
            return true;
    }
    return false;
}

/* An object begins with a name or ends at once, on the same line. */
static bool is_jsonl(const char *at, const char *end)
{
    if (at == end || *at != '{')
        return false;
    for (at++; at < end && (*at == ' ' || *at == '\t'); at++)
        continue;
    return at < end && (*at == '"' || *at == '}');
}

/* JSON that is no object a line: a list of objects, or one written over several lines. */
static bool is_other_json(const char *at, const char *end)
{
    bool is_list = at < end && *at == '[';
    if (at == end || (*at != '[' && *at != '{'))
        return false;
    for (at++; at < end && strchr(" \t\r\n", *at) != NULL && *at != '\0'; at++)
        continue;
    return at < end && *at == (is_list ? '{' : '"');
}

static const char *find_magic(const char *head, size_t bytes)
{
    static const struct {
        const char *magic;
        size_t length;
        const char *problem;
    } known[] = {
        {"\x1f\x8b", 2, "compressed, expected plain text"},
        {"PK\x03\x04", 4, "compressed, expected plain text"},
        {"\x28\xb5\x2f\xfd", 4, "compressed, expected plain text"},
        {"\xfd"
         "7zXZ",
         5, "compressed, expected plain text"},
        {"BZh", 3, "compressed, expected plain text"},
        {"%PDF-", 5, "a PDF, expected text"},
        {"{\\rtf", 5, "rich text, expected plain text"},
        {"\xd0\xcf\x11\xe0", 4, "a document of old Excel, Word or Outlook, expected text"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (bytes >= known[i].length && memcmp(head, known[i].magic, known[i].length) == 0)
            return known[i].problem;
    return NULL;
}

/* What a browser saves in the place of an export when one has been logged out. */
static bool is_page(const char *at, const char *end)
{
    static const char *const starts[] = {"<!doctype html", "<html", "<head", "<?xml"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t length = strlen(starts[i]);
        if ((size_t)(end - at) >= length && strncasecmp(at, starts[i], length) == 0)
            return true;
    }
    return false;
}

/* Tables of CRMs have labels that those of everybody have, too, so theirs are looked for first. */
static const char *guess_table(const char *head, size_t bytes)
{
    const char *crm = crm_guess(head, bytes);
    return crm != NULL || errno == ENOMEM ? crm : table_guess(head, bytes, NULL);
}

/* The format of a text that is no UTF-16. */
static const char *guess_text(const char *head, size_t bytes, const char **problem)
{
    static const char *const cards[] = {"VCARD", NULL};
    static const char *const components[] = {"VCALENDAR", "VEVENT",    "VTODO", "VJOURNAL",
                                             "VFREEBUSY", "VTIMEZONE", NULL};
    const char *at = head, *end = head + bytes;
    *problem = find_magic(head, bytes);
    if (*problem != NULL)
        return NULL;
    if (bytes >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    while (at < end && strchr(" \t\r\n", *at) != NULL && *at != '\0')
        at++;
    if (is_page(at, end)) {
        *problem = "a web page or XML, expected the export itself";
        return NULL;
    }
    if (begins_component(at, end, cards))
        return "vcard";
    if (begins_component(at, end, components))
        return "ical";
    if (is_mbox(at, end))
        return "mbox";
    if (is_eml(at, end))
        return "eml";
    if (is_jsonl(at, end))
        return "jsonl";
    const char *table = guess_table(head, bytes);
    if (table != NULL || errno == ENOMEM)
        return table;
    *problem = memchr(head, '\0', bytes) != NULL ? "binary, expected text"
               : is_other_json(at, end)          ? "JSON, expected an object a line"
                                                 : "format not recognised";
    if (edges_sniff(head, bytes, IMPORT_WEIGHT_GUESS).is_plausible &&
        memchr(head, '\0', bytes) == NULL)
        return "edges";
    return NULL;
}

const char *guess_format(const char *head, size_t bytes, const char **problem)
{
    size_t mark = 0, used = 0;
    csv_encoding encoding = csv_marked_encoding(head, bytes, &mark);
    if (encoding != CSV_UTF16_LE && encoding != CSV_UTF16_BE)
        return guess_text(head, bytes, problem);
    char *text = malloc(2 * bytes);
    if (text == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    size_t length =
        csv_from_utf16(head + mark, bytes - mark, encoding == CSV_UTF16_BE, false, text, &used);
    const char *format = guess_text(text, length, problem);
    int failure = errno;
    free(text);
    errno = failure;
    return format;
}

const char *guess_utf16(const char *head, size_t bytes)
{
    size_t mark;
    csv_encoding encoding = csv_marked_encoding(head, bytes, &mark);
    return encoding == CSV_UTF16_LE ? "UTF-16LE" : encoding == CSV_UTF16_BE ? "UTF-16BE" : NULL;
}
