/*
 * Names in rows of address books.
 *
 * A name in columns of its own loses what stands behind a comma, since "Lee, MBA" is no family
 * name; a whole name is turned round at its comma unless a degree stands behind it. "Name" beside a
 * column of given names alone is a whole name when it holds that, else the family name
 * ("Name;Vorname").
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/address.h"
#include "import/contact.h"

#define NAME_TEXT_BYTES 1024
#define PART_BYTES 300 /* of which there is room for all three */

/* Whether what stands behind the comma of "Ann Lee, MBA" is a degree or the like rather than the
 * given name of "Lee, Ann": mostly capitals, unless the family name alone is written so too. */
static bool has_degree(const char *name, const char *comma)
{
    const char *at = comma + 1 + strspn(comma + 1, " ");
    size_t length = strcspn(at, " ,"), letters = 0, capitals = 0;
    bool is_shouted = true;
    for (const char *c = name; c < comma; c++)
        is_shouted = is_shouted && !islower((unsigned char)*c) && *c != ' ';
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)at[i];
        letters += isalpha(c) || c >= 0x80 ? 1 : 0;
        capitals += isupper(c) ? 1 : 0;
    }
    bool is_generation = strncasecmp(at, "Jr", 2) == 0 || strncasecmp(at, "Sr", 2) == 0;
    return (is_generation && letters == 2) ||
           (letters >= 2 && 2 * capitals > letters && !is_shouted);
}

/* How much of a name there is in front of the degrees at its end. */
static size_t without_degrees(const char *name)
{
    size_t length = strlen(name);
    const char *comma;
    while ((comma = memrchr(name, ',', length)) != NULL && has_degree(name, comma))
        length = (size_t)(comma - name);
    return length;
}

/* A whole name, without degrees and with the given name first. */
static const char *straighten(table *at, const char *whole)
{
    char text[NAME_TEXT_BYTES];
    const char *comma = strchr(whole, ',');
    if (comma == NULL)
        return table_keep_name(at, whole);
    bool is_cut = has_degree(whole, comma);
    size_t length = is_cut ? (size_t)(comma - whole) : without_degrees(whole);
    snprintf(text, sizeof text, "%.*s", length < sizeof text ? (int)length : NAME_TEXT_BYTES - 1,
             whole);
    char *turned = NULL;
    if (!is_cut && !address_clean_name(text, &turned))
        at->has_no_memory = true;
    const char *kept = turned != NULL ? table_keep(at, turned) : table_keep_name(at, text);
    free(turned);
    return kept;
}

static bool is_family_name(const contact *from)
{
    const char *given = from->parts[0];
    bool has_given = given != NULL && *given != '\0';
    return has_given && !from->has_family_names && strcasestr(from->whole, given) == NULL;
}

const char *contact_name(table *at, const contact *from)
{
    char text[NAME_TEXT_BYTES];
    size_t used = 0;
    bool has_whole = from->whole != NULL && *from->whole != '\0';
    bool is_family = has_whole && is_family_name(from);
    if (has_whole && !is_family)
        return straighten(at, from->whole);
    for (size_t i = 0; i < CONTACT_NAME_PARTS; i++) {
        bool is_last = i == CONTACT_NAME_PARTS - 1;
        const char *given = is_last && is_family ? from->whole : from->parts[i];
        const char *part = given == NULL ? "" : given;
        const char *comma = strchr(part, ',');
        size_t length = comma == NULL ? strlen(part) : (size_t)(comma - part);
        if (length == 0 || length >= PART_BYTES)
            continue;
        if (used > 0)
            text[used++] = ' ';
        memcpy(text + used, part, length);
        used += length;
    }
    text[used] = '\0';
    return table_keep_name(at, text);
}
