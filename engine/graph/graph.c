/*
 * A transaction seen as a graph: begin, finish, counters, and short forms over the store.
 *
 * The counters are read at the beginning and written back once. wpi_graph_put() stores the record
 * that was just written into the graph's writer, so that no call needs a buffer of its own.
 */
#include "graph/graph.h"

#include <assert.h>
#include <sys/random.h>

#include "base/text.h"
#include "graph/answer.h"
#include "graph/company.h"
#include "graph/gains.h"
#include "graph/identity.h"
#include "graph/name.h"
#include "graph/pending.h"
#include "graph/source_id.h"
#include "graph/tie.h"
#include "graph/tie_table.h"

/* A cursor to put fewer costs more than it spares. */
#define CURSOR_RECORDS_MIN 8

static wpi_slice slice_of(const wpi_key *key)
{
    return (wpi_slice){key->bytes, key->size};
}

static wp_status save_counters(wpi_graph *graph, wp_error *err)
{
    const wpi_counters *counters = &graph->counters;
    wpi_writer *writer = &graph->writer;
    wpi_writer_u32(writer, counters->people);
    wpi_writer_u32(writer, counters->companies);
    wpi_writer_u32(writer, counters->aliases[0]);
    wpi_writer_u32(writer, counters->aliases[1]);
    wpi_writer_u64(writer, counters->interactions);
    wpi_writer_u64(writer, counters->interaction_count);
    wpi_writer_u64(writer, counters->private_count);
    wpi_writer_u64(writer, counters->ties);
    wpi_writer_u32(writer, counters->sources);
    wpi_writer_u32(writer, counters->opportunities);
    wpi_writer_u32(writer, counters->opportunity_count);
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_META, wpi_key_text("counters", 0), err));
    graph->is_counting = false;
    return WP_OK;
}

static bool read_counters(wpi_record_bytes value, wpi_counters *counters)
{
    const unsigned char *data = value.data;
    wpi_reader reader = {data, data + value.size, false};
    counters->people = wpi_reader_u32(&reader);
    counters->companies = wpi_reader_u32(&reader);
    counters->aliases[0] = wpi_reader_u32(&reader);
    counters->aliases[1] = wpi_reader_u32(&reader);
    counters->interactions = wpi_reader_u64(&reader);
    counters->interaction_count = wpi_reader_u64(&reader);
    counters->private_count = wpi_reader_u64(&reader);
    counters->ties = wpi_reader_u64(&reader);
    counters->sources = wpi_reader_u32(&reader);
    counters->opportunities = wpi_reader_u32(&reader);
    counters->opportunity_count = wpi_reader_u32(&reader);
    return wpi_reader_is_done(&reader);
}

static wp_status save_seed(wpi_graph *graph, wp_error *err)
{
    if (getrandom(&graph->seed, sizeof graph->seed, 0) != (ssize_t)sizeof graph->seed)
        return wpi_error_set(err, WP_EIO, "random bytes are not available");
    wpi_writer_u64(&graph->writer, graph->seed);
    return wpi_graph_put(graph, WPI_TABLE_META, wpi_key_text("settings", 0), err);
}

static void init(wpi_graph *graph, wpi_store_txn *txn)
{
    *graph = (wpi_graph){.txn = txn,
                         .is_write = wpi_store_is_write(txn),
                         .writer = WPI_WRITER_INIT,
                         .waiting.meetings = WPI_ARRAY_OF(wpi_waiting_meeting),
                         .to_series.spans = WPI_ARRAY_OF(wpi_series_span),
                         .to_series.numbers = WPI_ARRAY_OF(uint64_t),
                         .gains = WPI_ARRAY_OF(wpi_derived_row),
                         .gaining = WPI_ARRAY_OF(wpi_derived_row),
                         .source_ids.rows = WPI_ARRAY_OF(wpi_hashed_row),
                         .replies.rows = WPI_ARRAY_OF(wpi_hashed_row),
                         .pending = WPI_ARRAY_OF(wpi_pending_tie),
                         .pending_states = WPI_ARRAY_OF(wpi_tie_state),
                         .pending_odd = WPI_ARRAY_OF(wpi_stated),
                         .pending_clashes = WPI_ARRAY_OF(wpi_clash),
                         .stale = WPI_ARRAY_OF(wpi_pair),
                         .restale = WPI_ARRAY_OF(wpi_pair),
                         .pending_bytes_max = WPI_PENDING_BYTES_MAX,
                         .identities = WPI_ARRAY_OF(wpi_identity_entry),
                         .identity_texts = WPI_ARRAY_OF(char)};
    wpi_name_begin(graph);
}

wp_status wpi_graph_create(wpi_store_txn *txn, void *context, wp_error *err)
{
    const wpi_graph_us *us = context;
    wpi_graph graph;
    wp_status status = WP_OK;
    init(&graph, txn);
    WPI_TRY_OUT(save_seed(&graph, err));
    for (size_t i = 0; i < us->count; i++) {
        wp_company_facts facts = WP_COMPANY_FACTS_INIT;
        wp_identity domain = {WP_IDENTITY_DOMAIN, us->domains[i]};
        uint32_t number;
        bool is_new;
        facts.identities = &domain;
        facts.identity_count = 1;
        facts.us = WP_US_YES;
        WPI_TRY_OUT(wpi_company_put(&graph, &facts, &number, &is_new, err));
    }
    WPI_TRY_OUT(wpi_identity_flush(&graph, err));
    WPI_TRY_OUT(wpi_name_flush(&graph, err));
    WPI_TRY_OUT(save_counters(&graph, err));
out:
    wpi_graph_end(&graph);
    return status;
}

static wp_status load_meta(wpi_graph *graph, wp_error *err)
{
    wpi_record_bytes value = {NULL, 0};
    wp_status status =
        wpi_graph_get(graph, WPI_TABLE_META, wpi_key_text("settings", 0), &value, err);
    if (status == WP_ENOTFOUND || (status == WP_OK && value.size != 8))
        return wpi_error_set(err, WP_ECORRUPT, "settings record is missing");
    WPI_TRY(status);
    graph->seed = wpi_bytes_get_le64(value.data);
    status = wpi_graph_get(graph, WPI_TABLE_META, wpi_key_text("counters", 0), &value, err);
    if (status == WP_ENOTFOUND || (status == WP_OK && !read_counters(value, &graph->counters)))
        return wpi_error_set(err, WP_ECORRUPT, "counters record is missing");
    return status;
}

wp_status wpi_graph_begin(wpi_graph *graph, wpi_store_txn *txn, wp_error *err)
{
    init(graph, txn);
    return load_meta(graph, err);
}

wp_status wpi_graph_finish(wpi_graph *graph, wp_error *err)
{
    assert(graph->is_write);
    WPI_TRY(wpi_graph_check_write(graph, err));
    WPI_TRY(wpi_identity_flush(graph, err));
    WPI_TRY(wpi_name_flush(graph, err));
    WPI_TRY(wpi_source_id_flush(graph, err));
    WPI_TRY(wpi_tie_flush(graph, err));
    return graph->is_counting ? save_counters(graph, err) : WP_OK;
}

void wpi_graph_end(wpi_graph *graph)
{
    wpi_writer_free(&graph->writer);
    wpi_arena_free(&graph->lent);
    wpi_identity_free(graph);
    wpi_name_end(graph);
    wpi_source_id_free(graph);
    wpi_answer_free(graph);
    wpi_array_free(&graph->gains);
    wpi_array_free(&graph->gaining);
    wpi_pending_free(graph);
    wpi_tie_table_close(graph);
    for (int i = 0; i < 2; i++) {
        wpi_bitset_free(&graph->mentioned[i]);
        wpi_bitset_free(&graph->aliased[i]);
    }
    wpi_array_free(&graph->stale);
    wpi_array_free(&graph->restale);
    wpi_memory_free(graph->fadings);
}

wp_status wpi_graph_check_write(const wpi_graph *graph, wp_error *err)
{
    if (!graph->is_write)
        return wpi_error_set(err, WP_EREADONLY, "transaction is read-only, expected a write one");
    if (graph->has_failed)
        return wpi_error_set(err, WP_EINVAL, "transaction has failed and can only be aborted");
    return WP_OK;
}

void wpi_graph_reclaim(wpi_graph *graph)
{
    wpi_arena_reset(&graph->lent);
}

wp_status wpi_graph_get(wpi_graph *graph, wpi_table table, wpi_key key, wpi_record_bytes *value,
                        wp_error *err)
{
    wpi_slice slice = {NULL, 0};
    WPI_TRY(wpi_store_get(graph->txn, table, slice_of(&key), &slice, NULL, err));
    *value = (wpi_record_bytes){slice.data, slice.bytes};
    return WP_OK;
}

/* The record is put, or could not be: the writer is free for another one. */
static wp_status end_put(wpi_graph *graph, wp_status status)
{
    wpi_writer_clear(&graph->writer);
    graph->has_failed |= status != WP_OK;
    return status;
}

static wpi_slice payload_of(const wpi_graph *graph)
{
    return (wpi_slice){graph->writer.bytes.items, graph->writer.bytes.count};
}

wp_status wpi_graph_put(wpi_graph *graph, wpi_table table, wpi_key key, wp_error *err)
{
    wp_status status = wpi_writer_status(&graph->writer, err);
    if (status == WP_OK)
        status = wpi_store_put(graph->txn, table, slice_of(&key), payload_of(graph),
                               WPI_FORMAT_VERSION, err);
    return end_put(graph, status);
}

wp_status wpi_graph_open_to_put(wpi_graph *graph, wpi_table table, size_t records,
                                wpi_store_cursor **cursor, wp_error *err)
{
    *cursor = NULL;
    return records < CURSOR_RECORDS_MIN ? WP_OK
                                        : wpi_store_cursor_open(graph->txn, table, cursor, err);
}

wp_status wpi_graph_put_at(wpi_graph *graph, wpi_store_cursor *cursor, wpi_table table, wpi_key key,
                           wp_error *err)
{
    if (cursor == NULL)
        return wpi_graph_put(graph, table, key, err);
    wp_status status = wpi_writer_status(&graph->writer, err);
    if (status == WP_OK)
        status = wpi_store_cursor_put(cursor, slice_of(&key), payload_of(graph), WPI_FORMAT_VERSION,
                                      err);
    return end_put(graph, status);
}

wp_status wpi_graph_append(wpi_graph *graph, wpi_table table, wpi_key key, wp_error *err)
{
    wp_status status = wpi_writer_status(&graph->writer, err);
    if (status == WP_OK)
        status = wpi_store_append(graph->txn, table, slice_of(&key), payload_of(graph),
                                  WPI_FORMAT_VERSION, err);
    return end_put(graph, status);
}

wp_status wpi_graph_delete(wpi_graph *graph, wpi_table table, wpi_key key, wp_error *err)
{
    wp_status status = wpi_store_delete(graph->txn, table, slice_of(&key), err);
    graph->has_failed |= status != WP_OK && status != WP_ENOTFOUND;
    return status;
}

wp_status wpi_graph_keep(wpi_graph *graph, wpi_record_bytes *value, wp_error *err)
{
    void *copy = wpi_arena_take(&graph->lent, value->size + 1, 1);
    if (copy == NULL)
        return wpi_memory_failed(err);
    if (value->size != 0)
        memcpy(copy, value->data, value->size);
    value->data = copy;
    return WP_OK;
}

wp_status wpi_graph_check_text(const char *text, const char *what, size_t bytes_max, wp_error *err)
{
    if (text == NULL)
        return WP_OK;
    size_t length = strlen(text);
    if (length == 0 || length > bytes_max)
        return wpi_error_set(err, WP_EINVAL, "%s has %zu bytes, expected 1..%zu", what, length,
                             bytes_max);
    if (!wpi_text_is_valid(text, length))
        return wpi_error_set(err, WP_EINVAL, "%s is not valid UTF-8 without control characters",
                             what);
    return WP_OK;
}

wp_status wpi_graph_behind(wpi_graph *graph, wpi_table table, wpi_key from, size_t key_bytes,
                           wpi_graph_record *out, wp_error *err)
{
    wpi_store_cursor *cursor = NULL;
    wpi_slice key, value;
    WPI_TRY(wpi_store_cursor_open(graph->txn, table, &cursor, err));
    wp_status status = wpi_store_cursor_seek(cursor, slice_of(&from), &key, &value, err);
    if (status == WP_OK && key.bytes == from.size && memcmp(key.data, from.bytes, from.size) == 0)
        status = wpi_store_cursor_next(cursor, &key, &value, err);
    if (status == WP_OK && key.bytes != key_bytes)
        status = wpi_error_set(err, WP_ECORRUPT, "%s key is malformed", wpi_table_name(table));
    if (status == WP_OK) {
        out->key.size = key_bytes;
        memcpy(out->key.bytes, key.data, key_bytes);
        out->value = (wpi_record_bytes){value.data, value.bytes};
        status = wpi_graph_keep(graph, &out->value, err);
    }
    wpi_store_cursor_close(cursor);
    return status;
}

wp_status wpi_graph_each(wpi_graph *graph, wpi_table table, wpi_key prefix, wpi_graph_each_fn *each,
                         void *context, wp_error *err)
{
    wpi_store_cursor *cursor = NULL;
    wpi_slice key, value;
    WPI_TRY(wpi_store_cursor_open(graph->txn, table, &cursor, err));
    wp_status status = wpi_store_cursor_seek(cursor, slice_of(&prefix), &key, &value, err);
    while (status == WP_OK && key.bytes >= prefix.size &&
           memcmp(key.data, prefix.bytes, prefix.size) == 0) {
        status = each(context, key, (wpi_record_bytes){value.data, value.bytes}, err);
        if (status == WP_OK)
            status = wpi_store_cursor_next(cursor, &key, &value, err);
    }
    wpi_store_cursor_close(cursor);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status note_one(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    (void)key;
    (void)value;
    (void)err;
    *(bool *)context = true;
    return WP_ENOTFOUND; /* one is enough: ends the walk */
}

wp_status wpi_graph_has(wpi_graph *graph, wpi_table table, wpi_key prefix, bool *has, wp_error *err)
{
    *has = false;
    return wpi_graph_each(graph, table, prefix, note_one, has, err);
}
