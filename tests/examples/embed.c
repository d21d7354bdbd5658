/*
 * The least that embedding takes: a file, three people, a few mails, and the question that warmpath
 * is for: who can introduce Ann to Carol? Ann does not know Carol, but Bob knows both.
 *
 * Everything happens in embed.warmpath in the current directory. Run again, it adds nothing: people
 * are found by their addresses, and a mail whose source id is known is not counted twice.
 */
#include <stdio.h>
#include <stdlib.h>

#include "warmpath.h"

#define NOON INT64_C(1709294400) /* 2024-03-01T12:00:00Z */

static void check(wp_status status, const wp_error *err)
{
    if (status != WP_OK) {
        fprintf(stderr, "%s: %s\n", wp_status_name(status), err->message);
        exit(1);
    }
}

static wp_number put_person(wp_txn *txn, const char *address)
{
    wp_error err;
    wp_number person;
    wp_identity email = {WP_IDENTITY_EMAIL, address};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = &email;
    facts.identity_count = 1;
    check(wp_person_put(txn, &facts, &person, NULL, &err), &err);
    return person;
}

static void put_mail(wp_txn *txn, const char *message_id, wp_number from, wp_number to)
{
    wp_error err;
    wp_participant recipient = {to, WP_ROLE_TO};
    wp_interaction mail = WP_INTERACTION_INIT; /* its kind is WP_KIND_MAIL */
    mail.source = message_id;
    mail.time_s = NOON;
    mail.from = from;
    mail.to = &recipient;
    mail.to_count = 1;
    check(wp_interaction_put(txn, &mail, NULL, &err), &err);
}

int main(void)
{
    wp_error err;
    wp_db *db;
    wp_txn *txn;
    wp_paths *paths;
    wp_person introducer;
    wp_status status = wp_create("embed.warmpath", NULL, 0, &err);

    check(status == WP_EEXIST ? WP_OK : status, &err);
    check(wp_open("embed.warmpath", NULL, &db, &err), &err);
    check(wp_begin_write(db, &txn, &err), &err);
    wp_number ann = put_person(txn, "ann@us.example");
    wp_number bob = put_person(txn, "bob@friends.example");
    wp_number carol = put_person(txn, "carol@acme.example");
    put_mail(txn, "<1@us.example>", ann, bob);
    put_mail(txn, "<2@friends.example>", bob, ann);
    put_mail(txn, "<3@friends.example>", bob, carol);
    put_mail(txn, "<4@acme.example>", carol, bob);
    check(wp_commit(txn, &err), &err);

    wp_path_query query = WP_PATH_QUERY_INIT;
    query.sources = &ann;
    query.targets = &carol;
    query.source_count = query.target_count = 1;
    query.day = (int32_t)(NOON / 86400);
    check(wp_begin_read(db, &txn, &err), &err);
    check(wp_paths_find(txn, &query, &paths, &err), &err);
    size_t count = wp_paths_count(paths);
    for (size_t i = 0; i < count; i++) {
        const wp_path *path = wp_paths_at(paths, i);
        check(wp_person_get(txn, path->introducer, query.day, &introducer, &err), &err);
        printf("%s can introduce Ann to Carol, score %.2f\n", introducer.email, path->score);
    }
    wp_paths_free(paths);
    wp_abort(txn);
    wp_close(db);
    return count == 1 ? 0 : 1;
}
