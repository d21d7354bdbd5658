/*
 * How many questions are answered a second by one reader, two, four and eight, as threads of one
 * process and as processes of their own, alone and beside somebody who writes?
 *
 * A trial gives every reader the same hundred questions for the warmest introductions, 50 x 20
 * people, each in a read transaction of its own, beginning at different ones; the time is that from
 * the first to the last answer, divided by the answers. The twin answers the same ones with as many
 * threads on one copy of the graph in memory, so a ratio that stays the same with more readers says
 * that they do not wait for each other. The writer commits one interaction after the other,
 * durably, between two people whom nobody asks about: each commit makes a new snapshot, for which
 * readers look up anew where the lists are and who must not be shown.
 *
 * Processes are made before the database is opened in this one, since handles do not pass over a
 * fork. Verified: the costs of all answers, summed for each reader.
 */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "csr_path.h"
#include "graph.h"
#include "questions.h"

#define READERS_MAX 8
#define QUESTIONS 100
#define SOURCES 50
#define TARGETS 20
#define HOPS 4
#define PATHS 10

typedef struct question {
    uint32_t sources[SOURCES];
    uint32_t targets[TARGETS];
} question;

/* What readers are told and tell, in memory that processes share. */
typedef struct board {
    question questions[QUESTIONS];
    int32_t day;
    bool is_over;
    sem_t begin[READERS_MAX];
    sem_t done;
    uint64_t sums[READERS_MAX]; /* of the costs of all answers */
} board;

/* Readers of one kind. */
typedef struct crew {
    board *told;
    char path[512];
    wp_db *db;       /* shared by threads; NULL: each process opens the file */
    const csr *twin; /* NULL: the library is asked */
    pthread_t threads[READERS_MAX];
    pid_t processes[READERS_MAX];
} crew;

/* One reader of a crew. */
typedef struct reader {
    crew *of;
    unsigned number;
} reader;

typedef struct bench {
    bench_options *options;
    graph network;
    random_stream random;
    csr twin;
    crew threads, processes, twins;
    crew *asked; /* threads or processes */
    unsigned readers;
    double answers; /* of a trial */
    wp_number talkers[2];
    atomic_bool is_writing;
    uint64_t commits;
    double wrote_us;
    pthread_t writer;
} bench;

/* --- readers --- */

static uint64_t ask_library(wp_db *db, const question *asked, int32_t day)
{
    wp_error err;
    wp_txn *txn = NULL;
    wp_paths *paths = NULL;
    uint64_t sum = 0;
    wp_path_query query = WP_PATH_QUERY_INIT;
    query.sources = asked->sources;
    query.source_count = SOURCES;
    query.targets = asked->targets;
    query.target_count = TARGETS;
    query.day = day;
    query.hops_max = HOPS;
    query.k = PATHS;
    bench_check(wp_begin_read(db, &txn, &err), &err);
    bench_check(wp_paths_find(txn, &query, &paths, &err), &err);
    for (size_t i = 0; i < wp_paths_count(paths); i++)
        sum += (i + 1) * wp_paths_at(paths, i)->cost;
    wp_paths_free(paths);
    wp_abort(txn);
    return sum;
}

static uint64_t ask_twin(csr_search *search, const question *asked)
{
    csr_question terms = {asked->sources, SOURCES, asked->targets, TARGETS, HOPS, PATHS};
    uint64_t sum = 0;
    csr_search_run(search, &terms);
    for (size_t i = 0; i < search->found_count; i++)
        sum += (i + 1) * search->found[i].cost;
    return sum;
}

/* Wait until told, answer, and tell; until it is over. */
static void read_on(const reader *self, wp_db *db, csr_search *search)
{
    board *told = self->of->told;
    for (;;) {
        while (sem_wait(&told->begin[self->number]) != 0)
            ;
        if (told->is_over)
            return;
        uint64_t sum = 0;
        for (size_t i = 0; i < QUESTIONS; i++) {
            size_t at = (i + self->number * QUESTIONS / READERS_MAX) % QUESTIONS;
            sum += db == NULL ? ask_twin(search, &told->questions[at])
                              : ask_library(db, &told->questions[at], told->day);
        }
        told->sums[self->number] = sum;
        (void)sem_post(&told->done);
    }
}

static void *read_in_thread(void *context)
{
    reader *self = context;
    csr_search search;
    if (self->of->twin != NULL)
        csr_search_begin(&search, self->of->twin);
    read_on(self, self->of->db, &search);
    if (self->of->twin != NULL)
        csr_search_free(&search);
    free(self);
    return NULL;
}

static void read_in_process(const reader *self)
{
    wp_db *db = NULL;
    wp_error err;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    bench_check(wp_open(self->of->path, NULL, &db, &err), &err);
    read_on(self, db, NULL);
    wp_close(db);
    _exit(0);
}

static void begin_crew(crew *it, const char *path, int32_t day)
{
    it->told =
        mmap(NULL, sizeof *it->told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (it->told == MAP_FAILED || sem_init(&it->told->done, 1, 0) != 0)
        bench_die("no memory to share");
    snprintf(it->path, sizeof it->path, "%s", path);
    it->told->day = day;
    for (unsigned i = 0; i < READERS_MAX; i++)
        if (sem_init(&it->told->begin[i], 1, 0) != 0)
            bench_die("no semaphore");
}

static void begin_threads(crew *it)
{
    for (unsigned i = 0; i < READERS_MAX; i++) {
        reader *one = bench_new(1, sizeof *one);
        *one = (reader){it, i};
        if (pthread_create(&it->threads[i], NULL, read_in_thread, one) != 0)
            bench_die("no thread");
    }
}

static void begin_processes(crew *it)
{
    for (unsigned i = 0; i < READERS_MAX; i++) {
        it->processes[i] = fork();
        if (it->processes[i] < 0)
            bench_die("no process");
        if (it->processes[i] == 0)
            read_in_process(&(reader){it, i});
    }
}

static void end_crew(crew *it)
{
    it->told->is_over = true;
    for (unsigned i = 0; i < READERS_MAX; i++)
        (void)sem_post(&it->told->begin[i]);
    for (unsigned i = 0; i < READERS_MAX; i++) {
        int code = 0;
        if (it->processes[i] == 0)
            (void)pthread_join(it->threads[i], NULL);
        else if (waitpid(it->processes[i], &code, 0) < 0 || code != 0)
            bench_die("a reading process failed");
    }
    (void)munmap(it->told, sizeof *it->told);
}

/* A trial of one crew. */
static void answer(crew *it, unsigned readers)
{
    for (unsigned i = 0; i < readers; i++)
        (void)sem_post(&it->told->begin[i]);
    for (unsigned i = 0; i < readers; i++)
        while (sem_wait(&it->told->done) != 0)
            ;
}

/* --- the writer --- */

static void put_talkers(bench *it)
{
    static const char *const ids[2] = {"bench-writer-1", "bench-writer-2"};
    wp_error err;
    wp_txn *txn = NULL;
    bench_check(wp_begin_write(it->network.db, &txn, &err), &err);
    for (int i = 0; i < 2; i++) {
        wp_identity identity = {WP_IDENTITY_ID, ids[i]};
        wp_person_facts facts = WP_PERSON_FACTS_INIT;
        facts.identities = &identity;
        facts.identity_count = 1;
        bench_check(wp_person_put(txn, &facts, &it->talkers[i], NULL, &err), &err);
    }
    bench_check(wp_commit(txn, &err), &err);
}

static void *write_on(void *context)
{
    bench *it = context;
    wp_participant to = {it->talkers[1], WP_ROLE_TO};
    double begin_us = bench_now_us();
    while (atomic_load(&it->is_writing)) {
        char source[32];
        wp_error err;
        wp_txn *txn = NULL;
        wp_interaction mail = WP_INTERACTION_INIT;
        snprintf(source, sizeof source, "bench-writer-%llu", (unsigned long long)it->commits++);
        mail.source = source;
        mail.time_s = (int64_t)it->network.day * 86400;
        mail.from = it->talkers[0];
        mail.to = &to;
        mail.to_count = 1;
        bench_check(wp_begin_write(it->network.db, &txn, &err), &err);
        bench_check(wp_interaction_put(txn, &mail, NULL, &err), &err);
        bench_check(wp_commit(txn, &err), &err);
    }
    it->wrote_us += bench_now_us() - begin_us;
    return NULL;
}

static void begin_writing(bench *it)
{
    it->wrote_us = 0;
    atomic_store(&it->is_writing, true);
    if (pthread_create(&it->writer, NULL, write_on, it) != 0)
        bench_die("no thread");
}

static void end_writing(bench *it)
{
    atomic_store(&it->is_writing, false);
    (void)pthread_join(it->writer, NULL);
}

/* --- contests --- */

static void draw(void *context, uint64_t trial)
{
    bench *it = context;
    wp_error err;
    wp_txn *txn = NULL;
    question *drawn = it->asked->told->questions;
    (void)trial;
    bench_check(wp_begin_read(it->network.db, &txn, &err), &err);
    for (size_t i = 0; i < QUESTIONS; i++) {
        question_people(txn, &it->network, &it->random, drawn[i].sources, SOURCES, NULL, 0);
        question_people(txn, &it->network, &it->random, drawn[i].targets, TARGETS, drawn[i].sources,
                        SOURCES);
    }
    wp_abort(txn);
    memcpy(it->twins.told->questions, drawn, sizeof it->twins.told->questions);
}

static void answer_by_library(void *context)
{
    bench *it = context;
    answer(it->asked, it->readers);
}

static void answer_by_twin(void *context)
{
    bench *it = context;
    answer(&it->twins, it->readers);
}

static bool agree(void *context, size_t contestant)
{
    const bench *it = context;
    bool is_same = true;
    for (unsigned i = 0; contestant > 0 && i < it->readers; i++)
        is_same = is_same && it->asked->told->sums[i] == it->twins.told->sums[i];
    return is_same;
}

static void compete(bench *it, crew *asked, const char *kind, unsigned readers, bool is_beside)
{
    char name[80];
    bench_contestant contestants[] = {{.run = answer_by_library},
                                      {.name = "csr", .run = answer_by_twin}};
    snprintf(name, sizeof name, "%u %s%s", readers, kind, is_beside ? " beside a writer" : "");
    it->asked = asked;
    it->readers = readers;
    it->answers = (double)readers * QUESTIONS;
    bench_contest contest = {.name = name,
                             .context = it,
                             .prepare = draw,
                             .verify = agree,
                             .contestants = contestants,
                             .count = 2,
                             .unit = "us",
                             .work = &it->answers};
    uint64_t before = it->commits;
    if (is_beside)
        begin_writing(it);
    bench_contest_run(it->options, &contest);
    if (!is_beside)
        return;
    end_writing(it);
    snprintf(name, sizeof name, "commits beside %u %s", readers, kind);
    bench_report_value(it->options, name, "1/s",
                       (double)(it->commits - before) * 1e6 / it->wrote_us);
}

/* The graph as a copy that may be written, with its readers. */
static void begin(bench *it, bench_options *options)
{
    wp_error err;
    graph cached;
    it->options = options;
    it->random.state = random_mix(options->seed);
    graph_open(options, &cached);
    it->network = cached;
    graph_close(&cached);
    graph_own_path(options, "-written", it->network.path, sizeof it->network.path);
    graph_remove(it->network.path);
    graph_copy(cached.path, it->network.path);
    begin_crew(&it->threads, it->network.path, it->network.day);
    begin_crew(&it->processes, it->network.path, it->network.day);
    begin_crew(&it->twins, it->network.path, it->network.day);
    begin_processes(&it->processes);
    bench_check(wp_open(it->network.path, NULL, &it->network.db, &err), &err);
    put_talkers(it);
    csr_load(&it->twin, it->network.db, it->network.people, it->network.day);
    it->threads.db = it->network.db;
    it->twins.twin = &it->twin;
    begin_threads(&it->threads);
    begin_threads(&it->twins);
}

static void end(bench *it)
{
    end_crew(&it->twins);
    end_crew(&it->threads);
    end_crew(&it->processes);
    csr_free(&it->twin);
    graph_close(&it->network);
    graph_remove(it->network.path);
}

int main(int argc, char **argv)
{
    static const bench_about about = {
        "concurrency",
        "How many questions are answered a second by several readers, and beside a writer?",
        "community-100k", 10};
    bench_options options;
    bench it = {.options = NULL};
    bench_begin(&options, &about, argc, argv);
    begin(&it, &options);
    for (int is_beside = 0; is_beside <= 1; is_beside++)
        for (unsigned readers = 1; readers <= READERS_MAX; readers *= 2) {
            compete(&it, &it.threads, readers == 1 ? "thread" : "threads", readers, is_beside == 1);
            compete(&it, &it.processes, readers == 1 ? "process" : "processes", readers,
                    is_beside == 1);
        }
    end(&it);
    return bench_end(&options);
}
