/*
 * Groups under faults: see crash_groups.h.
 */
#include "crash_groups.h"

#include "crash_faults.h"
#include "crash_process.h"
#include "crash_world.h"

#define NAME "team:crash"
#define MEMBER 30
#define OPPOSITE 31
#define SHARING 32
#define COMPANY 2

static wp_status put_members(wp_txn *txn, wp_number group, bool is_in, wp_error *err)
{
    wp_member person = {group, {WP_SIDE_PERSON, MEMBER}, 0};
    wp_member company = {group, {WP_SIDE_COMPANY, COMPANY}, 0};
    CRASH_TRY(wp_member_put(txn, &person, is_in, err));
    return wp_member_put(txn, &company, is_in, err);
}

static wp_status put_barrier(wp_txn *txn, wp_number group, bool is_up, wp_error *err)
{
    wp_barrier barrier = {{WP_SIDE_GROUP, group}, {WP_SIDE_PERSON, OPPOSITE}, 0};
    return wp_barrier_put(txn, &barrier, is_up, err);
}

/* group: 0: with everybody. */
static wp_status put_sharing(wp_txn *txn, wp_number group, wp_error *err)
{
    wp_consent consent = WP_CONSENT_INIT;
    consent.person = SHARING;
    consent.sharing = group == 0 ? WP_SHARING_OPEN : WP_SHARING_GROUPS;
    consent.groups = &group;
    consent.group_count = group != 0;
    return wp_consent_put(txn, &consent, err);
}

static wp_status put_all(wp_txn *txn, wp_number *group, wp_error *err)
{
    wp_settings settings = {.size = sizeof settings, .mutual = WP_CHOICE_IN};
    CRASH_TRY(wp_group_put(txn, NAME, group, NULL, err));
    CRASH_TRY(put_members(txn, *group, true, err));
    CRASH_TRY(put_barrier(txn, *group, true, err));
    CRASH_TRY(put_sharing(txn, *group, err));
    return wp_settings_put(txn, &settings, err);
}

wp_status crash_groups_put(wp_txn *txn, wp_error *err)
{
    wp_number group = 0;
    return put_all(txn, &group, err);
}

wp_status crash_groups_put_and_take(wp_txn *txn, wp_error *err)
{
    wp_number group = 0;
    CRASH_TRY(put_all(txn, &group, err));
    CRASH_TRY(put_sharing(txn, 0, err));
    CRASH_TRY(put_barrier(txn, group, false, err));
    CRASH_TRY(put_members(txn, group, false, err));
    return wp_group_delete(txn, group, err);
}

static wp_status print_people(wp_txn *txn, wp_number group, FILE *out, wp_error *err)
{
    wp_numbers people;
    wp_status status = wp_group_people(txn, group, CRASH_DAY, &people, err);
    if (status != WP_OK)
        crash_require(people.items == NULL && people.count == 0, "empty outputs of a failure");
    for (size_t i = 0; i < people.count; i++)
        fprintf(out, "%u\n", people.items[i]);
    wp_numbers_free(&people);
    return status;
}

static wp_status print_ties(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_ties ties;
    wp_status status = wp_person_ties(txn, 1, CRASH_DAY, false, &ties, err);
    if (status != WP_OK)
        crash_require(ties.items == NULL && ties.count == 0, "empty outputs of a failure");
    for (size_t i = 0; i < ties.count; i++)
        fprintf(out, "%u %.17g\n", ties.items[i].to, ties.items[i].p);
    wp_ties_free(&ties);
    return status;
}

wp_status crash_groups_read(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_number group = 0, number = 0;
    wp_group read, stated = {.number = 0};
    wp_member member = {.group = 0};
    CRASH_TRY(wp_txn_use_viewer(txn, WP_VIEW_ALL, err));
    CRASH_TRY(wp_group_find(txn, NAME, &group, err));
    CRASH_TRY(wp_group_next(txn, &number, err));
    CRASH_TRY(wp_group_get(txn, number, &read, err));
    fprintf(out, "%u %s\n", group, read.name);
    CRASH_TRY(print_people(txn, group, out, err));
    CRASH_WALK(wp_group_statement_next(txn, &stated, err), fprintf(out, "%s\n", stated.name));
    CRASH_WALK(wp_member_statement_next(txn, &member, err),
               fprintf(out, "%u\n", member.who.number));
    CRASH_TRY(wp_txn_use_viewer(txn, SHARING, err));
    return print_ties(txn, out, err);
}
