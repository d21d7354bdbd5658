/*
 * igraph, which holds the graph in memory: `peer_igraph ask EDGES QUESTIONS FORM`.
 *
 *   dijkstra      the cheapest path between two people without a hop limit; igraph stops as soon as
 *                 the target is settled
 *   simple-paths  with a hop limit igraph has no search by cost; it can list all simple paths of at
 *                 most so many edges, whose costs are then summed here. Listed backwards from each
 *                 target, of which there are fewer, to all sources at once. Paths that pass a
 * source or a target are dropped
 *
 * `load` builds the graph from the text once and says how long that took; asking builds it anew, as
 * there is no file to open. The memory it takes cannot be compared with a file, so none is stated.
 */
#include <igraph/igraph.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peers.h"

enum part { PART_NONE = 0, PART_SOURCE, PART_TARGET };

typedef struct engine {
    igraph_t graph;
    igraph_vector_t costs;
    igraph_vector_int_t found; /* reused between questions */
    unsigned char *part;
    size_t people;
    uint64_t *best;
} engine;

static void check(igraph_error_t code)
{
    if (code != IGRAPH_SUCCESS)
        peers_fail("igraph: %s", igraph_strerror(code));
}

static void build(engine *self, const char *path)
{
    edges text;
    igraph_vector_int_t ends;
    peers_read_edges(path, &text);
    self->people = (size_t)text.person_max + 1;
    check(igraph_vector_int_init(&ends, (igraph_integer_t)(2 * text.count)));
    check(igraph_vector_init(&self->costs, (igraph_integer_t)text.count));
    for (size_t i = 0; i < text.count; i++) {
        VECTOR(ends)[2 * i] = text.items[i].from;
        VECTOR(ends)[2 * i + 1] = text.items[i].to;
        VECTOR(self->costs)[i] = text.items[i].cost;
    }
    check(igraph_create(&self->graph, &ends, (igraph_integer_t)self->people, IGRAPH_DIRECTED));
    igraph_vector_int_destroy(&ends);
    check(igraph_vector_int_init(&self->found, 0));
    self->part = peers_allocate(self->people, 1);
    self->best = peers_allocate(self->people, sizeof *self->best);
    free(text.items);
}

/* One source, one target, no limit: the cheapest path. */
static void ask_dijkstra(void *context, const question *asked, answer *out)
{
    engine *self = context;
    igraph_vector_int_t *vertices = &self->found, path;
    if (asked->source_count != 1 || asked->target_count != 1 || asked->hops_max != 0)
        peers_fail("dijkstra answers for one pair without a hop limit");
    check(igraph_vector_int_init(&path, 0));
    check(igraph_get_shortest_path_dijkstra(&self->graph, vertices, &path, asked->sources[0],
                                            asked->targets[0], &self->costs, IGRAPH_OUT));
    uint64_t cost = 0;
    for (igraph_integer_t i = 0; i < igraph_vector_int_size(&path); i++)
        cost += (uint64_t)VECTOR(self->costs)[VECTOR(path)[i]];
    igraph_integer_t count = igraph_vector_int_size(vertices);
    if (count >= 2)
        out->items[out->count++] = (introduction){(uint32_t)VECTOR(*vertices)[count - 2], cost};
    igraph_vector_int_destroy(&path);
}

/* A path as igraph lists it backwards, target first; lower the cost of its introducer. */
static void weigh(engine *self, const igraph_integer_t *people, size_t count)
{
    uint64_t cost = 0;
    for (size_t i = 1; i + 1 < count; i++)
        if (self->part[people[i]] != PART_NONE)
            return;
    for (size_t i = 0; i + 1 < count; i++) {
        igraph_integer_t id = -1;
        check(igraph_get_eid(&self->graph, &id, people[i + 1], people[i], IGRAPH_DIRECTED, true));
        cost += (uint64_t)VECTOR(self->costs)[id];
    }
    if (cost < self->best[people[1]])
        self->best[people[1]] = cost;
}

static void mark(engine *self, const question *asked, unsigned char source, unsigned char target)
{
    for (size_t i = 0; i < asked->source_count; i++)
        self->part[asked->sources[i]] = source;
    for (size_t i = 0; i < asked->target_count; i++)
        self->part[asked->targets[i]] = target;
}

static void list_paths(engine *self, const question *asked, uint32_t target, igraph_vs_t sources)
{
    igraph_vector_int_clear(&self->found);
    check(igraph_get_all_simple_paths(&self->graph, &self->found, target, sources,
                                      (igraph_integer_t)asked->hops_max, IGRAPH_IN));
    const igraph_integer_t *items = VECTOR(self->found);
    size_t count = (size_t)igraph_vector_int_size(&self->found);
    for (size_t i = 0, start = 0; i < count; i++) {
        if (items[i] >= 0)
            continue;
        weigh(self, items + start, i - start);
        start = i + 1;
    }
}

static void ask_simple_paths(void *context, const question *asked, answer *out)
{
    engine *self = context;
    igraph_vector_int_t ids;
    if (asked->hops_max == 0)
        peers_fail("simple-paths needs a hop limit");
    check(igraph_vector_int_init(&ids, (igraph_integer_t)asked->source_count));
    for (size_t i = 0; i < asked->source_count; i++)
        VECTOR(ids)[i] = asked->sources[i];
    memset(self->best, 0xff, self->people * sizeof *self->best);
    mark(self, asked, PART_SOURCE, PART_TARGET);
    for (size_t i = 0; i < asked->target_count; i++)
        list_paths(self, asked, asked->targets[i], igraph_vss_vector(&ids));
    mark(self, asked, PART_NONE, PART_NONE);
    for (size_t p = 0; p < self->people; p++)
        if (self->best[p] != UINT64_MAX)
            out->items[out->count++] = (introduction){(uint32_t)p, self->best[p]};
    peers_keep_best(out, asked->k);
    igraph_vector_int_destroy(&ids);
}

int main(int argc, char **argv)
{
    engine self = {0};
    double started = peers_now_us();
    if (argc == 4 && strcmp(argv[1], "load") == 0) {
        build(&self, argv[2]);
        peers_print_load(started, IGRAPH_VERSION);
        return 0;
    }
    if (argc != 5 || strcmp(argv[1], "ask") != 0)
        peers_fail("Usage: peer_igraph load EDGES NONE | ask EDGES QUESTIONS FORM");
    build(&self, argv[2]);
    bool is_dijkstra = strcmp(argv[4], "dijkstra") == 0;
    if (!is_dijkstra && strcmp(argv[4], "simple-paths") != 0)
        peers_fail("no form %s", argv[4]);
    peers_ask_all(argv[3], self.people, is_dijkstra ? ask_dijkstra : ask_simple_paths, &self);
    return 0;
}
