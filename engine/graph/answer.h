/*
 * Answers to invitations.
 *
 * An answer is an interaction of its own, from somebody to herself in the part that she takes in
 * the meeting that it replies to, or in all occurrences of the series. The meeting is left as it
 * was stated: what follows from it is derived with the parts answered, so that answers and meetings
 * may come and go in any order. By itself an answer has no consequences but the row of evidence by
 * which it is found.
 *
 * Invariant: what is derived from a meeting is that of its version with the answers that are
 * stored, but for meetings that wait (graph.waiting): of many answers to one meeting each would
 * have all others read again. Whoever changes an answer has its meetings wait, or holds them before
 * and releases them after; whoever reads or changes what is derived settles what waits, which the
 * functions of gains.h and tie.h do.
 *
 * Occurrences name their series as answers to it do, so that these are found among all of them. A
 * transaction remembers which they are (graph.to_series) until one comes, changes or goes.
 */
#ifndef WPI_GRAPH_ANSWER_H
#define WPI_GRAPH_ANSWER_H

#include "graph/derive.h"

/* A meeting as it counted before an answer to it changed. */
typedef struct wpi_answered {
    uint64_t number;
    wpi_counted before; /* in lent memory */
} wpi_answered;

/* A meeting that waits, and what followed from it before. */
typedef struct wpi_waiting_meeting {
    uint64_t number;
    wpi_array rows; /* of wpi_derived_row */
} wpi_waiting_meeting;

/* Some of graph.to_series.numbers: the answers to one series. */
typedef struct wpi_series_span {
    uint64_t check; /* a second hash of the series' source id */
    bool is_known;  /* no answer to it changed since */
    size_t first;
    size_t count;
} wpi_series_span;

/* Append the numbers of the answers to a meeting itself, or to a series, to an array of uint64_t,
 * also of those that were called off; none for other kinds. */
wp_status wpi_answer_list(wpi_graph *graph, const wp_interaction *meeting, wpi_array *numbers,
                          wp_error *err);
/* The answers to a meeting and to the series that it is one of, in lent memory: of two of one
 * person the first holds. */
wp_status wpi_answer_read(wpi_graph *graph, const wp_interaction *meeting,
                          const wp_interaction **answers, size_t *count, wp_error *err);
/* The number of the meeting or series whose id an answer names; 0: it is none, or nothing such is
 * stored. */
wp_status wpi_answer_meeting(wpi_graph *graph, const wp_interaction *answer, uint64_t *number,
                             wp_error *err);
/* Append the numbers of all meetings that an answer is to; none for other kinds. */
wp_status wpi_answer_meetings(wpi_graph *graph, const wp_interaction *answer, wpi_array *numbers,
                              wp_error *err);
/* An interaction comes or goes (NULL: nothing does): when it is an answer, forget what was
 * remembered of its series. */
void wpi_answer_forget(wpi_graph *graph, const wp_interaction *answer);

/* Hold the meetings of an answer that comes, changes or goes, once each; nothing for other kinds,
 * nor for meetings that wait. held: of wpi_answered. */
wp_status wpi_answer_hold(wpi_graph *graph, const wp_interaction *answer, wpi_array *held,
                          wp_error *err);
/* Have the meetings of an answer that comes, changes or goes wait; *is_waiting: they do, and the
 * change may be made while graph.is_answering is set. Else what waited before is settled. number:
 * of the answer itself; 0: it is new. */
wp_status wpi_answer_wait(wpi_graph *graph, const wp_interaction *answer, uint64_t number,
                          bool *is_waiting, wp_error *err);
/* Have the meetings that wait count with the answers as they are now. */
wp_status wpi_answer_settle(wpi_graph *graph, wp_error *err);
/* Have what is held count with the answers as they are now. */
wp_status wpi_answer_release(wpi_graph *graph, const wpi_array *held, wp_error *err);
void wpi_answer_free(wpi_graph *graph);

#endif
