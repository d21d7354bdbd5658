/*
 * Internationalised domain names: the ASCII form of a label ("xn--mller-kva") and what it stands
 * for.
 *
 * RFC 3492. Only decoding: the form that people read is the one that is kept, because words of it
 * are found and folded, and a label has one such form.
 */
#ifndef WPI_BASE_PUNYCODE_H
#define WPI_BASE_PUNYCODE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Replace the labels of a domain in small letters that begin with "xn--" by what they stand for, in
 * small letters as well, and ideographic full stops by dots. A label stays as it is when it stands
 * for nothing (it is no Punycode, or for ASCII or marks that no domain has), and all of them do
 * when the result would have more than bytes_max bytes. `domain` has room for bytes_max + 1.
 */
void wpi_punycode_expand(char *domain, size_t bytes_max);

#endif
