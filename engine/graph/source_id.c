/*
 * Source ids: see source_id.h.
 *
 * Only the first record of a hash waits. One whose hash another source id has already is written at
 * once, behind it, since its place depends on what is stored.
 */
#include "graph/source_id.h"

#include "base/sort.h"
#include "graph/identity.h"
#include "graph/interaction.h"

/* So many records wait at most, 80 bytes each with the map and the copy for sorting. */
#define WAITING_MAX ((size_t)1 << 17)
/* A table's hashes are learnt once there was a look-up for every so many of its records, which then
 * cost about as much as reading the table; that is looked at every so many look-ups, and done in a
 * transaction with so many new interactions, which does not end at once anyway. */
#define RECORDS_A_LOOKUP 128
#define LOOKUPS_BETWEEN_CHECKS 1024
#define LEARNT_BESIDE_MIN 64
/* Writing passes through the whole table: let go of its pages every so many records. */
#define RELEASE_EVERY 256
#define RELEASE_EVERY_READ 8192

static uint64_t hash_of(const wpi_graph *graph, const char *source)
{
    return wpi_identity_hash(graph, WPI_HASH_CLASS_SOURCE, source);
}

static wp_status write_one(wpi_graph *graph, wpi_store_cursor *cursor, wpi_table table,
                           const wpi_hashed_row *row, wp_error *err)
{
    uint64_t hash = (uint64_t)row->hash_high << 32 | row->hash_low;
    if (table == WPI_TABLE_REPLY)
        return wpi_graph_put_at(graph, cursor, table, wpi_key_u64_u64(hash, row->number), err);
    wpi_writer_u64(&graph->writer, row->number);
    return wpi_graph_put_at(graph, cursor, table, wpi_key_hash(hash, 0), err);
}

static wp_status flush(wpi_graph *graph, wpi_table table, wpi_hashed *waiting, wp_error *err)
{
    wp_status status;
    wpi_store_cursor *cursor = NULL;
    if (waiting->rows.count == 0)
        return WP_OK;
    WPI_TRY_OUT(wpi_sort_pairs(&waiting->rows, err));
    WPI_TRY_OUT(wpi_graph_open_to_put(graph, table, waiting->rows.count, &cursor, err));
    for (size_t i = 0; i < waiting->rows.count; i++) {
        const wpi_hashed_row *row = &WPI_ARRAY_AT(&waiting->rows, wpi_hashed_row, i);
        WPI_TRY_OUT(write_one(graph, cursor, table, row, err));
        if (i % RELEASE_EVERY == RELEASE_EVERY - 1)
            wpi_store_release_pages(graph->txn);
    }
    waiting->rows.count = 0;
    wpi_map_clear(&waiting->at);
out:
    wpi_store_cursor_close(cursor);
    graph->has_failed |= status != WP_OK;
    return status;
}

wp_status wpi_source_id_flush(wpi_graph *graph, wp_error *err)
{
    WPI_TRY(flush(graph, WPI_TABLE_SOURCE_ID, &graph->source_ids, err));
    return flush(graph, WPI_TABLE_REPLY, &graph->replies, err);
}

void wpi_source_id_free(wpi_graph *graph)
{
    wpi_array_free(&graph->source_ids.rows);
    wpi_array_free(&graph->replies.rows);
    wpi_map_free(&graph->source_ids.at);
    wpi_map_free(&graph->replies.at);
    wpi_hash_filter_free(&graph->source_ids.known.filter);
    wpi_hash_filter_free(&graph->replies.known.filter);
}

/* The number of a record that waits; NULL: none with this hash does. */
static const uint64_t *find_waiting(const wpi_hashed *waiting, uint64_t hash)
{
    return hash == WPI_MAP_KEY_NONE ? NULL : wpi_map_find(&waiting->at, hash);
}

typedef struct learning {
    wpi_graph *graph;
    wpi_hash_filter filter;
    uint32_t read;
} learning;

static wp_status add_known(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    learning *self = context;
    (void)value;
    if (key.bytes < 8)
        return wpi_error_set(err, WP_ECORRUPT, "key with a hash is malformed");
    if (++self->read % RELEASE_EVERY_READ == 0)
        wpi_store_release_pages(self->graph->txn);
    wpi_hash_filter_add(&self->filter, wpi_key_get_u64(key.data, 0));
    return WP_OK;
}

/* Learn all hashes of a table, with room for as many more. */
static wp_status learn(wpi_graph *graph, wpi_table table, wpi_hashed *waiting, uint64_t stored,
                       wp_error *err)
{
    learning self = {.graph = graph};
    uint64_t room = 2 * (stored + waiting->rows.count) + LOOKUPS_BETWEEN_CHECKS;
    WPI_TRY(wpi_hash_filter_make(&self.filter, room, err));
    wp_status status = wpi_graph_each(graph, table, (wpi_key){.size = 0}, add_known, &self, err);
    for (size_t i = 0; i < waiting->rows.count && status == WP_OK; i++) {
        const wpi_hashed_row *row = &WPI_ARRAY_AT(&waiting->rows, wpi_hashed_row, i);
        wpi_hash_filter_add(&self.filter, (uint64_t)row->hash_high << 32 | row->hash_low);
    }
    if (status != WP_OK)
        wpi_hash_filter_free(&self.filter);
    waiting->known.filter = self.filter;
    return status;
}

/* Whether the table is known not to have a hash. */
static wp_status is_absent(wpi_graph *graph, wpi_table table, wpi_hashed *waiting, uint64_t hash,
                           bool *absent, wp_error *err)
{
    wpi_hashed_known *known = &waiting->known;
    uint64_t stored = 0;
    *absent = false;
    if (!graph->is_write)
        return WP_OK;
    bool is_batch = graph->source_ids.rows.count >= LEARNT_BESIDE_MIN;
    if (++known->lookups % LOOKUPS_BETWEEN_CHECKS == 0 && known->filter.words == NULL && is_batch) {
        WPI_TRY(wpi_store_count(graph->txn, table, &stored, err));
        if (stored / RECORDS_A_LOOKUP <= known->lookups)
            WPI_TRY(learn(graph, table, waiting, stored, err));
    }
    *absent = !wpi_hash_filter_may_have(&known->filter, hash);
    return WP_OK;
}

/* Have a record wait. */
static wp_status keep(wpi_graph *graph, wpi_table table, wpi_hashed *waiting, uint64_t hash,
                      uint64_t number, wp_error *err)
{
    wpi_hashed_row row = {(uint32_t)(hash >> 32), (uint32_t)hash, number};
    wpi_hash_filter_add(&waiting->known.filter, hash);
    if (waiting->rows.count >= WAITING_MAX)
        WPI_TRY(flush(graph, table, waiting, err));
    wp_status status = wpi_array_push(&waiting->rows, &row, err);
    if (status == WP_OK)
        status = wpi_map_put(&waiting->at, hash, number, NULL, NULL, err);
    graph->has_failed |= status != WP_OK;
    return status;
}

static wp_status has_source(wpi_graph *graph, uint64_t number, const char *source, bool *has,
                            wp_error *err)
{
    wp_interaction found;
    wp_status status = wpi_interaction_load(graph, number, &found, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, WP_ECORRUPT, "source id has no interaction");
    *has = status == WP_OK && strcmp(found.source, source) == 0;
    return status;
}

static wp_status find_stored(wpi_graph *graph, const char *source, wpi_source_place *place,
                             uint64_t *number, wp_error *err)
{
    bool is_found;
    WPI_TRY(is_absent(graph, WPI_TABLE_SOURCE_ID, &graph->source_ids, place->hash, &is_found, err));
    if (is_found)
        return WP_ENOTFOUND;
    for (unsigned probe = 0; probe < 256; probe++) {
        wpi_record_bytes value;
        place->probe = (uint8_t)probe;
        WPI_TRY(wpi_graph_get(graph, WPI_TABLE_SOURCE_ID, wpi_key_hash(place->hash, place->probe),
                              &value, err));
        if (value.size != 8)
            return wpi_error_set(err, WP_ECORRUPT, "record of a source id is malformed");
        *number = wpi_bytes_get_le64(value.data);
        WPI_TRY(has_source(graph, *number, source, &is_found, err));
        if (is_found)
            return WP_OK;
    }
    return wpi_error_set(err, WP_ECORRUPT, "table of source ids has 256 equal hashes");
}

wp_status wpi_source_id_find(wpi_graph *graph, const char *source, wpi_source_place *place,
                             uint64_t *number, wp_error *err)
{
    bool is_found = false;
    *place = (wpi_source_place){hash_of(graph, source), 0};
    const uint64_t *waiting = find_waiting(&graph->source_ids, place->hash);
    if (waiting == NULL)
        return find_stored(graph, source, place, number, err);
    *number = *waiting;
    WPI_TRY(has_source(graph, *number, source, &is_found, err));
    if (is_found)
        return WP_OK;
    WPI_TRY(flush(graph, WPI_TABLE_SOURCE_ID, &graph->source_ids, err));
    return find_stored(graph, source, place, number, err);
}

wp_status wpi_source_id_add(wpi_graph *graph, const wpi_source_place *place, uint64_t number,
                            wp_error *err)
{
    if (place->probe == 0 && place->hash != WPI_MAP_KEY_NONE)
        return keep(graph, WPI_TABLE_SOURCE_ID, &graph->source_ids, place->hash, number, err);
    wpi_hash_filter_add(&graph->source_ids.known.filter, place->hash);
    wpi_writer_u64(&graph->writer, number);
    return wpi_graph_put(graph, WPI_TABLE_SOURCE_ID, wpi_key_hash(place->hash, place->probe), err);
}

/* The last of its sequence takes the place of the one removed. */
wp_status wpi_source_id_remove(wpi_graph *graph, const char *source, wp_error *err)
{
    wpi_source_place place;
    uint64_t number, moved = 0;
    wpi_record_bytes value;
    WPI_TRY(flush(graph, WPI_TABLE_SOURCE_ID, &graph->source_ids, err));
    WPI_TRY(wpi_source_id_find(graph, source, &place, &number, err));
    wpi_key key = wpi_key_hash(place.hash, place.probe), last = key;
    for (unsigned probe = place.probe + 1u; probe < 256; probe++) {
        wpi_key next = wpi_key_hash(place.hash, (uint8_t)probe);
        wp_status status = wpi_graph_get(graph, WPI_TABLE_SOURCE_ID, next, &value, err);
        if (status == WP_ENOTFOUND)
            break;
        WPI_TRY(status);
        moved = value.size == 8 ? wpi_bytes_get_le64(value.data) : 0;
        last = next;
    }
    if (moved != 0) {
        wpi_writer_u64(&graph->writer, moved);
        WPI_TRY(wpi_graph_put(graph, WPI_TABLE_SOURCE_ID, key, err));
    }
    return wpi_graph_delete(graph, WPI_TABLE_SOURCE_ID, last, err);
}

static wp_status add_number(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    (void)value;
    if (key.bytes != 16)
        return wpi_error_set(err, WP_ECORRUPT, "reply key is malformed");
    uint64_t number = wpi_key_get_u64(key.data, 8);
    return wpi_array_push(context, &number, err);
}

wp_status wpi_source_id_replies(wpi_graph *graph, const char *source, wpi_array *numbers,
                                wp_error *err)
{
    uint64_t hash = hash_of(graph, source);
    bool absent;
    if (find_waiting(&graph->replies, hash) != NULL)
        WPI_TRY(flush(graph, WPI_TABLE_REPLY, &graph->replies, err));
    WPI_TRY(is_absent(graph, WPI_TABLE_REPLY, &graph->replies, hash, &absent, err));
    return absent ? WP_OK
                  : wpi_graph_each(graph, WPI_TABLE_REPLY, wpi_key_u64(hash), add_number, numbers,
                                   err);
}

wp_status wpi_source_id_add_reply(wpi_graph *graph, const char *answered, uint64_t number,
                                  wp_error *err)
{
    uint64_t hash = hash_of(graph, answered);
    if (hash != WPI_MAP_KEY_NONE)
        return keep(graph, WPI_TABLE_REPLY, &graph->replies, hash, number, err);
    wpi_hash_filter_add(&graph->replies.known.filter, hash);
    return wpi_graph_put(graph, WPI_TABLE_REPLY, wpi_key_u64_u64(hash, number), err);
}

wp_status wpi_source_id_remove_reply(wpi_graph *graph, const char *answered, uint64_t number,
                                     wp_error *err)
{
    WPI_TRY(flush(graph, WPI_TABLE_REPLY, &graph->replies, err));
    return wpi_graph_delete(graph, WPI_TABLE_REPLY,
                            wpi_key_u64_u64(hash_of(graph, answered), number), err);
}
