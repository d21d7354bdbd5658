/*
 * JSON documents: helpers on jansson for the shapes of the tool's contract.
 */
#ifndef WARMPATH_TOOL_JSON_H
#define WARMPATH_TOOL_JSON_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "warmpath.h"

/* A text, or null for NULL. */
json_t *json_text(const char *text);

/* A number, or null when it is not finite. */
json_t *json_number(double value);

/* A day as "YYYY-MM-DD", null for WP_DAY_NONE; the UTC day of a time; a time; null for none. */
json_t *json_day(int32_t day);
json_t *json_day_of_time(int64_t time_s);
json_t *json_time(int64_t time_s);

/* The hop limit, null for WP_HOPS_ANY; the cost of a tie, null for WP_COST_NONE. */
json_t *json_hops(uint32_t hops_max);
json_t *json_cost(uint32_t cost);

/* A new object or array; ends the tool when memory is exhausted. */
json_t *json_new_object(void);
json_t *json_new_array(void);

/* Add a value to an object or array, which takes it over. */
void json_put(json_t *object, const char *key, json_t *value);
void json_add(json_t *array, json_t *value);

/* Write a value on one line without spaces, reals with 15 digits, and no newline. */
void json_write(FILE *stream, const json_t *value);

/* Write a document to stdout with a newline and free it. */
void json_print(json_t *document);

#endif
