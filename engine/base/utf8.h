/*
 * Decoding and encoding of single UTF-8 characters, for the text module alone.
 *
 * Decoding is strict as RFC 3629 wants it: no overlong form, no surrogate, nothing above 10FFFF.
 * It never reads beyond the end given. On bad input one byte is consumed, so that a caller that
 * goes on resynchronises at the next character that is whole. Encoding expects a character that
 * decoding can give.
 */
#ifndef WPI_BASE_UTF8_H
#define WPI_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define WPI_UTF8_INVALID UINT32_MAX
#define WPI_UTF8_BYTES_MAX 4

/* The character at *at, which is moved behind it; WPI_UTF8_INVALID and one byte if it is none. */
uint32_t wpi_utf8_decode(const unsigned char **at, const unsigned char *end);

/* Write a character to `out` (at least WPI_UTF8_BYTES_MAX bytes); returns its length. */
size_t wpi_utf8_encode(uint32_t character, char *out);

#endif
