/*
 * The two meta pages; see meta.h for the layout.
 *
 * LMDB trusts these pages entirely: it maps the file by their sizes and follows their roots. The
 * newer of the two must be sound in every field, and its snapshot number must belong to its place,
 * because readers find the page by that number. Of the older one only the frame matters: the next
 * commit overwrites it.
 *
 * Other processes may commit while we read, so both pages are read until two readings agree.
 */
#include "store/meta.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/bytes.h"
#include "store/error.h"
#include "store/files.h"

#define META_BYTES 152 /* of a meta page that mean something */
#define READINGS_MAX 100
#define LMDB_MAGIC 0xBEEFC0DEu
#define LMDB_VERSION 1
#define PAGE_IS_META 8
#define TREE_HAS_INTEGER_KEYS 8
#define FILE_IS_PLAIN 0x4000 /* made with MDB_NOSUBDIR; kept beside the flags of the free tree */
#define PAGE_BYTES_MIN 4096
#define PAGE_BYTES_MAX 32768
#define DEPTH_MAX 31
#define MAP_BYTES_MAX ((uint64_t)1 << 47)
#define SNAPSHOT_MAX ((uint64_t)1 << 62)
/* Pages at the end of a file that were taken and given back in one transaction are never written;
 * so many of them are believed. */
#define PAGES_UNWRITTEN_MAX ((uint64_t)1 << 20)

typedef unsigned char meta_bytes[META_BYTES];

static wp_status corrupt(int page, const char *what, wp_error *err)
{
    return wpi_error_set(err, WP_ECORRUPT, "meta page %d: %s", page, what);
}

wpi_meta_tree wpi_meta_tree_read(const unsigned char *bytes)
{
    return (wpi_meta_tree){.flags = wpi_bytes_get_le16(bytes + 4),
                           .depth = wpi_bytes_get_le16(bytes + 6),
                           .records = wpi_bytes_get_le64(bytes + 32),
                           .root = wpi_bytes_get_le64(bytes + 40)};
}

static wpi_meta parse(const unsigned char *bytes)
{
    return (wpi_meta){.free_tree = wpi_meta_tree_read(bytes + 40),
                      .main_tree = wpi_meta_tree_read(bytes + 88),
                      .page_bytes = wpi_bytes_get_le32(bytes + 40),
                      .map_bytes = wpi_bytes_get_le64(bytes + 32),
                      .last_page = wpi_bytes_get_le64(bytes + 136),
                      .snapshot = wpi_bytes_get_le64(bytes + 144)};
}

static wp_status check_magic(int fd, uint64_t file_bytes, wp_error *err)
{
    meta_bytes first;
    if (file_bytes < META_BYTES)
        return wpi_error_set(err, WP_EFORMAT,
                             "not a warmpath database: %" PRIu64 " bytes, expected at least %d",
                             file_bytes, META_BYTES);
    WPI_TRY(wpi_files_read(fd, first, META_BYTES, 0, err));
    if (wpi_bytes_get_le32(first + 16) != LMDB_MAGIC)
        return wpi_error_set(err, WP_EFORMAT, "not a warmpath database");
    if (wpi_bytes_get_le32(first + 20) != LMDB_VERSION)
        return wpi_error_set(err, WP_EFORMAT,
                             "the version of LMDB's format is %" PRIu32 ", expected %d",
                             wpi_bytes_get_le32(first + 20), LMDB_VERSION);
    return WP_OK;
}

static wp_status check_frame(int page, const unsigned char *bytes, wp_error *err)
{
    if (wpi_bytes_get_le64(bytes) != (uint64_t)page)
        return corrupt(page, "its number is wrong", err);
    if (wpi_bytes_get_le16(bytes + 10) != PAGE_IS_META)
        return corrupt(page, "it is not marked as a meta page", err);
    if (wpi_bytes_get_le32(bytes + 16) != LMDB_MAGIC)
        return corrupt(page, "the magic number is wrong", err);
    if (wpi_bytes_get_le32(bytes + 20) != LMDB_VERSION)
        return corrupt(page, "the version is wrong", err);
    return WP_OK;
}

static wp_status check_tree(int page, const wpi_meta *meta, const wpi_meta_tree *tree,
                            wp_error *err)
{
    if (tree->root == WPI_META_PAGE_NONE)
        return tree->depth == 0 && tree->records == 0
                   ? WP_OK
                   : corrupt(page, "an empty tree has records", err);
    if (tree->depth == 0 || tree->depth > DEPTH_MAX)
        return corrupt(page, "the depth of a tree is out of range", err);
    if (tree->root < WPI_META_PAGES || tree->root > meta->last_page)
        return corrupt(page, "the root of a tree is out of range", err);
    return WP_OK;
}

static wp_status check_sizes(int page, const wpi_meta *meta, uint64_t file_bytes, wp_error *err)
{
    uint64_t file_pages = file_bytes / meta->page_bytes;
    uint64_t slack = file_pages > PAGES_UNWRITTEN_MAX ? file_pages : PAGES_UNWRITTEN_MAX;
    if (meta->last_page < WPI_META_PAGES - 1 || meta->last_page >= file_pages + slack ||
        meta->last_page > UINT32_MAX)
        return corrupt(page, "the number of pages does not fit the size of the file", err);
    if (meta->map_bytes > MAP_BYTES_MAX || meta->map_bytes / meta->page_bytes <= meta->last_page)
        return corrupt(page, "the map size is out of range", err);
    return WP_OK;
}

static wp_status check_newest(int page, const wpi_meta *meta, uint64_t file_bytes, wp_error *err)
{
    if (meta->snapshot > SNAPSHOT_MAX || meta->snapshot % WPI_META_PAGES != (uint64_t)page)
        return corrupt(page, "the snapshot number does not belong here", err);
    if ((meta->free_tree.flags & ~FILE_IS_PLAIN) != TREE_HAS_INTEGER_KEYS)
        return corrupt(page, "the flags of the file are wrong", err);
    if (meta->main_tree.flags != 0)
        return wpi_error_set(err, WP_EFORMAT,
                             "not a warmpath database: the flags of its main "
                             "tree are %#x, expected 0",
                             meta->main_tree.flags);
    WPI_TRY(check_sizes(page, meta, file_bytes, err));
    WPI_TRY(check_tree(page, meta, &meta->free_tree, err));
    return check_tree(page, meta, &meta->main_tree, err);
}

static wp_status read_pages(int fd, meta_bytes pages[WPI_META_PAGES], uint64_t file_bytes,
                            wp_error *err)
{
    WPI_TRY(wpi_files_read(fd, pages[0], META_BYTES, 0, err));
    WPI_TRY(check_frame(0, pages[0], err));
    uint32_t page_bytes = parse(pages[0]).page_bytes;
    bool is_power = (page_bytes & (page_bytes - 1)) == 0;
    if (!is_power || page_bytes < PAGE_BYTES_MIN || page_bytes > PAGE_BYTES_MAX)
        return corrupt(0, "the page size is out of range", err);
    if (file_bytes < (uint64_t)page_bytes * WPI_META_PAGES)
        return wpi_error_set(err, WP_ECORRUPT,
                             "the file has %" PRIu64 " bytes, expected at least %" PRIu64,
                             file_bytes, (uint64_t)page_bytes * WPI_META_PAGES);
    WPI_TRY(wpi_files_read(fd, pages[1], META_BYTES, page_bytes, err));
    WPI_TRY(check_frame(1, pages[1], err));
    if (parse(pages[1]).page_bytes != page_bytes)
        return corrupt(1, "the page sizes differ", err);
    return WP_OK;
}

static wp_status read_stable(int fd, meta_bytes pages[WPI_META_PAGES], uint64_t *file_bytes,
                             wp_error *err)
{
    meta_bytes again[WPI_META_PAGES];
    struct stat info;
    for (int i = 0; i < READINGS_MAX; i++) {
        if (fstat(fd, &info) != 0)
            return wpi_store_error(errno, "examining the database", err);
        *file_bytes = (uint64_t)info.st_size;
        WPI_TRY(check_magic(fd, *file_bytes, err));
        WPI_TRY(read_pages(fd, pages, *file_bytes, err));
        WPI_TRY(read_pages(fd, again, *file_bytes, err));
        if (memcmp(pages, again, sizeof(again)) == 0)
            return WP_OK;
    }
    return wpi_error_set(err, WP_EBUSY, "the meta pages change faster than they can be read");
}

wp_status wpi_meta_read(int fd, wpi_metas *metas, wp_error *err)
{
    meta_bytes pages[WPI_META_PAGES];
    uint64_t file_bytes = 0;
    WPI_TRY(read_stable(fd, pages, &file_bytes, err));
    metas->pages[0] = parse(pages[0]);
    metas->pages[1] = parse(pages[1]);
    metas->hash = XXH3_64bits(pages, sizeof(pages));
    if (metas->pages[0].snapshot == metas->pages[1].snapshot)
        return corrupt(0, "both have the same snapshot number", err);
    const wpi_meta *newest = wpi_meta_newest(metas);
    return check_newest((int)(newest - metas->pages), newest, file_bytes, err);
}

/* Read one meta page that need not fit to the other. */
static wp_status read_alone(int fd, int page, uint32_t page_bytes, uint64_t file_bytes,
                            wpi_meta *meta, wp_error *err)
{
    meta_bytes bytes;
    WPI_TRY(wpi_files_read(fd, bytes, META_BYTES, (uint64_t)page * page_bytes, err));
    WPI_TRY(check_frame(page, bytes, err));
    *meta = parse(bytes);
    if (meta->page_bytes != page_bytes)
        return corrupt(page, "the page size is out of range", err);
    return check_newest(page, meta, file_bytes, err);
}

wp_status wpi_meta_read_any(int fd, wpi_meta *meta, int *sound_count, wp_error *err)
{
    struct stat info;
    *sound_count = 0;
    *meta = (wpi_meta){.page_bytes = PAGE_BYTES_MIN};
    if (fstat(fd, &info) != 0)
        return wpi_store_error(errno, "examining the database", err);
    /* The size of pages is known from either page, once it is found. */
    for (uint32_t page_bytes = PAGE_BYTES_MIN; page_bytes <= PAGE_BYTES_MAX && *sound_count == 0;
         page_bytes *= 2) {
        for (int i = 0; i < WPI_META_PAGES; i++) {
            wpi_meta found;
            wp_status status = read_alone(fd, i, page_bytes, (uint64_t)info.st_size, &found, err);
            if (status != WP_OK && status != WP_ECORRUPT && status != WP_EFORMAT)
                return status;
            if (status != WP_OK)
                continue;
            if (*sound_count == 0 || found.snapshot > meta->snapshot)
                *meta = found;
            ++*sound_count;
        }
    }
    return *sound_count > 0 ? WP_OK : wpi_error_set(err, WP_ECORRUPT, "no meta page is sound");
}

const wpi_meta *wpi_meta_newest(const wpi_metas *metas)
{
    return &metas->pages[metas->pages[1].snapshot > metas->pages[0].snapshot];
}

const wpi_meta *wpi_meta_of(const wpi_metas *metas, uint64_t snapshot)
{
    for (int i = 0; i < WPI_META_PAGES; i++) {
        if (metas->pages[i].snapshot == snapshot)
            return &metas->pages[i];
    }
    return NULL;
}
