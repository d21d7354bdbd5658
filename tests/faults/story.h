/*
 * The life of a database as crash tests record it, and what must hold of what a crash leaves.
 *
 * A story creates a database, updates, imports, merges, compacts, copies, takes a source back and
 * loads a dump into a second one; after each operation the file is checked deeply and its state is
 * promised. Stories of different seeds store different things.
 */
#ifndef WARMPATH_TESTS_FAULTS_STORY_H
#define WARMPATH_TESTS_FAULTS_STORY_H

#include "image.h"

#define STORY_OPERATIONS_MAX 32

typedef struct story {
    place at;
    history recorded;
    const char *files[STORY_OPERATIONS_MAX + 1]; /* by number of the operation */
    uint64_t states[STORY_OPERATIONS_MAX + 1];   /* of its file after it */
    char scratch[PLACE_PATH_BYTES];              /* for files to look at */
    uint64_t state_seen; /* of the image looked at last; STATE_NONE: it could not be opened */
} story;

/* Let a story happen in a new directory of the scratch directory, and record it. */
void story_tell(story *self, uint64_t seed);

void story_forget(story *self);

/*
 * Open the file story.scratch, which was left by the crash that an image shows, and judge it.
 * NULL: it is as it must be; else what is wrong, static text. `is_thorough`: check it deeply, do
 * the interrupted operation again, which must lead where it led undisturbed, and write into it.
 */
const char *story_judge(story *self, const image *shown, bool is_thorough);

/* What an operation of the story was. */
const char *story_operation_name(unsigned operation);

#endif
