/*
 * Runs of ties to and from bytes: see tie_run.h for the layout.
 *
 * An entry's size follows from its flags, so that a run is searched without decoding what is passed
 * over. Nothing read is trusted: sizes are held against the end, numbers must ascend, and values
 * are checked when an entry is decoded.
 */
#include "format/tie_run.h"

#include <math.h>

#define HEAD_BYTES 5u
#define INTERACTION_BYTES 96u
#define FLAGS_END 128u
#define HAS_SOURCES 32u
#define IS_GONE 64u
#define BILLION 1000000000u

enum { STATED_NOTHING = 0, STATED_P, STATED_COST, STATED_BILLIONTHS };

static wp_status damaged(wp_error *err)
{
    return wpi_error_set(err, WP_ECORRUPT, "run of ties is malformed");
}

/* Bytes before the sources. */
static uint32_t size_without_sources(unsigned flags)
{
    static const unsigned char stated[4] = {0, 8, 4, 4};
    return HEAD_BYTES + ((flags & 1u) != 0 ? INTERACTION_BYTES : 0) + stated[flags >> 1 & 3u] +
           stated[flags >> 3 & 3u];
}

/* Bytes of an entry that begins at `at`; more than are left when it is cut short. */
static uint32_t size_of(const unsigned char *at, size_t left, unsigned flags)
{
    uint32_t size = size_without_sources(flags);
    if ((flags & HAS_SOURCES) == 0)
        return size;
    for (int i = 0; i < 2; i++) {
        if ((flags >> (1 + 2 * i) & 3u) == STATED_NOTHING)
            continue;
        while (size < left && (at[size] & 0x80u) != 0)
            size++;
        size++;
    }
    return size;
}

wpi_tie_run wpi_tie_run_of(wpi_record_bytes bytes)
{
    /* An absent record has no address, to which not even zero may be added. */
    const unsigned char *data = bytes.data;
    return (wpi_tie_run){data, bytes.size > 0 ? data + bytes.size : data, 0, false};
}

bool wpi_tie_run_next(wpi_tie_run *run, wpi_tie_entry *out)
{
    size_t left = (size_t)(run->end - run->at);
    if (left == 0 || run->is_damaged)
        return false;
    unsigned flags = left >= HEAD_BYTES ? run->at[4] : FLAGS_END;
    uint32_t size = flags < FLAGS_END ? size_of(run->at, left, flags) : UINT32_MAX;
    uint32_t high = size <= left ? wpi_bytes_get_le32(run->at) : 0;
    if (high <= run->last) {
        run->is_damaged = true;
        return false;
    }
    *out = (wpi_tie_entry){high, size, run->at};
    run->at += size;
    run->last = high;
    return true;
}

wp_status wpi_tie_run_status(const wpi_tie_run *run, wp_error *err)
{
    return run->is_damaged ? damaged(err) : WP_OK;
}

wp_status wpi_tie_run_find(wpi_record_bytes bytes, uint32_t high, wpi_tie_entry *out, wp_error *err)
{
    wpi_tie_run run = wpi_tie_run_of(bytes);
    *out = (wpi_tie_entry){0, 0, NULL};
    while (wpi_tie_run_next(&run, out) && out->high < high)
        ;
    WPI_TRY(wpi_tie_run_status(&run, err));
    return out->high == high ? WP_OK : WP_ENOTFOUND;
}

uint32_t wpi_tie_billionths(double p)
{
    uint32_t rounded = p > 0.0 && p <= 1.0 ? (uint32_t)(p * BILLION + 0.5) : 0;
    return wpi_tie_billionths_back(rounded) == p ? rounded : 0;
}

double wpi_tie_billionths_back(uint32_t billionths)
{
    return (double)billionths / BILLION;
}

static bool is_time_sane(int64_t time_s)
{
    return time_s >= 0 && time_s <= WP_TIME_MAX;
}

static wp_status read_interactions(wpi_reader *reader, wpi_tie_state *out, wp_error *err)
{
    out->reference_s = (int64_t)wpi_reader_u64(reader);
    out->first_s = (int64_t)wpi_reader_u64(reader);
    out->last_s = (int64_t)wpi_reader_u64(reader);
    for (int i = 0; i < 2; i++) {
        wpi_flow *flow = &out->flow[i];
        flow->fast = wpi_reader_double(reader);
        flow->slow = wpi_reader_double(reader);
        flow->positive = wpi_reader_double(reader);
        flow->negative = wpi_reader_double(reader);
        flow->count = wpi_reader_u32(reader);
    }
    bool is_sane =
        is_time_sane(out->reference_s) && is_time_sane(out->first_s) && is_time_sane(out->last_s);
    return is_sane ? WP_OK : damaged(err);
}

static wp_status read_stated(wpi_reader *reader, unsigned kind, wpi_stated *out, wp_error *err)
{
    uint32_t billionths;
    switch (kind) {
    case STATED_P:
        *out = (wpi_stated){.kind = WPI_STATED_P, .p = wpi_reader_double(reader)};
        break;
    case STATED_BILLIONTHS:
        billionths = wpi_reader_u32(reader);
        *out = (wpi_stated){.kind = WPI_STATED_P, .p = wpi_tie_billionths_back(billionths)};
        break;
    case STATED_COST:
        *out = (wpi_stated){.kind = WPI_STATED_COST, .cost = wpi_reader_u32(reader)};
        break;
    default:
        break;
    }
    bool is_sane = out->kind != WPI_STATED_P || (out->p > 0.0 && out->p <= 1.0);
    return is_sane ? WP_OK : damaged(err);
}

static wp_status read_source(wpi_reader *reader, uint32_t *source, wp_error *err)
{
    uint64_t value = 0;
    unsigned byte = 0x80u;
    for (unsigned shift = 0; shift < 35 && (byte & 0x80u) != 0; shift += 7) {
        byte = wpi_reader_u8(reader);
        value |= (uint64_t)(byte & 0x7fu) << shift;
    }
    if ((byte & 0x80u) != 0 || value > UINT32_MAX)
        return damaged(err);
    *source = (uint32_t)value - 1; /* 0: WP_SOURCE_NONE */
    return WP_OK;
}

wp_status wpi_tie_entry_read(const wpi_tie_entry *entry, wpi_tie_state *out, wp_error *err)
{
    wpi_reader reader = {entry->bytes + HEAD_BYTES, entry->bytes + entry->size, false};
    unsigned flags = entry->bytes[4];
    *out = (wpi_tie_state)WPI_TIE_STATE_INIT;
    if ((flags & 1u) != 0)
        WPI_TRY(read_interactions(&reader, out, err));
    WPI_TRY(read_stated(&reader, flags >> 1 & 3u, &out->stated[0], err));
    WPI_TRY(read_stated(&reader, flags >> 3 & 3u, &out->stated[1], err));
    out->is_gone = (flags & IS_GONE) != 0;
    for (int i = 0; i < 2 && (flags & HAS_SOURCES) != 0; i++)
        if (out->stated[i].kind != WPI_STATED_NONE)
            WPI_TRY(read_source(&reader, &out->stated[i].source, err));
    return wpi_reader_is_done(&reader) ? WP_OK : damaged(err);
}

static unsigned char *put_u32(unsigned char *at, uint32_t value)
{
    wpi_bytes_put_le32(at, value);
    return at + 4;
}

static unsigned char *put_u64(unsigned char *at, uint64_t value)
{
    wpi_bytes_put_le64(at, value);
    return at + 8;
}

static unsigned char *put_double(unsigned char *at, double value)
{
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

static unsigned char *put_interactions(unsigned char *at, const wpi_tie_state *state)
{
    at = put_u64(at, (uint64_t)state->reference_s);
    at = put_u64(at, (uint64_t)state->first_s);
    at = put_u64(at, (uint64_t)state->last_s);
    for (int i = 0; i < 2; i++) {
        const wpi_flow *flow = &state->flow[i];
        at = put_double(at, flow->fast);
        at = put_double(at, flow->slow);
        at = put_double(at, flow->positive);
        at = put_double(at, flow->negative);
        at = put_u32(at, flow->count);
    }
    return at;
}

static unsigned char *put_sources(unsigned char *at, const wpi_tie_state *state)
{
    for (int i = 0; i < 2; i++) {
        if (state->stated[i].kind == WPI_STATED_NONE)
            continue;
        uint32_t value = state->stated[i].source + 1;
        for (; value >= 0x80u; value >>= 7)
            *at++ = (unsigned char)(value | 0x80u);
        *at++ = (unsigned char)value;
    }
    return at;
}

size_t wpi_tie_entry_write(unsigned char *out, uint32_t high, const wpi_tie_state *state)
{
    unsigned char *at = put_u32(out, high) + 1;
    unsigned flags = state->reference_s != WP_TIME_NONE ? 1u : 0u;
    uint32_t billionths = 0;
    if (flags != 0)
        at = put_interactions(at, state);
    for (int i = 0; i < 2; i++) {
        const wpi_stated *stated = &state->stated[i];
        bool is_as_other = i == 1 && stated->kind == state->stated[0].kind &&
                           stated->p == state->stated[0].p; /* as when both are stated */
        if (!is_as_other)
            billionths = stated->kind == WPI_STATED_P ? wpi_tie_billionths(stated->p) : 0;
        unsigned kind = STATED_NOTHING;
        if (billionths != 0) {
            kind = STATED_BILLIONTHS;
            at = put_u32(at, billionths);
        } else if (stated->kind == WPI_STATED_P) {
            kind = STATED_P;
            at = put_double(at, stated->p);
        } else if (stated->kind == WPI_STATED_COST) {
            kind = STATED_COST;
            at = put_u32(at, stated->cost);
        }
        flags |= kind << (1 + 2 * i);
        if (kind != STATED_NOTHING && stated->source != WP_SOURCE_HAND)
            flags |= HAS_SOURCES;
    }
    if ((flags & HAS_SOURCES) != 0)
        at = put_sources(at, state);
    flags |= state->is_gone ? IS_GONE : 0;
    out[4] = (unsigned char)flags;
    return (size_t)(at - out);
}
