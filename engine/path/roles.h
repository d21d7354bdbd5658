/*
 * What people are to a query: sources, targets, avoided. A hash set with a few bits a person, so
 * that a query costs no memory for people it does not name, and one probe answers all.
 */
#ifndef WPI_PATH_ROLES_H
#define WPI_PATH_ROLES_H

#include <stdint.h>

#include "base/status.h"

#define WPI_ROLE_SOURCE 1u
#define WPI_ROLE_TARGET 2u
#define WPI_ROLE_AVOIDED 4u
#define WPI_ROLE_END (WPI_ROLE_SOURCE | WPI_ROLE_TARGET)

typedef struct wpi_role_slot {
    uint32_t person; /* 0: empty */
    uint32_t roles;
} wpi_role_slot;

typedef struct wpi_roles {
    wpi_role_slot *slots; /* NULL while empty */
    uint32_t shift;       /* 32 - log2 of their number */
    uint32_t count;
} wpi_roles;

/* Add roles to a person. */
wp_status wpi_roles_add(wpi_roles *roles, uint32_t person, uint32_t added, wp_error *err);
void wpi_roles_free(wpi_roles *roles);

/* At most one slot in eight is taken, so that most probes end at the first. */
static inline uint32_t wpi_roles_of(const wpi_roles *roles, uint32_t person)
{
    if (roles->slots == NULL)
        return 0;
    uint32_t at = person * UINT32_C(2654435769) >> roles->shift;
    uint32_t mask = UINT32_MAX >> roles->shift;
    for (;; at = (at + 1) & mask) {
        if (roles->slots[at].person == person)
            return roles->slots[at].roles;
        if (roles->slots[at].person == 0)
            return 0;
    }
}

#endif
