/*
 * The structural walk; see validate.h.
 *
 * What is accepted: every page of the three kinds of trees (free pages, main tree, tables) lies
 * inside the file, is used once, carries its own number, has the kind that its depth wants and
 * sound nodes (page.c); keys ascend within a page and stay between the keys that lead to it, so
 * that every look-up finds what is there; the numbers of records are those of the tree. Long
 * values lie in runs of overflow pages inside the file. Free pages are in use nowhere else. The
 * main tree holds the tables and nothing more.
 *
 * The walk is iterative with one page buffer a level. Each page is visited at most once, so a
 * cycle ends it at once and the time is bounded by the size of the file.
 */
#include "store/validate.h"

#include <inttypes.h>
#include <string.h>

#include "base/bitset.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "store/files.h"
#include "store/page.h"
#include "store/record.h"

#define LEVELS_MAX 31
#define CHUNK_BYTES 4096

/* Where the walk stands on one level of a tree. */
typedef struct level {
    unsigned char *page; /* the page's bytes; allocated once a walk */
    unsigned count;      /* of nodes */
    unsigned next;       /* node to descend into */
    wpi_slice low;       /* keys are not below this, and below high; data NULL: no bound */
    wpi_slice high;
} level;

typedef struct walk {
    int fd;
    const wpi_meta *meta;
    uint64_t file_pages;
    wpi_bitset used; /* pages seen, in trees or as free */
    level levels[LEVELS_MAX];
    const char *tree_name; /* of the tree being walked, for messages */
    wpi_meta_tree tables[WPI_TABLE_COUNT];
    bool has_table[WPI_TABLE_COUNT];
    unsigned strangers;          /* records of the main tree that are none of our tables */
    wpi_table table;             /* of the tree being walked, for visit_record */
    bool is_table;               /* the tree being walked is that of `table` */
    bool is_whole;               /* nothing of the tree being walked was left out */
    const wpi_walk_hooks *hooks; /* NULL: the first fault ends the walk */
    wp_error *err;
} walk;

/* What to do with a record in a leaf. */
typedef wp_status visit_fn(walk *w, uint64_t page, const wpi_page_node *node);

static wp_status corrupt(const walk *w, uint64_t page, const char *what)
{
    if (w->hooks != NULL)
        WPI_TRY(w->hooks->fault(w->hooks->context, w->tree_name, page, what, w->err));
    return wpi_error_set(w->err, WP_ECORRUPT, "tree %s, page %" PRIu64 ": %s", w->tree_name, page,
                         what);
}

/* A survey goes on where the walk of a file that is to be used ends. */
static wp_status forgive(const walk *w, wp_status status)
{
    return w->hooks != NULL && status == WP_ECORRUPT ? WP_OK : status;
}

/* Keys of the tree that cannot be reached, from low up to high. */
static wp_status leave_out(walk *w, wpi_slice low, wpi_slice high)
{
    w->is_whole = false;
    if (w->hooks == NULL || !w->is_table)
        return WP_OK;
    return w->hooks->gap(w->hooks->context, w->table, low, high, w->err);
}

/* Count `count` pages from `first` on as used. */
static wp_status use_pages(walk *w, uint64_t page, uint64_t first, uint64_t count)
{
    uint64_t last_page = w->meta->last_page;
    if (first < WPI_META_PAGES || first > last_page || count > last_page - first + 1)
        return corrupt(w, page, "a page number is out of range");
    for (uint64_t i = first; i < first + count; i++) {
        if (wpi_bitset_has(&w->used, (uint32_t)i))
            return corrupt(w, page, "a page is used twice");
        WPI_TRY(wpi_bitset_add(&w->used, (uint32_t)i, w->err));
    }
    return WP_OK;
}

/* The same for pages that are read, which must lie inside the file. */
static wp_status use_file_pages(walk *w, uint64_t page, uint64_t first, uint64_t count)
{
    if (first > w->file_pages || count > w->file_pages - first)
        return corrupt(w, page, "a page lies beyond the end of the file");
    return use_pages(w, page, first, count);
}

/* Check the run of overflow pages of a long value. */
static wp_status check_long(walk *w, uint64_t page, const wpi_page_node *node)
{
    unsigned char header[WPI_PAGE_HEADER_BYTES];
    uint32_t page_bytes = w->meta->page_bytes;
    if (node->child < WPI_META_PAGES || node->child >= w->file_pages)
        return corrupt(w, page, "a long value lies beyond the end of the file");
    WPI_TRY(wpi_files_read(w->fd, header, sizeof(header), node->child * page_bytes, w->err));
    bool is_overflow = wpi_bytes_get_le64(header) == node->child &&
                       wpi_bytes_get_le16(header + 10) == WPI_PAGE_IS_OVERFLOW;
    if (!is_overflow)
        return corrupt(w, page, "a long value leads to another kind of page");
    uint64_t pages = wpi_bytes_get_le32(header + 12);
    uint64_t needed = (WPI_PAGE_HEADER_BYTES - 1 + (uint64_t)node->data_bytes) / page_bytes + 1;
    if (pages < needed)
        return corrupt(w, page, "a long value has too few pages");
    return use_file_pages(w, page, node->child, pages);
}

/* A record of a table: its value is a string of bytes, here or in overflow pages. */
static wp_status visit_record(walk *w, uint64_t page, const wpi_page_node *node)
{
    if ((node->flags & ~WPI_NODE_IS_LONG) != 0)
        return corrupt(w, page, "a record has flags that no record has");
    if (node->flags != 0) /* In a survey the checksum decides whether the value is what it was. */
        WPI_TRY(forgive(w, check_long(w, page, node)));
    if (w->hooks != NULL)
        WPI_TRY(w->hooks->record(w->hooks->context, w->table, page, node, w->err));
    bool is_format = w->table == WPI_TABLE_META && node->key.bytes == strlen(WPI_FORMAT_KEY) &&
                     memcmp(node->key.data, WPI_FORMAT_KEY, node->key.bytes) == 0;
    wpi_slice payload;
    if (!is_format || node->data.bytes != 4 + WPI_VALUE_TRAILER_BYTES)
        return WP_OK;
    /* A newer format is said to be one before its other novelties are called damage. */
    WPI_TRY(wpi_record_unseal(w->table, node->key, node->data, &payload, NULL, w->err));
    uint32_t format = wpi_bytes_get_le32(payload.data);
    if (format == WPI_FORMAT_NUMBER)
        return WP_OK;
    return wpi_error_set(w->err, WP_EFORMAT, "format is %" PRIu32 ", expected %d", format,
                         WPI_FORMAT_NUMBER);
}

/* A record of the main tree: a table of ours, or a stranger, judged when all are known. */
static wp_status visit_table(walk *w, uint64_t page, const wpi_page_node *node)
{
    if ((node->flags & WPI_NODE_IS_LONG) != 0)
        WPI_TRY(check_long(w, page, node));
    bool is_tree = node->flags == WPI_NODE_IS_TREE && node->data.bytes == WPI_META_TREE_BYTES;
    for (unsigned i = 0; is_tree && i < WPI_TABLE_COUNT; i++) {
        const char *name = wpi_table_name((wpi_table)i);
        bool is_this =
            strlen(name) == node->key.bytes && memcmp(name, node->key.data, node->key.bytes) == 0;
        if (!is_this)
            continue;
        w->tables[i] = wpi_meta_tree_read(node->data.data);
        w->has_table[i] = true;
        return w->tables[i].flags == 0 ? WP_OK : corrupt(w, page, "a table has wrong flags");
    }
    w->strangers++;
    return WP_OK;
}

/* Read part of a value, wherever it lies. */
static wp_status read_data(walk *w, const wpi_page_node *node, uint64_t offset, unsigned char *out,
                           size_t bytes)
{
    if ((node->flags & WPI_NODE_IS_LONG) == 0) {
        memcpy(out, (const unsigned char *)node->data.data + offset, bytes);
        return WP_OK;
    }
    uint64_t begin = node->child * w->meta->page_bytes + WPI_PAGE_HEADER_BYTES;
    return wpi_files_read(w->fd, out, bytes, begin + offset, w->err);
}

/* A record of the free tree: a count and so many page numbers, descending. */
static wp_status visit_free(walk *w, uint64_t page, const wpi_page_node *node)
{
    if ((node->flags & ~WPI_NODE_IS_LONG) != 0)
        return corrupt(w, page, "a list of free pages has wrong flags");
    if (node->flags != 0)
        WPI_TRY(check_long(w, page, node));
    uint64_t snapshot = wpi_bytes_get_le64(node->key.data);
    if (snapshot == 0 || snapshot > w->meta->snapshot)
        return corrupt(w, page, "a list of free pages is of a snapshot that never was");
    unsigned char chunk[CHUNK_BYTES];
    uint64_t total = node->data_bytes / 8;
    if (total == 0 || node->data_bytes % 8 != 0)
        return corrupt(w, page, "a list of free pages has a wrong size");
    WPI_TRY(read_data(w, node, 0, chunk, 8));
    uint64_t left = wpi_bytes_get_le64(chunk);
    if (left > total - 1)
        return corrupt(w, page, "a list of free pages is longer than its record");
    uint64_t previous = w->meta->last_page + 1;
    for (uint64_t offset = 8; left > 0;) {
        uint64_t count = left < CHUNK_BYTES / 8 ? left : CHUNK_BYTES / 8;
        WPI_TRY(read_data(w, node, offset, chunk, count * 8));
        for (uint64_t i = 0; i < count; i++) {
            uint64_t number = wpi_bytes_get_le64(chunk + i * 8);
            if (number >= previous)
                return corrupt(w, page, "a list of free pages is not in order");
            WPI_TRY(use_pages(w, page, number, 1));
            if (w->hooks != NULL)
                WPI_TRY(wpi_bitset_add(w->hooks->free_pages, (uint32_t)number, w->err));
            previous = number;
        }
        offset += count * 8;
        left -= count;
    }
    return WP_OK;
}

/* Whether the keys of a page lie between the keys that led to it. */
static bool is_between(const level *at, bool is_integer, bool is_branch)
{
    unsigned first = is_branch ? 1 : 0;
    wpi_slice lowest = wpi_page_node_at(at->page, first).key;
    wpi_slice highest = wpi_page_node_at(at->page, at->count - 1).key;
    if (at->low.data != NULL && wpi_page_compare(lowest, at->low, is_integer) < 0)
        return false;
    return at->high.data == NULL || wpi_page_compare(highest, at->high, is_integer) < 0;
}

/* Read and check the page of a level, whose bounds are set. */
static wp_status enter(walk *w, level *at, uint64_t page, bool is_branch, bool is_integer)
{
    uint32_t page_bytes = w->meta->page_bytes;
    WPI_TRY(use_file_pages(w, page, page, 1));
    if (at->page == NULL)
        at->page = wpi_memory_new(page_bytes, 1);
    if (at->page == NULL)
        return wpi_memory_failed(w->err);
    WPI_TRY(wpi_files_read(w->fd, at->page, page_bytes, page * page_bytes, w->err));
    uint16_t kind = is_branch ? WPI_PAGE_IS_BRANCH : WPI_PAGE_IS_LEAF;
    const char *fault = wpi_page_check(at->page, page_bytes, page, kind, is_integer);
    if (fault != NULL)
        return corrupt(w, page, fault);
    at->count = wpi_page_count(at->page);
    at->next = 0;
    if (!is_between(at, is_integer, is_branch)) {
        /* Or those that lead to it are wrong; then nothing is known of what belongs where. */
        at->low = at->high = (wpi_slice){NULL, 0};
        return corrupt(w, page, "its keys are not between those that lead to it");
    }
    return WP_OK;
}

/* Set the bounds of the child that is next on a level; returns its page. */
static uint64_t descend(level *from, level *to)
{
    wpi_page_node child = wpi_page_node_at(from->page, from->next);
    to->low = from->next == 0 ? from->low : child.key;
    bool is_last = from->next + 1 == from->count;
    to->high = is_last ? from->high : wpi_page_node_at(from->page, from->next + 1).key;
    from->next++;
    return child.child;
}

static wp_status visit_leaf(walk *w, const level *leaf, visit_fn *visit)
{
    uint64_t page = wpi_bytes_get_le64(leaf->page);
    bool is_sound = true;
    for (unsigned i = 0; i < leaf->count; i++) {
        wpi_page_node node = wpi_page_node_at(leaf->page, i);
        wp_status status = visit(w, page, &node);
        is_sound &= status == WP_OK;
        WPI_TRY(forgive(w, status));
    }
    /* It may be the wrong page altogether, so the keys that belong here may lie elsewhere. */
    return is_sound ? WP_OK : leave_out(w, leaf->low, leaf->high);
}

static wp_status check_root(walk *w, const wpi_meta_tree *tree)
{
    if (tree->root == WPI_META_PAGE_NONE && (tree->depth != 0 || tree->records != 0))
        return corrupt(w, 0, "an empty tree has records");
    if (tree->root != WPI_META_PAGE_NONE && (tree->depth == 0 || tree->depth > LEVELS_MAX))
        return corrupt(w, tree->root, "the depth of the tree is out of range");
    return WP_OK;
}

/* Read the page of a level, or leave out what it leads to; *is_entered says which. */
static wp_status try_enter(walk *w, level *at, uint64_t page, bool is_branch, bool is_integer,
                           bool *is_entered)
{
    wp_status status = enter(w, at, page, is_branch, is_integer);
    *is_entered = status == WP_OK;
    if (*is_entered || forgive(w, status) != WP_OK)
        return status;
    return leave_out(w, at->low, at->high);
}

/* Walk from the root, whose page has been read. */
static wp_status walk_levels(walk *w, unsigned leaf_depth, bool is_integer, visit_fn *visit,
                             uint64_t *records)
{
    unsigned depth = 0;
    while (true) {
        level *at = &w->levels[depth];
        if (depth == leaf_depth) {
            WPI_TRY(visit_leaf(w, at, visit));
            *records += at->count;
            at->next = at->count;
        }
        if (at->next < at->count) {
            level *below = &w->levels[depth + 1];
            uint64_t child = descend(at, below);
            bool is_entered;
            WPI_TRY(try_enter(w, below, child, depth + 1 < leaf_depth, is_integer, &is_entered));
            depth += is_entered;
        } else if (depth-- == 0) {
            return WP_OK;
        }
    }
}

static wp_status walk_tree(walk *w, const char *name, const wpi_meta_tree *tree, bool is_integer,
                           visit_fn *visit)
{
    w->tree_name = name;
    w->is_whole = true;
    w->levels[0].low = w->levels[0].high = (wpi_slice){NULL, 0};
    wp_status status = check_root(w, tree);
    if (status != WP_OK)
        return forgive(w, status) == WP_OK
                   ? leave_out(w, (wpi_slice){NULL, 0}, (wpi_slice){NULL, 0})
                   : status;
    if (tree->root == WPI_META_PAGE_NONE)
        return WP_OK;
    const unsigned leaf_depth = tree->depth - 1u;
    uint64_t records = 0;
    bool is_entered;
    WPI_TRY(try_enter(w, &w->levels[0], tree->root, leaf_depth > 0, is_integer, &is_entered));
    if (is_entered)
        WPI_TRY(walk_levels(w, leaf_depth, is_integer, visit, &records));
    if (w->is_whole && records != tree->records)
        return forgive(w, corrupt(w, tree->root, "the number of records is wrong"));
    return WP_OK;
}

/* What the main tree says of our tables, once the meta table has said that the format is ours. */
static wp_status check_tables(walk *w)
{
    for (unsigned i = 0; i < WPI_TABLE_COUNT; i++) {
        if (w->has_table[i])
            continue;
        w->tree_name = wpi_table_name((wpi_table)i);
        if (w->hooks == NULL)
            return wpi_error_set(w->err, WP_ECORRUPT, "table %s is missing", w->tree_name);
        WPI_TRY(forgive(w, corrupt(w, 0, "the table is missing")));
    }
    w->tree_name = "main";
    if (w->strangers == 0)
        return WP_OK;
    if (w->hooks != NULL)
        return forgive(w, corrupt(w, 0, "there are unknown tables"));
    return wpi_error_set(w->err, WP_ECORRUPT, "%u tables are unknown, expected none", w->strangers);
}

static wp_status walk_table(walk *w, wpi_table table)
{
    static const wpi_slice none = {NULL, 0};
    w->table = table;
    w->is_table = true;
    if (w->hooks != NULL)
        w->hooks->counts[table] = w->has_table[table] ? w->tables[table].records : UINT64_MAX;
    wp_status status = w->has_table[table] ? walk_tree(w, wpi_table_name(table), &w->tables[table],
                                                       false, visit_record)
                                           : leave_out(w, none, none);
    w->is_table = false;
    return status;
}

static wp_status walk_all(walk *w)
{
    WPI_TRY(walk_tree(w, "main", &w->meta->main_tree, false, visit_table));
    bool is_foreign =
        w->is_whole && !w->has_table[WPI_TABLE_META] && !w->has_table[WPI_TABLE_PERSON];
    if (is_foreign)
        return wpi_error_set(w->err, WP_EFORMAT,
                             "not a warmpath database: LMDB without our tables");
    for (unsigned i = 0; i < WPI_TABLE_COUNT; i++) {
        WPI_TRY(walk_table(w, (wpi_table)i));
        if (i == WPI_TABLE_META)
            WPI_TRY(check_tables(w));
    }
    return walk_tree(w, "free", &w->meta->free_tree, true, visit_free);
}

static wp_status start(int fd, const wpi_meta *meta, const wpi_walk_hooks *hooks, wp_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return wpi_error_set(err, WP_EIO, "the size of the database could not be read");
    walk w = {.fd = fd, .meta = meta, .hooks = hooks, .err = err};
    w.file_pages = (uint64_t)info.st_size / meta->page_bytes;
    wp_status status = walk_all(&w);
    wpi_bitset_free(&w.used);
    for (unsigned i = 0; i < LEVELS_MAX; i++)
        wpi_memory_free(w.levels[i].page);
    return status;
}

wp_status wpi_validate_snapshot(int fd, const wpi_meta *meta, wp_error *err)
{
    return start(fd, meta, NULL, err);
}

wp_status wpi_validate_survey(int fd, const wpi_meta *meta, const wpi_walk_hooks *hooks,
                              wp_error *err)
{
    return start(fd, meta, hooks, err);
}
