/*
 * A small random network with a policy: whom people share ties with (by one or two sources), groups
 * of people and companies, defaults, whether sharing is mutual, ties and people that are private.
 *
 * What a viewer may see of it is said by the rules of the documentation, written down once more as
 * slowly and plainly as possible. Must not know how the engine decides.
 */
#ifndef WARMPATH_TESTS_SUPPORT_POLICY_NET_H
#define WARMPATH_TESTS_SUPPORT_POLICY_NET_H

#include "random.h"
#include "warmpath.h"

#define POLICY_PEOPLE_MAX 10
#define POLICY_TIES_MAX 24
#define POLICY_GROUPS 3
#define POLICY_FIRMS 2 /* that employ people and can be in groups */
#define POLICY_DOMAINS 2
#define POLICY_PRIVATE_MAX 3
#define POLICY_DAY 19700
#define POLICY_NOBODY SIZE_MAX        /* as a viewer: the shared view */
#define POLICY_AUDITOR (SIZE_MAX - 1) /* as a viewer: everything */

typedef struct policy_decision {
    wp_sharing sharing;
    bool groups[POLICY_GROUPS];
    int32_t since;
} policy_decision;

typedef struct policy_person {
    wp_number number;
    bool is_us;
    int domain;                    /* of the address; -1: none */
    bool works_at[POLICY_FIRMS];   /* from POLICY_DAY on, before that nowhere */
    bool is_member[POLICY_GROUPS]; /* by name */
    policy_decision decided[2];    /* by two sources; UNSAID: not */
} policy_person;

typedef struct policy_tie {
    size_t a;
    size_t b;
    double p;
} policy_tie;

typedef struct policy_secret {
    size_t person;
    size_t owner;
    bool is_whole;
} policy_secret;

/* A graph with its policy. */
typedef struct policy_net {
    size_t index;
    policy_person people[POLICY_PEOPLE_MAX];
    size_t people_count;
    policy_tie ties[POLICY_TIES_MAX];
    size_t tie_count;
    policy_secret secrets[POLICY_PRIVATE_MAX];
    size_t secret_count;
    bool has_firm[POLICY_GROUPS][POLICY_FIRMS]; /* the company is in the group */
    wp_number groups[POLICY_GROUPS];
    wp_number firms[POLICY_FIRMS];
    bool is_closed; /* by default */
    bool is_mutual;
    wp_barrier barrier; /* kind 0: none */
} policy_net;

/* Whether somebody does not exist for a viewer. */
bool policy_net_hides(const policy_net *n, size_t who, size_t viewer);
/* Whether a viewer sees a tie on a day. */
bool policy_net_shows(const policy_net *n, const policy_tie *at, size_t viewer, int32_t day);
/* Whether a company is known by addresses of hidden people alone; firms are called something. */
bool policy_net_hides_domain(const policy_net *n, int domain, size_t viewer);
/* Draw a network; `index` makes its names its own. */
void policy_net_draw(random_source *random, policy_net *n, size_t index);
/* Store its parts; what is stored first fills in numbers. `other`: a second source. */
void policy_net_store_people(wp_txn *txn, policy_net *n);
void policy_net_store_firms(wp_txn *txn, policy_net *n);
void policy_net_store_groups(wp_txn *txn, policy_net *n);
void policy_net_store_policy(wp_txn *txn, policy_net *n, uint32_t other);
void policy_net_store_tie(wp_txn *txn, const policy_net *n, size_t index);
/* Draw a barrier or none, put it up, or take it down. */
void policy_net_draw_barrier(random_source *random, policy_net *n);
void policy_net_put_barrier(wp_txn *txn, const policy_net *n, bool is_up);

#endif
