/*
 * warmpath forget: erasing people, and the list of whom not to store again.
 *
 * All that is named is erased in one transaction. An address, id or profile that nobody has is
 * suppressed all the same, so that an objection can be kept before there is anything to erase. Then
 * the file is rebuilt, unless that is deferred. The list can be written and taken over by another
 * file: a backup that was restored, or a database that a dump is to be loaded into.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "doc.h"
#include "dump_lines.h"
#include "import/crm_value.h"
#include "import/jsonl.h"
#include "import/lines.h"
#include "output.h"
#include "text.h"
#include "who.h"

/* What was done. */
typedef struct forgetting {
    uint64_t people;
    uint64_t suppressed; /* identities that nobody had */
    wp_erasure sum;
} forgetting;

static int erase(app *self, wp_number person, forgetting *done)
{
    wp_erasure erased;

    if (wp_person_erase(self->txn, person, &erased, &self->err) != WP_OK)
        return app_fail_status(self, "forget");
    done->people++;
    done->sum.identities += erased.identities;
    done->sum.interactions_removed += erased.interactions_removed;
    done->sum.interactions_changed += erased.interactions_changed;
    done->sum.texts += erased.texts;
    return CODE_DONE;
}

/* Somebody who is not stored is not to be stored. */
static int suppress(app *self, const wp_identity *identity, forgetting *done)
{
    bool has = false;
    wp_status status = wp_suppression_has(self->txn, identity, &has, &self->err);

    if (status == WP_OK && !has)
        status = wp_suppression_add(self->txn, identity, &self->err);
    if (status != WP_OK)
        return app_fail_status(self, "WHO");
    done->suppressed += has ? 0 : 1;
    return CODE_DONE;
}

static int forget_one(app *self, const char *text, forgetting *done)
{
    char held[WHO_HELD_BYTES];
    wp_identity identity;
    wp_number person = 0;

    if (who_identity(self, text, held, &identity)) {
        wp_status status = wp_identity_find(self->txn, &identity, &person, &self->err);
        if (status == WP_ENOTFOUND)
            return suppress(self, &identity, done);
        return status == WP_OK ? erase(self, person, done) : app_fail_status(self, "WHO");
    }
    int code = who_find_person(self, "WHO", text, CODE_INPUT, &person);
    return code == CODE_DONE ? erase(self, person, done) : code;
}

static int forget_named(app *self, forgetting *done)
{
    int code = app_begin_write(self);

    for (size_t i = 0; i < self->given.word_count && code == CODE_DONE; i++)
        code = forget_one(self, self->given.words[i], done);
    return code;
}

/* Whether an identity of a stored person is suppressed. */
static int is_suppressed(app *self, wp_number number, bool *is)
{
    wp_person person;
    wp_status status = wp_person_get(self->txn, number, self->day, &person, &self->err);

    *is = false;
    size_t count = status == WP_OK ? person.identity_count : 0;
    wp_identity *identities = text_new(count + 1, sizeof *identities);
    for (size_t i = 0; i < count; i++)
        identities[i] =
            (wp_identity){person.identities[i].kind, text_copy(person.identities[i].text)};
    for (size_t i = 0; i < count; i++) {
        if (status == WP_OK && !*is)
            status = wp_suppression_has(self->txn, &identities[i], is, &self->err);
        free((void *)(uintptr_t)identities[i].text);
    }
    free(identities);
    return status == WP_OK ? CODE_DONE : app_fail_status(self, "person");
}

/* Erase everybody whose identity is suppressed. */
static int erase_suppressed(app *self, forgetting *done)
{
    wp_number number = 0;
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_person_next(self->txn, &number, &self->err)) != WP_ENOTFOUND) {
        bool is = false;
        if (status != WP_OK)
            return app_fail_status(self, "person");
        code = is_suppressed(self, number, &is);
        if (code == CODE_DONE && is)
            code = erase(self, number, done);
    }
    return code;
}

static int take_line(app *self, const char *path, const text_line *line, fact *row,
                     forgetting *done)
{
    verdict what = {.outcome = OUTCOME_ADDED};
    int code = CODE_DONE;

    if (jsonl_peek(line->text, line->length) != FACT_SUPPRESSED)
        return CODE_DONE; /* of a dump everything else is passed over */
    json_t *object = jsonl_load(line->text, line->length, &what);
    row->type = FACT_SUPPRESSED;
    if (object == NULL || !jsonl_parse(object, row, &what))
        code = app_fail(self, CODE_INPUT, "%s:%llu: %s", path, (unsigned long long)line->number,
                        what.detail);
    else if (wp_suppression_put(self->txn, &row->suppression, &self->err) != WP_OK)
        code = app_fail_status(self, path);
    else
        done->suppressed++;
    json_decref(object);
    return code;
}

static int take_list(app *self, const char *path, int fd, forgetting *done)
{
    lines reader = {0};
    text_line line;
    int code = CODE_DONE;
    fact *row = text_new(1, sizeof *row);
    lines_code got = lines_open(&reader, fd, 0, 0, LINES_LIMIT_MAX, NULL);

    while (code == CODE_DONE && got == LINES_OK && (got = lines_next(&reader, &line)) == LINES_OK)
        code = take_line(self, path, &line, row, done);
    if (code == CODE_DONE && got == LINES_FAILED)
        code = app_fail(self, CODE_INPUT, "%s: %s", path, strerror(reader.failure));
    lines_free(&reader);
    fact_free(row);
    free(row);
    return code;
}

/* Take over a list; whoever it names and is stored is erased. */
static int apply(app *self, const char *path, forgetting *done)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "re");

    if (file == NULL)
        return app_fail(self, CODE_INPUT, "--apply: %s: %s, expected a list or a dump", path,
                        strerror(errno));
    int code = app_begin_write(self);
    if (code == CODE_DONE)
        code = take_list(self, path, fileno(file), done);
    if (!is_stdin)
        (void)fclose(file);
    return code == CODE_DONE ? erase_suppressed(self, done) : code;
}

/* A suppressed id cannot be looked up, so one of 15 characters is tried as it is stored, too. */
static wp_status lift_identity(app *self, const wp_identity *identity)
{
    char whole[CRM_SALESFORCE_ID_BYTES];
    wp_status status = wp_suppression_lift(self->txn, identity, &self->err);

    if (status == WP_ENOTFOUND && identity->kind == WP_IDENTITY_ID &&
        crm_salesforce_id(identity->text, whole))
        status = wp_suppression_lift(self->txn, &(wp_identity){WP_IDENTITY_ID, whole}, &self->err);
    return status;
}

static int lift(app *self, const char *text)
{
    char held[WHO_HELD_BYTES];
    wp_identity identity;
    int code = app_begin_write(self);

    if (code != CODE_DONE)
        return code;
    if (!who_identity(self, text, held, &identity))
        return app_fail(self, CODE_USAGE, "--lift: %s, expected an address, id:TEXT or linkedin:S",
                        text);
    if (lift_identity(self, &identity) != WP_OK)
        return app_fail_status(self, "--lift");
    code = app_commit(self);
    if (code == CODE_DONE)
        app_note(self, "lifted: imports store the person again");
    return code;
}

static int write_list(app *self, const char *path)
{
    wp_suppression at = {0};
    output_file file;
    wp_status status;
    uint64_t count = 0;
    int code = app_begin_read_all(self);

    if (code == CODE_DONE)
        code = output_file_open(self, path, &file);
    if (code != CODE_DONE)
        return code;
    while ((status = wp_suppression_next(self->txn, &at, &self->err)) == WP_OK) {
        json_t *line = dump_suppression(&at);
        doc_write(file.stream, line);
        (void)fputc('\n', file.stream);
        json_decref(line);
        count++;
    }
    code = status == WP_ENOTFOUND ? CODE_DONE : app_fail_status(self, "suppressions");
    code = output_file_close(self, &file, code);
    if (code == CODE_DONE && strcmp(path, "-") != 0)
        app_note(self, "%llu suppressions written to %s", (unsigned long long)count, path);
    return code;
}

static int print_done(app *self, const forgetting *done, bool is_dry_run)
{
    wp_stats stats = {0};
    int code = app_begin_read_all(self);

    if (code != CODE_DONE)
        return code;
    if (wp_stats_get(self->txn, &stats, &self->err) != WP_OK)
        return app_fail_status(self, self->db_path);
    app_end(self);
    json_t *document = doc_object();
    doc_put(document, "people", json_integer((json_int_t)done->people));
    doc_put(document, "identities", json_integer((json_int_t)done->sum.identities));
    doc_put(document, "suppressed", json_integer((json_int_t)done->suppressed));
    doc_put(document, "interactions_removed",
            json_integer((json_int_t)done->sum.interactions_removed));
    doc_put(document, "interactions_changed",
            json_integer((json_int_t)done->sum.interactions_changed));
    doc_put(document, "texts", json_integer((json_int_t)done->sum.texts));
    doc_put(document, "dry_run", json_boolean(is_dry_run));
    doc_put(document, "pending", json_integer((json_int_t)stats.erasures_pending));
    doc_put(document, "due", doc_day_of_time(stats.erasures_due_s));
    doc_print(document);
    return CODE_DONE;
}

static void say_done(const app *self, const forgetting *done, bool is_dry_run)
{
    if (done->people == 0 && done->suppressed > 0) {
        app_note(self,
                 "nobody stored has what was given; %s suppressed, so that nothing stores it "
                 "(forget --lift takes that back)",
                 is_dry_run ? "it would be" : "it is");
        return;
    }
    app_note(self,
             "%s%llu people with %llu identities, %llu identities not stored before; %llu "
             "interactions removed, %llu lost a participant or their id; %llu texts",
             is_dry_run ? "would be erased: " : "erased: ", (unsigned long long)done->people,
             (unsigned long long)done->sum.identities, (unsigned long long)done->suppressed,
             (unsigned long long)done->sum.interactions_removed,
             (unsigned long long)done->sum.interactions_changed,
             (unsigned long long)done->sum.texts);
}

/* Commit, and rebuild the file at once unless that is deferred. */
static int finish(app *self, const forgetting *done)
{
    bool is_deferred = args_has(&self->given, "defer");
    int code = app_commit(self);

    if (code == CODE_DONE && !self->is_json)
        say_done(self, done, false);
    if (code != CODE_DONE || done->people == 0)
        return code;
    if (is_deferred) {
        app_note(self,
                 "deferred: the bytes are in the file until 'warmpath compact', within %d "
                 "days of the first",
                 WP_ERASURE_DAYS);
        return CODE_DONE;
    }
    if (wp_vacuum(self->db, NULL, NULL, &self->err) == WP_OK) {
        app_note(self, "the file was rebuilt; backups and dumps made before still hold the person");
        return CODE_DONE;
    }
    (void)app_fail(self, CODE_DATABASE,
                   "erased, but the bytes are in the file until 'warmpath compact': %s",
                   self->err.message);
    return CODE_DATABASE;
}

static int run_erasing(app *self, const char *list)
{
    forgetting done = {0};
    bool is_dry_run = args_has(&self->given, "dry-run");
    int code = list != NULL ? apply(self, list, &done) : forget_named(self, &done);

    if (code != CODE_DONE)
        return code;
    if (is_dry_run)
        app_end(self);
    else
        code = finish(self, &done);
    if (self->is_json && (code == CODE_DONE || code == CODE_DATABASE)) {
        int printed = print_done(self, &done, is_dry_run);
        return code == CODE_DONE ? printed : code;
    }
    if (is_dry_run)
        say_done(self, &done, true);
    return code;
}

int cmd_forget(app *self)
{
    const char *lifted = args_get(&self->given, "lift"), *list = args_get(&self->given, "list");
    const char *applied = args_get(&self->given, "apply");
    const bool given[] = {lifted != NULL, list != NULL, applied != NULL,
                          self->given.word_count > 0};
    size_t ways = 0;

    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        ways += given[i] ? 1 : 0;

    if (ways != 1)
        return app_fail(self, CODE_USAGE,
                        "arguments: %zu of WHO, --lift, --list and --apply, expected one", ways);
    if (lifted != NULL)
        return lift(self, lifted);
    if (list != NULL)
        return write_list(self, list);
    return run_erasing(self, applied);
}
