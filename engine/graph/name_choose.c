/*
 * Whose records are looked at: going through everybody proposed, and keeping the best.
 *
 * All lists of a block are united in an array of what each number of the block has; a set of the
 * numbers met says which of its places count and is emptied as it is read. Both stay in the
 * processor's cache. Where some words must be there, the lists of the rarest of them say who may be
 * meant, and the others are only asked about those: a word that everybody has costs next to nothing
 * beside a rare one. Who cannot be among the best whatever our ties say is dropped at once; our
 * ties are read only when there are more people than places.
 */
#include <assert.h>

#include "base/heap.h"
#include "graph/name_search.h"

#define BLOCK_NUMBERS 65536
#define COMPLETE_MAX 40
#define PARTIAL_MAX 60
#define FEW_MAX 1024    /* numbers that are looked up one by one in long lists */
#define LOOK_UP_COST 16 /* of one, in numbers passed over */

typedef struct wpi_name_block {
    uint64_t met[BLOCK_NUMBERS / 64];
    uint32_t bits[BLOCK_NUMBERS]; /* zero between blocks */
    uint16_t few[FEW_MAX];        /* the numbers met, ascending */
    size_t met_count;             /* about, at least */
    bool has_few;                 /* `few` holds all of them */
} wpi_name_block;

static void unite(wpi_name_block *self, const wpi_name_posting *posting)
{
    const unsigned char *at = posting->numbers;
    for (uint32_t i = 0; i < posting->count; i++, at += 2) {
        uint32_t low = wpi_bytes_get_le16(at);
        self->bits[low] |= posting->bits;
        self->met[low >> 6] |= UINT64_C(1) << (low & 63);
    }
    self->met_count += posting->count;
}

/* List the numbers met, if they are few. */
static void list_few(wpi_name_block *self)
{
    size_t count = 0;
    self->has_few = self->met_count <= FEW_MAX;
    for (uint32_t word = 0; self->has_few && word < BLOCK_NUMBERS / 64; word++)
        for (uint64_t left = self->met[word]; left != 0; left &= left - 1)
            self->few[count++] = (uint16_t)(word * 64 + (uint32_t)__builtin_ctzll(left));
    if (self->has_few)
        self->met_count = count;
}

static bool has_number(const wpi_name_posting *posting, uint32_t low)
{
    size_t from = 0, to = posting->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (wpi_bytes_get_le16(posting->numbers + 2 * middle) < low)
            from = middle + 1;
        else
            to = middle;
    }
    return from < posting->count && wpi_bytes_get_le16(posting->numbers + 2 * from) == low;
}

/* What a list says of the numbers met. */
static void join(wpi_name_block *self, const wpi_name_posting *posting)
{
    const unsigned char *at = posting->numbers;
    if (self->has_few && posting->count > LOOK_UP_COST * self->met_count) {
        for (size_t i = 0; i < self->met_count; i++)
            if (has_number(posting, self->few[i]))
                self->bits[self->few[i]] |= posting->bits;
        return;
    }
    for (uint32_t i = 0; i < posting->count; i++, at += 2) {
        uint32_t low = wpi_bytes_get_le16(at);
        if ((self->met[low >> 6] >> (low & 63) & 1) != 0)
            self->bits[low] |= posting->bits;
    }
}

/* Whoever is hidden from the viewer is not there. */
static wp_status read_block(const wpi_name_search *search, uint32_t number, uint32_t words,
                            wpi_name_each_fn *each, void *context, wp_error *err)
{
    wpi_name_block *self = search->block;
    wpi_party kind = (wpi_party)(number >> 16);
    for (uint32_t word = 0; word < BLOCK_NUMBERS / 64; word++) {
        for (uint64_t left = self->met[word]; left != 0; left &= left - 1) {
            uint32_t low = word * 64 + (uint32_t)__builtin_ctzll(left), bits = self->bits[low];
            self->bits[low] = 0;
            if ((words & ~bits) == 0 && wpi_sight_has(search->sight, kind, number << 16 | low))
                WPI_TRY(each(context, kind, number << 16 | low, bits, err));
        }
        self->met[word] = 0;
    }
    return WP_OK;
}

static wp_status prepare_block(wpi_name_search *search, wp_error *err)
{
    if (search->block != NULL)
        return WP_OK;
    search->block = wpi_arena_take(&search->memory, 1, sizeof *search->block);
    if (search->block == NULL)
        return wpi_memory_failed(err);
    memset(search->block, 0, sizeof *search->block);
    return WP_OK;
}

/* The blocks of some kinds, ascending. */
static wp_status list_blocks(const wpi_name_search *search, wpi_party from, wpi_party to,
                             wpi_array *out, wp_error *err)
{
    for (size_t i = 0; i < search->blocks.capacity; i++) {
        uint64_t key = search->blocks.slots[i].key;
        uint32_t number = (uint32_t)key;
        if (key != WPI_MAP_KEY_NONE && number >> 16 >= (uint32_t)from &&
            number >> 16 <= (uint32_t)to)
            WPI_TRY(wpi_array_push(out, &number, err));
    }
    wpi_array_sort_numbers(out);
    return WP_OK;
}

static const wpi_name_posting *posting_at(const wpi_name_search *search, uint64_t at)
{
    return at == 0 ? NULL : &WPI_ARRAY_AT(&search->postings, wpi_name_posting, at - 1);
}

/* The word with the shortest lists in a block, of some words; false: nobody there has all. */
static bool find_rarest(const wpi_name_search *search, uint64_t last, uint32_t words,
                        uint32_t *rarest)
{
    uint64_t count[WPI_NAME_WORDS_MAX] = {0}, least = UINT64_MAX;
    for (const wpi_name_posting *at = posting_at(search, last); at != NULL;
         at = posting_at(search, at->before))
        for (uint32_t left = at->bits & words; left != 0; left &= left - 1)
            count[__builtin_ctz(left)] += at->count;
    for (uint32_t left = words; left != 0; left &= left - 1) {
        uint32_t word = (uint32_t)__builtin_ctz(left);
        if (count[word] < least) {
            least = count[word];
            *rarest = WPI_NAME_HAS(word);
        }
    }
    return least > 0;
}

/* Go through the lists of a block. */
static void fill_block(wpi_name_search *search, uint64_t last, uint32_t words)
{
    uint32_t rarest = 0;
    search->block->met_count = 0;
    search->block->has_few = false;
    if (words != 0 && !find_rarest(search, last, words, &rarest))
        return;
    for (const wpi_name_posting *at = posting_at(search, last); at != NULL;
         at = posting_at(search, at->before))
        if (rarest == 0 || (at->bits & rarest) != 0)
            unite(search->block, at);
    if (rarest == 0)
        return;
    list_few(search->block);
    for (const wpi_name_posting *at = posting_at(search, last); at != NULL;
         at = posting_at(search, at->before))
        if ((at->bits & rarest) == 0)
            join(search->block, at);
}

wp_status wpi_name_each(wpi_name_search *search, wpi_party from, wpi_party to, uint32_t words,
                        wpi_name_each_fn *each, void *context, wp_error *err)
{
    wp_status status;
    wpi_array blocks = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(prepare_block(search, err));
    WPI_TRY_OUT(list_blocks(search, from, to, &blocks, err));
    for (size_t i = 0; i < blocks.count; i++) {
        uint32_t number = WPI_ARRAY_AT(&blocks, uint32_t, i);
        fill_block(search, *wpi_map_find(&search->blocks, number), words);
        if (search->block->met_count > 0)
            WPI_TRY_OUT(read_block(search, number, words, each, context, err));
    }
out:
    wpi_array_free(&blocks);
    return status;
}

wp_status wpi_name_add_posting(wpi_name_search *search, uint32_t block, wpi_name_posting posting,
                               wp_error *err)
{
    uint64_t *last;
    assert(search->postings.count < UINT32_MAX);
    WPI_TRY(wpi_map_put(&search->blocks, block, 0, &last, NULL, err));
    posting.before = (uint32_t)*last;
    WPI_TRY(wpi_array_push(&search->postings, &posting, err));
    *last = search->postings.count;
    return WP_OK;
}

wp_status wpi_name_add_numbers(wpi_name_search *search, wpi_party kind, const uint32_t *numbers,
                               size_t count, uint32_t bits, wp_error *err)
{
    unsigned char *low = wpi_arena_take(&search->memory, count + 1, 2);
    if (low == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0, next = 0; i < count; i = next) {
        uint32_t block = (uint32_t)kind << 16 | numbers[i] >> 16;
        for (next = i; next < count && numbers[next] >> 16 == numbers[i] >> 16; next++) {
            low[2 * next] = (unsigned char)numbers[next];
            low[2 * next + 1] = (unsigned char)(numbers[next] >> 8);
        }
        wpi_name_posting posting = {low + 2 * i, (uint32_t)(next - i), bits, 0};
        WPI_TRY(wpi_name_add_posting(search, block, posting, err));
    }
    return WP_OK;
}

/* --- the best --- */

typedef struct chooser {
    wpi_name_search *search;
    size_t complete_max;
    wpi_array complete; /* heaps: first is whose turn comes last */
    wpi_array partial;
    uint32_t bits; /* of whom `is_complete` and `early` are: most neighbours have the same */
    bool is_complete;
    uint64_t early;
} chooser;

/* How late somebody's turn comes, but for our ties: fewer words, fewer of them exactly, people
 * after companies. */
static uint64_t turn(chooser *self, wpi_party kind, uint32_t bits)
{
    if (bits != self->bits) {
        uint64_t words = WPI_NAME_COUNT_HAS(bits), exact = WPI_NAME_COUNT_EXACTLY(bits);
        self->bits = bits;
        self->is_complete = words == self->search->query.count;
        self->early = (16 - words) << 40 | (16 - exact) << 35;
    }
    return self->early | (uint64_t)(kind == WPI_PERSON) << 34;
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

static wp_status offer(void *context, wpi_party kind, uint32_t number, uint32_t bits, wp_error *err)
{
    chooser *self = context;
    uint64_t early = turn(self, kind, bits);
    wpi_array *heap = self->is_complete ? &self->complete : &self->partial;
    size_t most = self->is_complete ? self->complete_max : PARTIAL_MAX;
    if (heap->count == most && UINT64_MAX - early < ((const wpi_heap_entry *)heap->items)->cost)
        return WP_OK;
    if (heap->count == most && !self->search->has_known) {
        WPI_TRY(wpi_name_read_known(self->search, err));
        WPI_TRY(weigh(self->search, &self->complete, err));
        WPI_TRY(weigh(self->search, &self->partial, err));
    }
    wpi_heap_entry added = {UINT64_MAX - (early + strangeness(self->search, kind, number)),
                            UINT32_MAX - number, (uint32_t)kind};
    return keep(self->search, heap, most, added, err);
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
                    .complete_max = COMPLETE_MAX + limit,
                    .complete = WPI_ARRAY_OF(wpi_heap_entry),
                    .partial = WPI_ARRAY_OF(wpi_heap_entry),
                    .early = (uint64_t)16 << 40 | (uint64_t)16 << 35};
    WPI_TRY_OUT(wpi_name_each(search, WPI_PERSON, WPI_COMPANY, all & ~search->elsewhere, offer,
                              &self, err));
    WPI_TRY_OUT(take(search, &self.complete, choices, err));
    WPI_TRY_OUT(take(search, &self.partial, choices, err));
out:
    wpi_array_free(&self.complete);
    wpi_array_free(&self.partial);
    return status;
}
