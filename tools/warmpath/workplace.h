/*
 * A directory beside a file that is being made, ".NAME.load-PID-XXXXXX".
 *
 * It is removed with all that is in it, by whoever made it or, when that process was killed, by the
 * next one that makes such a directory for the same file.
 */
#ifndef WARMPATH_TOOL_WORKPLACE_H
#define WARMPATH_TOOL_WORKPLACE_H

#include <stdbool.h>

typedef struct workplace {
    char *path;
    int descriptor; /* holds a flock that says that the directory is in use */
} workplace;

/* Make a directory for `file`, after removing those of dead processes. False: errno says why. */
bool workplace_open(workplace *self, const char *file);

/* Give a finished file in it, which is synced, its name for good, or not at all. False: errno says
 * why. */
bool workplace_place(const char *inside, const char *path);

/* Remove it. */
void workplace_close(workplace *self);

#endif
