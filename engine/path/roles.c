/*
 * Growing a set of roles: see roles.h. Fibonacci hashing, linear probing, nothing is removed.
 */
#include "path/roles.h"

#include <assert.h>

#include "base/memory.h"

#define SLOTS_MIN 64u
#define SLOTS_PER_PERSON 8

static wpi_role_slot *slot_of(const wpi_roles *roles, uint32_t person)
{
    uint32_t at = person * UINT32_C(2654435769) >> roles->shift;
    uint32_t mask = UINT32_MAX >> roles->shift;
    while (roles->slots[at].person != person && roles->slots[at].person != 0)
        at = (at + 1) & mask;
    return &roles->slots[at];
}

static size_t slots_of(const wpi_roles *roles)
{
    return roles->slots == NULL ? 0 : (size_t)1 << (32 - roles->shift);
}

static wp_status grow(wpi_roles *roles, wp_error *err)
{
    size_t before = slots_of(roles), after = before == 0 ? SLOTS_MIN : before * 2;
    wpi_roles grown = {.shift = 32 - (uint32_t)__builtin_ctzll(after), .count = roles->count};
    grown.slots = wpi_memory_new_zeroed(after, sizeof *grown.slots);
    if (grown.slots == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < before; i++)
        if (roles->slots[i].person != 0)
            *slot_of(&grown, roles->slots[i].person) = roles->slots[i];
    wpi_memory_free(roles->slots);
    *roles = grown;
    return WP_OK;
}

wp_status wpi_roles_add(wpi_roles *roles, uint32_t person, uint32_t added, wp_error *err)
{
    assert(person != 0);
    if ((size_t)(roles->count + 1) * SLOTS_PER_PERSON > slots_of(roles))
        WPI_TRY(grow(roles, err));
    wpi_role_slot *slot = slot_of(roles, person);
    if (slot->person == 0) {
        slot->person = person;
        roles->count++;
    }
    slot->roles |= added;
    return WP_OK;
}

void wpi_roles_free(wpi_roles *roles)
{
    wpi_memory_free(roles->slots);
    *roles = (wpi_roles){.slots = NULL};
}
