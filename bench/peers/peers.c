/*
 * The part that all C programs of this directory share; see peers.h.
 *
 * Numbers are read with strtoull over a whole file in memory, so that reading text costs every
 * engine the same and little. Answers are flushed line by line: `run` gives up on a program that
 * does not answer in time and keeps what it printed before.
 */
#include "peers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* A first pass that took longer than this is the measurement. */
#define WARM_UP_US_MAX 10e6

typedef struct questions {
    question *items;
    size_t count;
} questions;

void peers_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

void *peers_allocate(size_t count, size_t bytes)
{
    void *memory = calloc(count > 0 ? count : 1, bytes);
    if (memory == NULL)
        peers_fail("no memory for %zu items of %zu bytes", count, bytes);
    return memory;
}

double peers_now_us(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        peers_fail("no monotonic clock");
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* A file as text terminated by NUL. Yours. */
static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        peers_fail("%s: cannot be read", path);
    long bytes = ftell(file);
    if (bytes < 0 || fseek(file, 0, SEEK_SET) != 0)
        peers_fail("%s: cannot be read", path);
    char *text = peers_allocate((size_t)bytes + 1, 1);
    if (fread(text, 1, (size_t)bytes, file) != (size_t)bytes || fclose(file) != 0)
        peers_fail("%s: cannot be read", path);
    return text;
}

/* Read the next number after *at; false at the end of the text. */
static bool next_number(char **at, uint32_t *out)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(*at, &end, 10);
    if (end == *at) {
        while (*end == ' ' || *end == '\n' || *end == '\r')
            end++;
        if (*end != '\0')
            peers_fail("not a number: %.20s", end);
        return false;
    }
    if (errno != 0 || value > UINT32_MAX)
        peers_fail("number out of range: %llu, expected 0..%" PRIu32, value, UINT32_MAX);
    *out = (uint32_t)value;
    *at = end;
    return true;
}

static uint32_t number(char **at)
{
    uint32_t value = 0;
    if (!next_number(at, &value))
        peers_fail("the text ends within a line");
    return value;
}

void peers_read_edges(const char *path, edges *out)
{
    char *text = read_text(path), *at = text;
    size_t room = 1024;
    uint32_t from;
    *out = (edges){.items = peers_allocate(room, sizeof(edge))};
    while (next_number(&at, &from)) {
        if (out->count == room) {
            room *= 2;
            out->items = realloc(out->items, room * sizeof(edge));
            if (out->items == NULL)
                peers_fail("no memory for %zu edges", room);
        }
        edge *added = &out->items[out->count++];
        added->from = from;
        added->to = number(&at);
        added->cost = number(&at);
        uint32_t larger = added->from > added->to ? added->from : added->to;
        out->person_max = larger > out->person_max ? larger : out->person_max;
    }
    free(text);
}

static uint32_t *read_people(char **at, size_t count)
{
    uint32_t *people = peers_allocate(count, sizeof *people);
    for (size_t i = 0; i < count; i++)
        people[i] = number(at);
    return people;
}

static void read_questions(const char *path, questions *out)
{
    char *text = read_text(path), *at = text;
    uint32_t hops_max;
    *out = (questions){NULL, 0};
    while (next_number(&at, &hops_max)) {
        out->items = realloc(out->items, (out->count + 1) * sizeof(question));
        if (out->items == NULL)
            peers_fail("no memory for questions");
        question *added = &out->items[out->count++];
        added->hops_max = hops_max;
        added->k = number(&at);
        added->source_count = number(&at);
        added->target_count = number(&at);
        added->sources = read_people(&at, added->source_count);
        added->targets = read_people(&at, added->target_count);
    }
    free(text);
}

static int by_cost(const void *a, const void *b)
{
    const introduction *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    return x->introducer < y->introducer ? -1 : x->introducer > y->introducer;
}

void peers_keep_best(answer *found, size_t k)
{
    qsort(found->items, found->count, sizeof(introduction), by_cost);
    found->count = found->count < k ? found->count : k;
}

static void print_answer(size_t index, double took_us, const answer *found)
{
    printf("{\"question\":%zu,\"us\":%.3f,\"answer\":[", index, took_us);
    for (size_t i = 0; i < found->count; i++)
        printf("%s[%" PRIu32 ",%" PRIu64 "]", i > 0 ? "," : "", found->items[i].introducer,
               found->items[i].cost);
    printf("]}\n");
    if (fflush(stdout) != 0)
        peers_fail("answers cannot be printed");
}

void peers_ask_all(const char *path, size_t people, ask_fn *ask, void *context)
{
    questions all;
    read_questions(path, &all);
    answer found = {peers_allocate(people + 1, sizeof(introduction)), 0};
    double pass_us = 0;
    for (int pass = 0; pass < 2 && pass_us < WARM_UP_US_MAX; pass++) {
        for (size_t i = 0; i < all.count; i++) {
            found.count = 0;
            double started = peers_now_us();
            ask(context, &all.items[i], &found);
            double took = peers_now_us() - started;
            pass_us += took;
            print_answer(i, took, &found);
        }
    }
}

void peers_print_load(double started_us, const char *version)
{
    printf("{\"load_us\":%.0f,\"version\":\"%s\"}\n", peers_now_us() - started_us, version);
}
