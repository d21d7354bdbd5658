/*
 * What the fault tests do to databases; see operation.h.
 *
 * Imports and loads are run as the tool runs them, in this process. Statuses that an operation may
 * answer with are those of include/warmpath.h for the calls it makes, besides the four that every
 * call may return.
 */
#include "operation.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/status.h"
#include "crash_process.h"
#include "crash_world.h"
#include "random.h"
#include "warmpath/command.h"
#include "warmpath/tool.h"

#define PEOPLE 24
#define ERASED (PEOPLE - 1) /* who is erased, and named by imports and early updates alone: */
#define NAMING_ERASED_MAX 4 /* no erased person can be stored again. */
#define STEP_INTERACTIONS_MAX 12
#define LINES 60
#define GROW_STEPS 12
#define DAY_S 86400
#define LETTERS "letters" /* The source of every other update. */

/* ---- what is stored ----------------------------------------------------------------------- */

static void name_person(size_t index, char *address, size_t bytes)
{
    (void)snprintf(address, bytes, "p%zu@c%zu.example", index, index % 5);
}

static wp_status put_person(wp_txn *txn, size_t index, wp_number *person, wp_error *err)
{
    char address[48], name[48];
    name_person(index, address, sizeof address);
    (void)snprintf(name, sizeof name, "Person Number%zu", index);
    wp_identity identity = {WP_IDENTITY_EMAIL, address};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = &identity;
    facts.identity_count = 1;
    facts.name = name;
    return wp_person_put(txn, &facts, person, NULL, err);
}

/* Whom the update of a number may name. */
static size_t people_of(uint64_t number)
{
    return number < NAMING_ERASED_MAX ? PEOPLE : ERASED;
}

static wp_status put_interaction(wp_txn *txn, random_source *random, uint64_t number, size_t index,
                                 wp_error *err)
{
    char id[64];
    size_t people = people_of(number), from = random_below(random, people);
    wp_participant to = {0, WP_ROLE_TO};
    wp_interaction interaction = WP_INTERACTION_INIT;
    (void)snprintf(id, sizeof id, "step-%" PRIu64 "-%zu", number, index);
    interaction.source = id;
    interaction.time_s = (int64_t)(CRASH_DAY - (int)random_below(random, 300)) * DAY_S;
    WPI_TRY(put_person(txn, from, &interaction.from, err));
    WPI_TRY(
        put_person(txn, (from + 1 + random_below(random, people - 1)) % people, &to.person, err));
    interaction.to = &to;
    interaction.to_count = 1;
    return wp_interaction_put(txn, &interaction, NULL, err);
}

static wp_status put_step(wp_txn *txn, const place *at, wp_error *err)
{
    random_source random = random_start(at->seed, at->number);
    wp_stated_tie tie = {.p = .25 + .5 * random_unit(&random)};
    wp_consent consent = WP_CONSENT_INIT;
    uint32_t source = WP_SOURCE_HAND;
    if (at->number % 2 == 0)
        WPI_TRY(wp_source_put(txn, LETTERS, NULL, WP_TIME_NONE, &source, err));
    WPI_TRY(wp_txn_use_source(txn, source, err));
    size_t count = 1 + random_below(&random, STEP_INTERACTIONS_MAX);
    for (size_t i = 0; i < count; i++)
        WPI_TRY(put_interaction(txn, &random, at->number, i, err));
    size_t people = people_of(at->number), from = random_below(&random, people);
    WPI_TRY(put_person(txn, from, &tie.from, err));
    WPI_TRY(put_person(txn, (from + 1) % people, &tie.to, err));
    WPI_TRY(wp_stated_tie_put(txn, &tie, err));
    consent.person = tie.to;
    consent.introductions = random_chance(&random, .5) ? WP_CHOICE_OUT : WP_CHOICE_IN;
    consent.since = CRASH_DAY - (int32_t)random_below(&random, 99);
    WPI_TRY(wp_consent_put(txn, &consent, err));
    return wp_mark_put(txn, CRASH_MARK, at->number, err);
}

static wp_status put_merge(wp_txn *txn, const place *at, wp_error *err)
{
    wp_number a, b;
    size_t first = (size_t)(at->seed % (ERASED - 1));
    WPI_TRY(put_person(txn, first, &a, err));
    WPI_TRY(put_person(txn, first + 1, &b, err));
    wp_status status = wp_person_unmerge(txn, a, b, err);
    return status == WP_ENOTFOUND ? wp_person_merge(txn, a, b, err) : status;
}

/* Done again, there is nobody to erase. */
static wp_status put_erasure(wp_txn *txn, const place *at, wp_error *err)
{
    char address[48];
    wp_number person;
    (void)at;
    name_person(ERASED, address, sizeof address);
    wp_identity identity = {WP_IDENTITY_EMAIL, address};
    wp_status status = wp_identity_find(txn, &identity, &person, err);
    if (status == WP_ENOTFOUND)
        return WP_OK;
    return status == WP_OK ? wp_person_erase(txn, person, NULL, err) : status;
}

static wp_status read_some(wp_txn *txn, const place *at, wp_error *err)
{
    wp_number number = 0;
    wp_person person;
    wp_status status;
    (void)at;
    while ((status = wp_person_next(txn, &number, err)) == WP_OK)
        WPI_TRY(wp_person_get(txn, number, CRASH_DAY, &person, err));
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status check_all(wp_txn *txn, const place *at, wp_error *err)
{
    uint64_t faults = 0;
    (void)at;
    WPI_TRY(wp_check(txn, true, NULL, NULL, &faults, err));
    if (faults == 0)
        return WP_OK;
    return wpi_error_set(err, WP_ECORRUPT, "wp_check found %" PRIu64 " faults", faults);
}

static wp_status put_steps(wp_txn *txn, const place *at, wp_error *err)
{
    place step = *at;
    for (; step.number < at->number + GROW_STEPS; step.number++)
        WPI_TRY(put_step(txn, &step, err));
    return WP_OK;
}

/* ---- operations --------------------------------------------------------------------------- */

static wp_status in_transaction(wp_db *db, const place *at, bool is_write,
                                wp_status (*act)(wp_txn *, const place *, wp_error *),
                                wp_error *err)
{
    wp_txn *txn;
    WPI_TRY(is_write ? wp_begin_write(db, &txn, err) : wp_begin_read(db, &txn, err));
    wp_status status = act(txn, at, err);
    if (status == WP_OK && is_write)
        return wp_commit(txn, err);
    wp_abort(txn);
    return status;
}

static wp_status remove_source(wp_db *db, wp_error *err)
{
    wp_txn *txn;
    uint32_t source;
    WPI_TRY(wp_begin_read(db, &txn, err));
    wp_status status = wp_source_find(txn, LETTERS, &source, err);
    wp_abort(txn);
    if (status == WP_ENOTFOUND)
        return WP_OK; /* Removed already. */
    return status == WP_OK ? wp_source_remove(db, source, NULL, NULL, NULL, err) : status;
}

/* The map of the smallest file must double twice. */
static wp_status grow(wp_db *db, const place *at, wp_error *err)
{
    wp_status status = in_transaction(db, at, true, put_steps, err);
    for (int i = 0; i < 2 && status == WP_EFULL; i++)
        status = in_transaction(db, at, true, put_steps, err);
    return status;
}

wp_status operation_run_on(operation_kind kind, wp_db *db, const place *at, wp_error *err)
{
    switch (kind) {
    case OPERATION_CHECK:
        return in_transaction(db, at, false, check_all, err);
    case OPERATION_UPDATE:
        return in_transaction(db, at, true, put_step, err);
    case OPERATION_GROW:
        return grow(db, at, err);
    case OPERATION_MERGE:
        return in_transaction(db, at, true, put_merge, err);
    case OPERATION_ERASE:
        return in_transaction(db, at, true, put_erasure, err);
    case OPERATION_VACUUM:
        return wp_vacuum(db, NULL, NULL, err);
    case OPERATION_COMPACT:
        return wp_compact(db, NULL, NULL, err);
    case OPERATION_REMOVE:
        return remove_source(db, err);
    case OPERATION_BACKUP:
        return wp_backup(db, at->copy, err);
    default:
        return in_transaction(db, at, false, read_some, err);
    }
}

/* What the tool says of a failure is dropped: thousands are made. openat() is not watched. */
static int run_tool(const char *db, const char *command, const char *argument)
{
    int kept = dup(STDERR_FILENO), nowhere = openat(AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC);
    crash_require(kept >= 0 && dup2(nowhere, STDERR_FILENO) == STDERR_FILENO, "redirection");
    char *words[] = {"--quiet",
                     "--db",
                     (char *)(uintptr_t)db,
                     (char *)(uintptr_t)command,
                     (char *)(uintptr_t)argument,
                     NULL};
    int code = tool_run(5, words, NULL);
    (void)fflush(stderr);
    crash_require(dup2(kept, STDERR_FILENO) == STDERR_FILENO && close(kept) == 0 &&
                      close(nowhere) == 0,
                  "redirection");
    return code == CODE_DONE ? WP_OK : OPERATION_TOOL_CODE + code;
}

static wp_status open_for(operation_kind kind, const place *at, wp_db **db, wp_error *err)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    struct stat info;
    if (kind == OPERATION_GROW && stat(at->database, &info) == 0)
        options.map_bytes = (uint64_t)info.st_size;
    return wp_open(at->database, &options, db, err);
}

int operation_run(operation_kind kind, const place *at, wp_db **kept, wp_error *err)
{
    static const char *const us[] = {"c0.example"};
    wp_db *db;
    if (kept != NULL)
        *kept = NULL;
    if (kind == OPERATION_CREATE)
        return (int)wp_create(at->database, us, 1, err);
    if (kind == OPERATION_IMPORT)
        return run_tool(at->database, "import", at->lines);
    if (kind == OPERATION_LOAD)
        return run_tool(at->loaded, "load", at->dump);
    wp_status status = open_for(kind, at, &db, err);
    if (status == WP_OK)
        status = operation_run_on(kind, db, at, err);
    if (kept != NULL)
        *kept = db;
    else
        wp_close(db);
    return (int)status;
}

const char *operation_file(operation_kind kind, const place *at)
{
    if (kind == OPERATION_BACKUP)
        return at->copy;
    return kind == OPERATION_LOAD ? at->loaded : at->database;
}

const char *operation_name(operation_kind kind)
{
    static const char *const names[OPERATION_KINDS] = {
        "create", "open",   "check", "update", "grow",   "merge", "compact",
        "import", "remove", "erase", "vacuum", "backup", "load"};
    return names[kind];
}

bool operation_is_atomic(operation_kind kind)
{
    return kind != OPERATION_COMPACT && kind != OPERATION_IMPORT && kind != OPERATION_REMOVE;
}

bool operation_is_making(operation_kind kind)
{
    return kind == OPERATION_CREATE || kind == OPERATION_BACKUP || kind == OPERATION_LOAD;
}

bool operation_may_answer(operation_kind kind, int answer)
{
    bool is_writing = kind != OPERATION_OPEN && kind != OPERATION_CHECK;
    switch (answer) {
    case WP_OK:
    case WP_ENOMEM:
    case WP_EIO:
    case WP_EACCESS: /* of wp_open and wp_create */
        return true;
    case WP_EFULL: /* Also of wp_open: room for the lock file. */
        return true;
    case WP_EUNKNOWN:
        return is_writing;
    case OPERATION_TOOL_CODE + CODE_DATABASE:
    case OPERATION_TOOL_CODE + CODE_INPUT: /* The file to be read may be what fails. */
        return kind == OPERATION_IMPORT || kind == OPERATION_LOAD;
    default:
        return false;
    }
}

/* ---- places ------------------------------------------------------------------------------- */

static void name_file(char *path, const char *directory, const char *name)
{
    int length = snprintf(path, PLACE_PATH_BYTES, "%s/%s", directory, name);
    crash_require(length > 0 && length < PLACE_PATH_BYTES, "a path of a test");
}

static void write_lines(const char *path, uint64_t seed)
{
    random_source random = random_start(seed, UINT64_MAX);
    FILE *out = fopen(path, "w");
    crash_require(out != NULL, path);
    for (size_t i = 0; i < LINES; i++) {
        size_t from = random_below(&random, PEOPLE);
        size_t to = (from + 1 + random_below(&random, PEOPLE - 1)) % PEOPLE;
        (void)fprintf(out,
                      "{\"type\":\"interaction\",\"id\":\"i%zu\",\"kind\":\"mail\","
                      "\"time\":\"2023-0%zu-11T12:00:00Z\",\"from\":\"p%zu@c%zu.example\","
                      "\"to\":[\"p%zu@c%zu.example\"]}\n",
                      i, 1 + random_below(&random, 9), from, from % 5, to, to % 5);
    }
    crash_require(fclose(out) == 0, path);
}

place place_make(const char *directory, uint64_t seed)
{
    place at = {.seed = seed};
    (void)snprintf(at.directory, sizeof at.directory, "%s", directory);
    name_file(at.database, directory, "db.warmpath");
    name_file(at.copy, directory, "copy.warmpath");
    name_file(at.loaded, directory, "loaded.warmpath");
    name_file(at.lines, directory, "lines.jsonl");
    name_file(at.dump, directory, "dump.jsonl");
    write_lines(at.lines, seed);
    write_lines(at.dump, seed + 1);
    return at;
}

static void clear_directory(const char *path)
{
    DIR *directory = opendir(path);
    crash_require(directory != NULL, path);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        (void)unlinkat(dirfd(directory), entry->d_name, 0); /* Fails for "." and "..". */
    crash_require(closedir(directory) == 0 && rmdir(path) == 0, path);
}

void place_clear(const place *at)
{
    char path[2 * PLACE_PATH_BYTES];
    DIR *directory = opendir(at->directory);
    crash_require(directory != NULL, at->directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        const char *name = entry->d_name, *ending = strrchr(name, '.');
        bool is_input = ending != NULL && strcmp(ending, ".jsonl") == 0;
        if (is_input || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", at->directory, name);
        if (unlink(path) != 0)
            clear_directory(path);
    }
    crash_require(closedir(directory) == 0, at->directory);
}
