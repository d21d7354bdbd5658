/*
 * The cast of the demonstration: a robotics firm of ten people and its market.
 *
 * All names are invented and all domains end in .example (RFC 2606). The people who carry the
 * story are named one by one; the others are drawn from lists, so that the seed decides who works
 * where. Texts hold no quote, backslash or control character: whoever writes them relies on that.
 */
#ifndef WARMPATH_GENERATE_CAST_H
#define WARMPATH_GENERATE_CAST_H

#include <stddef.h>
#include <stdint.h>

#define CAST_PEOPLE_MAX 200
#define CAST_US_DOMAIN "halden.example"

typedef enum company_number {
    HALDEN,      /* our own firm */
    BRIGHTWATER, /* customers */
    TESSERA,
    ALPENWERK,
    ORIOLE,
    CASTELLAN,
    VANTAGE, /* suppliers */
    QUILL,
    LARKSPUR,  /* investor */
    PENROSE,   /* advisers */
    WESTFJORD, /* university */
    ROBOFORUM, /* trade fair */
    SALTMARSH, /* prospects who never answer */
    NORTHGATE,
    MERIDIAN,    /* target: nobody at the firm knows anybody there */
    HARBOURLINE, /* target: an engineer does, sales does not */
    COMPANY_COUNT
} company_number;

/*
 * The people of the story. The firm's members come first, then the friends of the firm who share
 * their mail with it: these, and only these, have a mailbox in what is written.
 */
typedef enum person_number {
    INGRID,
    JONAS,
    PRIYA,
    TOM,
    LUKASZ,
    MARTA,
    JOSE,
    CLAIRE,
    NOAH,
    SOFIA,
    MEMBER_COUNT,
    DANA = MEMBER_COUNT, /* the best introducer, who does not want to be one */
    OSKAR,
    ELIN,
    AMARA,
    MAILBOX_COUNT,
    KENJI = MAILBOX_COUNT,
    VICTOR,
    HELENA, /* at Meridian */
    YUKI,
    RAFAEL,
    BEN,
    MEILIN, /* at Harbourline */
    PETER,
    SARA,
    GRACE,
    ANTON,
    NEWSLETTER, /* addresses behind which nobody is */
    INVOICES,
    SCANNER,
    USERS_LIST,
    STORY_COUNT
} person_number;

/* How a mail program writes a name in a header. */
typedef enum name_style {
    STYLE_UTF8_Q,   /* RFC 2047, UTF-8, quoted-printable; plain when the name is ASCII */
    STYLE_UTF8_B,   /* RFC 2047, UTF-8, base64; plain when the name is ASCII */
    STYLE_LATIN1_Q, /* RFC 2047, ISO-8859-1; plain when the name is ASCII */
    STYLE_REVERSED, /* "Family, Given", quoted */
    STYLE_BARE      /* the address alone */
} name_style;

typedef struct cast_person {
    char name[48];    /* UTF-8, "Given Family" */
    char address[64]; /* lower case */
    const char *title;
    company_number company;
    int zone_min; /* east of UTC */
    name_style style;
} cast_person;

typedef struct cast_company {
    const char *name;
    const char *domain;
    int zone_min;
    int extras; /* people besides those of the story */
} cast_company;

typedef struct cast {
    cast_person people[CAST_PEOPLE_MAX];
    size_t count;
} cast;

extern const cast_company cast_companies[COMPANY_COUNT];

/* A second, private address of Oskar's, from which some of his mail comes. */
extern const char cast_oskar_private[];

/* Whether an address is one of a machine or list. */
static inline int cast_is_machine(size_t person)
{
    return person >= NEWSLETTER && person < STORY_COUNT;
}

/* Fill the cast; the seed decides about the people outside the story. */
void cast_fill(cast *self, uint64_t seed);

#endif
