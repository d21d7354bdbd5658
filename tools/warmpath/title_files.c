/*
 * The table of job titles with the user's own lines.
 *
 * $WARMPATH_TITLES must exist when it is set, since whoever sets it counts on it; the file in the
 * user's configuration may be absent.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "title.h"

#define FILE_BYTES_MAX ((size_t)1 << 20)

static int add_stream(const app *self, FILE *stream, const char *path, title_table *table)
{
    char *text = text_new(FILE_BYTES_MAX + 1, 1), *problem = NULL;
    size_t bytes = fread(text, 1, FILE_BYTES_MAX + 1, stream);
    int code = CODE_DONE;
    if (ferror(stream) != 0)
        code = app_fail(self, CODE_INPUT, "%s: cannot be read, expected a table of titles", path);
    else if (bytes > FILE_BYTES_MAX)
        code = app_fail(self, CODE_INPUT, "%s: longer than 1 MiB, expected at most that", path);
    else if (!title_table_add(table, path, text, bytes, &problem))
        code = app_fail(self, CODE_INPUT, "%s", problem);
    free(problem);
    free(text);
    return code;
}

static int add_file(const app *self, const char *path, bool is_wanted, title_table *table)
{
    FILE *stream = fopen(path, "re");
    if (stream == NULL && errno == ENOENT && !is_wanted)
        return CODE_DONE;
    if (stream == NULL)
        return app_fail(self, CODE_INPUT, "%s: %s, expected a table of titles", path,
                        strerror(errno));
    int code = add_stream(self, stream, path, table);
    (void)fclose(stream);
    return code;
}

int title_table_read(const app *self, title_table **out)
{
    const char *named = getenv("WARMPATH_TITLES"), *home = getenv("HOME");
    char *problem = NULL;
    int code = CODE_DONE;
    *out = title_table_new();
    if (!title_table_add_builtin(*out, &problem))
        code = app_fail(self, CODE_INPUT, "%s", problem);
    free(problem);
    if (code == CODE_DONE && named != NULL && named[0] != '\0') {
        code = add_file(self, named, true, *out);
    } else if (code == CODE_DONE && home != NULL && home[0] != '\0') {
        char *path = text_format("%s/.config/warmpath/titles.csv", home);
        code = add_file(self, path, false, *out);
        free(path);
    }
    if (code == CODE_DONE)
        return code;
    title_table_free(*out);
    *out = NULL;
    return code;
}
