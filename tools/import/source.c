/*
 * The file that is read.
 *
 * The temporary file has no name from the start, so it is gone when the process ends, however.
 */
#include "import/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BYTES ((size_t)256 * 1024)

int source_open_temporary(void)
{
    const char *directory = getenv("TMPDIR");
    char path[512];
    int length = snprintf(path, sizeof path, "%s/warmpath-import-XXXXXX",
                          directory == NULL || *directory == '\0' ? "/tmp" : directory);
    if (length >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkstemp(path);
    if (fd >= 0)
        unlink(path);
    return fd;
}

bool source_write(int fd, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(fd, bytes, count);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        }
    }
    return true;
}

/* Copy from one file to another until the end; an errno, or -1 when cancelled. */
static int copy(int from, int to, const volatile int *cancel)
{
    char *buffer = malloc(COPY_BYTES);
    int failure = buffer == NULL ? ENOMEM : 0;
    while (failure == 0) {
        ssize_t got = read(from, buffer, COPY_BYTES);
        if (cancel != NULL && *cancel != 0)
            failure = -1;
        else if (got == 0)
            break;
        else if (got < 0 && errno != EINTR)
            failure = errno;
        else if (got > 0 && !source_write(to, buffer, (size_t)got))
            failure = errno;
    }
    free(buffer);
    return failure;
}

/* Put a copy in the place of the source. */
static int spool(run *self)
{
    int to = source_open_temporary();
    if (to < 0)
        return errno;
    int failure = copy(self->source.fd, to, self->options->cancel);
    if (self->source.fd != STDIN_FILENO)
        close(self->source.fd);
    self->source.fd = to;
    return failure;
}

static int read_head(source *self)
{
    self->head_bytes = 0;
    while (self->head_bytes < HEAD_BYTES) {
        ssize_t got = pread(self->fd, self->head + self->head_bytes, HEAD_BYTES - self->head_bytes,
                            (off_t)self->head_bytes);
        if (got < 0 && errno != EINTR)
            return errno;
        if (got == 0)
            break;
        self->head_bytes += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

/* The head of the source is read, into memory that is kept from file to file. */
static int begin(source *self, const char *path, int fd)
{
    char *head = self->head;
    *self = (source){.path = path, .fd = fd, .head = head};
    if (self->head == NULL && (self->head = malloc(HEAD_BYTES)) == NULL)
        return ENOMEM;
    return 0;
}

bool source_adopt(run *self, const char *path, int fd, const char **problem)
{
    struct stat facts;
    int failure = begin(&self->source, path, fd);
    if (failure == 0 && fstat(fd, &facts) != 0)
        failure = errno;
    if (failure == 0) {
        self->source.bytes = (uint64_t)facts.st_size;
        failure = read_head(&self->source);
    }
    if (failure != 0)
        *problem = strerror(failure);
    return failure == 0;
}

static int prepare(run *self, bool is_named, int64_t *changed_ns, const char **problem)
{
    struct stat facts;
    source *from = &self->source;
    if (fstat(from->fd, &facts) != 0)
        return errno;
    *changed_ns = (int64_t)facts.st_mtim.tv_sec * 1000000000 + facts.st_mtim.tv_nsec;
    if (!S_ISREG(facts.st_mode) || from->fd == STDIN_FILENO) {
        *problem = "not a regular file";
        if (!is_named || S_ISDIR(facts.st_mode))
            return EINVAL;
        *problem = NULL;
        *changed_ns = 0;
        int failure = spool(self);
        if (failure != 0)
            return failure;
        if (fstat(from->fd, &facts) != 0)
            return errno;
    }
    from->bytes = (uint64_t)facts.st_size;
    return read_head(from);
}

import_code source_open(run *self, const char *path, bool is_named, int64_t *changed_ns,
                        const char **problem)
{
    source *from = &self->source;
    *problem = NULL;
    int failure = begin(from, path, -1);
    if (failure != 0) { /* No fault of this file: the others would not be read either. */
        wp_error err = {WP_ENOMEM, "memory is exhausted"};
        return run_fail_database(self, &err);
    }
    /* A walk must not wait for somebody to write into a pipe that it found. */
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (is_named ? 0 : O_NONBLOCK);
    from->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, flags);
    failure = from->fd < 0 ? errno : prepare(self, is_named, changed_ns, problem);
    if (failure == 0)
        return IMPORT_DONE;
    source_close(self);
    if (failure < 0)
        return run_fail_lines(self, LINES_CANCELLED);
    if (*problem == NULL)
        *problem = strerror(failure);
    return IMPORT_BAD_INPUT;
}

void source_close(run *self)
{
    if (self->source.fd > STDIN_FILENO)
        close(self->source.fd);
    self->source.fd = -1;
}
