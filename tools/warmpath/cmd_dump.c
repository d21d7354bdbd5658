/*
 * warmpath dump: everything as JSON lines, in the native exchange format (tools/import/jsonl.c).
 *
 * The order is fixed: companies, people, employments that were stated, interactions, stated ties,
 * consent; each in the order of the engine's numbers. Loading creates people and companies in the
 * order of the lines, so a dump that is loaded and dumped again is the same, byte by byte. What
 * follows from the rest (employments suggested by an address, strengths) is not written.
 *
 * A person is referred to by the first address, else id, else profile. A number with a fraction is
 * written with the fewest digits that read back as the same number. The snapshot is held until the
 * last line is out: a dump is one state.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "doc.h"
#include "output.h"
#include "text.h"

typedef struct dump {
    app *self;
    FILE *stream;
    uint64_t lines;
} dump;

/* Digits needed to read the same number back. */
static int digits_of(double value)
{
    for (int digits = 1; digits < 17; digits++) {
        char text[40];
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return digits;
    }
    return 17;
}

/* Write one line and free the object; its only number with a fraction, if any, is `real`. */
static int write_line(dump *out, json_t *line, double real)
{
    size_t flags = JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(digits_of(real));
    bool is_written = json_dumpf(line, out->stream, flags) == 0 && fputc('\n', out->stream) != EOF;

    json_decref(line);
    out->lines++;
    if (!is_written)
        return CODE_STOPPED; /* the reason is told when the stream is closed */
    if (app_is_cancelled(out->self))
        return app_fail(out->self, CODE_STOPPED, "interrupted: the dump is incomplete");
    return CODE_DONE;
}

static json_t *new_line(const char *type)
{
    json_t *line = doc_object();

    doc_put(line, "type", doc_text(type));
    return line;
}
