/*
 * What a dry run remembers of the facts of earlier rows, of this file or another one.
 *
 * By hashes: people and companies by each of their identities that nobody stored has, opportunities
 * by their ids, employments by what tells them apart, all else by its row.
 */
#ifndef WARMPATH_IMPORT_FACT_SEEN_H
#define WARMPATH_IMPORT_FACT_SEEN_H

#include "import/fact.h"

/* Under what a fact of a person, or of an employment alone, is remembered. */
typedef struct fact_seen {
    uint64_t identities[FACT_IDENTITIES_MAX]; /* of the person */
    uint64_t employment;                      /* without its title; 0: there is none */
    uint64_t titled;                          /* the same with it; 0: it has none */
} fact_seen;

/* Find that out, and have it all fetched at once, since each is somewhere else in memory. */
void fact_seen_begin(const run *self, const fact *row, fact_seen *out);

/* The first person stored with one of the identities; 0: none. *is_new: nobody, and no row before
 * would have brought one. WP_EERASED: one of them was erased. */
wp_status fact_seen_person(run *self, const fact *row, const fact_seen *seen, wp_number *out,
                           bool *is_new, wp_error *err);

/* The same of a company. */
wp_status fact_seen_company(run *self, const wp_identity *identities, size_t count, bool *is_new,
                            wp_error *err);

/* Whether no row before this one says the same of an employment, or more. */
bool fact_see_employment(run *self, const fact_seen *seen);

/* Whether no row before this one names the opportunity. */
bool fact_see_opportunity(run *self, const fact *row);

#endif
