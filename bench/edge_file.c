/*
 * Reading edge lists: see edge_file.h.
 *
 * The whole file is read and cut into words in place; names are found again through a hash table of
 * their texts. An edge from somebody to himself is skipped. It is a reader for benchmark graphs, so
 * a line it cannot use ends the program and says which.
 */
#include "edge_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "random.h"

#define SEPARATORS " \t,|;\r"

static char *read_all(const char *path)
{
    FILE *stream = fopen(path, "r");
    size_t used = 0, capacity = 1 << 20;
    char *text = bench_new(capacity, 1);
    if (stream == NULL)
        bench_die("%s could not be read", path);
    for (size_t got; (got = fread(text + used, 1, capacity - used - 1, stream)) > 0;) {
        used += got;
        if (used + 1 < capacity)
            continue;
        capacity *= 2;
        text = realloc(text, capacity);
        if (text == NULL)
            bench_die("no memory for %zu bytes of text", capacity);
    }
    if (ferror(stream) || fclose(stream) != 0)
        bench_die("%s could not be read", path);
    text[used] = '\0';
    return text;
}

static uint64_t hash(const char *name)
{
    uint64_t value = 0;
    for (; *name != '\0'; name++)
        value = random_mix(value ^ (unsigned char)*name);
    return value;
}

static void grow_table(edge_file *it)
{
    free(it->table);
    it->table_size = it->table_size == 0 ? 1 << 16 : 2 * it->table_size;
    it->table = bench_new(it->table_size, sizeof *it->table);
    for (uint32_t i = 0; i < it->people; i++) {
        size_t slot = hash(it->names[i]) & (it->table_size - 1);
        while (it->table[slot] != 0)
            slot = (slot + 1) & (it->table_size - 1);
        it->table[slot] = i + 1;
    }
}

static uint32_t number_of(edge_file *it, char *name)
{
    if (2 * (size_t)it->people >= it->table_size)
        grow_table(it);
    size_t slot = hash(name) & (it->table_size - 1);
    for (; it->table[slot] != 0; slot = (slot + 1) & (it->table_size - 1))
        if (strcmp(it->names[it->table[slot] - 1], name) == 0)
            return it->table[slot];
    if (it->people == it->capacity) {
        it->capacity = it->capacity == 0 ? 1 << 16 : 2 * it->capacity;
        it->names = realloc(it->names, it->capacity * sizeof *it->names);
        if (it->names == NULL)
            bench_die("no memory for %u names", it->capacity);
    }
    it->names[it->people++] = name;
    it->table[slot] = it->people;
    return it->people;
}

/* The next word of a line, terminated in place; NULL at its end. */
static char *next_word(char **at)
{
    char *word = *at + strspn(*at, SEPARATORS);
    if (*word == '\0')
        return NULL;
    char *end = word + strcspn(word, SEPARATORS);
    *at = *end == '\0' ? end : end + 1;
    *end = '\0';
    return word;
}

static void read_line(edge_file *it, char *line, size_t number)
{
    char *from = next_word(&line);
    if (from == NULL || *from == '#' || *from == '%')
        return;
    char *to = next_word(&line);
    char *weight = next_word(&line);
    if (to == NULL && number == 1)
        return;
    double p = weight == NULL ? 0.5 : strtod(weight, NULL);
    if (to == NULL || !(p >= 0 && p <= 1))
        bench_die("line %zu of the edge list: expected src dst [p], p from 0 to 1", number);
    if (strcmp(from, to) == 0)
        return;
    uint32_t source = number_of(it, from);
    it->items[it->count++] = (edge){source, number_of(it, to), p};
}

void edge_file_read(const char *path, edge_file *out)
{
    size_t lines = 1;
    *out = (edge_file){.text = read_all(path)};
    for (const char *at = out->text; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    out->items = bench_new(lines, sizeof *out->items);
    char *line = out->text;
    for (size_t number = 1; line != NULL; number++) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        read_line(out, line, number);
        line = end == NULL ? NULL : end + 1;
    }
}

void edge_file_free(edge_file *it)
{
    free(it->text);
    free(it->names);
    free(it->items);
    free(it->table);
    *it = (edge_file){.text = NULL};
}
