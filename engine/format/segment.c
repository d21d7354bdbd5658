/*
 * Segments to and from bytes: see segment.h for the layout.
 *
 * A writer keeps index, hot and cold halves apart and joins them at the end. Cold halves are
 * written from the first list on that needs them; those before are constant, so that theirs are
 * zeros.
 */
#include "format/segment.h"

#include <assert.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define HAS_COLD 1u

static uint32_t sum_of(const void *bytes, size_t size, uint32_t a, uint32_t b)
{
    return (uint32_t)XXH3_64bits_withSeed(bytes, size, (XXH64_hash_t)a << 32 | b);
}

static wp_status malformed(wp_error *err)
{
    return wpi_error_set(err, WP_ECORRUPT, "segment record is malformed");
}

wp_status wpi_segment_read(const void *data, size_t size, uint32_t number, uint32_t person_max,
                           wpi_segment *out, wp_error *err)
{
    const unsigned char *bytes = data;
    *out = (wpi_segment){.first = number << WPI_SEGMENT_BITS, .person_max = person_max};
    if (size < WPI_SEGMENT_HEAD_BYTES + 4 ||
        wpi_bytes_get_le32(bytes + 16) != sum_of(bytes, 16, number, 0))
        return malformed(err);
    out->people = wpi_bytes_get_le32(bytes);
    out->arcs = wpi_bytes_get_le32(bytes + 4);
    out->day = (int32_t)wpi_bytes_get_le32(bytes + 8);
    out->day_first = wpi_arc_day_first(out->day);
    bool has_cold = (wpi_bytes_get_le32(bytes + 12) & HAS_COLD) != 0;
    size_t arc_bytes = WPI_ARC_HOT_BYTES + (has_cold ? WPI_ARC_COLD_BYTES : 0);
    size_t index_bytes = (size_t)out->people * WPI_SEGMENT_INDEX_BYTES + 4;
    if (out->people > WPI_SEGMENT_PEOPLE || !wpi_arc_is_day(out->day) ||
        size != WPI_SEGMENT_HEAD_BYTES + index_bytes + out->arcs * arc_bytes + 1)
        return malformed(err);
    out->index = bytes + WPI_SEGMENT_HEAD_BYTES;
    out->hot = out->index + index_bytes;
    out->cold = has_cold ? out->hot + (size_t)out->arcs * WPI_ARC_HOT_BYTES + 1 : NULL;
    return WP_OK;
}

wp_status wpi_segment_verify(const wpi_segment *segment, uint32_t place, bool is_cold,
                             wp_error *err)
{
    assert(place < segment->people);
    const unsigned char *entry = segment->index + (size_t)place * WPI_SEGMENT_INDEX_BYTES;
    uint32_t from = wpi_bytes_get_le32(entry);
    uint32_t to = wpi_bytes_get_le32(entry + WPI_SEGMENT_INDEX_BYTES);
    if (from > to || to > segment->arcs)
        return malformed(err);
    size_t bytes = is_cold ? WPI_ARC_COLD_BYTES : WPI_ARC_HOT_BYTES;
    const unsigned char *half = is_cold ? segment->cold : segment->hot;
    uint32_t stored = wpi_bytes_get_le32(entry + (is_cold ? 8 : 4));
    if (half != NULL && stored != sum_of(half + from * bytes, (to - from) * bytes,
                                         segment->first + place, to - from))
        return wpi_error_set(err, WP_ECORRUPT, "a list of table segment has a wrong checksum");
    wpi_arc_list list;
    wpi_segment_list(segment, place, &list);
    return is_cold || wpi_arc_list_is_sane(&list, segment->person_max) ? WP_OK : malformed(err);
}

void wpi_segment_writer_init(wpi_segment_writer *writer, uint32_t number, int32_t day)
{
    *writer = (wpi_segment_writer){.number = number,
                                   .day = day,
                                   .index = WPI_ARRAY_OF(uint32_t),
                                   .hot = WPI_ARRAY_OF(unsigned char),
                                   .cold = WPI_ARRAY_OF(unsigned char)};
}

void wpi_segment_writer_free(wpi_segment_writer *writer)
{
    wpi_array_free(&writer->index);
    wpi_array_free(&writer->hot);
    wpi_array_free(&writer->cold);
}

/* Index entries up to a place, and the first arc of its own. */
static wp_status open_list(wpi_segment_writer *writer, uint32_t place, wp_error *err)
{
    assert(place >= writer->people && place < WPI_SEGMENT_PEOPLE);
    uint32_t person = writer->number << WPI_SEGMENT_BITS, nothing = 0;
    for (; writer->people < place; writer->people++) {
        uint32_t sum = sum_of(&nothing, 0, person + writer->people, 0);
        uint32_t entry[3] = {writer->arcs, sum, writer->has_cold ? sum : 0};
        WPI_TRY(wpi_array_extend(&writer->index, entry, 3, err));
    }
    return wpi_array_push(&writer->index, &writer->arcs, err);
}

/* The checksum of the last arcs that were added. */
static uint32_t sum_of_last(const wpi_array *half, size_t arc_bytes, uint32_t person,
                            uint32_t count)
{
    const unsigned char *end = (const unsigned char *)half->items + half->count;
    size_t bytes = count * arc_bytes;
    return sum_of(end - bytes, bytes, person, count);
}

/* The checksums of the arcs added since the list was opened. */
static wp_status close_list(wpi_segment_writer *writer, size_t count, wp_error *err)
{
    uint32_t person = (writer->number << WPI_SEGMENT_BITS) + writer->people;
    uint32_t number = (uint32_t)count;
    uint32_t sums[2] = {sum_of_last(&writer->hot, WPI_ARC_HOT_BYTES, person, number), 0};
    if (writer->has_cold)
        sums[1] = sum_of_last(&writer->cold, WPI_ARC_COLD_BYTES, person, number);
    assert(number <= UINT32_MAX - writer->arcs); /* they would take 100 GB of memory */
    WPI_TRY(wpi_array_extend(&writer->index, sums, 2, err));
    writer->arcs += number;
    writer->people++;
    return WP_OK;
}

/* Begin with cold halves: those of all lists so far. */
static wp_status begin_cold(wpi_segment_writer *writer, wp_error *err)
{
    uint32_t *index = writer->index.items;
    size_t bytes = writer->arcs * (size_t)WPI_ARC_COLD_BYTES;
    if (writer->has_cold)
        return WP_OK;
    WPI_TRY(wpi_array_reserve(&writer->cold, bytes + 1, err));
    memset(writer->cold.items, 0, bytes);
    writer->cold.count = bytes;
    writer->has_cold = true;
    for (uint32_t i = 0; i < writer->people; i++, index += 3) {
        uint32_t to = i + 1 < writer->people ? index[3] : writer->arcs;
        index[2] = sum_of(writer->cold.items, (to - index[0]) * (size_t)WPI_ARC_COLD_BYTES,
                          (writer->number << WPI_SEGMENT_BITS) + i, to - index[0]);
    }
    return WP_OK;
}

wp_status wpi_segment_add(wpi_segment_writer *writer, uint32_t place, const wpi_arc *arcs,
                          size_t count, wp_error *err)
{
    int32_t day_first = wpi_arc_day_first(writer->day);
    if (count == 0)
        return WP_OK;
    bool is_timeless = true;
    for (size_t i = 0; i < count; i++)
        is_timeless &= wpi_arc_is_timeless(&arcs[i], day_first);
    if (!is_timeless)
        WPI_TRY(begin_cold(writer, err));
    WPI_TRY(open_list(writer, place, err));
    WPI_TRY(wpi_arcs_write_hot(&writer->hot, arcs, count, err));
    if (writer->has_cold)
        WPI_TRY(wpi_arcs_write_cold(&writer->cold, arcs, count, day_first, err));
    return close_list(writer, count, err);
}

wp_status wpi_segment_copy(wpi_segment_writer *writer, uint32_t place, const wpi_arc_list *list,
                           wp_error *err)
{
    if (list->count == 0)
        return WP_OK;
    assert(list->day == writer->day && list->cold != NULL);
    WPI_TRY(begin_cold(writer, err));
    WPI_TRY(open_list(writer, place, err));
    WPI_TRY(wpi_array_extend(&writer->hot, list->hot, list->count * WPI_ARC_HOT_BYTES, err));
    WPI_TRY(wpi_array_extend(&writer->cold, list->cold, list->count * WPI_ARC_COLD_BYTES, err));
    return close_list(writer, list->count, err);
}

void wpi_segment_write(wpi_segment_writer *segment, wpi_writer *writer, wp_error *err)
{
    const unsigned char nothing = 0;
    size_t start = writer->bytes.count;
    wpi_writer_u32(writer, segment->people);
    wpi_writer_u32(writer, segment->arcs);
    wpi_writer_u32(writer, (uint32_t)segment->day);
    wpi_writer_u32(writer, segment->has_cold ? HAS_COLD : 0);
    if (wpi_writer_status(writer, err) != WP_OK)
        return;
    const unsigned char *head = (unsigned char *)writer->bytes.items + start;
    wpi_writer_u32(writer, sum_of(head, 16, segment->number, 0));
    bool is_written =
        wpi_array_extend(&writer->bytes, segment->index.items,
                         segment->index.count * sizeof(uint32_t), err) == WP_OK &&
        wpi_array_extend(&writer->bytes, &segment->arcs, 4, err) == WP_OK &&
        wpi_array_extend(&writer->bytes, segment->hot.items, segment->hot.count, err) == WP_OK &&
        wpi_array_extend(&writer->bytes, &nothing, 1, err) == WP_OK;
    wpi_array_free(&segment->hot);
    if (is_written && segment->has_cold)
        is_written = wpi_array_extend(&writer->bytes, segment->cold.items, segment->cold.count,
                                      err) == WP_OK;
    wpi_array_free(&segment->cold);
    writer->has_failed |= !is_written;
}
