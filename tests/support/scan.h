/*
 * Looking for a person's strings in the bytes of files, however they may be written.
 *
 * A text is looked for as it is, folded as the name index folds it, in lower case, and as UTF-16 of
 * either byte order; each occurrence in a file counts.
 */
#ifndef WARMPATH_TESTS_SUPPORT_SCAN_H
#define WARMPATH_TESTS_SUPPORT_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* Occurrences of any of the texts in a file that must exist. Texts shorter than 4 bytes are left
 * out. says_where: print the place of the first hit of each text. */
size_t scan_file(const char *path, const char *const *texts, size_t count, bool says_where);

#endif
