/*
 * Addresses as mail headers write them, good and bad.
 *
 * Understood are `a@b`, `Name <a@b>`, `a@b (Name)`, groups, routes, several in a list, names that
 * are quoted, encoded (RFC 2047) or "Last, First", and the forms of public archives, where
 * `user at host (Name)` stands for an address. The reader is one loop without recursion: nested
 * groups or comments cost no stack (which is why it is not GMime's).
 */
#ifndef WARMPATH_IMPORT_ADDRESS_H
#define WARMPATH_IMPORT_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import/reason.h"
#include "warmpath.h"

typedef struct address {
    char *email; /* with its case */
    char *name;  /* UTF-8; NULL: none */
    wp_role role;
} address;

typedef struct address_list {
    address *items;
    size_t count;
    size_t capacity;
    bool is_full;               /* more than ADDRESSES_MAX were there */
    uint64_t notes[NOTE_COUNT]; /* what was left out */
} address_list;

#define ADDRESSES_MAX ((size_t)10000)

/* Append the addresses of a header's value, which must be clean UTF-8. False: memory. */
bool address_parse(const char *text, wp_role role, address_list *out);

/* Whether it can be one: one @ inside, no blanks, no empty label behind the @ (a final dot is
 * well), quotes at most around the whole local part, 64 bytes and 255, and not an Exchange
 * directory entry. */
bool address_is_usable(const char *email);

/* Whether a header's value is one usable address and nothing else, of letters, digits and ".+-_",
 * as in most cells of tables: address_parse() would find it as it stands. */
bool address_is_plain(const char *text);

/* Whether it can be a domain: no blanks, no empty label, at most 253 bytes; a final dot is well. */
bool address_is_domain(const char *domain);

/*
 * A name as people write it: RFC 2047 decoded, quotes stripped, "Last, First" turned round, NFC.
 * *out is yours; NULL when it is none, or is only the address again. False: memory.
 */
bool address_clean_name(const char *raw, char **out);

void address_list_clear(address_list *list);
void address_list_free(address_list *list);

#endif
