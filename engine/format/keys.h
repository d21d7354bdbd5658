/*
 * Keys of the tables: big-endian composites without personal data, so that memcmp orders them by
 * number and deleted keys that B-tree separators keep tell nothing.
 *
 *   table        key                                            bytes
 *   source       source u32                                      4
 *   person       person u32, source u32                          8
 *   company      company u32, source u32                         8
 *   identity     keyed hash u64, probe u8                        9
 *   alias        party u8, number u32                            5
 *   part         party u8, canonical u32, number u32             9
 *   merge        person u32, person u32                          8
 *   namesake     keyed hash of a folded name u64, company u32   12
 *   employment   person u32, company u32, first day u32,
 *                source u32                                     16
 *   member       company u32, person u32, first day u32         12
 *   interaction  interaction u64, source u32                    12
 *   source_id    keyed hash u64, probe u8                        9
 *   reply        keyed hash of the source id answered u64,
 *                interaction that answers u64                   16
 *   evidence     low u32, high u32, time u64, interaction u64   24
 *                (or bit 63 and a company: they worked together)
 *   tie          low u32, first high u32 of the run              8
 *   overlay      person u32                                      4
 *   segment      number u32                                      4
 *   changed      segment u32                                     4
 *   restated     from u32, to u32, source u32                   12
 *   private      person u32, owner u32, source u32              12
 *   opportunity  opportunity u32, source u32                     8
 *   role         opportunity u32, person u32, source u32        12
 *   stake        party u8, number u32, opportunity u32,
 *                source u32, part u8                            14
 *   consent      person u32, matter u8, source u32               9
 *   ask          person u32, interaction u64                    12
 *   name         length of the word u8, its first 3 bytes,
 *                keyed hash 5 bytes, kind u8, block u16         12
 *   spelling     letters u8, bytes u8, keyed hash u32            6
 *   mark         keyed hash u64, probe u8                        9
 *   suppressed   keyed hash of an identity u64, u64             16
 *   audit        number u64                                      8
 *   barrier      side u8 (1 person, 2 company, 3 group), number
 *                u32, side u8, number u32, source u32           14
 *                15, group u32, member u8, number u32, source:
 *                who is in a group; 16, group u32, 0 u8, 0 u32,
 *                source: that it exists
 *   meta         text: format, settings, counters, adjacency, token, suppression, audit, erasures,
 *                together, groups; us.c + company u32, us.p + person u32
 *
 * Days are stored as u32 with an offset of 2^31, so that they sort; none is 0. Where a source
 * stands last in a key, the record is what that source states, and goes with it.
 */
#ifndef WPI_FORMAT_KEYS_H
#define WPI_FORMAT_KEYS_H

#include <stddef.h>
#include <stdint.h>

#define WPI_FORMAT_VERSION 8

/* A key under construction; fits every table. */
typedef struct wpi_key {
    unsigned char bytes[32];
    size_t size;
} wpi_key;

wpi_key wpi_key_u32(uint32_t a);
wpi_key wpi_key_u32_u32(uint32_t a, uint32_t b);
wpi_key wpi_key_u32_u32_u32(uint32_t a, uint32_t b, uint32_t c);
wpi_key wpi_key_u64(uint64_t a);
/* The same with a byte in front, and with more behind. */
wpi_key wpi_key_u8_u32(uint8_t a, uint32_t b);
wpi_key wpi_key_add_u8(wpi_key key, uint8_t more);
wpi_key wpi_key_add_u32(wpi_key key, uint32_t more);
wpi_key wpi_key_hash(uint64_t hash, uint8_t probe);
wpi_key wpi_key_u64_u64(uint64_t a, uint64_t b);
wpi_key wpi_key_u32_u64(uint32_t a, uint64_t b);
wpi_key wpi_key_evidence(uint32_t low, uint32_t high, int64_t time_s, uint64_t interaction);
/* The lowest five bytes of the hash count. Shorter words are followed by zeros. */
wpi_key wpi_key_name(const char *word, size_t length, uint64_t hash, uint8_t kind, uint16_t block);
wpi_key wpi_key_spelling(uint8_t letters, uint8_t bytes, uint32_t hash);
wpi_key wpi_key_text(const char *text, uint32_t number);

/* Days as they stand in keys. */
uint32_t wpi_key_day(int32_t day);
int32_t wpi_key_day_back(uint32_t stored);

/* Where a big-endian field lies in a key that was read. */
uint32_t wpi_key_get_u32(const void *key, size_t offset);
uint64_t wpi_key_get_u64(const void *key, size_t offset);

#endif
