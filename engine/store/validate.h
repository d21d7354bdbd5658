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

#include "store/meta.h"
#include "store/store.h"

/* The format record of the meta table, as far as the walk and the store know it. */
#define WPI_FORMAT_KEY "format"
#define WPI_FORMAT_NUMBER 4
#define WPI_RECORD_VERSION 1

/*
 * Walk all trees of the snapshot that `meta` describes. The caller pins it with a read transaction
 * (or owns the file). WP_ECORRUPT, WP_EFORMAT (not our tables, or a newer format), WP_EIO.
 * Cost: every B-tree page is read once; 16 bytes of each long value; one bit a page of memory.
 */
wp_status wpi_validate_snapshot(int fd, const wpi_meta *meta, wp_error *err);

#endif
