/*
 * Parties, that is people and companies: numbers, what sources state of them, and which numbers are
 * one party.
 *
 * Each identity has a number. What a source states of it is one record, keyed by number and source;
 * a number exists while anybody states it. Numbers that statements link are one party, whose
 * canonical number is the lowest of them: the others have a record in the table `alias`, mirrored
 * in `part`. A number that nobody states any more has the alias 0. Truth is keyed by numbers as
 * they were given; ties, evidence and asks, which are derived, by canonical ones.
 *
 * Invariants: alias and part mirror each other; an alias leads to a number without one; canonical
 * numbers are what regroup.h says of links and merges.
 */
#ifndef WPI_GRAPH_PARTY_H
#define WPI_GRAPH_PARTY_H

#include "graph/identity.h"

typedef enum wpi_party { WPI_PERSON = 1, WPI_COMPANY = 2 } wpi_party;

/* The source of statements that follow from other facts: a company of which somebody has an
 * address. It is never given out to an import. */
#define WPI_SOURCE_IMPLIED WP_SOURCE_NONE

/* A number and what one source states of it. */
typedef struct wpi_said {
    struct wpi_said *next; /* by number, then source */
    uint32_t number;
    uint32_t source;
    wpi_statement_record record;
} wpi_said;

/* The numbers of the identities that facts name, each once. */
#define WPI_NAMED_MAX 64
typedef struct wpi_named {
    uint32_t numbers[WPI_NAMED_MAX];
    const wpi_identity *identities[WPI_NAMED_MAX]; /* borrowed */
    bool is_new[WPI_NAMED_MAX];                    /* given out just now */
    size_t count;
} wpi_named;

wpi_table wpi_party_table(wpi_party party);
wpi_party wpi_party_of(wp_identity_kind kind);
/* "person", "company" */
const char *wpi_party_name(wpi_party party);

/* The canonical number; 0 when nobody states the number (any more). */
wp_status wpi_party_find(wpi_graph *graph, wpi_party party, uint32_t number, uint32_t *canonical,
                         wp_error *err);
/* The same; WP_ENOTFOUND with a message instead of 0. */
wp_status wpi_party_resolve(wpi_graph *graph, wpi_party party, uint32_t number, uint32_t *canonical,
                            wp_error *err);
/* Whether a person's number is in use and canonical, where that can be told without a look-up:
 * while no number stands for another. */
static inline bool wpi_party_is_canonical(const wpi_graph *graph, uint32_t number)
{
    return number != 0 && number <= graph->counters.people &&
           graph->counters.aliases[WPI_PERSON - 1] == 0;
}
/* That message alone. */
wp_status wpi_party_unknown(wpi_party party, uint32_t number, wp_error *err);
/* Make a number stand for another, for itself, or for nobody (0). */
wp_status wpi_party_set_canonical(wpi_graph *graph, wpi_party party, uint32_t number,
                                  uint32_t canonical, wp_error *err);
/* Append all numbers of a party to an array of uint32_t, the canonical one first, ascending. */
wp_status wpi_party_numbers(wpi_graph *graph, wpi_party party, uint32_t canonical,
                            wpi_array *numbers, wp_error *err);

/* What a source states of a number, in lent memory; WP_ENOTFOUND (err alone). */
wp_status wpi_statement_get(wpi_graph *graph, wpi_party party, uint32_t number, uint32_t source,
                            wpi_statement_record *out, wp_error *err);
wp_status wpi_statement_put(wpi_graph *graph, wpi_party party, uint32_t number, uint32_t source,
                            const wpi_statement_record *record, wp_error *err);
wp_status wpi_statement_delete(wpi_graph *graph, wpi_party party, uint32_t number, uint32_t source,
                               wp_error *err);
/* Add a number to the links of a statement, which has room for it; whether it was not there. */
bool wpi_statement_link(wpi_statement_record *record, uint32_t number);
/* Take a number out of the links that a source states of another. */
wp_status wpi_statement_unlink(wpi_graph *graph, wpi_party party, uint32_t other, uint32_t source,
                               uint32_t number, wp_error *err);
/* All that is stated of one number, in lent memory; NULL when it does not exist. */
wp_status wpi_statements_of(wpi_graph *graph, wpi_party party, uint32_t number, wpi_said **out,
                            wp_error *err);
/* All that is stated of a party; not NULL: WP_ENOTFOUND with a message. */
wp_status wpi_party_load(wpi_graph *graph, wpi_party party, uint32_t canonical, wpi_said **out,
                         wp_error *err);
/* Whether anybody states a number. */
wp_status wpi_party_exists(wpi_graph *graph, wpi_party party, uint32_t number, bool *exists,
                           wp_error *err);
/* The identity that has a number, in lent memory. */
wp_status wpi_party_identity(wpi_graph *graph, wpi_party party, uint32_t number, wp_identity *out,
                             wp_error *err);

/* The number of an identity, given out when it is new. Nothing is stated of a new one yet. */
wp_status wpi_party_number(wpi_graph *graph, const wpi_identity *identity, uint32_t *number,
                           bool *is_new, wp_error *err);
/* The same for several, up to WPI_NAMED_MAX; and whether nobody had any of them. */
wp_status wpi_party_name_all(wpi_graph *graph, const wpi_identity *identities, size_t count,
                             wpi_named *out, wp_error *err);
bool wpi_party_is_all_new(const wpi_named *named);
/* Have the source of the transaction state a number, because another fact names it. */
wp_status wpi_party_mention(wpi_graph *graph, wpi_party party, uint32_t number, wp_error *err);
/* Remember that it does. */
wp_status wpi_party_note(wpi_graph *graph, wpi_party party, uint32_t number, wp_error *err);

#endif
