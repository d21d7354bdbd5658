/*
 * The kept inputs of a target, run without libFuzzer: replay FILE|DIRECTORY...
 *
 * Each input is tried with every set of options, the quick and the thorough way. A directory
 * without inputs is an error, since a test of nothing proves nothing.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

static void replay_file(const char *path)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    fuzz_expect(fd >= 0 && fstat(fd, &facts) == 0, path);
    size_t count = (size_t)facts.st_size;
    uint8_t *bytes = malloc(count + 1);
    fuzz_expect(bytes != NULL && read(fd, bytes, count) == (ssize_t)count, path);
    (void)close(fd);
    for (uint64_t options = 0; options < FUZZ_OPTION_SETS; options++) {
        fuzz_input(bytes, count, options << 4);
        fuzz_input(bytes, count, options << 4 | 1);
    }
    free(bytes);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static size_t replay_path(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_visible, alphasort);
    if (count < 0) {
        replay_file(path);
        return 1;
    }
    for (int i = 0; i < count; i++) {
        char inner[4096];
        (void)snprintf(inner, sizeof inner, "%s/%s", path, entries[i]->d_name);
        replay_file(inner);
        free(entries[i]);
    }
    free(entries);
    return (size_t)count;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    for (int i = 1; i < argc; i++)
        count += replay_path(argv[i]);
    printf("%zu inputs\n", count);
    return count > 0 ? 0 : 1;
}
