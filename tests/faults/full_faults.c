/*
 * A full disk, a limit of the file's size or a full map fails one transaction and loses nothing.
 *
 * A database is updated until there is no room, for many amounts of room, without a reader, with
 * one in this process and with one in another. The update that fails says WP_EFULL and leaves what
 * was there before it; the snapshot of the reader and the newest one are read on, also from a file
 * opened anew; with room, writing goes on.
 *
 * The disk is a tmpfs in a name space of its own, which only root may make: without, those cases
 * are skipped with a message. A write that is cut off by a limit of the file's size is reported by
 * LMDB as EIO and nothing tells it from a broken disk, so WP_EIO is right there too.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "crash_process.h"
#include "crash_world.h"
#include "faults.h"
#include "operation.h"
#include "random.h"
#include "scratch.h"
#include "state.h"

#define DISK_OPTIONS "size=4m,mode=700"
#define DISK_STEPS 60
#define DISK_STEP_BYTES ((uint64_t)8 << 10)
#define LIMIT_STEPS 20
#define MAP_STEPS 30
#define MAP_STEP_BYTES ((uint64_t)16 << 10)
#define PAGE_BYTES 4096u
#define BASE_UPDATES 6
#define UPDATES_MAX 400
#define NO_PRIVILEGE 4 /* exit code of a child that may not mount */
#define ALARM_S (60u * CRASH_PATIENCE)

typedef enum reader_kind { READER_NONE, READER_HERE, READER_ELSEWHERE, READER_KINDS } reader_kind;

/* In shared memory. */
typedef struct tally {
    uint64_t disk;
    uint64_t limit;
    uint64_t map;
    uint64_t refused_open; /* for want of room for the lock file */
    uint64_t removed;      /* a source was taken back without room */
    uint64_t not_removed;
} tally;

/* Room that a case takes away and gives back. */
typedef struct shortage {
    const char *what;
    uint64_t amount;
    void (*begin)(const struct shortage *self, const place *at);
    void (*end)(const place *at);
    uint64_t map_bytes; /* 0: the default */
    bool may_be_eio;
} shortage;

typedef struct one_case {
    place at;
    const shortage *lack;
    reader_kind reader;
    tally *found;
    wp_db *db;
    wp_txn *reading;
    uint64_t state; /* what was acknowledged */
    uint64_t state_of_reader;
    pid_t other;
    int to_other;
} one_case;

_Noreturn static void fail(const one_case *self, const char *what, int answer, const wp_error *err)
{
    crash_fail("%s, %" PRIu64 " bytes, reader %d, update %" PRIu64 ": %s (%s, %s)",
               self->lack->what, self->lack->amount, (int)self->reader, self->at.number, what,
               wp_status_name((wp_status)answer), err->message);
}

/* ---- readers -----------------------------------------------------------------------------------
 */

/* Hold a snapshot until the pipe is closed, then check it. */
static void read_elsewhere(const char *path, int from_parent, int to_parent)
{
    wp_db *db = crash_open(path);
    wp_txn *txn = NULL;
    wp_error err;
    char byte = 0;
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read elsewhere");
    crash_require(write(to_parent, &byte, 1) == 1, "pipe");
    crash_require(read(from_parent, &byte, 1) == 0, "pipe");
    if (crash_check(txn) != 0)
        crash_fail("faults in the snapshot of another process");
    wp_abort(txn);
    wp_close(db);
    _exit(0);
}

static void begin_elsewhere(one_case *self)
{
    int down[2], up[2];
    char byte;
    crash_require(pipe2(down, O_CLOEXEC) == 0 && pipe2(up, O_CLOEXEC) == 0, "pipe2");
    self->other = crash_fork();
    if (self->other == 0) {
        (void)close(down[1]);
        read_elsewhere(self->at.database, down[0], up[1]);
    }
    (void)close(down[0]);
    (void)close(up[1]);
    crash_require(read(up[0], &byte, 1) == 1 && close(up[0]) == 0, "the other reader");
    self->to_other = down[1];
}

static void begin_reader(one_case *self)
{
    wp_error err;
    if (self->reader == READER_HERE)
        crash_must(wp_begin_read(self->db, &self->reading, &err), &err, "wp_begin_read");
}

static void end_reader(one_case *self)
{
    if (self->reading != NULL && crash_check(self->reading) != 0)
        crash_fail("faults in the snapshot of a reader");
    wp_abort(self->reading);
    self->reading = NULL;
    if (self->other == 0)
        return;
    crash_require(close(self->to_other) == 0, "pipe");
    crash_wait_well(self->other, "the other reader");
    self->other = 0;
}

/* ---- one case ----------------------------------------------------------------------------------
 */

static int update(one_case *self, wp_error *err)
{
    self->at.number++;
    return (int)operation_run_on(OPERATION_UPDATE, self->db, &self->at, err);
}

/* Odd numbers are by hand, where even ones would name a source that may be leaving. */
static int update_by_hand(one_case *self, wp_error *err)
{
    self->at.number |= 1;
    self->at.number++;
    return update(self, err);
}

static void require_state(const one_case *self, const char *when)
{
    uint64_t seen;
    wp_error err = {.message = ""};
    wp_status status = state_read(self->db, &seen, &err);
    if (status != WP_OK || seen != self->state)
        fail(self, when, (int)status, &err);
}

static bool is_full(const one_case *self, int answer)
{
    return answer == WP_EFULL || (self->lack->may_be_eio && answer == WP_EIO);
}

/* Update until it fails. */
static void fill(one_case *self)
{
    wp_error err = {.message = ""};
    for (int i = 0; i < UPDATES_MAX; i++) {
        int answer = update(self, &err);
        if (answer == WP_OK) {
            crash_must(state_read(self->db, &self->state, &err), &err, "reading the state");
            continue;
        }
        if (!is_full(self, answer))
            fail(self, "an update without room", answer, &err);
        return;
    }
    fail(self, "there was always room", WP_OK, &err);
}

/* A source is taken back in spite of it, or not: nothing else happens. */
static void remove_without_room(one_case *self)
{
    wp_error err = {.message = ""};
    int answer = (int)operation_run_on(OPERATION_REMOVE, self->db, &self->at, &err);
    if (answer != WP_OK && !is_full(self, answer))
        fail(self, "removing without room", answer, &err);
    self->found->removed += answer == WP_OK;
    self->found->not_removed += answer != WP_OK;
    crash_must(state_read(self->db, &self->state, &err), &err, "reading the state");
    crash_check_db(self->db, "after removing without room");
}

static void go_on_with_room(one_case *self)
{
    wp_error err = {.message = ""};
    uint64_t seen;
    for (int i = 0; i < 3; i++) {
        int answer = update_by_hand(self, &err);
        if (i == 0 && answer == WP_EFULL) /* the map grows after it was found full */
            answer = update_by_hand(self, &err);
        if (answer != WP_OK)
            fail(self, "an update with room", answer, &err);
    }
    crash_check_db(self->db, "after there was no room");
    crash_must(state_read(self->db, &self->state, &err), &err, "reading the state");
    wp_close(self->db);
    crash_must(state_of_file(self->at.database, &seen, &err), &err, "opening anew");
    if (seen != self->state)
        fail(self, "another state when opened anew", WP_OK, &err);
}

/* Whether it opened; without room for the lock file it need not. */
static bool open_case(one_case *self)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wp_error err;
    options.map_bytes = self->lack->map_bytes;
    wp_status status = wp_open(self->at.database, &options, &self->db, &err);
    if (status == WP_OK)
        return true;
    if (!is_full(self, (int)status))
        fail(self, "opening without room", (int)status, &err);
    self->found->refused_open++;
    return false;
}

static void make_base(one_case *self)
{
    wp_error err;
    place_clear(&self->at);
    self->at.number = 0;
    crash_must((wp_status)operation_run(OPERATION_CREATE, &self->at, NULL, &err), &err, "create");
    for (; self->at.number < BASE_UPDATES; self->at.number++)
        crash_must((wp_status)operation_run(OPERATION_UPDATE, &self->at, NULL, &err), &err,
                   "update");
}

/* So that opening needs room for a new one. */
static void remove_lock_file(const place *at)
{
    char path[PLACE_PATH_BYTES + 16];
    (void)snprintf(path, sizeof path, "%s-lock", at->database);
    crash_require(unlink(path) == 0, path);
}

static void run_case(one_case *self)
{
    wp_error err;
    bool opens_late = self->lack->amount / DISK_STEP_BYTES % 4 == 3;
    (void)alarm(ALARM_S);
    make_base(self);
    if (self->reader == READER_ELSEWHERE) /* forks, so before anything is open here */
        begin_elsewhere(self);
    if (opens_late) {
        if (self->reader != READER_ELSEWHERE)
            remove_lock_file(&self->at);
        self->lack->begin(self->lack, &self->at);
    }
    if (!open_case(self)) {
        self->lack->end(&self->at);
        end_reader(self);
        return;
    }
    if (!opens_late)
        self->lack->begin(self->lack, &self->at);
    begin_reader(self);
    crash_must(state_read(self->db, &self->state, &err), &err, "reading the state");
    fill(self);
    require_state(self, "the state after a failed update");
    crash_check_db(self->db, "without room");
    remove_without_room(self);
    end_reader(self);
    self->lack->end(&self->at);
    go_on_with_room(self);
}

static void run_readers(const shortage *lack, const place *at, tally *found, uint64_t *count)
{
    for (int reader = 0; reader < READER_KINDS; reader++) {
        one_case self = {.at = *at, .lack = lack, .reader = (reader_kind)reader, .found = found};
        run_case(&self);
        ++*count;
    }
}

static const char *make_directory(const char *name, uint64_t seed)
{
    char full_name[64];
    (void)snprintf(full_name, sizeof full_name, "%s-%" PRIu64, name, seed);
    const char *directory = scratch_path(full_name);
    crash_require(mkdir(directory, 0700) == 0, directory);
    return directory;
}

/* ---- a full disk -------------------------------------------------------------------------------
 */

static void name_ballast(char *path, const place *at)
{
    (void)snprintf(path, PLACE_PATH_BYTES + 16, "%s/ballast", at->directory);
}

/* Leave so much room on the disk. */
static void load_disk(const shortage *self, const place *at)
{
    char path[PLACE_PATH_BYTES + 16];
    struct statvfs disk;
    name_ballast(path, at);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    crash_require(fd >= 0 && statvfs(at->directory, &disk) == 0, path);
    uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (room > self->amount)
        crash_require(fallocate(fd, 0, 0, (off_t)(room - self->amount)) == 0, "fallocate");
    crash_require(close(fd) == 0, path);
}

static void unload_disk(const place *at)
{
    char path[PLACE_PATH_BYTES + 16];
    name_ballast(path, at);
    crash_require(unlink(path) == 0, path);
}

static void run_disk(tally *found, uint64_t seed)
{
    const char *directory = make_directory("disk", seed);
    bool is_mounted = unshare(CLONE_NEWNS) == 0 &&
                      mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                      mount("tmpfs", directory, "tmpfs", 0, DISK_OPTIONS) == 0;
    if (!is_mounted)
        _exit(NO_PRIVILEGE);
    place at = place_make(directory, seed);
    for (uint64_t i = 0; i < DISK_STEPS; i++) {
        shortage lack = {"a full disk", i * DISK_STEP_BYTES, load_disk, unload_disk, 0, false};
        run_readers(&lack, &at, found, &found->disk);
    }
}

/* ---- a limit of the file's size ----------------------------------------------------------------
 */

static void set_limit(uint64_t bytes)
{
    struct rlimit limit;
    crash_require(getrlimit(RLIMIT_FSIZE, &limit) == 0, "getrlimit");
    limit.rlim_cur = bytes;
    crash_require(setrlimit(RLIMIT_FSIZE, &limit) == 0, "setrlimit");
}

static void limit_file(const shortage *self, const place *at)
{
    struct stat info;
    crash_require(stat(at->database, &info) == 0, at->database);
    set_limit((uint64_t)info.st_size + self->amount);
}

static void unlimit_file(const place *at)
{
    (void)at;
    set_limit(RLIM_INFINITY);
}

static void run_limit(tally *found, uint64_t seed)
{
    const char *directory = make_directory("limit", seed);
    crash_require(signal(SIGXFSZ, SIG_IGN) != SIG_ERR, "signal");
    place at = place_make(directory, seed);
    for (uint64_t i = 0; i < LIMIT_STEPS; i++) {
        shortage lack = {"a limited file", i * PAGE_BYTES, limit_file, unlimit_file, 0, true};
        run_readers(&lack, &at, found, &found->limit);
    }
}

/* ---- a full map --------------------------------------------------------------------------------
 */

static void leave_map(const shortage *self, const place *at)
{
    (void)self;
    (void)at;
}

static void let_map_grow(const place *at)
{
    (void)at;
}

static void run_map(tally *found, uint64_t seed)
{
    const char *directory = make_directory("map", seed);
    place at = place_make(directory, seed);
    for (uint64_t i = 1; i <= MAP_STEPS; i++) {
        uint64_t bytes = ((uint64_t)384 << 10) + i * MAP_STEP_BYTES;
        shortage lack = {"a full map", bytes, leave_map, let_map_grow, bytes, false};
        run_readers(&lack, &at, found, &found->map);
    }
}

/* ---- all ---------------------------------------------------------------------------------------
 */

/* Run the cases of one kind in a child. Returns whether they were skipped. */
static bool run(void (*cases)(tally *, uint64_t), tally *found, uint64_t seed)
{
    pid_t child = crash_fork();
    if (child == 0) {
        cases(found, seed);
        _exit(0);
    }
    int code = crash_wait(child);
    if (code != 0 && code != NO_PRIVILEGE)
        crash_fail("ended with %d", code);
    return code == NO_PRIVILEGE;
}

int main(int argc, char **argv)
{
    crash_arguments arguments = {1, 1};
    if (!crash_arguments_read(argc, argv, "rounds", &arguments))
        return 2;
    faults_begin(&arguments.count);
    tally *found = crash_share(sizeof *found);
    for (uint64_t i = 0; i < arguments.count; i++) {
        if (run(run_disk, found, arguments.seed + i))
            printf("skipped: a small disk cannot be mounted (not root)\n");
        (void)run(run_limit, found, arguments.seed + i);
        (void)run(run_map, found, arguments.seed + i);
    }
    printf("class 10: %" PRIu64 " cases, 0 bad (full disk %" PRIu64 ", limited file %" PRIu64
           ", full map %" PRIu64 "; not opened for want of room %" PRIu64
           "; a source taken back without room %" PRIu64 ", refused %" PRIu64 ")\n",
           found->disk + found->limit + found->map, found->disk, found->limit, found->map,
           found->refused_open, found->removed, found->not_removed);
    scratch_remove();
    return 0;
}
