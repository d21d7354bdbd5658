/*
 * Running an import and telling what came of it.
 *
 * The summary is no answer but an account, so it goes to stderr, a line a file; programs ask for
 * --json. Reasons are words of the readers and are passed on as they are.
 */
#include "importing.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doc.h"
#include "import/reason.h"
#include "text.h"

#define FILES_LISTED 20

/* The line that moves, on a terminal. */
static void show_progress(void *context, const char *path, uint64_t done_bytes,
                          uint64_t total_bytes, uint64_t rows)
{
    const app *self = context;
    char *clean = text_clean(path), *shown = text_truncate(clean, 40);

    (void)self;
    if (total_bytes > 0)
        (void)fprintf(stderr, "\r\033[K%s: %llu rows, %.0f %%", shown, (unsigned long long)rows,
                      100.0 * (double)done_bytes / (double)total_bytes);
    else
        (void)fprintf(stderr, "\r\033[K%s: %llu rows", shown, (unsigned long long)rows);
    (void)fflush(stderr);
    free(shown);
    free(clean);
}

static bool shows_progress(const app *self)
{
    return !self->is_quiet && isatty(STDERR_FILENO);
}

void importing_set_progress(app *self, import_options *options)
{
    options->cancel = self->cancel;
    if (shows_progress(self)) {
        options->progress = show_progress;
        options->progress_context = self;
    }
}

/* "12 no recipients, 3 list post" */
static void add_reasons(text_buffer *line, const import_reason *reasons, size_t count)
{
    bool is_first = true;

    for (size_t i = 0; i < count; i++)
        if (reasons[i].count > 0) {
            text_add_format(line, "%s%llu %s", is_first ? "" : ", ",
                            (unsigned long long)reasons[i].count, reasons[i].text);
            is_first = false;
        }
}

/* What those are that a file has and that are not kept. */
static const char *unkept_noun(const char *format)
{
    bool is_property =
        format != NULL && (strcmp(format, "vcard") == 0 || strcmp(format, "ical") == 0);
    bool is_key = format != NULL && strcmp(format, "jsonl") == 0;
    return is_property ? "properties" : is_key ? "keys" : "columns";
}

static void note_file(const app *self, const char *name, const import_file *file)
{
    text_buffer line = {0};

    text_add_format(&line, "%s: ", name);
    if (file->format != NULL && file->table == NULL)
        text_add_format(&line, "%s, ", file->format);
    if (file->table != NULL)
        text_add_format(&line, "%s, ", file->table);
    if (file->weights != NULL)
        text_add_format(&line, "weights: %s, ", file->weights);
    if (file->encoding != NULL)
        text_add_format(&line, "in %s, ", file->encoding);
    text_add_format(&line, "%llu row%s read: %llu new, %llu already known, %llu skipped",
                    (unsigned long long)file->read, file->read == 1 ? "" : "s",
                    (unsigned long long)file->added, (unsigned long long)file->known,
                    (unsigned long long)file->skipped);
    if (file->skipped > 0) {
        text_add(&line, " (");
        add_reasons(&line, file->reasons, file->reason_count);
        text_add(&line, ")");
    }
    if (file->note_count > 0) {
        text_add(&line, "; left out: ");
        add_reasons(&line, file->notes, file->note_count);
    }
    if (file->unkept != NULL)
        text_add_format(&line, "; %s not kept: %s", unkept_noun(file->format), file->unkept);
    if (file->resumed_byte > 0)
        text_add_format(&line, "; resumed at byte %llu", (unsigned long long)file->resumed_byte);
    if (file->problem != NULL)
        text_add_format(&line, "; left out: %s", file->problem);
    app_note(self, "%s", line.text);
    free(line.text);
}

/* What each column of a table is taken for: that is what a dry run is for. */
static void note_columns(const app *self, const import_file *file)
{
    for (size_t i = 0; i < file->column_count; i++) {
        const import_column *column = &file->columns[i];
        char *name = text_clean(column->name);
        app_note(self, "  column %zu '%s': %s, %llu value%s", i + 1, name,
                 column->taken_as == NULL ? "not kept" : column->taken_as,
                 (unsigned long long)column->filled, column->filled == 1 ? "" : "s");
        free(name);
    }
}

static void note_result(const app *self, const import_result *result, const import_file *total,
                        bool has_columns)
{
    size_t listed = result->file_count < FILES_LISTED ? result->file_count : FILES_LISTED;

    for (size_t i = 0; i < listed; i++) {
        note_file(self, result->files[i].path, &result->files[i]);
        if (has_columns)
            note_columns(self, &result->files[i]);
    }
    if (listed < result->file_count)
        app_note(self, "… and %zu more files", result->file_count - listed);
    if (result->file_count > 1)
        note_file(self, "total", total);
    if (result->hidden_count > 0)
        app_note(self, "%llu hidden files and directories passed over",
                 (unsigned long long)result->hidden_count);
}

/* Whether the encoding of a file, or of texts in it, is a guess. */
static bool is_guessed(const import_file *file)
{
    bool is_noted = file->encoding != NULL && strcmp(file->encoding, IMPORT_ENCODING_GUESSED) == 0;

    for (size_t i = 0; i < file->note_count && !is_noted; i++)
        is_noted = file->notes[i].text == note_text(NOTE_WINDOWS);
    return is_noted;
}

/* Bytes do not show which of the encodings of one byte a character they are in. */
static void note_guessed(const app *self, const import_result *result)
{
    for (size_t i = 0; i < result->file_count; i++)
        if (is_guessed(&result->files[i])) {
            app_note(self,
                     "%s is no UTF-8 and was read as " IMPORT_ENCODING_GUESSED
                     "; if names look wrong, take it back with --undo and say its --encoding",
                     result->files[i].path);
            return;
        }
}

/* What --lists came too late for. */
static void note_without_lists(const app *self, const import_file *total)
{
    for (size_t i = 0; i < total->note_count; i++)
        if (total->notes[i].text == note_text(NOTE_NO_LISTS))
            app_note(self,
                     "%llu post%s stored already without their list evidence; to have it, import "
                     "into a new database with --lists",
                     (unsigned long long)total->notes[i].count,
                     total->notes[i].count == 1 ? " is" : "s are");
}

/* Where nobody counts as having worked together; read when something new was stored. */
static int read_together(app *self, const import_options *options, const import_file *total,
                         wp_together *out)
{
    int code = CODE_DONE;

    if (options->is_dry_run || total->added == 0)
        return CODE_DONE;
    if ((code = app_begin_read(self)) == CODE_DONE &&
        wp_together_get(self->txn, out, &self->err) != WP_OK)
        code = app_fail_status(self, "worked together");
    app_end(self);
    return code;
}

static void note_together(const app *self, const wp_together *together)
{
    if (together->companies_left_out > 0)
        app_note(self,
                 "%u compan%s employed more than %u people: nobody there counts as having worked "
                 "together (--worked-together-max)",
                 together->companies_left_out,
                 together->companies_left_out == 1 ? "y has" : "ies have", together->people_max);
}

static json_t *reasons_json(const import_reason *reasons, size_t count)
{
    json_t *object = doc_object();

    for (size_t i = 0; i < count; i++)
        doc_put(object, reasons[i].text, json_integer((json_int_t)reasons[i].count));
    return object;
}

static json_t *columns_json(const import_file *file)
{
    json_t *list = doc_array();

    for (size_t i = 0; i < file->column_count; i++) {
        const import_column *column = &file->columns[i];
        json_t *object = doc_object();
        doc_put(object, "name", doc_text(column->name));
        doc_put(object, "taken_as", doc_text(column->taken_as));
        doc_put(object, "values", json_integer((json_int_t)column->filled));
        doc_put(object, "not_kept", json_integer((json_int_t)column->dropped));
        doc_add(list, object);
    }
    return list;
}

/* `problem`: why the file as a whole was left out, or where reading it ended; NULL: it was read. */
static json_t *file_json(const import_file *file, const char *problem, bool is_total)
{
    json_t *object = doc_object();

    if (!is_total) {
        doc_put(object, "path", doc_text(file->path));
        doc_put(object, "format", doc_text(file->format));
        doc_put(object, "weights", doc_text(file->weights));
        doc_put(object, "table", doc_text(file->table));
        doc_put(object, "encoding", doc_text(file->encoding));
        doc_put(object, "columns_not_kept", doc_text(file->unkept));
        doc_put(object, "columns", columns_json(file));
    }
    doc_put(object, "read", json_integer((json_int_t)file->read));
    doc_put(object, "new", json_integer((json_int_t)file->added));
    doc_put(object, "known", json_integer((json_int_t)file->known));
    doc_put(object, "skipped", json_integer((json_int_t)file->skipped));
    doc_put(object, "reasons", reasons_json(file->reasons, file->reason_count));
    doc_put(object, "notes", reasons_json(file->notes, file->note_count));
    if (!is_total)
        doc_put(object, "problem", doc_text(problem));
    return object;
}

/* Why the import ended inside its last file: "line 9: bad value: …". NULL: it did not. */
static char *stop_reason(const import_result *result, import_code ended, const import_error *error)
{
    const char *reason = error->message;

    if (ended == IMPORT_DONE || result->file_count == 0 ||
        strncmp(error->path, result->files[result->file_count - 1].path, sizeof error->path - 1) !=
            0)
        return NULL;
    if (ended == IMPORT_DATABASE && error->database.message[0] != '\0')
        reason = error->database.message;
    return error->line > 0 ? text_format("line %llu: %s", (unsigned long long)error->line, reason)
                           : text_copy(reason);
}

static void print_json(const import_result *result, const import_file *total, const char *stopped,
                       const wp_together *together)
{
    json_t *document = doc_object(), *files = doc_array();

    for (size_t i = 0; i < result->file_count; i++) {
        const import_file *file = &result->files[i];
        bool is_last = i + 1 == result->file_count;
        const char *problem = file->problem == NULL && is_last ? stopped : file->problem;
        doc_add(files, file_json(file, problem, false));
    }
    doc_put(document, "files", files);
    doc_put(document, "total", file_json(total, NULL, true));
    doc_put(document, "companies_too_large", json_integer(together->companies_left_out));
    doc_print(document);
}

/* The one line that says why an import ended; the exit code. */
static int fail_import(const app *self, import_code ended, const import_error *error)
{
    text_buffer place = {0};
    int code = CODE_DATABASE;

    text_add(&place, "");
    if (error->path[0] != '\0' && error->line > 0)
        text_add_format(&place, "%s:%llu: ", error->path, (unsigned long long)error->line);
    else if (error->path[0] != '\0')
        text_add_format(&place, "%s: ", error->path);
    switch (ended) {
    case IMPORT_DONE:
        code = CODE_DONE;
        break;
    case IMPORT_BAD_INPUT:
        code = app_fail(self, CODE_INPUT, "%s%s", place.text, error->message);
        break;
    case IMPORT_DATABASE:
        code =
            app_fail(self, CODE_DATABASE, "%s: %s", self->db_path,
                     error->database.message[0] != '\0' ? error->database.message : error->message);
        break;
    case IMPORT_CANCELLED:
        code =
            app_fail(self, CODE_STOPPED,
                     "%sinterrupted: what was read so far is stored; repeat the command to go on",
                     place.text);
        break;
    }
    free(place.text);
    return code;
}

/* Run the import and tell what came of it. */
int importing_run(app *self, const import_options *options)
{
    import_result result = {0};
    import_error error = {0};
    import_file total = {0};
    wp_together together = {0, 0};
    import_options given = *options;

    given.database = self->db_path;
    import_code ended =
        import_paths(self->db, self->given.words, self->given.word_count, &given, &result, &error);

    if (options->progress != NULL)
        (void)fputs("\r\033[K", stderr);
    if (!import_result_total(&result, &total))
        (void)app_fail(self, CODE_DATABASE, "total: out of memory, expected some");
    int read = read_together(self, options, &total, &together);
    if (self->is_json) {
        /* Bad rows end an import only when it is strict; else they are left out and counted. */
        bool is_stopped = ended != IMPORT_BAD_INPUT || options->is_strict;
        char *stopped = is_stopped ? stop_reason(&result, ended, &error) : NULL;
        print_json(&result, &total, stopped, &together);
        free(stopped);
    } else {
        if (result.file_count == 0 && ended == IMPORT_DONE && read == CODE_DONE)
            app_note(self, "no file to read");
        note_result(self, &result, &total, options->is_dry_run);
        if (options->encoding == NULL)
            note_guessed(self, &result);
    }
    note_without_lists(self, &total);
    note_together(self, &together);
    int code = fail_import(self, ended, &error);
    import_file_free(&total);
    import_result_free(&result);
    return code == CODE_DONE ? read : code;
}
