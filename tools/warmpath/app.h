/*
 * One run of the tool: the command line, the database, the day, and how to answer.
 *
 * Every command is a function of an `app` that returns an exit code. Messages go through
 * app_fail() and app_note(), so that all of them have one shape and stdout carries results alone.
 */
#ifndef WARMPATH_TOOL_APP_H
#define WARMPATH_TOOL_APP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "args.h"
#include "command.h"
#include "warmpath.h"

#define APP_NOTES_MAX 2

/* What the run did that belongs into the audit log. */
typedef struct app_deed {
    wp_audit_action action;
    uint32_t subject;
} app_deed;

typedef struct app {
    const command_row *command; /* NULL until it is known */
    args given;
    const char *db_path;
    bool is_unsynced;         /* how it is opened; see wp_open_options */
    size_t changed_bytes_max; /* likewise */
    bool is_json;
    bool is_quiet;
    bool has_color; /* stdout is a terminal and colour is wanted */
    size_t width;   /* columns of stdout; 80 when it is no terminal */
    int32_t day;    /* of evaluation: --day, else today */
    wp_db *db;
    wp_txn *txn;
    wp_error err;
    const volatile int *cancel; /* becomes non-zero on an interrupt */
    app_deed deeds[APP_NOTES_MAX];
    size_t deed_count;
    uint32_t actor; /* the person for whom it is asked: --as; 0: nobody is named */
} app;

/* Print "warmpath: COMMAND: message" on stderr and return `code`. */
int app_fail(const app *self, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As app_fail() for a failed call: prints "what: " and err.message; the code follows from err. */
int app_fail_status(const app *self, const char *what);

/* The exit code for a status. */
int app_code_of(wp_status status);

/* Print a line on stderr unless --quiet. */
void app_note(const app *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Remember a question or an export, to be logged when it has been answered. */
void app_asked(app *self, wp_audit_action action, uint32_t subject);
/* Log what was asked, when the audit log takes it; `code` is that of the answer, and returned
 * unless it could not be logged. */
int app_log_asked(app *self, int code);

/* Open the database; a missing one fails with a hint. Nothing to do when it is open. */
int app_open(app *self, bool is_read_only);

/* Open the database and begin a transaction. */
int app_begin_read(app *self);
/* The same for a command that must see everything, whoever runs it: a dump, an erasure. */
int app_begin_read_all(app *self);
int app_begin_write(app *self);

/* Commit the write transaction. */
int app_commit(app *self);

/* End the transaction without changes, if there is one. */
void app_end(app *self);

/* End the transaction and close the database. */
void app_close(app *self);

/* Whether an interrupt asks to stop. */
bool app_is_cancelled(const app *self);

/*
 * Read the value of an option when it was given; *out is left alone otherwise. A value outside
 * min..max, or with anything behind the number, is wrong usage.
 */
int app_option_u32(const app *self, const char *name, uint32_t min, uint32_t max, uint32_t *out);
int app_option_number(const app *self, const char *name, double min, double max, double *out);

/* --hops: 1..6, or "any" for WP_HOPS_ANY. */
int app_option_hops(const app *self, uint32_t *out);

/* Set app->day from --day. */
int app_option_day(app *self);

#endif
