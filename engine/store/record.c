/*
 * The envelope of every value; see record.h.
 *
 * Pure functions over bytes. A message names the table and the sizes, never the
 * key or the content, because both may tell of a person.
 */
#include "store/record.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/bytes.h"

#define VERSION_BYTES 1

static uint64_t hash_of(wpi_table table, wpi_slice key, const unsigned char *value, size_t bytes)
{
    XXH64_hash_t seed = XXH3_64bits_withSeed(key.data, key.bytes, (XXH64_hash_t)table + 1);
    return XXH3_64bits_withSeed(value, bytes, seed);
}

void wpi_record_seal(wpi_table table, wpi_slice key, wpi_slice payload, uint8_t version,
                     unsigned char *out)
{
    if (payload.bytes > 0 && payload.data != out)
        memcpy(out, payload.data, payload.bytes);
    out[payload.bytes] = version;
    size_t hashed = payload.bytes + VERSION_BYTES;
    wpi_bytes_put_le64(out + hashed, hash_of(table, key, out, hashed));
}

wp_status wpi_record_unseal(wpi_table table, wpi_slice key, wpi_slice value, wpi_slice *payload,
                            uint8_t *version, wp_error *err)
{
    if (value.bytes < WPI_VALUE_TRAILER_BYTES)
        return wpi_error_set(err, WP_ECORRUPT, "a record of table %s has %zu bytes, expected %d",
                             wpi_table_name(table), value.bytes, WPI_VALUE_TRAILER_BYTES);
    const unsigned char *bytes = value.data;
    size_t payload_bytes = value.bytes - WPI_VALUE_TRAILER_BYTES;
    size_t hashed = payload_bytes + VERSION_BYTES;
    if (wpi_bytes_get_le64(bytes + hashed) != hash_of(table, key, bytes, hashed))
        return wpi_error_set(err, WP_ECORRUPT, "a record of table %s has a wrong checksum",
                             wpi_table_name(table));
    *payload = (wpi_slice){bytes, payload_bytes};
    if (version != NULL)
        *version = bytes[payload_bytes];
    return WP_OK;
}
