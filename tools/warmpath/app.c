/*
 * One run of the tool: messages, database, values of options.
 *
 * A message is one line, "warmpath: COMMAND: what: seen, expected". The text of a failed engine
 * call is used as the engine wrote it: the lowest function that knows the reason says it.
 */
#include "app.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "date.h"
#include "digest.h"
#include "text.h"

/* A dump or check of a large file reads one snapshot for as long as it takes. */
#define SNAPSHOT_AGE_MAX_MS 3600000u

/* Of a message of more bytes the middle is left out. */
#define MESSAGE_MAX 1500
#define MESSAGE_END 300

/* Messages can quote what the user or a file said, so they are cleaned like names. */
static void print_line(const app *self, const char *format, va_list arguments)
{
    char *text = NULL;

    if (vasprintf(&text, format, arguments) < 0)
        return;
    char *clean = text_clean(text);
    text_shorten(clean, MESSAGE_MAX, MESSAGE_END);
    if (self->command != NULL)
        (void)fprintf(stderr, "warmpath: %s: %s\n", self->command->name, clean);
    else
        (void)fprintf(stderr, "warmpath: %s\n", clean);
    free(clean);
    free(text);
}

int app_fail(const app *self, int code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print_line(self, format, arguments);
    va_end(arguments);
    return code;
}

int app_code_of(wp_status status)
{
    switch (status) {
    case WP_OK:
        return CODE_DONE;
    case WP_ENOTFOUND:
    case WP_EINVAL:
    case WP_ECONFLICT:
    case WP_EERASED:
        return CODE_INPUT;
    case WP_EDEADLINE:
    case WP_EBUDGET:
    case WP_ECANCELLED:
        return CODE_STOPPED;
    case WP_ENOMEM:
    case WP_EIO:
    case WP_EFULL:
    case WP_ECORRUPT:
    case WP_EFORMAT:
    case WP_EEXIST:
    case WP_EBUSY:
    case WP_EFORK:
    case WP_EREADONLY:
    case WP_EACCESS:
    case WP_EUNKNOWN:
    case WP_ESTALE:
        return CODE_DATABASE;
    }
    return CODE_DATABASE;
}

int app_fail_status(const app *self, const char *what)
{
    const char *message = self->err.message;

    if (message[0] == '\0')
        message = wp_status_name(self->err.status);
    bool is_repair = self->command != NULL && strcmp(self->command->name, "repair") == 0;
    bool can_help = self->err.status == WP_ECORRUPT && !is_repair;
    return app_fail(self, app_code_of(self->err.status), "%s: %s%s", what, message,
                    can_help ? "; 'warmpath repair' saves what can be saved" : "");
}

void app_note(const app *self, const char *format, ...)
{
    va_list arguments;

    if (self->is_quiet)
        return;
    va_start(arguments, format);
    char *text = NULL;
    if (vasprintf(&text, format, arguments) >= 0) {
        char *clean = text_clean(text);
        (void)fprintf(stderr, "%s\n", clean);
        free(clean);
        free(text);
    }
    va_end(arguments);
}

int app_open(app *self, bool is_read_only)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;

    if (self->db != NULL)
        return CODE_DONE;
    options.is_read_only = is_read_only;
    options.is_unsynced = self->is_unsynced;
    options.changed_bytes_max = self->changed_bytes_max;
    options.reader_age_max_ms = SNAPSHOT_AGE_MAX_MS;
    options.sha256 = digest_sha256;
    options.user = (uint32_t)getuid();
    switch (wp_open(self->db_path, &options, &self->db, &self->err)) {
    case WP_OK:
        return CODE_DONE;
    case WP_ENOTFOUND:
        return app_fail(
            self, CODE_DATABASE,
            "%s: no such database, create one with 'warmpath init' or name one with --db",
            self->db_path);
    default:
        (void)app_fail_status(self, self->db_path);
        return CODE_DATABASE; /* whatever is wrong, it is wrong with the database */
    }
}

void app_asked(app *self, wp_audit_action action, uint32_t subject)
{
    if (self->deed_count < APP_NOTES_MAX)
        self->deeds[self->deed_count++] = (app_deed){action, subject};
}

/* Whether the log takes any of it. */
static int read_is_logged(app *self, bool *is_logged)
{
    wp_audit_mode mode;
    int code = app_begin_read(self);

    *is_logged = false;
    if (code == CODE_DONE && wp_audit_get_mode(self->txn, &mode, &self->err) != WP_OK)
        code = app_fail_status(self, "audit log");
    app_end(self);
    for (size_t i = 0; i < self->deed_count && code == CODE_DONE; i++)
        *is_logged |= mode == WP_AUDIT_ALL ||
                      (mode == WP_AUDIT_CHANGES && self->deeds[i].action == WP_AUDIT_EXPORT);
    return code;
}

int app_log_asked(app *self, int code)
{
    bool is_logged = false;

    if (self->deed_count == 0 || code == CODE_USAGE || code == CODE_INPUT || code == CODE_DATABASE)
        return code;
    app_end(self);
    int logging = read_is_logged(self, &is_logged);
    if (logging != CODE_DONE || !is_logged)
        return logging != CODE_DONE ? logging : code;
    app_close(self); /* it may be open for reading alone */
    logging = app_begin_write(self);
    for (size_t i = 0; i < self->deed_count && logging == CODE_DONE; i++)
        if (wp_audit_note(self->txn, self->deeds[i].action, self->actor, self->deeds[i].subject, 0,
                          &self->err) != WP_OK)
            logging = app_fail_status(self, "audit log");
    if (logging == CODE_DONE)
        logging = app_commit(self);
    return logging != CODE_DONE ? logging : code;
}

int app_begin_read(app *self)
{
    int code = app_open(self, true);

    if (code != CODE_DONE)
        return code;
    if (wp_begin_read(self->db, &self->txn, &self->err) != WP_OK)
        return app_fail_status(self, self->db_path);
    return CODE_DONE;
}

int app_begin_read_all(app *self)
{
    int code = app_begin_read(self);

    if (code == CODE_DONE && wp_txn_use_viewer(self->txn, WP_VIEW_ALL, &self->err) != WP_OK)
        code = app_fail_status(self, self->db_path);
    return code;
}

int app_begin_write(app *self)
{
    int code = app_open(self, false);

    if (code != CODE_DONE)
        return code;
    if (wp_begin_write(self->db, &self->txn, &self->err) != WP_OK)
        return app_fail_status(self, self->db_path);
    return CODE_DONE;
}

int app_commit(app *self)
{
    wp_txn *txn = self->txn;

    self->txn = NULL; /* it has ended whatever is returned */
    if (wp_commit(txn, &self->err) != WP_OK)
        return app_fail_status(self, self->db_path);
    return CODE_DONE;
}

void app_end(app *self)
{
    wp_abort(self->txn);
    self->txn = NULL;
}

void app_close(app *self)
{
    app_end(self);
    wp_close(self->db);
    self->db = NULL;
}

bool app_is_cancelled(const app *self)
{
    return self->cancel != NULL && *self->cancel != 0;
}

int app_option_u32(const app *self, const char *name, uint32_t min, uint32_t max, uint32_t *out)
{
    const char *text = args_get(&self->given, name);
    char *end = NULL;
    unsigned long value;

    if (text == NULL)
        return CODE_DONE;
    errno = 0;
    value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < min || value > max)
        return app_fail(self, CODE_USAGE, "--%s: %s, expected %u..%u", name, text, min, max);
    *out = (uint32_t)value;
    return CODE_DONE;
}

int app_option_number(const app *self, const char *name, double min, double max, double *out)
{
    const char *text = args_get(&self->given, name);
    char *end = NULL;
    double value;

    if (text == NULL)
        return CODE_DONE;
    value = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(value) || value < min || value > max)
        return app_fail(self, CODE_USAGE, "--%s: %s, expected %g..%g", name, text, min, max);
    *out = value;
    return CODE_DONE;
}

int app_option_hops(const app *self, uint32_t *out)
{
    const char *text = args_get(&self->given, "hops");

    if (text == NULL)
        return CODE_DONE;
    if (strcmp(text, "any") == 0) {
        *out = WP_HOPS_ANY;
        return CODE_DONE;
    }
    if (text[0] < '1' || text[0] > '6' || text[1] != '\0')
        return app_fail(self, CODE_USAGE, "--hops: %s, expected 1..6 or any", text);
    *out = (uint32_t)(text[0] - '0');
    return CODE_DONE;
}

int app_option_day(app *self)
{
    const char *text = args_get(&self->given, "day");

    self->day = date_today();
    if (text != NULL && !date_parse_day(text, &self->day))
        return app_fail(self, CODE_USAGE, "--day: %s, expected YYYY-MM-DD", text);
    return CODE_DONE;
}
