/*
 * Any bytes as the value of an address header. Promised: what is returned can be stored, which
 * means addresses that are usable and clean, and names that are clean and not too long.
 */
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "import/address.h"
#include "import/charset.h"

void fuzz_input(const uint8_t *bytes, size_t count, uint64_t choice)
{
    address_list list = {0};
    g_mime_init(); /* only the first call does anything */
    char *raw = fuzz_copy(bytes, count);
    char *text = charset_repair(raw, count);
    fuzz_expect(text != NULL && charset_is_clean(text, strlen(text)), "repaired text is clean");
    fuzz_expect(address_parse(text, WP_ROLE_TO, &list), "an address header can be parsed");
    if (FUZZ_IS_THOROUGH(choice))
        fuzz_expect(address_parse(text, WP_ROLE_CC, &list), "a second header is appended");
    fuzz_expect(list.count <= ADDRESSES_MAX, "the list is bounded");
    for (size_t i = 0; i < list.count; i++) {
        const address *at = &list.items[i];
        fuzz_expect(address_is_usable(at->email), "an address is usable");
        fuzz_expect(charset_is_clean(at->email, strlen(at->email)), "an address is clean");
        fuzz_expect(at->name == NULL || (charset_is_clean(at->name, strlen(at->name)) &&
                                         strlen(at->name) <= NAME_BYTES_MAX),
                    "a name is clean and not too long");
    }
    address_list_free(&list);
    free(text);
    free(raw);
}
