/*
 * Crash images: what a power cut can leave of recorded operations (record.h).
 *
 * After each event of a history the power goes. What was safe is there; of what was not, any part:
 * all of it, nothing, the first so many writes, the last of them torn, or a random choice of pages
 * of 4 KiB or sectors of 512 bytes, a page that was written twice in either version. Names that no
 * directory sync made safe are there up to some moment. Sectors are written whole or not at all.
 *
 * With each image comes what it may hold: the states from the last one that an operation promised
 * to the last one of which the meta page was handed to the kernel. A file about which nothing was
 * promised yet must, once it has its name, hold what its operation will promise.
 */
#ifndef WARMPATH_TESTS_FAULTS_IMAGE_H
#define WARMPATH_TESTS_FAULTS_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "operation.h"
#include "record.h"

typedef struct image {
    const char *path; /* the name that the file has for its user */
    bool is_there;    /* whether it exists after the crash */
    bool must_be_there;
    const unsigned char *bytes;
    size_t size;
    const uint64_t *states; /* what it may hold; STATE_NONE never */
    size_t state_count;
    size_t event;       /* after which the power went */
    unsigned operation; /* that was running */
} image;

typedef void image_visitor(void *context, const image *shown);

typedef struct image_plan {
    const char *const *files; /* by number of the operation: the file to look at */
    const char *scratch;      /* a path that may be used for files */
    uint64_t seed;
    unsigned per_event;       /* at most so many images after an event */
    unsigned operation_first; /* no images of earlier ones */
} image_plan;

/*
 * Show images of a history; those that equal one shown before for the same file and promise are
 * left out. Ends the process when a state that was promised is not what the recorded writes make.
 * Returns how many were shown.
 */
uint64_t images_show(const history *from, const image_plan *plan, image_visitor *visit,
                     void *context);

/* Write a file anew with the bytes of an image, after removing what has the name. */
void image_write(const image *shown, const char *path);

#endif
