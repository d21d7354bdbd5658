/*
 * Lists as documents or tables: see listing.h.
 */
#include "listing.h"

int listing_print(app *self, const char *key, const column *columns, size_t column_count,
                  listing_fn *fill, const char *none)
{
    int code = app_begin_read(self);

    if (code != CODE_DONE)
        return code;
    if (self->is_json) {
        json_t *document = doc_object(), *list = doc_array();
        doc_put(document, key, list);
        code = fill(self, list, NULL);
        if (code == CODE_DONE)
            doc_print(document);
        else
            json_decref(document);
        return code;
    }
    table *rows = table_new(columns, column_count);
    code = fill(self, NULL, rows);
    if (code == CODE_DONE && table_is_empty(rows))
        app_note(self, "%s", none);
    else if (code == CODE_DONE)
        table_print(self, rows, 0);
    table_free(rows);
    return code;
}
