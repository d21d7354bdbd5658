/*
 * Answers as text: see answers.h. The text has a fixed room, which no test fills.
 */
#include "answers.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "oracle.h"

#define TEXT_BYTES_MAX ((size_t)1 << 20)

void answers_begin(answers *out)
{
    *out = (answers){oracle_alloc(TEXT_BYTES_MAX, 1), 0};
}

void answers_free(answers *out)
{
    free(out->text);
}

void answers_say(answers *out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int count = vsnprintf(out->text + out->used, TEXT_BYTES_MAX - out->used, format, list);
    va_end(list);
    assert_true(count >= 0 && (size_t)count < TEXT_BYTES_MAX - out->used);
    out->used += (size_t)count;
}

void answers_say_tie(answers *out, const wp_tie *tie)
{
    answers_say(out, " %u>%u i%.17g o%.17g g%.17g st%.17g p%.17g c%u t%d l%" PRId64 " m%u,%u\n",
                tie->from, tie->to, tie->inbound, tie->outbound, tie->trust, tie->stated, tie->p,
                tie->cost, (int)tie->tier, tie->last_contact_s, tie->messages_out,
                tie->messages_in);
}

void answers_say_paths(answers *out, const wp_paths *paths)
{
    answers_say(out, "paths %zu reach %.17g\n", wp_paths_count(paths), wp_paths_reach(paths));
    for (size_t i = 0; i < wp_paths_count(paths); i++) {
        const wp_path *path = wp_paths_at(paths, i);
        answers_say(out, "path %" PRIu64 " %u %u\n", path->cost, path->introducer, path->weakest);
        for (uint32_t j = 0; j < path->hops; j++)
            answers_say_tie(out, &path->ties[j]);
    }
}

void answers_say_reached(answers *out, const wp_reach *reach)
{
    for (size_t i = 0; i < wp_reach_count(reach); i++) {
        const wp_reached *at = &wp_reach_items(reach)[i];
        answers_say(out, "reached %u %u %" PRIu64 "\n", at->person, at->hops, at->cost);
    }
}

wp_reach_query answers_reach_query(const wp_path_query *like, bool is_by_hops)
{
    wp_reach_query query = WP_REACH_QUERY_INIT;
    query.sources = like->sources;
    query.source_count = like->source_count;
    query.day = like->day;
    query.hops_max = like->hops_max;
    query.p_min = like->p_min;
    query.is_plain = like->is_plain;
    query.is_by_hops = is_by_hops;
    return query;
}

bool answers_agree(const answers *seen, const answers *expected)
{
    const char *a = seen->text, *b = expected->text;
    size_t line = 0;
    for (size_t i = 0; a[i] != '\0' || b[i] != '\0'; i++) {
        if (a[i] != b[i]) {
            print_error("%.*s\ninstead of\n%.*s\n", (int)strcspn(a + line, "\n"), a + line,
                        (int)strcspn(b + line, "\n"), b + line);
            return false;
        }
        line = a[i] == '\n' ? i + 1 : line;
    }
    return true;
}
