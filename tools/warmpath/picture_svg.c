/*
 * Paths as a picture: one SVG file that needs nothing else, light and dark.
 *
 * People are boxes in columns from our side to the target, ties are curves whose width grows with
 * the strength and whose colour and dash show the tier; the best path is drawn without fading.
 * Names are cleaned and escaped: the file may be opened in a browser, and a name is hostile until
 * proven otherwise. There are no scripts and no references to anything outside.
 */
#include <stdlib.h>

#include "date.h"
#include "picture.h"
#include "text.h"

#define MARGIN 24
#define TITLE_HEIGHT 40
#define LEGEND_HEIGHT 36
#define BOX_WIDTH 190
#define BOX_HEIGHT 52
#define COLUMN_STEP 290
#define ROW_STEP 76
#define NAME_COLUMNS 21 /* characters that fit into a box, whatever the font */
#define POSITION_COLUMNS 26

static void print_style(FILE *stream)
{
    (void)fputs(
        "<style>\n"
        "svg{background:#fff;font-family:system-ui,sans-serif}\n"
        ".h{font-size:16px;font-weight:600;fill:#1f2328}\n"
        ".n{font-size:14px;font-weight:600;fill:#1f2328}.t{font-size:11px;fill:#59636e}\n"
        ".b{fill:#f6f8fa;stroke:#d1d9e0}.i{fill:#fff8c5;stroke:#bf8700}"
        ".g{fill:#ddf4ff;stroke:#0969da}\n"
        ".e{fill:none;opacity:.45}.x{opacity:1}\n"
        ".strong{stroke:#1a7f37}.warm{stroke:#bf8700}.weak{stroke:#8c959f;stroke-dasharray:6 4}"
        ".cold{stroke:#cf222e;stroke-dasharray:2 4}\n"
        "@media(prefers-color-scheme:dark){svg{background:#0d1117}.h,.n{fill:#f0f6fc}"
        ".t{fill:#9198a1}.b{fill:#151b23;stroke:#3d444d}.i{fill:#272115;stroke:#d29922}"
        ".g{fill:#121d2f;stroke:#4493f8}.strong{stroke:#3fb950}.warm{stroke:#d29922}}\n"
        "</style>\n",
        stream);
}

static int node_x(const picture_node *node)
{
    return MARGIN + (int)node->column * COLUMN_STEP;
}

/* Columns are centred: each is as high as its own rows. */
static int node_y(const picture *drawn, const picture_node *node)
{
    uint32_t rows = 0;

    for (size_t i = 0; i < drawn->node_count; i++)
        rows += drawn->nodes[i].column == node->column ? 1u : 0u;
    return MARGIN + TITLE_HEIGHT + (int)(drawn->row_count - rows) * ROW_STEP / 2 +
           (int)node->row * ROW_STEP;
}

static void print_tooltip(FILE *stream, const picture *drawn, const picture_edge *edge)
{
    char day[DATE_TEXT_BYTES];

    (void)fputs("<title>", stream);
    text_print_escaped(stream, person_label(drawn->nodes[edge->from].who));
    (void)fputs(" → ", stream);
    text_print_escaped(stream, person_label(drawn->nodes[edge->to].who));
    (void)fprintf(stream, ": %s, %u out and %u in during the last year",
                  wp_tier_name(edge->tie->tier), edge->tie->messages_out, edge->tie->messages_in);
    if (edge->tie->last_contact_s != WP_TIME_NONE)
        (void)fprintf(stream, ", last contact %s",
                      date_format_day(date_of_time(edge->tie->last_contact_s), day));
    (void)fputs("</title>", stream);
}

static void print_edge(FILE *stream, const picture *drawn, const picture_edge *edge)
{
    const picture_node *from = &drawn->nodes[edge->from], *to = &drawn->nodes[edge->to];
    int x1 = node_x(from) + BOX_WIDTH, y1 = node_y(drawn, from) + BOX_HEIGHT / 2;
    int x2 = node_x(to), y2 = node_y(drawn, to) + BOX_HEIGHT / 2;
    int bend = (COLUMN_STEP - BOX_WIDTH) * 2 / 3;

    (void)fprintf(stream,
                  "<path class=\"e %s%s\" stroke-width=\"%.1f\" d=\"M%d %dC%d %d %d %d %d %d\">",
                  wp_tier_name(edge->tie->tier), edge->is_best ? " x" : "", 1.5 + 5 * edge->tie->p,
                  x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2);
    print_tooltip(stream, drawn, edge);
    (void)fputs("</path>\n", stream);
}

static void print_box_text(FILE *stream, const char *class_name, int x, int y, const char *text,
                           size_t columns)
{
    char *clean = text_clean(text), *shown = text_truncate(clean, columns);

    (void)fprintf(stream, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class_name, x, y);
    text_print_escaped(stream, shown);
    (void)fputs("</text>", stream);
    free(shown);
    free(clean);
}

static void print_node(FILE *stream, const picture *drawn, const picture_node *node)
{
    int x = node_x(node), y = node_y(drawn, node);
    char *position = person_position(node->who);

    (void)fputs("<g><title>", stream);
    text_print_escaped(stream, person_label(node->who));
    (void)fputs(position[0] != '\0' ? ", " : "", stream);
    text_print_escaped(stream, position);
    (void)fprintf(stream,
                  "</title><rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                  "rx=\"8\"/>",
                  node->is_target       ? "g"
                  : node->is_introducer ? "i"
                                        : "b",
                  x, y, BOX_WIDTH, BOX_HEIGHT);
    print_box_text(stream, "n", x + 10, y + 22, person_label(node->who), NAME_COLUMNS);
    print_box_text(stream, "t", x + 10, y + 40, position, POSITION_COLUMNS);
    (void)fputs("</g>\n", stream);
    free(position);
}

static void print_legend(FILE *stream, int y)
{
    static const wp_tier tiers[] = {WP_TIER_STRONG, WP_TIER_WARM, WP_TIER_WEAK};
    int x = MARGIN;

    for (size_t i = 0; i < sizeof tiers / sizeof tiers[0]; i++, x += 100)
        (void)fprintf(stream,
                      "<path class=\"e x %s\" stroke-width=\"4\" d=\"M%d %dh28\"/>"
                      "<text class=\"t\" x=\"%d\" y=\"%d\">%s</text>\n",
                      wp_tier_name(tiers[i]), x, y, x + 36, y + 4, wp_tier_name(tiers[i]));
}

void path_print_svg(FILE *stream, const path_answer *answer)
{
    char *title = picture_title(answer);
    picture drawn;

    picture_build(answer, &drawn);
    int width = 2 * MARGIN + (int)(drawn.column_count - 1) * COLUMN_STEP + BOX_WIDTH;
    int bottom = MARGIN + TITLE_HEIGHT + (int)drawn.row_count * ROW_STEP;
    int height = bottom + LEGEND_HEIGHT;
    (void)fprintf(stream,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                  "viewBox=\"0 0 %d %d\" role=\"img\">\n<title>",
                  width, height, width, height);
    text_print_escaped(stream, title);
    (void)fputs("</title>\n", stream);
    print_style(stream);
    (void)fprintf(stream, "<text class=\"h\" x=\"%d\" y=\"%d\">", MARGIN, MARGIN + 16);
    text_print_escaped(stream, title);
    (void)fputs("</text>\n", stream);
    for (size_t i = drawn.edge_count; i-- > 0;) /* the best path last, above the others */
        print_edge(stream, &drawn, &drawn.edges[i]);
    for (size_t i = 0; i < drawn.node_count; i++)
        print_node(stream, &drawn, &drawn.nodes[i]);
    print_legend(stream, bottom + LEGEND_HEIGHT / 3);
    (void)fputs("</svg>\n", stream);
    picture_free(&drawn);
    free(title);
}
