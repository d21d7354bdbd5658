/*
 * Recording what happened, without counting anything twice.
 *
 * Every interaction has a source id: the Message-ID of a mail, the UID of a meeting, the key of a
 * row in another system. It makes recording idempotent: a program that was interrupted, or that is
 * fed the same mailbox every night, gives all it has and need not remember what it gave before. The
 * order does not matter either; here a reply is recorded before the mail that it answers.
 *
 * The program records three interactions, then all of them again, in record.warmpath in the current
 * directory. The second time none is new and the tie is exactly as strong as before.
 */
#include <stdio.h>
#include <stdlib.h>

#include "warmpath.h"

#define DAY 19783 /* 2024-03-01 */
#define HOUR(n) ((int64_t)DAY * 86400 + (n)*3600)

static void check(wp_status status, const wp_error *err)
{
    if (status != WP_OK) {
        fprintf(stderr, "%s: %s\n", wp_status_name(status), err->message);
        exit(1);
    }
}

static wp_number put_person(wp_txn *txn, const char *address, const char *name)
{
    wp_error err;
    wp_number person;
    wp_identity email = {WP_IDENTITY_EMAIL, address};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = &email;
    facts.identity_count = 1;
    facts.name = name;
    check(wp_person_put(txn, &facts, &person, NULL, &err), &err);
    return person;
}

/* Record what happened to one recipient; whether it was new. */
static bool record(wp_txn *txn, wp_interaction interaction, wp_number to)
{
    wp_error err;
    bool is_new;
    wp_participant recipient = {to, WP_ROLE_TO};
    interaction.to = &recipient;
    interaction.to_count = 1;
    check(wp_interaction_put(txn, &interaction, &is_new, &err), &err);
    printf("  %-12s %s: %s\n", wp_kind_name(interaction.kind), interaction.source,
           is_new ? "recorded" : "known already");
    return is_new;
}

/* One transaction: after wp_commit() all of it is on disk, before it nothing. */
static unsigned record_all(wp_db *db, wp_number *ann, wp_number *bob)
{
    wp_error err;
    wp_txn *txn;
    unsigned added = 0;
    wp_interaction reply = WP_INTERACTION_INIT, mail = WP_INTERACTION_INIT;
    wp_interaction meeting = WP_INTERACTION_INIT;

    check(wp_begin_write(db, &txn, &err), &err);
    *ann = put_person(txn, "ann@us.example", "Ann Lee");
    *bob = put_person(txn, "bob@acme.example", "Bob Stone");

    reply.source = "<2@acme.example>";
    reply.reply_to = "<1@us.example>"; /* a mail in reply counts half as much again */
    reply.time_s = HOUR(11);
    reply.from = *bob;
    added += record(txn, reply, *ann);

    mail.source = "<1@us.example>";
    mail.time_s = HOUR(9);
    mail.from = *ann;
    added += record(txn, mail, *bob);

    meeting.source = "calendar:7f3a/2024-03-01";
    meeting.kind = WP_KIND_MEETING; /* counts in both directions */
    meeting.time_s = HOUR(15);
    meeting.from = *ann;
    added += record(txn, meeting, *bob);

    check(wp_commit(txn, &err), &err);
    return added;
}

static double read_strength(wp_db *db, wp_number from, wp_number to)
{
    wp_error err;
    wp_txn *txn;
    wp_tie tie;
    check(wp_begin_read(db, &txn, &err), &err);
    check(wp_tie_get(txn, from, to, DAY, &tie, &err), &err);
    wp_abort(txn);
    printf("  Bob has put in %.3f, Ann %.3f: strength %.3f, %s\n", tie.inbound, tie.outbound,
           tie.strength, wp_tier_name(tie.tier));
    return tie.strength;
}

int main(void)
{
    wp_error err;
    wp_db *db;
    wp_number ann, bob;
    wp_status status = wp_create("record.warmpath", NULL, 0, &err);

    check(status == WP_EEXIST ? WP_OK : status, &err);
    check(wp_open("record.warmpath", NULL, &db, &err), &err);
    puts("first:");
    (void)record_all(db, &ann, &bob);
    double before = read_strength(db, ann, bob);
    puts("again:");
    unsigned added = record_all(db, &ann, &bob);
    double after = read_strength(db, ann, bob);
    wp_close(db);
    if (added != 0 || before < after || before > after) {
        fputs("recording twice changed something\n", stderr);
        return 1;
    }
    return 0;
}
