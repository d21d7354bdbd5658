/*
 * Keys: see keys.h for the table. Each constructor appends big-endian fields; nothing here knows
 * what a field means.
 */
#include "format/keys.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

static void add_u32(wpi_key *key, uint32_t value)
{
    assert(key->size + 4 <= sizeof key->bytes);
    wpi_bytes_put_be32(key->bytes + key->size, value);
    key->size += 4;
}

static void add_u64(wpi_key *key, uint64_t value)
{
    assert(key->size + 8 <= sizeof key->bytes);
    wpi_bytes_put_be64(key->bytes + key->size, value);
    key->size += 8;
}

static void add_byte(wpi_key *key, uint8_t value)
{
    assert(key->size < sizeof key->bytes);
    key->bytes[key->size++] = value;
}

wpi_key wpi_key_u32(uint32_t a)
{
    wpi_key key = {.size = 0};
    add_u32(&key, a);
    return key;
}

wpi_key wpi_key_u32_u32(uint32_t a, uint32_t b)
{
    wpi_key key = wpi_key_u32(a);
    add_u32(&key, b);
    return key;
}

wpi_key wpi_key_u32_u32_u32(uint32_t a, uint32_t b, uint32_t c)
{
    wpi_key key = wpi_key_u32_u32(a, b);
    add_u32(&key, c);
    return key;
}

wpi_key wpi_key_u64(uint64_t a)
{
    wpi_key key = {.size = 0};
    add_u64(&key, a);
    return key;
}

wpi_key wpi_key_u8_u32(uint8_t a, uint32_t b)
{
    wpi_key key = {.size = 0};
    add_byte(&key, a);
    add_u32(&key, b);
    return key;
}

wpi_key wpi_key_add_u8(wpi_key key, uint8_t more)
{
    add_byte(&key, more);
    return key;
}

wpi_key wpi_key_add_u32(wpi_key key, uint32_t more)
{
    add_u32(&key, more);
    return key;
}

wpi_key wpi_key_hash(uint64_t hash, uint8_t probe)
{
    wpi_key key = wpi_key_u64(hash);
    add_byte(&key, probe);
    return key;
}

wpi_key wpi_key_u64_u64(uint64_t a, uint64_t b)
{
    wpi_key key = wpi_key_u64(a);
    add_u64(&key, b);
    return key;
}

wpi_key wpi_key_u32_u64(uint32_t a, uint64_t b)
{
    wpi_key key = wpi_key_u32(a);
    add_u64(&key, b);
    return key;
}

wpi_key wpi_key_evidence(uint32_t low, uint32_t high, int64_t time_s, uint64_t interaction)
{
    wpi_key key = wpi_key_u32_u32(low, high);
    add_u64(&key, (uint64_t)time_s);
    add_u64(&key, interaction);
    return key;
}

wpi_key wpi_key_name(const char *word, size_t length, uint64_t hash, uint8_t kind, uint16_t block)
{
    wpi_key key = {.size = 4};
    assert(length > 0 && length <= UINT8_MAX);
    key.bytes[0] = (unsigned char)length;
    memcpy(key.bytes + 1, word, length < 3 ? length : 3);
    add_byte(&key, (uint8_t)(hash >> 32));
    add_u32(&key, (uint32_t)hash);
    add_byte(&key, kind);
    add_byte(&key, (uint8_t)(block >> 8));
    add_byte(&key, (uint8_t)block);
    return key;
}

wpi_key wpi_key_spelling(uint8_t letters, uint8_t bytes, uint32_t hash)
{
    wpi_key key = {.size = 0};
    add_byte(&key, letters);
    add_byte(&key, bytes);
    add_u32(&key, hash);
    return key;
}

wpi_key wpi_key_text(const char *text, uint32_t number)
{
    wpi_key key = {.size = strlen(text)};
    assert(key.size + 4 <= sizeof key.bytes);
    memcpy(key.bytes, text, key.size);
    if (number != 0)
        add_u32(&key, number);
    return key;
}

uint32_t wpi_key_day(int32_t day)
{
    return (uint32_t)day ^ 0x80000000u;
}

int32_t wpi_key_day_back(uint32_t stored)
{
    return (int32_t)(stored ^ 0x80000000u);
}

uint32_t wpi_key_get_u32(const void *key, size_t offset)
{
    return wpi_bytes_get_be32((const unsigned char *)key + offset);
}

uint64_t wpi_key_get_u64(const void *key, size_t offset)
{
    return wpi_bytes_get_be64((const unsigned char *)key + offset);
}
