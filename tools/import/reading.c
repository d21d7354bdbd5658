/*
 * Reading one file: see reading.h.
 */
#include "import/reading.h"

#include <stdlib.h>
#include <string.h>

#include "import/formats.h"
#include "import/mark.h"
#include "import/owner.h"
#include "import/report.h"

/* Strict files of at most so many rows are one transaction. */
#define SINGLE_ROWS_MAX ((uint64_t)200000)

bool reading_begin(run *self, const char *path)
{
    import_result *result = self->result;
    /* Powers of two are where the array is full. */
    if ((result->file_count & (result->file_count - 1)) == 0) {
        size_t capacity = result->file_count == 0 ? 1 : 2 * result->file_count;
        import_file *wider = realloc(result->files, capacity * sizeof *wider);
        if (wider == NULL)
            return false;
        result->files = wider;
    }
    char *copy = strdup(path);
    if (copy == NULL)
        return false;
    self->file = result->file_count;
    result->files[result->file_count++] = (import_file){.path = copy};
    self->tally = (tally){0};
    self->unkept.used = 0;
    self->last = (place){0};
    self->rows_shown = 0;
    return true;
}

/* Read without a database. */
static import_code parse_file(run *self, reader_fn *reader)
{
    place start = {0};
    self->is_checking = true;
    import_code code = reader(self, &start);
    self->is_checking = false;
    return code;
}

/* strict: read without writing; then decide how to write. */
static import_code check_file(run *self, reader_fn *reader)
{
    tally before = self->tally;
    import_code code = run_commit(self, false);
    if (code != IMPORT_DONE)
        return code;
    code = parse_file(self, reader);
    self->is_single = self->tally.read - before.read <= SINGLE_ROWS_MAX;
    self->tally = before;
    self->rows_shown = 0;
    return code;
}

import_code reading_stop(run *self, import_code code)
{
    bool is_kept = !self->is_single && (code == IMPORT_CANCELLED || code == IMPORT_BAD_INPUT) &&
                   !(code == IMPORT_BAD_INPUT && self->options->is_strict);
    if (is_kept) {
        import_code done = run_commit(self, true);
        if (done == IMPORT_DONE)
            return code;
        code = done;
    }
    run_abort(self);
    return code;
}

/* What is read from now on comes from the path given, which may be another; its format is known. */
static import_code begin_source(run *self)
{
    const char *name = self->options->source, *path = self->given;
    char *of_path = name == NULL ? import_source_name(path) : NULL;
    if (name == NULL && of_path == NULL)
        return run_fail_input(self, 0, 0, "memory is exhausted");
    if (name == NULL)
        name = of_path;
    import_code code = run_use_source(self, self->options->is_dump ? NULL : name);
    free(of_path);
    return code;
}

import_code reading_rows(run *self, reader_fn *reader, const char *format, int64_t changed_ns)
{
    place from = {0};
    if (self->options->is_parse_only)
        return parse_file(self, reader);
    import_code code = begin_source(self);
    self->is_single = false;
    if (code == IMPORT_DONE && self->options->is_strict)
        code = check_file(self, reader);
    if (code != IMPORT_DONE)
        return code;
    if (!self->is_single && !self->options->is_dry_run && self->folder == NULL)
        mark_name(self, format, changed_ns);
    code = run_resume(self, &from);
    self->result->files[self->file].resumed_byte = MARK_BYTE(from.next);
    if (code == IMPORT_DONE)
        code = reader(self, &from);
    if (code == IMPORT_DONE)
        code = run_finish(self);
    if (code == IMPORT_DONE && self->options->is_strict)
        code = run_commit(self, false);
    return code == IMPORT_DONE ? code : reading_stop(self, code);
}

void reading_note_problem(run *self, const walk_item *item, const char *problem,
                          const char *expected)
{
    bool says_expected = strstr(problem, ", expected ") != NULL;
    if (item->is_named && self->error->message[0] == '\0')
        run_fail_input(self, 0, 0, "%s%s%s", problem, says_expected ? "" : ", expected ",
                       says_expected ? "" : expected);
}

import_code reading_leave_out(run *self, const walk_item *item, const char *problem)
{
    char formats[FORMATS_TEXT_BYTES], expected[FORMATS_TEXT_BYTES + 32];
    self->result->files[self->file].problem = problem;
    snprintf(expected, sizeof expected, "a file of format %s", formats_list(formats));
    reading_note_problem(self, item, problem, expected);
    return item->is_named && self->options->is_strict ? IMPORT_BAD_INPUT : IMPORT_DONE;
}

import_code reading_leave_empty(run *self)
{
    self->result->files[self->file].problem = "empty";
    return IMPORT_DONE;
}

void reading_forget_owner(run *self)
{
    *self->owner = (owner){0};
    if (self->options->owner != NULL)
        owner_add_email(self->owner, self->options->owner, true);
}

void reading_prefer_owner(run *self)
{
    if (self->options->owner != NULL)
        owner_add_email(self->owner, self->options->owner, true);
}

import_code reading_as(run *self, const char *name, int64_t changed_ns)
{
    reader_fn *reader = NULL;
    const char *format = formats_find(name, &reader);
    self->result->files[self->file].format = format;
    import_code code = reading_rows(self, reader, format, changed_ns);
    if (!run_settle(self) && code == IMPORT_DONE)
        code = run_fail_input(self, 0, 0, "memory is exhausted");
    return code;
}

import_code reading_check_owner(run *self)
{
    return self->owner->has_no_memory ? run_fail_input(self, 0, 0, "memory is exhausted")
                                      : IMPORT_DONE;
}
