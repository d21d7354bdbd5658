/*
 * A client of the installed library: creates a database at the path given, opens it and reads its
 * statistics. It stands for any program outside this tree, so it knows the public header alone.
 */
#include <stdio.h>
#include <string.h>

#include <warmpath.h>

static wp_status read_stats(const char *path, wp_stats *stats, wp_error *err)
{
    wp_db *db;
    wp_txn *txn;
    wp_status status = wp_create(path, NULL, 0, err);
    if (status != WP_OK)
        return status;
    status = wp_open(path, NULL, &db, err);
    if (status != WP_OK)
        return status;
    status = wp_begin_read(db, &txn, err);
    if (status == WP_OK) {
        status = wp_stats_get(txn, stats, err);
        wp_abort(txn);
    }
    wp_close(db);
    return status;
}

int main(int argc, char **argv)
{
    wp_error err;
    wp_stats stats;
    if (argc != 2)
        return 2;
    if (strcmp(wp_version(), WP_VERSION_TEXT) != 0) {
        fprintf(stderr, "the library is %s, the header %s\n", wp_version(), WP_VERSION_TEXT);
        return 1;
    }
    wp_status status = read_stats(argv[1], &stats, &err);
    if (status != WP_OK) {
        fprintf(stderr, "%s: %s\n", wp_status_name(status), err.message);
        return 1;
    }
    if (stats.people != 0) {
        fprintf(stderr, "a new database has %llu people\n", (unsigned long long)stats.people);
        return 1;
    }
    printf("warmpath %s\n", wp_version());
    return 0;
}
