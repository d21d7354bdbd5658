/*
 * Whether a message was written by a list or a machine.
 *
 * Archives that hide their members' addresses put the list's own in From; the list is then known
 * by the tag in the subject, "[Twisted-web]", whose word is the local part of its address.
 */
#include "import/mail_list.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool has(const header *headers, header_id id)
{
    return headers->values[id] != NULL;
}

static bool begins_with(const char *text, const char *word)
{
    return strncasecmp(text, word, strlen(word)) == 0;
}

/* A post in an archive that keeps only sender, date, subject and thread (Pipermail, LISTSERV). */
static bool is_archived(const header *headers)
{
    return !has(headers, HEADER_TO) && !has(headers, HEADER_CC) && !has(headers, HEADER_BCC) &&
           !has(headers, HEADER_RECEIVED) && !has(headers, HEADER_RETURN_PATH) &&
           !has(headers, HEADER_DELIVERED_TO) && !has(headers, HEADER_GMAIL_LABELS) &&
           (headers->count <= 8 || has(headers, HEADER_ARCHIVED_AT));
}

bool mail_is_list(const header *headers)
{
    const char *precedence = headers->values[HEADER_PRECEDENCE];
    return has(headers, HEADER_LIST_ID) || has(headers, HEADER_LIST_POST) ||
           has(headers, HEADER_MAILING_LIST) || has(headers, HEADER_BEEN_THERE) ||
           (precedence != NULL && begins_with(precedence, "list")) || is_archived(headers);
}

/* Whether `value` names an address as a whole, bounded by what cannot be part of one. */
static bool names_address(const char *value, const char *email)
{
    static const char inside[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 ".-_+=@";
    size_t length = strlen(email);
    if (value == NULL || length == 0)
        return false;
    for (const char *at = value; (at = strcasestr(at, email)) != NULL; at++) {
        bool is_start = at == value || strchr(inside, at[-1]) == NULL;
        bool is_end = at[length] == '\0' || strchr(inside, at[length]) == NULL;
        if (is_start && is_end)
            return true;
    }
    return false;
}

/* "Name <dev.acme.org>" is the list dev@acme.org. */
static bool is_list_id(const char *value, const char *email)
{
    const char *open = value == NULL ? NULL : strrchr(value, '<');
    const char *at = strchr(email, '@');
    if (open == NULL || at == NULL)
        return false;
    size_t local = (size_t)(at - email), rest = strlen(at + 1);
    const char *id = open + 1;
    return strncasecmp(id, email, local) == 0 && (id[local] == '.' || id[local] == '@') &&
           strncasecmp(id + local + 1, at + 1, rest) == 0 && id[local + 1 + rest] == '>';
}

static bool is_tagged(const char *subject, const char *email)
{
    const char *open = subject == NULL ? NULL : strchr(subject, '[');
    const char *at = strchr(email, '@');
    if (open == NULL || at == NULL)
        return false;
    size_t local = (size_t)(at - email);
    return strncasecmp(open + 1, email, local) == 0 && open[1 + local] == ']';
}

bool mail_is_list_address(const header *headers, const char *email)
{
    return names_address(headers->values[HEADER_LIST_POST], email) ||
           names_address(headers->values[HEADER_BEEN_THERE], email) ||
           names_address(headers->values[HEADER_MAILING_LIST], email) ||
           is_list_id(headers->values[HEADER_LIST_ID], email) ||
           (is_archived(headers) && is_tagged(headers->values[HEADER_SUBJECT], email));
}

/* Local parts whose owner wants no reply or is a program. */
static bool is_robot(const char *email)
{
    static const char *const words[] = {"noreply",      "no-reply",     "no_reply",
                                        "donotreply",   "do-not-reply", "do_not_reply",
                                        "mailer-daemon"};
    static const char *const starts[] = {"bounce", "listserv@", "majordomo@", "notifications@"};
    char local[65];
    size_t length = strcspn(email, "@");
    if (length >= sizeof local)
        return false;
    memcpy(local, email, length);
    local[length] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasestr(local, words[i]) != NULL)
            return true;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (begins_with(email, starts[i]))
            return true;
    return false;
}

bool mail_is_machine(const header *headers, const char *sender)
{
    const char *submitted = headers->values[HEADER_AUTO_SUBMITTED];
    const char *path = headers->values[HEADER_RETURN_PATH];
    const char *type = headers->values[HEADER_CONTENT_TYPE];
    /* Reports are of delivery or of reading; programs send them, whoever is in From. */
    return (type != NULL && begins_with(type, "multipart/report")) ||
           (submitted != NULL && *submitted != '\0' && !begins_with(submitted, "no")) ||
           (path != NULL && strcmp(path, "<>") == 0) || has(headers, HEADER_AUTO_REPLY) ||
           has(headers, HEADER_RESPONSE_SUPPRESS) || is_robot(sender);
}

bool mail_is_automatic(const header *headers, const char *sender)
{
    const char *precedence = headers->values[HEADER_PRECEDENCE];
    bool is_bulk =
        precedence != NULL && (begins_with(precedence, "bulk") || begins_with(precedence, "list") ||
                               begins_with(precedence, "junk") || begins_with(precedence, "auto"));
    return is_bulk || has(headers, HEADER_LIST_ID) || has(headers, HEADER_LIST_UNSUBSCRIBE) ||
           mail_is_list(headers) || mail_is_machine(headers, sender);
}
