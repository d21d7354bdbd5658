/*
 * The native exchange format: rows as JSON objects, one a line. The shapes are in jsonl.c.
 *
 * Parsing fills a row that borrows its texts from the parsed object; storing is in jsonl_store.c.
 */
#ifndef WARMPATH_IMPORT_JSONL_H
#define WARMPATH_IMPORT_JSONL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import/run.h"
#include "warmpath.h"

#define JSONL_NESTING_MAX 16
#define JSONL_IDENTITIES_MAX 64
#define JSONL_SPELLINGS_MAX 64
#define JSONL_RECIPIENTS_MAX 10000

typedef enum jsonl_type {
    JSONL_UNKNOWN = 0,
    JSONL_COMPANY,
    JSONL_PERSON,
    JSONL_EMPLOYMENT,
    JSONL_INTERACTION,
    JSONL_TIE,
    JSONL_CONSENT
} jsonl_type;

/* A recipient who is not yet looked up. */
typedef struct jsonl_recipient {
    wp_identity who;
    wp_role role;
} jsonl_recipient;

/* One row; which fields count depends on the type. An identity of kind 0 is absent. */
typedef struct jsonl_row {
    jsonl_type type;
    wp_identity identities[JSONL_IDENTITIES_MAX]; /* company, person */
    size_t identity_count;
    const char *name;
    const char *title; /* person, employment */
    wp_us us;
    bool has_no_company;
    wp_spelling spellings[JSONL_SPELLINGS_MAX];
    size_t spelling_count;
    wp_identity company; /* person, employment */
    wp_identity person;  /* employment, consent; the sender of an interaction or tie */
    wp_identity other;   /* the other end of a tie */
    int32_t from_day;
    int32_t to_day;
    const char *source; /* interaction */
    char hash[48];      /* the source of one without an id */
    wp_kind kind;
    int64_t time_s;
    double valence;
    const char *reply_to;
    uint32_t flags;
    jsonl_recipient *to; /* kept from row to row; freed with jsonl_row_free() */
    size_t to_count;
    size_t to_capacity;
    wp_stated_tie tie;
    bool is_both;
    wp_choice introductions;
    wp_choice contact;
} jsonl_row;

/* The type that a line says it has in the first place, without parsing; else JSONL_UNKNOWN. */
jsonl_type jsonl_peek(const char *text, size_t length);

/* Parse a line to an object. NULL: the verdict says why. */
json_t *jsonl_load(const char *text, size_t length, verdict *what);

/* The type of an object; JSONL_UNKNOWN with the verdict. */
jsonl_type jsonl_type_of(const json_t *object, verdict *what);

/* Check an object and fill a row from it. False: the verdict says why; REASON_NONE: memory. */
bool jsonl_parse(const json_t *object, jsonl_row *out, verdict *what);
void jsonl_row_free(jsonl_row *row);

/* Store a row. `hash` stands for it in a dry run. */
import_code jsonl_store(run *self, const jsonl_row *row, uint64_t hash, verdict *what);

/* What readers of values share (jsonl_value.c). All return false with the verdict set. */

/* A member that is a string, or absent or null (NULL). */
bool jsonl_text(const json_t *object, const char *key, size_t bytes_max, const char **out,
                verdict *what);
bool jsonl_bool(const json_t *object, const char *key, bool *out, verdict *what);
bool jsonl_day(const json_t *object, const char *key, int32_t *out, verdict *what);
/* A person ("a@b", "id:X", "linkedin:X") or company ("acme.com", "id:X", "name:X", "Acme"). */
bool jsonl_person_ref(const char *text, const char *key, wp_identity *out, verdict *what);
bool jsonl_company_ref(const char *text, const char *key, wp_identity *out, verdict *what);
/* Add identities from a string or an array of strings; absent or null adds none. */
bool jsonl_identities(const json_t *object, const char *key, wp_identity_kind kind, jsonl_row *out,
                      verdict *what);
/* As a short text for a verdict; `out` is returned. */
#define JSONL_SHOWN_BYTES 80
const char *jsonl_show(const json_t *value, char out[JSONL_SHOWN_BYTES]);

#endif
