/*
 * JSON documents.
 *
 * Keys keep the order in which they are put, so that equal answers are equal bytes. Text in the
 * database is UTF-8 by its own rule; a text that is not (an argument of the command line) is
 * cleaned, since a JSON document must be valid whatever was asked.
 */
#include "doc.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "text.h"

static json_t *checked(json_t *value)
{
    if (value == NULL) {
        (void)fputs("warmpath: out of memory\n", stderr);
        exit(4);
    }
    return value;
}

json_t *doc_text(const char *text)
{
    json_t *value;
    char *clean;

    if (text == NULL)
        return json_null();
    value = json_string(text);
    if (value != NULL)
        return value;
    clean = text_clean(text);
    value = json_string(clean);
    free(clean);
    return checked(value);
}

json_t *doc_number(double value)
{
    return isfinite(value) ? checked(json_real(value)) : json_null();
}

json_t *doc_day(int32_t day)
{
    char text[DATE_TEXT_BYTES];

    return day == WP_DAY_NONE ? json_null() : doc_text(date_format_day(day, text));
}

json_t *doc_day_of_time(int64_t time_s)
{
    return time_s == WP_TIME_NONE ? json_null() : doc_day(date_of_time(time_s));
}

json_t *doc_time(int64_t time_s)
{
    char text[DATE_TEXT_BYTES];

    return time_s == WP_TIME_NONE ? json_null() : doc_text(date_format_time(time_s, text));
}

json_t *doc_hops(uint32_t hops_max)
{
    return hops_max == WP_HOPS_ANY ? json_null() : checked(json_integer((json_int_t)hops_max));
}

json_t *doc_cost(uint32_t cost)
{
    return cost == WP_COST_NONE ? json_null() : checked(json_integer((json_int_t)cost));
}

json_t *doc_object(void)
{
    return checked(json_object());
}

json_t *doc_array(void)
{
    return checked(json_array());
}

void doc_put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, checked(value)) != 0)
        checked(NULL);
}

void doc_add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, checked(value)) != 0)
        checked(NULL);
}

void doc_insert(json_t *array, size_t place, json_t *value)
{
    if (json_array_insert_new(array, place, checked(value)) != 0)
        checked(NULL);
}

#define WRITE_FLAGS (JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15))

void doc_write(FILE *stream, const json_t *value)
{
    /* A failed write leaves the stream's error flag set; that is checked at the end of the run. */
    (void)json_dumpf(value, stream, WRITE_FLAGS);
}

void doc_open_list(FILE *stream, json_t *head)
{
    char *text = json_dumps(head, WRITE_FLAGS);

    if (text == NULL)
        checked(NULL);
    size_t length = strlen(text);
    assert(length > 2 && strcmp(text + length - 2, "]}") == 0);
    (void)fwrite(text, 1, length - 2, stream);
    free(text);
    json_decref(head);
}

void doc_add_listed(FILE *stream, json_t *item, bool is_first)
{
    if (!is_first)
        (void)fputc(',', stream);
    doc_write(stream, item);
    json_decref(item);
}

void doc_close_list(FILE *stream)
{
    (void)fputs("]}\n", stream);
}

void doc_print(json_t *document)
{
    doc_write(stdout, document);
    (void)fputc('\n', stdout);
    json_decref(document);
}
