/*
 * JSON lines about the cast. The texts need no escaping: the cast holds no quote, backslash or
 * control character.
 */
#include "facts.h"

#include <stdbool.h>

#include "calendar.h"

/* Meetings or calls of two people, at regular distances. */
typedef struct series {
    const char *kind;
    uint16_t from;
    uint16_t to;
    int every_days;
    int first_days_ago;
    int last_days_ago;
} series;

static const series calendar_entries[] = {
    {"meeting", INGRID, DANA, 90, 1080, 0},    {"meeting", DANA, HELENA, 120, 700, 0},
    {"meeting", MARTA, OSKAR, 120, 900, 0},    {"call", OSKAR, YUKI, 140, 760, 0},
    {"call", JONAS, ELIN, 75, 700, 0},         {"meeting", ELIN, BEN, 170, 690, 0},
    {"meeting", PRIYA, KENJI, 180, 940, 0},    {"call", AMARA, RAFAEL, 110, 500, 0},
    {"call", LUKASZ, MEILIN, 60, 820, 0},      {"meeting", TOM, GRACE, 60, 1060, 880},
    {"meeting", CLAIRE, VICTOR, 365, 1005, 0},
};

/* What somebody says about two people who trust us with it. */
typedef struct statement {
    uint16_t from;
    uint16_t to;
    const char *p;
    bool is_both;
} statement;

static const statement statements[] = {
    {ANTON, SARA, "0.55", true},
    {VICTOR, HELENA, "0.35", true},
    {OSKAR, YUKI, "0.6", false},
};

/* Where people were before. */
typedef struct former {
    uint16_t person;
    company_number company;
    const char *title;
    const char *from;
    const char *to;
} former;

static const former formers[] = {
    {YUKI, TESSERA, "Plant Engineer", "2015-03-01", "2021-08-31"},
    {RAFAEL, PENROSE, "Consultant", "2012-01-01", "2018-06-30"},
    {GRACE, BRIGHTWATER, "Project Manager", "2016-05-01", "2022-02-28"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void write_companies(FILE *stream)
{
    for (company_number company = 0; company < COMPANY_COUNT; company++)
        fprintf(stream, "{\"type\":\"company\",\"domain\":\"%s\",\"name\":\"%s\"}\n",
                cast_companies[company].domain, cast_companies[company].name);
}

static void write_people(FILE *stream, const cast *players)
{
    for (size_t i = 0; i < players->count; i++) {
        const cast_person *person = &players->people[i];
        if (cast_is_machine(i))
            continue;
        fprintf(stream, "{\"type\":\"person\",\"email\":\"%s\"", person->address);
        if (i == OSKAR)
            fprintf(stream, ",\"emails\":[\"%s\"]", cast_oskar_private);
        fprintf(stream, ",\"name\":\"%s\",\"company\":\"%s\",\"title\":\"%s\"}\n", person->name,
                cast_companies[person->company].domain, person->title);
    }
}

static void write_formers(FILE *stream, const cast *players)
{
    for (size_t i = 0; i < COUNT(formers); i++)
        fprintf(stream,
                "{\"type\":\"employment\",\"person\":\"%s\",\"company\":\"%s\",\"title\":\"%s\","
                "\"from\":\"%s\",\"to\":\"%s\"}\n",
                players->people[formers[i].person].address,
                cast_companies[formers[i].company].domain, formers[i].title, formers[i].from,
                formers[i].to);
}

static void write_series(FILE *stream, const cast *players, const series *entry, int32_t day)
{
    char on[CALENDAR_TEXT_BYTES];
    char at[CALENDAR_TEXT_BYTES];
    for (int ago = entry->first_days_ago; ago >= entry->last_days_ago; ago -= entry->every_days) {
        int64_t time_s = (int64_t)(day - ago) * CALENDAR_DAY_S + 13 * 3600;
        fprintf(stream,
                "{\"type\":\"interaction\",\"id\":\"%s-%s-%u-%u@" CAST_US_DOMAIN "\","
                "\"kind\":\"%s\",\"time\":\"%s\",\"from\":\"%s\",\"to\":[\"%s\"]}\n",
                entry->kind, calendar_day_text(day - ago, on), entry->from, entry->to, entry->kind,
                calendar_time_text(time_s, at), players->people[entry->from].address,
                players->people[entry->to].address);
    }
}

static void write_statements(FILE *stream, const cast *players)
{
    for (size_t i = 0; i < COUNT(statements); i++)
        fprintf(stream, "{\"type\":\"tie\",\"from\":\"%s\",\"to\":\"%s\",\"p\":%s%s}\n",
                players->people[statements[i].from].address,
                players->people[statements[i].to].address, statements[i].p,
                statements[i].is_both ? ",\"both\":true" : "");
}

void facts_write(FILE *stream, const cast *players, int32_t day)
{
    char since[CALENDAR_TEXT_BYTES];
    write_companies(stream);
    write_people(stream, players);
    write_formers(stream, players);
    for (size_t i = 0; i < COUNT(calendar_entries); i++)
        write_series(stream, players, &calendar_entries[i], day);
    write_statements(stream, players);
    fprintf(stream,
            "{\"type\":\"consent\",\"person\":\"%s\",\"introductions\":\"out\",\"since\":\"%s\"}\n",
            players->people[DANA].address, calendar_day_text(day - 120, since));
}
