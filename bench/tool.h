/*
 * The command-line tool as a child process, for benches of what only it does: reading files.
 */
#ifndef BENCH_TOOL_H
#define BENCH_TOOL_H

#include <stddef.h>
#include <sys/resource.h>

/*
 * The tool's path: $WARMPATH, else the directory above that of this program. Ends the program with
 * 77, which counts as skipped, when there is none.
 */
void tool_find(char *out, size_t bytes);

/* Run it to its end, which must be a good one; its resources in *usage. */
void tool_run(char *const *arguments, struct rusage *usage);

/* The most memory that a finished child had. */
double tool_peak_mb(const struct rusage *usage);

#endif
