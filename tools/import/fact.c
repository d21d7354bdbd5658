/*
 * Facts as plain data: begun, filled with recipients, freed. What storing them means is in
 * fact_store.c.
 */
#include "import/fact.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void fact_begin(fact *row, fact_type type)
{
    fact_recipient *to = row->to;
    size_t to_capacity = row->to_capacity;
    memset(row, 0, offsetof(fact, identities) + 2 * sizeof row->identities[0]);
    row->type = type;
    row->from_day = row->to_day = WP_DAY_NONE;
    row->amount = NAN;
    row->to = to;
    row->to_capacity = to_capacity;
}

bool fact_set_days(fact *row, int32_t from_day, int32_t to_day)
{
    bool is_good = to_day == WP_DAY_NONE || to_day >= from_day;
    row->from_day = is_good ? from_day : WP_DAY_NONE;
    row->to_day = is_good ? to_day : WP_DAY_NONE;
    return is_good;
}

void fact_free(fact *row)
{
    free(row->to);
    row->to = NULL;
    row->to_count = row->to_capacity = 0;
}

bool fact_add_recipient(fact *row, wp_identity who, wp_role role, verdict *what)
{
    if (row->to_count == FACT_RECIPIENTS_MAX)
        return verdict_skip(what, REASON_MANY_RECIPIENTS, "expected at most %d recipients",
                            FACT_RECIPIENTS_MAX);
    if (row->to_count == row->to_capacity) {
        size_t capacity = row->to_capacity == 0 ? 16 : 2 * row->to_capacity;
        fact_recipient *wider = realloc(row->to, capacity * sizeof *wider);
        if (wider == NULL)
            return verdict_skip(what, REASON_NONE, "memory is exhausted");
        row->to = wider;
        row->to_capacity = capacity;
    }
    row->to[row->to_count++] = (fact_recipient){who, role};
    return true;
}
