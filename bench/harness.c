/*
 * Flags, clock, trials, statistics and result lines: see harness.h.
 *
 * Contestants take turns at being first, because whoever answers a question second may find parts
 * of the answer in the caches. The median and the 95th percentile are values that occurred: the
 * upper one of two in the middle, no interpolation.
 *
 * What a result says about its origin (commit, machine, command) is gathered here; the commit is
 * that of the source tree at the time of cmake, null when that was no working tree.
 */
#include "harness.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#ifndef BENCH_COMMIT
#define BENCH_COMMIT ""
#endif

#define HUGE_BYTES ((size_t)2 << 20)

void bench_die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void bench_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void bench_check(wp_status status, const wp_error *err)
{
    if (status != WP_OK)
        bench_die("%s: %s", wp_status_name(status), err->message);
}

void *bench_new(size_t count, size_t bytes)
{
    void *memory = calloc(count == 0 ? 1 : count, bytes);
    if (memory == NULL)
        bench_die("no memory for %zu items of %zu bytes", count, bytes);
    return memory;
}

static size_t huge_size(size_t count, size_t bytes)
{
    return (count * bytes + HUGE_BYTES) / HUGE_BYTES * HUGE_BYTES;
}

void *bench_new_huge(size_t count, size_t bytes)
{
    size_t size = huge_size(count, bytes);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        bench_die("no memory for %zu bytes", size);
    if (madvise(memory, size, MADV_HUGEPAGE) != 0)
        bench_say(
            "note: no huge pages for the twin; its figures are a little slower than they could be");
    return memory;
}

void bench_free_huge(void *memory, size_t count, size_t bytes)
{
    if (memory != NULL && munmap(memory, huge_size(count, bytes)) != 0)
        bench_die("munmap failed");
}

double bench_now_us(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        bench_die("no monotonic clock");
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* --- flags --- */

static void print_help(FILE *stream, const bench_about *about)
{
    fprintf(stream,
            "usage: bench_%s [-g GRAPH] [-c CASE] [-s SEED] [-n TRIALS] [-v] [-o FILE]\n"
            "       [-d DIRECTORY]\n\n"
            "%s\n\n"
            "  -g GRAPH      community-N (10k, 100k, 1m, 10m, or any number from 100),\n"
            "                community-N-evidence or -stated, rmat-SCALE, or a text file with\n"
            "                lines `src dst [p]`, each a tie both ways (default %s)\n"
            "  -c CASE       only cases whose name contains it\n"
            "  -s SEED       of graphs and questions (default 1)\n"
            "  -n TRIALS     questions a case (default %u)\n"
            "  -v            verify each answer, outside the timer; exit 1 when one is wrong\n"
            "  -o FILE       append the result lines to FILE as well\n"
            "  -d DIRECTORY  where built databases are kept and found again\n"
            "                (default $TMPDIR, else /tmp)\n"
            "  --help        print this\n\n"
            "One JSON line a result on stdout, a summary on stderr.\n",
            about->bench, about->question, about->graph, about->trials);
}

static uint64_t number_of(const char *text, uint64_t most, const bench_about *about)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value > most) {
        fprintf(stderr, "bench_%s: a number is %s, expected digits, at most %llu\n", about->bench,
                text, (unsigned long long)most);
        exit(2);
    }
    return value;
}

/* Hours of measuring must not end with a file that cannot be written. */
static void try_output(const char *path)
{
    FILE *stream = fopen(path, "a");
    if (stream == NULL || fclose(stream) != 0)
        bench_die("%s cannot be written", path);
}

static void join_command(bench_options *options, int argc, char **argv)
{
    size_t used = 0;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (i == 0 && strrchr(word, '/') != NULL)
            word = strrchr(word, '/') + 1;
        int more = snprintf(options->command + used, sizeof options->command - used, "%s%s",
                            i == 0 ? "" : " ", word);
        if (more < 0 || (size_t)more >= sizeof options->command - used)
            return;
        used += (size_t)more;
    }
}

void bench_begin(bench_options *options, const bench_about *about, int argc, char **argv)
{
    static const struct option words[] = {{"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *directory = getenv("TMPDIR");
    int flag;
    bool is_known = true;
    *options = (bench_options){.bench = about->bench,
                               .graph = about->graph,
                               .directory = directory == NULL ? "/tmp" : directory,
                               .seed = 1,
                               .trials = about->trials};
    join_command(options, argc, argv);
    while (is_known && (flag = getopt_long(argc, argv, "g:c:s:n:vo:d:h", words, NULL)) != -1) {
        if (flag == 'h') {
            print_help(stdout, about);
            exit(0);
        }
        if (flag == 'g')
            options->graph = optarg;
        else if (flag == 'c')
            options->only = optarg;
        else if (flag == 's')
            options->seed = number_of(optarg, UINT64_MAX, about);
        else if (flag == 'n')
            options->trials = (uint32_t)number_of(optarg, UINT32_MAX, about);
        else if (flag == 'v')
            options->is_verifying = true;
        else if (flag == 'o')
            options->output = optarg;
        else if (flag == 'd')
            options->directory = optarg;
        else
            is_known = false;
    }
    if (!is_known || optind != argc || options->trials == 0) {
        print_help(stderr, about);
        exit(2);
    }
    if (options->output != NULL)
        try_output(options->output);
}

int bench_end(const bench_options *options)
{
    if (options->only != NULL && !options->has_reported)
        bench_die("-c: no case of bench_%s has %s in its name", options->bench, options->only);
    if (options->has_failed)
        bench_say("bench_%s: some answers were wrong", options->bench);
    return options->has_failed ? 1 : 0;
}

/* --- statistics --- */

void bench_times_add(bench_times *times, double value)
{
    if (times->count == times->capacity) {
        size_t capacity = times->capacity == 0 ? 64 : 2 * times->capacity;
        double *items = realloc(times->items, capacity * sizeof *items);
        if (items == NULL)
            bench_die("no memory for %zu times", capacity);
        times->items = items;
        times->capacity = capacity;
    }
    times->items[times->count++] = value;
}

void bench_times_scale(bench_times *times, double factor)
{
    for (size_t i = 0; i < times->count; i++)
        times->items[i] *= factor;
}

void bench_times_free(bench_times *times)
{
    free(times->items);
    *times = (bench_times){NULL, 0, 0};
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile(const bench_times *times, size_t percent)
{
    if (times->count == 0)
        return NAN;
    double *sorted = bench_new(times->count, sizeof *sorted);
    memcpy(sorted, times->items, times->count * sizeof *sorted);
    qsort(sorted, times->count, sizeof *sorted, compare_doubles);
    double value = sorted[times->count * percent / 100];
    free(sorted);
    return value;
}

double bench_times_median(const bench_times *times)
{
    return quantile(times, 50);
}

double bench_times_p95(const bench_times *times)
{
    return quantile(times, 95);
}

/* The one in a hundred that takes longest counts where somebody waits. */
static double p99(const bench_times *times)
{
    return quantile(times, 99);
}

/* --- results --- */

/* "AMD EPYC, 2 cores"; the name as the kernel gives it. */
static void describe_machine(char *out, size_t bytes)
{
    char line[256];
    const char *model = "unknown processor";
    FILE *stream = fopen("/proc/cpuinfo", "r");
    while (stream != NULL && fgets(line, sizeof line, stream) != NULL) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon != NULL) {
            colon[strcspn(colon, "\n")] = '\0';
            model = colon + 1 + strspn(colon + 1, " ");
            break;
        }
    }
    snprintf(out, bytes, "%s, %ld cores", model, sysconf(_SC_NPROCESSORS_ONLN));
    if (stream != NULL && fclose(stream) != 0)
        bench_die("/proc/cpuinfo could not be closed");
}

static void print_text(FILE *stream, const char *text)
{
    if (text == NULL) {
        fputs("null", stream);
        return;
    }
    fputc('"', stream);
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20)
            fprintf(stream, "\\u%04x", (unsigned)*text);
        else
            fprintf(stream, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    }
    fputc('"', stream);
}

static void print_number(FILE *stream, double value)
{
    if (isfinite(value))
        fprintf(stream, value != 0 && fabs(value) < 100 ? "%.4g" : "%.1f", value);
    else
        fputs("null", stream);
}

static void print_field(FILE *stream, const char *name, const char *text)
{
    fprintf(stream, "\"%s\":", name);
    print_text(stream, text);
    fputc(',', stream);
}

static void print_value(FILE *stream, const char *name, double value)
{
    fprintf(stream, "\"%s\":", name);
    print_number(stream, value);
    fputc(',', stream);
}

static void print_json(FILE *stream, const bench_options *options, const bench_result *result)
{
    static const char *const verdicts[] = {"null", "true", "false"};
    char machine[320];
    double median = bench_times_median(result->ours);
    double other = result->theirs == NULL ? NAN : bench_times_median(result->theirs);
    describe_machine(machine, sizeof machine);
    fputc('{', stream);
    print_field(stream, "bench", options->bench);
    print_field(stream, "case", result->name);
    print_field(stream, "graph", result->graph != NULL ? result->graph : options->graph);
    print_field(stream, "unit", result->unit);
    print_value(stream, "median", median);
    print_value(stream, "p95", bench_times_p95(result->ours));
    fprintf(stream, "\"trials\":%zu,", result->ours->count);
    print_field(stream, "against", result->against);
    print_value(stream, "against_median", other);
    print_value(stream, "ratio", median / other);
    fprintf(stream, "\"verified\":%s,", verdicts[result->verdict]);
    print_field(stream, "commit", BENCH_COMMIT[0] == '\0' ? NULL : BENCH_COMMIT);
    print_field(stream, "machine", machine);
    fputs("\"command\":", stream);
    print_text(stream, options->command);
    fputs("}\n", stream);
}

static void append(const bench_options *options, const bench_result *result)
{
    FILE *stream = fopen(options->output, "a");
    if (stream == NULL)
        bench_die("%s cannot be written", options->output);
    print_json(stream, options, result);
    if (fclose(stream) != 0)
        bench_die("%s cannot be written", options->output);
}

bool bench_asks_for(const bench_options *options, const char *name)
{
    return options->only == NULL || strstr(name, options->only) != NULL;
}

void bench_report(bench_options *options, const bench_result *result)
{
    double median = bench_times_median(result->ours);
    if (options->only != NULL && strstr(result->name, options->only) == NULL)
        return;
    options->has_reported = true;
    options->has_failed |= result->verdict == BENCH_WRONG;
    print_json(stdout, options, result);
    if (fflush(stdout) != 0)
        bench_die("stdout cannot be written");
    if (options->output != NULL)
        append(options, result);
    fprintf(stderr, "%-8s %-34s %12.4g %s, p95 %.4g, p99 %.4g", options->bench, result->name,
            median, result->unit, bench_times_p95(result->ours), p99(result->ours));
    if (result->theirs != NULL)
        fprintf(stderr, "; %s %.4g, ratio %.3g", result->against,
                bench_times_median(result->theirs), median / bench_times_median(result->theirs));
    fputs(result->verdict == BENCH_WRONG   ? "; WRONG\n"
          : result->verdict == BENCH_RIGHT ? "; verified\n"
                                           : "\n",
          stderr);
}

void bench_report_value(bench_options *options, const char *name, const char *unit, double value)
{
    bench_times times = {NULL, 0, 0};
    bench_times_add(&times, value);
    bench_result result = {.name = name, .unit = unit, .ours = &times};
    bench_report(options, &result);
    bench_times_free(&times);
}

/* --- contests --- */

static bool takes_part(const bench_options *options, const bench_contestant *contestant,
                       uint64_t trial)
{
    double share = contestant->share == 0 ? 1 : contestant->share;
    return (double)trial < ceil(share * options->trials);
}

static void run_all(const bench_options *options, bench_contest *contest, uint64_t trial)
{
    for (size_t i = 0; i < contest->count; i++) {
        bench_contestant *contestant = &contest->contestants[(i + trial) % contest->count];
        if (trial > 0 && !takes_part(options, contestant, trial - 1))
            continue;
        double start = bench_now_us();
        contestant->run(contest->context);
        if (trial > 0)
            bench_times_add(&contestant->times, bench_now_us() - start);
    }
}

/* One question to all. Trial 0 is the warm-up and leaves no times. */
static void ask(const bench_options *options, bench_contest *contest, uint64_t trial,
                bench_verdict *verdicts)
{
    if (contest->prepare != NULL)
        contest->prepare(contest->context, trial);
    run_all(options, contest, trial);
    for (size_t i = 0; i < contest->count; i++) {
        bench_contestant *contestant = &contest->contestants[i];
        bool has_run = trial == 0 || takes_part(options, contestant, trial - 1);
        if (has_run && trial > 0 && contest->work != NULL)
            contestant->times.items[contestant->times.count - 1] /= *contest->work;
        if (options->is_verifying && contest->verify != NULL && has_run &&
            !contest->verify(contest->context, i))
            verdicts[i] = BENCH_WRONG;
    }
}

void bench_contest_run(bench_options *options, bench_contest *contest)
{
    if (!bench_asks_for(options, contest->name))
        return;
    bench_verdict *verdicts = bench_new(contest->count, sizeof *verdicts);
    bool is_verified = options->is_verifying && contest->verify != NULL;
    for (size_t i = 0; i < contest->count; i++)
        verdicts[i] = is_verified ? BENCH_RIGHT : BENCH_UNVERIFIED;
    for (uint64_t trial = 0; trial <= options->trials; trial++)
        ask(options, contest, trial, verdicts);
    for (size_t i = 0; i < contest->count; i++)
        bench_times_scale(&contest->contestants[i].times,
                          contest->factor == 0 ? 1 : contest->factor);
    for (size_t i = contest->count > 1 ? 1 : 0; i < contest->count; i++) {
        bench_result result = {.name = contest->name,
                               .unit = contest->unit,
                               .ours = &contest->contestants[0].times,
                               .against = contest->contestants[i].name,
                               .theirs = i == 0 ? NULL : &contest->contestants[i].times,
                               .verdict = verdicts[i]};
        if (verdicts[0] == BENCH_WRONG)
            result.verdict = BENCH_WRONG;
        bench_report(options, &result);
    }
    for (size_t i = 0; i < contest->count; i++)
        bench_times_free(&contest->contestants[i].times);
    free(verdicts);
}
