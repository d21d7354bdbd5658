/*
 * What programs are given whose tests have a small network each (net.h): the network of the test
 * that runs, in a database that all of them share (given.h).
 */
#ifndef WARMPATH_TESTS_SUPPORT_NET_TESTS_H
#define WARMPATH_TESTS_SUPPORT_NET_TESTS_H

#include "given.h"
#include "net.h"

extern net n;

/* Before all tests, after each, and after all. */
int net_tests_open(void **state);
int net_tests_end(void **state);
int net_tests_close(void **state);

/* A network of stated ties alone, ready to be asked. */
void net_given(const char *name, const char *ties);

#endif
