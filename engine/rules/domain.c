/*
 * Free-mail and disposable-address providers: an address there suggests no company.
 *
 * The lists are in domain_free.c and domain_disposable.c, in byte order for a binary search.
 * Country variants of the big providers are matched by their first label.
 */
#include "rules/domain.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Providers with a domain in many countries: "yahoo.co.uk", "hotmail.fr". */
static const char *const free_first_labels[] = {"gmx.", "hotmail.", "live.", "outlook.", "yahoo."};

/* Whether a country follows: "fr", "com", "co.uk", "com.br"; "live.acme.com" is Acme's own. */
static bool is_country(const char *suffix)
{
    static const char *const seconds[] = {"co.", "com.", "net."};
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
        if (strncmp(suffix, seconds[i], strlen(seconds[i])) == 0)
            return strlen(suffix) == strlen(seconds[i]) + 2;
    return strchr(suffix, '.') == NULL && strlen(suffix) <= 3;
}

static int compare_domain(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

static bool is_listed(const char *domain, const char *const *list, size_t count)
{
    return bsearch(domain, list, count, sizeof *list, compare_domain) != NULL;
}

bool wpi_domain_is_free(const char *domain)
{
    if (is_listed(domain, wpi_domain_free, wpi_domain_free_count) ||
        is_listed(domain, wpi_domain_disposable, wpi_domain_disposable_count))
        return true;
    for (size_t i = 0; i < sizeof free_first_labels / sizeof *free_first_labels; i++) {
        size_t length = strlen(free_first_labels[i]);
        if (strncmp(domain, free_first_labels[i], length) == 0)
            return is_country(domain + length);
    }
    return false;
}
