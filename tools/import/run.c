/*
 * One import under way: the batch, the verdicts, the counts.
 *
 * A batch ends after half a million ties or about seven thousand interactions (the engine rewrites
 * each list of neighbours once a commit, so larger batches are cheaper), sooner where they need
 * much memory, or when a megabyte of report lines waits. In a dry run the transaction is a read
 * transaction, renewed at the same places so that it pins no old pages.
 */
#include "import/run.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "import/mark.h"
#include "import/report.h"

/*
 * A batch has at most this weight. All pages that a transaction changes are in memory until it is
 * committed, and the larger a file is, the fewer rows share a page: so batches begin small, grow
 * while the process needs less than half of its memory, and get smaller each time when one needs
 * noticeably more than all before. Smaller ones rewrite the same lists for each few rows.
 */
#define BATCH_WEIGHT_MAX ((uint64_t)2000000)
#define BATCH_WEIGHT_FIRST (BATCH_WEIGHT_MAX / 4)
#define BATCH_WEIGHT_LEAST (BATCH_WEIGHT_MAX / 64)
#define MEMORY_BYTES_MAX ((size_t)48 << 20)
#define MEMORY_BYTES_STEP ((size_t)1 << 20)
/* A source that a dry run does not find states nothing that is known: it is neither a hand nor
 * WP_SOURCE_NONE, which is who states what several do. */
#define SOURCE_NOT_STORED (WP_SOURCE_NONE - 1)
#define SHOW_ROWS ((uint64_t)10000)
#define REPORT_BYTES_MAX ((size_t)1 << 20)

bool verdict_skip(verdict *self, reason_id reason, const char *format, ...)
{
    va_list arguments;
    self->outcome = OUTCOME_SKIPPED;
    self->reason = reason;
    va_start(arguments, format);
    vsnprintf(self->detail, sizeof self->detail, format, arguments);
    va_end(arguments);
    return false;
}

static void fail_at(run *self, uint64_t line, uint64_t byte)
{
    const char *path = self->source.path == NULL ? "" : self->source.path;
    snprintf(self->error->path, sizeof self->error->path, "%s", path);
    self->error->line = line;
    self->error->byte = byte;
}

import_code run_fail_database(run *self, const wp_error *err)
{
    fail_at(self, 0, 0);
    self->error->database = *err;
    snprintf(self->error->message, sizeof self->error->message, "%s", err->message);
    return IMPORT_DATABASE;
}

import_code run_fail_input(run *self, uint64_t line, uint64_t byte, const char *format, ...)
{
    va_list arguments;
    fail_at(self, line, byte);
    va_start(arguments, format);
    vsnprintf(self->error->message, sizeof self->error->message, format, arguments);
    va_end(arguments);
    return IMPORT_BAD_INPUT;
}

import_code run_fail_lines(run *self, lines_code code)
{
    if (code == LINES_CANCELLED) {
        fail_at(self, self->lines.number, self->lines.position);
        snprintf(self->error->message, sizeof self->error->message, "interrupted");
        return IMPORT_CANCELLED;
    }
    return run_fail_input(self, self->lines.number, self->lines.position, "cannot be read: %s",
                          strerror(self->lines.failure));
}

/* Whether anybody was erased, so that a dry run has to ask whom. */
static wp_status find_erased(run *self, wp_error *err)
{
    wp_suppression first = {.time_s = 0};
    wp_status status = wp_suppression_next(self->txn, &first, err);
    self->has_erased = status == WP_OK;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Tell the transaction who states what it stores. */
static import_code use_source(run *self)
{
    wp_error err;
    wp_status status = WP_OK;
    self->is_source_used = true;
    self->stated_by_number = WP_SOURCE_HAND;
    if (self->options->is_dry_run) {
        if (self->stated_by != NULL)
            status = wp_source_find(self->txn, self->stated_by, &self->stated_by_number, &err);
        if (status == WP_ENOTFOUND)
            self->stated_by_number = SOURCE_NOT_STORED;
        return status == WP_OK || status == WP_ENOTFOUND ? IMPORT_DONE
                                                         : run_fail_database(self, &err);
    }
    const import_result *result = self->result;
    /* The sources of a dump have formats of their own, or none that is known. */
    bool has_format = !self->options->is_dump && self->file < result->file_count;
    const char *format = has_format ? result->files[self->file].format : NULL;
    if (self->stated_by != NULL)
        status = wp_source_put(self->txn, self->stated_by, format, (int64_t)time(NULL),
                               &self->stated_by_number, &err);
    if (status == WP_OK)
        status = wp_txn_use_source(self->txn, self->stated_by_number, &err);
    return status == WP_OK ? IMPORT_DONE : run_fail_database(self, &err);
}

import_code run_txn(run *self, wp_txn **txn)
{
    wp_error err;
    import_code code = IMPORT_DONE;
    if (self->txn == NULL) {
        wp_status status = self->options->is_dry_run ? wp_begin_read(self->db, &self->txn, &err)
                                                     : wp_begin_write(self->db, &self->txn, &err);
        if (status == WP_OK) /* whoever is known, also privately */
            status = wp_txn_use_viewer(self->txn, WP_VIEW_ALL, &err);
        if (status == WP_OK && self->options->is_dry_run)
            status = find_erased(self, &err);
        if (status != WP_OK)
            return run_fail_database(self, &err);
        self->batch_file = self->file;
        self->batch_tally = self->tally;
        self->batch_weight = 0;
        self->is_source_used = false;
    }
    if (!self->is_source_used)
        code = use_source(self);
    *txn = self->txn;
    return code;
}

import_code run_use_source(run *self, const char *name)
{
    bool is_same = name == NULL || self->stated_by == NULL ? name == self->stated_by
                                                           : strcmp(name, self->stated_by) == 0;
    if (is_same)
        return IMPORT_DONE;
    import_code code = self->txn == NULL ? IMPORT_DONE : run_store_edges(self);
    char *copy = name == NULL ? NULL : strdup(name);
    if (name != NULL && copy == NULL)
        return run_fail_input(self, 0, 0, "memory is exhausted");
    free(self->stated_by);
    self->stated_by = copy;
    self->source_count++;
    /* Whoever is remembered may not have been stated by this source. */
    people_forget(&self->people);
    self->is_source_used = false;
    return code;
}

import_code run_check(run *self, wp_status status, const wp_error *err, verdict *out)
{
    if (status == WP_OK)
        return IMPORT_DONE;
    if (status == WP_EERASED) {
        verdict_skip(out, REASON_ERASED, "names somebody who was erased");
        return IMPORT_DONE;
    }
    if (status != WP_ECONFLICT && status != WP_EINVAL && status != WP_ENOTFOUND)
        return run_fail_database(self, err);
    verdict_skip(out, status == WP_ECONFLICT ? REASON_CONFLICT : REASON_REFUSED, "%s",
                 err->message);
    return IMPORT_DONE;
}

/* Call the progress function. */
static void show(run *self)
{
    const import_options *options = self->options;
    self->rows_shown = self->tally.read;
    if (options->progress != NULL)
        options->progress(options->progress_context, self->source.path, self->lines.position,
                          self->source.bytes, self->tally.read);
}

static void count(tally *self, const verdict *what)
{
    self->read++;
    switch (what->outcome) {
    case OUTCOME_ADDED:
        self->added++;
        break;
    case OUTCOME_KNOWN:
        self->known++;
        break;
    case OUTCOME_SKIPPED:
        self->reasons[what->reason]++;
        break;
    }
}

static import_code check_cancel(run *self)
{
    const volatile int *cancel = self->options->cancel;
    return cancel != NULL && *cancel != 0 ? run_fail_lines(self, LINES_CANCELLED) : IMPORT_DONE;
}

/*
 * Lines that programs write are wrong when they are malformed, and the first such row makes the
 * import end with an error after the good ones are stored. Mail is written by everybody's software
 * and never quite clean: its malformed messages are counted and reported alone.
 */
static void note_bad_row(run *self, const place *at, const verdict *what)
{
    const char *format = self->result->files[self->file].format;
    bool is_line = format != NULL && (strcmp(format, "jsonl") == 0 || strcmp(format, "edges") == 0);
    if (is_line && self->error->message[0] == '\0')
        (void)run_fail_input(self, at->line, at->byte, "%s: %s; such rows were left out",
                             reason_text(what->reason), what->detail);
}

static uint64_t batch_weight_max(const run *self)
{
    return self->batch_weight_max == 0 ? BATCH_WEIGHT_FIRST : self->batch_weight_max;
}

import_code run_row(run *self, const place *at, const verdict *what, uint64_t weight)
{
    bool is_skipped = what->outcome == OUTCOME_SKIPPED;
    bool is_bad = is_skipped && reason_is_bad(what->reason);
    count(&self->tally, what);
    self->last = *at;
    self->batch_weight += weight;
    if (is_skipped && (!self->is_checking || is_bad) && !report_add(self, at, what))
        return run_fail_input(self, at->line, at->byte, "memory is exhausted");
    if (is_bad && self->options->is_strict)
        return run_fail_input(self, at->line, at->byte, "%s: %s", reason_text(what->reason),
                              what->detail);
    if (is_bad && !self->is_checking)
        note_bad_row(self, at, what);
    bool is_heavy =
        self->batch_weight >= batch_weight_max(self) || self->report_bytes >= REPORT_BYTES_MAX;
    if (self->txn != NULL && is_heavy && !self->is_single) {
        import_code code = run_commit(self, true);
        if (code != IMPORT_DONE)
            return code;
    } else if (self->txn == NULL && self->tally.read - self->rows_shown >= SHOW_ROWS) {
        report_print(self);
        show(self);
    }
    return check_cancel(self);
}

void run_note(run *self, note_id note)
{
    self->tally.notes[note]++;
}

/* Take the rows of a batch that was lost out of the counts. */
static void forget_batch(run *self)
{
    people_forget(&self->people);
    edges_batch_forget(&self->edges);
    retold_forget(&self->retold);
    for (size_t i = self->batch_file + 1; i < self->result->file_count; i++)
        report_clear(&self->result->files[i]);
    self->file = self->batch_file;
    self->tally = self->batch_tally;
    self->report_bytes = 0;
    /* Without memory for the reasons the counts alone are right. */
    if (!run_settle(self))
        report_clear(&self->result->files[self->file]);
}

import_code run_store_edges(run *self)
{
    wp_error err;
    uint64_t known = 0;
    if (self->edges.count == 0) {
        edges_batch_forget(&self->edges); /* memory may have been exhausted by its first row */
        return IMPORT_DONE;
    }
    wp_status status = edges_batch_store(&self->edges, self->txn, &known, &err);
    if (status != WP_OK)
        return run_fail_database(self, &err);
    self->tally.added -= known;
    self->tally.known += known;
    return IMPORT_DONE;
}

/* Count rows as known whose changes were taken back by later ones. */
static void settle_retold(run *self)
{
    uint64_t known = retold_settle(&self->retold);
    self->tally.added -= known;
    self->tally.known += known;
}

/* Memory of the process that is not a file's; 0: unknown. */
static size_t memory_bytes(void)
{
    unsigned long all = 0, of_files = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return 0;
    bool is_read = fscanf(file, "%*u %lu %lu", &all, &of_files) == 2;
    (void)fclose(file);
    return is_read && all > of_files ? (all - of_files) * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

/* Have later batches be larger or smaller. LMDB keeps the memory of pages that it wrote, so that it
 * tells after the commit how much it was; a batch that found enough of it was not too large. */
static void fit_batches(run *self)
{
    size_t bytes = memory_bytes();
    uint64_t most = batch_weight_max(self);
    bool is_full = self->batch_weight >= most;
    if (bytes > MEMORY_BYTES_MAX && bytes > self->memory_bytes && self->batch_weight > 0) {
        most = self->batch_weight / 2;
        self->memory_bytes = bytes + MEMORY_BYTES_STEP;
    } else if (is_full && bytes > 0 && bytes <= MEMORY_BYTES_MAX / 2) {
        most *= 2;
    }
    most = most < BATCH_WEIGHT_LEAST ? BATCH_WEIGHT_LEAST : most;
    self->batch_weight_max = most > BATCH_WEIGHT_MAX ? BATCH_WEIGHT_MAX : most;
}

import_code run_commit(run *self, bool is_inside)
{
    wp_error err;
    import_code code = run_store_edges(self);
    if (code != IMPORT_DONE)
        return code;
    if (self->txn != NULL && self->options->is_dry_run) {
        wp_abort(self->txn);
    } else if (self->txn != NULL) {
        wp_status status = is_inside ? mark_put(self, &err) : WP_OK;
        if (status != WP_OK)
            return run_fail_database(self, &err);
        wp_txn *txn = self->txn;
        self->txn = NULL;
        status = wp_commit(txn, &err);
        if (status != WP_OK) {
            forget_batch(self);
            return run_fail_database(self, &err);
        }
        self->source.has_mark = self->source.has_mark || is_inside;
        fit_batches(self);
    }
    self->txn = NULL;
    self->batch_weight = 0;
    report_print(self);
    show(self);
    return IMPORT_DONE;
}

void run_abort(run *self)
{
    if (self->txn == NULL)
        return;
    wp_abort(self->txn);
    self->txn = NULL;
    forget_batch(self);
}

bool run_settle(run *self)
{
    import_file *file = &self->result->files[self->file];
    settle_retold(self);
    free(file->unkept);
    /* Without memory for the text it is left out. */
    file->unkept = unkept_text(&self->unkept);
    return report_settle(file, &self->tally);
}

import_code run_resume(run *self, place *from)
{
    wp_error err;
    if (mark_get(self, from, &err) != WP_OK)
        return run_fail_database(self, &err);
    if (from->next != 0)
        self->source.has_mark = true;
    return IMPORT_DONE;
}

import_code run_finish(run *self)
{
    wp_error err;
    wp_txn *txn = NULL;
    if (!self->source.has_mark || self->options->is_dry_run)
        return IMPORT_DONE;
    import_code code = run_txn(self, &txn);
    if (code == IMPORT_DONE && mark_forget(self, &err) != WP_OK)
        code = run_fail_database(self, &err);
    return code;
}
