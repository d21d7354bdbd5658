/*
 * Integrity of interactions, evidence and ties.
 *
 * Deep: what follows from each interaction is derived anew and compared record by record, and the
 * numbers of records with those of the tables; the state of each tie is computed anew from its
 * evidence and its statements. Sums are compared with a tolerance, because the order of additions
 * differs.
 */
#include <math.h>
#include <string.h>

#include "graph/check_internal.h"
#include "graph/derive.h"
#include "graph/interaction.h"
#include "graph/party.h"
#include "graph/restate.h"
#include "graph/tie.h"
#include "graph/tie_table.h"
#include "graph/together.h"
#include "graph/version.h"

static bool is_same_row(const wpi_evidence_record *a, const wpi_evidence_record *b)
{
    bool is_same = a->kind == b->kind && a->sender == b->sender && a->valence == b->valence &&
                   wpi_evidence_is_same_sums(a->sums, b->sums);
    for (int i = 0; i < 2; i++)
        is_same =
            is_same && a->has_direction[i] == b->has_direction[i] && a->weight[i] == b->weight[i];
    return is_same;
}

static wp_status check_row(wpi_check *check, const wpi_derived_row *row, wp_error *err)
{
    wpi_evidence_row found = row->row;
    wp_sums sums;
    wp_status status = wpi_evidence_get(check->graph, row->low, row->high, &sums, &found, err);
    if (status == WP_OK && !is_same_row(&found.record, &row->row.record))
        wpi_check_report(check, "has evidence that differs from what follows from it");
    return wpi_check_expect(check, status, "has no evidence for a recipient");
}

static wp_status check_together_row(void *context, const wpi_derived_row *row, wp_error *err)
{
    wpi_check *check = context;
    check->evidence++;
    return check_row(check, row, err);
}

wp_status wpi_check_together(wpi_check *check, uint32_t company, wp_error *err)
{
    wp_status status = wpi_together_each(check->graph, company, check_together_row, check, err);
    return status == WP_ECORRUPT ? WP_OK : status;
}

/* All that follows from an interaction. */
static wp_status check_derived(wpi_check *check, const wp_interaction *interaction, uint64_t number,
                               wp_error *err)
{
    wp_status status;
    wpi_counted counted;
    wpi_derived derived = WPI_DERIVED_INIT;
    WPI_TRY(wpi_interaction_count(check->graph, interaction, &counted, err));
    WPI_TRY_OUT(wpi_derive_rows(check->graph, number, &counted, &derived, err));
    for (size_t i = 0; i < derived.rows.count; i++)
        WPI_TRY_OUT(check_row(check, &WPI_ARRAY_AT(&derived.rows, wpi_derived_row, i), err));
    for (size_t i = 0; i < derived.asked.count; i++)
        WPI_TRY_OUT(
            wpi_check_record(check, WPI_TABLE_ASK,
                             wpi_key_u32_u64(WPI_ARRAY_AT(&derived.asked, uint32_t, i), number),
                             "asks somebody whose load does not show it", err));
    check->evidence += derived.rows.count;
    check->asks += derived.asked.count;
    if (interaction->reply_to != NULL) {
        uint64_t hash =
            wpi_identity_hash(check->graph, WPI_HASH_CLASS_SOURCE, interaction->reply_to);
        check->replies++;
        WPI_TRY_OUT(wpi_check_record(check, WPI_TABLE_REPLY, wpi_key_u64_u64(hash, number),
                                     "is not among the replies to what it answers", err));
    }
out:
    wpi_derived_free(&derived);
    return status == WP_ECORRUPT ? WP_OK : status;
}

/* What holds of an interaction whatever its versions. */
static wp_status check_once(wpi_check *check, uint64_t number, wp_error *err)
{
    wp_interaction best;
    uint64_t found = 0;
    wp_status status = wpi_interaction_load(check->graph, number, &best, err);
    if (status != WP_OK)
        return wpi_check_expect(check, status, "does not exist");
    check->interactions += best.kind != WP_KIND_SERIES;
    check->private_interactions += (best.flags & WP_INTERACTION_PRIVATE) != 0;
    status = wpi_interaction_find(check->graph, best.source, &found, err);
    if (status == WP_OK && found != number)
        wpi_check_report(check, "its source id leads to another");
    WPI_TRY(wpi_check_expect(check, status, "its source id is not stored"));
    return check->is_deep ? check_derived(check, &best, number, err) : WP_OK;
}

wp_status wpi_check_interaction(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wp_interaction record;
    if (!wpi_check_key(check, 12))
        return WP_OK;
    uint64_t number = wpi_key_get_u64(check->key.data, 0);
    WPI_TRY(wpi_record_read_interaction(value, &check->graph->lent, &record, err));
    if (number == 0 || number > check->graph->counters.interactions)
        wpi_check_report(check, "number was never given out");
    WPI_TRY(wpi_check_source(check, wpi_key_get_u32(check->key.data, 8), err));
    if (record.from != 0)
        WPI_TRY(wpi_check_person(check, record.from, err));
    for (size_t i = 0; i < record.to_count; i++)
        WPI_TRY(wpi_check_person(check, record.to[i].person, err));
    if (number == check->number)
        return WP_OK;
    check->number = number;
    return check_once(check, number, err);
}

wp_status wpi_check_source_id(wpi_check *check, wpi_record_bytes value, wp_error *err)
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

wp_status wpi_check_reply(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wp_interaction record;
    (void)value;
    if (!wpi_check_key(check, 16))
        return WP_OK;
    uint64_t hash = wpi_key_get_u64(check->key.data, 0);
    wp_status status =
        wpi_interaction_load(check->graph, wpi_key_get_u64(check->key.data, 8), &record, err);
    if (status == WP_OK &&
        (record.reply_to == NULL ||
         wpi_identity_hash(check->graph, WPI_HASH_CLASS_SOURCE, record.reply_to) != hash))
        wpi_check_report(check, "its interaction does not answer this");
    return wpi_check_expect(check, status, "its interaction does not exist");
}

wp_status wpi_check_evidence(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_evidence_record record;
    wp_sums sums;
    wpi_tie_state state;
    if (!wpi_check_key(check, 24))
        return WP_OK;
    const void *key = check->key.data;
    uint32_t low = wpi_key_get_u32(key, 0), high = wpi_key_get_u32(key, 4);
    WPI_TRY(wpi_record_read_evidence(value, &sums, &record, err));
    if (low > high)
        wpi_check_report(check, "pair is out of order");
    WPI_TRY(wpi_check_canonical(check, low, err));
    WPI_TRY(wpi_check_canonical(check, high, err));
    if (low < high)
        WPI_TRY(wpi_check_expect(check, wpi_tie_table_find(check->graph, low, high, &state, err),
                                 "has no tie"));
    if (!check->is_deep)
        return WP_OK;
    uint64_t number = wpi_key_get_u64(key, 16);
    wp_interaction found;
    if ((number & WPI_TOGETHER) != 0)
        return WP_OK; /* the employments call for it, or the totals differ */
    return wpi_check_expect(check, wpi_interaction_load(check->graph, number, &found, err),
                            "its interaction does not exist");
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

/* A direction that a source states alone has its statement in the entry; of one that several state
 * the entry has the strongest. */
static wp_status check_stated(wpi_check *check, uint32_t from, uint32_t to,
                              const wpi_stated *stated, wp_error *err)
{
    wpi_stated found;
    size_t count;
    bool is_canonical;
    WPI_TRY(wpi_restate_read(check->graph, from, to, &found, &count, &is_canonical, err));
    bool is_own = stated->kind != WPI_STATED_NONE && stated->source != WP_SOURCE_NONE;
    check->restated += count;
    if (is_own)
        WPI_TRY(wpi_check_source(check, stated->source, err));
    if (is_own || stated->kind == WPI_STATED_NONE) {
        if (count > 0)
            wpi_check_report(check, "does not follow what is stated of it");
        return WP_OK;
    }
    if (count == 0 || is_canonical || found.kind != stated->kind || found.p != stated->p ||
        found.cost != stated->cost)
        wpi_check_report(check, "is not the strongest of what is stated");
    return WP_OK;
}

static wp_status check_entry(wpi_check *check, uint32_t low, uint32_t high,
                             const wpi_tie_state *state, wp_error *err)
{
    bool exists = state->reference_s != WP_TIME_NONE || state->stated[0].kind != WPI_STATED_NONE ||
                  state->stated[1].kind != WPI_STATED_NONE;
    if (!exists)
        WPI_TRY(wpi_evidence_exists(check->graph, low, high, WP_TIME_MAX + 1, &exists, err));
    if (exists == state->is_gone)
        wpi_check_report(check, "is wrong about whether it is gone");
    WPI_TRY(check_state(check, low, high, state, err));
    if (state->is_gone)
        return WP_OK; /* between numbers that may be other people's by now */
    WPI_TRY(check_stated(check, low, high, &state->stated[0], err));
    return check_stated(check, high, low, &state->stated[1], err);
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
        WPI_TRY(wpi_tie_entry_read(&entry, &state, err));
        check->entries++;
        check->ties += state.is_gone ? 0 : 1;
        if (!state.is_gone)
            WPI_TRY(wpi_check_canonical(check, entry.high, err));
        if (!state.is_gone)
            WPI_TRY(wpi_check_canonical(check, low, err));
        if (check->is_deep && entry.high > low)
            WPI_TRY(check_entry(check, low, entry.high, &state, err));
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
    return check_run(check, low, &run, err);
}

wp_status wpi_check_restated(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_stated stated;
    uint32_t from, to;
    const void *key = check->key.data;
    if (!wpi_check_key(check, 12))
        return WP_OK;
    WPI_TRY(wpi_record_read_restated(value, &stated, err));
    WPI_TRY(wpi_check_person(check, wpi_key_get_u32(key, 0), err));
    WPI_TRY(wpi_check_person(check, wpi_key_get_u32(key, 4), err));
    WPI_TRY(wpi_check_source(check, wpi_key_get_u32(key, 8), err));
    WPI_TRY(wpi_party_find(check->graph, WPI_PERSON, wpi_key_get_u32(key, 0), &from, err));
    WPI_TRY(wpi_party_find(check->graph, WPI_PERSON, wpi_key_get_u32(key, 4), &to, err));
    check->restated_between += from != to ? 1 : 0;
    return WP_OK;
}

wp_status wpi_check_ask(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wp_interaction found;
    if (value.size != 8)
        wpi_check_report(check, "record is malformed");
    if (!wpi_check_key(check, 12))
        return WP_OK;
    WPI_TRY(wpi_check_canonical(check, wpi_key_get_u32(check->key.data, 0), err));
    return wpi_check_expect(
        check, wpi_interaction_load(check->graph, wpi_key_get_u64(check->key.data, 4), &found, err),
        "its interaction does not exist");
}
