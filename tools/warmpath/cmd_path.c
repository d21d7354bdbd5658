/*
 * warmpath path: the warmest introductions.
 *
 * The command turns words into a wp_path_query, runs it, copies the answer and prints it in one of
 * four forms. When there is no path it asks once more without limits, to tell the reader which
 * limit stood in the way; that second search is bounded and its answer is only a hint.
 */
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "date.h"
#include "elsewhere.h"
#include "output.h"
#include "path_answer.h"
#include "text.h"
#include "title.h"
#include "who.h"

#define HINT_DEADLINE_MS 2000
#define SCORE_MIN_DEFAULT 0.02

/* What the words on the command line mean. */
typedef struct path_question {
    const char *from;
    const char *to;
    who_found target;
    who_list sources;
    who_list targets;
    wp_number *avoid;
    size_t avoid_count;
    wp_path_query query; /* points into the lists above */
} path_question;

static void question_free(path_question *question)
{
    who_list_free(&question->sources);
    who_list_free(&question->targets);
    free(question->avoid);
}

/* Options whose values need no database. */
static int read_options(const app *self, path_question *question)
{
    wp_path_query *query = &question->query;
    int code;

    question->to = args_get(&self->given, "to");
    question->from = args_get(&self->given, "from");
    if (question->from == NULL)
        question->from = "us";
    if (question->to == NULL)
        return app_fail(self, CODE_USAGE, "--to: missing, expected a person or company");
    if (args_has(&self->given, "json") + args_has(&self->given, "dot") +
            args_has(&self->given, "svg") >
        1)
        return app_fail(self, CODE_USAGE, "--json, --dot, --svg: several given, expected one");
    query->is_plain = args_has(&self->given, "plain");
    query->with_reach = !query->is_plain;
    query->day = self->day;
    query->limits.cancel = self->cancel;
    if ((code = app_option_hops(self, &query->hops_max)) != CODE_DONE ||
        (code = app_option_u32(self, "count", 1, 1000, &query->k)) != CODE_DONE ||
        (code = app_option_number(self, "min-strength", 0, 1, &query->p_min)) != CODE_DONE ||
        (code = app_option_number(self, "diverse", 0, 1, &query->diverse)) != CODE_DONE)
        return code;
    return app_option_u32(self, "deadline", 1, UINT32_MAX, &query->limits.deadline_ms);
}

/* The options that leave targets out by their titles; each may be given several times. */
static const char *const title_options[] = {"title", "seniority", "department"};

#define TITLE_OPTIONS (sizeof title_options / sizeof *title_options)

/* The first of them that was given; NULL: none. */
static const char *title_option(const app *self)
{
    for (size_t i = 0; i < TITLE_OPTIONS; i++)
        if (args_has(&self->given, title_options[i]))
            return title_options[i];
    return NULL;
}

/* Whether a text matches one of an option's globs, or none was given. */
static bool is_wanted(const app *self, const char *option, const char *text)
{
    const char *glob;

    if (!args_has(&self->given, option))
        return true;
    for (size_t i = 0; (glob = args_at(&self->given, option, i)) != NULL; i++)
        if (text != NULL && fnmatch(glob, text, FNM_CASEFOLD) == 0)
            return true;
    return false;
}

static int keep_titles(app *self, const title_table *titles, path_question *question)
{
    size_t kept = 0;

    for (size_t i = 0; i < question->targets.count; i++) {
        wp_person found;
        wp_number number = question->targets.items[i];
        if (wp_person_get(self->txn, number, self->day, &found, &self->err) != WP_OK)
            return app_fail_status(self, "--to");
        title_class position = title_classify(titles, found.title);
        if (is_wanted(self, "title", found.title) &&
            is_wanted(self, "seniority", position.seniority) &&
            is_wanted(self, "department", position.department))
            question->targets.items[kept++] = number;
    }
    question->targets.count = kept;
    return CODE_DONE;
}

/* Keep the targets whose title is wanted; all of them when none was asked for. */
static int filter_titles(app *self, path_question *question)
{
    const char *option = title_option(self);
    title_table *titles = NULL;

    if (option == NULL)
        return CODE_DONE;
    if (question->target.kind == WHO_PERSON)
        return app_fail(self, CODE_USAGE, "--%s: '%s' is a person, expected a company", option,
                        question->to);
    int code = title_table_read(self, &titles);
    if (code == CODE_DONE)
        code = keep_titles(self, titles, question);
    title_table_free(titles);
    return code;
}

static int fail_no_targets(app *self, const path_question *question)
{
    char day[DATE_TEXT_BYTES];
    bool is_by_title = title_option(self) != NULL, is_group = question->target.kind == WHO_GROUP;
    char *hint = is_by_title || is_group ? NULL : elsewhere_hint(self, question->target.number);
    int code = app_fail(self, CODE_NOTHING, "--to: %s: nobody is %s on %s%s%s%s", question->to,
                        is_group ? "in it" : "employed there", date_format_day(self->day, day),
                        is_by_title ? " with such a title" : "", hint != NULL ? "; " : "",
                        hint != NULL ? hint : "");

    free(hint);
    return code;
}

static int find_targets(app *self, path_question *question)
{
    int code = who_find(self, "--to", question->to, CODE_NOTHING, &question->target);

    if (code == CODE_DONE)
        who_asked(self, question->target);
    if (code == CODE_DONE)
        code = who_people(self, question->target, &question->targets);
    if (code == CODE_DONE)
        code = filter_titles(self, question);
    if (code == CODE_DONE && question->targets.count == 0)
        code = fail_no_targets(self, question);
    return code;
}

static int find_sources(app *self, path_question *question)
{
    who_found from;
    int code = who_find(self, "--from", question->from, CODE_INPUT, &from);

    if (code != CODE_DONE)
        return code;
    if (from.kind == WHO_US)
        return who_us(self, &question->sources);
    code = who_people(self, from, &question->sources);
    if (code == CODE_DONE && question->sources.count == 0)
        code = app_fail(self, CODE_INPUT, "--from: %s: nobody is %s on that day", question->from,
                        from.kind == WHO_GROUP ? "in it" : "employed there");
    return code;
}

static int find_via_and_avoid(app *self, path_question *question)
{
    const char *text = args_get(&self->given, "via");
    int code = CODE_DONE;

    if (text != NULL)
        code = who_find_person(self, "--via", text, CODE_INPUT, &question->query.via);
    question->avoid = text_new(self->given.option_count, sizeof *question->avoid);
    for (size_t i = 0; code == CODE_DONE && (text = args_at(&self->given, "avoid", i)) != NULL; i++)
        code = who_find_person(self, "--avoid", text, CODE_INPUT,
                               &question->avoid[question->avoid_count++]);
    return code;
}

static bool is_in(const who_list *people, wp_number number)
{
    for (size_t i = 0; i < people->count; i++)
        if (people->items[i] == number)
            return true;
    return false;
}

/* Who is at an end of the paths is never between them, so such a search would find nothing. */
static int check_via(const app *self, const path_question *question)
{
    const char *text = args_get(&self->given, "via");
    wp_number via = question->query.via;

    if (text != NULL && is_in(&question->targets, via))
        return app_fail(self, CODE_NOTHING,
                        "--via: '%s' is a target, expected somebody between source and target",
                        text);
    if (text != NULL && is_in(&question->sources, via))
        return app_fail(self, CODE_NOTHING,
                        "--via: '%s' is a source, expected somebody between source and target; "
                        "try --from '%s'",
                        text, text);
    return CODE_DONE;
}

static int find_people(app *self, path_question *question)
{
    wp_path_query *query = &question->query;
    int code = find_targets(self, question);

    if (code == CODE_DONE)
        code = find_sources(self, question);
    if (code == CODE_DONE)
        code = find_via_and_avoid(self, question);
    if (code == CODE_DONE)
        code = check_via(self, question);
    query->sources = question->sources.items;
    query->source_count = question->sources.count;
    query->targets = question->targets.items;
    query->target_count = question->targets.count;
    query->avoid = question->avoid;
    query->avoid_count = question->avoid_count;
    return code;
}

/* Which limits a path found without limits breaks: "--hops 4 --min-strength 0.03". */
static char *describe_limits(const wp_path *path, const wp_path_query *query)
{
    text_buffer out = {0};
    double weakest = path->ties[path->weakest].p;

    text_add(&out, "");
    if (query->hops_max != WP_HOPS_ANY && path->hops > query->hops_max && path->hops <= 6)
        text_add_format(&out, " --hops %u", path->hops);
    else if (query->hops_max != WP_HOPS_ANY && path->hops > query->hops_max)
        text_add(&out, " --hops any");
    if (!query->is_plain && path->score < SCORE_MIN_DEFAULT)
        text_add(&out, " --plain");
    else if (!query->is_plain && weakest < query->p_min)
        text_add_format(&out, " --min-strength %.2g", floor(weakest * 100) / 100);
    return out.text;
}

/* One line on stderr that helps. `question` still belongs to the open transaction. */
static int fail_no_path(app *self, const path_question *question)
{
    wp_path_query relaxed = question->query;
    wp_paths *paths = NULL;
    char day[DATE_TEXT_BYTES], hops[40] = "any number of hops", score[OUTPUT_SCORE_BYTES];

    (void)date_format_day(self->day, day);
    if (relaxed.hops_max != WP_HOPS_ANY)
        (void)snprintf(hops, sizeof hops, "%u hop%s", relaxed.hops_max,
                       relaxed.hops_max == 1 ? "" : "s");
    relaxed.hops_max = WP_HOPS_ANY;
    relaxed.p_min = 0;
    relaxed.score_min = 0;
    relaxed.k = 1;
    relaxed.with_reach = false;
    relaxed.limits.deadline_ms = HINT_DEADLINE_MS;
    /* The hint is a courtesy: when its search fails, the line simply has none. */
    (void)!wp_paths_find(self->txn, &relaxed, &paths, NULL);
    if (wp_paths_count(paths) > 0) {
        const wp_path *path = wp_paths_at(paths, 0);
        char *limits = describe_limits(path, &question->query);
        (void)app_fail(self, CODE_NOTHING,
                       "%s: no path from %s within %s on %s; the nearest has %u hop%s and score "
                       "%s%s%s",
                       question->to, question->from, hops, day, path->hops,
                       path->hops == 1 ? "" : "s", output_score(path->score, score),
                       limits[0] != '\0' ? ", try" : "", limits);
        free(limits);
    } else {
        (void)app_fail(self, CODE_NOTHING, "%s: no path from %s within %s on %s%s", question->to,
                       question->from, hops, day,
                       paths != NULL && wp_paths_is_complete(paths) ? ", nor any longer one" : "");
    }
    wp_paths_free(paths);
    return CODE_NOTHING;
}

static int print_svg(const app *self, const path_answer *answer, const char *path)
{
    output_file file;
    int code = output_file_open(self, path, &file);

    if (code != CODE_DONE)
        return code;
    path_print_svg(file.stream, answer);
    code = output_file_close(self, &file, CODE_DONE);
    if (code == CODE_DONE && strcmp(path, "-") != 0)
        app_note(self, "%zu path%s drawn into %s", answer->count, answer->count == 1 ? "" : "s",
                 path);
    return code;
}

static int print_answer(const app *self, const path_answer *answer)
{
    const char *svg = args_get(&self->given, "svg");

    if (self->is_json) {
        path_print_json(answer);
    } else if (args_has(&self->given, "dot")) {
        path_print_dot(stdout, answer);
    } else if (svg != NULL) {
        return answer->count > 0 ? print_svg(self, answer, svg) : CODE_DONE;
    } else {
        path_print_text(self, answer);
    }
    return CODE_DONE;
}

/* What policy withholds, for those with the right to audit. */
static int read_withheld(app *self, const path_question *question, path_answer *answer)
{
    wp_path_query query = question->query;

    answer->has_withheld = who_is_audit(self);
    query.with_reach = false;
    if (!answer->has_withheld)
        return CODE_DONE;
    wp_status status = wp_paths_withheld(self->txn, &query, &answer->withheld, &self->err);
    return status == WP_OK ? CODE_DONE : app_fail_status(self, "withheld");
}

/* Search, copy, end the transaction, print. */
static int answer_question(app *self, const path_question *question)
{
    path_answer answer = {.from = question->from,
                          .to = question->to,
                          .day = self->day,
                          .hops_max = question->query.hops_max};
    wp_paths *paths = NULL;
    wp_status status = wp_paths_find(self->txn, &question->query, &paths, &self->err);
    int code = app_code_of(status);

    if (code != CODE_DONE && code != CODE_STOPPED)
        return app_fail_status(self, question->to);
    if (code == CODE_STOPPED)
        (void)app_fail_status(self, "incomplete");
    int read = path_answer_read(self, paths, &answer);
    wp_paths_free(paths);
    if (read == CODE_DONE && code == CODE_DONE)
        read = read_withheld(self, question, &answer);
    if (read != CODE_DONE)
        code = read;
    else if (code == CODE_DONE && answer.count == 0)
        code = fail_no_path(self, question);
    app_end(self);
    if (read == CODE_DONE) {
        int printed = print_answer(self, &answer);
        code = printed != CODE_DONE ? printed : code;
    }
    path_answer_free(&answer);
    return code;
}

/* The document when nobody is there to search for. */
static void print_no_answer(const app *self, const path_question *question)
{
    path_answer answer = {.from = question->from,
                          .to = question->to,
                          .day = self->day,
                          .hops_max = question->query.hops_max,
                          .is_complete = true,
                          .reach = NAN};

    path_print_json(&answer);
}

int cmd_path(app *self)
{
    path_question question = {.query = WP_PATH_QUERY_INIT};
    int code = read_options(self, &question);

    if (code == CODE_DONE)
        code = who_begin_read(self);
    if (code == CODE_DONE) {
        code = find_people(self, &question);
        if (code == CODE_NOTHING && self->is_json)
            print_no_answer(self, &question);
    }
    if (code == CODE_DONE)
        code = answer_question(self, &question);
    question_free(&question);
    return code;
}
