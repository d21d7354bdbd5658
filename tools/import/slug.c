/*
 * Profiles at LinkedIn. Old addresses (/pub/ann-lee/1/2/3) name no lasting slug and are none.
 */
#include "import/slug.h"

#include <ctype.h>
#include <string.h>

#include "import/charset.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What stands behind the path of a profile, which nearly always begins the text or follows
 * "https://www."; NULL: there is none. */
static const char *find_profile(const char *text)
{
    static const char *const paths[] = {"linkedin.com/in/", "linkedin.com/mwlite/in/",
                                        "linkedin.com/mwlite/profile/in/"};
    const char *at = text;
    at += strncmp(at, "https://", 8) == 0 ? 8 : 0;
    at += strncmp(at, "www.", 4) == 0 ? 4 : 0;
    if (strncasecmp(at, paths[0], strlen(paths[0])) == 0)
        return at + strlen(paths[0]);
    at = NULL;
    for (size_t i = 0; i < sizeof paths / sizeof *paths && at == NULL; i++) {
        at = strcasestr(text, paths[i]);
        at = at == NULL ? NULL : at + strlen(paths[i]);
    }
    return at;
}

bool slug_of(const char *text, char out[SLUG_BYTES])
{
    const char *at = find_profile(text);
    size_t used = 0;
    if (at == NULL)
        return false;
    for (const char *end = at + strcspn(at, "/?# \t\r\n,;\"<>"); at < end; at++) {
        int high = *at == '%' ? hex_digit(at[1]) : -1;
        int low = high >= 0 ? hex_digit(at[2]) : -1;
        if (used + 1 == SLUG_BYTES)
            return false;
        out[used++] = low >= 0 ? (char)(high * 16 + low) : *at;
        at += low >= 0 ? 2 : 0;
    }
    out[used] = '\0';
    if (!charset_is_clean(out, used))
        return false;
    used = charset_squeeze(out);
    for (char *c = out; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return used > 0 && strchr(out, '/') == NULL;
}
