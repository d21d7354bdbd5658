/*
 * Interactions: storing one, taking one away, and settling replies.
 *
 * A reply counts more for the tie to the author of what it answers, and a list post counts for that
 * author alone. Replies are found by the source id they answer, so that they count anew when that
 * arrives, changes hands or goes, and the order of arrival does not matter. Occurrences are found
 * by their series in the same way.
 */
#include "graph/interaction.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/time.h"
#include "graph/answer.h"
#include "graph/derive.h"
#include "graph/party.h"
#include "graph/restate.h"
#include "graph/source_id.h"
#include "graph/suppress.h"
#include "graph/veil.h"
#include "graph/version.h"
#include "rules/strength.h"

#define PARTICIPANTS_MAX 10000
#define FLAGS_MAX                                                                                  \
    (WP_INTERACTION_AUTOMATIC | WP_INTERACTION_LIST | WP_INTERACTION_PRIVATE |                     \
     WP_INTERACTION_CANCELLED | WP_INTERACTION_ATTENDEE | WP_INTERACTION_OCCURRENCE)
/* An import passes through the whole file: let go of its pages every so many interactions. */
#define RELEASE_EVERY 32
#define RELEASE_EVERY_FINDS 64

static wp_status check_source(const char *source, const char *what, wp_error *err)
{
    return wpi_graph_check_text(source, what, 1000, err);
}

static wp_status check_sums(const wp_interaction *given, wp_error *err)
{
    if (given->kind != WP_KIND_SUMMARY)
        return given->sums == NULL
                   ? WP_OK
                   : wpi_error_set(err, WP_EINVAL, "sums are given, expected them of a summary");
    if (given->sums == NULL || !wpi_record_is_sane_sums(given->sums) ||
        given->sums->first_s > given->time_s)
        return wpi_error_set(err, WP_EINVAL, "sums of a summary are missing or out of range");
    if (given->to_count != 1 || given->to[0].person == given->from || given->valence != 0.0 ||
        given->flags != 0 || given->reply_to != NULL)
        return wpi_error_set(err, WP_EINVAL,
                             "a summary is to %zu people, expected one other, and "
                             "neither valence, flags nor reply_to",
                             given->to_count);
    return WP_OK;
}

static wp_status check_answer(const wp_interaction *given, wp_error *err)
{
    const uint32_t allowed = WP_INTERACTION_CANCELLED | WP_INTERACTION_ATTENDEE;
    if (given->kind != WP_KIND_ANSWER)
        return (given->flags & WP_INTERACTION_ATTENDEE) == 0
                   ? WP_OK
                   : wpi_error_set(err, WP_EINVAL, "flags are %u, expected ATTENDEE of an answer",
                                   given->flags);
    if (given->to_count != 1 || given->to[0].person != given->from || given->valence != 0.0 ||
        given->reply_to == NULL || (given->flags & ~allowed) != 0)
        return wpi_error_set(err, WP_EINVAL,
                             "an answer is to %zu people, expected its sender alone, reply_to, and "
                             "neither valence nor flags but cancelled and attendee",
                             given->to_count);
    return WP_OK;
}

/* A series, and what is one of it. */
static wp_status check_series(const wp_interaction *given, wp_error *err)
{
    const uint32_t allowed = WP_INTERACTION_CANCELLED | WP_INTERACTION_PRIVATE;
    bool is_occurrence = (given->flags & WP_INTERACTION_OCCURRENCE) != 0;
    bool may_be_of_series = given->kind == WP_KIND_MEETING || given->kind == WP_KIND_SERIES;
    if (given->series_revision < 0 || (given->series_revision != 0 && !may_be_of_series))
        return wpi_error_set(err, WP_EINVAL,
                             "series_revision is %lld, expected 0, or more of a meeting or series",
                             (long long)given->series_revision);
    if (is_occurrence && (given->kind != WP_KIND_MEETING || given->reply_to == NULL))
        return wpi_error_set(err, WP_EINVAL,
                             "flags are %u, expected OCCURRENCE of a meeting with reply_to",
                             given->flags);
    if (given->kind != WP_KIND_SERIES)
        return WP_OK;
    if (given->to_count != 0 || given->valence != 0.0 || given->reply_to != NULL ||
        (given->flags & ~allowed) != 0)
        return wpi_error_set(err, WP_EINVAL,
                             "a series is to %zu people, expected nobody, and neither valence, "
                             "reply_to nor flags but cancelled and private",
                             given->to_count);
    return WP_OK;
}

static wp_status check_interaction(wpi_graph *graph, const wp_interaction *given, wp_error *err)
{
    uint32_t canonical;
    if (given->source == NULL)
        return wpi_error_set(err, WP_EINVAL, "source is NULL, expected a text");
    WPI_TRY(check_source(given->source, "source", err));
    WPI_TRY(check_source(given->reply_to, "reply_to", err));
    if (given->kind < WP_KIND_MAIL || given->kind > WP_KIND_SERIES ||
        given->kind == WP_KIND_TOGETHER)
        return wpi_error_set(err, WP_EINVAL, "kind is %d, expected 1..%d or %d..%d",
                             (int)given->kind, (int)WP_KIND_SUMMARY, (int)WP_KIND_ANSWER,
                             (int)WP_KIND_SERIES);
    if (given->time_s < 0 || given->time_s > WP_TIME_MAX)
        return wpi_error_set(err, WP_EINVAL, "time is %lld s, expected 0..%lld",
                             (long long)given->time_s, (long long)WP_TIME_MAX);
    if (given->to_count > PARTICIPANTS_MAX)
        return wpi_error_set(err, WP_EINVAL, "to_count is %zu, expected 0..%d", given->to_count,
                             PARTICIPANTS_MAX);
    if (!(given->valence >= -1.0 && given->valence <= 1.0))
        return wpi_error_set(err, WP_EINVAL, "valence is %g, expected -1..1", given->valence);
    if (given->flags > FLAGS_MAX)
        return wpi_error_set(err, WP_EINVAL, "flags are %u, expected 0..%u", given->flags,
                             FLAGS_MAX);
    if (given->revision < 0)
        return wpi_error_set(err, WP_EINVAL, "revision is %lld, expected 0 or more",
                             (long long)given->revision);
    WPI_TRY(check_sums(given, err));
    WPI_TRY(check_answer(given, err));
    WPI_TRY(check_series(given, err));
    if (given->from != 0 || given->kind != WP_KIND_SERIES)
        WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, given->from, &canonical, err));
    for (size_t i = 0; i < given->to_count; i++) {
        WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, given->to[i].person, &canonical, err));
        if (given->to[i].role < WP_ROLE_TO || given->to[i].role > WP_ROLE_DECLINED)
            return wpi_error_set(err, WP_EINVAL, "role is %d, expected 1..%d",
                                 (int)given->to[i].role, (int)WP_ROLE_DECLINED);
    }
    return WP_OK;
}

/* A source id as it is stored, and its place: veiled when it was, or when it contains a suppressed
 * address. */
static wp_status settle(wpi_graph *graph, const char *source, const char **out,
                        wpi_source_place *place, uint64_t *number, wp_error *err)
{
    bool is_used, is_due;
    char veil[WPI_VEIL_BYTES];
    *out = source;
    WPI_TRY(wpi_suppress_is_used(graph, &is_used, err));
    wp_status status = wpi_source_id_find(graph, source, place, number, err);
    for (size_t i = 0; status == WP_ENOTFOUND && i < graph->suppression.count; i++) {
        wpi_veil_make(graph->suppression.keys[i], source, veil);
        status = wpi_source_id_find(graph, veil, place, number, err);
        if (status == WP_OK)
            return wpi_veil_under(graph, i, source, out, err);
    }
    if (status != WP_ENOTFOUND || !is_used)
        return status;
    WPI_TRY(wpi_veil_is_due(graph, source, &is_due, err));
    if (is_due)
        WPI_TRY(wpi_veil_under(graph, 0, source, out, err));
    return wpi_source_id_find(graph, *out, place, number, err);
}

/* The source id answered, as it is stored. */
static wp_status settle_answered(wpi_graph *graph, const char **reply_to, wp_error *err)
{
    bool is_used;
    uint64_t number;
    wpi_source_place place;
    WPI_TRY(wpi_suppress_is_used(graph, &is_used, err));
    if (*reply_to == NULL || !is_used)
        return WP_OK;
    wp_status status = settle(graph, *reply_to, reply_to, &place, &number, err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_interaction_find(wpi_graph *graph, const char *source, uint64_t *number,
                               wp_error *err)
{
    if (++graph->finds % RELEASE_EVERY_FINDS == 0)
        wpi_store_release_pages(graph->txn);
    wpi_source_place place;
    const char *stored;
    WPI_TRY(check_source(source, "source", err));
    return settle(graph, source, &stored, &place, number, err);
}

wp_status wpi_interaction_load(wpi_graph *graph, uint64_t number, wp_interaction *out,
                               wp_error *err)
{
    wpi_version *all, *best;
    WPI_TRY(wpi_versions_of(graph, number, &all, err));
    if (all == NULL)
        return WP_ENOTFOUND;
    WPI_TRY(wpi_version_best(graph, all, &best, err));
    *out = best->interaction;
    return WP_OK;
}

static int compare_participant(const void *a, const void *b)
{
    const wp_participant *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return x->role < y->role ? -1 : x->role > y->role;
}

/* A copy in lent memory with participants sorted, each once in the strongest role, and the sender
 * among them in an answer alone. */
static wp_status normalise(wpi_graph *graph, const wp_interaction *given, wp_interaction *out,
                           wp_error *err)
{
    size_t kept = 0;
    wp_participant *to = wpi_arena_take(&graph->lent, given->to_count + 1, sizeof *to);
    if (to == NULL)
        return wpi_memory_failed(err);
    *out = *given;
    out->series_revision = given->series_revision == given->revision ? 0 : given->series_revision;
    if (given->to_count > 0) {
        memcpy(to, given->to, given->to_count * sizeof *to);
        qsort(to, given->to_count, sizeof *to, compare_participant);
    }
    for (size_t i = 0; i < given->to_count; i++)
        if ((to[i].person != given->from || given->kind == WP_KIND_ANSWER) &&
            (kept == 0 || to[kept - 1].person != to[i].person))
            to[kept++] = to[i];
    out->to = to;
    out->to_count = kept;
    return WP_OK;
}

/* Find what an interaction answers, as it counts, unless that is itself; *is_there: it is stored.
 */
static wp_status find_answered(wpi_graph *graph, const wp_interaction *reply, wp_interaction *out,
                               bool *is_there, wp_error *err)
{
    uint64_t answered = 0;
    *is_there = false;
    if (reply->reply_to == NULL || strcmp(reply->reply_to, reply->source) == 0)
        return WP_OK;
    wp_status status = wpi_interaction_find(graph, reply->reply_to, &answered, err);
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    *is_there = true;
    return wpi_interaction_load(graph, answered, out, err);
}

wp_status wpi_interaction_count(wpi_graph *graph, const wp_interaction *version, wpi_counted *out,
                                wp_error *err)
{
    bool is_there;
    wp_interaction answered;
    *out = (wpi_counted){.interaction = version};
    if (version == NULL)
        return WP_OK;
    WPI_TRY(find_answered(graph, version, &answered, &is_there, err));
    bool is_to_itself =
        version->reply_to != NULL && strcmp(version->reply_to, version->source) == 0;
    if (is_to_itself) /* whichever version of it counts */
        out->author = wpi_derive_author(version);
    else if (is_there)
        out->author = wpi_derive_author(&answered);
    out->is_off = is_there && wpi_derive_is_off(version, &answered);
    return wpi_answer_read(graph, version, &out->answers, &out->answer_count, err);
}

/* An interaction that is answered, as it counted and as it counts; NULL: it was or is not there. */
typedef struct changed_answered {
    const wp_interaction *before;
    const wp_interaction *after;
    const char *source;
} changed_answered;

static wp_status settle_one(wpi_graph *graph, uint64_t number, const changed_answered *answered,
                            wp_error *err)
{
    wp_interaction reply;
    wp_status status = wpi_interaction_load(graph, number, &reply, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, WP_ECORRUPT, "reply record has no interaction");
    WPI_TRY(status);
    if (reply.reply_to == NULL || strcmp(reply.reply_to, answered->source) != 0)
        return WP_OK; /* another source id with the same hash */
    wpi_counted old = {.author = wpi_derive_author(answered->before),
                       .is_off = wpi_derive_is_off(&reply, answered->before)};
    wpi_counted new = {.author = wpi_derive_author(answered->after),
                       .is_off = wpi_derive_is_off(&reply, answered->after)};
    if (old.author == new.author && old.is_off == new.is_off)
        return WP_OK;
    old.interaction = new.interaction = &reply;
    WPI_TRY(wpi_answer_read(graph, &reply, &old.answers, &old.answer_count, err));
    new.answers = old.answers;
    new.answer_count = old.answer_count;
    return wpi_derive_change(graph, number, &old, &new, err);
}

/* Whether an interaction changed so that its replies may count otherwise: by its author, or as the
 * series of its occurrences. */
static bool concerns_replies(const wp_interaction *before, const wp_interaction *after)
{
    bool is_series = false;
    const wp_interaction *both[2] = {before, after};
    for (int i = 0; i < 2; i++)
        is_series |= both[i] != NULL &&
                     (both[i]->kind == WP_KIND_SERIES || both[i]->kind == WP_KIND_MEETING);
    return is_series || wpi_derive_author(before) != wpi_derive_author(after);
}

static wp_status settle_replies(wpi_graph *graph, uint64_t number, const wp_interaction *before,
                                const wp_interaction *after, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array replies = WPI_ARRAY_OF(uint64_t);
    changed_answered answered = {before, after, after != NULL ? after->source : before->source};
    if (concerns_replies(before, after))
        WPI_TRY_OUT(wpi_source_id_replies(graph, answered.source, &replies, err));
    for (size_t i = 0; i < replies.count; i++) {
        uint64_t reply = WPI_ARRAY_AT(&replies, uint64_t, i);
        if (reply != number)
            WPI_TRY_OUT(settle_one(graph, reply, &answered, err));
    }
out:
    wpi_array_free(&replies);
    return status;
}

/* Whether it counts as one: a series does not. */
static uint64_t is_event(const wp_interaction *version)
{
    return version != NULL && version->kind != WP_KIND_SERIES;
}

static uint64_t is_private(const wp_interaction *version)
{
    return version != NULL && (version->flags & WP_INTERACTION_PRIVATE) != 0;
}

/* Have an interaction count as `after` instead of as `before`; NULL: it is not there. */
static wp_status change(wpi_graph *graph, uint64_t number, const wp_interaction *before,
                        const wp_interaction *after, wp_error *err)
{
    wpi_counted old, new;
    graph->is_counting |=
        is_private(after) != is_private(before) || is_event(after) != is_event(before);
    graph->counters.private_count += is_private(after) - is_private(before);
    graph->counters.interaction_count += is_event(after) - is_event(before);
    WPI_TRY(wpi_interaction_count(graph, before, &old, err));
    WPI_TRY(wpi_interaction_count(graph, after, &new, err));
    WPI_TRY(wpi_derive_change(graph, number, &old, &new, err));
    return settle_replies(graph, number, before, after, err);
}

/* Store the version of the transaction's source; *is_known: it says nothing new. */
static wp_status put_version(wpi_graph *graph, uint64_t number, wpi_version *all,
                             const wp_interaction *normal, bool *is_known, wp_error *err)
{
    wp_interaction kept = *normal;
    *is_known = false;
    for (const wpi_version *at = all; at != NULL; at = at->next)
        if (at->source == graph->source) {
            kept = at->interaction;
            WPI_TRY(wpi_version_join(graph, normal, &kept, is_known, err));
        }
    return *is_known ? WP_OK : wpi_version_put(graph, number, graph->source, &kept, err);
}

static wp_status mention_all(wpi_graph *graph, const wp_interaction *normal, wp_error *err)
{
    if (normal->from != 0)
        WPI_TRY(wpi_party_mention(graph, WPI_PERSON, normal->from, err));
    for (size_t i = 0; i < normal->to_count; i++)
        WPI_TRY(wpi_party_mention(graph, WPI_PERSON, normal->to[i].person, err));
    return WP_OK;
}

static wp_status put_new(wpi_graph *graph, const wpi_source_place *place,
                         const wp_interaction *normal, wp_error *err)
{
    uint64_t number = ++graph->counters.interactions;
    graph->is_counting = true;
    WPI_TRY(wpi_version_add(graph, number, normal, err));
    WPI_TRY(wpi_source_id_add(graph, place, number, err));
    WPI_TRY(change(graph, number, NULL, normal, err));
    if (++graph->stores % RELEASE_EVERY == 0)
        wpi_store_release_pages(graph->txn);
    return WP_OK;
}

/* Another version of what is stored. */
static wp_status put_known(wpi_graph *graph, uint64_t number, const wp_interaction *normal,
                           wpi_array *held, bool *is_changed, wp_error *err)
{
    wpi_version *all, *before, *after;
    bool is_known, is_alike;
    int order;
    WPI_TRY(wpi_versions_of(graph, number, &all, err));
    WPI_TRY(wpi_version_best(graph, all, &before, err));
    WPI_TRY(wpi_answer_hold(graph, &before->interaction, held, err));
    WPI_TRY(put_version(graph, number, all, normal, &is_known, err));
    if (is_known)
        return WP_OK;
    WPI_TRY(wpi_versions_of(graph, number, &all, err));
    WPI_TRY(wpi_version_best(graph, all, &after, err));
    WPI_TRY(wpi_version_compare(graph, &after->interaction, &before->interaction, &order, err));
    if (order == 0)
        return WP_OK;
    WPI_TRY(wpi_version_is_alike(graph, &after->interaction, &before->interaction, &is_alike, err));
    *is_changed = !is_alike;
    return change(graph, number, &before->interaction, &after->interaction, err);
}

wp_status wpi_interaction_put(wpi_graph *graph, const wp_interaction *interaction, bool *is_new,
                              wp_error *err)
{
    wpi_source_place place;
    uint64_t number = 0;
    wp_interaction normal;
    wpi_array held = WPI_ARRAY_OF(wpi_answered);
    WPI_TRY(check_interaction(graph, interaction, err));
    WPI_TRY(normalise(graph, interaction, &normal, err));
    WPI_TRY(mention_all(graph, &normal, err));
    WPI_TRY(settle_answered(graph, &normal.reply_to, err));
    wp_status status = settle(graph, normal.source, &normal.source, &place, &number, err);
    bool is_changed = status == WP_ENOTFOUND;
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    WPI_TRY_OUT(
        wpi_answer_wait(graph, &normal, is_changed ? 0 : number, &graph->is_answering, err));
    WPI_TRY_OUT(wpi_answer_hold(graph, &normal, &held, err));
    WPI_TRY_OUT(is_changed ? put_new(graph, &place, &normal, err)
                           : put_known(graph, number, &normal, &held, &is_changed, err));
    WPI_TRY_OUT(wpi_answer_release(graph, &held, err));
    WPI_TRY_OUT(wpi_restate_all(graph, err));
out:
    graph->is_answering = false;
    wpi_array_free(&held);
    if (is_new != NULL)
        *is_new = status == WP_OK && is_changed;
    return status;
}

/* Take the last version away, with all that follows from it. */
static wp_status remove_last(wpi_graph *graph, uint64_t number, const wpi_version *last,
                             wp_error *err)
{
    WPI_TRY(change(graph, number, &last->interaction, NULL, err));
    WPI_TRY(wpi_source_id_remove(graph, last->interaction.source, err));
    return wpi_graph_delete(graph, WPI_TABLE_INTERACTION,
                            wpi_key_add_u32(wpi_key_u64(number), last->source), err);
}

/* Take one of several versions away. */
static wp_status remove_one(wpi_graph *graph, uint64_t number, uint32_t source,
                            const wpi_version *before, wpi_array *held, wp_error *err)
{
    wpi_version *all, *after;
    int order;
    WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_INTERACTION,
                             wpi_key_add_u32(wpi_key_u64(number), source), err));
    WPI_TRY(wpi_versions_of(graph, number, &all, err));
    WPI_TRY(wpi_version_best(graph, all, &after, err));
    WPI_TRY(wpi_version_compare(graph, &after->interaction, &before->interaction, &order, err));
    if (order == 0)
        return WP_OK;
    WPI_TRY(wpi_answer_hold(graph, &after->interaction, held, err));
    return change(graph, number, &before->interaction, &after->interaction, err);
}

wp_status wpi_interaction_remove(wpi_graph *graph, uint64_t number, uint32_t source, wp_error *err)
{
    wp_status status;
    wpi_version *all, *before;
    wpi_array held = WPI_ARRAY_OF(wpi_answered);
    WPI_TRY(wpi_versions_of(graph, number, &all, err));
    WPI_TRY(wpi_version_best(graph, all, &before, err));
    WPI_TRY_OUT(wpi_answer_wait(graph, &before->interaction, number, &graph->is_answering, err));
    WPI_TRY_OUT(wpi_answer_hold(graph, &before->interaction, &held, err));
    WPI_TRY_OUT(all->next == NULL ? remove_last(graph, number, all, err)
                                  : remove_one(graph, number, source, before, &held, err));
    WPI_TRY_OUT(wpi_answer_release(graph, &held, err));
out:
    graph->is_answering = false;
    wpi_array_free(&held);
    return status;
}

typedef struct ask_walk {
    wpi_graph *graph;
    const wpi_sight *sight;
    uint32_t person;
    int32_t day;
    double asks;
} ask_walk;

/* Whether an ask belongs to a tie that the viewer does not see. */
static wp_status is_hidden_ask(const ask_walk *walk, uint64_t number, bool *is_hidden,
                               wp_error *err)
{
    wp_interaction ask;
    uint32_t asker;
    *is_hidden = false;
    if (!wpi_sight_concerns(walk->sight, walk->person))
        return WP_OK;
    WPI_TRY(wpi_interaction_load(walk->graph, number, &ask, err));
    WPI_TRY(wpi_party_find(walk->graph, WPI_PERSON, ask.from, &asker, err));
    *is_hidden = wpi_sight_hides(walk->sight, asker, walk->person);
    return WP_OK;
}

static wp_status add_ask(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    ask_walk *walk = context;
    bool is_hidden;
    if (value.size != 8 || key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "ask record is malformed");
    int64_t time_s = (int64_t)wpi_bytes_get_le64(value.data);
    int64_t start_s = (int64_t)walk->day * WPI_DAY_SECONDS;
    if (time_s >= start_s + WPI_DAY_SECONDS)
        return WP_OK;
    WPI_TRY(is_hidden_ask(walk, wpi_key_get_u64(key.data, 4), &is_hidden, err));
    if (!is_hidden)
        walk->asks += exp2(-(double)(start_s - time_s) / WPI_DAY_SECONDS / WPI_HALF_LIFE_FAST_DAYS);
    return WP_OK;
}

wp_status wpi_interaction_asks(wpi_graph *graph, const wpi_sight *sight, uint32_t person,
                               int32_t day, double *asks, wp_error *err)
{
    ask_walk walk = {graph, sight, person, day, 0.0};
    WPI_TRY(wpi_graph_each(graph, WPI_TABLE_ASK, wpi_key_u32(person), add_ask, &walk, err));
    *asks = walk.asks;
    return WP_OK;
}
