/*
 * The recorder; see record.h.
 *
 * Which file a descriptor stands for is noted when it is opened. A write is listed before the
 * kernel gets it and its return after, so that a crash in between is a place in the list too. The
 * watcher's functions have no context, hence the variables of this file.
 */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "calls.h"
#include "crash_process.h"
#include "inject.h"

#define DESCRIPTORS_MAX 1024

typedef struct descriptor {
    bool is_file;
    bool is_synchronous;
    uint32_t file;
    char *directory; /* NULL: it is none */
    size_t write_index;
} descriptor;

typedef struct known_file {
    dev_t device;
    ino_t inode;
    unsigned names; /* 0: it is gone, and its inode may be somebody else's */
} known_file;

static history *out;
static size_t room;
static char top[4096];
static unsigned operation_number;
static descriptor descriptors[DESCRIPTORS_MAX];
static known_file files[RECORD_FILES_MAX];

static event *add(event_kind kind, uint32_t file)
{
    if (out->count == room) {
        room = room == 0 ? 1024 : room * 2;
        out->events = realloc(out->events, room * sizeof *out->events);
        crash_require(out->events != NULL, "memory");
    }
    event *new_event = &out->events[out->count++];
    *new_event = (event){.kind = kind, .file = file, .operation = operation_number};
    return new_event;
}

static char *copy_text(const char *text)
{
    char *copy = strdup(text);
    crash_require(copy != NULL, "memory");
    return copy;
}

static bool is_watched_name(const char *path)
{
    size_t length = strlen(path), ending = strlen("-lock");
    bool is_lock = length > ending && strcmp(path + length - ending, "-lock") == 0;
    return strncmp(path, top, strlen(top)) == 0 && !is_lock;
}

static descriptor *descriptor_of(int fd)
{
    bool is_watched = fd >= 0 && fd < DESCRIPTORS_MAX && descriptors[fd].is_file;
    return is_watched ? &descriptors[fd] : NULL;
}

static uint32_t file_of(const struct stat *info)
{
    for (uint32_t i = 0; i < out->file_count; i++)
        if (files[i].names > 0 && files[i].inode == info->st_ino && files[i].device == info->st_dev)
            return i;
    return RECORD_NO_FILE;
}

static uint32_t file_named(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? file_of(&info) : RECORD_NO_FILE;
}

static void add_name(uint32_t file, const char *path)
{
    files[file].names++;
    add(EVENT_NAME, file)->name = copy_text(path);
}

static void remove_name(uint32_t file, const char *path)
{
    files[file].names--;
    add(EVENT_UNNAME, file)->name = copy_text(path);
}

static void forget_descriptor(int fd)
{
    free(descriptors[fd].directory);
    descriptors[fd] = (descriptor){.file = RECORD_NO_FILE};
}

static void note_opened(const call *made, int fd)
{
    struct stat info;
    if (fd < 0 || fd >= DESCRIPTORS_MAX)
        return;
    forget_descriptor(fd);
    if (fstat(fd, &info) != 0)
        return;
    if (S_ISDIR(info.st_mode)) {
        descriptors[fd].directory = copy_text(made->path);
        return;
    }
    if (!S_ISREG(info.st_mode) || !is_watched_name(made->path))
        return;
    uint32_t file = file_of(&info);
    if (file == RECORD_NO_FILE) {
        crash_require(out->file_count < RECORD_FILES_MAX, "fewer files");
        file = out->file_count++;
        files[file] = (known_file){info.st_dev, info.st_ino, 0};
        add_name(file, made->path);
    }
    descriptors[fd].is_file = true;
    descriptors[fd].file = file;
    descriptors[fd].is_synchronous = (made->flags & O_DSYNC) != 0;
}

/* ---- before a call ------------------------------------------------------------------------ */

static void note_write(const call *made)
{
    descriptor *at = descriptor_of(made->fd);
    if (at == NULL || made->bytes == 0)
        return;
    event *written = add(EVENT_WRITE, at->file);
    written->offset = made->offset;
    written->data = malloc(made->bytes);
    crash_require(written->data != NULL, "memory");
    for (int i = 0; i < made->part_count; i++) {
        memcpy(written->data + written->bytes, made->parts[i].iov_base, made->parts[i].iov_len);
        written->bytes += made->parts[i].iov_len;
    }
    at->write_index = out->count - 1;
}

static int before(const call *made)
{
    int code = errno, answer = inject_answer(made);
    uint32_t file;
    if (made->parts != NULL && (answer == 0 || answer == CALLS_DONE))
        note_write(made);
    if (made->kind == CALL_UNLINK && answer == 0 &&
        (file = file_named(made->path)) != RECORD_NO_FILE)
        remove_name(file, made->path);
    if (made->kind == CALL_RENAME && answer == 0 &&
        (file = file_named(made->path_to)) != RECORD_NO_FILE)
        files[file].names--; /* The new owner of the name is listed after the call. */
    errno = code;
    return answer;
}

/* ---- after a call ------------------------------------------------------------------------- */

static void note_synced(int fd, bool is_done)
{
    if (fd >= 0 && fd < DESCRIPTORS_MAX && descriptors[fd].directory != NULL && is_done)
        add(EVENT_NAMES, RECORD_NO_FILE)->name = copy_text(descriptors[fd].directory);
    else if (descriptor_of(fd) != NULL)
        add(is_done ? EVENT_SYNC : EVENT_DOUBT, descriptors[fd].file);
}

static void note_written(const call *made, const descriptor *at, int64_t result)
{
    if (result < 0)
        out->events[at->write_index].is_doubtful = true;
    else if (at->is_synchronous)
        add(EVENT_WRITTEN, at->file)->index = at->write_index;
    crash_require(result < 0 || result == (int64_t)made->bytes, "a write while recording");
}

/* Calls that fail are not told, but for writes and syncs that were done all the same. */
static void after(const call *made, int64_t result)
{
    const descriptor *at = descriptor_of(made->fd);
    uint32_t file;
    if (made->kind == CALL_OPEN)
        note_opened(made, (int)result);
    if (made->parts != NULL && at != NULL)
        note_written(made, at, result);
    if (made->kind == CALL_FDATASYNC || made->kind == CALL_FSYNC)
        note_synced(made->fd, result == 0);
    if (made->kind == CALL_FTRUNCATE && result == 0 && at != NULL)
        add(EVENT_RESIZE, at->file)->offset = made->bytes;
    bool has_new_name = (made->kind == CALL_LINK || made->kind == CALL_RENAME) && result == 0;
    if (!has_new_name || (file = file_named(made->path_to)) == RECORD_NO_FILE)
        return;
    add_name(file, made->path_to);
    if (made->kind == CALL_RENAME)
        remove_name(file, made->path);
}

static const calls_watcher recorder = {before, after};

void record_begin(history *into, const char *directory)
{
    out = into;
    *out = (history){NULL, 0, 0};
    room = 0;
    operation_number = 0;
    inject_plan(NULL);
    crash_require(strlen(directory) < sizeof top, "a shorter path");
    memcpy(top, directory, strlen(directory) + 1);
    for (int fd = 0; fd < DESCRIPTORS_MAX; fd++)
        forget_descriptor(fd);
    calls_watch(&recorder);
}

unsigned record_next_operation(void)
{
    return ++operation_number;
}

void record_promise(const char *path, uint64_t state)
{
    event *promised = add(EVENT_PROMISE, file_named(path));
    promised->name = copy_text(path);
    promised->state = state;
}

void record_pause(void)
{
    calls_watch(NULL);
}

void record_resume(void)
{
    calls_watch(&recorder);
}

void record_end(void)
{
    calls_watch(NULL);
}

void history_free(history *self)
{
    for (size_t i = 0; i < self->count; i++) {
        free(self->events[i].data);
        free(self->events[i].name);
    }
    free(self->events);
    *self = (history){NULL, 0, 0};
}
