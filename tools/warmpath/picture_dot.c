/*
 * Paths as a Graphviz graph: left to right, the width of an arrow grows with the strength.
 *
 * A quoted DOT string needs only '"' and '\' escaped; line breaks are written as \n by us.
 */
#include <stdlib.h>

#include "picture.h"
#include "text.h"

static const char *color_of(wp_tier tier)
{
    switch (tier) {
    case WP_TIER_STRONG:
        return "#1a7f37";
    case WP_TIER_WARM:
        return "#bf8700";
    case WP_TIER_WEAK:
        return "#8c959f";
    case WP_TIER_COLD:
        return "#cf222e";
    }
    return "black";
}

static void print_quoted(FILE *stream, const char *text)
{
    char *clean = text_clean(text);

    for (const char *at = clean; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            (void)fputc('\\', stream);
        (void)fputc(*at, stream);
    }
    free(clean);
}

static void print_node(FILE *stream, const picture_node *node)
{
    char *position = person_position(node->who);

    (void)fprintf(stream, "  p%u [label=\"", node->who->number);
    print_quoted(stream, person_label(node->who));
    if (position[0] != '\0') {
        (void)fputs("\\n", stream);
        print_quoted(stream, position);
    }
    (void)fprintf(stream, "\"%s];\n",
                  node->is_target       ? ", style=\"rounded,bold\""
                  : node->is_introducer ? ", style=\"rounded,filled\", fillcolor=\"#fff8c5\""
                                        : "");
    free(position);
}

void path_print_dot(FILE *stream, const path_answer *answer)
{
    char *title = picture_title(answer);
    picture drawn;

    picture_build(answer, &drawn);
    (void)fputs("digraph warmpath {\n  label=\"", stream);
    print_quoted(stream, title);
    (void)fputs("\";\n  labelloc=t;\n  rankdir=LR;\n"
                "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
                "  edge [fontname=\"sans-serif\", fontsize=10];\n",
                stream);
    for (size_t i = 0; i < drawn.node_count; i++)
        print_node(stream, &drawn.nodes[i]);
    for (size_t i = 0; i < drawn.edge_count; i++) {
        const picture_edge *edge = &drawn.edges[i];
        (void)fprintf(stream, "  p%u -> p%u [label=\"%s\", penwidth=%.1f, color=\"%s\"];\n",
                      drawn.nodes[edge->from].who->number, drawn.nodes[edge->to].who->number,
                      wp_tier_name(edge->tie->tier), 1 + 4 * edge->tie->p,
                      color_of(edge->tie->tier));
    }
    (void)fputs("}\n", stream);
    picture_free(&drawn);
    free(title);
}
