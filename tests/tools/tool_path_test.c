/*
 * How a path is told: the reason line, the merged picture, and pictures that hold hostile names.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "warmpath/path_answer.h"
#include "warmpath/picture.h"

#define DAY(n) ((int64_t)(n)*86400)

static char ann[] = "Ann Lee", bob[] = "Bob Jones", carol[] = "Carol Smith", dan[] = "Dan Oz";
static char evil[] = "<script>\"&'\\</script>", handle[] = "x@y.com";

static person_view person_called(wp_number number, char *name)
{
    return (person_view){.number = number, .name = name, .handle = handle};
}

static wp_tie tie_of(wp_tier tier, uint32_t out, uint32_t in, int64_t last_contact_s)
{
    double strength = tier == WP_TIER_STRONG ? 0.8 : tier == WP_TIER_WARM ? 0.5 : 0.2;

    return (wp_tie){.strength = strength,
                    .trust = 1,
                    .stated = NAN,
                    .p = strength,
                    .tier = tier,
                    .last_contact_s = last_contact_s,
                    .messages_out = out,
                    .messages_in = in};
}

static void check_reason(person_view *people, wp_tie *ties, uint32_t hops, const char *expected)
{
    path_item item = {.hops = hops, .introducer = hops - 1, .people = people, .ties = ties};
    char *reason = path_reason(&item);

    assert_string_equal(reason, expected);
    free(reason);
}

static void path_reason__tells_how_they_are_in_touch(void **state)
{
    person_view people[] = {person_called(1, ann), person_called(2, bob), person_called(3, carol)};
    wp_tie ties[] = {tie_of(WP_TIER_STRONG, 9, 9, DAY(19700)),
                     tie_of(WP_TIER_WARM, 6, 8, DAY(19764))};

    (void)state;
    check_reason(people, ties, 2,
                 "Bob and Carol were in touch 14 times in the last year, last on 2024-02-11; "
                 "Ann knows Bob well");
    ties[0].tier = WP_TIER_WARM;
    ties[1] = tie_of(WP_TIER_WEAK, 1, 0, DAY(19764));
    check_reason(people, ties, 2,
                 "Bob and Carol were in touch once in the last year, on 2024-02-11; Ann knows Bob");
    ties[0].tier = WP_TIER_WEAK;
    ties[1] = tie_of(WP_TIER_WEAK, 0, 0, DAY(19000));
    check_reason(people, ties, 2,
                 "Bob and Carol were last in touch on 2022-01-08; Ann knows Bob a little");
}

static void path_reason__tells_stated_ties_and_colleagues(void **state)
{
    person_view people[] = {person_called(1, ann), person_called(2, bob), person_called(3, carol)};
    wp_tie ties[] = {tie_of(WP_TIER_WEAK, 0, 0, WP_TIME_NONE),
                     tie_of(WP_TIER_WARM, 0, 0, WP_TIME_NONE)};

    (void)state;
    ties[0].p = 0.7; /* the colleague floor */
    ties[1].strength = 0;
    ties[1].stated = ties[1].p = 0.5;
    check_reason(people, ties, 2,
                 "Bob's tie to Carol is stated, not observed; Ann and Bob are colleagues");
}

static void path_reason__uses_whole_names_when_first_names_are_shared(void **state)
{
    char other_bob[] = "Bob Stone", comma[] = "Smith, Carol", initial[] = "J. Doe";
    person_view people[] = {person_called(1, bob), person_called(2, other_bob),
                            person_called(3, comma)};
    wp_tie ties[] = {tie_of(WP_TIER_STRONG, 1, 1, DAY(19764)),
                     tie_of(WP_TIER_STRONG, 1, 1, DAY(19764))};

    (void)state;
    check_reason(people, ties, 2,
                 "Bob Stone and Smith, Carol were in touch 2 times in the last year, last on "
                 "2024-02-11; Bob Jones knows Bob Stone well");
    people[0] = person_called(1, initial);
    people[1] = person_called(2, NULL);
    check_reason(people, ties, 1,
                 "J. Doe and x@y.com were in touch 2 times in the last year, last on 2024-02-11");
}

/* Two paths: 1 → 2 → 4 and 1 → 3 → 2 → 4. */
static void build_answer(path_answer *answer, path_item *items, person_view *people, wp_tie *ties)
{
    items[0] = (path_item){.hops = 2, .introducer = 1, .people = people, .ties = ties};
    items[1] = (path_item){.hops = 3, .introducer = 2, .people = people + 3, .ties = ties + 2};
    *answer = (path_answer){.from = "us",
                            .to = "acme.com",
                            .day = 19783,
                            .items = items,
                            .count = 2,
                            .is_complete = true,
                            .reach = NAN};
}

static void picture_build__merges_people_and_ties(void **state)
{
    person_view people[] = {person_called(1, ann),  person_called(2, bob), person_called(4, carol),
                            person_called(1, ann),  person_called(3, dan), person_called(2, bob),
                            person_called(4, carol)};
    wp_tie ties[5] = {{0}};
    path_item items[2];
    path_answer answer;
    picture drawn;

    (void)state;
    build_answer(&answer, items, people, ties);
    picture_build(&answer, &drawn);
    assert_int_equal(drawn.node_count, 4);
    assert_int_equal(drawn.edge_count, 4);
    assert_int_equal(drawn.column_count, 4);
    assert_int_equal(drawn.nodes[0].column, 0);
    assert_int_equal(drawn.nodes[1].column, 2); /* Bob: behind Dan */
    assert_int_equal(drawn.nodes[2].column, 3);
    assert_true(drawn.nodes[2].is_target);
    assert_true(drawn.nodes[1].is_introducer);
    picture_free(&drawn);
}

static char *draw(void print(FILE *, const path_answer *), const path_answer *answer)
{
    char *out = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&out, &bytes);

    assert_non_null(stream);
    print(stream, answer);
    assert_int_equal(fclose(stream), 0);
    return out;
}

static void path_print_svg_and_dot__escape_names(void **state)
{
    person_view people[] = {person_called(1, evil), person_called(2, bob)};
    wp_tie ties[] = {tie_of(WP_TIER_STRONG, 1, 1, DAY(19764))};
    path_item item = {.hops = 1, .introducer = 0, .people = people, .ties = ties};
    path_answer answer = {.from = "us", .to = "<b>", .day = 19783, .items = &item, .count = 1};

    (void)state;
    char *svg = draw(path_print_svg, &answer);
    assert_null(strstr(svg, "<script"));
    assert_null(strstr(svg, "<b>"));
    assert_non_null(strstr(svg, "&lt;script&gt;&quot;&amp;"));
    free(svg);
    char *dot = draw(path_print_dot, &answer);
    assert_non_null(strstr(dot, "label=\"<script>\\\"&'\\\\</script>\""));
    free(dot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path_reason__tells_how_they_are_in_touch),
        cmocka_unit_test(path_reason__tells_stated_ties_and_colleagues),
        cmocka_unit_test(path_reason__uses_whole_names_when_first_names_are_shared),
        cmocka_unit_test(picture_build__merges_people_and_ties),
        cmocka_unit_test(path_print_svg_and_dot__escape_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
