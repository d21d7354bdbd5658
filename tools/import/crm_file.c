/*
 * Files of HubSpot and Salesforce: the header, then each row as facts that are stored.
 *
 * The header is read again when an import is resumed behind it. A row says several facts: it is new
 * when one of them is, and skipped when the database refuses one; the others are stored all the
 * same, since what is right about a person does not depend on what is wrong with a company. Columns
 * that are not kept are named in the summary.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import/crm.h"
#include "import/csv.h"
#include "import/reader.h"
#include "warmpath/date.h"

/* A file under way. */
typedef struct crm_file {
    run *self;
    csv csv;
    crm_map map;
    crm_reader reader;
    bool is_new;     /* a fact of the row at hand was */
    uint64_t facts;  /* of the row so far */
    uint64_t weight; /* of the row so far */
    const csv_row *row;
    verdict refused; /* the first fact that the database refused */
    bool is_erased;  /* the row's person was */
} crm_file;

/* Whether a fact is about the row's person, so that it would bring back by another identity who was
 * erased. */
static bool is_of_erased(const crm_file *file, const fact *row)
{
    return file->is_erased &&
           (row->type == FACT_EMPLOYMENT || row->type == FACT_CONSENT || row->type == FACT_ROLE);
}

static import_code take_fact(void *context, const fact *row)
{
    crm_file *file = context;
    verdict what;
    what.outcome = OUTCOME_KNOWN; /* the rest means nothing then */
    if (is_of_erased(file, row))
        return IMPORT_DONE;
    file->weight += RUN_ROW_WEIGHT;
    file->facts++;
    bool has_hash = file->self->options->is_dry_run && fact_is_known_by_row(row);
    uint64_t hash = has_hash ? fact_hash_cells(file->self, file->row->cells, file->row->count) : 0;
    import_code code = fact_store(file->self, row, hash + file->facts, &what);
    file->is_new = file->is_new || (code == IMPORT_DONE && what.outcome == OUTCOME_ADDED);
    if (what.outcome == OUTCOME_SKIPPED && file->refused.outcome != OUTCOME_SKIPPED)
        file->refused = what;
    file->is_erased |=
        row->type == FACT_PERSON && what.outcome == OUTCOME_SKIPPED && what.reason == REASON_ERASED;
    return code;
}

static import_code read_row(crm_file *file, csv_row *row)
{
    run *self = file->self;
    import_code code = IMPORT_DONE;
    verdict what = row->what;
    file->is_new = file->is_erased = false;
    file->facts = file->weight = 0;
    file->refused.outcome = OUTCOME_ADDED;
    if (what.outcome != OUTCOME_SKIPPED) {
        file->row = row;
        what.outcome = OUTCOME_KNOWN;
        code = crm_read_row(&file->reader, (const char *const *)row->cells, row->count, &what);
        bool is_kept = what.outcome != OUTCOME_SKIPPED || file->facts > 0;
        for (int i = 0; i < NOTE_COUNT; i++)
            for (uint64_t n = is_kept ? file->reader.notes[i] : 0; n > 0; n--)
                run_note(self, (note_id)i);
    }
    if (code != IMPORT_DONE)
        return code;
    if (file->reader.has_no_memory)
        return run_fail_input(self, row->where.line, row->where.byte, "memory is exhausted");
    if (what.outcome == OUTCOME_SKIPPED && what.reason == REASON_NONE)
        return run_fail_input(self, row->where.line, row->where.byte, "%s", what.detail);
    bool is_lost = what.outcome == OUTCOME_SKIPPED && what.reason == REASON_OPTOUT;
    if (file->refused.outcome == OUTCOME_SKIPPED && !is_lost)
        what = file->refused;
    else if (what.outcome != OUTCOME_SKIPPED && file->is_new)
        what.outcome = OUTCOME_ADDED;
    return run_row(self, &row->where, &what, file->weight);
}

/* Name the columns that are not kept. */
static void name_unkept(crm_file *file, const csv_row *header)
{
    for (size_t i = 0; i < file->map.column_count; i++)
        if (file->map.columns[i] <= CRM_KNOWN && header->cells[i][0] != '\0')
            unkept_add(&file->self->unkept, header->cells[i]);
}

static import_code read_header(crm_file *file, csv_row *row)
{
    run *self = file->self;
    lines_code found = csv_next(&file->csv, row);
    self->lines.failure = file->csv.failure;
    if (found == LINES_FAILED || found == LINES_CANCELLED)
        return run_fail_lines(self, found);
    if (found == LINES_END || row->what.outcome == OUTCOME_SKIPPED ||
        !crm_map_read(&file->map, (const char *const *)row->cells, row->count))
        return run_fail_input(self, 1, 0,
                              "header is none of a HubSpot or Salesforce table, "
                              "expected one");
    self->result->files[self->file].table = crm_table_name(file->map.table);
    name_unkept(file, row);
    return IMPORT_DONE;
}

static import_code read_rows(crm_file *file, const csv_shape *shape, const place *from)
{
    run *self = file->self;
    csv_row row;
    lines_code found = csv_open(&file->csv, self->source.fd, shape, 0, 0, self->options->cancel);
    if (found != LINES_OK)
        return run_fail_lines(self, found);
    import_code code = read_header(file, &row);
    if (code == IMPORT_DONE && from->next > row.where.byte)
        found = csv_open(&file->csv, self->source.fd, shape, from->next, from->next_line,
                         self->options->cancel);
    while (code == IMPORT_DONE && found == LINES_OK &&
           (found = csv_next(&file->csv, &row)) == LINES_OK)
        code = read_row(file, &row);
    self->lines.failure = file->csv.failure;
    if (code == IMPORT_DONE && found != LINES_END)
        return run_fail_lines(self, found);
    return code;
}

import_code crm_read(run *self, const place *from)
{
    csv_shape shape;
    lines_code found = csv_sniff(self->source.fd, &shape);
    self->lines.failure = errno;
    if (found != LINES_OK)
        return run_fail_lines(self, found);
    csv_note_encoding(self, &shape);
    crm_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return run_fail_input(self, 0, 0, "memory is exhausted");
    file->self = self;
    file->reader.map = &file->map;
    file->reader.now_s = date_now();
    file->reader.take = take_fact;
    file->reader.context = file;
    import_code code = read_rows(file, &shape, from);
    crm_reader_free(&file->reader);
    csv_free(&file->csv);
    free(file);
    return code;
}

const char *crm_guess(const char *head, size_t bytes)
{
    crm_table table = CRM_NONE;
    csv_row row;
    errno = 0;
    csv_shape shape = csv_sniff_head(head, bytes);
    csv *reader = calloc(1, sizeof *reader);
    crm_map *map = calloc(1, sizeof *map);
    bool is_read = reader != NULL && map != NULL &&
                   csv_open_text(reader, head, bytes, &shape) == LINES_OK &&
                   csv_next(reader, &row) == LINES_OK && row.what.outcome != OUTCOME_SKIPPED;
    if (is_read && crm_map_read(map, (const char *const *)row.cells, row.count))
        table = map->table;
    bool has_no_memory =
        errno == ENOMEM || reader == NULL || map == NULL || reader->failure == ENOMEM;
    if (reader != NULL)
        csv_free(reader);
    free(reader);
    free(map);
    errno = has_no_memory ? ENOMEM : 0;
    if (table == CRM_NONE || has_no_memory)
        return NULL;
    return table <= CRM_HUBSPOT_COMPANIES ? "hubspot" : "salesforce";
}
