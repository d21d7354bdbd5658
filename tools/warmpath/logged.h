/*
 * Whom an entry of the audit log is about. The meaning of its subject and object is that of its
 * action, and numbers of people are not the only ones there.
 */
#ifndef WARMPATH_TOOL_LOGGED_H
#define WARMPATH_TOOL_LOGGED_H

#include "warmpath.h"

/* The people that an entry is about, without the one for whom it was done; 0: none. */
typedef struct logged_people {
    wp_number first;
    wp_number second;
} logged_people;

logged_people logged_about(const wp_audit_entry *at);

#endif
