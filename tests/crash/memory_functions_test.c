/*
 * Every function of the public header that can fail is called in a test that lets its allocations
 * fail: in one of memory_*_test.c, or in what they share. One that they forget is one whose
 * failures nobody has seen.
 *
 * The header is read as text, so that a function that is added counts from the first day.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
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

static const char *const files[] = {
    "/tests/crash/memory_file_test.c", "/tests/crash/memory_read_test.c",
    "/tests/crash/memory_walk_test.c", "/tests/crash/memory_write_test.c",
    "/tests/support/crash_groups.c",   "/tests/support/crash_reads.c",
};
#define FILES (sizeof files / sizeof *files)

static bool is_called(char *const texts[], const char *call)
{
    bool is_in_one = false;
    for (size_t i = 0; i < FILES; i++)
        is_in_one |= strstr(texts[i], call) != NULL;
    return is_in_one;
}

static void memory__fails_in_every_function_of_the_header(void **state)
{
    char *header = read_text("/include/warmpath.h"), *texts[FILES];
    size_t functions = 0, forgotten = 0;
    (void)state;
    for (size_t i = 0; i < FILES; i++)
        texts[i] = read_text(files[i]);
    for (const char *at = header; (at = strstr(at, DECLARATION)) != NULL;) {
        char call[128];
        at += strlen(DECLARATION);
        (void)snprintf(call, sizeof call, "%.*s(", (int)strcspn(at, "("), at);
        functions++;
        if (!is_called(texts, call)) {
            print_error("%s) is in no test of failing allocations\n", call);
            forgotten++;
        }
    }
    free(header);
    for (size_t i = 0; i < FILES; i++)
        free(texts[i]);
    assert_in_range(functions, 60, 500);
    assert_int_equal(forgotten, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory__fails_in_every_function_of_the_header)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
