/*
 * Giving pages that were read back to the system, for work that passes through
 * a whole file.
 *
 * LMDB does not tell where its map begins. A page begins with its own number,
 * so that any short record of a committed snapshot leads there. The pages stay
 * in the system's cache; what is lost is only that they are mapped, and reading
 * one again maps it again. Nothing can go wrong that would matter: on any
 * failure the pages stay as they are.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "store/store_internal.h"
#include "store/validate.h"

/* Pages are let go of when the process is charged with so much more than after the last time. */
#define COUNTED_BYTES_MAX (24u << 20)

static void release_all(wpi_store_txn *txn)
{
    wpi_store_txn *reading; /* A record of a write transaction may lie outside the map. */
    MDB_val key = {strlen(WPI_FORMAT_KEY), (void *)(uintptr_t)WPI_FORMAT_KEY}, format;
    MDB_envinfo info;
    MDB_stat stat;
    MDB_env *environment = txn->store->environment;
    if (wpi_store_begin(txn->store, false, &reading, NULL) != WP_OK)
        return;
    bool is_known =
        mdb_env_info(environment, &info) == 0 && mdb_env_stat(environment, &stat) == 0 &&
        mdb_get(reading->transaction, txn->store->tables[WPI_TABLE_META], &key, &format) == 0;
    if (is_known) {
        uintptr_t page = (uintptr_t)format.mv_data & ~(uintptr_t)(stat.ms_psize - 1);
        uintptr_t begin = page - wpi_bytes_get_le64((const unsigned char *)page) * stat.ms_psize;
        (void)madvise((void *)begin, (info.me_last_pgno + 1) * stat.ms_psize, MADV_DONTNEED);
    }
    wpi_store_abort(reading);
}

/* Bytes of files that are mapped and counted for this process; SIZE_MAX when unknown. */
static size_t counted_bytes(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return SIZE_MAX;
    bool is_read = fscanf(file, "%*u %*u %lu", &pages) == 1;
    (void)fclose(file);
    return is_read ? pages * (size_t)sysconf(_SC_PAGESIZE) : SIZE_MAX;
}

void wpi_store_release_pages(wpi_store_txn *txn)
{
    size_t *after = &txn->store->counted_bytes, now = counted_bytes();
    if (now < *after) /* somebody else let go of pages */
        *after = now;
    if (now - *after < COUNTED_BYTES_MAX && now != SIZE_MAX)
        return;
    release_all(txn);
    *after = counted_bytes();
}
