/*
 * warmpath reach: everybody within reach of us, or of somebody.
 *
 * The answer may hold every person of the database, so rows are written as they are read, in all
 * three forms; the snapshot is therefore held until the last row is out.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "csv.h"
#include "date.h"
#include "doc.h"
#include "output.h"
#include "person.h"
#include "text.h"
#include "who.h"

#define LIMIT_DEFAULT 50
#define NO_BREAK "\xC2\xA0" /* a space at which text_wrap() breaks no line */

typedef struct reach_question {
    const char *from;
    const char *csv_path; /* NULL: none */
    uint32_t limit;       /* people listed */
    wp_reach_query query;
    who_list sources;
} reach_question;

static int read_options(const app *self, reach_question *question)
{
    wp_reach_query *query = &question->query;
    int code;

    question->from = args_get(&self->given, "from");
    if (question->from == NULL)
        question->from = "us";
    question->csv_path = args_get(&self->given, "csv");
    if (self->is_json && question->csv_path != NULL)
        return app_fail(self, CODE_USAGE, "--json, --csv: both given, expected one");
    question->limit = self->is_json || question->csv_path != NULL ? UINT32_MAX : LIMIT_DEFAULT;
    query->is_plain = args_has(&self->given, "plain");
    query->day = self->day;
    query->limits.cancel = self->cancel;
    if ((code = app_option_hops(self, &query->hops_max)) != CODE_DONE ||
        (code = app_option_u32(self, "limit", 1, UINT32_MAX, &question->limit)) != CODE_DONE ||
        (code = app_option_number(self, "min-score", 0, 1, &query->score_min)) != CODE_DONE)
        return code;
    return app_option_u32(self, "deadline", 1, UINT32_MAX, &query->limits.deadline_ms);
}

static int find_sources(app *self, reach_question *question)
{
    who_found from;
    int code = who_find(self, "--from", question->from, CODE_INPUT, &from);

    if (code != CODE_DONE)
        return code;
    code = from.kind == WHO_US ? who_us(self, &question->sources)
                               : who_people(self, from, &question->sources);
    if (code == CODE_DONE && question->sources.count == 0)
        code = app_fail(self, CODE_INPUT, "--from: %s: nobody is %s on that day", question->from,
                        from.kind == WHO_GROUP ? "in it" : "employed there");
    question->query.sources = question->sources.items;
    question->query.source_count = question->sources.count;
    return code;
}

/* People by hops: counts[0] at one hop. As many counts as the limit, or as the farthest. */
typedef struct hop_counts {
    uint64_t *items;
    size_t count;
} hop_counts;

static hop_counts count_hops(const wp_reach *reach, uint32_t hops_max)
{
    const wp_reached *people = wp_reach_items(reach);
    hop_counts counts = {NULL, hops_max};

    for (size_t i = 0; i < wp_reach_count(reach); i++)
        if (people[i].hops > counts.count)
            counts.count = people[i].hops;
    counts.items = text_new(counts.count, sizeof *counts.items);
    for (size_t i = 0; i < wp_reach_count(reach); i++)
        if (people[i].hops > 0)
            counts.items[people[i].hops - 1]++;
    return counts;
}

static size_t listed_count(const reach_question *question, const wp_reach *reach)
{
    size_t count = wp_reach_count(reach);

    return count < question->limit ? count : question->limit;
}

static bool is_broken(FILE *stream)
{
    return ferror(stream) != 0; /* the reader went away or the disk is full: stop early */
}

static int print_json(app *self, const reach_question *question, const wp_reach *reach)
{
    hop_counts counts = count_hops(reach, question->query.hops_max);
    size_t listed = listed_count(question, reach);
    json_t *head = doc_object(), *hops = doc_array();
    int code = CODE_DONE;

    for (size_t i = 0; i < counts.count; i++)
        doc_add(hops, json_integer((json_int_t)counts.items[i]));
    free(counts.items);
    doc_put(head, "day", doc_day(self->day));
    doc_put(head, "from", doc_text(question->from));
    doc_put(head, "hops_max", doc_hops(question->query.hops_max));
    doc_put(head, "complete", json_boolean(wp_reach_is_complete(reach)));
    doc_put(head, "counts", hops);
    doc_put(head, "people", doc_array());
    doc_open_list(stdout, head);
    for (size_t i = 0; i < listed && code == CODE_DONE && !is_broken(stdout); i++) {
        const wp_reached *reached = &wp_reach_items(reach)[i];
        person_view found;
        code = person_read(self, reached->person, &found);
        if (code != CODE_DONE)
            break;
        json_t *row = person_json(&found);
        doc_put(row, "cost", json_integer((json_int_t)reached->cost));
        doc_put(row, "score", doc_number(reached->score));
        doc_put(row, "hops", json_integer((json_int_t)reached->hops));
        doc_add_listed(stdout, row, i == 0);
        person_free(&found);
    }
    doc_close_list(stdout);
    return code;
}

static int write_csv(app *self, const reach_question *question, const wp_reach *reach, FILE *stream)
{
    static const char *const head[] = {"number", "name", "email", "id",    "company",
                                       "title",  "us",   "cost",  "score", "hops"};
    size_t listed = listed_count(question, reach);

    csv_write_row(stream, head, sizeof head / sizeof head[0]);
    for (size_t i = 0; i < listed && !is_broken(stream); i++) {
        const wp_reached *reached = &wp_reach_items(reach)[i];
        person_view found;
        char number[16], cost[24], score[32], hops[16];
        int code = person_read(self, reached->person, &found);
        if (code != CODE_DONE)
            return code;
        (void)snprintf(number, sizeof number, "%u", found.number);
        (void)snprintf(cost, sizeof cost, "%llu", (unsigned long long)reached->cost);
        (void)snprintf(score, sizeof score, "%.6g", reached->score);
        (void)snprintf(hops, sizeof hops, "%u", reached->hops);
        const char *cells[] = {number,
                               found.name,
                               found.email,
                               found.id,
                               found.company,
                               found.title,
                               found.is_us ? "true" : "false",
                               cost,
                               score,
                               hops};
        csv_write_row(stream, cells, sizeof cells / sizeof cells[0]);
        person_free(&found);
    }
    return CODE_DONE;
}

static int print_csv(app *self, const reach_question *question, const wp_reach *reach)
{
    output_file file;
    int code = output_file_open(self, question->csv_path, &file);

    if (code != CODE_DONE)
        return code;
    code = write_csv(self, question, reach, file.stream);
    code = output_file_close(self, &file, code);
    if (code == CODE_DONE && strcmp(question->csv_path, "-") != 0)
        app_note(self, "%zu people written to %s", listed_count(question, reach),
                 question->csv_path);
    return code;
}

static void print_heading(const app *self, const reach_question *question, const wp_reach *reach)
{
    hop_counts counts = count_hops(reach, question->query.hops_max);
    char day[DATE_TEXT_BYTES];
    text_buffer line = {0};
    size_t count = wp_reach_count(reach);

    text_add_format(&line, "%zu %s within reach of %s on %s", count,
                    count == 1 ? "person" : "people", question->from,
                    date_format_day(self->day, day));
    for (size_t i = 0; i < counts.count; i++)
        text_add_format(&line, "%s%llu" NO_BREAK "at" NO_BREAK "%zu" NO_BREAK "hop%s",
                        i == 0 ? ": " : ", ", (unsigned long long)counts.items[i], i + 1,
                        i == 0 ? "" : "s");
    output_heading(self, line.text);
    if (!wp_reach_is_complete(reach))
        (void)puts("incomplete: the search was stopped, there may be more and better");
    free(line.text);
    free(counts.items);
}

static int add_row(app *self, table *rows, const wp_reached *reached)
{
    person_view found;
    char score[OUTPUT_SCORE_BYTES], hops[16];
    int code = person_read(self, reached->person, &found);

    if (code != CODE_DONE)
        return code;
    (void)snprintf(hops, sizeof hops, "%u", reached->hops);
    const char *cells[] = {output_score(reached->score, score), hops, person_label(&found),
                           found.title, found.company_name};
    table_add(rows, cells);
    person_free(&found);
    return CODE_DONE;
}

static int print_table(app *self, const reach_question *question, const wp_reach *reach)
{
    static const column columns[] = {{"score", true, 0, false},
                                     {"hops", true, 0, false},
                                     {"person", false, 16, false},
                                     {"title", false, 8, false},
                                     {"company", false, 8, false}};
    table *rows = table_new(columns, sizeof columns / sizeof columns[0]);
    size_t listed = listed_count(question, reach), count = wp_reach_count(reach);
    int code = CODE_DONE;

    print_heading(self, question, reach);
    for (size_t i = 0; i < listed && code == CODE_DONE; i++)
        code = add_row(self, rows, &wp_reach_items(reach)[i]);
    if (code == CODE_DONE) {
        table_print(self, rows, 0);
        if (listed < count)
            (void)printf("… and %zu more (--limit)\n", count - listed);
    }
    table_free(rows);
    return code;
}

static int answer_question(app *self, const reach_question *question)
{
    wp_reach *reach = NULL;
    int code = app_code_of(wp_reach_find(self->txn, &question->query, &reach, &self->err));
    int printed;

    if (code != CODE_DONE && code != CODE_STOPPED)
        return app_fail_status(self, question->from);
    if (code == CODE_STOPPED)
        (void)app_fail_status(self, "incomplete");
    if (self->is_json)
        printed = print_json(self, question, reach);
    else if (question->csv_path != NULL)
        printed = print_csv(self, question, reach);
    else
        printed = print_table(self, question, reach);
    wp_reach_free(reach);
    return printed != CODE_DONE ? printed : code;
}

int cmd_reach(app *self)
{
    reach_question question = {.query = WP_REACH_QUERY_INIT};
    int code = read_options(self, &question);

    if (code == CODE_DONE)
        code = who_begin_read(self);
    if (code == CODE_DONE)
        code = find_sources(self, &question);
    if (code == CODE_DONE)
        code = answer_question(self, &question);
    app_asked(self, WP_AUDIT_ASK_ALL, 0);
    who_list_free(&question.sources);
    return code;
}
