/*
 * Looking for texts in the bytes of files: see scan.h.
 */
#include "scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#define TEXT_BYTES_MAX 512
#define BYTES_MIN 4

typedef struct haystack {
    const char *path;
    char *bytes;
    size_t count;
    bool says_where;
} haystack;

static haystack read_all(const char *path)
{
    haystack out = {.path = path};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    assert_true(size >= 0);
    rewind(file);
    out.count = (size_t)size;
    out.bytes = malloc(out.count + 1);
    assert_non_null(out.bytes);
    assert_int_equal(fread(out.bytes, 1, out.count, file), out.count);
    assert_int_equal(fclose(file), 0);
    return out;
}

static size_t count_hits(const haystack *in, const void *needle, size_t bytes, const char *form)
{
    size_t hits = 0;
    const char *at = in->bytes, *end = in->bytes + in->count;
    if (bytes < BYTES_MIN)
        return 0;
    while ((at = memmem(at, (size_t)(end - at), needle, bytes)) != NULL) {
        if (hits++ == 0 && in->says_where)
            print_message("%s: a text of %zu bytes, %s, at byte %zu\n", in->path, bytes, form,
                          (size_t)(at - in->bytes));
        at++;
    }
    return hits;
}

/* Plain text of the basic plane as UTF-16. */
static size_t to_utf16(const char *text, int is_big, unsigned char *out)
{
    size_t bytes = 0;
    const unsigned char *at = (const unsigned char *)text;
    while (*at != 0) {
        unsigned code = at[0];
        size_t length = code < 0x80 ? 1 : code < 0xe0 ? 2 : 3;
        if (length == 2)
            code = (code & 0x1fu) << 6 | (at[1] & 0x3fu);
        else if (length == 3)
            code = (code & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
        out[bytes + (is_big ? 0 : 1)] = (unsigned char)(code >> 8);
        out[bytes + (is_big ? 1 : 0)] = (unsigned char)code;
        bytes += 2;
        at += length;
    }
    return bytes;
}

static size_t scan_text(const haystack *in, const char *text)
{
    char changed[2 * TEXT_BYTES_MAX];
    unsigned char wide[2 * TEXT_BYTES_MAX];
    size_t length = strlen(text), hits = 0;
    assert_true(length < TEXT_BYTES_MAX);
    if (length < BYTES_MIN)
        return 0;
    hits += count_hits(in, text, length, "as it is");
    wpi_text_lower(text, changed, sizeof changed);
    if (strcmp(changed, text) != 0)
        hits += count_hits(in, changed, length, "in lower case");
    size_t folded = wpi_text_fold(text, changed, sizeof changed);
    if (strcmp(changed, text) != 0)
        hits += count_hits(in, changed, folded, "folded");
    for (int is_big = 0; is_big < 2; is_big++)
        hits += count_hits(in, wide, to_utf16(text, is_big, wide), "as UTF-16");
    return hits;
}

size_t scan_file(const char *path, const char *const *texts, size_t count, bool says_where)
{
    haystack in = read_all(path);
    size_t hits = 0;
    in.says_where = says_where;
    for (size_t i = 0; i < count; i++)
        hits += scan_text(&in, texts[i]);
    free(in.bytes);
    return hits;
}
