/*
 * UTF-8 text: validation, small letters, folding for comparison and search.
 *
 * Folding belongs to the engine because the name index is derived data: two programs that folded
 * differently would break each other's index.
 */
#ifndef WPI_BASE_TEXT_H
#define WPI_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Strict UTF-8 (no overlong forms, no surrogates), no control characters (C0, DEL, C1). */
bool wpi_text_is_valid(const char *text, size_t length);

/*
 * Fold into `out` (capacity bytes, always NUL-terminated, cut at a character when too long):
 * lower case; combining marks dropped; Latin letters with marks to their base letters; ae, oe, ss,
 * th for the ligatures and sharp s; o, l, d, h, i for the barred and dotless letters; Greek and
 * Cyrillic lower-cased, Greek tonos and Indic nukta dropped; kana of full width; everything that is
 * not a letter, a digit or a mark becomes one space between words, none at either end. Returns the
 * length.
 */
size_t wpi_text_fold(const char *text, char *out, size_t capacity);

/*
 * Copy with capital letters of Latin, Greek, Cyrillic, Armenian and Georgian made small and nothing
 * else changed: marks stay, unlike when folding. Cut at a character when too long. Never longer.
 */
void wpi_text_lower(const char *text, char *out, size_t capacity);

#endif
