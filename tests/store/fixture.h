/*
 * What the tests of the store share: databases in the scratch directory and short forms of the
 * calls that a test expects to succeed.
 */
#ifndef TEST_STORE_FIXTURE_H
#define TEST_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "expect_ok.h"
#include "scratch.h"
#include "store/recent.h"
#include "store/store.h"

static inline wpi_slice fixture_text(const char *text)
{
    return (wpi_slice){text, strlen(text)};
}

/* Create an empty database; returns its path, which is the caller's to free. */
static inline char *fixture_create(const char *name)
{
    char *path = strdup(scratch_path(name));
    assert_non_null(path);
    EXPECT_OK(wpi_store_create(path, NULL, NULL, &err));
    return path;
}

static inline wpi_store *fixture_open(const char *path)
{
    wpi_store *store = NULL;
    EXPECT_OK(wpi_store_open(path, NULL, &store, &err));
    assert_non_null(store);
    return store;
}

static inline wpi_store_txn *fixture_begin(wpi_store *store, bool is_write)
{
    wpi_store_txn *txn = NULL;
    EXPECT_OK(wpi_store_begin(store, is_write, &txn, &err));
    assert_non_null(txn);
    return txn;
}

static inline void fixture_commit(wpi_store_txn *txn)
{
    EXPECT_OK(wpi_store_commit(txn, &err));
}

static inline void fixture_put(wpi_store_txn *txn, const char *key, const char *value)
{
    EXPECT_OK(
        wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text(key), fixture_text(value), 1, &err));
}

/* Put one record in a transaction of its own. */
static inline void fixture_store(wpi_store *store, const char *key, const char *value)
{
    wpi_store_txn *txn = fixture_begin(store, true);
    fixture_put(txn, key, value);
    fixture_commit(txn);
}

/* The same, with the record in the tree of its table. */
static inline void fixture_store_in_tree(wpi_store *store, const char *key, const char *value)
{
    wpi_store_txn *txn = fixture_begin(store, true);
    EXPECT_OK(wpi_recent_fold(txn, &err));
    fixture_put(txn, key, value);
    fixture_commit(txn);
}

static inline void fixture_expect(wpi_store_txn *txn, const char *key, const char *expected)
{
    wpi_slice value;
    EXPECT_OK(wpi_store_get(txn, WPI_TABLE_PERSON, fixture_text(key), &value, NULL, &err));
    assert_int_equal(value.bytes, strlen(expected));
    assert_memory_equal(value.data, expected, value.bytes);
}

static inline void fixture_expect_none(wpi_store_txn *txn, const char *key)
{
    wpi_slice value;
    assert_int_equal(wpi_store_get(txn, WPI_TABLE_PERSON, fixture_text(key), &value, NULL, NULL),
                     WP_ENOTFOUND);
}

/* Read a whole file; the bytes are the caller's to free. */
static inline unsigned char *fixture_read_file(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    assert_true(size >= 0);
    rewind(file);
    unsigned char *data = malloc((size_t)size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, (size_t)size, file), size);
    assert_int_equal(fclose(file), 0);
    *bytes = (size_t)size;
    return data;
}

/* Write a new file in place of one that may exist; it carries no clean stamp. */
static inline void fixture_write_file(const char *path, const void *data, size_t bytes)
{
    (void)unlink(path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, bytes, file), bytes);
    assert_int_equal(fclose(file), 0);
}

#endif
