/*
 * The log of posts: a growing array, and the rule by which copies arise (whoever takes part in
 * a message and has a mailbox keeps it).
 */
#include "post.h"

#include <assert.h>
#include <stdlib.h>

#include "cast.h"

static bool grow(post_log *self)
{
    size_t capacity = self->capacity == 0 ? 4096 : self->capacity * 2;
    post *posts = realloc(self->posts, capacity * sizeof *posts);
    if (posts == NULL)
        return false;
    self->posts = posts;
    self->capacity = capacity;
    return true;
}

static uint32_t mailbox_of(uint16_t person)
{
    return person < MAILBOX_COUNT ? 1u << person : 0;
}

int32_t post_add(post_log *self, const post *given)
{
    assert(given->parent < (int32_t)self->count);
    if (given->time_s >= self->end_s || self->has_failed)
        return POST_NONE;
    if (self->count == self->capacity && !grow(self)) {
        self->has_failed = true;
        return POST_NONE;
    }
    post *added = &self->posts[self->count];
    *added = *given;
    added->mailboxes |= mailbox_of(given->from);
    for (size_t i = 0; i < given->to_count; i++)
        added->mailboxes |= mailbox_of(given->to[i]);
    for (size_t i = 0; i < given->cc_count; i++)
        added->mailboxes |= mailbox_of(given->cc[i]);
    return (int32_t)self->count++;
}

void post_log_free(post_log *self)
{
    free(self->posts);
    *self = (post_log){0};
}
