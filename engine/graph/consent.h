/*
 * Consent: what people decided. Only decisions are stored; for who made none the default of the
 * database holds (settings.h).
 *
 * A decision is a record by number, matter and source. Of one number the later decision holds, one
 * without a day is the oldest, and of two on one day the stricter holds; of the numbers of a person
 * the strictest decides. Of two decisions to share with groups the groups that both name hold.
 */
#ifndef WPI_GRAPH_CONSENT_H
#define WPI_GRAPH_CONSENT_H

#include "base/bitset.h"
#include "graph/graph.h"

typedef enum wpi_matter {
    WPI_MATTER_INTRODUCTIONS = 0,
    WPI_MATTER_CONTACT,
    WPI_MATTER_SHARING,
    WPI_MATTERS
} wpi_matter;

typedef struct wpi_decisions {
    wpi_consent_record of[WPI_MATTERS]; /* unsaid when there is none */
} wpi_decisions;

/* As wp_choice_rank(). */
unsigned wpi_choice_rank(wp_choice choice);
/* As wp_consent_put(). */
wp_status wpi_consent_put(wpi_graph *graph, const wp_consent *consent, wp_error *err);
/* As wp_consent_statement_next(). */
wp_status wpi_consent_next(wpi_graph *graph, wp_consent *at, wp_error *err);
/* Where a record of the table stands. */
wp_status wpi_consent_read_key(wpi_slice key, uint32_t *person, wpi_matter *matter, wp_error *err);
/* Whether a record says of its matter what may be said of it. */
bool wpi_consent_is_sane(wpi_matter matter, const wpi_consent_record *record);
/* A group of a decision to share, by index. */
static inline uint32_t wpi_consent_group(const wpi_consent_record *record, size_t index)
{
    return wpi_bytes_get_le32(record->groups + index * sizeof(uint32_t));
}
/* Take one decision of a source away, by its key. */
wp_status wpi_consent_delete(wpi_graph *graph, wpi_slice key, wp_error *err);
/* The decisions of a person, by the canonical number; groups in lent memory. */
wp_status wpi_consent_get(wpi_graph *graph, uint32_t person, wpi_decisions *out, wp_error *err);
/* The groups of a decision to share, in lent memory; NULL: none. */
wp_status wpi_consent_lend_groups(wpi_graph *graph, const wpi_consent_record *record,
                                  const uint32_t **groups, wp_error *err);
/* Everybody who is out of introductions, and everybody not to be contacted: by decision, or by the
 * default for those who made none (settings.h). Numbers of merged people that are not canonical may
 * be in the sets too. */
wp_status wpi_consent_sets(wpi_graph *graph, wpi_bitset *opted_out, wpi_bitset *hidden,
                           wp_error *err);

#endif
