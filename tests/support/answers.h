/*
 * Answers as text, to be compared: what two databases say of the same questions, with all figures.
 *
 * Knows the public interface alone, and nothing of what the databases hold.
 */
#ifndef WARMPATH_TESTS_SUPPORT_ANSWERS_H
#define WARMPATH_TESTS_SUPPORT_ANSWERS_H

#include <stddef.h>

#include "warmpath.h"

typedef struct answers {
    char *text;
    size_t used;
} answers;

/* Free them with answers_free(). */
void answers_begin(answers *out);
void answers_free(answers *out);

__attribute__((format(printf, 2, 3))) void answers_say(answers *out, const char *format, ...);
void answers_say_tie(answers *out, const wp_tie *tie);
/* Count, account reach, and each path with its ties. */
void answers_say_paths(answers *out, const wp_paths *paths);
void answers_say_reached(answers *out, const wp_reach *reach);

/* A query of reach with the sources, day and limits of a path query. */
wp_reach_query answers_reach_query(const wp_path_query *like, bool is_by_hops);

/* Whether they are alike; else the first lines that differ are printed. */
bool answers_agree(const answers *seen, const answers *expected);

#endif
