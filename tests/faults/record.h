/*
 * The recorder: everything that operations write into a directory, in the order in which they do.
 *
 * What a disk keeps when the power goes follows from this list alone: a write is safe once a later
 * fsync or fdatasync of its file has returned, or at its own return where the file was opened with
 * O_DSYNC; a name is safe once its directory was synced. Lock files are left out, since they mean
 * nothing after a crash.
 *
 * Calls can be made to fail meanwhile (inject_plan()). A kernel that failed to write takes what it
 * holds for written, so a later sync makes it no safer.
 *
 * A file is known by its inode; names come and go. The test adds to the list what it was promised:
 * that an operation has returned well and which file it was about.
 */
#ifndef WARMPATH_TESTS_FAULTS_RECORD_H
#define WARMPATH_TESTS_FAULTS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_FILES_MAX 64
#define RECORD_NO_FILE UINT32_MAX

typedef enum event_kind {
    EVENT_WRITE,   /* bytes at an offset were handed to the kernel */
    EVENT_WRITTEN, /* the write `index` of an O_DSYNC file returned: it is safe */
    EVENT_SYNC,    /* a sync of the file returned */
    EVENT_DOUBT,   /* a sync of the file failed: what was written may never get to the disk */
    EVENT_RESIZE,  /* the file was truncated or extended to `offset` bytes */
    EVENT_NAME,    /* the file got the name */
    EVENT_UNNAME,  /* the name went */
    EVENT_NAMES,   /* a sync of the directory `name` returned */
    EVENT_PROMISE  /* an operation on the file called `name` returned well */
} event_kind;

typedef struct event {
    event_kind kind;
    uint32_t file;       /* RECORD_NO_FILE: none */
    uint64_t offset;     /* WRITE, RESIZE */
    uint64_t state;      /* PROMISE: of the file as it is */
    uint64_t bytes;      /* WRITE */
    unsigned char *data; /* WRITE */
    size_t index;        /* WRITTEN: of the WRITE in the list */
    bool is_doubtful;    /* WRITE: it was answered with an error, and may be on the disk or not */
    char *name;          /* full path */
    unsigned operation;  /* during which it happened: 1, 2, … */
} event;

typedef struct history {
    event *events;
    size_t count;
    uint32_t file_count;
} history;

/* Watch a directory from now on, adding to an empty history. One at a time. */
void record_begin(history *into, const char *directory);

/* The next operation begins; returns its number, 1 upwards. */
unsigned record_next_operation(void);

/* What the last operation promised holds from here on: the file holds this state (state.h). */
void record_promise(const char *path, uint64_t state);

/* Do not watch for a while; go on. */
void record_pause(void);
void record_resume(void);

/* Watch no longer. */
void record_end(void);

void history_free(history *self);

#endif
