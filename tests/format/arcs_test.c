/*
 * Taking many arcs of a list at once gives what a look at one after the other gives, however wide
 * the processor takes them, and never looks behind the byte that follows a list.
 *
 * Lists of every length up to a few registers end one byte before a page that cannot be read. Some
 * arcs are dear, some in one direction alone, some intricate. The oracle follows the words of
 * arcs.h arc by arc.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "format/arcs.h"
#include "random.h"

#define ARCS_MAX 40u
#define MOST 1000u

static random_arguments arguments = {.seed = 20261128, .cases = 200};
static unsigned char *page;
static size_t page_bytes;

static int make_pages(void **unused)
{
    (void)unused;
    page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    page = mmap(NULL, 2 * page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return -1;
    return mprotect(page + page_bytes, page_bytes, PROT_NONE);
}

static int unmap_pages(void **unused)
{
    (void)unused;
    return munmap(page, 2 * page_bytes);
}

/* A cost that is mostly small, now and then dear or none. */
static uint64_t random_cost(random_source *random, unsigned odd_in)
{
    if (random_below(random, odd_in) != 0)
        return random_below(random, MOST + 1);
    return random_below(random, 2) == 0 ? WPI_ARC_COST_NONE : MOST + 1;
}

static wpi_arc_list random_list(random_source *random, uint32_t count, unsigned odd_in)
{
    unsigned char *hot = page + page_bytes - 1 - (size_t)count * WPI_ARC_HOT_BYTES;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t other = (uint32_t)random_bits(random);
        uint64_t flags =
            random_below(random, 2 * odd_in) == 0 ? WPI_ARC_INTRICATE : random_below(random, 2);
        uint64_t packed = random_cost(random, odd_in) |
                          random_cost(random, odd_in) << WPI_ARC_COST_BITS |
                          flags << 2 * WPI_ARC_COST_BITS;
        memcpy(hot + (size_t)i * WPI_ARC_HOT_BYTES, &other, sizeof other);
        memcpy(hot + (size_t)i * WPI_ARC_HOT_BYTES + sizeof other, &packed, 7);
    }
    return (wpi_arc_list){.hot = hot, .count = count};
}

/* The same as wpi_arcs_take_by(), arc by arc. */
static size_t take_slowly(const wpi_arc_list *list, uint32_t *at, bool is_inbound,
                          wp_neighbour *out, size_t room)
{
    size_t taken = 0;
    for (size_t looked_at = 0; *at < list->count && looked_at < room; ++*at, looked_at++) {
        wpi_arc_hot arc = wpi_arc_list_hot(list, *at);
        if ((arc.flags & WPI_ARC_INTRICATE) != 0 || wpi_arc_lowest(&arc) > MOST)
            break;
        if (arc.cost[is_inbound] <= MOST)
            out[taken++] = (wp_neighbour){arc.other, arc.cost[is_inbound]};
    }
    return taken;
}

static void compare_by(wpi_arcs_width width, const wpi_arc_list *list, uint32_t from,
                       bool is_inbound, size_t room)
{
    wp_neighbour seen[ARCS_MAX + 1], expected[ARCS_MAX + 1];
    uint32_t at = from, at_expected = from;
    memset(seen, 0xee, sizeof seen);
    size_t taken = wpi_arcs_take_by(width, list, &at, is_inbound, MOST, seen, room);
    size_t taken_expected = take_slowly(list, &at_expected, is_inbound, expected, room);
    assert_int_equal(taken, taken_expected);
    assert_int_equal(at, at_expected);
    for (size_t i = 0; i < taken; i++) {
        assert_int_equal(seen[i].person, expected[i].person);
        assert_int_equal(seen[i].cost, expected[i].cost);
    }
    for (size_t i = room; i <= ARCS_MAX; i++)
        assert_int_equal(seen[i].person, 0xeeeeeeee);
}

static void compare(const wpi_arc_list *list, uint32_t from, bool is_inbound, size_t room)
{
    for (int width = WPI_ARCS_ONE; width <= WPI_ARCS_EIGHT; width++)
        compare_by((wpi_arcs_width)width, list, from, is_inbound, room);
}

/* From each place and into each room that is a little too small, whole lists in the end. */
static void compare_lists(unsigned odd_in)
{
    for (uint64_t round = 0; round < arguments.cases; round++) {
        random_source random = random_start(arguments.seed, round * 1000003 + odd_in);
        for (uint32_t count = 0; count <= ARCS_MAX; count++) {
            wpi_arc_list list = random_list(&random, count, odd_in);
            uint32_t from = count == 0 ? 0 : (uint32_t)random_below(&random, count);
            compare(&list, 0, false, count);
            compare(&list, 0, true, count);
            compare(&list, from, round % 2 == 0, count - from);
            compare(&list, 0, round % 2 == 0, from);
        }
    }
}

static void arcs_take__gives_whole_lists(void **unused)
{
    (void)unused;
    compare_lists(1000000);
}

static void arcs_take__leaves_out_dear_arcs_and_stops_where_it_must(void **unused)
{
    (void)unused;
    compare_lists(30);
    compare_lists(3);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arcs_take__gives_whole_lists),
        cmocka_unit_test(arcs_take__leaves_out_dear_arcs_and_stops_where_it_must),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 1;
    return cmocka_run_group_tests(tests, make_pages, unmap_pages);
}
