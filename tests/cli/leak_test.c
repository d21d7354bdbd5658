/*
 * Nothing leaks: what the tool prints for a viewer is, byte for byte, what it prints for a database
 * in which the hidden was never stored.
 *
 * For each random network with policies (leak_world.h) the whole of it is loaded into one database,
 * and what a viewer may know into another. Both are asked the same with the tool itself, which is
 * called as a function in this process, and whatever comes out on stdout and stderr, with the exit
 * code, is compared. There are three ways in which the second database leaves things out:
 *
 *   seen      ties that are hidden from the viewer; asked everything. With barriers, nothing that
 *             follows paths: that a path touches both sides cannot be told by leaving ties out.
 *   one-sided with barriers: all ties of whoever stands opposite to the person from whom paths
 *             begin; asked what follows paths.
 *   consent   ties of people who must not be contacted, and of those who opted out and are not an
 *             end; asked for paths.
 *
 * Nothing is normalised but the numbers of `stats` that describe the file (its bytes, the overlay,
 * the segments), which are those of a larger file for whoever holds it; for a person they are not
 * printed. A command that takes --as must be asked here, and all others must refuse it.
 *
 * A case is a viewer with one of the ways: `--cases N`.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "leak_world.h"
#include "scratch.h"
#include "warmpath.h"
#include "warmpath/command.h"
#include "warmpath/tool.h"

#define ARGUMENTS_MAX 16
#define LINE_BYTES_MAX 512
#define PATH_COMMANDS 12
#define TIE_COMMANDS 30

static random_arguments arguments = {1, 60};

/* What a command answered. */
typedef struct answer {
    char *text; /* stdout, stderr and the exit code */
    size_t bytes;
} answer;

/* A database that is held open, so that the tool finds it open. */
typedef struct loaded {
    char path[512];
    wp_db *db;
} loaded;

typedef struct state {
    int capture;    /* a file in memory */
    int streams[2]; /* what stdout and stderr are otherwise */
    loaded full;    /* all of the network */
    loaded plain;   /* what may be seen of it */
    answer of_full;
    answer of_plain;
    answer of_audit;
    const char *viewer; /* an address; NULL: everybody */
    const char *way;    /* in which things are left out */
    size_t worlds;
    size_t closed; /* worlds in which ours share with nobody by default */
    size_t mutual; /* in which sharing is mutual */
    size_t sided;  /* in which a group is a side of a barrier */
    size_t cases;
    size_t commands;
    size_t found;  /* with exit code 0 */
    size_t hidden; /* answers that the right to audit gets otherwise */
    size_t failures;
} state;

static void must(bool is_right, const char *what)
{
    if (!is_right) {
        perror(what);
        exit(1);
    }
}

static void capture_begin(const state *self)
{
    must(ftruncate(self->capture, 0) == 0 && lseek(self->capture, 0, SEEK_SET) == 0, "capture");
    (void)fflush(NULL);
    must(dup2(self->capture, 1) == 1 && dup2(self->capture, 2) == 2, "dup2");
}

static void capture_end(const state *self, int code, answer *out)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "exit code %d\n", code);
    must(dup2(self->streams[0], 1) == 1 && dup2(self->streams[1], 2) == 2, "dup2");
    off_t bytes = lseek(self->capture, 0, SEEK_END);
    out->text = realloc(out->text, (size_t)bytes + 1);
    must(out->text != NULL, "memory");
    must(pread(self->capture, out->text, (size_t)bytes, 0) == bytes, "capture");
    out->text[bytes] = '\0';
    out->bytes = (size_t)bytes;
}

/* Run a command line whose words are separated by bars, on a database and for a viewer. */
static void run(const state *self, const char *path, const char *viewer, const char *line,
                answer *out)
{
    static const volatile int never = 0;
    char words[LINE_BYTES_MAX];
    char *list[ARGUMENTS_MAX] = {"--db", (char *)path};
    int count = 2;
    (void)snprintf(words, sizeof words, "%s", line);
    for (char *rest = NULL, *word = strtok_r(words, "|", &rest); word != NULL;
         word = strtok_r(NULL, "|", &rest)) {
        must(count < ARGUMENTS_MAX - 2, "words");
        list[count++] = word;
    }
    if (viewer != NULL) {
        list[count++] = "--as";
        list[count++] = (char *)viewer;
    }
    capture_begin(self);
    int code = tool_run(count, list, &never);
    capture_end(self, code, out);
}

/* Take away the number after each occurrence of a text, and the blanks that line it up. */
static void blank(answer *in, const char *before)
{
    for (char *at = in->text; (at = strstr(at, before)) != NULL;) {
        at += strlen(before);
        size_t taken = strspn(at, " ");
        taken += strspn(at + taken, "0123456789");
        memmove(at, at + taken, strlen(at + taken) + 1);
        in->bytes -= taken;
    }
}

/* What tells of the size of a file alone. */
static void normalise(answer *in)
{
    static const char *const names[] = {"\"file_bytes\":", "\"overlay_people\":", "\"segments\":",
                                        "file bytes",      "overlay people",      "segments"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        blank(in, names[i]);
}

static void print_difference(const state *self, const char *line)
{
    const char *a = self->of_full.text, *b = self->of_plain.text;
    size_t at = 0, start = 0;
    for (; a[at] != '\0' && a[at] == b[at]; at++)
        start = a[at] == '\n' ? at + 1 : start;
    size_t from = at - start > 300 ? at - 300 : start;
    print_error("%s, %s --as %s:\n%.600s\ninstead of\n%.600s\n", self->way, line,
                self->viewer == NULL ? "(nobody)" : self->viewer, a + from, b + from);
}

/* Ask both databases, and now and then what the right to audit is told. */
__attribute__((format(printf, 2, 3))) static void ask(state *self, const char *format, ...)
{
    char line[LINE_BYTES_MAX];
    va_list list;
    va_start(list, format);
    must(vsnprintf(line, sizeof line, format, list) < (int)sizeof line, "line");
    va_end(list);
    run(self, self->full.path, self->viewer, line, &self->of_full);
    run(self, self->plain.path, self->viewer, line, &self->of_plain);
    if (self->viewer == NULL) {
        normalise(&self->of_full);
        normalise(&self->of_plain);
    }
    self->commands++;
    self->found += strstr(self->of_full.text, "exit code 0\n") != NULL;
    if (self->of_full.bytes != self->of_plain.bytes ||
        memcmp(self->of_full.text, self->of_plain.text, self->of_full.bytes) != 0) {
        if (self->failures++ < 3)
            print_difference(self, line);
    }
    if (strncmp(line, "explain", 7) == 0 || strncmp(line, "who", 3) == 0 ||
        strncmp(line, "reach", 5) == 0) {
        run(self, self->full.path, "audit", line, &self->of_audit);
        self->hidden += strcmp(self->of_audit.text, self->of_full.text) != 0;
    }
}

/* --- questions --- */

/* How many there are whom everybody can name: all but the last who is private. */
static size_t count_known(const leak_world *world)
{
    return world->people_count - (world->owner != LEAK_NOBODY);
}

/* Somebody or a company, in one of the ways to name them; also somebody who is not there, unless it
 * is exact. */
static void draw_name(random_source *random, const leak_world *world, bool is_exact, char *out,
                      size_t bytes)
{
    size_t count = is_exact ? count_known(world) : world->people_count;
    const leak_person *person = &world->people[random_below(random, count)];
    size_t company = random_below(random, LEAK_COMPANIES);
    switch (is_exact ? SIZE_MAX : random_below(random, 12)) {
    case 0:
        snprintf(out, bytes, "%s", leak_domains[company]);
        break;
    case 1:
        snprintf(out, bytes, "%s", leak_companies[company]);
        break;
    case 2:
        snprintf(out, bytes, "#%zu", 1 + random_below(random, 2 * world->people_count));
        break;
    case 3:
        snprintf(out, bytes, "%s", person->name);
        break;
    case 4: /* a letter is missing */
        snprintf(out, bytes, "%.2s%s", person->name, person->name + 3);
        break;
    case 5:
        snprintf(out, bytes, "id:%zu", 42 + random_below(random, 4));
        break;
    case 6:
        snprintf(out, bytes, "x%s", person->email);
        break;
    default:
        snprintf(out, bytes, "%s", person->email);
    }
}

static const char *draw_form(random_source *random)
{
    return random_chance(random, 0.6) ? "|--json" : "";
}

static void ask_of_ties(state *self, random_source *random, const leak_world *world)
{
    char who[64], other[64];
    draw_name(random, world, false, who, sizeof who);
    draw_name(random, world, false, other, sizeof other);
    const char *form = draw_form(random);
    switch (random_below(random, 6)) {
    case 0:
        ask(self, "show|%s|--day|%s%s", who, LEAK_DAY, form);
        break;
    case 1:
        ask(self, "who|%s|--day|%s%s", who, LEAK_DAY, form);
        break;
    case 2:
        ask(self, "find|%s|--day|%s%s", who, LEAK_DAY, form);
        break;
    case 3:
        ask(self, "find|%.3s|--day|%s|--limit|3%s", who, LEAK_DAY, form);
        break;
    default:
        ask(self, "explain|%s|%s|--day|%s%s", who, other, LEAK_DAY, form);
    }
}

/* from: an address, or us. is_exact: nobody is named in a way that has the nearest names told, of
 * which those whom we know best come first. */
static void ask_of_paths(state *self, random_source *random, const leak_world *world,
                         const char *from, bool is_exact)
{
    static const char *const forms[] = {"", "|--json", "|--json", "|--dot", "|--svg|-"};
    static const char *const extras[] = {
        "",         "|--hops|2",      "|--hops|any", "|--hops|4", "|-k|1",
        "|--plain", "|--diverse|0.3", "|--hops|1",   "|-k|50",    "|--min-strength|0.3"};
    char to[64], other[64];
    draw_name(random, world, is_exact, to, sizeof to);
    draw_name(random, world, is_exact, other, sizeof other);
    const char *form = forms[random_below(random, sizeof forms / sizeof forms[0])];
    const char *extra = extras[random_below(random, sizeof extras / sizeof extras[0])];
    switch (random_below(random, 8)) {
    case 0:
        ask(self, "path|--from|%s|--to|%s|--day|%s|--via|%s%s", from, to, LEAK_DAY, other, form);
        break;
    case 1:
        ask(self, "path|--from|%s|--to|%s|--day|%s|--avoid|%s%s", from, to, LEAK_DAY, other, form);
        break;
    case 6:
        ask(self, "reach|--from|%s|--day|%s|--hops|any%s", from, LEAK_DAY, draw_form(random));
        break;
    case 7:
        ask(self, "reach|--from|%s|--day|%s|--plain|--csv|-", from, LEAK_DAY);
        break;
    default:
        ask(self, "path|--from|%s|--to|%s|--day|%s%s%s", from, to, LEAK_DAY, extra, form);
    }
}

static void ask_of_all(state *self)
{
    ask(self, "duplicates|--day|%s|--json", LEAK_DAY);
    ask(self, "duplicates|--day|%s", LEAK_DAY);
    ask(self, "stats|--json");
    ask(self, "stats");
}

/* --- the ways to leave things out --- */

typedef bool keep_fn(const leak_world *world, const leak_tie *tie, size_t viewer, size_t from,
                     size_t to);

static bool keep_seen(const leak_world *world, const leak_tie *tie, size_t viewer, size_t from,
                      size_t to)
{
    (void)from;
    (void)to;
    return !leak_hides(world, tie, viewer);
}

/* Whether somebody stands opposite to `from` behind some barrier. */
static bool is_opposite(const leak_world *world, size_t from, size_t person)
{
    bool is_any = false;
    for (size_t i = 0; i < world->barrier_count; i++)
        for (int side = 0; side < 2; side++)
            is_any |= leak_is_on(world, i, side, from) && leak_is_on(world, i, !side, person);
    return is_any;
}

static bool keep_one_sided(const leak_world *world, const leak_tie *tie, size_t viewer, size_t from,
                           size_t to)
{
    (void)to;
    return !leak_hides(world, tie, viewer) && !is_opposite(world, from, tie->ends[0]) &&
           !is_opposite(world, from, tie->ends[1]);
}

static bool keep_consented(const leak_world *world, const leak_tie *tie, size_t viewer, size_t from,
                           size_t to)
{
    bool is_kept = !leak_hides(world, tie, viewer);
    for (int i = 0; i < 2; i++) {
        const leak_person *end = &world->people[tie->ends[i]];
        bool is_end = tie->ends[i] == from || tie->ends[i] == to;
        const char *choice = end->choice != NULL ? end->choice : world->default_choice;
        bool is_out = choice != NULL && strcmp(choice, "out") == 0;
        is_kept &= !end->is_do_not_contact && (is_end || !is_out);
    }
    return is_kept;
}

/* is_kept: NULL: all of it; else as `viewer` may know it. */
static void load(const state *self, loaded *out, const leak_world *world, size_t viewer,
                 const bool *is_kept)
{
    answer ignored = {NULL, 0};
    char line[LINE_BYTES_MAX];
    wp_error err;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    const char *lines = scratch_path("lines.jsonl");
    FILE *file = fopen(lines, "w");
    must(file != NULL, lines);
    if (is_kept == NULL)
        leak_world_write(world, file);
    else
        leak_world_write_seen(world, viewer, is_kept, file);
    must(fclose(file) == 0, lines);
    (void)snprintf(line, sizeof line, "load|%s", lines);
    run(self, out->path, NULL, line, &ignored);
    if (strstr(ignored.text, "exit code 0\n") == NULL)
        print_error("%s", ignored.text);
    assert_non_null(strstr(ignored.text, "exit code 0\n"));
    free(ignored.text);
    options.is_read_only = true;
    assert_int_equal(wp_open(out->path, &options, &out->db, &err), WP_OK);
}

static void unload(loaded *out)
{
    char lock[sizeof out->path + 8];
    wp_close(out->db);
    (void)snprintf(lock, sizeof lock, "%s-lock", out->path);
    must(unlink(out->path) == 0 && unlink(lock) == 0, out->path);
}

static void load_plain(state *self, const leak_world *world, keep_fn *keep, size_t viewer,
                       size_t from, size_t to)
{
    bool is_kept[LEAK_TIES_MAX];
    for (size_t i = 0; i < world->tie_count; i++)
        is_kept[i] = keep(world, &world->ties[i], viewer, from, to);
    load(self, &self->plain, world, viewer, is_kept);
    self->cases++;
}

static void check_seen(state *self, random_source *random, const leak_world *world, size_t viewer)
{
    self->way = "seen";
    load_plain(self, world, keep_seen, viewer, 0, 0);
    for (size_t i = 0; i < TIE_COMMANDS; i++)
        ask_of_ties(self, random, world);
    for (size_t i = 0; i < PATH_COMMANDS && world->barrier_count == 0; i++) {
        const leak_person *from = &world->people[random_below(random, world->people_count)];
        ask_of_paths(self, random, world, random_chance(random, 0.6) ? "us" : from->email, false);
    }
    ask_of_all(self);
    unload(&self->plain);
}

/* Whether somebody stands on a side of every barrier. */
static bool is_sided(const leak_world *world, size_t person)
{
    bool is_all = true;
    for (size_t i = 0; i < world->barrier_count; i++)
        is_all &= leak_is_on(world, i, 0, person) || leak_is_on(world, i, 1, person);
    return is_all;
}

static void check_one_sided(state *self, random_source *random, const leak_world *world,
                            size_t viewer)
{
    size_t count = count_known(world), from = random_below(random, count);
    for (size_t i = 0; i < count && !is_sided(world, from); i++)
        from = (from + 1) % count;
    if (!is_sided(world, from))
        return;
    self->way = "one-sided";
    load_plain(self, world, keep_one_sided, viewer, from, 0);
    for (size_t i = 0; i < PATH_COMMANDS; i++)
        ask_of_paths(self, random, world, world->people[from].email, true);
    unload(&self->plain);
}

static void check_consent(state *self, random_source *random, const leak_world *world,
                          size_t viewer)
{
    size_t from = random_below(random, count_known(world));
    size_t to = random_below(random, count_known(world));
    self->way = "consent";
    load_plain(self, world, keep_consented, viewer, from, to);
    const char *a = world->people[from].email, *b = world->people[to].email;
    ask(self, "path|--from|%s|--to|%s|--day|%s|--json", a, b, LEAK_DAY);
    ask(self, "path|--from|%s|--to|%s|--day|%s|--hops|any", a, b, LEAK_DAY);
    ask(self, "path|--from|%s|--to|%s|--day|%s|--hops|2|--plain", a, b, LEAK_DAY);
    unload(&self->plain);
}

/* --- worlds --- */

/* Everybody, an owner more often than others, or anybody whom everybody may know: --as names whom
 * everybody can name. */
static size_t draw_viewer(random_source *random, const leak_world *world)
{
    if (random_chance(random, 0.35))
        return LEAK_NOBODY;
    if (world->owner != LEAK_NOBODY && random_chance(random, 0.3))
        return world->owner;
    size_t start = random_below(random, world->tie_count + 1);
    for (size_t i = 0; i < world->tie_count && random_chance(random, 0.9); i++) {
        const leak_tie *tie = &world->ties[(start + i) % world->tie_count];
        size_t owner = tie->ends[tie->is_owner[1]];
        if ((tie->is_owner[0] || tie->is_owner[1]) && !leak_hides_person(world, owner, LEAK_NOBODY))
            return owner;
    }
    return random_below(random, world->people_count - 1);
}

static void count_world(state *self, const leak_world *world)
{
    bool has_group = false;
    for (size_t i = 0; i < world->barrier_count; i++)
        for (int side = 0; side < 2; side++)
            has_group |= world->barriers[i][side].kind == LEAK_GROUP;
    self->worlds++;
    self->closed += world->is_closed;
    self->mutual += world->is_mutual;
    self->sided += has_group;
}

static void check_world(state *self, size_t index)
{
    leak_world world;
    random_source random = random_start(arguments.seed, index);
    leak_world_draw(&random, random_chance(&random, 0.4), &world);
    load(self, &self->full, &world, LEAK_NOBODY, NULL);
    count_world(self, &world);
    for (size_t i = 0; i < 3; i++) {
        size_t viewer = draw_viewer(&random, &world), before = self->failures;
        self->viewer = viewer == LEAK_NOBODY ? NULL : world.people[viewer].email;
        check_seen(self, &random, &world, viewer);
        if (!world.has_more && world.barrier_count > 0)
            check_one_sided(self, &random, &world, viewer);
        else if (!world.has_more)
            check_consent(self, &random, &world, viewer);
        if (self->failures > before)
            print_error("seed %" PRIu64 ", world %zu, viewer %zu\n", arguments.seed, index, i);
    }
    unload(&self->full);
}

static void state_begin(state *self)
{
    *self = (state){.capture = memfd_create("answers", MFD_CLOEXEC), .streams = {dup(1), dup(2)}};
    must(self->capture >= 0 && self->streams[0] >= 0 && self->streams[1] >= 0, "streams");
    (void)snprintf(self->full.path, sizeof self->full.path, "%s", scratch_path("full.warmpath"));
    (void)snprintf(self->plain.path, sizeof self->plain.path, "%s", scratch_path("plain.warmpath"));
}

static void state_end(state *self)
{
    free(self->of_full.text);
    free(self->of_plain.text);
    free(self->of_audit.text);
    (void)close(self->capture);
    (void)close(self->streams[0]);
    (void)close(self->streams[1]);
}

static void answers__are_those_of_a_database_that_never_held_the_hidden(void **unused)
{
    (void)unused;
    state self;
    state_begin(&self);
    for (size_t i = 0; self.cases < arguments.cases && self.failures < 10; i++)
        check_world(&self, i);
    printf("%zu networks (%zu closed by default, %zu of mutual sharing, %zu with a group on a side "
           "of a "
           "barrier), %zu cases of a viewer, %zu commands compared, %zu of them with an answer; "
           "the right to audit is told something else %zu times\n",
           self.worlds, self.closed, self.mutual, self.sided, self.cases, self.commands, self.found,
           self.hidden);
    state_end(&self);
    assert_int_equal(self.failures, 0);
    assert_true(self.hidden > self.cases / 2);
    assert_true(self.found > self.commands / 4);
}

static void commands__answer_a_viewer_or_refuse_one(void **unused)
{
    (void)unused;
    static const char asked[] = " path reach who explain find show duplicates stats ";
    state self;
    size_t refused = 0;
    char line[64], word[40];
    state_begin(&self);
    for (const command_row *row = command_rows; row->name != NULL; row++) {
        (void)snprintf(word, sizeof word, " %s ", row->name);
        assert_true(command_has_viewer(row) == (strstr(asked, word) != NULL));
        if (command_has_viewer(row))
            continue;
        (void)snprintf(line, sizeof line, "%s|WHO", row->name);
        run(&self, self.full.path, "ann@us.com", line, &self.of_full);
        assert_non_null(strstr(self.of_full.text, "--as: this command is for whoever holds"));
        assert_non_null(strstr(self.of_full.text, "exit code 2\n"));
        assert_int_equal(strcspn(self.of_full.text, "\n") + strlen("\nexit code 2\n"),
                         self.of_full.bytes);
        refused++;
    }
    state_end(&self);
    assert_true(refused > 20);
}

int main(int argc, char **argv)
{
    if (!random_arguments_read(argc, argv, &arguments)) {
        return 2;
    }
    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0); /* thousands of files are made */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers__are_those_of_a_database_that_never_held_the_hidden),
        cmocka_unit_test(commands__answer_a_viewer_or_refuse_one),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
