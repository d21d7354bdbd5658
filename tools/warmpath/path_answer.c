/*
 * The answer to a path query: copying it out of the engine, and its JSON document.
 *
 * Everything is copied before the transaction ends, so that no snapshot is held while a terminal or
 * a pipe takes its time.
 */
#include "path_answer.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

static int read_item(app *self, const wp_path *path, path_item *item)
{
    *item = (path_item){.score = path->score,
                        .cost = path->cost,
                        .hops = path->hops,
                        .weakest = path->weakest,
                        .introducer = path->hops - 1,
                        .people = text_new((size_t)path->hops + 1, sizeof *item->people),
                        .ties = text_new(path->hops, sizeof *item->ties)};
    memcpy(item->ties, path->ties, path->hops * sizeof *item->ties);
    for (uint32_t i = 0; i <= path->hops; i++) {
        int code = person_read(self, path->people[i], &item->people[i]);
        if (code != CODE_DONE)
            return code;
    }
    item->reason = path_reason(item);
    return CODE_DONE;
}

int path_answer_read(app *self, const wp_paths *paths, path_answer *answer)
{
    size_t count = wp_paths_count(paths);

    answer->is_complete = wp_paths_is_complete(paths);
    answer->reach = wp_paths_reach(paths);
    answer->items = text_new(count, sizeof *answer->items);
    for (size_t i = 0; i < count; i++) {
        answer->count = i + 1; /* what was begun is freed as well */
        int code = read_item(self, wp_paths_at(paths, i), &answer->items[i]);
        if (code != CODE_DONE)
            return code;
    }
    return CODE_DONE;
}

void path_answer_free(path_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++) {
        path_item *item = &answer->items[i];
        for (uint32_t j = 0; j <= item->hops; j++)
            person_free(&item->people[j]);
        free(item->people);
        free(item->ties);
        free(item->reason);
    }
    free(answer->items);
    *answer = (path_answer){0};
}

void path_put_tie(json_t *object, const wp_tie *tie)
{
    doc_put(object, "strength", doc_number(tie->strength));
    doc_put(object, "tier", doc_text(wp_tier_name(tie->tier)));
    doc_put(object, "last_contact", doc_day_of_time(tie->last_contact_s));
    doc_put(object, "messages_out", json_integer((json_int_t)tie->messages_out));
    doc_put(object, "messages_in", json_integer((json_int_t)tie->messages_in));
}

static json_t *tie_json(const wp_tie *tie)
{
    json_t *object = doc_object();

    doc_put(object, "from", json_integer((json_int_t)tie->from));
    doc_put(object, "to", json_integer((json_int_t)tie->to));
    doc_put(object, "p", doc_number(tie->p));
    doc_put(object, "cost", doc_cost(tie->cost));
    path_put_tie(object, tie);
    return object;
}

static json_t *item_json(const path_item *item)
{
    json_t *object = doc_object(), *people = doc_array(), *ties = doc_array();

    for (uint32_t i = 0; i <= item->hops; i++)
        doc_add(people, person_json(&item->people[i]));
    for (uint32_t i = 0; i < item->hops; i++)
        doc_add(ties, tie_json(&item->ties[i]));
    doc_put(object, "score", doc_number(item->score));
    doc_put(object, "cost", json_integer((json_int_t)item->cost));
    doc_put(object, "hops", json_integer((json_int_t)item->hops));
    doc_put(object, "introducer", person_json(&item->people[item->introducer]));
    doc_put(object, "people", people);
    doc_put(object, "ties", ties);
    doc_put(object, "reason", doc_text(item->reason));
    return object;
}

static json_t *withheld_json(const wp_withheld *of)
{
    json_t *object = doc_object();

    doc_put(object, "shown", json_integer(of->shown));
    doc_put(object, "do_not_contact", json_integer(of->by_contact));
    doc_put(object, "opted_out", json_integer(of->by_opt_out));
    doc_put(object, "private", json_integer(of->by_private));
    doc_put(object, "barrier", json_integer(of->by_barrier));
    doc_put(object, "sharing", json_integer(of->by_sharing));
    return object;
}

void path_print_json(const path_answer *answer)
{
    json_t *document = doc_object(), *paths = doc_array();

    for (size_t i = 0; i < answer->count; i++)
        doc_add(paths, item_json(&answer->items[i]));
    doc_put(document, "day", doc_day(answer->day));
    doc_put(document, "from", doc_text(answer->from));
    doc_put(document, "to", doc_text(answer->to));
    doc_put(document, "hops_max", doc_hops(answer->hops_max));
    doc_put(document, "complete", json_boolean(answer->is_complete));
    doc_put(document, "reach", doc_number(answer->reach));
    doc_put(document, "paths", paths);
    if (answer->has_withheld)
        doc_put(document, "withheld", withheld_json(&answer->withheld));
    doc_print(document);
}
