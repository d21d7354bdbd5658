/*
 * Files and directories: what the store needs from the operating system besides LMDB.
 *
 * A new database or copy is built under a temporary name beside its place and then renamed in a
 * way that fails when the name is taken: nobody ever sees half a file and nothing is overwritten.
 * Knows nothing of what is in the files.
 */
#ifndef WPI_STORE_FILES_H
#define WPI_STORE_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/status.h"

/* Read exactly `bytes` at `offset`; WP_ECORRUPT when the file ends before. */
wp_status wpi_files_read(int fd, void *buffer, size_t bytes, uint64_t offset, wp_error *err);

/* lstat a path that must be a regular file. WP_ENOTFOUND, WP_EACCESS (symbolic link), WP_EFORMAT.
 */
wp_status wpi_files_examine(const char *path, struct stat *info, wp_error *err);

/* Where an open file lies. */
typedef struct wpi_disk {
    char name[24]; /* "ext4", "nfs"; the type in hexadecimal when it is another */
    bool is_network;
    uint64_t free_bytes; /* for those who are not root */
} wpi_disk;
wp_status wpi_files_describe_disk(int fd, wpi_disk *out, wp_error *err);

/* WP_EACCESS when the open file lies on a network file system, where locks may not work. */
wp_status wpi_files_refuse_network(int fd, wp_error *err);

/* WP_EEXIST when anything has this name. */
wp_status wpi_files_refuse_existing(const char *path, wp_error *err);

/* A new temporary name beside `path`: ".NAME.creating-PID-RANDOM". Free it with wpi_memory_free. */
wp_status wpi_files_temporary_name(const char *path, char **name, wp_error *err);

/* Remove files with a temporary name beside `path` whose makers are dead, and their lock files. */
void wpi_files_remove_leftovers(const char *path);

/* Whether no process has this number. */
bool wpi_files_is_dead(pid_t process);

/* `path` with "-lock" behind it, the name that LMDB gives to its lock file; NULL: no memory. */
char *wpi_files_lock_name(const char *path);

/* Create an empty file of mode 0600 that must not exist; *fd is open for reading and writing, and
 * holds a flock that says that the file is in use. */
wp_status wpi_files_create(const char *path, int *fd, wp_error *err);

/* Sync a closed file, then give it its final name, which must be free (WP_EEXIST), and sync the
 * directory. On success the temporary name is gone; on failure the final name does not exist,
 * unless it did before. */
wp_status wpi_files_place(const char *temporary, const char *path, wp_error *err);

/* Sync a closed file, then have it take the place of the one that has its final name, and sync the
 * directory. *is_done: it has the name, also when the directory then failed; else the other has. */
wp_status wpi_files_replace(const char *temporary, const char *path, bool *is_done, wp_error *err);

#endif
