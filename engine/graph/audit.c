/*
 * The audit log: see audit.h.
 *
 * The hash of an entry is that of 32 + 8 + 25 bytes: the hash before (zeros before the first), the
 * number, and the fields as the record has them. The meta record is mode u8, number u64 and hash of
 * the last entry; it is absent until the log is first switched on.
 */
#include "graph/audit.h"

#include <time.h>

#include "graph/check_internal.h"

#define FIRST_QUESTION WP_AUDIT_ASK_PERSON
#define HASH_BYTES 32
#define HASHED_BYTES (HASH_BYTES + 8 + WPI_AUDIT_FIELDS_BYTES)

typedef struct audit_state {
    wp_audit_mode mode;
    uint64_t number;
    unsigned char hash[HASH_BYTES];
} audit_state;

static wpi_key state_key(void)
{
    return wpi_key_text("audit", 0);
}

static wp_status load_state(wpi_graph *graph, audit_state *out, wp_error *err)
{
    wpi_record_bytes value;
    *out = (audit_state){.mode = WP_AUDIT_OFF};
    wp_status status = wpi_graph_get(graph, WPI_TABLE_META, state_key(), &value, err);
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    const unsigned char *data = value.data;
    wpi_reader reader = {data, data + value.size, false};
    out->mode = (wp_audit_mode)wpi_reader_u8(&reader);
    out->number = wpi_reader_u64(&reader);
    if (reader.is_short || reader.end - reader.at != HASH_BYTES || out->mode > WP_AUDIT_ALL)
        return wpi_error_set(err, WP_ECORRUPT, "audit state is malformed");
    memcpy(out->hash, reader.at, HASH_BYTES);
    return WP_OK;
}

static wp_status save_state(wpi_graph *graph, const audit_state *state, wp_error *err)
{
    wpi_writer_u8(&graph->writer, (uint8_t)state->mode);
    wpi_writer_u64(&graph->writer, state->number);
    wpi_writer_bytes(&graph->writer, state->hash, HASH_BYTES);
    return wpi_graph_put(graph, WPI_TABLE_META, state_key(), err);
}

/* A change that cannot be logged must not be committed. */
static wp_status check_function(wpi_graph *graph, wp_error *err)
{
    if (graph->sha256 != NULL)
        return WP_OK;
    graph->has_failed |= graph->is_write;
    return wpi_error_set(err, WP_EINVAL,
                         "the audit log is on and sha256 is NULL, expected a function");
}

/* The hash that belongs into an entry, given the one before. */
static wp_status hash_entry(wpi_graph *graph, const unsigned char *before, uint64_t number,
                            const wpi_audit_record *record, unsigned char *out, wp_error *err)
{
    unsigned char bytes[HASHED_BYTES];
    wpi_record_write_audit(&graph->writer, record);
    wp_status status = wpi_writer_status(&graph->writer, err);
    if (status == WP_OK) {
        memcpy(bytes, before, HASH_BYTES);
        wpi_bytes_put_le64(bytes + HASH_BYTES, number);
        memcpy(bytes + HASH_BYTES + 8, graph->writer.bytes.items, WPI_AUDIT_FIELDS_BYTES);
        graph->sha256(bytes, sizeof bytes, out);
    }
    wpi_writer_clear(&graph->writer); /* a failure must not stay: readers verify, too */
    return status;
}

static wp_status append(wpi_graph *graph, audit_state *state, wpi_audit_record *record,
                        wp_error *err)
{
    WPI_TRY(check_function(graph, err));
    record->time_s = (int64_t)time(NULL);
    record->user = graph->user;
    WPI_TRY(hash_entry(graph, state->hash, ++state->number, record, record->hash, err));
    memcpy(state->hash, record->hash, HASH_BYTES);
    wpi_record_write_audit(&graph->writer, record);
    WPI_TRY(wpi_graph_append(graph, WPI_TABLE_AUDIT, wpi_key_u64(state->number), err));
    return save_state(graph, state, err);
}

wp_status wpi_audit_append(wpi_graph *graph, wp_audit_action action, uint32_t actor,
                           uint32_t subject, uint32_t object, wp_error *err)
{
    audit_state state;
    WPI_TRY(load_state(graph, &state, err));
    if (state.mode < (action < FIRST_QUESTION ? WP_AUDIT_CHANGES : WP_AUDIT_ALL))
        return WP_OK;
    wpi_audit_record record = {
        .action = (uint8_t)action, .actor = actor, .subject = subject, .object = object};
    return append(graph, &state, &record, err);
}

wp_status wpi_audit_set_mode(wpi_graph *graph, wp_audit_mode mode, wp_error *err)
{
    audit_state state;
    if ((unsigned)mode > WP_AUDIT_ALL)
        return wpi_error_set(err, WP_EINVAL, "mode is %d, expected 0..%d", (int)mode,
                             (int)WP_AUDIT_ALL);
    WPI_TRY(load_state(graph, &state, err));
    if (state.mode == mode)
        return WP_OK;
    wpi_audit_record record = {.action = WP_AUDIT_MODE, .subject = (uint32_t)mode};
    state.mode = mode;
    return append(graph, &state, &record, err);
}

wp_status wpi_audit_get_mode(wpi_graph *graph, wp_audit_mode *mode, wp_error *err)
{
    audit_state state;
    WPI_TRY(load_state(graph, &state, err));
    *mode = state.mode;
    return WP_OK;
}

bool wpi_audit_is_about_sides(wp_audit_action action)
{
    return action == WP_AUDIT_BARRIER_ADD || action == WP_AUDIT_BARRIER_REMOVE ||
           action == WP_AUDIT_MEMBER_ADD || action == WP_AUDIT_MEMBER_REMOVE;
}

static wp_status read_entry(wpi_slice key, wpi_record_bytes value, wp_audit_entry *out,
                            wp_error *err)
{
    wpi_audit_record record;
    if (key.bytes != 8)
        return wpi_error_set(err, WP_ECORRUPT, "audit key is malformed");
    WPI_TRY(wpi_record_read_audit(value, &record, err));
    *out = (wp_audit_entry){.number = wpi_key_get_u64(key.data, 0),
                            .time_s = record.time_s,
                            .action = (wp_audit_action)record.action,
                            .user = record.user,
                            .actor = record.actor,
                            .subject = record.subject,
                            .object = record.object};
    memcpy(out->hash, record.hash, HASH_BYTES);
    if (wpi_audit_is_about_sides(out->action)) {
        out->actor = 0;
        out->subject_kind = (wp_side_kind)(record.actor / 10);
        out->object_kind = (wp_side_kind)(record.actor % 10);
    }
    return WP_OK;
}

wp_status wpi_audit_next(wpi_graph *graph, wp_audit_entry *at, wp_error *err)
{
    wpi_store_cursor *cursor = NULL;
    wpi_slice key, value;
    wpi_key from = wpi_key_u64(at->number + 1);
    WPI_TRY(wpi_store_cursor_open(graph->txn, WPI_TABLE_AUDIT, &cursor, err));
    wp_status status =
        wpi_store_cursor_seek(cursor, (wpi_slice){from.bytes, from.size}, &key, &value, err);
    if (status == WP_OK)
        status = read_entry(key, (wpi_record_bytes){value.data, value.bytes}, at, err);
    else if (status == WP_ENOTFOUND)
        status = wpi_error_set(err, status, "there is no further entry");
    wpi_store_cursor_close(cursor);
    return status;
}

wp_status wpi_audit_head(wpi_graph *graph, wp_audit_entry *head, wp_error *err)
{
    audit_state state;
    WPI_TRY(load_state(graph, &state, err));
    if (state.number == 0)
        return wpi_error_set(err, WP_ENOTFOUND, "the audit log is empty");
    wp_audit_entry at = {.number = state.number - 1};
    WPI_TRY(wpi_audit_next(graph, &at, err));
    *head = at;
    return WP_OK;
}

typedef struct audit_walk {
    wpi_graph *graph;
    uint64_t number; /* of the last sound one */
    uint64_t broken; /* 0: none yet */
    unsigned char hash[HASH_BYTES];
} audit_walk;

static wp_status verify_entry(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    audit_walk *walk = context;
    wpi_audit_record record;
    unsigned char hash[HASH_BYTES];
    uint64_t expected = walk->number + 1;
    walk->broken = expected;
    if (key.bytes != 8 || wpi_key_get_u64(key.data, 0) != expected ||
        wpi_record_read_audit(value, &record, NULL) != WP_OK)
        return WP_ENOTFOUND; /* ends the walk */
    WPI_TRY(hash_entry(walk->graph, walk->hash, expected, &record, hash, err));
    if (memcmp(hash, record.hash, HASH_BYTES) != 0)
        return WP_ENOTFOUND;
    memcpy(walk->hash, hash, HASH_BYTES);
    walk->number = expected;
    walk->broken = 0;
    return WP_OK;
}

wp_status wpi_audit_verify(wpi_graph *graph, uint64_t *broken, wp_error *err)
{
    audit_state state;
    audit_walk walk = {.graph = graph};
    *broken = 0;
    WPI_TRY(check_function(graph, err));
    WPI_TRY(load_state(graph, &state, err));
    wp_status status =
        wpi_graph_each(graph, WPI_TABLE_AUDIT, (wpi_key){.size = 0}, verify_entry, &walk, err);
    if (status == WP_ECORRUPT) /* a record whose checksum is wrong comes after the last sound one */
        walk.broken = walk.number + 1;
    else if (status != WP_OK)
        return status;
    /* Too few, too many, or another last one than the state knows of. */
    if (walk.broken == 0 &&
        (walk.number != state.number || memcmp(walk.hash, state.hash, HASH_BYTES) != 0))
        walk.broken = (walk.number < state.number ? walk.number : state.number) + 1;
    *broken = walk.broken;
    return WP_OK;
}

/* Take what an entry says of the state that it left. */
static wp_status follow_entry(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    audit_state *state = context;
    wp_audit_entry entry;
    (void)err;
    if (read_entry(key, value, &entry, NULL) != WP_OK)
        return WP_OK; /* the check reports it */
    if (entry.action == WP_AUDIT_MODE && entry.subject <= WP_AUDIT_ALL)
        state->mode = (wp_audit_mode)entry.subject;
    state->number = entry.number;
    memcpy(state->hash, entry.hash, HASH_BYTES);
    return WP_OK;
}

wp_status wpi_audit_mend(wpi_graph *graph, wp_error *err)
{
    audit_state state;
    WPI_TRY(load_state(graph, &state, err));
    audit_state last = {.mode = state.number > 0 ? state.mode : WP_AUDIT_CHANGES};
    WPI_TRY(wpi_graph_each(graph, WPI_TABLE_AUDIT, (wpi_key){.size = 0}, follow_entry, &last, err));
    return last.number <= state.number ? WP_OK : save_state(graph, &last, err);
}

wp_status wpi_check_audit(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_audit_record record;
    if (!wpi_check_key(check, 8))
        return WP_OK;
    if (wpi_key_get_u64(check->key.data, 0) != ++check->audit_entries)
        wpi_check_report(check, "an entry is missing before it");
    return wpi_record_read_audit(value, &record, err);
}
