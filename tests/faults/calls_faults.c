/*
 * A system call that fails is an error return: nothing crashes, hangs, leaks or is lost.
 *
 * Each operation (operation.h) is performed on the same small database as often as it makes calls,
 * and each time another call fails, once or from then on, in each of the ways in which it can. The
 * answer must be one that is documented; what was done is all or nothing, and after an error
 * nothing, but where the answer says that it is not known, or the operation has several commits;
 * the handle that met the fault reads on; no file stays open or mapped and nothing half made is
 * left; done again, the operation succeeds and leads where it leads undisturbed.
 *
 * `--points N` of them, from `--seed N`. A call that fails is a point.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crash_damage.h"
#include "crash_process.h"
#include "faults.h"
#include "inject.h"
#include "operation.h"
#include "random.h"
#include "scratch.h"
#include "state.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#define STATES_MAX 256
#define STATES_FILE_MAX ((size_t)1 << 20)
#define ALARM_S (20u * CRASH_PATIENCE)
#define AGAIN_EVERY 4
#define CHECK_EVERY 8
#define TOLD_MAX 10
#define LEAKED 4 /* exit code */

/* What children found, in memory shared with them. */
typedef struct tally {
    uint64_t points;
    uint64_t by_kind[CALL_KINDS];
    uint64_t answered_well; /* The call that failed was not needed. */
    uint64_t unknown;       /* WP_EUNKNOWN */
    uint64_t bad;
    char now[128]; /* The point that is tried. */
} tally;

/* An operation, the database it begins with, and where it leads undisturbed. */
typedef struct trial {
    operation_kind kind;
    place at;
    unsigned char *base; /* NULL: none */
    size_t base_bytes;
    uint64_t states[STATES_MAX]; /* from before the operation to after it */
    size_t state_count;
    tally *found;
} trial;

/* ---- preparing ---------------------------------------------------------------------------------
 */

static unsigned char *read_whole(const char *path, size_t *bytes)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    crash_require(fd >= 0 && fstat(fd, &info) == 0, path);
    unsigned char *out = malloc((size_t)info.st_size + 1);
    crash_require(out != NULL, "memory");
    *bytes = (size_t)info.st_size;
    crash_require(pread(fd, out, *bytes, 0) == (ssize_t)*bytes && close(fd) == 0, path);
    return out;
}

static void must_run(const trial *self, operation_kind kind)
{
    wp_error err = {.message = "the tool said why"};
    int answer = operation_run(kind, &self->at, NULL, &err);
    if (answer != WP_OK)
        crash_fail("%s without a fault: %d, %s", operation_name(kind), answer, err.message);
}

static void make_base(trial *self, uint64_t seed)
{
    random_source random = random_start(seed, 5);
    size_t updates = 2 + random_below(&random, 4);
    place_clear(&self->at);
    if (self->kind == OPERATION_CREATE)
        return;
    must_run(self, OPERATION_CREATE);
    for (size_t i = 0; i < updates; i++, self->at.number++)
        must_run(self, OPERATION_UPDATE);
    self->base = read_whole(self->at.database, &self->base_bytes);
}

static void restore(const trial *self)
{
    place_clear(&self->at);
    if (self->base != NULL)
        crash_file_write(self->at.database, self->base, self->base_bytes);
    calls_fix_chance(true);
}

/* Copies of the file after each write of a meta page: the watcher has no context. */
static const char *copied_path;
static unsigned char *copies[STATES_MAX];
static size_t copy_bytes[STATES_MAX];
static size_t copy_count;

static void copy_after_meta(const call *made, int64_t result)
{
    (void)result;
    if (made->kind != CALL_PWRITE || made->offset >= 2 * CRASH_PAGE_BYTES ||
        copy_count == STATES_MAX)
        return;
    int fd = openat(AT_FDCWD, copied_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return; /* It has no name yet. */
    unsigned char *copy = malloc(STATES_FILE_MAX);
    crash_require(copy != NULL, "memory");
    ssize_t got = read(fd, copy, STATES_FILE_MAX);
    crash_require(got >= 0 && (size_t)got < STATES_FILE_MAX && close(fd) == 0, copied_path);
    copies[copy_count] = copy;
    copy_bytes[copy_count++] = (size_t)got;
}

static void add_state(trial *self, const char *path)
{
    uint64_t state;
    (void)state_of_file(path, &state, NULL);
    crash_require(self->state_count < STATES_MAX, "fewer states");
    self->states[self->state_count++] = state;
}

/* Perform the operation undisturbed and note the states that it goes through. */
static void find_states(trial *self)
{
    static const calls_watcher copier = {NULL, copy_after_meta};
    const char *path = operation_file(self->kind, &self->at);
    char scratch[PLACE_PATH_BYTES];
    (void)snprintf(scratch, sizeof scratch, "%s", scratch_path("states.warmpath"));
    restore(self);
    add_state(self, path);
    restore(self);
    copied_path = path;
    copy_count = 0;
    calls_watch(&copier);
    must_run(self, self->kind);
    calls_watch(NULL);
    for (size_t i = 0; i < copy_count; i++) {
        crash_file_remove(scratch);
        crash_file_write(scratch, copies[i], copy_bytes[i]);
        free(copies[i]);
        add_state(self, scratch);
    }
    crash_file_remove(scratch);
    add_state(self, path);
}

/* ---- judging -----------------------------------------------------------------------------------
 */

static void complain(trial *self, const char *what, int answer)
{
    if (self->found->bad++ >= TOLD_MAX)
        return;
    printf("bad point: seed %" PRIu64 ", %s: %s (answer %d)\n", self->at.seed, self->found->now,
           what, answer);
    fflush(stdout);
}

static unsigned count_open(void)
{
    unsigned count = 0;
    DIR *directory = opendir("/proc/self/fd");
    crash_require(directory != NULL, "/proc/self/fd");
    while (readdir(directory) != NULL)
        count++;
    crash_require(closedir(directory) == 0, "/proc/self/fd");
    return count;
}

static bool is_mapped(const char *directory)
{
    char line[1024];
    bool is_found = false;
    FILE *maps = fopen("/proc/self/maps", "r");
    crash_require(maps != NULL, "/proc/self/maps");
    while (fgets(line, sizeof line, maps) != NULL)
        is_found = is_found || strstr(line, directory) != NULL;
    crash_require(fclose(maps) == 0, "/proc/self/maps");
    return is_found;
}

/* Whether something stands in the directory whose name begins with a dot. */
static bool has_leftovers(const char *path)
{
    bool is_found = false;
    DIR *directory = opendir(path);
    crash_require(directory != NULL, path);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        is_found = is_found || (entry->d_name[0] == '.' && strcmp(entry->d_name, ".") != 0 &&
                                strcmp(entry->d_name, "..") != 0);
    crash_require(closedir(directory) == 0, path);
    return is_found;
}

/* Whether an operation that answered so may have led to this state. */
static bool may_be(const trial *self, int answer, uint64_t state)
{
    bool is_open = answer == WP_EUNKNOWN || !operation_is_atomic(self->kind);
    if (answer == WP_OK)
        return state == self->states[self->state_count - 1];
    if (!is_open || operation_is_making(self->kind))
        return state == self->states[0];
    for (size_t i = 0; i < self->state_count; i++)
        if (self->states[i] == state)
            return true;
    return false;
}

static void judge_state(trial *self, int answer, wp_db *kept)
{
    const char *path = operation_file(self->kind, &self->at);
    uint64_t state = STATE_NONE, state_kept = STATE_NONE;
    wp_status read = kept == NULL ? WP_OK : state_read(kept, &state_kept, NULL);
    wp_close(kept);
    if (read != WP_OK)
        complain(self, "the handle does not read on", (int)read);
    if (access(path, F_OK) == 0 && state_of_file(path, &state, NULL) != WP_OK)
        complain(self, "the file cannot be opened", answer);
    else if (!may_be(self, answer, state))
        complain(self, "the state is not the one that belongs to it", answer);
    if (kept != NULL && path == self->at.database && state_kept != state)
        complain(self, "the handle sees another state than the file", answer);
}

static uint64_t state_now(const trial *self)
{
    uint64_t state = STATE_NONE;
    const char *path = operation_file(self->kind, &self->at);
    if (access(path, F_OK) == 0)
        (void)state_of_file(path, &state, NULL);
    return state;
}

/* What is made cannot be made again, and who is merged is unmerged the next time. */
static void judge_again(trial *self)
{
    wp_error err = {.message = "the tool said why"};
    const uint64_t aim = self->states[self->state_count - 1];
    bool is_once = operation_is_making(self->kind) || self->kind == OPERATION_MERGE;
    if (is_once && state_now(self) == aim)
        return;
    calls_fix_chance(true);
    int answer = operation_run(self->kind, &self->at, NULL, &err);
    if (answer != WP_OK)
        complain(self, "done again, it fails", answer);
    else if (state_now(self) != aim)
        complain(self, "done again, it leads elsewhere", answer);
}

static void judge_deeply(trial *self)
{
    wp_error err;
    if (self->base != NULL && operation_run(OPERATION_CHECK, &self->at, NULL, &err) != WP_OK)
        complain(self, "a deep check fails", WP_OK);
}

/* ---- points ------------------------------------------------------------------------------------
 */

static void describe(trial *self, const fault *planned)
{
    char text[64];
    inject_describe(planned, text, sizeof text);
    (void)snprintf(self->found->now, sizeof self->found->now, "%s, %s", operation_name(self->kind),
                   text);
}

static void count_point(trial *self, const fault *planned, int answer)
{
    self->found->points++;
    self->found->by_kind[planned->kind]++;
    self->found->answered_well += answer == WP_OK;
    self->found->unknown += answer == WP_EUNKNOWN;
}

/* Where the kernel says that a file ends, it is no database, or a damaged one. */
static bool is_of_short_read(const fault *planned, int answer)
{
    return planned->kind == CALL_PREAD && planned->code == CALLS_HALF &&
           (answer == WP_EFORMAT || answer == WP_ECORRUPT);
}

static void try_point(trial *self, const fault *planned)
{
    wp_error err = {.status = WP_OK};
    wp_db *kept = NULL;
    describe(self, planned);
    (void)alarm(ALARM_S);
    restore(self);
    unsigned open_before = count_open();
    inject_begin(planned);
    int answer = operation_run(self->kind, &self->at, &kept, &err);
    if (!inject_end()) {
        wp_close(kept);
        return;
    }
    count_point(self, planned, answer);
    if (!operation_may_answer(self->kind, answer) && !is_of_short_read(planned, answer))
        complain(self, "the answer is not documented", answer);
    if (answer != WP_OK && answer < OPERATION_TOOL_CODE &&
        (err.status != (wp_status)answer || err.message[0] == '\0'))
        complain(self, "there is no message", answer);
    judge_state(self, answer, kept);
    if (count_open() != open_before)
        complain(self, "a file stays open", answer);
    if (is_mapped(self->at.directory))
        complain(self, "a file stays mapped", answer);
    if (planned->kind != CALL_UNLINK && has_leftovers(self->at.directory))
        complain(self, "something half made is left", answer);
    if (self->found->points % CHECK_EVERY == 0)
        judge_deeply(self);
    if (self->found->points % AGAIN_EVERY == 0)
        judge_again(self);
}

static void try_kind(trial *self, call_kind kind, uint64_t count)
{
    for (uint64_t number = 1; number <= count; number++)
        for (const int *code = inject_codes(kind); *code != 0; code++)
            for (int is_for_ever = 0; is_for_ever < 2; is_for_ever++) {
                fault planned = {kind, number, *code, is_for_ever != 0};
                try_point(self, &planned);
            }
}

static void try_operation(operation_kind kind, uint64_t seed, tally *found)
{
    char name[64];
    uint64_t counts[CALL_KINDS];
    (void)snprintf(name, sizeof name, "%s-%" PRIu64, operation_name(kind), seed);
    const char *directory = scratch_path(name);
    crash_require(mkdir(directory, 0700) == 0, directory);
    trial self = {.kind = kind, .at = place_make(directory, seed), .found = found};
    make_base(&self, seed);
    find_states(&self);
    restore(&self);
    inject_begin(NULL);
    must_run(&self, kind);
    (void)inject_end();
    for (int i = 0; i < CALL_KINDS; i++)
        counts[i] = inject_count((call_kind)i);
    for (int i = 0; i < CALL_KINDS; i++)
        try_kind(&self, (call_kind)i, counts[i]);
    free(self.base);
    place_clear(&self.at);
}

/* Children end with _exit(), so they ask by themselves. Only a sanitizer knows. */
static bool has_leaks(void)
{
#ifdef __SANITIZE_ADDRESS__
    return __lsan_do_recoverable_leak_check() != 0;
#else
    return false;
#endif
}

static void try_seed(uint64_t seed, tally *found)
{
    for (int kind = 0; kind < OPERATION_KINDS; kind++) {
        pid_t child = crash_fork();
        if (child == 0) {
            try_operation((operation_kind)kind, seed, found);
            fflush(stdout);
            _exit(has_leaks() ? LEAKED : 0);
        }
        int code = crash_wait(child);
        if (code != 0) {
            printf("bad point: seed %" PRIu64 ", %s: ended with %d\n", seed, found->now, code);
            found->bad++;
        }
    }
}

int main(int argc, char **argv)
{
    crash_arguments arguments = {1, 10000};
    if (!crash_arguments_read(argc, argv, "points", &arguments))
        return 2;
    faults_begin(&arguments.count);
    tally *found = crash_share(sizeof *found);
    for (uint64_t i = 0; found->points < arguments.count && found->bad == 0; i++)
        try_seed(arguments.seed + i, found);
    printf("class 5: %" PRIu64 " points, %" PRIu64 " bad (not needed %" PRIu64 ", unknown %" PRIu64
           ";",
           found->points, found->bad, found->answered_well, found->unknown);
    for (int kind = 0; kind < CALL_KINDS; kind++)
        printf(" %s %" PRIu64, calls_name((call_kind)kind), found->by_kind[kind]);
    printf(")\n");
    int result = found->bad == 0 ? 0 : FAULTS_FOUND;
    scratch_remove();
    return result;
}
