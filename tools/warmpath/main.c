/*
 * warmpath: the command-line tool. This file is the process: signals, standard streams, exit code.
 *
 * An interrupt sets a flag that queries and imports poll; a second one ends the process at once,
 * which the database survives. A reader of our output that went away (a pipe to `head`) is no
 * reason for a message: writing fails, and the run ends with code 5. Standard streams that are
 * closed at the start are replaced, since otherwise the database could be opened under the number
 * of stdout and be printed into.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "tool.h"

static volatile int is_interrupted;

static void on_interrupt(int number)
{
    (void)number;
    is_interrupted = 1;
}

static void set_signals(void)
{
    struct sigaction action = {0};

    (void)sigemptyset(&action.sa_mask);
    action.sa_handler = on_interrupt;
    action.sa_flags = (int)SA_RESETHAND; /* the second one ends the process */
    (void)sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN;
    action.sa_flags = 0;
    (void)sigaction(SIGPIPE, &action, NULL);
}

/* Give numbers 0 to 2 a file each; stdout gets one that refuses to be written, so it is noticed. */
static int guard_streams(void)
{
    for (int number = 0; number <= 2; number++) {
        if (fcntl(number, F_GETFD) >= 0)
            continue;
        if (open("/dev/null", number == 2 ? O_WRONLY : O_RDONLY) != number)
            return -1;
    }
    return 0;
}

static bool is_reader_gone(void)
{
    struct pollfd out = {STDOUT_FILENO, POLLOUT, 0};

    return poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

/* Whether all that was printed arrived; the reason is told unless the reader went away. */
static int finish(int code)
{
    errno = 0;
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return code;
    if (!is_reader_gone())
        (void)fprintf(stderr, "warmpath: stdout: %s, the answer is incomplete\n",
                      errno != 0 ? strerror(errno) : "it could not be written");
    return code == CODE_DONE || code == CODE_NOTHING ? CODE_STOPPED : code;
}

int main(int argc, char **argv)
{
    if (guard_streams() != 0)
        return CODE_STOPPED;
    set_signals();
    return finish(tool_run(argc - 1, argv + 1, &is_interrupted));
}
