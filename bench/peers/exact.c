/*
 * The truth, obtained in the most obvious way: `peer_exact ask EDGES QUESTIONS FORM`.
 *
 * With a hop limit every simple path is walked, backwards from each target, edge by edge, without
 * any bound on cost, any table of best costs and any other cleverness; the cheapest for each last
 * introducer is kept. Without a limit, costs are lowered edge by edge until nothing changes, which
 * is Bellman and Ford's method. Both take time that no user would accept and share no idea with
 * the engines that they judge. The exact cost of each introducer is printed, not of the best alone,
 * because an engine may name another one of several that cost the same.
 */
#include <stdlib.h>
#include <string.h>

#include "peers.h"

#define UNREACHED UINT64_MAX

enum part { PART_NONE = 0, PART_SOURCE, PART_TARGET, PART_ON_PATH };

/* The graph by the person an edge leads to, and the state of a walk. */
typedef struct exact {
    edges graph;
    size_t *first; /* first[p]..first[p + 1]: the edges to p */
    unsigned char *part;
    uint64_t *best;
    uint32_t introducer; /* of the path being walked */
} exact;

static int by_end(const void *a, const void *b)
{
    const edge *x = a, *y = b;
    return x->to < y->to ? -1 : x->to > y->to;
}

static void open_graph(exact *self, const char *path)
{
    peers_read_edges(path, &self->graph);
    size_t people = (size_t)self->graph.person_max + 1;
    qsort(self->graph.items, self->graph.count, sizeof(edge), by_end);
    self->first = peers_allocate(people + 1, sizeof *self->first);
    self->part = peers_allocate(people, 1);
    self->best = peers_allocate(people, sizeof *self->best);
    for (size_t i = 0; i < self->graph.count; i++)
        self->first[self->graph.items[i].to + 1]++;
    for (size_t p = 0; p < people; p++)
        self->first[p + 1] += self->first[p];
}

/* Walk every simple path that leads to `person` and from there costs `cost` to a target. */
static void walk_back(exact *self, uint32_t person, uint32_t hops_left, uint64_t cost, bool is_last)
{
    for (size_t i = self->first[person]; i < self->first[person + 1]; i++) {
        const edge *step = &self->graph.items[i];
        uint64_t whole = cost + step->cost;
        unsigned char part = self->part[step->from];
        if (is_last)
            self->introducer = step->from;
        if (part == PART_SOURCE && whole < self->best[self->introducer])
            self->best[self->introducer] = whole;
        if (part != PART_NONE || hops_left == 1)
            continue;
        self->part[step->from] = PART_ON_PATH;
        walk_back(self, step->from, hops_left - 1, whole, false);
        self->part[step->from] = PART_NONE;
    }
}

/* Lower costs from the sources until nothing changes; targets and sources are never passed. */
static void lower_costs(exact *self)
{
    bool is_changed = true;
    while (is_changed) {
        is_changed = false;
        for (size_t i = 0; i < self->graph.count; i++) {
            const edge *step = &self->graph.items[i];
            uint64_t before = self->best[step->from];
            if (before == UNREACHED || self->part[step->from] == PART_TARGET)
                continue;
            if (self->part[step->to] != PART_SOURCE && before + step->cost < self->best[step->to]) {
                self->best[step->to] = before + step->cost;
                is_changed = true;
            }
        }
    }
}

/* The cheapest way to a target, for each introducer; `out` has room for everybody. */
static void collect_unlimited(exact *self, const question *asked, answer *out)
{
    uint64_t *through = peers_allocate((size_t)self->graph.person_max + 1, sizeof *through);
    for (size_t t = 0; t < asked->target_count; t++) {
        uint32_t target = asked->targets[t];
        for (size_t i = self->first[target]; i < self->first[target + 1]; i++) {
            const edge *step = &self->graph.items[i];
            uint64_t whole = self->best[step->from] + step->cost;
            if (self->best[step->from] == UNREACHED || self->part[step->from] == PART_TARGET)
                continue;
            if (through[step->from] == 0 || whole < through[step->from])
                through[step->from] = whole;
        }
    }
    for (uint32_t p = 0; p <= self->graph.person_max; p++)
        if (through[p] > 0)
            out->items[out->count++] = (introduction){p, through[p]};
    free(through);
}

static void ask(void *context, const question *asked, answer *out)
{
    exact *self = context;
    size_t people = (size_t)self->graph.person_max + 1;
    memset(self->part, PART_NONE, people);
    memset(self->best, 0xff, people * sizeof *self->best);
    for (size_t i = 0; i < asked->source_count; i++)
        self->part[asked->sources[i]] = PART_SOURCE;
    for (size_t i = 0; i < asked->target_count; i++)
        self->part[asked->targets[i]] = PART_TARGET;
    if (asked->hops_max == 0) {
        for (size_t i = 0; i < asked->source_count; i++)
            self->best[asked->sources[i]] = 0;
        lower_costs(self);
        collect_unlimited(self, asked, out);
    } else {
        for (size_t i = 0; i < asked->target_count; i++)
            walk_back(self, asked->targets[i], asked->hops_max, 0, true);
        for (uint32_t p = 0; p <= self->graph.person_max; p++)
            if (self->best[p] != UNREACHED)
                out->items[out->count++] = (introduction){p, self->best[p]};
    }
    peers_keep_best(out, out->count);
}

int main(int argc, char **argv)
{
    exact self = {0};
    if (argc != 5 || strcmp(argv[1], "ask") != 0)
        peers_fail("Usage: peer_exact ask EDGES QUESTIONS FORM");
    open_graph(&self, argv[2]);
    peers_ask_all(argv[3], (size_t)self.graph.person_max + 1, ask, &self);
    return 0;
}
