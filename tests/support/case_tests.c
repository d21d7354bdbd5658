/*
 * What programs with small histories are given: see case_tests.h.
 */
#include "case_tests.h"

#include "oracle_db.h"

oracle_case c;

int case_tests_open(void **state)
{
    (void)state;
    c.db = oracle_open_fresh("cases");
    return 0;
}

int case_tests_end(void **state)
{
    (void)state;
    case_end(&c);
    return 0;
}

int case_tests_close(void **state)
{
    (void)state;
    wp_close(c.db);
    return 0;
}
