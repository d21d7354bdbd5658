/*
 * Consent records and the sets that queries work with.
 *
 * A later decision replaces an earlier one for the same matter; the other matter stays as it was.
 */
#include "graph/consent.h"

wp_status wpi_consent_get(wpi_graph *graph, uint32_t person, wpi_consent_record *out, wp_error *err)
{
    wpi_record_bytes value;
    *out = (wpi_consent_record){WP_CHOICE_UNSAID, WP_CHOICE_UNSAID, WP_DAY_NONE, WP_DAY_NONE};
    wp_status status = wpi_graph_get(graph, WPI_TABLE_CONSENT, wpi_key_u32(person), &value, err);
    if (status == WP_ENOTFOUND)
        return WP_OK;
    WPI_TRY(status);
    return wpi_record_read_consent(value, out, err);
}

wp_status wpi_consent_put(wpi_graph *graph, const wp_consent *consent, wp_error *err)
{
    wpi_consent_record record;
    WPI_TRY(wpi_consent_get(graph, consent->person, &record, err));
    if (consent->introductions != WP_CHOICE_UNSAID) {
        record.introductions = consent->introductions;
        record.introductions_since = consent->since;
    }
    if (consent->contact != WP_CHOICE_UNSAID) {
        record.contact = consent->contact;
        record.contact_since = consent->since;
    }
    wpi_record_write_consent(&graph->writer, &record);
    return wpi_graph_put(graph, WPI_TABLE_CONSENT, wpi_key_u32(consent->person), err);
}

typedef struct set_walk {
    wpi_bitset *opted_out;
    wpi_bitset *hidden;
} set_walk;

static wp_status add_to_sets(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    set_walk *walk = context;
    wpi_consent_record record;
    if (key.bytes != 4)
        return wpi_error_set(err, WP_ECORRUPT, "consent key is malformed");
    WPI_TRY(wpi_record_read_consent(value, &record, err));
    uint32_t person = wpi_key_get_u32(key.data, 0);
    if (record.introductions == WP_CHOICE_OUT)
        WPI_TRY(wpi_bitset_add(walk->opted_out, person, err));
    if (record.contact == WP_CHOICE_OUT)
        WPI_TRY(wpi_bitset_add(walk->hidden, person, err));
    return WP_OK;
}

wp_status wpi_consent_sets(wpi_graph *graph, wpi_bitset *opted_out, wpi_bitset *hidden,
                           wp_error *err)
{
    set_walk walk = {opted_out, hidden};
    return wpi_graph_each(graph, WPI_TABLE_CONSENT, (wpi_key){.size = 0}, add_to_sets, &walk, err);
}
