/*
 * One B-tree page; see page.h for the layout.
 *
 * wpi_page_check decides whether the page may be read as a list of nodes at all; the others rely
 * on it. That nodes tile their part of the page exactly, without gaps or overlaps, is demanded
 * because LMDB moves nodes by their sizes when it deletes: it would write outside the page.
 */
#include "store/page.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

#define NODE_HEADER_BYTES 8
#define KEY_BYTES_MAX 511
#define INTEGER_KEY_BYTES 8
#define OFFSET_BYTES 2
#define LONG_BYTES 8 /* of the number of the first overflow page */

static uint16_t lower_of(const unsigned char *page)
{
    return wpi_bytes_get_le16(page + 12);
}

static uint16_t upper_of(const unsigned char *page)
{
    return wpi_bytes_get_le16(page + 14);
}

unsigned wpi_page_count(const unsigned char *page)
{
    return (lower_of(page) - (unsigned)WPI_PAGE_HEADER_BYTES) / OFFSET_BYTES;
}

static uint16_t offset_at(const unsigned char *page, unsigned index)
{
    return wpi_bytes_get_le16(page + WPI_PAGE_HEADER_BYTES + (size_t)OFFSET_BYTES * index);
}

static bool is_leaf(const unsigned char *page)
{
    return wpi_bytes_get_le16(page + 10) == WPI_PAGE_IS_LEAF;
}

wpi_page_node wpi_page_node_at(const unsigned char *page, unsigned index)
{
    const unsigned char *at = page + offset_at(page, index);
    uint32_t low = wpi_bytes_get_le32(at);
    uint16_t high = wpi_bytes_get_le16(at + 4);
    wpi_page_node node = {.key = {at + NODE_HEADER_BYTES, wpi_bytes_get_le16(at + 6)}};
    if (is_leaf(page)) {
        node.flags = high;
        node.data_bytes = low;
        bool is_long = (high & WPI_NODE_IS_LONG) != 0;
        node.data.data = at + NODE_HEADER_BYTES + node.key.bytes;
        node.data.bytes = is_long ? LONG_BYTES : low;
        node.child = is_long ? wpi_bytes_get_le64(node.data.data) : 0;
    } else {
        node.child = (uint64_t)high << 32 | low;
    }
    return node;
}

int wpi_page_compare(wpi_slice a, wpi_slice b, bool is_integer)
{
    if (is_integer) {
        assert(a.bytes == INTEGER_KEY_BYTES && b.bytes == INTEGER_KEY_BYTES);
        uint64_t left = wpi_bytes_get_le64(a.data);
        uint64_t right = wpi_bytes_get_le64(b.data);
        return (left > right) - (left < right);
    }
    size_t common = a.bytes < b.bytes ? a.bytes : b.bytes;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    return order != 0 ? order : (a.bytes > b.bytes) - (a.bytes < b.bytes);
}

/* The bytes that a node takes in its page, or 0 when it does not fit. */
static size_t node_bytes(const unsigned char *page, size_t page_bytes, uint16_t offset)
{
    bool is_inside = offset >= upper_of(page) && offset <= page_bytes - NODE_HEADER_BYTES;
    if (offset % 2 != 0 || !is_inside)
        return 0;
    const unsigned char *at = page + offset;
    size_t bytes = NODE_HEADER_BYTES + (size_t)wpi_bytes_get_le16(at + 6);
    if (is_leaf(page)) {
        bool is_long = (wpi_bytes_get_le16(at + 4) & WPI_NODE_IS_LONG) != 0;
        bytes += is_long ? LONG_BYTES : wpi_bytes_get_le32(at);
    }
    bytes += bytes & 1;
    return bytes <= page_bytes - offset ? bytes : 0;
}

/* Whether the nodes fill the page from `upper` to its end, each byte once. */
static bool is_tiled(const unsigned char *page, size_t page_bytes)
{
    uint16_t bytes_at[WPI_PAGE_BYTES_MAX / 2]; /* by half the offset; 0: no node begins there */
    unsigned count = wpi_page_count(page);
    size_t upper = upper_of(page);
    memset(bytes_at + upper / 2, 0, page_bytes - upper);
    for (unsigned i = 0; i < count; i++) {
        uint16_t offset = offset_at(page, i);
        size_t bytes = node_bytes(page, page_bytes, offset);
        if (bytes == 0 || bytes_at[offset / 2] != 0)
            return false;
        bytes_at[offset / 2] = (uint16_t)bytes;
    }
    size_t at = upper;
    for (; count > 0 && at < page_bytes; count--) {
        if (bytes_at[at / 2] == 0)
            return false;
        at += bytes_at[at / 2];
    }
    return count == 0 && at == page_bytes;
}

static const char *check_keys(const unsigned char *page, bool is_integer)
{
    unsigned count = wpi_page_count(page);
    unsigned first = is_leaf(page) ? 0 : 1; /* The first key of a branch means nothing. */
    for (unsigned i = first; i < count; i++) {
        wpi_slice key = wpi_page_node_at(page, i).key;
        if (key.bytes == 0 || key.bytes > KEY_BYTES_MAX)
            return "the size of a key is out of range";
        if (is_integer && key.bytes != INTEGER_KEY_BYTES)
            return "an integer key has not eight bytes";
        bool has_previous = i > first;
        if (has_previous &&
            wpi_page_compare(wpi_page_node_at(page, i - 1).key, key, is_integer) >= 0)
            return "the keys are not in order";
    }
    return NULL;
}

const char *wpi_page_check(const unsigned char *page, size_t page_bytes, uint64_t number,
                           uint16_t kind, bool has_integer_keys)
{
    if (wpi_bytes_get_le64(page) != number)
        return "it has the number of another page";
    if (wpi_bytes_get_le16(page + 10) != kind)
        return "its kind is not the one expected at its depth";
    uint16_t lower = lower_of(page);
    uint16_t upper = upper_of(page);
    bool is_even = lower % 2 == 0 && upper % 2 == 0;
    if (!is_even || lower < WPI_PAGE_HEADER_BYTES || lower > upper || upper > page_bytes)
        return "its bounds are out of range";
    if (wpi_page_count(page) < (kind == WPI_PAGE_IS_BRANCH ? 2u : 1u))
        return "it has too few nodes";
    if (!is_tiled(page, page_bytes))
        return "its nodes do not fit together";
    return check_keys(page, has_integer_keys);
}
