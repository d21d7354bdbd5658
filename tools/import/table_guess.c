/*
 * Which kind of table a delimited file is.
 *
 * The header may stand behind a preamble, so every record of the head is tried. Prose has lines
 * that look like a header of one or two words: an address book must have another record of as many
 * columns behind its header, or the header at its very beginning and nothing behind it.
 */
#include "import/table_guess.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import/linkedin.h"

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

/* "sep=;", in front of a header that is at the beginning all the same. */
static bool is_declaration(const csv_row *row)
{
    return row->where.line == 1 && row->count == 2 && strcmp(row->cells[0], "sep=") == 0 &&
           row->cells[1][0] == '\0';
}

/* is_first: nothing stands in front of the record. */
static const char *guess_row(csv *reader, csv_row *row, bool is_first, const column_map *map,
                             columns *found)
{
    csv_row next;
    if (map == NULL && linkedin_table_of(row) != LINKEDIN_NONE)
        return "linkedin";
    if (!columns_read(row, map, found))
        return NULL;
    if (map != NULL)
        return "csv";
    /* One word alone is a header in the first line only. */
    size_t least = row->where.line == 1 ? 1 : is_first ? 2 : 3;
    if (columns_taken(found) < least)
        return NULL;
    const char *name = name_book(row);
    size_t width = row->count;
    lines_code code = csv_next(reader, &next);
    bool is_alone = code == LINES_END && is_first;
    bool fits = code == LINES_OK && (next.count == width || next.what.outcome == OUTCOME_SKIPPED);
    return is_alone || fits ? name : NULL;
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
    uint64_t first_line = 1;
    while (is_open && name == NULL && csv_next(reader, &row) == LINES_OK) {
        if (row.what.outcome == OUTCOME_SKIPPED)
            continue;
        if (is_declaration(&row))
            first_line = 2;
        else
            name = guess_row(reader, &row, row.where.line == first_line, map, found);
    }
    bool has_no_memory =
        errno == ENOMEM || reader == NULL || found == NULL || reader->failure == ENOMEM;
    if (reader != NULL)
        csv_free(reader);
    free(reader);
    free(found);
    errno = has_no_memory ? ENOMEM : 0;
    return has_no_memory ? NULL : name;
}
