/*
 * Edge lists: lines become stated ties.
 *
 * People are `id:SRC`. A pair that comes again replaces what was said before, so the last line
 * wins; one that says what is stated already is known. With is_both a line states both directions,
 * and is known when both are. The guess of the weight is made once, from the head of the file, and
 * told with the result. Rows are parsed ahead (edges_ahead.h); all else is done here, in order.
 */
#include "import/edges.h"

#include "import/edges_ahead.h"
#include "import/reader.h"
#include "import/rehearsal.h"
#include "import/store.h"

/* What is known of a row so far ahead is fetched, so that it is on its way from memory when it is
 * stored. */
#define AHEAD ((size_t)16)

/* The numbers of the two people of a row. */
static wp_status find_ends(run *self, const edges_row *row, wp_stated_tie *tie, wp_error *err)
{
    wp_identity from = {WP_IDENTITY_ID, row->edge.from}, to = {WP_IDENTITY_ID, row->edge.to};
    *tie = row->edge.tie;
    wp_status status = store_person_of(self, &from, row->from_hash, &tie->from, err);
    return status == WP_OK ? store_person_of(self, &to, row->to_hash, &tie->to, err) : status;
}

/* A dry run looks up each row, since it has no numbers for people who are not stored. */
static import_code count_edge(run *self, const edges_row *row, verdict *what)
{
    wp_txn *txn = NULL;
    wp_error err;
    bool is_known = false;
    wp_stated_tie tie;
    import_code code = run_txn(self, &txn);
    if (code != IMPORT_DONE)
        return code;
    wp_status status = find_ends(self, row, &tie, &err);
    if (status == WP_OK)
        status = rehearse_edge(self, &tie, row->from_hash, row->to_hash, &is_known, &err);
    what->outcome = is_known ? OUTCOME_KNOWN : OUTCOME_ADDED;
    return run_check(self, status, &err, what);
}

/* Have a row wait in the batch; it counts as added until the batch is stored. */
static import_code keep_edge(run *self, const edges_shape *shape, const edges_row *row,
                             verdict *what)
{
    wp_txn *txn = NULL;
    wp_error err;
    wp_status status = WP_OK;
    wp_stated_tie tie;
    import_code code = run_txn(self, &txn);
    if (code != IMPORT_DONE)
        return code;
    if (self->edges.count == 0)
        status =
            edges_batch_begin(&self->edges, txn, self->stated_by_number,
                              shape->weight == IMPORT_WEIGHT_COST, self->options->is_both, &err);
    if (status == WP_OK)
        status = find_ends(self, row, &tie, &err);
    if (status == WP_OK && !edges_batch_add(&self->edges, &tie))
        return run_fail_input(self, 0, 0, "memory is exhausted");
    return run_check(self, status, &err, what);
}

static import_code take_row(run *self, const edges_shape *shape, const edges_row *row)
{
    verdict what;
    import_code code = IMPORT_DONE;
    const import_options *options = self->options;
    what.outcome = OUTCOME_ADDED;
    self->lines.position = row->where.next;
    self->lines.number = row->where.next_line;
    if (row->detail != NULL)
        verdict_skip(&what, row->reason, "%s", row->detail);
    else if (!self->is_checking)
        code =
            options->is_dry_run ? count_edge(self, row, &what) : keep_edge(self, shape, row, &what);
    if (code == IMPORT_DONE)
        code = run_row(self, &row->where, &what, options->is_dry_run ? 1 : 0);
    bool is_full = self->edges.count >= EDGES_BATCH_MAX && !self->is_single;
    return code == IMPORT_DONE && is_full ? run_commit(self, true) : code;
}

static void fetch_row(const run *self, const edges_row *row)
{
    if (row->detail != NULL || self->is_checking)
        return;
    store_fetch_person(self, row->from_hash);
    store_fetch_person(self, row->to_hash);
    if (self->options->is_dry_run)
        rehearse_fetch_tie(self, store_pair_hash(self, row->from_hash, row->to_hash));
}

static import_code take_block(run *self, const edges_shape *shape, const edges_block *block)
{
    import_code code = IMPORT_DONE;
    for (size_t i = 0; i < block->count && i < AHEAD; i++)
        fetch_row(self, &block->rows[i]);
    for (size_t i = 0; i < block->count && code == IMPORT_DONE; i++) {
        if (i + AHEAD < block->count)
            fetch_row(self, &block->rows[i + AHEAD]);
        code = take_row(self, shape, &block->rows[i]);
    }
    return code;
}

/* Only when no thread reads on. */
static import_code fail_lines(run *self, const edges_ahead *rows, lines_code code)
{
    self->lines.position = rows->lines.position;
    self->lines.number = rows->lines.number;
    self->lines.failure = rows->lines.failure;
    return run_fail_lines(self, code);
}

/* Store what is read ahead up to the end of the file, or of what can be read. */
static import_code take_blocks(run *self, edges_ahead *rows)
{
    const edges_block *block;
    do {
        block = edges_ahead_next(rows);
        import_code code = take_block(self, &rows->shape, block);
        if (code != IMPORT_DONE)
            return code;
    } while (block->code == LINES_OK);
    if (block->code == LINES_END)
        return run_store_edges(self);
    return fail_lines(self, rows, block->code);
}

import_code edges_read(run *self, const place *from)
{
    edges_ahead rows;
    edges_shape shape =
        edges_sniff(self->source.head, self->source.head_bytes, self->options->weight);
    self->result->files[self->file].weights = edges_reading(&shape);
    people_allow_many(&self->people);
    self->lines.position = from->next;
    self->lines.number = from->next_line;
    lines_code code = edges_ahead_begin(&rows, self, &shape, from);
    import_code done = code == LINES_OK ? take_blocks(self, &rows) : fail_lines(self, &rows, code);
    edges_ahead_end(&rows);
    return done;
}
