/*
 * How fast are files of each format read, and how fast are they imported?
 *
 * For each format of format_rows.c a file is written with ten rows a person of the graph, everybody
 * writing to the ten next; in a table of contacts each row is somebody else. The tool imports it
 * into a new database, in a dry run, which is reading, parsing and looking up in an empty database,
 * and for good. The limit is reading the file and counting its lines, in the same trial. Two parts
 * of it are measured by themselves, with the readers that the tool has: cutting a table into cells,
 * without a look at what they mean, and parsing alone, which makes of every row the records that
 * would be stored (cells, text, days, names, identities), counts them and does nothing else.
 *
 * Verified: parsing alone finds every row, and the database holds every row afterwards, which takes
 * the import; with -c "dry run" or the name of a format what it does not name is left out.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format_rows.h"
#include "graph.h"
#include "import/csv.h"
#include "import/import.h"
#include "tool.h"

#define ROWS_A_PERSON 10
#define READ_BYTES ((size_t)256 * 1024)

/* What was measured of one way to read a file. */
typedef struct runs {
    bench_times wall; /* seconds */
    bench_times
        processor; /* seconds of all threads, which other work of the machine changes less */
    double peak_mb;
} runs;

typedef struct session {
    bench_options *options;
    uint32_t people;
    char tool[512];
    char text[512];
    char database[512];
    double megabytes;
    bench_times raw; /* seconds */
    runs cells, parsed, dry, real;
} session;

static uint64_t rows_of(const session *it)
{
    return (uint64_t)it->people * ROWS_A_PERSON;
}

static void write_text(session *it, const format *kind)
{
    FILE *stream = fopen(it->text, "w");
    if (stream == NULL)
        bench_die("%s cannot be written: %s", it->text, strerror(errno));
    format_write(stream, kind, it->people, rows_of(it));
    it->megabytes = (double)ftell(stream) / 1e6;
    if (fclose(stream) != 0)
        bench_die("%s cannot be written: %s", it->text, strerror(errno));
}

/* Read the file and count its lines; the seconds that it took. */
static double read_raw(const session *it)
{
    char *buffer = bench_new(READ_BYTES, 1);
    double start = bench_now_us();
    int file = open(it->text, O_RDONLY | O_CLOEXEC);
    volatile size_t feeds = 0;
    ssize_t got = 0;
    while (file >= 0 && (got = read(file, buffer, READ_BYTES)) > 0)
        for (char *at = buffer, *end = buffer + got;
             (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
            feeds++;
    if (file < 0 || got < 0 || close(file) != 0)
        bench_die("%s cannot be read: %s", it->text, strerror(errno));
    free(buffer);
    return (bench_now_us() - start) / 1e6;
}

/* Cut the table into cells. */
static void cut_cells(session *it, const format *kind)
{
    csv_count count;
    double start = bench_now_us();
    int file = open(it->text, O_RDONLY | O_CLOEXEC);
    uint64_t records = rows_of(it) + kind->header_records;
    if (csv_measure(file, &count) != LINES_OK || count.records != records || count.bad != 0)
        bench_die("%s was not cut into %" PRIu64 " records", it->text, records);
    if (close(file) != 0)
        bench_die("%s cannot be closed: %s", it->text, strerror(errno));
    bench_times_add(&it->cells.wall, (bench_now_us() - start) / 1e6);
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Seconds of this process, of all its threads. */
static double processor_seconds(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        bench_die("the time of the processor cannot be read: %s", strerror(errno));
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

/* Take every row apart, up to what would be stored. */
static void parse(session *it, const format *kind)
{
    import_options options = {.format = kind->tool,
                              .owner = kind->has_owner ? FORMAT_OWNER : NULL,
                              .is_parse_only = true};
    import_result result;
    import_error error;
    const char *const path = it->text;
    double processor = processor_seconds(), start = bench_now_us();
    import_code code = import_paths(NULL, &path, 1, &options, &result, &error);
    bench_times_add(&it->parsed.wall, (bench_now_us() - start) / 1e6);
    bench_times_add(&it->parsed.processor, processor_seconds() - processor);
    uint64_t added = code == IMPORT_DONE ? result.files[0].added : 0;
    if (code != IMPORT_DONE || added != rows_of(it) || result.files[0].read != added)
        bench_die("%s: %" PRIu64 " of %" PRIu64 " rows were parsed: %s", kind->name, added,
                  rows_of(it), error.message);
    import_result_free(&result);
}

static void import(session *it, const format *kind, bool is_dry, runs *out)
{
    struct rusage usage;
    char *const arguments[] = {it->tool,
                               "--db",
                               it->database,
                               "import",
                               "--format",
                               (char *)kind->tool,
                               it->text,
                               "--quiet",
                               is_dry ? "--dry-run" : "--quiet",
                               kind->has_owner ? "--owner" : NULL,
                               FORMAT_OWNER,
                               NULL};
    double start = bench_now_us();
    tool_run(arguments, &usage);
    bench_times_add(&out->wall, (bench_now_us() - start) / 1e6);
    bench_times_add(&out->processor, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
    if (tool_peak_mb(&usage) > out->peak_mb)
        out->peak_mb = tool_peak_mb(&usage);
}

static bench_verdict verify(const session *it, const format *kind)
{
    wp_error err;
    wp_db *db = NULL;
    wp_txn *txn = NULL;
    wp_stats stats;
    bench_check(wp_open(it->database, NULL, &db, &err), &err);
    bench_check(wp_begin_read(db, &txn, &err), &err);
    bench_check(wp_stats_get(txn, &stats, &err), &err);
    wp_abort(txn);
    wp_close(db);
    uint64_t wanted = kind->rows == ROW_PERSON ? rows_of(it) + (kind->has_owner ? 1 : 0)
                      : kind->rows == ROW_TASK ? 2 * (uint64_t)it->people
                                               : it->people;
    bool is_right = stats.people == wanted;
    if (kind->rows != ROW_PERSON)
        is_right &= rows_of(it) == (kind->rows == ROW_TIE ? stats.ties : stats.interactions);
    return !it->options->is_verifying ? BENCH_UNVERIFIED : is_right ? BENCH_RIGHT : BENCH_WRONG;
}

/* How much was read a second of some time, in units of so many a file. */
static void report_rate(session *it, const char *name, const char *unit, double a_file,
                        const bench_times *seconds, bench_verdict judged)
{
    bench_times rates = {NULL, 0, 0};
    bench_result rate = {.name = name, .unit = unit, .ours = &rates, .verdict = judged};
    for (size_t i = 0; i < seconds->count; i++)
        bench_times_add(&rates, a_file / seconds->items[i]);
    bench_report(it->options, &rate);
    bench_times_free(&rates);
}

static void report(session *it, const format *kind, const char *what, runs *from,
                   bench_verdict judged)
{
    char name[64];
    bench_result time = {.name = name,
                         .unit = "s",
                         .ours = &from->wall,
                         .against = "raw read",
                         .theirs = &it->raw,
                         .verdict = judged};
    if (from->wall.count == 0)
        return;
    snprintf(name, sizeof name, "%s, %s, time", kind->name, what);
    bench_report(it->options, &time);
    snprintf(name, sizeof name, "%s, %s", kind->name, what);
    report_rate(it, name, "MB/s", it->megabytes, &from->wall, judged);
    snprintf(name, sizeof name, "%s, %s, rows", kind->name, what);
    report_rate(it, name, "rows/s", (double)rows_of(it), &from->wall, judged);
    snprintf(name, sizeof name, "%s, %s, processor", kind->name, what);
    if (from->processor.count > 0)
        report_rate(it, name, "MB/s", it->megabytes, &from->processor, judged);
    snprintf(name, sizeof name, "%s, %s, memory", kind->name, what);
    if (from->peak_mb > 0.0)
        bench_report_value(it->options, name, "MB", from->peak_mb);
    bench_times_free(&from->wall);
    bench_times_free(&from->processor);
    from->peak_mb = 0.0;
}

/* Whether one of the cases of a format that begin so is asked for. */
static bool asks_for(const session *it, const format *kind, const char *what)
{
    static const char *const cases[] = {"", ", time", ", rows", ", processor", ", memory"};
    char name[64];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(name, sizeof name, "%s, %s%s", kind->name, what, cases[i]);
        if (bench_asks_for(it->options, name))
            return true;
    }
    return false;
}

static void run_format(session *it, const format *kind)
{
    struct rusage usage;
    char *const init[] = {it->tool, "--db", it->database, "init", "--quiet", NULL};
    bench_verdict judged = BENCH_UNVERIFIED;
    bool has_cells = kind->header != NULL && asks_for(it, kind, "cells alone");
    bool has_parsed = asks_for(it, kind, "parse alone");
    bool has_dry = asks_for(it, kind, "dry run"), has_real = asks_for(it, kind, "import");
    if (!has_cells && !has_parsed && !has_dry && !has_real)
        return;
    write_text(it, kind);
    for (uint32_t i = 0; i < it->options->trials; i++) {
        graph_remove(it->database);
        tool_run(init, &usage);
        bench_times_add(&it->raw, read_raw(it));
        if (has_cells)
            cut_cells(it, kind);
        if (has_parsed)
            parse(it, kind);
        if (has_dry)
            import(it, kind, true, &it->dry);
        if (has_real) {
            import(it, kind, false, &it->real);
            judged = judged == BENCH_WRONG ? BENCH_WRONG : verify(it, kind);
        }
    }
    report(it, kind, "cells alone", &it->cells, judged);
    report(it, kind, "parse alone", &it->parsed, judged);
    report(it, kind, "dry run", &it->dry, judged);
    report(it, kind, "import", &it->real, judged);
    graph_remove(it->database);
    if (unlink(it->text) != 0)
        bench_die("%s could not be removed", it->text);
    bench_times_free(&it->raw);
}

int main(int argc, char **argv)
{
    static const bench_about about = {
        "formats", "How fast are files of each format read, and how fast are they imported?",
        "community-20k", 3};
    bench_options options;
    graph_plan plan;
    session it = {.options = &options};
    bench_begin(&options, &about, argc, argv);
    tool_find(it.tool, sizeof it.tool);
    graph_read_name(&options, &plan);
    if (plan.kind != GRAPH_EVIDENCE)
        bench_die("-g: %s, expected community-N", options.graph);
    it.people = plan.people;
    snprintf(it.text, sizeof it.text, "%s/warmpath-bench-formats-%ld.text", options.directory,
             (long)getpid());
    snprintf(it.database, sizeof it.database, "%s/warmpath-bench-formats-%ld.warmpath",
             options.directory, (long)getpid());
    for (size_t i = 0; i < format_count; i++)
        run_format(&it, &formats[i]);
    return bench_end(&options);
}
