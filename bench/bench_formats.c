/*
 * How fast are files of each format read, and how fast are they imported?
 *
 * For each format of the table a file is written with ten rows a person of the graph, everybody
 * writing to the ten next; in a table of contacts each row is somebody else. The tool imports it
 * into a new database, in a dry run, which is reading, parsing and looking up in an empty database,
 * and for good. The limit is reading the file and counting its lines, in the same trial. Cutting a
 * table into cells, without a look at what they mean, is measured by itself, with the reader that
 * the tool has. Messages have a header of half a kilobyte and a body of one; what share bodies have
 * decides how fast mail is in MB/s, since they are passed over.
 *
 * Verified: the database holds every row afterwards. A further format is a row of the table and a
 * function that writes one row.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "graph.h"
#include "import/csv.h"
#include "tool.h"

#define ROWS_A_PERSON 10
#define COMPANIES 500
#define BODY_LINES 16
#define READ_BYTES ((size_t)256 * 1024)

/* A row: the i-th message or tie, from one person to another. */
typedef void write_fn(FILE *stream, uint64_t i, uint32_t from, uint32_t to);

typedef enum row_kind { ROW_INTERACTION, ROW_TIE, ROW_PERSON } row_kind;

typedef struct format {
    const char *name;
    row_kind rows;
    write_fn *write;
    const char *header; /* the first line; NULL: none */
} format;

typedef struct session {
    bench_options *options;
    uint32_t people;
    char tool[512];
    char text[512];
    char database[512];
    double megabytes;
    bench_times raw, cells, dry, real; /* seconds */
    double dry_peak_mb, real_peak_mb;
} session;

static unsigned day_of(uint64_t i)
{
    return 1 + (unsigned)(i % 28);
}

static void write_mbox(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    unsigned a = from % COMPANIES, b = to % COMPANIES;
    fprintf(stream,
            "From p%u@c%u.example Mon Jan %2u 12:00:00 2024\n"
            "Received: from mail.c%u.example (mail.c%u.example [192.0.2.26])\n"
            "\tby mx.c%u.example with ESMTPS id e3a25d2f;\n\tMon, %u Jan 2024 12:00:00 +0000\n"
            "Date: Mon, %u Jan 2024 12:00:00 +0000\nFrom: \"Person %u\" <p%u@c%u.example>\n"
            "To: =?utf-8?Q?P=C3=A9rson_%u?= <p%u@c%u.example>\n"
            "Message-ID: <%" PRIu64 "@c%u.example>\nSubject: Delivery dates\n"
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n",
            from, a, day_of(i), a, a, b, day_of(i), day_of(i), from, from, a, to, to, b, i, a);
    for (int line = 0; line < BODY_LINES; line++)
        fputs("The second cell went well, and we should talk about the trial.\n", stream);
    fputc('\n', stream);
}

static void write_jsonl(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    unsigned a = from % COMPANIES, b = to % COMPANIES;
    fprintf(stream,
            "{\"type\":\"interaction\",\"id\":\"<%" PRIu64 "@c%u.example>\",\"kind\":\"mail\","
            "\"time\":\"2024-01-%02uT12:00:00Z\",\"from\":\"p%u@c%u.example\","
            "\"to\":[\"p%u@c%u.example\"],\"cc\":[],\"bcc\":[],\"valence\":0,\"reply_to\":null}\n",
            i, a, day_of(i), from, a, to, b);
}

static void write_edges(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    fprintf(stream, "%u,%u,0.%u\n", from, to, (unsigned)(10 + i % 90));
}

static void write_contact(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    fprintf(stream,
            "Ann%u,Lee%u,q%" PRIu64 "@c%u.example,\"Company %u, Inc.\",Head of Purchasing,"
            "+49 30 5550%03u,\"Met at the fair in spring, wants a call back in autumn\",Berlin\n",
            from % 977, to % 1013, i, from % COMPANIES, from % COMPANIES, to % 1000);
}

static const format formats[] = {
    {"mbox", ROW_INTERACTION, write_mbox, NULL},
    {"jsonl", ROW_INTERACTION, write_jsonl, NULL},
    {"csv", ROW_PERSON, write_contact,
     "First Name,Last Name,Email Address,Company,Position,Phone,Notes,City\n"},
    {"edges", ROW_TIE, write_edges, NULL}};

static void write_text(session *it, const format *kind)
{
    FILE *stream = fopen(it->text, "w");
    if (stream == NULL)
        bench_die("%s cannot be written: %s", it->text, strerror(errno));
    if (kind->header != NULL)
        fputs(kind->header, stream);
    for (uint64_t i = 0; i < (uint64_t)it->people * ROWS_A_PERSON; i++) {
        uint32_t from = (uint32_t)(i % it->people);
        uint32_t to = (uint32_t)((from + 1 + i / it->people) % it->people);
        kind->write(stream, i, from + 1, to + 1);
    }
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

/* Cut the table into cells; the seconds that it took. */
static double cut_cells(const session *it)
{
    csv_count count;
    double start = bench_now_us();
    int file = open(it->text, O_RDONLY | O_CLOEXEC);
    uint64_t rows = (uint64_t)it->people * ROWS_A_PERSON + 1;
    if (csv_measure(file, &count) != LINES_OK || count.records != rows || count.bad != 0)
        bench_die("%s was not cut into %" PRIu64 " records", it->text, rows);
    if (close(file) != 0)
        bench_die("%s cannot be closed: %s", it->text, strerror(errno));
    return (bench_now_us() - start) / 1e6;
}

static double import(session *it, const format *kind, bool is_dry, double *peak_mb)
{
    struct rusage usage;
    char *const arguments[] = {it->tool,
                               "--db",
                               it->database,
                               "import",
                               "--quiet",
                               "--format",
                               (char *)kind->name,
                               it->text,
                               is_dry ? "--dry-run" : NULL,
                               NULL};
    double start = bench_now_us();
    tool_run(arguments, &usage);
    double seconds = (bench_now_us() - start) / 1e6;
    if (tool_peak_mb(&usage) > *peak_mb)
        *peak_mb = tool_peak_mb(&usage);
    return seconds;
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
    uint64_t wanted = (uint64_t)it->people * ROWS_A_PERSON;
    uint64_t rows = kind->rows == ROW_INTERACTION ? stats.interactions
                    : kind->rows == ROW_TIE       ? stats.ties
                                                  : stats.people;
    bool is_right = rows == wanted && (kind->rows == ROW_PERSON || stats.people == it->people);
    return !it->options->is_verifying ? BENCH_UNVERIFIED : is_right ? BENCH_RIGHT : BENCH_WRONG;
}

static void report(session *it, const format *kind, const char *what, bench_times *seconds,
                   double peak_mb, bench_verdict judged)
{
    char name[64];
    bench_times rates = {NULL, 0, 0};
    bench_result time = {.name = name,
                         .unit = "s",
                         .ours = seconds,
                         .against = "raw read",
                         .theirs = &it->raw,
                         .verdict = judged};
    bench_result rate = {.name = name, .unit = "MB/s", .ours = &rates, .verdict = judged};
    for (size_t i = 0; i < seconds->count; i++)
        bench_times_add(&rates, it->megabytes / seconds->items[i]);
    snprintf(name, sizeof name, "%s, %s, time", kind->name, what);
    bench_report(it->options, &time);
    snprintf(name, sizeof name, "%s, %s", kind->name, what);
    bench_report(it->options, &rate);
    snprintf(name, sizeof name, "%s, %s, memory", kind->name, what);
    if (peak_mb > 0.0)
        bench_report_value(it->options, name, "MB", peak_mb);
    bench_times_free(&rates);
}

static void run_format(session *it, const format *kind)
{
    struct rusage usage;
    char *const init[] = {it->tool, "--db", it->database, "init", "--quiet", NULL};
    bench_verdict judged = BENCH_UNVERIFIED;
    it->dry_peak_mb = it->real_peak_mb = 0;
    write_text(it, kind);
    for (uint32_t i = 0; i < it->options->trials; i++) {
        graph_remove(it->database);
        tool_run(init, &usage);
        bench_times_add(&it->raw, read_raw(it));
        if (kind->rows == ROW_PERSON)
            bench_times_add(&it->cells, cut_cells(it));
        bench_times_add(&it->dry, import(it, kind, true, &it->dry_peak_mb));
        bench_times_add(&it->real, import(it, kind, false, &it->real_peak_mb));
        judged = judged == BENCH_WRONG ? BENCH_WRONG : verify(it, kind);
    }
    if (it->cells.count > 0)
        report(it, kind, "cells alone", &it->cells, 0.0, judged);
    report(it, kind, "dry run", &it->dry, it->dry_peak_mb, judged);
    report(it, kind, "import", &it->real, it->real_peak_mb, judged);
    graph_remove(it->database);
    if (unlink(it->text) != 0)
        bench_die("%s could not be removed", it->text);
    bench_times_free(&it->raw);
    bench_times_free(&it->cells);
    bench_times_free(&it->dry);
    bench_times_free(&it->real);
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
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        run_format(&it, &formats[i]);
    return bench_end(&options);
}
