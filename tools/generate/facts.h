/*
 * What no mailbox says: companies, titles, former employers, meetings and calls, stated ties, and
 * who does not want to introduce anybody. Written as JSON lines, the native exchange format.
 */
#ifndef WARMPATH_GENERATE_FACTS_H
#define WARMPATH_GENERATE_FACTS_H

#include <stdint.h>
#include <stdio.h>

#include "cast.h"

/* Write the facts as they stand on `day`. Whether writing succeeded is the stream's to say. */
void facts_write(FILE *stream, const cast *players, int32_t day);

#endif
