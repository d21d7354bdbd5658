/*
 * The way from libFuzzer into a target. The choice is a hash of the input, so that options are
 * spread evenly and an input that fails brings its options with it.
 */
#include <xxhash.h>

#include "fuzz.h"

/* Freed memory is kept from reuse for a while, so that late reads are seen: an input's worth of it,
 * since the usual 256 MB are mostly time spent on pages that nobody has touched yet. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "quarantine_size_mb=8:malloc_context_size=12";
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    fuzz_input(bytes, count, XXH3_64bits(bytes, count));
    return 0;
}
