/*
 * warmpath dump: everything as JSON lines, in the native exchange format (tools/import/jsonl.c).
 *
 * It is canonical: what is stated, by whom, in the order of texts and times, without a number of
 * the database in it. So importing the same things in another order gives the same dump, byte by
 * byte, and so does a dump that is loaded and dumped again. What follows from the rest (employments
 * and companies suggested by an address, strengths) is not written, and neither is when a source
 * was read.
 *
 * The snapshot is held until the last line is out: a dump is one state. The lines themselves are
 * made in dump_people.c, dump_interactions.c and dump_facts.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "dump_lines.h"
#include "output.h"
#include "text.h"

static int dump_all(dump *out)
{
    int code = dump_index_sources(out->self, &out->sources);

    if (code == CODE_DONE)
        code = dump_index_companies(out->self, &out->companies);
    if (code == CODE_DONE)
        code = dump_index_people(out->self, &out->people);
    if (code == CODE_DONE)
        code = dump_suppressions(out);
    if (code == CODE_DONE)
        code = dump_sources(out);
    if (code == CODE_DONE)
        code = dump_settings(out);
    if (code == CODE_DONE)
        code = dump_companies(out);
    if (code == CODE_DONE)
        code = dump_people(out);
    if (code == CODE_DONE)
        code = dump_interactions(out);
    return code == CODE_DONE ? dump_facts(out) : code;
}

int dump_file(app *self, const char *path, bool is_salvage)
{
    dump out = {.self = self, .is_salvage = is_salvage};
    output_file file;
    int code = app_begin_read_all(self);

    if (code == CODE_DONE)
        code = output_file_open(self, path, &file);
    if (code != CODE_DONE)
        return code;
    out.stream = file.stream;
    code = dump_all(&out);
    if (code == CODE_STOPPED && ferror(file.stream) != 0 && strcmp(path, "-") != 0)
        (void)app_fail(self, code, "%s: %s, nothing was written", path, strerror(errno));
    app_end(self);
    code = output_file_close(self, &file, code);
    app_asked(self, WP_AUDIT_EXPORT, 0);
    if (code == CODE_DONE && strcmp(path, "-") != 0)
        app_note(self, "%llu lines written to %s", (unsigned long long)out.line_count, path);
    dump_free(&out);
    return code;
}

int cmd_dump(app *self)
{
    return dump_file(self, self->given.word_count > 0 ? self->given.words[0] : "-", false);
}
