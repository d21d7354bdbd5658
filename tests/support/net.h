/*
 * Small networks written by hand: people are letters, ties and answers are short text.
 *
 *     net_ties(&net, "sa=.9 at-.5 sb=200000");     s -> a at p .9, a <-> t at p .5, s -> b by cost
 *     assert_string_equal(net_ask(&net, "s", "t"), "sat 798508");
 *
 * Each test has its own people in a database that the tests of a program share: external ids begin
 * with the name of the net. Events happen on NET_DAY at midnight, which is also the day asked
 * about, so that their age is zero and figures are round, unless said otherwise.
 *
 * Calls that fail unexpectedly fail the test (cmocka). Must not know the engine, nor the oracle's
 * model.
 */
#ifndef WARMPATH_TESTS_SUPPORT_NET_H
#define WARMPATH_TESTS_SUPPORT_NET_H

#include "warmpath.h"

#define NET_DAY 19783 /* 2024-03-01 */
#define NET_LETTERS 26
#define NET_ENDS_MAX 16

/* A network and the transaction in which it is written, later read. */
typedef struct net {
    wp_db *db; /* Borrowed. */
    wp_txn *txn;
    char name[32];
    wp_number people[NET_LETTERS]; /* 0: not met yet. */
    unsigned events;               /* Number stored. */
    wp_number sources[NET_ENDS_MAX];
    wp_number targets[NET_ENDS_MAX];
    wp_number avoid[NET_ENDS_MAX];
    char answer[2048];
} net;

/* Begin a net with a write transaction. */
void net_begin(net *n, wp_db *db, const char *name);

/* Commit, and begin to read. */
void net_read(net *n);

/* End reading, and begin to write again. */
void net_write(net *n);

/* End the transaction: nothing is left to be freed. */
void net_end(net *n);

/* The number of a person, who is created when new. */
wp_number net_person(net *n, char letter);

/* State ties: pairs, '=' for one way or '-' for both, a p up to 1 or a cost above. */
void net_ties(net *n, const char *text);

/* These people belong to our own organisation. */
void net_us(net *n, const char *letters);

/* What a person decided. */
void net_consent(net *n, char letter, wp_choice introductions, wp_choice contact);

/* An interaction from one person to others, in the role "to". */
void net_event(net *n, wp_kind kind, char from, const char *to, int64_t time_s, double valence);

/* Midnight at the beginning of a day `days` after NET_DAY. */
int64_t net_time(int32_t days);

/* A query with the usual options; its lists live in the net. */
wp_path_query net_query(net *n, const char *sources, const char *targets);

/* Make these people avoided. */
void net_avoid(net *n, wp_path_query *query, const char *letters);

/* The answer to a query, "sat 798508, sbt 1386294"; "" when there is no path. Lives in the net. */
const char *net_find(net *n, const wp_path_query *query);

/* The answer to the usual query, and to the plain one. */
const char *net_ask(net *n, const char *sources, const char *targets);
const char *net_ask_plain(net *n, const char *sources, const char *targets);

/* Put paths into text, as net_find() does. */
const char *net_text(net *n, const wp_paths *paths);

#endif
