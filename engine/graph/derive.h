/*
 * What follows from an interaction: evidence for its ties, the load of people asked, and its place
 * among the replies to what it answers.
 *
 * Participants who are one person count once, in the weightiest part. What somebody writes to
 * herself, or to nobody known, makes no tie, but a row of evidence of her with herself, by which it
 * is found when her identities become two people. A private or cancelled interaction has no
 * consequences, and an answer to an invitation only those that the meeting then has (answer.h):
 * whoever answered takes the part answered, when the meeting leaves hers open or is older. A series
 * has none itself; its occurrences have none when a newer version of it lacks them.
 *
 * Ties gain at once; a tie that loses anything is computed anew from its evidence before the public
 * call ends (restate.h).
 */
#ifndef WPI_GRAPH_DERIVE_H
#define WPI_GRAPH_DERIVE_H

#include "graph/evidence.h"

typedef struct wpi_derived {
    wpi_array rows;  /* of wpi_derived_row, by pair */
    wpi_array asked; /* of uint32_t, ascending: who is asked for an introduction */
    int64_t time_s;
} wpi_derived;

#define WPI_DERIVED_INIT                                                                           \
    {                                                                                              \
        WPI_ARRAY_OF(wpi_derived_row), WPI_ARRAY_OF(uint32_t), 0                                   \
    }

/* An interaction as it counts. */
typedef struct wpi_counted {
    const wp_interaction *interaction; /* NULL: it is not there */
    uint32_t author;                   /* whom it answers; 0: nobody known */
    const wp_interaction *answers;     /* to a meeting; of two of one person the first holds */
    size_t answer_count;
    bool is_off; /* an occurrence that its series does not have (any more) */
} wpi_counted;

/* What follows from an interaction, under the canonical numbers as they are. */
wp_status wpi_derive_rows(wpi_graph *graph, uint64_t number, const wpi_counted *counted,
                          wpi_derived *out, wp_error *err);
void wpi_derived_free(wpi_derived *derived);

/* Take one row of evidence away, with what its tie loses; for a new one see gains.h. Rows that
 * wait are settled first. */
wp_status wpi_derive_drop_row(wpi_graph *graph, const wpi_derived_row *row, wp_error *err);

/* Who is answered by replies to an interaction; 0 when it has no consequences, or for NULL. */
uint32_t wpi_derive_author(const wp_interaction *interaction);

/* Whether an interaction is an occurrence that does not take place, by what of its series is
 * stored; NULL: nothing is. */
bool wpi_derive_is_off(const wp_interaction *occurrence, const wp_interaction *series);

/* Replace rows of an interaction by others. */
wp_status wpi_derive_change_rows(wpi_graph *graph, const wpi_array *before, const wpi_array *after,
                                 wp_error *err);
/* Replace what follows from an interaction as it counted by what follows from it now. */
wp_status wpi_derive_change(wpi_graph *graph, uint64_t number, const wpi_counted *before,
                            const wpi_counted *after, wp_error *err);

#endif
