/*
 * Importing files: the order of things.
 *
 * All paths are walked before anything is read. Then each file is opened, its format guessed, and
 * its reader run from where an interrupted import of it stopped. Small files share a batch, so that
 * a folder of ten thousand messages is not ten thousand commits.
 */
#include "import/import.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>

#include "import/archive.h"
#include "import/charset.h"
#include "import/csv_encoding.h"
#include "import/formats.h"
#include "import/guess.h"
#include "import/linkedin.h"
#include "import/maildir_read.h"
#include "import/owner.h"
#include "import/reading.h"
#include "import/recode.h"
#include "import/report.h"
#include "import/source.h"
#include "import/table_guess.h"
#include "import/zip.h"

/* They say themselves how their texts are written. */
static const char encoded_mail[] = "mail, expected without --encoding";
static const char encoded_archive[] = "a ZIP, expected without --encoding";

char *import_source_name(const char *path)
{
    char *absolute = strcmp(path, "-") == 0 ? NULL : realpath(path, NULL);
    const char *name = absolute != NULL ? absolute : path;
    char *clean = charset_repair(name, strlen(name));
    free(absolute);
    return clean;
}

/* NULL: none, with the reason; errno is ENOMEM when memory was exhausted. */
static const char *find_guess(const run *self, const char **problem)
{
    const source *from = &self->source;
    errno = 0;
    if (self->options->format != NULL)
        return self->options->format;
    if (self->options->map == NULL)
        return guess_format(from->head, from->head_bytes, problem);
    *problem = "no header with the columns of --map";
    return table_guess(from->head, from->head_bytes, self->options->map);
}

/* Bring the source to UTF-8. Left out when it cannot be: then *is_out. */
static import_code recode(run *self, const walk_item *item, const char *encoding, bool *is_out)
{
    char problem[RECODE_PROBLEM_BYTES];
    import_code code = recode_source(self, encoding, self->options->encoding == NULL, problem);
    if (code != IMPORT_BAD_INPUT || problem[0] == '\0')
        return code;
    *is_out = true;
    reading_note_problem(self, item, problem, "a text");
    return reading_leave_out(self, item, "cannot be brought to UTF-8");
}

/* The format of the source, which is brought to UTF-8 where it is said what it is, and where its
 * readers do not know UTF-16. *format is NULL when it is left out. */
static import_code find_format(run *self, const walk_item *item, const char **format)
{
    const char *problem = NULL, *encoding = self->options->encoding;
    bool is_said = encoding != NULL, is_out = false;
    *format = find_guess(self, &problem);
    if (*format != NULL && is_said && formats_is_mail(*format)) {
        *format = NULL;
        return reading_leave_out(self, item, encoded_mail);
    }
    if (*format != NULL && !is_said && !formats_is_table(*format))
        encoding = guess_utf16(self->source.head, self->source.head_bytes);
    if (encoding != NULL) {
        import_code code = recode(self, item, encoding, &is_out);
        if (code != IMPORT_DONE || is_out) {
            *format = NULL;
            return code;
        }
        *format = find_guess(self, &problem);
    }
    if (*format != NULL)
        return IMPORT_DONE;
    return errno == ENOMEM ? run_fail_input(self, 0, 0, "memory is exhausted")
                           : reading_leave_out(self, item, problem);
}

/* Nothing, or a byte order mark in front of nothing. */
static bool is_empty(const source *from)
{
    size_t mark_bytes = 0;
    (void)csv_marked_encoding(from->head, from->head_bytes, &mark_bytes);
    return from->head_bytes == mark_bytes;
}

static import_code read_source(run *self, const walk_item *item, int64_t changed_ns)
{
    const char *given = self->options->format, *format = NULL;
    bool is_archive = given == NULL || strcmp(given, "linkedin") == 0;
    if (given == NULL && is_empty(&self->source))
        return reading_leave_empty(self);
    if (is_archive && zip_is(self->source.head, self->source.head_bytes))
        return self->options->encoding == NULL ? archive_read(self, item)
                                               : reading_leave_out(self, item, encoded_archive);
    import_code code = find_format(self, item, &format);
    if (code != IMPORT_DONE || format == NULL)
        return code;
    bool is_linkedin_table = strcmp(format, "linkedin") == 0;
    if (!is_linkedin_table || !linkedin_is_learnt(self->owner, item->path))
        reading_forget_owner(self);
    if (is_linkedin_table && self->owner->path == NULL) {
        linkedin_learn_folder(self->found, item->path, self->owner);
        reading_prefer_owner(self);
    }
    if (reading_check_owner(self) != IMPORT_DONE)
        return IMPORT_BAD_INPUT;
    return reading_as(self, format, changed_ns);
}

static import_code read_file(run *self, const walk_item *item)
{
    const char *problem = NULL;
    int64_t changed_ns = 0;
    bool is_same = item->folder != NULL && item->folder == self->folder;
    if (!is_same && !reading_begin(self, item->folder != NULL ? item->folder : item->path))
        return run_fail_input(self, 0, 0, "memory is exhausted");
    self->folder = item->folder;
    if (item->is_database)
        return reading_leave_out(self, item, "the database itself, expected an export");
    if (self->folder != NULL)
        return self->options->encoding == NULL ? maildir_read(self, item)
                                               : reading_leave_out(self, item, encoded_mail);
    import_code code = source_open(self, item->path, item->is_named, &changed_ns, &problem);
    if (code == IMPORT_BAD_INPUT)
        return reading_leave_out(self, item, problem);
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
    char formats[FORMATS_TEXT_BYTES];
    if (format != NULL && formats_find(format, &reader) == NULL)
        return run_fail_input(self, 0, 0, "format is '%.40s', expected %s", format,
                              formats_list(formats));
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
    walk found = {.database = options->database};
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
    retold_forget(&self.retold);
    walk_free(&found);
    people_free(&self.people);
    rehearsal_free(&self.rehearsal);
    lines_free(&self.lines);
    free(self.source.head);
    free(self.stated_by);
    free(self.report);
    return code;
}
