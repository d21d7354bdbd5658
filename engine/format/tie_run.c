/*
 * Runs of ties to and from bytes: see tie_run.h for the layout.
 *
 * An entry's size follows from its flags, its forms and the ends of its numbers, so that a run is
 * searched without decoding what is passed over. Nothing read is trusted: sizes are held against
 * the end, numbers must ascend, and values are checked when an entry is decoded.
 */
#include "format/tie_run.h"

#include <math.h>

#define HEAD_BYTES 5u
#define TIME_BYTES 5u
#define FLAGS_END 128u
#define HAS_SOURCES 32u
#define IS_GONE 64u
#define BILLION 1000000000u

enum { STATED_NOTHING = 0, STATED_P, STATED_COST, STATED_BILLIONTHS };

/* Forms: two bits a direction for fast and slow, and these. */
enum { PAIR_ZERO = 0, PAIR_WHOLE, PAIR_SHORT, PAIR_SAME };
#define HAS_VALENCE 16u /* of the other direction: twice that */
#define HAS_REFERENCE 64u
#define HAS_FIRST 128u

static wp_status damaged(wp_error *err)
{
    return wpi_error_set(err, WP_ECORRUPT, "run of ties is malformed");
}

/* Bytes of the forms and what they announce. */
static uint32_t size_of_interactions(unsigned forms)
{
    static const unsigned char pair[4] = {0, 16, 4, 8}, some[4] = {0, 1, 1, 2};
    return 1 + TIME_BYTES * (1 + some[forms >> 6]) + pair[forms & 3u] + pair[forms >> 2 & 3u] +
           16u * some[forms >> 4 & 3u];
}

/* Bytes of an entry that begins at `at`; more than are left when it is cut short. */
static uint32_t size_of(const unsigned char *at, size_t left, unsigned flags)
{
    static const unsigned char stated[4] = {0, 8, 4, 4};
    unsigned kinds[2] = {flags >> 1 & 3u, flags >> 3 & 3u}, numbers = 0;
    uint32_t size = HEAD_BYTES + stated[kinds[0]] + stated[kinds[1]];
    if ((flags & 1u) != 0) {
        size += size_of_interactions(left > HEAD_BYTES ? at[HEAD_BYTES] : 0);
        numbers = 2;
    }
    if ((flags & HAS_SOURCES) != 0)
        numbers += (kinds[0] != STATED_NOTHING ? 1u : 0u) + (kinds[1] != STATED_NOTHING ? 1u : 0u);
    for (; numbers > 0; numbers--) {
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

static int64_t read_time(wpi_reader *reader)
{
    uint32_t low = wpi_reader_u32(reader);
    return (int64_t)wpi_reader_u8(reader) << 32 | low;
}

/* All of it is zero at first. */
static void read_flow(wpi_reader *reader, unsigned form, bool has_valence, wpi_flow *out)
{
    if (form == PAIR_SHORT) {
        out->fast = wpi_reader_short_double(reader);
        out->slow = wpi_reader_short_double(reader);
    } else if (form != PAIR_ZERO) {
        out->fast = wpi_reader_double(reader);
        out->slow = form == PAIR_SAME ? out->fast : wpi_reader_double(reader);
    }
    if (has_valence) {
        out->positive = wpi_reader_double(reader);
        out->negative = wpi_reader_double(reader);
    }
}

static wp_status read_interactions(wpi_reader *reader, wpi_tie_state *out, wp_error *err)
{
    unsigned forms = wpi_reader_u8(reader);
    out->last_s = read_time(reader);
    out->reference_s = (forms & HAS_REFERENCE) != 0 ? read_time(reader) : out->last_s;
    out->first_s = (forms & HAS_FIRST) != 0 ? read_time(reader) : out->last_s;
    for (int i = 0; i < 2; i++)
        read_flow(reader, forms >> 2 * i & 3u, (forms & HAS_VALENCE << i) != 0, &out->flow[i]);
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

/* A number of 32 bits, seven a byte. */
static wp_status read_number(wpi_reader *reader, uint32_t *number, wp_error *err)
{
    uint64_t value = 0;
    unsigned byte = 0x80u;
    for (unsigned shift = 0; shift < 35 && (byte & 0x80u) != 0; shift += 7) {
        byte = wpi_reader_u8(reader);
        value |= (uint64_t)(byte & 0x7fu) << shift;
    }
    if ((byte & 0x80u) != 0 || value > UINT32_MAX)
        return damaged(err);
    *number = (uint32_t)value;
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
    for (int i = 0; i < 2 && (flags & 1u) != 0; i++)
        WPI_TRY(read_number(&reader, &out->flow[i].count, err));
    for (int i = 0; i < 2 && (flags & HAS_SOURCES) != 0; i++) {
        if (out->stated[i].kind == WPI_STATED_NONE)
            continue;
        WPI_TRY(read_number(&reader, &out->stated[i].source, err));
        out->stated[i].source--; /* 0: WP_SOURCE_NONE */
    }
    return wpi_reader_is_done(&reader) ? WP_OK : damaged(err);
}

static unsigned char *put_u32(unsigned char *at, uint32_t value)
{
    wpi_bytes_put_le32(at, value);
    return at + 4;
}

static unsigned char *put_double(unsigned char *at, double value)
{
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

static unsigned char *put_short(unsigned char *at, double value)
{
    uint16_t bits = wpi_bytes_short_of(value);
    at[0] = (unsigned char)bits;
    at[1] = (unsigned char)(bits >> 8);
    return at + 2;
}

static unsigned char *put_time(unsigned char *at, int64_t time_s)
{
    at = put_u32(at, (uint32_t)time_s);
    *at = (unsigned char)((uint64_t)time_s >> 32);
    return at + 1;
}

static unsigned char *put_number(unsigned char *at, uint32_t value)
{
    for (; value >= 0x80u; value >>= 7)
        *at++ = (unsigned char)(value | 0x80u);
    *at++ = (unsigned char)value;
    return at;
}

/* By the bits, so that every value comes back as it was. */
static bool is_same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static unsigned pair_form(double fast, double slow)
{
    if (is_same(fast, 0.0) && is_same(slow, 0.0))
        return PAIR_ZERO;
    if (wpi_bytes_is_short(fast) && wpi_bytes_is_short(slow))
        return PAIR_SHORT;
    return is_same(fast, slow) ? PAIR_SAME : PAIR_WHOLE;
}

static unsigned char *put_flow(unsigned char *at, const wpi_flow *flow, int direction,
                               unsigned *forms)
{
    unsigned form = pair_form(flow->fast, flow->slow);
    *forms |= form << 2 * direction;
    if (form == PAIR_SHORT) {
        at = put_short(at, flow->fast);
        at = put_short(at, flow->slow);
    } else if (form != PAIR_ZERO) {
        at = put_double(at, flow->fast);
        at = form == PAIR_SAME ? at : put_double(at, flow->slow);
    }
    if (is_same(flow->positive, 0.0) && is_same(flow->negative, 0.0))
        return at;
    *forms |= HAS_VALENCE << direction;
    at = put_double(at, flow->positive);
    return put_double(at, flow->negative);
}

static unsigned char *put_interactions(unsigned char *at, const wpi_tie_state *state)
{
    unsigned char *head = at++;
    unsigned forms = 0;
    at = put_time(at, state->last_s);
    if (state->reference_s != state->last_s) {
        forms |= HAS_REFERENCE;
        at = put_time(at, state->reference_s);
    }
    if (state->first_s != state->last_s) {
        forms |= HAS_FIRST;
        at = put_time(at, state->first_s);
    }
    for (int i = 0; i < 2; i++)
        at = put_flow(at, &state->flow[i], i, &forms);
    *head = (unsigned char)forms;
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
    for (int i = 0; i < 2 && (flags & 1u) != 0; i++)
        at = put_number(at, state->flow[i].count);
    for (int i = 0; i < 2 && (flags & HAS_SOURCES) != 0; i++)
        if (state->stated[i].kind != WPI_STATED_NONE)
            at = put_number(at, state->stated[i].source + 1);
    flags |= state->is_gone ? IS_GONE : 0;
    out[4] = (unsigned char)flags;
    return (size_t)(at - out);
}
