/*
 * A fault while a database is opened after a crash breaks no promise either.
 *
 * Images of power cuts (image.h) are opened while a system call fails, once or from then on. The
 * answer must be one that is documented, or the database in one of the states that it may have;
 * opened again without a fault, it must be as after a crash alone: everything promised, nothing
 * half done.
 *
 * `--points N` of them, from `--seed N`. A call that fails is a point.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crash_damage.h"
#include "crash_process.h"
#include "faults.h"
#include "inject.h"
#include "random.h"
#include "scratch.h"
#include "state.h"
#include "story.h"

#define PER_EVENT 8
#define TRIES 3 /* of an image */
#define ALARM_S (30u * CRASH_PATIENCE)
#define TOLD_MAX 5

typedef struct tally {
    uint64_t points;
    uint64_t opened; /* in spite of the fault */
    uint64_t images;
    uint64_t bad;
} tally;

typedef struct reopening {
    story told;
    random_source random;
    uint64_t wanted;
    tally *found;
} reopening;

/* Calls that opening makes; the numbers are spread over as many as it makes of each. */
static fault draw_fault(random_source *random)
{
    static const struct {
        call_kind kind;
        size_t count;
    } calls[] = {{CALL_OPEN, 4},      {CALL_PREAD, 40}, {CALL_MMAP, 4},
                 {CALL_FALLOCATE, 1}, {CALL_PREAD, 8},  {CALL_FTRUNCATE, 1}};
    size_t at = random_below(random, sizeof calls / sizeof *calls), code_count = 0;
    const int *codes = inject_codes(calls[at].kind);
    while (codes[code_count] != 0)
        code_count++;
    return (fault){calls[at].kind, 1 + random_below(random, calls[at].count),
                   codes[random_below(random, code_count)], random_chance(random, .5)};
}

static void complain(reopening *self, const image *shown, const fault *planned, const char *what)
{
    char text[64];
    if (self->found->bad++ >= TOLD_MAX)
        return;
    inject_describe(planned, text, sizeof text);
    printf("bad point: seed %" PRIu64
           ", power cut after event %zu (operation %u, %s), then %s: %s\n",
           self->told.at.seed, shown->event, shown->operation,
           story_operation_name(shown->operation), text, what);
    fflush(stdout);
}

static bool is_documented(const fault *planned, wp_status status)
{
    bool is_short = planned->kind == CALL_PREAD && planned->code == CALLS_HALF;
    return operation_may_answer(OPERATION_OPEN, (int)status) ||
           (is_short && (status == WP_EFORMAT || status == WP_ECORRUPT));
}

static void try_fault(reopening *self, const image *shown)
{
    fault planned = draw_fault(&self->random);
    uint64_t state;
    wp_error err;
    (void)alarm(ALARM_S);
    image_write(shown, self->told.scratch);
    inject_begin(&planned);
    wp_status status = state_of_file(self->told.scratch, &state, &err);
    if (!inject_end())
        return;
    self->found->points++;
    self->found->opened += status == WP_OK;
    if (!is_documented(&planned, status))
        complain(self, shown, &planned, wp_status_name(status));
    const char *wrong = story_judge(&self->told, shown, self->found->points % 8 == 0);
    if (wrong != NULL)
        complain(self, shown, &planned, wrong);
    else if (status == WP_OK && state != self->told.state_seen)
        complain(self, shown, &planned, "with the fault something else was read");
}

static void look(void *context, const image *shown)
{
    reopening *self = context;
    if (!shown->is_there || self->found->points >= self->wanted)
        return;
    self->found->images++;
    for (int i = 0; i < TRIES; i++)
        try_fault(self, shown);
}

static void reopen_story(uint64_t seed, uint64_t wanted, tally *found)
{
    reopening self = {.random = random_start(seed, 7), .wanted = wanted, .found = found};
    story_tell(&self.told, seed);
    image_plan plan = {.files = self.told.files,
                       .scratch = self.told.scratch,
                       .seed = seed,
                       .per_event = PER_EVENT};
    (void)images_show(&self.told.recorded, &plan, look, &self);
    crash_file_remove(self.told.scratch);
    story_forget(&self.told);
}

int main(int argc, char **argv)
{
    crash_arguments arguments = {1, 4000};
    if (!crash_arguments_read(argc, argv, "points", &arguments))
        return 2;
    faults_begin(&arguments.count);
    tally *found = crash_share(sizeof *found);
    for (uint64_t i = 0; found->points < arguments.count && found->bad == 0; i++) {
        pid_t child = crash_fork();
        if (child == 0) {
            reopen_story(arguments.seed + i, arguments.count, found);
            _exit(0);
        }
        int code = crash_wait(child);
        if (code != 0)
            crash_fail("story %" PRIu64 " ended with %d at point %" PRIu64, arguments.seed + i,
                       code, found->points);
    }
    printf("class 7: %" PRIu64 " faults after power cuts, %" PRIu64 " bad (%" PRIu64
           " images, opened all the same %" PRIu64 ")\n",
           found->points, found->bad, found->images, found->opened);
    int result = found->bad == 0 ? 0 : FAULTS_FOUND;
    scratch_remove();
    return result;
}
