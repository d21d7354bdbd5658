/*
 * SHA-256 by nettle: see digest.h.
 */
#include "digest.h"

#include <nettle/sha2.h>
#include <stdio.h>

void digest_sha256(const void *data, size_t bytes, unsigned char digest[32])
{
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, bytes, data);
    sha256_digest(&context, SHA256_DIGEST_SIZE, digest);
}

const char *digest_text(const unsigned char digest[32], char out[DIGEST_TEXT_BYTES])
{
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return out;
}
