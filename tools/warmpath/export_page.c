/*
 * An export as a page: one table a list of the document, in plain words, without scripts or
 * anything from elsewhere. All texts are escaped: a name is hostile until it is.
 */
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "text.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'\">\n<title>Personal data held in warmpath</title>\n<style>\n"
    "body{font:16px/1.5 sans-serif;max-width:75em;margin:2em auto;padding:0 1em}\n"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbb;padding:.3em .5em;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#eee}\n"
    "</style>\n</head>\n<body>\n";

/* What each part is, for somebody who has never seen this program. */
static const struct {
    const char *key;
    const char *title;
    const char *text;
} parts[] = {
    {"stated", "Who you are", "What each import says of you: your addresses, ids and names."},
    {"employments", "Where you work", "Employments that imports state or your address suggests."},
    {"decisions", "What you decided",
     "Whether you may be asked for introductions, or contacted, and who sees your ties."},
    {"groups", "Groups", "Named sets of people in which you are."},
    {"private_ties", "Private ties",
     "Contacts that their owner keeps to themselves, as a whole or only the tie."},
    {"barriers", "Barriers", "Whom you are kept apart from: no introduction joins you to them."},
    {"computed_ties", "Ties to others",
     "Computed from the interactions below. They say how likely an "
     "answer is, fade by themselves, and are not for decisions about employment."},
    {"stated_strengths", "Stated strengths", "Strengths of ties that somebody stated."},
    {"opportunities", "Opportunities", "Deals in which you have a part."},
    {"audit_log", "Who asked about you", "What the audit log holds about you."},
    {"interactions", "Interactions",
     "Who met or wrote to whom, and when; never what was written."}};

/* A value of a row: a text, a number, yes or no, or a list of texts. */
static void print_value(FILE *stream, const json_t *value)
{
    if (json_is_string(value))
        text_print_escaped(stream, json_string_value(value));
    else if (json_is_integer(value))
        (void)fprintf(stream, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        (void)fprintf(stream, "%.3g", json_real_value(value));
    else if (json_is_boolean(value))
        (void)fputs(json_is_true(value) ? "yes" : "no", stream);
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (i > 0)
            (void)fputs(", ", stream);
        text_print_escaped(stream, json_string_value(json_array_get(value, i)));
    }
}

/* "last_contact" as "last contact" */
static void print_label(FILE *stream, const char *key)
{
    for (; *key != '\0'; key++)
        (void)fputc(*key == '_' ? ' ' : *key, stream);
}

/* All rows of a list have the keys of the first. */
static void print_rows(FILE *stream, const json_t *list)
{
    const char *key;
    json_t *value;

    (void)fputs("<table>\n<tr>", stream);
    json_object_foreach(json_array_get(list, 0), key, value)
    {
        (void)fputs("<th>", stream);
        print_label(stream, key);
        (void)fputs("</th>", stream);
    }
    (void)fputs("</tr>\n", stream);
    for (size_t i = 0; i < json_array_size(list); i++) {
        (void)fputs("<tr>", stream);
        json_object_foreach(json_array_get(list, i), key, value)
        {
            (void)fputs("<td>", stream);
            print_value(stream, value);
            (void)fputs("</td>", stream);
        }
        (void)fputs("</tr>\n", stream);
    }
    (void)fputs("</table>\n", stream);
}

void export_write_page(FILE *stream, const json_t *document)
{
    (void)fputs(head, stream);
    (void)fputs("<h1>Personal data held about ", stream);
    print_value(stream, json_object_get(document, "known_as"));
    (void)fputs("</h1>\n<p>Of ", stream);
    print_value(stream, json_object_get(document, "day"));
    (void)fputs(". ", stream);
    print_value(stream, json_object_get(document, "notice"));
    (void)fputs("</p>\n", stream);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const json_t *list = json_object_get(document, parts[i].key);
        (void)fprintf(stream, "<h2>%s</h2>\n<p>%s</p>\n", parts[i].title, parts[i].text);
        if (json_array_size(list) > 0)
            print_rows(stream, list);
        else
            (void)fputs("<p>Nothing.</p>\n", stream);
    }
    (void)fputs("</body>\n</html>\n", stream);
}
