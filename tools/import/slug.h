/*
 * Profiles at LinkedIn: what identifies a person in the address of one.
 */
#ifndef WARMPATH_IMPORT_SLUG_H
#define WARMPATH_IMPORT_SLUG_H

#include <stdbool.h>
#include <stddef.h>

#define SLUG_BYTES 512

/*
 * The slug of a personal profile in a text: "ann-lee" of "https://www.linkedin.com/in/Ann-Lee/",
 * with or without a scheme, of the mobile site too; percent signs decoded, ASCII letters
 * lower-cased. False: there is none.
 */
bool slug_of(const char *text, char out[SLUG_BYTES]);

#endif
