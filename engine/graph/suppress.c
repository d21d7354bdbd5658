/*
 * Suppressed identities: see suppress.h.
 *
 * The keys stand in the meta table, 8 bytes each; the first is made at the first suppression. They
 * are apart from the key of the identity table, so that a list can be carried to another database.
 */
#include "graph/suppress.h"

#include <sys/random.h>
#include <time.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "graph/check_internal.h"

static wpi_key keys_key(void)
{
    return wpi_key_text("suppression", 0);
}

static wp_status load_keys(wpi_graph *graph, wp_error *err)
{
    wpi_record_bytes value;
    wpi_suppression *keys = &graph->suppression;
    if (graph->has_suppression)
        return WP_OK;
    wp_status status = wpi_graph_get(graph, WPI_TABLE_META, keys_key(), &value, err);
    if (status == WP_ENOTFOUND)
        value.size = 0;
    else
        WPI_TRY(status);
    if (value.size % 8 != 0 || value.size > sizeof keys->keys)
        return wpi_error_set(err, WP_ECORRUPT, "keys of suppressions are malformed");
    keys->count = value.size / 8;
    for (size_t i = 0; i < keys->count; i++)
        keys->keys[i] = wpi_bytes_get_le64((const unsigned char *)value.data + 8 * i);
    graph->has_suppression = true;
    return WP_OK;
}

static wp_status save_keys(wpi_graph *graph, wp_error *err)
{
    for (size_t i = 0; i < graph->suppression.count; i++)
        wpi_writer_u64(&graph->writer, graph->suppression.keys[i]);
    return wpi_graph_put(graph, WPI_TABLE_META, keys_key(), err);
}

/* The index of a key, which is added when it is new. */
static wp_status index_of_key(wpi_graph *graph, uint64_t key, size_t *index, wp_error *err)
{
    wpi_suppression *keys = &graph->suppression;
    for (*index = 0; *index < keys->count; ++*index)
        if (keys->keys[*index] == key)
            return WP_OK;
    if (keys->count == WPI_SUPPRESSION_KEYS_MAX)
        return wpi_error_set(err, WP_ECONFLICT,
                             "suppressions come from more than %d databases, expected fewer",
                             WPI_SUPPRESSION_KEYS_MAX);
    keys->keys[keys->count++] = key;
    return save_keys(graph, err);
}

static wpi_key hash_with(uint64_t key, const wpi_identity *identity)
{
    XXH128_hash_t hash = XXH3_128bits_withSeed(identity->text, strlen(identity->text),
                                               key + (unsigned)identity->kind);
    return wpi_key_u64_u64(hash.high64, hash.low64);
}

wp_status wpi_suppress_is_used(wpi_graph *graph, bool *is_used, wp_error *err)
{
    WPI_TRY(load_keys(graph, err));
    *is_used = graph->suppression.count > 0;
    return WP_OK;
}

/* The record of an identity; WP_ENOTFOUND (err alone). */
static wp_status find(wpi_graph *graph, const wpi_identity *identity, wpi_key *key, wp_error *err)
{
    wpi_record_bytes value;
    wp_status status = WP_ENOTFOUND;
    WPI_TRY(load_keys(graph, err));
    for (size_t i = 0; i < graph->suppression.count && status == WP_ENOTFOUND; i++) {
        *key = hash_with(graph->suppression.keys[i], identity);
        status = wpi_graph_get(graph, WPI_TABLE_SUPPRESSED, *key, &value, err);
    }
    return status;
}

wp_status wpi_suppress_has(wpi_graph *graph, const wpi_identity *identity, bool *has, wp_error *err)
{
    wpi_key key;
    wp_status status = find(graph, identity, &key, err);
    *has = status == WP_OK;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status put(wpi_graph *graph, wpi_key key, size_t list, int64_t time_s, wp_error *err)
{
    wpi_suppressed_record record = {(uint8_t)list, time_s};
    wpi_record_write_suppressed(&graph->writer, &record);
    return wpi_graph_put(graph, WPI_TABLE_SUPPRESSED, key, err);
}

wp_status wpi_suppress_put(wpi_graph *graph, const wpi_identity *identity, wp_error *err)
{
    wpi_key key;
    uint64_t random;
    size_t list = 0;
    wp_status status = find(graph, identity, &key, err);
    if (status != WP_ENOTFOUND)
        return status;
    if (graph->suppression.count == 0) {
        if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
            return wpi_error_set(err, WP_EIO, "random bytes are not available");
        WPI_TRY(index_of_key(graph, random, &list, err));
    }
    key = hash_with(graph->suppression.keys[0], identity);
    return put(graph, key, 0, (int64_t)time(NULL), err);
}

wp_status wpi_suppress_lift(wpi_graph *graph, const wpi_identity *identity, wp_error *err)
{
    wpi_key key;
    WPI_TRY(find(graph, identity, &key, err));
    return wpi_graph_delete(graph, WPI_TABLE_SUPPRESSED, key, err);
}

wp_status wpi_suppress_put_hash(wpi_graph *graph, const wp_suppression *given, wp_error *err)
{
    size_t list;
    wpi_record_bytes value;
    wpi_key key = wpi_key_u64_u64(given->hash[0], given->hash[1]);
    WPI_TRY(load_keys(graph, err));
    WPI_TRY(index_of_key(graph, given->key, &list, err));
    wp_status status = wpi_graph_get(graph, WPI_TABLE_SUPPRESSED, key, &value, err);
    return status == WP_ENOTFOUND ? put(graph, key, list, given->time_s, err) : status;
}

wp_status wpi_suppress_next(wpi_graph *graph, wp_suppression *at, wp_error *err)
{
    wpi_graph_record next;
    wpi_suppressed_record record;
    WPI_TRY(load_keys(graph, err));
    wp_status status = wpi_graph_behind(graph, WPI_TABLE_SUPPRESSED,
                                        wpi_key_u64_u64(at->hash[0], at->hash[1]), 16, &next, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, status, "there is no further suppression");
    WPI_TRY(status);
    WPI_TRY(wpi_record_read_suppressed(next.value, &record, err));
    if (record.list >= graph->suppression.count)
        return wpi_error_set(err, WP_ECORRUPT, "suppressed record is malformed");
    *at = (wp_suppression){graph->suppression.keys[record.list],
                           {wpi_key_get_u64(next.key.bytes, 0), wpi_key_get_u64(next.key.bytes, 8)},
                           record.time_s};
    return WP_OK;
}

wp_status wpi_check_suppressed(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_suppressed_record record;
    if (!wpi_check_key(check, 16))
        return WP_OK;
    WPI_TRY(load_keys(check->graph, err));
    WPI_TRY(wpi_record_read_suppressed(value, &record, err));
    if (record.list >= check->graph->suppression.count)
        wpi_check_report(check, "its hash was made with an unknown key");
    return WP_OK;
}
