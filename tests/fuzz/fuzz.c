/*
 * What fuzz targets share. Failures end by abort(), which the fuzzer takes for a finding; failures
 * of the machine (no memory, no disk) end likewise, because nothing after them could be trusted.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fuzz_expect(bool is_kept, const char *promise)
{
    if (is_kept)
        return;
    (void)fprintf(stderr, "fuzz: broken: %s\n", promise);
    abort();
}

char *fuzz_copy(const uint8_t *bytes, size_t count)
{
    char *copy = malloc(count + 1);
    fuzz_expect(copy != NULL, "memory");
    if (count > 0)
        memcpy(copy, bytes, count);
    copy[count] = '\0';
    return copy;
}

void fuzz_make_directory(char directory[64])
{
    const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(directory, 64, "%s/warmpath-fuzz-XXXXXX", parent);
    fuzz_expect(mkdtemp(directory) != NULL, "a directory can be made");
}

void fuzz_write(int fd, const uint8_t *bytes, size_t count)
{
    fuzz_expect(ftruncate(fd, 0) == 0, "a file can be emptied");
    fuzz_expect(pwrite(fd, bytes, count, 0) == (ssize_t)count, "a file can be written");
}
