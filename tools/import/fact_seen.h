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
    uint64_t who;        /* the first identity of the person, or the one employed */
    uint64_t company;    /* where; 0: there is no employment */
    uint64_t employment; /* without its title; 0: there is none */
    /* Of the identities of a person or company as many as there are: */
    uint64_t identities[FACT_IDENTITIES_MAX];
    wp_number found[FACT_IDENTITIES_MAX]; /* who is stored with it; 0: nobody */
    bool is_named[FACT_IDENTITIES_MAX];   /* it is stored, or an earlier row names it */
    uint64_t before[FACT_IDENTITIES_MAX]; /* what stood for it before the row (rehearsal.h) */
} fact_seen;

/* Find that out, but for who is stored, and have it all fetched at once, since each is somewhere
 * else in memory. */
void fact_seen_begin(const run *self, const fact *row, fact_seen *out);

/* Look up who is stored. The first person with one of the identities; 0: none. *is_new: nobody, and
 * no row before would have brought one. WP_EERASED: one of them was erased. */
wp_status fact_seen_person(run *self, const fact *row, fact_seen *seen, wp_number *out,
                           bool *is_new, wp_error *err);

/* The same of a company, by identities for which nothing was begun. */
wp_status fact_seen_company(run *self, const wp_identity *identities, size_t count, fact_seen *seen,
                            bool *is_new, wp_error *err);

/* The number of an employment: of what stands for the two (rehearsal.h) and its days. */
uint64_t fact_seen_job(uint64_t who, uint64_t company, const fact *row);

/* Whether no row before this one says the same of an employment, or more: within one source a
 * longer title. */
bool fact_see_employment(run *self, const fact *row, const fact_seen *seen);

/* Whether an earlier row says of an employment, by its number, what the row does. */
bool fact_has_job(const run *self, uint64_t job, const fact *row);
/* Remember that one does, beside what fact_see_employment() remembers; false: it was so. */
bool fact_see_job(run *self, uint64_t job, const fact *row);

/* Whether no row before this one names the opportunity. */
bool fact_see_opportunity(run *self, const fact *row);

#endif
