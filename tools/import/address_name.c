/*
 * Names beside addresses, made uniform: what is stored as a spelling of somebody's name.
 *
 * Turning "Last, First" round is a guess that is right for people and wrong for companies and
 * titles behind a comma, so it is made only for one comma with plain words on both sides, none of
 * which says that it is one of those.
 */
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/address.h"
#include "import/charset.h"
#include "import/encoded.h"

static void strip_quotes(char *name)
{
    size_t length = strlen(name);
    while (length >= 2 && (name[0] == '\'' || name[0] == '"') && name[length - 1] == name[0]) {
        length -= 2;
        memmove(name, name + 1, length);
        name[length] = '\0';
    }
}

/* Words that follow a comma without being a first name. */
static bool is_suffix(const char *word, size_t length)
{
    static const char *const suffixes[] = {"inc", "llc", "ltd", "gmbh", "corp", "co",  "ag",  "sa",
                                           "plc", "bv",  "jr",  "sr",   "ii",   "iii", "iv",  "phd",
                                           "md",  "mba", "esq", "cpa",  "dds",  "jd",  "pmp", "rn"};
    char plain[8];
    size_t used = 0;
    for (size_t i = 0; i < length; i++)
        if (word[i] != '.') {
            if (used + 1 >= sizeof plain)
                return false;
            plain[used++] = word[i];
        }
    plain[used] = '\0';
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (strcasecmp(plain, suffixes[i]) == 0)
            return true;
    return false;
}

static bool is_given_name(const char *text)
{
    size_t words = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        if (length == 0 || is_suffix(text, length) || ++words > 3)
            return false;
        text += length;
        text += strspn(text, " ");
    }
    return words > 0;
}

/* "Last, First" as "First Last", in place of the name; another name stays. False: memory. */
static bool turn_round(char **at)
{
    const char *name = *at;
    const char *comma = strchr(name, ',');
    if (comma == NULL || comma == name || strchr(comma + 1, ',') != NULL ||
        strpbrk(name, "0123456789(){}[]/&|") != NULL)
        return true;
    const char *first = comma + 1 + strspn(comma + 1, " ");
    size_t last = (size_t)(comma - name);
    if (!is_given_name(first) || memchr(name, '.', last) != NULL)
        return true;
    size_t bytes = strlen(first) + last + 2;
    char *turned = malloc(bytes);
    if (turned == NULL)
        return false;
    snprintf(turned, bytes, "%s %.*s", first, (int)last, name);
    free(*at);
    *at = turned;
    return true;
}

static bool has_letter(const char *name)
{
    for (; *name != '\0'; name++)
        if (g_ascii_isalpha(*name) || (unsigned char)*name >= 0x80)
            return true;
    return false;
}

/* Decode the encoded words of a name. Between quotes their blanks have another form (address.c). */
static char *decode(const char *raw)
{
    char *plain = g_strdup(raw);
    for (char *at = plain; *at != '\0'; at++)
        *at = (unsigned char)*at < 0x20 ? ' ' : *at;
    char *decoded = encoded_decode(plain);
    g_free(plain);
    return decoded;
}

bool address_clean_name(const char *raw, char **out)
{
    *out = NULL;
    char *decoded = strstr(raw, "=?") == NULL ? NULL : decode(raw);
    const char *text = decoded == NULL ? raw : decoded;
    char *repaired = charset_repair(text, strlen(text));
    g_free(decoded);
    bool is_done = repaired != NULL && charset_tidy_name(repaired, out);
    free(repaired);
    if (!is_done || *out == NULL)
        return is_done;
    strip_quotes(*out);
    bool is_name = strchr(*out, '@') == NULL && has_letter(*out);
    is_done = !is_name || turn_round(out);
    if (is_name && is_done)
        return true;
    free(*out);
    *out = NULL;
    return is_done;
}
