/*
 * What the people of the demonstration write about: subjects by kind of message, and bodies.
 */
#ifndef WARMPATH_GENERATE_WORDS_H
#define WARMPATH_GENERATE_WORDS_H

#include <stdint.h>

#include "dice.h"
#include "post.h"

/* A subject, or a body, for a message of this kind: an index for the functions below. */
uint16_t words_pick_subject(post_kind kind, dice *chance);
uint16_t words_pick_body(dice *chance);

/* The subject without "Re:", UTF-8. */
const char *words_subject(post_kind kind, uint16_t index);

/* The body, lines ended by newlines, UTF-8. Some lines begin with "From ". */
const char *words_body(uint16_t index);

#endif
