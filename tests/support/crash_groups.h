/*
 * Groups and what hangs on them, for tests in which something fails under every call: members,
 * a barrier, somebody who shares with a group, mutual sharing.
 *
 * Each function stops at the first call that fails and returns what that said. People up to 32 and
 * company 2 must be there, and none of this yet.
 */
#ifndef WARMPATH_TESTS_SUPPORT_CRASH_GROUPS_H
#define WARMPATH_TESTS_SUPPORT_CRASH_GROUPS_H

#include <stdio.h>

#include "warmpath.h"

/* State it all. */
wp_status crash_groups_put(wp_txn *txn, wp_error *err);

/* State it all, and take it back. */
wp_status crash_groups_put_and_take(wp_txn *txn, wp_error *err);

/* Print what is said of groups, then the ties of person 1 as somebody sees them who shares with a
 * group. Ends the process when outputs are not empty after a failure. Changes the viewer. */
wp_status crash_groups_read(wp_txn *txn, FILE *out, wp_error *err);

#endif
