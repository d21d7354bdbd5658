/*
 * What people read: colours and tables that fit the terminal; and files that appear complete or not
 * at all.
 */
#ifndef WARMPATH_TOOL_OUTPUT_H
#define WARMPATH_TOOL_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "app.h"

/* Colours used; none of them carries meaning that the words do not. */
typedef enum tint { TINT_NONE = 0, TINT_BOLD, TINT_DIM, TINT_GREEN, TINT_YELLOW, TINT_RED } tint;

/* The colour of a tier. */
tint output_tier_tint(wp_tier tier);

/* Escape sequences that begin and end a colour on stdout; empty when there is to be no colour. */
const char *output_begin(const app *self, tint color);
const char *output_end(const app *self, tint color);

/* Print the first line of an answer: clean, bold, and wrapped at the width of the terminal. */
void output_heading(const app *self, const char *text);

/*
 * A score or reach as text: two decimals, more for small ones, and never rounded up to 1. Returns
 * `out`.
 */
#define OUTPUT_SCORE_BYTES 16
const char *output_score(double score, char out[OUTPUT_SCORE_BYTES]);

/* How a column is laid out. */
typedef struct column {
    const char *title;
    bool is_right;    /* numbers */
    size_t width_min; /* it may be cut down to this when the table is too wide; 0: never cut */
    bool is_tier;     /* the cells are tier names and take their colour */
} column;

/* A table; rows are kept until it is printed, because the widths depend on all of them. */
typedef struct table table;

table *table_new(const column *columns, size_t column_count);

/* Add a row: one text a column, NULL for an empty cell. Copied. */
void table_add(table *self, const char *const *cells);
bool table_is_empty(const table *self);

/*
 * Print the table, indented by `indent`, within the width of the terminal: the widest of the
 * columns that may be cut is cut first. A table without rows prints nothing.
 */
void table_print(const app *application, const table *self, size_t indent);

void table_free(table *self);

/*
 * A file to write: "-" is stdout; a new or ordinary file is written under a temporary name beside
 * it and takes its name when output_file_close() succeeds, so that nobody sees half a file. A
 * symbolic link is followed first; a device or pipe is written to as it is, never replaced.
 */
typedef struct output_file {
    FILE *stream;
    const char *path; /* as given. Borrowed. */
    char *target;     /* with links followed; NULL for stdout */
    char *temporary;  /* NULL for stdout, devices and pipes */
} output_file;

int output_file_open(const app *self, const char *path, output_file *file);

/* Flush, sync, rename. When `code` is not CODE_DONE the temporary file is removed instead. */
int output_file_close(const app *self, output_file *file, int code);

#endif
