/*
 * Meetings that wait for the end of a run of answers: see answer.h.
 *
 * What an answer names is known by two hashes. While one such id waits, all meetings that it
 * concerns do, so further answers to it need no look at them; and no meeting can come, since
 * whatever is stored but answers settles what waits. So each meeting is read twice a run, and the
 * work is linear in answers, however they take turns.
 */
#include "graph/answer.h"

#include "graph/identity.h"
#include "graph/interaction.h"
#include "graph/restate.h"

/* A run ends when so many rows wait, or after so many answers, which are read again at its end. */
#define ROWS_MAX ((size_t)1 << 16)
#define ANSWERS_MAX ((size_t)1 << 15)

/* A meeting as it counts now, in lent memory. */
static wp_status read_counted(wpi_graph *graph, uint64_t number, wpi_counted *out, wp_error *err)
{
    wp_interaction *meeting = wpi_arena_take(&graph->lent, 1, sizeof *meeting);
    if (meeting == NULL)
        return wpi_memory_failed(err);
    wp_status status = wpi_interaction_load(graph, number, meeting, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, WP_ECORRUPT, "reply record has no interaction");
    WPI_TRY(status);
    return wpi_interaction_count(graph, meeting, out, err);
}

static bool is_meeting_waiting(const wpi_graph *graph, uint64_t number)
{
    return wpi_map_find(&graph->waiting.at, number) != NULL;
}

static bool is_id_waiting(const wpi_graph *graph, const char *id)
{
    uint64_t hash = wpi_identity_hash(graph, WPI_HASH_CLASS_SOURCE, id);
    const uint64_t *check =
        hash == WPI_MAP_KEY_NONE ? NULL : wpi_map_find(&graph->waiting.ids, hash);
    return check != NULL && *check == wpi_identity_hash(graph, WPI_HASH_CLASS_MARK, id);
}

wp_status wpi_answer_hold(wpi_graph *graph, const wp_interaction *answer, wpi_array *held,
                          wp_error *err)
{
    wp_status status = WP_OK;
    wpi_answered found;
    wpi_array numbers = WPI_ARRAY_OF(uint64_t);
    if (answer->kind != WP_KIND_ANSWER || is_id_waiting(graph, answer->reply_to))
        return WP_OK;
    WPI_TRY_OUT(wpi_answer_meetings(graph, answer, &numbers, err));
    for (size_t i = 0; i < numbers.count; i++) {
        found.number = WPI_ARRAY_AT(&numbers, uint64_t, i);
        bool is_held = is_meeting_waiting(graph, found.number);
        for (size_t j = 0; j < held->count && !is_held; j++)
            is_held = WPI_ARRAY_AT(held, wpi_answered, j).number == found.number;
        if (is_held)
            continue;
        WPI_TRY_OUT(read_counted(graph, found.number, &found.before, err));
        WPI_TRY_OUT(wpi_array_push(held, &found, err));
    }
out:
    wpi_array_free(&numbers);
    return status;
}

wp_status wpi_answer_release(wpi_graph *graph, const wpi_array *held, wp_error *err)
{
    for (size_t i = 0; i < held->count; i++) {
        const wpi_answered *at = &WPI_ARRAY_AT(held, wpi_answered, i);
        wpi_counted now;
        WPI_TRY(read_counted(graph, at->number, &now, err));
        WPI_TRY(wpi_derive_change(graph, at->number, &at->before, &now, err));
    }
    return WP_OK;
}

/* What follows from a meeting as it counts now, without filling the lent memory. */
static wp_status read_rows(wpi_graph *graph, uint64_t number, wpi_array *rows, wp_error *err)
{
    wp_status status;
    wpi_counted now;
    wpi_derived derived = WPI_DERIVED_INIT;
    wpi_arena lent = graph->lent;
    graph->lent = (wpi_arena){0};
    WPI_TRY_OUT(read_counted(graph, number, &now, err));
    WPI_TRY_OUT(wpi_derive_rows(graph, number, &now, &derived, err));
    *rows = derived.rows;
    derived.rows = WPI_ARRAY_OF(wpi_derived_row);
out:
    wpi_derived_free(&derived);
    wpi_arena_free(&graph->lent);
    graph->lent = lent;
    return status;
}

static wp_status begin_waiting(wpi_graph *graph, uint64_t number, wp_error *err)
{
    wpi_waiting *self = &graph->waiting;
    wpi_waiting_meeting made = {number, WPI_ARRAY_OF(wpi_derived_row)};
    if (is_meeting_waiting(graph, number))
        return WP_OK;
    WPI_TRY(read_rows(graph, number, &made.rows, err));
    wp_status status = wpi_array_push(&self->meetings, &made, err);
    if (status != WP_OK) {
        wpi_array_free(&made.rows);
        return status;
    }
    self->rows += made.rows.count;
    return wpi_map_put(&self->at, number, self->meetings.count - 1, NULL, NULL, err);
}

/* Whether all of some meetings may wait: not one that is itself a reply, since its own author
 * matters. Its series does not: whatever changes that settles what waits. */
static wp_status may_wait(wpi_graph *graph, const wpi_array *numbers, bool *may, wp_error *err)
{
    wp_interaction meeting;
    *may = true;
    for (size_t i = 0; i < numbers->count && *may; i++) {
        WPI_TRY(wpi_interaction_load(graph, WPI_ARRAY_AT(numbers, uint64_t, i), &meeting, err));
        *may = meeting.reply_to == NULL || (meeting.flags & WP_INTERACTION_OCCURRENCE) != 0;
    }
    return WP_OK;
}

/* Whether what is to be stored, or goes, is an answer and was none of the meetings. */
static wp_status is_answer(wpi_graph *graph, const wp_interaction *given, uint64_t number, bool *is,
                           wp_error *err)
{
    wp_interaction stored;
    *is = given->kind == WP_KIND_ANSWER;
    if (!*is || number == 0)
        return WP_OK;
    WPI_TRY(wpi_interaction_load(graph, number, &stored, err));
    *is = stored.kind == WP_KIND_ANSWER;
    return WP_OK;
}

/* Have an id wait that does not yet; *is_waiting: it does. */
static wp_status wait_for(wpi_graph *graph, const wp_interaction *answer, bool *is_waiting,
                          wp_error *err)
{
    wp_status status;
    bool may;
    wpi_waiting *self = &graph->waiting;
    wpi_array numbers = WPI_ARRAY_OF(uint64_t);
    uint64_t hash = wpi_identity_hash(graph, WPI_HASH_CLASS_SOURCE, answer->reply_to);
    uint64_t check = wpi_identity_hash(graph, WPI_HASH_CLASS_MARK, answer->reply_to);
    WPI_TRY_OUT(wpi_answer_meetings(graph, answer, &numbers, err));
    WPI_TRY_OUT(may_wait(graph, &numbers, &may, err));
    may = may && hash != WPI_MAP_KEY_NONE;
    bool has_room = self->rows <= ROWS_MAX && self->answers < ANSWERS_MAX;
    if (!may || !has_room || wpi_map_find(&self->ids, hash) != NULL)
        WPI_TRY_OUT(wpi_answer_settle(graph, err));
    if (!may)
        goto out;
    for (size_t i = 0; i < numbers.count; i++)
        WPI_TRY_OUT(begin_waiting(graph, WPI_ARRAY_AT(&numbers, uint64_t, i), err));
    WPI_TRY_OUT(wpi_map_put(&self->ids, hash, check, NULL, NULL, err));
    self->answers++;
    *is_waiting = true;
out:
    graph->has_failed |= status != WP_OK;
    wpi_array_free(&numbers);
    return status;
}

/* *is_waiting is at times graph.is_answering, and nothing can be settled once that is set. */
wp_status wpi_answer_wait(wpi_graph *graph, const wp_interaction *answer, uint64_t number,
                          bool *is_waiting, wp_error *err)
{
    bool is;
    *is_waiting = false;
    WPI_TRY(is_answer(graph, answer, number, &is, err));
    if (!is)
        return wpi_answer_settle(graph, err);
    if (!is_id_waiting(graph, answer->reply_to) || graph->waiting.answers >= ANSWERS_MAX)
        return wait_for(graph, answer, is_waiting, err);
    graph->waiting.answers++;
    *is_waiting = true;
    return WP_OK;
}

static void forget(wpi_waiting *self)
{
    for (size_t i = 0; i < self->meetings.count; i++)
        wpi_array_free(&WPI_ARRAY_AT(&self->meetings, wpi_waiting_meeting, i).rows);
    wpi_array_free(&self->meetings);
    wpi_map_free(&self->at);
    wpi_map_free(&self->ids);
    *self = (wpi_waiting){.meetings = WPI_ARRAY_OF(wpi_waiting_meeting)};
}

static wp_status settle_one(wpi_graph *graph, const wpi_waiting_meeting *at, wp_error *err)
{
    wp_status status;
    wpi_array now = WPI_ARRAY_OF(wpi_derived_row);
    WPI_TRY_OUT(read_rows(graph, at->number, &now, err));
    WPI_TRY_OUT(wpi_derive_change_rows(graph, &at->rows, &now, err));
out:
    wpi_array_free(&now);
    return status;
}

wp_status wpi_answer_settle(wpi_graph *graph, wp_error *err)
{
    wp_status status = WP_OK;
    if (graph->waiting.answers == 0 || graph->is_answering)
        return WP_OK;
    wpi_waiting settling = graph->waiting;
    graph->waiting = (wpi_waiting){.meetings = WPI_ARRAY_OF(wpi_waiting_meeting)};
    for (size_t i = 0; i < settling.meetings.count; i++)
        WPI_TRY_OUT(
            settle_one(graph, &WPI_ARRAY_AT(&settling.meetings, wpi_waiting_meeting, i), err));
    WPI_TRY_OUT(wpi_restate_all(graph, err));
out:
    graph->has_failed |= status != WP_OK;
    forget(&settling);
    return status;
}

void wpi_answer_free(wpi_graph *graph)
{
    forget(&graph->waiting);
    wpi_map_free(&graph->to_series.at);
    wpi_array_free(&graph->to_series.spans);
    wpi_array_free(&graph->to_series.numbers);
}
