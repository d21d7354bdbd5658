/*
 * Looking at a damaged file; see survey.h.
 *
 * The walk of validate.c does the work; here the values are read and their checksums verified, and
 * faults get the form of wp_fault_fn: a table, the key in hexadecimal or "page N", and what is
 * wrong.
 */
#include "store/survey.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/error.h"
#include "store/files.h"
#include "store/record.h"
#include "store/store_internal.h"

#define KEY_SHOWN_MAX 32
#define SNAPSHOTS_KEPT 2 /* commits after which pages of a snapshot may be used again */

/* The walk's hooks and the caller's. */
typedef struct survey_walk {
    wpi_survey *survey;
    wpi_survey_record_fn *record;
    wpi_survey_gap_fn *gap;
    void *context;
} survey_walk;

static wp_status open_file(wpi_survey *survey, const char *path, wp_error *err)
{
    struct stat info;
    WPI_TRY(wpi_files_examine(path, &info, err));
    WPI_TRY(wpi_store_hold(&info, &survey->held, err));
    if (survey->held != NULL) {
        survey->fd = survey->held->fd;
        return WP_OK;
    }
    survey->fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    return survey->fd < 0 ? wpi_store_error(errno, "opening the database", err) : WP_OK;
}

wp_status wpi_survey_open(wpi_survey *survey, const char *path, wp_error *err)
{
    wp_error ignored;
    *survey = (wpi_survey){.fd = -1, .value = WPI_ARRAY_OF(unsigned char)};
    for (unsigned i = 0; i < WPI_TABLE_COUNT; i++)
        survey->counts[i] = UINT64_MAX;
    WPI_TRY(open_file(survey, path, err));
    wp_status status = wpi_meta_read_any(survey->fd, &survey->meta, &survey->sound_metas, &ignored);
    if (status == WP_OK || status == WP_ECORRUPT)
        return WP_OK;
    wpi_survey_close(survey);
    return wpi_error_set(err, status, "%s", ignored.message);
}

void wpi_survey_close(wpi_survey *survey)
{
    if (survey->held != NULL)
        wpi_store_close(survey->held);
    else if (survey->fd >= 0)
        (void)close(survey->fd); /* Nothing was written. */
    wpi_bitset_free(&survey->free_pages);
    wpi_bitset_free(&survey->value_pages);
    wpi_array_free(&survey->value);
    survey->fd = -1;
    survey->held = NULL;
}

/* WP_EBUSY when the pages read may be of a later snapshot. */
static wp_status check_stable(const wpi_survey *survey, wp_error *err)
{
    wpi_meta now;
    int sound_metas;
    if (survey->sound_metas == 0)
        return WP_OK;
    wp_status status = wpi_meta_read_any(survey->fd, &now, &sound_metas, err);
    if (status != WP_OK || now.snapshot < survey->meta.snapshot + SNAPSHOTS_KEPT)
        return status;
    return wpi_error_set(err, WP_EBUSY,
                         "the file was written while it was read, expected no writer");
}

wp_status wpi_survey_report(wpi_survey *survey, const char *table, const wpi_slice *key,
                            uint64_t page, const char *what, wp_error *err)
{
    char place[2 * KEY_SHOWN_MAX + 1];
    WPI_TRY(check_stable(survey, err));
    survey->faults++;
    if (survey->fault == NULL)
        return WP_OK;
    (void)snprintf(place, sizeof(place), "page %" PRIu64, page);
    for (size_t i = 0; key != NULL && i < key->bytes && i < KEY_SHOWN_MAX; i++)
        (void)snprintf(place + 2 * i, 3, "%02x", ((const unsigned char *)key->data)[i]);
    survey->fault(survey->context, table, place, what);
    return WP_OK;
}

wp_status wpi_survey_value(wpi_survey *survey, const wpi_page_node *node, wpi_slice *value,
                           wp_error *err)
{
    struct stat info;
    *value = node->data;
    if ((node->flags & WPI_NODE_IS_LONG) == 0)
        return WP_OK;
    if (fstat(survey->fd, &info) != 0)
        return wpi_store_error(errno, "examining the database", err);
    uint64_t page_bytes = survey->meta.page_bytes, file_bytes = (uint64_t)info.st_size;
    uint64_t begin = node->child * page_bytes + WPI_PAGE_HEADER_BYTES;
    bool is_inside =
        node->child < file_bytes / page_bytes && node->data_bytes <= file_bytes - begin;
    if (!is_inside)
        return wpi_error_set(err, WP_ECORRUPT, "a long value lies beyond the end of the file");
    WPI_TRY(wpi_array_reserve(&survey->value, node->data_bytes + 1u, err));
    *value = (wpi_slice){survey->value.items, node->data_bytes};
    return wpi_files_read(survey->fd, survey->value.items, node->data_bytes, begin, err);
}

static wp_status take_fault(void *context, const char *tree, uint64_t page, const char *what,
                            wp_error *err)
{
    wpi_survey *survey = ((survey_walk *)context)->survey;
    survey->free_faults += strcmp(tree, "free") == 0;
    return wpi_survey_report(survey, tree, NULL, page, what, err);
}

/* The pages of a long value hold nothing else. */
static wp_status settle(wpi_survey *survey, const wpi_page_node *node, wp_error *err)
{
    uint64_t bytes = (uint64_t)WPI_PAGE_HEADER_BYTES + node->data_bytes;
    for (uint64_t at = 0; node->flags != 0 && at < bytes; at += survey->meta.page_bytes) {
        uint64_t page = node->child + at / survey->meta.page_bytes;
        if (page <= UINT32_MAX)
            WPI_TRY(wpi_bitset_add(&survey->value_pages, (uint32_t)page, err));
    }
    return WP_OK;
}

static wp_status take_record(void *context, wpi_table table, uint64_t page,
                             const wpi_page_node *node, wp_error *err)
{
    const survey_walk *walk = context;
    wpi_slice sealed;
    wpi_slice payload;
    wp_error why;
    wp_status status = wpi_survey_value(walk->survey, node, &sealed, &why);
    if (status == WP_OK)
        status = wpi_record_unseal(table, node->key, sealed, &payload, NULL, &why);
    if (status == WP_OK)
        status = wpi_recent_check(table, node->key, sealed, &why);
    if (status == WP_OK)
        WPI_TRY(settle(walk->survey, node, err));
    if (status == WP_OK)
        return walk->record == NULL ? WP_OK
                                    : walk->record(walk->context, table, node->key, sealed, err);
    if (status != WP_ECORRUPT)
        return wpi_error_set(err, status, "%s", why.message);
    WPI_TRY(
        wpi_survey_report(walk->survey, wpi_table_name(table), &node->key, page, why.message, err));
    return WP_ECORRUPT;
}

static wp_status take_gap(void *context, wpi_table table, wpi_slice low, wpi_slice high,
                          wp_error *err)
{
    const survey_walk *walk = context;
    return walk->gap == NULL ? WP_OK : walk->gap(walk->context, table, low, high, err);
}

static wp_status leave_out_all(const survey_walk *walk, wp_error *err)
{
    static const wpi_slice none = {NULL, 0};
    for (unsigned i = 0; i < WPI_TABLE_COUNT; i++)
        WPI_TRY(take_gap((void *)(uintptr_t)walk, (wpi_table)i, none, none, err));
    return WP_OK;
}

wp_status wpi_survey_walk(wpi_survey *survey, wpi_survey_record_fn *record, wpi_survey_gap_fn *gap,
                          void *context, wp_error *err)
{
    survey_walk walk = {survey, record, gap, context};
    wpi_walk_hooks hooks = {.context = &walk,
                            .free_pages = &survey->free_pages,
                            .counts = survey->counts,
                            .fault = take_fault,
                            .record = take_record,
                            .gap = take_gap};
    if (survey->sound_metas < WPI_META_PAGES)
        WPI_TRY(wpi_survey_report(survey, "meta pages", NULL, 0,
                                  survey->sound_metas == 0
                                      ? "neither is sound: what was deleted may come back"
                                      : "one is damaged: the last commit may be missing",
                                  err));
    if (survey->sound_metas == 0)
        return leave_out_all(&walk, err);
    return wpi_validate_survey(survey->fd, &survey->meta, &hooks, err);
}

wp_status wpi_store_check_file(const char *path, wp_fault_fn *fault, void *context,
                               uint64_t *faults, wp_error *err)
{
    wpi_survey survey;
    WPI_TRY(wpi_survey_open(&survey, path, err));
    survey.fault = fault;
    survey.context = context;
    wp_status status = wpi_survey_walk(&survey, NULL, NULL, NULL, err);
    *faults = survey.faults;
    wpi_survey_close(&survey);
    return status;
}
