/*
 * The answer to a path query as the tool shows it: copies that outlive the transaction, and their
 * renderings as text, JSON, DOT and SVG.
 */
#ifndef WARMPATH_TOOL_PATH_ANSWER_H
#define WARMPATH_TOOL_PATH_ANSWER_H

#include "app.h"
#include "doc.h"
#include "person.h"

/* One introduction path. */
typedef struct path_item {
    double score;
    uint64_t cost; /* micro-nats */
    uint32_t hops;
    uint32_t weakest;    /* index of the weakest tie */
    uint32_t introducer; /* index into people */
    person_view *people; /* hops + 1 of them */
    wp_tie *ties;        /* hops of them */
    char *reason;        /* one line that a person can read */
} path_item;

typedef struct path_answer {
    const char *from; /* as said. Borrowed. */
    const char *to;
    int32_t day;
    uint32_t hops_max;
    bool is_complete;
    double reach; /* NaN: not known */
    path_item *items;
    size_t count;
    bool has_withheld; /* asked with the right to audit: */
    wp_withheld withheld;
} path_answer;

/* Copy what a search found, with the people on the paths. Free with path_answer_free(). */
int path_answer_read(app *self, const wp_paths *paths, path_answer *answer);

void path_answer_free(path_answer *answer);

/*
 * Why the introducer: how the last two are in touch, then how the ones before know each other.
 * People are called by first names unless two of them share one. Pure. Yours: free().
 */
char *path_reason(const path_item *item);

/* The renderings. */
void path_print_text(const app *self, const path_answer *answer);
void path_print_json(const path_answer *answer);
void path_print_dot(FILE *stream, const path_answer *answer);
void path_print_svg(FILE *stream, const path_answer *answer);

/* The columns of a tie that path and who share: "strength", "tier", "last_contact", … */
void path_put_tie(json_t *object, const wp_tie *tie);

#endif
