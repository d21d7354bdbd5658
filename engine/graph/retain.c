/*
 * Retention: see retain.h.
 *
 * Interactions are looked at from the highest number down, because replies mostly come after what
 * they answer: what an interaction weighs depends on what it answers, so it is taken before that.
 * What is answered by an interaction that stays is left for a later pass, or a later call. A series
 * that tells of all time is before no day: it goes with the last of its occurrences. The rows that
 * follow from those taken are collected by pair and source, and each summary is put once a
 * transaction, joined with the one that was there.
 */
#include "graph/retain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "graph/answer.h"
#include "graph/derive.h"
#include "graph/interaction.h"
#include "graph/restate.h"
#include "graph/source.h"
#include "graph/source_id.h"
#include "graph/version.h"

/* One transaction looks at so many numbers, and takes so many interactions. */
#define LOOKED_AT_MAX 200000
#define TAKEN_MAX 2000

/* A row that goes, and who stated it. */
typedef struct gone_row {
    wpi_derived_row derived;
    uint32_t source;
} gone_row;

/* What goes in one transaction. */
typedef struct gone_parts {
    wpi_array rows;   /* of gone_row */
    wpi_array series; /* of uint64_t: the numbers of the series that occurrences name */
} gone_parts;

void wpi_retain_begin_pass(wpi_graph *graph, wpi_retaining *self)
{
    self->next = graph->counters.interactions;
    self->taken_in_pass = 0;
    self->out->answered = 0;
}

/* Whether an interaction is answered by one that is there; in a dry run, which takes none away, by
 * one that would stay. Answers to an invitation go with the meeting. What is removed for good needs
 * to stay for occurrences alone, which would come back without the newer version of their series.
 */
static wp_status is_answered(wpi_graph *graph, const wpi_retaining *self, const wp_interaction *at,
                             uint64_t number, bool *is, wp_error *err)
{
    wp_status status;
    wp_interaction reply;
    wpi_array replies = WPI_ARRAY_OF(uint64_t);
    *is = false;
    WPI_TRY_OUT(wpi_source_id_replies(graph, at->source, &replies, err));
    for (size_t i = 0; i < replies.count && !*is; i++) {
        uint64_t other = WPI_ARRAY_AT(&replies, uint64_t, i);
        WPI_TRY_OUT(wpi_interaction_load(graph, other, &reply, err));
        bool stays = !self->is_dry_run || reply.time_s >= self->before_s;
        bool counts = self->is_removal ? (reply.flags & WP_INTERACTION_OCCURRENCE) != 0
                                       : reply.kind != WP_KIND_ANSWER;
        *is = other != number && counts && stays;
    }
out:
    wpi_array_free(&replies);
    return status;
}

/* Remember what an interaction contributes. */
static wp_status collect_rows(wpi_graph *graph, const wpi_version *best, uint64_t number,
                              wpi_array *rows, wp_error *err)
{
    wp_status status;
    wpi_counted counted;
    wpi_derived derived = WPI_DERIVED_INIT;
    WPI_TRY_OUT(wpi_interaction_count(graph, &best->interaction, &counted, err));
    WPI_TRY_OUT(wpi_derive_rows(graph, number, &counted, &derived, err));
    for (size_t i = 0; i < derived.rows.count; i++) {
        gone_row gone = {WPI_ARRAY_AT(&derived.rows, wpi_derived_row, i), best->source};
        bool counts =
            gone.derived.low != gone.derived.high && wpi_evidence_counts(&gone.derived.row.record);
        if (counts)
            WPI_TRY_OUT(wpi_array_push(rows, &gone, err));
    }
out:
    wpi_derived_free(&derived);
    return status;
}

static wp_status remove_all(wpi_graph *graph, uint64_t number, const wpi_version *all,
                            wp_error *err)
{
    for (; all != NULL; all = all->next)
        WPI_TRY(wpi_interaction_remove(graph, number, all->source, err));
    return WP_OK;
}

/* The answers to a meeting that was taken, which say nothing without it. */
static wp_status take_answers(wpi_graph *graph, wpi_retaining *self, const wp_interaction *meeting,
                              wp_error *err)
{
    wp_status status;
    wpi_version *all;
    wpi_array numbers = WPI_ARRAY_OF(uint64_t);
    WPI_TRY_OUT(wpi_answer_list(graph, meeting, &numbers, err));
    self->out->taken += numbers.count;
    for (size_t i = 0; i < numbers.count && !self->is_dry_run; i++) {
        uint64_t number = WPI_ARRAY_AT(&numbers, uint64_t, i);
        WPI_TRY_OUT(wpi_versions_of(graph, number, &all, err));
        WPI_TRY_OUT(remove_all(graph, number, all, err));
    }
out:
    wpi_array_free(&numbers);
    return status;
}

/* Whether a version of a series has no time of its own. */
static bool is_of_all_time(const wp_interaction *at)
{
    return at->kind == WP_KIND_SERIES && at->time_s == 0;
}

static wp_status has_occurrence(wpi_graph *graph, const char *series, bool *has, wp_error *err)
{
    wp_status status;
    wp_interaction reply;
    wpi_array replies = WPI_ARRAY_OF(uint64_t);
    *has = false;
    WPI_TRY_OUT(wpi_source_id_replies(graph, series, &replies, err));
    for (size_t i = 0; i < replies.count && !*has; i++) {
        WPI_TRY_OUT(wpi_interaction_load(graph, WPI_ARRAY_AT(&replies, uint64_t, i), &reply, err));
        *has = (reply.flags & WP_INTERACTION_OCCURRENCE) != 0 && reply.reply_to != NULL &&
               strcmp(reply.reply_to, series) == 0;
    }
out:
    wpi_array_free(&replies);
    return status;
}

/* When what is told of took place. A version of all time leaves it to the meetings that it took the
 * place of, whose versions are still there; 0: there is none. */
static int64_t time_of(const wpi_version *all, const wp_interaction *best)
{
    int64_t time_s = best->time_s;
    for (; is_of_all_time(best) && all != NULL; all = all->next)
        if (all->interaction.kind != WP_KIND_SERIES && all->interaction.time_s > time_s)
            time_s = all->interaction.time_s;
    return time_s;
}

/* Whether nothing tells when a series is over: it may rule what is yet to be imported. */
static wp_status is_open(wpi_graph *graph, const wpi_version *all, const wp_interaction *best,
                         bool *is, wp_error *err)
{
    *is = false;
    if (!is_of_all_time(best) || time_of(all, best) > 0)
        return WP_OK;
    WPI_TRY(has_occurrence(graph, best->source, is, err));
    *is = !*is;
    return WP_OK;
}

/* Whether an answer goes with what it is to: an open series stays, and weighs no answer. */
static wp_status goes_with_meeting(wpi_graph *graph, const wp_interaction *answer, bool *goes,
                                   wp_error *err)
{
    uint64_t number;
    wpi_version *all, *best;
    *goes = false;
    WPI_TRY(wpi_answer_meeting(graph, answer, &number, err));
    if (number == 0)
        return WP_OK;
    WPI_TRY(wpi_versions_of(graph, number, &all, err));
    WPI_TRY(wpi_version_best(graph, all, &best, err));
    WPI_TRY(is_open(graph, all, &best->interaction, goes, err));
    *goes = !*goes;
    return WP_OK;
}

/* Whether an interaction is one that goes, as far as can be told without others. */
static bool is_due(const wpi_retaining *self, const wpi_version *all, const wp_interaction *best)
{
    bool is_summary = best->kind == WP_KIND_SUMMARY;
    return time_of(all, best) < self->before_s && (self->is_removal || !is_summary);
}

/* Whether a connection is told twice: which one counts follows from both, so neither is reduced. */
static wp_status is_told_twice(wpi_graph *graph, const wp_interaction *at, uint64_t number,
                               bool *is, wp_error *err)
{
    wp_status status;
    wpi_counted counted;
    wpi_derived derived = WPI_DERIVED_INIT;
    *is = false;
    if (at->kind != WP_KIND_CONNECTION)
        return WP_OK;
    WPI_TRY_OUT(wpi_interaction_count(graph, at, &counted, err));
    WPI_TRY_OUT(wpi_derive_rows(graph, number, &counted, &derived, err));
    for (size_t i = 0; i < derived.rows.count && !*is; i++)
        WPI_TRY_OUT(wpi_evidence_is_told_twice(
            graph, &WPI_ARRAY_AT(&derived.rows, wpi_derived_row, i), is, err));
out:
    wpi_derived_free(&derived);
    return status;
}

/* Remember the series of an occurrence that goes. */
static wp_status note_series(wpi_graph *graph, const wp_interaction *at, wpi_array *series,
                             wp_error *err)
{
    uint64_t number;
    if ((at->flags & WP_INTERACTION_OCCURRENCE) == 0)
        return WP_OK;
    wp_status status = wpi_interaction_find(graph, at->reply_to, &number, err);
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    return wpi_array_push(series, &number, err);
}

static wp_status take_one(wpi_graph *graph, wpi_retaining *self, uint64_t number, gone_parts *gone,
                          wp_error *err)
{
    wpi_version *all, *best;
    bool stays = false;
    WPI_TRY(wpi_versions_of(graph, number, &all, err));
    WPI_TRY(wpi_version_best(graph, all, &best, err));
    if (best == NULL || !is_due(self, all, &best->interaction))
        return WP_OK;
    WPI_TRY(goes_with_meeting(graph, &best->interaction, &stays, err));
    if (!stays)
        WPI_TRY(is_open(graph, all, &best->interaction, &stays, err));
    if (stays)
        return WP_OK;
    WPI_TRY(is_answered(graph, self, &best->interaction, number, &stays, err));
    self->out->answered += stays ? 1 : 0;
    if (!stays && !self->is_removal)
        WPI_TRY(is_told_twice(graph, &best->interaction, number, &stays, err));
    if (stays)
        return WP_OK;
    self->out->taken++;
    self->taken_in_pass++;
    if (!self->is_dry_run && !self->is_removal)
        WPI_TRY(collect_rows(graph, best, number, &gone->rows, err));
    if (!self->is_dry_run) {
        WPI_TRY(note_series(graph, &best->interaction, &gone->series, err));
        WPI_TRY(remove_all(graph, number, all, err));
    }
    return take_answers(graph, self, &best->interaction, err);
}

/* Take the series of which no occurrence is left. */
static wp_status take_emptied(wpi_graph *graph, wpi_retaining *self, const wpi_array *series,
                              wp_error *err)
{
    for (size_t i = 0; i < series->count; i++) {
        wpi_version *all, *best;
        uint64_t number = WPI_ARRAY_AT(series, uint64_t, i);
        bool is = false;
        if (i > 0 && number == WPI_ARRAY_AT(series, uint64_t, i - 1))
            continue;
        wpi_graph_reclaim(graph);
        WPI_TRY(wpi_versions_of(graph, number, &all, err));
        WPI_TRY(wpi_version_best(graph, all, &best, err));
        if (best != NULL)
            WPI_TRY(is_open(graph, all, &best->interaction, &is, err));
        if (!is)
            continue;
        self->out->taken++;
        WPI_TRY(remove_all(graph, number, all, err));
        WPI_TRY(take_answers(graph, self, &best->interaction, err));
    }
    return WP_OK;
}

static int compare_rows(const void *a, const void *b)
{
    const gone_row *x = a, *y = b;
    const uint32_t keys[2][3] = {{x->derived.low, x->derived.high, x->source},
                                 {y->derived.low, y->derived.high, y->source}};
    for (int i = 0; i < 3; i++)
        if (keys[0][i] != keys[1][i])
            return keys[0][i] < keys[1][i] ? -1 : 1;
    return 0;
}

#define ID_BYTES 32

/* The source id of the summary of a pair and source. */
static void name_summary(const wpi_graph *graph, const gone_row *of, char out[ID_BYTES])
{
    const uint32_t key[3] = {of->derived.low, of->derived.high, of->source};
    (void)snprintf(out, ID_BYTES, "summary:%016" PRIx64,
                   (uint64_t)XXH3_64bits_withSeed(key, sizeof key, graph->seed));
}

static wp_sums sums_of(const wpi_tie_state *state)
{
    wp_sums sums = {.first_s = state->first_s};
    for (int i = 0; i < 2; i++) {
        const wpi_flow *flow = &state->flow[i];
        sums.fast[i] = flow->fast;
        sums.slow[i] = flow->slow;
        sums.positive[i] = flow->positive;
        sums.negative[i] = flow->negative;
        sums.count[i] = flow->count;
    }
    return sums;
}

/* Add the summary that is there to a state, and take it away. */
static wp_status take_summary(wpi_graph *graph, const char *id, const gone_row *of,
                              wpi_tie_state *state, wp_error *err)
{
    wpi_version *all;
    uint64_t number;
    wpi_array rows = WPI_ARRAY_OF(gone_row);
    wp_status status = wpi_interaction_find(graph, id, &number, err);
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    WPI_TRY_OUT(wpi_versions_of(graph, number, &all, err));
    WPI_TRY_OUT(collect_rows(graph, all, number, &rows, err));
    for (size_t i = 0; i < rows.count; i++) {
        const wpi_derived_row *row = &WPI_ARRAY_AT(&rows, gone_row, i).derived;
        if (row->low == of->derived.low && row->high == of->derived.high)
            wpi_evidence_apply(state, &row->row);
    }
    WPI_TRY_OUT(remove_all(graph, number, all, err));
out:
    wpi_array_free(&rows);
    return status;
}

/* Put the summary of rows of one pair and source. */
static wp_status put_summary(wpi_graph *graph, const gone_row *rows, size_t count, wp_error *err)
{
    char id[ID_BYTES];
    wpi_tie_state state = WPI_TIE_STATE_INIT;
    name_summary(graph, rows, id);
    for (size_t i = 0; i < count; i++)
        wpi_evidence_apply(&state, &rows[i].derived.row);
    WPI_TRY(take_summary(graph, id, rows, &state, err));
    wp_sums sums = sums_of(&state);
    wp_participant to = {rows->derived.high, WP_ROLE_TO};
    wp_interaction summary = WP_INTERACTION_INIT;
    summary.source = id;
    summary.kind = WP_KIND_SUMMARY;
    summary.time_s = state.reference_s;
    summary.from = rows->derived.low;
    summary.to = &to;
    summary.to_count = 1;
    summary.sums = &sums;
    WPI_TRY(wpi_source_switch(graph, rows->source, err));
    return wpi_interaction_put(graph, &summary, NULL, err);
}

static wp_status put_summaries(wpi_graph *graph, wpi_retaining *self, wpi_array *rows,
                               wp_error *err)
{
    const gone_row *items = rows->items;
    if (rows->count > 1)
        qsort(rows->items, rows->count, sizeof *items, compare_rows);
    for (size_t from = 0, to; from < rows->count; from = to) {
        for (to = from + 1; to < rows->count && compare_rows(&items[from], &items[to]) == 0;)
            to++;
        wpi_graph_reclaim(graph);
        WPI_TRY(put_summary(graph, &items[from], to - from, err));
        self->out->ties++;
    }
    return wpi_source_switch(graph, WP_SOURCE_HAND, err);
}

wp_status wpi_retain_some(wpi_graph *graph, wpi_retaining *self, wp_error *err)
{
    wp_status status = WP_OK;
    gone_parts gone = {WPI_ARRAY_OF(gone_row), WPI_ARRAY_OF(uint64_t)};
    uint64_t looked_at = 0, taken = self->out->taken;
    WPI_TRY(wpi_answer_settle(graph, err));
    while (self->next > 0 && looked_at++ < LOOKED_AT_MAX && self->out->taken - taken < TAKEN_MAX) {
        wpi_graph_reclaim(graph);
        WPI_TRY_OUT(take_one(graph, self, self->next, &gone, err));
        self->next--;
        self->looked_at++;
    }
    WPI_TRY_OUT(take_emptied(graph, self, &gone.series, err));
    WPI_TRY_OUT(wpi_restate_all(graph, err));
    WPI_TRY_OUT(put_summaries(graph, self, &gone.rows, err));
    WPI_TRY_OUT(wpi_restate_all(graph, err));
    wpi_store_release_pages(graph->txn); /* it passes through the whole file */
out:
    wpi_array_free(&gone.rows);
    wpi_array_free(&gone.series);
    return status;
}
