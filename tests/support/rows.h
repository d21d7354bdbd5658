/*
 * Rows of imports as plain data, random ones over a small pool of identities, and what a database
 * says after some of them: for tests of sources, merging and undo.
 *
 * A row belongs to a source and can be stored any number of times, in any order. The pools are so
 * small that rows of several sources meet in the same people, messages and ties all the time.
 *
 * The description of a database is text without numbers: every statement with its source, and what
 * is read of people. Ties are compared apart, as numbers, since sums depend on the order of adding.
 */
#ifndef WARMPATH_TESTS_SUPPORT_ROWS_H
#define WARMPATH_TESTS_SUPPORT_ROWS_H

#include "random.h"
#include "warmpath.h"

#define ROWS_IDENTITIES 9
#define ROWS_SOURCES 4
#define ROWS_NOBODY SIZE_MAX /* in the place of an identity: somebody who is left out */
#define ROWS_LINKS_MAX 3
#define ROWS_TO_MAX 4

typedef enum row_type {
    ROW_PERSON = 0,
    ROW_COMPANY,
    ROW_EMPLOYMENT,
    ROW_INTERACTION,
    ROW_TIE,
    ROW_CONSENT,
    ROW_PRIVATE,
    ROW_OPPORTUNITY,
    ROW_ROLE,
    ROW_TYPES
} row_type;

/* Identities are indexes of the pool. Which fields count depends on the type. */
typedef struct row {
    row_type type;
    size_t source;
    size_t people[ROWS_LINKS_MAX]; /* person: all of one; else the one it is about */
    size_t people_count;
    size_t other; /* tie, private: the other end; interaction: none */
    const char *name;
    wp_us us;
    bool has_no_company;
    size_t company; /* of the pool of companies */
    size_t company_more;
    int32_t from_day;
    int32_t to_day;
    size_t id;       /* of an interaction or opportunity */
    size_t reply_to; /* an id; SIZE_MAX: none */
    wp_kind kind;
    int64_t time_s;
    size_t to[ROWS_TO_MAX];
    wp_role roles[ROWS_TO_MAX];
    size_t to_count;
    uint32_t flags;
    int64_t revision;
    int64_t series_revision;
    bool is_from_nobody; /* a series */
    double valence;
    double p;
    wp_choice choice;
} row;

/* A random row of a source. has_revisions: of one interaction no two rows have the same revision
 * and say different things. */
row rows_random(random_source *random, size_t source, bool has_revisions);

/* Store a row in a write transaction; representative: which identity stands for each, NULL: itself.
 * Rows that say nothing then (a tie of somebody with herself) are left out. Whoever is left out, or
 * was erased from the database, is taken out of a row as an import does. */
void rows_store(wp_txn *txn, const row *at, const size_t *representative);
/* Have the transaction store for a source of the pool. */
void rows_use_source(wp_txn *txn, size_t source);
const char *rows_source_name(size_t source);
wp_identity rows_identity(size_t index);

/* Describe all that is stated, and what is read of people. Yours: free(). */
char *rows_describe(wp_txn *txn);

/* The tie between the people of two identities; false: there is none, or they are one. */
bool rows_tie(wp_txn *txn, size_t from, size_t to, int32_t day, wp_tie *out);
/* Whether two ties are equal but for the rounding of sums. */
bool rows_same_tie(const wp_tie *a, const wp_tie *b);

#endif
