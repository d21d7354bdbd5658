/*
 * Having worked together: see together.h.
 *
 * A company's staff is read from the list of its people, whose keys have the first days; the last
 * ones stand with the employments. Before a change the staff of the companies concerned is kept,
 * and afterwards the rows of then are taken away and those of now are put. Rows of pairs in which
 * nobody concerned takes part are left alone, unless the company became too large or is no longer.
 */
#include "graph/together.h"

#include <stdlib.h>

#include "base/time.h"
#include "graph/gains.h"
#include "graph/party.h"
#include "graph/restate.h"
#include "rules/strength.h"

#define MONTH_DAYS 30.4375
#define MONTHS_MAX 24
#define DAY_OPEN INT32_MAX
#define MEMBER_KEY_BYTES 12

/* Somebody at a company, without a gap. */
typedef struct span {
    uint32_t company;
    uint32_t person;
    int32_t from;
    int32_t to; /* DAY_OPEN: goes on */
} span;

static wpi_staff empty_staff(void)
{
    return (wpi_staff){WPI_ARRAY_OF(span), WPI_ARRAY_OF(uint32_t)};
}

static void staff_free(wpi_staff *staff)
{
    wpi_array_free(&staff->spans);
    wpi_array_free(&staff->large);
}

void wpi_together_free(wpi_together *self)
{
    wpi_array_free(&self->companies);
    wpi_array_free(&self->people);
    wpi_array_free(&self->before);
    staff_free(&self->staff);
}

static bool has_number(const wpi_array *numbers, uint32_t number)
{
    size_t low = 0, high = numbers->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (WPI_ARRAY_AT(numbers, uint32_t, middle) < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < numbers->count && WPI_ARRAY_AT(numbers, uint32_t, low) == number;
}

/* ---- The staff of a company ---- */

/* One employment in the list of a company, and whose it is. */
typedef struct member {
    uint32_t company; /* as given, as is the person */
    uint32_t person;
    uint32_t first; /* day as in the key */
    uint32_t canonical;
} member;

typedef struct member_walk {
    wpi_graph *graph;
    wpi_array members; /* of member */
    wpi_map people;    /* by canonical number */
    size_t people_max;
} member_walk;

static wp_status add_member(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    member_walk *walk = context;
    (void)value;
    if (key.bytes != MEMBER_KEY_BYTES)
        return wpi_error_set(err, WP_ECORRUPT, "member key is malformed");
    member found = {.company = wpi_key_get_u32(key.data, 0),
                    .person = wpi_key_get_u32(key.data, 4),
                    .first = wpi_key_get_u32(key.data, 8)};
    if (wpi_key_day_back(found.first) == WP_DAY_NONE)
        return WP_OK;
    WPI_TRY(wpi_party_find(walk->graph, WPI_PERSON, found.person, &found.canonical, err));
    if (found.canonical == 0)
        return WP_OK;
    WPI_TRY(wpi_map_put(&walk->people, found.canonical, 0, NULL, NULL, err));
    WPI_TRY(wpi_array_push(&walk->members, &found, err));
    return walk->people.count > walk->people_max ? WP_ENOTFOUND : WP_OK; /* ends the walk */
}

typedef struct end_walk {
    int32_t to; /* WP_DAY_NONE: no source says */
} end_walk;

/* The last day that holds of several statements: any over none, the later one. */
static wp_status take_end(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    end_walk *walk = context;
    wpi_employment_record record;
    (void)key;
    WPI_TRY(wpi_record_read_employment(value, &record, err));
    if (record.to_day != WP_DAY_NONE && (walk->to == WP_DAY_NONE || record.to_day > walk->to))
        walk->to = record.to_day;
    return WP_OK;
}

static int compare_span(const void *a, const void *b)
{
    const span *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

/* Join what overlaps or follows without a gap. One employment that several identities of a person
 * have, or that stands under several numbers of the company, has the last day that any source
 * says. */
static void join_spans(wpi_array *spans, size_t first)
{
    span *items = spans->items;
    size_t kept = first;
    for (size_t i = first; i < spans->count; i++) {
        const span *next = &items[i];
        bool is_same = i + 1 < spans->count && items[i + 1].person == next->person &&
                       items[i + 1].from == next->from;
        if (is_same && items[i + 1].to == DAY_OPEN)
            items[i + 1].to = next->to; /* sorted: what goes on comes last, and a day wins */
        if (is_same)
            continue;
        span *last = kept > first ? &items[kept - 1] : NULL;
        bool touches = last != NULL && last->person == next->person &&
                       (last->to == DAY_OPEN || last->to + 1 >= next->from);
        if (!touches)
            items[kept++] = *next;
        else if (next->to > last->to)
            last->to = next->to;
    }
    spans->count = kept;
}

static wp_status add_spans(wpi_graph *graph, uint32_t company, const wpi_array *members,
                           wpi_array *spans, wp_error *err)
{
    size_t first = spans->count;
    for (size_t i = 0; i < members->count; i++) {
        const member *at = &WPI_ARRAY_AT(members, member, i);
        end_walk end = {WP_DAY_NONE};
        WPI_TRY(wpi_graph_each(graph, WPI_TABLE_EMPLOYMENT,
                               wpi_key_u32_u32_u32(at->person, at->company, at->first), take_end,
                               &end, err));
        span found = {company, at->canonical, wpi_key_day_back(at->first),
                      end.to == WP_DAY_NONE ? DAY_OPEN : end.to};
        WPI_TRY(wpi_array_push(spans, &found, err));
    }
    if (spans->count - first > 1)
        qsort(&WPI_ARRAY_AT(spans, span, first), spans->count - first, sizeof(span), compare_span);
    join_spans(spans, first);
    return WP_OK;
}

/* Add the staff of one company, by its canonical number. */
static wp_status read_staff(wpi_graph *graph, uint32_t company, uint32_t people_max,
                            wpi_staff *staff, wp_error *err)
{
    wp_status status;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    member_walk walk = {.graph = graph, .members = WPI_ARRAY_OF(member), .people_max = people_max};
    WPI_TRY_OUT(wpi_party_numbers(graph, WPI_COMPANY, company, &numbers, err));
    for (size_t i = 0; i < numbers.count && walk.people.count <= people_max; i++)
        WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_MEMBER,
                                   wpi_key_u32(WPI_ARRAY_AT(&numbers, uint32_t, i)), add_member,
                                   &walk, err));
    if (walk.people.count > people_max)
        status = wpi_array_push(&staff->large, &company, err);
    else
        status = add_spans(graph, company, &walk.members, &staff->spans, err);
out:
    wpi_array_free(&numbers);
    wpi_array_free(&walk.members);
    wpi_map_free(&walk.people);
    return status;
}

/* The canonical numbers of some numbers, ascending, without those of nobody. */
static wp_status resolve(wpi_graph *graph, wpi_party party, const wpi_array *numbers,
                         wpi_array *out, wp_error *err)
{
    for (size_t i = 0; i < numbers->count; i++) {
        uint32_t canonical;
        WPI_TRY(wpi_party_find(graph, party, WPI_ARRAY_AT(numbers, uint32_t, i), &canonical, err));
        if (canonical != 0)
            WPI_TRY(wpi_array_push(out, &canonical, err));
    }
    wpi_array_sort_numbers(out);
    return WP_OK;
}

static wp_status read_all(wpi_graph *graph, const wpi_array *companies, wpi_staff *staff,
                          wp_error *err)
{
    wp_status status;
    uint32_t people_max;
    wpi_array canonical = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_together_get(graph, &people_max, err));
    WPI_TRY_OUT(resolve(graph, WPI_COMPANY, companies, &canonical, err));
    for (size_t i = 0; i < canonical.count; i++)
        WPI_TRY_OUT(
            read_staff(graph, WPI_ARRAY_AT(&canonical, uint32_t, i), people_max, staff, err));
out:
    wpi_array_free(&canonical);
    return status;
}

/* ---- What two people share ---- */

typedef struct sharing {
    int64_t days;      /* that are over */
    int32_t last;      /* the last of them */
    int32_t open_from; /* of what goes on; DAY_OPEN: nothing does */
} sharing;

static sharing share(const span *a, size_t a_count, const span *b, size_t b_count)
{
    sharing shared = {0, 0, DAY_OPEN};
    for (size_t i = 0, j = 0; i < a_count && j < b_count;) {
        int32_t from = a[i].from > b[j].from ? a[i].from : b[j].from;
        int32_t to = a[i].to < b[j].to ? a[i].to : b[j].to;
        if (from <= to && to == DAY_OPEN)
            shared.open_from = from;
        else if (from <= to) {
            shared.days += (int64_t)to - from + 1;
            shared.last = to;
        }
        if (a[i].to < b[j].to)
            i++;
        else
            j++;
    }
    return shared;
}

typedef struct giving {
    wpi_together_fn *each;
    void *context;
} giving;

static wp_status give(const giving *to, const span *a, const span *b, int64_t day, int months,
                      wp_error *err)
{
    double weight = months * wpi_strength_weight(WP_KIND_TOGETHER, WP_ROLE_TO, 1, false);
    wpi_derived_row row = {
        .low = a->person,
        .high = b->person,
        .row = {
            day * WPI_DAY_SECONDS,
            WPI_TOGETHER | a->company,
            {.kind = WP_KIND_TOGETHER, .has_direction = {true, true}, .weight = {weight, weight}}}};
    /* Before 1970 there are no times, and nothing is left of what happened then. */
    bool is_kept = months > 0 && row.row.time_s >= 0 && row.row.time_s <= WP_TIME_MAX;
    return is_kept ? to->each(to->context, &row, err) : WP_OK;
}

static wp_status give_pair(const giving *to, const span *a, size_t a_count, const span *b,
                           size_t b_count, wp_error *err)
{
    static const int passed[] = {1, 3, 6, 12, MONTHS_MAX};
    sharing shared = share(a, a_count, b, b_count);
    double over = (double)shared.days / MONTH_DAYS;
    int closed = over < MONTHS_MAX ? (int)over : MONTHS_MAX, given = 0;
    WPI_TRY(give(to, a, b, shared.last, closed, err));
    for (size_t i = 0; i < sizeof passed / sizeof *passed && shared.open_from != DAY_OPEN; i++) {
        int months = passed[i] < MONTHS_MAX - closed ? passed[i] : MONTHS_MAX - closed;
        WPI_TRY(
            give(to, a, b, shared.open_from + (int64_t)(months * MONTH_DAYS), months - given, err));
        given = months;
    }
    return WP_OK;
}

static size_t same_person(const span *items, size_t at, size_t end)
{
    size_t next = at;
    while (next < end && items[next].person == items[at].person)
        next++;
    return next;
}

/* The first of the spans from..end that is of a person or of one beyond. */
static size_t find_person(const span *items, size_t from, size_t end, uint32_t person)
{
    while (from < end) {
        size_t middle = from + (end - from) / 2;
        if (items[middle].person < person)
            from = middle + 1;
        else
            end = middle;
    }
    return from;
}

/* The rows of somebody, whose spans are i..from, with those behind; people: only with these. They
 * are looked up: when few people change, most of a company must not be gone through for each. */
static wp_status give_behind(const span *items, size_t i, size_t from, size_t end,
                             const wpi_array *people, const giving *to, wp_error *err)
{
    size_t next = 0;
    for (size_t j = from, j_end; j < end; j = j_end) {
        while (people != NULL && next < people->count &&
               WPI_ARRAY_AT(people, uint32_t, next) < items[j].person)
            next++;
        if (people != NULL && next == people->count)
            break;
        j_end =
            people == NULL ? j : find_person(items, j, end, WPI_ARRAY_AT(people, uint32_t, next));
        if (j_end != j)
            continue;
        j_end = same_person(items, j, end);
        WPI_TRY(give_pair(to, &items[i], from - i, &items[j], j_end - j, err));
    }
    return WP_OK;
}

/* The rows of one company, spans from..end. people: only pairs with one of them; NULL: all. */
static wp_status give_company(const span *items, size_t from, size_t end, const wpi_array *people,
                              const giving *to, wp_error *err)
{
    for (size_t i = from, i_end; i < end; i = i_end) {
        i_end = same_person(items, i, end);
        bool is_one = people == NULL || has_number(people, items[i].person);
        WPI_TRY(give_behind(items, i, i_end, end, is_one ? NULL : people, to, err));
    }
    return WP_OK;
}

/* The rows of all companies of a staff; `other` is that before or after: of a company that is left
 * out there, everybody counts. */
static wp_status give_staff(const wpi_staff *staff, const wpi_staff *other, const wpi_array *people,
                            const giving *to, wp_error *err)
{
    const span *items = staff->spans.items;
    for (size_t i = 0, end; i < staff->spans.count; i = end) {
        for (end = i; end < staff->spans.count && items[end].company == items[i].company;)
            end++;
        bool has_crossed = has_number(&other->large, items[i].company);
        WPI_TRY(give_company(items, i, end, has_crossed ? NULL : people, to, err));
    }
    return WP_OK;
}

/* ---- Changes ---- */

static wp_status put_row(void *context, const wpi_derived_row *row, wp_error *err)
{
    return wpi_gains_put(context, row, err);
}

static wp_status drop_row(void *context, const wpi_derived_row *row, wp_error *err)
{
    return wpi_derive_drop_row(context, row, err);
}

wp_status wpi_together_begin(wpi_graph *graph, const wpi_array *companies, const wpi_array *people,
                             wpi_together *out, wp_error *err)
{
    out->staff = empty_staff();
    out->is_everybody = people == NULL;
    WPI_TRY(wpi_array_extend(&out->companies, companies->items, companies->count, err));
    if (people != NULL) {
        WPI_TRY(wpi_array_extend(&out->people, people->items, people->count, err));
        WPI_TRY(resolve(graph, WPI_PERSON, people, &out->before, err));
    }
    return read_all(graph, &out->companies, &out->staff, err);
}

wp_status wpi_together_end(wpi_graph *graph, wpi_together *self, wp_error *err)
{
    wp_status status;
    wpi_staff staff = empty_staff();
    wpi_array after = WPI_ARRAY_OF(uint32_t);
    giving drop = {drop_row, graph}, put = {put_row, graph};
    WPI_TRY_OUT(resolve(graph, WPI_PERSON, &self->people, &after, err));
    WPI_TRY_OUT(read_all(graph, &self->companies, &staff, err));
    WPI_TRY_OUT(
        give_staff(&self->staff, &staff, self->is_everybody ? NULL : &self->before, &drop, err));
    WPI_TRY_OUT(give_staff(&staff, &self->staff, self->is_everybody ? NULL : &after, &put, err));
    WPI_TRY_OUT(wpi_restate_all(graph, err));
out:
    staff_free(&staff);
    wpi_array_free(&after);
    return status;
}

static wp_status add_company(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    (void)value;
    if (key.bytes != 16)
        return wpi_error_set(err, WP_ECORRUPT, "employment key is malformed");
    uint32_t company = wpi_key_get_u32(key.data, 4);
    bool counts = wpi_key_day_back(wpi_key_get_u32(key.data, 8)) != WP_DAY_NONE;
    return counts ? wpi_array_push(context, &company, err) : WP_OK;
}

wp_status wpi_together_companies(wpi_graph *graph, const wpi_array *people, wpi_array *companies,
                                 wp_error *err)
{
    for (size_t i = 0; i < people->count; i++)
        WPI_TRY(wpi_graph_each(graph, WPI_TABLE_EMPLOYMENT,
                               wpi_key_u32(WPI_ARRAY_AT(people, uint32_t, i)), add_company,
                               companies, err));
    wpi_array_sort_numbers(companies);
    return WP_OK;
}

wp_status wpi_together_each(wpi_graph *graph, uint32_t company, wpi_together_fn *each,
                            void *context, wp_error *err)
{
    wp_status status;
    uint32_t people_max;
    wpi_staff staff = empty_staff();
    giving to = {each, context};
    WPI_TRY_OUT(wpi_together_get(graph, &people_max, err));
    WPI_TRY_OUT(read_staff(graph, company, people_max, &staff, err));
    status = give_company(staff.spans.items, 0, staff.spans.count, NULL, &to, err);
out:
    staff_free(&staff);
    return status;
}

/* ---- The setting ---- */

wp_status wpi_together_get(wpi_graph *graph, uint32_t *people_max, wp_error *err)
{
    wpi_record_bytes value;
    wp_status status =
        wpi_graph_get(graph, WPI_TABLE_META, wpi_key_text("together", 0), &value, err);
    *people_max = WP_TOGETHER_DEFAULT;
    if (status == WP_ENOTFOUND)
        return WP_OK;
    WPI_TRY(status);
    if (value.size != 4)
        return wpi_error_set(err, WP_ECORRUPT, "record of people who worked together is malformed");
    *people_max = wpi_bytes_get_le32(value.data);
    return WP_OK;
}

static wp_status save(wpi_graph *graph, uint32_t people_max, wp_error *err)
{
    wpi_writer_u32(&graph->writer, people_max);
    return wpi_graph_put(graph, WPI_TABLE_META, wpi_key_text("together", 0), err);
}

typedef struct company_walk {
    wpi_graph *graph;
    wpi_array *companies; /* of uint32_t: canonical, perhaps more than once */
    uint32_t last;        /* looked at last, as given */
} company_walk;

static wp_status note_company(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    company_walk *walk = context;
    uint32_t canonical;
    (void)value;
    if (key.bytes != MEMBER_KEY_BYTES)
        return wpi_error_set(err, WP_ECORRUPT, "member key is malformed");
    uint32_t company = wpi_key_get_u32(key.data, 0);
    if (company == walk->last || wpi_key_day_back(wpi_key_get_u32(key.data, 8)) == WP_DAY_NONE)
        return WP_OK;
    walk->last = company;
    WPI_TRY(wpi_party_find(walk->graph, WPI_COMPANY, company, &canonical, err));
    return canonical == 0 ? WP_OK : wpi_array_push(walk->companies, &canonical, err);
}

/* All companies with employments that count. */
static wp_status list_companies(wpi_graph *graph, wpi_array *companies, wp_error *err)
{
    company_walk walk = {graph, companies, 0};
    WPI_TRY(
        wpi_graph_each(graph, WPI_TABLE_MEMBER, (wpi_key){.size = 0}, note_company, &walk, err));
    wpi_array_sort_numbers(companies);
    return WP_OK;
}

/* Have one company follow another setting. */
static wp_status change_company(wpi_graph *graph, uint32_t company, uint32_t before, uint32_t after,
                                wp_error *err)
{
    wp_status status;
    wpi_staff old = empty_staff(), new = empty_staff();
    giving drop = {drop_row, graph}, put = {put_row, graph};
    WPI_TRY_OUT(wpi_gains_settle(graph, err));
    WPI_TRY_OUT(read_staff(graph, company, before, &old, err));
    WPI_TRY_OUT(read_staff(graph, company, after, &new, err));
    if (old.large.count == new.large.count)
        goto out;
    WPI_TRY_OUT(give_staff(&old, &new, NULL, &drop, err));
    WPI_TRY_OUT(give_staff(&new, &old, NULL, &put, err));
    WPI_TRY_OUT(wpi_restate_all(graph, err));
out:
    staff_free(&old);
    staff_free(&new);
    return status;
}

wp_status wpi_together_set(wpi_graph *graph, uint32_t people_max, wp_error *err)
{
    wp_status status;
    uint32_t before;
    wpi_array companies = WPI_ARRAY_OF(uint32_t);
    if (people_max > WP_TOGETHER_MAX)
        return wpi_error_set(err, WP_EINVAL, "people_max is %u, expected 0..%d", people_max,
                             WP_TOGETHER_MAX);
    WPI_TRY(wpi_together_get(graph, &before, err));
    if (before == people_max)
        return WP_OK;
    WPI_TRY_OUT(list_companies(graph, &companies, err));
    for (size_t i = 0; i < companies.count; i++)
        WPI_TRY_OUT(
            change_company(graph, WPI_ARRAY_AT(&companies, uint32_t, i), before, people_max, err));
    WPI_TRY_OUT(save(graph, people_max, err));
out:
    wpi_array_free(&companies);
    return status;
}

wp_status wpi_together_left_out(wpi_graph *graph, uint32_t *count, wp_error *err)
{
    wp_status status;
    uint32_t people_max;
    wpi_staff staff = empty_staff();
    wpi_array companies = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_together_get(graph, &people_max, err));
    WPI_TRY_OUT(list_companies(graph, &companies, err));
    for (size_t i = 0; i < companies.count; i++) {
        staff.spans.count = 0;
        WPI_TRY_OUT(
            read_staff(graph, WPI_ARRAY_AT(&companies, uint32_t, i), people_max, &staff, err));
    }
    *count = (uint32_t)staff.large.count;
out:
    staff_free(&staff);
    wpi_array_free(&companies);
    return status;
}
