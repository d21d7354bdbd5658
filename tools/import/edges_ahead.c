/*
 * Rows ahead: see edges_ahead.h.
 *
 * The blocks are a ring. Blocks from `next` up to `filled` wait to be handed out; the one before
 * `next` is in the hands of the caller. Both numbers change under the mutex alone; a block belongs
 * to the thread while it is filled and to the caller while it is handed out, so its content needs
 * no lock.
 */
#include "import/edges_ahead.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Two ids with their NULs, or what is wrong with a row. */
#define ROW_TEXT_BYTES_MAX 1536

static const char *keep(edges_block *block, const char *text, size_t length)
{
    char *copy = block->text + block->text_bytes;
    memcpy(copy, text, length);
    copy[length] = '\0';
    block->text_bytes += length + 1;
    return copy;
}

static void keep_edge(const edges_ahead *self, edges_block *block, edges_row *row,
                      const edge *found)
{
    row->edge = *found;
    row->detail = NULL;
    row->edge.from = keep(block, found->from, found->from_length);
    row->edge.to = keep(block, found->to, found->to_length);
    row->from_hash = people_hash(self->people, WP_IDENTITY_ID, found->from, found->from_length);
    row->to_hash = people_hash(self->people, WP_IDENTITY_ID, found->to, found->to_length);
}

static void take_line(const edges_ahead *self, edges_block *block, const text_line *at)
{
    edge found;
    verdict what;
    edges_row *row = &block->rows[block->count++];
    row->where = (place){at->number, at->byte, at->end_byte, at->number};
    bool is_row =
        at->is_long
            ? verdict_skip(&what, REASON_LONG_LINE, "line of %llu bytes, expected at most %zu",
                           (unsigned long long)(at->end_byte - at->byte), EDGES_LINE_BYTES_MAX)
            : edges_parse(&self->shape, at->text, at->length, &found, &what);
    if (is_row) {
        keep_edge(self, block, row, &found);
        return;
    }
    row->reason = what.reason;
    row->detail = keep(block, what.detail, strlen(what.detail));
}

static void fill(edges_ahead *self, edges_block *block)
{
    text_line at;
    block->count = block->text_bytes = 0;
    block->code = LINES_OK;
    while (block->count < EDGES_BLOCK_ROWS &&
           block->text_bytes + ROW_TEXT_BYTES_MAX <= EDGES_BLOCK_TEXT_BYTES) {
        block->code = lines_next(&self->lines, &at);
        if (block->code != LINES_OK)
            break;
        if (edges_is_comment(at.text, at.length))
            continue;
        if (self->skips_header)
            self->skips_header = false;
        else
            take_line(self, block, &at);
    }
}

/* Wait until there is room for a block; NULL: nothing more is wanted. */
static edges_block *wait_for_room(edges_ahead *self)
{
    (void)pthread_mutex_lock(&self->mutex);
    while (!self->is_ending && self->filled + (self->is_held ? 1 : 0) == self->next + EDGES_BLOCKS)
        (void)pthread_cond_wait(&self->change, &self->mutex);
    edges_block *block = self->is_ending ? NULL : &self->blocks[self->filled % EDGES_BLOCKS];
    (void)pthread_mutex_unlock(&self->mutex);
    return block;
}

static void *fill_all(void *context)
{
    edges_ahead *self = context;
    edges_block *block;
    lines_code code = LINES_OK;
    while (code == LINES_OK && (block = wait_for_room(self)) != NULL) {
        fill(self, block);
        code = block->code;
        (void)pthread_mutex_lock(&self->mutex);
        self->filled++;
        (void)pthread_cond_signal(&self->change);
        (void)pthread_mutex_unlock(&self->mutex);
    }
    return NULL;
}

static void begin_thread(edges_ahead *self)
{
    if (pthread_mutex_init(&self->mutex, NULL) != 0)
        return;
    if (pthread_cond_init(&self->change, NULL) != 0) {
        (void)pthread_mutex_destroy(&self->mutex);
        return;
    }
    self->has_thread = pthread_create(&self->thread, NULL, fill_all, self) == 0;
    if (!self->has_thread) {
        (void)pthread_cond_destroy(&self->change);
        (void)pthread_mutex_destroy(&self->mutex);
    }
}

lines_code edges_ahead_begin(edges_ahead *self, const run *import, const edges_shape *shape,
                             const place *from)
{
    *self = (edges_ahead){.shape = *shape, .people = &import->people};
    self->skips_header = shape->has_header && from->next == 0;
    self->blocks = malloc(EDGES_BLOCKS * sizeof *self->blocks);
    if (self->blocks == NULL) {
        self->lines.failure = ENOMEM;
        return LINES_FAILED;
    }
    lines_code code = lines_open(&self->lines, import->source.fd, from->next, from->next_line,
                                 EDGES_LINE_BYTES_MAX, import->options->cancel);
    if (code == LINES_OK)
        begin_thread(self);
    return code;
}

const edges_block *edges_ahead_next(edges_ahead *self)
{
    edges_block *block = &self->blocks[self->next % EDGES_BLOCKS];
    if (!self->has_thread) {
        fill(self, &self->blocks[0]);
        return &self->blocks[0];
    }
    (void)pthread_mutex_lock(&self->mutex);
    self->is_held = false;
    (void)pthread_cond_signal(&self->change);
    while (self->filled == self->next)
        (void)pthread_cond_wait(&self->change, &self->mutex);
    self->next++;
    self->is_held = true;
    (void)pthread_mutex_unlock(&self->mutex);
    return block;
}

void edges_ahead_end(edges_ahead *self)
{
    if (self->has_thread) {
        (void)pthread_mutex_lock(&self->mutex);
        self->is_ending = true;
        (void)pthread_cond_signal(&self->change);
        (void)pthread_mutex_unlock(&self->mutex);
        (void)pthread_join(self->thread, NULL);
        (void)pthread_cond_destroy(&self->change);
        (void)pthread_mutex_destroy(&self->mutex);
    }
    lines_free(&self->lines);
    free(self->blocks);
}
