/*
 * The two meta pages of an LMDB file, read with pread and checked, before LMDB sees them.
 *
 *   page  offset  size  meaning
 *   0, 1       0     8  number of the page (0 or 1)
 *             10     2  flags, 8 = meta page
 *             16     4  magic BEEFC0DE
 *             20     4  version of the data format, 1
 *             32     8  map size of the last writer
 *             40    48  tree of free pages (its first field is the page size)
 *             88    48  main tree, whose records are the named tables
 *            136     8  number of the last page in use
 *            144     8  snapshot number (LMDB's transaction id); page = number mod 2
 *
 *   tree       0     4  page size (free tree) or nothing
 *              4     2  flags: 8 = integer keys (free tree), 0 (all others)
 *              6     2  depth; 0: empty
 *              8    24  numbers of branch, leaf and overflow pages
 *             32     8  number of records
 *             40     8  root page; all ones: empty
 *
 * Numbers are little-endian and eight bytes wide: files of other machines fail at the magic.
 */
#ifndef WPI_STORE_META_H
#define WPI_STORE_META_H

#include <stdint.h>

#include "base/status.h"

#define WPI_META_PAGES 2
#define WPI_META_PAGE_NONE UINT64_MAX
#define WPI_META_TREE_BYTES 48

/* A B-tree as the meta page or a record of the main tree describes it. */
typedef struct wpi_meta_tree {
    uint16_t flags;
    uint16_t depth;
    uint64_t records;
    uint64_t root;
} wpi_meta_tree;

typedef struct wpi_meta {
    wpi_meta_tree free_tree;
    wpi_meta_tree main_tree;
    uint32_t page_bytes;
    uint64_t map_bytes;
    uint64_t last_page;
    uint64_t snapshot;
} wpi_meta;

/* Both pages as they were at one moment. */
typedef struct wpi_metas {
    wpi_meta pages[WPI_META_PAGES];
    uint64_t hash; /* of the bytes of both */
} wpi_metas;

/*
 * Read both meta pages and check all that can be checked without other pages.
 * WP_EFORMAT: no LMDB file. WP_ECORRUPT: a damaged one.
 */
wp_status wpi_meta_read(int fd, wpi_metas *metas, wp_error *err);

/* For a damaged file: the newer of the pages that are sound by themselves, wherever the other one
 * is damaged; *sound_count says how many are. WP_ECORRUPT, with the size of pages alone, when none
 * is. */
wp_status wpi_meta_read_any(int fd, wpi_meta *meta, int *sound_count, wp_error *err);

/* The one with the higher snapshot number, which LMDB will use. */
const wpi_meta *wpi_meta_newest(const wpi_metas *metas);

/* The one with this snapshot number; NULL: neither. */
const wpi_meta *wpi_meta_of(const wpi_metas *metas, uint64_t snapshot);

/* Read the description of a tree from WPI_META_TREE_BYTES bytes. */
wpi_meta_tree wpi_meta_tree_read(const unsigned char *bytes);

#endif
