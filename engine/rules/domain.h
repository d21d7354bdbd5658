/*
 * Which mail domains say nothing about an employer.
 */
#ifndef WPI_RULES_DOMAIN_H
#define WPI_RULES_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a lower-case domain belongs to a free-mail or disposable-address provider. */
bool wpi_domain_is_free(const char *domain);

/* The lists it looks into: lower case, each domain once, in byte order. */
extern const char *const wpi_domain_free[];
extern const size_t wpi_domain_free_count;
extern const char *const wpi_domain_disposable[];
extern const size_t wpi_domain_disposable_count;

#endif
