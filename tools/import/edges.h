/*
 * Edge lists: lines `src dst [weight]` with a delimiter that is sniffed. Parsing is pure and makes
 * no copies: fields are cut out of the line in place. Storing is in edges.c alone.
 *
 * The shape of a list is decided once, from its first lines, and holds for all of it; a line that
 * does not fit is a bad row, never a reason to guess again.
 */
#ifndef WARMPATH_IMPORT_EDGES_H
#define WARMPATH_IMPORT_EDGES_H

#include <stdbool.h>
#include <stddef.h>

#include "import/run.h"

#define EDGES_LINE_BYTES_MAX ((size_t)64 * 1024)

/* How a list is written. */
typedef struct edges_shape {
    char delimiter;    /* ',', '\t', '|'; ' ' stands for any run of blanks */
    bool has_header;   /* the first row names the columns */
    bool is_plausible; /* it is an edge list, and no other table, as far as a guess can tell */
    import_weight weight;
    bool is_nats; /* costs: all are in nats, also those without a point; else in micro-nats */
} edges_shape;

/* Find the shape from the first bytes of a file; `weight` as the caller chose. */
edges_shape edges_sniff(const char *head, size_t bytes, import_weight weight);

/* What the weights are taken for, in words that are not to be freed. */
const char *edges_reading(const edges_shape *shape);

/* One row. Texts are in the line, closed by NUL. */
typedef struct edge {
    const char *from;
    size_t from_length;
    const char *to;
    size_t to_length;
    wp_stated_tie tie; /* without the people */
} edge;

/* Whether a line is blank or a comment. */
bool edges_is_comment(const char *text, size_t length);

/* Cut a line, which must be closed by NUL, into an edge. False: the verdict says why not. */
bool edges_parse(const edges_shape *shape, char *text, size_t length, edge *out, verdict *what);

/* A decimal number that fills the text: sign, digits, point, exponent. */
typedef struct edges_number {
    bool is_integer; /* written as a whole number: 1000000 or 1e6, not 1.0 and not 1e-6 */
    double value;
} edges_number;
bool edges_parse_number(const char *text, size_t length, edges_number *out);

#endif
