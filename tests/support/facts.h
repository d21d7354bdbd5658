/*
 * Facts as tests state them, of somebody known by one identity and of one interaction with one
 * recipient; and questions as they ask them, of one person or from one to another. What else is to
 * be said, the caller fills in.
 *
 * Identities, recipients and people are borrowed.
 */
#ifndef WARMPATH_TESTS_SUPPORT_FACTS_H
#define WARMPATH_TESTS_SUPPORT_FACTS_H

#include "warmpath.h"

static inline wp_person_facts facts_of_person(const wp_identity *identity)
{
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = identity;
    facts.identity_count = 1;
    return facts;
}

static inline wp_company_facts facts_of_company(const wp_identity *identity)
{
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    facts.identities = identity;
    facts.identity_count = 1;
    return facts;
}

/* A message, unless the caller says otherwise, with the id `source`. */
static inline wp_interaction facts_of_mail(const char *source, int64_t time_s, wp_number from,
                                           const wp_participant *to)
{
    wp_interaction it = WP_INTERACTION_INIT;
    it.source = source;
    it.time_s = time_s;
    it.from = from;
    it.to = to;
    it.to_count = 1;
    return it;
}

static inline wp_path_query paths_between(const wp_number *source, const wp_number *target,
                                          int32_t day)
{
    wp_path_query query = WP_PATH_QUERY_INIT;
    query.sources = source;
    query.source_count = 1;
    query.targets = target;
    query.target_count = 1;
    query.day = day;
    return query;
}

static inline wp_reach_query reach_from(const wp_number *source, int32_t day)
{
    wp_reach_query query = WP_REACH_QUERY_INIT;
    query.sources = source;
    query.source_count = 1;
    query.day = day;
    return query;
}

#endif
