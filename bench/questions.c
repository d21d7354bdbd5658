/*
 * Questions: see questions.h. They are drawn through the public interface from the database itself,
 * so that they do not depend on how a graph came to be, only on its contents and the seed.
 */
#include "questions.h"

#include <stdlib.h>

static bool is_among(const uint32_t *people, size_t count, uint32_t person)
{
    for (size_t i = 0; i < count; i++)
        if (people[i] == person)
            return true;
    return false;
}

uint32_t question_person(wp_txn *txn, const graph *network, random_stream *random)
{
    for (;;) {
        wp_error err;
        size_t count;
        uint32_t person = 1 + random_below(random, network->people);
        bench_check(wp_neighbours(txn, person, network->day, false, WP_COST_NONE - 1, NULL, 0,
                                  &count, &err),
                    &err);
        if (count > 0)
            return person;
    }
}

static wp_number company_of(wp_txn *txn, uint32_t person, int32_t day)
{
    wp_error err;
    wp_person facts;
    bench_check(wp_person_get(txn, person, day, &facts, &err), &err);
    return facts.company;
}

void question_people(wp_txn *txn, const graph *network, random_stream *random, uint32_t *out,
                     size_t count, const uint32_t *others, size_t other_count)
{
    wp_error err;
    size_t used = 0;
    if (count + other_count > network->people / 2)
        bench_die("a graph of %u people is too small for the question", network->people);
    while (used < count) {
        wp_numbers colleagues = {NULL, 0};
        wp_number person = question_person(txn, network, random);
        wp_number company = company_of(txn, person, network->day);
        if (company != 0)
            bench_check(wp_company_people(txn, company, network->day, &colleagues, &err), &err);
        for (size_t i = 0; used < count && i < (company == 0 ? 1 : colleagues.count); i++) {
            uint32_t next = company == 0 ? person : colleagues.items[i];
            if (!is_among(out, used, next) && !is_among(others, other_count, next))
                out[used++] = next;
        }
        wp_numbers_free(&colleagues);
    }
}
