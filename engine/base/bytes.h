/*
 * Numbers in byte strings: big-endian in keys (so that memcmp orders them), little-endian in
 * values; and a bounded reader and a growing writer for records of variable length.
 */
#ifndef WPI_BASE_BYTES_H
#define WPI_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/status.h"

static inline void wpi_bytes_put_be32(unsigned char *at, uint32_t value)
{
    for (int i = 3; i >= 0; i--, value >>= 8)
        at[i] = (unsigned char)value;
}

static inline void wpi_bytes_put_be64(unsigned char *at, uint64_t value)
{
    for (int i = 7; i >= 0; i--, value >>= 8)
        at[i] = (unsigned char)value;
}

static inline uint32_t wpi_bytes_get_be32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline uint64_t wpi_bytes_get_be64(const unsigned char *at)
{
    return (uint64_t)wpi_bytes_get_be32(at) << 32 | wpi_bytes_get_be32(at + 4);
}

static inline uint16_t wpi_bytes_get_le16(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t wpi_bytes_get_le32(const unsigned char *at)
{
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static inline uint64_t wpi_bytes_get_le64(const unsigned char *at)
{
    return (uint64_t)wpi_bytes_get_le32(at + 4) << 32 | wpi_bytes_get_le32(at);
}

static inline void wpi_bytes_put_le32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++, value >>= 8)
        at[i] = (unsigned char)value;
}

static inline void wpi_bytes_put_le64(unsigned char *at, uint64_t value)
{
    for (int i = 0; i < 8; i++, value >>= 8)
        at[i] = (unsigned char)value;
}

/* A double whose lower six bytes are zero, as those of small whole numbers, their halves and their
 * quarters are, is known by the upper two. */
static inline bool wpi_bytes_is_short(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits << 16 == 0;
}

static inline uint16_t wpi_bytes_short_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (uint16_t)(bits >> 48);
}

/* Reads a record front to back. A read past the end gives zeros and sets is_short for good. */
typedef struct wpi_reader {
    const unsigned char *at;
    const unsigned char *end;
    bool is_short;
} wpi_reader;

uint8_t wpi_reader_u8(wpi_reader *reader);
uint16_t wpi_reader_u16(wpi_reader *reader);
uint32_t wpi_reader_u32(wpi_reader *reader);
uint64_t wpi_reader_u64(wpi_reader *reader);
double wpi_reader_double(wpi_reader *reader);
/* The double that wpi_bytes_short_of() was taken of. */
double wpi_reader_short_double(wpi_reader *reader);
/* A text written by wpi_writer_text: NUL-terminated inside the record, borrowed; NULL for none. */
const char *wpi_reader_text(wpi_reader *reader);
/* Whether everything was read and nothing was missing. */
bool wpi_reader_is_done(const wpi_reader *reader);

/* Writes a record; failures are remembered and reported once by wpi_writer_status. */
typedef struct wpi_writer {
    wpi_array bytes;
    bool has_failed;
} wpi_writer;

#define WPI_WRITER_INIT                                                                            \
    {                                                                                              \
        {NULL, 0, 0, 1}, false                                                                     \
    }

/* Bytes as they are. */
void wpi_writer_bytes(wpi_writer *writer, const void *bytes, size_t count);
void wpi_writer_u8(wpi_writer *writer, uint8_t value);
void wpi_writer_u16(wpi_writer *writer, uint16_t value);
void wpi_writer_u32(wpi_writer *writer, uint32_t value);
void wpi_writer_u64(wpi_writer *writer, uint64_t value);
void wpi_writer_double(wpi_writer *writer, double value);
/* u32 length (with the NUL; 0 for NULL), the bytes, a NUL. */
void wpi_writer_text(wpi_writer *writer, const char *text);
wp_status wpi_writer_status(const wpi_writer *writer, wp_error *err);
void wpi_writer_clear(wpi_writer *writer);
void wpi_writer_free(wpi_writer *writer);

#endif
