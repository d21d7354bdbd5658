/*
 * Facts: what every reader of a foreign format turns its rows into, before anybody is looked up.
 *
 * A reader fills a fact, which borrows its texts, and has it stored. A row of a format can say
 * several facts (a person, an employment, a dated connection): the row is new when one of them is.
 * The rules of who is whom, of dry runs and of what counts as known live in fact_store.c, so that
 * they are the same for all formats.
 */
#ifndef WARMPATH_IMPORT_FACT_H
#define WARMPATH_IMPORT_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import/run.h"
#include "warmpath.h"

#define FACT_IDENTITIES_MAX 64
#define FACT_SPELLINGS_MAX 64
#define FACT_RECIPIENTS_MAX 10000
#define FACT_SOURCES_MAX 64

typedef enum fact_type {
    FACT_UNKNOWN = 0,
    FACT_COMPANY,
    FACT_PERSON,
    FACT_EMPLOYMENT,
    FACT_INTERACTION,
    FACT_SERIES, /* a line of a dump: becomes an interaction */
    FACT_TIE,
    FACT_CONSENT,
    FACT_PRIVATE,     /* `person` keeps the tie with `other` private, or `other` as a whole */
    FACT_GROUP,       /* a named set: `name` */
    FACT_MEMBER,      /* the first of `identities` is in the group `name` */
    FACT_BARRIER,     /* `identities` are kept apart: two of them */
    FACT_OPPORTUNITY, /* a deal */
    FACT_ROLE,        /* `person` has a part in an opportunity */
    FACT_SOURCE,      /* a source of a dump: `name` */
    FACT_SETTING,     /* of a dump: `people_max`, `settings` */
    FACT_MERGE,       /* of a dump, by hand: two `identities` are one */
    FACT_APART,       /* of a dump, by hand: the first of `identities` stands apart */
    FACT_SUPPRESSED   /* of a dump: `suppression` */
} fact_type;

/* In place of a kind of identity: the text is the name of a group. */
#define FACT_IDENTITY_GROUP ((wp_identity_kind)100)

/* How an opportunity stands. */
typedef enum fact_state { FACT_OPEN = 0, FACT_WON, FACT_LOST } fact_state;

/* A recipient who is not yet looked up. */
typedef struct fact_recipient {
    wp_identity who;
    wp_role role;
} fact_recipient;

/*
 * One fact; which fields count depends on the type. An identity of kind 0 is absent. All-zero but
 * for the type and the array of recipients is the state to fill; see fact_begin().
 */
typedef struct fact {
    fact_type type;
    size_t identity_count;
    const char *name;
    const char *title; /* person, employment */
    wp_us us;
    bool has_no_company;
    size_t spelling_count;
    wp_identity company; /* person, employment, opportunity */
    wp_identity person;  /* employment, consent, private, role; the owner of an opportunity; the
                            sender of an interaction or tie */
    wp_identity other;  /* the other end of a tie; the owner of a private one; a company's parent */
    int32_t from_day;   /* employment, opportunity (created), consent (since); WP_DAY_NONE */
    int32_t to_day;     /* employment, opportunity (closed or expected to); WP_DAY_NONE */
    const char *source; /* interaction; the external id of an opportunity, also of a role's */
    char hash[48];      /* the source of one without an id */
    wp_kind kind;
    int64_t time_s;
    double valence;
    const char *reply_to;
    uint32_t flags;          /* WP_INTERACTION_… */
    int64_t revision;        /* interaction: of two versions of one source the higher one holds */
    int64_t series_revision; /* interaction: see wp_interaction */
    bool is_cancelled;       /* interaction: it did not take place */
    double amount;           /* opportunity; NaN: unsaid */
    const char *currency;    /* opportunity: "EUR"; NULL: unsaid */
    const char *stage;       /* opportunity: as it was called where it comes from; NULL */
    fact_state state;        /* opportunity */
    const char *role;        /* role: "Decision Maker"; NULL */
    bool is_primary;         /* role */
    fact_recipient *to;      /* kept from row to row; freed with fact_free() */
    size_t to_count;
    size_t to_capacity;
    wp_stated_tie tie;
    bool is_both;
    wp_choice introductions;
    wp_choice contact;
    wp_sharing sharing;
    bool is_whole; /* private: the person, not only the tie */
    wp_suppression suppression;
    wp_sums sums; /* of a summary */
    size_t source_count;
    bool has_people_max;
    uint32_t people_max;  /* setting: see wp_together_put() */
    wp_settings settings; /* setting: see wp_settings_put() */
    /* Long arrays, which are not emptied: only as many of each as are counted mean anything, and
     * the first two identities. */
    wp_identity identities[FACT_IDENTITIES_MAX]; /* company, person, barrier, member; of consent
                                                    the groups that ties are shared with */
    wp_spelling spellings[FACT_SPELLINGS_MAX];   /* of a company: its aliases */
    const char *sources[FACT_SOURCES_MAX];       /* of a dump: who states it; none: by hand */
} fact;

/* Make it an empty fact of a type, with the memory of its recipients kept. */
void fact_begin(fact *row, fact_type type);

/* Set the days of an employment. False: it would end before it begins, so it has none, as nobody
 * knows which of the two is wrong. */
bool fact_set_days(fact *row, int32_t from_day, int32_t to_day);

/* Free what a fact owns: its recipients. */
void fact_free(fact *row);

/* Add a recipient, whose text stays borrowed. False when there are FACT_RECIPIENTS_MAX of them or
 * memory is exhausted: the verdict says which (REASON_NONE: memory). */
bool fact_add_recipient(fact *row, wp_identity who, wp_role role, verdict *what);

/* Whether a dry run knows that an earlier row said the same by the number of the row alone. */
bool fact_is_known_by_row(const fact *row);

/* The number that stands for a row in a dry run, made of its cells. */
uint64_t fact_hash_cells(const run *self, char *const *cells, size_t count);

/*
 * Store a fact. `hash` stands for its row in a dry run; of one that is not known by its row it does
 * not matter. Sets the outcome: added when it changed anything that can be asked for, else known;
 * or skipped, when the database refuses it. Where rows are only checked nothing is looked up, and
 * every fact counts as added.
 */
import_code fact_store(run *self, const fact *row, uint64_t hash, verdict *what);

#endif
