/*
 * Building and finding databases of graphs: see graph.h.
 *
 * Writing is unsynced, with large transactions, and synced and compacted at the end, as a program
 * would load a network. The file's name says all that its contents depend on: graph, seed, the
 * generation of the generators, and the file format of the library.
 */
#include "graph.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contacts.h"
#include "edge_file.h"
#include "rmat.h"
#include "shape.h"

#define GENERATION 2 /* of the generators: raise it when they change */
#define CHANGED_BYTES ((size_t)1 << 30)
#define WARM_BYTES ((size_t)4 << 20)
#define BATCH 4000000 /* larger transactions leave fewer free pages behind */

/* --- names --- */

static uint32_t read_people(const char *text, const char **end)
{
    char *after;
    double count = strtod(text, &after);
    if (*after == 'k' || *after == 'm')
        count *= *after++ == 'k' ? 1e3 : 1e6;
    *end = after;
    return count >= 100 && count <= 1e8 ? (uint32_t)count : 0;
}

void graph_read_name(const bench_options *options, graph_plan *plan)
{
    const char *end = "";
    const char *name = options->graph;
    *plan = (graph_plan){.kind = GRAPH_FILE, .seed = options->seed, .file = name};
    if (strncmp(name, "community-", 10) == 0) {
        plan->people = read_people(name + 10, &end);
        plan->kind = plan->people >= 10000000 ? GRAPH_STATED : GRAPH_EVIDENCE;
        if (strcmp(end, "-evidence") == 0 || strcmp(end, "-stated") == 0)
            plan->kind = end[1] == 'e' ? GRAPH_EVIDENCE : GRAPH_STATED;
        else if (*end != '\0' || plan->people == 0)
            bench_die("a graph is %s, expected community-N[-evidence|-stated], N from 100", name);
    } else if (strncmp(name, "rmat-", 5) == 0) {
        char *after;
        unsigned long scale = strtoul(name + 5, &after, 10);
        if (*after != '\0' || scale < 4 || scale > 26)
            bench_die("a graph is %s, expected rmat-4 to rmat-26", name);
        plan->kind = GRAPH_RMAT;
        plan->scale = (unsigned)scale;
        plan->people = 1u << scale;
    } else if (access(name, R_OK) != 0) {
        bench_die("a graph is %s, expected community-N, rmat-SCALE or a readable file", name);
    }
}

void graph_remove(const char *path)
{
    char lock[600];
    snprintf(lock, sizeof lock, "%s-lock", path);
    if ((unlink(path) != 0 && errno != ENOENT) || (unlink(lock) != 0 && errno != ENOENT))
        bench_die("%s could not be removed", path);
}

/* The file format that this library writes: asked of an empty database. */
static uint32_t format_of_library(const bench_options *options)
{
    char path[512];
    wp_error err;
    wp_db *db = NULL;
    wp_txn *txn = NULL;
    wp_stats stats;
    snprintf(path, sizeof path, "%s/warmpath-bench-empty-%ld.warmpath", options->directory,
             (long)getpid());
    bench_check(wp_create(path, NULL, 0, &err), &err);
    bench_check(wp_open(path, NULL, &db, &err), &err);
    bench_check(wp_begin_read(db, &txn, &err), &err);
    bench_check(wp_stats_get(txn, &stats, &err), &err);
    wp_abort(txn);
    wp_close(db);
    graph_remove(path);
    return stats.format;
}

/* Tells a file from another one of its name, and from what it was before it changed. */
static uint64_t version_of(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0)
        bench_die("%s could not be read", path);
    uint64_t file = random_mix(random_mix((uint64_t)about.st_dev) ^ (uint64_t)about.st_ino);
    uint64_t time = random_mix((uint64_t)about.st_mtim.tv_sec) ^ (uint64_t)about.st_mtim.tv_nsec;
    return random_mix(file ^ random_mix(time) ^ (uint64_t)about.st_size);
}

void graph_cache_path(const bench_options *options, const char *what, char *out, size_t bytes)
{
    graph_plan plan;
    char version[24] = "";
    const char *name = strrchr(options->graph, '/');
    name = name == NULL ? options->graph : name + 1;
    graph_read_name(options, &plan);
    if (plan.kind == GRAPH_FILE)
        snprintf(version, sizeof version, "-%016llx", (unsigned long long)version_of(plan.file));
    int size = snprintf(out, bytes, "%s/warmpath-bench-%s%s%s-s%llu-g%d-f%u.warmpath",
                        options->directory, name, version, what, (unsigned long long)options->seed,
                        GENERATION, format_of_library(options));
    if (size < 0 || (size_t)size >= bytes)
        bench_die("the path of the cache is too long");
}

void graph_own_path(const bench_options *options, const char *what, char *out, size_t bytes)
{
    char own[64];
    snprintf(own, sizeof own, "%s-%ld", what, (long)getpid());
    graph_cache_path(options, own, out, bytes);
}

/* --- writing --- */

wp_db *graph_create(const char *path)
{
    wp_error err;
    wp_db *db = NULL;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    options.is_unsynced = true;
    options.changed_bytes_max = CHANGED_BYTES;
    bench_check(wp_create(path, NULL, 0, &err), &err);
    bench_check(wp_open(path, &options, &db, &err), &err);
    return db;
}

void graph_write_begin(graph_writer *writer, wp_db *db, uint64_t batch)
{
    wp_error err;
    *writer = (graph_writer){.db = db, .batch = batch};
    bench_check(wp_begin_write(db, &writer->txn, &err), &err);
}

void graph_write_end(graph_writer *writer)
{
    wp_error err;
    bench_check(wp_commit(writer->txn, &err), &err);
    writer->txn = NULL;
}

void graph_write_counted(graph_writer *writer)
{
    wp_error err;
    if (++writer->count % writer->batch != 0)
        return;
    bench_check(wp_commit(writer->txn, &err), &err);
    bench_check(wp_begin_write(writer->db, &writer->txn, &err), &err);
}

void graph_write_interaction(graph_writer *writer, const wp_interaction *interaction)
{
    wp_error err;
    bench_check(wp_interaction_put(writer->txn, interaction, NULL, &err), &err);
    graph_write_counted(writer);
}

static void write_person(graph_writer *writer, const char *id)
{
    wp_error err;
    wp_number number;
    wp_identity identity = {WP_IDENTITY_ID, id};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = &identity;
    facts.identity_count = 1;
    bench_check(wp_person_put(writer->txn, &facts, &number, NULL, &err), &err);
    graph_write_counted(writer);
}

static void write_people(graph_writer *writer, uint32_t people)
{
    for (uint32_t i = 1; i <= people; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", i);
        write_person(writer, id);
    }
}

static void write_companies(graph_writer *writer, const community *people)
{
    wp_error err;
    uint32_t *companies = community_companies(people);
    for (uint32_t i = 0; i < people->company_count; i++) {
        char id[24];
        wp_number number;
        wp_identity identity = {WP_IDENTITY_COMPANY_ID, id};
        wp_company_facts facts = WP_COMPANY_FACTS_INIT;
        snprintf(id, sizeof id, "company-%u", i);
        facts.identities = &identity;
        facts.identity_count = 1;
        bench_check(wp_company_put(writer->txn, &facts, &number, NULL, &err), &err);
        graph_write_counted(writer);
    }
    for (uint32_t i = 0; i < people->people; i++) {
        wp_employment employment = {.person = i + 1,
                                    .company = companies[i] + 1,
                                    .from_day = WP_DAY_NONE,
                                    .to_day = WP_DAY_NONE};
        bench_check(wp_employment_put(writer->txn, &employment, &err), &err);
        graph_write_counted(writer);
    }
    free(companies);
}

static void write_contact(void *context, const wp_interaction *interaction)
{
    graph_write_interaction(context, interaction);
}

static void write_stated(graph_writer *writer, uint32_t from, uint32_t to, double p)
{
    wp_error err;
    wp_stated_tie tie = {.from = from, .to = to, .p = p};
    if (p > 0)
        bench_check(wp_stated_tie_put(writer->txn, &tie, &err), &err);
    graph_write_counted(writer);
}

/* Strengths as the evidence of a community gives them on its newest day: the quantiles in steps of
 * 1/32, measured at 100 000 people. The weakest are cold: one way only. */
static const double quantiles[33] = {.0000, .0658, .0881, .0992, .1092, .1189, .1282, .1373, .1464,
                                     .1555, .1656, .1773, .1914, .2087, .2298, .2536, .2790, .3023,
                                     .3235, .3498, .3785, .4074, .4325, .4509, .4610, .4806, .5031,
                                     .5325, .5682, .6053, .6427, .6924, .8954};

/* The two directions of a tie are alike but not equal. */
double graph_stated_p(uint64_t seed, uint32_t from, uint32_t to)
{
    uint64_t both = random_mix(pair_of(from, to) ^ random_mix(seed));
    uint64_t one = random_mix(both ^ from);
    double rank = random_unit_of(both) + 0.1 * (random_unit_of(one) - 0.5);
    rank = rank < 0 ? -rank : rank >= 1 ? 2 - rank - 0x1p-50 : rank;
    size_t step = (size_t)(rank * 32);
    double share = rank * 32 - (double)step;
    return quantiles[step] + share * (quantiles[step + 1] - quantiles[step]);
}

static void write_pairs(graph_writer *writer, const graph_plan *plan, const pair_list *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        uint32_t low = pair_low(pairs->items[i]), high = pair_high(pairs->items[i]);
        write_stated(writer, low, high, graph_stated_p(plan->seed, low, high));
        write_stated(writer, high, low, graph_stated_p(plan->seed, high, low));
    }
}

/* --- the graphs --- */

void graph_pairs(const graph_plan *plan, pair_list *out)
{
    community people;
    if (plan->kind == GRAPH_RMAT) {
        rmat_generate(plan->scale, plan->seed - 1, out);
        return;
    }
    community_begin(&people, plan->people, plan->seed);
    community_pairs(&people, out);
    community_free(&people);
}

static void say_shape(const bench_options *options, const graph_plan *plan, const pair_list *pairs)
{
    shape it;
    shape_measure(pairs, plan->people, plan->seed, &it);
    bench_say("%s: %u people with ties, %zu ties, mean degree %.1f, degree quantiles .1 .5 .9 .99 "
              "%u %u %u %u, largest %u, clustering %.2f",
              options->graph, it.people, it.ties, it.degree_mean, it.degrees[0], it.degrees[1],
              it.degrees[2], it.degrees[3], it.degrees[4], it.clustering);
}

static void write_generated(const bench_options *options, const graph_plan *plan,
                            graph_writer *writer)
{
    community people;
    pair_list pairs = {NULL, 0, 0};
    graph_pairs(plan, &pairs);
    say_shape(options, plan, &pairs);
    write_people(writer, plan->people);
    if (plan->kind != GRAPH_RMAT) {
        community_begin(&people, plan->people, plan->seed);
        write_companies(writer, &people);
    }
    if (plan->kind == GRAPH_EVIDENCE) {
        pairs_free(&pairs);
        contacts_each(&people, write_contact, writer);
    } else {
        write_pairs(writer, plan, &pairs);
        pairs_free(&pairs);
    }
    if (plan->kind != GRAPH_RMAT)
        community_free(&people);
}

static void write_file(const graph_plan *plan, graph_writer *writer)
{
    edge_file edges;
    edge_file_read(plan->file, &edges);
    for (uint32_t i = 0; i < edges.people; i++)
        write_person(writer, edges.names[i]);
    for (size_t i = 0; i < edges.count; i++) {
        write_stated(writer, edges.items[i].from, edges.items[i].to, edges.items[i].p);
        write_stated(writer, edges.items[i].to, edges.items[i].from, edges.items[i].p);
    }
    edge_file_free(&edges);
}

wp_db *graph_build(const bench_options *options, const char *path)
{
    wp_error err;
    graph_plan plan;
    graph_writer writer;
    graph_read_name(options, &plan);
    wp_db *db = graph_create(path);
    graph_write_begin(&writer, db, BATCH);
    if (plan.kind == GRAPH_FILE)
        write_file(&plan, &writer);
    else
        write_generated(options, &plan, &writer);
    graph_write_end(&writer);
    bench_check(wp_compact(db, NULL, NULL, &err), &err);
    return db;
}

/* Building leaves half of the file to free pages; a backup has none. Another bench may have built
 * the same in the meantime. */
static void shrink(const char *from, const char *to)
{
    wp_error err;
    wp_db *db = NULL;
    bench_check(wp_open(from, NULL, &db, &err), &err);
    wp_status status = wp_backup(db, to, &err);
    if (status != WP_EEXIST)
        bench_check(status, &err);
    wp_close(db);
    graph_remove(from);
}

/* Have the file in the page cache, read in order: pages that faults brought in one by one are
 * mapped one by one, which makes searches up to twice as slow as when they came in large pieces. */
static void warm(const char *path)
{
    static char buffer[WARM_BYTES];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size;
    if (file < 0 || fsync(file) != 0 || posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0)
        bench_die("%s could not be read", path);
    while ((size = read(file, buffer, sizeof buffer)) > 0)
        continue;
    if (size < 0 || close(file) != 0)
        bench_die("%s could not be read", path);
}

static void say_stats(const bench_options *options, graph *it)
{
    wp_error err;
    wp_txn *txn = NULL;
    wp_stats stats;
    bench_check(wp_begin_read(it->db, &txn, &err), &err);
    bench_check(wp_stats_get(txn, &stats, &err), &err);
    wp_abort(txn);
    if (stats.ties == 0)
        bench_die("%s: a graph without ties", options->graph);
    it->people = (uint32_t)stats.people;
    bench_say("%s: %llu people, %llu ties, %llu interactions, %.1f MB, %llu segments with %llu "
              "entries (%.1f bytes each), overlay of %llu people",
              options->graph, (unsigned long long)stats.people, (unsigned long long)stats.ties,
              (unsigned long long)stats.interactions, (double)stats.file_bytes / 1e6,
              (unsigned long long)stats.segments, (unsigned long long)stats.segment_ties,
              (double)stats.segment_bytes / (double)(stats.segment_ties + (stats.segments == 0)),
              (unsigned long long)stats.overlay_people);
}

void graph_open(const bench_options *options, graph *out)
{
    wp_error err;
    *out = (graph){.day = CONTACTS_DAY};
    graph_cache_path(options, "", out->path, sizeof out->path);
    if (access(out->path, F_OK) != 0) {
        char part[600];
        double start = bench_now_us();
        snprintf(part, sizeof part, "%s.%ld.part", out->path, (long)getpid());
        graph_remove(part);
        wp_close(graph_build(options, part));
        shrink(part, out->path);
        out->is_new = true;
        out->build_s = (bench_now_us() - start) / 1e6;
        bench_say("%s: built in %.1f s", options->graph, out->build_s);
    }
    warm(out->path);
    bench_check(wp_open(out->path, NULL, &out->db, &err), &err);
    say_stats(options, out);
}

void graph_warm(graph *it)
{
    wp_error err;
    wp_close(it->db);
    warm(it->path);
    bench_check(wp_open(it->path, NULL, &it->db, &err), &err);
}

void graph_close(graph *it)
{
    wp_close(it->db);
    it->db = NULL;
}

/* In pieces so large that the page cache holds the copy in pages as large as those of the file,
 * which was written in large pieces as well. */
void graph_copy(const char *from, const char *to)
{
    const size_t room = (size_t)8 << 20;
    char *piece = bench_new_huge(room, 1);
    ssize_t count;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (in < 0 || out < 0)
        bench_die("%s could not be copied", from);
    while ((count = read(in, piece, room)) > 0)
        if (write(out, piece, (size_t)count) != count)
            bench_die("%s could not be copied", from);
    if (count < 0 || close(in) != 0 || close(out) != 0)
        bench_die("%s could not be copied", from);
    bench_free_huge(piece, room, 1);
}
