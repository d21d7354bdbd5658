/*
 * What format a file has, by its first bytes; never by its name.
 *
 * A folder that is walked holds anything, so a guess must rather be none than wrong: what is not
 * plainly one of the formats is left out with a reason, and can still be imported by naming the
 * format.
 */
#ifndef WARMPATH_IMPORT_GUESS_H
#define WARMPATH_IMPORT_GUESS_H

#include <stddef.h>

/*
 * One of import_formats[], or NULL with *problem saying why ("format not recognised"). `head` is
 * the first HEAD_BYTES of the file or all of it, at least one byte. errno is 0 when it is called,
 * and ENOMEM after NULL for want of memory.
 */
const char *guess_format(const char *head, size_t bytes, const char **problem);

/* "UTF-16LE" or "UTF-16BE" for a text that is that by its mark or its zeros; else NULL. */
const char *guess_utf16(const char *head, size_t bytes);

#endif
