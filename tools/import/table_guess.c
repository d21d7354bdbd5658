/*
 * Which kind of table a delimited file is.
 *
 * The header may stand behind a preamble, so every record of the head is tried. Prose has lines
 * that look like a header of one word, and behind its first line of more: there one of the next
 * records must have as many columns, or nothing may follow. Which of them is ragged says nothing,
 * since rows of any width are read.
 */
#include "import/table_guess.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import/linkedin.h"

/* Records behind a header that are looked at. */
#define ROWS_TRIED 4

static bool has_label(const csv_row *row, const char *folded)
{
    return columns_find(row, folded) < row->count;
}

/* Both generations of Google's labels, and both of Outlook's. */
static const char *name_book(const csv_row *header)
{
    static const char *const google[] = {"phonetic first name", "yomi name", "group membership",
                                         "e mail 1 value"};
    for (size_t i = 0; i < sizeof google / sizeof *google; i++)
        if (has_label(header, google[i]))
            return "google";
    bool is_desktop = false;
    for (size_t i = 0; i < header->count; i++) {
        columns one;
        csv_row cell = {.cells = &header->cells[i], .count = 1};
        (void)columns_read(&cell, NULL, &one);
        is_desktop = is_desktop || one.ids[0] == COLUMN_EMAIL_TYPE;
    }
    bool is_web = has_label(header, "given name yomi") && has_label(header, "e mail address");
    return is_desktop || is_web ? "outlook" : "csv";
}

/* The number of cells up to the last that has anything in it. */
static size_t filled_cells(const csv_row *row)
{
    size_t count = row->count;
    while (count > 0 && row->cells[count - 1][0] == '\0')
        count--;
    return count;
}

/* Whether one of the next records has the header's columns, or nothing stands behind a first one.
 */
static bool has_rows(csv *reader, const csv_row *header)
{
    csv_row next;
    lines_code code = LINES_OK;
    size_t width = header->count, labelled = filled_cells(header), seen = 0;
    bool is_first = header->is_first;
    /* Below one word anything may stand, but a list begins at once. */
    size_t tried = width > 1 ? ROWS_TRIED : 1;
    while (seen < tried && (code = csv_next(reader, &next)) == LINES_OK) {
        seen++;
        /* Spreadsheets add empty cells at the end of lines, or leave them out. */
        if (next.what.outcome == OUTCOME_SKIPPED ||
            (next.count >= labelled && filled_cells(&next) <= width))
            return true;
    }
    return is_first && seen == 0 && code == LINES_END;
}

static const char *guess_row(csv *reader, csv_row *row, const column_map *map, columns *found)
{
    if (map == NULL && linkedin_table_of(row) != LINKEDIN_NONE)
        return "linkedin";
    if (!columns_read(row, map, found))
        return NULL;
    if (map != NULL)
        return "csv";
    /* One word alone is a header only where nothing stands in front of it. */
    size_t taken = columns_taken(found);
    if (taken < (row->is_first ? 1 : 3))
        return NULL;
    const char *name = name_book(row);
    bool is_certain = row->is_first && taken >= 2;
    return is_certain || has_rows(reader, row) ? name : NULL;
}

const char *table_guess(const char *head, size_t bytes, const column_map *map)
{
    csv_row row;
    const char *name = NULL;
    errno = 0;
    csv_shape shape = csv_sniff_head(head, bytes);
    csv *reader = calloc(1, sizeof *reader);
    columns *found = calloc(1, sizeof *found);
    bool is_open =
        reader != NULL && found != NULL && csv_open_text(reader, head, bytes, &shape) == LINES_OK;
    while (is_open && name == NULL && csv_next(reader, &row) == LINES_OK)
        if (row.what.outcome != OUTCOME_SKIPPED)
            name = guess_row(reader, &row, map, found);
    bool has_no_memory =
        errno == ENOMEM || reader == NULL || found == NULL || reader->failure == ENOMEM;
    if (reader != NULL)
        csv_free(reader);
    free(reader);
    free(found);
    errno = has_no_memory ? ENOMEM : 0;
    return has_no_memory ? NULL : name;
}
