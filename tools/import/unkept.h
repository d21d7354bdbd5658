/*
 * What of a file is known or seen, but not kept: the names of columns, properties or keys, each
 * once, for one line of the summary. Names that find no room are left out.
 */
#ifndef WARMPATH_IMPORT_UNKEPT_H
#define WARMPATH_IMPORT_UNKEPT_H

#include <stddef.h>

#define UNKEPT_BYTES ((size_t)4096)

/* All-zero: nothing. */
typedef struct unkept {
    char names[UNKEPT_BYTES]; /* each closed by a NUL, in the order in which they came */
    size_t used;
} unkept;

/* A name without anything in it stands for what has no label. */
void unkept_add(unkept *self, const char *name);
/* The names joined by ", ", as clean UTF-8. Yours: free(). NULL: none, or memory. */
char *unkept_text(const unkept *self);

#endif
