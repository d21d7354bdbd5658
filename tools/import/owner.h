/*
 * Whose list, archive or address book is read: how they are known, and what they are called.
 *
 * An archive names its owner at several places; the user may name them with --owner. Everything
 * that is learnt is stored as one person, so that an address and a profile are known to be one's.
 */
#ifndef WARMPATH_IMPORT_OWNER_H
#define WARMPATH_IMPORT_OWNER_H

#include "import/run.h"
#include "import/slug.h"

#define OWNER_EMAILS_MAX 32
#define OWNER_EMAIL_BYTES 321
#define OWNER_KEY_BYTES (SLUG_BYTES + 16)

typedef struct owner {
    char emails[OWNER_EMAILS_MAX][OWNER_EMAIL_BYTES]; /* the best first */
    size_t email_count;
    char slug[SLUG_BYTES]; /* empty: unknown */
    char name[256];        /* empty: unknown */
    bool is_stored;        /* in this archive */
    bool has_no_memory;    /* while it was learnt, so that something may be missing */
    const char *path;      /* borrowed: a file of the folder all this was learnt from; NULL */
} owner;

/* Add an address, in front when it is the best; one that is there already moves. */
void owner_add_email(owner *self, const char *email, bool is_best);

/* The identity by which facts name the owner; kind 0: unknown. */
wp_identity owner_identity(const owner *self);

/* Whether an identity is one of the owner's. */
bool owner_is(const owner *self, const wp_identity *who);

/*
 * What a connection of two people is called, whichever of them exports it: the profiles, or
 * addresses where there is none, in order.
 */
#define OWNER_SOURCE_BYTES (2 * OWNER_KEY_BYTES + 32)
void owner_source(const char *one, const char *other, char out[OWNER_SOURCE_BYTES]);

#endif
