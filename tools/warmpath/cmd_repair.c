/*
 * warmpath repair: a new database of what a damaged file still holds.
 *
 * The engine saves every record whose checksum holds. When the deep check finds nothing wrong with
 * the result, that is the new database. Otherwise what is derived does not fit what was saved: the
 * truth is dumped and loaded, which builds everything else anew. Both work in a directory beside
 * the new file, which appears complete or not at all; the damaged file is only read.
 *
 * The audit log does not go through a dump: its numbers would be those of others. So a log with a
 * hole is no reason to build anew, and when all is built anew the log begins again, as it was set.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "dump_lines.h"
#include "faults.h"
#include "text.h"
#include "workplace.h"

/* What came of it. */
typedef struct outcome {
    fault_sink faults;
    json_t *saved; /* by table */
    json_t *lost;  /* by table; null: their number is not known */
    uint64_t saved_count;
    bool is_json;
    bool is_rebuilt;
    uint64_t entries_left; /* of the audit log, which the new file does not have */
} outcome;

static void take_fault(void *context, const char *table_name, const char *key, const char *what)
{
    outcome *of = context;

    fault_take(&of->faults, table_name, key, what);
}

static void take_table(void *context, const char *table_name, uint64_t saved, uint64_t lost)
{
    outcome *of = context;
    bool is_known = lost != UINT64_MAX;

    of->saved_count += saved;
    if (saved == 0 && lost == 0)
        return;
    doc_put(of->saved, table_name, json_integer((json_int_t)saved));
    if (lost > 0)
        doc_put(of->lost, table_name, is_known ? json_integer((json_int_t)lost) : json_null());
    if (of->is_json)
        return;
    if (is_known)
        (void)printf("%-12s %10llu saved %10llu lost\n", table_name, (unsigned long long)saved,
                     (unsigned long long)lost);
    else
        (void)printf("%-12s %10llu saved, how many are lost is not known\n", table_name,
                     (unsigned long long)saved);
}

/* A run of the tool of its own on a file, without anything to say. */
static app step_of(const app *self, const char *db_path, const char **word)
{
    app step = *self;

    step.db = NULL;
    step.txn = NULL;
    step.db_path = db_path;
    step.is_json = false;
    step.is_quiet = true;
    step.given.words = word;
    step.given.word_count = 1;
    return step;
}

/* Count what is put right by building it anew. */
static void count_fault(void *context, const char *table_name, const char *key, const char *what)
{
    uint64_t *faults = context;

    (void)key;
    (void)what;
    *faults += strcmp(table_name, "audit") != 0;
}

/* Whether the deep check finds nothing that can be put right. */
static int check_sound(const app *self, const char *path, bool *is_sound)
{
    app step = step_of(self, path, NULL);
    uint64_t faults = 0, all = 0;
    int code = app_begin_read(&step);

    if (code == CODE_DONE &&
        wp_check(step.txn, true, count_fault, &faults, &all, &step.err) != WP_OK &&
        step.err.status != WP_ECORRUPT)
        code = app_fail_status(&step, path);
    *is_sound = code == CODE_DONE && faults == 0 && step.err.status == WP_OK;
    app_close(&step);
    return code;
}

static int give_name(const app *self, const char *inside, const char *path)
{
    if (workplace_place(inside, path))
        return CODE_DONE;
    return app_fail(self, CODE_DATABASE, "%s: %s, expected a place for a new file", path,
                    strerror(errno));
}

/* Dump what was saved and load it into the new file. */
static int rebuild(const app *self, const char *directory, const char *raw, const char *path)
{
    char *lines = text_format("%s/saved.jsonl", directory);
    const char *word = lines;
    app dumping = step_of(self, raw, &word), loading = step_of(self, path, &word);
    int code = dump_file(&dumping, lines, true);

    app_close(&dumping);
    if (code == CODE_DONE)
        code = cmd_load(&loading);
    app_close(&loading);
    free(lines);
    return code;
}

/* What the audit log of a file is set to, and how many entries it has. */
static int read_log(const app *self, const char *path, wp_audit_mode *mode, uint64_t *entries)
{
    app step = step_of(self, path, NULL);
    wp_audit_entry head = {0};
    int code = app_begin_read(&step);

    if (code == CODE_DONE &&
        (wp_audit_get_mode(step.txn, mode, &step.err) != WP_OK ||
         (wp_audit_head(step.txn, &head, &step.err) != WP_OK && step.err.status != WP_ENOTFOUND)))
        code = app_fail_status(&step, "audit log");
    *entries = head.number;
    app_close(&step);
    return code;
}

static int set_log(const app *self, const char *path, wp_audit_mode mode)
{
    app step = step_of(self, path, NULL);
    int code = app_begin_write(&step);

    if (code == CODE_DONE && wp_audit_set_mode(step.txn, mode, &step.err) != WP_OK)
        code = app_fail_status(&step, "audit log");
    if (code == CODE_DONE)
        code = app_commit(&step);
    app_close(&step);
    return code;
}

/* Build the new file of the truth in what was saved. */
static int rebuild_in(const app *self, const char *directory, const char *raw, const char *path,
                      outcome *of)
{
    char *built = text_format("%s/built.warmpath", directory);
    wp_audit_mode mode = WP_AUDIT_OFF;
    int code = read_log(self, raw, &mode, &of->entries_left);

    if (code == CODE_DONE)
        code = rebuild(self, directory, raw, built);
    if (code == CODE_DONE)
        code = set_log(self, built, mode);
    if (code == CODE_DONE)
        code = give_name(self, built, path);
    free(built);
    return code;
}

static int repair_in(app *self, const char *directory, const char *from, const char *path,
                     outcome *of)
{
    char *raw = text_format("%s/saved.warmpath", directory);
    bool is_sound = false;
    int code = CODE_DONE;

    if (wp_salvage(from, raw, take_fault, take_table, of, &self->err) != WP_OK)
        code = app_fail_status(self, from);
    else if (of->saved_count == 0)
        code = app_fail(self, CODE_DATABASE,
                        "%s: no record could be saved, nothing was written; expected a database",
                        from);
    if (code == CODE_DONE)
        code = check_sound(self, raw, &is_sound);
    of->is_rebuilt = !is_sound;
    if (code == CODE_DONE)
        code = is_sound ? give_name(self, raw, path) : rebuild_in(self, directory, raw, path, of);
    free(raw);
    return code;
}

static void print_outcome(const app *self, const outcome *of, const char *path)
{
    if (self->is_json) {
        json_t *document = doc_object();
        doc_put(document, "saved", json_incref(of->saved));
        doc_put(document, "lost", json_incref(of->lost));
        doc_put(document, "faults", json_incref(of->faults.list));
        doc_put(document, "rebuilt", json_boolean(of->is_rebuilt));
        doc_put(document, "audit_entries_left", json_integer((json_int_t)of->entries_left));
        doc_print(document);
    } else {
        app_note(self, "%s written%s", path,
                 of->is_rebuilt ? "; all that is derived was built anew" : "");
        if (of->entries_left > 0)
            app_note(self, "the audit log begins anew: %llu entries are left in the damaged file",
                     (unsigned long long)of->entries_left);
    }
}

int cmd_repair(app *self)
{
    const char *from = self->given.words[0], *path = self->given.words[1];
    outcome of = {.saved = doc_object(), .lost = doc_object(), .is_json = self->is_json};
    workplace beside;
    int code;

    of.faults.list = self->is_json ? doc_array() : NULL;
    if (access(path, F_OK) == 0)
        code = app_fail(self, CODE_DATABASE,
                        "%s: exists already, left untouched; expected a new file", path);
    else if (!workplace_open(&beside, path))
        code = app_fail(self, CODE_DATABASE, "%s: %s, expected a place for a new file", path,
                        strerror(errno));
    else {
        code = repair_in(self, beside.path, from, path, &of);
        workplace_close(&beside);
    }
    if (code == CODE_DONE)
        print_outcome(self, &of, path);
    json_decref(of.saved);
    json_decref(of.lost);
    json_decref(of.faults.list);
    return code;
}
