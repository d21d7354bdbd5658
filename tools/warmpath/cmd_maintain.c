/*
 * warmpath init, stats, check, backup, compact: the file itself.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "doc.h"
#include "faults.h"
#include "output.h"
#include "text.h"
#include "who.h"

int cmd_init(app *self)
{
    const char **domains = text_new(self->given.option_count, sizeof *domains);
    const char *domain;
    size_t count = 0;
    wp_status status;

    while ((domain = args_at(&self->given, "us", count)) != NULL)
        domains[count++] = domain;
    status = wp_create(self->db_path, domains, count, &self->err);
    free(domains);
    if (status == WP_EEXIST)
        return app_fail(self, CODE_DATABASE,
                        "%s: exists already, left untouched; expected a new file", self->db_path);
    if (status == WP_EINVAL) {
        (void)app_fail_status(self, count > 0 ? "--us" : self->db_path);
        return CODE_USAGE;
    }
    if (status != WP_OK) {
        (void)app_fail_status(self, self->db_path);
        return CODE_DATABASE; /* a directory that is missing is a database that cannot be */
    }
    app_note(self, "%s created. Next: warmpath import --owner YOU@%s FILE…", self->db_path,
             count > 0 ? args_at(&self->given, "us", 0) : "YOUR-DOMAIN");
    return CODE_DONE;
}

static void put_of_file(json_t *document, const char *key, uint64_t value, bool has_file)
{
    doc_put(document, key, has_file ? json_integer((json_int_t)value) : json_null());
}

/* has_file: what is said of the file is known, and not null. */
static void print_stats_json(const wp_stats *stats, bool has_file)
{
    json_t *document = doc_object();

    doc_put(document, "people", json_integer((json_int_t)stats->people));
    doc_put(document, "companies", json_integer((json_int_t)stats->companies));
    doc_put(document, "interactions", json_integer((json_int_t)stats->interactions));
    doc_put(document, "ties", json_integer((json_int_t)stats->ties));
    doc_put(document, "identities", json_integer((json_int_t)stats->identities));
    put_of_file(document, "file_bytes", stats->file_bytes, has_file);
    put_of_file(document, "overlay_people", stats->overlay_people, has_file);
    put_of_file(document, "segments", stats->segments, has_file);
    doc_put(document, "format", json_integer((json_int_t)stats->format));
    doc_put(document, "library", doc_text(wp_version()));
    doc_print(document);
}

static void print_count(const char *name, uint64_t value)
{
    (void)printf("%-16s%15llu\n", name, (unsigned long long)value);
}

static void print_stats_text(const wp_stats *stats, bool has_file)
{
    print_count("people", stats->people);
    print_count("companies", stats->companies);
    print_count("interactions", stats->interactions);
    print_count("ties", stats->ties);
    print_count("identities", stats->identities);
    if (has_file) {
        print_count("file bytes", stats->file_bytes);
        print_count("overlay people", stats->overlay_people);
        print_count("segments", stats->segments);
        print_count("readers", stats->readers);
        print_count("suppressions", stats->suppressions);
        print_count("erasures pending", stats->erasures_pending);
    }
    (void)printf("%-16s%15u\n%-16s%15s\n", "format", stats->format, "library", wp_version());
}

int cmd_stats(app *self)
{
    wp_stats stats;
    int code = who_begin_read(self);
    bool has_file = self->actor == 0;

    if (code != CODE_DONE)
        return code;
    if (wp_stats_get(self->txn, &stats, &self->err) != WP_OK)
        return app_fail_status(self, self->db_path);
    app_end(self);
    if (self->is_json)
        print_stats_json(&stats, has_file);
    else
        print_stats_text(&stats, has_file);
    return CODE_DONE;
}

/* The document of a check; takes over the list. */
static void print_faults(json_t *list)
{
    json_t *document = doc_object();

    doc_put(document, "ok", json_boolean(json_array_size(list) == 0));
    doc_put(document, "faults", list);
    doc_print(document);
}

/* Damage that ended the check, or that kept the file from being opened, is a fault like others. */
static void print_damage(const app *self, json_t *list)
{
    fault_sink sink = {list};

    if (self->is_json && (self->err.status == WP_ECORRUPT || self->err.status == WP_EFORMAT)) {
        fault_take(&sink, NULL, NULL, self->err.message);
        print_faults(list);
    } else {
        json_decref(list);
    }
}

/* The end of a check that went through. */
static int tell_faults(const app *self, json_t *list, uint64_t faults)
{
    if (self->is_json)
        print_faults(list);
    else if (faults == 0)
        (void)puts("no faults found");
    if (faults == 0)
        return CODE_DONE;
    return app_fail(self, CODE_DATABASE, "%s: %llu faults, expected none", self->db_path,
                    (unsigned long long)faults);
}

/* Faults of a reading that somebody wrote into are none. */
static void take_back(const app *self, json_t *list, uint64_t faults)
{
    (void)json_array_clear(list);
    if (list == NULL && faults > 0)
        app_note(self, "what is listed so far is no fault: the file was written while it was read");
}

int cmd_check(app *self)
{
    bool is_deep = args_has(&self->given, "deep");
    fault_sink sink = {self->is_json ? doc_array() : NULL};
    uint64_t faults = 0;

    /* What keeps the file from being opened at all is told in whole; other failures by the open. */
    if (is_deep) {
        wp_status status = wp_check_file(self->db_path, fault_take, &sink, &faults, NULL);
        if (status == WP_OK && faults > 0)
            return tell_faults(self, sink.list, faults);
        take_back(self, sink.list, faults);
    }
    faults = 0;
    int code = app_begin_read(self);
    if (code != CODE_DONE) {
        print_damage(self, sink.list);
        return code;
    }
    if (wp_check(self->txn, is_deep, fault_take, &sink, &faults, &self->err) != WP_OK) {
        print_damage(self, sink.list);
        return app_fail_status(self, self->db_path);
    }
    app_end(self);
    return tell_faults(self, sink.list, faults);
}

int cmd_backup(app *self)
{
    const char *path = self->given.words[0];
    int code;

    if (strcmp(path, "-") == 0)
        return app_fail(self, CODE_USAGE, "FILE: -, expected a file; a copy cannot be piped");
    code = app_open(self, true);
    if (code != CODE_DONE)
        return code;
    if (wp_backup(self->db, path, &self->err) != WP_OK) {
        (void)app_fail_status(self, path);
        return CODE_DATABASE;
    }
    app_asked(self, WP_AUDIT_EXPORT, 0);
    app_note(self, "%s copied to %s and verified", self->db_path, path);
    return CODE_DONE;
}

int cmd_compact(app *self)
{
    wp_stats stats;
    int code = app_begin_read(self);

    if (code != CODE_DONE)
        return code;
    if (wp_stats_get(self->txn, &stats, &self->err) != WP_OK)
        return app_fail_status(self, self->db_path);
    app_close(self);
    code = app_open(self, false);
    if (code != CODE_DONE)
        return code;
    if (wp_compact(self->db, NULL, NULL, &self->err) != WP_OK ||
        wp_vacuum(self->db, NULL, NULL, &self->err) != WP_OK) {
        (void)app_fail_status(self, self->db_path);
        return CODE_DATABASE;
    }
    uint64_t before = stats.file_bytes, erasures = stats.erasures_pending;
    code = app_begin_read(self);
    if (code == CODE_DONE && wp_stats_get(self->txn, &stats, &self->err) != WP_OK)
        return app_fail_status(self, self->db_path);
    if (code == CODE_DONE)
        app_note(self, "%llu bytes, %llu before; bytes of %llu erasures are gone",
                 (unsigned long long)stats.file_bytes, (unsigned long long)before,
                 (unsigned long long)erasures);
    return code;
}
