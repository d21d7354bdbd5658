/*
 * Integrity of interactions, evidence and ties.
 *
 * Deep: the state of each tie is computed anew from its evidence, and each interaction's evidence
 * and waiting record must be there. Sums are compared with a tolerance, because the order of
 * additions differs.
 */
#include <math.h>
#include <string.h>

#include "graph/check_internal.h"
#include "graph/evidence.h"
#include "graph/identity.h"
#include "graph/interaction.h"
#include "graph/tie.h"
#include "graph/tie_table.h"

static wpi_key evidence_key(const wp_interaction *interaction, uint64_t number, uint32_t other)
{
    uint32_t from = interaction->from;
    return wpi_key_evidence(from < other ? from : other, from < other ? other : from,
                            interaction->time_s, number);
}

/* The author of what is answered, 0 when unknown; the reply must wait exactly then. */
static wp_status check_reply(wpi_check *check, const wp_interaction *reply, uint64_t number,
                             uint32_t *author, wp_error *err)
{
    uint64_t answered = 0;
    wp_interaction found;
    *author = 0;
    if (reply->reply_to == NULL)
        return WP_OK;
    uint64_t hash = wpi_identity_hash(check->graph, WPI_HASH_CLASS_SOURCE, reply->reply_to);
    wp_status status = wpi_interaction_find(check->graph, reply->reply_to, &answered, err);
    if (status == WP_ENOTFOUND)
        return wpi_check_record(check, WPI_TABLE_WAITING, wpi_key_u64_u64(hash, number),
                                "answers what is not stored and does not wait", err);
    if (status == WP_OK)
        status = wpi_interaction_load(check->graph, answered, &found, err);
    if (status == WP_OK)
        *author = found.from;
    return wpi_check_expect(check, status, "answers what is not stored");
}

static wp_status check_rows(wpi_check *check, const wp_interaction *interaction, uint64_t number,
                            wp_error *err)
{
    uint32_t author = 0;
    WPI_TRY(check_reply(check, interaction, number, &author, err));
    if ((interaction->flags & WP_INTERACTION_LIST) != 0) {
        if (author == 0 || author == interaction->from)
            return WP_OK;
        return wpi_check_record(check, WPI_TABLE_EVIDENCE,
                                evidence_key(interaction, number, author),
                                "has no evidence for its author", err);
    }
    for (size_t i = 0; i < interaction->to_count; i++)
        WPI_TRY(wpi_check_record(check, WPI_TABLE_EVIDENCE,
                                 evidence_key(interaction, number, interaction->to[i].person),
                                 "has no evidence for a recipient", err));
    return WP_OK;
}

wp_status wpi_check_interaction(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wp_interaction record;
    uint64_t found = 0;
    if (!wpi_check_key(check, 8))
        return WP_OK;
    uint64_t number = wpi_key_get_u64(check->key.data, 0);
    WPI_TRY(wpi_record_read_interaction(value, &check->graph->lent, &record, err));
    if (number == 0 || number > check->graph->counters.interactions)
        wpi_check_report(check, "number was never given out");
    wpi_check_person(check, record.from);
    for (size_t i = 0; i < record.to_count; i++)
        wpi_check_person(check, record.to[i].person);
    wp_status status = wpi_interaction_find(check->graph, record.source, &found, err);
    if (status == WP_OK && found != number)
        wpi_check_report(check, "its source id leads to another");
    WPI_TRY(wpi_check_expect(check, status, "its source id is not stored"));
    return check->is_deep ? check_rows(check, &record, number, err) : WP_OK;
}

wp_status wpi_check_source(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wp_interaction record;
    if (value.size != 8 || !wpi_check_key(check, 9)) {
        wpi_check_report(check, "record is malformed");
        return WP_OK;
    }
    uint64_t number = wpi_bytes_get_le64(value.data);
    wp_status status = wpi_interaction_load(check->graph, number, &record, err);
    if (status == WP_OK && wpi_identity_hash(check->graph, WPI_HASH_CLASS_SOURCE, record.source) !=
                               wpi_key_get_u64(check->key.data, 0))
        wpi_check_report(check, "its interaction has another source id");
    return wpi_check_expect(check, status, "its interaction does not exist");
}

wp_status wpi_check_waiting(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wp_interaction record;
    uint64_t answered = 0;
    (void)value;
    if (!wpi_check_key(check, 16))
        return WP_OK;
    uint64_t hash = wpi_key_get_u64(check->key.data, 0);
    wp_status status =
        wpi_interaction_load(check->graph, wpi_key_get_u64(check->key.data, 8), &record, err);
    if (status != WP_OK)
        return wpi_check_expect(check, status, "its interaction does not exist");
    if (record.reply_to == NULL ||
        wpi_identity_hash(check->graph, WPI_HASH_CLASS_SOURCE, record.reply_to) != hash) {
        wpi_check_report(check, "its interaction does not wait for this");
        return WP_OK;
    }
    status = wpi_interaction_find(check->graph, record.reply_to, &answered, err);
    if (status == WP_OK)
        wpi_check_report(check, "waits for what is stored");
    return status == WP_ENOTFOUND || status == WP_ECORRUPT ? WP_OK : status;
}

wp_status wpi_check_evidence(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_evidence_record record;
    if (!wpi_check_key(check, 24))
        return WP_OK;
    const void *key = check->key.data;
    uint32_t low = wpi_key_get_u32(key, 0), high = wpi_key_get_u32(key, 4);
    WPI_TRY(wpi_record_read_evidence(value, &record, err));
    if (low >= high)
        wpi_check_report(check, "pair is out of order");
    wpi_check_person(check, high);
    wpi_tie_state state;
    WPI_TRY(wpi_check_expect(check, wpi_tie_table_find(check->graph, low, high, &state, err),
                             "has no tie"));
    if (!check->is_deep)
        return WP_OK;
    return wpi_check_record(check, WPI_TABLE_INTERACTION, wpi_key_u64(wpi_key_get_u64(key, 16)),
                            "its interaction does not exist", err);
}

static bool is_close(double a, double b)
{
    return fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b)) + 1e-12;
}

static bool is_same_state(const wpi_tie_state *a, const wpi_tie_state *b)
{
    bool is_same =
        a->reference_s == b->reference_s && a->first_s == b->first_s && a->last_s == b->last_s;
    for (int i = 0; i < 2; i++) {
        const wpi_flow *x = &a->flow[i], *y = &b->flow[i];
        is_same = is_same && x->count == y->count && is_close(x->fast, y->fast) &&
                  is_close(x->slow, y->slow) && is_close(x->positive, y->positive) &&
                  is_close(x->negative, y->negative);
    }
    return is_same;
}

static wp_status check_state(wpi_check *check, uint32_t low, uint32_t high,
                             const wpi_tie_state *stored, wp_error *err)
{
    wpi_tie_state replayed = WPI_TIE_STATE_INIT;
    wp_status status =
        wpi_evidence_replay(check->graph, low, high, WP_TIME_MAX + 1, &replayed, err);
    if (status == WP_OK && !is_same_state(stored, &replayed))
        wpi_check_report(check, "state differs from the evidence");
    return status == WP_ECORRUPT ? WP_OK : status;
}

/* The ties of a run, and that it lies behind the run before it. */
static wp_status check_run(wpi_check *check, uint32_t low, wpi_tie_run *run, wp_error *err)
{
    wpi_tie_entry entry;
    wpi_tie_state state;
    uint32_t before = low == check->tie_low ? check->tie_high : low;
    bool is_first = true;
    for (; wpi_tie_run_next(run, &entry); is_first = false) {
        if (is_first && entry.high != wpi_key_get_u32(check->key.data, 4))
            wpi_check_report(check, "does not begin with the tie of its key");
        if (is_first && entry.high <= before)
            wpi_check_report(check, "ties are out of order");
        wpi_check_person(check, entry.high);
        WPI_TRY(wpi_tie_entry_read(&entry, &state, err));
        check->ties++;
        if (check->is_deep && entry.high > low)
            WPI_TRY(check_state(check, low, entry.high, &state, err));
    }
    check->tie_low = low;
    check->tie_high = run->last;
    WPI_TRY(wpi_tie_run_status(run, err));
    if (is_first)
        wpi_check_report(check, "is empty");
    return WP_OK;
}

wp_status wpi_check_tie(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_tie_run run = wpi_tie_run_of(value);
    if (!wpi_check_key(check, 8))
        return WP_OK;
    uint32_t low = wpi_key_get_u32(check->key.data, 0);
    if (value.size > WPI_TIE_RUN_BYTES_MAX)
        wpi_check_report(check, "is too long");
    wpi_check_person(check, low);
    return check_run(check, low, &run, err);
}

wp_status wpi_check_ask(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    if (value.size != 8)
        wpi_check_report(check, "record is malformed");
    if (!wpi_check_key(check, 12))
        return WP_OK;
    wpi_check_person(check, wpi_key_get_u32(check->key.data, 0));
    return wpi_check_record(check, WPI_TABLE_INTERACTION,
                            wpi_key_u64(wpi_key_get_u64(check->key.data, 4)),
                            "its interaction does not exist", err);
}
