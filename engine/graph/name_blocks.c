/*
 * Going through everybody proposed, block by block.
 *
 * All lists of a block are united in two sets for each word of the query: who has it, and who has
 * it exactly. The sets of a word take as much of the processor's cache as its nearest part has, and
 * sixty-four numbers at a time are then told apart. Where some words must be there, the lists of
 * the rarest of them say who may be meant, and long lists of others are only asked about those: a
 * word that everybody has costs next to nothing beside a rare one.
 */
#include <assert.h>

#include "graph/name_search.h"

#define BLOCK_NUMBERS 65536
#define SLOTS (BLOCK_NUMBERS / 64)
#define FEW_MAX 1024    /* numbers that are looked up one by one in long lists */
#define LOOK_UP_COST 16 /* of one, in numbers passed over */

typedef struct wpi_name_block {
    uint64_t has[WPI_NAME_WORDS_MAX][SLOTS];   /* empty between blocks */
    uint64_t exact[WPI_NAME_WORDS_MAX][SLOTS]; /* whoever is in them need not be in `has` */
    uint16_t few[FEW_MAX];                     /* the numbers that may be meant, ascending */
    size_t few_count;
    bool has_few; /* `few` holds all of them */
} wpi_name_block;

static void add_numbers(uint64_t *set, const wpi_name_posting *posting)
{
    const unsigned char *at = posting->numbers;
    for (uint32_t i = 0; i < posting->count; i++, at += 2) {
        uint32_t low = wpi_bytes_get_le16(at);
        set[low >> 6] |= UINT64_C(1) << (low & 63);
    }
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

/* Those of the few that a list has. */
static void add_few(const wpi_name_block *self, uint64_t *set, const wpi_name_posting *posting)
{
    for (size_t i = 0; i < self->few_count; i++)
        if (has_number(posting, self->few[i]))
            set[self->few[i] >> 6] |= UINT64_C(1) << (self->few[i] & 63);
}

static void add_posting(wpi_name_block *self, const wpi_name_posting *posting)
{
    bool are_few_asked = self->has_few && posting->count > LOOK_UP_COST * self->few_count;
    for (uint32_t left = posting->bits & 0xffff; left != 0; left &= left - 1) {
        uint32_t word = (uint32_t)__builtin_ctz(left);
        bool is_exact = (posting->bits & WPI_NAME_HAS_EXACTLY(word)) != 0;
        uint64_t *set = is_exact ? self->exact[word] : self->has[word];
        if (are_few_asked)
            add_few(self, set, posting);
        else
            add_numbers(set, posting);
    }
}

/* List the numbers that have a word, if they are few. */
static void list_few(wpi_name_block *self, uint32_t word)
{
    self->few_count = 0;
    self->has_few = true;
    for (uint32_t slot = 0; slot < SLOTS && self->has_few; slot++) {
        uint64_t left = self->has[word][slot] | self->exact[word][slot];
        self->has_few = self->few_count + 64 <= FEW_MAX || left == 0;
        for (; left != 0 && self->has_few; left &= left - 1)
            self->few[self->few_count++] = (uint16_t)(slot * 64 + (uint32_t)__builtin_ctzll(left));
    }
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
            *rarest = word;
        }
    }
    return least > 0;
}

/* Go through the lists of a block; false: nobody there is meant. */
static bool fill_block(wpi_name_search *search, uint64_t last, uint32_t words)
{
    uint32_t rarest = 0;
    search->block->has_few = false;
    if (words != 0 && !find_rarest(search, last, words, &rarest))
        return false;
    uint32_t first = words == 0 ? 0 : WPI_NAME_HAS(rarest);
    for (const wpi_name_posting *at = posting_at(search, last); at != NULL;
         at = posting_at(search, at->before))
        if (first == 0 || (at->bits & first) != 0)
            add_posting(search->block, at);
    if (first == 0)
        return true;
    list_few(search->block, rarest);
    for (const wpi_name_posting *at = posting_at(search, last); at != NULL;
         at = posting_at(search, at->before))
        if ((at->bits & first) == 0)
            add_posting(search->block, at);
    return true;
}

static void empty_block(const wpi_name_search *search)
{
    size_t words = search->query.count;
    memset(search->block->has, 0, words * sizeof search->block->has[0]);
    memset(search->block->exact, 0, words * sizeof search->block->exact[0]);
}

/* What is known of sixty-four numbers, of whom those are meant who have some words (0: any one). */
static void read_slot(const wpi_name_search *search, uint32_t index, uint32_t words,
                      wpi_name_slot *out)
{
    uint64_t any = 0, all = UINT64_MAX;
    for (uint32_t word = 0; word < search->query.count; word++) {
        out->exact[word] = search->block->exact[word][index];
        out->has[word] = search->block->has[word][index] | out->exact[word];
        any |= out->has[word];
        if ((words & WPI_NAME_HAS(word)) != 0)
            all &= out->has[word];
    }
    out->met = any & all;
}

/* Whoever is hidden from the viewer is not there. */
static wp_status read_block(const wpi_name_search *search, uint32_t number, uint32_t words,
                            wpi_name_slot_fn *each, void *context, wp_error *err)
{
    wpi_name_slot slot;
    slot.kind = (wpi_party)(number >> 16);
    for (uint32_t i = 0; i < SLOTS; i++) {
        read_slot(search, i, words, &slot);
        slot.first = number << 16 | i * 64;
        if (slot.met != 0)
            slot.met &= ~wpi_bitset_word(&search->sight->hidden[slot.kind - 1], slot.first);
        if (slot.met != 0)
            WPI_TRY(each(context, &slot, err));
    }
    return WP_OK;
}

uint32_t wpi_name_slot_bits(const wpi_name_search *search, const wpi_name_slot *slot,
                            unsigned place)
{
    uint32_t bits = 0;
    for (uint32_t word = 0; word < search->query.count; word++) {
        bits |= (uint32_t)(slot->has[word] >> place & 1) << word;
        bits |= (uint32_t)(slot->exact[word] >> place & 1) << (16 + word);
    }
    return bits;
}

wp_status wpi_name_each_slot(wpi_name_search *search, wpi_party from, wpi_party to, uint32_t words,
                             wpi_name_slot_fn *each, void *context, wp_error *err)
{
    wp_status status;
    wpi_array blocks = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(prepare_block(search, err));
    WPI_TRY_OUT(list_blocks(search, from, to, &blocks, err));
    for (size_t i = 0; i < blocks.count; i++) {
        uint32_t number = WPI_ARRAY_AT(&blocks, uint32_t, i);
        if (!fill_block(search, *wpi_map_find(&search->blocks, number), words))
            continue;
        WPI_TRY_OUT(read_block(search, number, words, each, context, err));
        empty_block(search);
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
