/*
 * Importing files: the order of things.
 *
 * All paths are walked before anything is read. Then each file is opened, its format guessed, and
 * its reader run from where an interrupted import of it stopped. Small files share a batch, so that
 * a folder of ten thousand messages is not ten thousand commits.
 */
#include "import/import.h"

#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/guess.h"
#include "import/linkedin.h"
#include "import/maildir.h"
#include "import/mark.h"
#include "import/owner.h"
#include "import/reader.h"
#include "import/report.h"
#include "import/source.h"
#include "import/table_guess.h"
#include "import/walk.h"
#include "import/zip.h"

/* Strict files of at most so many rows are one transaction. */
#define SINGLE_ROWS_MAX ((uint64_t)200000)

const char *const import_formats[] = {"jsonl",   "edges",    "mbox",       "eml", "vcard",
                                      "ical",    "hubspot",  "salesforce", "csv", "google",
                                      "outlook", "linkedin", NULL};
static reader_fn *const readers[] = {jsonl_read,   edges_read,   mbox_read,    eml_read,
                                     vcard_read,   ical_read,    crm_read,     crm_read,
                                     contact_read, contact_read, contact_read, linkedin_read};

#define FORMATS_BYTES 240

/* "jsonl, edges, mbox or eml" */
static const char *list_formats(char out[FORMATS_BYTES])
{
    size_t used = 0;
    for (size_t i = 0; import_formats[i] != NULL && used < FORMATS_BYTES; i++) {
        bool is_last = import_formats[i + 1] == NULL;
        used += (size_t)snprintf(out + used, FORMATS_BYTES - used, "%s%s",
                                 i == 0    ? ""
                                 : is_last ? " or "
                                           : ", ",
                                 import_formats[i]);
    }
    return out;
}

/* The entry of import_formats[] that is called so; NULL: none. */
static const char *find_format(const char *name, reader_fn **reader)
{
    for (size_t i = 0; import_formats[i] != NULL; i++) {
        if (strcmp(import_formats[i], name) != 0)
            continue;
        *reader = readers[i];
        return import_formats[i];
    }
    return NULL;
}

static bool push_file(run *self, const char *path)
{
    import_result *result = self->result;
    /* Powers of two are where the array is full. */
    if ((result->file_count & (result->file_count - 1)) == 0) {
        size_t capacity = result->file_count == 0 ? 1 : 2 * result->file_count;
        import_file *wider = realloc(result->files, capacity * sizeof *wider);
        if (wider == NULL)
            return false;
        result->files = wider;
    }
    char *copy = strdup(path);
    if (copy == NULL)
        return false;
    self->file = result->file_count;
    result->files[result->file_count++] = (import_file){.path = copy};
    self->tally = (tally){0};
    self->last = (place){0};
    self->rows_shown = 0;
    return true;
}

/* strict: read without writing; then decide how to write. */
static import_code check_file(run *self, reader_fn *reader)
{
    place start = {0};
    tally before = self->tally;
    import_code code = run_commit(self, false);
    if (code != IMPORT_DONE)
        return code;
    self->is_checking = true;
    code = reader(self, &start);
    self->is_checking = false;
    self->is_single = self->tally.read - before.read <= SINGLE_ROWS_MAX;
    self->tally = before;
    self->rows_shown = 0;
    return code;
}

/* What is kept of a file that was not read to its end. */
static import_code stop_file(run *self, import_code code)
{
    bool is_kept = !self->is_single && (code == IMPORT_CANCELLED || code == IMPORT_BAD_INPUT) &&
                   !(code == IMPORT_BAD_INPUT && self->options->is_strict);
    if (is_kept) {
        import_code done = run_commit(self, true);
        if (done == IMPORT_DONE)
            return code;
        code = done;
    }
    run_abort(self);
    return code;
}

/* What is read from now on comes from the path given, which may be another; its format is known. */
static import_code begin_source(run *self)
{
    const char *name = self->options->source, *path = self->given;
    char *absolute = name == NULL && strcmp(path, "-") != 0 ? realpath(path, NULL) : NULL;
    if (name == NULL)
        name = absolute != NULL ? absolute : path;
    import_code code = run_use_source(self, self->options->is_dump ? NULL : name);
    free(absolute);
    return code;
}

static import_code read_rows(run *self, reader_fn *reader, const char *format, int64_t changed_ns)
{
    place from = {0};
    import_code code = begin_source(self);
    self->is_single = false;
    if (code == IMPORT_DONE && self->options->is_strict)
        code = check_file(self, reader);
    if (code != IMPORT_DONE)
        return code;
    if (!self->is_single && !self->options->is_dry_run && self->folder == NULL)
        mark_name(self, format, changed_ns);
    code = run_resume(self, &from);
    self->result->files[self->file].resumed_byte = MARK_BYTE(from.next);
    if (code == IMPORT_DONE)
        code = reader(self, &from);
    if (code == IMPORT_DONE)
        code = run_finish(self);
    if (code == IMPORT_DONE && self->options->is_strict)
        code = run_commit(self, false);
    return code == IMPORT_DONE ? code : stop_file(self, code);
}

/* The file as a whole cannot be imported; an error only when it was named itself. */
static import_code leave_out(run *self, const walk_item *item, const char *problem)
{
    char formats[FORMATS_BYTES];
    self->result->files[self->file].problem = problem;
    if (item->is_named && self->error->message[0] == '\0')
        run_fail_input(self, 0, 0, "%s, expected a file of format %s", problem,
                       list_formats(formats));
    return item->is_named && self->options->is_strict ? IMPORT_BAD_INPUT : IMPORT_DONE;
}

/* Begin with an owner of whom only the option is known. */
static void forget_owner(run *self)
{
    *self->owner = (owner){0};
    if (self->options->owner != NULL)
        owner_add_email(self->owner, self->options->owner, true);
}

/* What the option says is the best, whatever an archive says of itself. */
static void prefer_owner(run *self)
{
    if (self->options->owner != NULL)
        owner_add_email(self->owner, self->options->owner, true);
}

static const char *find_guess(const run *self, const char **problem)
{
    const source *from = &self->source;
    if (self->options->format != NULL)
        return self->options->format;
    if (self->options->map == NULL)
        return guess_format(from->head, from->head_bytes, problem);
    *problem = "no header with the columns of --map";
    return table_guess(from->head, from->head_bytes, self->options->map);
}

/* Read the open source, whose owner is known as far as it can be. */
static import_code read_as(run *self, const char *name, int64_t changed_ns)
{
    reader_fn *reader = NULL;
    const char *format = find_format(name, &reader);
    self->result->files[self->file].format = format;
    import_code code = read_rows(self, reader, format, changed_ns);
    if (!run_settle(self) && code == IMPORT_DONE)
        code = run_fail_input(self, 0, 0, "memory is exhausted");
    return code;
}

/* A message that is left out by its name, or that is none, is a row of its Maildir all the same. */
static import_code skip_message(run *self, const verdict *what)
{
    place start = {0};
    import_code code = run_row(self, &start, what, 0);
    return code == IMPORT_DONE ? code : stop_file(self, code);
}

static import_code read_message(run *self, const walk_item *item, verdict *what)
{
    const char *problem = NULL;
    reader_fn *reader = NULL;
    int64_t changed_ns = 0;
    uint64_t rows = self->tally.read;
    reason_id reason = maildir_reason(item->folder, item->path);
    if (reason != REASON_NONE) {
        verdict_skip(what, reason, "by its folder or the flags in its name");
        return IMPORT_DONE;
    }
    import_code code = source_open(self, item->path, false, &changed_ns, &problem);
    if (code == IMPORT_BAD_INPUT) {
        verdict_skip(what, REASON_UNREADABLE, "%s, expected a message", problem);
        return IMPORT_DONE;
    }
    const char *format = find_format("eml", &reader);
    if (code == IMPORT_DONE)
        code = read_rows(self, reader, format, changed_ns);
    if (code == IMPORT_DONE && self->tally.read == rows)
        verdict_skip(what, REASON_NO_HEADER, "an empty file, expected a message");
    return code;
}

static import_code add_message(run *self, const walk_item *item)
{
    verdict what = {.outcome = OUTCOME_ADDED};
    self->result->files[self->file].format = "maildir";
    self->source.path = item->path;
    import_code code = read_message(self, item, &what);
    if (code == IMPORT_DONE && what.outcome == OUTCOME_SKIPPED)
        code = skip_message(self, &what);
    source_close(self);
    if (!run_settle(self) && code == IMPORT_DONE)
        code = run_fail_input(self, 0, 0, "memory is exhausted");
    return code;
}

static import_code read_member(run *self, const walk_item *item, zip_member *member)
{
    const char *problem = "format not recognised";
    char *path = NULL;
    walk_item inside = {.is_named = false};
    if (asprintf(&path, "%s/%s", item->path, member->name) < 0)
        return run_fail_input(self, 0, 0, "memory is exhausted");
    bool is_pushed = push_file(self, path);
    free(path);
    if (!is_pushed)
        return run_fail_input(self, 0, 0, "memory is exhausted");
    if (member->fd < 0)
        return leave_out(self, &inside, problem);
    int fd = member->fd;
    member->fd = -1;
    if (!source_adopt(self, self->result->files[self->file].path, fd, &problem))
        return leave_out(self, &inside, problem);
    import_code code = read_as(self, "linkedin", 0);
    source_close(self);
    return code;
}

static bool is_linkedin(const char *head, size_t bytes)
{
    const char *format = table_guess(head, bytes, NULL);
    return format != NULL && strcmp(format, "linkedin") == 0;
}

static import_code check_learnt(run *self)
{
    return self->owner->has_no_memory ? run_fail_input(self, 0, 0, "memory is exhausted")
                                      : IMPORT_DONE;
}

static import_code learn_owner(run *self, const zip *from)
{
    forget_owner(self);
    for (size_t i = 0; i < from->count; i++)
        if (from->members[i].fd >= 0)
            linkedin_learn(from->members[i].fd, self->owner);
    for (size_t i = 0; i < from->count && self->owner->slug[0] == '\0'; i++)
        if (from->members[i].fd >= 0)
            linkedin_learn_from_messages(from->members[i].fd, self->owner);
    prefer_owner(self);
    return check_learnt(self);
}

/* Workbooks are ZIPs, too, and begin with a list of what is in them. */
static bool is_workbook(const source *from)
{
    static const char list[] = "[Content_Types].xml";
    return memmem(from->head, from->head_bytes, list, sizeof list - 1) != NULL;
}

/* The entry of the ZIP itself gives way to those of its members. */
static import_code read_zip(run *self, const walk_item *item)
{
    const char *none = is_workbook(&self->source) ? "a workbook, expected it saved as CSV"
                                                  : "a ZIP without a table of LinkedIn";
    char problem[160];
    zip members;
    import_result *result = self->result;
    if (!zip_unpack(self->source.fd, self->source.bytes, is_linkedin, self->options->cancel,
                    &members, problem)) {
        const volatile int *cancel = self->options->cancel;
        if (cancel != NULL && *cancel != 0)
            return run_fail_lines(self, LINES_CANCELLED);
        if (item->is_named && self->error->message[0] == '\0')
            run_fail_input(self, 0, 0, "%s, expected a whole ZIP", problem);
        result->files[self->file].problem = "a ZIP that cannot be unpacked";
        return item->is_named && self->options->is_strict ? IMPORT_BAD_INPUT : IMPORT_DONE;
    }
    import_code code = IMPORT_DONE;
    if (members.wanted == 0) {
        code = leave_out(self, item, none);
    } else {
        source_close(self);
        import_file_free(&result->files[--result->file_count]);
        code = learn_owner(self, &members);
    }
    for (size_t i = 0; i < members.count && members.wanted > 0 && code == IMPORT_DONE; i++)
        code = read_member(self, item, &members.members[i]);
    zip_free(&members);
    return code;
}

static import_code read_source(run *self, const walk_item *item, int64_t changed_ns)
{
    const char *problem = NULL;
    const char *given = self->options->format;
    bool is_archive = given == NULL || strcmp(given, "linkedin") == 0;
    if (given == NULL && self->source.head_bytes == 0) {
        self->result->files[self->file].problem = "empty";
        return IMPORT_DONE;
    }
    if (is_archive && zip_is(self->source.head, self->source.head_bytes))
        return read_zip(self, item);
    const char *format = find_guess(self, &problem);
    if (format == NULL)
        return leave_out(self, item, problem);
    bool is_linkedin_table = strcmp(format, "linkedin") == 0;
    if (!is_linkedin_table || !linkedin_is_learnt(self->owner, item->path))
        forget_owner(self);
    if (is_linkedin_table && self->owner->path == NULL) {
        linkedin_learn_folder(self->found, item->path, self->owner);
        prefer_owner(self);
    }
    if (check_learnt(self) != IMPORT_DONE)
        return IMPORT_BAD_INPUT;
    return read_as(self, format, changed_ns);
}

static import_code read_file(run *self, const walk_item *item)
{
    const char *problem = NULL;
    int64_t changed_ns = 0;
    bool is_same = item->folder != NULL && item->folder == self->folder;
    if (!is_same && !push_file(self, item->folder != NULL ? item->folder : item->path))
        return run_fail_input(self, 0, 0, "memory is exhausted");
    self->folder = item->folder;
    if (self->folder != NULL)
        return add_message(self, item);
    import_code code = source_open(self, item->path, item->is_named, &changed_ns, &problem);
    if (code == IMPORT_BAD_INPUT)
        return leave_out(self, item, problem);
    if (code != IMPORT_DONE)
        return code;
    code = read_source(self, item, changed_ns);
    source_close(self);
    return code;
}

static import_code check_arguments(run *self, const char *const *paths, size_t count, walk *found)
{
    reader_fn *reader = NULL;
    const char *format = self->options->format;
    char formats[FORMATS_BYTES];
    if (format != NULL && find_format(format, &reader) == NULL)
        return run_fail_input(self, 0, 0, "format is '%.40s', expected %s", format,
                              list_formats(formats));
    for (size_t i = 0; i < count; i++) {
        size_t first = found->count;
        bool is_added = walk_add(found, paths[i]);
        for (size_t item = first; item < found->count; item++)
            found->items[item].given = i;
        if (is_added)
            continue;
        self->source.path = found->failed_path;
        import_code code = run_fail_input(self, 0, 0, "%s", strerror(found->failure));
        self->source.path = NULL;
        return code;
    }
    self->result->hidden_count = found->hidden_count;
    return IMPORT_DONE;
}

static import_code read_all(run *self, const char *const *paths, const walk *found)
{
    import_code code = IMPORT_DONE;
    self->found = found;
    for (size_t i = 0; i < found->count && code == IMPORT_DONE; i++) {
        self->given = paths[found->items[i].given];
        code = read_file(self, &found->items[i]);
    }
    if (code == IMPORT_DONE)
        code = run_commit(self, false);
    if (code != IMPORT_DONE)
        run_abort(self);
    if (code == IMPORT_DONE && self->error->message[0] != '\0')
        code = IMPORT_BAD_INPUT;
    return code;
}

import_code import_paths(wp_db *db, const char *const *paths, size_t count,
                         const import_options *options, import_result *result, import_error *error)
{
    run self = {.db = db, .options = options, .result = result, .error = error};
    walk found = {0};
    owner whose = {0};
    *result = (import_result){0};
    *error = (import_error){0};
    self.source.fd = -1;
    self.owner = &whose;
    g_mime_init();
    import_code code = people_init(&self.people)
                           ? IMPORT_DONE
                           : run_fail_input(&self, 0, 0, "memory is exhausted");
    if (code == IMPORT_DONE)
        code = check_arguments(&self, paths, count, &found);
    if (code == IMPORT_DONE)
        code = read_all(&self, paths, &found);
    source_close(&self);
    report_print(&self);
    walk_free(&found);
    people_free(&self.people);
    lines_free(&self.lines);
    free(self.source.head);
    free(self.stated_by);
    free(self.report);
    return code;
}
