/*
 * Power cuts of real file systems: what a mounted ext4 or XFS leaves on its disk.
 *
 * The file system lies in an image file, mounted by the kernel's loop device, and a process works
 * in it: it creates a database and commits to it, merges and makes copies, counting what returned.
 * At a random moment the disk is stopped: the image file lies on another file system, which is
 * frozen (FIFREEZE), so that no further block gets to it and those before it are all there. The
 * image is copied, the disk goes on, and the copy is mounted as after a power cut: the journal is
 * replayed. Everything that had returned before the disk stood must be found; at most one more
 * commit; the file opens, holds the records of exactly one state and passes a deep check.
 *
 * What the page cache held is lost, as it is in a power cut; blocks that the kernel sent to the
 * disk are there in the order in which it did: images_faults.c reorders them. Needs root, loop
 * devices, mkfs.ext4 and mkfs.xfs; what is missing is said and skipped.
 *
 * `--cuts N` of them, half of each file system, from `--seed N`, which decides what is stored and
 * how long to wait, not the instruction that is hit.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calls.h"
#include "crash_process.h"
#include "faults.h"
#include "operation.h"
#include "random.h"
#include "scratch.h"
#include "state.h"

#define SKIPPED 77
#define PATH_BYTES 512
#define CUTS_A_LIFE 10
#define STEPS_MAX 1000
#define WAIT_NS_MAX INT64_C(16000000)
#define COPIES_LOOKED_AT 3
#define OUTER_BYTES ((off_t)1 << 30)
#define COPY_BYTES ((size_t)1 << 20)

/* A file system that is cut. */
typedef struct kind_of_disk {
    const char *name;
    const char *make[5]; /* the command, without the file */
    off_t bytes;
    const char *cut_options; /* XFS refuses a second disk with the same number */
} kind_of_disk;

static const kind_of_disk kinds[] = {
    {"ext4", {"/sbin/mkfs.ext4", "-q", "-F", NULL}, (off_t)64 << 20, "loop"},
    {"xfs", {"/sbin/mkfs.xfs", "-q", "-f", NULL}, (off_t)320 << 20, "loop,nouuid"},
};

typedef struct bench {
    const kind_of_disk *kind;
    char outer_image[PATH_BYTES]; /* of the file system that is frozen */
    char outer[PATH_BYTES];       /* where it is mounted */
    char image[PATH_BYTES];       /* on it: of the file system that is cut */
    char inner[PATH_BYTES];       /* where that is mounted */
    char cut_image[PATH_BYTES];
    char cut[PATH_BYTES];
    char twin[PATH_BYTES];
    uint64_t seed;
    uint64_t cuts, lives, steps, ahead, absent, copies;
} bench;

/* How far the process in the file system is; in shared memory. */
typedef struct progress {
    _Atomic uint64_t begun; /* steps */
    _Atomic uint64_t ended;
} progress;

/* One database, from its creation to the end of its writer. */
typedef struct life {
    char name[64];
    uint64_t seed;
    uint64_t states[STEPS_MAX + 1]; /* after so many steps; from an undisturbed twin */
    uint64_t state_count;
    place twin;
} life;

/* ---- commands and mounts -----------------------------------------------------------------------
 */

static bool run(const char *const *words, const char *last)
{
    char *command[8] = {NULL};
    size_t count = 0;
    while (words[count] != NULL) {
        command[count] = (char *)(uintptr_t)words[count];
        count++;
    }
    command[count] = (char *)(uintptr_t)last;
    return access(command[0], X_OK) == 0 && crash_wait(crash_spawn(command, "/dev/null")) == 0;
}

static bool mount_image(const char *image, const char *options, const char *where)
{
    const char *words[] = {"/bin/mount", "-o", options, image, NULL};
    return run(words, where);
}

static void must_unmount(const char *where)
{
    int tries = 0;
    while (umount2(where, 0) != 0 && errno == EBUSY && tries++ < 100)
        crash_pause_ns(10000000);
    crash_require(tries < 100, where);
}

static void name_file(const bench *self, char *path, const char *name)
{
    char full_name[64];
    (void)snprintf(full_name, sizeof full_name, "%s-%s", self->kind->name, name);
    (void)snprintf(path, PATH_BYTES, "%s", scratch_path(full_name));
}

static void make_directory(const bench *self, char *path, const char *name)
{
    name_file(self, path, name);
    crash_require(mkdir(path, 0700) == 0, path);
}

static void make_image(const char *path, off_t bytes)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    crash_require(fd >= 0 && ftruncate(fd, bytes) == 0 && close(fd) == 0, path);
}

/* Mount both file systems. NULL, or what is missing. */
static const char *set_up(bench *self)
{
    static const char *const make_outer[] = {"/sbin/mkfs.ext4", "-q", "-F", "-O",
                                             "^has_journal",    NULL};
    name_file(self, self->outer_image, "outer.img");
    name_file(self, self->cut_image, "cut.img");
    make_directory(self, self->outer, "outer");
    make_directory(self, self->inner, "inner");
    make_directory(self, self->cut, "cut");
    make_directory(self, self->twin, "twin");
    (void)snprintf(self->image, PATH_BYTES, "%.400s/disk.img", self->outer);
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return "mounting is not allowed (not root)";
    make_image(self->outer_image, OUTER_BYTES);
    if (!run(make_outer, self->outer_image))
        return "mkfs.ext4 is not there";
    if (!mount_image(self->outer_image, "loop", self->outer))
        return "loop devices cannot be mounted";
    make_image(self->image, self->kind->bytes);
    if (!run(self->kind->make, self->image) || !mount_image(self->image, "loop", self->inner)) {
        must_unmount(self->outer);
        return "this file system cannot be made and mounted";
    }
    return NULL;
}

static void tear_down(const bench *self)
{
    must_unmount(self->inner);
    must_unmount(self->outer);
}

/* ---- the process in the file system ------------------------------------------------------------
 */

static operation_kind kind_of_step(uint64_t step)
{
    if (step == 0)
        return OPERATION_CREATE;
    return step % 16 == 7 ? OPERATION_MERGE : step % 16 == 15 ? OPERATION_BACKUP : OPERATION_UPDATE;
}

static void name_copy(place *at, const char *directory, uint64_t step)
{
    (void)snprintf(at->copy, sizeof at->copy, "%.400s/copy-%" PRIu64 ".warmpath", directory, step);
}

static void take_step(place *at, uint64_t step)
{
    wp_error err = {.message = ""};
    at->number = step;
    calls_fix_chance(true);
    int answer = operation_run(kind_of_step(step), at, NULL, &err);
    if (answer != WP_OK)
        crash_fail("step %" PRIu64 ": %d, %s", step, answer, err.message);
}

static void write_on(const char *directory, uint64_t seed, progress *shared)
{
    place at = place_make(directory, seed);
    for (uint64_t step = 0; step < STEPS_MAX; step++) {
        name_copy(&at, directory, step);
        shared->begun = step + 1;
        take_step(&at, step);
        shared->ended = step + 1;
    }
    _exit(0);
}

/* ---- what must be found ------------------------------------------------------------------------
 */

/* The state after so many steps; a copy changes nothing. */
static uint64_t state_after(life *self, uint64_t steps)
{
    wp_error err;
    while (self->state_count <= steps) {
        uint64_t step = self->state_count - 1;
        if (kind_of_step(step) != OPERATION_BACKUP)
            take_step(&self->twin, step);
        crash_must(state_of_file(self->twin.database, &self->states[self->state_count], &err), &err,
                   "the twin");
        self->state_count++;
    }
    calls_fix_chance(false);
    return self->states[steps];
}

/* What was made as a copy in the last of the steps that had ended is there and whole. */
static void judge_copies(bench *self, life *at, const char *directory, uint64_t ended)
{
    place found = {.number = 0};
    wp_error err;
    uint64_t count = ended / 16, first = count > COPIES_LOOKED_AT ? count - COPIES_LOOKED_AT : 0;
    for (uint64_t step = 16 * first + 15; step < ended; step += 16) {
        uint64_t state;
        name_copy(&found, directory, step);
        crash_must(state_of_file(found.copy, &state, &err), &err, "a copy after a power cut");
        if (state != state_after(at, step))
            crash_fail("a copy is in another state after a power cut");
        self->copies++;
    }
}

static void judge(bench *self, life *at, uint64_t ended, uint64_t begun)
{
    char directory[PATH_BYTES];
    wp_error err;
    uint64_t state, steps;
    (void)snprintf(directory, sizeof directory, "%.400s/%.60s", self->cut, at->name);
    place found = {.number = 0};
    (void)snprintf(found.database, sizeof found.database, "%.480s/db.warmpath", directory);
    if (access(found.database, F_OK) != 0) {
        if (ended > 0)
            crash_fail("%s: the database is gone, %" PRIu64 " steps had returned", self->kind->name,
                       ended);
        self->absent++;
        return;
    }
    crash_must(state_of_file(found.database, &state, &err), &err, "opening after a power cut");
    for (steps = begun; steps > 0 && state_after(at, steps) != state; steps--)
        ;
    if (steps == 0 || (steps < ended && state_after(at, ended) != state))
        crash_fail("%s: the database is as after step %" PRIu64 ", %" PRIu64
                   " had returned and %" PRIu64 " begun",
                   self->kind->name, steps, ended, begun);
    self->ahead += steps > ended;
    crash_must((wp_status)operation_run(OPERATION_CHECK, &found, NULL, &err), &err,
               "a deep check after a power cut");
    judge_copies(self, at, directory, ended);
}

/* ---- cutting -----------------------------------------------------------------------------------
 */

/* Copy what is not a hole. Nothing here may end the process: the disk stands. */
static bool copy_image(int from, int to, off_t bytes)
{
    static unsigned char buffer[COPY_BYTES];
    off_t at = 0;
    if (ftruncate(to, 0) != 0 || ftruncate(to, bytes) != 0)
        return false;
    while ((at = lseek(from, at, SEEK_DATA)) >= 0) {
        off_t end = lseek(from, at, SEEK_HOLE);
        while (at < end) {
            size_t wanted = (size_t)(end - at) < COPY_BYTES ? (size_t)(end - at) : COPY_BYTES;
            ssize_t got = pread(from, buffer, wanted, at);
            if (got <= 0 || pwrite(to, buffer, (size_t)got, at) != got)
                return false;
            at += got;
        }
    }
    return errno == ENXIO; /* no data behind this */
}

/* Stop the disk, copy it, let it go on. */
static void cut(const bench *self)
{
    int outer = open(self->outer, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int from = open(self->image, O_RDONLY | O_CLOEXEC);
    int to = open(self->cut_image, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    crash_require(outer >= 0 && from >= 0 && to >= 0, self->cut_image);
    crash_require(ioctl(outer, FIFREEZE, 0) == 0, "freezing");
    bool is_copied = copy_image(from, to, self->kind->bytes);
    int code = errno;
    bool is_thawed = ioctl(outer, FITHAW, 0) == 0;
    errno = code;
    crash_require(is_thawed && is_copied, "copying a frozen disk");
    crash_require(close(outer) == 0 && close(from) == 0 && close(to) == 0, self->cut_image);
}

/* The first cut of a life comes while the database is made. The writer rests while what it left
 * is judged, so that it does not fill the disk. */
static void cut_and_judge(bench *self, life *at, const progress *shared, random_source *random,
                          pid_t writer, bool is_first)
{
    size_t shift = is_first ? 3 + random_below(random, 4) : random_below(random, 8);
    crash_pause_ns((uint64_t)random_between(random, 0, WAIT_NS_MAX >> shift));
    uint64_t ended = shared->ended;
    cut(self);
    uint64_t begun = shared->begun;
    crash_require(kill(writer, SIGSTOP) == 0, "SIGSTOP");
    crash_require(mount_image(self->cut_image, self->kind->cut_options, self->cut),
                  "mounting after a power cut");
    judge(self, at, ended, begun);
    must_unmount(self->cut);
    crash_require(kill(writer, SIGCONT) == 0, "SIGCONT");
    self->cuts++;
}

/* A directory that is on the disk before anything in it is promised. */
static void make_durable_directory(const char *parent, const char *path)
{
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    crash_require(mkdir(path, 0700) == 0 && fd >= 0 && fsync(fd) == 0 && close(fd) == 0, path);
}

static void live(bench *self, progress *shared, random_source *random, uint64_t cuts)
{
    char directory[PATH_BYTES];
    life *at = calloc(1, sizeof *at);
    crash_require(at != NULL, "memory");
    at->seed = self->seed * 1000003 + self->lives++;
    at->state_count = 1; /* states[0]: nothing is there */
    at->twin = place_make(self->twin, at->seed);
    (void)snprintf(at->name, sizeof at->name, "life-%" PRIu64, self->lives);
    (void)snprintf(directory, sizeof directory, "%.400s/%.60s", self->inner, at->name);
    make_durable_directory(self->inner, directory);
    shared->begun = shared->ended = 0;
    pid_t writer = crash_fork();
    if (writer == 0)
        write_on(directory, at->seed, shared);
    for (uint64_t i = 0; i < cuts; i++)
        cut_and_judge(self, at, shared, random, writer, i == 0);
    crash_kill(writer);
    self->steps += shared->ended;
    place gone = {.number = 0};
    (void)snprintf(gone.directory, sizeof gone.directory, "%s", directory);
    place_clear(&gone);
    place_clear(&at->twin);
    free(at);
}

static int cut_kind(const kind_of_disk *kind, uint64_t seed, uint64_t count)
{
    bench self = {.kind = kind, .seed = seed};
    random_source random = random_start(seed, 4);
    progress *shared = crash_share(sizeof *shared);
    const char *missing = set_up(&self);
    if (missing != NULL) {
        printf("class 4: %s skipped: %s\n", kind->name, missing);
        return SKIPPED;
    }
    while (self.cuts < count)
        live(&self, shared, &random,
             count - self.cuts < CUTS_A_LIFE ? count - self.cuts : CUTS_A_LIFE);
    tear_down(&self);
    printf("class 4: %" PRIu64 " cuts of %s, 0 bad (%" PRIu64 " databases, %" PRIu64
           " steps, not there yet %" PRIu64 ", more than had returned before %" PRIu64
           ", copies looked at %" PRIu64 ")\n",
           self.cuts, kind->name, self.lives, self.steps, self.absent, self.ahead, self.copies);
    return 0;
}

int main(int argc, char **argv)
{
    crash_arguments arguments = {1, 360};
    size_t skipped = 0;
    if (!crash_arguments_read(argc, argv, "cuts", &arguments))
        return 2;
    faults_begin(&arguments.count);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        pid_t child = crash_fork();
        if (child == 0)
            exit(cut_kind(&kinds[i], arguments.seed, arguments.count / 2));
        int code = crash_wait(child);
        if (code != 0 && code != SKIPPED)
            crash_fail("%s ended with %d", kinds[i].name, code);
        skipped += code == SKIPPED;
    }
    scratch_remove();
    return skipped == sizeof kinds / sizeof *kinds ? SKIPPED : 0;
}
