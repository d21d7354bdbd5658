/*
 * The defaults of consent: see settings.h.
 */
#include "graph/settings.h"

#include "graph/audit.h"

/* As stored: introductions u8, contact u8, sharing u8, mutual u8, whether sharing was decided u8.
 * The last three are absent, and OPEN, OUT and 0, in records of before there was sharing. */
#define RECORD_BYTES 5
#define RECORD_BYTES_BEFORE 2

typedef struct stored {
    wp_settings settings;
    bool has_sharing;
} stored;

static wp_status load(wpi_graph *graph, stored *out, wp_error *err)
{
    wpi_record_bytes value;
    unsigned char bytes[RECORD_BYTES] = {WP_CHOICE_IN, WP_CHOICE_IN, WP_SHARING_OPEN, WP_CHOICE_OUT,
                                         false};
    wp_status status =
        wpi_graph_get(graph, WPI_TABLE_META, wpi_key_text(WPI_SETTINGS_KEY, 0), &value, err);
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    bool is_sane =
        status == WP_ENOTFOUND || value.size == RECORD_BYTES || value.size == RECORD_BYTES_BEFORE;
    if (status == WP_OK && is_sane)
        memcpy(bytes, value.data, value.size);
    if (!is_sane || bytes[0] < WP_CHOICE_IN || bytes[0] > WP_CHOICE_ASK ||
        bytes[1] < WP_CHOICE_IN || bytes[1] > WP_CHOICE_OUT ||
        (bytes[2] != WP_SHARING_OPEN && bytes[2] != WP_SHARING_CLOSED) || bytes[3] < WP_CHOICE_IN ||
        bytes[3] > WP_CHOICE_OUT || bytes[4] > 1)
        return wpi_error_set(err, WP_ECORRUPT, "record of the defaults of consent is malformed");
    *out = (stored){{sizeof(wp_settings), (wp_choice)bytes[0], (wp_choice)bytes[1],
                     (wp_sharing)bytes[2], (wp_choice)bytes[3]},
                    bytes[4] != 0};
    return WP_OK;
}

static wp_status save(wpi_graph *graph, const stored *after, wp_error *err)
{
    const wp_settings *settings = &after->settings;
    wpi_writer_u8(&graph->writer, (uint8_t)settings->introductions);
    wpi_writer_u8(&graph->writer, (uint8_t)settings->contact);
    wpi_writer_u8(&graph->writer, (uint8_t)settings->sharing);
    wpi_writer_u8(&graph->writer, (uint8_t)settings->mutual);
    wpi_writer_u8(&graph->writer, after->has_sharing);
    return wpi_graph_put(graph, WPI_TABLE_META, wpi_key_text(WPI_SETTINGS_KEY, 0), err);
}

wp_status wpi_settings_get(wpi_graph *graph, wp_settings *out, wp_error *err)
{
    stored found;
    WPI_TRY(load(graph, &found, err));
    *out = found.settings;
    return WP_OK;
}

static wp_choice said(wp_choice choice, wp_choice before)
{
    return choice != WP_CHOICE_UNSAID ? choice : before;
}

wp_status wpi_settings_put(wpi_graph *graph, const wp_settings *settings, wp_error *err)
{
    stored before, after;
    WPI_TRY(load(graph, &before, err));
    after = before;
    wp_settings *now = &after.settings;
    now->introductions = said(settings->introductions, now->introductions);
    now->contact = said(settings->contact, now->contact);
    now->mutual = said(settings->mutual, now->mutual);
    if (settings->sharing != WP_SHARING_UNSAID)
        now->sharing = settings->sharing;
    if (memcmp(now, &before.settings, sizeof *now) == 0)
        return WP_OK;
    WPI_TRY(wpi_store_write_through(graph->txn, err));
    WPI_TRY(save(graph, &after, err));
    uint32_t object = 1000u * (now->mutual == WP_CHOICE_IN) +
                      100u * (now->sharing == WP_SHARING_CLOSED) + 10u * now->introductions +
                      now->contact;
    return wpi_audit_append(graph, WP_AUDIT_SETTINGS, 0, 0, object, err);
}

wp_status wpi_settings_note_sharing(wpi_graph *graph, wp_error *err)
{
    stored found;
    WPI_TRY(load(graph, &found, err));
    if (found.has_sharing)
        return WP_OK;
    found.has_sharing = true;
    return save(graph, &found, err);
}

wp_status wpi_settings_has_sharing(wpi_graph *graph, bool *has, wp_error *err)
{
    stored found;
    WPI_TRY(load(graph, &found, err));
    *has = found.has_sharing;
    return WP_OK;
}

wp_status wpi_settings_may_close(wpi_graph *graph, bool *may, wp_error *err)
{
    stored found;
    WPI_TRY(load(graph, &found, err));
    *may = found.has_sharing || found.settings.sharing == WP_SHARING_CLOSED;
    return WP_OK;
}
