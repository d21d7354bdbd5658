/*
 * Interactions: storing one, and settling replies.
 *
 * A reply counts more for the tie to the author of what it answers, and a list post counts for that
 * author alone. The answered interaction may arrive later than the reply: the reply then waits in a
 * table keyed by the source it awaits, and is settled when that comes. So the order of arrival does
 * not matter.
 */
#include "graph/interaction.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/time.h"
#include "graph/evidence.h"
#include "graph/identity.h"
#include "graph/person.h"
#include "graph/tie.h"
#include "rules/strength.h"

#define PARTICIPANTS_MAX 10000
/* An import passes through the whole file: let go of its pages every so many interactions. */
#define RELEASE_EVERY 8
#define RELEASE_EVERY_FINDS 64

static wp_status check_source(const char *source, const char *what, wp_error *err)
{
    return wpi_graph_check_text(source, what, 1000, err);
}

static wp_status check_interaction(const wpi_graph *graph, const wp_interaction *given,
                                   wp_error *err)
{
    if (given->source == NULL)
        return wpi_error_set(err, WP_EINVAL, "source is NULL, expected a text");
    WPI_TRY(check_source(given->source, "source", err));
    WPI_TRY(check_source(given->reply_to, "reply_to", err));
    if (given->kind < WP_KIND_MAIL || given->kind > WP_KIND_ASK)
        return wpi_error_set(err, WP_EINVAL, "kind is %d, expected 1..%d", (int)given->kind,
                             (int)WP_KIND_ASK);
    if (given->time_s < 0 || given->time_s > WP_TIME_MAX)
        return wpi_error_set(err, WP_EINVAL, "time is %lld s, expected 0..%lld",
                             (long long)given->time_s, (long long)WP_TIME_MAX);
    if (given->to_count > PARTICIPANTS_MAX)
        return wpi_error_set(err, WP_EINVAL, "to_count is %zu, expected 0..%d", given->to_count,
                             PARTICIPANTS_MAX);
    if (!(given->valence >= -1.0 && given->valence <= 1.0))
        return wpi_error_set(err, WP_EINVAL, "valence is %g, expected -1..1", given->valence);
    if ((given->flags & ~(WP_INTERACTION_AUTOMATIC | WP_INTERACTION_LIST)) != 0)
        return wpi_error_set(err, WP_EINVAL, "flags are %u, expected 0..3", given->flags);
    WPI_TRY(wpi_person_check(graph, given->from, err));
    for (size_t i = 0; i < given->to_count; i++) {
        WPI_TRY(wpi_person_check(graph, given->to[i].person, err));
        if (given->to[i].role < WP_ROLE_TO || given->to[i].role > WP_ROLE_DECLINED)
            return wpi_error_set(err, WP_EINVAL, "role is %d, expected 1..%d",
                                 (int)given->to[i].role, (int)WP_ROLE_DECLINED);
    }
    return WP_OK;
}

/* The place of a source id: where it is (WP_OK) or would go (WP_ENOTFOUND). */
static wp_status locate(wpi_graph *graph, const char *source, wpi_key *key, uint64_t *number,
                        wp_error *err)
{
    uint64_t hash = wpi_identity_hash(graph, WPI_HASH_CLASS_SOURCE, source);
    for (unsigned probe = 0; probe < 256; probe++) {
        wpi_record_bytes value;
        wp_interaction found;
        *key = wpi_key_hash(hash, (uint8_t)probe);
        WPI_TRY(wpi_graph_get(graph, WPI_TABLE_SOURCE, *key, &value, err));
        if (value.size != 8)
            return wpi_error_set(err, WP_ECORRUPT, "source record is malformed");
        *number = wpi_bytes_get_le64(value.data);
        wp_status status = wpi_interaction_load(graph, *number, &found, err);
        if (status == WP_ENOTFOUND)
            return wpi_error_set(err, WP_ECORRUPT, "source record has no interaction");
        WPI_TRY(status);
        if (strcmp(found.source, source) == 0)
            return WP_OK;
    }
    return wpi_error_set(err, WP_ECORRUPT, "source table has 256 equal hashes");
}

wp_status wpi_interaction_find(wpi_graph *graph, const char *source, uint64_t *number,
                               wp_error *err)
{
    if (++graph->finds % RELEASE_EVERY_FINDS == 0)
        wpi_store_release_pages(graph->txn);
    wpi_key key;
    WPI_TRY(check_source(source, "source", err));
    return locate(graph, source, &key, number, err);
}

wp_status wpi_interaction_load(wpi_graph *graph, uint64_t number, wp_interaction *out,
                               wp_error *err)
{
    wpi_record_bytes value;
    WPI_TRY(wpi_graph_get(graph, WPI_TABLE_INTERACTION, wpi_key_u64(number), &value, err));
    WPI_TRY(wpi_graph_keep(graph, &value, err));
    return wpi_record_read_interaction(value, &graph->lent, out, err);
}

static int compare_participant(const void *a, const void *b)
{
    const wp_participant *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return x->role < y->role ? -1 : x->role > y->role;
}

/* A copy in lent memory with participants sorted, each once in the strongest role, no sender. */
static wp_status normalise(wpi_graph *graph, const wp_interaction *given, wp_interaction *out,
                           wp_error *err)
{
    size_t kept = 0;
    wp_participant *to = wpi_arena_take(&graph->lent, given->to_count + 1, sizeof *to);
    if (to == NULL)
        return wpi_memory_failed(err);
    *out = *given;
    if (given->to_count > 0) {
        memcpy(to, given->to, given->to_count * sizeof *to);
        qsort(to, given->to_count, sizeof *to, compare_participant);
    }
    for (size_t i = 0; i < given->to_count; i++)
        if (to[i].person != given->from && (kept == 0 || to[kept - 1].person != to[i].person))
            to[kept++] = to[i];
    out->to = to;
    out->to_count = kept;
    return WP_OK;
}

/* One interaction as it counts for the tie of its sender and one other person. */
static wpi_evidence_row row_of(const wp_interaction *interaction, uint64_t number, uint32_t other,
                               wp_role role, size_t audience, bool is_reply)
{
    bool is_automatic = (interaction->flags & WP_INTERACTION_AUTOMATIC) != 0;
    double weight =
        is_automatic ? 0.0 : wpi_strength_weight(interaction->kind, role, audience, is_reply);
    int sender = interaction->from < other ? 0 : 1;
    wpi_evidence_row row = {
        interaction->time_s,
        number,
        {.kind = interaction->kind, .sender = sender, .valence = interaction->valence}};
    for (int i = 0; i < 2; i++) {
        row.record.has_direction[i] = i == sender || wpi_strength_is_two_way(interaction->kind);
        row.record.weight[i] = row.record.has_direction[i] ? weight : 0.0;
    }
    return row;
}

static wp_status store_row(wpi_graph *graph, uint32_t from, uint32_t other,
                           const wpi_evidence_row *row, wp_error *err)
{
    uint32_t low = from < other ? from : other, high = from < other ? other : from;
    wpi_tie_state state;
    WPI_TRY(wpi_evidence_put(graph, low, high, row, err));
    WPI_TRY(wpi_tie_begin_change(graph, low, high, &state, err));
    wpi_evidence_apply(&state, row);
    return wpi_tie_keep(graph, low, high, &state, err);
}

/* Store what an interaction means for its ties. author: who is answered; 0: unknown or nobody. */
static wp_status store_ties(wpi_graph *graph, const wp_interaction *interaction, uint64_t number,
                            uint32_t author, wp_error *err)
{
    if ((interaction->flags & WP_INTERACTION_LIST) != 0) {
        if (author == 0 || author == interaction->from)
            return WP_OK;
        wpi_evidence_row row = row_of(interaction, number, author, WP_ROLE_TO, 1, true);
        return store_row(graph, interaction->from, author, &row, err);
    }
    for (size_t i = 0; i < interaction->to_count; i++) {
        const wp_participant *to = &interaction->to[i];
        wpi_evidence_row row = row_of(interaction, number, to->person, to->role,
                                      interaction->to_count, to->person == author);
        WPI_TRY(store_row(graph, interaction->from, to->person, &row, err));
        if (interaction->kind != WP_KIND_ASK)
            continue;
        wpi_writer_u64(&graph->writer, (uint64_t)interaction->time_s);
        WPI_TRY(wpi_graph_put(graph, WPI_TABLE_ASK, wpi_key_u32_u64(to->person, number), err));
    }
    return WP_OK;
}

/* A reply that was counted as a plain message turns out to answer `author`. */
static wp_status raise_reply(wpi_graph *graph, const wp_interaction *reply, uint64_t number,
                             uint32_t author, wp_error *err)
{
    uint32_t low = reply->from < author ? reply->from : author;
    uint32_t high = reply->from < author ? author : reply->from;
    for (size_t i = 0; i < reply->to_count; i++) {
        if (reply->to[i].person != author)
            continue;
        wpi_evidence_row row =
            row_of(reply, number, author, reply->to[i].role, reply->to_count, true);
        wpi_evidence_row before = row;
        wpi_tie_state state;
        int sender = row.record.sender;
        WPI_TRY(wpi_evidence_get(graph, low, high, &before, err));
        wpi_gain gain = {.weight = row.record.weight[sender] - before.record.weight[sender],
                         .is_slow_only = wpi_strength_is_slow_only(reply->kind)};
        if (!(gain.weight > 0.0))
            return WP_OK;
        WPI_TRY(wpi_evidence_put(graph, low, high, &row, err));
        WPI_TRY(wpi_tie_begin_change(graph, low, high, &state, err));
        wpi_strength_add(&state, sender, reply->time_s, &gain);
        WPI_TRY(wpi_tie_keep(graph, low, high, &state, err));
    }
    return WP_OK;
}

static wp_status add_waiting(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    (void)value;
    if (key.bytes != 16)
        return wpi_error_set(err, WP_ECORRUPT, "waiting key is malformed");
    uint64_t number = wpi_key_get_u64(key.data, 8);
    return wpi_array_push(context, &number, err);
}

static wp_status settle_one(wpi_graph *graph, uint64_t hash, uint64_t number,
                            const wp_interaction *answered, wp_error *err)
{
    wp_interaction reply;
    wp_status status = wpi_interaction_load(graph, number, &reply, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, WP_ECORRUPT, "waiting record has no interaction");
    WPI_TRY(status);
    if (reply.reply_to == NULL || strcmp(reply.reply_to, answered->source) != 0)
        return WP_OK; /* another source with the same hash */
    if ((reply.flags & WP_INTERACTION_LIST) != 0)
        WPI_TRY(store_ties(graph, &reply, number, answered->from, err));
    else
        WPI_TRY(raise_reply(graph, &reply, number, answered->from, err));
    return wpi_graph_delete(graph, WPI_TABLE_WAITING, wpi_key_u64_u64(hash, number), err);
}

/* Settle the replies that waited for this interaction. */
static wp_status settle_waiting(wpi_graph *graph, const wp_interaction *answered, wp_error *err)
{
    wp_status status;
    wpi_array waiting = WPI_ARRAY_OF(uint64_t);
    uint64_t hash = wpi_identity_hash(graph, WPI_HASH_CLASS_SOURCE, answered->source);
    WPI_TRY_OUT(
        wpi_graph_each(graph, WPI_TABLE_WAITING, wpi_key_u64(hash), add_waiting, &waiting, err));
    for (size_t i = 0; i < waiting.count; i++)
        WPI_TRY_OUT(settle_one(graph, hash, WPI_ARRAY_AT(&waiting, uint64_t, i), answered, err));
out:
    wpi_array_free(&waiting);
    return status;
}

/* Who wrote what is answered; 0, and the reply waits, when that is not stored yet. */
static wp_status find_author(wpi_graph *graph, const wp_interaction *reply, uint64_t number,
                             uint32_t *author, wp_error *err)
{
    uint64_t answered = 0;
    wp_interaction found;
    *author = 0;
    if (reply->reply_to == NULL)
        return WP_OK;
    wp_status status = wpi_interaction_find(graph, reply->reply_to, &answered, err);
    if (status == WP_ENOTFOUND) {
        uint64_t hash = wpi_identity_hash(graph, WPI_HASH_CLASS_SOURCE, reply->reply_to);
        return wpi_graph_put(graph, WPI_TABLE_WAITING, wpi_key_u64_u64(hash, number), err);
    }
    WPI_TRY(status);
    WPI_TRY(wpi_interaction_load(graph, answered, &found, err));
    *author = found.from;
    return WP_OK;
}

wp_status wpi_interaction_put(wpi_graph *graph, const wp_interaction *interaction, bool *is_new,
                              wp_error *err)
{
    wpi_key key;
    uint64_t number = 0;
    uint32_t author = 0;
    wp_interaction normal;
    WPI_TRY(check_interaction(graph, interaction, err));
    wpi_graph_reclaim(graph);
    wp_status status = locate(graph, interaction->source, &key, &number, err);
    if (status != WP_ENOTFOUND) {
        if (is_new != NULL)
            *is_new = false;
        return status;
    }
    WPI_TRY(normalise(graph, interaction, &normal, err));
    number = ++graph->counters.interactions;
    graph->is_counting = true;
    wpi_record_write_interaction(&graph->writer, &normal);
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_INTERACTION, wpi_key_u64(number), err));
    wpi_writer_u64(&graph->writer, number);
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_SOURCE, key, err));
    WPI_TRY(find_author(graph, &normal, number, &author, err));
    WPI_TRY(store_ties(graph, &normal, number, author, err));
    WPI_TRY(settle_waiting(graph, &normal, err));
    if (number % RELEASE_EVERY == 0)
        wpi_store_release_pages(graph->txn);
    if (is_new != NULL)
        *is_new = true;
    return WP_OK;
}

typedef struct ask_walk {
    int32_t day;
    double asks;
} ask_walk;

static wp_status add_ask(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    ask_walk *walk = context;
    (void)key;
    if (value.size != 8)
        return wpi_error_set(err, WP_ECORRUPT, "ask record is malformed");
    int64_t time_s = (int64_t)wpi_bytes_get_le64(value.data);
    int64_t start_s = (int64_t)walk->day * WPI_DAY_SECONDS;
    if (time_s < start_s + WPI_DAY_SECONDS)
        walk->asks += exp2(-(double)(start_s - time_s) / WPI_DAY_SECONDS / WPI_HALF_LIFE_FAST_DAYS);
    return WP_OK;
}

wp_status wpi_interaction_asks(wpi_graph *graph, uint32_t person, int32_t day, double *asks,
                               wp_error *err)
{
    ask_walk walk = {day, 0.0};
    WPI_TRY(wpi_graph_each(graph, WPI_TABLE_ASK, wpi_key_u32(person), add_ask, &walk, err));
    *asks = walk.asks;
    return WP_OK;
}
