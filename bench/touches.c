/*
 * Drawing and storing new interactions: see touches.h. The sources of these interactions begin with
 * a letter that generated ones do not use, so that both can be in one database.
 */
#include "touches.h"

#include <stdio.h>
#include <stdlib.h>

#include "questions.h"

static wp_neighbour *neighbours_of(wp_txn *txn, const graph *network, uint32_t person,
                                   wp_neighbour *buffer, size_t *capacity, size_t *count)
{
    wp_error err;
    for (;;) {
        bench_check(wp_neighbours(txn, person, network->day, false, WP_COST_NONE - 1, buffer,
                                  *capacity, count, &err),
                    &err);
        if (*count <= *capacity)
            return buffer;
        free(buffer);
        *capacity = 2 * *count;
        buffer = bench_new(*capacity, sizeof *buffer);
    }
}

void touches_draw(const graph *network, random_stream *random, touch *out, size_t count)
{
    wp_error err;
    wp_txn *txn = NULL;
    size_t capacity = 1024, neighbours;
    wp_neighbour *buffer = bench_new(capacity, sizeof *buffer);
    bench_check(wp_begin_read(network->db, &txn, &err), &err);
    for (size_t i = 0; i < count; i++) {
        uint32_t person = question_person(txn, network, random);
        buffer = neighbours_of(txn, network, person, buffer, &capacity, &neighbours);
        out[i] = (touch){person, buffer[random_below(random, neighbours)].person};
    }
    wp_abort(txn);
    free(buffer);
}

touch *touches_draw_until(const graph *network, random_stream *random, uint32_t people,
                          size_t *count)
{
    size_t step = people / 8 + 1, capacity = 0;
    uint64_t *is_touched = bench_new(network->people / 64 + 1, sizeof *is_touched);
    touch *items = NULL;
    *count = 0;
    for (uint32_t touched = 0; touched < people;) {
        if (*count == capacity) {
            capacity += step;
            items = realloc(items, capacity * sizeof *items);
            if (items == NULL)
                bench_die("no memory for %zu interactions", capacity);
            touches_draw(network, random, items + *count, step);
        }
        uint32_t ends[2] = {items[*count].from, items[*count].to};
        for (int i = 0; i < 2; i++) {
            uint64_t bit = UINT64_C(1) << ends[i] % 64;
            touched += (is_touched[ends[i] / 64] & bit) == 0;
            is_touched[ends[i] / 64] |= bit;
        }
        ++*count;
    }
    free(is_touched);
    return items;
}

void touch_put(wp_txn *txn, const touch *it, uint64_t serial, int32_t day)
{
    char source[32];
    wp_error err;
    wp_participant to = {it->to, WP_ROLE_TO};
    wp_interaction interaction = WP_INTERACTION_INIT;
    snprintf(source, sizeof source, "touch%llu", (unsigned long long)serial);
    interaction.source = source;
    interaction.kind = WP_KIND_MAIL;
    interaction.time_s = (int64_t)day * 86400 + 43200;
    interaction.from = it->from;
    interaction.to = &to;
    interaction.to_count = 1;
    bench_check(wp_interaction_put(txn, &interaction, NULL, &err), &err);
}

void touches_put(wp_db *db, const touch *items, size_t count, uint64_t serial, int32_t day,
                 size_t batch)
{
    graph_writer writer;
    graph_write_begin(&writer, db, batch);
    for (size_t i = 0; i < count; i++) {
        touch_put(writer.txn, &items[i], serial + i, day);
        graph_write_counted(&writer);
    }
    graph_write_end(&writer);
}
