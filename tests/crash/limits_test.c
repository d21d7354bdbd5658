/*
 * Limits of queries that are met anywhere: after each step, at each size of memory, with the cancel
 * flag set during each allocation, and at moments spread over a search around hubs.
 *
 * A query that meets a limit says which, marks its answer as partial, and leaves nothing behind:
 * the same query without limits gives the same answer as before. How late a limit was noticed is
 * measured in processor time, since a busy machine may well run others in between: a timer of the
 * thread's own time sets the flag. Leaks are found by the sanitizer's own check at the end of the
 * program.
 *
 * `--hub N`: how many ties each of the three hubs has.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/memory.h"
#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"
#include "scratch.h"

#define BATCHES 4
#define HUBS 3
#define MOMENTS 40
/* What is promised of optimised code; without optimisation, all takes several times as long. */
#ifdef __OPTIMIZE__
#define LATE_NS_MAX (UINT64_C(10000000) * CRASH_PATIENCE)
#else
#define LATE_NS_MAX (UINT64_C(50000000) * CRASH_PATIENCE)
#endif

static crash_arguments arguments = {1, 30000};

static wp_db *db, *hubs;
static wp_txn *txn; /* Of the database that is asked at the moment. */
static wp_number source = 1, target = 7;
static uint64_t points;

/* One kind of query. It gives the size of its answer and the steps it took. */
typedef struct question {
    const char *name;
    uint32_t hops_max;
    bool is_plain;
    bool is_reach;
    bool is_by_hops;
    wp_number via;
    bool with_reach;
} question;

static const question questions[] = {
    {.name = "two hops", .hops_max = 2},
    {.name = "three hops", .hops_max = 3},
    {.name = "four hops, plain", .hops_max = 4, .is_plain = true},
    {.name = "any hops", .hops_max = WP_HOPS_ANY, .with_reach = true},
    {.name = "by way of somebody", .hops_max = 3, .via = 2},
    {.name = "reach", .hops_max = 3, .is_reach = true},
    {.name = "reach, plain", .hops_max = WP_HOPS_ANY, .is_reach = true, .is_plain = true},
    {.name = "reach by hops", .hops_max = WP_HOPS_ANY, .is_reach = true, .is_by_hops = true},
};

#define QUESTIONS (sizeof questions / sizeof *questions)

typedef struct answer {
    wp_status status;
    size_t count;
    uint64_t steps;
} answer;

static answer find_paths(const question *asked, const wp_limits *limits)
{
    wp_paths *paths = NULL;
    wp_error err = {.message = ""};
    wp_path_query query = paths_between(&source, &target, CRASH_DAY);
    query.hops_max = asked->hops_max;
    query.p_min = 0;
    query.score_min = 0;
    query.is_plain = asked->is_plain;
    query.with_reach = asked->with_reach;
    query.via = asked->via;
    query.limits = *limits;
    answer out = {.status = wp_paths_find(txn, &query, &paths, &err)};
    if (paths != NULL) {
        out.count = wp_paths_count(paths);
        out.steps = wp_paths_steps(paths);
        if (wp_paths_is_complete(paths) != (out.status == WP_OK))
            crash_fail("%s: %s, yet complete %d", asked->name, wp_status_name(out.status),
                       wp_paths_is_complete(paths));
    }
    wp_paths_free(paths);
    return out;
}

static answer find_reach(const question *asked, const wp_limits *limits)
{
    wp_reach *reach = NULL;
    wp_error err = {.message = ""};
    wp_reach_query query = reach_from(&source, CRASH_DAY);
    query.hops_max = asked->hops_max;
    query.p_min = 0;
    query.score_min = 0;
    query.is_plain = asked->is_plain;
    query.is_by_hops = asked->is_by_hops;
    query.limits = *limits;
    answer out = {.status = wp_reach_find(txn, &query, &reach, &err), .steps = 600};
    if (reach != NULL) {
        out.count = wp_reach_count(reach);
        if (wp_reach_is_complete(reach) != (out.status == WP_OK))
            crash_fail("%s: %s, yet complete %d", asked->name, wp_status_name(out.status),
                       wp_reach_is_complete(reach));
    }
    wp_reach_free(reach);
    return out;
}

static answer ask(const question *asked, const wp_limits *limits)
{
    return asked->is_reach ? find_reach(asked, limits) : find_paths(asked, limits);
}

/* Ask with limits, then without; the first may be stopped as said, the second is as always. */
static wp_status meet(const question *asked, const wp_limits *limits, wp_status expected,
                      size_t usual)
{
    static const wp_limits none = {0, 0, 0, NULL};
    wp_status status = ask(asked, limits).status;
    if (status != WP_OK && status != expected)
        crash_fail("%s: %s, expected %s", asked->name, wp_status_name(status),
                   wp_status_name(expected));
    answer after = ask(asked, &none);
    if (after.status != WP_OK || after.count != usual)
        crash_fail("%s: %s with %zu after a limit was met, expected %zu", asked->name,
                   wp_status_name(after.status), after.count, usual);
    points += status != WP_OK;
    return status;
}

/* ---- databases ------------------------------------------------------------------------------- */

/* Hubs that all know the same many people, both ways. */
static void make_hubs(void)
{
    wp_error err;
    wp_txn *into = NULL;
    crash_must(wp_begin_write(hubs, &into, &err), &err, "wp_begin_write");
    crash_people_put(into, (wp_number)(HUBS + arguments.count));
    for (wp_number hub = 1; hub <= HUBS; hub++)
        for (wp_number other = HUBS + 1; other <= HUBS + arguments.count; other++) {
            wp_stated_tie there = {.from = hub, .to = other, .p = .5 + hub * .1};
            wp_stated_tie back = {.from = other, .to = hub, .p = .6};
            crash_must(wp_stated_tie_put(into, &there, &err), &err, "wp_stated_tie_put");
            crash_must(wp_stated_tie_put(into, &back, &err), &err, "wp_stated_tie_put");
        }
    crash_must(wp_commit(into, &err), &err, "wp_commit");
    crash_must(wp_compact(hubs, NULL, NULL, &err), &err, "wp_compact");
}

static wp_db *open_new(const char *name)
{
    crash_create(scratch_path(name));
    return crash_open(scratch_path(name));
}

static int make_databases(void **state)
{
    (void)state;
    db = open_new("limits.warmpath");
    for (uint64_t batch = 0; batch < BATCHES; batch++)
        crash_batch_commit(db, 11, batch);
    hubs = open_new("hubs.warmpath");
    make_hubs();
    return 0;
}

static int drop_databases(void **state)
{
    (void)state;
    wp_close(db);
    wp_close(hubs);
    return 0;
}

static void begin(wp_db *of)
{
    wp_error err;
    crash_must(wp_begin_read(of, &txn, &err), &err, "wp_begin_read");
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void limits__of_steps_and_memory_are_met_anywhere(void **state)
{
    static const wp_limits none = {0, 0, 0, NULL};
    size_t by_memory = 0; /* a search of less than 256 steps does not look at it */
    (void)state;
    begin(db);
    for (size_t i = 0; i < QUESTIONS; i++) {
        answer usual = ask(&questions[i], &none);
        crash_require(usual.status == WP_OK, questions[i].name);
        size_t by_steps = 0;
        for (uint64_t steps = 1; steps <= usual.steps; steps += 1 + steps / 30) {
            wp_limits limits = {.steps_max = steps};
            by_steps += meet(&questions[i], &limits, WP_EBUDGET, usual.count) != WP_OK;
        }
        for (size_t bytes = 1; bytes < (size_t)1 << 24; bytes += 1 + bytes / 3) {
            wp_limits limits = {.memory_bytes_max = bytes};
            by_memory += meet(&questions[i], &limits, WP_EBUDGET, usual.count) != WP_OK;
        }
        crash_require(by_steps > 0, questions[i].name);
    }
    wp_abort(txn);
    assert_true(by_memory > 0);
}

static volatile int cancel;
static uint64_t seen_count, setting_number;

/* Sets the flag instead of failing. */
static int set_flag(void)
{
    if (++seen_count == setting_number)
        cancel = 1;
    return 0;
}

static void limits__cancel_flag_is_seen_anywhere(void **state)
{
    static const wp_limits none = {0, 0, 0, NULL};
    wp_limits limits = {.cancel = &cancel};
    size_t cancelled = 0; /* likewise */
    (void)state;
    begin(db);
    for (size_t i = 0; i < QUESTIONS; i++) {
        size_t usual = ask(&questions[i], &none).count;
        for (setting_number = 1;; setting_number++) {
            seen_count = 0;
            cancel = 0;
            wpi_memory_fault_hook = set_flag;
            (void)ask(&questions[i], &limits);
            wpi_memory_fault_hook = NULL;
            if (seen_count < setting_number)
                break;
            cancelled += meet(&questions[i], &limits, WP_ECANCELLED, usual) != WP_OK;
        }
    }
    wp_abort(txn);
    assert_true(cancelled > 0);
}

static uint64_t processor_ns(void)
{
    struct timespec now;
    crash_require(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0, "clock_gettime");
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static volatile uint64_t cancelled_ns; /* When the flag was set, in processor time; 0: not yet. */

static void cancel_now(int signal)
{
    (void)signal;
    cancelled_ns = processor_ns();
    cancel = 1;
}

/* Have the flag set after so much processor time of this thread. */
static void cancel_after(timer_t timer, uint64_t after_ns)
{
    struct itimerspec when = {.it_value = {.tv_sec = (time_t)(after_ns / UINT64_C(1000000000)),
                                           .tv_nsec = (long)(after_ns % UINT64_C(1000000000)) + 1}};
    cancel = 0;
    cancelled_ns = 0;
    crash_require(timer_settime(timer, 0, &when, NULL) == 0, "timer_settime");
}

static timer_t make_timer(void)
{
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct sigaction action = {.sa_handler = cancel_now, .sa_flags = SA_RESTART};
    crash_require(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
    crash_require(timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) == 0, "timer_create");
    return timer;
}

/* How long a query goes on once the flag is set, at the worst of moments spread over its time. A
 * deadline is looked at in the same place. */
static uint64_t measure_latest(const question *asked, timer_t timer)
{
    static const wp_limits none = {0, 0, 0, NULL};
    static const struct itimerspec never = {.it_value = {0, 0}};
    wp_limits limits = {.cancel = &cancel};
    uint64_t latest_ns = 0, begin_ns = processor_ns();
    crash_require(ask(asked, &none).status == WP_OK, asked->name);
    uint64_t whole_ns = processor_ns() - begin_ns;
    for (uint64_t moment = 0; moment < MOMENTS; moment++) {
        cancel_after(timer, whole_ns * moment / MOMENTS);
        wp_status status = ask(asked, &limits).status;
        uint64_t end_ns = processor_ns();
        crash_require(timer_settime(timer, 0, &never, NULL) == 0, "timer_settime");
        crash_require(status == WP_OK || status == WP_ECANCELLED, asked->name);
        uint64_t set_ns = cancelled_ns; /* perhaps after the end, before the timer was stopped */
        if (set_ns != 0 && end_ns > set_ns && end_ns - set_ns > latest_ns)
            latest_ns = end_ns - set_ns;
        points += status == WP_ECANCELLED;
    }
    print_message("%s: %.1f ms, at most %.1f ms late\n", asked->name, (double)whole_ns / 1e6,
                  (double)latest_ns / 1e6);
    return latest_ns;
}

static void limits__are_kept_around_hubs(void **state)
{
    timer_t timer = make_timer();
    uint64_t latest_ns = 0, before = points;
    (void)state;
    begin(hubs);
    target = HUBS + 2;
    for (size_t i = 0; i < QUESTIONS; i++) {
        uint64_t late_ns = measure_latest(&questions[i], timer);
        latest_ns = late_ns > latest_ns ? late_ns : latest_ns;
    }
    crash_require(timer_delete(timer) == 0, "timer_delete");
    wp_abort(txn);
    assert_true(points > before);
    printf("class 14: %" PRIu64 " limits met, 0 bad; around hubs at most %.1f ms late\n", points,
           (double)latest_ns / 1e6);
    assert_true(latest_ns <= LATE_NS_MAX);
}

/* A deadline of a millisecond is met by every query that takes longer. */
static void limits__of_time_are_met(void **state)
{
    static const wp_limits limits = {.deadline_ms = 1};
    uint64_t met = 0;
    (void)state;
    begin(hubs);
    target = HUBS + 2;
    for (size_t i = 0; i < QUESTIONS; i++) {
        wp_status status = ask(&questions[i], &limits).status;
        crash_require(status == WP_OK || status == WP_EDEADLINE, questions[i].name);
        met += status == WP_EDEADLINE;
    }
    wp_abort(txn);
    points += met;
    assert_true(met > QUESTIONS / 2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits__of_steps_and_memory_are_met_anywhere),
        cmocka_unit_test(limits__cancel_flag_is_seen_anywhere),
        cmocka_unit_test(limits__of_time_are_met),
        cmocka_unit_test(limits__are_kept_around_hubs),
    };
    if (!crash_arguments_read(argc, argv, "hub", &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, make_databases, drop_databases));
}
