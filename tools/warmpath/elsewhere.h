/*
 * People who have an address at a company's domain and are employed elsewhere, for a company that
 * employs nobody: an address book that calls the company by name states employments at that name,
 * which is a company of its own until somebody says whose it is.
 */
#ifndef WARMPATH_TOOL_ELSEWHERE_H
#define WARMPATH_TOOL_ELSEWHERE_H

#include "app.h"

/*
 * "2 of 3 addresses there are of people employed at Acme; to make the two one: warmpath company
 * alias acme.com Acme"; NULL: there are none, or the viewer may not know. Yours: free(). Reads all
 * statements about people, about a second for a million.
 */
char *elsewhere_hint(app *self, wp_number company);

#endif
