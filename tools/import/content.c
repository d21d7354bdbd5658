/*
 * Content lines: unfolding and the parts of a line.
 *
 * One line is read ahead, because only the next one tells whether a line goes on. The text of a
 * line is gathered in one buffer of at most CONTENT_BYTES_MAX bytes and cut into its parts there.
 */
#include "import/content.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What the parameters in front of the colon say about how the line goes on. */
typedef struct encoding {
    bool is_quoted; /* quoted-printable */
    bool is_binary; /* base64 */
} encoding;

static bool append(content *self, const char *text, size_t length, bool *is_cut)
{
    size_t left = CONTENT_BYTES_MAX - self->bytes;
    *is_cut = *is_cut || length > left;
    length = length > left ? left : length;
    if (self->bytes + length + 1 > self->capacity) {
        size_t capacity = 2 * (self->bytes + length + 1);
        char *wider = realloc(self->buffer, capacity);
        if (wider == NULL) {
            self->lines->failure = ENOMEM;
            return false;
        }
        self->buffer = wider;
        self->capacity = capacity;
    }
    memcpy(self->buffer + self->bytes, text, length);
    self->bytes += length;
    self->buffer[self->bytes] = '\0';
    return true;
}

/* The colon between parameters and value: the first outside of quotes, else the first. */
static char *find_colon(char *text, size_t length)
{
    bool is_inside = false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            is_inside = !is_inside;
        else if (text[i] == ':' && !is_inside)
            return text + i;
    }
    return memchr(text, ':', length);
}

static encoding find_encoding(content *self)
{
    encoding found = {false, false};
    char *colon = find_colon(self->buffer, self->bytes);
    const char *params =
        colon == NULL ? NULL : memchr(self->buffer, ';', (size_t)(colon - self->buffer));
    content_param param;
    if (params == NULL)
        return found;
    *colon = '\0';
    while (content_param_next(&params, &param)) {
        bool is_encoding = strcmp(param.name, "ENCODING") == 0;
        found.is_quoted =
            found.is_quoted || (is_encoding && strcasecmp(param.value, "QUOTED-PRINTABLE") == 0);
        found.is_binary =
            found.is_binary || (is_encoding && (strcasecmp(param.value, "BASE64") == 0 ||
                                                strcasecmp(param.value, "B") == 0));
    }
    *colon = ':';
    return found;
}

static lines_code read_ahead(content *self)
{
    lines_code code = lines_next(self->lines, &self->ahead);
    self->has_ahead = code == LINES_OK;
    return code;
}

static bool is_end(const text_line *at)
{
    return at->length >= 4 && strncasecmp(at->text, "END:", 4) == 0;
}

/* Whether the line that was read ahead belongs to the one in the buffer; *skip: bytes of it that
 * only fold. */
static bool goes_on(const content *self, encoding how, size_t *skip)
{
    const text_line *at = &self->ahead;
    *skip = 0;
    if (how.is_quoted && self->bytes > 0 && self->buffer[self->bytes - 1] == '=' && !is_end(at))
        return true;
    *skip = 1;
    if (at->length > 0 && (at->text[0] == ' ' || at->text[0] == '\t'))
        return true;
    /* Base64 of vCard 2.1 need not be indented; it has no colon. */
    return how.is_binary && at->length > 0 && memchr(at->text, ':', at->length) == NULL;
}

static lines_code gather(content *self, content_line *out)
{
    size_t skip;
    if (!append(self, self->ahead.text, self->ahead.length, &out->is_cut))
        return LINES_FAILED;
    encoding how = find_encoding(self);
    lines_code code;
    while ((code = read_ahead(self)) == LINES_OK && goes_on(self, how, &skip)) {
        out->is_cut = out->is_cut || self->ahead.is_long;
        if (skip == 0)
            self->bytes--; /* the = of a soft break */
        if (!how.is_binary &&
            !append(self, self->ahead.text + skip, self->ahead.length - skip, &out->is_cut))
            return LINES_FAILED;
    }
    return code == LINES_END ? LINES_OK : code;
}

/* Upper case, without group and blanks, in place. */
static const char *clean_name(char *name)
{
    char *dot = strrchr(name, '.');
    name = dot == NULL ? name : dot + 1;
    name += strspn(name, " \t");
    size_t length = strlen(name);
    while (length > 0 && isspace((unsigned char)name[length - 1]))
        name[--length] = '\0';
    for (char *at = name; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at);
    return name;
}

/* Cut the buffer into name, parameters and value. */
static void cut(content *self, content_line *out)
{
    char *text = self->buffer, *colon = find_colon(text, self->bytes);
    out->name = out->params = "";
    out->value = text;
    out->value_bytes = self->bytes;
    if (colon == NULL)
        return;
    *colon = '\0';
    out->value = colon + 1;
    out->value_bytes = self->bytes - (size_t)(colon + 1 - text);
    char *semicolon = strchr(text, ';');
    if (semicolon != NULL) {
        *semicolon = '\0';
        out->params = semicolon + 1;
    }
    out->name = clean_name(text);
}

lines_code content_next(content *self, content_line *out)
{
    lines_code code = self->has_ahead ? LINES_OK : read_ahead(self);
    while (code == LINES_OK && self->ahead.length == 0)
        code = read_ahead(self);
    if (code != LINES_OK)
        return code;
    *out = (content_line){.line = self->ahead.number,
                          .byte = self->ahead.byte,
                          .is_cut = self->ahead.is_long,
                          .is_utf8 = self->is_utf8};
    self->bytes = 0;
    code = gather(self, out);
    if (code != LINES_OK)
        return code;
    out->next = self->has_ahead ? self->ahead.byte : self->lines->position;
    out->next_line = self->has_ahead ? self->ahead.number - 1 : self->lines->number;
    cut(self, out);
    return LINES_OK;
}

void content_free(content *self)
{
    free(self->buffer);
    *self = (content){0};
}

bool content_is(const content_line *line, const char *name)
{
    return strcmp(line->name, name) == 0;
}

bool content_bounds(const content_line *line, const char *name, const char *component)
{
    const char *value = line->value + strspn(line->value, " \t");
    size_t length = strlen(component);
    return content_is(line, name) && strncasecmp(value, component, length) == 0 &&
           value[length + strspn(value + length, " \t\r")] == '\0';
}
