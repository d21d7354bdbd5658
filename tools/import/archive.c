/*
 * Reading a ZIP: see archive.h. Whose archive it is is learnt from all its tables first.
 */
#include "import/archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/linkedin.h"
#include "import/owner.h"
#include "import/reading.h"
#include "import/source.h"
#include "import/table_guess.h"
#include "import/zip.h"

static import_code read_member(run *self, const walk_item *item, zip_member *member)
{
    const char *problem = "format not recognised";
    char *path = NULL;
    walk_item inside = {.is_named = false};
    if (asprintf(&path, "%s/%s", item->path, member->name) < 0)
        return run_fail_input(self, 0, 0, "memory is exhausted");
    bool is_pushed = reading_begin(self, path);
    free(path);
    if (!is_pushed)
        return run_fail_input(self, 0, 0, "memory is exhausted");
    if (member->is_empty)
        return reading_leave_empty(self);
    if (member->fd < 0)
        return reading_leave_out(self, &inside, problem);
    int fd = member->fd;
    member->fd = -1;
    if (!source_adopt(self, self->result->files[self->file].path, fd, &problem))
        return reading_leave_out(self, &inside, problem);
    import_code code = reading_as(self, "linkedin", 0);
    source_close(self);
    return code;
}

static bool is_linkedin(const char *head, size_t bytes)
{
    const char *format = table_guess(head, bytes, NULL);
    return format != NULL && strcmp(format, "linkedin") == 0;
}

static import_code learn_owner(run *self, const zip *from)
{
    reading_forget_owner(self);
    for (size_t i = 0; i < from->count; i++)
        if (from->members[i].fd >= 0)
            linkedin_learn(from->members[i].fd, self->owner);
    for (size_t i = 0; i < from->count && self->owner->slug[0] == '\0'; i++)
        if (from->members[i].fd >= 0)
            linkedin_learn_from_messages(from->members[i].fd, self->owner);
    reading_prefer_owner(self);
    return reading_check_owner(self);
}

/* Workbooks are ZIPs, too, and begin with a list of what is in them. */
static bool is_workbook(const source *from)
{
    static const char list[] = "[Content_Types].xml";
    return memmem(from->head, from->head_bytes, list, sizeof list - 1) != NULL;
}

/* Whether there is something to read: tables, or nothing but empty files, which tables may be. */
static bool has_tables(const zip *from)
{
    size_t empty = 0;
    for (size_t i = 0; i < from->count; i++)
        empty += from->members[i].is_empty ? 1 : 0;
    return from->wanted > 0 || (empty > 0 && empty == from->count);
}

import_code archive_read(run *self, const walk_item *item)
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
        reading_note_problem(self, item, problem, "a whole ZIP");
        result->files[self->file].problem = "a ZIP that cannot be unpacked";
        return item->is_named && self->options->is_strict ? IMPORT_BAD_INPUT : IMPORT_DONE;
    }
    import_code code = IMPORT_DONE;
    bool is_read = has_tables(&members);
    if (!is_read) {
        code = reading_leave_out(self, item, none);
    } else {
        source_close(self);
        import_file_free(&result->files[--result->file_count]);
        code = learn_owner(self, &members);
    }
    for (size_t i = 0; i < members.count && is_read && code == IMPORT_DONE; i++)
        code = read_member(self, item, &members.members[i]);
    zip_free(&members);
    return code;
}
