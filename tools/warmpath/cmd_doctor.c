/*
 * warmpath doctor: who has the database open, what they keep from being used again, and the state
 * of the file, its disk and its lock file.
 *
 * Only what calls for something to be done is said in sentences; the rest are figures.
 */
#include <stdlib.h>

#include "commands.h"
#include "doc.h"
#include "output.h"
#include "text.h"

#define LAG_NOTED 1000 /* commits: a reader so far behind was forgotten or is stopped */

/* What is to be done, as texts. */
static json_t *notes_of(const wp_health *of, const wp_stats *stats)
{
    json_t *notes = doc_array();
    const wp_reader *oldest = NULL;

    for (size_t i = 0; i < of->reader_count; i++)
        if (oldest == NULL || of->readers[i].lag > oldest->lag)
            oldest = &of->readers[i];
    if (of->is_network_fs)
        doc_add(notes,
                doc_text("the file is on a network file system, where locks may fail: move it"));
    if (oldest != NULL && oldest->lag >= LAG_NOTED && of->pinned_pages > 0) {
        char *text = text_format("process %lld reads a snapshot %llu commits old: end it, the file "
                                 "grows until then",
                                 (long long)oldest->process, (unsigned long long)oldest->lag);
        doc_add(notes, doc_text(text));
        free(text);
    }
    if (of->disk_free_bytes < of->file_bytes)
        doc_add(notes,
                doc_text("the disk has less free space than a backup beside the file takes"));
    if (of->has_lock_file && !of->has_lock_blocks)
        doc_add(notes, doc_text("the lock file has holes: on a full disk its users can be killed; "
                                "close all of them once"));
    if (stats->erasures_pending > 0)
        doc_add(notes, doc_text("bytes of people erased wait for 'warmpath compact'"));
    return notes;
}

static json_t *reader_document(const wp_reader *of)
{
    json_t *document = doc_object();

    doc_put(document, "process", json_integer((json_int_t)of->process));
    doc_put(document, "dead", json_boolean(of->is_dead));
    doc_put(document, "snapshot", json_integer((json_int_t)of->snapshot));
    doc_put(document, "lag", json_integer((json_int_t)of->lag));
    doc_put(document, "age_ms",
            of->age_ms == WP_AGE_UNKNOWN ? json_null() : json_integer((json_int_t)of->age_ms));
    return document;
}

static void put_count(json_t *document, const char *key, uint64_t value)
{
    doc_put(document, key, json_integer((json_int_t)value));
}

static void print_json(const wp_health *of, const wp_stats *stats, json_t *notes)
{
    json_t *document = doc_object(), *readers = doc_array();

    for (size_t i = 0; i < of->reader_count; i++)
        doc_add(readers, reader_document(&of->readers[i]));
    doc_put(document, "library", doc_text(wp_version()));
    doc_put(document, "lmdb", doc_text(of->lmdb));
    put_count(document, "format", of->format);
    put_count(document, "snapshot", of->snapshot);
    doc_put(document, "readers", readers);
    put_count(document, "readers_max", of->readers_max);
    put_count(document, "readers_cleared", of->readers_cleared);
    put_count(document, "file_bytes", of->file_bytes);
    put_count(document, "map_bytes", of->map_bytes);
    put_count(document, "page_bytes", of->page_bytes);
    put_count(document, "pages", of->pages);
    put_count(document, "free_pages", of->free_pages);
    put_count(document, "pinned_pages", of->pinned_pages);
    doc_put(document, "file_system", doc_text(of->file_system));
    doc_put(document, "network", json_boolean(of->is_network_fs));
    put_count(document, "disk_free_bytes", of->disk_free_bytes);
    doc_put(document, "lock_file", json_boolean(of->has_lock_file));
    doc_put(document, "lock_blocks", json_boolean(of->has_lock_blocks));
    put_count(document, "lock_file_bytes", of->lock_file_bytes);
    put_count(document, "erasures_pending", stats->erasures_pending);
    doc_put(document, "erasures_due", doc_time(stats->erasures_due_s));
    doc_put(document, "notes", notes);
    doc_print(document);
}

static void print_readers(const app *self, const wp_health *of)
{
    static const column columns[] = {{.title = "process", .is_right = true},
                                     {.title = "snapshot", .is_right = true},
                                     {.title = "commits since", .is_right = true},
                                     {.title = "age, s", .is_right = true},
                                     {.title = "alive"}};
    table *rows = table_new(columns, sizeof columns / sizeof *columns);

    for (size_t i = 0; i < of->reader_count; i++) {
        const wp_reader *reader = &of->readers[i];
        bool is_known = reader->age_ms != WP_AGE_UNKNOWN;
        char *texts[] = {text_format("%lld", (long long)reader->process),
                         text_format("%llu", (unsigned long long)reader->snapshot),
                         text_format("%llu", (unsigned long long)reader->lag),
                         is_known ? text_format("%.1f", (double)reader->age_ms / 1000)
                                  : text_copy("?")};
        const char *cells[] = {texts[0], texts[1], texts[2], texts[3],
                               reader->is_dead ? "no" : "yes"};
        table_add(rows, cells);
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++)
            free(texts[j]);
    }
    table_print(self, rows, 2);
    table_free(rows);
}

static void print_text(const app *self, const wp_health *of, const wp_stats *stats,
                       const json_t *notes)
{
    json_t *due = doc_time(stats->erasures_due_s);

    (void)printf("versions     library %s, LMDB %s, format %u\n", wp_version(), of->lmdb,
                 of->format);
    (void)printf("file         %llu bytes, snapshot %llu\n", (unsigned long long)of->file_bytes,
                 (unsigned long long)of->snapshot);
    (void)printf("pages        %llu of %llu bytes, %llu free, of them %llu pinned by readers\n",
                 (unsigned long long)of->pages, (unsigned long long)of->page_bytes,
                 (unsigned long long)of->free_pages, (unsigned long long)of->pinned_pages);
    (void)printf("disk         %s%s, %llu bytes free\n", of->file_system,
                 of->is_network_fs ? " (network)" : "", (unsigned long long)of->disk_free_bytes);
    (void)printf("lock file    %s\n", !of->has_lock_file    ? "none"
                                      : of->has_lock_blocks ? "whole"
                                                            : "with holes");
    (void)printf("readers      %zu of %u, %u of dead processes cleared\n", of->reader_count,
                 of->readers_max, of->readers_cleared);
    print_readers(self, of);
    (void)printf("erasures     %llu pending%s%s\n", (unsigned long long)stats->erasures_pending,
                 json_is_string(due) ? ", bytes to be gone by " : "",
                 json_is_string(due) ? json_string_value(due) : "");
    json_decref(due);
    for (size_t i = 0; i < json_array_size(notes); i++)
        (void)printf("note: %s\n", json_string_value(json_array_get(notes, i)));
}

int cmd_doctor(app *self)
{
    wp_health health;
    wp_stats stats;
    int code = app_begin_read(self);

    if (code != CODE_DONE) {
        if (self->err.status == WP_ECORRUPT)
            app_note(self, "'warmpath check --deep' lists the faults");
        return code;
    }
    if (wp_stats_get(self->txn, &stats, &self->err) != WP_OK)
        return app_fail_status(self, self->db_path);
    app_end(self); /* Else it would be a reader. */
    if (wp_health_get(self->db, &health, &self->err) != WP_OK)
        return app_fail_status(self, self->db_path);
    json_t *notes = notes_of(&health, &stats);
    if (self->is_json) {
        print_json(&health, &stats, notes);
    } else {
        print_text(self, &health, &stats, notes);
        json_decref(notes);
    }
    wp_health_free(&health);
    return CODE_DONE;
}
