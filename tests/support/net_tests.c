/*
 * What programs with small networks are given: see net_tests.h.
 */
#include "net_tests.h"

net n;

int net_tests_open(void **state)
{
    (void)state;
    db = oracle_open_fresh("networks");
    return 0;
}

int net_tests_end(void **state)
{
    (void)state;
    net_end(&n);
    return 0;
}

int net_tests_close(void **state)
{
    (void)state;
    wp_close(db);
    return 0;
}

void net_given(const char *name, const char *ties)
{
    net_begin(&n, db, name);
    net_ties(&n, ties);
    net_read(&n);
}
