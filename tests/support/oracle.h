/*
 * The oracle: the relationship model computed slowly and obviously, in memory, with doubles.
 *
 * A model is a list of people, of interactions and of stated ties. Nothing is maintained: each tie
 * is computed anew from the whole list of interactions, straight from the formulas of the model.
 * Tests load the same facts into a database and compare. People and interactions are known here by
 * their index, in the order in which they were added.
 *
 * Where the database may count more or less without being wrong, an oracle_tie gives both bounds.
 *
 * Must not know how the engine computes, stores or finds anything; only warmpath.h.
 */
#ifndef WARMPATH_TESTS_SUPPORT_ORACLE_H
#define WARMPATH_TESTS_SUPPORT_ORACLE_H

#include "warmpath.h"

#define ORACLE_NONE SIZE_MAX /* No person, no interaction. */
#define ORACLE_UNKNOWN                                                                             \
    (SIZE_MAX - 1) /* An interaction that is not stored, as what is answered.                      \
                    */
#define ORACLE_KEY_BYTES 96

/* Seconds of a day. */
#define ORACLE_DAY_S INT64_C(86400)

/* A person. */
typedef struct oracle_person {
    wp_number number;               /* In the database; 0 until stored. */
    wp_identity_kind kind;          /* EMAIL, ID or LINKEDIN. */
    char key[ORACLE_KEY_BYTES];     /* Text of the only identity. */
    char rank_id[ORACLE_KEY_BYTES]; /* What orders people: id, else address, else slug. */
    bool is_us;
    wp_choice introductions; /* As decided. */
    wp_choice contact;
    bool has_opted_out; /* By decision or default. */
    bool is_do_not_contact;
} oracle_person;

/* A recipient of an interaction. */
typedef struct oracle_recipient {
    size_t person;
    wp_role role;
} oracle_recipient;

/* An interaction. */
typedef struct oracle_event {
    wp_kind kind;
    int64_t time_s;
    size_t from;
    oracle_recipient *to;
    size_t to_count;
    double valence;
    size_t reply_to; /* An event, ORACLE_NONE or ORACLE_UNKNOWN. */
    uint32_t flags;  /* WP_INTERACTION_… */
} oracle_event;

/* A stated tie. A later one for the same direction replaces an earlier one. */
typedef struct oracle_stated {
    size_t from;
    size_t to;
    bool has_cost;
    double p;
    uint32_t cost;
} oracle_stated;

/* A model. */
typedef struct oracle {
    wp_settings defaults;
    char name[32]; /* Begins the source ids of its interactions, unique in a database. */
    oracle_person *people;
    size_t people_count;
    oracle_event *events;
    size_t event_count;
    oracle_stated *stated;
    size_t stated_count;
} oracle;

/* A tie as the model has it on a day. */
typedef struct oracle_tie {
    bool must_exist; /* Something that weighs happened, or the tie is stated. */
    bool may_exist;  /* Anything at all happened, or either direction is stated. */
    double inbound;
    double outbound;
    double z;
    double strength;
    double trust;
    double stated; /* NaN: none. */
    double p;
    double cost;            /* Micro-nats before rounding; infinite when p = 0. */
    int64_t last_contact_s; /* Of all interactions. */
    int64_t last_weighty_s; /* Of those with a weight. */
    uint32_t out_min;       /* Messages out: what certainly counts, and what may count besides. */
    uint32_t out_max;
    uint32_t in_min;
    uint32_t in_max;
} oracle_tie;

/* An empty model. Yours: oracle_free(). Never NULL: a test without memory ends. */
oracle *oracle_new(const char *name);

/* Free a model. NULL is allowed. */
void oracle_free(oracle *model);

/* Memory of `count` items, cleared; ends the program when there is none. */
void *oracle_alloc(size_t count, size_t bytes);

/* Decide for a person. */
void oracle_person_decide(oracle *model, size_t person, wp_choice introductions, wp_choice contact);

/* Set what holds for people without a decision; at first both are IN. */
void oracle_use_defaults(oracle *model, wp_choice introductions, wp_choice contact);

/* Add a person with one identity. Returns the index. */
size_t oracle_person_add(oracle *model, wp_identity_kind kind, const char *key);

/* Add an interaction; the recipients are copied. Returns the index. */
size_t oracle_event_add(oracle *model, const oracle_event *event);

/* A plain interaction from one person to another, in the role "to". Returns the index. */
size_t oracle_event_simple(oracle *model, wp_kind kind, size_t from, size_t to, int64_t time_s);

/* State a tie. */
void oracle_tie_state(oracle *model, const oracle_stated *stated);

/* Whether an interaction has happened on a day. */
bool oracle_event_is_past(const oracle_event *event, int32_t day);

/* Age of an interaction at the start of a day, in days; may be negative by less than one. */
double oracle_event_age(const oracle_event *event, int32_t day);

/* Compute a tie. */
void oracle_tie_read(const oracle *model, size_t from, size_t to, int32_t day, oracle_tie *out);

/* The load of a person as an intermediary on a day, micro-nats. is_hidden: for each person, whether
 * what they asked does not count; NULL: everything counts. */
uint64_t oracle_load(const oracle *model, size_t person, int32_t day, const bool *is_hidden);

/* -ln p in micro-nats, rounded, at least 20 203; UINT32_MAX for p = 0. */
uint32_t oracle_cost(double p);

/* Make a wp_tie of what the model says, with everything rounded as warmpath.h says. */
void oracle_tie_round(const oracle *model, size_t from, size_t to, int32_t day, wp_tie *out);

#endif
