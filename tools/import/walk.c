/*
 * The files under a list of paths.
 *
 * Directories that wait to be read are kept on a stack of names, so that their depth is bounded by
 * memory alone; a directory's entries are pushed in reverse order, which makes the walk sorted.
 */
#include "import/walk.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "import/maildir.h"

static bool push_name(walk_names *self, char *name)
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

static void free_names(walk_names *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->items[i]);
    free(self->items);
    *self = (walk_names){0};
}

static bool fail(walk *self, const char *path, int failure)
{
    self->failure = failure;
    snprintf(self->failed_path, sizeof self->failed_path, "%s", path);
    return false;
}

static bool is_file(const char *path, const char *ending, const struct stat *facts)
{
    char whole[PATH_MAX];
    struct stat other;
    int length = snprintf(whole, sizeof whole, "%s%s", path, ending);
    return length < (int)sizeof whole && stat(whole, &other) == 0 &&
           other.st_dev == facts->st_dev && other.st_ino == facts->st_ino;
}

bool walk_is_database(const char *database, const struct stat *facts)
{
    return database != NULL && (is_file(database, "", facts) || is_file(database, "-lock", facts));
}

/* facts: NULL for what cannot be the database. */
static bool push_file(walk *self, const char *path, const struct stat *facts, bool is_named,
                      const char *folder)
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
    self->items[self->count++] =
        (walk_item){.path = copy,
                    .is_named = is_named,
                    .is_database = facts != NULL && walk_is_database(self->database, facts),
                    .folder = folder};
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

/* Push the paths of what is in a directory, the first in order last. is_hidden: hidden ones too. */
static bool list_directory(walk *self, const char *path, bool is_hidden, walk_names *out)
{
    size_t first = out->count;
    DIR *directory = opendir(path);
    if (directory == NULL)
        return fail(self, path, errno);
    struct dirent *entry;
    while ((errno = 0, entry = readdir(directory)) != NULL) {
        bool is_itself = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (is_itself || (entry->d_name[0] == '.' && !is_hidden)) {
            self->hidden_count += is_itself ? 0 : 1;
            continue;
        }
        if (!push_name(out, join(path, entry->d_name))) {
            closedir(directory);
            return fail(self, path, ENOMEM);
        }
    }
    int failure = errno;
    closedir(directory);
    if (failure != 0)
        return fail(self, path, failure);
    if (out->count > first)
        qsort(out->items + first, out->count - first, sizeof *out->items, compare_names);
    return true;
}

/* The messages in one part of a Maildir. */
static bool push_messages(walk *self, const char *folder, const char *part)
{
    walk_names found = {0};
    char *path = join(folder, part);
    bool is_done =
        path == NULL ? fail(self, folder, ENOMEM) : list_directory(self, path, false, &found);
    while (is_done && found.count > 0) {
        char *entry = found.items[--found.count];
        is_done = push_file(self, entry, NULL, false, folder);
        free(entry);
    }
    free(path);
    free_names(&found);
    return is_done;
}

/* Keep of the entries of a Maildir its folders, from `first` on, and in them the directories. */
static void keep_folders(walk *self, walk_names *entries, size_t first)
{
    size_t kept = first;
    for (size_t i = first; i < entries->count; i++) {
        char *path = entries->items[i], *name = strrchr(path, '/') + 1;
        struct stat facts;
        bool is_directory = lstat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
        bool is_part =
            strcmp(name, "cur") == 0 || strcmp(name, "new") == 0 || strcmp(name, "tmp") == 0;
        if (is_directory && !is_part && (name[0] != '.' || maildir_is(path))) {
            entries->items[kept++] = path;
            continue;
        }
        self->hidden_count += is_part ? 0 : 1;
        free(path);
    }
    entries->count = kept;
}

static bool read_maildir(walk *self, const char *path, walk_names *waiting)
{
    size_t first = waiting->count;
    if (!push_name(&self->folders, strdup(path)))
        return fail(self, path, ENOMEM);
    const char *folder = self->folders.items[self->folders.count - 1];
    if (!push_messages(self, folder, "cur") || !push_messages(self, folder, "new") ||
        !list_directory(self, path, true, waiting))
        return false;
    keep_folders(self, waiting, first);
    return true;
}

/* Push what is in a directory onto the stack. */
static bool read_directory(walk *self, const char *path, walk_names *waiting)
{
    return maildir_is(path) ? read_maildir(self, path, waiting)
                            : list_directory(self, path, false, waiting);
}

/* One entry found in a directory. */
static bool visit(walk *self, const char *path, walk_names *waiting)
{
    struct stat facts;
    if (lstat(path, &facts) != 0)
        return errno == ENOENT || fail(self, path, errno); /* it may have gone meanwhile */
    bool is_link = S_ISLNK(facts.st_mode);
    if (is_link && stat(path, &facts) != 0)
        return true;
    if (!S_ISDIR(facts.st_mode))
        return push_file(self, path, &facts, false, NULL);
    return is_link || read_directory(self, path, waiting);
}

bool walk_add(walk *self, const char *path)
{
    struct stat facts;
    walk_names waiting = {0};
    if (strcmp(path, "-") == 0)
        return push_file(self, path, NULL, true, NULL);
    if (stat(path, &facts) != 0)
        return fail(self, path, errno);
    if (!S_ISDIR(facts.st_mode))
        return push_file(self, path, &facts, true, NULL);
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
    free_names(&self->folders);
    *self = (walk){0};
}
