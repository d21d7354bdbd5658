/*
 * What an import says. JSON is written by jansson; text of the file goes through
 * charset_repair() first, because a bad row is often bad for its bytes.
 *
 * Counts are kept as a tally by reason while a file is read and become lists only when it is done.
 */
#include "import/report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "import/charset.h"

static bool append(run *self, const char *text, size_t bytes)
{
    if (self->report_bytes + bytes + 1 > self->report_capacity) {
        size_t capacity = 2 * (self->report_bytes + bytes) + 4096;
        char *wider = realloc(self->report, capacity);
        if (wider == NULL)
            return false;
        self->report = wider;
        self->report_capacity = capacity;
    }
    memcpy(self->report + self->report_bytes, text, bytes);
    self->report_bytes += bytes;
    self->report[self->report_bytes++] = '\n';
    return true;
}

bool report_add(run *self, const place *at, const verdict *what)
{
    bool is_added = false;
    if (self->options->report == NULL)
        return true;
    char *seen = charset_repair(what->detail, strlen(what->detail));
    char *path = charset_repair(self->source.path, strlen(self->source.path));
    json_t *object = seen == NULL || path == NULL
                         ? NULL
                         : json_pack("{s:s, s:I, s:I, s:s, s:s}", "file", path, "line",
                                     (json_int_t)at->line, "byte", (json_int_t)at->byte, "reason",
                                     reason_text(what->reason), "seen", seen);
    char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
    if (text != NULL)
        is_added = append(self, text, strlen(text));
    free(text);
    json_decref(object);
    free(path);
    free(seen);
    return is_added;
}

void report_print(run *self)
{
    /* A failed write is remembered by the stream; whoever opened the file asks ferror(). */
    if (self->report_bytes > 0)
        fwrite(self->report, 1, self->report_bytes, self->options->report);
    self->report_bytes = 0;
}

void report_clear(import_file *file)
{
    free(file->reasons);
    free(file->notes);
    file->reasons = file->notes = NULL;
    file->reason_count = file->note_count = 0;
    file->read = file->added = file->known = file->skipped = 0;
}

static bool list_reasons(import_file *file, const tally *from)
{
    size_t used = 0;
    for (int i = 0; i < REASON_COUNT; i++) {
        used += from->reasons[i] != 0 ? 1 : 0;
        file->skipped += from->reasons[i]; /* also when there is no memory for the reasons */
    }
    if (used == 0)
        return true;
    file->reasons = calloc(used, sizeof *file->reasons);
    if (file->reasons == NULL)
        return false;
    for (int i = 0; i < REASON_COUNT; i++) {
        uint64_t rows = from->reasons[i];
        reason_id id = (reason_id)i;
        if (rows == 0)
            continue;
        file->reasons[file->reason_count++] =
            (import_reason){reason_text(id), rows, reason_is_bad(id)};
    }
    return true;
}

static bool list_notes(import_file *file, const tally *from)
{
    uint64_t sum = 0;
    for (int i = 0; i < NOTE_COUNT; i++)
        sum += from->notes[i];
    if (sum == 0)
        return true;
    file->notes = calloc(NOTE_COUNT, sizeof *file->notes);
    if (file->notes == NULL)
        return false;
    for (int i = 0; i < NOTE_COUNT; i++)
        if (from->notes[i] != 0)
            file->notes[file->note_count++] =
                (import_reason){note_text((note_id)i), from->notes[i], false};
    return true;
}

bool report_settle(import_file *file, const tally *from)
{
    report_clear(file);
    file->read = from->read;
    file->added = from->added;
    file->known = from->known;
    return list_reasons(file, from) && list_notes(file, from);
}
