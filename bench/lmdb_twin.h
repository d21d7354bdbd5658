/*
 * What the storage itself costs: a second file that bare LMDB writes the same records to.
 *
 * The twin begins as a copy of the library's file, so its trees, pages and free pages are the same.
 * While it listens, the linker leads the library's changes of records through the twin, which notes
 * tree, key and size of each in their order; replaying puts values of these sizes under the same
 * keys in one transaction of its own. It reads nothing, computes nothing and knows no format: what
 * the library takes beyond it is the library's own work.
 *
 * One twin at a time, and only the transactions of one file may be committed while it listens.
 */
#ifndef BENCH_LMDB_TWIN_H
#define BENCH_LMDB_TWIN_H

#include <stdbool.h>

/* Copy a file, that may be open as long as nobody writes, and open the copy unsynced. */
void lmdb_twin_open(const char *from, const char *path);
/* Note the changes of the library from now on, until it is told to stop. */
void lmdb_twin_listen(bool is_listening);
/* A transaction of the library ends here; what follows belongs to the next. */
void lmdb_twin_mark(void);
/* Do what the next transaction noted did, or after the last one forget all. */
void lmdb_twin_replay(void);
void lmdb_twin_forget(void);
/* Whether each tree of a closed file of the library has as many records and pages as the twin's. */
bool lmdb_twin_equals(const char *path);
void lmdb_twin_close(void);

#endif
