/*
 * Which mail domains say nothing about an employer.
 */
#ifndef WPI_RULES_DOMAIN_H
#define WPI_RULES_DOMAIN_H

#include <stdbool.h>

/* Whether a lower-case domain belongs to a free-mail or disposable-address provider. */
bool wpi_domain_is_free(const char *domain);

#endif
