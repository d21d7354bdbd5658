/*
 * One message as an interaction.
 *
 * The checks go from the cheapest reason for leaving a message out to the dearest: labels, header,
 * sender, date, recipients. A sender that is the list itself is looked for behind it, where lists
 * that rewrite senders put the real one (X-Original-From, Reply-To).
 */
#include "import/mail.h"

#include <gmime/gmime.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "import/encoded.h"
#include "import/mail_date.h"
#include "import/mail_list.h"

#define MOZILLA_EXPUNGED 8 /* nsMsgMessageFlags.idl */

reason_id mail_label_reason(const char *label, size_t length)
{
    static const struct {
        const char *label;
        reason_id reason;
    } left_out[] = {{"Spam", REASON_SPAM},
                    {"Junk", REASON_SPAM},
                    {"Trash", REASON_TRASH},
                    {"Bin", REASON_TRASH},
                    {"Draft", REASON_DRAFT},
                    {"Drafts", REASON_DRAFT},
                    /* Folders of Exchange, Outlook, Apple and Yahoo. */
                    {"Junk E-mail", REASON_SPAM},
                    {"Junk Email", REASON_SPAM},
                    {"Junk-E-Mail", REASON_SPAM},
                    {"Bulk Mail", REASON_SPAM},
                    {"Deleted Items", REASON_TRASH},
                    {"Deleted Messages", REASON_TRASH},
                    {"Gelöschte Elemente", REASON_TRASH},
                    {"Chat", REASON_CHAT},
                    {"Chats", REASON_CHAT},
                    /* Labels are in the language of the account: German, French, Spanish,
                     * Italian, Portuguese, Dutch. */
                    {"Entwürfe", REASON_DRAFT},
                    {"Brouillons", REASON_DRAFT},
                    {"Borradores", REASON_DRAFT},
                    {"Bozze", REASON_DRAFT},
                    {"Rascunhos", REASON_DRAFT},
                    {"Concepten", REASON_DRAFT},
                    {"Papierkorb", REASON_TRASH},
                    {"Corbeille", REASON_TRASH},
                    {"Papelera", REASON_TRASH},
                    {"Cestino", REASON_TRASH},
                    {"Lixeira", REASON_TRASH},
                    {"Prullenbak", REASON_TRASH}};
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (strlen(left_out[i].label) == length &&
            strncasecmp(label, left_out[i].label, length) == 0)
            return left_out[i].reason;
    return REASON_NONE;
}

/* The labels of a Takeout box are a line of CSV: one that holds a comma is quoted. */
static bool check_labels(const char *labels, verdict *what)
{
    while (labels != NULL && *labels != '\0') {
        labels += strspn(labels, " ,");
        bool is_quoted = *labels == '"';
        labels += is_quoted ? 1 : 0;
        size_t length = strcspn(labels, is_quoted ? "\"" : ",");
        const char *label = labels;
        labels += length + (is_quoted && labels[length] != '\0' ? 1 : 0);
        while (length > 0 && label[length - 1] == ' ')
            length--;
        reason_id reason = mail_label_reason(label, length);
        if (reason != REASON_NONE)
            return verdict_skip(what, reason, "labelled %.*s", (int)length, label);
    }
    return true;
}

static bool check_gmail(const header *headers, verdict *what)
{
    const char *raw = headers->values[HEADER_GMAIL_LABELS];
    if (raw == NULL)
        return true;
    char *labels = encoded_decode(raw);
    bool is_kept = check_labels(labels == NULL ? raw : labels, what);
    g_free(labels);
    return is_kept;
}

/* What programs leave in an mbox until it is compacted: deleted messages, and drafts. */
static bool check_status(const header *headers, verdict *what)
{
    const char *status = headers->values[HEADER_STATUS];
    const char *mozilla = headers->values[HEADER_MOZILLA_STATUS];
    if (mozilla != NULL && (strtoul(mozilla, NULL, 16) & MOZILLA_EXPUNGED) != 0)
        return verdict_skip(what, REASON_TRASH, "X-Mozilla-Status is %.20s, deleted", mozilla);
    if (status != NULL && strchr(status, 'D') != NULL)
        return verdict_skip(what, REASON_TRASH, "X-Status is %.20s, deleted", status);
    return status == NULL || strchr(status, 'T') == NULL ||
           verdict_skip(what, REASON_DRAFT, "X-Status is %.20s, a draft", status);
}

static bool set_time(const header *headers, const mail_block *block, mail *out, verdict *what)
{
    const char *text = headers->values[HEADER_DATE];
    bool has_clock = true;
    out->has_odd_date = false;
    bool is_read = text != NULL && mail_date_parse(text, &out->time_s, &has_clock);
    out->has_no_clock = is_read && !has_clock;
    if (is_read)
        return true;
    out->has_odd_date = text != NULL;
    out->time_s = block->envelope_s;
    if (out->time_s != WP_TIME_NONE)
        return true;
    if (text == NULL)
        return verdict_skip(what, REASON_NO_DATE, "no Date, expected one or an envelope date");
    return verdict_skip(what, REASON_NO_DATE, "Date is '%.80s', expected an RFC 5322 date", text);
}

static bool out_of_memory(verdict *what)
{
    return verdict_skip(what, REASON_NONE, "memory is exhausted");
}

/* The addresses of a header instead of those in the list; true when there is one. Without memory
 * the verdict says so. */
static bool take_sender(const header *headers, header_id id, address_list *out, verdict *what)
{
    const char *value = headers->values[id];
    address_list_clear(out);
    if (value != NULL && !address_parse(value, WP_ROLE_TO, out))
        return out_of_memory(what);
    return out->count > 0;
}

/* From, or without an address in it Sender. */
static bool take_from(const header *headers, mail *out, verdict *what)
{
    if (take_sender(headers, HEADER_FROM, &out->from, what))
        return true;
    return what->outcome != OUTCOME_SKIPPED &&
           take_sender(headers, HEADER_SENDER, &out->from, what);
}

static bool set_sender(const header *headers, mail *out, verdict *what)
{
    const char *from = headers->values[HEADER_FROM];
    if (!take_from(headers, out, what))
        return what->outcome == OUTCOME_SKIPPED
                   ? false
                   : verdict_skip(what, REASON_NO_SENDER, "From is '%.80s', expected an address",
                                  from == NULL ? "" : from);
    if (!mail_is_list_address(headers, out->from.items[0].email))
        return true;
    if (take_sender(headers, HEADER_ORIGINAL_FROM, &out->from, what) &&
        !mail_is_list_address(headers, out->from.items[0].email))
        return true;
    if (what->outcome == OUTCOME_SKIPPED)
        return false;
    if (take_sender(headers, HEADER_REPLY_TO, &out->from, what) && out->from.count == 1 &&
        !mail_is_list_address(headers, out->from.items[0].email))
        return true;
    if (what->outcome == OUTCOME_SKIPPED)
        return false;
    return verdict_skip(what, REASON_LIST_SENDER, "From is the list's own address");
}

/* Recipients but for the list itself; each address stays in the list once a role at most. */
static bool set_recipients(const header *headers, mail *out, verdict *what)
{
    static const struct {
        header_id id;
        wp_role role;
    } sources[] = {{HEADER_TO, WP_ROLE_TO}, {HEADER_CC, WP_ROLE_CC}, {HEADER_BCC, WP_ROLE_BCC}};
    address_list *to = &out->to;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        const char *value = headers->values[sources[i].id];
        if (value != NULL && !address_parse(value, sources[i].role, to))
            return out_of_memory(what);
    }
    if (to->is_full)
        return verdict_skip(what, REASON_MANY_RECIPIENTS, "expected at most %zu recipients",
                            ADDRESSES_MAX);
    size_t kept = 0;
    for (size_t i = 0; i < to->count; i++) {
        if (!mail_is_list_address(headers, to->items[i].email)) {
            to->items[kept++] = to->items[i];
            continue;
        }
        free(to->items[i].email);
        free(to->items[i].name);
    }
    to->count = kept;
    return true;
}

/* The first "<...>" of a text without blanks, with its brackets; false: there is none. */
static bool take_id(const char *text, const char **start, size_t *length)
{
    for (const char *open = strchr(text, '<'); open != NULL; open = strchr(open + 1, '<')) {
        size_t inside = strcspn(open + 1, "> \t<");
        if (open[1 + inside] != '>' || inside == 0)
            continue;
        *start = open;
        *length = inside + 2;
        return true;
    }
    return false;
}

static void set_hash(char out[MAIL_SOURCE_BYTES], const void *data, size_t bytes)
{
    XXH128_hash_t hash = XXH3_128bits(data, bytes);
    snprintf(out, MAIL_SOURCE_BYTES, "xxh:%016" PRIx64 "%016" PRIx64, (uint64_t)hash.high64,
             (uint64_t)hash.low64);
}

/* An id as a source; one that is too long becomes its hash, the same wherever it is named. */
static void set_id(char out[MAIL_SOURCE_BYTES], const char *id, size_t length)
{
    if (length < MAIL_SOURCE_BYTES)
        snprintf(out, MAIL_SOURCE_BYTES, "%.*s", (int)length, id);
    else
        set_hash(out, id, length);
}

/* A message without an id is known by what identifies it to people. */
static bool set_hashed_source(const header *headers, mail *out)
{
    static const header_id parts[] = {HEADER_FROM, HEADER_TO, HEADER_CC, HEADER_DATE,
                                      HEADER_SUBJECT};
    XXH3_state_t *state = XXH3_createState();
    if (state == NULL)
        return false;
    bool is_done = XXH3_128bits_reset(state) == XXH_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && is_done; i++) {
        const char *value = headers->values[parts[i]] == NULL ? "" : headers->values[parts[i]];
        is_done = XXH3_128bits_update(state, value, strlen(value) + 1) == XXH_OK;
    }
    is_done = is_done && XXH3_128bits_update(state, &out->time_s, sizeof out->time_s) == XXH_OK;
    XXH128_hash_t hash = XXH3_128bits_digest(state);
    XXH3_freeState(state);
    snprintf(out->source, sizeof out->source, "xxh:%016" PRIx64 "%016" PRIx64,
             (uint64_t)hash.high64, (uint64_t)hash.low64);
    return is_done;
}

static bool set_source(const header *headers, mail *out, verdict *what)
{
    const char *text = headers->values[HEADER_MESSAGE_ID], *start = NULL;
    size_t length = 0;
    if (text != NULL && take_id(text, &start, &length)) {
        set_id(out->source, start, length);
        return true;
    }
    length = text == NULL ? 0 : strcspn(text, " ");
    if (length > 0 && length + 2 < MAIL_SOURCE_BYTES && text[0] != '<') {
        snprintf(out->source, sizeof out->source, "<%.*s>", (int)length, text);
        return true;
    }
    return set_hashed_source(headers, out) || out_of_memory(what);
}

static void set_reply(const header *headers, mail *out)
{
    const char *direct = headers->values[HEADER_IN_REPLY_TO], *start = NULL;
    const char *thread = headers->values[HEADER_REFERENCES];
    size_t length = 0;
    out->reply_to[0] = '\0';
    if (direct != NULL && take_id(direct, &start, &length)) {
        set_id(out->reply_to, start, length);
    } else if (thread != NULL) {
        /* The last one: the message answered; those before it are its ancestors. */
        while (take_id(thread, &start, &length)) {
            set_id(out->reply_to, start, length);
            thread = start + length;
        }
    }
    if (strcmp(out->reply_to, out->source) == 0)
        out->reply_to[0] = '\0';
}

static bool add_owner(const char *owner, mail *out, verdict *what)
{
    if (owner != NULL && strcasecmp(owner, out->from.items[0].email) != 0)
        return address_parse(owner, WP_ROLE_BCC, &out->to) || out_of_memory(what);
    return verdict_skip(what, REASON_NO_RECIPIENTS, "expected an address in To, Cc or Bcc");
}

/* What lists and machines make of it. */
static bool set_flags(const header *headers, const char *owner, bool has_lists, mail *out,
                      verdict *what)
{
    const char *sender = out->from.items[0].email;
    bool is_list = mail_is_list(headers);
    out->flags = mail_is_automatic(headers, sender) ? WP_INTERACTION_AUTOMATIC : 0;
    if (is_list && has_lists) {
        out->flags = WP_INTERACTION_LIST;
        if (mail_is_machine(headers, sender))
            out->flags |= WP_INTERACTION_AUTOMATIC;
        return true;
    }
    if (out->to.count > 0)
        return true;
    if (is_list)
        return verdict_skip(what, REASON_LIST_POST, "a post with no recipient but the list");
    return add_owner(owner, out, what);
}

bool mail_read(const mail_block *block, const char *owner, bool has_lists, mail *out, verdict *what)
{
    header headers;
    address_list_clear(&out->from);
    address_list_clear(&out->to);
    if (block->is_long)
        return verdict_skip(what, REASON_LONG_HEADER, "header of more than %zu bytes",
                            MAIL_HEADER_BYTES_MAX);
    if (block->text == NULL)
        return verdict_skip(what, REASON_NO_HEADER, "no header lines, expected From and Date");
    bool is_kept = header_read(block->text, &headers) || out_of_memory(what);
    is_kept = is_kept && check_gmail(&headers, what) && check_status(&headers, what) &&
              set_sender(&headers, out, what) && set_time(&headers, block, out, what) &&
              set_source(&headers, out, what) && set_recipients(&headers, out, what) &&
              set_flags(&headers, owner, has_lists, out, what);
    if (is_kept)
        set_reply(&headers, out);
    header_free(&headers);
    return is_kept;
}

void mail_free(mail *self)
{
    address_list_free(&self->from);
    address_list_free(&self->to);
}
