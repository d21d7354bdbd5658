/*
 * Addresses as mail headers write them.
 *
 * The text of an address is gathered in three strings: the words outside of brackets (`phrase`),
 * what stands in angle brackets, and what stands in parentheses. A comma, a semicolon or the end
 * closes it. A colon in front of any @ opens a group, whose name is dropped.
 */
#include "import/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/charset.h"

#define PIECE_BYTES ((size_t)1024) /* longer names and addresses are cut; none is that long */
/* RFC 5321, 4.5.3.1 */
#define LOCAL_BYTES_MAX 64
#define DOMAIN_BYTES_MAX 255
/* A blank inside quotes does not part an address from a name; in names it becomes one again. */
#define QUOTED_BLANK '\x1f'

typedef struct piece {
    char text[PIECE_BYTES];
    size_t length;
    bool is_full; /* something was cut off */
} piece;

/* An address while it is read. */
typedef struct draft {
    piece phrase;
    piece angle;
    piece comment;
    bool has_angle;
    piece held; /* a word without @ in front of a comma: "Lee" of `Lee, Ann <ann@acme.com>` */
} draft;

/* Add a byte of UTF-8; of a character that does not fit none is added, and none after it. */
static void add(piece *to, char c)
{
    unsigned char lead = (unsigned char)c;
    size_t bytes = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    to->is_full = to->is_full || to->length + bytes >= sizeof to->text;
    if (!to->is_full)
        to->text[to->length++] = c;
    to->text[to->length] = '\0';
}

static void clear(piece *to)
{
    to->length = 0;
    to->is_full = false;
    to->text[0] = '\0';
}

static void trim(piece *at)
{
    size_t start = 0;
    while (at->length > 0 && at->text[at->length - 1] == ' ')
        at->length--;
    while (start < at->length && at->text[start] == ' ')
        start++;
    memmove(at->text, at->text + start, at->length - start);
    at->length -= start;
    at->text[at->length] = '\0';
}

/* Only in front of the @ do mail servers take dots without anything between them. A final one says
 * that the domain is whole. */
static bool has_empty_label(const char *domain)
{
    return domain[0] == '\0' || domain[0] == '.' || strstr(domain, "..") != NULL;
}

bool address_is_usable(const char *email)
{
    static const char forbidden[] = " \t<>,;\"\x1f";
    const char *at = strchr(email, '@');
    if (at == NULL || strchr(at + 1, '@') != NULL || has_empty_label(at + 1))
        return false;
    /* Quotes around a local part that needs none say nothing; the engine drops them. */
    size_t quote = email[0] == '"' && at > email + 1 && at[-1] == '"' ? 1 : 0;
    const char *local = email + quote;
    size_t bytes = (size_t)(at - email) - 2 * quote;
    /* An Exchange directory entry in the form of an address is nobody's outside. */
    return bytes > 0 && bytes <= LOCAL_BYTES_MAX && strncasecmp(local, "IMCEAEX-", 8) != 0 &&
           strcspn(local, forbidden) >= bytes && strpbrk(at + 1, forbidden) == NULL &&
           strlen(at + 1) <= DOMAIN_BYTES_MAX;
}

/* Bytes of letters, digits and what stands between them in addresses. */
static size_t plain_bytes(const char *text)
{
    size_t length = 0;
    for (char c; (c = text[length]) != '\0'; length++) {
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_' && c != '+')
            break;
    }
    return length;
}

bool address_is_plain(const char *text)
{
    size_t local = plain_bytes(text);
    if (local == 0 || local > LOCAL_BYTES_MAX || text[local] != '@')
        return false;
    const char *domain = text + local + 1;
    size_t length = plain_bytes(domain);
    bool is_whole = length > 0 && length <= DOMAIN_BYTES_MAX && domain[length] == '\0';
    return is_whole && domain[length - 1] != '.' && !has_empty_label(domain) &&
           strncasecmp(text, "IMCEAEX-", 8) != 0;
}

bool address_is_domain(const char *domain)
{
    return strlen(domain) <= DOMAIN_BYTES_MAX && strpbrk(domain, " \t<>,;\"@/:") == NULL &&
           !has_empty_label(domain);
}

/* "user at host" becomes "user@host", in place. */
static void join_at(piece *spec)
{
    char *at = strstr(spec->text, " at ");
    if (at == NULL || strchr(spec->text, '@') != NULL || strchr(at + 4, ' ') != NULL ||
        memchr(spec->text, ' ', (size_t)(at - spec->text)) != NULL)
        return;
    *at = '@';
    memmove(at + 1, at + 4, strlen(at + 4) + 1);
    spec->length -= 3;
}

/* Words around a bare address are its name: move them out of `spec`. False: there is another
 * address among them. */
static bool split_name(piece *spec, piece *name)
{
    char *at = strchr(spec->text, '@');
    if (at == NULL || strchr(spec->text, ' ') == NULL)
        return true;
    char *start = at, *end = at;
    while (start > spec->text && start[-1] != ' ')
        start--;
    while (*end != '\0' && *end != ' ')
        end++;
    piece email = {.length = 0};
    for (char *c = start; c < end; c++)
        add(&email, *c);
    if (name->length == 0)
        for (char *c = spec->text; *c != '\0'; c++)
            if (c < start || c >= end)
                add(name, *c);
    bool is_only = strchr(end, '@') == NULL;
    *spec = email;
    return is_only;
}

/* Drop a pair around all of it: "[mailto:ann@acme.com]" and "'ann@acme.com'" by Outlook. */
static void strip_pair(piece *spec)
{
    static const char pairs[][2] = {{'[', ']'}, {'\'', '\''}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (spec->length > 2 && spec->text[0] == pairs[i][0] &&
            spec->text[spec->length - 1] == pairs[i][1]) {
            spec->length -= 2;
            memmove(spec->text, spec->text + 1, spec->length);
            spec->text[spec->length] = '\0';
        }
}

/* Drop a route ("@relay:"), "mailto:", a final dot and blanks of any kind around it. */
static void strip_spec(piece *spec)
{
    strip_pair(spec);
    char *colon = strrchr(spec->text, ':');
    if (colon != NULL && strchr(colon, '@') != NULL) {
        spec->length -= (size_t)(colon + 1 - spec->text);
        memmove(spec->text, colon + 1, spec->length + 1);
    }
    spec->length = charset_squeeze(spec->text);
    if (spec->length > 1 && spec->text[spec->length - 1] == '.' &&
        spec->text[spec->length - 2] != '.')
        spec->text[--spec->length] = '\0';
}

static bool push(address_list *out, const piece *email, const piece *name, wp_role role)
{
    if (out->count == ADDRESSES_MAX) {
        out->is_full = true;
        return true;
    }
    if (out->count == out->capacity) {
        size_t capacity = out->capacity == 0 ? 8 : 2 * out->capacity;
        address *wider = realloc(out->items, capacity * sizeof *wider);
        if (wider == NULL)
            return false;
        out->items = wider;
        out->capacity = capacity;
    }
    char *copy = strdup(email->text);
    if (copy == NULL)
        return false;
    char *clean = NULL;
    if (name->length > 0 && !address_clean_name(name->text, &clean)) {
        free(copy);
        return false;
    }
    out->items[out->count++] = (address){copy, clean, role};
    return true;
}

/* The address is complete; is_comma: a comma closed it. */
static bool finish(draft *self, bool is_comma, wp_role role, address_list *out)
{
    piece *spec = self->has_angle ? &self->angle : &self->phrase;
    piece name = {.length = 0};
    bool is_stored = true;
    trim(&self->phrase);
    trim(&self->angle);
    trim(&self->comment);
    bool has_at = strchr(spec->text, '@') != NULL || strstr(spec->text, " at ") != NULL;
    if (self->held.length > 0 && !(self->has_angle && self->phrase.length > 0)) {
        out->notes[NOTE_NO_AT]++;
        clear(&self->held);
    }
    if (!has_at && is_comma && !self->has_angle && spec->length > 0) {
        self->held = *spec;
    } else if (spec->length > 0) {
        if (self->held.length > 0)
            snprintf(name.text, sizeof name.text, "%.500s, %.500s", self->held.text,
                     self->phrase.text);
        else
            name = self->has_angle && self->phrase.length > 0 ? self->phrase : self->comment;
        name.length = strlen(name.text);
        join_at(spec);
        if (!split_name(spec, &name))
            out->notes[NOTE_BAD_ADDRESS]++;
        strip_spec(spec);
        if (address_is_usable(spec->text))
            is_stored = push(out, spec, &name, role);
        else
            out->notes[strchr(spec->text, '@') == NULL ? NOTE_NO_AT : NOTE_BAD_ADDRESS]++;
        clear(&self->held);
    }
    clear(&self->phrase);
    clear(&self->angle);
    clear(&self->comment);
    self->has_angle = false;
    return is_stored;
}

/* Read a quoted string behind its opening quote; returns the place behind the closing one. */
static const char *read_quoted(const char *at, piece *out)
{
    for (; *at != '\0' && *at != '"'; at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        add(out, *at == ' ' ? QUOTED_BLANK : *at);
    }
    return *at == '"' ? at + 1 : at;
}

static const char *read_comment(const char *at, piece *out)
{
    size_t depth = 1;
    if (out->length > 0)
        add(out, ' ');
    for (; *at != '\0'; at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        else if (*at == '(')
            depth++;
        else if (*at == ')' && --depth == 0)
            return at + 1;
        add(out, *at);
    }
    return at;
}

static const char *read_angle(const char *at, draft *self)
{
    bool is_inside = false;
    clear(&self->angle);
    self->has_angle = true;
    for (; *at != '\0' && *at != '>'; at++) {
        /* A forgotten bracket must not swallow the rest of the list; a route has commas too. */
        if (*at == ',' && strchr(self->angle.text, '@') > self->angle.text)
            return at;
        /* A blank inside quotes is part of the address: what follows it alone is somebody else. */
        if (*at == '"')
            is_inside = !is_inside;
        else
            add(&self->angle, is_inside && *at == ' ' ? QUOTED_BLANK : *at);
    }
    return *at == '>' ? at + 1 : at;
}

/* A colon ends the name of a group, which is dropped; "mailto:" drops itself alone. */
static void end_group_name(piece *phrase)
{
    static const char scheme[] = "mailto";
    size_t length = sizeof scheme - 1;
    bool is_scheme =
        phrase->length >= length && strcasecmp(phrase->text + phrase->length - length, scheme) == 0;
    phrase->length = is_scheme ? phrase->length - length : 0;
    phrase->text[phrase->length] = '\0';
}

bool address_parse(const char *text, wp_role role, address_list *out)
{
    draft *self = calloc(1, sizeof *self);
    bool is_done = self != NULL;
    for (const char *at = text; is_done && *at != '\0';) {
        char c = *at++;
        if (c == '"') {
            at = read_quoted(at, &self->phrase);
        } else if (c == '(') {
            at = read_comment(at, &self->comment);
        } else if (c == '<') {
            at = read_angle(at, self);
        } else if (c == ',' || c == ';') {
            is_done = finish(self, c == ',', role, out);
        } else if (c == ':' && !self->has_angle && self->phrase.text[0] != '@' &&
                   strchr(self->phrase.text, '@') == NULL) {
            end_group_name(&self->phrase);
        } else if (c != ')') {
            add(&self->phrase, c);
        }
    }
    is_done = is_done && finish(self, false, role, out);
    free(self);
    return is_done;
}

void address_list_clear(address_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].email);
        free(list->items[i].name);
    }
    list->count = 0;
    list->is_full = false;
    memset(list->notes, 0, sizeof list->notes);
}

void address_list_free(address_list *list)
{
    address_list_clear(list);
    free(list->items);
    *list = (address_list){0};
}
