/*
 * What programs are given whose tests have a small history each (oracle_case.h): the case of the
 * test that runs, in a database that all of them share.
 */
#ifndef WARMPATH_TESTS_SUPPORT_CASE_TESTS_H
#define WARMPATH_TESTS_SUPPORT_CASE_TESTS_H

#include "oracle_case.h"

extern oracle_case c;

/* Before all tests, after each, and after all. */
int case_tests_open(void **state);
int case_tests_end(void **state);
int case_tests_close(void **state);

#endif
