/*
 * Encodings of delimited text: recognised, and brought to UTF-8. Pure functions.
 */
#ifndef WARMPATH_IMPORT_CSV_ENCODING_H
#define WARMPATH_IMPORT_CSV_ENCODING_H

#include "import/csv.h"

/* Bytes at the beginning that are ASCII. */
size_t csv_ascii_bytes(const char *text, size_t length);

/* Bytes at the beginning that are strict UTF-8: all of them when it is. */
size_t csv_utf8_bytes(const char *text, size_t length);

/* The encoding that a byte order mark or zeros at every other place show; *mark_bytes: of the
 * mark. CSV_UTF8 when there is neither. */
csv_encoding csv_marked_encoding(const char *head, size_t bytes, size_t *mark_bytes);

/* Decode Windows-1252; `out` has room for three times as much. Returns the bytes written. */
size_t csv_from_windows(const char *text, size_t length, char *out);

/*
 * Decode whole characters of UTF-16; `out` has room for twice as much. Half a pair is encoded as
 * if it were a character, so that it is refused with its record and no place shifts. *used: bytes
 * taken; what is left is the beginning of a character, at most three bytes. is_last: a byte left
 * over is no character and becomes one that is refused.
 */
size_t csv_from_utf16(const char *raw, size_t bytes, bool is_big, bool is_last, char *out,
                      size_t *used);

/* How many bytes of UTF-16 a text decoded by csv_from_utf16() was. */
uint64_t csv_utf16_bytes(const char *text, size_t length);

#endif
