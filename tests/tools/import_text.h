/*
 * A text as an opened file of lines, for tests of readers.
 *
 * The file has no name. Included after cmocka.h, whose checks stop the test when it cannot be made.
 */
#ifndef WARMPATH_TEST_IMPORT_TEXT_H
#define WARMPATH_TEST_IMPORT_TEXT_H

#include <stdio.h>
#include <string.h>

#include "import/content.h"

typedef struct text_file {
    FILE *file;
    lines reader;
    content lines;
} text_file;

static inline void text_open_bytes(text_file *self, const char *text, size_t bytes)
{
    *self = (text_file){.file = tmpfile()};
    assert_non_null(self->file);
    assert_int_equal(fwrite(text, 1, bytes, self->file), bytes);
    assert_int_equal(fflush(self->file), 0);
    assert_int_equal(lines_open(&self->reader, fileno(self->file), 0, 0, LINES_LIMIT_MAX, NULL),
                     LINES_OK);
    self->lines.lines = &self->reader;
}

static inline void text_open(text_file *self, const char *text)
{
    text_open_bytes(self, text, strlen(text));
}

static inline void text_close(text_file *self)
{
    content_free(&self->lines);
    lines_free(&self->reader);
    fclose(self->file);
}

#endif
