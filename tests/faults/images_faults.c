/*
 * A power cut at any moment loses nothing that was promised, and leaves a sound database.
 *
 * Stories (story.h) are recorded and the power is cut after each of their writes, syncs and name
 * changes; every image that the disk may then hold (image.h) is opened anew. It must be there if
 * that was promised, open, hold exactly the records of a state between the last one promised and
 * the last one that was being committed; every eighth is also checked deeply, written, and checked
 * again. States themselves were checked deeply when they were made.
 *
 * `--images N` of them, from `--seed N`. The seed decides everything.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crash_damage.h"
#include "crash_process.h"
#include "faults.h"
#include "scratch.h"
#include "story.h"

#define PER_EVENT 120
#define THOROUGH_EVERY 8
#define ALARM_S (30u * CRASH_PATIENCE)
#define TOLD_MAX 5

/* What children found, in memory shared with them. */
typedef struct tally {
    uint64_t images;
    uint64_t absent;
    uint64_t thorough;
    uint64_t bad;
    uint64_t events;
} tally;

typedef struct looking {
    story told;
    tally *found;
} looking;

static void look(void *context, const image *shown)
{
    looking *self = context;
    tally *found = self->found;
    bool is_thorough = found->images++ % THOROUGH_EVERY == 0;
    (void)alarm(ALARM_S);
    if (shown->is_there)
        image_write(shown, self->told.scratch);
    found->absent += !shown->is_there;
    found->thorough += is_thorough && shown->is_there;
    const char *wrong = story_judge(&self->told, shown, is_thorough);
    if (wrong != NULL && found->bad++ < TOLD_MAX)
        printf("bad image: seed %" PRIu64 ", power cut after event %zu (operation %u, %s): %s\n",
               self->told.at.seed, shown->event, shown->operation,
               story_operation_name(shown->operation), wrong);
}

static void cut_story(uint64_t seed, tally *found)
{
    looking self = {.found = found};
    story_tell(&self.told, seed);
    image_plan plan = {.files = self.told.files,
                       .scratch = self.told.scratch,
                       .seed = seed,
                       .per_event = PER_EVENT};
    (void)images_show(&self.told.recorded, &plan, look, &self);
    found->events += self.told.recorded.count;
    crash_file_remove(self.told.scratch);
    story_forget(&self.told);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    crash_arguments arguments = {1, 40000};
    if (!crash_arguments_read(argc, argv, "images", &arguments))
        return 2;
    faults_begin(&arguments.count);
    tally *found = crash_share(sizeof *found);
    uint64_t stories = 0;
    for (; found->images < arguments.count && found->bad == 0; stories++) {
        pid_t child = crash_fork();
        if (child == 0) {
            cut_story(arguments.seed + stories, found);
            _exit(0);
        }
        int code = crash_wait(child);
        if (code != 0)
            crash_fail("story %" PRIu64 " ended with %d at image %" PRIu64,
                       arguments.seed + stories, code, found->images);
    }
    printf("class 3: %" PRIu64 " images, %" PRIu64 " bad (%" PRIu64 " stories, %" PRIu64
           " events, %" PRIu64 " without a file, %" PRIu64 " checked deeply and written)\n",
           found->images, found->bad, stories, found->events, found->absent, found->thorough);
    int result = found->bad == 0 ? 0 : FAULTS_FOUND;
    scratch_remove();
    return result;
}
