/*
 * Mail boxes cut into messages.
 *
 * One line is looked at a time, and one more where that decides. While in the header its lines are
 * collected; from the first blank line, or the first line that can be no header, on, everything up
 * to the next envelope line is passed over unseen.
 */
#include "import/mbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool begins_from(const text_line *at)
{
    bool is_from = at->length >= 5 && memcmp(at->text, "From ", 5) == 0;
    return is_from && !mbox_is_header(at->text, at->length); /* "From : a@b" */
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

/* Whether a line begins a header that messages begin with, or one of a program's own ("X-…"); prose
 * has lines such as "Note: …" as well. */
static bool is_mail_header(const char *text, size_t length)
{
    static const char *const names[] = {
        "Return-Path", "Received", "Delivered-To", "Message-ID", "Date",
        "From",        "Sender",   "Reply-To",     "To",         "Cc",
        "Subject",     "Status",   "MIME-Version", "Path",       "Content-Type",
        "Envelope-To", "Approved", "In-Reply-To",  "References", "Authentication-Results",
        "ARC-Seal",    "List-Id",  "Newsgroups",   "Precedence", "DKIM-Signature",
        "Errors-To",   "Bcc",      "Organization", "Xref",       "Content-Transfer-Encoding"};
    const char *colon = memchr(text, ':', length);
    size_t name = colon == NULL ? 0 : (size_t)(colon - text);
    if (name > 2 && strncasecmp(text, "X-", 2) == 0)
        return mbox_is_header(text, name + 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == name && strncasecmp(text, names[i], name) == 0)
            return true;
    return false;
}

envelope_form mbox_envelope(const char *text, size_t length, int64_t *time_s)
{
    *time_s = WP_TIME_NONE;
    if (length < 5 || memcmp(text, "From ", 5) != 0)
        return ENVELOPE_NONE;
    return envelope_parse(text + 5, length - 5, time_s);
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

/* The next line, which may have been read already. Texts of earlier ones are gone. */
static lines_code next_line(mbox *self, text_line *at)
{
    if (!self->has_ahead)
        return lines_next(self->lines, at);
    *at = self->ahead;
    self->has_ahead = false;
    return LINES_OK;
}

/*
 * Take a line "From " for a separator by what stands before and behind it: the rules are in mbox.h.
 * Where the line behind it was read it is next_line()'s, and the text of this one is gone.
 */
static lines_code weigh(mbox *self, const text_line *at, mail_block *out)
{
    int64_t envelope_s;
    const char *text = at->text + 5;
    size_t length = at->length - 5;
    envelope_form form = mbox_envelope(at->text, at->length, &envelope_s);
    if (form == ENVELOPE_ASCTIME || (form == ENVELOPE_DATED && self->is_blank)) {
        begin_message(self, at, envelope_s);
        return LINES_OK;
    }
    bool is_meant = form == ENVELOPE_DATED || (self->is_blank && envelope_is_sender(text, length));
    bool is_odd = self->is_blank && envelope_is_likely(text, length);
    lines_code code = lines_next(self->lines, &self->ahead);
    self->has_ahead = code == LINES_OK;
    bool has_header = self->has_ahead && is_mail_header(self->ahead.text, self->ahead.length);
    if (is_meant && has_header)
        begin_message(self, at, envelope_s);
    else
        out->odd_lines += is_odd || has_header ? 1 : 0;
    return code;
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

/* Pass over what comes before the first message, whose envelope line needs no date. */
static lines_code find_first(mbox *self)
{
    text_line at;
    int64_t envelope_s;
    lines_code code;
    do
        code = lines_next(self->lines, &at);
    while (code == LINES_OK && at.length == 0);
    self->has_begun = true;
    if (code != LINES_OK)
        return code;
    (void)mbox_envelope(at.text, at.length, &envelope_s);
    begin_message(self, &at, envelope_s);
    self->ahead = at;
    self->has_ahead = !begins_from(&at);
    return LINES_OK;
}

static lines_code read_message(mbox *self, mail_block *out)
{
    text_line at;
    bool is_header = true;
    lines_code code = LINES_OK;
    self->is_blank = false;
    while (code == LINES_OK && (code = next_line(self, &at)) == LINES_OK) {
        bool is_from = begins_from(&at) && !self->is_single;
        is_header = is_header && is_in_header(self, &at);
        if (is_from)
            code = weigh(self, &at, out);
        else if (is_header && at.text[0] != '>')
            code = keep_line(self, &at, out);
        if (self->has_separator || (!is_header && self->is_single))
            break;
        self->is_blank = !is_from && at.length == 0;
    }
    return code;
}

lines_code mbox_next(mbox *self, mail_block *out)
{
    if (!self->has_begun) {
        lines_code code = find_first(self);
        if (code != LINES_OK)
            return code;
    } else if (!self->has_separator) {
        return LINES_END;
    }
    *out = (mail_block){.envelope_s = self->envelope_s,
                        .where = {.line = self->line, .byte = self->byte}};
    self->has_separator = false;
    self->block_bytes = 0;
    lines_code code = read_message(self, out);
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
