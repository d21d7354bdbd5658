/*
 * Whose list, archive or address book is read.
 *
 * Facts name the owner by the first address, because a profile alone would not meet the mail of the
 * same person; by the profile when no address is known.
 */
#include "import/owner.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

void owner_add_email(owner *self, const char *email, bool is_best)
{
    size_t at = 0;
    while (at < self->email_count && strcasecmp(self->emails[at], email) != 0)
        at++;
    if (strlen(email) >= OWNER_EMAIL_BYTES || (at == self->email_count && at == OWNER_EMAILS_MAX))
        return;
    if (at == self->email_count)
        snprintf(self->emails[self->email_count++], OWNER_EMAIL_BYTES, "%s", email);
    if (!is_best || at == 0)
        return;
    char best[OWNER_EMAIL_BYTES];
    memcpy(best, self->emails[at], sizeof best);
    memmove(self->emails[1], self->emails[0], at * sizeof self->emails[0]);
    memcpy(self->emails[0], best, sizeof best);
}

wp_identity owner_identity(const owner *self)
{
    if (self->email_count > 0)
        return (wp_identity){WP_IDENTITY_EMAIL, self->emails[0]};
    if (self->slug[0] != '\0')
        return (wp_identity){WP_IDENTITY_LINKEDIN, self->slug};
    return (wp_identity){0};
}

bool owner_is(const owner *self, const wp_identity *who)
{
    if (who->kind == WP_IDENTITY_LINKEDIN)
        return self->slug[0] != '\0' && strcasecmp(self->slug, who->text) == 0;
    for (size_t i = 0; i < self->email_count && who->kind == WP_IDENTITY_EMAIL; i++)
        if (strcasecmp(self->emails[i], who->text) == 0)
            return true;
    return false;
}

void owner_source(const char *one, const char *other, char out[OWNER_SOURCE_BYTES])
{
    static const char prefix[] = "linkedin:connection";
    bool is_ordered = strcasecmp(one, other) <= 0;
    const char *const parts[] = {prefix, is_ordered ? one : other, is_ordered ? other : one};
    size_t used = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (i > 0 && used + 1 < OWNER_SOURCE_BYTES)
            out[used++] = ':';
        for (const char *c = parts[i]; *c != '\0' && used + 1 < OWNER_SOURCE_BYTES; c++)
            out[used++] = *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c;
    }
    out[used] = '\0';
}
