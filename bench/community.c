/*
 * The community generator: see community.h.
 *
 * The hidden order puts colleagues side by side and related companies near each other. Sizes of
 * companies follow Zipf's law as those of firms do (Axtell 2001), sizes of circles a power law with
 * exponent 2. A circle has a centre; its members lie at heavy-tailed distances from it, drawn from
 * slots in which active people occur many times (activity is a Pareto variable with exponent 2.2).
 * Large groups are sparse: everybody knows about twenty of the others.
 *
 * The sampling of circles counts ties as often as groups make them, and overlaps are few, so the
 * number of distinct ties comes out one or two per cent around what is wanted.
 */
#include "community.h"

#include <math.h>
#include <stdlib.h>

#include "harness.h"
#include "random.h"

#define COMPANY_SIZE_MIN 4
#define TEAM_SIZE_MIN 5
#define TEAM_SIZE_SPREAD 8
#define DEPARTMENT_SIZE 48
#define DEPARTMENT_DENSITY 0.12
#define CIRCLE_SIZE_MIN 4
#define CIRCLE_SIZE_MAX 100
#define ACQUAINTED 20.0 /* others whom a member of a large circle knows */
#define CIRCLE_REACH 12.0
#define CIRCLE_EXPONENT 1.5
#define FROM_ANYWHERE .12 /* members that have nothing to do with the centre */
#define ACTIVITY_EXPONENT 2.2
#define SLOTS_A_PERSON 2.0
#define OVERLAP 1.04 /* ties drawn for one that is distinct */

/* What a run over the groups carries along. */
typedef struct walk {
    const community *it;
    community_visit *visit;
    void *context;
    random_stream random;
    uint64_t groups;
    double ties; /* expected, so far */
} walk;

static double degree_of(uint32_t people)
{
    double magnitude = log10((double)people);
    if (people >= 10000000)
        return 38.0; /* what a machine with 24 GB can hold twice */
    return pow((double)people, 0.512 - 0.028 * magnitude) / 2.0;
}

static void shuffle(uint32_t *items, uint32_t count, random_stream *random)
{
    for (uint32_t i = count; i > 1; i--) {
        uint32_t j = random_below(random, i);
        uint32_t item = items[i - 1];
        items[i - 1] = items[j];
        items[j] = item;
    }
}

/* A size with a density proportional to size^-2 between the bounds. */
static uint32_t power_law_size(random_stream *random, double min, double max)
{
    double inverse = 1.0 / min - random_unit(random) * (1.0 / min - 1.0 / max);
    return (uint32_t)(1.0 / inverse);
}

static void found_companies(community *it, random_stream *random)
{
    uint32_t largest = it->people / 50 < 5000 ? it->people / 50 : 5000;
    uint32_t place = 0;
    largest = largest < 2 * COMPANY_SIZE_MIN ? 2 * COMPANY_SIZE_MIN : largest;
    it->company_starts = bench_new(it->people / COMPANY_SIZE_MIN + 2, sizeof *it->company_starts);
    while (place < it->people) {
        uint32_t size = power_law_size(random, COMPANY_SIZE_MIN, largest);
        it->company_starts[it->company_count++] = place;
        place += size < it->people - place ? size : it->people - place;
    }
    it->company_starts[it->company_count] = it->people;
}

/* Fill the slots; nobody is more than `cap` times as active as the least active. */
static void fill_slots(community *it, random_stream *random)
{
    double cap = pow((double)it->people, 0.34);
    size_t capacity = 4 * (size_t)it->people + 1024;
    it->slots = bench_new(capacity, sizeof *it->slots);
    for (uint32_t place = 0; place < it->people; place++) {
        double activity = pow(1.0 - random_unit(random), -1.0 / ACTIVITY_EXPONENT);
        double share = SLOTS_A_PERSON * (activity < cap ? activity : cap);
        size_t count = (size_t)(share + random_unit(random));
        if (it->slot_count + count > capacity) {
            capacity += capacity / 2;
            it->slots = realloc(it->slots, capacity * sizeof *it->slots);
            if (it->slots == NULL)
                bench_die("no memory for %zu slots", capacity);
        }
        for (size_t i = 0; i < count; i++)
            it->slots[it->slot_count++] = place;
    }
}

void community_begin(community *it, uint32_t people, uint64_t seed)
{
    if (people < 100)
        bench_die("a community of %u people, expected 100 or more", people);
    random_stream random = {random_mix(seed ^ UINT64_C(0x636f6d6d756e6974))};
    *it = (community){.people = people, .seed = seed};
    it->ties_wanted = (size_t)(degree_of(people) * people / 2.0);
    it->number_at = bench_new(people, sizeof *it->number_at);
    for (uint32_t i = 0; i < people; i++)
        it->number_at[i] = i + 1;
    shuffle(it->number_at, people, &random);
    found_companies(it, &random);
    fill_slots(it, &random);
}

void community_free(community *it)
{
    free(it->number_at);
    free(it->company_starts);
    free(it->slots);
    *it = (community){.people = 0};
}

uint32_t *community_companies(const community *it)
{
    uint32_t *companies = bench_new(it->people, sizeof *companies);
    for (uint32_t company = 0; company < it->company_count; company++)
        for (uint32_t i = it->company_starts[company]; i < it->company_starts[company + 1]; i++)
            companies[it->number_at[i] - 1] = company;
    return companies;
}

bool community_is_tied(const community_group *group, size_t a, size_t b)
{
    if (group->density >= 1.0)
        return a != b;
    uint64_t pair = pair_of(group->members[a], group->members[b]);
    return a != b && random_unit_of(random_mix(pair ^ random_mix(group->number))) < group->density;
}

static void visit(walk *at, community_kind kind, const uint32_t *members, size_t count,
                  double density)
{
    community_group group = {kind, at->groups++, members, count, density < 1.0 ? density : 1.0};
    if (count < 2)
        return;
    at->ties += group.density * (double)count * (double)(count - 1) / 2.0;
    at->visit(at->context, &group);
}

static void visit_company(walk *at, uint32_t start, uint32_t end)
{
    const uint32_t *number_at = at->it->number_at;
    for (uint32_t place = start; place < end;) {
        uint32_t size = TEAM_SIZE_MIN + random_below(&at->random, TEAM_SIZE_SPREAD);
        size = size < end - place ? size : end - place;
        visit(at, COMMUNITY_TEAM, number_at + place, size, 1.0);
        place += size;
    }
    for (uint32_t place = start; end - start > TEAM_SIZE_MIN && place < end;) {
        uint32_t size = DEPARTMENT_SIZE < end - place ? DEPARTMENT_SIZE : end - place;
        visit(at, COMMUNITY_DEPARTMENT, number_at + place, size, DEPARTMENT_DENSITY);
        place += size;
    }
}

/* Somebody at a heavy-tailed distance from the centre of a circle. */
static uint32_t draw_member(walk *at, size_t centre, size_t size)
{
    const community *it = at->it;
    double far = pow(random_unit(&at->random), -CIRCLE_EXPONENT) - 1.0;
    double distance = CIRCLE_REACH * (double)size * far;
    bool is_from_anywhere =
        distance >= (double)it->slot_count || random_unit(&at->random) < FROM_ANYWHERE;
    size_t offset = is_from_anywhere ? random_below(&at->random, it->slot_count) : (size_t)distance;
    bool is_before = random_below(&at->random, 2) == 0;
    size_t slot = centre + (is_before ? it->slot_count - offset % it->slot_count : offset);
    return it->number_at[it->slots[slot % it->slot_count]];
}

static void visit_circle(walk *at)
{
    uint32_t members[CIRCLE_SIZE_MAX];
    size_t count = 0;
    size_t size = power_law_size(&at->random, CIRCLE_SIZE_MIN, CIRCLE_SIZE_MAX);
    size_t centre = random_below(&at->random, at->it->slot_count);
    for (size_t i = 0; i < size; i++) {
        uint32_t member = draw_member(at, centre, size);
        size_t j = 0;
        while (j < count && members[j] != member)
            j++;
        if (j == count)
            members[count++] = member;
    }
    visit(at, COMMUNITY_CIRCLE, members, count, ACQUAINTED / (double)count);
}

void community_each(const community *it, community_visit *visitor, void *context)
{
    walk at = {it, visitor, context, {random_mix(it->seed + 1)}, 0, 0.0};
    for (uint32_t company = 0; company < it->company_count; company++)
        visit_company(&at, it->company_starts[company], it->company_starts[company + 1]);
    while (at.ties < OVERLAP * (double)it->ties_wanted)
        visit_circle(&at);
}

static void add_pairs(void *context, const community_group *group)
{
    for (size_t i = 0; i < group->count; i++)
        for (size_t j = i + 1; j < group->count; j++)
            if (community_is_tied(group, i, j))
                pairs_add(context, pair_of(group->members[i], group->members[j]));
}

void community_pairs(const community *it, pair_list *out)
{
    community_each(it, add_pairs, out);
    pairs_settle(out);
}
