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
    wpi_table table;               /* being walked */
    wpi_slice key;                 /* of the record looked at */
    uint64_t number;               /* the last one looked at, of tables with a record a source */
    uint64_t names;                /* entries of the name index that there are */
    uint64_t name_records;         /* what the records call for: such entries, */
    uint64_t words;                /* of the name index that are no numbers, each once, */
    uint64_t spellings;            /* and those in the dictionary */
    unsigned char name_before[12]; /* the key of the name record looked at before */
    uint64_t evidence, asks, replies, namesakes, stakes, suggestions; /* and so on */
    uint64_t suggestions_found;
    uint64_t restated;         /* statements of ties found through the ties */
    uint64_t restated_between; /* in the table, but for those of one person */
    uint64_t interactions, private_interactions, opportunities;
    uint64_t audit_entries;
    uint32_t aliases[2];
    uint64_t arcs;         /* in all neighbour lists, without masked ones */
    uint64_t segment_arcs; /* with masked ones */
    uint64_t overlay_people;
    uint64_t ties;    /* in all runs, */
    uint64_t entries; /* with those that are gone */
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
/* Report unless somebody states a person; unless the number is canonical; unless a source exists.
 */
wp_status wpi_check_person(wpi_check *check, uint32_t person, wp_error *err);
wp_status wpi_check_canonical(wpi_check *check, uint32_t person, wp_error *err);
wp_status wpi_check_source(wpi_check *check, uint32_t source, wp_error *err);

wpi_check_fn wpi_check_interaction, wpi_check_source_id, wpi_check_reply, wpi_check_evidence,
    wpi_check_tie, wpi_check_restated, wpi_check_overlay, wpi_check_segment, wpi_check_changed,
    wpi_check_ask;
wpi_check_fn wpi_check_meta, wpi_check_person_record, wpi_check_company, wpi_check_identity,
    wpi_check_alias, wpi_check_part, wpi_check_merge, wpi_check_namesake;
wpi_check_fn wpi_check_employment, wpi_check_member, wpi_check_consent, wpi_check_private,
    wpi_check_barrier, wpi_check_opportunity, wpi_check_role, wpi_check_stake,
    wpi_check_source_record, wpi_check_name, wpi_check_spelling, wpi_check_mark;
wpi_check_fn wpi_check_suppressed, wpi_check_audit;

/* The identity of an opportunity leads to it. */
wp_status wpi_check_opportunity_id(wpi_check *check, const wpi_identity_record *record,
                                   wp_error *err);

/* Deep: what follows from employments at a company. */
wp_status wpi_check_together(wpi_check *check, uint32_t company, wp_error *err);

/* The totals of the lists against what was walked. */
wp_status wpi_check_list_totals(wpi_check *check, wp_error *err);

#endif
