/*
 * warmpath load: a dump into a new or empty database, all or nothing.
 *
 * A load that has to create the database works in a directory beside it and links the finished file
 * into place, so that a bad dump leaves nothing behind and no file is ever overwritten. What a load
 * that was killed leaves behind is removed by the next one for the same file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "importing.h"
#include "text.h"
#include "workplace.h"

/* A dump is loaded into nothing else than an empty database. */
static int check_empty(app *self)
{
    wp_stats stats;
    int code;

    if (wp_begin_read(self->db, &self->txn, &self->err) != WP_OK ||
        wp_stats_get(self->txn, &stats, &self->err) != WP_OK)
        return app_fail_status(self, self->db_path);
    app_end(self);
    code = stats.people == 0 && stats.interactions == 0
               ? CODE_DONE
               : app_fail(self, CODE_DATABASE,
                          "%s: holds %llu people and %llu interactions, expected an empty database",
                          self->db_path, (unsigned long long)stats.people,
                          (unsigned long long)stats.interactions);
    return code;
}

static int load_into(app *self)
{
    import_options options = {.format = "jsonl", .is_strict = true, .is_dump = true};
    self->changed_bytes_max = IMPORTING_CHANGED_BYTES_MAX;
    int code = app_open(self, false);

    importing_set_progress(self, &options);
    if (code == CODE_DONE)
        code = check_empty(self);
    if (code == CODE_DONE)
        code = importing_run(self, &options);
    return code;
}

/* Load into a new file in `directory` and link it to where it belongs. */
static int load_new(app *self, const char *directory)
{
    const char *path = self->db_path;
    char *inside = text_format("%s/new.warmpath", directory);
    int code;

    if (wp_create(inside, NULL, 0, &self->err) != WP_OK) {
        code = app_fail_status(self, path);
    } else {
        self->db_path = inside;
        self->is_unsynced = true; /* nobody knows the file before it is synced as a whole */
        code = load_into(self);
        if (code == CODE_DONE && wp_sync(self->db, &self->err) != WP_OK)
            code = app_fail_status(self, path);
        app_close(self);
        self->is_unsynced = false;
        self->db_path = path;
    }
    if (code == CODE_DONE && !workplace_place(inside, path))
        code = app_fail(self, CODE_DATABASE, "%s: %s, expected a place for a new file", path,
                        strerror(errno));
    free(inside);
    return code;
}

int cmd_load(app *self)
{
    workplace beside;
    int code;

    if (access(self->db_path, F_OK) == 0)
        return load_into(self);
    if (!workplace_open(&beside, self->db_path))
        return app_fail(self, CODE_DATABASE, "%s: %s, expected a place for a new file",
                        self->db_path, strerror(errno));
    code = load_new(self, beside.path);
    workplace_close(&beside);
    return code;
}
