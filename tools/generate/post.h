/*
 * The mail of the demonstration, before it is written: posts in memory.
 *
 * A post is one message as its sender wrote it, whoever keeps copies. Rules: a reply comes after
 * its parent in the log and in time; nothing is later than the log's end.
 */
#ifndef WARMPATH_GENERATE_POST_H
#define WARMPATH_GENERATE_POST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POST_PEOPLE_MAX 12
#define POST_NONE (-1)

typedef enum post_kind {
    POST_PLAIN,     /* from one person to others */
    POST_LIST,      /* on a mailing list */
    POST_BULK,      /* a newsletter */
    POST_AUTOREPLY, /* "out of office" */
    POST_NOTICE,    /* from a machine */
    POST_NO_DATE    /* from a machine without a clock: no Date and no Message-ID */
} post_kind;

typedef struct post {
    int64_t time_s;
    int32_t parent; /* index in the log, POST_NONE for the first of a thread */
    post_kind kind;
    uint16_t subject; /* of the table of subjects; replies keep that of the first */
    uint16_t body;
    uint16_t from;
    uint16_t to[POST_PEOPLE_MAX];
    uint16_t cc[POST_PEOPLE_MAX];
    size_t to_count;
    size_t cc_count;
    uint32_t mailboxes; /* bit m: person m keeps a copy */
} post;

typedef struct post_log {
    post *posts;
    size_t count;
    size_t capacity;
    int64_t end_s; /* posts at or after this time are not kept */
    bool has_failed;
} post_log;

/*
 * Add a post and give its index. POST_NONE when it would be later than the end, or when memory is
 * exhausted, which has_failed remembers. The sender's and recipients' mailboxes are added to
 * `mailboxes`.
 */
int32_t post_add(post_log *self, const post *given);

void post_log_free(post_log *self);

#endif
