/*
 * Taking arcs from a list one at a time and, where the processor can, four at a time: see arcs.h.
 *
 * Four arcs of 11 bytes are loaded into the four lanes of two registers and shuffled into words:
 * the packed costs of each, and who. A group is written whole when none of its arcs is dear or
 * intricate, which is the rule; otherwise its arcs are looked at one by one. The last arc of a list
 * is never in a group, because loads reach five bytes beyond the arcs that they are for.
 */
#include "format/arcs.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define GROUP 4u

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
#endif

size_t wpi_arcs_take(const wpi_arc_list *list, uint32_t *at, bool is_inbound, uint32_t most,
                     wp_neighbour *out, size_t room)
{
    directions shift = {is_inbound ? WPI_ARC_COST_BITS : 0, is_inbound ? 0 : WPI_ARC_COST_BITS};
    uint32_t left = list->count - *at, end = left < room ? list->count : *at + (uint32_t)room;
    size_t taken = 0;
    if (most >= WPI_ARC_COST_MAX)
        most = WPI_ARC_COST_MAX - 1; /* dearer ones are intricate */
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        return take_wide(list->hot, at, end, shift, most, out);
#endif
    (void)take_each(list->hot, at, end, shift, most, out, &taken);
    return taken;
}
