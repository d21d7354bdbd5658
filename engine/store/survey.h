/*
 * Looking at a file that may be damaged, without LMDB and without stopping at the first fault.
 *
 * The file is read with pread and never written. It may be open in this process and in use by
 * others: a snapshot stays on the disk until the second commit after it, and a fault that is seen
 * after that is taken back and ends the survey with WP_EBUSY.
 */
#ifndef WPI_STORE_SURVEY_H
#define WPI_STORE_SURVEY_H

#include "base/array.h"
#include "store/validate.h"

/* A file that is being looked at. */
typedef struct wpi_survey {
    int fd;
    wpi_store *held; /* open in this process, whose descriptor it is; NULL: our own */
    wpi_meta meta;   /* of the snapshot; only the size of pages when no meta page is sound */
    int sound_metas; /* 0..2 */
    wpi_bitset free_pages;
    wpi_bitset value_pages;           /* of long values whose checksum holds */
    uint64_t counts[WPI_TABLE_COUNT]; /* records that the tables are said to have */
    wp_fault_fn *fault;               /* may be NULL */
    void *context;                    /* of `fault` */
    uint64_t faults;
    uint64_t free_faults; /* of them in the list of free pages */
    wpi_array value;      /* a long value */
} wpi_survey;

/* Open the file and find its newest snapshot. */
wp_status wpi_survey_open(wpi_survey *survey, const char *path, wp_error *err);
void wpi_survey_close(wpi_survey *survey);

/* The value of a node of a leaf, with its envelope: in the page, or in survey->value. WP_ECORRUPT
 * when it does not lie inside the file. */
wp_status wpi_survey_value(wpi_survey *survey, const wpi_page_node *node, wpi_slice *value,
                           wp_error *err);

/* Report a fault of a record, or with key NULL of a page. */
wp_status wpi_survey_report(wpi_survey *survey, const char *table, const wpi_slice *key,
                            uint64_t page, const char *what, wp_error *err);

/* Walk what can be reached; `record` gets every record whose checksum holds. */
typedef wp_status wpi_survey_record_fn(void *context, wpi_table table, wpi_slice key,
                                       wpi_slice sealed, wp_error *err);
typedef wp_status wpi_survey_gap_fn(void *context, wpi_table table, wpi_slice low, wpi_slice high,
                                    wp_error *err);
wp_status wpi_survey_walk(wpi_survey *survey, wpi_survey_record_fn *record, wpi_survey_gap_fn *gap,
                          void *context, wp_error *err);

#endif
