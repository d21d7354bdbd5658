/*
 * Mail boxes cut into messages.
 *
 * One line is looked at a time. While in the header its lines are collected; from the first blank
 * line, or the first line that can be no header, on, everything up to the next envelope line is
 * passed over unseen.
 */
#include "import/mbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import/envelope.h"

static bool begins_from(const text_line *at)
{
    return at->length >= 5 && memcmp(at->text, "From ", 5) == 0;
}

bool mbox_is_header(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && text[i] > ' ' && text[i] != ':' && text[i] != 0x7f)
        i++;
    size_t name = i;
    while (i < length && (text[i] == ' ' || text[i] == '\t'))
        i++;
    return name > 0 && i < length && text[i] == ':';
}

bool mbox_is_envelope(const char *text, size_t length, int64_t *time_s)
{
    *time_s = WP_TIME_NONE;
    if (length < 5 || memcmp(text, "From ", 5) != 0)
        return false;
    return envelope_parse_date(text + 5, length - 5, time_s);
}

static lines_code keep_line(mbox *self, const text_line *at, mail_block *out)
{
    size_t wanted = self->block_bytes + at->length + 2;
    if (at->is_long || wanted > MAIL_HEADER_BYTES_MAX) {
        out->is_long = true;
        return LINES_OK;
    }
    if (wanted > self->block_capacity) {
        char *wider = realloc(self->block, 2 * wanted);
        if (wider == NULL) {
            self->lines->failure = ENOMEM;
            return LINES_FAILED;
        }
        self->block = wider;
        self->block_capacity = 2 * wanted;
    }
    memcpy(self->block + self->block_bytes, at->text, at->length);
    self->block_bytes += at->length;
    self->block[self->block_bytes++] = '\n';
    self->block[self->block_bytes] = '\0';
    return LINES_OK;
}

static void begin_message(mbox *self, const text_line *at, int64_t envelope_s)
{
    self->has_separator = true;
    self->envelope_s = envelope_s;
    self->line = at->number;
    self->byte = at->byte;
}

/* Whether a line begins a message; the first line of the file may do so without a date. */
static bool is_separator(mbox *self, const text_line *at, bool is_first, int64_t *envelope_s)
{
    *envelope_s = WP_TIME_NONE;
    if (!begins_from(at) || (self->is_single && !is_first))
        return false;
    return mbox_is_envelope(at->text, at->length, envelope_s) || is_first;
}

/* Whether a line belongs to the header, of which `self->block_bytes` were collected. */
static bool is_in_header(const mbox *self, const text_line *at)
{
    bool is_folded = at->length > 0 && (at->text[0] == ' ' || at->text[0] == '\t');
    if (is_folded)
        return self->block_bytes > 0;
    bool is_quoted = at->length > 6 && memcmp(at->text, ">From ", 6) == 0;
    return is_quoted || mbox_is_header(at->text, at->length);
}

/* Pass over what comes before the first message. */
static lines_code find_first(mbox *self, text_line *at)
{
    int64_t envelope_s;
    lines_code code;
    do
        code = lines_next(self->lines, at);
    while (code == LINES_OK && at->length == 0);
    self->has_begun = true;
    if (code != LINES_OK)
        return code;
    bool is_envelope = is_separator(self, at, true, &envelope_s);
    begin_message(self, at, envelope_s);
    return is_envelope ? LINES_OK : LINES_END; /* END: the line is the header's first */
}

static lines_code read_message(mbox *self, text_line *at, bool has_line, mail_block *out)
{
    int64_t envelope_s;
    bool is_header = true;
    lines_code code = LINES_OK;
    while (code == LINES_OK && !self->has_separator) {
        if (!has_line)
            code = lines_next(self->lines, at);
        has_line = false;
        if (code != LINES_OK)
            break;
        if (is_separator(self, at, false, &envelope_s)) {
            begin_message(self, at, envelope_s);
            break;
        }
        is_header = is_header && is_in_header(self, at);
        if (is_header && at->text[0] != '>')
            code = keep_line(self, at, out);
        if (!is_header && self->is_single)
            return LINES_END;
    }
    return code;
}

lines_code mbox_next(mbox *self, mail_block *out)
{
    text_line at;
    bool has_line = false;
    if (!self->has_begun) {
        lines_code code = find_first(self, &at);
        if (!self->has_separator)
            return code;
        has_line = code == LINES_END;
    } else if (!self->has_separator) {
        return LINES_END;
    }
    *out = (mail_block){.envelope_s = self->envelope_s,
                        .where = {.line = self->line, .byte = self->byte}};
    self->has_separator = false;
    self->block_bytes = 0;
    lines_code code = read_message(self, &at, has_line, out);
    if (code != LINES_OK && code != LINES_END)
        return code;
    out->text = self->block_bytes > 0 ? self->block : NULL;
    out->length = self->block_bytes;
    out->where.next = self->has_separator ? self->byte : self->lines->position;
    out->where.next_line = self->has_separator ? self->line - 1 : self->lines->number;
    return LINES_OK;
}

void mbox_free(mbox *self)
{
    free(self->block);
    *self = (mbox){0};
}
