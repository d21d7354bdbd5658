/*
 * What a fuzz target is: one function that is given bytes and ends the process when a promise is
 * broken.
 *
 * A target is linked with libfuzzer.c, which searches for inputs, or with replay.c, which runs the
 * kept ones in every build. Whatever a target decides beside the input follows from `choice`, so
 * that a failing input fails again.
 */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Try an input. choice: the low four bits are zero for the slow and thorough way, which the fuzzer
 * takes for one input of sixteen and the replay for each; the bits above pick options.
 */
void fuzz_input(const uint8_t *bytes, size_t count, uint64_t choice);

#define FUZZ_IS_THOROUGH(choice) ((choice) % 16 == 0)
#define FUZZ_OPTIONS(choice) ((choice) >> 4)
#define FUZZ_OPTION_SETS 16 /* so many are replayed */

/* End the process with a message unless a promise is kept. */
void fuzz_expect(bool is_kept, const char *promise);

/* A copy of exactly these bytes and a NUL, so that reading beyond is seen. Yours. */
char *fuzz_copy(const uint8_t *bytes, size_t count);

/* Make a directory for a target's files, in memory where the system has such a place. */
void fuzz_make_directory(char directory[64]);

/* Write bytes as the whole contents of a file. */
void fuzz_write(int fd, const uint8_t *bytes, size_t count);

#endif
