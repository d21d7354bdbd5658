/*
 * Members of a ZIP file.
 *
 * libarchive reads the ZIP as a stream of members; nothing else of it is enabled. The bound holds
 * for all that is unpacked, also for the first bytes of members that turn out not to be wanted.
 */
#include "import/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import/charset.h"
#include "import/run.h"
#include "import/source.h"

/* A ZIP being unpacked. */
typedef struct unpacking {
    struct archive *archive;
    zip *out;
    zip_wanted_fn *is_wanted;
    const volatile int *cancel;
    uint64_t bytes_left;
    char *buffer; /* HEAD_BYTES */
    char *problem;
} unpacking;

bool zip_is(const char *head, size_t bytes)
{
    return bytes >= 4 && memcmp(head, "PK\x03\x04", 4) == 0;
}

static bool fail(unpacking *self, const char *what)
{
    snprintf(self->problem, 160, "%.159s", what);
    return false;
}

/* Fill the buffer from the member; *got is less than its size only at the end. */
static bool fill(unpacking *self, size_t *got)
{
    *got = 0;
    while (*got < HEAD_BYTES) {
        if (self->cancel != NULL && *self->cancel != 0)
            return fail(self, "interrupted");
        la_ssize_t done = archive_read_data(self->archive, self->buffer + *got, HEAD_BYTES - *got);
        if (done < 0)
            return fail(self, archive_error_string(self->archive) != NULL
                                  ? archive_error_string(self->archive)
                                  : "damaged");
        if (done == 0)
            return true;
        *got += (size_t)done;
        if ((uint64_t)done > self->bytes_left)
            return fail(self, "unpacks to more than 200 times its size");
        self->bytes_left -= (uint64_t)done;
    }
    return true;
}

/* Copy the rest of a member whose first bytes are in the buffer. */
static bool copy(unpacking *self, size_t got, int fd)
{
    while (got > 0) {
        if (!source_write(fd, self->buffer, got))
            return fail(self, "no room for a temporary file (see TMPDIR)");
        if (got < HEAD_BYTES)
            break;
        if (!fill(self, &got))
            return false;
    }
    return lseek(fd, 0, SEEK_SET) == 0 || fail(self, "a temporary file cannot be read");
}

static bool add_member(unpacking *self, const char *name)
{
    zip *out = self->out;
    if (out->count == ZIP_MEMBERS_MAX)
        return fail(self, "more than 4096 members, expected at most so many");
    zip_member *to = &out->members[out->count];
    *to = (zip_member){charset_repair(name, strlen(name)), -1, false};
    if (to->name == NULL)
        return fail(self, "memory is exhausted");
    out->count++;
    size_t got;
    if (!fill(self, &got))
        return false;
    errno = 0;
    to->is_empty = got == 0;
    if (!self->is_wanted(self->buffer, got))
        return errno != ENOMEM || fail(self, "memory is exhausted");
    if (out->wanted++ == ZIP_WANTED_MAX)
        return fail(self, "more than 256 tables, expected at most so many");
    to->fd = source_open_temporary();
    return to->fd >= 0 ? copy(self, got, to->fd) : fail(self, "no temporary file (see TMPDIR)");
}

static bool unpack_all(unpacking *self)
{
    struct archive_entry *entry;
    int code;
    while ((code = archive_read_next_header(self->archive, &entry)) == ARCHIVE_OK ||
           code == ARCHIVE_WARN) {
        const char *name = archive_entry_pathname_utf8(entry);
        name = name != NULL ? name : archive_entry_pathname(entry);
        if (archive_entry_filetype(entry) != AE_IFREG)
            continue;
        if (archive_entry_is_encrypted(entry))
            return fail(self, "encrypted, expected a ZIP without a password");
        if (!add_member(self, name == NULL ? "?" : name))
            return false;
    }
    return code == ARCHIVE_EOF || fail(self, archive_error_string(self->archive) != NULL
                                                 ? archive_error_string(self->archive)
                                                 : "damaged, expected a ZIP");
}

bool zip_unpack(int fd, uint64_t bytes, zip_wanted_fn *is_wanted, const volatile int *cancel,
                zip *out, char problem[160])
{
    uint64_t bound =
        ZIP_BYTES_FREE + (bytes < ZIP_BYTES_MAX ? bytes : ZIP_BYTES_MAX) * ZIP_RATIO_MAX;
    *out = (zip){0};
    unpacking self = {.archive = archive_read_new(),
                      .out = out,
                      .is_wanted = is_wanted,
                      .cancel = cancel,
                      .bytes_left = bound < ZIP_BYTES_MAX ? bound : ZIP_BYTES_MAX,
                      .buffer = malloc(HEAD_BYTES),
                      .problem = problem};
    out->members = calloc(ZIP_MEMBERS_MAX, sizeof *out->members);
    bool is_done = self.archive != NULL && self.buffer != NULL && out->members != NULL;
    if (!is_done)
        (void)fail(&self, "memory is exhausted");
    if (is_done && (archive_read_support_format_zip(self.archive) != ARCHIVE_OK ||
                    lseek(fd, 0, SEEK_SET) != 0 ||
                    archive_read_open_fd(self.archive, fd, HEAD_BYTES) != ARCHIVE_OK))
        is_done = fail(&self, "cannot be read as a ZIP");
    is_done = is_done && unpack_all(&self);
    if (self.archive != NULL)
        archive_read_free(self.archive);
    free(self.buffer);
    if (!is_done)
        zip_free(out);
    return is_done;
}

void zip_free(zip *self)
{
    for (size_t i = 0; i < self->count; i++) {
        if (self->members[i].fd >= 0)
            close(self->members[i].fd);
        free(self->members[i].name);
    }
    free(self->members);
    *self = (zip){0};
}
