/*
 * Text for a terminal.
 *
 * Names come from mail headers and address books, so they are hostile until proven otherwise:
 * everything that reaches a table passes text_clean() first. A width is what utf8proc says a
 * terminal shows: wide East Asian characters take two columns, combining marks none.
 *
 * Out of memory ends the tool: it holds no state that an ordinary return would save, since the
 * database is safe against the end of the process at any moment.
 */
#include "text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

static void *checked(void *memory)
{
    if (memory == NULL) {
        (void)fputs("warmpath: out of memory\n", stderr);
        exit(4);
    }
    return memory;
}

void *text_new(size_t count, size_t bytes)
{
    return checked(calloc(count > 0 ? count : 1, bytes > 0 ? bytes : 1));
}

void *text_resize(void *memory, size_t count, size_t bytes)
{
    return checked(reallocarray(memory, count > 0 ? count : 1, bytes > 0 ? bytes : 1));
}

char *text_copy(const char *text)
{
    return text == NULL ? NULL : checked(strdup(text));
}

char *text_format(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return checked(length < 0 ? NULL : text);
}

static void add_bytes(text_buffer *buffer, const char *bytes, size_t length)
{
    if (buffer->length + length + 1 > buffer->capacity) {
        buffer->capacity = (buffer->length + length + 1) * 2;
        buffer->text = text_resize(buffer->text, buffer->capacity, 1);
    }
    memcpy(buffer->text + buffer->length, bytes, length);
    buffer->length += length;
    buffer->text[buffer->length] = '\0';
}

void text_add(text_buffer *buffer, const char *text)
{
    add_bytes(buffer, text, strlen(text));
}

void text_add_format(text_buffer *buffer, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    checked(length < 0 ? NULL : text);
    add_bytes(buffer, text, (size_t)length);
    free(text);
}

/* The character at `text` and its length in bytes; 0xFFFD and 1 where it is no UTF-8. */
static size_t read_character(const char *text, utf8proc_int32_t *character)
{
    utf8proc_ssize_t length =
        utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)strlen(text), character);

    if (length > 0)
        return (size_t)length;
    *character = 0xFFFD;
    return 1;
}

/* As read_character(), but looks at four bytes at most, so that a long text costs O(length). */
static size_t next_character(const char *text, utf8proc_int32_t *character)
{
    char piece[5] = {0};

    for (size_t i = 0; i < 4 && text[i] != '\0'; i++)
        piece[i] = text[i];
    return read_character(piece, character);
}

/* Controls, and format characters (Cf): the bidirectional controls are among the latter. */
static bool is_deceptive(utf8proc_int32_t character)
{
    utf8proc_category_t category = utf8proc_category(character);

    if (character == 0x200C || character == 0x200D)
        return false; /* joiners change the shape of letters in Persian and Indic names */
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
           category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

char *text_clean(const char *text)
{
    text_buffer out = {0};
    utf8proc_int32_t character;

    add_bytes(&out, "", 0);
    while (*text != '\0') {
        size_t length = next_character(text, &character);
        if (character == 0xFFFD)
            text_add(&out, "\xEF\xBF\xBD");
        else if (!is_deceptive(character))
            add_bytes(&out, text, length);
        text += length;
    }
    return out.text;
}

static size_t character_width(utf8proc_int32_t character)
{
    int width = utf8proc_charwidth(character);

    return width < 0 ? 0 : (size_t)width;
}

void text_print_escaped(FILE *file, const char *text)
{
    char *clean = text_clean(text);

    for (const char *at = clean; *at != '\0'; at++) {
        switch (*at) {
        case '&':
            (void)fputs("&amp;", file);
            break;
        case '<':
            (void)fputs("&lt;", file);
            break;
        case '>':
            (void)fputs("&gt;", file);
            break;
        case '"':
            (void)fputs("&quot;", file);
            break;
        default:
            (void)fputc(*at, file);
        }
    }
    free(clean);
}

size_t text_width(const char *text)
{
    size_t width = 0;
    utf8proc_int32_t character;

    while (*text != '\0') {
        text += next_character(text, &character);
        width += character_width(character);
    }
    return width;
}

char *text_truncate(const char *text, size_t width)
{
    text_buffer out = {0};
    size_t used = 0;
    utf8proc_int32_t character;

    if (text_width(text) <= width)
        return text_copy(text);
    add_bytes(&out, "", 0);
    while (*text != '\0' && width > 0) {
        size_t length = next_character(text, &character);
        if (used + character_width(character) > width - 1)
            break;
        used += character_width(character);
        add_bytes(&out, text, length);
        text += length;
    }
    if (width > 0)
        text_add(&out, "…");
    return out.text;
}

/* The place of the character that a byte belongs to. */
static size_t character_at(const char *text, size_t at)
{
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
        at--;
    return at;
}

void text_shorten(char *text, size_t most, size_t end)
{
    static const char gap[] = "…";
    size_t length = strlen(text);

    if (length <= most)
        return;
    size_t from = character_at(text, most - end - (sizeof gap - 1));
    size_t to = character_at(text, length - end);
    memcpy(text + from, gap, sizeof gap - 1);
    memmove(text + from + sizeof gap - 1, text + to, length - to + 1);
}

/* Print one word, no-break spaces as spaces. */
static void print_word(FILE *file, const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (i + 1 < length && (unsigned char)word[i] == 0xC2 && (unsigned char)word[i + 1] == 0xA0)
            (void)fputc(' ', file), i++;
        else
            (void)fputc(word[i], file);
    }
}

void text_wrap(FILE *file, const char *text, size_t column, size_t indent, size_t width)
{
    bool is_first = true;

    while (*text != '\0') {
        size_t length = strcspn(text, " \n");
        char *word = strndup(text, length);
        size_t word_width = text_width(checked(word));

        if (!is_first && column + 1 + word_width > width) {
            (void)fprintf(file, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!is_first) {
            (void)fputc(' ', file);
            column++;
        }
        print_word(file, word, length);
        free(word);
        column += word_width;
        is_first = false;
        text += length + strspn(text + length, " ");
        for (; *text == '\n'; text++) {
            (void)fprintf(file, "\n%*s", text[1] == '\n' ? 0 : (int)indent, "");
            column = indent;
            is_first = true;
        }
    }
    (void)fputc('\n', file);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

#define DISTANCE_MAX 64

size_t text_distance(const char *a, const char *b)
{
    size_t rows[3][DISTANCE_MAX + 1];
    size_t a_length = strlen(a), b_length = strlen(b);

    if (a_length > DISTANCE_MAX || b_length > DISTANCE_MAX)
        return DISTANCE_MAX;
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *now = rows[i % 3], *above = rows[(i - 1) % 3], *above2 = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            bool is_same = lower(a[i - 1]) == lower(b[j - 1]);
            now[j] = smaller(smaller(above[j], now[j - 1]) + 1, above[j - 1] + (is_same ? 0 : 1));
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]))
                now[j] = smaller(now[j], above2[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}
