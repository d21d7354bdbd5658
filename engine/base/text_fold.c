/*
 * Folding of text for comparison and search.
 *
 * One character at a time: marks that combine vanish, Latin letters go through a table of two
 * bytes a character to the plain letters a keyboard has, other scripts are lower-cased through a
 * list of ranges, and what is neither letter nor digit separates words. Cyrillic short i and io and
 * their kin are letters of their own; their decomposed spellings are joined, so that both
 * spellings of a name fold to the same bytes; so are the parts of Hangul syllables and of voiced
 * kana, which some systems keep apart. Format characters (soft hyphen, joiners, direction
 * marks) vanish like marks. Bytes that are not UTF-8 separate words.
 *
 * Lower case goes through lists of ranges as well, with marks kept.
 *
 * The tables were made from Unicode 14; any change to them changes the name index and therefore
 * the file format. Scripts without case (Hebrew, Arabic, Han, ...) pass through as they are.
 */
#include "base/text.h"

#include <assert.h>
#include <string.h>

#include "base/utf8.h"

#define LATIN_FIRST 0x00C0u
#define LATIN_LAST 0x024Fu
#define VIETNAMESE_FIRST 0x1E00u
#define VIETNAMESE_LAST 0x1EFFu

/* Two bytes a character: its fold, padded with a space; two spaces: separator; "..": as is. */
static const char latin_folds[] =
    "a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thss" /* 00C0 */
    "a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thy " /* 00E0 */
    "a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g " /* 0100 */
    "g g g g h h h h i i i i i i i i i i ijijj j k k k l l l l l l l " /* 0120 */
    "l l l n n n n n n n n n o o o o o o oeoer r r r r r s s s s s s " /* 0140 */
    "s s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s " /* 0160 */
    "b b b b ......c c d d d d ........f f g ..hv..i k k l ....n n o " /* 0180 */
    "o o oioip p r ........t t t t u u ..v y y z z .................." /* 01A0 */
    "........dzdzdzljljljnjnjnja a i i o o u u u u u u u u u u ..a a " /* 01C0 */
    "a a aeaeg g g g k k o o o o ....j dzdzdzg g hv..n n a a aeaeo o " /* 01E0 */
    "a a a a e e e e i i i i o o o o r r r r u u u u s s t t ....h h " /* 0200 */
    "n d ououz z a a e e o o o o o o o o y y l n t j dbqpa c c l t s " /* 0220 */
    "z ....b u ..e e j j q q r r y y " /* 0240 */;

static const char latin_additional_folds[] =
    "a a b b b b b b c c d d d d d d d d d d e e e e e e e e e e f f " /* 1E00 */
    "g g h h h h h h h h h h i i i i k k k k k k l l l l l l l l m m " /* 1E20 */
    "m m m m n n n n n n n n o o o o o o o o p p p p r r r r r r r r " /* 1E40 */
    "s s s s s s s s s s t t t t t t t t u u u u u u u u u u v v v v " /* 1E60 */
    "w w w w w w w w w w x x x x y y z z z z z z h t w y a s s s ss.." /* 1E80 */
    "a a a a a a a a a a a a a a a a a a a a a a a a e e e e e e e e " /* 1EA0 */
    "e e e e e e e e i i i i o o o o o o o o o o o o o o o o o o o o " /* 1EC0 */
    "o o o o u u u u u u u u u u u u u u y y y y y y y y llllv v y y " /* 1EE0 */;

/* Characters first..last, every step-th of them, fold to themselves plus delta. */
typedef struct fold_range {
    uint32_t first;
    uint32_t last;
    uint32_t step;
    int32_t delta;
} fold_range;

static const fold_range moved[] = {
    {0x0186, 0x0186, 1, 206},     {0x018E, 0x018E, 1, 79},     {0x018F, 0x018F, 1, 202},
    {0x0190, 0x0190, 1, 203},     {0x0194, 0x0194, 1, 207},    {0x0196, 0x0196, 1, 211},
    {0x01A9, 0x01A9, 1, 218},     {0x01B1, 0x01B1, 1, 217},    {0x01B7, 0x01B7, 1, 219},
    {0x0241, 0x0241, 1, 1},       {0x0245, 0x0245, 1, 71},     {0x0391, 0x03A1, 1, 32},
    {0x03A3, 0x03A9, 1, 32},      {0x0400, 0x040F, 1, 80},     {0x0410, 0x042F, 1, 32},
    {0x0460, 0x0480, 2, 1},       {0x048A, 0x04BE, 2, 1},      {0x04C0, 0x04C0, 1, 15},
    {0x04C1, 0x04CD, 2, 1},       {0x04D0, 0x052E, 2, 1},      {0x0531, 0x0556, 1, 48},
    {0x10A0, 0x10C5, 1, 7264},    {0x1C90, 0x1CBA, 1, -3008},  {0xFF10, 0xFF19, 1, -0xFEE0},
    {0xFF21, 0xFF3A, 1, -0xFEC0}, {0xFF41, 0xFF5A, 1, -0xFEE0}};

/* Latin capitals and Greek ones with marks, whose small letters differ from their folds. */
static const fold_range capitals[] = {
    {0x00C0, 0x00D6, 1, 32},   {0x00D8, 0x00DE, 1, 32},    {0x0100, 0x012E, 2, 1},
    {0x0130, 0x0130, 1, -199}, {0x0132, 0x0136, 2, 1},     {0x0139, 0x0147, 2, 1},
    {0x014A, 0x0176, 2, 1},    {0x0178, 0x0178, 1, -121},  {0x0179, 0x017D, 2, 1},
    {0x01A0, 0x01A4, 2, 1},    {0x01AF, 0x01AF, 1, 1},     {0x01B3, 0x01B5, 2, 1},
    {0x01CD, 0x01DB, 2, 1},    {0x01DE, 0x01EE, 2, 1},     {0x01F8, 0x021E, 2, 1},
    {0x0222, 0x0232, 2, 1},    {0x0386, 0x0386, 1, 38},    {0x0388, 0x038A, 1, 37},
    {0x038C, 0x038C, 1, 64},   {0x038E, 0x038F, 1, 63},    {0x03AA, 0x03AB, 1, 32},
    {0x1E00, 0x1E94, 2, 1},    {0x1E9E, 0x1E9E, 1, -7615}, {0x1EA0, 0x1EFE, 2, 1}};

/* Characters first..last all fold to one. Greek with tonos, dialytika, breathings and accents;
 * Cyrillic, Arabic and Indic letters with marks that vanish when they stand by themselves. */
typedef struct fold_base {
    uint32_t first;
    uint32_t last;
    uint32_t base;
} fold_base;

static const fold_base gathered[] = {
    {0x0386, 0x0386, 0x03B1}, {0x0388, 0x0388, 0x03B5}, {0x0389, 0x0389, 0x03B7},
    {0x038A, 0x038A, 0x03B9}, {0x038C, 0x038C, 0x03BF}, {0x038E, 0x038E, 0x03C5},
    {0x038F, 0x038F, 0x03C9}, {0x0390, 0x0390, 0x03B9}, {0x03AA, 0x03AA, 0x03B9},
    {0x03AB, 0x03AB, 0x03C5}, {0x03AC, 0x03AC, 0x03B1}, {0x03AD, 0x03AD, 0x03B5},
    {0x03AE, 0x03AE, 0x03B7}, {0x03AF, 0x03AF, 0x03B9}, {0x03B0, 0x03B0, 0x03C5},
    {0x03C2, 0x03C2, 0x03C3}, {0x03CA, 0x03CA, 0x03B9}, {0x03CB, 0x03CB, 0x03C5},
    {0x03CC, 0x03CC, 0x03BF}, {0x03CD, 0x03CD, 0x03C5}, {0x03CE, 0x03CE, 0x03C9},
    {0x03CF, 0x03CF, 0x03D7}, {0x1F00, 0x1F0F, 0x03B1}, {0x1F10, 0x1F1D, 0x03B5},
    {0x1F20, 0x1F2F, 0x03B7}, {0x1F30, 0x1F3F, 0x03B9}, {0x1F40, 0x1F4D, 0x03BF},
    {0x1F50, 0x1F5F, 0x03C5}, {0x1F60, 0x1F6F, 0x03C9}, {0x1F70, 0x1F71, 0x03B1},
    {0x1F72, 0x1F73, 0x03B5}, {0x1F74, 0x1F75, 0x03B7}, {0x1F76, 0x1F77, 0x03B9},
    {0x1F78, 0x1F79, 0x03BF}, {0x1F7A, 0x1F7B, 0x03C5}, {0x1F7C, 0x1F7D, 0x03C9},
    {0x1F80, 0x1F8F, 0x03B1}, {0x1F90, 0x1F9F, 0x03B7}, {0x1FA0, 0x1FAF, 0x03C9},
    {0x1FB0, 0x1FBC, 0x03B1}, {0x1FBE, 0x1FBE, 0x03B9}, {0x1FC2, 0x1FC7, 0x03B7},
    {0x1FC8, 0x1FC9, 0x03B5}, {0x1FCA, 0x1FCC, 0x03B7}, {0x1FD0, 0x1FDB, 0x03B9},
    {0x1FE0, 0x1FE3, 0x03C5}, {0x1FE4, 0x1FE5, 0x03C1}, {0x1FE6, 0x1FEB, 0x03C5},
    {0x1FEC, 0x1FEC, 0x03C1}, {0x1FF2, 0x1FF7, 0x03C9}, {0x1FF8, 0x1FF9, 0x03BF},
    {0x1FFA, 0x1FFC, 0x03C9}, {0x212A, 0x212A, 0x006B}, {0x212B, 0x212B, 0x0061},
    {0x2126, 0x2126, 0x03C9}, {0x0400, 0x0400, 0x0435}, {0x040D, 0x040D, 0x0438},
    {0x0450, 0x0450, 0x0435}, {0x045D, 0x045D, 0x0438}, {0x0476, 0x0477, 0x0475},
    {0x04C1, 0x04C2, 0x0436}, {0x04D0, 0x04D3, 0x0430}, {0x04D6, 0x04D7, 0x0435},
    {0x04DA, 0x04DB, 0x04D9}, {0x04DC, 0x04DD, 0x0436}, {0x04DE, 0x04DF, 0x0437},
    {0x04E2, 0x04E5, 0x0438}, {0x04E6, 0x04E7, 0x043E}, {0x04EA, 0x04EB, 0x04E9},
    {0x04EC, 0x04ED, 0x044D}, {0x04EE, 0x04F3, 0x0443}, {0x04F4, 0x04F5, 0x0447},
    {0x04F8, 0x04F9, 0x044B}, {0x0622, 0x0623, 0x0627}, {0x0624, 0x0624, 0x0648},
    {0x0625, 0x0625, 0x0627}, {0x0626, 0x0626, 0x064A}, {0x06C0, 0x06C0, 0x06D5},
    {0x06C2, 0x06C2, 0x06C1}, {0x06D3, 0x06D3, 0x06D2}, {0x0929, 0x0929, 0x0928},
    {0x0931, 0x0931, 0x0930}, {0x0934, 0x0934, 0x0933}, {0x0958, 0x0958, 0x0915},
    {0x0959, 0x0959, 0x0916}, {0x095A, 0x095A, 0x0917}, {0x095B, 0x095B, 0x091C},
    {0x095C, 0x095C, 0x0921}, {0x095D, 0x095D, 0x0922}, {0x095E, 0x095E, 0x092B},
    {0x095F, 0x095F, 0x092F}, {0x09DC, 0x09DC, 0x09A1}, {0x09DD, 0x09DD, 0x09A2},
    {0x09DF, 0x09DF, 0x09AF}, {0x0A33, 0x0A33, 0x0A32}, {0x0A36, 0x0A36, 0x0A38},
    {0x0A59, 0x0A59, 0x0A16}, {0x0A5A, 0x0A5A, 0x0A17}, {0x0A5B, 0x0A5B, 0x0A1C},
    {0x0A5E, 0x0A5E, 0x0A2B}};

/* Ranges of characters, in order. */
typedef struct fold_span {
    uint32_t first;
    uint32_t last;
} fold_span;

/* Marks that combine, vowel points, format characters: they vanish. */
static const fold_span vanishing[] = {
    {0x00AD, 0x00AD},  {0x0300, 0x036F}, {0x0483, 0x0487}, {0x0591, 0x05BD}, {0x05BF, 0x05BF},
    {0x05C1, 0x05C2},  {0x05C4, 0x05C5}, {0x05C7, 0x05C7}, {0x0610, 0x061A}, {0x061C, 0x061C},
    {0x0640, 0x0640},  {0x064B, 0x065F}, {0x0670, 0x0670}, {0x093C, 0x093C}, {0x09BC, 0x09BC},
    {0x0A3C, 0x0A3C},  {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x202A, 0x202E},
    {0x2060, 0x206F},  {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF},
    {0xE0000, 0xE0FFF}};

/* Punctuation, symbols and spaces of the scripts in use, and whatever has no meaning in text. */
static const fold_span separating[] = {
    {0x0080, 0x00A9},   {0x00AB, 0x00B1}, {0x00B4, 0x00B4}, {0x00B6, 0x00B8},   {0x00BB, 0x00BB},
    {0x00BF, 0x00BF},   {0x02C2, 0x02C5}, {0x02D2, 0x02DF}, {0x02E5, 0x02EB},   {0x02EF, 0x02FF},
    {0x0375, 0x0375},   {0x037E, 0x037E}, {0x0384, 0x0385}, {0x0387, 0x0387},   {0x03F6, 0x03F6},
    {0x0482, 0x0482},   {0x055A, 0x055F}, {0x0589, 0x058F}, {0x05BE, 0x05BE},   {0x05C0, 0x05C0},
    {0x05C3, 0x05C3},   {0x05C6, 0x05C6}, {0x05F3, 0x060F}, {0x061B, 0x061F},   {0x066A, 0x066D},
    {0x06D4, 0x06D4},   {0x06DD, 0x06DE}, {0x06E9, 0x06E9}, {0x06FD, 0x06FE},   {0x0700, 0x070F},
    {0x0964, 0x0965},   {0x0970, 0x0970}, {0x0DF4, 0x0DF4}, {0x0E3F, 0x0E3F},   {0x0E4F, 0x0E4F},
    {0x0E5A, 0x0E5B},   {0x0F01, 0x0F17}, {0x0F3A, 0x0F3D}, {0x104A, 0x104F},   {0x10FB, 0x10FB},
    {0x1360, 0x1368},   {0x1400, 0x1400}, {0x1680, 0x1680}, {0x17D4, 0x17D6},   {0x17D8, 0x17DB},
    {0x1800, 0x180A},   {0x180E, 0x180E}, {0x1FBD, 0x1FBD}, {0x1FBF, 0x1FC1},   {0x1FCD, 0x1FCF},
    {0x1FDD, 0x1FDF},   {0x1FED, 0x1FEF}, {0x1FFD, 0x206F}, {0x207A, 0x207E},   {0x208A, 0x208E},
    {0x20A0, 0x20CF},   {0x2100, 0x2101}, {0x2103, 0x2106}, {0x2108, 0x2109},   {0x2114, 0x2114},
    {0x2116, 0x2118},   {0x211E, 0x2123}, {0x2190, 0x245F}, {0x249C, 0x24E9},   {0x2500, 0x2775},
    {0x2794, 0x2BFF},   {0x2E00, 0x2E2E}, {0x2E30, 0x3004}, {0x3008, 0x3020},   {0x3030, 0x3030},
    {0x3036, 0x3037},   {0x303D, 0x303F}, {0x309B, 0x309C}, {0x30A0, 0x30A0},   {0x30FB, 0x30FB},
    {0x3200, 0x33FF},   {0x4DC0, 0x4DFF}, {0xA490, 0xA4C6}, {0xD800, 0xF8FF},   {0xFD3E, 0xFD3F},
    {0xFDFC, 0xFDFF},   {0xFE10, 0xFE19}, {0xFE30, 0xFE6B}, {0xFF00, 0xFF0F},   {0xFF1A, 0xFF20},
    {0xFF3B, 0xFF40},   {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF}, {0x1D000, 0x1D3FF}, {0x1F000, 0x1FBEF},
    {0xF0000, 0x10FFFF}};

/* A decomposed Cyrillic letter and the letter of its own that it stands for. */
typedef struct fold_pair {
    uint32_t base;
    uint32_t mark;
    uint32_t letter;
} fold_pair;

static const fold_pair joined[] = {{0x0438, 0x0306, 0x0439}, {0x0443, 0x0306, 0x045E},
                                   {0x0435, 0x0308, 0x0451}, {0x0456, 0x0308, 0x0457},
                                   {0x0433, 0x0301, 0x0453}, {0x043A, 0x0301, 0x045C}};

/* The ligatures from FB00 on. */
static const char ligatures[][4] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define FOLD_BYTES_MAX 4

/* The fold of one character. */
typedef struct fold_result {
    char bytes[FOLD_BYTES_MAX];
    size_t length; /* 0: vanishes or separates */
    bool is_separator;
} fold_result;

/* Output so far. */
typedef struct fold_output {
    char *bytes;
    size_t capacity;
    size_t length;
    bool needs_space; /* a separator was met since the last character */
    uint32_t letter;  /* the character just written, while a mark may join it; else 0 */
} fold_output;

static bool is_within(const fold_span *spans, size_t count, uint32_t character)
{
    const size_t total = count;
    size_t low = 0;
    while (count > 0) { /* The first span that ends at or behind the character. */
        size_t half = count / 2;
        if (spans[low + half].last < character) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low < total && spans[low].first <= character;
}

static uint32_t move(const fold_range *ranges, size_t count, uint32_t character)
{
    for (size_t i = 0; i < count; i++) {
        const fold_range *range = &ranges[i];
        if (character >= range->first && character <= range->last)
            return (character - range->first) % range->step == 0
                       ? (uint32_t)((int32_t)character + range->delta)
                       : character;
    }
    return character;
}

static uint32_t fold_by_ranges(uint32_t character)
{
    for (size_t i = 0; i < COUNT_OF(gathered); i++) {
        if (character >= gathered[i].first && character <= gathered[i].last)
            return gathered[i].base;
    }
    return move(moved, COUNT_OF(moved), character);
}

static fold_result copy_bytes(const char *bytes, size_t length)
{
    fold_result result = {{0}, length, false};
    memcpy(result.bytes, bytes, length);
    return result;
}

static fold_result fold_ascii(uint32_t character)
{
    char byte = (char)character;
    if (byte >= 'A' && byte <= 'Z')
        byte = (char)(byte - 'A' + 'a');
    bool is_word = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
    return is_word ? copy_bytes(&byte, 1) : (fold_result){{0}, 0, true};
}

/* The entry of a Latin character, NULL if it has none and goes through the ranges. */
static const char *latin_fold(uint32_t character)
{
    const char *entry = NULL;
    if (character >= LATIN_FIRST && character <= LATIN_LAST)
        entry = &latin_folds[2 * (character - LATIN_FIRST)];
    if (character >= VIETNAMESE_FIRST && character <= VIETNAMESE_LAST)
        entry = &latin_additional_folds[2 * (character - VIETNAMESE_FIRST)];
    return entry == NULL || entry[0] == '.' ? NULL : entry;
}

static fold_result fold_character(uint32_t character)
{
    if (character < 0x80)
        return fold_ascii(character);
    const char *latin = latin_fold(character);
    if (latin != NULL) {
        size_t length = latin[0] == ' ' ? 0 : latin[1] == ' ' ? 1 : 2;
        fold_result result = copy_bytes(latin, length);
        result.is_separator = length == 0;
        return result;
    }
    if (character >= 0xFB00 && character - 0xFB00 < COUNT_OF(ligatures))
        return copy_bytes(ligatures[character - 0xFB00], strlen(ligatures[character - 0xFB00]));
    if (is_within(vanishing, COUNT_OF(vanishing), character))
        return (fold_result){{0}, 0, false};
    if (is_within(separating, COUNT_OF(separating), character))
        return (fold_result){{0}, 0, true};
    fold_result result = {{0}, 0, false};
    result.length = wpi_utf8_encode(fold_by_ranges(character), result.bytes);
    return result;
}

/* Append a folded character; false when it does not fit. */
static bool append(fold_output *out, const fold_result *folded)
{
    size_t space = out->needs_space && out->length > 0 ? 1 : 0;
    if (out->length + space + folded->length >= out->capacity)
        return false;
    if (space > 0)
        out->bytes[out->length++] = ' ';
    memcpy(out->bytes + out->length, folded->bytes, folded->length);
    out->length += folded->length;
    out->needs_space = false;
    return true;
}

/* Replace the letter just written by the one that it and a mark make, if they make one. */
static void join_mark(fold_output *out, uint32_t mark)
{
    for (size_t i = 0; i < COUNT_OF(joined); i++) {
        if (joined[i].base == out->letter && joined[i].mark == mark) {
            /* Both are Cyrillic and take two bytes. */
            wpi_utf8_encode(joined[i].letter, out->bytes + out->length - 2);
            out->letter = 0;
            return;
        }
    }
}

/* Kana of half a width and their marks, FF66 on, as they are otherwise. */
static const uint16_t wide_kana[] = {
    0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30E3, 0x30E5, 0x30E7, 0x30C3, 0x30FC, 0x30A2,
    0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB, 0x30AD, 0x30AF, 0x30B1, 0x30B3, 0x30B5, 0x30B7, 0x30B9,
    0x30BB, 0x30BD, 0x30BF, 0x30C1, 0x30C4, 0x30C6, 0x30C8, 0x30CA, 0x30CB, 0x30CC, 0x30CD, 0x30CE,
    0x30CF, 0x30D2, 0x30D5, 0x30D8, 0x30DB, 0x30DE, 0x30DF, 0x30E0, 0x30E1, 0x30E2, 0x30E4, 0x30E6,
    0x30E8, 0x30E9, 0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF, 0x30F3, 0x3099, 0x309A};

static uint32_t widen(uint32_t character)
{
    bool is_half = character >= 0xFF66 && character - 0xFF66 < COUNT_OF(wide_kana);
    return is_half ? wide_kana[character - 0xFF66] : character;
}

/* Kana as hiragana; other characters become what is no kana. */
static uint32_t as_hiragana(uint32_t character)
{
    return character >= 0x30A0 && character <= 0x30FF ? character - 0x60 : character;
}

/* The letter that one and the next character are together, both of three bytes as it is; 0: none.
 * Hangul by the arithmetic of the Unicode standard, chapter 3.12. */
static uint32_t compose(uint32_t letter, uint32_t next)
{
    if (letter >= 0x1100 && letter <= 0x1112 && next >= 0x1161 && next <= 0x1175)
        return 0xAC00 + ((letter - 0x1100) * 21 + (next - 0x1161)) * 28;
    bool is_open = letter >= 0xAC00 && letter <= 0xD7A3 && (letter - 0xAC00) % 28 == 0;
    if (is_open && next >= 0x11A8 && next <= 0x11C2)
        return letter + (next - 0x11A7);
    uint32_t kana = as_hiragana(letter);
    bool is_of_h = kana >= 0x306F && kana <= 0x307B && kana % 3 == 0;
    bool is_of_k_to_t = (kana >= 0x304B && kana <= 0x3061 && kana % 2 == 1) ||
                        (kana >= 0x3064 && kana <= 0x3068 && kana % 2 == 0);
    if (next == 0x3099 && kana == 0x3046)
        return letter + 0x4E;
    if (next == 0x3099 && (is_of_h || is_of_k_to_t))
        return letter + 1;
    return next == 0x309A && is_of_h ? letter + 2 : 0;
}

size_t wpi_text_fold(const char *text, char *out, size_t capacity)
{
    assert(capacity > 0);
    fold_output output = {out, capacity, 0, false, 0};
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + strlen(text);
    while (at < end) {
        uint32_t character = widen(wpi_utf8_decode(&at, end));
        fold_result folded = {{0}, 0, true};
        uint32_t whole = compose(output.letter, character);
        if (whole != 0) {
            wpi_utf8_encode(whole, out + output.length - 3);
            output.letter = whole;
            continue;
        }
        if (character != WPI_UTF8_INVALID)
            folded = fold_character(character);
        if (folded.is_separator) {
            output.needs_space = true;
            output.letter = 0;
        } else if (folded.length == 0) {
            join_mark(&output, character);
        } else {
            if (!append(&output, &folded))
                break;
            output.letter =
                character < 0x80 ? 0 : fold_by_ranges(character); /* bases of marks are not ASCII */
        }
    }
    out[output.length] = '\0';
    return output.length;
}

void wpi_text_lower(const char *text, char *out, size_t capacity)
{
    assert(capacity > 0);
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + strlen(text);
    size_t length = 0;
    while (at < end) {
        if (*at < 0x80 && length + 1 < capacity) { /* as nearly all are */
            out[length++] = (char)((unsigned)(*at - 'A') < 26 ? *at + 32 : *at);
            at++;
            continue;
        }
        char bytes[WPI_UTF8_BYTES_MAX] = {(char)*at};
        const unsigned char *before = at;
        uint32_t character = wpi_utf8_decode(&at, end);
        size_t count = (size_t)(at - before);
        if (character != WPI_UTF8_INVALID) {
            uint32_t small = move(capitals, COUNT_OF(capitals), character);
            small = small == character ? move(moved, COUNT_OF(moved), character) : small;
            count = wpi_utf8_encode(small, bytes);
        }
        if (length + count >= capacity)
            break;
        memcpy(out + length, bytes, count);
        length += count;
    }
    out[length] = '\0';
}
