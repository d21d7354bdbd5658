/*
 * The memory of a path search, kept between queries so that a query allocates little.
 */
#ifndef WPI_PATH_SCRATCH_H
#define WPI_PATH_SCRATCH_H

#include "path/approach.h"
#include "path/back.h"
#include "path/frontier.h"
#include "path/labels.h"
#include "path/level.h"

#define WPI_SCRATCH_LEVELS 6

typedef struct wpi_scratch {
    struct wpi_scratch *next;             /* of those at rest */
    wpi_level levels[WPI_SCRATCH_LEVELS]; /* levels[h]: labels after h ties; [0] is not used */
    wpi_person_filter labelled;           /* who may have a label in some level */
    wpi_level closing;                    /* introducer -> its cheapest tie to a target */
    wpi_array closings;                   /* of wpi_closing */
    wpi_approaches approaches;            /* ties into introducers */
    wpi_array order;                      /* of wpi_level_label: people about to be expanded */
    wpi_array best;                       /* of wpi_total */
    wpi_map totals;                       /* introducer -> best total */
    wpi_labels labels;                    /* of searches without a limit of hops */
    wpi_back back;                        /* of those from both sides, and what follows */
    wpi_frontier ahead;                   /* both are cleared by whoever begins to use them */
    wpi_frontier behind;
} wpi_scratch;

void wpi_scratch_init(wpi_scratch *scratch);
/* Forget what is in it, keep the memory. */
void wpi_scratch_clear(wpi_scratch *scratch);
void wpi_scratch_free(wpi_scratch *scratch);
size_t wpi_scratch_bytes(const wpi_scratch *scratch);

#endif
