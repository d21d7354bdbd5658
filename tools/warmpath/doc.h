/*
 * JSON documents: helpers on jansson for the shapes of the tool's contract.
 */
#ifndef WARMPATH_TOOL_DOC_H
#define WARMPATH_TOOL_DOC_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "warmpath.h"

/* A text, or null for NULL. */
json_t *doc_text(const char *text);

/* A number, or null when it is not finite. */
json_t *doc_number(double value);

/* A day as "YYYY-MM-DD", null for WP_DAY_NONE; the UTC day of a time; a time; null for none. */
json_t *doc_day(int32_t day);
json_t *doc_day_of_time(int64_t time_s);
json_t *doc_time(int64_t time_s);

/* The hop limit, null for WP_HOPS_ANY; the cost of a tie, null for WP_COST_NONE. */
json_t *doc_hops(uint32_t hops_max);
json_t *doc_cost(uint32_t cost);

/* A new object or array; ends the tool when memory is exhausted. */
json_t *doc_object(void);
json_t *doc_array(void);

/* Add a value to an object or array, which takes it over. */
void doc_put(json_t *object, const char *key, json_t *value);
void doc_add(json_t *array, json_t *value);
/* The same at a place, 0 the first. */
void doc_insert(json_t *array, size_t place, json_t *value);

/* Write a value on one line without spaces, reals with 15 digits, and no newline. */
void doc_write(FILE *stream, const json_t *value);

/*
 * A document too long to be held: print `head`, whose last value is an empty array, without its
 * final "]}"; then the items of that array; then the end. head and items are freed.
 */
void doc_open_list(FILE *stream, json_t *head);
void doc_add_listed(FILE *stream, json_t *item, bool is_first);
void doc_close_list(FILE *stream);

/* Write a document to stdout with a newline and free it. */
void doc_print(json_t *document);

#endif
