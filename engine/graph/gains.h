/*
 * Evidence that a transaction has not written yet.
 *
 * An interaction adds rows of evidence, and each makes a tie gain. Both wait here in the order in
 * which they came, without a look at what is stored; settling sorts them by pair, writes the
 * evidence in the order of its table and has each tie gain at once, so that a batch passes through
 * both tables from one end to the other instead of searching them for each row.
 *
 * Whoever reads evidence or ties, or takes rows away, settles first; the functions of evidence.h
 * and tie.h do.
 */
#ifndef WPI_GRAPH_GAINS_H
#define WPI_GRAPH_GAINS_H

#include "graph/evidence.h"

/* Keep a row that is not there yet. */
wp_status wpi_gains_put(wpi_graph *graph, const wpi_derived_row *row, wp_error *err);
/* Write the evidence, and keep the ties that gained as pending. */
wp_status wpi_gains_settle(wpi_graph *graph, wp_error *err);
/* The same for ties that are written next: unless others are pending, or people got connected, they
 * are not read here but gain when the table of ties meets them. */
wp_status wpi_gains_flush(wpi_graph *graph, wp_error *err);

#endif
