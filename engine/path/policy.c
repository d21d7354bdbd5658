/*
 * Policy sets: gathered from consent, employment and asks with one walk each.
 */
#include "path/policy.h"

#include "graph/consent.h"
#include "graph/person.h"

static wp_status add_asked(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    (void)value;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "ask key is malformed");
    return wpi_bitset_add(context, wpi_key_get_u32(key.data, 0), err);
}

static wp_status add_us(wpi_graph *graph, int32_t day, wpi_bitset *us, wp_error *err)
{
    wpi_array people = WPI_ARRAY_OF(uint32_t);
    wp_status status = wpi_person_us(graph, day, &people, err);
    for (size_t i = 0; status == WP_OK && i < people.count; i++)
        status = wpi_bitset_add(us, WPI_ARRAY_AT(&people, uint32_t, i), err);
    wpi_array_free(&people);
    return status;
}

wp_status wpi_policy_build(wpi_graph *graph, uint32_t viewer, int32_t day, wpi_policy *out,
                           wp_error *err)
{
    wp_status status;
    *out = (wpi_policy){.snapshot = wpi_store_snapshot(graph->txn), .day = day};
    WPI_TRY_OUT(wpi_consent_sets(graph, &out->opted_out, &out->hidden, err));
    WPI_TRY_OUT(wpi_sight_build(graph, viewer, day, &out->sight, err));
    WPI_TRY_OUT(wpi_bitset_unite(&out->hidden, &out->sight.private_to.whole, err));
    WPI_TRY_OUT(add_us(graph, day, &out->us, err));
    WPI_TRY_OUT(
        wpi_graph_each(graph, WPI_TABLE_ASK, (wpi_key){.size = 0}, add_asked, &out->asked, err));
out:
    if (status != WP_OK)
        wpi_policy_free(out);
    return status;
}

void wpi_policy_free(wpi_policy *policy)
{
    wpi_bitset_free(&policy->opted_out);
    wpi_bitset_free(&policy->hidden);
    wpi_bitset_free(&policy->us);
    wpi_bitset_free(&policy->asked);
    wpi_sight_free(&policy->sight);
}
