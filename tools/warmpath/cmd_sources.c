/*
 * warmpath sources and import --undo: where facts come from, and taking one source back.
 *
 * A source is meant by its name, by a path (made absolute as an import does), by the last part of
 * its name when only one ends so, or by #NUMBER. An import that stores nothing leaves no source; to
 * take back a file of which nothing is stored is done as soon as it is asked.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "date.h"
#include "importing.h"
#include "listing.h"
#include "text.h"

/* Call back for each source; a code other than CODE_DONE ends the walk. */
typedef int source_fn(app *self, const wp_source *source, void *context);

static int each_source(app *self, source_fn *each, void *context)
{
    wp_source source;
    uint32_t number = 0;
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_source_next(self->txn, &number, &self->err)) != WP_ENOTFOUND) {
        if (status == WP_OK)
            status = wp_source_get(self->txn, number, &source, &self->err);
        if (status != WP_OK)
            return app_fail_status(self, "sources");
        code = each(self, &source, context);
    }
    return code;
}

static int add_json(app *self, const wp_source *source, void *context)
{
    json_t *object = doc_object();

    (void)self;
    doc_put(object, "number", json_integer((json_int_t)source->number));
    doc_put(object, "name", doc_text(source->name));
    doc_put(object, "format", doc_text(source->format));
    doc_put(object, "imported", doc_time(source->time_s));
    doc_put(object, "leaving", json_boolean(source->is_leaving));
    doc_add(context, object);
    return CODE_DONE;
}

static int add_row(app *self, const wp_source *source, void *context)
{
    char time[DATE_TEXT_BYTES] = "–", *number = text_format("#%u", source->number);
    char *name = text_clean(source->name);

    (void)self;
    if (source->time_s != WP_TIME_NONE)
        (void)date_format_time(source->time_s, time);
    const char *cells[] = {number, time, source->format, name,
                           source->is_leaving ? "partly removed" : ""};
    table_add(context, cells);
    free(number);
    free(name);
    return CODE_DONE;
}

static int add_all(app *self, json_t *list, table *rows)
{
    return list != NULL ? each_source(self, add_json, list) : each_source(self, add_row, rows);
}

int cmd_sources(app *self)
{
    static const column columns[] = {{"number", true, 0, false},
                                     {"first read", false, 0, false},
                                     {"format", false, 0, false},
                                     {"source", false, 20, false},
                                     {"", false, 0, false}};

    return listing_print(self, "sources", columns, sizeof columns / sizeof columns[0], add_all,
                         "nothing was imported");
}

/* Who is meant by a text. */
typedef struct sought {
    const char *text;
    char *absolute; /* as a path; NULL: it is none */
    uint32_t exact; /* numbers; 0: none */
    uint32_t by_ending;
    size_t endings;
    char *around; /* a source that is a directory in which the path is; NULL: none */
} sought;

static bool is_within(const char *path, const char *directory)
{
    size_t length = strlen(directory);

    return strncmp(path, directory, length) == 0 && path[length] == '/';
}

static int compare_source(app *self, const wp_source *source, void *context)
{
    sought *meant = context;
    const char *last = strrchr(source->name, '/');

    (void)self;
    if (strcmp(source->name, meant->text) == 0 ||
        (meant->absolute != NULL && strcmp(source->name, meant->absolute) == 0))
        meant->exact = source->number;
    if (last != NULL && strcmp(last + 1, meant->text) == 0) {
        meant->by_ending = source->number;
        meant->endings++;
    }
    if (meant->absolute != NULL && meant->around == NULL &&
        is_within(meant->absolute, source->name))
        meant->around = text_copy(source->name);
    return CODE_DONE;
}

/* Of several that could be meant none is; of a file that is there nothing is stored. */
static int choose_source(const app *self, const sought *meant, uint32_t *number)
{
    *number = meant->exact != 0 ? meant->exact : meant->by_ending;
    if (meant->exact == 0 && meant->endings > 1)
        return app_fail(self, CODE_INPUT, "--undo: %s: %zu sources end so, expected one",
                        meant->text, meant->endings);
    if (*number == 0 && meant->around != NULL)
        return app_fail(self, CODE_INPUT, "--undo: %s: was read as part of %s, expected that",
                        meant->text, meant->around);
    if (*number == 0 && meant->absolute == NULL)
        return app_fail(self, CODE_INPUT,
                        "--undo: %s: unknown, expected a source (see 'warmpath sources')",
                        meant->text);
    return CODE_DONE;
}

/* The source of a number, "3" or "#3" as they are listed; 0: there is none. */
static uint32_t numbered_source(const app *self, const char *text)
{
    wp_source source;
    char *end;
    const char *digits = text + (text[0] == '#' ? 1 : 0);
    unsigned long value = *digits >= '0' && *digits <= '9' ? strtoul(digits, &end, 10) : 0;
    bool is_there = value > 0 && *end == '\0' && value < UINT32_MAX &&
                    wp_source_get(self->txn, (uint32_t)value, &source, NULL) == WP_OK;
    return is_there ? (uint32_t)value : 0;
}

/* *number is 0 when there is nothing to take back. */
static int find_source(app *self, const char *text, uint32_t *number)
{
    sought meant = {.text = text,
                    .absolute = access(text, F_OK) == 0 ? import_source_name(text) : NULL};

    int code = each_source(self, compare_source, &meant);
    bool is_named =
        meant.exact != 0 || meant.endings > 0 || (meant.absolute != NULL && text[0] != '#');
    *number = code == CODE_DONE && !is_named ? numbered_source(self, text) : 0;
    if (code == CODE_DONE && *number == 0)
        code = choose_source(self, &meant, number);
    free(meant.absolute);
    free(meant.around);
    return code;
}

static void show_removal(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)total;
    (void)fprintf(stderr, "\r\033[K%llu records read", (unsigned long long)done);
    (void)fflush(stderr);
}

int sources_undo(app *self, const char *text)
{
    import_options options = {0};
    uint32_t number = 0;
    int code = app_open(self, false);

    importing_set_progress(self, &options);
    if (code == CODE_DONE)
        code = app_begin_read(self);
    if (code == CODE_DONE)
        code = find_source(self, text, &number);
    app_end(self);
    if (code != CODE_DONE)
        return code;
    if (number == 0) {
        app_note(self, "%s: brought nothing that is stored, so nothing is taken back", text);
        return CODE_DONE;
    }
    bool is_shown = options.progress != NULL;
    wp_status status = wp_source_remove(self->db, number, is_shown ? show_removal : NULL, self,
                                        self->cancel, &self->err);
    if (is_shown)
        (void)fputs("\r\033[K", stderr);
    if (status == WP_ECANCELLED)
        return app_fail(self, CODE_STOPPED, "--undo: %s: interrupted; repeat the command to go on",
                        text);
    if (status != WP_OK)
        return app_fail_status(self, "--undo");
    app_note(self, "%s: taken back", text);
    return CODE_DONE;
}
