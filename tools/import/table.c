/*
 * A file with a header and rows.
 *
 * A row that says several facts is new when one of them is, and skipped when the database refuses
 * one; the others are stored all the same, since what is right about a person does not depend on
 * what is wrong with a company.
 */
#include "import/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import/charset.h"

const char *table_keep(table *self, const char *text)
{
    size_t bytes = strlen(text) + 1;
    if (bytes > sizeof self->text - self->text_used)
        return NULL;
    char *kept = memcpy(self->text + self->text_used, text, bytes);
    self->text_used += bytes;
    return kept;
}

const char *table_keep_name(table *self, const char *text)
{
    char *tidy = NULL;
    if (charset_is_tidy_name(text))
        return table_keep(self, text);
    if (*text != '\0' && !charset_tidy_name(text, &tidy))
        self->has_no_memory = true;
    if (tidy == NULL && strlen(text) > NAME_BYTES_MAX)
        run_note(self->run, NOTE_LONG_TEXT);
    const char *kept = tidy == NULL ? NULL : table_keep(self, tidy);
    free(tidy);
    return kept;
}

void table_hash_row(table *self, const csv_row *row)
{
    if (self->run->options->is_dry_run)
        self->hash = fact_hash_cells(self->run, row->cells, row->count);
}

import_code table_store(table *self)
{
    verdict what;
    what.outcome = OUTCOME_KNOWN; /* the rest means nothing then */
    self->facts++;
    import_code code = fact_store(self->run, &self->fact, self->hash + self->facts, &what);
    self->is_new = self->is_new || what.outcome == OUTCOME_ADDED;
    if (what.outcome == OUTCOME_SKIPPED && self->refused.outcome != OUTCOME_SKIPPED)
        self->refused = what;
    return code;
}

bool table_check_key(csv_row *row, size_t column, const char *text, size_t bytes_max)
{
    size_t bytes = strlen(text);
    if (bytes <= bytes_max && charset_is_clean(text, bytes))
        return true;
    return csv_fault(row, column, REASON_BAD_ID,
                     "'%.40s' of %zu bytes, expected at most %zu without control characters", text,
                     bytes, bytes_max);
}

void table_drop(table *self, size_t column)
{
    if (column < self->column_count)
        self->columns[column].dropped++;
}

/* Count the values of a row. */
static void count_values(table *self, const csv_row *row)
{
    size_t count = row->count < self->column_count ? row->count : self->column_count;
    for (size_t i = 0; i < count; i++) {
        import_column *column = &self->columns[i];
        bool is_filled = row->cells[i][0] != '\0';
        column->filled += is_filled ? 1 : 0;
        column->dropped += is_filled && column->taken_as == NULL ? 1 : 0;
    }
    for (size_t i = count; i < row->count && !self->has_unlabelled; i++)
        self->has_unlabelled = row->cells[i][0] != '\0';
}

static import_code take_row(table *self, csv_row *row)
{
    import_code code = IMPORT_DONE;
    self->is_new = false;
    self->has_no_memory = false;
    self->facts = 0;
    self->hash = 0;
    self->text_used = 0;
    self->refused.outcome = OUTCOME_ADDED;
    if (row->what.outcome != OUTCOME_SKIPPED) {
        count_values(self, row);
        code = self->reader->take_row(self->reader->context, self, row);
    }
    if (code != IMPORT_DONE)
        return code;
    if (self->has_no_memory)
        return run_fail_input(self->run, row->where.line, row->where.byte, "memory is exhausted");
    if (row->what.outcome != OUTCOME_SKIPPED && self->refused.outcome == OUTCOME_SKIPPED)
        row->what = self->refused;
    else if (row->what.outcome != OUTCOME_SKIPPED && !self->is_new)
        row->what.outcome = OUTCOME_KNOWN;
    return run_row(self->run, &row->where, &row->what, (self->facts + 1) * RUN_ROW_WEIGHT);
}

/* The next record, with the run told how far the file is read. */
static lines_code next_row(table *self, csv_row *row)
{
    lines_code code = csv_next(&self->csv, row);
    self->run->lines.position = self->csv.position;
    self->run->lines.number = self->csv.line;
    self->run->lines.failure = self->csv.failure;
    return code;
}

/* Remember what the header calls its columns and what they are taken for. */
static import_code take_header(table *self, const csv_row *row)
{
    import_file *file = &self->run->result->files[self->run->file];
    import_file_free_columns(file);
    file->columns = calloc(row->count, sizeof *file->columns);
    bool is_done = file->columns != NULL;
    for (size_t i = 0; i < row->count && is_done; i++) {
        file->columns[i].taken_as = self->reader->column_taken_as(self->reader->context, i);
        file->columns[i].name = charset_repair(row->cells[i], strlen(row->cells[i]));
        is_done = file->columns[i].name != NULL;
        file->column_count++;
    }
    self->columns = file->columns;
    self->column_count = file->column_count;
    return is_done ? IMPORT_DONE : run_fail_input(self->run, 0, 0, "memory is exhausted");
}

static import_code find_header(table *self, csv_row *row)
{
    lines_code code;
    char bad[sizeof row->what.detail + 4] = "";
    while ((code = next_row(self, row)) == LINES_OK && row->where.byte < HEAD_BYTES) {
        bool is_good = row->what.outcome != OUTCOME_SKIPPED;
        if (is_good && self->reader->is_header(self->reader->context, row))
            return take_header(self, row);
        if (!is_good && bad[0] == '\0')
            snprintf(bad, sizeof bad, " (%s)", row->what.detail);
    }
    if (code == LINES_FAILED || code == LINES_CANCELLED)
        return run_fail_lines(self->run, code);
    return run_fail_input(self->run, 1, 0, "no header in the first 64 KiB%s, expected %s", bad,
                          self->reader->expected);
}

static import_code read_rows(table *self, const csv_shape *shape, const place *from)
{
    run *import = self->run;
    const volatile int *cancel = import->options->cancel;
    csv_row row;
    lines_code code = csv_open(&self->csv, import->source.fd, shape, 0, 0, cancel);
    if (code != LINES_OK)
        return run_fail_lines(import, code);
    import_code done = find_header(self, &row);
    if (done == IMPORT_DONE && from->next > row.where.next)
        code = csv_open(&self->csv, import->source.fd, shape, from->next, from->next_line, cancel);
    while (done == IMPORT_DONE && code == LINES_OK && (code = next_row(self, &row)) == LINES_OK)
        done = take_row(self, &row);
    return done != IMPORT_DONE || code == LINES_END ? done : run_fail_lines(import, code);
}

/* Name the columns with values that are not kept. */
static void name_unkept(const table *self)
{
    for (size_t i = 0; i < self->column_count; i++)
        if (self->columns[i].dropped > 0)
            unkept_add(&self->run->unkept, self->columns[i].name);
    if (self->has_unlabelled)
        unkept_add(&self->run->unkept, "");
}

import_code table_read(run *self, const table_reader *reader, const place *from)
{
    csv_shape shape;
    lines_code code = csv_sniff(self->source.fd, &shape);
    self->lines.failure = errno;
    if (code != LINES_OK)
        return run_fail_lines(self, code);
    csv_note_encoding(self, &shape);
    table *at = calloc(1, sizeof *at);
    if (at == NULL)
        return run_fail_input(self, 0, 0, "memory is exhausted");
    at->run = self;
    at->reader = reader;
    import_code done = read_rows(at, &shape, from);
    name_unkept(at);
    csv_free(&at->csv);
    fact_free(&at->fact);
    free(at);
    return done;
}
