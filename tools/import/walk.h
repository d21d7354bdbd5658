/*
 * The files under a list of paths: directories walked recursively, each sorted by name as bytes.
 *
 * Hidden entries are counted and passed over, and so are symbolic links to directories, which could
 * lead round in a circle. Of a Maildir (maildir.h) the messages follow each other; its folders are
 * entered though they are hidden, what mail programs keep beside them is passed over.
 */
#ifndef WARMPATH_IMPORT_WALK_H
#define WARMPATH_IMPORT_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

typedef struct walk_item {
    char *path;
    size_t given;       /* which of the paths given it comes from */
    bool is_named;      /* given itself, rather than found in a directory */
    bool is_database;   /* the database that is written, or its lock: not to be opened */
    const char *folder; /* the Maildir whose message it is, one pointer for all; NULL: none */
} walk_item;

typedef struct walk_names {
    char **items;
    size_t count;
    size_t capacity;
} walk_names;

typedef struct walk {
    walk_item *items;
    size_t count;
    size_t capacity;
    walk_names folders;   /* that items point to */
    const char *database; /* path of the database; NULL: any file may be opened */
    uint64_t hidden_count;
    int failure;           /* errno of a failed walk_add() */
    char failed_path[512]; /* where */
} walk;

/* Whether a file is the database at a path, or its lock, by whatever name. Closing either, once
 * opened, would drop the locks that this process holds on it. */
bool walk_is_database(const char *database, const struct stat *facts);

/* Add a path ("-" as it is) or what is under it. False: see `failure`. */
bool walk_add(walk *self, const char *path);
void walk_free(walk *self);

#endif
