/*
 * Text for a terminal: memory that never fails, growing strings, display width, truncation,
 * removal of characters that could deceive a reader, word wrapping and the nearest word.
 */
#ifndef WARMPATH_TOOL_TEXT_H
#define WARMPATH_TOOL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* As calloc, realloc and strdup, but ends the tool with exit code 4 when memory is exhausted. */
void *text_new(size_t count, size_t bytes);
void *text_resize(void *memory, size_t count, size_t bytes);
char *text_copy(const char *text); /* NULL for NULL */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A growing string; all-zero is empty. `text` is NULL until something was added. */
typedef struct text_buffer {
    char *text;
    size_t length;
    size_t capacity;
} text_buffer;

void text_add(text_buffer *buffer, const char *text);
void text_add_format(text_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The text without control characters (C0, DEL, C1), bidirectional controls and other invisible
 * format characters; bytes that are no UTF-8 become U+FFFD. Yours: free().
 */
char *text_clean(const char *text);

/* Print the clean text as character data of HTML and SVG. */
void text_print_escaped(FILE *file, const char *text);

/* Columns that the text takes on a terminal. */
size_t text_width(const char *text);

/* The text cut to at most `width` columns, the last one a "…" when anything is missing. Yours. */
char *text_truncate(const char *text, size_t width);

/* Leave out the middle of a clean text of more than `most` bytes, which a "…" stands for, and keep
 * about `end` bytes behind it. */
void text_shorten(char *text, size_t most, size_t end);

/*
 * Print words, breaking lines before `width` columns; the first line starts at column `column` and
 * the others are indented by `indent`. Ends with a newline; those in the text begin lines anew. A
 * no-break space never breaks, and is printed as a space.
 */
void text_wrap(FILE *file, const char *text, size_t column, size_t indent, size_t width);

/* Edits (insert, delete, replace, swap of neighbours) between two words, case ignored. */
size_t text_distance(const char *a, const char *b);

#endif
