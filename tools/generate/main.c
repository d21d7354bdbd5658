/*
 * warmpath-generate: invented networks for the demonstration, for tests and for benchmarks.
 *
 * Everything it writes follows from its arguments: the same command gives the same bytes on every
 * machine. It knows nothing of the database; it writes the formats that the tool imports.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "demo.h"
#include "edges.h"
#include "story.h"

enum { CODE_DONE = 0, CODE_USAGE = 2, CODE_FAILED = 5 };

/* The last day of the demonstration unless another is asked for. */
#define DEMO_DAY "2026-03-31"

static const char help[] =
    "Usage: warmpath-generate demo DIR [--day DATE] [--seed N]\n"
    "       warmpath-generate edges --people N --ties M [--shape S] [--weights p|none] [--seed N]\n"
    "\n"
    "Write an invented network; the same arguments give the same bytes everywhere.\n"
    "\n"
    "demo DIR     a small firm and its market: DIR/people.jsonl and mailboxes in DIR/mail (the\n"
    "             firm's) and DIR/friends (of friends who share theirs)\n"
    "  --day DATE     the last of its three years, YYYY-MM-DD (default " DEMO_DAY ")\n"
    "  --seed N       another cast and other mail around the same story (default 1)\n"
    "\n"
    "edges        a random edge list on stdout, one `src,dst,p` a line\n"
    "  --people N     how many people, numbered from 1\n"
    "  --ties M       how many ties, in one direction each\n"
    "  --shape S      uniform (default); hubs: few know very many, most few;\n"
    "                 rmat: communities and hubs, pairs may repeat\n"
    "  --weights W    p (default): strengths .02 to .98; none: no third column\n"
    "  --seed N       another network (default 1)\n"
    "\n"
    "Examples:\n"
    "  warmpath-generate demo market\n"
    "  warmpath-generate edges --people 1000000 --ties 10000000 --shape hubs > ties.csv\n";

typedef struct request {
    const char *directory;
    int32_t day;
    edges_options edges; /* its seed is that of both commands */
    bool has_people;
    bool has_ties;
} request;

static bool complain(const char *option, const char *seen, const char *expected)
{
    fprintf(stderr, "warmpath-generate: %s: %s, expected %s\n", option, seen, expected);
    return false;
}

/* A whole decimal number up to `max`. */
static bool parse_number(const char *option, const char *text, uint64_t max, uint64_t *out)
{
    char *end = NULL;
    char expected[64];
    errno = 0;
    uint64_t number = strtoull(text, &end, 10);
    snprintf(expected, sizeof expected, "a whole number up to %" PRIu64, max);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number > max)
        return complain(option, text, expected);
    *out = number;
    return true;
}

static bool parse_shape(const char *text, edges_shape *shape)
{
    static const char *const names[] = {
        [EDGES_UNIFORM] = "uniform", [EDGES_HUBS] = "hubs", [EDGES_RMAT] = "rmat"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) == 0) {
            *shape = (edges_shape)i;
            return true;
        }
    }
    return complain("--shape", text, "uniform, hubs or rmat");
}

static bool parse_weights(const char *text, bool *has_weights)
{
    *has_weights = strcmp(text, "p") == 0;
    return *has_weights || strcmp(text, "none") == 0 || complain("--weights", text, "p or none");
}

static bool parse_day(const char *text, int32_t *day)
{
    /* The story looks back three years and mail has time zones. */
    return (calendar_parse_day(text, day) && *day > STORY_DAYS + 1) ||
           complain("--day", text, "a day YYYY-MM-DD from 1973-01-03 on");
}

/* One option; false when its value is wrong. */
static bool take_option(request *self, int letter, const char *value)
{
    uint64_t number = 0;
    switch (letter) {
    case 'd':
        return parse_day(value, &self->day);
    case 's':
        return parse_number("--seed", value, UINT64_MAX, &self->edges.seed);
    case 'p':
        self->has_people = parse_number("--people", value, UINT32_MAX, &number);
        self->edges.people = (uint32_t)number;
        return self->has_people;
    case 't':
        self->has_ties = parse_number("--ties", value, UINT64_MAX, &self->edges.ties);
        return self->has_ties;
    case 'h':
        return parse_shape(value, &self->edges.shape);
    case 'w':
        return parse_weights(value, &self->edges.has_weights);
    default:
        return false; /* getopt_long has said why */
    }
}

static int run_demo(int argc, char **argv)
{
    static const struct option options[] = {{"day", required_argument, NULL, 'd'},
                                            {"seed", required_argument, NULL, 's'},
                                            {NULL, 0, NULL, 0}};
    request self = {.edges = {.seed = 1}};
    if (!parse_day(DEMO_DAY, &self.day))
        return CODE_FAILED;
    for (int letter; (letter = getopt_long(argc, argv, "", options, NULL)) != -1;)
        if (!take_option(&self, letter, optarg))
            return CODE_USAGE;
    if (argc - optind != 1) {
        complain("demo", argc == optind ? "no directory" : "several arguments", "one directory");
        return CODE_USAGE;
    }
    return demo_write(argv[optind], self.day, self.edges.seed) ? CODE_DONE : CODE_FAILED;
}

/* Whether the options go together. */
static bool check_edges(const request *self, int words)
{
    char most[96];
    if (words > 0)
        return complain("edges", "an argument", "options alone");
    if (!self->has_people || !self->has_ties)
        return complain("edges", "no --people or no --ties", "both");
    uint64_t ties_max = edges_ties_max(&self->edges);
    snprintf(most, sizeof most, "at most %" PRIu64 " for so many people", ties_max);
    return self->edges.ties <= ties_max || complain("--ties", "too many", most);
}

static int run_edges(int argc, char **argv)
{
    static const struct option options[] = {
        {"people", required_argument, NULL, 'p'}, {"ties", required_argument, NULL, 't'},
        {"shape", required_argument, NULL, 'h'},  {"weights", required_argument, NULL, 'w'},
        {"seed", required_argument, NULL, 's'},   {NULL, 0, NULL, 0}};
    request self = {.edges = {.seed = 1, .has_weights = true}};
    for (int letter; (letter = getopt_long(argc, argv, "", options, NULL)) != -1;)
        if (!take_option(&self, letter, optarg))
            return CODE_USAGE;
    if (!check_edges(&self, argc - optind))
        return CODE_USAGE;
    if (edges_write(&self.edges, stdout))
        return CODE_DONE;
    fprintf(stderr, "warmpath-generate: edges: stdout: %s\n", strerror(errno));
    return CODE_FAILED;
}

static int print_help(void)
{
    return fputs(help, stdout) >= 0 && fflush(stdout) == 0 ? CODE_DONE : CODE_FAILED;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0)
            return print_help();
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "demo") == 0)
        return run_demo(argc - 1, argv + 1);
    if (strcmp(command, "edges") == 0)
        return run_edges(argc - 1, argv + 1);
    complain("command", command[0] == '\0' ? "none" : command, "demo or edges (see --help)");
    return CODE_USAGE;
}
