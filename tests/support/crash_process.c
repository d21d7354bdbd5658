/*
 * Processes for crash tests; see crash_process.h.
 *
 * Children end with _exit(), so that neither cmocka nor a sanitizer's leak check, which belong to
 * the parent, run in them. Short pauses spin, because a sleep of the kernel is about fifty
 * microseconds too long to hit the moments between two system calls.
 */
#include "crash_process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scratch.h"

#define CRASH_LANES_MAX 16u
#define SPIN_NS UINT64_C(300000)
#define STANDSTILL_NS UINT64_C(100000000)
#define SECOND_NS UINT64_C(1000000000)

static bool read_number(const char *text, uint64_t *out)
{
    char *end = NULL;
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0')
        return false;
    *out = value;
    return true;
}

bool crash_arguments_read(int argc, char **argv, const char *count_name, crash_arguments *arguments)
{
    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        bool is_read = false;
        if (strcmp(argv[i], "--seed") == 0)
            is_read = read_number(value, &arguments->seed);
        else if (strncmp(argv[i], "--", 2) == 0 && strcmp(argv[i] + 2, count_name) == 0)
            is_read = read_number(value, &arguments->count);
        if (!is_read) {
            fprintf(stderr, "usage: %s [--seed N] [--%s N]\n", argv[0], count_name);
            return false;
        }
    }
    printf("seed %" PRIu64 ", %s %" PRIu64 "\n", arguments->seed, count_name, arguments->count);
    fflush(stdout);
    return true;
}

void crash_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "FAILED in process %ld: ", (long)getpid());
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    fflush(stdout);
    _exit(CRASH_FAILED);
}

void crash_require(bool is_true, const char *what)
{
    if (!is_true)
        crash_fail("%s (errno %d, %s)", what, errno, strerror(errno));
}

void crash_must(wp_status status, const wp_error *err, const char *what)
{
    if (status != WP_OK)
        crash_fail("%s: %s: %s", what, wp_status_name(status), err == NULL ? "" : err->message);
}

void *crash_share(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    crash_require(memory != MAP_FAILED, "shared memory");
    return memory;
}

/* The test framework catches what a crash raises and goes on with the next test, which in a child
 * would wait for the locks that the crash left behind. */
static void let_signals_kill(void)
{
    static const int raised[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS};
    for (size_t i = 0; i < sizeof raised / sizeof *raised; i++)
        crash_require(signal(raised[i], SIG_DFL) != SIG_ERR, "signal");
}

pid_t crash_fork(void)
{
    pid_t parent = getpid();
    fflush(stdout);
    fflush(stderr);
    pid_t child = fork();
    crash_require(child >= 0, "fork");
    if (child > 0)
        return child;
    crash_require(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "prctl");
    if (getppid() != parent)
        _exit(CRASH_FAILED);
    let_signals_kill();
    return 0;
}

pid_t crash_spawn(char *const *command, const char *output_path)
{
    pid_t child = crash_fork();
    if (child > 0)
        return child;
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int out = open(output_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    crash_require(in >= 0 && out >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1, "redirection");
    execv(command[0], command);
    crash_require(false, command[0]);
    return 0;
}

void crash_kill(pid_t child)
{
    crash_require(kill(child, SIGKILL) == 0, "kill");
    int code = crash_wait(child);
    if (code != 0 && code != 128 + SIGKILL)
        crash_fail("a process to be killed had ended by itself with %d", code);
}

int crash_wait(pid_t child)
{
    int state = 0;
    pid_t ended = 0;
    do {
        ended = waitpid(child, &state, 0);
    } while (ended < 0 && errno == EINTR);
    crash_require(ended == child, "waitpid");
    return WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
}

void crash_wait_well(pid_t child, const char *what)
{
    int code = crash_wait(child);
    if (code != 0)
        crash_fail("%s ended with %d", what, code);
}

void crash_lanes(unsigned count, crash_lane_fn *work, void *context)
{
    pid_t lanes[CRASH_LANES_MAX];
    crash_require(count <= CRASH_LANES_MAX, "so many processes at once");
    (void)scratch_path("lanes"); /* the directory is made before it is shared */
    for (unsigned lane = 0; lane < count; lane++) {
        lanes[lane] = crash_fork();
        if (lanes[lane] == 0) {
            work(lane, context);
            fflush(stdout);
            _exit(0);
        }
    }
    for (unsigned lane = 0; lane < count; lane++)
        crash_wait_well(lanes[lane], "one of the processes at work");
}

bool crash_is_running(pid_t child)
{
    siginfo_t info = {.si_pid = 0};
    int code = waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT);
    return code == 0 && info.si_pid == 0;
}

uint64_t crash_now_ns(void)
{
    struct timespec now;
    crash_require(clock_gettime(CLOCK_MONOTONIC, &now) == 0, "clock_gettime");
    return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

void crash_pause_ns(uint64_t duration_ns)
{
    uint64_t end = crash_now_ns() + duration_ns;
    if (duration_ns > SPIN_NS) {
        uint64_t rest = duration_ns - SPIN_NS / 2;
        struct timespec sleep = {(time_t)(rest / SECOND_NS), (long)(rest % SECOND_NS)};
        (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &sleep, NULL); /* what is left is spun */
    }
    while (crash_now_ns() < end)
        ;
}

/* Time in which this process itself did not run, as when all of them were stopped for a while, is
 * not time in which nothing happened. */
void crash_await(const _Atomic uint64_t *number, uint64_t value, pid_t child, unsigned patience_s)
{
    uint64_t seconds = (patience_s == 0 ? 60 : patience_s) * (uint64_t)CRASH_PATIENCE;
    uint64_t waited_ns = 0, before_ns = crash_now_ns();
    while (*number < value) {
        uint64_t now_ns = crash_now_ns(), passed_ns = now_ns - before_ns;
        waited_ns += passed_ns < STANDSTILL_NS ? passed_ns : STANDSTILL_NS;
        before_ns = now_ns;
        if (waited_ns > seconds * SECOND_NS)
            crash_fail("nothing happened for %" PRIu64 " s: at %" PRIu64 ", expected %" PRIu64,
                       seconds, *number, value);
        if (!crash_is_running(child))
            return;
    }
}
