/*
 * The three years of the demonstration: who wrote to whom, how often, and until when.
 */
#ifndef WARMPATH_GENERATE_STORY_H
#define WARMPATH_GENERATE_STORY_H

#include <stdint.h>

#include "cast.h"
#include "post.h"

#define STORY_DAYS 1095

/*
 * Let everybody write their mail in the STORY_DAYS days that end with `day`. Posts come out in no
 * particular order, a reply after its parent. Returns false when memory is exhausted.
 */
bool story_tell(const cast *players, int32_t day, uint64_t seed, post_log *log);

#endif
