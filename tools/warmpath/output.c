/*
 * Tables, colours and output files.
 *
 * A table is measured in columns of the terminal, never in bytes. Every cell is cleaned when it is
 * added, so that no name can send an escape sequence. Output files get the mode 0600: they hold
 * personal data like the database.
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "import/walk.h"
#include "text.h"

#define GAP 2 /* blanks between columns */

struct table {
    const column *columns; /* Borrowed. */
    size_t column_count;
    char **cells; /* row by row */
    size_t row_count;
    size_t capacity; /* rows */
};

tint output_tier_tint(wp_tier tier)
{
    switch (tier) {
    case WP_TIER_STRONG:
        return TINT_GREEN;
    case WP_TIER_WARM:
        return TINT_YELLOW;
    case WP_TIER_WEAK:
        return TINT_DIM;
    case WP_TIER_COLD:
        return TINT_RED;
    }
    return TINT_NONE;
}

const char *output_begin(const app *self, tint color)
{
    if (!self->has_color)
        return "";
    switch (color) {
    case TINT_NONE:
        return "";
    case TINT_BOLD:
        return "\033[1m";
    case TINT_DIM:
        return "\033[2m";
    case TINT_GREEN:
        return "\033[32m";
    case TINT_YELLOW:
        return "\033[33m";
    case TINT_RED:
        return "\033[31m";
    }
    return "";
}

const char *output_end(const app *self, tint color)
{
    return self->has_color && color != TINT_NONE ? "\033[0m" : "";
}

void output_heading(const app *self, const char *text)
{
    char *clean = text_clean(text);

    (void)fputs(output_begin(self, TINT_BOLD), stdout);
    text_wrap(stdout, clean, 0, 2, self->width);
    (void)fputs(output_end(self, TINT_BOLD), stdout);
    free(clean);
}

const char *output_score(double score, char out[OUTPUT_SCORE_BYTES])
{
    if (score >= 0.995)
        (void)snprintf(out, OUTPUT_SCORE_BYTES, ">0.99");
    else
        (void)snprintf(out, OUTPUT_SCORE_BYTES, score < 0.095 ? "%.2g" : "%.2f", score);
    return out;
}

table *table_new(const column *columns, size_t column_count)
{
    table *self = text_new(1, sizeof *self);

    self->columns = columns;
    self->column_count = column_count;
    return self;
}

void table_add(table *self, const char *const *cells)
{
    if (self->row_count == self->capacity) {
        self->capacity = self->capacity * 2 + 16;
        self->cells =
            text_resize(self->cells, self->capacity * self->column_count, sizeof *self->cells);
    }
    for (size_t i = 0; i < self->column_count; i++)
        self->cells[self->row_count * self->column_count + i] =
            text_clean(cells[i] != NULL ? cells[i] : "");
    self->row_count++;
}

bool table_is_empty(const table *self)
{
    return self->row_count == 0;
}

void table_free(table *self)
{
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->row_count * self->column_count; i++)
        free(self->cells[i]);
    free(self->cells);
    free(self);
}

static const char *cell_at(const table *self, size_t row, size_t index)
{
    return self->cells[row * self->column_count + index];
}

static void measure(const table *self, size_t *widths)
{
    for (size_t i = 0; i < self->column_count; i++) {
        widths[i] = text_width(self->columns[i].title);
        for (size_t row = 0; row < self->row_count; row++) {
            size_t width = text_width(cell_at(self, row, i));
            widths[i] = width > widths[i] ? width : widths[i];
        }
    }
}

/* Take one column of width after the other from the widest that may be cut, until it fits. */
static void shrink(const table *self, size_t *widths, size_t width)
{
    size_t total = GAP * (self->column_count - 1);

    for (size_t i = 0; i < self->column_count; i++)
        total += widths[i];
    while (total > width) {
        size_t widest = self->column_count;
        for (size_t i = 0; i < self->column_count; i++)
            if (self->columns[i].width_min > 0 && widths[i] > self->columns[i].width_min &&
                (widest == self->column_count || widths[i] > widths[widest]))
                widest = i;
        if (widest == self->column_count)
            return;
        widths[widest]--;
        total--;
    }
}

static tint tint_of_name(const char *name)
{
    for (int tier = WP_TIER_COLD; tier <= WP_TIER_STRONG; tier++)
        if (strcmp(wp_tier_name((wp_tier)tier), name) == 0)
            return output_tier_tint((wp_tier)tier);
    return TINT_NONE;
}

static void print_cell(const app *application, const column *layout, const char *text, size_t width,
                       tint color, bool is_last)
{
    char *shown = text_truncate(text, width);
    int padding = (int)(width - text_width(shown));

    if (layout->is_right)
        (void)printf("%*s", padding, "");
    (void)printf("%s%s%s", output_begin(application, color), shown, output_end(application, color));
    if (!layout->is_right && !is_last)
        (void)printf("%*s", padding, "");
    if (!is_last)
        (void)printf("%*s", GAP, "");
    free(shown);
}

/* Print one line; nothing follows its last cell that holds anything. */
static void print_line(const app *application, const table *self, const char *const *cells,
                       const size_t *widths, size_t indent, bool is_head)
{
    size_t count = self->column_count;

    while (count > 0 && cells[count - 1][0] == '\0')
        count--;
    (void)printf("%*s", (int)indent, "");
    for (size_t i = 0; i < count; i++) {
        tint color = is_head                    ? TINT_DIM
                     : self->columns[i].is_tier ? tint_of_name(cells[i])
                                                : TINT_NONE;
        print_cell(application, &self->columns[i], cells[i], widths[i], color, i + 1 == count);
    }
    (void)fputc('\n', stdout);
}

void table_print(const app *application, const table *self, size_t indent)
{
    size_t *widths;
    const char **titles;

    if (self->row_count == 0)
        return;
    widths = text_new(self->column_count, sizeof *widths);
    titles = text_new(self->column_count, sizeof *titles);
    for (size_t i = 0; i < self->column_count; i++)
        titles[i] = self->columns[i].title;
    measure(self, widths);
    shrink(self, widths, application->width - indent);
    print_line(application, self, titles, widths, indent, true);
    for (size_t row = 0; row < self->row_count; row++)
        print_line(application, self, (const char *const *)&self->cells[row * self->column_count],
                   widths, indent, false);
    free(titles);
    free(widths);
}

/* A stream on a file that is made under a temporary name, NULL with errno set. */
static FILE *open_beside(output_file *file)
{
    FILE *stream = NULL;
    int descriptor;

    file->temporary = text_format("%s.%ld.tmp", file->target, (long)getpid());
    descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor >= 0 && (stream = fdopen(descriptor, "w")) == NULL) {
        (void)close(descriptor);
        (void)unlink(file->temporary);
    }
    return stream;
}

static void forget_names(output_file *file)
{
    free(file->target);
    free(file->temporary);
    *file = (output_file){0};
}

int output_file_open(const app *self, const char *path, output_file *file)
{
    struct stat found;

    *file = (output_file){.stream = stdout, .path = path};
    if (strcmp(path, "-") == 0)
        return CODE_DONE;
    if (stat(path, &found) == 0 && walk_is_database(self->db_path, &found)) {
        *file = (output_file){0};
        return app_fail(self, CODE_USAGE, "%s: the database itself, expected another file", path);
    }
    file->target = realpath(path, NULL); /* NULL when there is no such file yet */
    if (file->target == NULL)
        file->target = text_copy(path);
    if (stat(path, &found) == 0 && !S_ISREG(found.st_mode))
        file->stream = fopen(path, "we");
    else
        file->stream = open_beside(file);
    if (file->stream == NULL) {
        int code = app_fail(self, CODE_INPUT, "%s: %s, expected a file that can be written", path,
                            strerror(errno));
        forget_names(file);
        return code;
    }
    return CODE_DONE;
}

static bool finish_stream(const output_file *file)
{
    bool is_good = fflush(file->stream) == 0 && ferror(file->stream) == 0 &&
                   (file->temporary == NULL || fsync(fileno(file->stream)) == 0);
    int saved = errno;

    if (fclose(file->stream) != 0 && is_good)
        return false;
    errno = saved;
    return is_good;
}

int output_file_close(const app *self, output_file *file, int code)
{
    if (file->target == NULL)
        return code; /* stdout is checked once, at the end of the run */
    if (!finish_stream(file) && code == CODE_DONE)
        code =
            app_fail(self, CODE_STOPPED, "%s: %s, it is not complete", file->path, strerror(errno));
    if (code == CODE_DONE && file->temporary != NULL && rename(file->temporary, file->target) != 0)
        code = app_fail(self, CODE_INPUT, "%s: %s, expected a file that can be written", file->path,
                        strerror(errno));
    if (code != CODE_DONE && file->temporary != NULL)
        (void)unlink(file->temporary);
    forget_names(file);
    return code;
}
