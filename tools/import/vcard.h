/*
 * One card of an address book: who somebody is, how to know them again, where they work.
 *
 * The three versions are read by one parser, because programs mix them. What is kept: FN or N,
 * EMAIL, the LinkedIn profile wherever it stands, a UID that is a UUID, the first component of ORG,
 * TITLE or ROLE, CLASS and KIND. Everything else is passed over without being decoded.
 */
#ifndef WARMPATH_IMPORT_VCARD_H
#define WARMPATH_IMPORT_VCARD_H

#include "import/content.h"
#include "import/fact.h"
#include "import/pool.h"
#include "import/unkept.h"

#define CARD_IDENTITIES_MAX 60

typedef struct card_identity {
    wp_identity who;
    int preference; /* 1 is the best */
} card_identity;

/* A text of which a card can have several: the preferred one, of equals the first. */
typedef struct card_text {
    const char *text; /* NULL: none */
    int preference;   /* 1 is the best */
} card_text;

/* All-zero before the first card_next(). */
typedef struct card {
    pool texts;
    place where;
    card_text formatted;  /* FN */
    bool has_comma;       /* FN has one, so that its order is a guess */
    card_text structured; /* N as one name */
    card_text company;
    card_text title;
    card_text role;
    card_identity identities[CARD_IDENTITIES_MAX]; /* the preferred ones first, then as they came */
    size_t identity_count;
    bool is_private;
    bool is_person; /* neither a group nor a company */
    uint64_t notes[NOTE_COUNT];
    unkept *unkept; /* gets the names of properties that are not kept; NULL: nobody asks */
    verdict what;   /* skipped: what is wrong with it */
} card;

/* Cards of a file. All-zero but for `lines`. */
typedef struct cards {
    content lines;
    content_line line;
    bool has_line; /* the line was read and belongs to the next card */
} cards;

/* The next card, good or bad. LINES_END: there is none. */
lines_code card_next(cards *self, card *out);

/* The fact of a good card. */
void card_fact(const card *self, fact *out);

void card_free(card *self);

#endif
