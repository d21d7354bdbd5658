/*
 * Reading a Maildir: see maildir_read.h. A message that is left out by its name, or that is none,
 * is a row all the same.
 */
#include "import/maildir_read.h"

#include "import/formats.h"
#include "import/maildir.h"
#include "import/reading.h"
#include "import/source.h"

static import_code skip_message(run *self, const verdict *what)
{
    place start = {0};
    import_code code = run_row(self, &start, what, 0);
    return code == IMPORT_DONE ? code : reading_stop(self, code);
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
    const char *format = formats_find("eml", &reader);
    if (code == IMPORT_DONE)
        code = reading_rows(self, reader, format, changed_ns);
    if (code == IMPORT_DONE && self->tally.read == rows)
        verdict_skip(what, REASON_NO_HEADER, "an empty file, expected a message");
    return code;
}

import_code maildir_read(run *self, const walk_item *item)
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
