/*
 * An import that is killed and begun again ends as if it had not been disturbed.
 *
 * The tool (environment variable WARMPATH) imports a generated file of JSON lines, once in peace,
 * which gives the dump to compare with and the time that it takes; then into other databases,
 * where it is killed at random moments and started again, five times, before it may end. The dump
 * must be the same, line by line, and `warmpath check` must find nothing. Without the tool the
 * test is skipped.
 *
 * `--kills N` of them in all, from `--seed N`.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_process.h"
#include "crash_world.h"
#include "random.h"
#include "scratch.h"

#define SKIPPED 77
#define KILLS_A_DATABASE 5
#define PEOPLE 300
#define INTERACTIONS 25000 /* More than two batches of the importer. */

static crash_arguments arguments = {1, 60};
static char tool[4096];

static void write_people(FILE *out)
{
    for (size_t i = 0; i < PEOPLE; i += 2)
        fprintf(out,
                "{\"type\":\"person\",\"email\":\"p%zu@c%zu.example\",\"name\":\"Person %zu\","
                "\"names\":[{\"name\":\"P. Erson %zu\",\"count\":3}],\"title\":\"T%zu\"}\n",
                i, i % 17, i, i, i % 5);
}

static void write_interaction(FILE *out, random_source *random, size_t index)
{
    static const char *const kinds[] = {"mail", "mail", "call", "meeting", "message"};
    size_t from = random_below(random, PEOPLE);
    size_t to = (from + 1 + random_below(random, PEOPLE - 1)) % PEOPLE;
    int month = (int)random_between(random, 1, 12), day = (int)random_between(random, 1, 28);
    fprintf(out,
            "{\"type\":\"interaction\",\"id\":\"i%zu\",\"kind\":\"%s\","
            "\"time\":\"2023-%02d-%02dT12:%02zu:00Z\",\"from\":\"p%zu@c%zu.example\","
            "\"to\":[\"p%zu@c%zu.example\"],\"reply_to\":\"i%zu\"}\n",
            index, kinds[random_below(random, 5)], month, day, index % 60, from, from % 17, to,
            to % 17, random_below(random, INTERACTIONS));
}

static void write_rest(FILE *out, random_source *random)
{
    for (size_t i = 0; i < PEOPLE; i += 3) {
        fprintf(out,
                "{\"type\":\"tie\",\"from\":\"p%zu@c%zu.example\",\"to\":\"p%zu@c%zu.example\","
                "\"p\":0.%zu}\n",
                i, i % 17, i + 1, (i + 1) % 17, 1 + random_below(random, 9));
        fprintf(out,
                "{\"type\":\"consent\",\"person\":\"p%zu@c%zu.example\","
                "\"introductions\":\"out\",\"since\":\"2023-05-01\"}\n",
                i, i % 17);
    }
}

static void write_lines(const char *path)
{
    random_source random = random_start(arguments.seed, 0);
    FILE *out = fopen(path, "w");
    crash_require(out != NULL, path);
    write_people(out);
    for (size_t i = 0; i < INTERACTIONS; i++)
        write_interaction(out, &random, i);
    write_rest(out, &random);
    crash_require(fclose(out) == 0, path);
}

static pid_t start(const char *db, const char *command, const char *argument, const char *output)
{
    char *words[] = {tool,
                     "--quiet",
                     "--db",
                     (char *)(uintptr_t)db,
                     (char *)(uintptr_t)command,
                     (char *)(uintptr_t)argument,
                     NULL};
    return crash_spawn(words, output);
}

static void run(const char *db, const char *command, const char *argument, const char *output)
{
    int code = crash_wait(start(db, command, argument, output));
    if (code != 0)
        crash_fail("warmpath %s ended with %d", command, code);
}

static void init(const char *db)
{
    char *words[] = {tool,   "--quiet", "--db",       (char *)(uintptr_t)db,
                     "init", "--us",    "c0.example", NULL};
    crash_wait_well(crash_spawn(words, "/dev/null"), "warmpath init");
}

/* The contents of a file; yours. */
static char *read_file(const char *path)
{
    FILE *in = fopen(path, "r");
    crash_require(in != NULL && fseek(in, 0, SEEK_END) == 0, path);
    long bytes = ftell(in);
    crash_require(bytes >= 0 && fseek(in, 0, SEEK_SET) == 0, path);
    char *text = calloc(1, (size_t)bytes + 1);
    crash_require(text != NULL && fread(text, 1, (size_t)bytes, in) == (size_t)bytes, path);
    crash_require(fclose(in) == 0, path);
    return text;
}

static char *dump(const char *db)
{
    const char *path = scratch_path("dump.jsonl");
    run(db, "dump", NULL, path);
    return read_file(path);
}

/* Import with kills into one database and compare. Returns how many imports were hit. */
static size_t import_disturbed(const char *db, const char *lines, random_source *random,
                               uint64_t import_ns, const char *expected)
{
    size_t hits = 0;
    init(db);
    for (int i = 0; i < KILLS_A_DATABASE; i++) {
        pid_t child = start(db, "import", lines, "/dev/null");
        /* What is left to do gets less, so early moments are drawn more often. */
        uint64_t longest_ns = import_ns >> random_below(random, 3);
        crash_pause_ns((uint64_t)random_between(random, 0, (int64_t)longest_ns));
        hits += crash_is_running(child);
        crash_kill(child);
    }
    run(db, "import", lines, "/dev/null");
    char *seen = dump(db);
    if (strcmp(expected, seen) != 0) {
        crash_dump_compare(expected, seen);
        crash_fail("%s: the dump is not that of an undisturbed import", db);
    }
    free(seen);
    run(db, "check", "--deep", "/dev/null");
    return hits;
}

static void import__goes_on_after_kills(void **state)
{
    char lines[4096], db[4096];
    random_source random = random_start(arguments.seed, 1);
    size_t hits = 0;
    (void)state;
    (void)snprintf(lines, sizeof lines, "%s", scratch_path("lines.jsonl"));
    (void)snprintf(db, sizeof db, "%s", scratch_path("undisturbed.warmpath"));
    write_lines(lines);
    init(db);
    uint64_t begin_ns = crash_now_ns();
    run(db, "import", lines, "/dev/null");
    uint64_t import_ns = crash_now_ns() - begin_ns;
    char *expected = dump(db);
    uint64_t rounds = (arguments.count + KILLS_A_DATABASE - 1) / KILLS_A_DATABASE;
    for (uint64_t i = 0; i < rounds; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "disturbed-%" PRIu64 ".warmpath", i);
        (void)snprintf(db, sizeof db, "%s", scratch_path(name));
        hits += import_disturbed(db, lines, &random, import_ns, expected);
        crash_require(unlink(db) == 0, db);
    }
    free(expected);
    printf("imports killed %zu of %" PRIu64 ", an undisturbed one takes %" PRIu64
           " ms; dumps that differ 0\n",
           hits, rounds * KILLS_A_DATABASE, import_ns / 1000000);
    assert_true(hits > 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(import__goes_on_after_kills)};
    const char *given = getenv("WARMPATH");
    if (!crash_arguments_read(argc, argv, "kills", &arguments))
        return 2;
    if (given == NULL || access(given, X_OK) != 0 || strlen(given) >= sizeof tool) {
        printf("skipped: WARMPATH does not name the tool\n");
        return SKIPPED;
    }
    memcpy(tool, given, strlen(given) + 1);
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
