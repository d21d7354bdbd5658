/*
 * A directory beside a file; see workplace.h.
 *
 * The maker of a directory is dead when no process has the number in its name. Since the processes
 * of several containers can share a directory, the maker also holds a flock on it, and only one on
 * which nobody does is removed. What stays does no harm, so removing reports nothing.
 */
#include "workplace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "text.h"

#define RANDOM_LETTERS 6

/* Remove the plain files in an open directory, which is closed. */
static void empty_directory(int descriptor)
{
    DIR *directory = fdopendir(descriptor);
    const struct dirent *entry;

    if (directory == NULL) {
        (void)close(descriptor);
        return;
    }
    while ((entry = readdir(directory)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            (void)unlinkat(descriptor, entry->d_name, 0);
    (void)closedir(directory);
}

/* The part of a path before its last slash and that behind it. */
static char *parent_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return text_copy(".");
    return text_format("%.*s", slash == path ? 1 : (int)(slash - path), path);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* Whether a process that is dead made the directory of this name; `prefix` is ".NAME.load-". */
static bool is_abandoned(const char *entry, const char *prefix)
{
    size_t length = strlen(prefix);
    char *end = NULL;
    long maker;

    if (strncmp(entry, prefix, length) != 0 || entry[length] < '1' || entry[length] > '9')
        return false;
    errno = 0;
    maker = strtol(entry + length, &end, 10);
    if (errno != 0 || *end != '-' || strlen(end + 1) != RANDOM_LETTERS || maker != (pid_t)maker)
        return false;
    return kill((pid_t)maker, 0) != 0 && errno == ESRCH;
}

static void remove_abandoned(int parent, const char *entry)
{
    int descriptor = openat(parent, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (descriptor < 0)
        return;
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        (void)close(descriptor);
        return;
    }
    empty_directory(descriptor);
    (void)unlinkat(parent, entry, AT_REMOVEDIR);
}

static void remove_leftovers(const char *parent, const char *prefix)
{
    DIR *directory = opendir(parent);
    const struct dirent *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL)
        if (is_abandoned(entry->d_name, prefix))
            remove_abandoned(dirfd(directory), entry->d_name);
    if (directory != NULL)
        (void)closedir(directory);
}

bool workplace_open(workplace *self, const char *file)
{
    char *parent = parent_of(file), *prefix = text_format(".%s.load-", name_of(file));

    remove_leftovers(parent, prefix);
    self->path = text_format("%s/%s%ld-XXXXXX", parent, prefix, (long)getpid());
    free(prefix);
    free(parent);
    bool is_made = mkdtemp(self->path) != NULL;
    if (is_made)
        self->descriptor = open(self->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (!is_made || self->descriptor < 0) {
        int code = errno;
        if (is_made)
            (void)rmdir(self->path);
        free(self->path);
        self->path = NULL;
        errno = code;
        return false;
    }
    (void)flock(self->descriptor, LOCK_EX | LOCK_NB); /* without locks the name must do */
    return true;
}

/* Make a name durable: sync the directory that holds it. */
static bool sync_directory_of(const char *path)
{
    char *parent = parent_of(path);
    int descriptor = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced = descriptor >= 0 && fsync(descriptor) == 0;

    if (descriptor >= 0)
        (void)close(descriptor);
    free(parent);
    return is_synced;
}

bool workplace_place(const char *inside, const char *path)
{
    if (link(inside, path) != 0)
        return false;
    if (sync_directory_of(path))
        return true;
    int code = errno;
    (void)unlink(path); /* Not known to survive a power cut. */
    errno = code;
    return false;
}

void workplace_close(workplace *self)
{
    empty_directory(self->descriptor);
    (void)rmdir(self->path);
    free(self->path);
    self->path = NULL;
}
