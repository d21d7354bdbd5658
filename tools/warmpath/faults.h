/*
 * Faults of a database file, as the engine finds them: lines as they come, or a list.
 */
#ifndef WARMPATH_TOOL_FAULTS_H
#define WARMPATH_TOOL_FAULTS_H

#include "doc.h"

/* Where faults go. */
typedef struct fault_sink {
    json_t *list; /* NULL: print them as they are found */
} fault_sink;

/* A wp_fault_fn; context: fault_sink. */
void fault_take(void *context, const char *table_name, const char *key, const char *what);

#endif
