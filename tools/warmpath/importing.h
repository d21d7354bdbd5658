/*
 * Running an import for the commands `import` and `load`: the progress line, the summary, the JSON
 * document, the one line that says why it ended.
 */
#ifndef WARMPATH_TOOL_IMPORTING_H
#define WARMPATH_TOOL_IMPORTING_H

#include "app.h"
#include "import/import.h"

/* What a database that is imported into may hold of changed ties: neighbour lists are written once
 * for all of them, so an edge list of thirty million lines is better stored at once. */
#define IMPORTING_CHANGED_BYTES_MAX ((size_t)1536 << 20)

/* Show progress when stderr is a terminal, and stop on an interrupt. */
void importing_set_progress(app *self, import_options *options);

/* Take the source that is meant by `text` back (cmd_sources.c); the exit code. */
int sources_undo(app *self, const char *text);

/* Import the paths given on the command line and tell what came of it; the exit code. */
int importing_run(app *self, const import_options *options);

#endif
