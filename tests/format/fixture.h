/*
 * What the tests of records share: bytes that were written, and memory for what is read of them.
 */
#ifndef TEST_FORMAT_FIXTURE_H
#define TEST_FORMAT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/adjacency.h"
#include "format/records.h"
#include "format/segment.h"
#include "format/tie_run.h"

static wpi_writer writer = WPI_WRITER_INIT;
static wpi_arena arena;

/* After all tests. */
static int free_written(void **state)
{
    (void)state;
    wpi_writer_free(&writer);
    wpi_arena_free(&arena);
    return 0;
}

static wpi_record_bytes written(void)
{
    assert_int_equal(wpi_writer_status(&writer, NULL), WP_OK);
    return (wpi_record_bytes){writer.bytes.items, writer.bytes.count};
}

#endif
