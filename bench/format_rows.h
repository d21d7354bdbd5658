/*
 * Files of every format that the tool reads, one row after the other, for benches of reading.
 *
 * A row is the i-th of a network: somebody and somebody else. Tables have the columns that the
 * programs write which export them, most of them empty where those leave most of them empty.
 */
#ifndef BENCH_FORMAT_ROWS_H
#define BENCH_FORMAT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What a row of a file is, and so how many of what a database has afterwards. */
typedef enum row_kind {
    ROW_INTERACTION,
    ROW_TIE,
    ROW_PERSON, /* each row somebody else */
    ROW_TASK    /* an interaction of one of our people with somebody else */
} row_kind;

typedef struct format {
    const char *name; /* of the case */
    const char *tool; /* as the tool calls it */
    row_kind rows;
    void (*write)(FILE *stream, uint64_t i, uint32_t from, uint32_t to);
    const char *header;      /* the lines in front; NULL: none */
    unsigned header_records; /* of which a table has one at least */
    bool has_owner;          /* each row is a tie of the owner as well */
} format;

#define FORMAT_OWNER "owner@us.example"

extern const format formats[];
extern const size_t format_count;

/* Write a file of so many rows, everybody with the next people in turn. */
void format_write(FILE *stream, const format *kind, uint32_t people, uint64_t rows);

#endif
