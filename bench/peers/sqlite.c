/*
 * SQLite, tuned by hand: `peer_sqlite load EDGES FILE`, `peer_sqlite ask FILE QUESTIONS FORM`.
 *
 * Ties are stored twice, WITHOUT ROWID, in the order of their source and of their target with the
 * cost next in the key, so that every step is a range of one B-tree. The file is mapped and held
 * locked, the whole run is one read transaction, statements are prepared once, temporary tables
 * live in memory. CROSS JOIN fixes the order of joins, and there is no ANALYZE: with statistics
 * SQLite builds a Bloom filter for each step, which reads the whole table of ties (measured: 4
 * to 190 times slower). The same question is written in four forms:
 *
 *   recursive   one recursive CTE that walks hops_max - 1 hops, as the manual shows it
 *   levels      one INSERT … GROUP BY a hop into a temporary table of (hops, person)
 *   two-sided   two hops forward, two hops back from the targets, joined in the middle (4 hops)
 *   bounded     two-sided with every step cut at a cost that doubles until k are found (4 hops):
 *               what an expert would write who puts an algorithm into SQL
 *
 * All are exact: the cheapest walk of at most so many hops between people is a simple path, because
 * dropping a cycle makes it cheaper and shorter. Sources and targets are never passed.
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peers.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define STATEMENTS_MAX 12
#define BOUND_FIRST 250000

static const char schema[] =
    "CREATE TABLE tie(src INTEGER, cost INTEGER, dst INTEGER, PRIMARY KEY(src, cost, dst))"
    " WITHOUT ROWID;"
    "CREATE TABLE tie_in(dst INTEGER, cost INTEGER, src INTEGER, PRIMARY KEY(dst, cost, src))"
    " WITHOUT ROWID;";

static const char settings[] =
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-1000000;"
    "PRAGMA mmap_size=4294967296;"
    "CREATE TEMP TABLE source(id INTEGER PRIMARY KEY);"
    "CREATE TEMP TABLE target(id INTEGER PRIMARY KEY);"
    "CREATE TEMP TABLE near(node INTEGER PRIMARY KEY, cost INTEGER);"
    "CREATE TEMP TABLE level(hops INTEGER, node INTEGER, cost INTEGER, PRIMARY KEY(hops, node))"
    " WITHOUT ROWID;"
    "CREATE TEMP TABLE one(node INTEGER PRIMARY KEY, cost INTEGER);"
    "CREATE TEMP TABLE reached(node INTEGER PRIMARY KEY, cost INTEGER);"
    "BEGIN;";

/* The people who have a tie to a target; ?3 is the bound on cost. */
#define NEAR                                                                                       \
    "INSERT INTO near SELECT src, min(cost) FROM target CROSS JOIN tie_in ON dst = target.id"      \
    " WHERE cost <= ?3 AND src NOT IN (SELECT id FROM target) GROUP BY src"

#define NOT_AN_END                                                                                 \
    " tie.dst NOT IN (SELECT id FROM target) AND tie.dst NOT IN (SELECT id FROM source)"

/* The statements of a form, run in order with ?1 = hops_max, ?2 = k, ?3 = the bound. A step that
 * is repeated runs hops_max - 1 times with ?4 = 1, 2, …. The last statement returns the answer. */
typedef struct form {
    const char *name;
    bool is_bounded;
    uint32_t hops; /* the only hop limit it is written for; 0: any limit */
    const char *statements[STATEMENTS_MAX];
    int repeated; /* index of the statement to repeat; -1: none */
} form;

static const form forms[] = {
    {"recursive",
     false,
     0,
     {NEAR,
      "WITH RECURSIVE walk(node, hops, cost) AS ("
      " SELECT id, 0, 0 FROM source UNION ALL"
      " SELECT tie.dst, walk.hops + 1, walk.cost + tie.cost"
      " FROM walk CROSS JOIN tie ON tie.src = walk.node WHERE walk.hops < ?1 - 1 AND" NOT_AN_END ")"
      " SELECT near.node, min(walk.cost) + near.cost FROM walk CROSS JOIN near"
      " ON near.node = walk.node GROUP BY near.node ORDER BY 2, 1 LIMIT ?2"},
     -1},
    {"levels",
     false,
     0,
     {NEAR, "INSERT INTO level SELECT 0, id, 0 FROM source",
      "INSERT INTO level SELECT ?4, tie.dst, min(level.cost + tie.cost)"
      " FROM level CROSS JOIN tie ON tie.src = level.node WHERE level.hops = ?4 - 1 AND" NOT_AN_END
      " GROUP BY tie.dst",
      "SELECT near.node, min(level.cost) + near.cost FROM level CROSS JOIN near"
      " ON near.node = level.node GROUP BY near.node ORDER BY 2, 1 LIMIT ?2"},
     2},
    {"two-sided",
     false,
     4,
     {NEAR,
      "INSERT INTO one SELECT tie.dst, min(tie.cost) FROM source CROSS JOIN tie"
      " ON tie.src = source.id WHERE" NOT_AN_END " GROUP BY tie.dst",
      "INSERT INTO reached SELECT id, 0 FROM source", "INSERT INTO reached SELECT * FROM one",
      "INSERT INTO reached SELECT tie.dst, one.cost + tie.cost FROM one CROSS JOIN tie"
      " ON tie.src = one.node WHERE" NOT_AN_END
      " ON CONFLICT(node) DO UPDATE SET cost = excluded.cost WHERE excluded.cost < cost",
      "SELECT introducer, min(cost) FROM ("
      " SELECT near.node AS introducer, reached.cost + near.cost AS cost"
      " FROM near CROSS JOIN reached ON reached.node = near.node UNION ALL"
      " SELECT near.node, near.cost + tie_in.cost + reached.cost FROM near CROSS JOIN tie_in"
      " ON tie_in.dst = near.node CROSS JOIN reached ON reached.node = tie_in.src)"
      " GROUP BY introducer ORDER BY 2, 1 LIMIT ?2"},
     -1},
    {"bounded",
     true,
     4,
     {NEAR,
      "INSERT INTO one SELECT tie.dst, min(tie.cost) FROM source CROSS JOIN tie"
      " ON tie.src = source.id WHERE tie.cost <= ?3 AND" NOT_AN_END " GROUP BY tie.dst",
      "INSERT INTO reached SELECT id, 0 FROM source", "INSERT INTO reached SELECT * FROM one",
      "INSERT INTO reached SELECT tie.dst, one.cost + tie.cost FROM one CROSS JOIN tie"
      " ON tie.src = one.node AND tie.cost <= ?3 - one.cost WHERE" NOT_AN_END
      " ON CONFLICT(node) DO UPDATE SET cost = excluded.cost WHERE excluded.cost < cost",
      "SELECT introducer, min(cost) FROM ("
      " SELECT near.node AS introducer, reached.cost + near.cost AS cost"
      " FROM near CROSS JOIN reached ON reached.node = near.node UNION ALL"
      " SELECT near.node, near.cost + tie_in.cost + reached.cost FROM near CROSS JOIN tie_in"
      " ON tie_in.dst = near.node AND tie_in.cost <= ?3 - near.cost"
      " CROSS JOIN reached ON reached.node = tie_in.src)"
      " GROUP BY introducer HAVING min(cost) <= ?3 ORDER BY 2, 1 LIMIT ?2"},
     -1},
};

static const char *const cleaning[] = {
    "DELETE FROM source", "DELETE FROM target", "DELETE FROM near",
    "DELETE FROM level",  "DELETE FROM one",    "DELETE FROM reached",
};

/* An open file and the prepared statements of one form. */
typedef struct engine {
    sqlite3 *db;
    const form *form;
    sqlite3_stmt *put_source;
    sqlite3_stmt *put_target;
    sqlite3_stmt *clean[COUNT(cleaning)];
    sqlite3_stmt *statements[STATEMENTS_MAX];
    size_t count;
    int64_t cost_max; /* of a tie */
    size_t person_max;
} engine;

static void check(sqlite3 *db, int code)
{
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        peers_fail("sqlite: %s", sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *text)
{
    sqlite3_stmt *statement = NULL;
    check(db, sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
    return statement;
}

static void run(sqlite3 *db, sqlite3_stmt *statement)
{
    check(db, sqlite3_step(statement));
    check(db, sqlite3_reset(statement));
}

/* --- loading --- */

static int by_source(const void *a, const void *b)
{
    const edge *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

/* Rows in the order of the key are appended, not inserted. */
static void insert_sorted(sqlite3 *db, edges *graph, const char *text)
{
    sqlite3_stmt *insert = prepare(db, text);
    qsort(graph->items, graph->count, sizeof(edge), by_source);
    for (size_t i = 0; i < graph->count; i++) {
        check(db, sqlite3_bind_int64(insert, 1, graph->items[i].from));
        check(db, sqlite3_bind_int64(insert, 2, graph->items[i].cost));
        check(db, sqlite3_bind_int64(insert, 3, graph->items[i].to));
        run(db, insert);
    }
    check(db, sqlite3_finalize(insert));
}

static void load(const char *text, const char *path)
{
    edges graph;
    sqlite3 *db = NULL;
    double started = peers_now_us();
    peers_read_edges(text, &graph);
    check(db, sqlite3_open(path, &db));
    check(db, sqlite3_exec(db, "BEGIN", NULL, NULL, NULL));
    check(db, sqlite3_exec(db, schema, NULL, NULL, NULL));
    insert_sorted(db, &graph, "INSERT INTO tie VALUES(?, ?, ?)");
    for (size_t i = 0; i < graph.count; i++) {
        uint32_t from = graph.items[i].from;
        graph.items[i].from = graph.items[i].to;
        graph.items[i].to = from;
    }
    insert_sorted(db, &graph, "INSERT INTO tie_in VALUES(?, ?, ?)");
    check(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
    check(db, sqlite3_close(db));
    peers_print_load(started, sqlite3_libversion());
}

/* --- asking --- */

static void put_all(engine *self, sqlite3_stmt *put, const uint32_t *people, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check(self->db, sqlite3_bind_int64(put, 1, people[i]));
        run(self->db, put);
    }
}

/* Bind what the statement has a place for. */
static void bind(engine *self, sqlite3_stmt *statement, int place, int64_t value)
{
    if (place <= sqlite3_bind_parameter_count(statement))
        check(self->db, sqlite3_bind_int64(statement, place, value));
}

static void bind_question(engine *self, const question *asked, int64_t bound)
{
    for (size_t i = 0; i < self->count; i++) {
        bind(self, self->statements[i], 1, asked->hops_max);
        bind(self, self->statements[i], 2, (int64_t)asked->k);
        bind(self, self->statements[i], 3, bound);
    }
}

static void run_form(engine *self, const question *asked, answer *out)
{
    sqlite3_stmt *last = self->statements[self->count - 1];
    for (size_t i = 0; i + 1 < self->count; i++) {
        if ((int)i != self->form->repeated) {
            run(self->db, self->statements[i]);
            continue;
        }
        for (uint32_t hop = 1; hop < asked->hops_max; hop++) {
            bind(self, self->statements[i], 4, hop);
            run(self->db, self->statements[i]);
        }
    }
    out->count = 0;
    while (sqlite3_step(last) == SQLITE_ROW)
        out->items[out->count++] = (introduction){(uint32_t)sqlite3_column_int64(last, 0),
                                                  (uint64_t)sqlite3_column_int64(last, 1)};
    check(self->db, sqlite3_reset(last));
}

static void ask(void *context, const question *asked, answer *out)
{
    engine *self = context;
    int64_t bound_max = asked->hops_max * self->cost_max;
    int64_t bound = self->form->is_bounded ? BOUND_FIRST : bound_max;
    if (self->form->hops != 0 && self->form->hops != asked->hops_max)
        peers_fail("%s is written for %" PRIu32 " hops", self->form->name, self->form->hops);
    for (;; bound *= 2) {
        for (size_t i = 0; i < COUNT(cleaning); i++)
            run(self->db, self->clean[i]);
        put_all(self, self->put_source, asked->sources, asked->source_count);
        put_all(self, self->put_target, asked->targets, asked->target_count);
        bind_question(self, asked, bound);
        run_form(self, asked, out);
        if (out->count == asked->k || bound >= bound_max)
            return;
    }
}

static const form *find_form(const char *name)
{
    for (size_t i = 0; i < COUNT(forms); i++)
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    peers_fail("no form %s", name);
}

static void read_extremes(engine *self)
{
    sqlite3_stmt *largest = prepare(self->db, "SELECT max(cost), max(max(src), max(dst)) FROM tie");
    check(self->db, sqlite3_step(largest));
    self->cost_max = sqlite3_column_int64(largest, 0);
    self->person_max = (size_t)sqlite3_column_int64(largest, 1);
    check(self->db, sqlite3_finalize(largest));
}

static void open_engine(engine *self, const char *path, const char *name)
{
    check(self->db, sqlite3_open_v2(path, &self->db, SQLITE_OPEN_READONLY, NULL));
    check(self->db, sqlite3_exec(self->db, settings, NULL, NULL, NULL));
    read_extremes(self);
    self->form = find_form(name);
    self->put_source = prepare(self->db, "INSERT INTO source VALUES(?)");
    self->put_target = prepare(self->db, "INSERT INTO target VALUES(?)");
    for (size_t i = 0; i < COUNT(cleaning); i++)
        self->clean[i] = prepare(self->db, cleaning[i]);
    while (self->count < STATEMENTS_MAX && self->form->statements[self->count] != NULL) {
        self->statements[self->count] = prepare(self->db, self->form->statements[self->count]);
        self->count++;
    }
}

int main(int argc, char **argv)
{
    engine self = {0};
    if (argc == 4 && strcmp(argv[1], "load") == 0) {
        load(argv[2], argv[3]);
        return 0;
    }
    if (argc != 5 || strcmp(argv[1], "ask") != 0)
        peers_fail("Usage: peer_sqlite load EDGES FILE | ask FILE QUESTIONS FORM");
    open_engine(&self, argv[2], argv[4]);
    peers_ask_all(argv[3], self.person_max, ask, &self);
    return 0;
}
