/*
 * Maildirs: what names say. Maildir++ writes folders of folders as ".Work.Drafts", of which the
 * last part decides; others have a directory for each folder, "Work/Drafts". Both write what is not
 * ASCII in the UTF-7 of IMAP (RFC 3501, 5.1.3), "Entw&APw-rfe", or as it is.
 */
#include "import/maildir.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "import/mail.h"

bool maildir_is(const char *path)
{
    static const char *const parts[] = {"cur", "new", "tmp"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char inner[4096];
        struct stat facts;
        int length = snprintf(inner, sizeof inner, "%s/%s", path, parts[i]);
        if (length >= (int)sizeof inner || stat(inner, &facts) != 0 || !S_ISDIR(facts.st_mode))
            return false;
    }
    return true;
}

static const char *last_part(const char *path, char separator)
{
    const char *last = strrchr(path, separator);
    return last == NULL ? path : last + 1;
}

/* The flags behind the last ":2,"; file systems without colons have other marks in its place. */
static const char *flags_of(const char *name)
{
    const char *comma = strrchr(name, ',');
    bool has_flags =
        comma != NULL && comma - name >= 2 && comma[-1] == '2' && strchr(":;!", comma[-2]) != NULL;
    return has_flags ? comma + 1 : "";
}

/* Add what stands between & and - in the UTF-7 of IMAP: UTF-16 in base64 with commas. */
static void add_code(const char *code, size_t length, GString *out)
{
    gsize bytes = 0;
    GString *padded = g_string_new_len(code, (gssize)length);
    g_strdelimit(padded->str, ",", '/');
    while (padded->len % 4 != 0)
        g_string_append_c(padded, '=');
    guchar *wide = g_base64_decode(padded->str, &bytes);
    gchar *text = g_convert((const gchar *)wide, (gssize)(bytes & ~(gsize)1), "UTF-8", "UTF-16BE",
                            NULL, NULL, NULL);
    g_string_append(out, text == NULL ? "" : text);
    g_free(text);
    g_free(wide);
    g_string_free(padded, TRUE);
}

/* The label that the name of a folder stands for; yours, g_free(). */
static char *label_of(const char *name)
{
    GString *label = g_string_new(NULL);
    for (const char *at = name; *at != '\0';) {
        const char *end = *at == '&' ? strchr(at, '-') : NULL;
        if (end == NULL)
            g_string_append_c(label, *at++);
        else if (end == at + 1)
            g_string_append_c(label, '&');
        else
            add_code(at + 1, (size_t)(end - at - 1), label);
        at = end == NULL ? at : end + 1;
    }
    return g_string_free(label, FALSE);
}

reason_id maildir_reason(const char *folder, const char *path)
{
    const char *flags = flags_of(last_part(path, '/'));
    const char *directory = last_part(folder, '/');
    char *label = label_of(directory[0] == '.' ? last_part(directory, '.') : directory);
    reason_id reason = mail_label_reason(label, strlen(label));
    g_free(label);
    if (reason != REASON_NONE)
        return reason;
    if (strchr(flags, 'T') != NULL)
        return REASON_TRASH;
    return strchr(flags, 'D') != NULL ? REASON_DRAFT : REASON_NONE;
}
