/*
 * Keys of the tables: big-endian composites without personal data, so that memcmp orders them by
 * number and deleted keys that B-tree separators keep tell nothing.
 *
 *   table        key                                            bytes
 *   person       person u32                                      4
 *   company      company u32                                     4
 *   identity     keyed hash u64, probe u8                        9
 *   employment   person u32, company u32, first day u32         12
 *   member       company u32, person u32, first day u32         12
 *   interaction  interaction u64                                 8
 *   source       keyed hash u64, probe u8                        9
 *   waiting      keyed hash of the awaited source u64,
 *                interaction that waits u64                     16
 *   evidence     low u32, high u32, time u64, interaction u64   24
 *   tie          low u32, first high u32 of the run              8
 *   overlay      person u32                                      4
 *   segment      number u32                                      4
 *   changed      segment u32                                     4
 *   consent      person u32                                      4
 *   ask          person u32, interaction u64                    12
 *   name         length of the word u8, its first 3 bytes,
 *                keyed hash 5 bytes, kind u8, block u16         12
 *   mark         keyed hash u64, probe u8                        9
 *   meta         text: settings, counters; us.c + company u32, us.p + person u32
 *
 * Days are stored as u32 with an offset of 2^31, so that they sort; none is 0.
 */
#ifndef WPI_FORMAT_KEYS_H
#define WPI_FORMAT_KEYS_H

#include <stddef.h>
#include <stdint.h>

#define WPI_FORMAT_VERSION 3

/* A key under construction; fits every table. */
typedef struct wpi_key {
    unsigned char bytes[32];
    size_t size;
} wpi_key;

wpi_key wpi_key_u32(uint32_t a);
wpi_key wpi_key_u32_u32(uint32_t a, uint32_t b);
wpi_key wpi_key_u32_u32_u32(uint32_t a, uint32_t b, uint32_t c);
wpi_key wpi_key_u64(uint64_t a);
wpi_key wpi_key_hash(uint64_t hash, uint8_t probe);
wpi_key wpi_key_u64_u64(uint64_t a, uint64_t b);
wpi_key wpi_key_u32_u64(uint32_t a, uint64_t b);
wpi_key wpi_key_evidence(uint32_t low, uint32_t high, int64_t time_s, uint64_t interaction);
/* The lowest five bytes of the hash count. Shorter words are followed by zeros. */
wpi_key wpi_key_name(const char *word, size_t length, uint64_t hash, uint8_t kind, uint16_t block);
wpi_key wpi_key_text(const char *text, uint32_t number);

/* Days as they stand in keys. */
uint32_t wpi_key_day(int32_t day);
int32_t wpi_key_day_back(uint32_t stored);

/* Where a big-endian field lies in a key that was read. */
uint32_t wpi_key_get_u32(const void *key, size_t offset);
uint64_t wpi_key_get_u64(const void *key, size_t offset);

#endif
