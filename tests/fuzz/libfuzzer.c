/*
 * The way from libFuzzer into a target. The choice is a hash of the input, so that options are
 * spread evenly and an input that fails brings its options with it.
 */
#include <xxhash.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    fuzz_input(bytes, count, XXH3_64bits(bytes, count));
    return 0;
}
