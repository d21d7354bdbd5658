/*
 * The envelope of every value: payload | version u8 | hash u64 little-endian.
 *
 * The hash is XXH3-64 of payload and version; its seed is the XXH3-64 of the
 * key, seeded with the number of the table plus one. A value that lands under
 * another key or in another table is thus as wrong as one with a flipped bit.
 */
#ifndef WPI_STORE_RECORD_H
#define WPI_STORE_RECORD_H

#include "store/store.h"

/* Write an envelope of payload.bytes + WPI_VALUE_TRAILER_BYTES to `out`, where the payload may lie
 * already. */
void wpi_record_seal(wpi_table table, wpi_slice key, wpi_slice payload, uint8_t version,
                     unsigned char *out);

/* Verify an envelope and give its payload, which lies inside it. WP_ECORRUPT
 * names the table. */
wp_status wpi_record_unseal(wpi_table table, wpi_slice key, wpi_slice value, wpi_slice *payload,
                            uint8_t *version, wp_error *err);

#endif
