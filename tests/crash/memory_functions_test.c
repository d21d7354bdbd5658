/*
 * Every function of the public header that can fail is called in a test that lets its allocations
 * fail: in memory_read_test.c or memory_write_test.c, or in crash_groups.c, which they share. One
 * that they forget is one whose failures nobody has seen.
 *
 * The header is read as text, so that a function that is added counts from the first day.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DECLARATION "\nWP_API_STATUS "

static char *read_text(const char *name)
{
    char file[4096];
    const char *root = getenv("WARMPATH_SOURCE");
    char *text = NULL;
    size_t bytes = 0;
    if (root == NULL)
        skip();
    (void)snprintf(file, sizeof file, "%s%s", root, name);
    FILE *in = fopen(file, "r"), *out = open_memstream(&text, &bytes);
    assert_non_null(in);
    assert_non_null(out);
    for (int c = fgetc(in); c != EOF; c = fgetc(in))
        fputc(c, out);
    assert_int_equal(fclose(in), 0);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void memory__fails_in_every_function_of_the_header(void **state)
{
    char *header = read_text("/include/warmpath.h");
    char *reads = read_text("/tests/crash/memory_read_test.c");
    char *writes = read_text("/tests/crash/memory_write_test.c");
    char *shared = read_text("/tests/support/crash_groups.c");
    size_t functions = 0, forgotten = 0;
    (void)state;
    for (const char *at = header; (at = strstr(at, DECLARATION)) != NULL;) {
        char call[128];
        at += strlen(DECLARATION);
        (void)snprintf(call, sizeof call, "%.*s(", (int)strcspn(at, "("), at);
        functions++;
        if (strstr(reads, call) == NULL && strstr(writes, call) == NULL &&
            strstr(shared, call) == NULL) {
            print_error("%s) is in no test of failing allocations\n", call);
            forgotten++;
        }
    }
    free(header);
    free(reads);
    free(writes);
    free(shared);
    assert_in_range(functions, 60, 500);
    assert_int_equal(forgotten, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory__fails_in_every_function_of_the_header)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
