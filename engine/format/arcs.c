/*
 * Taking arcs from a list one at a time and, where the processor can, four or eight at a time: see
 * arcs.h.
 *
 * Four arcs of 11 bytes are loaded into the four lanes of two registers and shuffled into words:
 * the packed costs of each, and who. A group is written whole when none of its arcs is dear or
 * intricate, which is the rule; otherwise its arcs are looked at one by one. The last arc of a list
 * is never in a group, because loads reach five bytes beyond the arcs that they are for.
 *
 * Eight arcs are two registers of 64 bytes that overlap, and what is dear is squeezed out of them;
 * a list that ends within eight is read with a mask, so that nothing is left to be done one by one.
 */
#include "format/arcs.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define GROUP 4u
#define WIDE 8u                                     /* arcs of two registers */
#define WIDE_SECOND (WIDE * WPI_ARC_HOT_BYTES - 64) /* where the second of them begins */

/* Where the two costs of an arc lie in its packed word: the one of the direction, the one back. */
typedef struct directions {
    unsigned there;
    unsigned back;
} directions;

/* Take arcs one by one up to *at == end; false at an arc that ends the walk. */
static inline bool take_each(const unsigned char *hot, uint32_t *at, uint32_t end, directions shift,
                             uint32_t most, wp_neighbour *out, size_t *taken)
{
    for (; *at < end; ++*at) {
        const unsigned char *arc = hot + (size_t)*at * WPI_ARC_HOT_BYTES;
        uint64_t packed = wpi_arc_packed(arc);
        uint32_t cost = (uint32_t)(packed >> shift.there) & WPI_ARC_COST_NONE;
        if (wpi_arc_is_intricate(packed))
            return false;
        if (cost <= most) {
            memcpy(&out[*taken].person, arc, sizeof out->person);
            out[(*taken)++].cost = cost;
        } else if (((uint32_t)(packed >> shift.back) & WPI_ARC_COST_NONE) > most) {
            return false;
        }
    }
    return true;
}

#if defined(__x86_64__)
/* Take groups while they are plain; the arc behind each group is in the list as well. */
__attribute__((target("avx2"))) static inline void take_groups(const unsigned char *hot,
                                                               uint32_t *at, uint32_t end,
                                                               directions shift, uint32_t most,
                                                               wp_neighbour *out, size_t *taken)
{
    /* Of an arc: the word of its costs, then who. */
    const __m256i split = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(4, 5, 6, 7, 8, 9, 10, -1, 0, 1, 2, 3, -1, -1, -1, -1));
    const __m256i mask = _mm256_set1_epi64x(WPI_ARC_COST_NONE);
    const __m256i intricate =
        _mm256_set1_epi64x((long long)WPI_ARC_INTRICATE << 2 * WPI_ARC_COST_BITS);
    const __m256i limit = _mm256_set1_epi64x(most);
    const __m128i there = _mm_cvtsi32_si128((int)shift.there);
    const unsigned char *arc = hot + (size_t)*at * WPI_ARC_HOT_BYTES;
    wp_neighbour *to = out + *taken;
    uint32_t index = *at;
    for (; index + GROUP < end; index += GROUP, arc += GROUP * WPI_ARC_HOT_BYTES, to += GROUP) {
        __m256i a = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)arc));
        __m256i b = _mm256_castsi128_si256(
            _mm_loadu_si128((const __m128i *)(const void *)(arc + WPI_ARC_HOT_BYTES)));
        a = _mm256_inserti128_si256(
            a, _mm_loadu_si128((const __m128i *)(const void *)(arc + 2 * WPI_ARC_HOT_BYTES)), 1);
        b = _mm256_inserti128_si256(
            b, _mm_loadu_si128((const __m128i *)(const void *)(arc + 3 * WPI_ARC_HOT_BYTES)), 1);
        a = _mm256_shuffle_epi8(a, split);
        b = _mm256_shuffle_epi8(b, split);
        __m256i packed = _mm256_unpacklo_epi64(a, b), who = _mm256_unpackhi_epi64(a, b);
        __m256i cost = _mm256_and_si256(_mm256_srl_epi64(packed, there), mask);
        __m256i odd =
            _mm256_or_si256(_mm256_cmpgt_epi64(cost, limit), _mm256_and_si256(packed, intricate));
        if (!_mm256_testz_si256(odd, odd))
            break;
        _mm256_storeu_si256((__m256i *)(void *)to,
                            _mm256_or_si256(who, _mm256_slli_epi64(cost, 32)));
    }
    *taken += index - *at;
    *at = index;
}

__attribute__((target("avx2"))) static size_t take_wide(const unsigned char *hot, uint32_t *at,
                                                        uint32_t end, directions shift,
                                                        uint32_t most, wp_neighbour *out)
{
    size_t taken = 0;
    bool goes_on = true;
    while (goes_on && *at < end) {
        take_groups(hot, at, end, shift, most, out, &taken);
        uint32_t to = end - *at < GROUP ? end : *at + GROUP;
        goes_on = take_each(hot, at, to, shift, most, out, &taken);
    }
    return taken;
}

#define TARGET_WIDE __attribute__((target("avx512f,avx512bw,avx512vbmi")))

/* Eight arcs or fewer: of each, who in the lower half of a word, and the word of costs and flags.
 */
typedef struct eight {
    __m512i who;
    __m512i packed;
} eight;

/* Where byte `byte` of each of eight arcs lies in the two registers. */
#define BYTE_AT(arc, byte)                                                                         \
    ((arc) * (int)WPI_ARC_HOT_BYTES + (byte) < 64                                                  \
         ? (arc) * (int)WPI_ARC_HOT_BYTES + (byte)                                                 \
         : (arc) * (int)WPI_ARC_HOT_BYTES + (byte) - (int)WIDE_SECOND + 64)
#define BYTES_AT(arc, b)                                                                           \
    BYTE_AT(arc, b), BYTE_AT(arc, b + 1), BYTE_AT(arc, b + 2), BYTE_AT(arc, b + 3),                \
        BYTE_AT(arc, b + 4), BYTE_AT(arc, b + 5), BYTE_AT(arc, b + 6), 0

static const signed char eight_whos[64] = {BYTES_AT(0, 0), BYTES_AT(1, 0), BYTES_AT(2, 0),
                                           BYTES_AT(3, 0), BYTES_AT(4, 0), BYTES_AT(5, 0),
                                           BYTES_AT(6, 0), BYTES_AT(7, 0)};
static const signed char eight_costs[64] = {BYTES_AT(0, 4), BYTES_AT(1, 4), BYTES_AT(2, 4),
                                            BYTES_AT(3, 4), BYTES_AT(4, 4), BYTES_AT(5, 4),
                                            BYTES_AT(6, 4), BYTES_AT(7, 4)};

TARGET_WIDE static inline eight split_eight(__m512i first, __m512i second)
{
    const __m512i whos = _mm512_loadu_si512(eight_whos), costs = _mm512_loadu_si512(eight_costs);
    return (eight){
        _mm512_maskz_permutex2var_epi8(UINT64_C(0x0f0f0f0f0f0f0f0f), first, whos, second),
        _mm512_maskz_permutex2var_epi8(UINT64_C(0x7f7f7f7f7f7f7f7f), first, costs, second)};
}

/* `count` arcs, 1..8, without a look at what lies behind them. */
TARGET_WIDE static inline eight load_eight(const unsigned char *arc, uint32_t count)
{
    uint32_t bytes = count * WPI_ARC_HOT_BYTES;
    if (count == WIDE)
        return split_eight(_mm512_loadu_si512(arc), _mm512_loadu_si512(arc + WIDE_SECOND));
    /* The second register is of use for the bytes beyond the first one alone. */
    __mmask64 first = bytes < 64 ? (UINT64_C(1) << bytes) - 1 : UINT64_MAX;
    __mmask64 second = bytes < 64 ? 0 : (UINT64_C(1) << (bytes - WIDE_SECOND)) - 1;
    return split_eight(_mm512_maskz_loadu_epi8(first, arc),
                       _mm512_maskz_loadu_epi8(second, arc + WIDE_SECOND));
}

/* What take_widest() compares with, in each word. */
typedef struct limits {
    __m512i mask;
    __m512i intricate;
    __m512i most;
    __m128i there;
    __m128i back;
} limits;

/* What became of up to eight arcs: fewer than there were are passed when one ends the walk. Given
 * back in a register, so that the loop keeps its counts in registers, too. */
typedef struct mixed {
    uint32_t passed;
    uint32_t taken;
} mixed;

/* Take of `count` arcs those that are cheap enough. */
TARGET_WIDE static mixed take_mixed(const eight *arcs, uint32_t count, const limits *with,
                                    wp_neighbour *out)
{
    __m512i cost = _mm512_and_si512(_mm512_srl_epi64(arcs->packed, with->there), with->mask);
    __m512i back = _mm512_and_si512(_mm512_srl_epi64(arcs->packed, with->back), with->mask);
    __m512i neighbours = _mm512_or_si512(arcs->who, _mm512_slli_epi64(cost, 32));
    __mmask8 dear = _mm512_cmpgt_epu64_mask(cost, with->most);
    __mmask8 last = _mm512_mask_cmpgt_epu64_mask(dear, back, with->most) |
                    _mm512_test_epi64_mask(arcs->packed, with->intricate);
    uint32_t passed = (uint32_t)__builtin_ctz((unsigned)last | 1u << count);
    __mmask8 kept = (__mmask8)(~(unsigned)dear & ((1u << passed) - 1));
    _mm512_mask_compressstoreu_epi64(out, kept, neighbours);
    return (mixed){passed, (uint32_t)__builtin_popcount(kept)};
}

/*
 * How far the next arcs lie must be foreseen and not follow from what is read, or the processor
 * would wait for each line of the list before it asks for the next: hence a branch for arcs that
 * are all taken, which is nearly always.
 */
TARGET_WIDE static size_t take_widest(const unsigned char *hot, uint32_t *at, uint32_t end,
                                      directions shift, uint32_t most, wp_neighbour *out)
{
    const limits with = {
        .mask = _mm512_set1_epi64(WPI_ARC_COST_NONE),
        .intricate = _mm512_set1_epi64((long long)WPI_ARC_INTRICATE << 2 * WPI_ARC_COST_BITS),
        .most = _mm512_set1_epi64(most),
        .there = _mm_cvtsi32_si128((int)shift.there),
        .back = _mm_cvtsi32_si128((int)shift.back)};
    size_t taken = 0;
    uint32_t index = *at, passed = WIDE, count = WIDE;
    for (; index < end && passed == count; index += passed) {
        count = end - index < WIDE ? end - index : WIDE;
        eight arcs = load_eight(hot + (size_t)index * WPI_ARC_HOT_BYTES, count);
        __m512i cost = _mm512_and_si512(_mm512_srl_epi64(arcs.packed, with.there), with.mask);
        unsigned odd = (unsigned)_mm512_cmpgt_epu64_mask(cost, with.most) |
                       _mm512_test_epi64_mask(arcs.packed, with.intricate);
        if (odd != 0) {
            mixed some = take_mixed(&arcs, count, &with, out + taken);
            taken += some.taken;
            passed = some.passed;
            continue;
        }
        __m512i neighbours = _mm512_or_si512(arcs.who, _mm512_slli_epi64(cost, 32));
        if (count == WIDE)
            _mm512_storeu_si512(out + taken, neighbours);
        else
            _mm512_mask_storeu_epi64(out + taken, (__mmask8)((1u << count) - 1), neighbours);
        taken += count;
        passed = count;
    }
    *at = index;
    return taken;
}
#endif

static wpi_arcs_width find_widest(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vbmi")) /* none is without the others */
        return WPI_ARCS_EIGHT;
    if (__builtin_cpu_supports("avx2"))
        return WPI_ARCS_FOUR;
#endif
    return WPI_ARCS_ONE;
}

static inline size_t take_by(wpi_arcs_width width, const wpi_arc_list *list, uint32_t *at,
                             bool is_inbound, uint32_t most, wp_neighbour *out, size_t room)
{
    directions shift = {is_inbound ? WPI_ARC_COST_BITS : 0, is_inbound ? 0 : WPI_ARC_COST_BITS};
    uint32_t left = list->count - *at, end = left < room ? list->count : *at + (uint32_t)room;
    size_t taken = 0;
    if (most >= WPI_ARC_COST_MAX)
        most = WPI_ARC_COST_MAX - 1; /* dearer ones are intricate */
#if defined(__x86_64__)
    if (width == WPI_ARCS_EIGHT)
        return take_widest(list->hot, at, end, shift, most, out);
    if (width == WPI_ARCS_FOUR)
        return take_wide(list->hot, at, end, shift, most, out);
#endif
    (void)width;
    (void)take_each(list->hot, at, end, shift, most, out, &taken);
    return taken;
}

size_t wpi_arcs_take_by(wpi_arcs_width width, const wpi_arc_list *list, uint32_t *at,
                        bool is_inbound, uint32_t most, wp_neighbour *out, size_t room)
{
    wpi_arcs_width widest = find_widest();
    return take_by(width < widest ? width : widest, list, at, is_inbound, most, out, room);
}

size_t wpi_arcs_take(const wpi_arc_list *list, uint32_t *at, bool is_inbound, uint32_t most,
                     wp_neighbour *out, size_t room)
{
    return take_by(find_widest(), list, at, is_inbound, most, out, room);
}
