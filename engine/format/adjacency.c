/*
 * Neighbour lists to and from bytes: see adjacency.h for the layout.
 *
 * Reading checks the size against the count once; the arcs are then read in place. Writing leaves
 * the cold half out when no arc of the part needs it, as in a graph of stated ties.
 */
#include "format/adjacency.h"

#include <assert.h>

#define HAS_COLD 1u

int wpi_arc_compare(const void *a, const void *b)
{
    const wpi_arc_hot *x = a, *y = b; /* a wpi_arc begins with its hot half */
    uint32_t low_x = wpi_arc_lowest(x), low_y = wpi_arc_lowest(y);
    if (low_x != low_y)
        return low_x < low_y ? -1 : 1;
    return x->other < y->other ? -1 : x->other > y->other;
}

wp_status wpi_adjacency_read(const void *data, size_t size, wpi_arc_list *out, wp_error *err)
{
    const unsigned char *bytes = data;
    if (size < WPI_ADJACENCY_HEADER_BYTES)
        return wpi_error_set(err, WP_ECORRUPT, "adjacency record is malformed");
    out->count = wpi_bytes_get_le32(bytes);
    out->day_max = (int32_t)wpi_bytes_get_le32(bytes + 4);
    bool has_cold = (wpi_bytes_get_le32(bytes + 8) & HAS_COLD) != 0;
    size_t arc_bytes = WPI_ADJACENCY_HOT_BYTES + (has_cold ? WPI_ADJACENCY_COLD_BYTES : 0);
    if (out->count > WPI_ADJACENCY_PART_MAX ||
        size != WPI_ADJACENCY_HEADER_BYTES + out->count * arc_bytes)
        return wpi_error_set(err, WP_ECORRUPT, "adjacency record is malformed");
    out->hot = bytes + WPI_ADJACENCY_HEADER_BYTES;
    out->cold = has_cold ? out->hot + (size_t)out->count * WPI_ADJACENCY_HOT_BYTES : NULL;
    return WP_OK;
}

static void write_bytes(wpi_writer *writer, const void *data, size_t size, wp_error *err)
{
    if (wpi_array_extend(&writer->bytes, data, size, err) != WP_OK)
        writer->has_failed = true;
}

void wpi_adjacency_write(wpi_writer *writer, const wpi_arc *arcs, size_t count, wp_error *err)
{
    static_assert(sizeof(wpi_arc_hot) == WPI_ADJACENCY_HOT_BYTES, "packed");
    static_assert(sizeof(wpi_arc_cold) == WPI_ADJACENCY_COLD_BYTES, "packed");
    assert(count <= WPI_ADJACENCY_PART_MAX);
    int32_t day_max = WP_DAY_NONE;
    bool has_cold = false;
    for (size_t i = 0; i < count; i++) {
        if ((arcs[i].cold.flags & WPI_ARC_CONSTANT) != 0)
            continue;
        has_cold = true;
        if (arcs[i].cold.day > day_max)
            day_max = arcs[i].cold.day;
    }
    wpi_writer_u32(writer, (uint32_t)count);
    wpi_writer_u32(writer, (uint32_t)day_max);
    wpi_writer_u32(writer, has_cold ? HAS_COLD : 0);
    for (size_t i = 0; i < count; i++)
        write_bytes(writer, &arcs[i].hot, sizeof arcs[i].hot, err);
    for (size_t i = 0; has_cold && i < count; i++)
        write_bytes(writer, &arcs[i].cold, sizeof arcs[i].cold, err);
}
