/*
 * Small random networks with policies, as JSON lines: once with all that is stored, and once more
 * without what a viewer is not to know of. The second is what the first must look like to that
 * viewer.
 *
 * Everybody is stated first and in one order, so that numbers are the same in both. Whatever is
 * between two people is a list of facts of that tie, to be left out as a whole: strengths that
 * somebody stated, and interactions of the two alone. Whoever is private is the last of all, so
 * that nobody has another number without. Messages to several people are drawn last, among people
 * none of whose ties is hidden from anybody. Employments have no dates, because having worked
 * together follows from facts that are not hidden. The defaults of sharing are not written for a
 * viewer: whatever they hide is left out.
 */
#ifndef TEST_SUPPORT_LEAK_WORLD_H
#define TEST_SUPPORT_LEAK_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "random.h"

#define LEAK_PEOPLE_MAX 12
#define LEAK_TIES_MAX (LEAK_PEOPLE_MAX * (LEAK_PEOPLE_MAX - 1) / 2)
#define LEAK_EVENTS_MAX 5
#define LEAK_BARRIERS_MAX 2
#define LEAK_COMPANIES 4
#define LEAK_GROUPS 2
#define LEAK_POSTS_MAX 4
#define LEAK_TO_MAX 3
#define LEAK_NOBODY ((size_t)-1) /* the viewer is everybody */
#define LEAK_DAY "2024-03-01"

typedef struct leak_person {
    char email[48];
    char name[32];
    const char *id;                /* NULL: none */
    const char *title;             /* NULL: none */
    bool works_at[LEAK_COMPANIES]; /* [0] is ours */
    const char *choice;            /* of introductions; NULL: undecided */
    const char *sharing;           /* "closed", "groups": with the first; NULL: undecided */
    bool is_in[LEAK_GROUPS];       /* by name */
    bool is_do_not_contact;
} leak_person;

typedef struct leak_event {
    const char *kind;
    int days_ago;
    bool is_back;
    bool is_reply; /* to the event before */
    bool is_automatic;
    double valence;
} leak_event;

typedef struct leak_tie {
    size_t ends[2];
    bool is_owner[2]; /* who keeps it private */
    bool has_source;  /* its facts come from an import of their own */
    double stated[2]; /* each way; 0: none */
    leak_event events[LEAK_EVENTS_MAX];
    size_t event_count;
} leak_tie;

/* A message to several. */
typedef struct leak_post {
    size_t from;
    size_t to[LEAK_TO_MAX];
    size_t to_count;
    int days_ago;
} leak_post;

typedef enum leak_kind { LEAK_PERSON, LEAK_COMPANY, LEAK_GROUP } leak_kind;

typedef struct leak_side {
    leak_kind kind;
    size_t index;
} leak_side;

typedef struct leak_world {
    leak_person people[LEAK_PEOPLE_MAX];
    size_t people_count;
    size_t owner; /* of the last of them, who is private; LEAK_NOBODY: nobody is */
    leak_tie ties[LEAK_TIES_MAX];
    size_t tie_count;
    leak_side barriers[LEAK_BARRIERS_MAX][2];
    size_t barrier_count;
    leak_post posts[LEAK_POSTS_MAX];
    size_t post_count;
    bool has_more; /* asks, and messages to several, in which a tie touches others than its ends */
    const char *default_choice; /* NULL: as created */
    size_t staff[LEAK_GROUPS];  /* a company that is in a group; LEAK_NOBODY: none is */
    bool is_closed;             /* ours share with nobody by default */
    bool is_mutual;             /* who does not share does not see */
} leak_world;

extern const char *const leak_domains[LEAK_COMPANIES];
extern const char *const leak_companies[LEAK_COMPANIES];

void leak_world_draw(random_source *random, bool has_barriers, leak_world *out);

/* Whether somebody is in a group. */
bool leak_is_in(const leak_world *world, size_t group, size_t person);
bool leak_is_on(const leak_world *world, size_t barrier, int side, size_t person);
/* Whether somebody is hidden from a viewer. */
bool leak_hides_person(const leak_world *world, size_t person, size_t viewer);
/* Whether a tie is hidden from a viewer for whatever reason. */
bool leak_hides(const leak_world *world, const leak_tie *tie, size_t viewer);

/* Write all of it. */
void leak_world_write(const leak_world *world, FILE *out);
/* Write it as a viewer may know it, without what is private and barriers, and without the ties that
 * are not kept: is_kept[i] is that of ties[i]. What people decided stays. */
void leak_world_write_seen(const leak_world *world, size_t viewer, const bool *is_kept, FILE *out);

#endif
