/*
 * warmpath retain: what is kept of interactions, and for how long.
 */
#include <stdlib.h>

#include "commands.h"
#include "date.h"
#include "doc.h"

#define DAY_SECONDS 86400

/* The first day that is kept as it is. */
static int read_day(app *self, int32_t *day)
{
    const char *before = args_get(&self->given, "before");
    uint32_t days = 0;

    if ((before != NULL) == args_has(&self->given, "older-than"))
        return app_fail(self, CODE_USAGE,
                        "arguments: %s, expected one of --before and --older-than",
                        before != NULL ? "both are given" : "none is given");
    if (before != NULL && !date_parse_day(before, day))
        return app_fail(self, CODE_USAGE, "--before: %s, expected YYYY-MM-DD from 1970 on", before);
    int code = app_option_u32(self, "older-than", 1, 36500, &days);
    if (before == NULL)
        *day = self->day - (int32_t)days;
    if (code == CODE_DONE && *day < 1)
        code =
            app_fail(self, CODE_USAGE, "--before: a day before 1970-01-02, expected a later one");
    if (code == CODE_DONE && *day > self->day)
        code = app_fail(self, CODE_USAGE,
                        "--before: %s is after today, expected a day that has come", before);
    return code;
}

static void print_done(const app *self, int32_t day, const wp_retention *asked,
                       const wp_retained *done)
{
    char text[DATE_TEXT_BYTES];

    if (self->is_json) {
        json_t *document = doc_object();
        doc_put(document, "before", doc_day(day));
        doc_put(document, "removed", json_boolean(asked->is_removal));
        doc_put(document, "dry_run", json_boolean(asked->is_dry_run));
        doc_put(document, "taken", json_integer((json_int_t)done->taken));
        doc_put(document, "answered", json_integer((json_int_t)done->answered));
        doc_put(document, "summaries", json_integer((json_int_t)done->ties));
        doc_print(document);
        return;
    }
    app_note(self, "%llu interactions before %s %s%s; %llu stay because of later replies",
             (unsigned long long)done->taken, date_format_day(day, text),
             asked->is_dry_run ? "would be " : "were ", asked->is_removal ? "removed" : "reduced",
             (unsigned long long)done->answered);
}

int cmd_retain(app *self)
{
    wp_retention asked = WP_RETENTION_INIT;
    wp_retained done = {0};
    int32_t day = 0;
    int code = read_day(self, &day);

    asked.before_s = (int64_t)day * DAY_SECONDS;
    asked.is_removal = args_has(&self->given, "remove");
    asked.is_dry_run = args_has(&self->given, "dry-run");
    asked.cancel = self->cancel;
    if (code == CODE_DONE)
        code = app_open(self, asked.is_dry_run);
    if (code != CODE_DONE)
        return code;
    if (wp_retain(self->db, &asked, &done, &self->err) != WP_OK)
        return app_fail_status(self, "retain");
    print_done(self, day, &asked, &done);
    if (asked.is_dry_run || done.taken == 0 || args_has(&self->given, "defer"))
        return CODE_DONE;
    if (wp_vacuum(self->db, NULL, NULL, &self->err) == WP_OK)
        return CODE_DONE;
    return app_fail(self, CODE_DATABASE,
                    "done, but the bytes are in the file until 'warmpath compact': %s",
                    self->err.message);
}
