/*
 * What all formats store: people and stated ties. In a dry run nothing is written, a person who is
 * not stored has the number 0, and rows that would be added are remembered by their hashes.
 *
 * These functions know the database's calls and the cache of people, but no format.
 */
#ifndef WARMPATH_IMPORT_STORE_H
#define WARMPATH_IMPORT_STORE_H

#include "import/run.h"

/* The person with an identity, created when unknown (dry run: 0). A transaction must be open.
 * WP_EERASED: she was erased, and the row cannot be stored. */
wp_status store_person(run *self, const wp_identity *identity, size_t length, wp_number *out,
                       wp_error *err);

/* The same for an identity whose people_hash() is known. */
wp_status store_person_of(run *self, const wp_identity *identity, uint64_t hash, wp_number *out,
                          wp_error *err);

/* The number of the very identity; somebody who is stored is looked up, and stated by nobody. */
wp_status store_person_unstated(run *self, const wp_identity *identity, wp_number *out,
                                wp_error *err);

/* For a dry run, which stores nobody: WP_EERASED when one of the identities was erased. */
wp_status store_refuse_erased(run *self, const wp_identity *identities, size_t count,
                              wp_error *err);

/* For a dry run: the number by which it remembers an identity, and from that its people_hash(). */
uint64_t store_seen_hash(const run *self, const wp_identity *identity);
uint64_t store_hash_of_seen(uint64_t seen);

/* Have the place of a people_hash() fetched, for store_person_of() soon after. */
void store_fetch_person(const run *self, uint64_t hash);

/* For a dry run: remember an identity that nobody stored has; false when it was before. */
bool store_see(run *self, const wp_identity *identity);

/* Count a recipient as added, unless she was erased: an interaction goes without her. `status` is
 * that of storing her, the result that of going on. */
wp_status store_count_recipient(wp_status status, size_t *count);

/* WP_EERASED when an interaction had recipients and none of them is left. */
wp_status store_check_left(size_t before, size_t after, wp_error *err);

/* The person or company with an identity; 0: there is none. A dry run looks each up once. */
wp_status store_find(run *self, const wp_identity *identity, wp_number *out, wp_error *err);

/* The same in a dry run, by the number of store_seen_hash(). */
wp_status store_find_seen(run *self, const wp_identity *identity, uint64_t hash, wp_number *out,
                          wp_error *err);

/* A hash of two people in this order, whose people_hash()es are given. */
uint64_t store_pair_hash(const run *self, uint64_t from, uint64_t to);
/* What the source states of a tie, and whether `tie` says the same. */
wp_status store_find_tie(run *self, const wp_stated_tie *tie, wp_stated_tie *found, bool *is_known,
                         wp_error *err);
/* State one direction of a tie, unless the source says the same already. *is_counted: a row counts
 * as new, which is said of it once. `pair` is the store_pair_hash() of the two. */
wp_status store_tie(run *self, const wp_stated_tie *tie, uint64_t pair, bool *is_counted,
                    wp_error *err);

/* Whether the source of the import states an interaction. */
wp_status store_is_stated(run *self, uint64_t interaction, bool *is_stated, wp_error *err);

/* Sort by person and keep each once, in the weightiest role; returns how many are left. */
size_t store_unique(wp_participant *items, size_t count);

#endif
