/*
 * The tool as a child. By fork(), not vfork(): the child of the latter counts the memory of its
 * parent as its own.
 */
#include "tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

void tool_find(char *out, size_t bytes)
{
    static const char name[] = "/warmpath";
    const char *named = getenv("WARMPATH");
    if (named != NULL) {
        snprintf(out, bytes, "%s", named);
    } else {
        ssize_t size = readlink("/proc/self/exe", out, bytes - sizeof name);
        out[size < 0 ? 0 : size] = '\0';
        for (int i = 0; i < 2; i++) {
            char *slash = strrchr(out, '/');
            if (slash != NULL)
                *slash = '\0';
        }
        memcpy(out + strlen(out), name, sizeof name);
    }
    if (access(out, X_OK) != 0) {
        bench_say("skipped, there is no tool at %s", out);
        exit(77);
    }
}

void tool_run(char *const *arguments, struct rusage *usage)
{
    int state;
    pid_t child = fork();
    if (child == 0) {
        execv(arguments[0], arguments);
        _exit(127);
    }
    if (child < 0 || wait4(child, &state, 0, usage) != child)
        bench_die("the tool could not be run");
    if (!WIFEXITED(state) || WEXITSTATUS(state) != 0)
        bench_die("the tool failed");
}

double tool_peak_mb(const struct rusage *usage)
{
    return (double)usage->ru_maxrss * 1024 / 1e6;
}
