/*
 * The table of ties: see tie_table.h.
 *
 * Writing joins the pending ties of one run with the entries of the run, which are copied as bytes
 * where nothing changes, and cuts the result into runs. A read transaction keeps its cursor from
 * call to call, since ties that are read together often lie together; a write transaction opens one
 * for each seek, so that none is open while the tree changes under it.
 */
#include "graph/tie_table.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "graph/evidence.h"

/* Large transactions pass through the whole table: let go of its pages every so many runs. */
#define RELEASE_EVERY 512

typedef struct stored_run {
    bool exists;
    bool is_last; /* of its lower person */
    uint32_t first;
    uint32_t next_first; /* of the run behind it; only if !is_last */
    wpi_record_bytes bytes;
} stored_run;

#define FEW 16

typedef struct table_writer {
    wpi_graph *graph;
    uint32_t last_low; /* ties of people beyond are appended */
    wpi_array merged;  /* bytes of entries */
    size_t runs;       /* written so far */
    wpi_known_cost *known;
} table_writer;

static wpi_slice slice_of(const wpi_key *key)
{
    return (wpi_slice){key->bytes, key->size};
}

static wp_status open_cursor(wpi_graph *graph, wpi_store_cursor **cursor, wp_error *err)
{
    *cursor = graph->tie_cursor;
    if (*cursor != NULL)
        return WP_OK;
    WPI_TRY(wpi_store_cursor_open(graph->txn, WPI_TABLE_TIE, cursor, err));
    if (!graph->is_write)
        graph->tie_cursor = *cursor;
    return WP_OK;
}

static void close_cursor(wpi_graph *graph, wpi_store_cursor *cursor)
{
    if (cursor != graph->tie_cursor)
        wpi_store_cursor_close(cursor);
}

void wpi_tie_table_close(wpi_graph *graph)
{
    wpi_store_cursor_close(graph->tie_cursor);
    graph->tie_cursor = NULL;
}

static wp_status check_key(wpi_slice key, wp_error *err)
{
    if (key.bytes == 8)
        return WP_OK;
    return wpi_error_set(err, WP_ECORRUPT, "key of a run of ties is malformed");
}

/* The run at or before a pair, of whatever person. */
static wp_status seek_back(wpi_store_cursor *cursor, uint32_t low, uint32_t high, wpi_slice *key,
                           wpi_slice *value, wp_error *err)
{
    wpi_key wanted = wpi_key_u32_u32(low, high);
    WPI_TRY(wpi_store_cursor_seek_back(cursor, slice_of(&wanted), key, value, err));
    return check_key(*key, err);
}

wp_status wpi_tie_table_find(wpi_graph *graph, uint32_t low, uint32_t high, wpi_tie_state *out,
                             wp_error *err)
{
    wpi_store_cursor *cursor;
    wpi_slice key, value;
    wpi_tie_entry entry;
    WPI_TRY(open_cursor(graph, &cursor, err));
    wp_status status = seek_back(cursor, low, high, &key, &value, err);
    if (status == WP_OK && wpi_key_get_u32(key.data, 0) != low)
        status = WP_ENOTFOUND;
    if (status == WP_OK)
        status = wpi_tie_run_find((wpi_record_bytes){value.data, value.bytes}, high, &entry, err);
    if (status == WP_OK)
        status = wpi_tie_entry_read(&entry, out, err);
    close_cursor(graph, cursor);
    return status;
}

/* The first run of a person. WP_ENOTFOUND when there is none. */
static wp_status seek_first(wpi_store_cursor *cursor, uint32_t low, wpi_slice *key,
                            wpi_slice *value, wp_error *err)
{
    wpi_key first = wpi_key_u32_u32(low, 0);
    WPI_TRY(wpi_store_cursor_seek(cursor, slice_of(&first), key, value, err));
    WPI_TRY(check_key(*key, err));
    return wpi_key_get_u32(key->data, 0) == low ? WP_OK : WP_ENOTFOUND;
}

/* Whether a run of the same person lies behind the one at hand, and where it begins. */
static wp_status look_behind(wpi_store_cursor *cursor, uint32_t low, stored_run *out, wp_error *err)
{
    wpi_slice key, value;
    wp_status status = wpi_store_cursor_next(cursor, &key, &value, err);
    out->is_last = true;
    if (status == WP_ENOTFOUND)
        return WP_OK;
    WPI_TRY(status);
    WPI_TRY(check_key(key, err));
    if (wpi_key_get_u32(key.data, 0) != low)
        return WP_OK;
    out->is_last = false;
    out->next_first = wpi_key_get_u32(key.data, 4);
    return WP_OK;
}

/* The run that a tie belongs to. */
static wp_status find_run(wpi_graph *graph, uint32_t low, uint32_t high, stored_run *out,
                          wp_error *err)
{
    wpi_store_cursor *cursor;
    wpi_slice key, value;
    *out = (stored_run){.is_last = true};
    WPI_TRY(open_cursor(graph, &cursor, err));
    wp_status status = seek_back(cursor, low, high, &key, &value, err);
    if (status == WP_ENOTFOUND || (status == WP_OK && wpi_key_get_u32(key.data, 0) != low))
        status = seek_first(cursor, low, &key, &value, err);
    if (status == WP_OK) {
        out->exists = true;
        out->first = wpi_key_get_u32(key.data, 4);
        out->bytes = (wpi_record_bytes){value.data, value.bytes};
        status = look_behind(cursor, low, out, err);
    }
    close_cursor(graph, cursor);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Add the entries from one place of a run to another as they are. */
static wp_status add_entries(table_writer *self, const unsigned char *from, const unsigned char *to,
                             wp_error *err)
{
    return from == to ? WP_OK : wpi_array_extend(&self->merged, from, (size_t)(to - from), err);
}

/* A tie without statement is there while it has evidence, if only automatic mail. */
static wp_status see_whether_gone(wpi_graph *graph, const wpi_pending_tie *tie,
                                  wpi_tie_state *state, wp_error *err)
{
    bool exists = state->reference_s != WP_TIME_NONE || state->stated[0].kind != WPI_STATED_NONE ||
                  state->stated[1].kind != WPI_STATED_NONE;
    if (!exists)
        WPI_TRY(wpi_evidence_exists(graph, tie->low, tie->high, WP_TIME_MAX + 1, &exists, err));
    state->is_gone = !exists;
    return WP_OK;
}

/* Complete a pending tie with its stored entry (NULL: none) and add its new entry. */
static wp_status add_pending(table_writer *self, wpi_pending_tie *tie, const wpi_tie_entry *stored,
                             wp_error *err)
{
    wpi_graph *graph = self->graph;
    wpi_tie_state state = WPI_TIE_STATE_INIT;
    if (stored != NULL)
        WPI_TRY(wpi_tie_entry_read(stored, &state, err));
    WPI_TRY(wpi_pending_complete(graph, tie, stored != NULL ? &state : NULL, err));
    bool was_there = stored != NULL && !state.is_gone;
    wpi_pending_apply(graph, tie, &state);
    WPI_TRY(see_whether_gone(graph, tie, &state, err));
    WPI_TRY(wpi_array_reserve(&self->merged, self->merged.count + WPI_TIE_ENTRY_BYTES_MAX, err));
    unsigned char *end = (unsigned char *)self->merged.items + self->merged.count;
    self->merged.count += wpi_tie_entry_write(end, tie->high, &state);
    wpi_pending_written(tie, &state, self->known);
    if (was_there != !state.is_gone) {
        graph->counters.ties += state.is_gone ? UINT64_MAX : 1;
        graph->is_counting = true;
    }
    return WP_OK;
}

/* Join a run with pending ties; *is_behind: all of them come after all that is stored. */
static wp_status merge(table_writer *self, wpi_record_bytes bytes, wpi_pending_tie *ties,
                       size_t count, bool *is_behind, wp_error *err)
{
    wpi_tie_run run = wpi_tie_run_of(bytes);
    wpi_tie_entry entry;
    size_t at = 0;
    const unsigned char *added = run.at; /* what comes before */
    self->merged.count = 0;
    WPI_TRY(wpi_array_reserve(&self->merged, bytes.size + WPI_TIE_ENTRY_BYTES_MAX, err));
    while (wpi_tie_run_next(&run, &entry)) {
        if (at == count || ties[at].high > entry.high)
            continue;
        WPI_TRY(add_entries(self, added, entry.bytes, err));
        added = entry.bytes;
        while (at < count && ties[at].high < entry.high)
            WPI_TRY(add_pending(self, &ties[at++], NULL, err));
        if (at < count && ties[at].high == entry.high) {
            WPI_TRY(add_pending(self, &ties[at++], &entry, err));
            added = run.at;
        }
    }
    WPI_TRY(wpi_tie_run_status(&run, err));
    WPI_TRY(add_entries(self, added, run.at, err));
    *is_behind = at == 0;
    for (; at < count; at++)
        WPI_TRY(add_pending(self, &ties[at], NULL, err));
    return WP_OK;
}

static wp_status write_run(table_writer *self, uint32_t low, const unsigned char *bytes,
                           size_t size, wp_error *err)
{
    wpi_store_txn *txn = self->graph->txn;
    wpi_key key = wpi_key_u32_u32(low, wpi_bytes_get_le32(bytes));
    wpi_slice payload = {bytes, size};
    if (++self->runs % RELEASE_EVERY == 0)
        wpi_store_release_pages(txn);
    return low > self->last_low ? wpi_store_append(txn, WPI_TABLE_TIE, slice_of(&key), payload,
                                                   WPI_FORMAT_VERSION, err)
                                : wpi_store_put(txn, WPI_TABLE_TIE, slice_of(&key), payload,
                                                WPI_FORMAT_VERSION, err);
}

/* Cut what was merged into runs: full ones and a rest, or equal ones. */
static wp_status write_runs(table_writer *self, uint32_t low, bool fills, wp_error *err)
{
    const unsigned char *bytes = self->merged.items;
    wpi_tie_run rest = wpi_tie_run_of((wpi_record_bytes){bytes, self->merged.count});
    size_t total = self->merged.count, most = WPI_TIE_RUN_BYTES_MAX;
    if (!fills && total > most) {
        size_t pieces = (total + most - 1) / most;
        size_t share = (total + pieces - 1) / pieces + WPI_TIE_ENTRY_BYTES_MAX;
        most = share < most ? share : most;
    }
    wpi_tie_entry entry;
    size_t from = 0, to = 0;
    while (wpi_tie_run_next(&rest, &entry)) {
        if (to + entry.size - from > most) {
            WPI_TRY(write_run(self, low, bytes + from, to - from, err));
            from = to;
        }
        to += entry.size;
    }
    return write_run(self, low, bytes + from, to - from, err);
}

/* Write the pending ties of one person that belong to the same run; *taken: how many. */
static wp_status put_some(table_writer *self, wpi_pending_tie *ties, size_t count, size_t *taken,
                          wp_error *err)
{
    wpi_graph *graph = self->graph;
    uint32_t low = ties[0].low;
    stored_run run = {.is_last = true};
    bool is_behind;
    if (low <= self->last_low)
        WPI_TRY(find_run(graph, low, ties[0].high, &run, err));
    size_t some = count;
    if (!run.is_last)
        for (some = 1; some < count && ties[some].high < run.next_first;)
            some++;
    WPI_TRY(merge(self, run.bytes, ties, some, &is_behind, err));
    uint32_t first = wpi_bytes_get_le32(self->merged.items);
    if (run.exists && run.first != first)
        WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_TIE, wpi_key_u32_u32(low, run.first), err));
    *taken = some;
    return write_runs(self, low, is_behind && run.is_last, err);
}

/* The highest lower person there is; 0: the table is empty. */
static wp_status find_last(wpi_graph *graph, uint32_t *low, wp_error *err)
{
    wpi_store_cursor *cursor;
    wpi_slice key, value;
    *low = 0;
    WPI_TRY(open_cursor(graph, &cursor, err));
    wp_status status = seek_back(cursor, UINT32_MAX, UINT32_MAX, &key, &value, err);
    if (status == WP_OK)
        *low = wpi_key_get_u32(key.data, 0);
    close_cursor(graph, cursor);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_tie_table_put(wpi_graph *graph, wp_error *err)
{
    table_writer self = {
        .graph = graph, .merged = WPI_ARRAY_OF(unsigned char), .last_low = UINT32_MAX};
    wpi_pending_tie *ties = graph->pending.items;
    size_t count = graph->pending.count;
    /* A few ties are looked for one by one, whether they lie behind all others or not. */
    wp_status status = count < FEW ? WP_OK : find_last(graph, &self.last_low, err);
    if (count >= WPI_KNOWN_COSTS) /* without memory for them they are computed */
        self.known = wpi_memory_new_zeroed(WPI_KNOWN_COSTS, sizeof *self.known);
    for (size_t from = 0, to = 0, taken; from < count && status == WP_OK; from += taken) {
        while (to < count && ties[to].low == ties[from].low)
            to++;
        status = put_some(&self, &ties[from], to - from, &taken, err);
    }
    wpi_memory_free(self.known);
    wpi_array_free(&self.merged);
    return status;
}

/* Stand at the first entry of a run. */
static wp_status enter_run(wpi_tie_walk *walk, wpi_slice key, wpi_slice value, wp_error *err)
{
    WPI_TRY(check_key(key, err));
    walk->low = wpi_key_get_u32(key.data, 0);
    walk->run = wpi_tie_run_of((wpi_record_bytes){value.data, value.bytes});
    if (wpi_tie_run_next(&walk->run, &walk->entry))
        return WP_OK;
    return wpi_error_set(err, WP_ECORRUPT, "run of ties is empty or malformed");
}

wp_status wpi_tie_walk_begin(wpi_graph *graph, uint32_t low, uint32_t high, wpi_tie_walk *out,
                             wp_error *err)
{
    wpi_slice key, value;
    *out = (wpi_tie_walk){.cursor = NULL};
    WPI_TRY(open_cursor(graph, &out->cursor, err));
    wp_status status = seek_back(out->cursor, low, high, &key, &value, err);
    if (status == WP_ENOTFOUND)
        status = wpi_store_cursor_seek(out->cursor, (wpi_slice){NULL, 0}, &key, &value, err);
    WPI_TRY(status);
    WPI_TRY(enter_run(out, key, value, err));
    while (out->low < low || (out->low == low && out->entry.high < high))
        WPI_TRY(wpi_tie_walk_next(out, err));
    return WP_OK;
}

wp_status wpi_tie_walk_next(wpi_tie_walk *walk, wp_error *err)
{
    wpi_slice key, value;
    if (wpi_tie_run_next(&walk->run, &walk->entry))
        return WP_OK;
    WPI_TRY(wpi_tie_run_status(&walk->run, err));
    WPI_TRY(wpi_store_cursor_next(walk->cursor, &key, &value, err));
    return enter_run(walk, key, value, err);
}

void wpi_tie_walk_end(wpi_graph *graph, wpi_tie_walk *walk)
{
    close_cursor(graph, walk->cursor);
    walk->cursor = NULL;
}
