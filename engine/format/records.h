/*
 * Records: the payloads of the tables, to and from bytes. Little-endian, front to back; texts are
 * a u32 length with the NUL (0: none), the bytes, a NUL.
 *
 *   identity     kind u8, number u32, text
 *   person       us u8, flags u8 (1: no company from the address), name, title,
 *                count u16 of (kind u8, text), count u16 of (count u32, spelling)
 *   company      us u8, name, count u16 of (kind u8, text)
 *   employment   last day i32, suggested u8, title
 *   interaction  kind u8, flags u32, time i64, from u32, valence f64, source, reply to,
 *                count u32 of (person u32, role u8)
 *   source       interaction u64
 *   evidence     kind u8, directions u8 (1: low to high, 2: back, 4: sent by high), valence f64,
 *                weight f64 for each direction present
 *   consent      introductions u8, contact u8, since i32, since i32
 *   ask          time i64
 *   mark         value u64, name
 *   member, name, waiting: empty. tie: see tie_run.h; overlay: see adjacency.h;
 *   segment: see segment.h; changed: see graph/overlay.h
 *
 * Decoding never trusts a length: a record that is short, long or out of range is WP_ECORRUPT.
 * Decoded texts are borrowed from the record; arrays come from the caller's arena.
 */
#ifndef WPI_FORMAT_RECORDS_H
#define WPI_FORMAT_RECORDS_H

#include "base/bytes.h"
#include "base/memory.h"

typedef struct wpi_record_bytes {
    const void *data;
    size_t size;
} wpi_record_bytes;

typedef struct wpi_identity_record {
    wp_identity_kind kind;
    uint32_t number;
    const char *text;
} wpi_identity_record;

typedef struct wpi_person_record {
    wp_us us;
    bool has_no_company;
    const char *name;
    const char *title;
    wp_identity *identities;
    size_t identity_count;
    wp_spelling *spellings;
    size_t spelling_count;
} wpi_person_record;

typedef struct wpi_company_record {
    wp_us us;
    const char *name;
    wp_identity *identities;
    size_t identity_count;
} wpi_company_record;

typedef struct wpi_employment_record {
    int32_t to_day;
    bool is_suggested;
    const char *title;
} wpi_employment_record;

/* One interaction as it counts for one tie. */
typedef struct wpi_evidence_record {
    wp_kind kind;
    bool has_direction[2]; /* [0]: low to high */
    int sender;            /* 0: low sent it, 1: high */
    double valence;
    double weight[2];
} wpi_evidence_record;

typedef struct wpi_consent_record {
    wp_choice introductions;
    wp_choice contact;
    int32_t introductions_since;
    int32_t contact_since;
} wpi_consent_record;

void wpi_record_write_identity(wpi_writer *writer, const wpi_identity_record *record);
void wpi_record_write_person(wpi_writer *writer, const wpi_person_record *record);
void wpi_record_write_company(wpi_writer *writer, const wpi_company_record *record);
void wpi_record_write_employment(wpi_writer *writer, const wpi_employment_record *record);
void wpi_record_write_interaction(wpi_writer *writer, const wp_interaction *record);
void wpi_record_write_evidence(wpi_writer *writer, const wpi_evidence_record *record);
void wpi_record_write_consent(wpi_writer *writer, const wpi_consent_record *record);

wp_status wpi_record_read_identity(wpi_record_bytes bytes, wpi_identity_record *out, wp_error *err);
wp_status wpi_record_read_person(wpi_record_bytes bytes, wpi_arena *arena, wpi_person_record *out,
                                 wp_error *err);
wp_status wpi_record_read_company(wpi_record_bytes bytes, wpi_arena *arena, wpi_company_record *out,
                                  wp_error *err);
wp_status wpi_record_read_employment(wpi_record_bytes bytes, wpi_employment_record *out,
                                     wp_error *err);
wp_status wpi_record_read_interaction(wpi_record_bytes bytes, wpi_arena *arena, wp_interaction *out,
                                      wp_error *err);
wp_status wpi_record_read_evidence(wpi_record_bytes bytes, wpi_evidence_record *out, wp_error *err);
wp_status wpi_record_read_consent(wpi_record_bytes bytes, wpi_consent_record *out, wp_error *err);

#endif
