/*
 * What a dry run would have stored, as far as later rows depend on it.
 *
 * Beside the set of what was named (people.h) a dry run remembers of each interaction how good the
 * version is that counts, of each pair of people what was last said of their tie, and which
 * identities are one person or company by earlier rows. All of it is one table of hashes, 16 MB at
 * most: a dry run of more than that counts later repetitions as it would without it. It reads the
 * database and never writes. What it does not know: all of more than two people or companies that
 * are stored and become one, and that an earlier row's decision overrides a row's.
 */
#ifndef WARMPATH_IMPORT_REHEARSAL_H
#define WARMPATH_IMPORT_REHEARSAL_H

#include "import/fact.h"
#include "import/fact_seen.h"

/* What an identity is remembered by here, from its store_seen_hash(). */
uint64_t rehearse_key(uint64_t seen);
/* The same of a company: of one without a domain or id by its name, without regard to case. */
uint64_t rehearse_company_key(const run *self, const wp_identity *company, uint64_t seen);
/* What stands for all identities that are one with an identity of a person. */
wp_status rehearse_root(run *self, const wp_identity *who, uint64_t *root, wp_error *err);
/* Have the place of an identity, of an interaction by the people_hash() of its source id, or of a
 * tie by its store_pair_hash() fetched, for what follows. */
void rehearse_fetch(const run *self, uint64_t seen);
void rehearse_fetch_interaction(const run *self, uint64_t id);
void rehearse_fetch_tie(const run *self, uint64_t pair);

/* Whether an interaction of a dry run is new, or a version of it that counts instead of the one
 * before. id: the people_hash() of its source id. number: of the one that is stored; 0: none. */
wp_status rehearse_interaction(run *self, const fact *row, uint64_t id, uint64_t number,
                               bool *is_new, wp_error *err);

/* Whether a tie is said already, by an earlier row, else as `before` has it, which is replaced;
 * remember that it is. `pair` is the store_pair_hash() of the two, by which the tie is numbered
 * afterwards: who is not stored has no number. */
void rehearse_tie(run *self, uint64_t pair, wp_stated_tie *tie, wp_stated_tie *before,
                  bool *is_known);
/* A row of an edge list: whether it says nothing new. from, to: the hashes of the two. */
wp_status rehearse_edge(run *self, const wp_stated_tie *tie, uint64_t from, uint64_t to,
                        bool *is_known, wp_error *err);

/* Remember that the identities of a row are of one person or company, and what a company is called.
 */
wp_status rehearse_same(run *self, const fact *row, fact_seen *seen, wp_error *err);
/* The two of an employment that are stored: `at` as the database knows them, `other` as they are
 * known through earlier rows; 0: there is none. Where no row says more, both are all zero. */
wp_status rehearse_ends(run *self, const fact *row, const fact_seen *seen, wp_employment *at,
                        wp_employment *other, wp_error *err);
/* Whether no row before this one says the same of an employment, or more, of two who are known by
 * other identities there. */
bool rehearse_employment(run *self, const fact *row, const fact_seen *seen);
/* Whether, before the row, one of the identities that it makes one person had the employment. */
bool rehearse_had_employment(const run *self, const fact *row, const fact_seen *seen);

#endif
