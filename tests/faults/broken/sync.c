/*
 * Negative control: a library that syncs nothing. engine/store/environment.c is compiled for a test
 * program with its mdb_env_open() called wpi_broken_env_open(), and the program must then fail.
 */
#include <lmdb.h>

int wpi_broken_env_open(MDB_env *environment, const char *path, unsigned flags, mdb_mode_t mode);

int wpi_broken_env_open(MDB_env *environment, const char *path, unsigned flags, mdb_mode_t mode)
{
    return mdb_env_open(environment, path, flags | MDB_NOSYNC, mode);
}
