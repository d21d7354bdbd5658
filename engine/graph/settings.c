/*
 * The defaults of consent: see settings.h.
 */
#include "graph/settings.h"

#include "graph/audit.h"

wp_status wpi_settings_get(wpi_graph *graph, wp_settings *out, wp_error *err)
{
    wpi_record_bytes value;
    wp_status status =
        wpi_graph_get(graph, WPI_TABLE_META, wpi_key_text(WPI_SETTINGS_KEY, 0), &value, err);
    *out = (wp_settings){sizeof *out, WP_CHOICE_IN, WP_CHOICE_IN};
    if (status == WP_ENOTFOUND)
        return WP_OK;
    WPI_TRY(status);
    const unsigned char *bytes = value.data;
    if (value.size != 2 || bytes[0] < WP_CHOICE_IN || bytes[0] > WP_CHOICE_ASK ||
        bytes[1] < WP_CHOICE_IN || bytes[1] > WP_CHOICE_OUT)
        return wpi_error_set(err, WP_ECORRUPT, "record of the defaults of consent is malformed");
    out->introductions = (wp_choice)bytes[0];
    out->contact = (wp_choice)bytes[1];
    return WP_OK;
}

wp_status wpi_settings_put(wpi_graph *graph, const wp_settings *settings, wp_error *err)
{
    wp_settings before, after;
    WPI_TRY(wpi_settings_get(graph, &before, err));
    after = before;
    if (settings->introductions != WP_CHOICE_UNSAID)
        after.introductions = settings->introductions;
    if (settings->contact != WP_CHOICE_UNSAID)
        after.contact = settings->contact;
    if (after.introductions == before.introductions && after.contact == before.contact)
        return WP_OK;
    wpi_writer_u8(&graph->writer, (uint8_t)after.introductions);
    wpi_writer_u8(&graph->writer, (uint8_t)after.contact);
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_META, wpi_key_text(WPI_SETTINGS_KEY, 0), err));
    return wpi_audit_append(graph, WP_AUDIT_SETTINGS, 0, 0,
                            10u * after.introductions + after.contact, err);
}
