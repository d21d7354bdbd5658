/*
 * Crash images; see image.h.
 *
 * A history is gone through twice. The first time all writes are applied, and the state that each
 * write of a meta page leads to is read: a state is what the file holds when everything before the
 * next meta page is written. The second time only what is safe is applied, the rest is pending,
 * and after each event images are drawn from both.
 */
#include "image.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "crash_damage.h"
#include "crash_process.h"
#include "random.h"
#include "state.h"

#define META_BYTES 8192u
#define SECTOR_BYTES 512u
#define PAGE_BYTES 4096u
#define NAMES_MAX 256
#define SEEN_BITS 18

typedef struct content {
    unsigned char *bytes;
    size_t size;
    size_t room;
} content;

typedef struct pending_write {
    size_t event;
    bool is_doubtful; /* no sync makes it safe; a later write of the same place does away with it */
} pending_write;

typedef struct replayed {
    content safe;
    content ages;       /* of each sector of it: the write that made it so, size_t */
    uint64_t full_size; /* with all that is pending */
    pending_write *pending;
    size_t pending_count;
    size_t pending_room;
    uint64_t *states; /* by number of the meta write, from 1 */
    size_t meta_count;
} replayed;

typedef struct name_change {
    const event *what;
    bool is_safe;
} name_change;

typedef struct promise {
    const char *path;
    uint32_t file;
    size_t state;
} promise;

typedef struct replay {
    const history *from;
    const image_plan *plan;
    replayed files[RECORD_FILES_MAX];
    name_change names[NAMES_MAX];
    size_t name_count;
    promise promises[NAMES_MAX];
    size_t promise_count;
    random_source random;
    content drawn;
    uint64_t *seen; /* hash table of images */
    uint64_t shown;
} replay;

/* ---- contents ----------------------------------------------------------------------------- */

static void resize(content *self, size_t size)
{
    if (size > self->room) {
        self->room = size * 2;
        self->bytes = realloc(self->bytes, self->room);
        crash_require(self->bytes != NULL, "memory");
    }
    if (size > self->size)
        memset(self->bytes + self->size, 0, size - self->size);
    self->size = size;
}

static void apply(content *to, const event *written, uint64_t from, uint64_t end)
{
    if (to->size < written->offset + end)
        resize(to, written->offset + end);
    memcpy(to->bytes + written->offset + from, written->data + from, end - from);
}

static void copy_content(content *to, const content *from)
{
    to->size = 0;
    resize(to, from->size);
    if (from->size > 0)
        memcpy(to->bytes, from->bytes, from->size);
}

static bool is_meta(const event *at)
{
    return at->kind == EVENT_WRITE && at->offset < META_BYTES;
}

void image_write(const image *shown, const char *path)
{
    crash_file_remove(path);
    crash_file_write(path, shown->bytes, shown->size);
}

/* ---- the first time: states --------------------------------------------------------------- */

static uint64_t state_of_content(const replay *self, const content *at)
{
    uint64_t state;
    image whole = {.bytes = at->bytes, .size = at->size};
    image_write(&whole, self->plan->scratch);
    (void)state_of_file(self->plan->scratch, &state, NULL); /* STATE_NONE: no database yet */
    return state;
}

static void end_state(replay *self, uint32_t file, const content *at)
{
    replayed *known = &self->files[file];
    if (known->meta_count > 0)
        known->states[known->meta_count] = state_of_content(self, at);
}

static void begin_state(replay *self, uint32_t file, const content *at)
{
    replayed *known = &self->files[file];
    end_state(self, file, at);
    known->meta_count++;
    known->states = realloc(known->states, (known->meta_count + 1) * sizeof *known->states);
    crash_require(known->states != NULL, "memory");
    known->states[known->meta_count] = STATE_NONE;
}

static void require_promised(replay *self, const event *promised, const content *at)
{
    crash_require(promised->file != RECORD_NO_FILE, promised->name);
    uint64_t seen = state_of_content(self, at);
    if (seen != promised->state)
        crash_fail("operation %u: the recorded writes make state %016" PRIx64
                   ", the file has %016" PRIx64,
                   promised->operation, seen, promised->state);
}

static void find_states(replay *self)
{
    content full[RECORD_FILES_MAX] = {{NULL, 0, 0}};
    for (size_t i = 0; i < self->from->count; i++) {
        const event *at = &self->from->events[i];
        if (is_meta(at))
            begin_state(self, at->file, &full[at->file]);
        if (at->kind == EVENT_WRITE)
            apply(&full[at->file], at, 0, at->bytes);
        else if (at->kind == EVENT_RESIZE)
            resize(&full[at->file], at->offset);
        else if (at->kind == EVENT_PROMISE)
            require_promised(self, at, &full[at->file]);
    }
    for (uint32_t file = 0; file < self->from->file_count; file++) {
        end_state(self, file, &full[file]);
        free(full[file].bytes);
        self->files[file].meta_count = 0;
    }
}

/* ---- the second time: what is safe and what is pending ------------------------------------ */

static void add_pending(replay *self, const event *at, size_t index)
{
    replayed *file = &self->files[at->file];
    if (file->pending_count == file->pending_room) {
        file->pending_room = file->pending_room * 2 + 64;
        file->pending = realloc(file->pending, file->pending_room * sizeof *file->pending);
        crash_require(file->pending != NULL, "memory");
    }
    file->pending[file->pending_count++] = (pending_write){index, at->is_doubtful};
    if (at->offset + at->bytes > file->full_size)
        file->full_size = at->offset + at->bytes;
    file->meta_count += is_meta(at);
}

static size_t *age_of(replayed *file, uint64_t offset)
{
    size_t at = offset / SECTOR_BYTES * sizeof(size_t);
    if (file->ages.size < at + sizeof(size_t))
        resize(&file->ages, at + sizeof(size_t));
    return (size_t *)(void *)(file->ages.bytes + at);
}

static void make_safe(replay *self, replayed *file, size_t index)
{
    const event *written = &self->from->events[index];
    apply(&file->safe, written, 0, written->bytes);
    for (uint64_t at = 0; at < written->bytes; at += SECTOR_BYTES)
        *age_of(file, written->offset + at) = index;
    *age_of(file, written->offset + written->bytes - 1) = index;
}

static void make_one_safe(replay *self, const event *returned)
{
    replayed *file = &self->files[returned->file];
    size_t kept = 0;
    make_safe(self, file, returned->index);
    for (size_t i = 0; i < file->pending_count; i++)
        if (file->pending[i].event != returned->index)
            file->pending[kept++] = file->pending[i];
    file->pending_count = kept;
}

static void make_all_safe(replay *self, uint32_t number)
{
    replayed *file = &self->files[number];
    size_t kept = 0;
    for (size_t i = 0; i < file->pending_count; i++) {
        if (file->pending[i].is_doubtful)
            file->pending[kept++] = file->pending[i];
        else
            make_safe(self, file, file->pending[i].event);
    }
    file->pending_count = kept;
}

static void doubt_all(replay *self, uint32_t number)
{
    replayed *file = &self->files[number];
    for (size_t i = 0; i < file->pending_count; i++)
        file->pending[i].is_doubtful = true;
}

static void change_name(replay *self, const event *at)
{
    crash_require(self->name_count < NAMES_MAX, "fewer names");
    self->names[self->name_count++] = (name_change){at, false};
}

static void make_names_safe(replay *self, const char *directory)
{
    size_t length = strlen(directory);
    for (size_t i = 0; i < self->name_count; i++) {
        const char *name = self->names[i].what->name;
        if (strncmp(name, directory, length) == 0 && strrchr(name, '/') == name + length)
            self->names[i].is_safe = true;
    }
}

static void note_promise(replay *self, const event *at)
{
    crash_require(self->promise_count < NAMES_MAX, "fewer promises");
    self->promises[self->promise_count++] =
        (promise){at->name, at->file, self->files[at->file].meta_count};
}

static void proceed(replay *self, size_t index)
{
    const event *at = &self->from->events[index];
    switch (at->kind) {
    case EVENT_WRITE:
        add_pending(self, at, index);
        break;
    case EVENT_WRITTEN:
        make_one_safe(self, at);
        break;
    case EVENT_SYNC:
        make_all_safe(self, at->file);
        break;
    case EVENT_DOUBT:
        doubt_all(self, at->file);
        break;
    case EVENT_RESIZE:
        make_all_safe(self, at->file);
        resize(&self->files[at->file].safe, at->offset);
        self->files[at->file].full_size = at->offset;
        break;
    case EVENT_NAME:
    case EVENT_UNNAME:
        change_name(self, at);
        break;
    case EVENT_NAMES:
        make_names_safe(self, at->name);
        break;
    case EVENT_PROMISE:
        note_promise(self, at);
        break;
    }
}

/* ---- drawing images ----------------------------------------------------------------------- */

typedef enum choice {
    CHOICE_ALL,
    CHOICE_NONE,
    CHOICE_FIRST,   /* the first so many writes */
    CHOICE_TORN,    /* the same, and some sectors of the next */
    CHOICE_PAGES,   /* each page or not */
    CHOICE_SECTORS, /* each sector or not */
    CHOICE_ALL_BUT, /* all but one page or sector in eight */
    CHOICE_FEW,     /* one page or sector in eight */
    CHOICE_KINDS
} choice;

/* Apply part of a write, but for sectors where a later one is safe. */
static void apply_part(replay *self, replayed *file, size_t index, uint64_t from, uint64_t end)
{
    const event *written = &self->from->events[index];
    while (from < end) {
        uint64_t next =
            ((written->offset + from) / SECTOR_BYTES + 1) * SECTOR_BYTES - written->offset;
        if (next > end)
            next = end;
        if (*age_of(file, written->offset + from) <= index)
            apply(&self->drawn, written, from, next);
        from = next;
    }
}

/* The parts of one write, in units. */
static void apply_some(replay *self, replayed *file, size_t index, size_t unit, double probability)
{
    const event *written = &self->from->events[index];
    for (uint64_t from = 0; from < written->bytes;) {
        uint64_t end = ((written->offset + from) / unit + 1) * unit - written->offset;
        if (end > written->bytes)
            end = written->bytes;
        if (random_chance(&self->random, probability))
            apply_part(self, file, index, from, end);
        from = end;
    }
}

/* The pending write number `at` of a file. */
static void draw_write(replay *self, replayed *file, size_t at, choice how, size_t unit,
                       size_t first_count)
{
    static const double parts[CHOICE_KINDS] = {1, 0, 0, 0, .5, .5, .875, .125};
    bool is_prefix = how == CHOICE_FIRST || how == CHOICE_TORN;
    size_t index = file->pending[at].event;
    if (!is_prefix && how != CHOICE_NONE)
        apply_some(self, file, index, unit, parts[how]);
    else if (is_prefix && at < first_count)
        apply_part(self, file, index, 0, self->from->events[index].bytes);
    else if (how == CHOICE_TORN && at == first_count)
        apply_some(self, file, index, SECTOR_BYTES, .5);
}

static void draw_content(replay *self, replayed *file, choice how)
{
    bool is_fine = how == CHOICE_SECTORS || random_chance(&self->random, .5);
    size_t unit = how != CHOICE_PAGES && is_fine ? SECTOR_BYTES : PAGE_BYTES;
    size_t first_count = random_below(&self->random, file->pending_count + 1);
    copy_content(&self->drawn, &file->safe);
    for (size_t i = 0; i < file->pending_count; i++)
        draw_write(self, file, i, how, unit, first_count);
    /* Blocks can belong to a file before they are written. */
    if (random_chance(&self->random, .5) && self->drawn.size < file->full_size)
        resize(&self->drawn, file->full_size);
}

/* The file that has a name when of the name changes that are not safe the first so many happened.
 */
static uint32_t file_at(const replay *self, const char *path, size_t first_count)
{
    uint32_t file = RECORD_NO_FILE;
    for (size_t i = 0; i < self->name_count; i++) {
        const event *at = self->names[i].what;
        if ((self->names[i].is_safe || i < first_count) && strcmp(at->name, path) == 0)
            file = at->kind == EVENT_NAME ? at->file : RECORD_NO_FILE;
    }
    return file;
}

static const promise *promise_of(const replay *self, const char *path)
{
    const promise *found = NULL;
    for (size_t i = 0; i < self->promise_count; i++)
        if (strcmp(self->promises[i].path, path) == 0)
            found = &self->promises[i];
    return found;
}

/* The state that the next promise about a name is made of; NULL: there is none. */
static const uint64_t *next_promised(const replay *self, const char *path, size_t index)
{
    for (size_t i = index; i < self->from->count; i++) {
        const event *at = &self->from->events[i];
        if (at->kind == EVENT_PROMISE && strcmp(at->name, path) == 0)
            return &at->state;
    }
    return NULL;
}

/* What the file `number` may hold: what was promised of it or a later state; a file that is to take
 * the name must be complete. */
static void allow(const replay *self, image *shown, uint32_t number, const promise *promised)
{
    const replayed *file = &self->files[number];
    if (promised == NULL || promised->file != number) {
        shown->states = next_promised(self, shown->path, shown->event);
        shown->state_count = shown->states != NULL;
        return;
    }
    shown->states = file->states + promised->state;
    shown->state_count = file->meta_count - promised->state + 1;
}

/* Whether an image was not seen before; the table is large against the images of a history. */
static bool is_new(replay *self, const image *shown)
{
    uint64_t hash = XXH3_64bits_withSeed(shown->bytes, shown->size,
                                         (uint64_t)(uintptr_t)shown->states + shown->state_count);
    size_t at = hash >> (64 - SEEN_BITS);
    hash |= 1;
    while (self->seen[at] != 0 && self->seen[at] != hash)
        at = (at + 1) & (((size_t)1 << SEEN_BITS) - 1);
    if (self->seen[at] == hash)
        return false;
    self->seen[at] = hash;
    return true;
}

static void show(replay *self, const char *path, size_t index, choice how, image_visitor *visit,
                 void *context)
{
    bool has_all_names = random_chance(&self->random, .6);
    size_t first_count =
        has_all_names ? self->name_count : random_below(&self->random, self->name_count + 1);
    uint32_t number = file_at(self, path, first_count);
    const promise *promised = promise_of(self, path);
    image shown = {.path = path,
                   .must_be_there = promised != NULL,
                   .is_there = number != RECORD_NO_FILE,
                   .event = index,
                   .operation = self->from->events[index].operation};
    if (shown.is_there) {
        draw_content(self, &self->files[number], how);
        shown.bytes = self->drawn.bytes;
        shown.size = self->drawn.size;
        allow(self, &shown, number, promised);
    }
    if (!is_new(self, &shown))
        return;
    self->shown++;
    visit(context, &shown);
}

static void show_event(replay *self, size_t index, image_visitor *visit, void *context)
{
    const event *at = &self->from->events[index];
    const char *path = self->plan->files[at->operation];
    bool is_plain = at->kind != EVENT_WRITE;
    unsigned count = is_plain ? CHOICE_KINDS : self->plan->per_event;
    for (unsigned i = 0; i < count; i++)
        show(self, path, index, (choice)(i % CHOICE_KINDS), visit, context);
}

static void free_replay(replay *self)
{
    for (uint32_t i = 0; i < self->from->file_count; i++) {
        free(self->files[i].safe.bytes);
        free(self->files[i].ages.bytes);
        free(self->files[i].pending);
        free(self->files[i].states);
    }
    free(self->drawn.bytes);
    free(self->seen);
    free(self);
}

uint64_t images_show(const history *from, const image_plan *plan, image_visitor *visit,
                     void *context)
{
    replay *self = calloc(1, sizeof *self);
    crash_require(self != NULL, "memory");
    self->from = from;
    self->plan = plan;
    self->random = random_start(plan->seed, 1);
    self->seen = calloc((size_t)1 << SEEN_BITS, sizeof *self->seen);
    crash_require(self->seen != NULL, "memory");
    find_states(self);
    for (size_t i = 0; i < from->count; i++) {
        proceed(self, i);
        if (from->events[i].operation >= plan->operation_first)
            show_event(self, i, visit, context);
    }
    uint64_t shown = self->shown;
    free_replay(self);
    return shown;
}
