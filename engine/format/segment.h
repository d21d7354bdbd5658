/*
 * A base segment: the neighbour lists of WPI_SEGMENT_PEOPLE consecutive people in one value, read
 * in place.
 *
 *   offset       size     meaning
 *   0            4        number of people p, u32 LE: those up to the last with a tie
 *   4            4        number of arcs n, u32 LE
 *   8            4        day of the costs, i32 LE; WP_DAY_NONE: all constant
 *   12           4        flags: 1 = cold halves follow
 *   16           4        low half of the XXH3-64 of the bytes before, seeded with the number
 *   20           12 p     for each person: index of the first arc; checksums of its hot and of its
 *                         cold arcs: low halves of XXH3-64, seeded with person and number of arcs;
 *                         the latter means nothing without cold halves
 *   20 + 12 p    4        n
 *   then         11 n     hot halves (adjacency.h)
 *   then         1        0
 *   then         14 n     cold halves, when flag 1
 *
 * Segments are too large to be verified whole before use. Each list has checksums of its own, which
 * the reader of the list verifies once.
 */
#ifndef WPI_FORMAT_SEGMENT_H
#define WPI_FORMAT_SEGMENT_H

#include "format/adjacency.h"

#define WPI_SEGMENT_BITS 10
#define WPI_SEGMENT_PEOPLE (1u << WPI_SEGMENT_BITS)
#define WPI_SEGMENT_INDEX_BYTES 12u
#define WPI_SEGMENT_HEAD_BYTES 20u

typedef struct wpi_segment {
    const unsigned char *index;
    const unsigned char *hot;
    const unsigned char *cold; /* NULL: all constant */
    uint32_t first;            /* person at place 0 */
    uint32_t people;
    uint32_t person_max; /* the highest number of a person that a list may name */
    uint32_t arcs;
    int32_t day;
    int32_t day_first;
} wpi_segment;

/* View a payload as segment `number`. Checks its head and size, not its lists. */
wp_status wpi_segment_read(const void *data, size_t size, uint32_t number, uint32_t person_max,
                           wpi_segment *out, wp_error *err);

/* Where the index entry of a place lies in a payload, without reading it. */
static inline const unsigned char *wpi_segment_entry(const void *data, uint32_t place)
{
    return (const unsigned char *)data + WPI_SEGMENT_HEAD_BYTES +
           (size_t)place * WPI_SEGMENT_INDEX_BYTES;
}

/* The list at a place, unchecked: for lists that wpi_segment_verify() passed. */
static inline void wpi_segment_list(const wpi_segment *segment, uint32_t place, wpi_arc_list *out)
{
    uint32_t from, to;
    const unsigned char *entry = segment->index + (size_t)place * WPI_SEGMENT_INDEX_BYTES;
    memcpy(&from, entry, sizeof from);
    memcpy(&to, entry + WPI_SEGMENT_INDEX_BYTES, sizeof to);
    out->hot = segment->hot + (size_t)from * WPI_ARC_HOT_BYTES;
    out->cold = segment->cold == NULL ? NULL : segment->cold + (size_t)from * WPI_ARC_COLD_BYTES;
    out->count = to - from;
    out->day = segment->day;
    out->day_first = segment->day_first;
}

/* Verify the bounds and the checksum of the hot or the cold halves of a list, and that the people
 * in it exist. */
wp_status wpi_segment_verify(const wpi_segment *segment, uint32_t place, bool is_cold,
                             wp_error *err);

/* A segment being written, person by person. */
typedef struct wpi_segment_writer {
    uint32_t number;
    uint32_t people;
    uint32_t arcs;
    int32_t day;
    bool has_cold; /* cold halves are written */
    wpi_array index;
    wpi_array hot;
    wpi_array cold;
} wpi_segment_writer;

void wpi_segment_writer_init(wpi_segment_writer *writer, uint32_t number, int32_t day);
void wpi_segment_writer_free(wpi_segment_writer *writer);
/* Add the list at a place, places ascending; arcs are sorted and fit the day. */
wp_status wpi_segment_add(wpi_segment_writer *writer, uint32_t place, const wpi_arc *arcs,
                          size_t count, wp_error *err);
/* Add a list as it stands in a segment of the same day. */
wp_status wpi_segment_copy(wpi_segment_writer *writer, uint32_t place, const wpi_arc_list *list,
                           wp_error *err);
/* Append the payload to an empty writer. The arcs are freed as they are copied: those of hundreds
 * of people at large companies are megabytes. */
void wpi_segment_write(wpi_segment_writer *segment, wpi_writer *writer, wp_error *err);

#endif
