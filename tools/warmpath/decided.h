/*
 * What a person decided, of introductions, contact and sharing: with the day and who states it.
 * Where there is no decision, the default of the database holds.
 */
#ifndef WARMPATH_TOOL_DECIDED_H
#define WARMPATH_TOOL_DECIDED_H

#include "app.h"
#include "doc.h"

typedef struct decision {
    const char *choice; /* static; NULL: none was made */
    int32_t since;
    char *source;
} decision;

typedef struct decided {
    decision introductions;
    decision contact;
    decision sharing;
    char **groups; /* that ties are shared with */
    size_t group_count;
} decided;

/* Copy them from a person that was read, whose contents end. */
int decided_read(app *self, const wp_person *person, decided *out);
/* {"introductions","contact","sharing"}, each {"choice","since","source"} or null; sharing with
 * "groups". An import is named to the right to audit alone. */
json_t *decided_json(const decided *facts);
void decided_free(decided *facts);

#endif
