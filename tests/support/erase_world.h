/*
 * Small networks in which every string of a person is hers alone, so that a scan of the bytes can
 * tell whether anything of her is left.
 *
 * People have several addresses, an id, a profile, names with and without accents, in several
 * sources. Their strings stand also where they are not looked for: in source ids, ids and names of
 * opportunities, names of sources and marks, titles of others. Everything follows from a seed.
 */
#ifndef WARMPATH_TESTS_SUPPORT_ERASE_WORLD_H
#define WARMPATH_TESTS_SUPPORT_ERASE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "warmpath.h"

#define ERASE_PEOPLE 10
#define ERASE_ROWS 120
#define ERASE_TEXTS_MAX 40
#define ERASE_TEXT_BYTES 120

typedef struct erase_person {
    char texts[ERASE_TEXTS_MAX][ERASE_TEXT_BYTES]; /* all her strings */
    size_t text_count;
    const char *emails[3];
    const char *id;
    const char *slug;
    const char *names[3];
    const char *title;
} erase_person;

typedef struct erase_world {
    uint64_t seed;
    erase_person people[ERASE_PEOPLE];
} erase_world;

void erase_world_make(erase_world *self, uint64_t seed);

/*
 * Store the rows of the world, each in a transaction of its own now and then. is_again: as another
 * import of the same files would, but for rows with free text of others (names of deals, titles of
 * others), which may name anybody. Rows about people erased are left out where the database says
 * so.
 */
void erase_world_store(erase_world *self, wp_db *db, bool is_again);

/* Link all identities of a person and erase her. */
void erase_world_erase(const erase_world *self, wp_db *db, size_t person);

/* Whether the database knows any identity of a person. */
bool erase_world_knows(const erase_world *self, wp_db *db, size_t person);

/* Occurrences of a person's strings in a file. */
size_t erase_world_scan(const erase_world *self, size_t person, const char *path, bool says_where);

#endif
