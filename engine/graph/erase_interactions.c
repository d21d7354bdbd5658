/*
 * Erasing a person: interactions.
 *
 * Interactions that weigh nothing leave no evidence and ids may contain an address, so all of them
 * are looked at. Those concerned are removed with all that follows from them and what is left of
 * each version is stated again by its source, so that nothing derived needs care of its own. What
 * is left is kept as records in memory meanwhile.
 */
#include "graph/erase.h"
#include "graph/interaction.h"
#include "graph/restate.h"
#include "graph/source.h"
#include "graph/version.h"

/* A version that is left, as a record. */
typedef struct left_version {
    uint32_t source;
    size_t at; /* in the bytes */
    size_t bytes;
} left_version;

typedef struct left_versions {
    wpi_array versions; /* of left_version */
    wpi_array bytes;    /* of char */
} left_versions;

typedef struct interaction_walk {
    const wpi_erasing *self;
    wpi_arena *arena;
    wpi_array *numbers; /* of uint64_t, each once */
} interaction_walk;

static bool names_erased(const wpi_erasing *self, const wp_interaction *at)
{
    if (wpi_erase_has(self, at->from))
        return true;
    for (size_t i = 0; i < at->to_count; i++)
        if (wpi_erase_has(self, at->to[i].person))
            return true;
    return wpi_veil_mentions(&self->strings, at->source) ||
           wpi_veil_mentions(&self->strings, at->reply_to);
}

static wp_status collect(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    interaction_walk *walk = context;
    wp_interaction found;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "interaction key is malformed");
    uint64_t number = wpi_key_get_u64(key.data, 0);
    size_t count = walk->numbers->count;
    if (count > 0 && WPI_ARRAY_AT(walk->numbers, uint64_t, count - 1) == number)
        return WP_OK;
    wpi_arena_reset(walk->arena);
    WPI_TRY(wpi_record_read_interaction(value, walk->arena, &found, err));
    return names_erased(walk->self, &found) ? wpi_array_push(walk->numbers, &number, err) : WP_OK;
}

/* What is left of a version; false: nothing. */
static wp_status reduce(wpi_erasing *self, wp_interaction *at, bool *is_left, wp_error *err)
{
    wp_participant *to = wpi_arena_take(&self->graph->lent, at->to_count + 1, sizeof *to);
    size_t kept = 0;
    if (to == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < at->to_count; i++)
        if (!wpi_erase_has(self, at->to[i].person))
            to[kept++] = at->to[i];
    *is_left = !wpi_erase_has(self, at->from) && (kept > 0 || at->to_count == 0);
    at->to = to;
    at->to_count = kept;
    if (wpi_veil_mentions(&self->strings, at->source))
        WPI_TRY(wpi_veil_text(self->graph, at->source, &at->source, err));
    if (wpi_veil_mentions(&self->strings, at->reply_to))
        WPI_TRY(wpi_veil_text(self->graph, at->reply_to, &at->reply_to, err));
    return WP_OK;
}

static wp_status keep(wpi_graph *graph, left_versions *left, uint32_t source,
                      const wp_interaction *at, wp_error *err)
{
    wpi_record_write_interaction(&graph->writer, at);
    WPI_TRY(wpi_writer_status(&graph->writer, err));
    left_version version = {source, left->bytes.count, graph->writer.bytes.count};
    WPI_TRY(wpi_array_extend(&left->bytes, graph->writer.bytes.items, version.bytes, err));
    wpi_writer_clear(&graph->writer);
    return wpi_array_push(&left->versions, &version, err);
}

static wp_status take_out(wpi_erasing *self, uint64_t number, left_versions *left, wp_error *err)
{
    wpi_version *all;
    size_t before = left->versions.count;
    WPI_TRY(wpi_versions_of(self->graph, number, &all, err));
    for (wpi_version *at = all; at != NULL; at = at->next) {
        wp_interaction reduced = at->interaction;
        bool is_left = false;
        WPI_TRY(reduce(self, &reduced, &is_left, err));
        if (is_left)
            WPI_TRY(keep(self->graph, left, at->source, &reduced, err));
    }
    for (; all != NULL; all = all->next)
        WPI_TRY(wpi_interaction_remove(self->graph, number, all->source, err));
    if (left->versions.count > before)
        self->out->interactions_changed++;
    else
        self->out->interactions_removed++;
    return WP_OK;
}

static wp_status put_back(wpi_graph *graph, const left_versions *left, wp_error *err)
{
    for (size_t i = 0; i < left->versions.count; i++) {
        const left_version *at = &WPI_ARRAY_AT(&left->versions, left_version, i);
        wpi_record_bytes bytes = {(const char *)left->bytes.items + at->at, at->bytes};
        wp_interaction found;
        wpi_graph_reclaim(graph);
        WPI_TRY(wpi_record_read_interaction(bytes, &graph->lent, &found, err));
        WPI_TRY(wpi_source_switch(graph, at->source, err));
        WPI_TRY(wpi_interaction_put(graph, &found, NULL, err));
    }
    return WP_OK;
}

wp_status wpi_erase_interactions(wpi_erasing *self, wp_error *err)
{
    wp_status status;
    wpi_graph *graph = self->graph;
    uint32_t source = graph->source;
    wpi_arena arena = {0};
    wpi_array numbers = WPI_ARRAY_OF(uint64_t);
    left_versions left = {WPI_ARRAY_OF(left_version), WPI_ARRAY_OF(char)};
    interaction_walk walk = {self, &arena, &numbers};
    WPI_TRY_OUT(
        wpi_graph_each(graph, WPI_TABLE_INTERACTION, (wpi_key){.size = 0}, collect, &walk, err));
    for (size_t i = 0; i < numbers.count; i++) {
        wpi_graph_reclaim(graph);
        WPI_TRY_OUT(take_out(self, WPI_ARRAY_AT(&numbers, uint64_t, i), &left, err));
    }
    WPI_TRY_OUT(wpi_restate_all(graph, err));
    WPI_TRY_OUT(put_back(graph, &left, err));
    WPI_TRY_OUT(wpi_source_switch(graph, source, err));
out:
    wpi_arena_free(&arena);
    wpi_array_free(&numbers);
    wpi_array_free(&left.versions);
    wpi_array_free(&left.bytes);
    return status;
}
