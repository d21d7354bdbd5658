/*
 * Maildirs: what names say. Maildir++ writes folders of folders as ".Work.Drafts", of which the
 * last part decides.
 */
#include "import/maildir.h"

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

reason_id maildir_reason(const char *folder, const char *path)
{
    const char *flags = flags_of(last_part(path, '/'));
    const char *directory = last_part(folder, '/');
    const char *label = last_part(directory, '.');
    reason_id reason = directory[0] == '.' ? mail_label_reason(label, strlen(label)) : REASON_NONE;
    if (reason != REASON_NONE)
        return reason;
    if (strchr(flags, 'T') != NULL)
        return REASON_TRASH;
    return strchr(flags, 'D') != NULL ? REASON_DRAFT : REASON_NONE;
}
