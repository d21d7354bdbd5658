/*
 * Records: the payloads of the tables, to and from bytes. Little-endian, front to back; texts are
 * a u32 length with the NUL (0: none), the bytes, a NUL.
 *
 *   identity     kind u8, number u32, text
 *   source       leaving u8, time i64, name, format
 *   person, company
 *                kind u8, text; flags u8: bits 0-1 us, 4 no company from the address, and what
 *                follows: 8 name, 16 title, 32 parent u32, 64 count u16 of number u32 (links),
 *                128 count u16 of (count u32, spelling)
 *   alias        canonical number u32; 0: nobody states it any more
 *   employment   last day i32, title
 *   interaction  kind u8, flags u32, revision i64, time i64, from u32, valence f64, source id,
 *                reply to, count u32 of (person u32, role u8); of a summary the sums: first time
 *                i64, twice (fast, slow, positive, negative f64, count u32); of others the series'
 *                revision i64, unless it is 0
 *   source_id    interaction u64
 *   restated     kind u8 (1: p, 2: cost), p f64, cost u32
 *   opportunity  state u8, amount f64, created i32, closed i32, company u32, owner u32, id, name,
 *                currency, stage
 *   role         primary u8, role
 *   evidence     kind u8, directions u8 (1: low to high, 2: back, 4: sent by high, 8: there is a
 *                valence; 16, 32: the weight low to high, or back, is short), valence f64, for each
 *                direction present the weight f64, short its upper two bytes, the others being
 *                zero; of a summary the sums
 *   consent      choice u8, since i32; of sharing with groups, their numbers u32, ascending
 *   private      whole person u8 (1); empty: the tie
 *   barrier      empty; of a group's name: the name
 *   ask          time i64
 *   mark         value u64, name
 *   suppressed   which of the keys u8, time i64
 *   audit        time i64, action u8, user u32, actor u32, subject u32, object u32, then the
 *                SHA-256 of the one before, of the number and of these fields (32 bytes)
 *   member, reply, part, merge, namesake, stake: empty. tie: see tie_run.h;
 *   overlay: see adjacency.h; segment: see segment.h; changed: see graph/overlay.h; name: see
 *   graph/name.h; spelling: see graph/spelling.h
 *
 * Decoding never trusts a length: a record that is short, long or out of range is WP_ECORRUPT.
 * Decoded texts are borrowed from the record; arrays come from the caller's arena.
 */
#ifndef WPI_FORMAT_RECORDS_H
#define WPI_FORMAT_RECORDS_H

#include "base/bytes.h"
#include "base/memory.h"
#include "base/tie_state.h"

typedef struct wpi_record_bytes {
    const void *data;
    size_t size;
} wpi_record_bytes;

typedef struct wpi_identity_record {
    wp_identity_kind kind;
    uint32_t number;
    const char *text;
} wpi_identity_record;

/* What one source states of one identity. */
typedef struct wpi_statement_record {
    wp_identity identity;
    wp_us us;
    bool has_no_company;
    const char *name;
    const char *title;
    uint32_t parent; /* of a company; 0: unsaid */
    uint32_t *links; /* other identities that rows of the source name with this one; ascending */
    size_t link_count;
    wp_spelling *spellings; /* of a company: its aliases */
    size_t spelling_count;
} wpi_statement_record;

typedef struct wpi_source_record {
    bool is_leaving;
    int64_t time_s;
    const char *name;
    const char *format;
} wpi_source_record;

typedef struct wpi_employment_record {
    int32_t to_day;
    const char *title;
} wpi_employment_record;

/* One interaction as it counts for one tie. */
typedef struct wpi_evidence_record {
    wp_kind kind;
    bool has_direction[2]; /* [0]: low to high */
    int sender;            /* 0: low sent it, 1: high */
    double valence;
    double weight[2];
    const wp_sums *sums; /* of a summary: [0] of low, borrowed; NULL of all others */
} wpi_evidence_record;

typedef struct wpi_consent_record {
    unsigned choice; /* a wp_choice; of sharing a wp_sharing */
    int32_t since;
    uint32_t source;             /* not in the record: who states it */
    const unsigned char *groups; /* borrowed from it: group_count little-endian numbers */
    size_t group_count;
} wpi_consent_record;

typedef struct wpi_suppressed_record {
    uint8_t list; /* which of the database's keys the hash was made with */
    int64_t time_s;
} wpi_suppressed_record;

#define WPI_AUDIT_FIELDS_BYTES 25 /* of an entry, before its hash */

typedef struct wpi_audit_record {
    int64_t time_s;
    uint8_t action;
    uint32_t user;
    uint32_t actor;
    uint32_t subject;
    uint32_t object;
    unsigned char hash[32];
} wpi_audit_record;

/* Whether sums can be what interactions add up to. */
bool wpi_record_is_sane_sums(const wp_sums *sums);

/* Numbers and source are those of the key, and not in the record. */

void wpi_record_write_identity(wpi_writer *writer, const wpi_identity_record *record);
void wpi_record_write_source(wpi_writer *writer, const wpi_source_record *record);
void wpi_record_write_statement(wpi_writer *writer, const wpi_statement_record *record);
void wpi_record_write_employment(wpi_writer *writer, const wpi_employment_record *record);
void wpi_record_write_interaction(wpi_writer *writer, const wp_interaction *record);
void wpi_record_write_evidence(wpi_writer *writer, const wpi_evidence_record *record);
void wpi_record_write_consent(wpi_writer *writer, const wpi_consent_record *record);
void wpi_record_write_restated(wpi_writer *writer, const wpi_stated *record);
void wpi_record_write_opportunity(wpi_writer *writer, const wp_opportunity *record);
void wpi_record_write_role(wpi_writer *writer, const wp_contact_role *record);
void wpi_record_write_suppressed(wpi_writer *writer, const wpi_suppressed_record *record);
/* The first WPI_AUDIT_FIELDS_BYTES alone are what is hashed. */
void wpi_record_write_audit(wpi_writer *writer, const wpi_audit_record *record);

wp_status wpi_record_read_identity(wpi_record_bytes bytes, wpi_identity_record *out, wp_error *err);
wp_status wpi_record_read_source(wpi_record_bytes bytes, wpi_source_record *out, wp_error *err);
wp_status wpi_record_read_statement(wpi_record_bytes bytes, wpi_arena *arena,
                                    wpi_statement_record *out, wp_error *err);
wp_status wpi_record_read_employment(wpi_record_bytes bytes, wpi_employment_record *out,
                                     wp_error *err);
wp_status wpi_record_read_interaction(wpi_record_bytes bytes, wpi_arena *arena, wp_interaction *out,
                                      wp_error *err);
/* sums: room for those of a summary, to which the record then points. */
wp_status wpi_record_read_evidence(wpi_record_bytes bytes, wp_sums *sums, wpi_evidence_record *out,
                                   wp_error *err);
wp_status wpi_record_read_consent(wpi_record_bytes bytes, wpi_consent_record *out, wp_error *err);
wp_status wpi_record_read_restated(wpi_record_bytes bytes, wpi_stated *out, wp_error *err);
wp_status wpi_record_read_opportunity(wpi_record_bytes bytes, wp_opportunity *out, wp_error *err);
wp_status wpi_record_read_role(wpi_record_bytes bytes, wp_contact_role *out, wp_error *err);
wp_status wpi_record_read_suppressed(wpi_record_bytes bytes, wpi_suppressed_record *out,
                                     wp_error *err);
wp_status wpi_record_read_audit(wpi_record_bytes bytes, wpi_audit_record *out, wp_error *err);

#endif
