/*
 * The parts of a search by name: the index proposes people and companies (name_propose.c), those
 * who have most of the query and whom we know best are chosen (name_blocks.c, name_choose.c), their
 * records decide whether they match (name_find.c), and our ties rank them (name_known.c).
 *
 * What the index says stays where it lies: lists of numbers, each with what it stands for. Choosing
 * goes through all lists of a block of numbers at once, and through those of a word that a hundred
 * thousand people have only for the people who have the others.
 *
 * Everything is bounded: records and numbers of the index, candidates, arcs of our ties. Who is
 * proposed beyond the bounds is left out, in a fixed order.
 */
#ifndef WPI_GRAPH_NAME_SEARCH_H
#define WPI_GRAPH_NAME_SEARCH_H

#include "base/bitset.h"
#include "base/pattern.h"
#include "graph/name.h"
#include "graph/sight.h"

/* What is known of somebody proposed: the words of the query they have, and which exactly. */
#define WPI_NAME_HAS(word) (UINT32_C(1) << (word))
#define WPI_NAME_HAS_EXACTLY(word) (UINT32_C(1) << (16 + (word)))
#define WPI_NAME_COUNT_HAS(bits) ((unsigned)__builtin_popcount((bits)&0xffff))
#define WPI_NAME_COUNT_EXACTLY(bits) ((unsigned)__builtin_popcount((bits) >> 16))

/* Numbers of one kind and block that share such bits. */
typedef struct wpi_name_posting {
    const unsigned char *numbers; /* the low halves, u16 each; borrowed */
    uint32_t count;
    uint32_t bits;
    uint32_t before; /* the posting of the same block added before, from 1; 0: none */
} wpi_name_posting;

/* A word of the index that is nearly one of the query's. */
typedef struct wpi_name_near {
    wpi_key key; /* the beginning of its records' keys */
    uint8_t word;
    uint8_t distance;
} wpi_name_near;

typedef struct wpi_name_search {
    wpi_graph *graph;
    const wpi_sight *sight;
    int32_t day;
    wpi_name_words query;
    wpi_pattern *patterns;                  /* of its words; in `memory` */
    char folded[WPI_NAME_FOLDED_BYTES_MAX]; /* the query, umlauts not merged */
    wpi_arena memory;
    wpi_array postings; /* of wpi_name_posting */
    wpi_map blocks;     /* kind << 16 | number >> 16 -> the last posting of the block, from 1 */
    uint64_t proposed[WPI_NAME_WORDS_MAX]; /* numbers in the postings of each word */
    /* Words that people may have of whom the index did not tell: it had more than was read, or the
     * words are of mail providers' domains. */
    uint32_t elsewhere;
    wpi_map staffed;              /* company -> words for which its people were proposed */
    struct wpi_name_block *block; /* scratch of wpi_name_each_slot(), in `memory` */
    wpi_array near;               /* of wpi_name_near */
    unsigned near_proposed;       /* those with at most so many wrong letters were looked up */
    wpi_map looked_at;            /* kind << 32 | number, of those whose records were looked at */
    bool has_us;                  /* `us` is filled */
    wpi_bitset us;
    wpi_bitset known_people; /* the keys of `known` */
    wpi_map known; /* person -> the cheapest cost from one of us, about; filled when needed */
    bool has_known;
    uint32_t workplace; /* the company whose name and domains are in workplace_text; 0: none */
    char workplace_text[WPI_NAME_FOLDED_BYTES_MAX];
} wpi_name_search;

/* How many letters of a word may be wrong, by how many it has. */
unsigned wpi_name_wrong_max(size_t letters);
/* How well a word of a query fits a word: 1 equal, .9 its beginning, .8 and .6 misspelt, 0 not. */
double wpi_name_fit(const wpi_pattern *query, const char *word, size_t length);

/* Propose whoever has words of the query, equal or as beginnings; and, with several words, those
 * who work at a company that has them. */
wp_status wpi_name_propose(wpi_name_search *search, wp_error *err);
/* Propose whoever has words from which those of the query differ by at most so many letters or
 * blanks. */
wp_status wpi_name_propose_misspelt(wpi_name_search *search, unsigned distance_max, wp_error *err);

/* Propose whoever has a word, for some words of the query. */
wp_status wpi_name_propose_word(wpi_name_search *search, const char *word, size_t length,
                                uint32_t bits, wp_error *err);
/* Propose whoever has words of the query joined, or apart. */
wp_status wpi_name_propose_joined(wpi_name_search *search, wp_error *err);
/* How well a word of the query fits words of a text joined, or does so itself when joined to its
 * neighbours: as one with a wrong letter, or 0. */
double wpi_name_fit_joined(const wpi_name_search *search, size_t word, const wpi_name_words *text);

/* Propose numbers of one kind and block; the posting's low halves stay where they are. */
wp_status wpi_name_add_posting(wpi_name_search *search, uint32_t block, wpi_name_posting posting,
                               wp_error *err);
/* Propose numbers, which ascend and are copied. */
wp_status wpi_name_add_numbers(wpi_name_search *search, wpi_party kind, const uint32_t *numbers,
                               size_t count, uint32_t bits, wp_error *err);

/* Sixty-four numbers of which some were met. */
typedef struct wpi_name_slot {
    wpi_party kind;
    uint32_t first; /* of the numbers */
    uint64_t met;
    uint64_t has[WPI_NAME_WORDS_MAX];   /* who has a word of the query */
    uint64_t exact[WPI_NAME_WORDS_MAX]; /* and exactly */
} wpi_name_slot;

/* What is known of one of them. */
uint32_t wpi_name_slot_bits(const wpi_name_search *search, const wpi_name_slot *slot,
                            unsigned place);

/* Call for all slots of the kinds from one to another with somebody proposed who has some words (0:
 * any one), by kind and number, each once. */
typedef wp_status wpi_name_slot_fn(void *context, const wpi_name_slot *slot, wp_error *err);
wp_status wpi_name_each_slot(wpi_name_search *search, wpi_party from, wpi_party to, uint32_t words,
                             wpi_name_slot_fn *each, void *context, wp_error *err);

/* Somebody whose record is to be looked at. */
typedef struct wpi_name_choice {
    wpi_party kind;
    uint32_t number;
} wpi_name_choice;
/* Choose among those not chosen before, and append them: as many as the limit and forty more
 * who have all words of the query, and sixty who may have those they lack elsewhere. */
wp_status wpi_name_choose(wpi_name_search *search, size_t limit, wpi_array *choices, wp_error *err);

/* Fill `known` from the warmest ties of each of us. */
wp_status wpi_name_read_known(wpi_name_search *search, wp_error *err);
/* The warmest tie from one of us to a person, and how many ties the person has. */
wp_status wpi_name_warmest(wpi_name_search *search, uint32_t person, wp_tie *out, uint32_t *ties,
                           wp_error *err);

#endif
