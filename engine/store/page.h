/*
 * One B-tree page of an LMDB file as bytes.
 *
 *   offset  size  meaning
 *        0     8  number of the page
 *       10     2  flags: 1 branch, 2 leaf, 4 first of a run of overflow pages
 *       12     2  end of the offsets of nodes;       overflow: u32, pages in the run
 *       14     2  begin of the nodes
 *       16    2n  offsets of the nodes, in the order of their keys
 *
 *   node    0     4  leaf: bytes of data. branch: low 32 bits of the child
 *           4     2  leaf: 1 data in overflow pages, 2 data is a tree. branch: high bits of child
 *           6     2  bytes of key
 *           8        key, then (leaf) the data or the number of its first overflow page
 *
 * Nodes begin at even offsets and fill the page from its end without gaps.
 */
#ifndef WPI_STORE_PAGE_H
#define WPI_STORE_PAGE_H

#include "store/store.h"

#define WPI_PAGE_HEADER_BYTES 16
#define WPI_PAGE_IS_BRANCH 1
#define WPI_PAGE_IS_LEAF 2
#define WPI_PAGE_IS_OVERFLOW 4
#define WPI_NODE_IS_LONG 1
#define WPI_NODE_IS_TREE 2
#define WPI_PAGE_BYTES_MAX 32768

/* A node. Pointers lie inside the page. */
typedef struct wpi_page_node {
    wpi_slice key;
    uint64_t child;      /* branch: page of the child */
    uint16_t flags;      /* leaf */
    uint32_t data_bytes; /* leaf */
    wpi_slice data;      /* leaf: what lies in the page, for long data the number of a page */
} wpi_page_node;

/* The number of nodes of a page that was checked. */
unsigned wpi_page_count(const unsigned char *page);

/* Node `index` of a page that was checked. */
wpi_page_node wpi_page_node_at(const unsigned char *page, unsigned index);

/* The order of keys: bytes, then length; for integer keys the numbers. */
int wpi_page_compare(wpi_slice a, wpi_slice b, bool is_integer);

/*
 * Check number, kind (branch or leaf), offsets, sizes and order of the keys of a page. Returns
 * NULL, or what is wrong.
 */
const char *wpi_page_check(const unsigned char *page, size_t page_bytes, uint64_t number,
                           uint16_t kind, bool has_integer_keys);

#endif
