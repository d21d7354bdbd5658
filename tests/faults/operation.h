/*
 * What the fault tests do to databases: the operations during which calls fail or the power goes.
 *
 * Each opens the files it needs and closes them again, returns what warmpath answered, and does not
 * end the process when that is an error. An operation of a seed and a number is always the same.
 */
#ifndef WARMPATH_TESTS_FAULTS_OPERATION_H
#define WARMPATH_TESTS_FAULTS_OPERATION_H

#include <stdbool.h>
#include <stdint.h>

#include "warmpath.h"

#define PLACE_PATH_BYTES 512

/* The files of a test, all in one directory. */
typedef struct place {
    char directory[PLACE_PATH_BYTES];
    char database[PLACE_PATH_BYTES];
    char copy[PLACE_PATH_BYTES];   /* what backup makes */
    char loaded[PLACE_PATH_BYTES]; /* what load makes */
    char lines[PLACE_PATH_BYTES];  /* what import reads */
    char dump[PLACE_PATH_BYTES];   /* what load reads */
    uint64_t seed;
    uint64_t number; /* of the operation, for those that can be done again */
} place;

typedef enum operation_kind {
    OPERATION_CREATE = 0, /* wp_create */
    OPERATION_OPEN,       /* wp_open, read some */
    OPERATION_CHECK,      /* wp_open, wp_check deep */
    OPERATION_UPDATE,     /* a transaction of interactions, ties, decisions, employments */
    OPERATION_GROW,       /* a larger one into a full map, which is then enlarged, and again */
    OPERATION_MERGE,      /* two people become one, the next time two again */
    OPERATION_COMPACT,    /* wp_compact */
    OPERATION_IMPORT,     /* the tool imports JSON lines */
    OPERATION_REMOVE,     /* wp_source_remove */
    OPERATION_ERASE,      /* wp_person_erase */
    OPERATION_VACUUM,     /* wp_vacuum: a new file takes the place of the old one */
    OPERATION_BACKUP,     /* wp_backup */
    OPERATION_LOAD,       /* the tool loads a dump into a new database */
    OPERATION_KINDS
} operation_kind;

/* The tool answers with an exit code; it is told from a wp_status by this. */
#define OPERATION_TOOL_CODE 100

/* Make a place in a directory, which must exist, with its input files. */
place place_make(const char *directory, uint64_t seed);

/* Remove all files of a place but its inputs. */
void place_clear(const place *at);

/*
 * Perform an operation; returns a wp_status, or OPERATION_TOOL_CODE + exit code. When `kept` is not
 * NULL, the database is left open there, where the operation opened one; yours (wp_close).
 */
int operation_run(operation_kind kind, const place *at, wp_db **kept, wp_error *err);

/* Perform an operation of those that use an open database, on this one. */
wp_status operation_run_on(operation_kind kind, wp_db *db, const place *at, wp_error *err);

/* The file that an operation changes or makes. */
const char *operation_file(operation_kind kind, const place *at);

const char *operation_name(operation_kind kind);

/* Whether this operation may answer so when the system fails: the documented statuses. */
bool operation_may_answer(operation_kind kind, int answer);

/* Whether nothing or all of it is done, in one commit. */
bool operation_is_atomic(operation_kind kind);

/* Whether it makes a new file, which exists complete or not at all. */
bool operation_is_making(operation_kind kind);

#endif
