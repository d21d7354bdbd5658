/*
 * How fast is a network from elsewhere loaded: a text file of ties into a database, end to end?
 *
 * The ties of the graph are written as lines `src,dst,p`, in random order unless the graph is a
 * file, and the tool is run as a child: `warmpath import --format edges`. Reported are ties a
 * second, the most memory that the tool had, what the file costs per tie and its adjacency per arc,
 * and the seconds against writing as many bytes as the database has to a file and fdatasync().
 *
 * Verified: the database has as many ties as the graph, and a sample has the costs stated. The tool
 * is taken from $WARMPATH, else from the directory above that of this program.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "edge_file.h"
#include "graph.h"
#include "random.h"
#include "tool.h"

#define SAMPLES 1000
#define RAW_BLOCK ((size_t)1 << 20)

/* One load, and what came of it. */
typedef struct load {
    bench_options *options;
    char tool[512];
    char text[512];
    char database[512];
    size_t ties;   /* lines with different pairs */
    bool has_text; /* written by us */
    double seconds;
    double raw_seconds;
    double peak_mb;
    wp_stats stats;
} load;

static void shuffle(pair_list *pairs, uint64_t seed)
{
    random_stream random = {random_mix(seed)};
    for (size_t i = pairs->count; i > 1; i--) {
        size_t j = random_below(&random, i);
        uint64_t pair = pairs->items[i - 1];
        pairs->items[i - 1] = pairs->items[j];
        pairs->items[j] = pair;
    }
}

/* What a line says of both directions. */
static double p_of(const load *it, uint32_t low, uint32_t high)
{
    double p = graph_stated_p(it->options->seed, low, high);
    return p < 0.01 ? 0.01 : round(p * 10000) / 10000;
}

static void write_text(load *it, const graph_plan *plan)
{
    pair_list pairs = {NULL, 0, 0};
    graph_pairs(plan, &pairs);
    shuffle(&pairs, it->options->seed);
    FILE *stream = fopen(it->text, "w");
    if (stream == NULL)
        bench_die("%s cannot be written: %s", it->text, strerror(errno));
    for (size_t i = 0; i < pairs.count; i++) {
        uint32_t low = pair_low(pairs.items[i]), high = pair_high(pairs.items[i]);
        fprintf(stream, "%u,%u,%.4f\n", low, high, p_of(it, low, high));
    }
    if (fclose(stream) != 0)
        bench_die("%s cannot be written: %s", it->text, strerror(errno));
    it->ties = pairs.count;
    it->has_text = true;
    pairs_free(&pairs);
}

static int compare_words(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void count_text(load *it)
{
    edge_file edges;
    edge_file_read(it->text, &edges);
    uint64_t *words = bench_new(edges.count, sizeof *words);
    size_t count = 0;
    for (size_t i = 0; i < edges.count; i++)
        if (edges.items[i].p > 0)
            words[count++] = pair_of(edges.items[i].from, edges.items[i].to);
    qsort(words, count, sizeof *words, compare_words);
    for (size_t i = 0; i < count; i++)
        it->ties += i == 0 || words[i] != words[i - 1];
    if (it->ties == 0)
        bench_die("%s: a graph without ties", it->text);
    free(words);
    edge_file_free(&edges);
}

static void import(load *it)
{
    struct rusage usage;
    char *const init[] = {it->tool, "--db", it->database, "init", "--quiet", NULL};
    char *const ours[] = {it->tool, "--db",     it->database, "import", "--quiet", "--format",
                          "edges",  "--weight", "p",          "--both", it->text,  NULL};
    char *const theirs[] = {it->tool,   "--db",  it->database, "import", "--quiet",
                            "--format", "edges", "--both",     it->text, NULL};
    graph_remove(it->database);
    double start = bench_now_us();
    tool_run(init, &usage);
    tool_run(it->has_text ? ours : theirs, &usage);
    it->seconds = (bench_now_us() - start) / 1e6;
    it->peak_mb = tool_peak_mb(&usage);
}

static void write_raw(load *it)
{
    char path[600];
    char *block = bench_new(RAW_BLOCK, 1);
    snprintf(path, sizeof path, "%s.raw", it->database);
    double start = bench_now_us();
    int raw = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (uint64_t at = 0; raw >= 0 && at < it->stats.file_bytes; at += RAW_BLOCK)
        if (pwrite(raw, block, RAW_BLOCK, (off_t)at) != (ssize_t)RAW_BLOCK)
            bench_die("%s cannot be written: %s", path, strerror(errno));
    if (raw < 0 || fdatasync(raw) != 0 || close(raw) != 0)
        bench_die("%s cannot be written: %s", path, strerror(errno));
    it->raw_seconds = (bench_now_us() - start) / 1e6;
    free(block);
    if (unlink(path) != 0)
        bench_die("%s could not be removed", path);
}

/* --- verification --- */

static bool is_stated(const load *it, wp_txn *txn, uint32_t low, uint32_t high)
{
    char names[2][16];
    wp_number numbers[2];
    wp_error err;
    wp_tie there, back;
    uint32_t ends[2] = {low, high};
    for (int i = 0; i < 2; i++) {
        wp_identity identity = {WP_IDENTITY_ID, names[i]};
        snprintf(names[i], sizeof names[i], "%u", ends[i]);
        bench_check(wp_identity_find(txn, &identity, &numbers[i], &err), &err);
    }
    if (wp_tie_get(txn, numbers[0], numbers[1], 20000, &there, &err) != WP_OK ||
        wp_tie_get(txn, numbers[1], numbers[0], 20000, &back, &err) != WP_OK)
        return false;
    double p = p_of(it, low, high);
    return fabs(there.p - p) < 1e-6 && fabs(back.p - p) < 1e-6;
}

static bench_verdict verify(load *it, const graph_plan *plan)
{
    wp_error err;
    wp_db *db = NULL;
    wp_txn *txn = NULL;
    pair_list pairs = {NULL, 0, 0};
    random_stream random = {random_mix(it->options->seed + 6)};
    bench_check(wp_open(it->database, NULL, &db, &err), &err);
    bench_check(wp_begin_read(db, &txn, &err), &err);
    bench_check(wp_stats_get(txn, &it->stats, &err), &err);
    bool is_right = it->stats.ties == it->ties;
    if (it->options->is_verifying && plan->kind != GRAPH_FILE)
        graph_pairs(plan, &pairs);
    for (size_t i = 0; is_right && pairs.count > 0 && i < SAMPLES; i++) {
        uint64_t pair = pairs.items[random_below(&random, pairs.count)];
        is_right = is_stated(it, txn, pair_low(pair), pair_high(pair));
    }
    pairs_free(&pairs);
    wp_abort(txn);
    wp_close(db);
    return !it->options->is_verifying ? BENCH_UNVERIFIED : is_right ? BENCH_RIGHT : BENCH_WRONG;
}

static void report(load *it, bench_times *rates, bench_times *seconds, bench_times *raw,
                   bench_verdict verdict)
{
    bench_result rate = {.name = "edge list", .unit = "ties/s", .ours = rates, .verdict = verdict};
    bench_result time = {.name = "edge list, time",
                         .unit = "s",
                         .ours = seconds,
                         .against = "raw write",
                         .theirs = raw,
                         .verdict = verdict};
    double arcs = (double)it->stats.segment_ties;
    bench_report(it->options, &rate);
    bench_report(it->options, &time);
    bench_report_value(it->options, "edge list, memory", "MB", it->peak_mb);
    bench_report_value(it->options, "edge list, file", "bytes/tie",
                       (double)it->stats.file_bytes / (double)it->stats.ties);
    if (arcs > 0) /* few ties are all in the overlay */
        bench_report_value(it->options, "edge list, adjacency", "bytes/arc",
                           (double)it->stats.segment_bytes / arcs);
}

int main(int argc, char **argv)
{
    static const bench_about about = {"load", "How fast does the tool load a text file of ties?",
                                      "community-100k", 1};
    bench_options options;
    graph_plan plan;
    load it = {.options = &options};
    bench_times rates = {NULL, 0, 0}, seconds = {NULL, 0, 0}, raw = {NULL, 0, 0};
    bench_verdict verdict = BENCH_UNVERIFIED;
    bench_begin(&options, &about, argc, argv);
    tool_find(it.tool, sizeof it.tool);
    graph_read_name(&options, &plan);
    snprintf(it.database, sizeof it.database, "%s/warmpath-bench-load-%ld.warmpath",
             options.directory, (long)getpid());
    snprintf(it.text, sizeof it.text, "%s", plan.kind == GRAPH_FILE ? plan.file : it.database);
    if (plan.kind == GRAPH_FILE) {
        count_text(&it);
    } else {
        snprintf(it.text + strlen(it.text), 5, ".csv");
        write_text(&it, &plan);
    }
    for (uint32_t i = 0; i < options.trials; i++) {
        import(&it);
        bench_verdict one = verify(&it, &plan);
        verdict = verdict == BENCH_WRONG ? BENCH_WRONG : one;
        write_raw(&it);
        bench_times_add(&rates, (double)it.ties / it.seconds);
        bench_times_add(&seconds, it.seconds);
        bench_times_add(&raw, it.raw_seconds);
    }
    report(&it, &rates, &seconds, &raw, verdict);
    graph_remove(it.database);
    if (it.has_text && unlink(it.text) != 0)
        bench_die("%s could not be removed", it.text);
    bench_times_free(&rates);
    bench_times_free(&seconds);
    bench_times_free(&raw);
    return bench_end(&options);
}
