/*
 * warmpath dump: everything as JSON lines, in the native exchange format (tools/import/jsonl.c).
 *
 * The order is fixed: companies, people, employments that were stated, interactions, stated ties,
 * consent; each in the order of the engine's numbers. Loading creates people and companies in the
 * order of the lines, so a dump that is loaded and dumped again is the same, byte by byte. What
 * follows from the rest (employments suggested by an address, strengths) is not written.
 *
 * The snapshot is held until the last line is out: a dump is one state. The lines themselves are
 * made in dump_lines.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "dump_lines.h"
#include "output.h"
#include "text.h"

/* Write one line and free the object. */
static int write_line(dump *out, json_t *line)
{
    size_t digits = (size_t)dump_digits(line);
    size_t flags = JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(digits);
    bool is_written = json_dumpf(line, out->stream, flags) == 0 && fputc('\n', out->stream) != EOF;

    json_decref(line);
    out->line_count++;
    if (!is_written)
        return CODE_STOPPED; /* the reason is told when the stream is closed */
    if (app_is_cancelled(out->self))
        return app_fail(out->self, CODE_STOPPED, "interrupted: the dump is incomplete");
    return CODE_DONE;
}

static int dump_companies(dump *out)
{
    app *self = out->self;
    wp_company company;
    wp_number number = 0;
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_company_next(self->txn, &number, &self->err)) != WP_ENOTFOUND) {
        if (status == WP_OK)
            status = wp_company_get(self->txn, number, &company, &self->err);
        if (status != WP_OK)
            return app_fail_status(self, "companies");
        code = write_line(out, dump_company(&company));
    }
    return code;
}

static int dump_people(dump *out)
{
    app *self = out->self;
    wp_person found;
    wp_number number = 0;
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_person_next(self->txn, &number, &self->err)) != WP_ENOTFOUND) {
        if (status == WP_OK)
            status = wp_person_get(self->txn, number, 0, &found, &self->err);
        if (status != WP_OK)
            return app_fail_status(self, "people");
        code = write_line(out, dump_person(&found));
    }
    return code;
}

/* The employments of one person that somebody stated. */
static int dump_employments_of(dump *out, wp_number number)
{
    app *self = out->self;
    wp_employment next = {.person = number};
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_employment_next(self->txn, &next, &self->err)) != WP_ENOTFOUND) {
        json_t *line = NULL;
        if (status != WP_OK)
            return app_fail_status(self, "employments");
        if (next.is_suggested)
            continue;
        code = dump_employment(out, &next, &line);
        if (code == CODE_DONE)
            code = write_line(out, line);
        next.title = NULL; /* borrowed, and ended by the look-ups */
    }
    return code;
}

static int dump_employments(dump *out)
{
    app *self = out->self;
    wp_number number = 0;
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_person_next(self->txn, &number, &self->err)) != WP_ENOTFOUND) {
        if (status != WP_OK)
            return app_fail_status(self, "people");
        code = dump_employments_of(out, number);
    }
    return code;
}

static int dump_interactions(dump *out)
{
    app *self = out->self;
    uint64_t number = 0;
    wp_interaction interaction;
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_interaction_next(self->txn, &number, &self->err)) != WP_ENOTFOUND) {
        json_t *line = NULL;
        if (status == WP_OK)
            status = wp_interaction_get(self->txn, number, &interaction, &self->err);
        if (status != WP_OK)
            return app_fail_status(self, "interactions");
        code = dump_interaction(out, &interaction, &line);
        if (code == CODE_DONE)
            code = write_line(out, line);
    }
    return code;
}

static int dump_ties(dump *out)
{
    app *self = out->self;
    wp_stated_tie tie = {0};
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_stated_tie_next(self->txn, &tie, &self->err)) != WP_ENOTFOUND) {
        json_t *line = NULL;
        if (status != WP_OK)
            return app_fail_status(self, "ties");
        code = dump_tie(out, &tie, &line);
        if (code == CODE_DONE)
            code = write_line(out, line);
    }
    return code;
}

static int dump_consent(dump *out)
{
    app *self = out->self;
    wp_person found;
    wp_number number = 0;
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_person_next(self->txn, &number, &self->err)) != WP_ENOTFOUND) {
        json_t *lines[2] = {NULL, NULL};
        if (status == WP_OK)
            status = wp_person_get(self->txn, number, 0, &found, &self->err);
        if (status != WP_OK)
            return app_fail_status(self, "consent");
        dump_decisions(&found, lines);
        for (int i = 0; i < 2; i++)
            if (lines[i] != NULL && code == CODE_DONE)
                code = write_line(out, lines[i]);
            else
                json_decref(lines[i]);
    }
    return code;
}

static int dump_all(dump *out)
{
    int code = dump_companies(out);

    if (code == CODE_DONE)
        code = dump_people(out);
    if (code == CODE_DONE)
        code = dump_employments(out);
    if (code == CODE_DONE)
        code = dump_interactions(out);
    if (code == CODE_DONE)
        code = dump_ties(out);
    if (code == CODE_DONE)
        code = dump_consent(out);
    return code;
}

int cmd_dump(app *self)
{
    const char *path = self->given.word_count > 0 ? self->given.words[0] : "-";
    dump out = {.self = self};
    output_file file;
    int code = app_begin_read(self);

    if (code == CODE_DONE)
        code = output_file_open(self, path, &file);
    if (code != CODE_DONE)
        return code;
    out.stream = file.stream;
    code = dump_all(&out);
    if (code == CODE_STOPPED && ferror(file.stream) != 0 && strcmp(path, "-") != 0)
        (void)app_fail(self, code, "%s: %s, nothing was written", path, strerror(errno));
    app_end(self);
    code = output_file_close(self, &file, code);
    if (code == CODE_DONE && strcmp(path, "-") != 0)
        app_note(self, "%llu lines written to %s", (unsigned long long)out.line_count, path);
    dump_free(&out);
    return code;
}
