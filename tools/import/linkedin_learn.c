/*
 * Who the owner of a LinkedIn archive is.
 *
 * Addresses and name are stated. The profile is not: an invitation that went out names the inviter,
 * one that came in the invitee. Without invitations it is who takes part in every message; while
 * that is true of several, who is called as the owner is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "import/address.h"
#include "import/charset.h"
#include "import/linkedin.h"
#include "import/table_guess.h"
#include "import/walk.h"

#define PRESENT_MAX 64

/* Profiles that took part in every message so far. */
typedef struct present {
    char slugs[PRESENT_MAX][SLUG_BYTES];
    size_t count;
    bool has_begun;
    char namesake[SLUG_BYTES]; /* a sender who is called as the owner */
} present;

typedef struct learning {
    owner *owner;
    linkedin_columns columns;
    present *present; /* NULL: messages are not read */
} learning;

static void learn_name(learning *self, const csv_row *row)
{
    char text[512];
    const char *first = linkedin_cell(&self->columns, row, PROFILE_FIRST);
    const char *last = linkedin_cell(&self->columns, row, PROFILE_LAST);
    snprintf(text, sizeof text, "%.200s %.*s", first, (int)(strcspn(last, ",") % 200), last);
    char *name = NULL;
    if (!charset_tidy_name(text, &name))
        self->owner->has_no_memory = true;
    else if (name != NULL)
        snprintf(self->owner->name, sizeof self->owner->name, "%s", name);
    free(name);
}

static void learn_email(learning *self, const csv_row *row)
{
    const char *email = linkedin_cell(&self->columns, row, EMAIL_ADDRESS);
    if (address_is_usable(email) && charset_is_clean(email, strlen(email)) &&
        linkedin_says_yes(linkedin_cell(&self->columns, row, EMAIL_CONFIRMED)))
        owner_add_email(self->owner, email,
                        linkedin_says_yes(linkedin_cell(&self->columns, row, EMAIL_PRIMARY)));
}

static void learn_profile(learning *self, const csv_row *row)
{
    char slug[SLUG_BYTES];
    const char *direction = linkedin_cell(&self->columns, row, INVITATION_DIRECTION);
    linkedin_field field = strcasecmp(direction, "OUTGOING") == 0   ? INVITATION_FROM_URL
                           : strcasecmp(direction, "INCOMING") == 0 ? INVITATION_TO_URL
                                                                    : INVITATION_FROM;
    if (self->owner->slug[0] == '\0' && field != INVITATION_FROM &&
        slug_of(linkedin_cell(&self->columns, row, field), slug))
        snprintf(self->owner->slug, sizeof self->owner->slug, "%s", slug);
}

static bool holds(const present *self, const char *slug)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->slugs[i], slug) == 0)
            return true;
    return false;
}

static void add_present(present *to, const char *urls)
{
    char slug[SLUG_BYTES];
    if (to->count < PRESENT_MAX && slug_of(urls, slug) && !holds(to, slug))
        snprintf(to->slugs[to->count++], SLUG_BYTES, "%s", slug);
}

/* Everybody in a message; the first have room. */
static void list_present(const learning *self, const csv_row *row, present *out)
{
    const char *urls = linkedin_cell(&self->columns, row, MESSAGE_TO_URLS);
    out->count = 0;
    add_present(out, linkedin_cell(&self->columns, row, MESSAGE_FROM_URL));
    while (urls != NULL && *urls != '\0') {
        add_present(out, urls);
        urls = strpbrk(urls, ";,");
        urls = urls == NULL ? NULL : urls + 1;
    }
}

static void learn_present(learning *self, const csv_row *row, present *scratch)
{
    present *kept = self->present;
    size_t left = 0;
    list_present(self, row, scratch);
    if (scratch->count < 2) /* from or to nobody: nothing can be told from it */
        return;
    if (self->owner->name[0] != '\0' &&
        strcmp(linkedin_cell(&self->columns, row, MESSAGE_FROM), self->owner->name) == 0)
        (void)slug_of(linkedin_cell(&self->columns, row, MESSAGE_FROM_URL), kept->namesake);
    if (!kept->has_begun) {
        memcpy(kept->slugs, scratch->slugs, sizeof kept->slugs);
        kept->count = scratch->count;
        kept->has_begun = true;
        return;
    }
    for (size_t i = 0; i < kept->count; i++)
        if (holds(scratch, kept->slugs[i]))
            memmove(kept->slugs[left++], kept->slugs[i], SLUG_BYTES);
    kept->count = left;
}

static void learn_row(learning *self, const csv_row *row, present *scratch)
{
    if (self->columns.table == LINKEDIN_MESSAGES)
        learn_present(self, row, scratch);
    else if (self->columns.table == LINKEDIN_PROFILE)
        learn_name(self, row);
    else if (self->columns.table == LINKEDIN_EMAILS)
        learn_email(self, row);
    else if (self->columns.table == LINKEDIN_INVITATIONS)
        learn_profile(self, row);
}

/* Whether a table is to be read now. */
static bool is_wanted(const learning *self)
{
    linkedin_table which = self->columns.table;
    return self->present != NULL ? which == LINKEDIN_MESSAGES
                                 : which == LINKEDIN_PROFILE || which == LINKEDIN_EMAILS ||
                                       which == LINKEDIN_INVITATIONS;
}

/* Faults of a file are told when its rows are imported; here it is read as far as it goes. Without
 * memory what was learnt is too little, and the import ends. */
static void learn(int fd, learning *self)
{
    csv_shape shape;
    csv_row row;
    csv *reader = calloc(1, sizeof *reader);
    present *scratch = calloc(1, sizeof *scratch);
    bool has_header = false;
    bool is_sniffed = reader != NULL && scratch != NULL && csv_sniff(fd, &shape) == LINES_OK;
    self->owner->has_no_memory |= !is_sniffed && errno == ENOMEM;
    bool is_open = is_sniffed && csv_open(reader, fd, &shape, 0, 0, NULL) == LINES_OK;
    while (is_open && csv_next(reader, &row) == LINES_OK) {
        if (row.what.outcome == OUTCOME_SKIPPED)
            continue;
        if (has_header)
            learn_row(self, &row, scratch);
        else if (linkedin_columns_read(&row, &self->columns))
            has_header = true;
        if ((has_header && !is_wanted(self)) || (!has_header && row.where.byte >= HEAD_BYTES))
            break;
    }
    if (reader != NULL) {
        self->owner->has_no_memory |= reader->failure == ENOMEM;
        csv_free(reader);
    }
    free(scratch);
    free(reader);
}

void linkedin_learn(int fd, owner *self)
{
    learning state = {.owner = self};
    learn(fd, &state);
}

void linkedin_learn_from_messages(int fd, owner *self)
{
    learning state = {.owner = self, .present = calloc(1, sizeof *state.present)};
    if (state.present == NULL) {
        self->has_no_memory = true;
        return;
    }
    learn(fd, &state);
    const char *found = state.present->count == 1 ? state.present->slugs[0] : "";
    if (state.present->count > 1 && holds(state.present, state.present->namesake))
        found = state.present->namesake;
    snprintf(self->slug, sizeof self->slug, "%s", found);
    free(state.present);
}

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path);
}

static bool is_beside(const char *one, const char *other)
{
    size_t length = folder_length(one);
    return folder_length(other) == length && strncmp(one, other, length) == 0;
}

bool linkedin_is_learnt(const owner *self, const char *path)
{
    return self->path != NULL && is_beside(self->path, path);
}

/* A file of an archive, by its beginning; -1: it is none. */
static int open_table(const char *path, char *head, owner *self)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    ssize_t got = fd < 0 ? -1 : pread(fd, head, HEAD_BYTES, 0);
    const char *format = got <= 0 ? NULL : table_guess(head, (size_t)got, NULL);
    self->has_no_memory |= got > 0 && errno == ENOMEM;
    if (format != NULL && strcmp(format, "linkedin") == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

void linkedin_learn_folder(const walk *found, const char *path, owner *self)
{
    char *head = malloc(HEAD_BYTES);
    self->path = path;
    self->has_no_memory = head == NULL;
    for (int pass = 0; head != NULL && pass < 2; pass++) {
        if (pass == 1 && self->slug[0] != '\0')
            break;
        for (size_t i = 0; i < found->count; i++) {
            const char *other = found->items[i].path;
            bool is_file =
                strcmp(other, "-") != 0 && is_beside(other, path) && !found->items[i].is_database;
            int fd = is_file ? open_table(other, head, self) : -1;
            if (fd < 0)
                continue;
            if (pass == 0)
                linkedin_learn(fd, self);
            else if (self->slug[0] == '\0')
                linkedin_learn_from_messages(fd, self);
            close(fd);
        }
    }
    free(head);
}
