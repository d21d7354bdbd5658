/*
 * The files under a list of paths: directories walked recursively, each sorted by name as bytes.
 *
 * Hidden entries are counted and passed over, and so are symbolic links to directories, which could
 * lead round in a circle.
 */
#ifndef WARMPATH_IMPORT_WALK_H
#define WARMPATH_IMPORT_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct walk_item {
    char *path;
    bool is_named; /* given itself, rather than found in a directory */
} walk_item;

typedef struct walk {
    walk_item *items;
    size_t count;
    size_t capacity;
    uint64_t hidden_count;
    int failure;           /* errno of a failed walk_add() */
    char failed_path[512]; /* where */
} walk;

/* Add a path ("-" as it is) or what is under it. False: see `failure`. */
bool walk_add(walk *self, const char *path);
void walk_free(walk *self);

#endif
