/*
 * Edge lists as text: lines `src dst [p]`, separated by blanks, tabs, commas or bars. Empty lines,
 * lines that begin with `#` or `%` and a first line without a second word are skipped. People are
 * numbered in the order in which they occur.
 */
#ifndef BENCH_EDGE_FILE_H
#define BENCH_EDGE_FILE_H

#include <stddef.h>
#include <stdint.h>

typedef struct edge {
    uint32_t from;
    uint32_t to;
    double p;
} edge;

typedef struct edge_file {
    char *text; /* the file; names point into it */
    char **names;
    uint32_t people;
    uint32_t capacity;
    edge *items;
    size_t count;
    uint32_t *table; /* open addressing: name -> index + 1 */
    size_t table_size;
} edge_file;

void edge_file_read(const char *path, edge_file *out);
void edge_file_free(edge_file *it);

#endif
