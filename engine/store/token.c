/*
 * Finding the token of the last commit in the file itself.
 *
 * After a commit that failed LMDB's environment is of no use, and while other transactions of this
 * process are open it cannot be opened anew. The file can still be read: the newest meta page leads
 * to the main tree, that to the meta table, and that to the token. Each page is checked before it
 * is believed, and the meta pages are read once more in the end, in case another process has
 * committed in the meantime.
 */
#include <string.h>

#include "store/files.h"
#include "store/meta.h"
#include "store/page.h"
#include "store/record.h"
#include "store/store_internal.h"

#define LEVELS_MAX 31
#define READINGS_MAX 100

/* The node to go down from a branch to a key: the last whose key is not above it. */
static unsigned child_of(const unsigned char *page, wpi_slice key)
{
    unsigned index = 0;
    for (unsigned i = 1; i < wpi_page_count(page); i++)
        if (wpi_page_compare(wpi_page_node_at(page, i).key, key, false) <= 0)
            index = i;
    return index;
}

static wp_status read_page(int fd, const wpi_meta *meta, uint64_t number, uint16_t kind,
                           unsigned char *page, wp_error *err)
{
    WPI_TRY(wpi_files_read(fd, page, meta->page_bytes, number * meta->page_bytes, err));
    const char *fault = wpi_page_check(page, meta->page_bytes, number, kind, false);
    return fault == NULL ? WP_OK : wpi_error_set(err, WP_ECORRUPT, "a page is unsound: %s", fault);
}

/* Find a record of a tree; *node points into `page`. WP_ENOTFOUND leaves err alone. */
static wp_status find(int fd, const wpi_meta *meta, const wpi_meta_tree *tree, wpi_slice key,
                      unsigned char *page, wpi_page_node *node, wp_error *err)
{
    uint64_t number = tree->root;
    if (number == WPI_META_PAGE_NONE)
        return WP_ENOTFOUND;
    if (tree->depth == 0 || tree->depth > LEVELS_MAX)
        return wpi_error_set(err, WP_ECORRUPT, "the depth of a tree is %u", tree->depth);
    for (unsigned depth = 1; depth < tree->depth; depth++) {
        WPI_TRY(read_page(fd, meta, number, WPI_PAGE_IS_BRANCH, page, err));
        number = wpi_page_node_at(page, child_of(page, key)).child;
    }
    WPI_TRY(read_page(fd, meta, number, WPI_PAGE_IS_LEAF, page, err));
    for (unsigned i = 0; i < wpi_page_count(page); i++) {
        *node = wpi_page_node_at(page, i);
        if (wpi_page_compare(node->key, key, false) == 0)
            return WP_OK;
    }
    return WP_ENOTFOUND;
}

static wp_status look(int fd, const wpi_meta *meta, wpi_slice key, wpi_slice value, bool *is_there,
                      wp_error *err)
{
    unsigned char page[WPI_PAGE_BYTES_MAX];
    wpi_page_node node;
    wpi_slice payload;
    const char *name = wpi_table_name(WPI_TABLE_META);
    *is_there = false;
    wp_status status =
        find(fd, meta, &meta->main_tree, (wpi_slice){name, strlen(name)}, page, &node, err);
    if (status == WP_OK && node.data.bytes != WPI_META_TREE_BYTES)
        return wpi_error_set(err, WP_ECORRUPT, "table meta has no tree");
    if (status == WP_OK) {
        wpi_meta_tree tree = wpi_meta_tree_read(node.data.data);
        status = find(fd, meta, &tree, key, page, &node, err);
    }
    if (status != WP_OK || node.flags != 0)
        return status == WP_ENOTFOUND ? WP_OK : status;
    WPI_TRY(wpi_record_unseal(WPI_TABLE_META, node.key, node.data, &payload, NULL, err));
    *is_there = payload.bytes == value.bytes && memcmp(payload.data, value.data, value.bytes) == 0;
    return WP_OK;
}

wp_status wpi_token_look(int fd, wpi_slice key, wpi_slice value, bool *is_there, uint64_t *snapshot,
                         wp_error *err)
{
    wpi_metas before, after;
    for (int i = 0; i < READINGS_MAX; i++) {
        WPI_TRY(wpi_meta_read(fd, &before, err));
        wp_status status = look(fd, wpi_meta_newest(&before), key, value, is_there, err);
        WPI_TRY(wpi_meta_read(fd, &after, err));
        *snapshot = wpi_meta_newest(&before)->snapshot;
        if (before.hash == after.hash)
            return status;
    }
    return wpi_error_set(err, WP_EBUSY, "others commit without pause");
}
