/*
 * Breadth-first search that goes either way (Beamer, Asanovic and Patterson, "Direction-optimizing
 * breadth-first search", 2012).
 *
 * Down, each person of the front marks its neighbours, met before or not; up, each person not met
 * yet looks for a neighbour in the front and stops at the first. Going up pays when the front has a
 * large share of the arcs: most people find somebody after a few of them.
 *
 * Sets are bitmaps. Those met at a hop are a bitmap too, read in the order of numbers, so that the
 * answer needs no sorting.
 */
#include "path/breadth.h"

#include <math.h>

#include "base/memory.h"

#define ALPHA 4
#define SAMPLE 4096 /* people of a front whose lists are measured */
#define AHEAD_INDEX 16
#define AHEAD_LISTS 8
#define LINES 12
#define LINES_UP 3
#define CHUNK 64   /* ties read at once */
#define CHUNK_UP 8 /* when one is likely to do */
#define UNMET 2048 /* people who look up between two gatherings */

typedef struct breadth {
    wpi_view *view;
    uint32_t people; /* highest number */
    size_t words;
    uint64_t *met;
    uint64_t *front; /* of this hop: those who may be passed */
    uint64_t *next;  /* met at the next hop */
    uint32_t *order; /* everybody met, by hops, then number; the sources first */
    size_t count;
    uint64_t arcs_left; /* of those not met, as far as is known */
} breadth;

static inline bool has(const uint64_t *bits, uint32_t person)
{
    return (bits[person >> 6] >> (person & 63) & 1) != 0;
}

static inline void add(uint64_t *bits, uint32_t person)
{
    bits[person >> 6] |= UINT64_C(1) << (person & 63);
}

/* Read all that a person's list offers. */
static wp_status offer_all(breadth *self, uint32_t person, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    wp_neighbour near[CHUNK];
    wp_status status;
    WPI_TRY(wpi_view_begin(self->view, person, false, &walk, err));
    for (size_t count = 1; count > 0;) {
        WPI_TRY(wpi_view_take_many(&walk, near, CHUNK, &count, err));
        for (size_t i = 0; i < count; i++)
            add(self->next, near[i].person);
    }
    self->view->meter->steps += walk.index;
    while ((status = wpi_view_next(&walk, UINT64_MAX, &hop, err)) == WP_OK)
        add(self->next, hop.other);
    return status == WP_ENOTFOUND ? wpi_meter_poll_at(self->view->meter, walk.index, err) : status;
}

/* Offer the neighbours of those met at the hop before, order[from .. to). */
static wp_status go_down(breadth *self, size_t from, size_t to, wp_error *err)
{
    for (size_t i = from; i < to; i++) {
        if (i + AHEAD_INDEX < to)
            wpi_view_prefetch(self->view, self->order[i + AHEAD_INDEX]);
        if (i + AHEAD_LISTS < to)
            wpi_view_prefetch_list(self->view, self->order[i + AHEAD_LISTS], LINES);
        WPI_TRY(offer_all(self, self->order[i], err));
    }
    return WP_OK;
}

/* Look for somebody of the front among the ties that were not taken at once. */
static wp_status look_further(breadth *self, uint32_t person, uint32_t from, bool *is_found,
                              wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    wp_neighbour near[CHUNK];
    wp_status status = WP_OK;
    WPI_TRY(wpi_view_begin_any(self->view, person, true, &walk, err));
    walk.index = from;
    for (size_t count = 1; !*is_found && count > 0;) {
        WPI_TRY(wpi_view_take_many(&walk, near, CHUNK_UP, &count, err));
        for (size_t i = 0; i < count && !*is_found; i++)
            *is_found = has(self->front, near[i].person);
    }
    self->view->meter->steps += walk.index - from;
    while (!*is_found && (status = wpi_view_next(&walk, UINT64_MAX, &hop, err)) == WP_OK)
        *is_found = has(self->front, hop.other);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Look for somebody of the front next to a person. */
static wp_status look_up(breadth *self, uint32_t person, wp_error *err)
{
    wp_neighbour near[CHUNK_UP];
    wpi_open_take take = {.out = near, .room = CHUNK_UP};
    uint64_t before = self->view->meter->steps;
    uint32_t from;
    bool is_found = false;
    do {
        from = take.looked_at;
        WPI_TRY(wpi_view_take_open(self->view, person, true, &take, err));
        for (size_t i = 0; i < take.taken; i++) /* all: which is the first cannot be foreseen */
            is_found |= has(self->front, near[i].person);
    } while (!is_found && !take.is_over && take.looked_at > from);
    self->view->meter->steps += take.looked_at;
    if (!is_found && !take.is_over)
        WPI_TRY(look_further(self, person, take.looked_at, &is_found, err));
    if (is_found)
        add(self->next, person);
    return wpi_meter_poll_at(self->view->meter, self->view->meter->steps - before, err);
}

static bool is_visible(const breadth *self, uint32_t person)
{
    return wpi_view_is_visible(self->view, person, wpi_roles_of(self->view->roles, person));
}

/* Some people not met yet, from *word on. */
static size_t gather_unmet(const breadth *self, size_t *word, uint32_t *people)
{
    size_t count = 0;
    for (; *word < self->words && count + 64 <= UNMET; ++*word)
        for (uint64_t bits = ~self->met[*word]; bits != 0; bits &= bits - 1) {
            uint32_t person = (uint32_t)(*word * 64) + (uint32_t)__builtin_ctzll(bits);
            people[count] = person;
            count += person != 0 && person <= self->people ? 1 : 0;
        }
    return count;
}

/* Everybody not met yet looks for the front. */
static wp_status go_up(breadth *self, wp_error *err)
{
    uint32_t unmet[UNMET];
    size_t count;
    for (size_t word = 0; (count = gather_unmet(self, &word, unmet)) > 0;)
        for (size_t i = 0; i < count; i++) {
            if (i + AHEAD_INDEX < count)
                wpi_view_prefetch(self->view, unmet[i + AHEAD_INDEX]);
            if (i + AHEAD_LISTS < count)
                wpi_view_prefetch_list(self->view, unmet[i + AHEAD_LISTS], LINES_UP);
            if (is_visible(self, unmet[i]))
                WPI_TRY(look_up(self, unmet[i], err));
        }
    return WP_OK;
}

/* About how many arcs people have whose lists come one after the other, order[from .. to). */
static uint64_t measure(const breadth *self, size_t from, size_t to)
{
    uint64_t arcs = 0;
    size_t stride = (to - from) / SAMPLE + 1;
    for (size_t i = from; i < to; i += stride)
        arcs += wpi_view_guess_count(self->view, self->order[i]);
    return arcs * stride;
}

/* Whether to go up to those next to order[from .. to). */
static bool is_up_shorter(breadth *self, size_t from, size_t to)
{
    uint64_t arcs = measure(self, from, to), unmet = self->people - self->count;
    bool has_more = self->arcs_left > arcs + unmet; /* else the guesses were too high */
    self->arcs_left = has_more ? self->arcs_left - arcs : unmet;
    return arcs * ALPHA > self->arcs_left;
}

/* Append those met for the first time to the order; they are the front now. */
static void take_next(breadth *self)
{
    for (size_t word = 0; word < self->words; word++) {
        self->front[word] = 0;
        self->next[word] &= ~self->met[word];
        self->met[word] |= self->next[word];
        for (uint64_t bits = self->next[word]; bits != 0; bits &= bits - 1) {
            uint32_t person = (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits);
            self->order[self->count++] = person;
            if (!self->view->has_hidden || wpi_view_is_intermediary(self->view, person))
                add(self->front, person);
        }
        self->next[word] = 0;
    }
}

static void start(breadth *self, const wpi_array *sources)
{
    for (size_t i = 0; i < sources->count; i++) {
        uint32_t source = WPI_ARRAY_AT(sources, uint32_t, i);
        add(self->met, source);
        self->order[self->count++] = source;
        if (is_visible(self, source))
            add(self->front, source);
    }
}

/* Search hop by hop, filling the answer for those met. */
static wp_status run(breadth *self, uint32_t hops_max, wp_reached *out, wp_error *err)
{
    size_t sources = self->count, from = 0, to = sources;
    for (uint32_t hops = 1; hops <= hops_max && from < to; hops++) {
        wp_status status =
            is_up_shorter(self, from, to) ? go_up(self, err) : go_down(self, from, to, err);
        take_next(self);
        for (size_t i = to; i < self->count; i++)
            out[i - sources] = (wp_reached){self->order[i], hops, 0, NAN};
        if (status != WP_OK)
            return status;
        from = to;
        to = self->count;
    }
    return WP_OK;
}

static bool has_memory(const breadth *self, const wp_reached *out)
{
    return self->met != NULL && self->front != NULL && self->next != NULL && self->order != NULL &&
           out != NULL;
}

wp_status wpi_breadth_find(wpi_query *query, uint32_t hops_max, wp_reached **out, size_t *count,
                           wp_error *err)
{
    uint32_t people = query->view.graph->counters.people;
    breadth self = {.view = &query->view,
                    .people = people,
                    .words = people / 64 + 1,
                    .arcs_left = 2 * query->view.graph->counters.ties};
    size_t sources = query->source_list.count;
    *out = NULL;
    *count = 0;
    query->meter.memory_bytes = 3 * self.words * sizeof(uint64_t) +
                                ((size_t)people + 1) * (sizeof(uint32_t) + sizeof(wp_reached));
    WPI_TRY(wpi_meter_poll(&query->meter, err)); /* before the memory is taken */
    self.met = wpi_memory_new_zeroed(self.words, sizeof(uint64_t));
    self.front = wpi_memory_new_zeroed(self.words, sizeof(uint64_t));
    self.next = wpi_memory_new_zeroed(self.words, sizeof(uint64_t));
    self.order = wpi_memory_new((size_t)people + 1, sizeof(uint32_t));
    wp_reached *items = wpi_memory_new((size_t)people + 1, sizeof *items);
    wp_status status = wpi_memory_failed(err);
    if (has_memory(&self, items)) {
        wpi_memory_use_large(items, ((size_t)people + 1) * sizeof *items);
        wpi_memory_use_large(self.order, ((size_t)people + 1) * sizeof *self.order);
        start(&self, &query->source_list);
        status = run(&self, hops_max, items, err);
        *count = self.count - sources;
    }
    wpi_memory_free(self.met);
    wpi_memory_free(self.front);
    wpi_memory_free(self.next);
    wpi_memory_free(self.order);
    if (status == WP_OK || wpi_meter_is_limit(status))
        *out = items;
    else
        wpi_memory_free(items);
    return status;
}
