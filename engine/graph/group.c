/*
 * Groups: see group.h.
 */
#include "graph/group.h"

#include "graph/audit.h"
#include "graph/barrier.h"
#include "graph/consent.h"
#include "graph/employment.h"
#include "graph/veil.h"

#define KEY_BYTES 14
#define NAME_BYTES_MAX 200
#define COUNTER_KEY "groups" /* the highest number given out, u32 */

static wpi_key key_of(unsigned mark, uint32_t group, wp_side who, uint32_t source)
{
    wpi_key key = wpi_key_add_u8(wpi_key_u8_u32((uint8_t)mark, group), (uint8_t)who.kind);
    return wpi_key_add_u32(wpi_key_add_u32(key, who.number), source);
}

static wpi_key name_key(uint32_t group, uint32_t source)
{
    return key_of(WPI_GROUP_NAMES, group, (wp_side){0}, source);
}

/* Before all names of a group. */
static wpi_key names_of(uint32_t group)
{
    return wpi_key_u8_u32(WPI_GROUP_NAMES, group);
}

static bool is_member_kind(wp_side_kind kind)
{
    return kind == WP_SIDE_PERSON || kind == WP_SIDE_COMPANY;
}

static wpi_party party_of(wp_side side)
{
    return side.kind == WP_SIDE_PERSON ? WPI_PERSON : WPI_COMPANY;
}

wp_status wpi_group_read_key(wpi_slice key, wp_member *out, wp_error *err)
{
    const unsigned char *bytes = key.data;
    *out = (wp_member){.group = 0};
    if (key.bytes == KEY_BYTES)
        *out = (wp_member){wpi_key_get_u32(bytes, 1),
                           {(wp_side_kind)bytes[5], wpi_key_get_u32(bytes, 6)},
                           wpi_key_get_u32(bytes, 10)};
    bool is_name = out->group != 0 && bytes[0] == WPI_GROUP_NAMES && out->who.kind == 0;
    bool is_member =
        out->group != 0 && bytes[0] == WPI_GROUP_MEMBERS && is_member_kind(out->who.kind);
    return is_name || is_member ? WP_OK : wpi_error_set(err, WP_ECORRUPT, "group key is malformed");
}

/* The record behind a key, among those with its mark. */
static wp_status next_of(wpi_graph *graph, wpi_key from, wp_member *out, wpi_record_bytes *value,
                         wp_error *err)
{
    wpi_graph_record next;
    WPI_TRY(wpi_graph_behind(graph, WPI_TABLE_BARRIER, from, KEY_BYTES, &next, err));
    if (next.key.bytes[0] != from.bytes[0])
        return WP_ENOTFOUND;
    *value = next.value;
    return wpi_group_read_key((wpi_slice){next.key.bytes, next.key.size}, out, err);
}

/* The name in a record, in lent memory. */
static wp_status read_name(wpi_record_bytes value, const char **name, wp_error *err)
{
    const unsigned char *data = value.data;
    wpi_reader reader = {data, data + value.size, false};
    *name = wpi_reader_text(&reader);
    if (*name == NULL || !wpi_reader_is_done(&reader))
        return wpi_error_set(err, WP_ECORRUPT, "group record is malformed");
    return WP_OK;
}

wp_status wpi_group_next_statement(wpi_graph *graph, wp_group *at, wp_error *err)
{
    wp_member found;
    wpi_record_bytes value;
    wpi_key from = at->number != 0 ? name_key(at->number, at->source) : names_of(0);
    WPI_TRY(next_of(graph, from, &found, &value, err));
    WPI_TRY(read_name(value, &at->name, err));
    at->number = found.group;
    at->source = found.source;
    return WP_OK;
}

wp_status wpi_group_get(wpi_graph *graph, uint32_t group, wp_group *out, wp_error *err)
{
    wp_group at = {.number = 0};
    wp_member found = {.group = 0};
    wpi_record_bytes value;
    wp_status status = next_of(graph, names_of(group), &found, &value, err);
    if (status == WP_ENOTFOUND || (status == WP_OK && found.group != group))
        return wpi_error_set(err, WP_ENOTFOUND, "no group has number %u", group);
    WPI_TRY(status);
    WPI_TRY(read_name(value, &at.name, err));
    *out = (wp_group){group, at.name, found.source};
    return WP_OK;
}

wp_status wpi_group_expect(wpi_graph *graph, uint32_t group, wp_error *err)
{
    wp_group found;
    return wpi_group_get(graph, group, &found, err);
}

wp_status wpi_group_next(wpi_graph *graph, uint32_t *number, wp_error *err)
{
    wp_member found;
    wpi_record_bytes value;
    if (*number == UINT32_MAX)
        return WP_ENOTFOUND;
    WPI_TRY(next_of(graph, names_of(*number + 1), &found, &value, err));
    *number = found.group;
    return WP_OK;
}

static const char *behind_prefix(const char *name)
{
    static const char *const prefixes[] = {"team:", "list:", "tag:"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            return name + strlen(prefixes[i]);
    return NULL;
}

static wp_status check_name(const char *name, wp_error *err)
{
    if (name == NULL)
        return wpi_error_set(err, WP_EINVAL, "name is NULL");
    const char *rest = behind_prefix(name);
    if (rest == NULL || *rest == '\0')
        return wpi_error_set(err, WP_EINVAL,
                             "name of a group is incomplete, expected team:NAME, list:NAME "
                             "or tag:NAME");
    return wpi_graph_check_text(rest, "name of a group", NAME_BYTES_MAX, err);
}

/* "tag:" and the veil of what is behind, under one of the keys; out: room for any. */
static void veil_name(uint64_t key, const char *name, char out[WPI_VEIL_BYTES + 8])
{
    size_t prefix = (size_t)(behind_prefix(name) - name);
    memcpy(out, name, prefix);
    wpi_veil_make(key, name + prefix, out + prefix);
}

/* Whether a group that is stored is the one with a name, which may have been veiled since. */
static bool is_called(const wpi_graph *graph, const char *stored, const char *name)
{
    char veil[WPI_VEIL_BYTES + 8];
    bool is_it = strcmp(stored, name) == 0;
    for (size_t i = 0; !is_it && i < graph->suppression.count; i++) {
        veil_name(graph->suppression.keys[i], name, veil);
        is_it = strcmp(stored, veil) == 0;
    }
    return is_it;
}

/* The number of a name, 0: nobody states it; and how many groups there are. */
static wp_status look_up(wpi_graph *graph, const char *name, uint32_t *number, uint32_t *count,
                         wp_error *err)
{
    bool is_used;
    wp_status status;
    wp_group found = {.number = 0};
    *number = *count = 0;
    WPI_TRY(check_name(name, err));
    WPI_TRY(wpi_suppress_is_used(graph, &is_used, err));
    for (uint32_t at = 0; (status = wpi_group_next(graph, &at, err)) == WP_OK; ++*count) {
        WPI_TRY(wpi_group_get(graph, at, &found, err));
        if (is_called(graph, found.name, name)) {
            *number = at;
            return WP_OK;
        }
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_group_find(wpi_graph *graph, const char *name, uint32_t *number, wp_error *err)
{
    uint32_t count;
    WPI_TRY(look_up(graph, name, number, &count, err));
    return *number != 0 ? WP_OK : wpi_error_set(err, WP_ENOTFOUND, "no group has the name");
}

static wp_status put_name(wpi_graph *graph, uint32_t group, const char *name, wp_error *err)
{
    wpi_writer_text(&graph->writer, name);
    return wpi_graph_put(graph, WPI_TABLE_BARRIER, name_key(group, graph->source), err);
}

static wp_status load_counter(wpi_graph *graph, uint32_t *last, wp_error *err)
{
    wpi_record_bytes value;
    *last = 0;
    wp_status status =
        wpi_graph_get(graph, WPI_TABLE_META, wpi_key_text(COUNTER_KEY, 0), &value, err);
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    if (value.size != 4)
        return wpi_error_set(err, WP_ECORRUPT, "counter of groups is malformed");
    *last = wpi_bytes_get_le32(value.data);
    return WP_OK;
}

static wp_status save_counter(wpi_graph *graph, uint32_t last, wp_error *err)
{
    wpi_writer_u32(&graph->writer, last);
    return wpi_graph_put(graph, WPI_TABLE_META, wpi_key_text(COUNTER_KEY, 0), err);
}

/* The next number, which no group had before. */
static wp_status take_number(wpi_graph *graph, uint32_t *number, wp_error *err)
{
    uint32_t last;
    WPI_TRY(load_counter(graph, &last, err));
    if (last >= UINT32_MAX - 1)
        return wpi_error_set(err, WP_EFULL, "no number of a group is left");
    *number = last + 1;
    return save_counter(graph, *number, err);
}

wp_status wpi_group_raise_counter(wpi_graph *graph, uint32_t least, wp_error *err)
{
    uint32_t last;
    WPI_TRY(load_counter(graph, &last, err));
    return last >= least ? WP_OK : save_counter(graph, least, err);
}

wp_status wpi_group_put(wpi_graph *graph, const char *name, uint32_t *number, bool *is_new,
                        wp_error *err)
{
    bool is_due;
    uint32_t count = 0;
    char veil[WPI_VEIL_BYTES + 8];
    WPI_TRY(look_up(graph, name, number, &count, err));
    *is_new = *number == 0;
    if (*number != 0)
        return wpi_group_mention(graph, *number, err);
    if (count >= WP_GROUPS_MAX)
        return wpi_error_set(err, WP_EINVAL, "%u groups are stated, expected at most %u", count + 1,
                             WP_GROUPS_MAX);
    WPI_TRY(wpi_veil_is_due(graph, name, &is_due, err));
    if (is_due) {
        veil_name(graph->suppression.keys[0], name, veil);
        name = veil;
    }
    WPI_TRY(take_number(graph, number, err));
    return put_name(graph, *number, name, err);
}

wp_status wpi_group_veil(wpi_graph *graph, const wpi_key *key, const char *name, wp_error *err)
{
    char veil[WPI_VEIL_BYTES + 8];
    bool is_used;
    WPI_TRY(check_name(name, err));
    WPI_TRY(wpi_suppress_is_used(graph, &is_used, err));
    if (!is_used)
        return wpi_error_set(err, WP_ECORRUPT, "nobody is suppressed");
    veil_name(graph->suppression.keys[0], name, veil);
    wpi_writer_text(&graph->writer, veil);
    return wpi_graph_put(graph, WPI_TABLE_BARRIER, *key, err);
}

wp_status wpi_group_restore(wpi_graph *graph, uint32_t group, const char *name, wp_error *err)
{
    uint32_t source = graph->source;
    graph->source = WP_SOURCE_HAND;
    wp_status status = put_name(graph, group, name, err);
    graph->source = source;
    return status;
}

wp_status wpi_group_mention(wpi_graph *graph, uint32_t group, wp_error *err)
{
    wp_group found;
    wpi_record_bytes value;
    wp_status status =
        wpi_graph_get(graph, WPI_TABLE_BARRIER, name_key(group, graph->source), &value, err);
    if (status != WP_ENOTFOUND)
        return status;
    WPI_TRY(wpi_group_get(graph, group, &found, err));
    return put_name(graph, group, found.name, err);
}

wp_status wpi_group_remove(wpi_graph *graph, wpi_slice key, wp_error *err)
{
    wp_member at;
    WPI_TRY(wpi_group_read_key(key, &at, err));
    unsigned mark = *(const unsigned char *)key.data;
    WPI_TRY(
        wpi_graph_delete(graph, WPI_TABLE_BARRIER, key_of(mark, at.group, at.who, at.source), err));
    if (mark == WPI_GROUP_NAMES)
        return WP_OK;
    return wpi_audit_append(graph, WP_AUDIT_MEMBER_REMOVE,
                            wpi_audit_kinds(WP_SIDE_GROUP, at.who.kind), at.group, at.who.number,
                            err);
}

/* WP_ECONFLICT while a barrier or somebody's sharing names the group. */
static wp_status check_unused(wpi_graph *graph, uint32_t group, wp_error *err)
{
    wp_status status = WP_OK;
    bool is_used = false;
    wp_barrier barrier = {.source = 0};
    wp_consent consent = WP_CONSENT_INIT;
    while (!is_used && (status = wpi_barrier_next(graph, &barrier, err)) == WP_OK)
        is_used = (barrier.a.kind == WP_SIDE_GROUP && barrier.a.number == group) ||
                  (barrier.b.kind == WP_SIDE_GROUP && barrier.b.number == group);
    if (is_used)
        return wpi_error_set(err, WP_ECONFLICT, "group %u is a side of a barrier", group);
    if (status != WP_ENOTFOUND)
        return status;
    while (!is_used && (status = wpi_consent_next(graph, &consent, err)) == WP_OK)
        for (size_t i = 0; i < consent.group_count; i++)
            is_used |= consent.groups[i] == group;
    if (is_used)
        return wpi_error_set(err, WP_ECONFLICT, "somebody shares ties with group %u", group);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

typedef struct key_walk {
    uint32_t source;
    wpi_array keys; /* of wpi_key */
} key_walk;

static wp_status collect_key(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    key_walk *walk = context;
    wp_member at;
    wpi_key copy = {.size = key.bytes};
    (void)value;
    WPI_TRY(wpi_group_read_key(key, &at, err));
    if (at.source != walk->source)
        return WP_OK;
    memcpy(copy.bytes, key.data, key.bytes);
    return wpi_array_push(&walk->keys, &copy, err);
}

wp_status wpi_group_delete(wpi_graph *graph, uint32_t group, wp_error *err)
{
    wp_status status;
    key_walk walk = {graph->source, WPI_ARRAY_OF(wpi_key)};
    WPI_TRY(wpi_group_expect(graph, group, err));
    WPI_TRY(check_unused(graph, group, err));
    WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_BARRIER, wpi_key_u8_u32(WPI_GROUP_MEMBERS, group),
                               collect_key, &walk, err));
    WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_BARRIER, names_of(group), collect_key, &walk, err));
    status = walk.keys.count > 0
                 ? WP_OK
                 : wpi_error_set(err, WP_ENOTFOUND, "the source does not state group %u", group);
    for (size_t i = 0; status == WP_OK && i < walk.keys.count; i++) {
        const wpi_key *key = &WPI_ARRAY_AT(&walk.keys, wpi_key, i);
        status = wpi_group_remove(graph, (wpi_slice){key->bytes, key->size}, err);
    }
out:
    wpi_array_free(&walk.keys);
    return status;
}

wp_status wpi_member_put(wpi_graph *graph, const wp_member *member, bool is_in, wp_error *err)
{
    uint32_t canonical;
    wp_side who = member->who;
    if (!is_member_kind(who.kind))
        return wpi_error_set(err, WP_EINVAL, "kind of a member is %d, expected 1..2",
                             (int)who.kind);
    WPI_TRY(wpi_group_expect(graph, member->group, err));
    WPI_TRY(wpi_party_resolve(graph, party_of(who), who.number, &canonical, err));
    wpi_key key = key_of(WPI_GROUP_MEMBERS, member->group, who, graph->source);
    wp_status known = wpi_graph_get(graph, WPI_TABLE_BARRIER, key, &(wpi_record_bytes){0}, err);
    if (known != WP_OK && known != WP_ENOTFOUND)
        return known;
    if (!is_in && known == WP_ENOTFOUND)
        return wpi_error_set(err, known, "the source does not state that %s %u is in the group",
                             wpi_party_name(party_of(who)), who.number);
    if (!is_in)
        return wpi_group_remove(graph, (wpi_slice){key.bytes, key.size}, err);
    if (known == WP_OK)
        return WP_OK;
    WPI_TRY(wpi_group_mention(graph, member->group, err));
    WPI_TRY(wpi_party_mention(graph, party_of(who), who.number, err));
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_BARRIER, key, err));
    return wpi_audit_append(graph, WP_AUDIT_MEMBER_ADD, wpi_audit_kinds(WP_SIDE_GROUP, who.kind),
                            member->group, who.number, err);
}

wp_status wpi_member_next(wpi_graph *graph, wp_member *at, wp_error *err)
{
    wpi_record_bytes value;
    wpi_key from = at->who.kind == 0 ? wpi_key_u8_u32(WPI_GROUP_MEMBERS, at->group)
                                     : key_of(WPI_GROUP_MEMBERS, at->group, at->who, at->source);
    return next_of(graph, from, at, &value, err);
}

wp_status wpi_group_add_side(wpi_graph *graph, wp_side side, int32_t day, wpi_bitset *people,
                             wp_error *err)
{
    uint32_t canonical;
    wp_status status = WP_OK;
    wpi_array staff = WPI_ARRAY_OF(uint32_t);
    if (side.kind == WP_SIDE_GROUP)
        return wpi_group_people(graph, side.number, day, people, err);
    WPI_TRY(wpi_party_find(graph, party_of(side), side.number, &canonical, err));
    if (canonical == 0)
        return WP_OK; /* erased */
    if (side.kind == WP_SIDE_PERSON)
        return wpi_bitset_add(people, canonical, err);
    WPI_TRY_OUT(wpi_employment_people(graph, canonical, day, &staff, err));
    for (size_t i = 0; i < staff.count; i++)
        WPI_TRY_OUT(wpi_bitset_add(people, WPI_ARRAY_AT(&staff, uint32_t, i), err));
out:
    wpi_array_free(&staff);
    return status;
}

typedef struct people_walk {
    wpi_graph *graph;
    int32_t day;
    wpi_bitset *people;
    wp_side last; /* looked at, so that what several sources state is looked at once */
} people_walk;

static wp_status add_member(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    people_walk *walk = context;
    wp_member at;
    (void)value;
    WPI_TRY(wpi_group_read_key(key, &at, err));
    if (at.who.kind == walk->last.kind && at.who.number == walk->last.number)
        return WP_OK;
    walk->last = at.who;
    return wpi_group_add_side(walk->graph, at.who, walk->day, walk->people, err);
}

wp_status wpi_group_people(wpi_graph *graph, uint32_t group, int32_t day, wpi_bitset *people,
                           wp_error *err)
{
    people_walk walk = {graph, day, people, {0}};
    return wpi_graph_each(graph, WPI_TABLE_BARRIER, wpi_key_u8_u32(WPI_GROUP_MEMBERS, group),
                          add_member, &walk, err);
}

typedef struct groups_walk {
    wpi_graph *graph;
    uint32_t person;
    wpi_bitset companies; /* that employ the person on the day */
    wpi_bitset *groups;
} groups_walk;

static wp_status add_group(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    groups_walk *walk = context;
    wp_member at;
    uint32_t canonical;
    (void)value;
    WPI_TRY(wpi_group_read_key(key, &at, err));
    if (wpi_bitset_has(walk->groups, at.group))
        return WP_OK;
    WPI_TRY(wpi_party_find(walk->graph, party_of(at.who), at.who.number, &canonical, err));
    bool is_in = at.who.kind == WP_SIDE_PERSON ? canonical == walk->person
                                               : wpi_bitset_has(&walk->companies, canonical);
    return is_in ? wpi_bitset_add(walk->groups, at.group, err) : WP_OK;
}

wp_status wpi_group_of_person(wpi_graph *graph, uint32_t person, int32_t day, wpi_bitset *groups,
                              wp_error *err)
{
    groups_walk walk = {graph, person, {NULL, 0, 0}, groups};
    wp_employment at = {.person = person};
    wp_status status;
    while ((status = wpi_employment_next(graph, &at, err)) == WP_OK)
        if (day == WP_DAY_NONE || wpi_employment_covers(&at, day))
            WPI_TRY_OUT(wpi_bitset_add(&walk.companies, at.company, err));
    if (status == WP_ENOTFOUND)
        status = wpi_graph_each(graph, WPI_TABLE_BARRIER,
                                (wpi_key){.bytes = {WPI_GROUP_MEMBERS}, .size = 1}, add_group,
                                &walk, err);
out:
    wpi_bitset_free(&walk.companies);
    return status;
}
