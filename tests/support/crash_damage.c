/*
 * Damaged files; see crash_damage.h.
 *
 * The child's answer is its exit code, so that a signal, an alarm and a sanitizer's report are told
 * from every answer. Files are written anew for each case: a stamp that says a file is known to be
 * valid is an attribute of the file and does not come along.
 */
#include "crash_damage.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"
#include "scratch.h"

#define BATCHES 3
#define PROCESSOR_S (1 * CRASH_PATIENCE) /* More than that is a hang, */
#define ALARM_S (300u * CRASH_PATIENCE)  /* and so is this, on however busy a machine. */

/* The database as it was after each of its commits, as a file and as text, the newest last. */
static crash_image originals[BATCHES];
static char *contents[BATCHES];
static uint64_t seed_used;
static uint64_t tallies[CRASH_OUTCOMES];

/* What a text is in which a check finds no fault. */
static crash_outcome judge(const char *text)
{
    if (strcmp(text, contents[BATCHES - 1]) == 0)
        return CRASH_INTACT;
    if (strcmp(text, contents[BATCHES - 2]) == 0)
        return CRASH_EARLIER;
    return crash_dump_is_of(text, (const char *const *)contents, BATCHES) ? CRASH_STALE
                                                                          : CRASH_WRONG;
}

static crash_outcome read_everything(wp_db *db)
{
    wp_txn *txn = NULL;
    char *text = NULL;
    uint64_t faults = 0;
    crash_outcome result = CRASH_NOTICED;
    if (wp_begin_read(db, &txn, NULL) != WP_OK)
        return CRASH_NOTICED;
    wp_status checked = wp_check(txn, true, NULL, NULL, &faults, NULL);
    wp_status dumped = crash_dump(txn, &text, NULL);
    if (checked != WP_OK || faults != 0)
        result = CRASH_NOTICED;
    else if (dumped != WP_OK)
        result = CRASH_WRONG;
    else
        result = judge(text);
    if (result == CRASH_WRONG && text != NULL)
        crash_dump_compare(contents[BATCHES - 1], text);
    free(text);
    wp_abort(txn);
    return result;
}

/* A small transaction that touches most tables. */
static wp_status write_something(wp_db *db)
{
    wp_identity identity = {WP_IDENTITY_EMAIL, "late@c1.example"};
    wp_person_facts facts = facts_of_person(&identity);
    wp_interaction interaction = WP_INTERACTION_INIT;
    wp_participant recipient = {1, WP_ROLE_TO};
    wp_txn *txn = NULL;
    wp_status status = wp_begin_write(db, &txn, NULL);
    if (status != WP_OK)
        return status;
    interaction.source = "late";
    interaction.time_s = (int64_t)CRASH_DAY * 86400;
    interaction.to = &recipient;
    interaction.to_count = 1;
    status = wp_person_put(txn, &facts, &interaction.from, NULL, NULL);
    if (status == WP_OK)
        status = wp_interaction_put(txn, &interaction, NULL, NULL);
    if (status == WP_OK)
        return wp_commit(txn, NULL);
    wp_abort(txn);
    return status;
}

static bool has_faults(wp_db *db)
{
    wp_txn *txn = NULL;
    uint64_t faults = 0;
    if (wp_begin_read(db, &txn, NULL) != WP_OK)
        return true;
    wp_status status = wp_check(txn, true, NULL, NULL, &faults, NULL);
    wp_abort(txn);
    return status != WP_OK || faults != 0;
}

static void examine_and_exit(const char *path)
{
    wp_db *db = NULL;
    struct itimerval processor = {.it_value = {.tv_sec = PROCESSOR_S}};
    crash_require(setitimer(ITIMER_PROF, &processor, NULL) == 0, "setitimer");
    (void)alarm(ALARM_S);
    if (wp_open(path, NULL, &db, NULL) != WP_OK)
        _exit(CRASH_REFUSED);
    crash_outcome result = read_everything(db);
    wp_status written = write_something(db);
    if (result == CRASH_INTACT || result == CRASH_EARLIER) {
        if (written == WP_OK && has_faults(db))
            result = CRASH_SPOILT;
    }
    wp_close(db);
    _exit((int)result);
}

void crash_file_write(const char *path, const unsigned char *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    crash_require(fd >= 0, path);
    for (size_t at = 0; at < size;) {
        ssize_t written = write(fd, bytes + at, size - at);
        crash_require(written > 0, path);
        at += (size_t)written;
    }
    crash_require(close(fd) == 0, path);
}

void crash_file_remove(const char *path)
{
    char lock[8192];
    (void)snprintf(lock, sizeof lock, "%s-lock", path);
    (void)unlink(path);
    (void)unlink(lock);
}

static crash_image read_image(const char *path)
{
    crash_image out = {.bytes = calloc(1, CRASH_FILE_BYTES_MAX)};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    crash_require(fd >= 0 && out.bytes != NULL, path);
    ssize_t got = read(fd, out.bytes, CRASH_FILE_BYTES_MAX);
    crash_require(got > 0 && (size_t)got < CRASH_FILE_BYTES_MAX / 2 && close(fd) == 0, path);
    out.size = (size_t)got;
    return out;
}

/* The exit code of a child that looks at a file. */
static int look_at(const char *path)
{
    pid_t child = crash_fork();
    if (child == 0)
        examine_and_exit(path);
    int code = crash_wait(child);
    if (code >= CRASH_REFUSED && code < CRASH_OUTCOMES)
        tallies[code]++;
    return code;
}

static bool report(const char *path, int code)
{
    fprintf(stderr, "%s: %s (exit code %d)\n", path,
            code == CRASH_WRONG    ? "something else was read and no fault found"
            : code == CRASH_STALE  ? "older values were read and no fault found"
            : code == CRASH_SPOILT ? "a write made faults"
                                   : "crashed or hung",
            code);
    return false;
}

bool crash_examine(const char *path)
{
    int code = look_at(path);
    return (code >= CRASH_REFUSED && code <= CRASH_EARLIER) || report(path, code);
}

/* Whether a page is what an earlier commit left anywhere in the file, but for its number. */
static bool is_of_earlier_commit(const unsigned char *page)
{
    for (size_t commit = 0; commit + 1 < BATCHES; commit++)
        for (size_t at = 0; at < originals[commit].size; at += CRASH_PAGE_BYTES)
            if (memcmp(originals[commit].bytes + at + CRASH_NUMBER_BYTES, page + CRASH_NUMBER_BYTES,
                       CRASH_PAGE_BYTES - CRASH_NUMBER_BYTES) == 0)
                return true;
    return false;
}

/* Whether the damage is that of a write that was lost: one page differs from the original, bears
 * its own number, and is as an earlier commit left it. */
static bool is_lost_write(const crash_image *damaged)
{
    const crash_image *original = crash_original();
    size_t differing = 0, where = 0;
    uint64_t number = 0;
    if (damaged->size != original->size)
        return false;
    for (size_t at = 0; at < original->size; at += CRASH_PAGE_BYTES)
        if (memcmp(damaged->bytes + at, original->bytes + at, CRASH_PAGE_BYTES) != 0) {
            differing++;
            where = at;
        }
    memcpy(&number, damaged->bytes + where, sizeof number);
    return differing == 1 && number == where / CRASH_PAGE_BYTES &&
           is_of_earlier_commit(damaged->bytes + where);
}

/* As crash_examine(), for an crash_image. A file that fails is kept. */
bool crash_examine_image(const crash_image *damaged, const char *what, uint64_t number)
{
    char kept[4200];
    const char *parent = getenv("TMPDIR");
    char name[64];
    (void)snprintf(name, sizeof name, "damaged-%ld.warmpath", (long)getpid());
    const char *path = scratch_path(name);
    crash_file_remove(path);
    crash_file_write(path, damaged->bytes, damaged->size);
    int code = look_at(path);
    crash_file_remove(path);
    if (code >= CRASH_REFUSED && code <= CRASH_EARLIER)
        return true;
    if (code == CRASH_STALE && is_lost_write(damaged))
        return true;
    (void)report(path, code);
    (void)snprintf(kept, sizeof kept, "%s/warmpath-damage-%" PRIu64 "-%" PRIu64,
                   parent == NULL || *parent == '\0' ? "/tmp" : parent, seed_used, number);
    crash_file_remove(kept);
    crash_file_write(kept, damaged->bytes, damaged->size);
    fprintf(stderr, "seed %" PRIu64 ", damage %" PRIu64 ", %s: kept as %s\n", seed_used, number,
            what, kept);
    return false;
}

void crash_original_make(uint64_t seed)
{
    const char *path = scratch_path("original.warmpath");
    seed_used = seed;
    crash_create(path);
    wp_db *db = crash_open(path);
    for (uint64_t batch = 0; batch < BATCHES; batch++) {
        crash_batch_commit(db, seed, batch);
        contents[batch] = crash_dump_db(db);
        originals[batch] = read_image(path);
    }
    crash_check_db(db, "in the original");
    wp_close(db);
}

void crash_original_forget(void)
{
    for (size_t i = 0; i < BATCHES; i++) {
        free(originals[i].bytes);
        free(contents[i]);
    }
}

const crash_image *crash_original(void)
{
    return &originals[BATCHES - 1];
}

const crash_image *crash_original_before(void)
{
    return &originals[BATCHES - 2];
}

uint64_t crash_tally(crash_outcome outcome)
{
    return tallies[outcome];
}

void crash_tally_print(void)
{
    printf("refused %" PRIu64 ", noticed later %" PRIu64 ", intact %" PRIu64
           ", one commit earlier %" PRIu64 ", older values %" PRIu64 ", wrong %" PRIu64
           ", spoilt %" PRIu64 "\n",
           tallies[CRASH_REFUSED], tallies[CRASH_NOTICED], tallies[CRASH_INTACT],
           tallies[CRASH_EARLIER], tallies[CRASH_STALE], tallies[CRASH_WRONG],
           tallies[CRASH_SPOILT]);
    memset(tallies, 0, sizeof tallies);
}
