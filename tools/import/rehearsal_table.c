/*
 * What a dry run remembers by hashes: see rehearsal_table.h.
 *
 * The table is larger than a processor's cache, so a key asked for costs the memory's time unless
 * it was fetched before.
 */
#include "import/rehearsal_table.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES_MIN ((size_t)64 << 10)
#define TEXT_BYTES_MAX ((size_t)8 << 20)

static const slots_shape shape = {2, (size_t)1 << 20, 6}; /* keys and values */

void rehearsal_free(rehearsal *self)
{
    slots_free(&self->table);
    slots_free(&self->jobs);
    free(self->texts);
    *self = (rehearsal){0};
}

void rehearsal_fetch(const rehearsal *self, uint64_t key)
{
    slots_fetch(&self->table, shape.words, key);
}

static bool get(const slots *table, uint64_t key, uint64_t *value)
{
    if (table->capacity == 0)
        return false;
    const uint64_t *slot = slots_find(table, shape.words, key);
    if (slot[0] == key)
        *value = slot[1];
    return slot[0] == key;
}

static bool put(slots *table, uint64_t key, uint64_t value)
{
    bool has_room = slots_make_room(table, &shape);
    if (table->capacity == 0)
        return false;
    uint64_t *slot = slots_find(table, shape.words, key);
    if (slot[0] == 0 && !has_room)
        return false;
    table->count += slot[0] == 0 ? 1 : 0;
    slot[0] = key;
    slot[1] = value;
    return true;
}

bool rehearsal_get(const rehearsal *self, uint64_t key, uint64_t *value)
{
    return get(&self->table, key, value);
}

bool rehearsal_put(rehearsal *self, uint64_t key, uint64_t value)
{
    return put(&self->table, key, value);
}

void rehearsal_fetch_job(const rehearsal *self, uint64_t key)
{
    slots_fetch(&self->jobs, shape.words, key);
}

bool rehearsal_get_job(const rehearsal *self, uint64_t key, uint64_t *value)
{
    return get(&self->jobs, key, value);
}

bool rehearsal_put_job(rehearsal *self, uint64_t key, uint64_t value)
{
    bool is_kept = put(&self->jobs, key, value);
    self->has_all_jobs = self->has_all_jobs || !is_kept;
    return is_kept;
}

bool rehearsal_keep(rehearsal *self, const char *text, size_t bytes, size_t *at)
{
    size_t capacity = self->text_capacity == 0 ? TEXT_BYTES_MIN : self->text_capacity;
    while (capacity < TEXT_BYTES_MAX && capacity - self->text_bytes < bytes)
        capacity *= 2;
    if (capacity - self->text_bytes < bytes)
        return false;
    if (capacity > self->text_capacity) {
        char *wider = realloc(self->texts, capacity);
        if (wider == NULL)
            return false;
        self->texts = wider;
        self->text_capacity = capacity;
    }
    *at = self->text_bytes;
    memcpy(self->texts + *at, text, bytes);
    self->text_bytes += bytes;
    return true;
}
