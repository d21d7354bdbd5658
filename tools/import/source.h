/*
 * The file that is read: opened, copied to a temporary file when it cannot be read twice (standard
 * input, pipes), its first bytes in memory for guessing.
 *
 * Formats may read a file more than once and go on in its middle; this is where that is made
 * possible for everything that can be named on a command line.
 */
#ifndef WARMPATH_IMPORT_SOURCE_H
#define WARMPATH_IMPORT_SOURCE_H

#include "import/run.h"

/*
 * Open a path ("-": standard input) as the run's source. is_named: pipes and devices are read too.
 * changed_ns: time of change, 0 for what was copied. The status is IMPORT_BAD_INPUT with the reason
 * as text in *problem when the file cannot be read; nothing is open then.
 */
import_code source_open(run *self, const char *path, bool is_named, int64_t *changed_ns,
                        const char **problem);
void source_close(run *self);

/* Take an open regular file as the run's source; the descriptor is closed with it. False: *problem
 * says why. */
bool source_adopt(run *self, const char *path, int fd, const char **problem);

/* A file without a name, gone when it is closed; -1: errno says why. */
int source_open_temporary(void);
/* Write all of it. False: errno says why. */
bool source_write(int fd, const char *bytes, size_t count);

#endif
