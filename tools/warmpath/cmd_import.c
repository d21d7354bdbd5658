/*
 * warmpath import: files into the database, on top of tools/import.
 *
 * Here the options; importing.c runs the import and tells what became of every row.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "import/charset.h"
#include "import/columns.h"
#include "import/recode.h"
#include "importing.h"
#include "output.h"
#include "text.h"
#include "who.h"

#define MAP_BYTES_MAX ((size_t)64 * 1024)

static int read_weight(const app *self, import_options *options)
{
    const char *text = args_get(&self->given, "weight");

    if (text == NULL)
        return CODE_DONE;
    if (strcmp(text, "p") == 0)
        options->weight = IMPORT_WEIGHT_P;
    else if (strcmp(text, "cost") == 0)
        options->weight = IMPORT_WEIGHT_COST;
    else if (strcmp(text, "none") == 0)
        options->weight = IMPORT_WEIGHT_NONE;
    else
        return app_fail(self, CODE_USAGE, "--weight: %s, expected p, cost or none", text);
    return CODE_DONE;
}

static int read_format(const app *self, import_options *options)
{
    const char *text = args_get(&self->given, "format");
    text_buffer names = {0};

    if (text == NULL)
        return CODE_DONE;
    for (size_t i = 0; import_formats[i] != NULL; i++) {
        if (strcmp(import_formats[i], text) == 0)
            options->format = import_formats[i];
        text_add_format(&names, "%s%s", i > 0 ? ", " : "", import_formats[i]);
    }
    int code =
        options->format != NULL
            ? CODE_DONE
            : app_fail(self, CODE_USAGE, "--format: %s, expected one of %s", text, names.text);
    free(names.text);
    return code;
}

/* The owner's address: as given, or that of the person meant. *owned is yours. */
static int read_owner(app *self, import_options *options, char **owned)
{
    char held[WHO_HELD_BYTES];
    const char *text = args_get(&self->given, "owner"), *rest;
    wp_number number;
    wp_person found;
    int code;

    options->owner = text;
    if (text == NULL || who_classify(text, held, &rest) == WHO_FORM_EMAIL)
        return CODE_DONE;
    if ((code = app_begin_read_all(self)) != CODE_DONE ||
        (code = who_find_person(self, "--owner", text, CODE_INPUT, &number)) != CODE_DONE)
        return code;
    if (wp_person_get(self->txn, number, self->day, &found, &self->err) != WP_OK)
        return app_fail_status(self, "--owner");
    if (found.email == NULL)
        return app_fail(self, CODE_INPUT, "--owner: %s: has no address, expected one who has",
                        text);
    options->owner = *owned = text_copy(found.email);
    app_close(self); /* it was opened for reading */
    return CODE_DONE;
}

/* A file is read whole; *out is yours. */
static int read_map_file(const app *self, const char *path, char **out)
{
    char *text = malloc(MAP_BYTES_MAX + 1);
    FILE *stream = fopen(path, "re");
    size_t length = stream == NULL || text == NULL ? 0 : fread(text, 1, MAP_BYTES_MAX + 1, stream);
    int code = CODE_DONE;

    if (text == NULL || stream == NULL || ferror(stream) != 0)
        code =
            app_fail(self, CODE_INPUT, "--map: %s: %s, expected key=Column or a file of such lines",
                     path, strerror(errno));
    else if (length > MAP_BYTES_MAX || memchr(text, '\0', length) != NULL)
        code = app_fail(self, CODE_INPUT, "--map: %s: more than 64 KiB or no text", path);
    if (stream != NULL)
        (void)fclose(stream);
    if (code != CODE_DONE) {
        free(text);
        return code;
    }
    text[length] = '\0';
    *out = text;
    return CODE_DONE;
}

/* "email=Mail,name=Full Name", or the file that says it in lines; no file's name has a '='. */
static int read_map(const app *self, import_options *options, column_map *map)
{
    const char *given = args_get(&self->given, "map");
    char *text = NULL, *problem = NULL;
    int code = CODE_DONE;

    if (given == NULL)
        return CODE_DONE;
    if (options->format != NULL && strcmp(options->format, "csv") != 0)
        return app_fail(self, CODE_USAGE, "--map: is for --format csv, not %s", options->format);
    if (strchr(given, '=') == NULL) {
        if ((code = read_map_file(self, given, &text)) != CODE_DONE)
            return code;
    } else {
        text = text_copy(given);
        for (char *c = text; *c != '\0'; c++)
            *c = *c == ',' ? '\n' : *c;
    }
    if (column_map_parse(text, map, &problem))
        options->map = map;
    else
        code = app_fail(self, CODE_USAGE, "--map: %s", problem != NULL ? problem : "out of memory");
    free(problem);
    free(text);
    return code;
}

/* Up to how many people of a company have worked together, when it is given. */
static int set_together(app *self, const import_options *options)
{
    uint32_t people_max = 0;
    int code = app_option_u32(self, "worked-together-max", 0, WP_TOGETHER_MAX, &people_max);

    if (code != CODE_DONE || !args_has(&self->given, "worked-together-max"))
        return code;
    if (options->is_dry_run)
        return app_fail(self, CODE_USAGE,
                        "--worked-together-max: with --dry-run, which stores nothing, expected "
                        "one of them");
    if ((code = app_begin_write(self)) != CODE_DONE)
        return code;
    if (wp_together_put(self->txn, people_max, &self->err) != WP_OK)
        return app_fail_status(self, "--worked-together-max");
    return app_commit(self);
}

int cmd_import(app *self)
{
    import_options options = {.has_lists = args_has(&self->given, "lists"),
                              .is_dry_run = args_has(&self->given, "dry-run"),
                              .is_strict = args_has(&self->given, "strict"),
                              .is_both = args_has(&self->given, "both"),
                              .source = args_get(&self->given, "source"),
                              .encoding = args_get(&self->given, "encoding")};
    const char *undone = args_get(&self->given, "undo");
    const char *report_path = args_get(&self->given, "report");
    output_file report = {0};
    column_map map = {0};
    char *owner = NULL;
    int code;

    if (undone != NULL && self->given.word_count == 0)
        return sources_undo(self, undone);
    if (undone != NULL || self->given.word_count == 0)
        return app_fail(self, CODE_USAGE, "%s: expected either PATH… or --undo SOURCE",
                        undone != NULL ? self->given.words[0] : "PATH");
    if (options.source != NULL && !charset_is_clean(options.source, strlen(options.source)))
        return app_fail(self, CODE_USAGE,
                        "--source: a control character or no UTF-8, expected a name without");
    if (options.encoding != NULL && !recode_knows(options.encoding))
        return app_fail(self, CODE_USAGE,
                        "--encoding: '%s' is not known here, expected one of 'iconv -l', such as "
                        "windows-1250",
                        options.encoding);
    self->changed_bytes_max = IMPORTING_CHANGED_BYTES_MAX;
    importing_set_progress(self, &options);
    if ((code = read_weight(self, &options)) == CODE_DONE &&
        (code = read_format(self, &options)) == CODE_DONE &&
        (code = read_map(self, &options, &map)) == CODE_DONE &&
        (code = read_owner(self, &options, &owner)) == CODE_DONE &&
        (code = set_together(self, &options)) == CODE_DONE)
        code = app_open(self, options.is_dry_run);
    if (code == CODE_DONE && report_path != NULL)
        code = output_file_open(self, report_path, &report);
    options.report = report.stream;
    if (code == CODE_DONE) {
        code = importing_run(self, &options);
        if (report_path != NULL) {
            /* The report tells why an import failed, so it is kept whatever came of it. */
            int closed = output_file_close(self, &report, CODE_DONE);
            code = code == CODE_DONE ? closed : code;
        }
    }
    column_map_free(&map);
    free(owner);
    return code;
}
