/*
 * Values of JSON objects: strings, days, references, with errors that name the key, what was seen
 * and what was expected.
 *
 * The bounds are those of the database, checked here because here the key is known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/address.h"
#include "import/charset.h"
#include "import/jsonl.h"
#include "import/slug.h"
#include "warmpath/date.h"

#define ID_BYTES_MAX ((size_t)512)
#define DOMAIN_BYTES_MAX ((size_t)253)

const char *jsonl_show(const json_t *value, char out[JSONL_SHOWN_BYTES])
{
    char *text = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    snprintf(out, JSONL_SHOWN_BYTES, "%s", text == NULL ? "absent" : text);
    free(text);
    return out;
}

static bool refuse(const json_t *value, const char *key, const char *expected, verdict *what)
{
    char shown[JSONL_SHOWN_BYTES];
    return verdict_skip(what, REASON_BAD_VALUE, "%s is %s, expected %s", key,
                        jsonl_show(value, shown), expected);
}

static bool is_text(const json_t *value, size_t bytes_max)
{
    size_t length = json_string_length(value);
    return json_is_string(value) && length > 0 && length <= bytes_max &&
           charset_is_clean(json_string_value(value), length);
}

bool jsonl_text(const json_t *object, const char *key, size_t bytes_max, const char **out,
                verdict *what)
{
    const json_t *value = json_object_get(object, key);
    char expected[80];
    *out = NULL;
    if (value == NULL || json_is_null(value))
        return true;
    *out = json_string_value(value);
    if (is_text(value, bytes_max))
        return true;
    snprintf(expected, sizeof expected, "text of 1..%zu bytes without control characters",
             bytes_max);
    return refuse(value, key, expected, what);
}

bool jsonl_bool(const json_t *object, const char *key, bool *out, verdict *what)
{
    const json_t *value = json_object_get(object, key);
    *out = json_is_true(value);
    if (value == NULL || json_is_null(value) || json_is_boolean(value))
        return true;
    return refuse(value, key, "true or false", what);
}

bool jsonl_day(const json_t *object, const char *key, int32_t *out, verdict *what)
{
    const json_t *value = json_object_get(object, key);
    *out = WP_DAY_NONE;
    if (value == NULL || json_is_null(value))
        return true;
    if (json_is_string(value) && date_parse_day(json_string_value(value), out))
        return true;
    return refuse(value, key, "YYYY-MM-DD", what);
}

static bool refuse_text(const char *text, const char *key, const char *expected, verdict *what)
{
    return verdict_skip(what, REASON_BAD_VALUE, "%s is '%.60s', expected %s", key,
                        text == NULL ? "" : text, expected);
}

static bool is_id(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= ID_BYTES_MAX;
}

static bool is_identity(wp_identity_kind kind, const char *text)
{
    if (kind == WP_IDENTITY_EMAIL)
        return address_is_usable(text);
    if (kind == WP_IDENTITY_DOMAIN)
        return address_is_domain(text);
    /* The address of a company's page, say, would make one person of all who name it. */
    return kind != WP_IDENTITY_LINKEDIN || strchr(text, '/') == NULL;
}

/* Put the slug of a profile in the place of its address, in the value itself, which holds the text
 * as long as the row is read; behind a prefix of so many bytes. */
static bool shorten_profile(json_t *value, size_t prefix, verdict *what)
{
    char slug[SLUG_BYTES];
    const char *text = json_string_value(value);
    if (text == NULL || !slug_of(text + prefix, slug))
        return true;
    char *whole = malloc(prefix + strlen(slug) + 1);
    bool is_done = whole != NULL;
    if (is_done) {
        memcpy(whole, text, prefix);
        memcpy(whole + prefix, slug, strlen(slug) + 1);
        is_done = json_string_set(value, whole) == 0;
    }
    free(whole);
    return is_done || verdict_skip(what, REASON_NONE, "memory is exhausted");
}

bool jsonl_person_ref(json_t *value, const char *key, wp_identity *out, verdict *what)
{
    static const char expected[] = "an address, id:TEXT or linkedin:SLUG", profile[] = "linkedin:";
    const char *text = json_string_value(value);
    if (text != NULL && strncmp(text, profile, strlen(profile)) == 0) {
        if (!shorten_profile(value, strlen(profile), what))
            return false;
        text = json_string_value(value);
    }
    if (text == NULL || !charset_is_clean(text, strlen(text)))
        return refuse_text(text, key, expected, what);
    if (strncmp(text, "id:", 3) == 0)
        *out = (wp_identity){WP_IDENTITY_ID, text + 3};
    else if (strncmp(text, "linkedin:", 9) == 0)
        *out = (wp_identity){WP_IDENTITY_LINKEDIN, text + 9};
    else
        *out = (wp_identity){WP_IDENTITY_EMAIL, text};
    bool is_good = is_id(out->text) && is_identity(out->kind, out->text);
    return is_good || refuse_text(text, key, expected, what);
}

bool jsonl_company_ref(const char *text, const char *key, wp_identity *out, verdict *what)
{
    /* What looks like a domain and is none is no name either, but a slip. */
    bool is_domain = strchr(text, '.') != NULL && strpbrk(text, " \t<>,;\"@/:") == NULL &&
                     strlen(text) <= DOMAIN_BYTES_MAX;
    if (strncmp(text, "id:", 3) == 0)
        *out = (wp_identity){WP_IDENTITY_COMPANY_ID, text + 3};
    else if (strncmp(text, "name:", 5) == 0)
        *out = (wp_identity){WP_IDENTITY_COMPANY_NAME, text + 5};
    else
        *out = (wp_identity){is_domain ? WP_IDENTITY_DOMAIN : WP_IDENTITY_COMPANY_NAME, text};
    return (is_id(out->text) && (out->kind != WP_IDENTITY_DOMAIN || address_is_domain(text))) ||
           refuse_text(text, key, "a domain, id:TEXT, name:TEXT or a name", what);
}

static bool add_identity(json_t *value, const char *key, wp_identity_kind kind, fact *out,
                         verdict *what)
{
    if (kind == WP_IDENTITY_LINKEDIN && !shorten_profile(value, 0, what))
        return false;
    const char *text = json_string_value(value);
    if (!is_text(value, ID_BYTES_MAX) || !is_identity(kind, text))
        return refuse(value, key,
                      kind == WP_IDENTITY_EMAIL    ? "an address"
                      : kind == WP_IDENTITY_DOMAIN ? "a domain"
                      : kind == WP_IDENTITY_LINKEDIN
                          ? "a slug or the address of a profile, linkedin.com/in/SLUG"
                          : "text of 1..512 bytes",
                      what);
    if (out->identity_count == FACT_IDENTITIES_MAX)
        return verdict_skip(what, REASON_BAD_VALUE, "%s: expected at most %d in all", key,
                            FACT_IDENTITIES_MAX);
    out->identities[out->identity_count++] = (wp_identity){kind, text};
    return true;
}

bool jsonl_identities(const json_t *object, const char *key, wp_identity_kind kind, fact *out,
                      verdict *what)
{
    json_t *value = json_object_get(object, key);
    if (value == NULL || json_is_null(value))
        return true;
    if (!json_is_array(value))
        return add_identity(value, key, kind, out, what);
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!add_identity(json_array_get(value, i), key, kind, out, what))
            return false;
    return true;
}

/* The names of members, in order. */
/* clang-format off */
static const char *const keys[] = {
    "aliases", "amount", "attendee", "automatic", "barrier", "bcc", "both", "cancelled", "cc",
    "closed", "company", "contact", "cost", "count", "created", "currency", "declined",
    "default_contact", "default_introductions", "default_sharing", "domain", "domains", "email",
    "emails", "first", "format", "from", "group", "groups", "hash", "id", "ids",
    "introductions", "key", "kind", "linkedin", "linkedins", "list", "lost", "mutual_sharing",
    "name", "names", "no_company", "occurrence", "opportunity", "other_company", "other_group",
    "other_person", "owner", "p", "parent", "people", "person", "primary", "private",
    "reply_to", "revision", "role", "series_revision", "sharing", "since", "source", "sources",
    "stage", "state", "sums", "sums_back", "tentative", "time", "title", "to", "type",
    "unanswered", "us", "valence", "whole", "won", "worked_together_max",
};
/* clang-format on */

static int compare_key(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

bool jsonl_is_key(const char *key)
{
    return bsearch(key, keys, sizeof keys / sizeof *keys, sizeof *keys, compare_key) != NULL;
}
