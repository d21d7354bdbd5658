/*
 * Identities: normalisation and the hash table on disk (open addressing by a probe byte).
 *
 * Nothing is ever deleted from a probe sequence in this release, so a missing probe ends it.
 */
#include "graph/identity.h"

#include <string.h>
#include <xxhash.h>

#include "base/text.h"

static bool is_email(const char *text)
{
    const char *at = strchr(text, '@');
    return at != NULL && at != text && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
           strpbrk(text, " \t<>,;\"") == NULL && strlen(text) <= 320;
}

static bool is_domain(const char *text)
{
    return strpbrk(text, " \t<>,;\"@/:") == NULL && strlen(text) <= 253;
}

bool wpi_identity_is_person(wp_identity_kind kind)
{
    return kind == WP_IDENTITY_EMAIL || kind == WP_IDENTITY_ID || kind == WP_IDENTITY_LINKEDIN;
}

static wp_status refuse(wp_error *err, const char *what)
{
    return wpi_error_set(err, WP_EINVAL, "identity is not %s", what);
}

wp_status wpi_identity_normalise(const wp_identity *given, wpi_identity *out, wp_error *err)
{
    size_t length = given->text == NULL ? 0 : strlen(given->text);
    if (length == 0 || length > 512)
        return wpi_error_set(err, WP_EINVAL, "identity has %zu bytes, expected 1..512", length);
    if (!wpi_text_is_valid(given->text, length))
        return refuse(err, "valid UTF-8 without control characters");
    out->kind = given->kind;
    switch (given->kind) {
    case WP_IDENTITY_EMAIL:
    case WP_IDENTITY_DOMAIN:
    case WP_IDENTITY_LINKEDIN:
        wpi_text_lower_ascii(given->text, out->text, sizeof out->text);
        break;
    case WP_IDENTITY_ID:
    case WP_IDENTITY_COMPANY_ID:
        memcpy(out->text, given->text, length + 1);
        break;
    case WP_IDENTITY_COMPANY_NAME:
        if (wpi_text_fold(given->text, out->text, sizeof out->text) == 0)
            return refuse(err, "a name with a letter or digit in it");
        break;
    default:
        return refuse(err, "of a known kind");
    }
    if (given->kind == WP_IDENTITY_DOMAIN && length > 1 && out->text[length - 1] == '.')
        out->text[length - 1] = '\0';
    if (given->kind == WP_IDENTITY_EMAIL && !is_email(out->text))
        return refuse(err, "an address, expected one @ inside and no spaces");
    if (given->kind == WP_IDENTITY_DOMAIN && !is_domain(out->text))
        return refuse(err, "a domain");
    return WP_OK;
}

uint64_t wpi_identity_hash(const wpi_graph *graph, unsigned class, const char *text)
{
    return XXH3_64bits_withSeed(text, strlen(text), graph->seed + class);
}

/* The place of an identity: where it is (WP_OK, number) or where it would go (WP_ENOTFOUND). */
static wp_status locate(wpi_graph *graph, const wpi_identity *identity, wpi_key *key,
                        uint32_t *number, wp_error *err)
{
    uint64_t hash = wpi_identity_hash(graph, (unsigned)identity->kind, identity->text);
    for (unsigned probe = 0; probe < 256; probe++) {
        wpi_record_bytes value;
        wpi_identity_record record;
        *key = wpi_key_hash(hash, (uint8_t)probe);
        WPI_TRY(wpi_graph_get(graph, WPI_TABLE_IDENTITY, *key, &value, err));
        WPI_TRY(wpi_record_read_identity(value, &record, err));
        if (record.kind == identity->kind && strcmp(record.text, identity->text) == 0) {
            *number = record.number;
            return WP_OK;
        }
    }
    return wpi_error_set(err, WP_ECORRUPT, "identity table has 256 equal hashes");
}

wp_status wpi_identity_find(wpi_graph *graph, const wpi_identity *identity, uint32_t *number,
                            wp_error *err)
{
    wpi_key key;
    return locate(graph, identity, &key, number, err);
}

wp_status wpi_identity_find_holder(wpi_graph *graph, const wp_identity *given, size_t count,
                                   wpi_identity *out, uint32_t *holder, wp_error *err)
{
    *holder = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t found = 0;
        WPI_TRY(wpi_identity_normalise(&given[i], &out[i], err));
        wp_status status = wpi_identity_find(graph, &out[i], &found, err);
        if (status == WP_ENOTFOUND)
            continue;
        WPI_TRY(status);
        if (*holder != 0 && *holder != found)
            return wpi_error_set(err, WP_ECONFLICT, "identities belong to numbers %u and %u",
                                 *holder, found);
        *holder = found;
    }
    return WP_OK;
}

wp_status wpi_identity_add(wpi_graph *graph, const wpi_identity *identity, uint32_t number,
                           wp_error *err)
{
    wpi_key key;
    uint32_t holder = 0;
    wp_status status = locate(graph, identity, &key, &holder, err);
    if (status == WP_OK)
        return wpi_error_set(err, WP_ECONFLICT, "identity belongs to number %u already", holder);
    if (status != WP_ENOTFOUND)
        return status;
    wpi_identity_record record = {identity->kind, number, identity->text};
    wpi_record_write_identity(&graph->writer, &record);
    return wpi_graph_put(graph, WPI_TABLE_IDENTITY, key, err);
}
