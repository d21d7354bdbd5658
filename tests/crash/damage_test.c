/*
 * No file, however damaged, crashes or hangs the process that opens it, and no damaged value is
 * taken for a right one.
 *
 * A small real database is damaged at random in many ways: flipped bits and bytes, pages zeroed,
 * swapped, overwritten or moved, meta pages exchanged, the end cut off or extended. What must
 * become of each is said in crash_damage.h. Files that are in order for LMDB but not for us are in
 * foreign_test.c.
 *
 * `--damages N` of them, from `--seed N`, looked at by several processes at once.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crash_damage.h"
#include "crash_process.h"
#include "random.h"
#include "scratch.h"

#define LANES 2u
#define META_BYTES ((size_t)168)

static crash_arguments arguments = {1, 20000};

static int make_original(void **state)
{
    (void)state;
    crash_original_make(arguments.seed);
    return 0;
}

static int forget_original(void **state)
{
    (void)state;
    crash_original_forget();
    return 0;
}

/* ---- kinds of damage ------------------------------------------------------------------------ */

typedef void damage_fn(crash_image *file, random_source *random);

static size_t pick_page(const crash_image *file, random_source *random)
{
    return random_below(random, file->size / CRASH_PAGE_BYTES) * CRASH_PAGE_BYTES;
}

static void flip_bits(crash_image *file, random_source *random)
{
    for (size_t count = 1 + random_below(random, 4); count > 0; count--)
        file->bytes[random_below(random, file->size)] ^=
            (unsigned char)(1u << random_below(random, 8));
}

static void change_bytes(crash_image *file, random_source *random)
{
    for (size_t count = 1 + random_below(random, 16); count > 0; count--)
        file->bytes[random_below(random, file->size)] = (unsigned char)random_bits(random);
}

/* The headers of pages and the offsets of their nodes. */
static void change_header(crash_image *file, random_source *random)
{
    static const unsigned char values[] = {0, 1, 2, 0x7f, 0x80, 0xff};
    size_t at = pick_page(file, random) + random_below(random, 64);
    file->bytes[at] = random_chance(random, .5) ? values[random_below(random, sizeof values)]
                                                : (unsigned char)random_bits(random);
}

static void change_meta(crash_image *file, random_source *random)
{
    static const unsigned char values[] = {0, 1, 2, 0x7f, 0x80, 0xff};
    for (size_t count = 1 + random_below(random, 3); count > 0; count--) {
        size_t at = random_below(random, 2) * CRASH_PAGE_BYTES + random_below(random, META_BYTES);
        file->bytes[at] = random_chance(random, .5) ? values[random_below(random, sizeof values)]
                                                    : (unsigned char)random_bits(random);
    }
}

static void exchange_metas(crash_image *file, random_source *random)
{
    unsigned char kept[CRASH_PAGE_BYTES];
    memcpy(kept, file->bytes, CRASH_PAGE_BYTES);
    memcpy(file->bytes, file->bytes + CRASH_PAGE_BYTES, CRASH_PAGE_BYTES);
    if (random_chance(random, .5)) {
        memcpy(file->bytes + CRASH_PAGE_BYTES, kept, CRASH_PAGE_BYTES);
    } else { /* as LMDB would number them */
        memcpy(file->bytes + CRASH_PAGE_BYTES, kept, CRASH_PAGE_BYTES);
        file->bytes[0] = 0;
        file->bytes[CRASH_PAGE_BYTES] = 1;
    }
}

static void zero_page(crash_image *file, random_source *random)
{
    memset(file->bytes + pick_page(file, random), 0, CRASH_PAGE_BYTES);
}

static void zero_part(crash_image *file, random_source *random)
{
    size_t at = random_below(random, file->size);
    size_t bytes = 1 + random_below(random, 3 * CRASH_PAGE_BYTES);
    memset(file->bytes + at, 0, bytes < file->size - at ? bytes : file->size - at);
}

static void fill_page(crash_image *file, random_source *random)
{
    size_t at = pick_page(file, random);
    for (size_t i = random_below(random, CRASH_PAGE_BYTES); i < CRASH_PAGE_BYTES; i++)
        file->bytes[at + i] = (unsigned char)random_bits(random);
}

static void swap_pages(crash_image *file, random_source *random)
{
    unsigned char kept[CRASH_PAGE_BYTES];
    unsigned char *left = file->bytes + pick_page(file, random);
    unsigned char *right = file->bytes + pick_page(file, random);
    memcpy(kept, left, CRASH_PAGE_BYTES);
    memcpy(left, right, CRASH_PAGE_BYTES);
    memmove(right, kept, CRASH_PAGE_BYTES);
}

/* One page over another, with the number that belongs there: a write that went astray. */
static void move_page(crash_image *file, random_source *random)
{
    unsigned char number[CRASH_NUMBER_BYTES];
    unsigned char *to = file->bytes + pick_page(file, random);
    memcpy(number, to, sizeof number);
    memmove(to, file->bytes + pick_page(file, random), CRASH_PAGE_BYTES);
    memcpy(to, number, sizeof number);
}

static void copy_part(crash_image *file, random_source *random)
{
    size_t bytes = 1 + random_below(random, CRASH_PAGE_BYTES / 8);
    size_t from = random_below(random, file->size - bytes);
    memmove(file->bytes + random_below(random, file->size - bytes), file->bytes + from, bytes);
}

/* Move part of a page: sizes and offsets of nodes then point elsewhere. */
static void shift_part(crash_image *file, random_source *random)
{
    size_t at = pick_page(file, random) + random_below(random, CRASH_PAGE_BYTES - 64);
    memmove(file->bytes + at + 1 + random_below(random, 8), file->bytes + at,
            random_below(random, 48));
}

static void cut(crash_image *file, random_source *random)
{
    size_t page = 1 + random_below(random, file->size / CRASH_PAGE_BYTES);
    file->size = random_chance(random, .5) ? random_below(random, file->size)
                                           : file->size - page * CRASH_PAGE_BYTES;
}

static void extend(crash_image *file, random_source *random)
{
    size_t bytes = 1 + random_below(random, 20 * CRASH_PAGE_BYTES);
    bool is_zero = random_chance(random, .5);
    for (size_t i = 0; i < bytes; i++)
        file->bytes[file->size + i] = is_zero ? 0 : (unsigned char)random_bits(random);
    file->size += bytes;
}

static void replace_all(crash_image *file, random_source *random)
{
    size_t kept = random_chance(random, .5) ? META_BYTES : 0; /* the magic number may be right */
    file->size = kept + random_below(random, 10 * CRASH_PAGE_BYTES);
    for (size_t i = kept; i < file->size; i++)
        file->bytes[i] = (unsigned char)random_bits(random);
}

static const struct {
    const char *name;
    damage_fn *apply;
} damages[] = {
    {"flipped bits", flip_bits},
    {"changed bytes", change_bytes},
    {"changed header", change_header},
    {"changed meta page", change_meta},
    {"exchanged metas", exchange_metas},
    {"zeroed page", zero_page},
    {"zeroed part", zero_part},
    {"filled page", fill_page},
    {"swapped pages", swap_pages},
    {"moved page", move_page},
    {"copied part", copy_part},
    {"shifted part", shift_part},
    {"cut", cut},
    {"extended", extend},
    {"replaced", replace_all},
};

#define EXCHANGED_METAS 4
#define DAMAGES (sizeof damages / sizeof *damages)

/* ---- tests ---------------------------------------------------------------------------------- */

/* What became of the files, shared by all lanes. */
typedef struct tally {
    _Atomic uint64_t failures;
    _Atomic uint64_t outcomes[CRASH_OUTCOMES];
    _Atomic uint64_t earlier[DAMAGES]; /* Of which kind those were that showed an earlier state. */
} tally;

static void damage_one(crash_image *file, uint64_t number, tally *totals)
{
    random_source random = random_start(arguments.seed, number);
    size_t kind = random_below(&random, DAMAGES);
    uint64_t before = crash_tally(CRASH_EARLIER);
    memcpy(file->bytes, crash_original()->bytes, crash_original()->size);
    file->size = crash_original()->size;
    damages[kind].apply(file, &random);
    totals->failures += !crash_examine_image(file, damages[kind].name, number);
    totals->earlier[kind] += crash_tally(CRASH_EARLIER) - before;
}

static void damage_many(unsigned lane, void *context)
{
    tally *totals = context;
    crash_image file = {.bytes = calloc(1, CRASH_FILE_BYTES_MAX)};
    crash_require(file.bytes != NULL, "memory");
    for (uint64_t number = lane; number < arguments.count; number += LANES)
        damage_one(&file, number, totals);
    for (size_t outcome = 0; outcome < CRASH_OUTCOMES; outcome++)
        totals->outcomes[outcome] += crash_tally((crash_outcome)outcome);
    free(file.bytes);
}

static void damage__at_random_is_survived(void **state)
{
    tally *totals = crash_share(sizeof *totals);
    (void)state;
    crash_lanes(LANES, damage_many, totals);
    for (size_t kind = 0; kind < DAMAGES; kind++)
        if (totals->earlier[kind] > 0)
            printf("one commit earlier: %s %" PRIu64 "\n", damages[kind].name,
                   totals->earlier[kind]);
    printf("class 8: %" PRIu64 " damaged files, %" PRIu64 " bad: refused %" PRIu64
           ", noticed later %" PRIu64 ", intact %" PRIu64 ", one commit earlier %" PRIu64
           ", older values after a lost write %" PRIu64 ", wrong %" PRIu64 ", spoilt %" PRIu64 "\n",
           arguments.count, totals->failures, totals->outcomes[CRASH_REFUSED],
           totals->outcomes[CRASH_NOTICED], totals->outcomes[CRASH_INTACT],
           totals->outcomes[CRASH_EARLIER], totals->outcomes[CRASH_STALE],
           totals->outcomes[CRASH_WRONG], totals->outcomes[CRASH_SPOILT]);
    assert_int_equal(totals->failures, 0);
    assert_int_equal(totals->earlier[EXCHANGED_METAS], 0); /* snapshots belong to their pages */
}

/* Every length up to two pages, then some of each page. */
static void damage__by_cutting_is_survived(void **state)
{
    uint64_t failures = 0;
    crash_image file = *crash_original();
    (void)state;
    for (file.size = 0; file.size < crash_original()->size;) {
        failures += !crash_examine_image(&file, "cut", file.size);
        file.size += file.size < 256                    ? 16
                     : file.size < 2 * CRASH_PAGE_BYTES ? 512
                                                        : CRASH_PAGE_BYTES;
    }
    crash_tally_print();
    assert_int_equal(failures, 0);
}

/* Each page that the last commit wrote over an older one is lost once: the disk still has the older
 * one. */
static void damage__by_lost_writes_gives_true_values_alone(void **state)
{
    const crash_image *now = crash_original(), *before = crash_original_before();
    crash_image file = {.bytes = malloc(now->size), .size = now->size};
    uint64_t failures = 0;
    (void)state;
    assert_non_null(file.bytes);
    for (size_t at = 2 * CRASH_PAGE_BYTES; at < before->size; at += CRASH_PAGE_BYTES) {
        if (memcmp(now->bytes + at, before->bytes + at, CRASH_PAGE_BYTES) == 0)
            continue;
        memcpy(file.bytes, now->bytes, now->size);
        memcpy(file.bytes + at, before->bytes + at, CRASH_PAGE_BYTES);
        failures += !crash_examine_image(&file, "lost write", at / CRASH_PAGE_BYTES);
    }
    free(file.bytes);
    crash_tally_print();
    assert_int_equal(failures, 0);
}

/* The original, undamaged, must pass: else the tests above would prove nothing. */
static void damage__none_is_intact(void **state)
{
    (void)state;
    assert_true(crash_examine_image(crash_original(), "none", 0));
    assert_int_equal(crash_tally(CRASH_INTACT), 1);
    crash_tally_print();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage__none_is_intact),
        cmocka_unit_test(damage__by_cutting_is_survived),
        cmocka_unit_test(damage__by_lost_writes_gives_true_values_alone),
        cmocka_unit_test(damage__at_random_is_survived),
    };
    if (!crash_arguments_read(argc, argv, "damages", &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, make_original, forget_original));
}
