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

/*
 * State a decision by hand, of one matter. It is the person's, whatever identity the person is
 * named by: it takes the place of stricter ones under the others too, which would hold for ever.
 * What is less strict stays, for when they come apart. *holds is false when another one goes on to
 * hold all the same, because it is of a later day, or stricter and of the same; a note says which.
 * A decision of a day that has not come is refused: it would hold against all that are made until
 * then, also by those who import.
 */
int decided_put(app *self, const char *what, const wp_consent *given, bool *holds);
/*
 * Name whoever is freer than the person was to whom these numbers belonged, now that they are
 * several: an opt-out stays with the identity that it is stated of. A line each, with --quiet too.
 */
int decided_tell_freed(app *self, const wp_numbers *numbers, const wp_person *before);
/* Copy them from a person that was read, whose contents end. */
int decided_read(app *self, const wp_person *person, decided *out);
/* {"introductions","contact","sharing"}, each {"choice","since","source"} or null; sharing with
 * "groups". An import is named to the right to audit alone. */
json_t *decided_json(const decided *facts);
void decided_free(decided *facts);

#endif
