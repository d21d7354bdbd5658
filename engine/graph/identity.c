/*
 * Identities: normalisation and the hash table on disk (open addressing by a probe byte).
 *
 * A missing probe ends a sequence, so what is removed is replaced by the last of its sequence.
 *
 * Keys are as good as random, so that writing a million of them one by one touches all of the table
 * for each. They are kept in the transaction, found through a hash map, and written sorted. Of
 * those that wait no two have the same hash: the rare second one has the first written before it.
 */
#include "graph/identity.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/punycode.h"
#include "base/sort.h"
#include "base/text.h"

/* So many, or texts of so many bytes, are written before the transaction ends. */
#define WAITING_MAX ((size_t)4 << 20)
#define TEXT_BYTES_MAX ((size_t)128 << 20)
#define EMAIL_BYTES_MAX 320
#define DOMAIN_BYTES_MAX 253

static bool is_email(const char *text)
{
    const char *at = strchr(text, '@');
    return at != NULL && at != text && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
           strpbrk(text, " \t<>,;\"") == NULL && strlen(text) <= EMAIL_BYTES_MAX;
}

static bool is_domain(const char *text)
{
    return strpbrk(text, " \t<>,;\"@/:") == NULL && strlen(text) <= DOMAIN_BYTES_MAX;
}

/* Quotes around a local part that needs none. */
static void drop_quotes(char *email)
{
    char *end = strstr(email, "\"@");
    if (email[0] != '"' || end == NULL || end == email)
        return;
    memmove(end, end + 1, strlen(end));
    memmove(email, email + 1, strlen(email));
}

/* A final dot says that a domain is whole, which it is. */
static void drop_final_dot(char *text)
{
    size_t length = strlen(text);
    if (length > 1 && text[length - 1] == '.' && text[length - 2] != '.')
        text[length - 1] = '\0';
}

/* A domain is one whether it is written in its own script or in ASCII. */
static void expand_domain(char *text, bool is_email)
{
    char *at = is_email ? strchr(text, '@') : NULL;
    char *domain = at == NULL ? text : at + 1;
    size_t room = EMAIL_BYTES_MAX - (size_t)(domain - text);
    if (domain - text < EMAIL_BYTES_MAX && (at != NULL || !is_email))
        wpi_punycode_expand(domain, room < DOMAIN_BYTES_MAX ? room : DOMAIN_BYTES_MAX);
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
        wpi_text_lower(given->text, out->text, sizeof out->text);
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
    if (given->kind == WP_IDENTITY_EMAIL)
        drop_quotes(out->text);
    if (given->kind == WP_IDENTITY_EMAIL || given->kind == WP_IDENTITY_DOMAIN) {
        expand_domain(out->text, given->kind == WP_IDENTITY_EMAIL);
        drop_final_dot(out->text);
    }
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

/* Where an identity is or would go. */
typedef struct identity_place {
    uint64_t hash;
    unsigned probe;
} identity_place;

/* Among those that wait; WP_ENOTFOUND. */
static wp_status find_waiting(wpi_graph *graph, const wpi_identity *identity, uint64_t hash,
                              uint32_t *number, wp_error *err)
{
    if (graph->identities.count == 0 || hash == WPI_MAP_KEY_NONE)
        return WP_ENOTFOUND;
    const uint64_t *index = wpi_map_find(&graph->identity_at, hash);
    if (index == NULL)
        return WP_ENOTFOUND;
    const wpi_identity_entry *entry = &WPI_ARRAY_AT(&graph->identities, wpi_identity_entry, *index);
    const char *text = (const char *)graph->identity_texts.items + entry->text;
    if (entry->kind != (uint8_t)identity->kind || strcmp(text, identity->text) != 0) {
        WPI_TRY(wpi_identity_flush(graph, err));
        return WP_ENOTFOUND;
    }
    *number = entry->number;
    return WP_OK;
}

/* Whether it is known without a look that no identity with the hash is stored. */
static wp_status is_known_absent(wpi_graph *graph, uint64_t hash, bool *is_absent, wp_error *err)
{
    if (!graph->is_identity_table_known) {
        uint64_t count;
        WPI_TRY(wpi_store_count(graph->txn, WPI_TABLE_IDENTITY, &count, err));
        graph->has_no_identities = count == 0;
        graph->is_identity_table_known = true;
    }
    *is_absent = graph->has_no_identities || (hash != 0 && hash == graph->absent_hash);
    return WP_OK;
}

/* The place of an identity: where it is (WP_OK, number) or where it would go (WP_ENOTFOUND). */
static wp_status locate(wpi_graph *graph, const wpi_identity *identity, identity_place *place,
                        uint32_t *number, wp_error *err)
{
    bool is_absent;
    uint64_t hash = wpi_identity_hash(graph, (unsigned)identity->kind, identity->text);
    *place = (identity_place){hash, 0};
    wp_status found = find_waiting(graph, identity, hash, number, err);
    if (found != WP_ENOTFOUND)
        return found;
    WPI_TRY(is_known_absent(graph, hash, &is_absent, err));
    if (is_absent)
        return WP_ENOTFOUND;
    for (; place->probe < 256; place->probe++) {
        wpi_record_bytes value;
        wpi_identity_record record;
        wpi_key key = wpi_key_hash(hash, (uint8_t)place->probe);
        wp_status status = wpi_graph_get(graph, WPI_TABLE_IDENTITY, key, &value, err);
        if (status == WP_ENOTFOUND && place->probe == 0)
            graph->absent_hash = hash;
        WPI_TRY(status);
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
    identity_place place;
    return locate(graph, identity, &place, number, err);
}

static wp_status write(wpi_graph *graph, identity_place place, const wpi_identity_record *record,
                       bool is_last, wp_error *err)
{
    wpi_key key = wpi_key_hash(place.hash, (uint8_t)place.probe);
    wpi_record_write_identity(&graph->writer, record);
    return is_last ? wpi_graph_append(graph, WPI_TABLE_IDENTITY, key, err)
                   : wpi_graph_put(graph, WPI_TABLE_IDENTITY, key, err);
}

/* Have it wait. */
static wp_status keep(wpi_graph *graph, identity_place place, const wpi_identity *identity,
                      uint32_t number, wp_error *err)
{
    wpi_identity_entry entry = {.hash = {(uint32_t)(place.hash >> 32), (uint32_t)place.hash},
                                .number = number,
                                .text = (uint32_t)graph->identity_texts.count,
                                .kind = (uint8_t)identity->kind,
                                .probe = (uint8_t)place.probe};
    WPI_TRY(
        wpi_array_extend(&graph->identity_texts, identity->text, strlen(identity->text) + 1, err));
    WPI_TRY(wpi_map_put(&graph->identity_at, place.hash, graph->identities.count, NULL, NULL, err));
    return wpi_array_push(&graph->identities, &entry, err);
}

wp_status wpi_identity_add(wpi_graph *graph, const wpi_identity *identity, uint32_t number,
                           wp_error *err)
{
    identity_place place;
    uint32_t holder = 0;
    bool is_full =
        graph->identities.count >= WAITING_MAX || graph->identity_texts.count >= TEXT_BYTES_MAX;
    if (is_full)
        WPI_TRY(wpi_identity_flush(graph, err));
    wp_status status = locate(graph, identity, &place, &holder, err);
    if (status == WP_OK)
        return wpi_error_set(err, WP_ECONFLICT, "identity belongs to number %u already", holder);
    if (status != WP_ENOTFOUND)
        return status;
    if (place.hash != WPI_MAP_KEY_NONE)
        return keep(graph, place, identity, number, err);
    wpi_identity_record record = {identity->kind, number, identity->text};
    return write(graph, place, &record, false, err);
}

wp_status wpi_identity_remove(wpi_graph *graph, const wpi_identity *identity, wp_error *err)
{
    identity_place place;
    uint32_t number;
    wpi_record_bytes value;
    WPI_TRY(wpi_identity_flush(graph, err));
    WPI_TRY(locate(graph, identity, &place, &number, err));
    unsigned last = place.probe;
    for (; last < 255; last++) {
        wpi_key next = wpi_key_hash(place.hash, (uint8_t)(last + 1));
        wp_status status = wpi_graph_get(graph, WPI_TABLE_IDENTITY, next, &value, err);
        if (status == WP_ENOTFOUND)
            break;
        WPI_TRY(status);
    }
    if (last != place.probe) {
        wpi_identity_record record;
        WPI_TRY(wpi_graph_get(graph, WPI_TABLE_IDENTITY, wpi_key_hash(place.hash, (uint8_t)last),
                              &value, err));
        WPI_TRY(wpi_graph_keep(graph, &value, err));
        WPI_TRY(wpi_record_read_identity(value, &record, err));
        WPI_TRY(write(graph, place, &record, false, err));
    }
    graph->absent_hash = 0;
    return wpi_graph_delete(graph, WPI_TABLE_IDENTITY, wpi_key_hash(place.hash, (uint8_t)last),
                            err);
}

wp_status wpi_identity_flush(wpi_graph *graph, wp_error *err)
{
    wpi_array *waiting = &graph->identities;
    if (waiting->count == 0)
        return WP_OK;
    graph->has_failed = true; /* until all of it is written */
    WPI_TRY(wpi_sort_pairs(waiting, err));
    for (size_t i = 0; i < waiting->count; i++) {
        const wpi_identity_entry *entry = &WPI_ARRAY_AT(waiting, wpi_identity_entry, i);
        identity_place place = {(uint64_t)entry->hash[0] << 32 | entry->hash[1], entry->probe};
        wpi_identity_record record = {(wp_identity_kind)entry->kind, entry->number,
                                      (const char *)graph->identity_texts.items + entry->text};
        WPI_TRY(write(graph, place, &record, graph->has_no_identities, err));
    }
    wpi_identity_free(graph);
    graph->absent_hash = 0;
    graph->has_no_identities = false;
    graph->has_failed = false;
    return WP_OK;
}

void wpi_identity_free(wpi_graph *graph)
{
    wpi_array_free(&graph->identities);
    wpi_array_free(&graph->identity_texts);
    wpi_map_free(&graph->identity_at);
}
