/*
 * What a commit answers when the disk failed holds after a power cut, too.
 *
 * In a transaction one write or sync fails, or does what it should and says that it failed. A
 * kernel that failed to write something forgets it: a later sync does not bring it to the disk, and
 * what was written with an error may be there or not. So the answer of the failed commit is a
 * promise: after WP_OK its records survive, after another error they never come back, and only
 * after WP_EUNKNOWN both may be. A reader of the process, if there is one, reads on. The same
 * handle then commits twice more. Images (image.h) are drawn from the failed transaction on.
 *
 * `--images N` of them, from `--seed N`.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crash_damage.h"
#include "crash_process.h"
#include "crash_world.h"
#include "faults.h"
#include "inject.h"
#include "random.h"
#include "scratch.h"
#include "state.h"
#include "story.h"

#define PER_EVENT 40
#define CALLS_MAX 3 /* of one kind in a commit */
#define THOROUGH_EVERY 16
#define ALARM_S (30u * CRASH_PATIENCE)
#define TOLD_MAX 5

typedef struct tally {
    uint64_t images;
    uint64_t faults;
    uint64_t well; /* commits that succeeded in spite of it */
    uint64_t unknown;
    uint64_t bad;
} tally;

typedef struct failing {
    story told;
    fault planned;
    bool has_reader; /* of the same process, while it fails: LMDB cannot be opened anew */
    int answer;
    tally *found;
} failing;

/* What is read is watched like the rest: it may open the file anew. */
static void promise_state(failing *self, wp_db *db, int answer)
{
    wp_error err = {.message = ""};
    uint64_t state;
    crash_must(state_read(db, &state, &err), &err, "reading");
    if (answer != WP_EUNKNOWN)
        record_promise(self->told.at.database, state);
}

static int update(failing *self, wp_db *db, wp_error *err)
{
    self->told.at.number = record_next_operation();
    self->told.files[self->told.at.number] = self->told.at.database;
    return (int)operation_run_on(OPERATION_UPDATE, db, &self->told.at, err);
}

static void update_well(failing *self, wp_db *db)
{
    wp_error err = {.message = ""};
    int answer = update(self, db, &err);
    if (answer != WP_OK)
        crash_fail("an update without a fault: %d, %s", answer, err.message);
    promise_state(self, db, answer);
}

/* Returns whether something failed. */
static bool update_and_fail(failing *self, wp_db *db)
{
    wp_error err = {.message = ""};
    wp_txn *reading = NULL;
    if (self->has_reader)
        crash_must(wp_begin_read(db, &reading, &err), &err, "wp_begin_read");
    inject_plan(&self->planned);
    self->answer = update(self, db, &err);
    bool has_struck = inject_has_struck();
    inject_plan(NULL);
    if (self->has_reader && crash_check(reading) != 0)
        crash_fail("a reader does not read on");
    wp_abort(reading);
    promise_state(self, db, self->answer);
    return has_struck;
}

/* Create a database and fail in its third update. Returns whether something failed. */
static bool fail_once(failing *self, const char *directory, uint64_t seed)
{
    wp_error err = {.message = ""};
    wp_db *db;
    story *told = &self->told;
    *told = (story){.at = place_make(directory, seed)};
    (void)snprintf(told->scratch, sizeof told->scratch, "%s", scratch_path("image.warmpath"));
    record_begin(&told->recorded, directory);
    told->files[record_next_operation()] = told->at.database;
    crash_must((wp_status)operation_run(OPERATION_CREATE, &told->at, NULL, &err), &err, "create");
    crash_must(wp_open(told->at.database, NULL, &db, &err), &err, "wp_open");
    update_well(self, db);
    update_well(self, db);
    bool has_struck = update_and_fail(self, db);
    update_well(self, db);
    update_well(self, db);
    record_pause();
    wp_close(db);
    record_end();
    place_clear(&told->at);
    return has_struck;
}

static void look(void *context, const image *shown)
{
    failing *self = context;
    tally *found = self->found;
    char text[64];
    (void)alarm(ALARM_S);
    if (shown->is_there)
        image_write(shown, self->told.scratch);
    const char *wrong =
        story_judge(&self->told, shown, found->images++ % THOROUGH_EVERY == 0 && shown->is_there);
    if (wrong == NULL || found->bad++ >= TOLD_MAX)
        return;
    inject_describe(&self->planned, text, sizeof text);
    printf("bad image: seed %" PRIu64
           ", %s%s, answer %s, power cut after event %zu (operation %u): "
           "%s\n",
           self->told.at.seed, text, self->has_reader ? ", a reader" : "",
           wp_status_name((wp_status)self->answer), shown->event, shown->operation, wrong);
}

static void try_fault(const fault *planned, bool has_reader, const char *directory, uint64_t seed,
                      tally *found)
{
    failing self = {.planned = *planned, .has_reader = has_reader, .found = found};
    if (fail_once(&self, directory, seed)) {
        image_plan plan = {.files = self.told.files,
                           .scratch = self.told.scratch,
                           .seed = seed + planned->number,
                           .per_event = PER_EVENT,
                           .operation_first = 4};
        found->faults++;
        found->well += self.answer == WP_OK;
        found->unknown += self.answer == WP_EUNKNOWN;
        (void)images_show(&self.told.recorded, &plan, look, &self);
    }
    story_forget(&self.told);
}

static void try_seed(uint64_t seed, tally *found)
{
    static const call_kind kinds[] = {CALL_PWRITE, CALL_WRITEV, CALL_FDATASYNC};
    char name[64], directory[PLACE_PATH_BYTES];
    (void)snprintf(name, sizeof name, "after-%" PRIu64, seed);
    (void)snprintf(directory, sizeof directory, "%s", scratch_path(name));
    crash_require(mkdir(directory, 0700) == 0, directory);
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
        for (uint64_t number = 1; number <= CALLS_MAX; number++)
            for (int is_for_ever = 0; is_for_ever < 2; is_for_ever++) {
                fault planned = {kinds[kind], number, CALLS_DONE, is_for_ever != 0};
                try_fault(&planned, false, directory, seed, found);
                try_fault(&planned, true, directory, seed, found);
            }
}

/* A second sync would find nothing to do, and promise what the first could not. */
static void sync_stays_failed(void)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    fault planned = {CALL_FDATASYNC, 1, EIO, false};
    char directory[PLACE_PATH_BYTES];
    wp_error err;
    wp_db *db;
    (void)snprintf(directory, sizeof directory, "%s", scratch_path("sync"));
    crash_require(mkdir(directory, 0700) == 0, directory);
    place at = place_make(directory, 1);
    options.is_unsynced = true;
    crash_must((wp_status)operation_run(OPERATION_CREATE, &at, NULL, &err), &err, "create");
    crash_must(wp_open(at.database, &options, &db, &err), &err, "wp_open");
    crash_must(operation_run_on(OPERATION_UPDATE, db, &at, &err), &err, "an update");
    crash_must(wp_sync(db, &err), &err, "wp_sync");
    inject_begin(&planned);
    wp_status failed = wp_sync(db, &err);
    (void)inject_end();
    if (failed != WP_EIO || wp_sync(db, &err) != WP_EIO)
        crash_fail("wp_sync answers well after it failed");
    wp_close(db);
}

int main(int argc, char **argv)
{
    crash_arguments arguments = {1, 5000};
    if (!crash_arguments_read(argc, argv, "images", &arguments))
        return 2;
    faults_begin(&arguments.count);
    tally *found = crash_share(sizeof *found);
    sync_stays_failed();
    for (uint64_t i = 0; found->images < arguments.count && found->bad == 0; i++) {
        pid_t child = crash_fork();
        if (child == 0) {
            try_seed(arguments.seed + i, found);
            fflush(stdout);
            _exit(0);
        }
        int code = crash_wait(child);
        if (code != 0)
            crash_fail("seed %" PRIu64 " ended with %d", arguments.seed + i, code);
    }
    printf("class 3, after a fault: %" PRIu64 " images, %" PRIu64 " bad (%" PRIu64
           " faults, committed all the same %" PRIu64 ", unknown %" PRIu64 ")\n",
           found->images, found->bad, found->faults, found->well, found->unknown);
    int result = found->bad == 0 ? 0 : FAULTS_FOUND;
    scratch_remove();
    return result;
}
