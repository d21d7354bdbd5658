/*
 * Edge lists: lines become stated ties.
 *
 * People are `id:SRC`. A pair that comes again replaces what was said before, so the last line
 * wins; one that says what is stated already is known. With is_both a line states both directions,
 * and is known when both are. The guess of the weight is made once, from the head of the file.
 */
#include "import/edges.h"

#include "import/reader.h"
#include "import/store.h"

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

static import_code store_edge(run *self, const edge *row, verdict *what)
{
    wp_txn *txn = NULL;
    wp_error err;
    bool is_known = false;
    wp_stated_tie tie = row->tie;
    wp_identity from = {WP_IDENTITY_ID, row->from}, to = {WP_IDENTITY_ID, row->to};
    import_code code = run_txn(self, &txn);
    if (code != IMPORT_DONE)
        return code;
    wp_status status = store_person(self, &from, row->from_length, &tie.from, &err);
    if (status == WP_OK)
        status = store_person(self, &to, row->to_length, &tie.to, &err);
    if (status == WP_OK)
        status = state_both(self, &tie, row, &is_known, &err);
    what->outcome = is_known ? OUTCOME_KNOWN : OUTCOME_ADDED;
    return run_check(self, status, &err, what);
}

static import_code take_line(run *self, const edges_shape *shape, text_line *at)
{
    edge row;
    verdict what;
    import_code code = IMPORT_DONE;
    place where = {at->number, at->byte, at->end_byte, at->number};
    what.outcome = OUTCOME_ADDED;
    if (at->is_long)
        verdict_skip(&what, REASON_LONG_LINE, "line of %llu bytes, expected at most %zu",
                     (unsigned long long)(at->end_byte - at->byte), EDGES_LINE_BYTES_MAX);
    else if (edges_parse(shape, at->text, at->length, &row, &what) && !self->is_checking)
        code = store_edge(self, &row, &what);
    if (code != IMPORT_DONE)
        return code;
    return run_row(self, &where, &what, self->options->is_both ? 2 : 1);
}

import_code edges_read(run *self, const place *from)
{
    text_line at;
    edges_shape shape =
        edges_sniff(self->source.head, self->source.head_bytes, self->options->weight);
    bool skips_header = shape.has_header && from->next == 0;
    lines_code code = lines_open(&self->lines, self->source.fd, from->next, from->next_line,
                                 EDGES_LINE_BYTES_MAX, self->options->cancel);
    while (code == LINES_OK && (code = lines_next(&self->lines, &at)) == LINES_OK) {
        if (edges_is_comment(at.text, at.length))
            continue;
        if (skips_header) {
            skips_header = false;
            continue;
        }
        import_code done = take_line(self, &shape, &at);
        if (done != IMPORT_DONE)
            return done;
    }
    return code == LINES_END ? IMPORT_DONE : run_fail_lines(self, code);
}
