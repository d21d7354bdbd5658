/*
 * The structural walk. Pages of LMDB 0.9 on 64-bit little-endian machines:
 *
 *   offset  size  page header (16)           offset  size  meta, at 16 of pages 0 and 1
 *   0       8     page number                0       4     magic 0xBEEFC0DE
 *   8       2     pad                        4       4     version 1
 *   10      2     flags                      8       8     address (unused)
 *   12      2     lower: end of the offsets  16      8     map size
 *   14      2     upper: start of the nodes  24      48    free-list tree
 *   12      4     overflow: pages of the run 72      48    main tree
 *                                            120     8     last page, 128: 8 transaction
 *   tree (48): pad u32 (free list: page size), flags u16, depth u16, branch, leaf, overflow pages,
 *   entries, root u64 each. Offsets of nodes: u16 each after the header.
 *   node: low u16, high u16, flags u16, key size u16, key, data. In branches low, high and flags
 *   are the child page; in leaves low and high are the data size.
 *
 * Invariants checked: every page is what its place says and used once; every offset and size stays
 * inside its page; keys ascend; depth and entries are as recorded; our tables and nothing else.
 */
#include "store/validate.h"

#include <assert.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"

#define HEADER 16u
#define NODE_HEADER 8u
#define TREE_BYTES 48u
#define PAGE_BRANCH 0x01u
#define PAGE_LEAF 0x02u
#define PAGE_OVERFLOW 0x04u
#define PAGE_META 0x08u
#define NODE_BIG 0x01u
#define NODE_TREE 0x02u
#define FLAGS_TREE 0x7fu
#define FLAG_INTEGER_KEY 0x08u
#define DEPTH_MAX 32u
#define KEY_MAX 511u
#define NO_PAGE UINT64_MAX

typedef struct tree_head {
    uint32_t pad;
    uint16_t flags;
    uint16_t depth;
    uint64_t entries;
    uint64_t root;
} tree_head;

typedef struct meta {
    uint32_t page_bytes;
    tree_head free;
    tree_head main;
    uint64_t last_page;
    uint64_t snapshot;
} meta;

typedef enum tree_kind { TREE_FREE, TREE_MAIN, TREE_TABLE } tree_kind;

/* One walk. */
typedef struct file_walk {
    int fd;
    uint64_t file_bytes;
    meta meta;
    uint64_t *used;       /* a bit a page */
    unsigned char *pages; /* one buffer a level */
    unsigned tables;      /* bits of tables seen */
    tree_kind kind;       /* of the tree being walked */
    tree_head current;
    uint64_t entries;
    unsigned char key[KEY_MAX]; /* the last one in order */
    size_t key_bytes;
    wp_error *err;
} file_walk;

static wp_status damaged(wp_error *err, const char *what, uint64_t page)
{
    return wpi_error_set(err, WP_ECORRUPT, "file structure: %s on page %llu", what,
                         (unsigned long long)page);
}

static bool read_at(int fd, void *to, size_t bytes, uint64_t offset)
{
    unsigned char *at = to;
    while (bytes > 0) {
        ssize_t got = pread(fd, at, bytes, (off_t)offset);
        if (got <= 0)
            return false;
        at += got;
        bytes -= (size_t)got;
        offset += (uint64_t)got;
    }
    return true;
}

static tree_head read_tree(const unsigned char *at)
{
    return (tree_head){wpi_bytes_get_le32(at), wpi_bytes_get_le16(at + 4),
                       wpi_bytes_get_le16(at + 6), wpi_bytes_get_le64(at + 32),
                       wpi_bytes_get_le64(at + 40)};
}

static bool is_root_sane(const tree_head *tree, uint64_t last_page)
{
    if (tree->root == NO_PAGE)
        return tree->depth == 0 && tree->entries == 0;
    return tree->root >= 2 && tree->root <= last_page && tree->depth >= 1 &&
           tree->depth <= DEPTH_MAX;
}

static wp_status read_meta(int fd, uint64_t file_bytes, uint64_t offset, meta *out, wp_error *err)
{
    unsigned char page[HEADER + 136];
    if (!read_at(fd, page, sizeof page, offset))
        return wpi_error_set(err, WP_EFORMAT, "file is too short for a database");
    const unsigned char *at = page + HEADER;
    if (wpi_bytes_get_le32(at) != 0xBEEFC0DEu || wpi_bytes_get_le32(at + 4) != 1)
        return wpi_error_set(err, WP_EFORMAT, "file is not a warmpath database");
    out->free = read_tree(at + 24);
    out->main = read_tree(at + 72);
    out->last_page = wpi_bytes_get_le64(at + 120);
    out->snapshot = wpi_bytes_get_le64(at + 128);
    out->page_bytes = out->free.pad;
    uint64_t page_index = offset == 0 ? 0 : 1;
    bool is_sane = (wpi_bytes_get_le16(page + 10) & PAGE_META) != 0 && out->page_bytes >= 512 &&
                   out->page_bytes <= 32768 && (out->page_bytes & (out->page_bytes - 1)) == 0 &&
                   (out->free.flags & FLAGS_TREE) == FLAG_INTEGER_KEY &&
                   (out->main.flags & FLAGS_TREE) == 0 && out->last_page >= 1 &&
                   out->last_page <= (2 * file_bytes + (UINT64_C(1) << 30)) / out->page_bytes &&
                   is_root_sane(&out->free, out->last_page) &&
                   is_root_sane(&out->main, out->last_page);
    return is_sane ? WP_OK : damaged(err, "metadata is malformed", page_index);
}

static wp_status read_metas(int fd, uint64_t *file_bytes, meta metas[2], wp_error *err)
{
    struct stat file;
    if (fstat(fd, &file) != 0)
        return wpi_error_set(err, WP_EIO, "reading the file's status failed");
    *file_bytes = (uint64_t)file.st_size;
    WPI_TRY(read_meta(fd, *file_bytes, 0, &metas[0], err));
    WPI_TRY(read_meta(fd, *file_bytes, metas[0].page_bytes, &metas[1], err));
    if (metas[0].page_bytes != metas[1].page_bytes)
        return damaged(err, "page size differs", 1);
    return WP_OK;
}

wp_status wpi_validate_meta(int fd, wp_error *err)
{
    uint64_t file_bytes;
    meta metas[2];
    return read_metas(fd, &file_bytes, metas, err);
}

static wp_status use_pages(file_walk *walk, uint64_t first, uint64_t count, bool is_in_file)
{
    uint64_t last_page = walk->meta.last_page;
    if (first < 2 || first > last_page || count > last_page - first + 1)
        return damaged(walk->err, "page number is out of range", first);
    if (is_in_file && (first + count) * walk->meta.page_bytes > walk->file_bytes)
        return damaged(walk->err, "file ends", first);
    for (uint64_t page = first; page < first + count; page++) {
        uint64_t bit = UINT64_C(1) << (page & 63);
        if ((walk->used[page >> 6] & bit) != 0)
            return damaged(walk->err, "page is used twice", page);
        walk->used[page >> 6] |= bit;
    }
    return WP_OK;
}

/* A leaf's data in pages of its own. */
static wp_status walk_overflow(file_walk *walk, uint64_t first, uint64_t bytes)
{
    unsigned char header[HEADER];
    uint64_t needed = (HEADER - 1 + bytes) / walk->meta.page_bytes + 1;
    if (first < 2 || first > walk->meta.last_page ||
        !read_at(walk->fd, header, sizeof header, first * walk->meta.page_bytes))
        return damaged(walk->err, "overflow page is out of range", first);
    uint64_t pages = wpi_bytes_get_le32(header + 12);
    if (wpi_bytes_get_le64(header) != first || wpi_bytes_get_le16(header + 10) != PAGE_OVERFLOW ||
        pages < needed)
        return damaged(walk->err, "overflow page is malformed", first);
    return use_pages(walk, first, pages, true);
}

/* The list of free pages in one record: a count and that many numbers, descending. */
static wp_status walk_free_list(file_walk *walk, const unsigned char *list, size_t bytes,
                                uint64_t page)
{
    uint64_t count = bytes >= 8 ? wpi_bytes_get_le64(list) : UINT64_MAX;
    uint64_t before = UINT64_MAX;
    if (count > (bytes - 8) / 8 || bytes < 8)
        return damaged(walk->err, "free list is malformed", page);
    for (uint64_t i = 1; i <= count; i++) {
        uint64_t free_page = wpi_bytes_get_le64(list + 8 * i);
        if (free_page >= before)
            return damaged(walk->err, "free list does not descend", page);
        before = free_page;
        WPI_TRY(use_pages(walk, free_page, 1, false));
    }
    return WP_OK;
}

static wp_status walk_free_record(file_walk *walk, const unsigned char *data, size_t bytes,
                                  uint64_t overflow, uint64_t page)
{
    if (overflow == NO_PAGE)
        return walk_free_list(walk, data, bytes, page);
    if (bytes > walk->file_bytes)
        return damaged(walk->err, "free list is out of range", page);
    unsigned char *list = wpi_memory_new(bytes, 1);
    if (list == NULL)
        return wpi_memory_failed(walk->err);
    wp_status status = WP_ECORRUPT;
    if (read_at(walk->fd, list, bytes, overflow * walk->meta.page_bytes + HEADER))
        status = walk_free_list(walk, list, bytes, page);
    else
        status = damaged(walk->err, "free list is out of range", page);
    wpi_memory_free(list);
    return status;
}

/* A record of the main tree: one of our tables. Only noted here; tables are walked afterwards. */
static wp_status walk_table_record(file_walk *walk, const unsigned char *name, size_t name_bytes,
                                   const unsigned char *data, size_t bytes, unsigned flags,
                                   tree_head *tables)
{
    for (int table = 0; table < WPI_TABLE_COUNT; table++) {
        const char *known = wpi_table_name((wpi_table)table);
        if (strlen(known) != name_bytes || memcmp(known, name, name_bytes) != 0)
            continue;
        tables[table] = read_tree(data);
        if (flags != NODE_TREE || bytes != TREE_BYTES || tables[table].flags != 0 ||
            !is_root_sane(&tables[table], walk->meta.last_page))
            return damaged(walk->err, "table is malformed", walk->current.root);
        walk->tables |= 1u << table;
        return WP_OK;
    }
    return wpi_error_set(walk->err, WP_EFORMAT, "file is not a warmpath database");
}

/* Keys ascend over the whole tree: integers in the free list, byte strings elsewhere. */
static bool takes_next_key(file_walk *walk, const unsigned char *key, size_t bytes)
{
    bool is_after;
    if (walk->kind == TREE_FREE) {
        is_after = bytes == 8 && (walk->key_bytes == 0 ||
                                  wpi_bytes_get_le64(key) > wpi_bytes_get_le64(walk->key));
    } else {
        size_t shared = bytes < walk->key_bytes ? bytes : walk->key_bytes;
        int order = memcmp(key, walk->key, shared);
        is_after = order > 0 || (order == 0 && bytes > walk->key_bytes);
    }
    memcpy(walk->key, key, bytes);
    walk->key_bytes = bytes;
    return is_after;
}

/* A node of a page: its parts, with all sizes checked against the page. */
typedef struct page_node {
    const unsigned char *key;
    size_t key_bytes;
    const unsigned char *data; /* leaf */
    uint64_t data_bytes;       /* leaf, as recorded */
    uint64_t child;            /* branch */
    unsigned flags;            /* leaf */
    size_t size;               /* on the page, even */
} page_node;

static bool read_node(const file_walk *walk, const unsigned char *page, unsigned index,
                      bool is_leaf, page_node *out)
{
    unsigned page_bytes = walk->meta.page_bytes;
    unsigned upper = wpi_bytes_get_le16(page + 14);
    unsigned offset = wpi_bytes_get_le16(page + HEADER + 2 * (size_t)index);
    if (offset < upper || offset > page_bytes - NODE_HEADER || (offset & 1) != 0)
        return false;
    const unsigned char *at = page + offset;
    unsigned low = wpi_bytes_get_le16(at), high = wpi_bytes_get_le16(at + 2);
    out->flags = wpi_bytes_get_le16(at + 4);
    out->key_bytes = wpi_bytes_get_le16(at + 6);
    out->key = at + NODE_HEADER;
    out->data = out->key + out->key_bytes;
    out->data_bytes = is_leaf ? (uint64_t)low | (uint64_t)high << 16 : 0;
    out->child = (uint64_t)low | (uint64_t)high << 16 | (uint64_t)out->flags << 32;
    uint64_t inside = is_leaf && (out->flags & NODE_BIG) != 0 ? 8 : out->data_bytes;
    uint64_t size = NODE_HEADER + out->key_bytes + inside;
    out->size = (size_t)(size + (size & 1));
    return out->key_bytes <= KEY_MAX && size <= page_bytes - offset;
}

static wp_status walk_leaf_node(file_walk *walk, uint64_t page, const page_node *node,
                                tree_head *tables)
{
    uint64_t overflow = NO_PAGE;
    if (node->key_bytes == 0 || !takes_next_key(walk, node->key, node->key_bytes))
        return damaged(walk->err, "keys do not ascend", page);
    walk->entries++;
    if (walk->kind == TREE_MAIN)
        return walk_table_record(walk, node->key, node->key_bytes, node->data,
                                 (size_t)node->data_bytes, node->flags, tables);
    if ((node->flags & ~NODE_BIG) != 0)
        return damaged(walk->err, "record has unknown flags", page);
    if ((node->flags & NODE_BIG) != 0) {
        overflow = wpi_bytes_get_le64(node->data);
        WPI_TRY(walk_overflow(walk, overflow, node->data_bytes));
    }
    if (walk->kind == TREE_FREE)
        return walk_free_record(walk, node->data, (size_t)node->data_bytes, overflow, page);
    return WP_OK;
}

static wp_status check_page(file_walk *walk, const unsigned char *page, uint64_t number,
                            bool is_leaf)
{
    unsigned lower = wpi_bytes_get_le16(page + 12), upper = wpi_bytes_get_le16(page + 14);
    if (wpi_bytes_get_le64(page) != number ||
        wpi_bytes_get_le16(page + 10) != (is_leaf ? PAGE_LEAF : PAGE_BRANCH))
        return damaged(walk->err, "page is not what its place says", number);
    unsigned count = (lower - HEADER) / 2;
    if (lower < HEADER || (lower & 1) != 0 || upper < lower || upper > walk->meta.page_bytes ||
        count < (is_leaf ? 1u : 2u))
        return damaged(walk->err, "page header is malformed", number);
    return WP_OK;
}

/* Walk a page and what hangs below it. Depth is bounded, one page buffer a level. */
static wp_status walk_page(file_walk *walk, uint64_t number, unsigned level, tree_head *tables)
{
    bool is_leaf = level == walk->current.depth;
    unsigned char *page = walk->pages + (size_t)(level - 1) * walk->meta.page_bytes;
    WPI_TRY(use_pages(walk, number, 1, true));
    if (!read_at(walk->fd, page, walk->meta.page_bytes, number * walk->meta.page_bytes))
        return damaged(walk->err, "page cannot be read", number);
    WPI_TRY(check_page(walk, page, number, is_leaf));
    unsigned count = (wpi_bytes_get_le16(page + 12) - HEADER) / 2;
    size_t filled = 0;
    for (unsigned i = 0; i < count; i++) {
        page_node node;
        if (!read_node(walk, page, i, is_leaf, &node))
            return damaged(walk->err, "node is malformed", number);
        filled += node.size;
        if (is_leaf)
            WPI_TRY(walk_leaf_node(walk, number, &node, tables));
        else
            WPI_TRY(walk_page(walk, node.child, level + 1, tables));
    }
    if (filled != walk->meta.page_bytes - wpi_bytes_get_le16(page + 14))
        return damaged(walk->err, "nodes do not fill their space", number);
    return WP_OK;
}

static wp_status walk_tree(file_walk *walk, const tree_head *root, tree_kind kind,
                           tree_head *tables)
{
    walk->kind = kind;
    walk->current = *root;
    walk->entries = 0;
    walk->key_bytes = 0;
    if (root->root == NO_PAGE)
        return WP_OK;
    WPI_TRY(walk_page(walk, root->root, 1, tables));
    if (walk->entries != root->entries)
        return damaged(walk->err, "number of records differs in the tree", root->root);
    return WP_OK;
}

static wp_status walk_all(file_walk *walk)
{
    tree_head tables[WPI_TABLE_COUNT];
    WPI_TRY(walk_tree(walk, &walk->meta.free, TREE_FREE, NULL));
    WPI_TRY(walk_tree(walk, &walk->meta.main, TREE_MAIN, tables));
    if (walk->tables == 0)
        return wpi_error_set(walk->err, WP_EFORMAT, "file is not a warmpath database");
    for (int table = 0; table < WPI_TABLE_COUNT; table++) {
        if ((walk->tables & 1u << table) == 0)
            return wpi_error_set(walk->err, WP_ECORRUPT, "table %s is missing",
                                 wpi_table_name((wpi_table)table));
        WPI_TRY(walk_tree(walk, &tables[table], TREE_TABLE, NULL));
    }
    return WP_OK;
}

wp_status wpi_validate_trees(int fd, uint64_t snapshot, wp_error *err)
{
    meta metas[2];
    file_walk walk = {.fd = fd, .err = err};
    WPI_TRY(read_metas(fd, &walk.file_bytes, metas, err));
    if (metas[0].snapshot != snapshot && metas[1].snapshot != snapshot)
        return wpi_error_set(err, WP_EBUSY, "snapshot %llu was overtaken by writers",
                             (unsigned long long)snapshot);
    walk.meta = metas[0].snapshot == snapshot ? metas[0] : metas[1];
    walk.used = wpi_memory_new_zeroed(walk.meta.last_page / 64 + 1, sizeof *walk.used);
    walk.pages = wpi_memory_new(DEPTH_MAX, walk.meta.page_bytes);
    wp_status status = WP_OK;
    if (walk.used == NULL || walk.pages == NULL)
        status = wpi_memory_failed(err);
    else
        status = walk_all(&walk);
    wpi_memory_free(walk.used);
    wpi_memory_free(walk.pages);
    return status;
}
