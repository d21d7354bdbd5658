/*
 * Erased means that the bytes are gone: of people erased from random networks (erase_world.h) no
 * string is found in any file that belongs to the database, in any form (scan.h), also after the
 * same files were imported again.
 *
 * Each network loses some of its people, each erasure followed by rebuilding the file, or all of
 * them by one. That the scan works is shown each time: it finds the person before, and what erasing
 * without rebuilding leaves in the file.
 */
#ifndef WARMPATH_TESTS_SUPPORT_ERASE_SCAN_H
#define WARMPATH_TESTS_SUPPORT_ERASE_SCAN_H

#include <stdint.h>

/* Erase so many people or a few more, scan, and print what was found. */
void erase_scan_run(uint64_t seed, uint64_t people);

#endif
