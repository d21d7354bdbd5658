/*
 * The handles behind the public API: databases and transactions, their lifetimes and guards.
 *
 * A wp_db shares the store's environment with other handles of the same file and keeps the policy
 * sets of the last snapshot and day asked about. A wp_txn is a graph over a store transaction.
 */
#ifndef WPI_API_HANDLES_H
#define WPI_API_HANDLES_H

#include <pthread.h>

#include "graph/carried.h"
#include "graph/lists.h"
#include "path/neighbours.h"
#include "path/scratch.h"

/* Policy sets shared by queries; freed with the last one. */
typedef struct wpi_shared_policy {
    wpi_policy policy;
    unsigned holders;
} wpi_shared_policy;

struct wp_db {
    wpi_store *store;
    size_t changed_bytes_max; /* 0: the default */
    wp_sha256_fn *sha256;     /* for the audit log; NULL: none */
    uint32_t user;            /* who runs the program, for the audit log */
    pthread_mutex_t mutex;    /* guards what follows */
    wpi_carried carried;
    wpi_shared_policy *policy;
    wpi_lists_cache lists;
    wpi_scratch *scratches; /* of searches, at rest */
    wp_txn *transactions;   /* list of those alive */
};

struct wp_txn {
    wp_db *db;
    wp_txn *next;
    wp_txn *previous;
    pthread_t owner;
    unsigned calls; /* that read, running one inside the other; at 0 the transaction rests */
    wpi_shared_policy *policy; /* of the last day asked about; NULL: none */
    uint32_t viewer;           /* WP_VIEW_SHARED, WP_VIEW_ALL or a canonical number */
    bool has_viewer;           /* it was said */
    wpi_expansion expansion;   /* with `policy`, of the last neighbours asked for */
    wpi_graph graph;
};

/*
 * Guards at the head of public calls: handle given, same process, same thread; they forget what
 * earlier calls lent. Between the calls a read transaction rests, and one that is too old may be
 * ended then; so every function that reads says WPI_READ first, which holds until it returns.
 */
#define WPI_READ(txn, err)                                                                         \
    __attribute__((cleanup(wpi_handles_leave_read))) wp_txn *reading_ = NULL;                      \
    WPI_TRY(wpi_handles_enter_read(txn, &reading_, err))
wp_status wpi_handles_enter_read(wp_txn *txn, wp_txn **reading, wp_error *err);
void wpi_handles_leave_read(wp_txn **reading);
wp_status wpi_handles_enter_write(wp_txn *txn, wp_error *err);

/* As WPI_READ, for what is stated and for what the file is: whoever holds the file may read it, and
 * nobody for whom somebody else asks. */
#define WPI_READ_RECORDS(txn, err)                                                                 \
    WPI_READ(txn, err);                                                                            \
    WPI_TRY(wpi_handles_check_viewer(txn, err))
/* Whether the viewer is a person; and WP_EACCESS when it is. */
bool wpi_handles_is_personal(const wp_txn *txn);
wp_status wpi_handles_check_viewer(const wp_txn *txn, wp_error *err);

/* At the end of a write: a failure other than a refusal spoils the transaction. */
wp_status wpi_handles_leave_write(wp_txn *txn, wp_status status);

/* What the viewer of a transaction sees on a day; good until it asks about another day. The second
 * for finding and reading people: all of them in a write transaction without a viewer. */
wp_status wpi_handles_get_sight(wp_txn *txn, int32_t day, const wpi_sight **out, wp_error *err);
wp_status wpi_handles_get_finding_sight(wp_txn *txn, int32_t day, const wpi_sight **out,
                                        wp_error *err);

/* The canonical number of somebody or a company that exists for the viewer; WP_ENOTFOUND. */
wp_status wpi_handles_resolve(wp_txn *txn, wpi_party party, wp_number number, uint32_t *canonical,
                              wp_error *err);
/* Take whoever is hidden from the viewer out of a list of numbers. */
wp_status wpi_handles_filter(wp_txn *txn, wpi_party party, wpi_array *numbers, wp_error *err);

/* The policy sets of a transaction and day, kept until it asks about another day or ends. */
wp_status wpi_handles_get_policy(wp_txn *txn, int32_t day, const wpi_policy **out, wp_error *err);

/* Memory for a search, of an earlier one when there is any; to be given back. */
wp_status wpi_handles_acquire_scratch(wp_txn *txn, wpi_scratch **out, wp_error *err);
void wpi_handles_release_scratch(wp_txn *txn, wpi_scratch *scratch);

/* Let the searches of a transaction find neighbour lists fast. */
wp_status wpi_handles_acquire_lists(wp_txn *txn, wp_error *err);

/* WP_EINVAL unless the day is in range. */
wp_status wpi_handles_check_day(int32_t day, wp_error *err);
/* WP_EINVAL when an argument that must be given is NULL. */
wp_status wpi_handles_not_given(const char *what, wp_error *err);
static inline wp_status wpi_handles_check_given(const void *argument, const char *what,
                                                wp_error *err)
{
    return argument != NULL ? WP_OK : wpi_handles_not_given(what, err);
}

#endif
