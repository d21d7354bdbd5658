/*
 * Steps of a writer; see crash_steps.h. Each step draws from a random stream of its own.
 */
#include "crash_steps.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"
#include "random.h"
#include "rows.h"

#define ROWS_A_STEP 5
#define PERIOD 6
#define REMOVES_AT 3
#define COMPACTS_AT 5
#define MAINTENANCE_STREAM (UINT64_C(1) << 40)

bool crash_step_has_maintenance(uint64_t step)
{
    return step % PERIOD == REMOVES_AT || step % PERIOD == COMPACTS_AT;
}

static void remove_source(wp_db *db, size_t source)
{
    uint32_t number = 0;
    wp_error err;
    wp_txn *txn = NULL;
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    wp_status status = wp_source_find(txn, rows_source_name(source), &number, &err);
    wp_abort(txn);
    if (status == WP_ENOTFOUND)
        return;
    crash_must(status, &err, "wp_source_find");
    crash_must(wp_source_remove(db, number, NULL, NULL, NULL, &err), &err, "wp_source_remove");
}

void crash_step_maintain(wp_db *db, uint64_t seed, uint64_t step)
{
    random_source random = random_start(seed, MAINTENANCE_STREAM + step);
    wp_error err;
    if (step % PERIOD == REMOVES_AT)
        remove_source(db, random_below(&random, ROWS_SOURCES));
    if (step % PERIOD == COMPACTS_AT)
        crash_must(wp_compact(db, NULL, NULL, &err), &err, "wp_compact");
}

/* Merge two identities, or take back what merges one of them. */
static void merge_or_part(wp_txn *txn, random_source *random)
{
    wp_error err;
    size_t index = random_below(random, ROWS_IDENTITIES);
    size_t other = (index + 1 + random_below(random, ROWS_IDENTITIES - 1)) % ROWS_IDENTITIES;
    wp_number a = rows_put_identity(txn, index), b = rows_put_identity(txn, other);
    if (random_chance(random, .6)) {
        crash_must(wp_person_merge(txn, a, b, &err), &err, "wp_person_merge");
        return;
    }
    wp_status status = wp_person_unmerge(txn, a, 0, &err);
    if (status != WP_ENOTFOUND) /* nothing to take back */
        crash_must(status, &err, "wp_person_unmerge");
}

void crash_step_store(wp_db *db, uint64_t seed, uint64_t step)
{
    random_source random = random_start(seed, step);
    size_t source = random_below(&random, ROWS_SOURCES);
    size_t count = 1 + random_below(&random, ROWS_A_STEP);
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    if (random_chance(&random, .15))
        merge_or_part(txn, &random);
    rows_use_source(txn, source);
    for (size_t i = 0; i < count; i++) {
        row one = rows_random(&random, source, true);
        rows_store(txn, &one, NULL);
    }
    crash_must(wp_mark_put(txn, CRASH_MARK, step + 1, &err), &err, "wp_mark_put");
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
}

static void describe_ties(wp_txn *txn, FILE *out)
{
    for (size_t from = 0; from < ROWS_IDENTITIES; from++)
        for (size_t to = 0; to < ROWS_IDENTITIES; to++) {
            wp_tie tie;
            if (from != to && rows_tie(txn, from, to, CRASH_DAY, &tie))
                fprintf(out, "tie %zu %zu %.17g %.17g %.17g %.17g %.17g %u %" PRId64 " %u %u\n",
                        from, to, tie.inbound, tie.outbound, tie.trust, tie.stated, tie.p, tie.cost,
                        tie.last_contact_s, tie.messages_out, tie.messages_in);
        }
}

static void describe_counts(wp_txn *txn, FILE *out)
{
    wp_stats stats;
    wp_error err;
    crash_must(wp_stats_get(txn, &stats, &err), &err, "wp_stats_get");
    fprintf(out,
            "people %" PRIu64 " companies %" PRIu64 " interactions %" PRIu64 " ties %" PRIu64
            " identities %" PRIu64 " sources %" PRIu64 " opportunities %" PRIu64 "\n",
            stats.people, stats.companies, stats.interactions, stats.ties, stats.identities,
            stats.sources, stats.opportunities);
}

char *crash_steps_describe(wp_txn *txn)
{
    char *text = NULL;
    size_t bytes = 0;
    char *statements = rows_describe(txn);
    FILE *out = open_memstream(&text, &bytes);
    crash_require(out != NULL, "open_memstream");
    fputs(statements, out);
    describe_ties(txn, out);
    describe_counts(txn, out);
    crash_require(fclose(out) == 0, "memory for a description");
    free(statements);
    return text;
}

char *crash_steps_describe_db(wp_db *db)
{
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    char *text = crash_steps_describe(txn);
    wp_abort(txn);
    return text;
}
