/*
 * The network of the demonstration, as files in the formats that the tool imports.
 */
#ifndef WARMPATH_GENERATE_DEMO_H
#define WARMPATH_GENERATE_DEMO_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Write `directory`/people.jsonl, `directory`/mail/NAME.mbox for the members of the firm and
 * `directory`/friends/NAME.mbox for friends who share their mail. Directories are created where
 * they are missing, files of these names replaced. On failure prints one line on stderr and
 * returns false.
 */
bool demo_write(const char *directory, int32_t day, uint64_t seed);

#endif
