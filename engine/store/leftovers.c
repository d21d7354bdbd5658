/*
 * What killed processes left behind; see wpi_files_remove_leftovers in files.h.
 *
 * A file with a temporary name is in use while its maker lives. The maker is dead when no process
 * has the number in the name; that alone would be wrong where processes of several name spaces
 * share a directory, so the maker also holds a flock on the file for as long as it needs it, and
 * only a file on which nobody holds one is removed. A file that stays does no harm, so nothing
 * here is an error.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/files.h"

static const char infix[] = ".creating-";

/* The process that made ".NAME.creating-PID-RANDOM"; 0: it is no such name. */
static pid_t maker_of(const char *entry, const char *base)
{
    size_t length = strlen(base);
    if (entry[0] != '.' || strncmp(entry + 1, base, length) != 0 ||
        strncmp(entry + 1 + length, infix, sizeof(infix) - 1) != 0)
        return 0;
    const char *number = entry + 1 + length + sizeof(infix) - 1;
    char *end;
    errno = 0;
    long maker = strtol(number, &end, 10);
    bool is_whole = number[0] >= '1' && number[0] <= '9' && errno == 0 && end[0] == '-' &&
                    strspn(end + 1, "0123456789abcdef") == 16;
    bool is_file = is_whole && (end[17] == '\0' || strcmp(end + 17, "-lock") == 0);
    return is_file && maker == (pid_t)maker ? (pid_t)maker : 0;
}

bool wpi_files_is_dead(pid_t process)
{
    return kill(process, 0) != 0 && errno == ESRCH;
}

/* Remove a file on which nobody holds a flock. */
static void remove_unclaimed(int directory, const char *entry)
{
    int fd = openat(directory, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        (void)unlinkat(directory, entry, 0);
    (void)close(fd);
}

/* A lock file belongs to the file without the suffix and goes when that is gone. */
static void remove_leftover(int directory, const char *entry)
{
    size_t length = strlen(entry) - strlen("-lock");
    if (strcmp(entry + length, "-lock") == 0) {
        char *owner = wpi_memory_copy_text(entry);
        if (owner == NULL)
            return;
        owner[length] = '\0';
        remove_unclaimed(directory, owner);
        if (faccessat(directory, owner, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)
            (void)unlinkat(directory, entry, 0);
        wpi_memory_free(owner);
        return;
    }
    remove_unclaimed(directory, entry);
}

void wpi_files_remove_leftovers(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    char *place = wpi_memory_copy_text(slash == NULL ? "." : path);
    if (place == NULL)
        return;
    if (slash != NULL)
        place[slash - path + 1] = '\0'; /* With the slash, which alone is the root. */
    DIR *directory = opendir(place);
    wpi_memory_free(place);
    if (directory == NULL)
        return;
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        pid_t maker = maker_of(entry->d_name, base);
        if (maker != 0 && wpi_files_is_dead(maker))
            remove_leftover(dirfd(directory), entry->d_name);
    }
    (void)closedir(directory);
}
