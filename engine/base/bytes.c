/*
 * The reader and the writer of records.
 *
 * A record is a sequence of little-endian numbers and texts without names or tags; its layout is
 * known to who wrote it. The reader trusts nothing: a length that points beyond the end, a text
 * without its NUL or with a second one makes the record short, and from then on every read gives
 * zero, so that callers check once, at the end. The writer likewise remembers a failed growth and
 * says so once.
 *
 * Texts keep their NUL inside the record so that they can be lent out without a copy.
 */
#include "base/bytes.h"

#include "base/memory.h"

/* The next `count` bytes, or NULL and a short record. */
static const unsigned char *take(wpi_reader *reader, size_t count)
{
    if (reader->is_short || (size_t)(reader->end - reader->at) < count) {
        reader->is_short = true;
        return NULL;
    }
    const unsigned char *at = reader->at;
    reader->at += count;
    return at;
}

uint8_t wpi_reader_u8(wpi_reader *reader)
{
    const unsigned char *at = take(reader, 1);
    return at == NULL ? 0 : at[0];
}

uint16_t wpi_reader_u16(wpi_reader *reader)
{
    const unsigned char *at = take(reader, 2);
    return at == NULL ? 0 : wpi_bytes_get_le16(at);
}

uint32_t wpi_reader_u32(wpi_reader *reader)
{
    const unsigned char *at = take(reader, 4);
    return at == NULL ? 0 : wpi_bytes_get_le32(at);
}

uint64_t wpi_reader_u64(wpi_reader *reader)
{
    const unsigned char *at = take(reader, 8);
    return at == NULL ? 0 : wpi_bytes_get_le64(at);
}

double wpi_reader_double(wpi_reader *reader)
{
    uint64_t bits = wpi_reader_u64(reader);
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

double wpi_reader_short_double(wpi_reader *reader)
{
    uint64_t bits = (uint64_t)wpi_reader_u16(reader) << 48;
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

const char *wpi_reader_text(wpi_reader *reader)
{
    uint32_t bytes = wpi_reader_u32(reader);
    if (bytes == 0)
        return NULL;
    const unsigned char *text = take(reader, bytes);
    if (text == NULL)
        return NULL;
    if (memchr(text, '\0', bytes) != text + bytes - 1) {
        reader->is_short = true;
        return NULL;
    }
    return (const char *)text;
}

bool wpi_reader_is_done(const wpi_reader *reader)
{
    return !reader->is_short && reader->at == reader->end;
}

void wpi_writer_bytes(wpi_writer *writer, const void *bytes, size_t count)
{
    if (!writer->has_failed && wpi_array_extend(&writer->bytes, bytes, count, NULL) != WP_OK)
        writer->has_failed = true;
}

void wpi_writer_u8(wpi_writer *writer, uint8_t value)
{
    wpi_writer_bytes(writer, &value, 1);
}

void wpi_writer_u16(wpi_writer *writer, uint16_t value)
{
    unsigned char bytes[2] = {(unsigned char)value, (unsigned char)(value >> 8)};
    wpi_writer_bytes(writer, bytes, sizeof(bytes));
}

void wpi_writer_u32(wpi_writer *writer, uint32_t value)
{
    unsigned char bytes[4];
    wpi_bytes_put_le32(bytes, value);
    wpi_writer_bytes(writer, bytes, sizeof(bytes));
}

void wpi_writer_u64(wpi_writer *writer, uint64_t value)
{
    unsigned char bytes[8];
    wpi_bytes_put_le64(bytes, value);
    wpi_writer_bytes(writer, bytes, sizeof(bytes));
}

void wpi_writer_double(wpi_writer *writer, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    wpi_writer_u64(writer, bits);
}

void wpi_writer_text(wpi_writer *writer, const char *text)
{
    size_t bytes = text == NULL ? 0 : strlen(text) + 1;
    if (bytes > UINT32_MAX) {
        writer->has_failed = true;
        return;
    }
    wpi_writer_u32(writer, (uint32_t)bytes);
    wpi_writer_bytes(writer, text, bytes);
}

wp_status wpi_writer_status(const wpi_writer *writer, wp_error *err)
{
    return writer->has_failed ? wpi_memory_failed(err) : WP_OK;
}

void wpi_writer_clear(wpi_writer *writer)
{
    writer->bytes.count = 0;
    writer->has_failed = false;
}

void wpi_writer_free(wpi_writer *writer)
{
    wpi_array_free(&writer->bytes);
    writer->has_failed = false;
}
