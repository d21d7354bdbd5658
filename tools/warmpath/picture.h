/*
 * The people and ties of several paths merged into one graph and laid out in columns: what both
 * pictures (DOT and SVG) are drawn from. Pure.
 */
#ifndef WARMPATH_TOOL_PICTURE_H
#define WARMPATH_TOOL_PICTURE_H

#include "path_answer.h"

typedef struct picture_node {
    const person_view *who; /* Borrowed from the answer. */
    uint32_t column;        /* sources 0, targets last */
    uint32_t row;           /* within the column, 0 the first */
    bool is_introducer;
    bool is_target;
} picture_node;

typedef struct picture_edge {
    size_t from; /* indexes of nodes */
    size_t to;
    const wp_tie *tie; /* Borrowed. */
    bool is_best;      /* on the best path */
} picture_edge;

typedef struct picture {
    picture_node *nodes; /* in the order of the paths: the best path's people come first */
    size_t node_count;
    picture_edge *edges;
    size_t edge_count;
    uint32_t column_count;
    uint32_t row_count; /* of the fullest column */
} picture;

void picture_build(const path_answer *answer, picture *out);
void picture_free(picture *self);

/* "3 paths from us to acme.com on 2024-03-01". Cleaned. Yours: free(). */
char *picture_title(const path_answer *answer);

#endif
