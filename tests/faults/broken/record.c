/*
 * Negative control: a library whose records have no checksum. Takes the place of
 * engine/store/record.c in a test program, which must then fail.
 */
#include "store/record.h"

#include <string.h>

void wpi_record_seal(wpi_table table, wpi_slice key, wpi_slice payload, uint8_t version,
                     unsigned char *out)
{
    (void)table;
    (void)key;
    if (payload.bytes > 0)
        memcpy(out, payload.data, payload.bytes);
    memset(out + payload.bytes, 0, WPI_VALUE_TRAILER_BYTES);
    out[payload.bytes] = version;
}

wp_status wpi_record_unseal(wpi_table table, wpi_slice key, wpi_slice value, wpi_slice *payload,
                            uint8_t *version, wp_error *err)
{
    (void)key;
    if (value.bytes < WPI_VALUE_TRAILER_BYTES)
        return wpi_error_set(err, WP_ECORRUPT, "a record of table %s is too short",
                             wpi_table_name(table));
    *payload = (wpi_slice){value.data, value.bytes - WPI_VALUE_TRAILER_BYTES};
    if (version != NULL)
        *version = ((const unsigned char *)value.data)[payload->bytes];
    return WP_OK;
}
