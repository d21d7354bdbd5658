/*
 * Texts of one record: a list of blocks, filled one after the other.
 *
 * A text that does not fit into what is left of a block begins the next one; every block has room
 * for the longest text that readers hand over, so no text needs a block of its own size.
 */
#include "import/pool.h"

#include <stdlib.h>
#include <string.h>

#include "import/content.h"

#define BLOCK_BYTES                                                                                \
    (CONTENT_BYTES_MAX * 4) /* decoding a charset makes three bytes of one at most */

struct pool_block {
    pool_block *next;
    size_t used;
    char bytes[BLOCK_BYTES];
};

/* The block after the current one, emptied; NULL: memory. */
static pool_block *next_block(pool *self)
{
    pool_block *at = self->current == NULL ? self->first : self->current->next;
    if (at == NULL) {
        at = malloc(sizeof *at);
        if (at == NULL)
            return NULL;
        at->next = NULL;
        if (self->current == NULL)
            self->first = at;
        else
            self->current->next = at;
    }
    at->used = 0;
    self->current = at;
    return at;
}

char *pool_keep(pool *self, const char *text, size_t length)
{
    pool_block *at = self->current;
    if (length >= BLOCK_BYTES || self->bytes + length + 1 > POOL_BYTES_MAX) {
        self->is_full = true;
        return NULL;
    }
    if (at == NULL || BLOCK_BYTES - at->used < length + 1)
        at = next_block(self);
    if (at == NULL)
        return NULL;
    char *copy = at->bytes + at->used;
    memcpy(copy, text, length);
    copy[length] = '\0';
    at->used += length + 1;
    self->bytes += length + 1;
    return copy;
}

void pool_clear(pool *self)
{
    self->current = NULL;
    self->bytes = 0;
    self->is_full = false;
}

void pool_free(pool *self)
{
    for (pool_block *at = self->first, *next; at != NULL; at = next) {
        next = at->next;
        free(at);
    }
    *self = (pool){0};
}
