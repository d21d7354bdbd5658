/*
 * Records to and from bytes: see records.h for the layouts.
 *
 * Writers cannot fail by themselves: the wpi_writer remembers a failed allocation. Readers check
 * ranges of everything that the layers above use as an index or an enumeration.
 */
#include "format/records.h"

#include <assert.h>
#include <math.h>

static wp_status damaged(const char *what, wp_error *err)
{
    return wpi_error_set(err, WP_ECORRUPT, "%s record is malformed", what);
}

static wpi_reader reader_of(wpi_record_bytes bytes)
{
    const unsigned char *data = bytes.data;
    return (wpi_reader){data, data + bytes.size, false};
}

void wpi_record_write_identity(wpi_writer *writer, const wpi_identity_record *record)
{
    wpi_writer_u8(writer, (uint8_t)record->kind);
    wpi_writer_u32(writer, record->number);
    wpi_writer_text(writer, record->text);
}

wp_status wpi_record_read_identity(wpi_record_bytes bytes, wpi_identity_record *out, wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    out->kind = (wp_identity_kind)wpi_reader_u8(&reader);
    out->number = wpi_reader_u32(&reader);
    out->text = wpi_reader_text(&reader);
    if (!wpi_reader_is_done(&reader) || out->text == NULL || out->number == 0)
        return damaged("identity", err);
    return WP_OK;
}

static void write_identities(wpi_writer *writer, const wp_identity *identities, size_t count)
{
    assert(count <= UINT16_MAX);
    wpi_writer_u16(writer, (uint16_t)count);
    for (size_t i = 0; i < count; i++) {
        wpi_writer_u8(writer, (uint8_t)identities[i].kind);
        wpi_writer_text(writer, identities[i].text);
    }
}

static wp_status read_identities(wpi_reader *reader, wpi_arena *arena, wp_identity **identities,
                                 size_t *count, wp_error *err)
{
    *count = wpi_reader_u16(reader);
    *identities = wpi_arena_take(arena, *count + 1, sizeof **identities);
    if (*identities == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < *count; i++) {
        (*identities)[i].kind = (wp_identity_kind)wpi_reader_u8(reader);
        (*identities)[i].text = wpi_reader_text(reader);
        if ((*identities)[i].text == NULL)
            return damaged("identity list of a", err);
    }
    return WP_OK;
}

void wpi_record_write_person(wpi_writer *writer, const wpi_person_record *record)
{
    wpi_writer_u8(writer, (uint8_t)record->us);
    wpi_writer_u8(writer, record->has_no_company ? 1 : 0);
    wpi_writer_text(writer, record->name);
    wpi_writer_text(writer, record->title);
    write_identities(writer, record->identities, record->identity_count);
    wpi_writer_u16(writer, (uint16_t)record->spelling_count);
    for (size_t i = 0; i < record->spelling_count; i++) {
        wpi_writer_u32(writer, record->spellings[i].count);
        wpi_writer_text(writer, record->spellings[i].name);
    }
}

wp_status wpi_record_read_person(wpi_record_bytes bytes, wpi_arena *arena, wpi_person_record *out,
                                 wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    unsigned us = wpi_reader_u8(&reader);
    out->us = (wp_us)us;
    out->has_no_company = wpi_reader_u8(&reader) != 0;
    out->name = wpi_reader_text(&reader);
    out->title = wpi_reader_text(&reader);
    WPI_TRY(read_identities(&reader, arena, &out->identities, &out->identity_count, err));
    out->spelling_count = wpi_reader_u16(&reader);
    out->spellings = wpi_arena_take(arena, out->spelling_count + 1, sizeof *out->spellings);
    if (out->spellings == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < out->spelling_count; i++) {
        out->spellings[i].count = wpi_reader_u32(&reader);
        out->spellings[i].name = wpi_reader_text(&reader);
        if (out->spellings[i].name == NULL)
            return damaged("person", err);
    }
    if (!wpi_reader_is_done(&reader) || us > WP_US_YES)
        return damaged("person", err);
    return WP_OK;
}

void wpi_record_write_company(wpi_writer *writer, const wpi_company_record *record)
{
    wpi_writer_u8(writer, (uint8_t)record->us);
    wpi_writer_text(writer, record->name);
    write_identities(writer, record->identities, record->identity_count);
}

wp_status wpi_record_read_company(wpi_record_bytes bytes, wpi_arena *arena, wpi_company_record *out,
                                  wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    unsigned us = wpi_reader_u8(&reader);
    out->us = (wp_us)us;
    out->name = wpi_reader_text(&reader);
    WPI_TRY(read_identities(&reader, arena, &out->identities, &out->identity_count, err));
    if (!wpi_reader_is_done(&reader) || us > WP_US_YES)
        return damaged("company", err);
    return WP_OK;
}

void wpi_record_write_employment(wpi_writer *writer, const wpi_employment_record *record)
{
    wpi_writer_u32(writer, (uint32_t)record->to_day);
    wpi_writer_u8(writer, record->is_suggested ? 1 : 0);
    wpi_writer_text(writer, record->title);
}

wp_status wpi_record_read_employment(wpi_record_bytes bytes, wpi_employment_record *out,
                                     wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    out->to_day = (int32_t)wpi_reader_u32(&reader);
    out->is_suggested = wpi_reader_u8(&reader) != 0;
    out->title = wpi_reader_text(&reader);
    return wpi_reader_is_done(&reader) ? WP_OK : damaged("employment", err);
}

void wpi_record_write_interaction(wpi_writer *writer, const wp_interaction *record)
{
    wpi_writer_u8(writer, (uint8_t)record->kind);
    wpi_writer_u32(writer, record->flags);
    wpi_writer_u64(writer, (uint64_t)record->time_s);
    wpi_writer_u32(writer, record->from);
    wpi_writer_double(writer, record->valence);
    wpi_writer_text(writer, record->source);
    wpi_writer_text(writer, record->reply_to);
    wpi_writer_u32(writer, (uint32_t)record->to_count);
    for (size_t i = 0; i < record->to_count; i++) {
        wpi_writer_u32(writer, record->to[i].person);
        wpi_writer_u8(writer, (uint8_t)record->to[i].role);
    }
}

static bool is_interaction_sane(const wp_interaction *record)
{
    return record->kind >= WP_KIND_MAIL && record->kind <= WP_KIND_ASK && record->time_s >= 0 &&
           record->time_s <= WP_TIME_MAX && record->from != 0 && record->source != NULL &&
           record->valence >= -1.0 && record->valence <= 1.0;
}

wp_status wpi_record_read_interaction(wpi_record_bytes bytes, wpi_arena *arena, wp_interaction *out,
                                      wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    *out = (wp_interaction)WP_INTERACTION_INIT;
    out->kind = (wp_kind)wpi_reader_u8(&reader);
    out->flags = wpi_reader_u32(&reader);
    out->time_s = (int64_t)wpi_reader_u64(&reader);
    out->from = wpi_reader_u32(&reader);
    out->valence = wpi_reader_double(&reader);
    out->source = wpi_reader_text(&reader);
    out->reply_to = wpi_reader_text(&reader);
    uint32_t count = wpi_reader_u32(&reader);
    if (!is_interaction_sane(out) || reader.is_short ||
        (size_t)(reader.end - reader.at) != (size_t)count * 5)
        return damaged("interaction", err);
    wp_participant *to = wpi_arena_take(arena, (size_t)count + 1, sizeof *to);
    if (to == NULL)
        return wpi_memory_failed(err);
    for (uint32_t i = 0; i < count; i++) {
        to[i].person = wpi_reader_u32(&reader);
        unsigned role = wpi_reader_u8(&reader);
        if (to[i].person == 0 || role < WP_ROLE_TO || role > WP_ROLE_DECLINED)
            return damaged("interaction", err);
        to[i].role = (wp_role)role;
    }
    out->to = to;
    out->to_count = count;
    return WP_OK;
}

void wpi_record_write_evidence(wpi_writer *writer, const wpi_evidence_record *record)
{
    unsigned directions = (record->has_direction[0] ? 1u : 0u) |
                          (record->has_direction[1] ? 2u : 0u) | (record->sender == 1 ? 4u : 0u);
    wpi_writer_u8(writer, (uint8_t)record->kind);
    wpi_writer_u8(writer, (uint8_t)directions);
    wpi_writer_double(writer, record->valence);
    for (int i = 0; i < 2; i++)
        if (record->has_direction[i])
            wpi_writer_double(writer, record->weight[i]);
}

wp_status wpi_record_read_evidence(wpi_record_bytes bytes, wpi_evidence_record *out, wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    unsigned kind = wpi_reader_u8(&reader);
    unsigned directions = wpi_reader_u8(&reader);
    out->kind = (wp_kind)kind;
    out->sender = (directions & 4u) != 0;
    out->valence = wpi_reader_double(&reader);
    for (int i = 0; i < 2; i++) {
        out->has_direction[i] = (directions & (1u << i)) != 0;
        out->weight[i] = out->has_direction[i] ? wpi_reader_double(&reader) : 0.0;
        if (!(out->weight[i] >= 0.0 && out->weight[i] <= 1e6))
            return damaged("evidence", err);
    }
    if (!wpi_reader_is_done(&reader) || kind < WP_KIND_MAIL || kind > WP_KIND_ASK ||
        !(fabs(out->valence) <= 1.0))
        return damaged("evidence", err);
    return WP_OK;
}

void wpi_record_write_consent(wpi_writer *writer, const wpi_consent_record *record)
{
    wpi_writer_u8(writer, (uint8_t)record->introductions);
    wpi_writer_u8(writer, (uint8_t)record->contact);
    wpi_writer_u32(writer, (uint32_t)record->introductions_since);
    wpi_writer_u32(writer, (uint32_t)record->contact_since);
}

wp_status wpi_record_read_consent(wpi_record_bytes bytes, wpi_consent_record *out, wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    unsigned introductions = wpi_reader_u8(&reader);
    unsigned contact = wpi_reader_u8(&reader);
    out->introductions = (wp_choice)introductions;
    out->contact = (wp_choice)contact;
    out->introductions_since = (int32_t)wpi_reader_u32(&reader);
    out->contact_since = (int32_t)wpi_reader_u32(&reader);
    if (!wpi_reader_is_done(&reader) || introductions > WP_CHOICE_OUT || contact > WP_CHOICE_OUT)
        return damaged("consent", err);
    return WP_OK;
}
