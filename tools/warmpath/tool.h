/*
 * The tool as a function, so that main() holds nothing but the process: its signals and streams.
 */
#ifndef WARMPATH_TOOL_TOOL_H
#define WARMPATH_TOOL_TOOL_H

/* Run a command line; returns the exit code. `cancel` becomes non-zero on an interrupt. */
int tool_run(int argc, char *const *argv, const volatile int *cancel);

#endif
