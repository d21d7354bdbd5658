/*
 * Listening to the library's changes and replaying them: see lmdb_twin.h.
 *
 * The linker's --wrap leads mdb_put() and its like here, and __real_mdb_put() to LMDB. Trees are
 * known by the handles that the library got for them, and found by name in the twin's file. Changes
 * that LMDB refused, such as an append of what belongs elsewhere, changed nothing and are not
 * noted.
 *
 * This is the one file of the benches that may know LMDB: no other can measure what it costs alone.
 */
#include "lmdb_twin.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"

#define TREES_MAX 64
#define NAME_BYTES 32
#define MAP_BYTES ((size_t)1 << 36)

typedef enum way { WAY_PUT, WAY_CURSOR, WAY_DELETE, WAY_EMPTY, WAY_END } way;

typedef struct change {
    way way;
    MDB_dbi tree; /* the library's handle */
    unsigned flags;
    size_t key_at;
    size_t key_bytes;
    size_t value_bytes;
} change;

typedef struct listener {
    bool is_listening;
    char names[TREES_MAX][NAME_BYTES]; /* by the library's handles */
    change *changes;
    size_t count, capacity;
    size_t replayed;
    unsigned char *keys;
    size_t key_bytes, key_capacity;
    char path[512];
    MDB_env *environment;
    MDB_dbi trees[TREES_MAX]; /* the twin's, by the library's handles */
} listener;

static listener twin;

int __real_mdb_dbi_open(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *tree);
int __real_mdb_put(MDB_txn *txn, MDB_dbi tree, MDB_val *key, MDB_val *value, unsigned flags);
int __real_mdb_cursor_put(MDB_cursor *cursor, MDB_val *key, MDB_val *value, unsigned flags);
int __real_mdb_del(MDB_txn *txn, MDB_dbi tree, MDB_val *key, MDB_val *value);
int __real_mdb_drop(MDB_txn *txn, MDB_dbi tree, int is_for_good);
int __wrap_mdb_dbi_open(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *tree);
int __wrap_mdb_put(MDB_txn *txn, MDB_dbi tree, MDB_val *key, MDB_val *value, unsigned flags);
int __wrap_mdb_cursor_put(MDB_cursor *cursor, MDB_val *key, MDB_val *value, unsigned flags);
int __wrap_mdb_del(MDB_txn *txn, MDB_dbi tree, MDB_val *key, MDB_val *value);
int __wrap_mdb_drop(MDB_txn *txn, MDB_dbi tree, int is_for_good);

static void check(int code, const char *doing)
{
    if (code != 0)
        bench_die("lmdb: %s: %s", doing, mdb_strerror(code));
}

/* --- listening --- */

static void *grown(void *items, size_t *capacity, size_t count, size_t bytes)
{
    if (count <= *capacity)
        return items;
    *capacity = 2 * count + 4096;
    items = realloc(items, *capacity * bytes);
    if (items == NULL)
        bench_die("no memory for %zu changes", *capacity);
    return items;
}

static void note(way how, MDB_dbi tree, const MDB_val *key, size_t value_bytes, unsigned flags)
{
    if (!twin.is_listening)
        return;
    size_t bytes = key == NULL ? 0 : key->mv_size;
    twin.changes = grown(twin.changes, &twin.capacity, twin.count + 1, sizeof *twin.changes);
    twin.keys = grown(twin.keys, &twin.key_capacity, twin.key_bytes + bytes, 1);
    twin.changes[twin.count++] = (change){how, tree, flags, twin.key_bytes, bytes, value_bytes};
    if (bytes > 0)
        memcpy(twin.keys + twin.key_bytes, key->mv_data, bytes);
    twin.key_bytes += bytes;
}

int __wrap_mdb_dbi_open(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *tree)
{
    int code = __real_mdb_dbi_open(txn, name, flags, tree);
    if (code != 0 || name == NULL)
        return code;
    if (*tree >= TREES_MAX || strlen(name) >= NAME_BYTES)
        bench_die("lmdb: the handle of tree %s is %u, expected 0..%d", name, *tree, TREES_MAX - 1);
    snprintf(twin.names[*tree], NAME_BYTES, "%s", name);
    return code;
}

int __wrap_mdb_put(MDB_txn *txn, MDB_dbi tree, MDB_val *key, MDB_val *value, unsigned flags)
{
    int code = __real_mdb_put(txn, tree, key, value, flags);
    if (code == 0)
        note(WAY_PUT, tree, key, value->mv_size, flags);
    return code;
}

int __wrap_mdb_cursor_put(MDB_cursor *cursor, MDB_val *key, MDB_val *value, unsigned flags)
{
    int code = __real_mdb_cursor_put(cursor, key, value, flags);
    if (code == 0)
        note(WAY_CURSOR, mdb_cursor_dbi(cursor), key, value->mv_size, flags);
    return code;
}

int __wrap_mdb_del(MDB_txn *txn, MDB_dbi tree, MDB_val *key, MDB_val *value)
{
    int code = __real_mdb_del(txn, tree, key, value);
    if (code == 0)
        note(WAY_DELETE, tree, key, 0, 0);
    return code;
}

int __wrap_mdb_drop(MDB_txn *txn, MDB_dbi tree, int is_for_good)
{
    int code = __real_mdb_drop(txn, tree, is_for_good);
    if (code == 0)
        note(WAY_EMPTY, tree, NULL, 0, 0);
    return code;
}

void lmdb_twin_listen(bool is_listening)
{
    twin.is_listening = is_listening;
}

void lmdb_twin_mark(void)
{
    note(WAY_END, 0, NULL, 0, 0);
}

void lmdb_twin_forget(void)
{
    twin.count = twin.key_bytes = twin.replayed = 0;
}

/* --- the file --- */

static MDB_env *open_file(const char *path, unsigned flags)
{
    MDB_env *environment;
    check(mdb_env_create(&environment), "creating an environment");
    check(mdb_env_set_maxdbs(environment, TREES_MAX), "setting the number of trees");
    check(mdb_env_set_mapsize(environment, MAP_BYTES), "setting the size of the map");
    check(mdb_env_open(environment, path, MDB_NOSUBDIR | MDB_NOTLS | flags, 0600), path);
    return environment;
}

void lmdb_twin_open(const char *from, const char *path)
{
    MDB_txn *txn;
    snprintf(twin.path, sizeof twin.path, "%s", path);
    graph_remove(path);
    graph_copy(from, path);
    twin.environment = open_file(path, MDB_NOSYNC);
    check(mdb_txn_begin(twin.environment, NULL, 0, &txn), "beginning a transaction");
    for (unsigned i = 0; i < TREES_MAX; i++)
        if (twin.names[i][0] != '\0')
            check(__real_mdb_dbi_open(txn, twin.names[i], 0, &twin.trees[i]), twin.names[i]);
    check(mdb_txn_commit(txn), "opening the trees");
}

void lmdb_twin_close(void)
{
    mdb_env_close(twin.environment);
    graph_remove(twin.path);
    free(twin.changes);
    free(twin.keys);
    twin = (listener){.is_listening = false};
}

/* --- replaying --- */

static MDB_cursor *cursor_at(MDB_txn *txn, MDB_cursor **cursors, MDB_dbi tree)
{
    if (cursors[tree] == NULL)
        check(mdb_cursor_open(txn, twin.trees[tree], &cursors[tree]), "opening a cursor");
    return cursors[tree];
}

static void repeat(MDB_txn *txn, MDB_cursor **cursors, const change *it)
{
    MDB_dbi tree = twin.trees[it->tree];
    MDB_val key = {it->key_bytes, twin.keys + it->key_at};
    MDB_val value = {it->value_bytes, NULL};
    unsigned flags = it->flags | MDB_RESERVE;
    if (it->way == WAY_DELETE) {
        check(__real_mdb_del(txn, tree, &key, NULL), "deleting a record");
        return;
    }
    if (it->way == WAY_EMPTY) {
        check(__real_mdb_drop(txn, tree, 0), "emptying a tree");
        return;
    }
    check(it->way == WAY_PUT
              ? __real_mdb_put(txn, tree, &key, &value, flags)
              : __real_mdb_cursor_put(cursor_at(txn, cursors, it->tree), &key, &value, flags),
          "storing a record");
    memset(value.mv_data, 1, it->value_bytes);
}

void lmdb_twin_replay(void)
{
    MDB_txn *txn;
    MDB_cursor *cursors[TREES_MAX] = {NULL};
    check(mdb_txn_begin(twin.environment, NULL, 0, &txn), "beginning a transaction");
    while (twin.replayed < twin.count && twin.changes[twin.replayed].way != WAY_END)
        repeat(txn, cursors, &twin.changes[twin.replayed++]);
    twin.replayed++;
    for (unsigned i = 0; i < TREES_MAX; i++)
        if (cursors[i] != NULL)
            mdb_cursor_close(cursors[i]);
    check(mdb_txn_commit(txn), "committing");
}

/* --- comparing --- */

static void read_stat(MDB_env *environment, const char *name, MDB_stat *out)
{
    MDB_txn *txn;
    MDB_dbi tree;
    check(mdb_txn_begin(environment, NULL, MDB_RDONLY, &txn), "beginning a transaction");
    check(__real_mdb_dbi_open(txn, name, 0, &tree), name);
    check(mdb_stat(txn, tree, out), name);
    mdb_txn_abort(txn);
}

bool lmdb_twin_equals(const char *path)
{
    bool is_equal = true;
    MDB_env *environment = open_file(path, MDB_RDONLY);
    for (unsigned i = 0; i < TREES_MAX; i++) {
        MDB_stat ours, theirs;
        if (twin.names[i][0] == '\0')
            continue;
        read_stat(environment, twin.names[i], &ours);
        read_stat(twin.environment, twin.names[i], &theirs);
        if (memcmp(&ours, &theirs, sizeof ours) == 0)
            continue;
        is_equal = false;
        bench_say("tree %s: %zu records and %zu leaves, in the twin %zu and %zu", twin.names[i],
                  ours.ms_entries, ours.ms_leaf_pages, theirs.ms_entries, theirs.ms_leaf_pages);
    }
    mdb_env_close(environment);
    return is_equal;
}
