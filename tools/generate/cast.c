/*
 * The cast of the demonstration: who is who, and where.
 *
 * Tables first, then the few lines that add people from the lists of names. Addresses are written
 * without accents, names with them, as in life.
 */
#include "cast.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "dice.h"

enum { LONDON = 0, BERLIN = 60, BOSTON = -300, TOKYO = 540 };

const cast_company cast_companies[COMPANY_COUNT] = {
    [HALDEN] = {"Halden Robotics", CAST_US_DOMAIN, BERLIN, 0},
    [BRIGHTWATER] = {"Brightwater Foods", "brightwater.example", LONDON, 9},
    [TESSERA] = {"Tessera Glass", "tessera.example", BERLIN, 7},
    [ALPENWERK] = {"Alpenwerk Maschinenbau", "alpenwerk.example", BERLIN, 8},
    [ORIOLE] = {"Oriole Pharma", "oriole.example", BOSTON, 7},
    [CASTELLAN] = {"Castellan Motors", "castellan.example", BERLIN, 7},
    [VANTAGE] = {"Vantage Sensors", "vantage.example", TOKYO, 5},
    [QUILL] = {"Quill Bearings", "quill.example", BERLIN, 4},
    [LARKSPUR] = {"Larkspur Ventures", "larkspur.example", LONDON, 3},
    [PENROSE] = {"Penrose Advisory", "penrose.example", LONDON, 3},
    [WESTFJORD] = {"Westfjord University", "westfjord.example", BERLIN, 5},
    [ROBOFORUM] = {"Roboforum", "roboforum.example", BERLIN, 3},
    [SALTMARSH] = {"Saltmarsh Energy", "saltmarsh.example", LONDON, 6},
    [NORTHGATE] = {"Northgate Rail", "northgate.example", LONDON, 6},
    [MERIDIAN] = {"Meridian Aerospace", "meridian.example", BOSTON, 3},
    [HARBOURLINE] = {"Harbourline Logistics", "harbourline.example", LONDON, 4},
};

const char cast_oskar_private[] = "oskar@lindgren.example";

static const cast_person story[STORY_COUNT] = {
    [INGRID] = {"Ingrid Solberg", "ingrid.solberg", "Chief Executive", HALDEN, BERLIN, 0},
    [JONAS] = {"Jonas Müller", "jonas.mueller", "Head of Engineering", HALDEN, BERLIN,
               STYLE_LATIN1_Q},
    [PRIYA] = {"Priya Raman", "priya.raman", "VP Sales", HALDEN, LONDON, STYLE_UTF8_Q},
    [TOM] = {"Tom Ashworth", "tom.ashworth", "Account Executive", HALDEN, LONDON, STYLE_REVERSED},
    [LUKASZ] = {"Łukasz Wiśniewski", "lukasz.wisniewski", "Robotics Engineer", HALDEN, BERLIN,
                STYLE_UTF8_Q},
    [MARTA] = {"Marta Kowalczyk", "marta.kowalczyk", "Customer Success Lead", HALDEN, BERLIN, 0},
    [JOSE] = {"José Álvarez", "jose.alvarez", "Field Engineer", HALDEN, BERLIN, STYLE_UTF8_B},
    [CLAIRE] = {"Claire Dubois", "claire.dubois", "Marketing Manager", HALDEN, BERLIN, 0},
    [NOAH] = {"Noah Bergström", "noah.bergstroem", "Software Engineer", HALDEN, BERLIN,
              STYLE_UTF8_B},
    [SOFIA] = {"Sofia Lindqvist", "sofia.lindqvist", "Finance Director", HALDEN, BERLIN, 0},

    [DANA] = {"Dana Whitfield", "dana", "Partner", LARKSPUR, LONDON, STYLE_UTF8_Q},
    [OSKAR] = {"Oskar Lindgren", "oskar.lindgren", "Director of Operations", TESSERA, BERLIN, 0},
    [ELIN] = {"Elin Aas", "elin.aas", "Professor of Robotics", WESTFJORD, BERLIN, 0},
    [KENJI] = {"Kenji Mori", "mori", "Key Account Manager", VANTAGE, TOKYO, STYLE_REVERSED},
    [AMARA] = {"Amara Nwosu", "amara.nwosu", "Senior Adviser", PENROSE, LONDON, 0},
    [VICTOR] = {"Victor Hale", "victor", "Programme Director", ROBOFORUM, BERLIN, 0},

    [HELENA] = {"Helena Marsh", "helena.marsh", "VP Manufacturing", MERIDIAN, BOSTON, 0},
    [YUKI] = {"Yuki Tanabe", "yuki.tanabe", "Head of Automation", MERIDIAN, BOSTON, 0},
    [RAFAEL] = {"Rafael Ortiz", "rafael.ortiz", "Procurement Director", MERIDIAN, BOSTON,
                STYLE_REVERSED},
    [BEN] = {"Ben Okafor", "ben.okafor", "Plant Manager", MERIDIAN, BOSTON, STYLE_BARE},

    [MEILIN] = {"Mei-Lin Zhou", "mei-lin.zhou", "Automation Lead", HARBOURLINE, LONDON, 0},
    [PETER] = {"Peter Grant", "peter.grant", "Warehouse Manager", HARBOURLINE, LONDON, 0},
    [SARA] = {"Sara Holt", "sara.holt", "VP Operations", HARBOURLINE, LONDON, 0},
    [GRACE] = {"Grace Holloway", "grace.holloway", "Innovation Manager", HARBOURLINE, LONDON, 0},
    [ANTON] = {"Anton Weiß", "anton.weiss", "Sales Engineer", QUILL, BERLIN, STYLE_LATIN1_Q},

    [NEWSLETTER] = {"Roboforum Weekly", "weekly", NULL, ROBOFORUM, BERLIN, 0},
    [INVOICES] = {"", "no-reply", NULL, QUILL, BERLIN, STYLE_BARE},
    [SCANNER] = {"", "scanner", NULL, HALDEN, BERLIN, STYLE_BARE},
    [USERS_LIST] = {"", "arm-users", NULL, ROBOFORUM, BERLIN, STYLE_BARE},
};

/* A name, and how it is written in an address. */
typedef struct spelling {
    const char *name;
    const char *ascii;
} spelling;

static const spelling given_names[] = {
    {"Alice", "alice"},     {"Björn", "bjoern"},  {"Carmen", "carmen"},   {"Daniel", "daniel"},
    {"Eszter", "eszter"},   {"Farid", "farid"},   {"Greta", "greta"},     {"Hugo", "hugo"},
    {"Irena", "irena"},     {"Joanna", "joanna"}, {"Kofi", "kofi"},       {"Leila", "leila"},
    {"Mikael", "mikael"},   {"Nadia", "nadia"},   {"Olivier", "olivier"}, {"Petra", "petra"},
    {"Quentin", "quentin"}, {"Renée", "renee"},   {"Søren", "soeren"},    {"Tamsin", "tamsin"},
    {"Umut", "umut"},       {"Vera", "vera"},     {"Wanda", "wanda"},     {"Zoë", "zoe"},
};

static const spelling family_names[] = {
    {"Adler", "adler"},         {"Bianchi", "bianchi"},       {"Černý", "cerny"},
    {"Doyle", "doyle"},         {"Eriksen", "eriksen"},       {"Fontaine", "fontaine"},
    {"Gallagher", "gallagher"}, {"Haddad", "haddad"},         {"Iversen", "iversen"},
    {"Jurić", "juric"},         {"Kaplan", "kaplan"},         {"Lefèvre", "lefevre"},
    {"Mäkinen", "maekinen"},    {"Novak", "novak"},           {"O’Neill", "oneill"},
    {"Pereira", "pereira"},     {"Quist", "quist"},           {"Rossi", "rossi"},
    {"Szabó", "szabo"},         {"Thorne", "thorne"},         {"Underwood", "underwood"},
    {"Vogel", "vogel"},         {"Włodarczyk", "wlodarczyk"}, {"Yıldız", "yildiz"},
    {"Zimmer", "zimmer"},
};

static const char *const titles[] = {
    "Production Manager", "Buyer",           "Maintenance Lead", "Process Engineer",
    "Quality Manager",    "Project Manager", "IT Manager",       "Line Supervisor",
    "Head of Purchasing", "Safety Officer",  "Analyst",          "Operations Director",
};

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

static void write_address(cast_person *person, const char *local)
{
    snprintf(person->address, sizeof person->address, "%s@%s", local,
             cast_companies[person->company].domain);
}

/* Names are combined so that nobody shares one: the pair follows from the number. */
static void add_extra(cast *self, uint32_t index, company_number company, dice *chance)
{
    assert(self->count < CAST_PEOPLE_MAX);
    const spelling *given = &given_names[index % COUNT(given_names)];
    const spelling *family = &family_names[index * 7 % COUNT(family_names)];
    cast_person *person = &self->people[self->count++];
    char local[40];
    *person = (cast_person){.title = titles[dice_below(chance, COUNT(titles))],
                            .company = company,
                            .zone_min = cast_companies[company].zone_min,
                            .style = (name_style)dice_below(chance, STYLE_BARE + 1)};
    snprintf(person->name, sizeof person->name, "%s %s", given->name, family->name);
    snprintf(local, sizeof local, "%s.%s", given->ascii, family->ascii);
    write_address(person, local);
}

void cast_fill(cast *self, uint64_t seed)
{
    memset(self, 0, sizeof *self);
    for (size_t i = 0; i < STORY_COUNT; i++) {
        self->people[i] = story[i];
        write_address(&self->people[i], story[i].address);
    }
    self->count = STORY_COUNT;
    dice chance = dice_fork(seed, 100);
    /* 24 given and 25 family names have no common divisor, nor have 7 and 25: 600 different pairs.
     */
    uint32_t index = dice_below(&chance, COUNT(given_names) * COUNT(family_names));
    for (company_number company = 0; company < COMPANY_COUNT; company++)
        for (int i = 0; i < cast_companies[company].extras; i++)
            add_extra(self, index++, company, &chance);
}
