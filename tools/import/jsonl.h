/*
 * The native exchange format: rows as JSON objects, one a line. The shapes are in jsonl.c.
 *
 * Parsing fills a fact that borrows its texts from the parsed object; storing is in fact_store.c.
 */
#ifndef WARMPATH_IMPORT_JSONL_H
#define WARMPATH_IMPORT_JSONL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "import/fact.h"
#include "warmpath.h"

#define JSONL_NESTING_MAX 16

/* The type that a line says it has in the first place, without parsing; else FACT_UNKNOWN. */
fact_type jsonl_peek(const char *text, size_t length);

/* Parse a line to an object. NULL: the verdict says why. */
json_t *jsonl_load(const char *text, size_t length, verdict *what);

/* The type of an object; FACT_UNKNOWN with the verdict. */
fact_type jsonl_type_of(const json_t *object, verdict *what);

/* Check an object and fill a row from it. False: the verdict says why; REASON_NONE: memory. */
bool jsonl_parse(const json_t *object, fact *out, verdict *what);

/* Whether members of some type of row have this name. */
bool jsonl_is_key(const char *key);

/* What readers of values share (jsonl_value.c). All return false with the verdict set. */

/* A member that is a string, or absent or null (NULL). */
bool jsonl_text(const json_t *object, const char *key, size_t bytes_max, const char **out,
                verdict *what);
bool jsonl_bool(const json_t *object, const char *key, bool *out, verdict *what);
bool jsonl_day(const json_t *object, const char *key, int32_t *out, verdict *what);
/* A person ("a@b", "id:X", "linkedin:X", where X may be the address of a profile and then becomes
 * its slug in the value) or company ("acme.com", "id:X", "name:X", "Acme"). */
bool jsonl_person_ref(json_t *value, const char *key, wp_identity *out, verdict *what);
bool jsonl_company_ref(const char *text, const char *key, wp_identity *out, verdict *what);
/* Add identities from a string or an array of strings; absent or null adds none. */
bool jsonl_identities(const json_t *object, const char *key, wp_identity_kind kind, fact *out,
                      verdict *what);
/* As a short text for a verdict; `out` is returned. */
#define JSONL_SHOWN_BYTES 80
const char *jsonl_show(const json_t *value, char out[JSONL_SHOWN_BYTES]);

#endif
