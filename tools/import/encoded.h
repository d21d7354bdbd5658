/*
 * Encoded words in headers (RFC 2047).
 */
#ifndef WARMPATH_IMPORT_ENCODED_H
#define WARMPATH_IMPORT_ENCODED_H

/* The text of a header with its encoded words decoded; yours, g_free(). NULL: memory. */
char *encoded_decode(const char *raw);

#endif
