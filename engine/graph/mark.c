/*
 * Marks, found by the keyed hash of their name; a forgotten mark keeps its record with value 0, so
 * that probe sequences stay whole.
 */
#include "graph/mark.h"

#include "graph/identity.h"

static wp_status locate(wpi_graph *graph, const char *name, wpi_key *key, uint64_t *value,
                        wp_error *err)
{
    uint64_t hash = wpi_identity_hash(graph, WPI_HASH_CLASS_MARK, name);
    for (unsigned probe = 0; probe < 256; probe++) {
        wpi_record_bytes bytes;
        *key = wpi_key_hash(hash, (uint8_t)probe);
        WPI_TRY(wpi_graph_get(graph, WPI_TABLE_MARK, *key, &bytes, err));
        const unsigned char *data = bytes.data;
        wpi_reader reader = {data, data + bytes.size, false};
        *value = wpi_reader_u64(&reader);
        const char *text = wpi_reader_text(&reader);
        if (!wpi_reader_is_done(&reader) || text == NULL)
            return wpi_error_set(err, WP_ECORRUPT, "mark record is malformed");
        if (strcmp(text, name) == 0)
            return WP_OK;
    }
    return wpi_error_set(err, WP_ECORRUPT, "mark table has 256 equal hashes");
}

static wp_status check_name(const char *name, wp_error *err)
{
    if (name == NULL)
        return wpi_error_set(err, WP_EINVAL, "name is NULL");
    return wpi_graph_check_text(name, "name", 255, err);
}

wp_status wpi_mark_put(wpi_graph *graph, const char *name, uint64_t value, wp_error *err)
{
    wpi_key key;
    uint64_t before = 0;
    WPI_TRY(check_name(name, err));
    wp_status status = locate(graph, name, &key, &before, err);
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    if (before == value)
        return WP_OK;
    wpi_writer_u64(&graph->writer, value);
    wpi_writer_text(&graph->writer, name);
    return wpi_graph_put(graph, WPI_TABLE_MARK, key, err);
}

wp_status wpi_mark_get(wpi_graph *graph, const char *name, uint64_t *value, wp_error *err)
{
    wpi_key key;
    *value = 0;
    WPI_TRY(check_name(name, err));
    wp_status status = locate(graph, name, &key, value, err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}
