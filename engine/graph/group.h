/*
 * Groups: named sets of people and companies. A company stands for whoever is employed there on the
 * day of a question.
 *
 * Their records stand in the table of barriers behind those: who is in a group is a pair of sides
 * like a barrier, and most groups are made for one. A key is a mark, the group, the member (a side;
 * zeros: the group itself) and the source; the record of the group itself has its name. Whoever
 * states a member, a barrier with a group or that ties are shared with one, states the group too,
 * so that a group exists as long as anything names it. There are at most WP_GROUPS_MAX, so that
 * names need no index.
 */
#ifndef WPI_GRAPH_GROUP_H
#define WPI_GRAPH_GROUP_H

#include "graph/graph.h"

/* First bytes of keys, behind the kinds of sides of barriers. */
#define WPI_GROUP_MEMBERS 15u
#define WPI_GROUP_NAMES 16u

/* Whether a key of the table is one of these, and not of a barrier. */
static inline bool wpi_group_is_key(wpi_slice key)
{
    return key.bytes > 0 && *(const unsigned char *)key.data >= WPI_GROUP_MEMBERS;
}
/* Read a key of either kind; of the group itself who.kind is 0. */
wp_status wpi_group_read_key(wpi_slice key, wp_member *out, wp_error *err);

/* As the public calls; `is_new` is not NULL. */
wp_status wpi_group_put(wpi_graph *graph, const char *name, uint32_t *number, bool *is_new,
                        wp_error *err);
wp_status wpi_group_delete(wpi_graph *graph, uint32_t group, wp_error *err);
wp_status wpi_group_find(wpi_graph *graph, const char *name, uint32_t *number, wp_error *err);
wp_status wpi_group_get(wpi_graph *graph, uint32_t group, wp_group *out, wp_error *err);
wp_status wpi_group_next(wpi_graph *graph, uint32_t *number, wp_error *err);
wp_status wpi_group_next_statement(wpi_graph *graph, wp_group *at, wp_error *err);
wp_status wpi_member_put(wpi_graph *graph, const wp_member *member, bool is_in, wp_error *err);
wp_status wpi_member_next(wpi_graph *graph, wp_member *at, wp_error *err);

/* WP_ENOTFOUND with a message unless anybody states the group. */
wp_status wpi_group_expect(wpi_graph *graph, uint32_t group, wp_error *err);
/* Have the source of the transaction state a group, because another fact names it. */
wp_status wpi_group_mention(wpi_graph *graph, uint32_t group, wp_error *err);
/* Take one record away, by its key. */
wp_status wpi_group_remove(wpi_graph *graph, wpi_slice key, wp_error *err);
/* Replace the name in a record by a veil (veil.h), behind its "tag:" or the like. */
wp_status wpi_group_veil(wpi_graph *graph, const wpi_key *key, const char *name, wp_error *err);
/* Give out no number below this one any more. */
wp_status wpi_group_raise_counter(wpi_graph *graph, uint32_t least, wp_error *err);
/* State a group by hand that only other facts name, after its statements were lost. */
wp_status wpi_group_restore(wpi_graph *graph, uint32_t group, const char *name, wp_error *err);

/* Add the people in a group on a day, by canonical numbers. */
wp_status wpi_group_people(wpi_graph *graph, uint32_t group, int32_t day, wpi_bitset *people,
                           wp_error *err);
/* Add the groups that a person, by the canonical number, is in on a day. */
wp_status wpi_group_of_person(wpi_graph *graph, uint32_t person, int32_t day, wpi_bitset *groups,
                              wp_error *err);
/* Add whoever stands for a member on a day: the person, or the staff of the company. */
wp_status wpi_group_add_side(wpi_graph *graph, wp_side side, int32_t day, wpi_bitset *people,
                             wp_error *err);

#endif
