/*
 * Values of CRM exports: ids, days, amounts, yes and no. Pure functions.
 */
#ifndef WARMPATH_IMPORT_CRM_VALUE_H
#define WARMPATH_IMPORT_CRM_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRM_SALESFORCE_ID_BYTES 19
#define CRM_HUBSPOT_ID_BYTES 40

/*
 * A Salesforce id of 15 or 18 characters as 18. The last three say which of the others are
 * capitals: five bits each, the first character lowest, as a letter of A..Z0..5. False when the
 * characters are no id, or the last three contradict the others.
 */
bool crm_salesforce_id(const char *text, char out[CRM_SALESFORCE_ID_BYTES]);

/* "101" as "hubspot:101"; false when it is no number of 1..20 digits. */
bool crm_hubspot_id(const char *text, char out[CRM_HUBSPOT_ID_BYTES]);

/* How clear a value was. */
typedef enum crm_clarity { CRM_BAD = 0, CRM_CLEAR, CRM_GUESSED } crm_clarity;

/*
 * A day and time: ISO forms with or without seconds, fraction, T and zone ("2024-03-12 09:14",
 * "2024-03-12T09:14:00.000+0000"), "3/14/2025", "14.03.2025", with "2:37 PM" or "14:37" behind.
 * Without a zone it is UTC. "3/4/2025" is read with the month first and is CRM_GUESSED.
 */
crm_clarity crm_time(const char *text, int64_t *time_s);

/*
 * An amount with its currency: "1200.5", "1.234,56 €", "$1,200.50", "USD 1,200", "(5.00)", "-5".
 * `currency` is "" unless a code or an unmistakable sign stands there. A point or comma alone with
 * three digits behind: a comma parts thousands; a point is CRM_BAD, unless `has_point` says that
 * the file's points are decimal, since it would be off by a thousand. Only such files have
 * "1.25E7".
 */
crm_clarity crm_amount(const char *text, bool has_point, double *amount, char currency[4]);

/* "1", "true", "yes", "ja", … */
bool crm_is_yes(const char *text);

/* The domain of a web address or domain, lower case; false when there is none, when it is a page at
 * one of the hosts where everybody can have one (linkedin.com/company/acme), or that of a provider
 * of free mail. */
bool crm_domain(const char *text, char *out, size_t bytes);

#endif
