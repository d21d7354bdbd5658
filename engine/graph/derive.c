/*
 * What follows from an interaction: see derive.h.
 */
#include "graph/derive.h"

#include <stdlib.h>
#include <string.h>

#include "graph/answer.h"
#include "graph/gains.h"
#include "graph/party.h"
#include "graph/restate.h"
#include "graph/source_id.h"
#include "graph/tie.h"
#include "graph/version.h"
#include "rules/strength.h"

void wpi_derived_free(wpi_derived *derived)
{
    wpi_array_free(&derived->rows);
    wpi_array_free(&derived->asked);
}

static int compare_participant(const void *a, const void *b)
{
    const wp_participant *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return (int)x->role - (int)y->role;
}

/* Sort by person and keep each once, in the weightiest part; returns how many are left. */
static size_t unite(wp_participant *people, size_t count)
{
    size_t kept = 0;
    if (count > 1)
        qsort(people, count, sizeof *people, compare_participant);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || people[kept - 1].person != people[i].person)
            people[kept++] = people[i];
    return kept;
}

/* The participants as people, each once, without the sender; *is_to_self: the sender is one. */
static wp_status find_people(wpi_graph *graph, const wp_interaction *interaction, uint32_t from,
                             wp_participant **people, size_t *count, bool *is_to_self,
                             wp_error *err)
{
    size_t kept = 0;
    wp_participant *to = wpi_arena_take(&graph->lent, interaction->to_count + 1, sizeof *to);
    if (to == NULL)
        return wpi_memory_failed(err);
    *is_to_self = false;
    for (size_t i = 0; i < interaction->to_count; i++) {
        to[i].role = interaction->to[i].role;
        WPI_TRY(wpi_party_find(graph, WPI_PERSON, interaction->to[i].person, &to[i].person, err));
        *is_to_self |= to[i].person == from;
    }
    for (size_t i = 0; i < interaction->to_count; i++)
        if (to[i].person != from && to[i].person != 0)
            to[kept++] = to[i];
    *people = to;
    *count = unite(to, kept);
    return WP_OK;
}

static int compare_number(const void *key, const void *item)
{
    uint32_t x = *(const uint32_t *)key, y = ((const wp_participant *)item)->person;
    return x < y ? -1 : x > y;
}

static wp_participant *find_person(wp_participant *people, size_t count, uint32_t person)
{
    return count == 0 ? NULL : bsearch(&person, people, count, sizeof *people, compare_number);
}

/* Let those in who say that they take part though the meeting does not name them, with an open
 * part: *people in lent memory, by person. */
static wp_status add_attendees(wpi_graph *graph, const wpi_counted *counted, uint32_t from,
                               wp_participant **people, size_t *count, wp_error *err)
{
    size_t named = *count, all_count = named;
    wp_participant *all = wpi_arena_take(&graph->lent, named + counted->answer_count, sizeof *all);
    if (all == NULL)
        return wpi_memory_failed(err);
    if (named > 0)
        memcpy(all, *people, named * sizeof *all);
    for (size_t i = 0; i < counted->answer_count; i++) {
        uint32_t person;
        WPI_TRY(wpi_party_find(graph, WPI_PERSON, counted->answers[i].from, &person, err));
        if ((counted->answers[i].flags & WP_INTERACTION_ATTENDEE) != 0 && person != 0 &&
            person != from && find_person(all, named, person) == NULL)
            all[all_count++] = (wp_participant){person, WP_ROLE_UNANSWERED};
    }
    *people = all;
    *count = unite(all, all_count);
    return WP_OK;
}

/* Whether an answer is to a later version than a meeting. One to a series does not know that an
 * occurrence was changed. */
static bool is_later(const wp_interaction *answer, const wp_interaction *meeting)
{
    bool is_own = strcmp(answer->reply_to, meeting->source) == 0;
    int64_t known = is_own ? ~INT64_C(0) : ~WP_REVISION_CHANGED;
    return (answer->revision & known) > (meeting->revision & known);
}

/* Give those who answered an invitation the parts they answered. A part that the organizer stated
 * later than that is the better knowledge, unless it is open. */
static wp_status apply_answers(wpi_graph *graph, const wpi_counted *counted, wp_participant *people,
                               size_t count, wp_error *err)
{
    bool *is_settled = wpi_arena_take(&graph->lent, count + 1, sizeof *is_settled);
    if (is_settled == NULL)
        return wpi_memory_failed(err);
    memset(is_settled, 0, (count + 1) * sizeof *is_settled);
    for (size_t i = 0; i < counted->answer_count; i++) {
        const wp_interaction *answer = &counted->answers[i];
        uint32_t person;
        WPI_TRY(wpi_party_find(graph, WPI_PERSON, answer->from, &person, err));
        wp_participant *at = find_person(people, count, person);
        if (at == NULL || is_settled[at - people])
            continue;
        is_settled[at - people] = true;
        if (at->role == WP_ROLE_UNANSWERED || is_later(answer, counted->interaction))
            at->role = answer->to[0].role;
    }
    return WP_OK;
}

/* The sums with those of the lower number first, in lent memory; zeros when both are one person. */
static wp_status take_sums(wpi_graph *graph, const wp_sums *sums, uint32_t from, uint32_t other,
                           const wp_sums **out, wp_error *err)
{
    wp_sums *taken = wpi_arena_take(&graph->lent, 1, sizeof *taken);
    if (taken == NULL)
        return wpi_memory_failed(err);
    *taken = (wp_sums){.first_s = sums->first_s};
    for (int i = 0; i < 2 && from != other; i++) {
        int side = from < other ? i : !i;
        taken->fast[i] = sums->fast[side];
        taken->slow[i] = sums->slow[side];
        taken->positive[i] = sums->positive[side];
        taken->negative[i] = sums->negative[side];
        taken->count[i] = sums->count[side];
    }
    *out = taken;
    return WP_OK;
}

/* The interaction as it counts for the tie of its sender and one other person, or herself. */
static wpi_derived_row row_of(const wp_interaction *interaction, uint64_t number, uint32_t from,
                              uint32_t other, double weight)
{
    int sender = from <= other ? 0 : 1;
    wpi_derived_row made = {
        .low = from < other ? from : other,
        .high = from < other ? other : from,
        .row = {interaction->time_s,
                number,
                {.kind = interaction->kind, .sender = sender, .valence = interaction->valence}}};
    wpi_evidence_record *record = &made.row.record;
    for (int i = 0; i < 2 && from != other; i++) {
        record->has_direction[i] = i == sender || wpi_strength_is_two_way(interaction->kind);
        record->weight[i] = record->has_direction[i] ? weight : 0.0;
    }
    return made;
}

static wp_status add_row(wpi_graph *graph, wpi_derived *out, const wp_interaction *interaction,
                         uint64_t number, uint32_t from, uint32_t other, double weight,
                         wp_error *err)
{
    wpi_derived_row row = row_of(interaction, number, from, other, weight);
    if (interaction->kind == WP_KIND_SUMMARY)
        WPI_TRY(take_sums(graph, interaction->sums, from, other, &row.row.record.sums, err));
    return wpi_array_push(&out->rows, &row, err);
}

static int compare_row(const void *a, const void *b)
{
    const wpi_derived_row *x = a, *y = b;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    return x->high < y->high ? -1 : x->high > y->high;
}

/* A post on a list counts for the author answered alone. */
static wp_status derive_post(wpi_graph *graph, const wp_interaction *interaction, uint64_t number,
                             uint32_t from, uint32_t author, wpi_derived *out, wp_error *err)
{
    bool is_automatic = (interaction->flags & WP_INTERACTION_AUTOMATIC) != 0;
    double weight =
        is_automatic ? 0.0 : wpi_strength_weight(interaction->kind, WP_ROLE_TO, 1, true);
    return add_row(graph, out, interaction, number, from, author == 0 ? from : author, weight, err);
}

static wp_status derive_message(wpi_graph *graph, const wpi_counted *counted, uint64_t number,
                                uint32_t from, uint32_t author, wpi_derived *out, wp_error *err)
{
    const wp_interaction *interaction = counted->interaction;
    wp_participant *people = NULL;
    size_t count = 0;
    bool is_to_self = false;
    bool is_automatic = (interaction->flags & WP_INTERACTION_AUTOMATIC) != 0;
    WPI_TRY(find_people(graph, interaction, from, &people, &count, &is_to_self, err));
    if (counted->answer_count > 0) {
        WPI_TRY(add_attendees(graph, counted, from, &people, &count, err));
        WPI_TRY(apply_answers(graph, counted, people, count, err));
    }
    for (size_t i = 0; i < count; i++) {
        double weight = wpi_strength_weight(interaction->kind, people[i].role, count,
                                            people[i].person == author);
        WPI_TRY(add_row(graph, out, interaction, number, from, people[i].person,
                        is_automatic ? 0.0 : weight, err));
        if (interaction->kind == WP_KIND_ASK)
            WPI_TRY(wpi_array_push(&out->asked, &people[i].person, err));
    }
    if (is_to_self || count == 0)
        WPI_TRY(add_row(graph, out, interaction, number, from, from, 0.0, err));
    if (out->rows.count > 1)
        qsort(out->rows.items, out->rows.count, sizeof(wpi_derived_row), compare_row);
    return WP_OK;
}

uint32_t wpi_derive_author(const wp_interaction *interaction)
{
    if (interaction == NULL || interaction->kind == WP_KIND_SERIES ||
        (interaction->flags & (WP_INTERACTION_PRIVATE | WP_INTERACTION_CANCELLED)) != 0)
        return 0;
    return interaction->from;
}

bool wpi_derive_is_off(const wp_interaction *occurrence, const wp_interaction *series)
{
    bool is_one = series != NULL && (occurrence->flags & WP_INTERACTION_OCCURRENCE) != 0 &&
                  (series->kind == WP_KIND_SERIES || series->kind == WP_KIND_MEETING);
    if (!is_one)
        return false;
    if ((series->flags & WP_INTERACTION_CANCELLED) != 0)
        return true;
    bool is_newer = series->revision > occurrence->revision ||
                    wpi_version_series(series) > wpi_version_series(occurrence);
    return is_newer && (series->kind == WP_KIND_MEETING || series->time_s <= occurrence->time_s);
}

wp_status wpi_derive_rows(wpi_graph *graph, uint64_t number, const wpi_counted *counted,
                          wpi_derived *out, wp_error *err)
{
    const wp_interaction *interaction = counted->interaction;
    uint32_t from, author = 0;
    if (wpi_derive_author(interaction) == 0 || counted->is_off)
        return WP_OK;
    out->time_s = interaction->time_s;
    WPI_TRY(wpi_party_find(graph, WPI_PERSON, interaction->from, &from, err));
    if (counted->author != 0)
        WPI_TRY(wpi_party_find(graph, WPI_PERSON, counted->author, &author, err));
    return (interaction->flags & WP_INTERACTION_LIST) != 0
               ? derive_post(graph, interaction, number, from, author, out, err)
               : derive_message(graph, counted, number, from, author, out, err);
}

wp_status wpi_derive_drop_row(wpi_graph *graph, const wpi_derived_row *row, wp_error *err)
{
    WPI_TRY(wpi_gains_settle(graph, err)); /* the row may not be written yet */
    wpi_key key = wpi_key_evidence(row->low, row->high, row->row.time_s, row->row.interaction);
    wp_status status = wpi_graph_delete(graph, WPI_TABLE_EVIDENCE, key, err);
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    return row->low == row->high ? WP_OK : wpi_restate_evidence(graph, row->low, row->high, err);
}

/* Whether a row only became heavier: a reply turned out to be one. */
static bool is_raise(const wpi_evidence_record *before, const wpi_evidence_record *after)
{
    return before->kind == after->kind && before->kind != WP_KIND_SUMMARY &&
           before->kind != WP_KIND_CONNECTION && /* another may be the one that counts */
           before->sender == after->sender && before->valence == after->valence &&
           before->weight[0] > 0.0 && before->has_direction[0] == after->has_direction[0] &&
           before->has_direction[1] == after->has_direction[1] &&
           before->weight[0] <= after->weight[0] && before->weight[1] <= after->weight[1];
}

static wp_status raise(wpi_graph *graph, const wpi_derived_row *before,
                       const wpi_derived_row *after, wp_error *err)
{
    wpi_tie_state state;
    WPI_TRY(wpi_tie_begin_change(graph, after->low, after->high, &state, err));
    for (int i = 0; i < 2; i++) {
        wpi_gain gain = {.weight = after->row.record.weight[i] - before->row.record.weight[i],
                         .is_slow_only = wpi_strength_is_slow_only(after->row.record.kind)};
        if (gain.weight > 0.0)
            wpi_strength_add(&state, i, after->row.time_s, &gain);
    }
    return wpi_tie_keep(graph, after->low, after->high, &state, err);
}

static wp_status change(wpi_graph *graph, const wpi_derived_row *before,
                        const wpi_derived_row *after, wp_error *err)
{
    const wpi_evidence_record *x = &before->row.record, *y = &after->row.record;
    if (before->row.time_s != after->row.time_s) {
        WPI_TRY(wpi_derive_drop_row(graph, before, err));
        return wpi_gains_put(graph, after, err);
    }
    bool is_same = x->kind == y->kind && x->sender == y->sender && x->valence == y->valence &&
                   x->has_direction[0] == y->has_direction[0] &&
                   x->has_direction[1] == y->has_direction[1] && x->weight[0] == y->weight[0] &&
                   x->weight[1] == y->weight[1] && wpi_evidence_is_same_sums(x->sums, y->sums);
    if (is_same)
        return WP_OK;
    WPI_TRY(wpi_evidence_put(graph, NULL, after, err));
    if (after->low == after->high)
        return WP_OK;
    return is_raise(x, y) ? raise(graph, before, after, err)
                          : wpi_restate_evidence(graph, after->low, after->high, err);
}

wp_status wpi_derive_change_rows(wpi_graph *graph, const wpi_array *before, const wpi_array *after,
                                 wp_error *err)
{
    size_t b = 0, a = 0;
    if (before->count > 0) /* they may not be written yet */
        WPI_TRY(wpi_gains_settle(graph, err));
    while (b < before->count || a < after->count) {
        const wpi_derived_row *old =
            b < before->count ? &WPI_ARRAY_AT(before, wpi_derived_row, b) : NULL;
        const wpi_derived_row *new =
            a < after->count ? &WPI_ARRAY_AT(after, wpi_derived_row, a) : NULL;
        int order = old == NULL ? 1 : new == NULL ? -1 : compare_row(old, new);
        WPI_TRY(order < 0   ? wpi_derive_drop_row(graph, old, err)
                : order > 0 ? wpi_gains_put(graph, new, err)
                            : change(graph, old, new, err));
        b += order <= 0 ? 1 : 0;
        a += order >= 0 ? 1 : 0;
    }
    return WP_OK;
}

/* All asks are taken back and those of now put: there are few. */
static wp_status change_asks(wpi_graph *graph, uint64_t number, const wpi_derived *before,
                             const wpi_derived *after, wp_error *err)
{
    for (size_t i = 0; i < before->asked.count; i++) {
        wp_status status = wpi_graph_delete(
            graph, WPI_TABLE_ASK,
            wpi_key_u32_u64(WPI_ARRAY_AT(&before->asked, uint32_t, i), number), err);
        if (status != WP_OK && status != WP_ENOTFOUND)
            return status;
    }
    for (size_t i = 0; i < after->asked.count; i++) {
        wpi_writer_u64(&graph->writer, (uint64_t)after->time_s);
        WPI_TRY(wpi_graph_put(graph, WPI_TABLE_ASK,
                              wpi_key_u32_u64(WPI_ARRAY_AT(&after->asked, uint32_t, i), number),
                              err));
    }
    return WP_OK;
}

static wp_status change_reply(wpi_graph *graph, uint64_t number, const wp_interaction *before,
                              const wp_interaction *after, wp_error *err)
{
    wpi_answer_forget(graph, before);
    wpi_answer_forget(graph, after);
    const char *old = before == NULL ? NULL : before->reply_to;
    const char *new = after == NULL ? NULL : after->reply_to;
    if (old != NULL && new != NULL && strcmp(old, new) == 0)
        return WP_OK;
    if (old != NULL)
        WPI_TRY(wpi_source_id_remove_reply(graph, old, number, err));
    return new == NULL ? WP_OK : wpi_source_id_add_reply(graph, new, number, err);
}

wp_status wpi_derive_change(wpi_graph *graph, uint64_t number, const wpi_counted *before,
                            const wpi_counted *after, wp_error *err)
{
    wp_status status;
    wpi_derived old = WPI_DERIVED_INIT, new = WPI_DERIVED_INIT;
    WPI_TRY_OUT(wpi_derive_rows(graph, number, before, &old, err));
    WPI_TRY_OUT(wpi_derive_rows(graph, number, after, &new, err));
    WPI_TRY_OUT(wpi_derive_change_rows(graph, &old.rows, &new.rows, err));
    WPI_TRY_OUT(change_asks(graph, number, &old, &new, err));
    WPI_TRY_OUT(change_reply(graph, number, before->interaction, after->interaction, err));
out:
    wpi_derived_free(&old);
    wpi_derived_free(&new);
    return status;
}
