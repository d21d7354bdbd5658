/*
 * No byte is left of people erased from random networks: see erase_scan.h.
 *
 * A case is a person: `--cases N`.
 */
#include "erase_scan.h"
#include "random.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static random_arguments arguments = {1, 60};

static void erase__leaves_no_byte_of_the_person(void **unused)
{
    (void)unused;
    erase_scan_run(arguments.seed, arguments.cases);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(erase__leaves_no_byte_of_the_person)};
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
