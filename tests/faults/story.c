/*
 * The life of a database as crash tests record it; see story.h.
 */
#include "story.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calls.h"
#include "crash_process.h"
#include "scratch.h"
#include "state.h"

#define THOROUGH_STEP                                                                              \
    1000001 /* An update that no story makes; odd: by hand, no source is named.                    \
             */

static const operation_kind operations[] = {
    OPERATION_CREATE, OPERATION_UPDATE, OPERATION_UPDATE,  OPERATION_IMPORT, OPERATION_MERGE,
    OPERATION_UPDATE, OPERATION_UPDATE, OPERATION_COMPACT, OPERATION_MERGE,  OPERATION_BACKUP,
    OPERATION_UPDATE, OPERATION_REMOVE, OPERATION_UPDATE,  OPERATION_LOAD,   OPERATION_ERASE,
    OPERATION_VACUUM, OPERATION_OPEN};

#define OPERATIONS (sizeof operations / sizeof *operations)

static void perform(story *self, operation_kind kind)
{
    wp_error err = {.message = "see the output of the tool"};
    unsigned number = record_next_operation();
    uint64_t state;
    const char *file = operation_file(kind, &self->at);
    self->files[number] = file;
    self->at.number = number;
    calls_fix_chance(true);
    int answer = operation_run(kind, &self->at, NULL, &err);
    record_pause();
    if (answer != WP_OK)
        crash_fail("operation %u, %s: %d, %s", number, operation_name(kind), answer, err.message);
    crash_must(state_of_file(file, &state, &err), &err, "reading the state");
    self->states[number] = state;
    record_promise(file, state);
    place looked_at = self->at;
    (void)snprintf(looked_at.database, sizeof looked_at.database, "%s", file);
    crash_must((wp_status)operation_run(OPERATION_CHECK, &looked_at, NULL, &err), &err, "checking");
    record_resume();
}

void story_tell(story *self, uint64_t seed)
{
    char name[64];
    (void)snprintf(name, sizeof name, "story-%" PRIu64, seed);
    const char *directory = scratch_path(name);
    crash_require(mkdir(directory, 0700) == 0, directory);
    *self = (story){.at = place_make(directory, seed)};
    (void)snprintf(self->scratch, sizeof self->scratch, "%s", scratch_path("image.warmpath"));
    record_begin(&self->recorded, directory);
    for (size_t i = 0; i < OPERATIONS; i++)
        perform(self, operations[i]);
    record_end();
    place_clear(&self->at);
}

void story_forget(story *self)
{
    history_free(&self->recorded);
}

const char *story_operation_name(unsigned operation)
{
    bool is_known = operation >= 1 && operation <= OPERATIONS;
    return is_known ? operation_name(operations[operation - 1]) : "nothing";
}

static bool is_allowed(const image *shown, uint64_t state)
{
    for (size_t i = 0; i < shown->state_count; i++)
        if (state != STATE_NONE && shown->states[i] == state)
            return true;
    return false;
}

/* Only what can be done twice: who is merged is unmerged the next time. */
static bool can_repeat(const story *self, const image *shown)
{
    operation_kind kind = operations[shown->operation - 1];
    return self->states[shown->operation] != STATE_NONE && shown->path == self->at.database &&
           (kind == OPERATION_UPDATE || kind == OPERATION_IMPORT || kind == OPERATION_COMPACT ||
            kind == OPERATION_REMOVE || kind == OPERATION_ERASE || kind == OPERATION_VACUUM);
}

/* Use goes on: a check, the operation once more, an update, and a check of what is there then. */
static const char *use(const story *self, const image *shown)
{
    place here = self->at;
    wp_error err;
    uint64_t state;
    (void)snprintf(here.database, sizeof here.database, "%s", self->scratch);
    if (operation_run(OPERATION_CHECK, &here, NULL, &err) != WP_OK)
        return "a deep check of it failed";
    if (can_repeat(self, shown)) {
        here.number = shown->operation;
        calls_fix_chance(true);
        if (operation_run(operations[shown->operation - 1], &here, NULL, &err) != WP_OK)
            return "what was interrupted could not be done again";
        if (state_of_file(here.database, &state, &err) != WP_OK ||
            state != self->states[shown->operation])
            return "what was interrupted and done again leads elsewhere";
    }
    here.number = THOROUGH_STEP;
    if (operation_run(OPERATION_UPDATE, &here, NULL, &err) != WP_OK)
        return "it could not be written";
    if (operation_run(OPERATION_CHECK, &here, NULL, &err) != WP_OK)
        return "a deep check after writing failed";
    return NULL;
}

const char *story_judge(story *self, const image *shown, bool is_thorough)
{
    wp_error err;
    uint64_t state;
    self->state_seen = STATE_NONE;
    if (!shown->is_there)
        return shown->must_be_there ? "the file is not there" : NULL;
    wp_status status = state_of_file(self->scratch, &state, &err);
    self->state_seen = state;
    if (status != WP_OK)
        return "the file could not be opened or read";
    if (!is_allowed(shown, state))
        return "the file is not in a state that it may have";
    return is_thorough ? use(self, shown) : NULL;
}
