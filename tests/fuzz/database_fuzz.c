/*
 * Any bytes as a database file. Promised: opening it fails with a status or succeeds, and in the
 * latter case everything in it can be read or is refused; no damage is a crash or a hang.
 *
 * An input that begins with 'P' is a list of patches to a small sound database, six bytes each
 * (offset in two-byte units, 4; value, 2), since a random file never comes past its first page.
 * Anything else is the file itself. The database is built anew at the start: its hash key is
 * random, its pages are the same.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "warmpath.h"

#define PATCH_BYTES 6
#define PEOPLE 40
#define DAY 20000

static char directory[64];
static char path[96];
static uint8_t *sound; /* the database that is patched */
static uint8_t *image;
static size_t sound_bytes;

static void remove_files(void)
{
    char lock[128];
    (void)snprintf(lock, sizeof lock, "%s-lock", path);
    (void)unlink(path);
    (void)unlink(lock);
}

static void leave(void)
{
    remove_files();
    (void)rmdir(directory);
    free(sound);
    free(image);
}

static void put_people(wp_txn *txn)
{
    char email[64], source[64];
    wp_number before = 0, person = 0;
    for (int i = 0; i < PEOPLE; i++, before = person) {
        wp_identity identity = {WP_IDENTITY_EMAIL, email};
        wp_person_facts facts = WP_PERSON_FACTS_INIT;
        wp_interaction mail = WP_INTERACTION_INIT;
        (void)snprintf(email, sizeof email, "p%d@c%d.com", i, i % 5);
        (void)snprintf(source, sizeof source, "<%d@x>", i);
        facts.identities = &identity;
        facts.identity_count = 1;
        facts.name = email;
        fuzz_expect(wp_person_put(txn, &facts, &person, NULL, NULL) == WP_OK, "a person is put");
        wp_participant to = {before, WP_ROLE_TO};
        mail.source = source;
        mail.kind = WP_KIND_MAIL;
        mail.time_s = (int64_t)DAY * 86400 - i;
        mail.from = person;
        mail.to = &to;
        mail.to_count = 1;
        if (before != 0)
            fuzz_expect(wp_interaction_put(txn, &mail, NULL, NULL) == WP_OK, "a mail is put");
    }
}

static void read_sound(void)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    fuzz_expect(fd >= 0 && fstat(fd, &facts) == 0, "the database can be read");
    sound_bytes = (size_t)facts.st_size;
    sound = malloc(sound_bytes);
    image = malloc(sound_bytes);
    fuzz_expect(sound != NULL && image != NULL, "memory");
    fuzz_expect(read(fd, sound, sound_bytes) == (ssize_t)sound_bytes, "the database can be read");
    (void)close(fd);
}

static void enter(void)
{
    static const char *const us[] = {"c0.com"};
    wp_db *db = NULL;
    wp_txn *txn = NULL;
    if (sound != NULL)
        return;
    fuzz_make_directory(directory);
    (void)snprintf(path, sizeof path, "%s/db", directory);
    fuzz_expect(wp_create(path, us, 1, NULL) == WP_OK, "a database is created");
    fuzz_expect(wp_open(path, NULL, &db, NULL) == WP_OK, "a database is opened");
    fuzz_expect(wp_begin_write(db, &txn, NULL) == WP_OK, "a transaction is begun");
    put_people(txn);
    fuzz_expect(wp_commit(txn, NULL) == WP_OK, "a transaction is committed");
    wp_close(db);
    read_sound();
    (void)atexit(leave);
}

/* A new file each time: what is known of the old one's inode must not count. */
static void write_image(const uint8_t *bytes, size_t count)
{
    remove_files();
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    fuzz_expect(fd >= 0, "the file can be made");
    fuzz_write(fd, bytes, count);
    (void)close(fd);
}

static void patch(const uint8_t *bytes, size_t count)
{
    memcpy(image, sound, sound_bytes);
    for (; count >= PATCH_BYTES; bytes += PATCH_BYTES, count -= PATCH_BYTES) {
        uint32_t place;
        memcpy(&place, bytes, sizeof place);
        memcpy(image + (place % (sound_bytes / 2)) * 2, bytes + sizeof place, 2);
    }
    write_image(image, sound_bytes);
}

/* Any status is well; what matters is that the call returns. */
static void ask(wp_txn *txn, bool is_thorough)
{
    uint64_t faults = 0;
    wp_stats stats;
    wp_person person;
    wp_matches matches;
    wp_ties ties;
    wp_number number = 0;
    (void)!wp_stats_get(txn, &stats, NULL);
    for (int i = 0; i < PEOPLE && wp_person_next(txn, &number, NULL) == WP_OK; i++) {
        (void)!wp_person_get(txn, number, DAY, &person, NULL);
        if (wp_person_ties(txn, number, DAY, false, &ties, NULL) == WP_OK)
            wp_ties_free(&ties);
    }
    if (wp_find(txn, "p1@c1.com", 5, &matches, NULL) == WP_OK)
        wp_matches_free(&matches);
    if (is_thorough)
        (void)!wp_check(txn, true, NULL, NULL, &faults, NULL);
}

void fuzz_input(const uint8_t *bytes, size_t count, uint64_t choice)
{
    wp_db *db = NULL;
    wp_txn *txn = NULL;
    wp_error err = {0};
    enter();
    if (count > 0 && bytes[0] == 'P')
        patch(bytes + 1, count - 1);
    else
        write_image(bytes, count);
    wp_status status = wp_open(path, NULL, &db, &err);
    fuzz_expect(status == WP_OK || (db == NULL && err.message[0] != '\0'),
                "a file that is refused is refused with a message");
    if (status == WP_OK && wp_begin_read(db, &txn, NULL) == WP_OK) {
        ask(txn, FUZZ_IS_THOROUGH(choice));
        wp_abort(txn);
    }
    wp_close(db);
}
