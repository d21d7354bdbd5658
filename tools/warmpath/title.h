/*
 * What a job title says of rank and department.
 *
 * The rules are lines of tools/titles.csv, which is compiled in and explains itself; a user's file
 * of the same form adds to them and wins. Classifying is a pure function of the table and the
 * title: words are folded (case, accents), phrases matched from left to right.
 */
#ifndef WARMPATH_TOOL_TITLE_H
#define WARMPATH_TOOL_TITLE_H

#include <stdbool.h>
#include <stddef.h>

#include "app.h"

typedef struct title_table title_table;

/* What is said; NULL: nothing. The texts are the table's. */
typedef struct title_class {
    const char *seniority;  /* "c-level", "vp", "director", "manager", "senior", "staff", "entry" */
    const char *department; /* "sales", "it", … */
} title_class;

/* An empty table. Free with title_table_free(). */
title_table *title_table_new(void);
void title_table_free(title_table *self);

/* Add the lines of a file, named `path` in *problem, which says what is wrong with the first bad
 * line and is yours to free. */
bool title_table_add(title_table *self, const char *path, const char *text, size_t bytes,
                     char **problem);

/* Add the lines that are compiled in. */
bool title_table_add_builtin(title_table *self, char **problem);

/* The compiled-in table with the lines of $WARMPATH_TITLES, else of ~/.config/warmpath/titles.csv
 * if there is such a file. An exit code, having printed why. */
int title_table_read(const app *self, title_table **out);

/* Classify; NULL is a title that says nothing. */
title_class title_classify(const title_table *self, const char *title);

#endif
