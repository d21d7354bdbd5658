/*
 * The house rules, checked on the text of the sources: `tidy SOURCE_DIRECTORY`.
 *
 * Prints one line a fault, file:line: rule: what was seen, and exits 1 if there is any. With
 * --self-test it writes a small bad source for each rule into the working directory and fails
 * unless exactly that rule is broken, so that no check can fall silent unnoticed.
 *
 * Each C file is held twice: as it is, and as `code`, where comments, strings and character
 * constants are blanked and every byte keeps its place. Rules about calls look at `code`, so that a
 * comment may name what is banned. This is a reader of our own formatted sources, not a C parser:
 * it needs no preprocessor and no compiler, and knows functions by a brace after a parenthesis.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tidy_samples.h"

#define COLUMNS_MAX 100
#define FILE_LINES_MAX 800
#define FUNCTION_LINES_MAX 70
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef enum rule {
    RULE_LAYERS = 0,
    RULE_LMDB,
    RULE_PRIVATE_HEADER,
    RULE_INCLUDE_PATH,
    RULE_FUNCTION_LENGTH,
    RULE_LINE_LENGTH,
    RULE_FILE_LENGTH,
    RULE_TAB,
    RULE_TRAILING_BLANK,
    RULE_BANNED_CALL,
    RULE_ALLOCATION,
    RULE_ENGINE_CALL,
    RULE_ASSERT,
    RULE_LEFTOVER,
    RULE_LMDB_FLAG,
    RULE_SIGHT,
    RULE_OPENING_COMMENT,
    RULE_TOP_LEVEL,
    RULE_COUNT
} rule;

static const char *const rule_names[RULE_COUNT] = {
    "layers",      "lmdb",     "private-header", "include-path", "function-length", "line-length",
    "file-length", "tab",      "trailing-blank", "banned-call",  "allocation",      "engine-call",
    "assert",      "leftover", "lmdb-flag",      "sight",        "opening-comment", "top-level",
};

/* A run over one source tree. */
typedef struct findings {
    bool is_quiet;
    size_t files;
    size_t faults[RULE_COUNT];
} findings;

/* One file. */
typedef struct source {
    findings *run;
    const char *path; /* from the top of the tree: "engine/base/text.c" */
    bool is_c;
    char *raw;  /* terminated by NUL */
    char *code; /* the same length; comments and literals blanked when is_c */
} source;

/* --- reporting --- */

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("tidy: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

__attribute__((format(printf, 5, 6))) static void
report(findings *run, const char *path, size_t line, rule broken, const char *format, ...)
{
    run->faults[broken]++;
    if (run->is_quiet)
        return;
    va_list arguments;
    va_start(arguments, format);
    printf("%s:%zu: %s: ", path, line, rule_names[broken]);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
}

static size_t line_of(const char *text, const char *at)
{
    size_t line = 1;
    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

/* Report at a place in `code` or `raw`. */
static void report_at(const source *file, const char *at, rule broken, const char *seen)
{
    bool is_in_code = at >= file->code && at <= file->code + strlen(file->code);
    size_t line = line_of(is_in_code ? file->code : file->raw, at);
    report(file->run, file->path, line, broken, "%s", seen);
}

/* --- small readers --- */

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static bool is_in(const source *file, const char *directory)
{
    return begins_with(file->path, directory);
}

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The next occurrence of a whole word at or after `at`, or NULL. */
static const char *find_word(const char *text, const char *at, const char *word)
{
    size_t length = strlen(word);
    for (at = strstr(at, word); at != NULL; at = strstr(at + 1, word)) {
        bool has_left = at > text && is_word_char(at[-1]);
        if (!has_left && !is_word_char(at[length]))
            return at;
    }
    return NULL;
}

static const char *skip_blanks(const char *at)
{
    while (isspace((unsigned char)*at))
        at++;
    return at;
}

static const char *next_line(const char *at)
{
    const char *end = strchr(at, '\n');
    return end == NULL ? at + strlen(at) : end + 1;
}

/* The length of the comment or literal that begins at `at`; 0 when none does. */
static size_t opaque_length(const char *at)
{
    if (at[0] == '/' && at[1] == '*') {
        const char *end = strstr(at + 2, "*/");
        return end == NULL ? strlen(at) : (size_t)(end + 2 - at);
    }
    if (at[0] == '/' && at[1] == '/')
        return strcspn(at, "\n");
    if (at[0] != '"' && at[0] != '\'')
        return 0;
    size_t length = 1;
    while (at[length] != '\0' && at[length] != at[0] && at[length] != '\n')
        length += at[length] == '\\' && at[length + 1] != '\0' ? 2 : 1;
    return length + (at[length] == at[0]);
}

/* Overwrite comments and literals with blanks; lines stay where they are. */
static void blank_opaque(char *code)
{
    for (char *at = code; *at != '\0';) {
        size_t length = opaque_length(at);
        for (size_t i = 0; i < length; i++)
            at[i] = at[i] == '\n' ? '\n' : ' ';
        at += length == 0 ? 1 : length;
    }
}

/* --- lines and files --- */

/* Columns of a line, counted in UTF-8 characters. */
static size_t columns(const char *line, size_t bytes)
{
    size_t count = 0;
    for (size_t i = 0; i < bytes; i++)
        count += ((unsigned char)line[i] & 0xc0) != 0x80;
    return count;
}

static void check_lines(const source *file)
{
    size_t lines = 0;
    for (const char *at = file->raw; *at != '\0'; at = next_line(at)) {
        size_t bytes = strcspn(at, "\n");
        lines++;
        if (columns(at, bytes) > COLUMNS_MAX)
            report(file->run, file->path, lines, RULE_LINE_LENGTH, "%zu columns, at most %d",
                   columns(at, bytes), COLUMNS_MAX);
        if (memchr(at, '\t', bytes) != NULL)
            report(file->run, file->path, lines, RULE_TAB, "a tab, expected blanks");
        if (bytes > 0 && isspace((unsigned char)at[bytes - 1]))
            report(file->run, file->path, lines, RULE_TRAILING_BLANK, "a blank at the end");
    }
    /* The public header is the manual, and one header that reads from top to bottom. */
    if (lines > FILE_LINES_MAX && strcmp(file->path, "include/warmpath.h") != 0)
        report(file->run, file->path, lines, RULE_FILE_LENGTH, "%zu lines, at most %d", lines,
               FILE_LINES_MAX);
}

static void check_leftovers(const source *file)
{
    /* In halves, so that this file does not break its own rule. */
    static const char *const words[] = {"TO"
                                        "DO",
                                        "FIX"
                                        "ME",
                                        "HA"
                                        "CK",
                                        "X"
                                        "XX"};
    for (size_t i = 0; i < COUNT(words); i++) {
        const char *at = find_word(file->raw, file->raw, words[i]);
        for (; at != NULL; at = find_word(file->raw, at + 1, words[i]))
            report_at(file, at, RULE_LEFTOVER, words[i]);
    }
}

static void check_opening_comment(const source *file)
{
    if (!begins_with(skip_blanks(file->raw), "/*"))
        report(file->run, file->path, 1, RULE_OPENING_COMMENT, "the file opens with no comment");
}

/* --- includes --- */

typedef struct layer {
    const char *name;
    int rank; /* a layer sees itself and those of lower rank; peers do not see each other */
} layer;

static const layer layers[] = {
    {"base", 0}, {"format", 1}, {"rules", 1}, {"store", 1}, {"graph", 2}, {"path", 3}, {"api", 4},
};

/* The layer that a path such as "base/text.h" begins with, or NULL. */
static const layer *layer_of(const char *path)
{
    const char *slash = strchr(path, '/');
    if (slash == NULL)
        return NULL;
    size_t length = (size_t)(slash - path);
    for (size_t i = 0; i < COUNT(layers); i++) {
        if (strlen(layers[i].name) == length && strncmp(path, layers[i].name, length) == 0)
            return &layers[i];
    }
    return NULL;
}

static void check_engine_include(const source *file, const char *at, const char *name)
{
    const layer *from = layer_of(file->path + strlen("engine/"));
    const layer *to = layer_of(name);
    if (strcmp(name, "warmpath.h") == 0)
        return;
    if (from == NULL || to == NULL)
        report_at(file, at, RULE_INCLUDE_PATH, name);
    else if (from != to && to->rank >= from->rank)
        report_at(file, at, RULE_LAYERS, name);
}

static void check_quoted_include(const source *file, const char *at, const char *name)
{
    if (is_in(file, "engine/"))
        check_engine_include(file, at, name);
    else if (is_in(file, "include/"))
        report_at(file, at, RULE_PRIVATE_HEADER, name);
    else if (is_in(file, "tools/") || is_in(file, "bench/")) {
        if (layer_of(name) != NULL || strstr(name, "engine/") != NULL)
            report_at(file, at, RULE_PRIVATE_HEADER, name);
    }
}

/* LMDB is the store's own affair; tests of the store and of crashes may damage files with it, and
 * one file of the benches measures what it costs alone. */
static bool may_include_lmdb(const source *file)
{
    return is_in(file, "engine/store/") || is_in(file, "tests/store/") ||
           is_in(file, "tests/crash/") || is_in(file, "tests/faults/") ||
           is_in(file, "tests/support/crash_lmdb") || strcmp(file->path, "bench/lmdb_twin.c") == 0;
}

static void check_include(const source *file, const char *at)
{
    char name[PATH_MAX];
    char quote = *at;
    size_t length = strcspn(at + 1, quote == '<' ? ">" : "\"");
    if ((quote != '<' && quote != '"') || length >= sizeof name)
        return;
    memcpy(name, at + 1, length);
    name[length] = '\0';
    if (strcmp(name, "lmdb.h") == 0) {
        if (!may_include_lmdb(file))
            report_at(file, at, RULE_LMDB, name);
    } else if (quote == '"') {
        check_quoted_include(file, at, name);
    } else if (strstr(name, "engine/") != NULL || layer_of(name) != NULL) {
        report_at(file, at, RULE_INCLUDE_PATH, name);
    }
}

/* `code` tells which directives are real, `raw` still has the name. */
static void check_includes(const source *file)
{
    for (const char *line = file->code; *line != '\0'; line = next_line(line)) {
        const char *at = line + strspn(line, " ");
        if (*at != '#')
            continue;
        at = at + 1 + strspn(at + 1, " ");
        if (!begins_with(at, "include"))
            continue;
        const char *raw = file->raw + (at - file->code) + strlen("include");
        check_include(file, raw + strspn(raw, " "));
    }
}

/* --- functions --- */

/* Past the end of a directive and the lines that continue it. */
static const char *skip_directive(const char *at)
{
    for (;;) {
        const char *end = next_line(at);
        bool goes_on = end - at >= 2 && end[-1] == '\n' && end[-2] == '\\';
        at = end;
        if (!goes_on)
            return at;
    }
}

static void check_function_end(const source *file, const char *open, const char *close)
{
    size_t lines = line_of(open, close);
    if (lines > FUNCTION_LINES_MAX)
        report(file->run, file->path, line_of(file->code, open), RULE_FUNCTION_LENGTH,
               "%zu lines from brace to brace, at most %d", lines, FUNCTION_LINES_MAX);
}

/* A function body is an outermost block that follows a parenthesis. */
static void check_functions(const source *file)
{
    const char *open = NULL; /* of the current outermost block, when it is a body */
    char last = '\0';        /* the last character that is not blank */
    size_t depth = 0;
    for (const char *at = file->code; *at != '\0'; at++) {
        bool begins_line = at == file->code || at[-1] == '\n';
        if (begins_line && at[strspn(at, " ")] == '#') {
            at = skip_directive(at) - 1;
            continue;
        }
        if (*at == '{' && depth++ == 0)
            open = last == ')' ? at : NULL;
        if (*at == '}' && depth > 0 && --depth == 0 && open != NULL)
            check_function_end(file, open, at);
        if (!isspace((unsigned char)*at))
            last = *at;
    }
}

/* --- calls --- */

/* Whether the word at `at` is called, and is not a member of a struct. */
static bool is_call(const char *text, const char *at, size_t length)
{
    bool is_member =
        (at > text && at[-1] == '.') || (at > text + 1 && at[-2] == '-' && at[-1] == '>');
    return !is_member && *skip_blanks(at + length) == '(';
}

static void check_calls(const source *file, rule broken, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *at = find_word(file->code, file->code, names[i]);
        for (; at != NULL; at = find_word(file->code, at + 1, names[i])) {
            if (is_call(file->code, at, strlen(names[i])))
                report_at(file, at, broken, names[i]);
        }
    }
}

static void check_banned_calls(const source *file)
{
    static const char *const unsafe[] = {"strcpy", "strcat", "sprintf", "vsprintf", "gets",
                                         "atoi",   "atol",   "strtok",  "alloca"};
    static const char *const allocators[] = {"malloc", "calloc",  "realloc",       "free",
                                             "strdup", "strndup", "aligned_alloc", "asprintf"};
    static const char *const noises[] = {"printf", "vprintf", "fprintf", "vfprintf",
                                         "puts",   "putchar", "perror",  "exit",
                                         "_exit",  "abort",   "signal",  "sigaction"};
    static const char *const dropped[] = {"__builtin_prefetch"}; /* see base/prefetch.h */
    static const char *const fetchers[] = {"engine/base/prefetch.h", "tools/import/fetch.h",
                                           "bench/harness.h"};
    bool is_fetcher = false;
    for (size_t i = 0; i < COUNT(fetchers); i++)
        is_fetcher = is_fetcher || strcmp(file->path, fetchers[i]) == 0;
    check_calls(file, RULE_BANNED_CALL, unsafe, COUNT(unsafe));
    if (!is_fetcher)
        check_calls(file, RULE_BANNED_CALL, dropped, COUNT(dropped));
    if (!is_in(file, "engine/"))
        return;
    check_calls(file, RULE_ENGINE_CALL, noises, COUNT(noises));
    if (strcmp(file->path, "engine/base/memory.c") != 0)
        check_calls(file, RULE_ALLOCATION, allocators, COUNT(allocators));
}

/* What a viewer may see is decided in one place: searches read ties through the neighbour view, the
 * public calls in one file that asks graph/sight.h first. */
static void check_sight(const source *file)
{
    static const char *const readers[] = {
        "wpi_adjacency_find", "wpi_neighbours_next", "wpi_neighbours_mask",  "wpi_base_list",
        "wpi_tie_load",       "wpi_tie_read",        "wpi_tie_read_all",     "wpi_evidence_each",
        "wpi_tie_walk_begin", "wpi_explain_tie",     "wpi_tie_read_strength"};
    static const char *const allowed[] = {"engine/path/view.c", "engine/path/view.h",
                                          "engine/api/read.c"};
    bool is_allowed = !is_in(file, "engine/path/") && !is_in(file, "engine/api/");
    for (size_t i = 0; i < COUNT(allowed); i++)
        is_allowed = is_allowed || strcmp(file->path, allowed[i]) == 0;
    if (!is_allowed)
        check_calls(file, RULE_SIGHT, readers, COUNT(readers));
}

/* Past the parenthesis that closes the one at `at`. */
static const char *matching_parenthesis(const char *at)
{
    size_t depth = 0;
    for (; *at != '\0'; at++) {
        if (*at == '(')
            depth++;
        else if (*at == ')' && --depth == 0)
            return at + 1;
    }
    return at;
}

/* Whether a function whose name begins with the prefix is called between two places. */
static bool calls_prefix(const char *at, const char *end, const char *prefix)
{
    for (; at < end; at++) {
        if (is_word_char(at[-1]) || !begins_with(at, prefix))
            continue;
        size_t length = strlen(prefix);
        while (is_word_char(at[length]))
            length++;
        if (*skip_blanks(at + length) == '(')
            return true;
    }
    return false;
}

/* What assert() holds is gone in a release; and a return code is no reasoning of our own. */
static void check_asserts(const source *file)
{
    const char *at = find_word(file->code, file->code, "assert");
    for (; at != NULL; at = find_word(file->code, at + 1, "assert")) {
        const char *open = skip_blanks(at + strlen("assert"));
        if (*open != '(')
            continue;
        const char *end = matching_parenthesis(open);
        if (calls_prefix(open + 1, end, "mdb_") || calls_prefix(open + 1, end, "wp_"))
            report_at(file, at, RULE_ASSERT, "a result is asserted, expected a check");
    }
}

static void check_lmdb_flags(const source *file)
{
    static const char *const flags[] = {"MDB_DUPSORT",  "MDB_DUPFIXED", "MDB_INTEGERKEY",
                                        "MDB_WRITEMAP", "MDB_NOSYNC",   "MDB_NOLOCK"};
    bool may_relax = strcmp(file->path, "engine/store/environment.c") == 0; /* is_unsynced */
    if (!is_in(file, "engine/"))
        return;
    for (size_t i = 0; i < COUNT(flags); i++) {
        if (may_relax && strcmp(flags[i], "MDB_NOSYNC") == 0)
            continue;
        const char *at = find_word(file->code, file->code, flags[i]);
        for (; at != NULL; at = find_word(file->code, at + 1, flags[i]))
            report_at(file, at, RULE_LMDB_FLAG, flags[i]);
    }
}

/* --- the tree --- */

static char *join(const char *left, const char *right)
{
    size_t bytes = strlen(left) + strlen(right) + 2;
    char *path = malloc(bytes);
    if (path == NULL)
        die("out of memory");
    snprintf(path, bytes, "%s/%s", left, right);
    return path;
}

/* The contents of a file, terminated by NUL. Yours. */
static char *read_file(const char *path)
{
    struct stat about;
    FILE *stream = fopen(path, "rb");
    if (stream == NULL || fstat(fileno(stream), &about) != 0)
        die("%s: %s", path, strerror(errno));
    size_t bytes = (size_t)about.st_size;
    char *text = calloc(bytes + 1, 1);
    if (text == NULL)
        die("out of memory");
    if (fread(text, 1, bytes, stream) != bytes)
        die("%s: cannot be read to its end", path);
    fclose(stream);
    return text;
}

static void check_source(const source *file)
{
    file->run->files++;
    check_lines(file);
    check_leftovers(file);
    if (!file->is_c)
        return;
    check_opening_comment(file);
    check_includes(file);
    check_functions(file);
    check_banned_calls(file);
    check_asserts(file);
    check_lmdb_flags(file);
    check_sight(file);
}

static bool is_c_name(const char *name)
{
    return ends_with(name, ".c") || ends_with(name, ".h");
}

static bool is_script_name(const char *name)
{
    return ends_with(name, ".sh") || ends_with(name, ".py") || ends_with(name, ".cmake") ||
           ends_with(name, "CMakeLists.txt") || strchr(name, '.') == NULL;
}

static void check_file(findings *run, const char *top, const char *path)
{
    const char *name = strrchr(path, '/') + 1;
    if (!is_c_name(name) && !is_script_name(name))
        return;
    char *full = join(top, path);
    source file = {.run = run, .path = path, .is_c = is_c_name(name), .raw = read_file(full)};
    bool is_text = file.is_c || strchr(name, '.') != NULL || begins_with(file.raw, "#!");
    file.code = read_file(full);
    if (file.is_c)
        blank_opaque(file.code);
    if (is_text)
        check_source(&file);
    free(file.code);
    free(file.raw);
    free(full);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strcmp(entry->d_name, "__pycache__") != 0;
}

/* The entries of a directory of the tree, by name. Yours, with each entry. */
static int list(const char *top, const char *path, struct dirent ***entries)
{
    char *full = join(top, path);
    int count = scandir(full, entries, is_visible, alphasort);
    if (count < 0 && errno != ENOENT)
        die("%s: %s", full, strerror(errno));
    free(full);
    return count;
}

static void check_directory(findings *run, const char *top, const char *path)
{
    struct dirent **entries;
    int count = list(top, path, &entries);
    for (int i = 0; i < count; i++) {
        char *inner = join(path, entries[i]->d_name);
        char *full = join(top, inner);
        struct stat about;
        if (lstat(full, &about) == 0 && S_ISDIR(about.st_mode))
            check_directory(run, top, inner);
        else if (S_ISREG(about.st_mode))
            check_file(run, top, inner);
        free(full);
        free(inner);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

/* What .gitignore names may lie about: the build and databases tried out by hand. */
static bool may_be_at_top(const char *name)
{
    static const char *const names[] = {
        "CMakeLists.txt", "CMakePresets.json",
        "README.md",      "LICENSE",
        "CHANGELOG.md",   "CONTRIBUTING.md",
        "engine",         "include",
        "tools",          "bench",
        "tests",          "build",
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return ends_with(name, ".warmpath") || ends_with(name, ".warmpath-lock");
}

static void check_top_level(findings *run, const char *top)
{
    struct dirent **entries;
    int count = list(top, ".", &entries);
    for (int i = 0; i < count; i++) {
        if (!may_be_at_top(entries[i]->d_name))
            report(run, entries[i]->d_name, 1, RULE_TOP_LEVEL, "not one of the fixed entries");
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static void check_tree(findings *run, const char *top)
{
    static const char *const parts[] = {"engine", "include", "tools", "bench", "tests"};
    check_top_level(run, top);
    for (size_t i = 0; i < COUNT(parts); i++)
        check_directory(run, top, parts[i]);
}

static size_t fault_count(const findings *run)
{
    size_t faults = 0;
    for (size_t i = 0; i < RULE_COUNT; i++)
        faults += run->faults[i];
    return faults;
}

/* --- the self-test --- */

/* The rule of that name; RULE_COUNT for NULL. */
static rule rule_of(const char *name)
{
    if (name == NULL)
        return RULE_COUNT;
    for (rule it = RULE_LAYERS; it < RULE_COUNT; it++) {
        if (strcmp(rule_names[it], name) == 0)
            return it;
    }
    die("no rule is named %s", name);
}

/* Open a file of a tree for writing and make the directories above it. */
static FILE *create_file(const char *path)
{
    char prefix[PATH_MAX];
    for (const char *at = strchr(path, '/'); at != NULL; at = strchr(at + 1, '/')) {
        snprintf(prefix, sizeof prefix, "%.*s", (int)(at - path), path);
        if (mkdir(prefix, 0700) != 0 && errno != EEXIST)
            die("%s: %s", prefix, strerror(errno));
    }
    FILE *stream = fopen(path, "w");
    if (stream == NULL)
        die("%s: %s", path, strerror(errno));
    return stream;
}

/* Whether the tree breaks exactly the rule expected. */
static bool is_caught(const char *top, rule broken)
{
    findings run = {.is_quiet = true};
    check_tree(&run, top);
    if (broken == RULE_COUNT)
        return fault_count(&run) == 0;
    return run.faults[broken] > 0 && run.faults[broken] == fault_count(&run);
}

static bool try_sample(size_t index, const sample *it)
{
    char top[32];
    snprintf(top, sizeof top, "tree-%zu", index);
    char *path = join(top, it->path);
    FILE *stream = create_file(path);
    fputs(it->head, stream);
    for (size_t i = 0; i < it->times; i++)
        fputs("x;\n", stream);
    fputs(it->tail, stream);
    if (fclose(stream) != 0)
        die("%s: %s", path, strerror(errno));
    free(path);
    bool is_right = is_caught(top, rule_of(it->broken));
    if (!is_right)
        printf("sample %zu, %s: %s\n", index, it->path,
               it->broken == NULL ? "clean, but something was reported" : it->broken);
    return is_right;
}

/* A line too long, in bytes and characters: "é" is one column of two bytes. */
static bool try_line_lengths(void)
{
    bool is_right = true;
    for (size_t extra = 0; extra <= 1; extra++) {
        FILE *stream = create_file(extra ? "long/tests/a.c" : "short/tests/a.c");
        fputs(OPENING "/*", stream);
        for (size_t i = 0; i < COLUMNS_MAX - 4 + extra; i++)
            fputs("\xc3\xa9", stream);
        fputs("*/\n", stream);
        fclose(stream);
        is_right &= is_caught(extra ? "long" : "short", extra ? RULE_LINE_LENGTH : RULE_COUNT);
    }
    if (!is_right)
        puts("line-length: not caught at one column above the limit, or below it");
    return is_right;
}

static int self_test(void)
{
    size_t tried[RULE_COUNT] = {[RULE_LINE_LENGTH] = 1};
    bool is_right = try_line_lengths();
    for (size_t i = 0; i < COUNT(samples); i++) {
        is_right &= try_sample(i, &samples[i]);
        if (samples[i].broken != NULL)
            tried[rule_of(samples[i].broken)]++;
    }
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (tried[i] == 0) {
            printf("no sample breaks the rule %s\n", rule_names[i]);
            is_right = false;
        }
    }
    printf("%zu samples, %d rules: %s\n", COUNT(samples) + 2, RULE_COUNT,
           is_right ? "each caught" : "not all as expected");
    return is_right ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: tidy SOURCE_DIRECTORY | tidy --self-test (in an empty directory)\n", stderr);
        return 2;
    }
    if (strcmp(argv[1], "--self-test") == 0)
        return self_test();
    findings run = {.is_quiet = false};
    check_tree(&run, argv[1]);
    printf("%zu files, %zu faults\n", run.files, fault_count(&run));
    return run.files > 0 && fault_count(&run) == 0 ? 0 : 1;
}
