/*
 * Mailboxes as files. What readers must cope with is here on purpose: names in encoded words of
 * both encodings and two charsets, names turned around, folded headers, long References, bodies
 * with lines quoted as ">From ", newsletters, automatic answers, messages without a date, and the
 * same message in several mailboxes.
 *
 * Lines end with a bare newline, as mbox files do. Nothing here depends on the owner of the
 * mailbox except the Received header, so that copies of a message agree.
 */
#include "mbox.h"

#include <assert.h>
#include <string.h>

#include "calendar.h"
#include "dice.h"
#include "words.h"

#define REFERENCES_MAX 6

typedef struct box {
    FILE *stream;
    const cast *players;
    const post_log *log;
} box;

/* --- names ----------------------------------------------------------------------------------- */

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 128)
            return false;
    return true;
}

/* UTF-8 to ISO-8859-1; false when a letter has no place there. `out` is as large as `text`. */
static bool latin1_of(const char *text, char *out)
{
    for (; *text != '\0'; text++) {
        unsigned char lead = (unsigned char)*text;
        if (lead < 128) {
            *out++ = *text;
        } else if (lead == 0xc2 || lead == 0xc3) {
            *out++ = (char)(((lead & 3) << 6) | (text[1] & 0x3f));
            text++;
        } else {
            return false;
        }
    }
    *out = '\0';
    return true;
}

static void write_quoted_word(FILE *stream, const char *charset, const char *bytes)
{
    fprintf(stream, "=?%s?Q?", charset);
    for (; *bytes != '\0'; bytes++) {
        unsigned char c = (unsigned char)*bytes;
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_plain)
            fputc(c, stream);
        else if (c == ' ')
            fputc('_', stream);
        else
            fprintf(stream, "=%02X", c);
    }
    fputs("?=", stream);
}

static void write_base64_word(FILE *stream, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = strlen(text);
    fputs("=?UTF-8?B?", stream);
    for (size_t i = 0; i < length; i += 3) {
        uint32_t bits = 0;
        for (size_t j = 0; j < 3; j++)
            bits = bits << 8 | (i + j < length ? (unsigned char)text[i + j] : 0u);
        for (size_t j = 0; j < 4; j++)
            fputc(i + j <= length ? digits[bits >> (18 - 6 * j) & 63] : '=', stream);
    }
    fputs("?=", stream);
}

/* Text of a header; encoded when it is not ASCII. An encoded word may have 75 characters. */
static void write_text(FILE *stream, const char *text, name_style style)
{
    char latin1[128];
    assert(strlen(text) < sizeof latin1);
    if (is_ascii(text))
        fputs(text, stream);
    else if (style == STYLE_UTF8_B)
        write_base64_word(stream, text);
    else if (style == STYLE_LATIN1_Q && latin1_of(text, latin1))
        write_quoted_word(stream, "iso-8859-1", latin1);
    else
        write_quoted_word(stream, "utf-8", text);
}

static void write_mailbox(FILE *stream, const cast_person *person, const char *address)
{
    const char *space = strchr(person->name, ' ');
    char reversed[64];
    if (person->style == STYLE_BARE || person->name[0] == '\0') {
        fputs(address, stream);
        return;
    }
    if (person->style == STYLE_REVERSED && space != NULL) {
        int given_bytes = (int)(space - person->name);
        snprintf(reversed, sizeof reversed, "%s, %.*s", space + 1, given_bytes, person->name);
        bool is_quoted = is_ascii(reversed);
        fputs(is_quoted ? "\"" : "", stream);
        write_text(stream, reversed, STYLE_UTF8_Q);
        fputs(is_quoted ? "\"" : "", stream);
    } else {
        write_text(stream, person->name, person->style);
    }
    fprintf(stream, " <%s>", address);
}

static void write_recipients(const box *self, const char *header, const uint16_t *people,
                             size_t count)
{
    if (count == 0)
        return;
    fprintf(self->stream, "%s: ", header);
    for (size_t i = 0; i < count; i++) {
        const cast_person *person = &self->players->people[people[i]];
        fputs(i == 0 ? "" : ",\n\t", self->stream);
        write_mailbox(self->stream, person, person->address);
    }
    fputc('\n', self->stream);
}

/* --- headers --------------------------------------------------------------------------------- */

static const char *domain_of(const char *address)
{
    return strchr(address, '@') + 1;
}

/* Some of Oskar's mail comes from his private address. */
static const char *sender_address(const box *self, uint32_t index)
{
    uint16_t from = self->log->posts[index].from;
    return from == OSKAR && index % 6 == 0 ? cast_oskar_private
                                           : self->players->people[from].address;
}

static void write_message_id(const box *self, uint32_t index)
{
    char stamp[CALENDAR_TEXT_BYTES];
    dice noise = dice_fork(index, 7);
    fprintf(self->stream, "<%s.%u.%08x@%s>",
            calendar_stamp_text(self->log->posts[index].time_s, stamp), index,
            dice_below(&noise, UINT32_MAX), domain_of(sender_address(self, index)));
}

/* The messages before this one in its thread, oldest first, a line for each. */
static void write_references(const box *self, uint32_t index)
{
    uint32_t chain[REFERENCES_MAX];
    size_t count = 0;
    int32_t parent = self->log->posts[index].parent;
    if (parent == POST_NONE)
        return;
    fputs("In-Reply-To: ", self->stream);
    write_message_id(self, (uint32_t)parent);
    fputs("\nReferences:", self->stream);
    for (; parent != POST_NONE && count < REFERENCES_MAX; parent = self->log->posts[parent].parent)
        chain[count++] = (uint32_t)parent;
    for (size_t i = count; i > 0; i--) {
        fputs(i == count ? " " : "\n ", self->stream);
        write_message_id(self, chain[i - 1]);
    }
    fputc('\n', self->stream);
}

static void write_received(const box *self, uint32_t index, uint16_t owner)
{
    const post *message = &self->log->posts[index];
    const char *from = domain_of(sender_address(self, index));
    const char *by = domain_of(self->players->people[owner].address);
    char date[CALENDAR_TEXT_BYTES];
    if (strcmp(from, by) == 0 || message->kind == POST_NO_DATE)
        return;
    fprintf(self->stream, "Received: from mail.%s (mail.%s [192.0.2.%u])\n", from, from,
            message->from % 250u + 1);
    fprintf(self->stream, "\tby mx.%s with ESMTPS id %08x;\n\t%s\n", by, index * 2654435761u,
            calendar_mail_text(message->time_s + 3, 0, date));
}

static void write_kind(const box *self, const post *message)
{
    switch (message->kind) {
    case POST_PLAIN:
    case POST_NO_DATE:
        break;
    case POST_LIST:
        fputs("List-Id: Users of robot arms <arm-users.roboforum.example>\n"
              "List-Post: <mailto:arm-users@roboforum.example>\nPrecedence: list\n",
              self->stream);
        break;
    case POST_BULK:
        fprintf(self->stream,
                "List-Unsubscribe: <https://news.%s/leave>,\n <mailto:leave@%s>\n"
                "Precedence: bulk\n",
                domain_of(self->players->people[message->from].address),
                domain_of(self->players->people[message->from].address));
        break;
    case POST_AUTOREPLY:
        fputs("Auto-Submitted: auto-replied\n", self->stream);
        break;
    case POST_NOTICE:
        fputs("Auto-Submitted: auto-generated\n", self->stream);
        break;
    }
}

static void write_subject(const box *self, const post *message)
{
    const char *subject = words_subject(message->kind, message->subject);
    fprintf(self->stream, "Subject: %s",
            message->parent != POST_NONE && message->kind != POST_AUTOREPLY ? "Re: " : "");
    write_text(self->stream, subject, self->players->people[message->from].style);
    fputc('\n', self->stream);
}

/* Lines that begin with any number of ">" and "From " get one more ">". */
static void write_body(const box *self, const post *message)
{
    const char *line = words_body(message->body);
    while (*line != '\0') {
        size_t length = strcspn(line, "\n");
        if (strncmp(line + strspn(line, ">"), "From ", 5) == 0)
            fputc('>', self->stream);
        fprintf(self->stream, "%.*s\n", (int)length, line);
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    fputc('\n', self->stream);
}

static void write_post(const box *self, uint32_t index, uint16_t owner)
{
    const post *message = &self->log->posts[index];
    const cast_person *from = &self->players->people[message->from];
    const char *address = sender_address(self, index);
    char date[CALENDAR_TEXT_BYTES];
    fprintf(self->stream, "From %s %s\n", address, calendar_mbox_text(message->time_s, date));
    write_received(self, index, owner);
    if (message->kind != POST_NO_DATE)
        fprintf(self->stream, "Date: %s\n",
                calendar_mail_text(message->time_s, from->zone_min, date));
    fputs("From: ", self->stream);
    write_mailbox(self->stream, from, address);
    fputc('\n', self->stream);
    write_recipients(self, "To", message->to, message->to_count);
    write_recipients(self, "Cc", message->cc, message->cc_count);
    if (message->kind != POST_NO_DATE) {
        fputs("Message-ID: ", self->stream);
        write_message_id(self, index);
        fputc('\n', self->stream);
    }
    write_references(self, index);
    write_kind(self, message);
    write_subject(self, message);
    fputs("MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
          "Content-Transfer-Encoding: 8bit\n\n",
          self->stream);
    write_body(self, message);
}

size_t mbox_write(FILE *stream, const cast *players, const post_log *log, const uint32_t *order,
                  uint16_t owner)
{
    box self = {stream, players, log};
    size_t written = 0;
    for (size_t i = 0; i < log->count; i++) {
        if ((log->posts[order[i]].mailboxes >> owner & 1u) == 0)
            continue;
        write_post(&self, order[i], owner);
        written++;
    }
    return written;
}
