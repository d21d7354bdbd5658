/*
 * The files under a list of paths.
 *
 * Directories that wait to be read are kept on a stack of names, so that their depth is bounded by
 * memory alone; a directory's entries are pushed in reverse order, which makes the walk sorted.
 */
#include "import/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct names {
    char **items;
    size_t count;
    size_t capacity;
} names;

static bool push_name(names *self, char *name)
{
    if (name == NULL)
        return false;
    if (self->count == self->capacity) {
        size_t capacity = self->capacity == 0 ? 64 : 2 * self->capacity;
        char **wider = realloc(self->items, capacity * sizeof *wider);
        if (wider == NULL) {
            free(name);
            return false;
        }
        self->items = wider;
        self->capacity = capacity;
    }
    self->items[self->count++] = name;
    return true;
}

static void free_names(names *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->items[i]);
    free(self->items);
    *self = (names){0};
}

static bool fail(walk *self, const char *path, int failure)
{
    self->failure = failure;
    snprintf(self->failed_path, sizeof self->failed_path, "%s", path);
    return false;
}

static bool push_file(walk *self, const char *path, bool is_named)
{
    if (self->count == self->capacity) {
        size_t capacity = self->capacity == 0 ? 64 : 2 * self->capacity;
        walk_item *wider = realloc(self->items, capacity * sizeof *wider);
        if (wider == NULL)
            return fail(self, path, ENOMEM);
        self->items = wider;
        self->capacity = capacity;
    }
    char *copy = strdup(path);
    if (copy == NULL)
        return fail(self, path, ENOMEM);
    self->items[self->count++] = (walk_item){copy, is_named};
    return true;
}

static char *join(const char *directory, const char *name)
{
    size_t length = strlen(directory), bytes = length + strlen(name) + 2;
    bool has_slash = length > 0 && directory[length - 1] == '/';
    char *path = malloc(bytes);
    if (path != NULL)
        snprintf(path, bytes, "%s%s%s", directory, has_slash ? "" : "/", name);
    return path;
}

/* Descending, so that the first in order is on top of the stack. */
static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)b, *(char *const *)a);
}

/* Push what is in a directory onto the stack. */
static bool read_directory(walk *self, const char *path, names *waiting)
{
    size_t first = waiting->count;
    DIR *directory = opendir(path);
    if (directory == NULL)
        return fail(self, path, errno);
    struct dirent *entry;
    while ((errno = 0, entry = readdir(directory)) != NULL) {
        bool is_itself = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (entry->d_name[0] == '.') {
            self->hidden_count += is_itself ? 0 : 1;
            continue;
        }
        if (!push_name(waiting, join(path, entry->d_name))) {
            closedir(directory);
            return fail(self, path, ENOMEM);
        }
    }
    int failure = errno;
    closedir(directory);
    if (failure != 0)
        return fail(self, path, failure);
    if (waiting->count > first)
        qsort(waiting->items + first, waiting->count - first, sizeof *waiting->items,
              compare_names);
    return true;
}

/* One entry found in a directory. */
static bool visit(walk *self, const char *path, names *waiting)
{
    struct stat facts;
    if (lstat(path, &facts) != 0)
        return errno == ENOENT || fail(self, path, errno); /* it may have gone meanwhile */
    bool is_link = S_ISLNK(facts.st_mode);
    if (is_link && stat(path, &facts) != 0)
        return true;
    if (!S_ISDIR(facts.st_mode))
        return push_file(self, path, false);
    return is_link || read_directory(self, path, waiting);
}

bool walk_add(walk *self, const char *path)
{
    struct stat facts;
    names waiting = {0};
    if (strcmp(path, "-") == 0)
        return push_file(self, path, true);
    if (stat(path, &facts) != 0)
        return fail(self, path, errno);
    if (!S_ISDIR(facts.st_mode))
        return push_file(self, path, true);
    bool is_done = read_directory(self, path, &waiting);
    while (is_done && waiting.count > 0) {
        char *entry = waiting.items[--waiting.count];
        is_done = visit(self, entry, &waiting);
        free(entry);
    }
    free_names(&waiting);
    return is_done;
}

void walk_free(walk *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->items[i].path);
    free(self->items);
    *self = (walk){0};
}
