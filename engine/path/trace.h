/*
 * Tracing: the people of the best path that a search found for an introducer.
 */
#ifndef WPI_PATH_TRACE_H
#define WPI_PATH_TRACE_H

#include "path/search.h"

/* Compare two people by external id, then number. Ids are read once and kept. */
typedef struct wpi_trace_ids {
    wpi_graph *graph;
    wpi_map at;       /* person -> pointer to text */
    wpi_meter *meter; /* polled now and then while ids are read; NULL: not */
} wpi_trace_ids;

wp_status wpi_trace_id(wpi_trace_ids *ids, uint32_t person, const char **text, wp_error *err);

/* The smallest dearest tie of the cheapest ways to an introducer at a hop. */
wp_status wpi_trace_widest(const wpi_search *search, uint32_t introducer, uint32_t hops,
                           uint32_t *widest, wp_error *err);

/*
 * Of the cheapest ways to an introducer at a hop whose dearest tie costs at most `widest`, or as
 * little as it can when none does, the one whose external ids come first, person by person: hops +
 * 1 people, the source first and the introducer last, appended to an array of uint32_t.
 */
wp_status wpi_trace_people(const wpi_search *search, wpi_trace_ids *ids, uint32_t introducer,
                           uint32_t hops, uint32_t widest, wpi_array *people, wp_error *err);

/* As wpi_trace_people(), but any of the cheapest ways: one list a hop is read. */
wp_status wpi_trace_any(const wpi_search *search, uint32_t introducer, uint32_t hops,
                        wpi_array *people, wp_error *err);

#endif
