/*
 * warmpath who: which of us know somebody, strongest first.
 *
 * These are ties, not routes: consent plays no part, and cold ones (we wrote, nobody answered) are
 * listed at the end, since they are worth knowing before writing again.
 */
#include <stdlib.h>

#include "commands.h"
#include "date.h"
#include "known_by.h"
#include "output.h"
#include "path_answer.h"
#include "text.h"

static void print_json(const app *self, const char *target, const known_by *answer)
{
    json_t *document = doc_object(), *ties = doc_array();

    for (size_t i = 0; i < answer->count; i++)
        doc_add(ties, known_by_json(&answer->items[i]));
    doc_put(document, "day", doc_day(self->day));
    doc_put(document, "target", doc_text(target));
    doc_put(document, "ties", ties);
    doc_print(document);
}

int cmd_who(app *self)
{
    const char *target = self->given.words[0];
    char day[DATE_TEXT_BYTES];
    known_by answer = {0};
    who_found found;
    int code = who_begin_read(self);

    if (code == CODE_DONE)
        code = who_find(self, "target", target, CODE_NOTHING, &found);
    if (code == CODE_DONE)
        who_asked(self, found);
    if (code == CODE_DONE)
        code = known_by_read(self, found, &answer);
    app_end(self);
    if (code == CODE_DONE && answer.count == 0)
        code = app_fail(self, CODE_NOTHING, "%s: none of us has a tie to %s on %s", target,
                        found.kind == WHO_PERSON ? "this person" : "anybody there",
                        date_format_day(self->day, day));
    if (self->is_json && (code == CODE_DONE || code == CODE_NOTHING))
        print_json(self, target, &answer);
    else if (code == CODE_DONE)
        known_by_print(self, &answer, 0, SIZE_MAX);
    known_by_free(&answer);
    return code;
}
