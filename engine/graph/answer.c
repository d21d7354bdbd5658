/*
 * Answers to invitations, as they are found from meetings and the other way: see answer.h.
 */
#include "graph/answer.h"

#include <stdlib.h>
#include <string.h>

#include "graph/identity.h"
#include "graph/interaction.h"
#include "graph/source_id.h"

/* So many series and answers to them are remembered at most. */
#define REMEMBERED_MAX ((size_t)1 << 16)

/* Whether an interaction is an answer to a source id: another one can have the same hash. */
static bool names(const wp_interaction *at, const char *source)
{
    return at->kind == WP_KIND_ANSWER && at->reply_to != NULL && strcmp(at->reply_to, source) == 0;
}

/* And says something: one that was called off does not. */
static bool is_answer_to(const wp_interaction *at, const char *source)
{
    return names(at, source) && at->to_count == 1 && wpi_derive_author(at) != 0;
}

static bool is_occurrence_of(const wp_interaction *at, const char *series)
{
    return at->kind == WP_KIND_MEETING && (at->flags & WP_INTERACTION_OCCURRENCE) != 0 &&
           at->reply_to != NULL && strcmp(at->reply_to, series) == 0;
}

static wp_status load(wpi_graph *graph, uint64_t number, wp_interaction *out, wp_error *err)
{
    wp_status status = wpi_interaction_load(graph, number, out, err);
    return status == WP_ENOTFOUND
               ? wpi_error_set(err, WP_ECORRUPT, "reply record has no interaction")
               : status;
}

/* Append the replies to a source id that are such. */
static wp_status list_replies(wpi_graph *graph, const char *source,
                              bool (*is_such)(const wp_interaction *, const char *),
                              wpi_array *numbers, wp_error *err)
{
    size_t kept = numbers->count;
    wp_interaction reply;
    WPI_TRY(wpi_source_id_replies(graph, source, numbers, err));
    for (size_t i = kept; i < numbers->count; i++) {
        uint64_t number = WPI_ARRAY_AT(numbers, uint64_t, i);
        WPI_TRY(load(graph, number, &reply, err));
        if (is_such(&reply, source))
            WPI_ARRAY_AT(numbers, uint64_t, kept++) = number;
    }
    numbers->count = kept;
    return WP_OK;
}

wp_status wpi_answer_list(wpi_graph *graph, const wp_interaction *meeting, wpi_array *numbers,
                          wp_error *err)
{
    if (meeting->kind != WP_KIND_MEETING && meeting->kind != WP_KIND_SERIES)
        return WP_OK;
    return list_replies(graph, meeting->source, names, numbers, err);
}

static wpi_series_span *find_span(wpi_graph *graph, uint64_t hash)
{
    const uint64_t *at = hash == WPI_MAP_KEY_NONE ? NULL : wpi_map_find(&graph->to_series.at, hash);
    return at == NULL ? NULL : &WPI_ARRAY_AT(&graph->to_series.spans, wpi_series_span, *at);
}

void wpi_answer_forget(wpi_graph *graph, const wp_interaction *answer)
{
    if (answer == NULL || answer->kind != WP_KIND_ANSWER || answer->reply_to == NULL)
        return;
    wpi_series_span *span =
        find_span(graph, wpi_identity_hash(graph, WPI_HASH_CLASS_SOURCE, answer->reply_to));
    if (span != NULL)
        span->is_known = false;
}

static void forget_all(wpi_series_answers *self)
{
    wpi_map_clear(&self->at);
    self->spans.count = 0;
    self->numbers.count = 0;
}

/* Look the answers to a series up and remember them. */
static wp_status learn(wpi_graph *graph, const char *series, uint64_t hash, wpi_series_span *span,
                       wp_error *err)
{
    wpi_series_answers *self = &graph->to_series;
    uint64_t *at;
    if (self->spans.count + self->numbers.count > REMEMBERED_MAX)
        forget_all(self);
    span->first = self->numbers.count;
    WPI_TRY(list_replies(graph, series, is_answer_to, &self->numbers, err));
    span->count = self->numbers.count - span->first;
    if (hash == WPI_MAP_KEY_NONE)
        return WP_OK;
    WPI_TRY(wpi_array_push(&self->spans, span, err));
    WPI_TRY(wpi_map_put(&self->at, hash, 0, &at, NULL, err));
    *at = self->spans.count - 1;
    return WP_OK;
}

/* Append the numbers of the answers to a series. */
static wp_status list_of_series(wpi_graph *graph, const char *series, wpi_array *numbers,
                                wp_error *err)
{
    uint64_t hash = wpi_identity_hash(graph, WPI_HASH_CLASS_SOURCE, series);
    uint64_t check = wpi_identity_hash(graph, WPI_HASH_CLASS_MARK, series);
    const wpi_series_span *known = find_span(graph, hash);
    wpi_series_span span = {.check = check, .is_known = true};
    if (known != NULL && known->is_known && known->check == check)
        span = *known;
    else
        WPI_TRY(learn(graph, series, hash, &span, err));
    for (size_t i = 0; i < span.count; i++)
        WPI_TRY(wpi_array_push(
            numbers, &WPI_ARRAY_AT(&graph->to_series.numbers, uint64_t, span.first + i), err));
    return WP_OK;
}

/* The one that holds first: the later version of what was answered, then the one to a changed
 * occurrence, then the later answer. */
static int compare_answers(const void *a, const void *b)
{
    const wp_interaction *x = a, *y = b;
    int64_t of_x = x->revision & ~WP_REVISION_CHANGED, of_y = y->revision & ~WP_REVISION_CHANGED;
    if (of_x != of_y)
        return of_x > of_y ? -1 : 1;
    if (x->revision != y->revision)
        return x->revision > y->revision ? -1 : 1;
    if (x->time_s != y->time_s)
        return x->time_s > y->time_s ? -1 : 1;
    return strcmp(x->source, y->source);
}

wp_status wpi_answer_read(wpi_graph *graph, const wp_interaction *meeting,
                          const wp_interaction **answers, size_t *count, wp_error *err)
{
    wp_status status = WP_OK;
    wp_interaction *found = NULL;
    wpi_array numbers = WPI_ARRAY_OF(uint64_t);
    *answers = NULL;
    *count = 0;
    if (meeting->kind != WP_KIND_MEETING)
        return WP_OK;
    WPI_TRY_OUT(list_replies(graph, meeting->source, is_answer_to, &numbers, err));
    if ((meeting->flags & WP_INTERACTION_OCCURRENCE) != 0 && meeting->reply_to != NULL)
        WPI_TRY_OUT(list_of_series(graph, meeting->reply_to, &numbers, err));
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
    bool is_one =
        status == WP_OK && (meeting.kind == WP_KIND_MEETING || meeting.kind == WP_KIND_SERIES);
    if (!is_one)
        *number = 0;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_answer_meetings(wpi_graph *graph, const wp_interaction *answer, wpi_array *numbers,
                              wp_error *err)
{
    wp_interaction found;
    uint64_t number;
    WPI_TRY(wpi_answer_meeting(graph, answer, &number, err));
    if (number != 0)
        WPI_TRY(load(graph, number, &found, err));
    if (number != 0 && found.kind == WP_KIND_MEETING)
        WPI_TRY(wpi_array_push(numbers, &number, err));
    return answer->kind == WP_KIND_ANSWER
               ? list_replies(graph, answer->reply_to, is_occurrence_of, numbers, err)
               : WP_OK;
}
