/*
 * Answers to invitations.
 *
 * An answer is an interaction of its own, from somebody to herself in the part that she takes in
 * the meeting that it replies to. The meeting is left as it was stated: what follows from it is
 * derived with the parts answered, so that answers and meetings may come and go in any order. By
 * itself an answer has no consequences but the row of evidence by which it is found.
 *
 * Invariant: what is derived from a meeting is that of its version with the answers that are
 * stored, but for one meeting that waits (graph.answered): of many answers to one meeting each
 * would have all others read again. Whoever changes an answer has its meeting wait, or holds it
 * before and releases it after; whoever reads or changes what is derived settles what waits, which
 * the functions of gains.h and tie.h do.
 */
#ifndef WPI_GRAPH_ANSWER_H
#define WPI_GRAPH_ANSWER_H

#include "graph/derive.h"

/* A meeting as it counted before an answer to it changed. */
typedef struct wpi_answered {
    uint64_t number;
    wpi_counted before; /* in lent memory */
} wpi_answered;

/* Append the numbers of the answers to a meeting to an array of uint64_t; none for other kinds. */
wp_status wpi_answer_list(wpi_graph *graph, const wp_interaction *meeting, wpi_array *numbers,
                          wp_error *err);
/* The answers to a meeting, in lent memory: of two of one person the first holds. */
wp_status wpi_answer_read(wpi_graph *graph, const wp_interaction *meeting,
                          const wp_interaction **answers, size_t *count, wp_error *err);
/* The number of the meeting that an answer is to; 0: it is none, or the meeting is not stored. */
wp_status wpi_answer_meeting(wpi_graph *graph, const wp_interaction *answer, uint64_t *number,
                             wp_error *err);

/* Hold the meeting of an answer that comes, changes or goes, once; nothing for other kinds.
 * held: of wpi_answered. */
wp_status wpi_answer_hold(wpi_graph *graph, const wp_interaction *answer, wpi_array *held,
                          wp_error *err);
/* Have the meeting of an answer that comes, changes or goes wait; *is_waiting: it does, and the
 * change may be made while graph.is_answering is set. Meetings that waited before are settled.
 * number: of the answer itself; 0: it is new. */
wp_status wpi_answer_wait(wpi_graph *graph, const wp_interaction *answer, uint64_t number,
                          bool *is_waiting, wp_error *err);
/* Have the meeting that waits count with the answers as they are now. */
wp_status wpi_answer_settle(wpi_graph *graph, wp_error *err);
/* Have what is held count with the answers as they are now. */
wp_status wpi_answer_release(wpi_graph *graph, const wpi_array *held, wp_error *err);

#endif
