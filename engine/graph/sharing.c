/*
 * Who shares with whom: see sharing.h.
 */
#include "graph/sharing.h"

#include "graph/consent.h"
#include "graph/group.h"
#include "graph/party.h"
#include "graph/person.h"
#include "graph/settings.h"

typedef struct sharing {
    wpi_graph *graph;
    uint32_t viewer;
    int32_t day;
    wp_settings settings;
    wpi_bitset concerned; /* who decided, or is or was ours: everybody else is open */
    wpi_bitset ours;      /* are or were */
    wpi_bitset groups;    /* that the viewer is in */
    bool is_mutual;       /* what the viewer shares matters */
    wp_sharing own;       /* how the viewer shares */
    wpi_bitset own_with;  /* with whom, of groups */
} sharing;

static wp_status add_decided(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    sharing *self = context;
    uint32_t number = 0, person;
    wpi_matter matter = WPI_MATTERS;
    (void)value;
    WPI_TRY(wpi_consent_read_key(key, &number, &matter, err));
    if (matter != WPI_MATTER_SHARING)
        return WP_OK;
    WPI_TRY(wpi_party_find(self->graph, WPI_PERSON, number, &person, err));
    return person == 0 ? WP_OK : wpi_bitset_add(&self->concerned, person, err);
}

static wp_status add_ours(sharing *self, wp_error *err)
{
    wpi_array people = WPI_ARRAY_OF(uint32_t);
    wp_status status = wpi_person_us(self->graph, WP_DAY_NONE, &people, err);
    for (size_t i = 0; status == WP_OK && i < people.count; i++)
        status = wpi_bitset_add(&self->ours, WPI_ARRAY_AT(&people, uint32_t, i), err);
    if (status == WP_OK)
        status = wpi_bitset_unite(&self->concerned, &self->ours, err);
    wpi_array_free(&people);
    return status;
}

/* What a person decided, or the default. */
static wp_status read_sharing(const sharing *self, uint32_t person, wpi_consent_record *out,
                              wp_error *err)
{
    wpi_decisions decisions;
    WPI_TRY(wpi_consent_get(self->graph, person, &decisions, err));
    *out = decisions.of[WPI_MATTER_SHARING];
    if (out->choice == WP_SHARING_UNSAID)
        out->choice =
            wpi_bitset_has(&self->ours, person) ? self->settings.sharing : WP_SHARING_OPEN;
    return WP_OK;
}

static wp_status learn_own(sharing *self, wp_error *err)
{
    wpi_consent_record own;
    WPI_TRY(read_sharing(self, self->viewer, &own, err));
    self->own = (wp_sharing)own.choice;
    for (size_t i = 0; self->own == WP_SHARING_GROUPS && i < own.group_count; i++)
        WPI_TRY(wpi_group_people(self->graph, wpi_consent_group(&own, i), self->day,
                                 &self->own_with, err));
    return WP_OK;
}

static bool is_in_any(const wpi_bitset *groups, const wpi_consent_record *theirs)
{
    bool is_in = false;
    for (size_t i = 0; i < theirs->group_count; i++)
        is_in |= wpi_bitset_has(groups, wpi_consent_group(theirs, i));
    return is_in;
}

static wp_status decide(const sharing *self, uint32_t person, bool *is_closed, wp_error *err)
{
    wpi_consent_record theirs;
    WPI_TRY(read_sharing(self, person, &theirs, err));
    bool shares = theirs.choice == WP_SHARING_OPEN ||
                  (theirs.choice == WP_SHARING_GROUPS && is_in_any(&self->groups, &theirs));
    bool is_shared_with =
        !self->is_mutual || self->own == WP_SHARING_OPEN ||
        (self->own == WP_SHARING_GROUPS && wpi_bitset_has(&self->own_with, person));
    *is_closed = !shares || !is_shared_with;
    return WP_OK;
}

static wp_status decide_all(const sharing *self, wpi_bitset *closed, wp_error *err)
{
    for (size_t person = 1; person < self->concerned.size; person++) {
        bool is_closed = false;
        if (person == self->viewer || !wpi_bitset_has(&self->concerned, (uint32_t)person))
            continue;
        WPI_TRY(decide(self, (uint32_t)person, &is_closed, err));
        if (is_closed)
            WPI_TRY(wpi_bitset_add(closed, (uint32_t)person, err));
    }
    return WP_OK;
}

wp_status wpi_sharing_closed(wpi_graph *graph, uint32_t viewer, int32_t day, wpi_bitset *closed,
                             wp_error *err)
{
    wp_status status;
    bool may_close;
    sharing self = {.graph = graph, .viewer = viewer, .day = day};
    WPI_TRY(wpi_settings_may_close(graph, &may_close, err));
    if (!may_close)
        return WP_OK;
    WPI_TRY_OUT(wpi_settings_get(graph, &self.settings, err));
    WPI_TRY_OUT(
        wpi_graph_each(graph, WPI_TABLE_CONSENT, (wpi_key){.size = 0}, add_decided, &self, err));
    WPI_TRY_OUT(add_ours(&self, err));
    if (viewer != 0)
        WPI_TRY_OUT(wpi_group_of_person(graph, viewer, day, &self.groups, err));
    self.is_mutual = viewer != 0 && self.settings.mutual == WP_CHOICE_IN;
    if (self.is_mutual)
        WPI_TRY_OUT(learn_own(&self, err));
    WPI_TRY_OUT(decide_all(&self, closed, err));
out:
    wpi_bitset_free(&self.concerned);
    wpi_bitset_free(&self.ours);
    wpi_bitset_free(&self.groups);
    wpi_bitset_free(&self.own_with);
    return status;
}
