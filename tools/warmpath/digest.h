/*
 * SHA-256, for the audit log.
 */
#ifndef WARMPATH_TOOL_DIGEST_H
#define WARMPATH_TOOL_DIGEST_H

#include <stddef.h>

/* A wp_sha256_fn. */
void digest_sha256(const void *data, size_t bytes, unsigned char digest[32]);

/* A digest as 64 hexadecimal digits; returns `out`. */
#define DIGEST_TEXT_BYTES 65
const char *digest_text(const unsigned char digest[32], char out[DIGEST_TEXT_BYTES]);

#endif
