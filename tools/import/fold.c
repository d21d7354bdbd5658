/*
 * Text folded to plain words: compatibility decomposition, case folding, marks dropped that letters
 * are read without. Those of the classes 0 to 9 are vowels of Indic scripts and sounds of kana, and
 * stay. Plain ASCII, of which most labels and values are, needs none of it and no memory.
 *
 * The Polish l with a stroke has no decomposition and is mapped here, as are underscores and all
 * else that is no letter or digit, to the blank between two words.
 */
#include "import/fold.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define POLISH_L 0x142

#define MARK_CLASS_MIN 10 /* of marks that are dropped */

static bool is_letter(utf8proc_int32_t character)
{
    utf8proc_category_t category = utf8proc_category(character);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_MC) ||
           category == UTF8PROC_CATEGORY_ND;
}

static bool is_dropped(utf8proc_int32_t character)
{
    utf8proc_category_t category = utf8proc_category(character);
    return category == UTF8PROC_CATEGORY_ME ||
           (category == UTF8PROC_CATEGORY_MN &&
            utf8proc_get_property(character)->combining_class >= MARK_CLASS_MIN);
}

/* Add a character and, when a word begins with it, the blank before; false: no room. */
static bool add_letter(utf8proc_int32_t character, bool begins, char *out, size_t bytes,
                       size_t *used)
{
    utf8proc_uint8_t encoded[4];
    utf8proc_ssize_t length =
        utf8proc_encode_char(character == POLISH_L ? 'l' : character, encoded);
    bool has_blank = begins && *used > 0;
    if (*used + (has_blank ? 1 : 0) + (size_t)length >= bytes)
        return false;
    if (has_blank)
        out[(*used)++] = ' ';
    memcpy(out + *used, encoded, (size_t)length);
    *used += (size_t)length;
    return true;
}

static bool is_ascii(const char *text)
{
    unsigned char all = 0;
    for (; *text != '\0'; text++)
        all |= (unsigned char)*text;
    return all < 0x80;
}

/* Ends as fold_words() does when there is no room for a letter. */
static void fold_ascii(const char *text, char *out, size_t bytes)
{
    bool is_inside = false;
    size_t used = 0;
    for (; *text != '\0'; text++) {
        char c = *text >= 'A' && *text <= 'Z' ? (char)(*text | 0x20) : *text;
        bool begins = !is_inside && used > 0;
        is_inside = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (is_inside && used + (begins ? 1 : 0) + 1 >= bytes)
            break;
        if (is_inside && begins)
            out[used++] = ' ';
        if (is_inside)
            out[used++] = c;
    }
    out[used] = '\0';
}

bool fold_words(const char *text, char *out, size_t bytes)
{
    if (is_ascii(text)) {
        fold_ascii(text, out, bytes);
        return true;
    }
    utf8proc_uint8_t *folded = NULL;
    utf8proc_option_t how = UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPAT |
                            UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    utf8proc_ssize_t left = utf8proc_map((const utf8proc_uint8_t *)text, 0, &folded, how);
    bool is_inside = false, is_good = left >= 0;
    size_t used = 0;
    for (const utf8proc_uint8_t *at = folded; left > 0;) {
        utf8proc_int32_t character;
        utf8proc_ssize_t length = utf8proc_iterate(at, left, &character);
        at += length;
        left -= length;
        if (is_dropped(character))
            continue;
        bool begins = !is_inside;
        is_inside = is_letter(character);
        if (is_inside && !add_letter(character, begins, out, bytes, &used))
            break;
    }
    out[used] = '\0';
    free(folded);
    return is_good;
}
