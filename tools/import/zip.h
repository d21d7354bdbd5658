/*
 * Members of a ZIP file, as files of their own without names on disk.
 *
 * A small ZIP can be made to unpack to any size, so what comes out is bounded by what went in; and
 * only members whose first bytes are asked for are unpacked at all. Paths inside are never used as
 * paths.
 */
#ifndef WARMPATH_IMPORT_ZIP_H
#define WARMPATH_IMPORT_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZIP_MEMBERS_MAX 4096
#define ZIP_WANTED_MAX 256
#define ZIP_RATIO_MAX 200                   /* bytes out for one byte in */
#define ZIP_BYTES_FREE ((uint64_t)64 << 20) /* allowed whatever went in */
#define ZIP_BYTES_MAX ((uint64_t)16 << 30)

typedef struct zip_member {
    char *name;    /* clean UTF-8 */
    int fd;        /* at its beginning; -1: it was not wanted */
    bool is_empty; /* and so there was nothing to want */
} zip_member;

typedef struct zip {
    zip_member *members; /* in the order of the file */
    size_t count;
    size_t wanted;
} zip;

/* Whether a member that begins so is to be unpacked. ENOMEM in errno ends the unpacking. */
typedef bool zip_wanted_fn(const char *head, size_t bytes);

/* Whether a file begins as a ZIP does. */
bool zip_is(const char *head, size_t bytes);

/*
 * Unpack what is wanted. False: `problem` says why, and nothing is open. The file must be one that
 * can be positioned. `cancel` (may be NULL) stops it.
 */
bool zip_unpack(int fd, uint64_t bytes, zip_wanted_fn *is_wanted, const volatile int *cancel,
                zip *out, char problem[160]);
void zip_free(zip *self);

#endif
