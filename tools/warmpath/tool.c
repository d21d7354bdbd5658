/*
 * From a command line to a command.
 *
 * Global options may stand before the command or after it. Everything that is wrong with the
 * command line is found before the database is opened.
 */
#include "tool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app.h"
#include "help.h"
#include "text.h"

#define WIDTH_DEFAULT 80
#define WIDTH_MIN 40
#define WIDTH_MAX 200

/* Options before the command: the common ones and those that stand alone. */
static const option_row front_rows[] = {{"version", 0, NULL, "print the version and end"},
                                        {"man", 0, NULL, "print the manual page and end"},
                                        {"json", 0, NULL, "as the option of the command"},
                                        {NULL, 0, NULL, NULL}};

static size_t find_width(void)
{
    struct winsize size = {0};
    const char *columns = getenv("COLUMNS");
    long width = WIDTH_DEFAULT;

    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        width = size.ws_col;
    else if (columns != NULL && strtol(columns, NULL, 10) > 0)
        width = strtol(columns, NULL, 10);
    if (width < WIDTH_MIN)
        return WIDTH_MIN;
    return width > WIDTH_MAX ? WIDTH_MAX : (size_t)width;
}

static bool wants_color(void)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0') &&
           (term == NULL || strcmp(term, "dumb") != 0);
}

static int fail_unknown_command(const app *self, const char *name)
{
    const char *nearest = command_nearest(name);

    for (size_t i = 0; command_names_later[i] != NULL; i++)
        if (strcmp(command_names_later[i], name) == 0)
            return app_fail(self, CODE_USAGE,
                            "%s: this release does not have this command, see 'warmpath help'",
                            name);
    if (nearest != NULL)
        return app_fail(self, CODE_USAGE, "%s: unknown command, did you mean '%s'?", name, nearest);
    return app_fail(self, CODE_USAGE, "%s: unknown command, see 'warmpath help'", name);
}

/* Take over what stands before or after the command. */
static void apply_common(app *self, const args *parsed)
{
    const char *db = args_get(parsed, "db");

    if (db != NULL)
        self->db_path = db;
    self->is_quiet = self->is_quiet || args_has(parsed, "quiet");
    self->is_json = self->is_json || args_has(parsed, "json");
    if (args_has(parsed, "no-color"))
        self->has_color = false;
}

static int check_words(const app *self)
{
    const command_row *row = self->command;
    size_t count = self->given.word_count;

    if (count < row->arguments_min)
        return app_fail(self, CODE_USAGE, "arguments: %zu given, expected %s; see --help", count,
                        row->usage);
    if (count > row->arguments_max)
        return app_fail(self, CODE_USAGE, "%s: unexpected argument, expected %s; see --help",
                        self->given.words[row->arguments_max], row->usage);
    if (self->is_json && !row->has_json)
        return app_fail(self, CODE_USAGE, "--json: this command has no answer in JSON");
    return CODE_DONE;
}

static int run_help(app *self, int argc, char *const *argv)
{
    const command_row *row = NULL;

    if (argc > 1)
        return app_fail(self, CODE_USAGE, "help: %d arguments given, expected [COMMAND]", argc);
    if (argc == 1 && (row = command_find(argv[0])) == NULL)
        return fail_unknown_command(self, argv[0]);
    if (row != NULL)
        help_print_command(row, self->width);
    else
        help_print_overview(self->width);
    return CODE_DONE;
}

static int run_command(app *self, const args *front, int argc, char *const *argv)
{
    int code;
    bool has_viewer = command_has_viewer(self->command);

    if (args_parse(&self->given, argc, argv, self->command->options,
                   has_viewer ? command_options_common : command_options_holder, false) < 0)
        return app_fail(self, CODE_USAGE, "%s", self->given.problem);
    if (!has_viewer && args_has(&self->given, "as"))
        return app_fail(self, CODE_USAGE,
                        "--as: this command is for whoever holds the file and has no viewer, "
                        "expected no --as");
    if (args_has(front, "db") && args_has(&self->given, "db"))
        return app_fail(self, CODE_USAGE, "--db: given twice, expected once");
    apply_common(self, &self->given);
    if (args_has(&self->given, "help")) {
        help_print_command(self->command, self->width);
        return CODE_DONE;
    }
    code = check_words(self);
    if (code == CODE_DONE)
        code = app_option_day(self);
    if (code == CODE_DONE)
        code = app_log_asked(self, self->command->run(self));
    app_close(self);
    return code;
}

/* The options before the command: whether they end the run, and with which code. */
static bool run_front(app *self, const args *front, int *code)
{
    *code = CODE_DONE;
    if (args_has(front, "version"))
        (void)printf("warmpath %s\n", wp_version());
    else if (args_has(front, "man"))
        man_print();
    else if (args_has(front, "help"))
        help_print_overview(self->width);
    else
        return false;
    return true;
}

static int run(app *self, args *front, int argc, char *const *argv)
{
    int code, used = args_parse(front, argc, argv, front_rows, command_options_common, true);

    if (used < 0)
        return app_fail(self, CODE_USAGE, "%s", front->problem);
    apply_common(self, front);
    if (run_front(self, front, &code))
        return code;
    if (used == argc)
        return app_fail(self, CODE_USAGE, "command: none given, see 'warmpath help'");
    argc -= used;
    argv += used;
    if (strcmp(argv[0], "help") == 0)
        return run_help(self, argc - 1, argv + 1);
    self->command = command_find(argv[0]);
    if (self->command == NULL)
        return fail_unknown_command(self, argv[0]);
    return run_command(self, front, argc - 1, argv + 1);
}

int tool_run(int argc, char *const *argv, const volatile int *cancel)
{
    const char *db = getenv("WARMPATH_DB");
    args front = {0};
    app self = {.db_path = db != NULL && db[0] != '\0' ? db : "network.warmpath",
                .has_color = wants_color(),
                .width = find_width(),
                .cancel = cancel};
    int code = run(&self, &front, argc, argv);

    args_free(&front);
    args_free(&self.given);
    return code;
}
