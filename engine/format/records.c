/*
 * Records to and from bytes: see records.h for the layouts.
 *
 * Writers cannot fail by themselves: the wpi_writer remembers a failed allocation. Readers check
 * ranges of everything that the layers above use as an index or an enumeration.
 */
#include "format/records.h"

#include <assert.h>
#include <math.h>

#define SUMS_BYTES 80
#define SUMS_MAX 1e12

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

enum {
    SAYS_US = 3,
    SAYS_NO_COMPANY = 4,
    SAYS_NAME = 8,
    SAYS_TITLE = 16,
    SAYS_PARENT = 32,
    SAYS_LINKS = 64,
    SAYS_SPELLINGS = 128
};

static unsigned flags_of(const wpi_statement_record *record)
{
    return (unsigned)record->us | (record->has_no_company ? SAYS_NO_COMPANY : 0) |
           (record->name != NULL ? SAYS_NAME : 0) | (record->title != NULL ? SAYS_TITLE : 0) |
           (record->parent != 0 ? SAYS_PARENT : 0) | (record->link_count > 0 ? SAYS_LINKS : 0) |
           (record->spelling_count > 0 ? SAYS_SPELLINGS : 0);
}

void wpi_record_write_statement(wpi_writer *writer, const wpi_statement_record *record)
{
    unsigned flags = flags_of(record);
    assert(record->link_count <= UINT16_MAX && record->spelling_count <= UINT16_MAX);
    wpi_writer_u8(writer, (uint8_t)record->identity.kind);
    wpi_writer_text(writer, record->identity.text);
    wpi_writer_u8(writer, (uint8_t)flags);
    if ((flags & SAYS_NAME) != 0)
        wpi_writer_text(writer, record->name);
    if ((flags & SAYS_TITLE) != 0)
        wpi_writer_text(writer, record->title);
    if ((flags & SAYS_PARENT) != 0)
        wpi_writer_u32(writer, record->parent);
    if ((flags & SAYS_LINKS) != 0)
        wpi_writer_u16(writer, (uint16_t)record->link_count);
    for (size_t i = 0; i < record->link_count; i++)
        wpi_writer_u32(writer, record->links[i]);
    if ((flags & SAYS_SPELLINGS) != 0)
        wpi_writer_u16(writer, (uint16_t)record->spelling_count);
    for (size_t i = 0; i < record->spelling_count; i++) {
        wpi_writer_u32(writer, record->spellings[i].count);
        wpi_writer_text(writer, record->spellings[i].name);
    }
}

static wp_status read_links(wpi_reader *reader, wpi_arena *arena, wpi_statement_record *out,
                            wp_error *err)
{
    out->link_count = wpi_reader_u16(reader);
    out->links = wpi_arena_take(arena, out->link_count + 1, sizeof *out->links);
    if (out->links == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < out->link_count; i++)
        out->links[i] = wpi_reader_u32(reader);
    return WP_OK;
}

static wp_status read_spellings(wpi_reader *reader, wpi_arena *arena, wpi_statement_record *out,
                                wp_error *err)
{
    out->spelling_count = wpi_reader_u16(reader);
    out->spellings = wpi_arena_take(arena, out->spelling_count + 1, sizeof *out->spellings);
    if (out->spellings == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < out->spelling_count; i++) {
        out->spellings[i].count = wpi_reader_u32(reader);
        out->spellings[i].name = wpi_reader_text(reader);
        if (out->spellings[i].name == NULL)
            return damaged("spelling of a", err);
    }
    return WP_OK;
}

wp_status wpi_record_read_statement(wpi_record_bytes bytes, wpi_arena *arena,
                                    wpi_statement_record *out, wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    *out = (wpi_statement_record){.identity.kind = (wp_identity_kind)wpi_reader_u8(&reader)};
    out->identity.text = wpi_reader_text(&reader);
    unsigned flags = wpi_reader_u8(&reader);
    out->us = (wp_us)(flags & SAYS_US);
    out->has_no_company = (flags & SAYS_NO_COMPANY) != 0;
    if ((flags & SAYS_NAME) != 0)
        out->name = wpi_reader_text(&reader);
    if ((flags & SAYS_TITLE) != 0)
        out->title = wpi_reader_text(&reader);
    if ((flags & SAYS_PARENT) != 0)
        out->parent = wpi_reader_u32(&reader);
    if ((flags & SAYS_LINKS) != 0)
        WPI_TRY(read_links(&reader, arena, out, err));
    if ((flags & SAYS_SPELLINGS) != 0)
        WPI_TRY(read_spellings(&reader, arena, out, err));
    if (!wpi_reader_is_done(&reader) || out->identity.text == NULL || out->us > WP_US_YES ||
        out->identity.kind < WP_IDENTITY_EMAIL || out->identity.kind > WP_IDENTITY_COMPANY_NAME)
        return damaged("statement", err);
    return WP_OK;
}

void wpi_record_write_source(wpi_writer *writer, const wpi_source_record *record)
{
    wpi_writer_u8(writer, record->is_leaving ? 1 : 0);
    wpi_writer_u64(writer, (uint64_t)record->time_s);
    wpi_writer_text(writer, record->name);
    wpi_writer_text(writer, record->format);
}

wp_status wpi_record_read_source(wpi_record_bytes bytes, wpi_source_record *out, wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    out->is_leaving = wpi_reader_u8(&reader) != 0;
    out->time_s = (int64_t)wpi_reader_u64(&reader);
    out->name = wpi_reader_text(&reader);
    out->format = wpi_reader_text(&reader);
    return wpi_reader_is_done(&reader) && out->name != NULL ? WP_OK : damaged("source", err);
}

void wpi_record_write_employment(wpi_writer *writer, const wpi_employment_record *record)
{
    wpi_writer_u32(writer, (uint32_t)record->to_day);
    wpi_writer_text(writer, record->title);
}

wp_status wpi_record_read_employment(wpi_record_bytes bytes, wpi_employment_record *out,
                                     wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    out->to_day = (int32_t)wpi_reader_u32(&reader);
    out->title = wpi_reader_text(&reader);
    return wpi_reader_is_done(&reader) ? WP_OK : damaged("employment", err);
}

static void write_sums(wpi_writer *writer, const wp_sums *sums)
{
    wpi_writer_u64(writer, (uint64_t)sums->first_s);
    for (int i = 0; i < 2; i++) {
        wpi_writer_double(writer, sums->fast[i]);
        wpi_writer_double(writer, sums->slow[i]);
        wpi_writer_double(writer, sums->positive[i]);
        wpi_writer_double(writer, sums->negative[i]);
        wpi_writer_u32(writer, sums->count[i]);
    }
}

bool wpi_record_is_sane_sums(const wp_sums *sums)
{
    bool is_sane = sums->first_s >= 0 && sums->first_s <= WP_TIME_MAX;
    for (int i = 0; i < 2; i++) {
        const double amounts[] = {sums->fast[i], sums->slow[i], sums->positive[i],
                                  sums->negative[i]};
        for (size_t j = 0; j < sizeof amounts / sizeof *amounts; j++)
            is_sane = is_sane && amounts[j] >= 0.0 && amounts[j] <= SUMS_MAX;
    }
    return is_sane;
}

static bool read_sums(wpi_reader *reader, wp_sums *out)
{
    out->first_s = (int64_t)wpi_reader_u64(reader);
    for (int i = 0; i < 2; i++) {
        out->fast[i] = wpi_reader_double(reader);
        out->slow[i] = wpi_reader_double(reader);
        out->positive[i] = wpi_reader_double(reader);
        out->negative[i] = wpi_reader_double(reader);
        out->count[i] = wpi_reader_u32(reader);
    }
    return wpi_record_is_sane_sums(out);
}

/* Only a summary has them. */
static wp_status read_own_sums(wpi_reader *reader, wpi_arena *arena, wp_interaction *out,
                               wp_error *err)
{
    if (out->kind != WP_KIND_SUMMARY)
        return WP_OK;
    wp_sums *sums = wpi_arena_take(arena, 1, sizeof *sums);
    if (sums == NULL)
        return wpi_memory_failed(err);
    if (!read_sums(reader, sums) || out->to_count != 1)
        return damaged("interaction", err);
    out->sums = sums;
    return WP_OK;
}

void wpi_record_write_interaction(wpi_writer *writer, const wp_interaction *record)
{
    wpi_writer_u8(writer, (uint8_t)record->kind);
    wpi_writer_u32(writer, record->flags);
    wpi_writer_u64(writer, (uint64_t)record->revision);
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
    if (record->kind == WP_KIND_SUMMARY)
        write_sums(writer, record->sums);
    else if (record->series_revision != 0)
        wpi_writer_u64(writer, (uint64_t)record->series_revision);
}

static bool is_interaction_sane(const wp_interaction *record)
{
    return record->kind >= WP_KIND_MAIL && record->kind <= WP_KIND_SERIES &&
           record->kind != WP_KIND_TOGETHER && record->time_s >= 0 &&
           record->time_s <= WP_TIME_MAX && record->source != NULL &&
           (record->from != 0 || record->kind == WP_KIND_SERIES) && record->valence >= -1.0 &&
           record->valence <= 1.0;
}

wp_status wpi_record_read_interaction(wpi_record_bytes bytes, wpi_arena *arena, wp_interaction *out,
                                      wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    *out = (wp_interaction)WP_INTERACTION_INIT;
    out->kind = (wp_kind)wpi_reader_u8(&reader);
    out->flags = wpi_reader_u32(&reader);
    out->revision = (int64_t)wpi_reader_u64(&reader);
    out->time_s = (int64_t)wpi_reader_u64(&reader);
    out->from = wpi_reader_u32(&reader);
    out->valence = wpi_reader_double(&reader);
    out->source = wpi_reader_text(&reader);
    out->reply_to = wpi_reader_text(&reader);
    uint32_t count = wpi_reader_u32(&reader);
    bool is_summary = out->kind == WP_KIND_SUMMARY;
    size_t left = reader.is_short ? 0 : (size_t)(reader.end - reader.at);
    size_t wanted = (size_t)count * 5 + (is_summary ? SUMS_BYTES : 0);
    bool has_series_revision = !is_summary && left == wanted + 8;
    if (!is_interaction_sane(out) || reader.is_short || (left != wanted && !has_series_revision))
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
    if (has_series_revision)
        out->series_revision = (int64_t)wpi_reader_u64(&reader);
    if (out->series_revision < 0 || (has_series_revision && out->series_revision == 0))
        return damaged("interaction", err);
    return read_own_sums(&reader, arena, out, err);
}

#define SENT_BY_HIGH 4u
#define HAS_VALENCE 8u
#define IS_SHORT 16u /* of the weight back: twice that */
#define DIRECTIONS_END 64u

/* A form follows from the values, so that a row has one encoding only. */
static unsigned directions_of(const wpi_evidence_record *record)
{
    unsigned directions = record->sender == 1 ? SENT_BY_HIGH : 0;
    if (!wpi_bytes_is_short(record->valence) || wpi_bytes_short_of(record->valence) != 0)
        directions |= HAS_VALENCE;
    for (unsigned i = 0; i < 2; i++)
        if (record->has_direction[i])
            directions |= (1u | (wpi_bytes_is_short(record->weight[i]) ? IS_SHORT : 0)) << i;
    return directions;
}

void wpi_record_write_evidence(wpi_writer *writer, const wpi_evidence_record *record)
{
    unsigned directions = directions_of(record);
    wpi_writer_u8(writer, (uint8_t)record->kind);
    wpi_writer_u8(writer, (uint8_t)directions);
    if ((directions & HAS_VALENCE) != 0)
        wpi_writer_double(writer, record->valence);
    for (int i = 0; i < 2; i++) {
        if ((directions & IS_SHORT << i) != 0)
            wpi_writer_u16(writer, wpi_bytes_short_of(record->weight[i]));
        else if (record->has_direction[i])
            wpi_writer_double(writer, record->weight[i]);
    }
    if (record->kind == WP_KIND_SUMMARY)
        write_sums(writer, record->sums);
}

wp_status wpi_record_read_evidence(wpi_record_bytes bytes, wp_sums *sums, wpi_evidence_record *out,
                                   wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    unsigned kind = wpi_reader_u8(&reader);
    unsigned directions = wpi_reader_u8(&reader);
    out->kind = (wp_kind)kind;
    out->sender = (directions & SENT_BY_HIGH) != 0;
    out->valence = (directions & HAS_VALENCE) != 0 ? wpi_reader_double(&reader) : 0.0;
    for (int i = 0; i < 2; i++) {
        out->has_direction[i] = (directions & (1u << i)) != 0;
        out->weight[i] = 0.0;
        if ((directions & IS_SHORT << i) != 0)
            out->weight[i] = wpi_reader_short_double(&reader);
        else if (out->has_direction[i])
            out->weight[i] = wpi_reader_double(&reader);
        if (!(out->weight[i] >= 0.0 && out->weight[i] <= 1e6))
            return damaged("evidence", err);
    }
    out->sums = kind == WP_KIND_SUMMARY ? sums : NULL;
    if (out->sums != NULL && !read_sums(&reader, sums))
        return damaged("evidence", err);
    bool has_weights = (directions / IS_SHORT & ~directions & 3u) == 0;
    if (!wpi_reader_is_done(&reader) || kind < WP_KIND_MAIL || kind > WP_KIND_ANSWER ||
        !(fabs(out->valence) <= 1.0) || directions >= DIRECTIONS_END || !has_weights)
        return damaged("evidence", err);
    return WP_OK;
}

void wpi_record_write_consent(wpi_writer *writer, const wpi_consent_record *record)
{
    wpi_writer_u8(writer, (uint8_t)record->choice);
    wpi_writer_u32(writer, (uint32_t)record->since);
    wpi_writer_bytes(writer, record->groups, record->group_count * sizeof(uint32_t));
}

wp_status wpi_record_read_consent(wpi_record_bytes bytes, wpi_consent_record *out, wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    *out = (wpi_consent_record){.choice = wpi_reader_u8(&reader)};
    out->since = (int32_t)wpi_reader_u32(&reader);
    size_t left = (size_t)(reader.end - reader.at);
    out->groups = reader.at;
    out->group_count = left / sizeof(uint32_t);
    if (reader.is_short || left % sizeof(uint32_t) != 0 || out->choice < 1 || out->choice > 3)
        return damaged("consent", err);
    return WP_OK;
}

void wpi_record_write_restated(wpi_writer *writer, const wpi_stated *record)
{
    wpi_writer_u8(writer, (uint8_t)record->kind);
    wpi_writer_double(writer, record->p);
    wpi_writer_u32(writer, record->cost);
}

wp_status wpi_record_read_restated(wpi_record_bytes bytes, wpi_stated *out, wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    unsigned kind = wpi_reader_u8(&reader);
    *out = (wpi_stated){.kind = WPI_STATED_COST, .p = wpi_reader_double(&reader)};
    out->cost = wpi_reader_u32(&reader);
    if (kind == WPI_STATED_P)
        out->kind = WPI_STATED_P;
    bool is_sane =
        kind == WPI_STATED_COST || (kind == WPI_STATED_P && out->p > 0.0 && out->p <= 1.0);
    return wpi_reader_is_done(&reader) && is_sane ? WP_OK : damaged("restated", err);
}

void wpi_record_write_opportunity(wpi_writer *writer, const wp_opportunity *record)
{
    wpi_writer_u8(writer, (uint8_t)record->state);
    wpi_writer_double(writer, record->amount);
    wpi_writer_u32(writer, (uint32_t)record->created_day);
    wpi_writer_u32(writer, (uint32_t)record->closed_day);
    wpi_writer_u32(writer, record->company);
    wpi_writer_u32(writer, record->owner);
    wpi_writer_text(writer, record->id);
    wpi_writer_text(writer, record->name);
    wpi_writer_text(writer, record->currency);
    wpi_writer_text(writer, record->stage);
}

wp_status wpi_record_read_opportunity(wpi_record_bytes bytes, wp_opportunity *out, wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    unsigned state = wpi_reader_u8(&reader);
    *out = (wp_opportunity)WP_OPPORTUNITY_INIT;
    out->state = (wp_opportunity_state)state;
    out->amount = wpi_reader_double(&reader);
    out->created_day = (int32_t)wpi_reader_u32(&reader);
    out->closed_day = (int32_t)wpi_reader_u32(&reader);
    out->company = wpi_reader_u32(&reader);
    out->owner = wpi_reader_u32(&reader);
    out->id = wpi_reader_text(&reader);
    out->name = wpi_reader_text(&reader);
    out->currency = wpi_reader_text(&reader);
    out->stage = wpi_reader_text(&reader);
    if (!wpi_reader_is_done(&reader) || out->id == NULL || state > WP_OPPORTUNITY_LOST)
        return damaged("opportunity", err);
    return WP_OK;
}

void wpi_record_write_role(wpi_writer *writer, const wp_contact_role *record)
{
    wpi_writer_u8(writer, record->is_primary ? 1 : 0);
    wpi_writer_text(writer, record->role);
}

wp_status wpi_record_read_role(wpi_record_bytes bytes, wp_contact_role *out, wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    out->is_primary = wpi_reader_u8(&reader) != 0;
    out->role = wpi_reader_text(&reader);
    return wpi_reader_is_done(&reader) ? WP_OK : damaged("role", err);
}

void wpi_record_write_suppressed(wpi_writer *writer, const wpi_suppressed_record *record)
{
    wpi_writer_u8(writer, record->list);
    wpi_writer_u64(writer, (uint64_t)record->time_s);
}

wp_status wpi_record_read_suppressed(wpi_record_bytes bytes, wpi_suppressed_record *out,
                                     wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    out->list = wpi_reader_u8(&reader);
    out->time_s = (int64_t)wpi_reader_u64(&reader);
    return wpi_reader_is_done(&reader) ? WP_OK : damaged("suppressed", err);
}

void wpi_record_write_audit(wpi_writer *writer, const wpi_audit_record *record)
{
    wpi_writer_u64(writer, (uint64_t)record->time_s);
    wpi_writer_u8(writer, record->action);
    wpi_writer_u32(writer, record->user);
    wpi_writer_u32(writer, record->actor);
    wpi_writer_u32(writer, record->subject);
    wpi_writer_u32(writer, record->object);
    wpi_writer_bytes(writer, record->hash, sizeof record->hash);
}

wp_status wpi_record_read_audit(wpi_record_bytes bytes, wpi_audit_record *out, wp_error *err)
{
    wpi_reader reader = reader_of(bytes);
    if (bytes.size != WPI_AUDIT_FIELDS_BYTES + sizeof out->hash)
        return damaged("audit", err);
    out->time_s = (int64_t)wpi_reader_u64(&reader);
    out->action = wpi_reader_u8(&reader);
    out->user = wpi_reader_u32(&reader);
    out->actor = wpi_reader_u32(&reader);
    out->subject = wpi_reader_u32(&reader);
    out->object = wpi_reader_u32(&reader);
    memcpy(out->hash, reader.at, sizeof out->hash);
    return WP_OK;
}
