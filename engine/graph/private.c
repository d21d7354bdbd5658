/*
 * Private ties: see private.h.
 */
#include "graph/private.h"

#include "graph/audit.h"
#include "graph/party.h"

#define WHOLE 1u /* in the record: the person, not only the tie */

static wpi_key key_of(uint32_t person, uint32_t owner, uint32_t source)
{
    return wpi_key_u32_u32_u32(person, owner, source);
}

wp_status wpi_private_read(wpi_slice key, wpi_record_bytes value, wp_private *out, wp_error *err)
{
    const unsigned char *whole = value.data;
    if (key.bytes != 12 || value.size > 1 || (value.size == 1 && *whole != WHOLE))
        return wpi_error_set(err, WP_ECORRUPT, "private record is malformed");
    *out = (wp_private){wpi_key_get_u32(key.data, 0), wpi_key_get_u32(key.data, 4),
                        wpi_key_get_u32(key.data, 8), value.size == 1};
    return WP_OK;
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
    wp_private before;
    wpi_record_bytes value;
    wp_status known = wpi_graph_get(graph, WPI_TABLE_PRIVATE, key, &value, err);
    if (known != WP_OK && known != WP_ENOTFOUND)
        return known;
    if (known == WP_OK) {
        WPI_TRY(wpi_private_read((wpi_slice){key.bytes, key.size}, value, &before, err));
        bool holds = before.is_whole && graph->source != WP_SOURCE_HAND;
        if (before.is_whole == statement->is_whole || holds)
            return WP_OK;
    }
    WPI_TRY(wpi_party_mention(graph, WPI_PERSON, statement->person, err));
    WPI_TRY(wpi_party_mention(graph, WPI_PERSON, statement->owner, err));
    if (statement->is_whole)
        wpi_writer_u8(&graph->writer, WHOLE);
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_PRIVATE, key, err));
    return wpi_audit_append(graph, statement->is_whole ? WP_AUDIT_PRIVATE_PERSON : WP_AUDIT_PRIVATE,
                            0, statement->person, statement->owner, err);
}

wp_status wpi_private_next(wpi_graph *graph, wp_private *at, wp_error *err)
{
    wpi_graph_record next;
    WPI_TRY(wpi_graph_behind(graph, WPI_TABLE_PRIVATE, key_of(at->person, at->owner, at->source),
                             12, &next, err));
    return wpi_private_read((wpi_slice){next.key.bytes, next.key.size}, next.value, at, err);
}

/* What the viewer owns is collected first, because of several owners one is enough. */
typedef struct private_walk {
    wpi_graph *graph;
    uint32_t viewer;
    bool is_first;
    wpi_map owned;           /* pairs of which the viewer is an owner */
    wpi_bitset owned_people; /* who is wholly the viewer's */
    wpi_private_sets *out;
} private_walk;

static wp_status add_owned(private_walk *walk, uint64_t pair, uint32_t person, bool is_whole,
                           wp_error *err)
{
    WPI_TRY(wpi_map_put(&walk->owned, pair, 1, NULL, NULL, err));
    return is_whole ? wpi_bitset_add(&walk->owned_people, person, err) : WP_OK;
}

static wp_status add_hidden(private_walk *walk, uint64_t pair, uint32_t person, uint32_t owner,
                            bool is_whole, wp_error *err)
{
    bool is_seen = person == walk->viewer || wpi_bitset_has(&walk->owned_people, person);
    if (is_whole && !is_seen)
        WPI_TRY(wpi_bitset_add(&walk->out->whole, person, err));
    if (wpi_map_find(&walk->owned, pair) != NULL)
        return WP_OK;
    WPI_TRY(wpi_map_put(&walk->out->pairs, pair, 1, NULL, NULL, err));
    WPI_TRY(wpi_bitset_add(&walk->out->paired, person, err));
    return wpi_bitset_add(&walk->out->paired, owner, err);
}

static wp_status add_private(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    private_walk *walk = context;
    wp_private at = {.source = 0};
    uint32_t person, owner;
    WPI_TRY(wpi_private_read(key, value, &at, err));
    WPI_TRY(wpi_party_find(walk->graph, WPI_PERSON, at.person, &person, err));
    WPI_TRY(wpi_party_find(walk->graph, WPI_PERSON, at.owner, &owner, err));
    if (person == 0 || owner == 0 || person == owner)
        return WP_OK; /* one person by now */
    uint64_t pair = wpi_private_pair(person, owner);
    if (!walk->is_first)
        return add_hidden(walk, pair, person, owner, at.is_whole, err);
    return owner == walk->viewer ? add_owned(walk, pair, person, at.is_whole, err) : WP_OK;
}

wp_status wpi_private_build(wpi_graph *graph, uint32_t viewer, wpi_private_sets *out, wp_error *err)
{
    private_walk walk = {.graph = graph, .viewer = viewer, .out = out};
    wp_status status = WP_OK;
    for (int pass = viewer == 0; pass < 2; pass++) {
        walk.is_first = pass == 0;
        WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_PRIVATE, (wpi_key){.size = 0}, add_private,
                                   &walk, err));
    }
out:
    wpi_map_free(&walk.owned);
    wpi_bitset_free(&walk.owned_people);
    return status;
}

void wpi_private_free(wpi_private_sets *sets)
{
    wpi_map_free(&sets->pairs);
    wpi_bitset_free(&sets->paired);
    wpi_bitset_free(&sets->whole);
}
