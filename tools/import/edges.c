/*
 * Edge lists: lines become stated ties.
 *
 * People are `id:SRC`. A pair that comes again replaces what was said before, so the last line
 * wins; one that says what is stated already is known. With is_both a line states both directions,
 * and is known when both are. The guess of the weight is made once, from the head of the file, and
 * told with the result.
 */
#include "import/edges.h"

#include <string.h>

#include "import/reader.h"
#include "import/store.h"

/* So many rows are parsed before the first of them is stored. */
#define AHEAD ((size_t)16)
#define AHEAD_TEXT_BYTES 128

typedef struct ahead_row {
    place where;
    wp_stated_tie tie;
    const char *from, *to; /* in `text`, or in the line when they are long */
    uint64_t from_hash, to_hash;
    char text[AHEAD_TEXT_BYTES];
} ahead_row;

/* A list being read: rows that are parsed and not stored, a ring. */
typedef struct ahead {
    run *run;
    edges_shape shape;
    ahead_row rows[AHEAD];
    size_t first;
    size_t count;
} ahead;

static uint64_t hash_of(run *self, uint64_t from, uint64_t to, const wp_stated_tie *tie)
{
    struct {
        uint64_t from, to;
        double p;
        uint64_t cost;
    } facts = {from, to, tie->p, tie->has_cost ? tie->cost : UINT64_MAX};
    return people_hash(&self->people, WP_IDENTITY_ID, (const char *)&facts, sizeof facts);
}

static wp_status state_both(run *self, wp_stated_tie *tie, const edge *row, bool *is_known,
                            wp_error *err)
{
    uint64_t from = people_hash(&self->people, WP_IDENTITY_ID, row->from, row->from_length);
    uint64_t to = people_hash(&self->people, WP_IDENTITY_ID, row->to, row->to_length);
    wp_status status = store_tie(self, tie, hash_of(self, from, to, tie), is_known, err);
    if (status != WP_OK || !self->options->is_both)
        return status;
    bool is_back_known = false;
    wp_stated_tie back = *tie;
    back.from = tie->to;
    back.to = tie->from;
    status = store_tie(self, &back, hash_of(self, to, from, tie), &is_back_known, err);
    *is_known = *is_known && is_back_known;
    return status;
}

/* A dry run looks up each row, since it has no numbers for people who are not stored. */
static import_code count_edge(run *self, const edge *row, verdict *what)
{
    wp_txn *txn = NULL;
    wp_error err;
    bool is_known = false;
    wp_stated_tie tie = row->tie;
    import_code code = run_txn(self, &txn);
    if (code != IMPORT_DONE)
        return code;
    wp_identity from = {WP_IDENTITY_ID, row->from}, to = {WP_IDENTITY_ID, row->to};
    wp_status status = store_person(self, &from, row->from_length, &tie.from, &err);
    if (status == WP_OK)
        status = store_person(self, &to, row->to_length, &tie.to, &err);
    if (status == WP_OK)
        status = state_both(self, &tie, row, &is_known, &err);
    what->outcome = is_known ? OUTCOME_KNOWN : OUTCOME_ADDED;
    return run_check(self, status, &err, what);
}

/* Have a row wait in the batch; it counts as added until the batch is stored. */
static import_code keep_edge(run *self, const edges_shape *shape, const ahead_row *row,
                             verdict *what)
{
    wp_txn *txn = NULL;
    wp_error err;
    wp_status status = WP_OK;
    wp_stated_tie tie = row->tie;
    wp_identity from = {WP_IDENTITY_ID, row->from}, to = {WP_IDENTITY_ID, row->to};
    import_code code = run_txn(self, &txn);
    if (code != IMPORT_DONE)
        return code;
    if (self->edges.count == 0)
        status =
            edges_batch_begin(&self->edges, txn, self->stated_by_number,
                              shape->weight == IMPORT_WEIGHT_COST, self->options->is_both, &err);
    if (status == WP_OK)
        status = store_person_of(self, &from, row->from_hash, &tie.from, &err);
    if (status == WP_OK)
        status = store_person_of(self, &to, row->to_hash, &tie.to, &err);
    if (status == WP_OK && !edges_batch_add(&self->edges, &tie))
        return run_fail_input(self, 0, 0, "memory is exhausted");
    return run_check(self, status, &err, what);
}

static import_code count_row(run *self, const place *where, const verdict *what)
{
    import_code code = run_row(self, where, what, self->options->is_dry_run ? 1 : 0);
    bool is_full = self->edges.count >= EDGES_BATCH_MAX && !self->is_single;
    return code == IMPORT_DONE && is_full ? run_commit(self, true) : code;
}

static import_code keep_row(ahead *self, const ahead_row *row)
{
    verdict what;
    what.outcome = OUTCOME_ADDED;
    import_code code = keep_edge(self->run, &self->shape, row, &what);
    return code == IMPORT_DONE ? count_row(self->run, &row->where, &what) : code;
}

/* Store rows until at most `most` are ahead. */
static import_code catch_up(ahead *self, size_t most)
{
    import_code code = IMPORT_DONE;
    while (self->count > most && code == IMPORT_DONE) {
        code = keep_row(self, &self->rows[self->first]);
        self->first = (self->first + 1) % AHEAD;
        self->count--;
    }
    return code;
}

/* Read a row ahead, so that its people are on their way from memory when it is stored. */
static import_code read_ahead(ahead *self, const place *where, const edge *row)
{
    const people *cache = &self->run->people;
    import_code code = catch_up(self, AHEAD - 1);
    if (code != IMPORT_DONE)
        return code;
    ahead_row *to = &self->rows[(self->first + self->count) % AHEAD];
    to->where = *where;
    to->tie = row->tie;
    to->from_hash = people_hash(cache, WP_IDENTITY_ID, row->from, row->from_length);
    to->to_hash = people_hash(cache, WP_IDENTITY_ID, row->to, row->to_length);
    people_fetch(cache, to->from_hash);
    people_fetch(cache, to->to_hash);
    self->count++;
    if (row->from_length + row->to_length + 2 > sizeof to->text) {
        to->from = row->from;
        to->to = row->to;
        return catch_up(self, 0); /* before the line goes */
    }
    memcpy(to->text, row->from, row->from_length + 1);
    memcpy(to->text + row->from_length + 1, row->to, row->to_length + 1);
    to->from = to->text;
    to->to = to->text + row->from_length + 1;
    return IMPORT_DONE;
}

static import_code take_line(ahead *self, text_line *at)
{
    edge row;
    verdict what;
    run *import = self->run;
    place where = {at->number, at->byte, at->end_byte, at->number};
    what.outcome = OUTCOME_ADDED;
    if (at->is_long)
        verdict_skip(&what, REASON_LONG_LINE, "line of %llu bytes, expected at most %zu",
                     (unsigned long long)(at->end_byte - at->byte), EDGES_LINE_BYTES_MAX);
    else
        edges_parse(&self->shape, at->text, at->length, &row, &what);
    bool is_row = what.outcome == OUTCOME_ADDED && !import->is_checking;
    if (is_row && !import->options->is_dry_run)
        return read_ahead(self, &where, &row);
    import_code code = catch_up(self, 0);
    if (code == IMPORT_DONE && is_row)
        code = count_edge(import, &row, &what);
    return code == IMPORT_DONE ? count_row(import, &where, &what) : code;
}

static import_code read_lines(ahead *self, bool skips_header)
{
    text_line at;
    lines_code code;
    run *import = self->run;
    while ((code = lines_next(&import->lines, &at)) == LINES_OK) {
        if (edges_is_comment(at.text, at.length))
            continue;
        if (skips_header) {
            skips_header = false;
            continue;
        }
        import_code done = take_line(self, &at);
        if (done != IMPORT_DONE)
            return done;
    }
    import_code done = catch_up(self, 0);
    if (done != IMPORT_DONE)
        return done;
    return code == LINES_END ? run_store_edges(import) : run_fail_lines(import, code);
}

import_code edges_read(run *self, const place *from)
{
    ahead reader = {.run = self};
    reader.shape = edges_sniff(self->source.head, self->source.head_bytes, self->options->weight);
    self->result->files[self->file].weights = edges_reading(&reader.shape);
    bool skips_header = reader.shape.has_header && from->next == 0;
    lines_code code = lines_open(&self->lines, self->source.fd, from->next, from->next_line,
                                 EDGES_LINE_BYTES_MAX, self->options->cancel);
    return code == LINES_OK ? read_lines(&reader, skips_header) : run_fail_lines(self, code);
}
