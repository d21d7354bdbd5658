/*
 * The structural walk: is every page of a snapshot what LMDB will take it for?
 *
 * LMDB follows page numbers and offsets from the file without looking, so a damaged or hostile
 * file can crash it. The walk reads the B-trees of one snapshot with pread and accepts only what
 * LMDB itself could have written for our plain tables. Payloads are not looked at; the checksum
 * that is verified on every read guards them.
 */
#ifndef WPI_STORE_VALIDATE_H
#define WPI_STORE_VALIDATE_H

#include "base/bitset.h"
#include "store/meta.h"
#include "store/page.h"
#include "store/store.h"

/* The format record of the meta table, as far as the walk and the store know it. */
#define WPI_FORMAT_KEY "format"
#define WPI_FORMAT_NUMBER 8
#define WPI_RECORD_VERSION 1

/*
 * Walk all trees of the snapshot that `meta` describes. The caller pins it with a read transaction
 * (or owns the file). WP_ECORRUPT, WP_EFORMAT (not our tables, or a newer format), WP_EIO.
 * Cost: every B-tree page is read once; 16 bytes of each long value; one bit a page of memory.
 */
wp_status wpi_validate_snapshot(int fd, const wpi_meta *meta, wp_error *err);

/* What a survey tells; a status other than WP_OK ends it. Slices are good during the call. */
typedef struct wpi_walk_hooks {
    void *context;
    wpi_bitset *free_pages; /* gets the pages that the list of free pages names */
    uint64_t *counts; /* gets the records that each table is said to have; UINT64_MAX: unknown */
    /* Something is wrong with a page, or with a record in it. */
    wp_status (*fault)(void *context, const char *tree, uint64_t page, const char *what,
                       wp_error *err);
    /* A record that can be reached; its long value lies inside the file. WP_ECORRUPT when its value
     * is not right, which was told then. */
    wp_status (*record)(void *context, wpi_table table, uint64_t page, const wpi_page_node *node,
                        wp_error *err);
    /* Keys that cannot be reached: low and above, below high; data NULL: no bound. */
    wp_status (*gap)(void *context, wpi_table table, wpi_slice low, wpi_slice high, wp_error *err);
} wpi_walk_hooks;

/* The same walk, which passes over what is damaged and tells all that it finds. */
wp_status wpi_validate_survey(int fd, const wpi_meta *meta, const wpi_walk_hooks *hooks,
                              wp_error *err);

#endif
