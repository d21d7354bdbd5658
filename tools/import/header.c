/*
 * The headers of a message that matter.
 *
 * One pass over the block: a line feed that is followed by a blank is turned into a blank, which
 * unfolds the line; then the name is looked up and the value repaired and copied.
 */
#include "import/header.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/charset.h"

#define NAME(text, id)                                                                             \
    {                                                                                              \
        text, sizeof text - 1, id                                                                  \
    }

static const struct {
    const char *name;
    size_t length;
    header_id id;
} names[] = {
    NAME("From", HEADER_FROM),
    NAME("Sender", HEADER_SENDER),
    NAME("Reply-To", HEADER_REPLY_TO),
    NAME("X-Original-From", HEADER_ORIGINAL_FROM),
    NAME("To", HEADER_TO),
    NAME("Cc", HEADER_CC),
    NAME("Bcc", HEADER_BCC),
    NAME("Date", HEADER_DATE),
    NAME("Subject", HEADER_SUBJECT),
    NAME("Message-ID", HEADER_MESSAGE_ID),
    NAME("In-Reply-To", HEADER_IN_REPLY_TO),
    NAME("References", HEADER_REFERENCES),
    NAME("List-Id", HEADER_LIST_ID),
    NAME("List-Post", HEADER_LIST_POST),
    NAME("List-Unsubscribe", HEADER_LIST_UNSUBSCRIBE),
    NAME("Mailing-List", HEADER_MAILING_LIST),
    NAME("X-Mailing-List", HEADER_MAILING_LIST),
    NAME("X-BeenThere", HEADER_BEEN_THERE),
    NAME("Archived-At", HEADER_ARCHIVED_AT),
    NAME("Content-Type", HEADER_CONTENT_TYPE),
    NAME("Precedence", HEADER_PRECEDENCE),
    NAME("Auto-Submitted", HEADER_AUTO_SUBMITTED),
    NAME("X-Autoreply", HEADER_AUTO_REPLY),
    NAME("X-Autorespond", HEADER_AUTO_REPLY),
    NAME("X-Failed-Recipients", HEADER_AUTO_REPLY),
    NAME("X-Auto-Response-Suppress", HEADER_RESPONSE_SUPPRESS),
    NAME("Return-Path", HEADER_RETURN_PATH),
    NAME("Received", HEADER_RECEIVED),
    NAME("Delivered-To", HEADER_DELIVERED_TO),
    NAME("X-Gmail-Labels", HEADER_GMAIL_LABELS),
    NAME("X-Status", HEADER_STATUS),
    NAME("X-Mozilla-Status", HEADER_MOZILLA_STATUS),
};

static header_id find_name(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].length == length && strncasecmp(names[i].name, name, length) == 0)
            return names[i].id;
    return HEADER_COUNT;
}

static bool is_joined(header_id id)
{
    return id == HEADER_TO || id == HEADER_CC || id == HEADER_BCC;
}

static char *join(const char *first, const char *second)
{
    size_t bytes = strlen(first) + strlen(second) + 3;
    char *joined = malloc(bytes);
    if (joined == NULL)
        return NULL;
    size_t length = strlen(first);
    memcpy(joined, first, length);
    memcpy(joined + length, ", ", 2);
    memcpy(joined + length + 2, second, strlen(second) + 1);
    return joined;
}

static bool keep(header *out, header_id id, const char *value, size_t length)
{
    if (id == HEADER_COUNT || (out->values[id] != NULL && !is_joined(id)))
        return true;
    char *clean = charset_repair(value, length);
    if (clean == NULL)
        return false;
    if (out->values[id] != NULL) {
        char *joined = join(out->values[id], clean);
        free(clean);
        free(out->values[id]);
        out->values[id] = joined;
        return joined != NULL;
    }
    out->values[id] = clean;
    return true;
}

/* The end of the header that begins at `line`: its last line feed, those before it blanked. */
static char *unfold(char *line)
{
    char *feed = strchr(line, '\n');
    while (feed != NULL && (feed[1] == ' ' || feed[1] == '\t')) {
        *feed = ' ';
        feed = strchr(feed, '\n');
    }
    return feed;
}

bool header_read(char *block, header *out)
{
    *out = (header){0};
    bool is_done = true;
    for (char *at = block; is_done && at != NULL && *at != '\0';) {
        char *end = unfold(at);
        size_t length = end == NULL ? strlen(at) : (size_t)(end - at);
        char *colon = memchr(at, ':', length);
        if (colon != NULL) {
            size_t name = (size_t)(colon - at);
            while (name > 0 && (at[name - 1] == ' ' || at[name - 1] == '\t'))
                name--;
            char *value = colon + 1;
            size_t left = length - (size_t)(value - at);
            while (left > 0 && (*value == ' ' || *value == '\t')) {
                value++;
                left--;
            }
            while (left > 0 && (value[left - 1] == ' ' || value[left - 1] == '\t'))
                left--;
            out->count++;
            is_done = keep(out, find_name(at, name), value, left);
        }
        at = end == NULL ? NULL : end + 1;
    }
    return is_done;
}

void header_free(header *self)
{
    for (int i = 0; i < HEADER_COUNT; i++)
        free(self->values[i]);
    *self = (header){0};
}
