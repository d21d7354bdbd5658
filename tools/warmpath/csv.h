/*
 * Comma-separated values that spreadsheets open without surprises.
 */
#ifndef WARMPATH_TOOL_CSV_H
#define WARMPATH_TOOL_CSV_H

#include <stdio.h>

/*
 * Write a cell: quoted where needed; one that a spreadsheet would take for a formula (it begins
 * with = + - @ or a tab) gets a leading apostrophe. NULL is an empty cell.
 */
void csv_write_cell(FILE *stream, const char *text);

/* Write a row of cells and end it with CR LF, as RFC 4180 has it. */
void csv_write_row(FILE *stream, const char *const *cells, size_t count);

#endif
