/*
 * Any bytes as a name, with encoded words in any charset. Promised: a name comes out clean, not too
 * long and tidy already: tidying it once more changes nothing.
 */
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "import/address.h"
#include "import/charset.h"

static void check_tidy(const char *name)
{
    char *again = NULL;
    fuzz_expect(charset_tidy_name(name, &again), "there is memory");
    fuzz_expect(again != NULL && strcmp(again, name) == 0, "tidying twice is tidying once");
    free(again);
}

void fuzz_input(const uint8_t *bytes, size_t count, uint64_t choice)
{
    g_mime_init(); /* only the first call does anything */
    char *raw = fuzz_copy(bytes, count);
    char *text = charset_repair(raw, count);
    fuzz_expect(text != NULL && charset_is_clean(text, strlen(text)), "repaired text is clean");
    char *name = NULL, *tidy = NULL;
    fuzz_expect(address_clean_name(FUZZ_IS_THOROUGH(choice) ? raw : text, &name),
                "there is memory");
    if (name != NULL) {
        fuzz_expect(strlen(name) <= NAME_BYTES_MAX, "a name is not too long");
        fuzz_expect(charset_is_clean(name, strlen(name)), "a name is clean");
    }
    fuzz_expect(charset_tidy_name(text, &tidy), "there is memory");
    if (tidy != NULL)
        check_tidy(tidy);
    free(tidy);
    free(name);
    free(text);
    free(raw);
}
