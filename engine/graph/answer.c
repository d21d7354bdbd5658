/*
 * Answers to invitations: see answer.h.
 */
#include "graph/answer.h"

#include <stdlib.h>
#include <string.h>

#include "graph/interaction.h"
#include "graph/restate.h"
#include "graph/source_id.h"
#include "graph/version.h"

/* Whether an interaction answers a meeting: another source id can have the same hash, and one that
 * was called off says nothing. */
static bool is_answer_to(const wp_interaction *at, const wp_interaction *meeting)
{
    return meeting->kind == WP_KIND_MEETING && at->kind == WP_KIND_ANSWER && at->to_count == 1 &&
           wpi_derive_author(at) != 0 && at->reply_to != NULL &&
           strcmp(at->reply_to, meeting->source) == 0;
}

static wp_status load(wpi_graph *graph, uint64_t number, wp_interaction *out, wp_error *err)
{
    wp_status status = wpi_interaction_load(graph, number, out, err);
    return status == WP_ENOTFOUND
               ? wpi_error_set(err, WP_ECORRUPT, "reply record has no interaction")
               : status;
}

wp_status wpi_answer_list(wpi_graph *graph, const wp_interaction *meeting, wpi_array *numbers,
                          wp_error *err)
{
    size_t kept = numbers->count;
    wp_interaction reply;
    if (meeting->kind != WP_KIND_MEETING)
        return WP_OK;
    WPI_TRY(wpi_source_id_replies(graph, meeting->source, numbers, err));
    for (size_t i = kept; i < numbers->count; i++) {
        uint64_t number = WPI_ARRAY_AT(numbers, uint64_t, i);
        WPI_TRY(load(graph, number, &reply, err));
        if (is_answer_to(&reply, meeting))
            WPI_ARRAY_AT(numbers, uint64_t, kept++) = number;
    }
    numbers->count = kept;
    return WP_OK;
}

/* The one that holds first: the later version of what was answered, then the later answer. */
static int compare_answers(const void *a, const void *b)
{
    const wp_interaction *x = a, *y = b;
    if (x->revision != y->revision)
        return x->revision > y->revision ? -1 : 1;
    if (x->time_s != y->time_s)
        return x->time_s > y->time_s ? -1 : 1;
    return strcmp(x->source, y->source);
}

wp_status wpi_answer_read(wpi_graph *graph, const wp_interaction *meeting,
                          const wp_interaction **answers, size_t *count, wp_error *err)
{
    wp_status status;
    wp_interaction *found = NULL;
    wpi_array numbers = WPI_ARRAY_OF(uint64_t);
    *answers = NULL;
    *count = 0;
    WPI_TRY_OUT(wpi_answer_list(graph, meeting, &numbers, err));
    if (numbers.count == 0)
        goto out;
    found = wpi_arena_take(&graph->lent, numbers.count, sizeof *found);
    if (found == NULL)
        WPI_TRY_OUT(wpi_memory_failed(err));
    for (size_t i = 0; i < numbers.count; i++)
        WPI_TRY_OUT(load(graph, WPI_ARRAY_AT(&numbers, uint64_t, i), &found[i], err));
    qsort(found, numbers.count, sizeof *found, compare_answers);
    *answers = found;
    *count = numbers.count;
out:
    wpi_array_free(&numbers);
    return status;
}

wp_status wpi_answer_meeting(wpi_graph *graph, const wp_interaction *answer, uint64_t *number,
                             wp_error *err)
{
    wp_interaction meeting;
    *number = 0;
    if (answer->kind != WP_KIND_ANSWER)
        return WP_OK;
    wp_status status = wpi_interaction_find(graph, answer->reply_to, number, err);
    if (status == WP_OK)
        status = wpi_interaction_load(graph, *number, &meeting, err);
    if (status != WP_OK || meeting.kind != WP_KIND_MEETING)
        *number = 0;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* A meeting as it counts now, in lent memory. */
static wp_status read_counted(wpi_graph *graph, uint64_t number, wpi_counted *out, wp_error *err)
{
    wp_interaction *meeting = wpi_arena_take(&graph->lent, 1, sizeof *meeting);
    if (meeting == NULL)
        return wpi_memory_failed(err);
    WPI_TRY(load(graph, number, meeting, err));
    return wpi_interaction_count(graph, meeting, out, err);
}

wp_status wpi_answer_hold(wpi_graph *graph, const wp_interaction *answer, wpi_array *held,
                          wp_error *err)
{
    wpi_answered found;
    WPI_TRY(wpi_answer_meeting(graph, answer, &found.number, err));
    if (found.number == 0 || found.number == graph->answered)
        return WP_OK;
    for (size_t i = 0; i < held->count; i++)
        if (WPI_ARRAY_AT(held, wpi_answered, i).number == found.number)
            return WP_OK;
    WPI_TRY(read_counted(graph, found.number, &found.before, err));
    return wpi_array_push(held, &found, err);
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

/* Begin to wait; not for a meeting that is itself a reply, since its own author matters. Its series
 * does not: whatever changes that settles what waits. */
static wp_status begin_waiting(wpi_graph *graph, uint64_t number, wp_error *err)
{
    wp_status status;
    wpi_counted before;
    wpi_derived rows = WPI_DERIVED_INIT;
    WPI_TRY_OUT(read_counted(graph, number, &before, err));
    bool is_reply = before.interaction->reply_to != NULL &&
                    (before.interaction->flags & WP_INTERACTION_OCCURRENCE) == 0;
    if (before.interaction->kind != WP_KIND_MEETING || is_reply)
        goto out;
    WPI_TRY_OUT(wpi_derive_rows(graph, number, &before, &rows, err));
    graph->answered = number;
    graph->answered_rows = rows.rows;
    rows.rows = WPI_ARRAY_OF(wpi_derived_row);
out:
    wpi_derived_free(&rows);
    return status;
}

wp_status wpi_answer_wait(wpi_graph *graph, const wp_interaction *answer, uint64_t number,
                          bool *is_waiting, wp_error *err)
{
    uint64_t meeting = 0;
    wp_status status = WP_ENOTFOUND;
    *is_waiting = false;
    if (answer->kind == WP_KIND_ANSWER)
        status = wpi_interaction_find(graph, answer->reply_to, &meeting, err);
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    bool is_other = status == WP_OK && meeting != number;
    if (!is_other || meeting != graph->answered || number == graph->answered)
        WPI_TRY(wpi_answer_settle(graph, err));
    if (is_other && graph->answered == 0)
        WPI_TRY(begin_waiting(graph, meeting, err));
    *is_waiting = is_other && graph->answered == meeting;
    return WP_OK;
}

wp_status wpi_answer_settle(wpi_graph *graph, wp_error *err)
{
    wp_status status;
    wpi_counted now;
    wpi_derived rows = WPI_DERIVED_INIT;
    uint64_t number = graph->answered;
    if (number == 0 || graph->is_answering)
        return WP_OK;
    wpi_array before = graph->answered_rows;
    graph->answered = 0;
    graph->answered_rows = WPI_ARRAY_OF(wpi_derived_row);
    WPI_TRY_OUT(read_counted(graph, number, &now, err));
    WPI_TRY_OUT(wpi_derive_rows(graph, number, &now, &rows, err));
    WPI_TRY_OUT(wpi_derive_change_rows(graph, &before, &rows.rows, err));
    WPI_TRY_OUT(wpi_restate_all(graph, err));
out:
    graph->has_failed |= status != WP_OK;
    wpi_derived_free(&rows);
    wpi_array_free(&before);
    return status;
}
