/*
 * Whose records are looked at: the best of everybody proposed.
 *
 * Of sixty-four numbers at a time those are told who could still be among the best: most neighbours
 * have as many words as others kept already, so that, once there are enough of these, only those
 * count who have more, or whom we know. Our ties are read only when there are more people than
 * places.
 */
#include "base/heap.h"
#include "graph/name_search.h"

#define COMPLETE_MAX 40
#define PARTIAL_MAX 60

/* The best of those who have all words, or of those who lack some. */
typedef struct choice_pool {
    wpi_array heap; /* first is whose turn comes last */
    size_t most;
} choice_pool;

typedef struct chooser {
    wpi_name_search *search;
    choice_pool complete;
    choice_pool partial;
} chooser;

/* How late somebody's turn comes, but for our ties: fewer words, fewer of them exactly, people
 * after companies. */
#define TURN_WORDS 40
#define TURN_EXACT 35
#define TURN_PERSON 34
static uint64_t turn(wpi_party kind, uint32_t bits)
{
    uint64_t words = WPI_NAME_COUNT_HAS(bits), exact = WPI_NAME_COUNT_EXACTLY(bits);
    return (16 - words) << TURN_WORDS | (16 - exact) << TURN_EXACT |
           (uint64_t)(kind == WPI_PERSON) << TURN_PERSON;
}

/* How many sets of some each of sixty-four numbers is in, a bit of the count in each. */
typedef struct slot_counts {
    uint64_t bit[5];
} slot_counts;

static void count_sets(const uint64_t *sets, size_t count, slot_counts *out)
{
    *out = (slot_counts){{0}};
    for (size_t i = 0; i < count; i++) {
        uint64_t carry = sets[i];
        for (size_t b = 0; carry != 0; b++) {
            uint64_t both = out->bit[b] & carry;
            out->bit[b] ^= carry;
            carry = both;
        }
    }
}

/* Whose count is larger than a value, among some, and whose is equal. */
static void compare_counts(const slot_counts *counts, uint64_t among, unsigned value,
                           uint64_t *more, uint64_t *equal)
{
    *more = 0;
    *equal = among;
    for (unsigned b = 5; b-- > 0;) {
        if ((value >> b & 1) == 0)
            *more |= *equal & counts->bit[b];
        *equal &= (value >> b & 1) != 0 ? counts->bit[b] : ~counts->bit[b];
    }
}

/* Those of a slot, among some, who may come before the last of those kept. */
static uint64_t may_enter(const chooser *self, const choice_pool *pool, const wpi_name_slot *slot,
                          uint64_t among)
{
    slot_counts words, exact;
    uint64_t more, equal, more_exact, equal_exact;
    size_t count = self->search->query.count;
    if (among == 0 || pool->heap.count < pool->most || !self->search->has_known)
        return among;
    uint64_t last = UINT64_MAX - ((const wpi_heap_entry *)pool->heap.items)->cost;
    count_sets(slot->has, count, &words);
    count_sets(slot->exact, count, &exact);
    compare_counts(&words, among, 16 - (unsigned)(last >> TURN_WORDS), &more, &equal);
    compare_counts(&exact, equal, 16 - (unsigned)(last >> TURN_EXACT & 31), &more_exact,
                   &equal_exact);
    bool is_before = slot->kind == WPI_COMPANY && (last >> TURN_PERSON & 1) != 0;
    if (!is_before && slot->kind == WPI_PERSON) /* by number, so that strangers come later */
        equal_exact &= wpi_bitset_word(&self->search->known_people, slot->first);
    else if (!is_before)
        equal_exact = 0;
    return more | more_exact | equal_exact;
}

/* Then who is known less well, once our ties are read. */
static uint64_t strangeness(const wpi_name_search *search, wpi_party kind, uint32_t number)
{
    if (kind != WPI_PERSON || !wpi_bitset_has(&search->known_people, number))
        return WP_COST_NONE;
    return *wpi_map_find(&search->known, number);
}

/* Keep somebody who was not looked at yet, if among the first `most`. */
static wp_status keep(const wpi_name_search *search, wpi_array *heap, size_t most,
                      wpi_heap_entry added, wp_error *err)
{
    const wpi_heap_entry *last = heap->items;
    uint64_t key = (uint64_t)added.item << 32 | (UINT32_MAX - added.hops);
    bool is_later = heap->count == most && (added.cost < last->cost ||
                                            (added.cost == last->cost && added.hops < last->hops));
    if (is_later || wpi_map_find(&search->looked_at, key) != NULL)
        return WP_OK;
    if (heap->count == most)
        (void)wpi_heap_pop(heap);
    return wpi_heap_push(heap, added, err);
}

/* Let our ties tell in the order of those kept so far. */
static wp_status weigh(const wpi_name_search *search, wpi_array *heap, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array before = *heap;
    *heap = WPI_ARRAY_OF(wpi_heap_entry);
    for (size_t i = 0; i < before.count; i++) {
        wpi_heap_entry entry = WPI_ARRAY_AT(&before, wpi_heap_entry, i);
        entry.cost +=
            WP_COST_NONE - strangeness(search, (wpi_party)entry.item, UINT32_MAX - entry.hops);
        WPI_TRY_OUT(wpi_heap_push(heap, entry, err));
    }
out:
    wpi_array_free(&before);
    return status;
}

static wp_status offer(chooser *self, choice_pool *pool, wpi_party kind, uint32_t number,
                       uint32_t bits, wp_error *err)
{
    if (pool->heap.count == pool->most && !self->search->has_known) {
        WPI_TRY(wpi_name_read_known(self->search, err));
        WPI_TRY(weigh(self->search, &self->complete.heap, err));
        WPI_TRY(weigh(self->search, &self->partial.heap, err));
    }
    wpi_heap_entry added = {UINT64_MAX -
                                (turn(kind, bits) + strangeness(self->search, kind, number)),
                            UINT32_MAX - number, (uint32_t)kind};
    return keep(self->search, &pool->heap, pool->most, added, err);
}

static wp_status offer_some(chooser *self, choice_pool *pool, const wpi_name_slot *slot,
                            uint64_t among, wp_error *err)
{
    uint64_t left = may_enter(self, pool, slot, among);
    for (; left != 0; left &= left - 1) {
        unsigned place = (unsigned)__builtin_ctzll(left);
        uint32_t bits = wpi_name_slot_bits(self->search, slot, place);
        WPI_TRY(offer(self, pool, slot->kind, slot->first + place, bits, err));
    }
    return WP_OK;
}

static wp_status offer_slot(void *context, const wpi_name_slot *slot, wp_error *err)
{
    chooser *self = context;
    uint64_t complete = slot->met;
    for (size_t i = 0; i < self->search->query.count; i++)
        complete &= slot->has[i];
    WPI_TRY(offer_some(self, &self->complete, slot, complete, err));
    return offer_some(self, &self->partial, slot, slot->met & ~complete, err);
}

static wp_status take(wpi_name_search *search, const wpi_array *heap, wpi_array *choices,
                      wp_error *err)
{
    for (size_t i = 0; i < heap->count; i++) {
        const wpi_heap_entry *entry = &WPI_ARRAY_AT(heap, wpi_heap_entry, i);
        wpi_name_choice choice = {(wpi_party)entry->item, UINT32_MAX - entry->hops};
        uint64_t *unused;
        WPI_TRY(wpi_map_put(&search->looked_at, (uint64_t)choice.kind << 32 | choice.number, 0,
                            &unused, NULL, err));
        WPI_TRY(wpi_array_push(choices, &choice, err));
    }
    return WP_OK;
}

wp_status wpi_name_choose(wpi_name_search *search, size_t limit, wpi_array *choices, wp_error *err)
{
    wp_status status;
    uint32_t all = (UINT32_C(1) << search->query.count) - 1;
    chooser self = {.search = search,
                    .complete = {WPI_ARRAY_OF(wpi_heap_entry), COMPLETE_MAX + limit},
                    .partial = {WPI_ARRAY_OF(wpi_heap_entry), PARTIAL_MAX}};
    WPI_TRY_OUT(wpi_name_each_slot(search, WPI_PERSON, WPI_COMPANY, all & ~search->elsewhere,
                                   offer_slot, &self, err));
    WPI_TRY_OUT(take(search, &self.complete.heap, choices, err));
    WPI_TRY_OUT(take(search, &self.partial.heap, choices, err));
out:
    wpi_array_free(&self.complete.heap);
    wpi_array_free(&self.partial.heap);
    return status;
}
