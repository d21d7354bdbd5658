/*
 * Evidence rows: low, high, time and interaction in the key, so that a pair's rows lie together in
 * the order of time. Rows are stored with the weight of their interaction alone; that a connection
 * is told twice is seen when they are read, so that no row depends on another.
 */
#include "graph/evidence.h"

#include "graph/gains.h"
#include "rules/strength.h"

bool wpi_evidence_counts(const wpi_evidence_record *record)
{
    return record->kind == WP_KIND_SUMMARY || record->weight[0] > 0.0 || record->weight[1] > 0.0 ||
           record->kind == WP_KIND_ASK || record->valence != 0.0;
}

bool wpi_evidence_is_same_sums(const wp_sums *a, const wp_sums *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    bool is_same = a->first_s == b->first_s;
    for (int i = 0; i < 2; i++)
        is_same = is_same && a->fast[i] == b->fast[i] && a->slow[i] == b->slow[i] &&
                  a->positive[i] == b->positive[i] && a->negative[i] == b->negative[i] &&
                  a->count[i] == b->count[i];
    return is_same;
}

void wpi_evidence_apply(wpi_tie_state *state, const wpi_evidence_row *row)
{
    const wpi_evidence_record *record = &row->record;
    if (!wpi_evidence_counts(record))
        return;
    if (record->kind == WP_KIND_SUMMARY) {
        wpi_strength_add_sums(state, row->time_s, record->sums);
        return;
    }
    for (int direction = 0; direction < 2; direction++) {
        if (!record->has_direction[direction])
            continue;
        wpi_gain gain = {
            .weight = record->weight[direction],
            .is_slow_only = wpi_strength_is_slow_only(record->kind),
            .valence = direction == record->sender ? record->valence : 0.0,
            .is_counted = true,
        };
        wpi_strength_add(state, direction, row->time_s, &gain);
    }
}

wp_status wpi_evidence_put(wpi_graph *graph, wpi_store_cursor *cursor, const wpi_derived_row *row,
                           wp_error *err)
{
    wpi_key key = wpi_key_evidence(row->low, row->high, row->row.time_s, row->row.interaction);
    wpi_record_write_evidence(&graph->writer, &row->row.record);
    return wpi_graph_put_at(graph, cursor, WPI_TABLE_EVIDENCE, key, err);
}

wp_status wpi_evidence_get(wpi_graph *graph, uint32_t low, uint32_t high, wp_sums *sums,
                           wpi_evidence_row *row, wp_error *err)
{
    wpi_record_bytes value;
    wpi_key key = wpi_key_evidence(low, high, row->time_s, row->interaction);
    WPI_TRY(wpi_gains_settle(graph, err));
    WPI_TRY(wpi_graph_get(graph, WPI_TABLE_EVIDENCE, key, &value, err));
    return wpi_record_read_evidence(value, sums, &row->record, err);
}

/* Whether a key belongs to the pair; its row is filled in then. */
static bool is_of_pair(wpi_slice key, const wpi_key *start, wpi_evidence_row *row)
{
    if (key.bytes != 24 || memcmp(key.data, start->bytes, 8) != 0)
        return false;
    row->time_s = (int64_t)wpi_key_get_u64(key.data, 8);
    row->interaction = wpi_key_get_u64(key.data, 16);
    return true;
}

/* Walk the rows of a pair as they are stored. */
static wp_status walk_rows(wpi_graph *graph, uint32_t low, uint32_t high, int64_t from_s,
                           int64_t before_s, wpi_evidence_each_fn *each, void *context,
                           wp_error *err)
{
    wpi_store_cursor *cursor = NULL;
    wpi_slice key, value;
    wpi_evidence_row row;
    wp_sums sums;
    wpi_key start = wpi_key_evidence(low, high, from_s < 0 ? 0 : from_s, 0);
    WPI_TRY(wpi_gains_settle(graph, err));
    WPI_TRY(wpi_store_cursor_open(graph->txn, WPI_TABLE_EVIDENCE, &cursor, err));
    wp_status status =
        wpi_store_cursor_seek(cursor, (wpi_slice){start.bytes, start.size}, &key, &value, err);
    while (status == WP_OK && is_of_pair(key, &start, &row) && row.time_s < before_s) {
        wpi_record_bytes bytes = {value.data, value.bytes};
        status = wpi_record_read_evidence(bytes, &sums, &row.record, err);
        if (status == WP_OK)
            status = each(context, &row, err);
        if (status == WP_OK)
            status = wpi_store_cursor_next(cursor, &key, &value, err);
    }
    wpi_store_cursor_close(cursor);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* The connections of a pair at one moment, and the one of them that counts. */
typedef struct moment {
    int64_t time_s;
    size_t connections;
    uint64_t interaction;
    double weight; /* 0: none that counts */
} moment;

static wp_status take_weightiest(void *context, const wpi_evidence_row *row, wp_error *err)
{
    moment *at = context;
    double weight = row->record.weight[0] + row->record.weight[1];
    (void)err;
    if (row->record.kind != WP_KIND_CONNECTION)
        return WP_OK;
    at->connections++;
    if (weight > at->weight) {
        at->weight = weight;
        at->interaction = row->interaction;
    }
    return WP_OK;
}

static wp_status read_moment(wpi_graph *graph, uint32_t low, uint32_t high, int64_t time_s,
                             moment *out, wp_error *err)
{
    *out = (moment){.time_s = time_s};
    return walk_rows(graph, low, high, time_s, time_s + 1, take_weightiest, out, err);
}

wp_status wpi_evidence_is_told_twice(wpi_graph *graph, const wpi_derived_row *connection, bool *is,
                                     wp_error *err)
{
    moment at;
    WPI_TRY(
        read_moment(graph, connection->low, connection->high, connection->row.time_s, &at, err));
    *is = at.connections > 1;
    return WP_OK;
}

typedef struct weighing_walk {
    wpi_graph *graph;
    uint32_t low;
    uint32_t high;
    wpi_evidence_each_fn *each;
    void *context;
    moment at;
} weighing_walk;

static wp_status weigh_row(void *context, const wpi_evidence_row *row, wp_error *err)
{
    weighing_walk *walk = context;
    wpi_evidence_row weighed = *row;
    if (row->record.kind != WP_KIND_CONNECTION)
        return walk->each(walk->context, row, err);
    if (walk->at.connections == 0 || walk->at.time_s != row->time_s)
        WPI_TRY(read_moment(walk->graph, walk->low, walk->high, row->time_s, &walk->at, err));
    if (walk->at.interaction != row->interaction)
        weighed.record.weight[0] = weighed.record.weight[1] = 0.0;
    return walk->each(walk->context, &weighed, err);
}

wp_status wpi_evidence_each(wpi_graph *graph, uint32_t low, uint32_t high, int64_t from_s,
                            int64_t before_s, wpi_evidence_each_fn *each, void *context,
                            wp_error *err)
{
    weighing_walk walk = {graph, low, high, each, context, {.connections = 0}};
    return walk_rows(graph, low, high, from_s, before_s, weigh_row, &walk, err);
}

static wp_status note_row(void *context, const wpi_evidence_row *row, wp_error *err)
{
    (void)row;
    (void)err;
    *(bool *)context = true;
    return WP_ENOTFOUND; /* one is enough: ends the walk */
}

wp_status wpi_evidence_exists(wpi_graph *graph, uint32_t low, uint32_t high, int64_t before_s,
                              bool *exists, wp_error *err)
{
    *exists = false;
    return wpi_evidence_each(graph, low, high, 0, before_s, note_row, exists, err);
}

static wp_status apply_row(void *context, const wpi_evidence_row *row, wp_error *err)
{
    (void)err;
    wpi_evidence_apply(context, row);
    return WP_OK;
}

wp_status wpi_evidence_replay(wpi_graph *graph, uint32_t low, uint32_t high, int64_t before_s,
                              wpi_tie_state *state, wp_error *err)
{
    return wpi_evidence_each(graph, low, high, 0, before_s, apply_row, state, err);
}
