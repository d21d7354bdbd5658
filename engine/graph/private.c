/*
 * Private ties: see private.h.
 */
#include "graph/private.h"

#include "graph/audit.h"
#include "graph/party.h"

static wpi_key key_of(uint32_t person, uint32_t owner, uint32_t source)
{
    return wpi_key_u32_u32_u32(person, owner, source);
}

wp_status wpi_private_delete(wpi_graph *graph, uint32_t person, uint32_t owner, uint32_t source,
                             wp_error *err)
{
    WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_PRIVATE, key_of(person, owner, source), err));
    return wpi_audit_append(graph, WP_AUDIT_SHARED, 0, person, owner, err);
}

wp_status wpi_private_put(wpi_graph *graph, const wp_private *statement, bool is_private,
                          wp_error *err)
{
    uint32_t person, owner;
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, statement->person, &person, err));
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, statement->owner, &owner, err));
    if (statement->person == statement->owner)
        return wpi_error_set(err, WP_EINVAL, "person and owner are both number %u",
                             statement->person);
    if (!is_private) {
        wp_status status =
            wpi_private_delete(graph, statement->person, statement->owner, graph->source, err);
        return status == WP_ENOTFOUND
                   ? wpi_error_set(err, status, "the source does not say that the tie is private")
                   : status;
    }
    wpi_key key = key_of(statement->person, statement->owner, graph->source);
    wp_status known = wpi_graph_get(graph, WPI_TABLE_PRIVATE, key, &(wpi_record_bytes){0}, err);
    if (known != WP_ENOTFOUND)
        return known;
    WPI_TRY(wpi_party_mention(graph, WPI_PERSON, statement->person, err));
    WPI_TRY(wpi_party_mention(graph, WPI_PERSON, statement->owner, err));
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_PRIVATE, key, err));
    return wpi_audit_append(graph, WP_AUDIT_PRIVATE, 0, statement->person, statement->owner, err);
}

wp_status wpi_private_next(wpi_graph *graph, wp_private *at, wp_error *err)
{
    wpi_store_cursor *cursor = NULL;
    wpi_slice key, value;
    wpi_key from = key_of(at->person, at->owner, at->source);
    WPI_TRY(wpi_store_cursor_open(graph->txn, WPI_TABLE_PRIVATE, &cursor, err));
    wp_status status =
        wpi_store_cursor_seek(cursor, (wpi_slice){from.bytes, from.size}, &key, &value, err);
    if (status == WP_OK && key.bytes == from.size && memcmp(key.data, from.bytes, from.size) == 0)
        status = wpi_store_cursor_next(cursor, &key, &value, err);
    if (status == WP_OK && key.bytes != 12)
        status = wpi_error_set(err, WP_ECORRUPT, "private key is malformed");
    if (status == WP_OK)
        *at = (wp_private){wpi_key_get_u32(key.data, 0), wpi_key_get_u32(key.data, 4),
                           wpi_key_get_u32(key.data, 8)};
    wpi_store_cursor_close(cursor);
    return status;
}

typedef struct pair_walk {
    wpi_graph *graph;
    uint32_t viewer;
    wpi_map owned; /* pairs of which the viewer is an owner */
    bool is_first; /* the owned pairs are being collected */
    wpi_map *pairs;
    wpi_bitset *people;
} pair_walk;

static wp_status add_pair(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    pair_walk *walk = context;
    uint32_t ends[2];
    (void)value;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "private key is malformed");
    for (size_t i = 0; i < 2; i++)
        WPI_TRY(wpi_party_find(walk->graph, WPI_PERSON, wpi_key_get_u32(key.data, 4 * i), &ends[i],
                               err));
    if (ends[0] == 0 || ends[1] == 0 || ends[0] == ends[1])
        return WP_OK; /* one person by now */
    uint64_t pair = wpi_private_pair(ends[0], ends[1]);
    if (walk->is_first)
        return ends[1] == walk->viewer ? wpi_map_put(&walk->owned, pair, 1, NULL, NULL, err)
                                       : WP_OK;
    if (wpi_map_find(&walk->owned, pair) != NULL)
        return WP_OK;
    WPI_TRY(wpi_map_put(walk->pairs, pair, 1, NULL, NULL, err));
    WPI_TRY(wpi_bitset_add(walk->people, ends[0], err));
    return wpi_bitset_add(walk->people, ends[1], err);
}

wp_status wpi_private_sets(wpi_graph *graph, uint32_t viewer, wpi_map *pairs, wpi_bitset *people,
                           wp_error *err)
{
    pair_walk walk = {graph, viewer, {NULL, 0, 0}, viewer != 0, pairs, people};
    wp_status status = WP_OK;
    if (walk.is_first)
        WPI_TRY_OUT(
            wpi_graph_each(graph, WPI_TABLE_PRIVATE, (wpi_key){.size = 0}, add_pair, &walk, err));
    walk.is_first = false;
    WPI_TRY_OUT(
        wpi_graph_each(graph, WPI_TABLE_PRIVATE, (wpi_key){.size = 0}, add_pair, &walk, err));
out:
    wpi_map_free(&walk.owned);
    return status;
}
