/*
 * A directory of its own for each test process; see scratch.h.
 *
 * Removal walks the tree depth first with nftw and does not follow symbolic links, so a test that
 * makes links out of the directory loses only the links. The process that made the directory is
 * remembered by its id: a forked child that ends through the same code removes nothing.
 */
#include "scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATHS_KEPT 8
#define PATH_BYTES 4096

static char directory[PATH_BYTES];
static pid_t owner;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void make_directory(void)
{
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || parent[0] == '\0')
        parent = "/tmp";
    int length = snprintf(directory, sizeof(directory), "%s/warmpath-test.XXXXXX", parent);
    if (length < 0 || (size_t)length >= sizeof(directory) || mkdtemp(directory) == NULL)
        fail("scratch directory");
    owner = getpid();
}

const char *scratch_path(const char *name)
{
    static char paths[PATHS_KEPT][PATH_BYTES];
    static unsigned next;
    if (directory[0] == '\0')
        make_directory();
    char *path = paths[next++ % PATHS_KEPT];
    int length = snprintf(path, PATH_BYTES, "%s/%s", directory, name);
    if (length < 0 || length >= PATH_BYTES)
        fail("scratch path");
    return path;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *position)
{
    (void)info;
    (void)kind;
    (void)position;
    if (remove(path) != 0)
        perror(path);
    return 0;
}

void scratch_remove(void)
{
    if (directory[0] == '\0' || owner != getpid())
        return;
    if (nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        perror(directory);
    directory[0] = '\0';
}

int scratch_end(int failed)
{
    scratch_remove();
    return failed == 0 ? 0 : 1;
}
