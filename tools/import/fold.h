/*
 * Text folded to plain words, for comparing labels and titles that people write.
 */
#ifndef WARMPATH_IMPORT_FOLD_H
#define WARMPATH_IMPORT_FOLD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The words of a text, lower case and without accents, one blank between two: "Prénom" gives
 * "prenom", "E-mail (1)" gives "e mail 1". What is no letter or digit separates words. Cut at a
 * character when longer than `bytes`. False, and an empty text, when it is no UTF-8.
 */
bool fold_words(const char *text, char *out, size_t bytes);

#endif
