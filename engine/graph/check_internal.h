/*
 * What the parts of the integrity check share: the check under way, and how a fault is reported.
 */
#ifndef WPI_GRAPH_CHECK_INTERNAL_H
#define WPI_GRAPH_CHECK_INTERNAL_H

#include "graph/graph.h"

typedef struct wpi_check {
    wpi_graph *graph;
    bool is_deep;
    wp_fault_fn *fault;
    void *context;
    uint64_t faults;
    wpi_table table;       /* being walked */
    wpi_slice key;         /* of the record looked at */
    uint64_t names_wanted; /* entries of the name index that the records call for */
    uint64_t names;        /* that there are */
    uint64_t arcs;         /* in all neighbour lists, without masked ones */
    uint64_t segment_arcs; /* with masked ones */
    uint64_t overlay_people;
    uint64_t ties;    /* in all runs */
    uint32_t tie_low; /* the last tie of the run before */
    uint32_t tie_high;
} wpi_check;

/* One record of a table. Faults are reported; only failures to go on are returned. */
typedef wp_status wpi_check_fn(wpi_check *check, wpi_record_bytes value, wp_error *err);

/* Report a fault of the record looked at. */
void wpi_check_report(wpi_check *check, const char *what);
/* Report `what` when a look-up found nothing. A damaged record counts as found: its own table
 * reports it. Passes other failures on. */
wp_status wpi_check_expect(wpi_check *check, wp_status found, const char *what);
/* Whether a record exists, by key. */
wp_status wpi_check_record(wpi_check *check, wpi_table table, wpi_key key, const char *what,
                           wp_error *err);
/* Report unless the key has so many bytes. */
bool wpi_check_key(wpi_check *check, size_t bytes);
/* Report unless a person exists. */
void wpi_check_person(wpi_check *check, uint32_t person);

wpi_check_fn wpi_check_interaction, wpi_check_source, wpi_check_waiting, wpi_check_evidence,
    wpi_check_tie, wpi_check_overlay, wpi_check_segment, wpi_check_changed, wpi_check_ask;
wpi_check_fn wpi_check_meta, wpi_check_person_record, wpi_check_company, wpi_check_identity,
    wpi_check_employment, wpi_check_member, wpi_check_consent, wpi_check_name, wpi_check_mark;

/* The totals of the lists against what was walked. */
wp_status wpi_check_list_totals(wpi_check *check, wp_error *err);

#endif
