/*
 * Foreign text made fit for the database: strict UTF-8 without control characters.
 *
 * Bytes that are no UTF-8 are taken as Windows-1252, which contains Latin-1: what undeclared bytes
 * in old mail nearly always are. Names are brought to Unicode's composed form (NFC), so that two
 * programs that write the same name differently give one spelling.
 */
#ifndef WARMPATH_IMPORT_CHARSET_H
#define WARMPATH_IMPORT_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

/* Strict UTF-8 without C0, DEL and C1 controls: what the database accepts. */
bool charset_is_clean(const char *text, size_t length);

/*
 * A copy as clean UTF-8: Windows-1252 decoded unless it is UTF-8, controls turned into blanks.
 * Yours: free(). NULL when memory is exhausted.
 */
char *charset_repair(const char *text, size_t length);

/* The same, telling whether it was taken as Windows-1252. */
char *charset_guess(const char *text, size_t length, bool *is_windows);

/* Drop what cannot be seen and make blanks of any kind single, none at the ends, in place. Returns
 * the length; 0 as well for what is no UTF-8. */
size_t charset_squeeze(char *text);

/* Write the UTF-8 of a byte of Windows-1252, at most three bytes; returns how many. */
size_t charset_encode_windows(unsigned char byte, char *out);

/*
 * A copy of a name: NFC, invisible format characters dropped, blanks trimmed and single.
 * *out is yours; NULL when nothing is left or it is longer than NAME_BYTES_MAX. False: memory.
 */
#define NAME_BYTES_MAX 1024
bool charset_tidy_name(const char *text, char **out);

/* Whether a name is printable ASCII and its own tidy copy, as most are. */
bool charset_is_tidy_name(const char *text);

#endif
