/**
 * @file warmpath.h
 * warmpath: an embedded database for professional relationships.
 *
 * One file holds people, companies, employment, interactions and consent. Interactions become
 * directed relationship strength that fades by itself; queries find the warmest introduction paths
 * from a set of people to another. This header is the manual and reads from top to bottom:
 *
 *   1. caveats   2. status and errors   3. databases   4. transactions and sources
 *   5. people and companies   6. interactions, stated ties, consent, groups, opportunities
 *   7. reading ties   8. paths   9. reach   10. names   11. cursors and statements
 *   12. maintenance   13. erasure   14. audit log   15. initialisers
 *
 * Conventions
 *   - Every function that can fail returns a wp_status and takes a `wp_error *err` last, which may
 *     be NULL. On failure outputs are NULL or zero and the database is as it was before the call,
 *     unless the function says otherwise.
 *   - Pointers are one of three. *Copied*: read during the call, not kept. *Borrowed*: valid until
 *     the next call on the same transaction. *Yours*: free it with the function named.
 *   - Option structs begin with `size` and are set by their initialiser macro, so that fields can
 *     be added without breaking programs compiled earlier.
 *   - Times are seconds since 1970-01-01T00:00:00Z, days are whole UTC days since 1970-01-01.
 *   - Text is UTF-8. Text that is not, or that contains a NUL or control character, is WP_EINVAL.
 *   - Every function may return WP_ENOMEM, WP_EIO, WP_ECORRUPT and, in a process forked after the
 *     database was opened, WP_EFORK; every one that reads in a read transaction also WP_ESTALE.
 *     These five are not repeated below.
 */
#ifndef WARMPATH_H
#define WARMPATH_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define WP_API __attribute__((visibility("default")))
#define WP_MUST_CHECK __attribute__((warn_unused_result))
#else
#define WP_API
#define WP_MUST_CHECK
#endif

/** Every call that can fail returns a status that must be looked at. */
#define WP_API_STATUS WP_API WP_MUST_CHECK wp_status

#define WP_VERSION_NUMBER 100 /* 10000 major + 100 minor + patch */
#define WP_VERSION_TEXT "0.1.0"

/* ---- 1. Caveats, before features --------------------------------------------------------------
 *
 *   - Many processes and threads may read while one writes. A second writer waits for the first,
 *     except that a thread which begins a write transaction while it already has one gets WP_EBUSY.
 *   - A wp_db may be used from any thread; a wp_txn only from the thread that began it.
 *   - After fork() the child must not use a wp_db of its parent: every call returns WP_EFORK.
 *   - A read transaction sees one snapshot and pins the pages of that snapshot: while it lives, the
 *     file cannot reuse the space that writers free. Keep read transactions short.
 *   - A read transaction that is older than `reader_age_max_ms` is ended when somebody has
 *     committed since, between two calls: the next call returns WP_ESTALE, and contents borrowed
 *     from it are no longer valid.
 *   - One file is opened once a process; a second wp_open() of it shares the first, with a count.
 *   - Do not copy a live file with `cp`; use wp_backup(). Do not put it on a network file system.
 *   - A write transaction that touches very many records keeps them in memory until it commits.
 *     Commit every ten thousand interactions or so.
 * ---------------------------------------------------------------------------------------------- */

/* ---- 2. Status and errors -------------------------------------------------------------------- */
/** The result of a call. Values do not change between releases. */
typedef enum wp_status {
    WP_OK = 0,
    WP_ENOTFOUND = 1,   /**< No such person, company, tie or record. */
    WP_EINVAL = 2,      /**< An argument is outside its documented range. */
    WP_ENOMEM = 3,      /**< Memory could not be allocated. */
    WP_EIO = 4,         /**< The operating system refused a read or write. */
    WP_EFULL = 5,       /**< The disk or the map is full; nothing was written. */
    WP_ECORRUPT = 6,    /**< The file is damaged where it was read. */
    WP_EFORMAT = 7,     /**< The file is not a warmpath database, or of a newer format. */
    WP_EEXIST = 8,      /**< The file exists already. */
    WP_EBUSY = 9,       /**< This thread has a write transaction open, or readers are exhausted. */
    WP_EFORK = 10,      /**< The handle was inherited through fork(). */
    WP_EREADONLY = 11,  /**< A write was asked of a read transaction or a read-only database. */
    WP_EACCESS = 12,    /**< The system denies access to the file, or the viewer may not ask. */
    WP_ECONFLICT = 13,  /**< The facts given contradict what is stored. */
    WP_EDEADLINE = 14,  /**< Stopped at the deadline; the result is partial. */
    WP_EBUDGET = 15,    /**< Stopped at the step or memory budget; the result is partial. */
    WP_ECANCELLED = 16, /**< Stopped because the cancel flag was set; the result is partial. */
    WP_EUNKNOWN = 17,   /**< A commit failed and its outcome could not be determined. */
    WP_ESTALE = 18,     /**< The read transaction was too old and has been ended; begin another. */
    WP_EERASED = 19     /**< The person was erased and is not to be stored again. */
} wp_status;

/** Why a call failed. Owned by the caller; written only on failure. */
typedef struct wp_error {
    wp_status status;  /**< The same value that the call returned. */
    char message[240]; /**< One line, no period, never personal data: "k is 0, expected 1..1000". */
} wp_error;

/** The name of a status, "WP_ENOTFOUND"; "WP_?" for a value that is none. Never NULL. */
WP_API const char *wp_status_name(wp_status status);

/** The version of the library that runs, "0.1.0". Never NULL. */
WP_API const char *wp_version(void);

/* ---- 3. Databases ---------------------------------------------------------------------------- */
/** An open database file. */
typedef struct wp_db wp_db;

/** A SHA-256 function: the digest of some bytes. */
typedef void wp_sha256_fn(const void *data, size_t bytes, unsigned char digest[32]);

#define WP_USER_NONE UINT32_MAX /**< Nobody said who runs the program. */

/** How to open a database. */
typedef struct wp_open_options {
    size_t size;           /**< sizeof(wp_open_options), set by the initialiser. */
    bool is_read_only;     /**< Open without the right to write. */
    uint64_t map_bytes;    /**< Address space to reserve; 0: 64 GiB, halved while refused. */
    bool allow_network_fs; /**< Open also on NFS, CIFS and the like, where locking may fail. */
    bool is_unsynced;      /**< Commits do not wait for the disk: after a power cut the file may be
                                lost whole. For building a file that wp_create() has just made and
                                nobody else uses; WP_EINVAL when it holds data. See wp_sync(). */
    size_t changed_bytes_max; /**< Memory a write transaction may hold for changed ties before it
                                   writes them; 0: 64 MiB. More makes bulk loads faster. */
    wp_sha256_fn *sha256; /**< Of a library of yours, for the audit log, which cannot be written or
                               verified without; NULL: none. See section 14. */
    uint32_t user;        /**< Who runs the program, as a number of yours (of the system's user,
                               say), for the audit log. */
    uint32_t reader_age_max_ms; /**< Age from which a read transaction that holds on to an old
                                     snapshot is ended; 0: 60 000; WP_AGE_ANY: never. A thread of
                                     the library sees to it within a quarter more. It does not end
                                     a call that is running, which has limits of its own, and can
                                     do nothing in a process that is stopped. */
} wp_open_options;

#define WP_AGE_ANY UINT32_MAX /**< For reader_age_max_ms: however old. */

/**
 * Create a database.
 *
 * The file appears complete or not at all: it is built under a temporary name beside `path`, synced
 * and then renamed into place. Its mode is 0600.
 * @param path        Where to create it. Copied. An existing file is left untouched (WP_EEXIST).
 * @param us_domains  Mail domains of our own organisation, `us_count` of them. Copied. May be NULL
 *                    when us_count is 0.
 * @return WP_OK, WP_EINVAL, WP_EEXIST, WP_EACCESS, WP_EFULL
 */
WP_API_STATUS wp_create(const char *path, const char *const *us_domains, size_t us_count,
                        wp_error *err);

/**
 * Whether a mail domain belongs to a provider of free mail or disposable addresses, so that it is
 * no company's: nobody is employed there, it cannot be ours, and importers leave it out of columns
 * of company domains.
 * @param domain  In any case, with a final dot or without. NULL and what is no domain: false.
 * Cost: a binary search among a few hundred names.
 */
WP_API bool wp_domain_is_free(const char *domain);

/**
 * Open a database. The structure of the file is validated before anything in it is used.
 * @param path     Copied. Symbolic links are refused.
 * @param options  Copied. NULL: the defaults.
 * @param[out] db  Yours: wp_close(). NULL unless WP_OK.
 * @return WP_OK, WP_EINVAL (also: is_unsynced for a file with data), WP_ENOTFOUND (no such file),
 *         WP_EFORMAT, WP_EACCESS, WP_EBUSY
 * Cost: the metadata alone when the file is as the last clean close left it; otherwise all its
 * B-tree pages are read once, about a second for two gigabytes in the page cache.
 */
WP_API_STATUS wp_open(const char *path, const wp_open_options *options, wp_db **db, wp_error *err);

/** Close a database. NULL is allowed. Transactions must have ended; those left are aborted. */
WP_API void wp_close(wp_db *db);

/* ---- 4. Transactions and sources -------------------------------------------------------------
 *
 * Every fact is stated by a source: an import, or somebody's hand (WP_SOURCE_HAND). What several
 * sources state is kept several times, and what is read follows from all of it by rules that do
 * not depend on the order in which it came. So a source can be taken back as if it had never been
 * imported. Within one source, stating the same again changes nothing; where it says two things of
 * one matter, the rule of the matter decides. What a hand states replaces what it stated before.
 * ---------------------------------------------------------------------------------------------- */
/** A transaction; belongs to the thread that began it. */
typedef struct wp_txn wp_txn;

/**
 * Begin a read transaction: one consistent snapshot until wp_abort().
 * @param[out] txn  Yours: wp_abort(). NULL unless WP_OK.
 * @return WP_OK, WP_EINVAL, WP_EBUSY (more than 1 024 readers)
 */
WP_API_STATUS wp_begin_read(wp_db *db, wp_txn **txn, wp_error *err);

/**
 * Begin a write transaction. Waits while another thread or process writes.
 * @param[out] txn  Yours: wp_commit() or wp_abort(). NULL unless WP_OK.
 * @return WP_OK, WP_EINVAL, WP_EREADONLY, WP_EBUSY (this thread already writes)
 */
WP_API_STATUS wp_begin_write(wp_db *db, wp_txn **txn, wp_error *err);

/**
 * Commit. The transaction has ended whatever is returned, unless another thread than its own calls
 * (WP_EINVAL). After WP_OK the changes survive a crash. When the disk fails at the end of it, those
 * that are open in this process read on, but no other begins before they have ended (WP_EIO).
 * @return WP_OK, WP_EINVAL, WP_EREADONLY, WP_EFULL (nothing was written), WP_EUNKNOWN
 */
WP_API_STATUS wp_commit(wp_txn *txn, wp_error *err);

/**
 * End a transaction without its changes. NULL is allowed. The thread that began to write must end
 * it: no other can give back the right to write.
 */
WP_API void wp_abort(wp_txn *txn);

/**
 * Wait until all that was committed, unsynced or not, is on the disk. Where commits are unsynced, a
 * failure is final, because systems forget what they could not write: build the file anew.
 * @return WP_OK, WP_EINVAL, WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_sync(wp_db *db, wp_error *err);

#define WP_SOURCE_HAND 0u         /**< Stated by hand. */
#define WP_SOURCE_NONE UINT32_MAX /**< No source: what follows from other facts. */

/** Where facts come from. */
typedef struct wp_source {
    uint32_t number;    /**< 1 upwards. */
    const char *name;   /**< Unique, 1..1000 bytes; say where it was read from. */
    const char *format; /**< NULL: unsaid. */
    int64_t time_s;     /**< When it was first read; WP_TIME_NONE: unsaid. */
    bool is_leaving;    /**< Its removal began and has not ended: see wp_source_remove(). */
} wp_source;

/**
 * Find a source by its name, or create it.
 * @param name        Copied.
 * @param format      Copied; NULL: unsaid. Kept when the source is new.
 * @param time_s      Kept when the source is new.
 * @param[out] number Its number.
 * @return WP_OK, WP_EINVAL, WP_EREADONLY, WP_EFULL, WP_ECONFLICT (it is being removed)
 */
WP_API_STATUS wp_source_put(wp_txn *txn, const char *name, const char *format, int64_t time_s,
                            uint32_t *number, wp_error *err);

/** The source with a name. This and the next two are WP_EACCESS when the viewer is a person.
 * @return WP_OK, WP_EINVAL, WP_EACCESS, WP_ENOTFOUND */
WP_API_STATUS wp_source_find(wp_txn *txn, const char *name, uint32_t *number, wp_error *err);

/** Read a source into *out, with borrowed contents.
 * @return WP_OK, WP_EINVAL, WP_EACCESS, WP_ENOTFOUND */
WP_API_STATUS wp_source_get(wp_txn *txn, uint32_t number, wp_source *out, wp_error *err);

/** The source after `*number` (start with 0). @return WP_OK, WP_EINVAL, WP_EACCESS, WP_ENOTFOUND */
WP_API_STATUS wp_source_next(wp_txn *txn, uint32_t *number, wp_error *err);

/**
 * Say who states what the transaction stores from now on; WP_SOURCE_HAND until then. Whoever an
 * imported tie joins must have been stated by the same source (wp_person_put()); other facts state
 * the people they name by themselves.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND, WP_EREADONLY, WP_ECONFLICT (it is being removed)
 */
WP_API_STATUS wp_txn_use_source(wp_txn *txn, uint32_t source, wp_error *err);

#define WP_VIEW_SHARED 0u      /**< What everybody of the organisation may see. */
#define WP_VIEW_ALL UINT32_MAX /**< Everything: for the right to audit. */

/**
 * Say for whom the transaction reads from now on: a person, WP_VIEW_SHARED (as begun) or
 * WP_VIEW_ALL. With WP_VIEW_ALL nothing is left out. Public functions are of three kinds.
 *
 * *Answers* are those of the graph in which what the viewer may not see does not exist: ties that
 * are private to somebody else, ties whose ends do not share them with the viewer (wp_sharing),
 * ties from one side of a barrier to the other, and paths that touch both sides of one; and people
 * who are private to somebody else (wp_private). They are paths, reach, neighbours, ties,
 * explanations, searches by name with what they say of whom we know, the counts of wp_stats_get(),
 * and what else is read of people, companies, groups and opportunities. No status and no message
 * tells what is hidden from what is not there. Only a write transaction whose viewer was not said
 * finds and reads people who are hidden, because whoever writes must know whom. Consent holds for
 * every viewer.
 *
 * *Records* are what is stated and what the file is: statements and their cursors, interactions by
 * cursor or source id, sources, marks, suppressions, the audit log, checks. They are for whoever
 * holds the file and show all. To a viewer who is a person they are WP_EACCESS; of an interaction,
 * and of statistics, a person is given what answers show (see there). Functions of a wp_db are for
 * whoever holds the file likewise.
 *
 * *Changes* are made by whoever holds the file; the viewer does not limit them.
 *
 * What is hidden costs time: how long a call takes, wp_paths_steps() and where limits stop a search
 * can depend on it. Do not hand these on.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (no such person)
 */
WP_API_STATUS wp_txn_use_viewer(wp_txn *txn, uint32_t viewer, wp_error *err);

/* ---- 5. People and companies ----------------------------------------------------------------- */
/**
 * A person or company, 1 upwards; 0 is none. Numbers of people and companies are apart.
 *
 * Each identity has a number of its own. A person is all identities that statements link; calls
 * accept the number of any of them, and results carry the lowest one unless they say otherwise.
 */
typedef uint32_t wp_number;

#define WP_DAY_NONE INT32_MIN             /**< No day given. */
#define WP_TIME_NONE INT64_MIN            /**< No time given. */
#define WP_TIME_MAX INT64_C(253402300799) /**< The last time stored: 9999-12-31T23:59:59Z. */

/** What identifies a person or a company. Compared after the normalisation described. */
typedef enum wp_identity_kind {
    WP_IDENTITY_EMAIL = 1,       /**< Person: address, lower-cased, its domain as below, no quotes
                                      around a local part; one '@' inside. */
    WP_IDENTITY_ID = 2,          /**< Person: external id, as given, 1..512 bytes. */
    WP_IDENTITY_LINKEDIN = 3,    /**< Person: profile slug, lower-cased. */
    WP_IDENTITY_DOMAIN = 4,      /**< Company: mail domain, lower-cased, no final dot, labels in
                                      "xn--" as what they stand for. */
    WP_IDENTITY_COMPANY_ID = 5,  /**< Company: external id, as given. */
    WP_IDENTITY_COMPANY_NAME = 6 /**< Company: name, folded (see wp_find). The company with a
                                      domain or id that has this name, when there is exactly one;
                                      else one of its own. */
} wp_identity_kind;

/** One identity. */
typedef struct wp_identity {
    wp_identity_kind kind;
    const char *text; /**< Terminated by NUL. */
} wp_identity;

/** Whether a person or company belongs to our own organisation. */
typedef enum wp_us {
    WP_US_UNSAID = 0, /**< Follows from the company. */
    WP_US_NO = 1,
    WP_US_YES = 2
} wp_us;

/** A spelling of a name seen in a message, with the number of times. */
typedef struct wp_spelling {
    const char *name;
    uint32_t count;
} wp_spelling;

/** Facts about a person, to be stored. Unset fields (NULL, 0) change nothing. */
typedef struct wp_person_facts {
    size_t size;
    const wp_identity *identities; /**< 1..64; EMAIL, ID or LINKEDIN. All are of one person. */
    size_t identity_count;
    const char *name;  /**< Stated name; wins over spellings. NULL: unsaid. */
    const char *title; /**< Job title where no employment names one. NULL: unsaid. */
    wp_us us;
    const wp_spelling *spellings; /**< Names seen; their counts add up within a source. */
    size_t spelling_count;
    bool has_no_company; /**< The address must not suggest a company. */
    bool has_totals;     /**< The counts are all that the source has seen: the larger one holds. */
} wp_person_facts;

/**
 * Store facts about a person. Identities that nobody has are created; people to whom they belonged
 * become one.
 *
 * The name that is read is stated by hand, else the one that most sources state, then the longest,
 * then the first in byte order; a title likewise. A spelling counts as often as in the source that
 * saw it most. Somebody whom one source says to be ours is ours.
 *
 * A person with an address at a domain that is not a free-mail or disposable one is employed by the
 * company of that domain, which exists while it has such an address, until an employment is stated.
 * @param facts           Copied.
 * @param[out] person     The number of the first identity.
 * @param[out] is_new     Whether none of the identities was known. May be NULL.
 * @return WP_OK, WP_EINVAL, WP_EREADONLY, WP_EFULL, WP_ECONFLICT (a person of more than 1000
 *         identities), WP_EERASED (one of the identities is suppressed; nothing is stored)
 * Cost: O(identities), a few B-tree look-ups. Where people become one: O(ties and interactions of
 * the one with the higher number).
 */
WP_API_STATUS wp_person_put(wp_txn *txn, const wp_person_facts *facts, wp_number *person,
                            bool *is_new, wp_error *err);

/** Facts about a company, to be stored. Unset fields change nothing. */
typedef struct wp_company_facts {
    size_t size;
    const wp_identity *identities; /**< DOMAIN or COMPANY_ID; may be empty when a name is given. */
    size_t identity_count;
    const char *name;
    wp_us us;
    const char *const *aliases; /**< Further names. */
    size_t alias_count;
    wp_number parent; /**< The company that owns it; 0: unsaid. */
} wp_company_facts;

/**
 * Store facts about a company, as wp_person_put() does; without identity, about the one that is
 * known by its name (WP_IDENTITY_COMPANY_NAME).
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (the parent), WP_EREADONLY, WP_EFULL, WP_ECONFLICT
 */
WP_API_STATUS wp_company_put(wp_txn *txn, const wp_company_facts *facts, wp_number *company,
                             bool *is_new, wp_error *err);

/**
 * Take a further name of a company back by hand, whichever of its identities it was stated of.
 *
 * Of this call and the next two: what nothing else says of the company is then as if it had never
 * been stated; a company of which nothing else is stated, and which no other fact by hand names, is
 * gone. What imports state stays (wp_source_remove()).
 * @param company  Any number of it.
 * @param alias    As stated, byte by byte. Copied.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (no such company, or not by hand), WP_EREADONLY, WP_EFULL
 * Cost: as wp_company_drop_parent().
 */
WP_API_STATUS wp_company_drop_alias(wp_txn *txn, wp_number company, const char *alias,
                                    wp_error *err);

/**
 * Take back by hand that a domain or id is of a company. It is a company of its own then, with the
 * facts that were stated of it and the people who have an address at the domain, unless an import
 * says so as well. Identities that a hand named together with it stay with it unless they are of
 * the company without it.
 *
 * Barriers and groups name one identity: of a company that becomes two they keep the one with that.
 * @param company   Any number of it. With that of the identity itself, the identity is then on its
 *                  own.
 * @param identity  DOMAIN or COMPANY_ID. Copied.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (no such company, or not by hand), WP_EREADONLY, WP_EFULL
 * Cost: as wp_company_drop_parent(), and what follows from employments at the company anew.
 */
WP_API_STATUS wp_company_drop_identity(wp_txn *txn, wp_number company, const wp_identity *identity,
                                       wp_error *err);

/**
 * Take back by hand who owns a company, whichever of its identities it was stated of.
 * wp_company_put() replaces what was stated of the same identity alone.
 * @param company  Any number of it.
 * @param parent   Who was said to own it; 0: whoever was.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (no such company, or not by hand), WP_EREADONLY, WP_EFULL
 * Cost: O(companies) where a statement says nothing any more, to find out whether it is needed.
 */
WP_API_STATUS wp_company_drop_parent(wp_txn *txn, wp_number company, wp_number parent,
                                     wp_error *err);

/** One employment. Unique by person, company and first day. */
typedef struct wp_employment {
    wp_number person;
    wp_number company;
    const char *title; /**< NULL: unsaid. */
    int32_t from_day;  /**< WP_DAY_NONE: unknown, as if always. */
    int32_t to_day;    /**< Last day; WP_DAY_NONE: goes on. */
    bool is_suggested; /**< Read: came from the domain of an address alone. Ignored on write. */
    uint32_t source;   /**< Read as a statement: who states it. Ignored on write. */
} wp_employment;

/**
 * State an employment. Employments that an address merely suggests do not count besides. Of what
 * several sources state with the same person, company and first day, a last day wins over none and
 * a later one over an earlier one; titles as names.
 * @return WP_OK, WP_EINVAL (to_day before from_day), WP_ENOTFOUND, WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_employment_put(wp_txn *txn, const wp_employment *employment, wp_error *err);

#define WP_TOGETHER_DEFAULT 500 /**< Until it is said. */
#define WP_TOGETHER_MAX 2000    /**< Two million pairs of people. */

/**
 * Say up to how many people a company may have employed for them to count as having worked
 * together. Kept in the database; everything that follows is computed anew.
 *
 * Whoever had employments at one company at the same time gains evidence of kind WP_KIND_TOGETHER
 * on the tie between them: 0.6 for each month, at most 24. Employments without a first day do not
 * count. Time that is over is dated on its last day, time that goes on as it passes 1, 3, 6, 12 and
 * 24 months. The evidence follows employments as they are, whatever states them and in whatever
 * order, and goes with them.
 * @param people_max  People with employments that count at one company, 0..WP_TOGETHER_MAX; 0:
 *                    nobody counts.
 * @return WP_OK, WP_EINVAL, WP_EREADONLY, WP_EFULL
 * Cost: O(employments), and O(pairs of people) of companies for which the answer changes.
 */
WP_API_STATUS wp_together_put(wp_txn *txn, uint32_t people_max, wp_error *err);

/** Who counts as having worked together. */
typedef struct wp_together {
    uint32_t people_max;         /**< As said. */
    uint32_t companies_left_out; /**< Those that have employed more people. */
} wp_together;

/** Read the setting and what it leaves out.
 * @return WP_OK, WP_EINVAL, WP_EACCESS (the viewer is a person). Cost: O(employments). */
WP_API_STATUS wp_together_get(wp_txn *txn, wp_together *out, wp_error *err);

/** What a person decided. */
typedef enum wp_choice {
    WP_CHOICE_UNSAID = 0,
    WP_CHOICE_IN = 1,
    WP_CHOICE_OUT = 2,
    WP_CHOICE_ASK = 3 /**< Of introductions alone: yes, but ask me first. */
} wp_choice;

/** How strict a choice is: UNSAID 0, IN 1, ASK 2, OUT 3. Of two that hold at once the stricter
 * decides. */
WP_API unsigned wp_choice_rank(wp_choice choice);

/** "in", "ask", "out"; NULL for UNSAID and a value that is none. */
WP_API const char *wp_choice_name(wp_choice choice);

/** Who sees the ties of one person, besides the two ends of each, who always do. */
typedef enum wp_sharing {
    WP_SHARING_UNSAID = 0,
    WP_SHARING_OPEN = 1,   /**< Everybody of the organisation. */
    WP_SHARING_GROUPS = 2, /**< The members of groups, on the day of a question. */
    WP_SHARING_CLOSED = 3  /**< Nobody. */
} wp_sharing;

/** "open", "groups", "closed"; NULL for UNSAID and a value that is none. */
WP_API const char *wp_sharing_name(wp_sharing sharing);

/** A person as stored. */
typedef struct wp_person {
    wp_number number;
    const char *name;            /**< Stated, else the best-supported spelling; NULL: none. */
    const char *name_stated;     /**< As stated; NULL: none. */
    const char *email;           /**< First address; NULL: none. */
    const char *id;              /**< First external id; NULL: none. */
    const char *title;           /**< Of the employment on `day`, else of the person; NULL: none. */
    const char *title_stated;    /**< Of the person alone; NULL: none. */
    wp_number company;           /**< Employer on `day`; 0: none. */
    bool is_us;                  /**< Of our own organisation, as said or by company. */
    wp_us us;                    /**< As said. */
    wp_choice introductions;     /**< As decided; UNSAID: not, and the default holds. */
    wp_choice contact;           /**< As decided; UNSAID: not, and the default holds. */
    bool has_opted_out;          /**< Of introductions: never an intermediary. */
    bool is_asked_first;         /**< Of introductions: an intermediary who is to be asked first. */
    bool is_do_not_contact;      /**< Never in any path. */
    int32_t introductions_since; /**< Day of the decision; WP_DAY_NONE. */
    int32_t contact_since;       /**< Day of the decision; WP_DAY_NONE. */
    uint32_t introductions_source;   /**< Who states the decision; WP_SOURCE_NONE: there is none. */
    uint32_t contact_source;         /**< The same. */
    wp_sharing sharing;              /**< As decided; UNSAID: not, and the default holds. */
    int32_t sharing_since;           /**< Day of the decision; WP_DAY_NONE. */
    uint32_t sharing_source;         /**< Who states the decision; WP_SOURCE_NONE: there is none. */
    const wp_number *sharing_groups; /**< Of WP_SHARING_GROUPS; ascending, perhaps none. */
    size_t sharing_group_count;
    bool has_no_company;
    const wp_identity *identities; /**< Addresses first, those of companies before those of free
                                        mail providers, then by kind and bytes. */
    size_t identity_count;
    const wp_spelling *spellings; /**< By count, then likeness to a name, then bytes. */
    size_t spelling_count;
    const uint32_t *sources; /**< Who states anything of the person, ascending; none when the viewer
                                  is a person. */
    size_t source_count;
} wp_person;

/** Read a person into *out, with borrowed contents; `day` decides which employment counts.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND */
WP_API_STATUS wp_person_get(wp_txn *txn, wp_number person, int32_t day, wp_person *out,
                            wp_error *err);

/** A company as stored. */
typedef struct wp_company {
    wp_number number;
    const char *name;   /**< NULL: none. */
    const char *domain; /**< First domain; NULL: none. */
    const char *id;     /**< First external id; NULL: none. */
    wp_us us;
    const wp_identity *identities; /**< DOMAIN and COMPANY_ID. */
    size_t identity_count;
    const wp_spelling *aliases; /**< Further names; count: sources that state them. */
    size_t alias_count;
    wp_number parent;        /**< The company that owns it; 0: none known. */
    const uint32_t *sources; /**< Who states anything of it, ascending; none when the viewer is a
                                  person. */
    size_t source_count;
} wp_company;

/** Read a company into *out, with borrowed contents. @return WP_OK, WP_EINVAL, WP_ENOTFOUND */
WP_API_STATUS wp_company_get(wp_txn *txn, wp_number company, wp_company *out, wp_error *err);

/**
 * Find who or what has an identity.
 * @param identity     Normalised as wp_identity_kind says. Copied.
 * @param[out] number  Person for EMAIL, ID, LINKEDIN; company for the others.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND
 */
WP_API_STATUS wp_identity_find(wp_txn *txn, const wp_identity *identity, wp_number *number,
                               wp_error *err);

/** A list of numbers, ascending, without duplicates. */
typedef struct wp_numbers {
    wp_number *items;
    size_t count;
} wp_numbers;

/** Free the contents of a list and make it empty. NULL is allowed. */
WP_API void wp_numbers_free(wp_numbers *numbers);

/**
 * All numbers of a person, one for each identity.
 * @param[out] numbers  Yours: wp_numbers_free().
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND
 */
WP_API_STATUS wp_person_numbers(wp_txn *txn, wp_number person, wp_numbers *numbers, wp_error *err);

/** The same for a company. */
WP_API_STATUS wp_company_numbers(wp_txn *txn, wp_number company, wp_numbers *numbers,
                                 wp_error *err);

/** The identity that has a number, borrowed. @return WP_OK, WP_EINVAL, WP_ENOTFOUND */
WP_API_STATUS wp_person_identity(wp_txn *txn, wp_number number, wp_identity *out, wp_error *err);

/** The same for a company. */
WP_API_STATUS wp_company_identity(wp_txn *txn, wp_number number, wp_identity *out, wp_error *err);

/**
 * Merge two people by hand: their identities are one person's until wp_person_unmerge().
 * @return WP_OK, WP_EINVAL (a is b), WP_ENOTFOUND, WP_EREADONLY, WP_EFULL, WP_ECONFLICT
 * Cost: O(ties and interactions of the one with the higher number).
 */
WP_API_STATUS wp_person_merge(wp_txn *txn, wp_number a, wp_number b, wp_error *err);

/**
 * Take a merge back. Whoever is stated by no source any more, and was there for it alone, goes.
 * With b, the two are different people afterwards: merges by hand between them are taken back, and
 * when rows of a source still link them, the identity a stands apart from all others, whatever
 * sources say, until it is merged by hand. Without b (0): merges by hand of the person are taken
 * back, and if there were none, the identity a stands apart.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (a person, or nothing to take back), WP_EREADONLY,
 *         WP_EFULL
 */
WP_API_STATUS wp_person_unmerge(wp_txn *txn, wp_number a, wp_number b, wp_error *err);

/**
 * The number of an identity to merge or set apart by hand, in the same transaction, though nobody
 * states it: as merges outlive imports. For those who load a dump, which has such people only
 * there.
 * @param identity     Copied.
 * @param[out] number  As it has been given out, or a new one.
 * @return WP_OK, WP_EINVAL, WP_EREADONLY, WP_EFULL, WP_EERASED
 */
WP_API_STATUS wp_person_keep(wp_txn *txn, const wp_identity *identity, wp_number *number,
                             wp_error *err);

/**
 * Say by hand that an identity stands apart, whatever rows of sources link it with; or take that
 * back.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (also: it does not stand apart), WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_person_set_apart(wp_txn *txn, wp_number number, bool is_apart, wp_error *err);

/**
 * The people employed at a company on a day.
 * @param[out] people  Yours: wp_numbers_free(). Empty when nobody is.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (no such company)
 */
WP_API_STATUS wp_company_people(wp_txn *txn, wp_number company, int32_t day, wp_numbers *people,
                                wp_error *err);

/**
 * Everybody of our own organisation: people said to be, and people employed on `day` at companies
 * said to be and not said to be outside.
 * @param[out] people  Yours: wp_numbers_free(). Empty when there is nobody.
 * @return WP_OK, WP_EINVAL
 */
WP_API_STATUS wp_us_people(wp_txn *txn, int32_t day, wp_numbers *people, wp_error *err);

/* ---- 6. Interactions, stated ties, consent, groups, opportunities ---------------------------- */
/** What happened. The weights are those of the model (engine/README.md); all are priors. */
typedef enum wp_kind {
    WP_KIND_MAIL = 1,         /**< 1; in reply to the other side 1.5 */
    WP_KIND_CALL = 2,         /**< 3, answered */
    WP_KIND_MEETING = 3,      /**< 4, both directions */
    WP_KIND_MESSAGE = 4,      /**< 1; in reply to the other side 1.5 */
    WP_KIND_COMMENT = 5,      /**< 0.3 */
    WP_KIND_LIKE = 6,         /**< 0.05 */
    WP_KIND_VIEW = 7,         /**< 0.05 */
    WP_KIND_INTRODUCTION = 8, /**< 5, introducer to requester */
    WP_KIND_FAVOUR = 9,       /**< 5 */
    WP_KIND_CONNECTION = 10,  /**< 1.2, both directions, slow component only; of several of two
                                   people at one moment one counts, the others weigh nothing */
    WP_KIND_ASK = 11,     /**< 0; an introduction was asked of the recipients: adds to their load */
    WP_KIND_SUMMARY = 12, /**< What is left of older interactions of two people: see wp_retain(). */
    WP_KIND_TOGETHER = 13, /**< 0.6 a month, at most 24, both directions, slow component only: two
                                people worked together. Follows from employments; never stored as an
                                interaction, see wp_together_put(). */
    WP_KIND_ANSWER = 14, /**< 0; what somebody answered to an invitation: the part she takes in the
                              meeting that `reply_to` names. It is from her and to her alone, in
                              that part. See wp_interaction_put(). */
    WP_KIND_SERIES = 15  /**< 0; a version of a series of meetings as a whole: its revision, and
                              whether it was called off; or one of a meeting in which nobody met
                              anybody. To nobody, from somebody or nobody (0). See
                              wp_interaction_put(). */
} wp_kind;

/** What two people have put into their tie, faded to one moment: [0] whom a summary is from, [1]
 * the other. All amounts are finite and not negative. */
typedef struct wp_sums {
    int64_t first_s;    /**< The first interaction. */
    double fast[2];     /**< Half-life 30 days. */
    double slow[2];     /**< Half-life 365 days. */
    double positive[2]; /**< Positive valence, 365 days. */
    double negative[2]; /**< Negative valence, 730 days. */
    uint32_t count[2];  /**< Interactions. */
} wp_sums;

/** The name used everywhere in text, "mail"; NULL for a value that is none. */
WP_API const char *wp_kind_name(wp_kind kind);

/** The part somebody has in an interaction, and its weight. */
typedef enum wp_role {
    WP_ROLE_TO = 1,         /**< 1; also "attended" */
    WP_ROLE_CC = 2,         /**< 1/2 */
    WP_ROLE_BCC = 3,        /**< 1/4 */
    WP_ROLE_TENTATIVE = 4,  /**< 1/2 */
    WP_ROLE_UNANSWERED = 5, /**< 1/4 */
    WP_ROLE_DECLINED = 6    /**< 0 */
} wp_role;

/** A recipient or attendee. */
typedef struct wp_participant {
    wp_number person;
    wp_role role;
} wp_participant;

#define WP_INTERACTION_AUTOMATIC 1u /**< List, bulk or automatic mail: stored with weight 0. */
#define WP_INTERACTION_LIST 2u      /**< A post on a list: counts for the author answered alone. */
#define WP_INTERACTION_PRIVATE 4u   /**< Its owner's alone: weighs nothing for anybody else. */
#define WP_INTERACTION_CANCELLED 8u /**< It did not take place: weighs nothing. */
#define WP_INTERACTION_ATTENDEE                                                                    \
    16u /**< Of an answer: she takes part also when the meeting does not                           \
             name her. */
#define WP_INTERACTION_OCCURRENCE 32u /**< Of a meeting: one of the series `reply_to` names. */

/** Added to the revision of an occurrence that was changed by itself, which so holds against the
 * planned one, and of an answer to it. */
#define WP_REVISION_CHANGED (INT64_C(1) << 62)

/** One dated event. */
typedef struct wp_interaction {
    size_t size;
    const char *source; /**< Source id, unique in the database, 1..1000 bytes. */
    wp_kind kind;
    int64_t time_s; /**< 0..WP_TIME_MAX */
    wp_number from;
    const wp_participant *to; /**< Each person once; `from` among them is ignored. */
    size_t to_count;          /**< 0..10000 */
    double valence;           /**< -1..1: what it did to the recipients' trust in the sender. */
    const char *reply_to;     /**< Source id of what it answers; NULL: none. */
    uint32_t flags;           /**< WP_INTERACTION_… */
    int64_t revision;         /**< Of two versions of one source id the higher one holds. */
    const wp_sums *sums;      /**< Of a summary, which is to one person and has no valence, flags or
                                   reply_to; NULL of all others. */
    int64_t series_revision;  /**< Of a meeting or series: of two revisions of the series the higher
                                   one holds by this, too. 0: `revision`. See
                                   wp_interaction_put(). */
} wp_interaction;

/**
 * Store one interaction, with all that follows from it: the states of its ties, the neighbour
 * lists, the load of people asked. The order in which interactions arrive does not matter; a reply
 * that arrives before what it answers gains its weight when that arrives.
 *
 * Each source has its own version of an interaction. What counts is the one of the highest
 * revision, then the cancelled one, then the one with most participants, then the first in byte
 * order; the same decides between two versions of one source.
 *
 * An answer (WP_KIND_ANSWER) takes the place of the part that the meeting gives to who answered,
 * when that is WP_ROLE_UNANSWERED or the meeting's revision is lower than the answer's; of several
 * answers of one person that of the highest revision holds, then of the latest time. One to a
 * meeting that is not stored, or that does not name her, has no consequences until it does; with
 * WP_INTERACTION_ATTENDEE it makes her one of those who take part. One to a series is to all its
 * occurrences; it and those to one of them are compared without WP_REVISION_CHANGED.
 *
 * A meeting with WP_INTERACTION_OCCURRENCE weighs nothing when the series that it names is stored
 * and cancelled, or has a higher revision or `series_revision`, unless it is before the time from
 * which that tells of occurrences. So a newer version of a series takes the place of an older one:
 * it is stored as a WP_KIND_SERIES with the revision of its occurrences, and those that it lacks
 * are no more. A meeting in place of a series does the same, over all time. An occurrence that was
 * changed by itself has a revision above those of its series (WP_REVISION_CHANGED), and for
 * `series_revision` the one it was changed in: as each version of it counts with the highest
 * `series_revision` of all versions, also those of other sources, it stays with every version of
 * the series that has it, too. A series that cannot tell of changed occurrences has a
 * `series_revision` below all others (1).
 * @param interaction  Copied.
 * @param[out] is_new  Whether it is new, or another version of it counts now that says something
 *                     else, or of others. May be NULL.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (a participant), WP_EREADONLY, WP_EFULL
 * Cost: O(recipients); neighbour lists are rewritten once a commit, O(ties of the people touched).
 */
WP_API_STATUS wp_interaction_put(wp_txn *txn, const wp_interaction *interaction, bool *is_new,
                                 wp_error *err);

/** Whether an interaction with this source id is stored.
 * @return WP_OK, WP_EINVAL, WP_EACCESS (the viewer is a person), WP_ENOTFOUND */
WP_API_STATUS wp_interaction_find(wp_txn *txn, const char *source, uint64_t *interaction,
                                  wp_error *err);

/** A strength somebody states: it does not fade. */
typedef struct wp_stated_tie {
    wp_number from;
    wp_number to;
    bool has_cost;   /**< `cost` is given instead of `p`. */
    double p;        /**< 0..1; 0 takes a statement back. Used up to .98. */
    uint32_t cost;   /**< Micro-nats, -ln p * 10^6; used from 20 203 up. UINT32_MAX is p = 0. */
    uint32_t source; /**< Read: who states it. Ignored on write. */
} wp_stated_tie;

/**
 * State the strength of a tie in one direction. Replaces what the same source stated for it; of
 * several sources the strongest counts.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND, WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_stated_tie_put(wp_txn *txn, const wp_stated_tie *tie, wp_error *err);

/** A person's decisions. Unsaid ones change nothing. */
typedef struct wp_consent {
    size_t size;
    wp_number person;
    wp_choice introductions; /**< OUT: never an intermediary. ASK: one, and is marked. */
    wp_choice contact;       /**< OUT: never in any path, not even as its end. ASK is refused. */
    int32_t since;           /**< Day of the decision; WP_DAY_NONE: unknown. */
    uint32_t source;         /**< Read: who states it. Ignored on write. */
    wp_sharing sharing;      /**< Who sees the person's ties. */
    const wp_number *groups; /**< Of WP_SHARING_GROUPS: which, 1..WP_SHARING_GROUPS_MAX. */
    size_t group_count;      /**< 0 of anything else. */
} wp_consent;

#define WP_SHARING_GROUPS_MAX 64u /**< Groups that one person shares with. */

/**
 * Store a decision. Holds in every query from the commit on.
 *
 * Of what sources state, the later decision holds; one without a day is the oldest, and of two on
 * one day the stricter holds. Of a person's identities the strictest decides. Of two that share
 * with groups, those named by both hold.
 *
 * A tie is seen by its two ends, and by a viewer with whom both ends share: an end that is open to
 * everybody, or has no decision and no default (see wp_settings), shares with everybody. The shared
 * view sees what is open alone.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (the person, or a group), WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_consent_put(wp_txn *txn, const wp_consent *consent, wp_error *err);

/** What holds for people who decided nothing; a decision, however old, comes before it. */
typedef struct wp_settings {
    size_t size;
    wp_choice introductions; /**< IN (as created), ASK, or OUT: nobody is an intermediary who did
                                  not say so (opt-in). Who is an end of a query is not concerned. */
    wp_choice contact;       /**< IN (as created) or OUT: nobody is in a path who did not say so. */
    wp_sharing sharing;      /**< OPEN (as created) or CLOSED: of those who are or ever were ours.
                                  Others share with everybody as long as they decide nothing. */
    wp_choice mutual; /**< OUT (as created), or IN: a viewer sees only as much as he shares. The
                           ties of somebody who shares them with the viewer are seen only when the
                           viewer shares with that person, too. */
} wp_settings;

/**
 * Set the defaults; UNSAID leaves one as it is. Holds in every query from the commit on, and is
 * logged when it changes something.
 * @return WP_OK, WP_EINVAL (no such choice; ASK for contact or mutual; GROUPS), WP_EREADONLY,
 *         WP_EFULL
 */
WP_API_STATUS wp_settings_put(wp_txn *txn, const wp_settings *settings, wp_error *err);

/** The defaults that hold; none is UNSAID. @return WP_OK, WP_EINVAL */
WP_API_STATUS wp_settings_get(wp_txn *txn, wp_settings *out, wp_error *err);

/** A tie, or a person, that is one person's own: for everybody else it does not exist. See
 * wp_txn_use_viewer(). */
typedef struct wp_private {
    wp_number person;
    wp_number owner;
    uint32_t source; /**< Read: who states it. Ignored on write. */
    bool is_whole;   /**< The person with all ties, not only the tie to the owner. */
} wp_private;

/**
 * State that the tie between two people is private to one of them, or the whole person, or take
 * that back by hand. For everybody else it does not exist; what several keep private, each of them
 * sees. Somebody who is private is seen by the owners and, as a viewer, by himself. A company that
 * is known from addresses of people who are hidden alone is hidden with them. Within one source the
 * whole person comes before the tie; what a hand states replaces what it stated before.
 *
 * What others have between them stays as it is: an interaction of three people weighs as one of
 * three also where the third is hidden.
 * @return WP_OK, WP_EINVAL (one number), WP_ENOTFOUND (also: it is not private by hand),
 *         WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_private_put(wp_txn *txn, const wp_private *statement, bool is_private,
                             wp_error *err);

/** Of what kind a side of a barrier, or a member of a group, is. */
typedef enum wp_side_kind {
    WP_SIDE_PERSON = 1,  /**< One person. */
    WP_SIDE_COMPANY = 2, /**< Everybody employed at a company on the day of a question. */
    WP_SIDE_GROUP = 3    /**< The members of a group on the day of a question. */
} wp_side_kind;

/** One side of a barrier, or a member of a group. */
typedef struct wp_side {
    wp_side_kind kind;
    wp_number number;
} wp_side;

#define WP_GROUPS_MAX 4096u /**< So many groups at once. */

/** A named set of people and companies. */
typedef struct wp_group {
    wp_number number; /**< Numbers of groups are apart from others. */
    const char *name; /**< "team:sales", "list:fair 2024" or "tag:vip"; compared byte by byte. */
    uint32_t source;  /**< Read as a statement: who states that it exists. */
} wp_group;

/**
 * State that a group exists.
 * @param name         "team:", "list:" or "tag:" and 1..200 bytes. Copied.
 * @param[out] number  Its number.
 * @param[out] is_new  Whether nobody stated it. May be NULL.
 * @return WP_OK, WP_EINVAL (also: more than WP_GROUPS_MAX), WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_group_put(wp_txn *txn, const char *name, wp_number *number, bool *is_new,
                           wp_error *err);

/**
 * Take back what a hand states of a group: that it exists, and its members.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (no such group, or not by hand), WP_EREADONLY, WP_EFULL,
 *         WP_ECONFLICT (a barrier or somebody's sharing names it)
 */
WP_API_STATUS wp_group_delete(wp_txn *txn, wp_number group, wp_error *err);

/** The group with a name. @return WP_OK, WP_EINVAL (a name without "team:" and the like),
 * WP_ENOTFOUND */
WP_API_STATUS wp_group_find(wp_txn *txn, const char *name, wp_number *number, wp_error *err);

/** Read a group into *out, with borrowed contents. @return WP_OK, WP_EINVAL, WP_ENOTFOUND */
WP_API_STATUS wp_group_get(wp_txn *txn, wp_number group, wp_group *out, wp_error *err);

/** The group after `*number` (start with 0). @return WP_OK, WP_EINVAL, WP_ENOTFOUND */
WP_API_STATUS wp_group_next(wp_txn *txn, wp_number *number, wp_error *err);

/** Somebody or a company in a group. */
typedef struct wp_member {
    wp_number group;
    wp_side who;     /**< A person or a company. */
    uint32_t source; /**< Read: who states it. Ignored on write. */
} wp_member;

/**
 * State that a person or company is in a group, or take that back by hand. A company stands for
 * whoever is employed there on the day of a question.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (the group or the member, or it is not in it by hand),
 *         WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_member_put(wp_txn *txn, const wp_member *member, bool is_in, wp_error *err);

/**
 * The people in a group on a day, staff of its companies included.
 * @param[out] people  Yours: wp_numbers_free(). Empty when nobody is.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (no such group)
 */
WP_API_STATUS wp_group_people(wp_txn *txn, wp_number group, int32_t day, wp_numbers *people,
                              wp_error *err);

#define WP_BARRIERS_MAX 64u /**< So many at once. */

/** An information barrier: what one side knows must not come to the other. */
typedef struct wp_barrier {
    wp_side a;
    wp_side b;
    uint32_t source; /**< Read: who states it. Ignored on write. */
} wp_barrier;

/**
 * State a barrier, or take that back by hand. A path or reach that touches both sides does not
 * exist, in whatever order and through whomever; nor does a tie from one side to the other. Whoever
 * is on both sides is on no path. The two sides are equal: a and b may be exchanged.
 * @return WP_OK, WP_EINVAL (one side twice, or more than WP_BARRIERS_MAX), WP_ENOTFOUND (a side, or
 *         no such barrier by hand), WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_barrier_put(wp_txn *txn, const wp_barrier *barrier, bool is_up, wp_error *err);

/** How an opportunity stands. */
typedef enum wp_opportunity_state {
    WP_OPPORTUNITY_OPEN = 0,
    WP_OPPORTUNITY_WON = 1,
    WP_OPPORTUNITY_LOST = 2
} wp_opportunity_state;

/** "open", "won", "lost"; NULL for a value that is none. */
WP_API const char *wp_opportunity_state_name(wp_opportunity_state state);

/** A deal. Texts that are NULL are unsaid. */
typedef struct wp_opportunity {
    size_t size;
    wp_number number; /**< Read. Ignored on write. */
    const char *id;   /**< External id, unique among opportunities, 1..512 bytes. */
    const char *name;
    double amount;        /**< NaN: unsaid. */
    const char *currency; /**< "EUR" */
    const char *stage;    /**< As it is called where it comes from. */
    wp_opportunity_state state;
    int32_t created_day; /**< WP_DAY_NONE: unsaid. */
    int32_t closed_day;  /**< Closed, or expected to; WP_DAY_NONE: unsaid. */
    wp_number company;   /**< 0: unsaid. */
    wp_number owner;     /**< A person; 0: unsaid. */
    uint32_t source;     /**< Read as a statement: who states it. Ignored on write. */
} wp_opportunity;

/**
 * State an opportunity. Of several statements the one made by hand holds, else the one that says
 * most, then a closed one, then the larger amount, then the first in byte order.
 * @param[out] number  May be NULL.
 * @param[out] is_new  Whether the id was unknown. May be NULL.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (company or owner), WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_opportunity_put(wp_txn *txn, const wp_opportunity *opportunity, wp_number *number,
                                 bool *is_new, wp_error *err);

/** The opportunity with an id. @return WP_OK, WP_EINVAL, WP_ENOTFOUND */
WP_API_STATUS wp_opportunity_find(wp_txn *txn, const char *id, wp_number *number, wp_error *err);

/** Read an opportunity into *out, with borrowed contents. @return WP_OK, WP_EINVAL, WP_ENOTFOUND */
WP_API_STATUS wp_opportunity_get(wp_txn *txn, wp_number number, wp_opportunity *out, wp_error *err);

/** The part somebody has in an opportunity. */
typedef struct wp_contact_role {
    wp_number opportunity;
    wp_number person;
    const char *role; /**< "Decision Maker"; NULL: unsaid. */
    bool is_primary;
    uint32_t source; /**< Read: who states it. Ignored on write. */
} wp_contact_role;

/**
 * State a part in an opportunity.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (opportunity or person), WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_contact_role_put(wp_txn *txn, const wp_contact_role *role, wp_error *err);

/**
 * The opportunities in which a person has a part or of which it is the owner, or of a company.
 * @param[out] numbers  Yours: wp_numbers_free().
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND
 */
WP_API_STATUS wp_person_opportunities(wp_txn *txn, wp_number person, wp_numbers *numbers,
                                      wp_error *err);

/** The same for a company. */
WP_API_STATUS wp_company_opportunities(wp_txn *txn, wp_number company, wp_numbers *numbers,
                                       wp_error *err);

/**
 * Remember how far an import came, in the same transaction as what it stored.
 * @param name   1..255 bytes; say what is imported (path and size, a hash), without personal data.
 * @param value  Any number; 0 forgets the name.
 * @return WP_OK, WP_EINVAL, WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_mark_put(wp_txn *txn, const char *name, uint64_t value, wp_error *err);

/** Read a mark; 0 when there is none. @return WP_OK, WP_EINVAL, WP_EACCESS (the viewer is a person)
 */
WP_API_STATUS wp_mark_get(wp_txn *txn, const char *name, uint64_t *value, wp_error *err);

/* ---- 7. Reading ties ------------------------------------------------------------------------- */
/** How warm a tie is: p = 0, p < .35, p < .60, and above. */
typedef enum wp_tier { WP_TIER_COLD = 0, WP_TIER_WEAK, WP_TIER_WARM, WP_TIER_STRONG } wp_tier;

/** "cold", "weak", "warm", "strong"; NULL for a value that is none. */
WP_API const char *wp_tier_name(wp_tier tier);

/** The cost of a tie that does not exist or cannot be used. */
#define WP_COST_NONE UINT32_MAX

/** A tie from one person to another on a day: will `to` answer if `from` asks? */
typedef struct wp_tie {
    wp_number from;
    wp_number to;
    double inbound;  /**< I: what `to` has put in, faded to the day. */
    double outbound; /**< O: what `from` has put in. */
    double z;        /**< .8*sqrt(I) + .2*sqrt(min(O, 4*I)) */
    double strength; /**< s = z/(z + 1.34), 0..1 */
    double trust;    /**< g, 0..1; below .25 the tie is severed. */
    double stated;   /**< Stated p; NaN: none. */
    double p;        /**< 0 when severed, else min(.98, max(s, stated)*g) */
    uint32_t cost;   /**< -ln p in micro-nats, at least 20 203; WP_COST_NONE when p = 0. */
    wp_tier tier;
    int64_t last_contact_s; /**< Latest interaction either way up to the day; WP_TIME_NONE. */
    uint32_t messages_out;  /**< Interactions from `from` to `to` in the 365 days up to the day. */
    uint32_t messages_in;   /**< The same the other way. */
} wp_tie;

/**
 * Read a tie. Interactions after the end of the day do not exist yet for it.
 * @param day   0..WP_TIME_MAX/86400
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (a person, or the two never met)
 * Cost: O(log P), plus the tie's interactions of the last year; all of them on a past day.
 */
WP_API_STATUS wp_tie_get(wp_txn *txn, wp_number from, wp_number to, int32_t day, wp_tie *out,
                         wp_error *err);

/** Ties, strongest first (by cost, then by number). Borrow `items`; free with wp_ties_free(). */
typedef struct wp_ties {
    wp_tie *items;
    size_t count;
} wp_ties;

/** Free the contents of a list and make it empty. NULL is allowed. */
WP_API void wp_ties_free(wp_ties *ties);

/**
 * All ties from (or to) a person, cold ones included, whatever consent says: the person's record,
 * not a route. Strongest first, then the other's number.
 * @param is_inbound  false: ties from `person`; true: ties of others to `person`.
 * @param[out] ties   Yours: wp_ties_free(). Empty when there are none.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND
 * Cost: O(ties of the person), plus their interactions of the last year.
 */
WP_API_STATUS wp_person_ties(wp_txn *txn, wp_number person, int32_t day, bool is_inbound,
                             wp_ties *ties, wp_error *err);

/** Somebody next to a person, and what the tie between them costs, in micro-nats. */
typedef struct wp_neighbour {
    wp_number person;
    uint32_t cost;
} wp_neighbour;

/**
 * The people next to a person as searches see them: without those who must not be contacted, and
 * without severed ties. Whoever opted out of introductions is there, as the end of a path.
 * @param is_inbound  false: what it costs to go from `person`; true: to come to `person`.
 * @param cost_max    Dearer ties are left out; below WP_COST_NONE.
 * @param[out] out    Room for `capacity` of them, in no particular order.
 * @param[out] count  How many there are; those beyond the capacity are counted, not written.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (no such person)
 * Cost: O(ties up to cost_max), about a nanosecond each; no memory is allocated.
 */
WP_API_STATUS wp_neighbours(wp_txn *txn, wp_number person, int32_t day, bool is_inbound,
                            uint32_t cost_max, wp_neighbour *out, size_t capacity, size_t *count,
                            wp_error *err);

/**
 * The same for many people at once, whose lists are fetched from memory side by side: several times
 * as fast as asking for one after the other in a large file.
 * @param people      Canonical numbers or others, in any order, also repeated. Borrowed.
 * @param[out] out    Room for `capacity` neighbours: those of the first person, then of the next.
 * @param[out] counts Room for `people_count`: how many each person has.
 * @param[out] done   How many people were answered: as many as fit whole. When it is less than
 *                    `people_count`, go on from there; counts[*done] then says how much room the
 *                    next person needs.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (no such person, the one after those done)
 * Cost: as wp_neighbours(), without waiting for memory once for each person.
 */
WP_API_STATUS wp_neighbours_many(wp_txn *txn, const wp_number *people, size_t people_count,
                                 int32_t day, bool is_inbound, uint32_t cost_max, wp_neighbour *out,
                                 size_t capacity, size_t *counts, size_t *done, wp_error *err);

/** What one interaction contributes to a tie today. */
typedef struct wp_contribution {
    uint64_t interaction; /**< For wp_interaction_get(); 0: the two worked together. */
    wp_number company;    /**< Where they did; 0 of an interaction. */
    wp_kind kind;
    int64_t time_s;
    bool is_outbound; /**< true: adds to O; false: adds to I. */
    double weight;    /**< Kind, role, audience. */
    double valence;
    double contribution; /**< w*(2^(-age/30) + 30/365*2^(-age/365)); slow kinds the last term. */
} wp_contribution;

/** A tie and what it is made of. */
typedef struct wp_explanation {
    wp_tie tie;
    const wp_contribution *items; /**< By time, then arrival; sums are tie.inbound, tie.outbound. */
    size_t count;
} wp_explanation;

/**
 * Explain a tie.
 * @param[out] out  Yours: wp_explanation_free(). NULL unless WP_OK.
 * @return as wp_tie_get()
 */
WP_API_STATUS wp_explain(wp_txn *txn, wp_number from, wp_number to, int32_t day,
                         wp_explanation **out, wp_error *err);

/** Free an explanation. NULL is allowed. */
WP_API void wp_explanation_free(wp_explanation *explanation);

/* ---- 8. Paths -------------------------------------------------------------------------------- */
#define WP_HOPS_ANY 0u /**< No limit on the number of hops. */

/**
 * Bounds of one query. Zero or NULL: no bound. The flag may be set by another thread or by a signal
 * handler, with an atomic store or as a `volatile sig_atomic_t`; it is read atomically.
 */
typedef struct wp_limits {
    uint32_t deadline_ms;       /**< Wall-clock time from the call. */
    uint64_t steps_max;         /**< As wp_paths_steps() counts. */
    size_t memory_bytes_max;    /**< Scratch memory. */
    const volatile int *cancel; /**< Borrowed; the query stops soon after it becomes non-zero. */
} wp_limits;

/** What to look for. */
typedef struct wp_path_query {
    size_t size;
    const wp_number *sources; /**< At least one. */
    size_t source_count;
    const wp_number *targets; /**< At least one. A person on both sides counts as a target. */
    size_t target_count;
    int32_t day;
    uint32_t hops_max;      /**< 1..6 or WP_HOPS_ANY. Default 3. */
    uint32_t k;             /**< Paths wanted, 1..1000. Default 5. */
    double p_min;           /**< Weaker ties do not exist, 0..1. Default .05. */
    double score_min;       /**< Paths below are dropped, 0..1. Default .02. */
    bool is_plain;          /**< Cost is the sum of the ties' costs alone: no load, relay factor,
                                 colleague floor, p_min or score_min. */
    const wp_number *avoid; /**< People who do not exist for this query. */
    size_t avoid_count;
    wp_number via;   /**< Every path must have this person as an intermediary; 0: none. Ends with
                          WP_EBUDGET where two million partial paths are not enough to tell that
                          no path without a person twice leads to more introducers. */
    double diverse;  /**< Skip a path whose intermediaries overlap (Jaccard index above
                          this) with those of one taken; 1 (default): never. */
    bool with_reach; /**< Also compute wp_paths_reach(), which needs all introducers. */
    wp_limits limits;
} wp_path_query;

/** One introduction path. */
typedef struct wp_path {
    double score;            /**< exp(-cost/10^6) */
    uint64_t cost;           /**< Micro-nats: ties, loads of intermediaries, relay factors. */
    uint32_t hops;           /**< Number of ties. */
    wp_number introducer;    /**< Who would speak to the target: the last person before it. */
    const wp_number *people; /**< hops + 1 of them, source first. */
    const wp_tie *ties;      /**< hops of them; ties[i] joins people[i] and people[i + 1]. `p` and
                                  `cost` are those used, with the colleague floor. */
    uint32_t weakest;        /**< Index of the weakest tie, the first of equals. */
} wp_path;

/** The answer to a path query. */
typedef struct wp_paths wp_paths;

/**
 * Find the warmest introductions from a set of people to another.
 *
 * The score of a path is the product of its ties' p, the loads of its intermediaries and a factor
 * exp(-.223) for each intermediary beyond the first. One path per last introducer, best first.
 * A path never has more than hops_max ties, no person twice, no source or target inside. Ties in
 * cost: fewer hops, then the stronger weakest tie, then the later last contact of introducer and
 * target, then external ids (the id, else the address, else the slug, as bytes) person by person:
 * same file, day and query, same order. No path is an empty result, not an error.
 * @param query       Copied.
 * @param[out] paths  Yours: wp_paths_free(). NULL unless WP_OK, WP_EDEADLINE, WP_EBUDGET,
 *                    WP_ECANCELLED; with the last three it holds what was found, each path real,
 *                    though better ones may exist.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (a person), WP_EDEADLINE, WP_EBUDGET, WP_ECANCELLED
 * Cost: O(ties within half the hops of either side), usually far less: both sides stop at the cost
 * of the k-th best path.
 */
WP_API_STATUS wp_paths_find(wp_txn *txn, const wp_path_query *query, wp_paths **paths,
                            wp_error *err);

/** Number of paths found, at most k. */
WP_API size_t wp_paths_count(const wp_paths *paths);

/** Path `index`, 0 the best. Borrowed from `paths`; NULL when out of range. */
WP_API const wp_path *wp_paths_at(const wp_paths *paths, size_t index);

/** Whether the search ran to its end. */
WP_API bool wp_paths_is_complete(const wp_paths *paths);

/**
 * Account reach: 1 - product over all introducers of (1 - score), whatever k. NaN when it was not
 * asked for, when the search was not complete, and with `via`.
 */
WP_API double wp_paths_reach(const wp_paths *paths);

/**
 * Ties looked at, those included that the viewer is not to know of; without a limit of hops, also
 * the moves of the search.
 */
WP_API uint64_t wp_paths_steps(const wp_paths *paths);

/** Free a result. NULL is allowed. */
WP_API void wp_paths_free(wp_paths *paths);

/** Of the best introductions that there would be without any policy, how many are shown in
 * everybody's view, and how many each rule withholds. One that several rules forbid counts once,
 * under the first of them. */
typedef struct wp_withheld {
    uint32_t shown;
    uint32_t by_contact; /**< Somebody on the path must not be contacted. */
    uint32_t by_opt_out; /**< An intermediary opted out of introductions. */
    uint32_t by_private; /**< A tie, or somebody on it, is somebody's own. */
    uint32_t by_barrier; /**< It touches both sides of a barrier. */
    uint32_t by_sharing; /**< Somebody on it does not share a tie with everybody. */
} wp_withheld;

/**
 * Count what policy withholds from an answer, without telling it: the right to audit.
 * @param query     As in wp_paths_find(); `k` is the number of introductions looked at.
 * @param[out] out  All-zero unless WP_OK.
 * @return WP_OK, WP_EINVAL, WP_EACCESS (the transaction does not read with WP_VIEW_ALL),
 * WP_ENOTFOUND, WP_EDEADLINE, WP_EBUDGET, WP_ECANCELLED Cost: as wp_paths_find(), and that of
 * building the policy twice.
 */
WP_API_STATUS wp_paths_withheld(wp_txn *txn, const wp_path_query *query, wp_withheld *out,
                                wp_error *err);

/* ---- 9. Reach -------------------------------------------------------------------------------- */
/** Whom to reach from where. */
typedef struct wp_reach_query {
    size_t size;
    const wp_number *sources; /**< At least one. */
    size_t source_count;
    int32_t day;
    uint32_t hops_max; /**< 1..6 or WP_HOPS_ANY. Default 3. */
    double p_min;      /**< As in wp_path_query. */
    double score_min;  /**< As in wp_path_query. */
    bool is_plain;     /**< As in wp_path_query. */
    bool is_by_hops;   /**< Breadth first: the fewest ties to each person. Costs are 0, scores NaN,
                            score_min does not apply; the order is hops, then number. */
    wp_limits limits;
} wp_reach_query;

/** Somebody within reach. */
typedef struct wp_reached {
    wp_number person;
    uint32_t hops; /**< Of the best path; the fewest of equally cheap ones. */
    uint64_t cost; /**< Micro-nats. */
    double score;
} wp_reached;

/** Everybody within reach. */
typedef struct wp_reach wp_reach;

/**
 * Find everybody within reach of a set of people: the best path to each, as wp_paths_find() would
 * with that person as the only target. Sources are not listed. Best first, then fewer hops, then
 * external ids.
 * @param[out] reach  Yours: wp_reach_free(). As in wp_paths_find().
 * @return as wp_paths_find()
 * Cost: O(T log P) for the ties T within reach. Scratch memory: some 90 bytes for each person
 * reached, and 20 for everybody once more than one in 32 is; among equals also the external ids.
 */
WP_API_STATUS wp_reach_find(wp_txn *txn, const wp_reach_query *query, wp_reach **reach,
                            wp_error *err);

/** Number of people reached. */
WP_API size_t wp_reach_count(const wp_reach *reach);

/** The people reached, wp_reach_count() of them. Borrowed from `reach`. */
WP_API const wp_reached *wp_reach_items(const wp_reach *reach);

/** Whether the search ran to its end. */
WP_API bool wp_reach_is_complete(const wp_reach *reach);

/** Free a result. NULL is allowed. */
WP_API void wp_reach_free(wp_reach *reach);

/* ---- 10. Names ------------------------------------------------------------------------------- */
#define WP_HOW_MISSPELT 1u   /**< Some word is misspelt. */
#define WP_HOW_OTHER_TEXT 2u /**< By an address or by another spelling than the name. */

/** One match of a search by name. */
typedef struct wp_match {
    bool is_company;
    wp_number number;
    double score; /**< 0..1; 1 is the same name or address, above .8 nothing is misspelt. */
    uint32_t how; /**< WP_HOW_ bits. */
    wp_number
        known_by; /**< Who of us has the warmest tie to the person; 0: nobody, or a company. */
    double p;     /**< Of that tie, from us to the person. */
} wp_match;

/** Matches, best first. */
typedef struct wp_matches {
    wp_match *items;
    size_t count;
} wp_matches;

/** What to search for. */
typedef struct wp_find_query {
    size_t size;
    const char *text; /**< 1..1024 bytes; the first 16 words count. */
    size_t limit;     /**< At most so many, 1..1000. Default 20. */
    int32_t day;      /**< Of employments and ties. */
} wp_find_query;

/**
 * Find people and companies by words of their names, addresses and titles, in any order.
 *
 * Folded: case, accents and other marks do not matter, "ae" is "ä". A word fits as a whole, as a
 * beginning, or misspelt: by one letter (wrong, missing, added, or two swapped) from three letters
 * on, by two from five on; numbers are never misspelt. Two or three words written as one, and one
 * as two or three, count as misspelt by one letter ("jeanpierre", "van der berg"). A person's
 * title, company and domains may supply words that the name lacks ("lee acme", "vp sales acme"). A
 * title alone is enough, company and domains are not.
 *
 * Best first: by score, then companies, then people by the warmest tie from one of us, by number of
 * ties, by number. Matches with misspelt words come after all others, and are looked for only when
 * those are fewer than the limit; with two wrong letters in a word, when those with one are.
 * @param query         Copied.
 * @param[out] matches  Yours: wp_matches_free(). Empty when nothing matches.
 * @return WP_OK, WP_EINVAL
 * Cost: bounded whatever the text and the size of the database, besides O(our people): of thousands
 * who have all words, those with most of them exactly and whom we know best are looked at.
 */
WP_API_STATUS wp_find_on(wp_txn *txn, const wp_find_query *query, wp_matches *matches,
                         wp_error *err);

/** As wp_find_on(), today by the system's clock. */
WP_API_STATUS wp_find(wp_txn *txn, const char *text, size_t limit, wp_matches *matches,
                      wp_error *err);

/** Free the contents of a list and make it empty. NULL is allowed. */
WP_API void wp_matches_free(wp_matches *matches);

/* ---- 11. Cursors and statements, in the order of numbers -------------------------------------
 *
 * All of them are records (see wp_txn_use_viewer()) and WP_EACCESS when the viewer is a person, but
 * for wp_person_next(), wp_company_next(), wp_employment_next(), wp_opportunity_next(),
 * wp_contact_role_next() and wp_interaction_get(). Statements are what the database keeps as the
 * truth: who states what, of which identity. Their numbers are those of the identities and not
 * resolved. Cursors of statements start with all-zero.
 * ---------------------------------------------------------------------------------------------- */
/**
 * The number after `*number` that exists (start with 0). Numbers are dense but may have holes.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (there is none)
 */
WP_API_STATUS wp_person_next(wp_txn *txn, wp_number *number, wp_error *err);

/** As wp_person_next(), for companies. */
WP_API_STATUS wp_company_next(wp_txn *txn, wp_number *number, wp_error *err);

/** As wp_person_next(), for interactions, in the order in which they were stored. */
WP_API_STATUS wp_interaction_next(wp_txn *txn, uint64_t *interaction, wp_error *err);

/**
 * Read an interaction into *out, with borrowed contents: the version that counts as it was stated,
 * without what was answered. Its numbers are those of the identities it names. When the viewer is a
 * person, recipients whose tie with the sender is hidden on the day that the transaction asked
 * about last (today, when about none) are left out; without any other it does not exist, nor does a
 * private one.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND
 */
WP_API_STATUS wp_interaction_get(wp_txn *txn, uint64_t interaction, wp_interaction *out,
                                 wp_error *err);

/**
 * The employments of a person, by company and first day.
 * @param[in,out] employment  The one before (start with {.person = P}); replaced by the next.
 *                            Borrowed title.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (there is none after it)
 */
WP_API_STATUS wp_employment_next(wp_txn *txn, wp_employment *employment, wp_error *err);

/**
 * The stated ties: first those that one source states, by the pair of numbers, then those that
 * several state, by `from`, `to` and source.
 * @param[in,out] tie  The one before (start with {0}); replaced by the next.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (there is none after it)
 */
WP_API_STATUS wp_stated_tie_next(wp_txn *txn, wp_stated_tie *tie, wp_error *err);

/**
 * What one source states of the tie from one identity to another.
 * @param[in,out] tie  `from`, `to` and `source` say which; the rest is filled in.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (nothing)
 */
WP_API_STATUS wp_stated_tie_get(wp_txn *txn, wp_stated_tie *tie, wp_error *err);

/** A list of stated ties. */
typedef struct wp_stated_ties {
    wp_stated_tie *items;
    size_t count;
} wp_stated_ties;

/** Free the contents of a list and make it empty. NULL is allowed. */
WP_API void wp_stated_ties_free(wp_stated_ties *ties);

/**
 * All that is stated of ties from one identity, by `to` and source.
 * @param[out] ties  Yours: wp_stated_ties_free(). Empty when there is nothing.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (no such number)
 * Cost: O(ties of the person).
 */
WP_API_STATUS wp_stated_ties_from(wp_txn *txn, wp_number from, wp_stated_ties *ties, wp_error *err);

/** What one source states of one identity. */
typedef struct wp_statement {
    wp_number number;
    uint32_t source;
    wp_identity identity; /**< The one with the number. */
    const char *name;
    const char *title;
    wp_us us;
    bool has_no_company;
    wp_number parent;       /**< Of a company. */
    const wp_number *links; /**< Identities that the source names together with this one. */
    size_t link_count;
    const wp_spelling *spellings; /**< Names seen; aliases of a company. */
    size_t spelling_count;
} wp_statement;

/**
 * The statements about people, by number and source. Contents are borrowed.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (there is none after it)
 */
WP_API_STATUS wp_person_statement_next(wp_txn *txn, wp_statement *at, wp_error *err);

/** The same for companies. */
WP_API_STATUS wp_company_statement_next(wp_txn *txn, wp_statement *at, wp_error *err);

/** The statements about one number, by source: start with its number alone. Cost: O(1) each. */
WP_API_STATUS wp_person_statement_of(wp_txn *txn, wp_statement *at, wp_error *err);

/** The same for a company. */
WP_API_STATUS wp_company_statement_of(wp_txn *txn, wp_statement *at, wp_error *err);

/** The employments stated, by person, company, first day and source; borrowed titles. */
WP_API_STATUS wp_employment_statement_next(wp_txn *txn, wp_employment *at, wp_error *err);

/** Those of one number: start with its number alone. */
WP_API_STATUS wp_employment_statement_of(wp_txn *txn, wp_employment *at, wp_error *err);

/** The decisions stated, by person, matter and source; one of the three is said in each. Start
 * with all-zero, or with a person alone; borrowed groups. */
WP_API_STATUS wp_consent_statement_next(wp_txn *txn, wp_consent *at, wp_error *err);

/** The private ties and people stated, by person, owner and source. */
WP_API_STATUS wp_private_statement_next(wp_txn *txn, wp_private *at, wp_error *err);

/** The barriers stated, by the first side, the second and source. */
WP_API_STATUS wp_barrier_statement_next(wp_txn *txn, wp_barrier *at, wp_error *err);

/** The groups stated, by number and source; borrowed names. */
WP_API_STATUS wp_group_statement_next(wp_txn *txn, wp_group *at, wp_error *err);

/** The members of groups stated, by group, member and source. */
WP_API_STATUS wp_member_statement_next(wp_txn *txn, wp_member *at, wp_error *err);

/** Two identities that were merged by hand; one and the same: it stands apart. */
typedef struct wp_merge {
    wp_number a;
    wp_number b;
} wp_merge;

/** The merges, a <= b, by a and b. */
WP_API_STATUS wp_merge_next(wp_txn *txn, wp_merge *at, wp_error *err);

/**
 * The versions of an interaction, one a source.
 * @param[in,out] position  Start with 0.
 * @param[out] source       Who states it.
 * @param[out] out          Borrowed contents.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (there is none after it)
 */
WP_API_STATUS wp_interaction_version_next(wp_txn *txn, uint64_t interaction, uint64_t *position,
                                          uint32_t *source, wp_interaction *out, wp_error *err);

/** As wp_person_next(), for opportunities. */
WP_API_STATUS wp_opportunity_next(wp_txn *txn, wp_number *number, wp_error *err);

/** The opportunities stated, by number and source; borrowed contents. */
WP_API_STATUS wp_opportunity_statement_next(wp_txn *txn, wp_opportunity *at, wp_error *err);

/** The parts in opportunities stated, by opportunity, person and source; borrowed contents. */
WP_API_STATUS wp_contact_role_next(wp_txn *txn, wp_contact_role *at, wp_error *err);

/* ---- 12. Maintenance ------------------------------------------------------------------------- */
#define WP_ERASURE_DAYS 30 /**< Within so many days the bytes of somebody erased must be gone. */

/** Counts and sizes. */
typedef struct wp_stats {
    uint64_t people;
    uint64_t companies;
    uint64_t interactions; /**< All that are stored but series, also those that weigh nothing. */
    uint64_t ties;         /**< Pairs of people with anything between them. */
    uint64_t identities;
    uint64_t sources;
    uint64_t opportunities;
    uint32_t numbers; /**< The highest number of a person given out. */
    uint64_t file_bytes;
    uint64_t overlay_people;   /**< People some of whose ties are in the overlay. */
    uint64_t overlay_ties;     /**< Entries of their neighbour lists there; a tie has up to two. */
    uint64_t segments;         /**< Base segments. */
    uint64_t segment_ties;     /**< Entries of neighbour lists in them; a tie has two. */
    uint64_t segment_bytes;    /**< Their size. */
    uint64_t suppressions;     /**< Identities that are suppressed. */
    uint64_t erasures_pending; /**< Erasures whose bytes wait for wp_vacuum(). */
    int64_t erasures_due_s;    /**< WP_ERASURE_DAYS after the first; WP_TIME_NONE: none waits. */
    uint32_t format;           /**< File format. */
    uint32_t readers;          /**< Reader slots in use, this one included. */
} wp_stats;

/**
 * Read counts and sizes. In a read transaction ties, and interactions all of whose ties are, that
 * the viewer does not see today are not counted, nor, except with the right to audit, interactions
 * marked private; cancelled ones are. When the viewer is a person, whatever is said of the file,
 * its sources, numbers, suppressions, erasures and readers is 0.
 * @return WP_OK, WP_EINVAL
 * Cost: O(1); O(private ties, ties of people on the sides of barriers, interactions of hidden ties)
 * where something is hidden.
 */
WP_API_STATUS wp_stats_get(wp_txn *txn, wp_stats *out, wp_error *err);

#define WP_AGE_UNKNOWN INT64_MIN /**< Readers of other processes do not tell when they began. */

/** Somebody who reads the file. */
typedef struct wp_reader {
    int64_t process;
    bool is_dead;      /**< There is no such process here: killed, or of another name space. */
    uint64_t snapshot; /**< That it reads. */
    uint64_t lag;      /**< Commits since. */
    int64_t age_ms;    /**< Since it began; WP_AGE_UNKNOWN. */
} wp_reader;

/** The state of a file and of whoever has it open. */
typedef struct wp_health {
    wp_reader *readers; /**< Besides the one that asks. */
    size_t reader_count;
    uint32_t readers_max;
    uint32_t readers_cleared; /**< Of dead processes; this call has removed them. */
    uint64_t snapshot;        /**< The newest. */
    uint64_t file_bytes;
    uint64_t map_bytes; /**< Address space reserved in this process. */
    uint64_t page_bytes;
    uint64_t pages;        /**< In use or free. */
    uint64_t free_pages;   /**< Of them, free. */
    uint64_t pinned_pages; /**< Of those, kept from use by readers of old snapshots. */
    char file_system[24];  /**< "ext4"; "type 0x…" when its name is not known. */
    bool is_network_fs;
    uint64_t disk_free_bytes;
    bool has_lock_file;
    bool has_lock_blocks; /**< All blocks of the lock file are allocated. */
    uint64_t lock_file_bytes;
    char lmdb[16];   /**< Its version, "0.9.24". */
    uint32_t format; /**< File format. */
} wp_health;

/**
 * Find out who reads the file, what they pin, and how the file and its disk are.
 * @param[out] out  Yours: wp_health_free().
 * @return WP_OK, WP_EINVAL, WP_EBUSY (readers are exhausted)
 * Cost: the list of free pages is read.
 */
WP_API_STATUS wp_health_get(wp_db *db, wp_health *out, wp_error *err);

/** Free the contents and make it empty. NULL is allowed. */
WP_API void wp_health_free(wp_health *health);

/** Called for each fault found: the table, its key in hexadecimal, and what is wrong. */
typedef void wp_fault_fn(void *context, const char *table, const char *key, const char *what);

/**
 * Check the integrity of the database.
 *
 * Shallow: every record is read and its checksum verified, references point to what exists. Deep:
 * moreover every tie state is computed anew from the interactions, every neighbour list from the
 * tie states, every derived index from the truth, and compared.
 * @param fault         Called once a fault; may be NULL.
 * @param[out] faults   Their number.
 * @return WP_OK (also when faults were found), WP_EINVAL, WP_EACCESS (the viewer is a person)
 * Cost: O(P + T + interactions), all pages of the file.
 */
WP_API_STATUS wp_check(wp_txn *txn, bool is_deep, wp_fault_fn *fault, void *context,
                       uint64_t *faults, wp_error *err);

/**
 * Check a file without opening it as a database: every page that can be reached and the checksum of
 * every record, also where the structure is damaged. Nothing is written. wp_check() looks at what
 * the records mean; it needs a file whose structure is sound.
 * @param fault        As in wp_check(); for a fault of a page the key is "page N".
 * @param[out] faults  Their number.
 * @return WP_OK (also when faults were found), WP_EINVAL, WP_ENOTFOUND, WP_EACCESS, WP_EFORMAT (not
 *         a database of ours, or of another format), WP_EBUSY (it was written in the meantime)
 * Cost: the whole file is read.
 */
WP_API_STATUS wp_check_file(const char *path, wp_fault_fn *fault, void *context, uint64_t *faults,
                            wp_error *err);

/** Called once a table: records saved; records lost, UINT64_MAX when their number is not known.
 * What was committed last may stand in the table "recent" alone, many records in each of its own.
 */
typedef void wp_salvage_fn(void *context, const char *table, uint64_t saved, uint64_t lost);

/**
 * Save what a damaged file still holds into a new one: every record whose checksum holds, wherever
 * it lies. What was deleted is left out as long as the list of free pages can be read and no record
 * of the table "recent" is lost; otherwise what the last commits deleted or replaced can come back.
 * The damaged file is only read. Who is named by what was saved but was lost himself stands in the
 * new file as "lost:N". What is derived may no longer fit to the rest; `warmpath repair` builds it
 * anew by a dump that it loads.
 * @param path   Must not exist. It appears complete or not at all.
 * @param fault  As in wp_check_file(); may be NULL.
 * @param table  What became of each table; may be NULL.
 * @return WP_OK (also when everything is lost), WP_EINVAL, WP_ENOTFOUND, WP_EEXIST, WP_EACCESS,
 *         WP_EFORMAT, WP_EBUSY (it was written in the meantime), WP_EFULL
 * Cost: the file is read twice, the new one written once.
 */
WP_API_STATUS wp_salvage(const char *damaged, const char *path, wp_fault_fn *fault,
                         wp_salvage_fn *table, void *context, wp_error *err);

/**
 * Write a verified copy of the database while it is in use. It holds nothing of people erased, also
 * while their erasure is pending; of what else was deleted, bytes may come along.
 * @param path  Must not exist (WP_EEXIST). It appears complete or not at all.
 * @return WP_OK, WP_EINVAL, WP_EEXIST, WP_EACCESS, WP_EFULL
 */
WP_API_STATUS wp_backup(wp_db *db, const char *path, wp_error *err);

/** Called after each step of long work: how much is done, of how much. */
typedef void wp_progress_fn(void *context, uint64_t done, uint64_t total);

/**
 * Fold the overlay into the base segments, a few of them a transaction, so that the file hardly
 * grows and other writers get their turn. Answers stay the same; searches become faster. Writers do
 * it by themselves when the overlay passes a share of the base.
 * @param progress  Called after each transaction; may be NULL.
 * @return WP_OK, WP_EINVAL, WP_EREADONLY, WP_EBUSY (this thread writes), WP_EFULL
 * Cost: O(ties of the segments touched).
 */
WP_API_STATUS wp_compact(wp_db *db, wp_progress_fn *progress, void *context, wp_error *err);

/**
 * Take a source back: remove all that it states, and whatever nobody states any more. It is done in
 * many transactions; until it ends nothing can be stated by the source, and after an interruption
 * the call is repeated.
 * @param progress  Called after each transaction with the records looked at; may be NULL.
 * @param cancel    Borrowed; stops soon after it becomes non-zero. May be NULL.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND, WP_EREADONLY, WP_EBUSY, WP_EFULL, WP_ECANCELLED
 * Cost: O(everything stated): all tables are read.
 */
WP_API_STATUS wp_source_remove(wp_db *db, uint32_t source, wp_progress_fn *progress, void *context,
                               const volatile int *cancel, wp_error *err);

/* ---- 13. Erasure -----------------------------------------------------------------------------
 *
 * The identities of somebody who was erased are suppressed: known by a hash with a random key, so
 * that nothing that names them is stored again. wp_person_put() is WP_EERASED then.
 * ---------------------------------------------------------------------------------------------- */
/** What erasing somebody did. */
typedef struct wp_erasure {
    uint64_t identities;           /**< That are suppressed now. */
    uint64_t interactions_removed; /**< She sent them, or they reached nobody else. */
    uint64_t interactions_changed; /**< They lost a participant, or have another source id. */
    uint64_t texts;                /**< Records of something else that said something of her. */
} wp_erasure;

/**
 * Erase a person: her identities, names, employments, decisions, ties and interactions, and all
 * that follows from them. Afterwards the database holds what it would if everything imported had
 * left her out: interactions of others lose her as a recipient; those she sent, or that reached
 * nobody else, are gone; others named in them stay. Her identities are suppressed.
 *
 * Texts that are about something else and contain one of her addresses anywhere, or a name, profile
 * or id of at least 4 bytes (numbers: 6) as whole words, go as well: source ids, ids of
 * opportunities, names of sources and marks are replaced by "erased:" and a keyed hash, under which
 * the same id is found again; titles of others, and names, stages and parts of opportunities become
 * unsaid. What other people and companies are called stays, also when it is the same.
 *
 * The bytes stay in unused parts of the file until wp_vacuum(); see wp_stats.erasures_pending.
 * @param person    Any of her numbers; they are never given out again.
 * @param[out] out  May be NULL.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND, WP_EREADONLY, WP_EFULL
 * Cost: O(interactions, people, employments, opportunities): they are read once; memory for the
 * person's interactions.
 */
WP_API_STATUS wp_person_erase(wp_txn *txn, wp_number person, wp_erasure *out, wp_error *err);

/** What to keep of interactions, and for how long. */
typedef struct wp_retention {
    size_t size;
    int64_t before_s; /**< Of interactions before this time. 1..WP_TIME_MAX */
    bool is_removal;  /**< Remove them with what they contribute, instead of reducing them. */
    bool is_dry_run;  /**< Only count. */
    wp_progress_fn *progress; /**< Interactions looked at; may be NULL. */
    void *context;
    const volatile int *cancel; /**< Borrowed; stops soon after it becomes non-zero. May be NULL. */
} wp_retention;

/** What became of them. */
typedef struct wp_retained {
    uint64_t taken;    /**< Interactions that are gone, or would be. */
    uint64_t answered; /**< Kept for now, because of a later reply that is kept (reducing only). */
    uint64_t ties;     /**< Summaries written (not in a dry run). */
} wp_retained;

/**
 * Reduce interactions before a time to what they contribute to ties, or remove them.
 *
 * Reduced: who wrote to whom when, the ids and what answered what are gone; each pair of people has
 * one summary a source, with the sums of what its interactions had put in by the latest of them.
 * Strengths, trust, counts and first and last contacts stay the same on that day and on all later
 * ones; on earlier days a summary does not exist yet, and it counts for no message. The load of
 * people asked goes with the asks. What a reply to an interaction weighs depends on it, so it stays
 * while a later reply does, and so do connections of two people at one moment. A series that tells
 * of all time (`time_s` 0) goes with the last of its occurrences, and stays when it has none.
 * Merging and unmerging people moves summaries as the interactions of the identities that they are
 * stored with.
 *
 * It is done in many transactions, each a whole; after an interruption the call is repeated. The
 * bytes stay in the file until wp_vacuum(), as those of an erasure.
 * @param retention  Copied.
 * @param[out] out   May be NULL.
 * @return WP_OK, WP_EINVAL, WP_EREADONLY, WP_EBUSY, WP_EFULL, WP_ECANCELLED
 * Cost: O(interactions), some of them several times where they came in another order than that of
 * time.
 */
WP_API_STATUS wp_retain(wp_db *db, const wp_retention *retention, wp_retained *out, wp_error *err);

/**
 * Rebuild the file record by record, so that it is as small as it can be and no byte of what was
 * erased or deleted is left in it. The new file is built beside the old one, verified, and takes
 * its name: a crash leaves the one or the other. Copies made before (backups, snapshots of the file
 * system, the blocks of the old file on the disk) are not reached.
 *
 * Nobody else may have the file open, nor this process a transaction: WP_EBUSY, and nothing was
 * done. Whoever opens it meanwhile waits.
 * @param progress  Called now and then with the records copied; may be NULL.
 * @return WP_OK, WP_EINVAL, WP_EREADONLY, WP_EBUSY, WP_EACCESS (owner and mode cannot be kept, or
 *         the file has a second name), WP_EFULL
 * Cost: O(file), and room on the disk for a second one.
 */
WP_API_STATUS wp_vacuum(wp_db *db, wp_progress_fn *progress, void *context, wp_error *err);

/**
 * Suppress an identity of somebody who is not stored. (An identity that is stored is suppressed by
 * wp_person_erase().)
 * @return WP_OK, WP_EINVAL, WP_ECONFLICT (somebody who is stored has it), WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_suppression_add(wp_txn *txn, const wp_identity *identity, wp_error *err);

/** A suppressed identity, without the identity. */
typedef struct wp_suppression {
    uint64_t key;     /**< What it was hashed with: random, one a database. */
    uint64_t hash[2]; /**< High and low half. */
    int64_t time_s;   /**< When it was suppressed. */
} wp_suppression;

/**
 * Whether an identity of a person is suppressed.
 * @param identity  Normalised as wp_identity_kind says. Copied.
 * @return WP_OK, WP_EINVAL, WP_EACCESS (the viewer is a person)
 */
WP_API_STATUS wp_suppression_has(wp_txn *txn, const wp_identity *identity, bool *has,
                                 wp_error *err);

/**
 * The suppressions, in the order of their hashes: to be carried to another database.
 * @param[in,out] at  The one before (start with {0}); replaced by the next.
 * @return WP_OK, WP_EINVAL, WP_EACCESS (the viewer is a person), WP_ENOTFOUND (there is none after
 *         it)
 */
WP_API_STATUS wp_suppression_next(wp_txn *txn, wp_suppression *at, wp_error *err);

/**
 * Take over a suppression of another database, with its key. Who is stored already stays.
 * @return WP_OK, WP_EINVAL, WP_EREADONLY, WP_EFULL, WP_ECONFLICT (of more than 16 databases)
 */
WP_API_STATUS wp_suppression_put(wp_txn *txn, const wp_suppression *suppression, wp_error *err);

/**
 * Lift a suppression: the identity may be stored again.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (it is not suppressed), WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_suppression_lift(wp_txn *txn, const wp_identity *identity, wp_error *err);

/* ---- 14. The audit log -----------------------------------------------------------------------
 *
 * Who asked about whom, exports, erasures, changes of consent and barriers: an entry each, in the
 * order in which they were committed, of numbers and times alone. An entry holds the SHA-256 of the
 * one before and of itself, so that none can be changed, taken out or put in between unnoticed.
 * That the last ones were cut off shows against a head (wp_audit_head()) noted elsewhere: whoever
 * can write the file can compute all hashes anew.
 *
 * Changes are logged by the calls that make them, in the same transaction; questions are noted by
 * the program that answers them (wp_audit_note()). Entries are WP_EACCESS when the viewer is a
 * person. While the log is on, a change needs the function
 * wp_open_options.sha256 and is WP_EINVAL without.
 * ---------------------------------------------------------------------------------------------- */
/** What is logged. */
typedef enum wp_audit_mode {
    WP_AUDIT_OFF = 0,     /**< Nothing; as created. */
    WP_AUDIT_CHANGES = 1, /**< Changes and exports. */
    WP_AUDIT_ALL = 2      /**< Questions too. */
} wp_audit_mode;

/** What an entry is about, and the meaning of its subject and object (0: none). */
typedef enum wp_audit_action {
    WP_AUDIT_MODE = 1,           /**< The log was set; subject: the wp_audit_mode. */
    WP_AUDIT_CONSENT = 2,        /**< A decision was stored; subject: the person; object: 10 times
                                      the wp_choice of introductions plus that of contact; 0: a
                                      source that is removed takes one back. */
    WP_AUDIT_PRIVATE = 3,        /**< A tie became private; subject: the person; object: owner. */
    WP_AUDIT_SHARED = 4,         /**< It, or the person, is no longer; the same. */
    WP_AUDIT_SHARING = 5,        /**< Sharing was decided; subject: the person; object: the
                                      wp_sharing; 0: a source that is removed takes it back. */
    WP_AUDIT_BARRIER_ADD = 6,    /**< subject and object: the sides; see their kinds. */
    WP_AUDIT_BARRIER_REMOVE = 7, /**< subject and object: the sides. */
    WP_AUDIT_ERASE = 8,          /**< subject: the person. */
    WP_AUDIT_LIFT = 9,           /**< A suppression was lifted. */
    WP_AUDIT_EXPORT = 10,        /**< subject: the person; 0: the whole database. */
    WP_AUDIT_RETENTION = 11,     /**< subject: the last day taken, days since 1970. */
    WP_AUDIT_SETTINGS = 12,      /**< The defaults of consent changed; object: 10 times the
                                      wp_choice of introductions plus that of contact, plus 100
                                      when ties are closed, plus 1000 when sharing is mutual. */
    WP_AUDIT_MEMBER_ADD = 13,    /**< subject: the group; object: who is in it now; see its kind. */
    WP_AUDIT_MEMBER_REMOVE = 14, /**< The same: who is no longer. */
    WP_AUDIT_PRIVATE_PERSON = 15, /**< A person became private; subject: the person; object: the
                                       owner. */
    WP_AUDIT_ASK_PERSON = 16,     /**< A question; subject: the person asked about. */
    WP_AUDIT_ASK_COMPANY = 17,    /**< A question; subject: the company. */
    WP_AUDIT_ASK_NAME = 18,       /**< A search by name. */
    WP_AUDIT_ASK_ALL = 19         /**< A question about everybody (reach, a report). */
} wp_audit_action;

/** The name used everywhere in text, "erase"; NULL for a value that is none. */
WP_API const char *wp_audit_action_name(wp_audit_action action);

/** "off", "changes", "all"; NULL for a value that is none. */
WP_API const char *wp_audit_mode_name(wp_audit_mode mode);

/** One entry. */
typedef struct wp_audit_entry {
    uint64_t number; /**< 1 upwards, without holes. */
    int64_t time_s;  /**< By the system's clock. */
    wp_audit_action action;
    uint32_t user;    /**< wp_open_options.user */
    uint32_t actor;   /**< The person for whom it was done; 0: unsaid. */
    uint32_t subject; /**< As the action says. Numbers of people stay when they are erased. */
    uint32_t object;
    wp_side_kind subject_kind; /**< Of barriers and members: what the number is of; 0: of others. */
    wp_side_kind object_kind;
    unsigned char hash[32]; /**< Of the entry before and of this one. */
} wp_audit_entry;

/** Set what is logged from now on; an entry itself.
 * @return WP_OK, WP_EINVAL, WP_EREADONLY, WP_EFULL */
WP_API_STATUS wp_audit_set_mode(wp_txn *txn, wp_audit_mode mode, wp_error *err);

/** What is logged. @return WP_OK, WP_EINVAL */
WP_API_STATUS wp_audit_get_mode(wp_txn *txn, wp_audit_mode *mode, wp_error *err);

/**
 * Log what a program did: an export, or a question that was answered. Does nothing when the mode
 * leaves it out.
 * @return WP_OK, WP_EINVAL (no such action, or no SHA-256 function), WP_EREADONLY, WP_EFULL
 */
WP_API_STATUS wp_audit_note(wp_txn *txn, wp_audit_action action, uint32_t actor, uint32_t subject,
                            uint32_t object, wp_error *err);

/**
 * The entries in order.
 * @param[in,out] at  The one before (start with {0}); replaced by the next.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (there is none after it)
 */
WP_API_STATUS wp_audit_next(wp_txn *txn, wp_audit_entry *at, wp_error *err);

/**
 * The last entry: its number and hash, to be noted elsewhere.
 * @return WP_OK, WP_EINVAL, WP_ENOTFOUND (the log is empty)
 */
WP_API_STATUS wp_audit_head(wp_txn *txn, wp_audit_entry *head, wp_error *err);

/**
 * Compute all hashes anew.
 * @param[out] broken  The number of the first entry that is not as it was written, is missing or
 *                     is one too many; 0: all are sound.
 * @return WP_OK (also when one is broken), WP_EINVAL (no SHA-256 function)
 * Cost: O(entries).
 */
WP_API_STATUS wp_audit_verify(wp_txn *txn, uint64_t *broken, wp_error *err);

/* ---- 15. Initialisers ---------------------------------------------------------------------- */
/* clang-format off */
#define WP_OPEN_OPTIONS_INIT  {sizeof(wp_open_options), false, 0, false, false, 0, NULL, \
                               WP_USER_NONE, 0}
#define WP_PERSON_FACTS_INIT  {sizeof(wp_person_facts), NULL, 0, NULL, NULL, WP_US_UNSAID, NULL, \
                               0, false, false}
#define WP_COMPANY_FACTS_INIT {sizeof(wp_company_facts), NULL, 0, NULL, WP_US_UNSAID, NULL, 0, 0}
#define WP_INTERACTION_INIT   {sizeof(wp_interaction), NULL, WP_KIND_MAIL, WP_TIME_NONE, 0, NULL, \
                               0, 0.0, NULL, 0, 0, NULL, 0}
#define WP_RETENTION_INIT     {sizeof(wp_retention), 0, false, false, NULL, NULL, NULL}
#define WP_CONSENT_INIT       {sizeof(wp_consent), 0, WP_CHOICE_UNSAID, WP_CHOICE_UNSAID, \
                               WP_DAY_NONE, 0, WP_SHARING_UNSAID, NULL, 0}
#define WP_SETTINGS_INIT      {sizeof(wp_settings), WP_CHOICE_UNSAID, WP_CHOICE_UNSAID, \
                               WP_SHARING_UNSAID, WP_CHOICE_UNSAID}
#define WP_OPPORTUNITY_INIT   {sizeof(wp_opportunity), 0, NULL, NULL, (double)NAN, NULL, NULL, \
                               WP_OPPORTUNITY_OPEN, WP_DAY_NONE, WP_DAY_NONE, 0, 0, 0}
#define WP_PATH_QUERY_INIT    {sizeof(wp_path_query), NULL, 0, NULL, 0, 0, 3, 5, 0.05, 0.02, \
                               false, NULL, 0, 0, 1.0, false, {0, 0, 0, NULL}}
#define WP_FIND_QUERY_INIT    {sizeof(wp_find_query), NULL, 20, 0}
#define WP_REACH_QUERY_INIT   {sizeof(wp_reach_query), NULL, 0, 0, 3, 0.05, 0.02, false, \
                               false, {0, 0, 0, NULL}}
/* clang-format on */

#ifdef __cplusplus
}
#endif

#endif
