/*
 * The lines of a dump: references, groups, digits. See dump_lines.h.
 */
#include "dump_lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static void clear_group(dump *out)
{
    for (size_t i = 0; i < out->group_count; i++) {
        json_decref(out->group[i].object);
        free(out->group[i].text);
    }
    out->group_count = 0;
}

void dump_free(dump *out)
{
    clear_group(out);
    free(out->group);
    dump_index_free(&out->people);
    dump_index_free(&out->companies);
    dump_index_free(&out->sources);
}

json_t *dump_new(const char *type)
{
    json_t *line = doc_object();

    doc_put(line, "type", doc_text(type));
    return line;
}

json_t *dump_number(double value)
{
    bool is_whole = value == floor(value) && fabs(value) < 9e15;
    return is_whole ? json_integer((json_int_t)value) : doc_number(value);
}

/* So many digits, or more when a number needs them. */
static int digits_of(const json_t *value, int digits)
{
    if (!json_is_real(value))
        return digits;
    for (; digits < 17; digits++) {
        char text[40];
        (void)snprintf(text, sizeof text, "%.*g", digits, json_real_value(value));
        if (strtod(text, NULL) == json_real_value(value))
            break;
    }
    return digits;
}

/*
 * The digits with which the numbers of a line are written: the fewest that read back as the same
 * numbers. Pure.
 */
static int count_digits(const json_t *line)
{
    const char *key;
    json_t *value;
    int digits = 1;

    json_object_foreach((json_t *)(uintptr_t)line, key, value)
    {
        digits = digits_of(value, digits);
        for (size_t i = 0; i < json_array_size(value); i++)
            digits = digits_of(json_array_get(value, i), digits);
    }
    return digits;
}

void dump_put_text(json_t *line, const char *key, const char *text)
{
    if (text != NULL)
        doc_put(line, key, doc_text(text));
}

void dump_put_person(const dump *out, json_t *line, const char *key, wp_number number)
{
    doc_put(line, key, doc_text(dump_index_text(&out->people, number)));
}

wp_statement dump_before(wp_number number, uint32_t source)
{
    wp_statement at = {.number = number};
    if (source == 0)
        return at;
    at.source = source - 1;
    at.identity.text = ""; /* behind a statement, whatever it said */
    return at;
}

int dump_put_company(dump *out, json_t *line, const char *key, wp_number number, uint32_t source)
{
    app *self = out->self;
    const char *reference = dump_index_text(&out->companies, number);
    wp_statement at = dump_before(number, source);

    if (strncmp(reference, "name:", 5) != 0) {
        doc_put(line, key, doc_text(reference));
        return CODE_DONE;
    }
    wp_status status = wp_company_statement_of(self->txn, &at, &self->err);
    if (status != WP_OK && status != WP_ENOTFOUND)
        return app_fail_status(self, "company");
    bool is_own = status == WP_OK && at.source == source && at.name != NULL;
    char *text = text_format("name:%s", is_own ? at.name : reference + 5);
    doc_put(line, key, doc_text(text));
    free(text);
    return CODE_DONE;
}

static size_t flags_of(const json_t *line)
{
    size_t digits = (size_t)count_digits(line);
    return JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(digits);
}

void dump_add(dump *out, json_t *line, uint32_t source)
{
    if (out->group_count == out->group_capacity) {
        out->group_capacity = out->group_capacity == 0 ? 16 : 2 * out->group_capacity;
        out->group = text_resize(out->group, out->group_capacity, sizeof *out->group);
    }
    char *text = json_dumps(line, flags_of(line));
    if (text == NULL)
        text = text_copy("");
    out->group[out->group_count++] = (dump_line){line, text, source};
}

static int write_line(dump *out, const json_t *line)
{
    bool is_written =
        json_dumpf(line, out->stream, flags_of(line)) == 0 && fputc('\n', out->stream) != EOF;

    out->line_count++;
    if (!is_written)
        return CODE_STOPPED; /* the reason is told when the stream is closed */
    if (app_is_cancelled(out->self))
        return app_fail(out->self, CODE_STOPPED, "interrupted: the dump is incomplete");
    return CODE_DONE;
}

/* By text; what is stated by hand first, then by the names of sources. */
static int compare_line(const void *a, const void *b, void *context)
{
    const dump_line *x = a, *y = b;
    const dump *out = context;
    int order = strcmp(x->text, y->text);
    if (order != 0 || x->source == y->source)
        return order;
    if (x->source == WP_SOURCE_HAND || y->source == WP_SOURCE_HAND)
        return x->source == WP_SOURCE_HAND ? -1 : 1;
    return strcmp(dump_index_text(&out->sources, x->source),
                  dump_index_text(&out->sources, y->source));
}

/* Write a line that so many of the group say, those from `from` on. */
static int write_stated(dump *out, size_t from, size_t to)
{
    json_t *line = out->group[from].object;

    if (to - from == 1) {
        doc_put(line, "source", doc_text(dump_index_text(&out->sources, out->group[from].source)));
    } else {
        json_t *names = doc_array();
        for (size_t i = from; i < to; i++)
            doc_add(names, doc_text(dump_index_text(&out->sources, out->group[i].source)));
        doc_put(line, "sources", names);
    }
    return write_line(out, line);
}

int dump_write_group(dump *out)
{
    int code = CODE_DONE;

    if (out->group_count > 1)
        qsort_r(out->group, out->group_count, sizeof *out->group, compare_line, out);
    for (size_t from = 0, to; from < out->group_count && code == CODE_DONE; from = to) {
        const dump_line *first = &out->group[from];
        to = from + 1;
        if (first->source == WP_SOURCE_HAND) {
            code = write_line(out, first->object);
            continue;
        }
        while (to < out->group_count && to - from < 64 &&
               strcmp(out->group[to].text, first->text) == 0)
            to++;
        code = write_stated(out, from, to);
    }
    clear_group(out);
    return code;
}
