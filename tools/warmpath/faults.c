/*
 * Faults of a database file: see faults.h. Keys are hashes and numbers and tell of nobody, so they
 * are shown as they are.
 */
#include "faults.h"

#include <stdlib.h>

#include "text.h"

void fault_take(void *context, const char *table_name, const char *key, const char *what)
{
    fault_sink *sink = context;

    if (sink->list == NULL) {
        char *line = text_format("%s %s: %s", table_name, key, what), *clean = text_clean(line);
        (void)puts(clean);
        free(clean);
        free(line);
        return;
    }
    json_t *fault = doc_object();
    doc_put(fault, "table", doc_text(table_name));
    doc_put(fault, "key", doc_text(key));
    doc_put(fault, "what", doc_text(what));
    doc_add(sink->list, fault);
}
