/*
 * LMDB's functions on their way; see crash_lmdb.h.
 *
 * A bad record is a copy, kept until thousands of others were made, long after the call of warmpath
 * that read it has returned; LMDB's own memory is never written.
 */
#include <dlfcn.h>
#include <errno.h>
#include <lmdb.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "crash_lmdb.h"
#include "crash_process.h"
#include "store/record.h"

#define COPIES_KEPT 4096
#define FIRST_TABLE_DBI 2 /* behind LMDB's own two trees: the engine opens its tables in order */

/* The library's function of a name, looked up once; POSIX lets a symbol be read as a function. */
#define REAL(name)                                                                                 \
    static __typeof__(&name) real;                                                                 \
    if (real == NULL)                                                                              \
    *(void **)&real = find_real(#name)

static void *find_real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    crash_require(found != NULL, name);
    return found;
}

static void *copies[COPIES_KEPT];
static size_t copy_count;
static bool (*is_call_struck)(void);
static crash_fault (*strike_record)(bool is_key_given);

void crash_lmdb_watch(bool (*call)(void), crash_fault (*record)(bool is_key_given))
{
    is_call_struck = call;
    strike_record = record;
    for (size_t i = 0; i < COPIES_KEPT; i++) {
        free(copies[i]);
        copies[i] = NULL;
    }
}

static bool fails(void)
{
    return is_call_struck != NULL && is_call_struck();
}

/* ---- bad records ------------------------------------------------------------------------------
 */

static unsigned char *keep_copy(size_t bytes)
{
    void **place = &copies[copy_count++ % COPIES_KEPT];
    free(*place);
    *place = calloc(1, bytes);
    crash_require(*place != NULL, "memory for a bad record");
    return *place;
}

static size_t bad_bytes(crash_fault kind, size_t bytes)
{
    if (kind == CRASH_FAULT_RECORD_EMPTY || (kind == CRASH_FAULT_RECORD_SHORT && bytes == 0))
        return 0;
    if (kind == CRASH_FAULT_RECORD_SHORT)
        return bytes - 1;
    return kind == CRASH_FAULT_RECORD_LONG ? bytes + 1 : bytes;
}

static void fill_bad(crash_fault kind, unsigned char *to, size_t bytes, wpi_slice from)
{
    if (kind == CRASH_FAULT_RECORD_ONES)
        memset(to, 0xff, bytes);
    else if (from.bytes > 0)
        memcpy(to, from.data, bytes < from.bytes ? bytes : from.bytes);
}

/* Put an envelope of other content, as if it had been stored so, in place of a record's value. */
static void replace(wpi_table table, wpi_slice key, crash_fault kind, wpi_slice payload,
                    uint8_t version, MDB_val *value)
{
    size_t bytes = bad_bytes(kind, payload.bytes);
    unsigned char *content = keep_copy(bytes + 1), *sealed;
    fill_bad(kind, content, bytes, payload);
    sealed = keep_copy(bytes + WPI_VALUE_TRAILER_BYTES);
    wpi_record_seal(table, key, (wpi_slice){content, bytes}, version, sealed);
    *value = (MDB_val){bytes + WPI_VALUE_TRAILER_BYTES, sealed};
}

/* Give something bad in place of a record, when it is one and its turn has come. */
static void damage(MDB_dbi tree, bool is_key_given, MDB_val *key, MDB_val *value)
{
    wpi_table table = (wpi_table)(tree - FIRST_TABLE_DBI);
    wpi_slice name = {key->mv_data, key->mv_size}, payload;
    uint8_t version = 0;
    if (strike_record == NULL ||
        wpi_record_unseal(table, name, (wpi_slice){value->mv_data, value->mv_size}, &payload,
                          &version, NULL) != WP_OK)
        return;
    crash_fault kind = strike_record(is_key_given);
    if (kind == CRASH_FAULT_MEMORY)
        return;
    if (kind == CRASH_FAULT_KEY_SHORT) {
        name.data = memcpy(keep_copy(name.bytes), name.data, name.bytes);
        name.bytes--;
        *key = (MDB_val){name.bytes, (void *)(uintptr_t)name.data};
    }
    replace(table, name, kind, payload, version, value);
}

/* ---- LMDB -------------------------------------------------------------------------------------
 */

int mdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data)
{
    REAL(mdb_get);
    if (fails())
        return MDB_CORRUPTED;
    int code = real(txn, dbi, key, data);
    if (code == 0)
        damage(dbi, false, key, data);
    return code;
}

int mdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *data, MDB_cursor_op op)
{
    REAL(mdb_cursor_get);
    if (fails())
        return MDB_CORRUPTED;
    int code = real(cursor, key, data, op);
    if (code == 0)
        damage(mdb_cursor_dbi(cursor), true, key, data);
    return code;
}

int mdb_txn_commit(MDB_txn *txn)
{
    REAL(mdb_txn_commit);
    if (!fails())
        return real(txn);
    void (*end)(MDB_txn *);
    *(void **)&end = find_real("mdb_txn_abort"); /* the transaction counts as ended already */
    end(txn);
    return EIO;
}

/* The others fail with EIO and do nothing. */
#define FAILING(name, parameters, arguments)                                                       \
    int name parameters                                                                            \
    {                                                                                              \
        REAL(name);                                                                                \
        return fails() ? EIO : real arguments;                                                     \
    }

FAILING(mdb_put, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *data, unsigned flags),
        (txn, dbi, key, data, flags))
FAILING(mdb_del, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *data), (txn, dbi, key, data))
FAILING(mdb_cursor_open, (MDB_txn * txn, MDB_dbi dbi, MDB_cursor **cursor), (txn, dbi, cursor))
FAILING(mdb_cursor_put, (MDB_cursor * cursor, MDB_val *key, MDB_val *data, unsigned flags),
        (cursor, key, data, flags))
FAILING(mdb_txn_begin, (MDB_env * env, MDB_txn *parent, unsigned flags, MDB_txn **txn),
        (env, parent, flags, txn))
FAILING(mdb_txn_renew, (MDB_txn * txn), (txn))
FAILING(mdb_dbi_open, (MDB_txn * txn, const char *name, unsigned flags, MDB_dbi *dbi),
        (txn, name, flags, dbi))
FAILING(mdb_stat, (MDB_txn * txn, MDB_dbi dbi, MDB_stat *stat), (txn, dbi, stat))
FAILING(mdb_env_create, (MDB_env * *env), (env))
FAILING(mdb_env_open, (MDB_env * env, const char *path, unsigned flags, mdb_mode_t mode),
        (env, path, flags, mode))
FAILING(mdb_env_get_fd, (MDB_env * env, mdb_filehandle_t *fd), (env, fd))
FAILING(mdb_env_set_mapsize, (MDB_env * env, size_t bytes), (env, bytes))
FAILING(mdb_env_set_maxreaders, (MDB_env * env, unsigned readers), (env, readers))
FAILING(mdb_env_set_maxdbs, (MDB_env * env, MDB_dbi count), (env, count))
FAILING(mdb_env_stat, (MDB_env * env, MDB_stat *stat), (env, stat))
FAILING(mdb_env_info, (MDB_env * env, MDB_envinfo *info), (env, info))
FAILING(mdb_env_sync, (MDB_env * env, int is_forced), (env, is_forced))
FAILING(mdb_reader_check, (MDB_env * env, int *dead), (env, dead))
FAILING(mdb_reader_list, (MDB_env * env, MDB_msg_func *say, void *context), (env, say, context))
