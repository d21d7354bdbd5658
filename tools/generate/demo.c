/*
 * The network of the demonstration: let the cast play the story, put the messages in order of
 * time, write one file a mailbox and one of facts.
 */
#include "demo.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "calendar.h"
#include "cast.h"
#include "facts.h"
#include "mbox.h"
#include "post.h"
#include "story.h"

#define PATH_BYTES 4096

static bool complain(const char *path, const char *what)
{
    fprintf(stderr, "warmpath-generate: demo: %s: %s\n", path, what);
    return false;
}

static bool make_directory(const char *path)
{
    struct stat info;
    if (mkdir(path, 0777) == 0)
        return true;
    if (errno != EEXIST)
        return complain(path, strerror(errno));
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return complain(path, "exists and is no directory");
    return true;
}

/* A stable order by time: a key of time and index in one number. */
static int compare_keys(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static uint32_t *order_by_time(const post_log *log)
{
    uint64_t *keys = malloc((log->count + 1) * sizeof *keys);
    uint32_t *order = malloc((log->count + 1) * sizeof *order);
    if (keys == NULL || order == NULL) {
        free(keys);
        free(order);
        return NULL;
    }
    for (size_t i = 0; i < log->count; i++)
        keys[i] = (uint64_t)log->posts[i].time_s << 24 | i;
    qsort(keys, log->count, sizeof *keys, compare_keys);
    for (size_t i = 0; i < log->count; i++)
        order[i] = (uint32_t)(keys[i] & 0xffffff);
    free(keys);
    return order;
}

/* Close a file that was written; false, with a line on stderr, when anything went wrong. */
static bool close_written(FILE *stream, const char *path)
{
    bool has_failed = ferror(stream) != 0;
    int code = fclose(stream) != 0 ? errno : EIO;
    if (has_failed || code != EIO)
        return complain(path, strerror(code));
    return true;
}

/* "mail/ingrid.solberg.mbox": a file named after the first part of the address. */
static bool mailbox_path(const char *directory, const cast *players, uint16_t owner,
                         char path[PATH_BYTES])
{
    const char *address = players->people[owner].address;
    int length =
        snprintf(path, PATH_BYTES, "%s/%s/%.*s.mbox", directory,
                 owner < MEMBER_COUNT ? "mail" : "friends", (int)strcspn(address, "@"), address);
    return length < PATH_BYTES;
}

static bool write_mailboxes(const char *directory, const cast *players, const post_log *log,
                            const uint32_t *order)
{
    char path[PATH_BYTES];
    for (uint16_t owner = 0; owner < MAILBOX_COUNT; owner++) {
        if (!mailbox_path(directory, players, owner, path))
            return complain(directory, "the path is too long");
        FILE *stream = fopen(path, "w");
        if (stream == NULL)
            return complain(path, strerror(errno));
        mbox_write(stream, players, log, order, owner);
        if (!close_written(stream, path))
            return false;
    }
    return true;
}

static bool write_facts(const char *directory, const cast *players, int32_t day)
{
    char path[PATH_BYTES];
    if (snprintf(path, sizeof path, "%s/people.jsonl", directory) >= PATH_BYTES)
        return complain(directory, "the path is too long");
    FILE *stream = fopen(path, "w");
    if (stream == NULL)
        return complain(path, strerror(errno));
    facts_write(stream, players, day);
    return close_written(stream, path);
}

static bool make_directories(const char *directory)
{
    static const char *const parts[] = {"", "/mail", "/friends"};
    char path[PATH_BYTES];
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (snprintf(path, sizeof path, "%s%s", directory, parts[i]) >= PATH_BYTES)
            return complain(directory, "the path is too long");
        if (!make_directory(path))
            return false;
    }
    return true;
}

bool demo_write(const char *directory, int32_t day, uint64_t seed)
{
    cast players;
    post_log log = {.end_s = (int64_t)day * CALENDAR_DAY_S + 17 * 3600};
    cast_fill(&players, seed);
    bool is_told = story_tell(&players, day, seed, &log);
    uint32_t *order = is_told ? order_by_time(&log) : NULL;
    bool is_ok = order != NULL || complain(directory, "out of memory");
    is_ok = is_ok && make_directories(directory) &&
            write_mailboxes(directory, &players, &log, order) &&
            write_facts(directory, &players, day);
    free(order);
    post_log_free(&log);
    return is_ok;
}
