/*
 * warmpath merge, unmerge, private: what is said by hand of who is whom and whose a tie is.
 *
 * An address, id or profile means that very identity, because that is what can be taken back; a
 * name or number means the person.
 */
#include "commands.h"
#include "decided.h"
#include "who.h"

/* Two different people. */
static int find_two(app *self, wp_number numbers[2], wp_number people[2])
{
    int code = app_begin_write(self);

    for (size_t i = 0; i < 2 && code == CODE_DONE; i++) {
        wp_person found;
        code = who_find_identity(self, i == 0 ? "A" : "B", self->given.words[i], &numbers[i]);
        if (code != CODE_DONE)
            break;
        if (wp_person_get(self->txn, numbers[i], self->day, &found, &self->err) != WP_OK)
            return app_fail_status(self, "person");
        people[i] = found.number;
    }
    return code;
}

int cmd_merge(app *self)
{
    wp_number numbers[2], people[2];
    int code = find_two(self, numbers, people);

    if (code != CODE_DONE)
        return code;
    if (people[0] == people[1])
        return app_fail(self, CODE_INPUT, "%s and %s: one person already, expected two",
                        self->given.words[0], self->given.words[1]);
    if (wp_person_merge(self->txn, numbers[0], numbers[1], &self->err) != WP_OK)
        return app_fail_status(self, "merge");
    code = app_commit(self);
    if (code == CODE_DONE)
        app_note(self, "%s and %s are one person now", self->given.words[0], self->given.words[1]);
    return code;
}

/* Take a merge back, and name who is freer for it. */
static int unmerge(app *self, wp_number a, wp_number b)
{
    wp_person before;
    wp_numbers all = {0};
    int code = CODE_DONE;

    if (wp_person_get(self->txn, a, self->day, &before, &self->err) != WP_OK ||
        wp_person_numbers(self->txn, a, &all, &self->err) != WP_OK)
        return app_fail_status(self, "person");
    wp_status status = wp_person_unmerge(self->txn, a, b, &self->err);
    if (status == WP_ENOTFOUND)
        code = app_fail(self, CODE_INPUT, "%s: not merged with %s, expected one who is",
                        self->given.words[0], b != 0 ? self->given.words[1] : "anybody");
    else if (status != WP_OK)
        code = app_fail_status(self, "unmerge");
    else
        code = decided_tell_freed(self, &all, &before);
    wp_numbers_free(&all);
    return code;
}

int cmd_unmerge(app *self)
{
    wp_number a = 0, b = 0;
    int code = app_begin_write(self);

    if (code == CODE_DONE)
        code = who_find_identity(self, "A", self->given.words[0], &a);
    if (code == CODE_DONE && self->given.word_count > 1)
        code = who_find_identity(self, "B", self->given.words[1], &b);
    if (code == CODE_DONE)
        code = unmerge(self, a, b);
    if (code == CODE_DONE)
        code = app_commit(self);
    if (code == CODE_DONE)
        app_note(self, "%s: a person of its own again", self->given.words[0]);
    return code;
}

/* Whose the tie between two people is: the owner must be one of them. */
static int find_pair(app *self, const char *owner, wp_private *tie)
{
    const char *const *words = self->given.words;
    wp_number numbers[2] = {0, 0}, identities[2] = {0, 0}, of = 0;
    int code = who_find_person(self, "--owner", owner, CODE_INPUT, &of);

    for (int i = 0; i < 2 && code == CODE_DONE; i++) {
        code = who_find_person(self, "WHO", words[i], CODE_INPUT, &numbers[i]);
        if (code == CODE_DONE)
            code = who_find_identity(self, "WHO", words[i], &identities[i]);
    }
    if (code != CODE_DONE)
        return code;
    if (of != numbers[0] && of != numbers[1])
        return app_fail(self, CODE_INPUT, "--owner: %s, expected %s or %s", owner, words[0],
                        words[1]);
    tie->owner = identities[of == numbers[0] ? 0 : 1];
    tie->person = identities[of == numbers[0] ? 1 : 0];
    return CODE_DONE;
}

/* Without a second person the whole person is meant. */
static int find_private(app *self, const char *owner, wp_private *out)
{
    if (self->given.word_count == 2)
        return find_pair(self, owner, out);
    out->is_whole = true;
    int code = who_find_identity(self, "WHO", self->given.words[0], &out->person);
    return code == CODE_DONE ? who_find_identity(self, "--owner", owner, &out->owner) : code;
}

/* The number by which results know the person who has a number. */
static wp_status canonical(app *self, wp_number number, wp_number *out)
{
    wp_person found;
    wp_status status = wp_person_get(self->txn, number, self->day, &found, &self->err);

    *out = status == WP_OK ? found.number : 0;
    return status;
}

/* Whether a statement is of the same two people, whatever identities it names. */
static wp_status is_about(app *self, const wp_private *at, const wp_private *wanted, bool *out)
{
    wp_number person = 0, owner = 0;
    wp_status status = canonical(self, at->person, &person);

    if (status == WP_OK)
        status = canonical(self, at->owner, &owner);
    *out = person == wanted->person && owner == wanted->owner;
    return status;
}

/* Take back all that a hand states of two people; *removed: how many statements. *left: what
 * sources state, which stays. There are few statements. */
static wp_status take_back(app *self, const wp_private *given, size_t *removed, size_t *left)
{
    wp_private wanted = *given, at = {0};
    wp_status status = canonical(self, given->person, &wanted.person);
    bool is_meant = false;

    if (status == WP_OK)
        status = canonical(self, given->owner, &wanted.owner);
    while (status == WP_OK &&
           (status = wp_private_statement_next(self->txn, &at, &self->err)) == WP_OK &&
           (status = is_about(self, &at, &wanted, &is_meant)) == WP_OK) {
        if (!is_meant)
            continue;
        *(at.source == WP_SOURCE_HAND ? removed : left) += 1;
        if (at.source == WP_SOURCE_HAND)
            status = wp_private_put(self->txn, &at, false, &self->err);
    }
    if (status == WP_ENOTFOUND)
        status = *removed > 0 ? WP_OK : WP_ENOTFOUND;
    return status;
}

int cmd_private(app *self)
{
    size_t removed = 0, left = 0;
    wp_private wanted = {0};
    const char *owner = args_get(&self->given, "owner");
    bool is_private = !args_has(&self->given, "off");

    if (owner == NULL)
        return app_fail(self, CODE_USAGE, "--owner: missing, expected WHO");
    int code = app_begin_write(self);
    if (code == CODE_DONE)
        code = find_private(self, owner, &wanted);
    if (code != CODE_DONE)
        return code;
    wp_status status = is_private ? wp_private_put(self->txn, &wanted, true, &self->err)
                                  : take_back(self, &wanted, &removed, &left);
    if (status == WP_EINVAL || status == WP_ENOTFOUND)
        return app_fail(self, CODE_INPUT, "%s: %s", self->given.words[0],
                        status == WP_EINVAL ? "the owner, expected somebody else"
                                            : "not said to be private by hand");
    if (status != WP_OK)
        return app_fail_status(self, "private");
    code = app_commit(self);
    if (code == CODE_DONE && left > 0)
        app_note(self, "%s: taken back by hand, but an import says so as well, which stays",
                 self->given.words[0]);
    else if (code == CODE_DONE)
        app_note(self, "%s: %s %s", self->given.words[0],
                 wanted.is_whole ? "for everybody but the owner this person" : "the tie",
                 is_private ? wanted.is_whole ? "is not there now" : "is the owner's alone now"
                 : wanted.is_whole ? "is there again"
                                   : "is anybody's again");
    return code;
}
