/*
 * What the columns of an address book are.
 *
 * Labels in English, German, French, Spanish and Polish, as spreadsheets, Outlook, Google and
 * LinkedIn write them. The words for a title mean the job or the form of address, by their place.
 */
#include "import/columns.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/fold.h"
#include "import/optout.h"

#define LABEL_BYTES 128

typedef struct label {
    const char *text;
    column_id id;
} label;

/* clang-format off */
static const label labels[] = {
    {"email", COLUMN_EMAIL}, {"e mail", COLUMN_EMAIL}, {"mail", COLUMN_EMAIL},
    {"email address", COLUMN_EMAIL}, {"e mail address", COLUMN_EMAIL},
    {"e mail value", COLUMN_EMAIL}, {"mail address", COLUMN_EMAIL},
    {"primary email", COLUMN_EMAIL}, {"secondary email", COLUMN_EMAIL},
    {"work email", COLUMN_EMAIL}, {"business email", COLUMN_EMAIL},
    {"personal email", COLUMN_EMAIL}, {"home email", COLUMN_EMAIL}, {"emails", COLUMN_EMAIL},
    {"person account email", COLUMN_EMAIL},
    {"e mail adresse", COLUMN_EMAIL}, {"emailadresse", COLUMN_EMAIL},
    {"mailadresse", COLUMN_EMAIL}, {"adresse e mail", COLUMN_EMAIL},
    {"adresse email", COLUMN_EMAIL}, {"adresse de messagerie", COLUMN_EMAIL},
    {"adresse electronique", COLUMN_EMAIL}, {"courriel", COLUMN_EMAIL}, {"correo", COLUMN_EMAIL},
    {"correo electronico", COLUMN_EMAIL}, {"direccion de correo electronico", COLUMN_EMAIL},
    {"direccion de correo", COLUMN_EMAIL}, {"adres e mail", COLUMN_EMAIL},
    {"adres email", COLUMN_EMAIL}, {"adres poczty e mail", COLUMN_EMAIL},
    {"e mail type", COLUMN_EMAIL_TYPE}, {"e mail typ", COLUMN_EMAIL_TYPE},
    {"type de messagerie", COLUMN_EMAIL_TYPE}, {"tipo de correo electronico", COLUMN_EMAIL_TYPE},
    {"typ e mail", COLUMN_EMAIL_TYPE},
    {"name", COLUMN_NAME}, {"full name", COLUMN_NAME}, {"fullname", COLUMN_NAME},
    {"display name", COLUMN_NAME}, {"contact name", COLUMN_NAME},
    {"vollstandiger name", COLUMN_NAME}, {"nom complet", COLUMN_NAME},
    {"nombre completo", COLUMN_NAME}, {"imie i nazwisko", COLUMN_NAME},
    {"first name", COLUMN_FIRST}, {"firstname", COLUMN_FIRST}, {"first", COLUMN_FIRST},
    {"given name", COLUMN_FIRST}, {"forename", COLUMN_FIRST}, {"vorname", COLUMN_FIRST},
    {"prenom", COLUMN_FIRST}, {"nombre", COLUMN_FIRST}, {"imie", COLUMN_FIRST},
    {"middle name", COLUMN_MIDDLE}, {"middle", COLUMN_MIDDLE}, {"additional name", COLUMN_MIDDLE},
    {"weitere vornamen", COLUMN_MIDDLE}, {"deuxieme prenom", COLUMN_MIDDLE},
    {"segundo nombre", COLUMN_MIDDLE}, {"drugie imie", COLUMN_MIDDLE},
    {"last name", COLUMN_LAST}, {"lastname", COLUMN_LAST}, {"last", COLUMN_LAST},
    {"family name", COLUMN_LAST}, {"surname", COLUMN_LAST}, {"nachname", COLUMN_LAST},
    {"familienname", COLUMN_LAST}, {"nom", COLUMN_LAST}, {"nom de famille", COLUMN_LAST},
    {"apellido", COLUMN_LAST}, {"apellidos", COLUMN_LAST}, {"nazwisko", COLUMN_LAST},
    {"company", COLUMN_COMPANY}, {"company name", COLUMN_COMPANY},
    {"organization", COLUMN_COMPANY}, {"organisation", COLUMN_COMPANY},
    {"organization name", COLUMN_COMPANY}, {"organisation name", COLUMN_COMPANY},
    {"employer", COLUMN_COMPANY}, {"account name", COLUMN_COMPANY}, {"firma", COLUMN_COMPANY},
    {"firmenname", COLUMN_COMPANY}, {"unternehmen", COLUMN_COMPANY}, {"societe", COLUMN_COMPANY},
    {"entreprise", COLUMN_COMPANY}, {"empresa", COLUMN_COMPANY},
    {"organizacion", COLUMN_COMPANY}, {"organizacja", COLUMN_COMPANY},
    {"domain", COLUMN_DOMAIN}, {"company domain", COLUMN_DOMAIN},
    {"company domain name", COLUMN_DOMAIN},
    {"job title", COLUMN_TITLE}, {"jobtitle", COLUMN_TITLE}, {"title", COLUMN_TITLE},
    {"position", COLUMN_TITLE}, {"organization title", COLUMN_TITLE}, {"titel", COLUMN_TITLE},
    {"titre", COLUMN_TITLE}, {"titulo", COLUMN_TITLE}, {"tytul", COLUMN_TITLE},
    {"stellenbezeichnung", COLUMN_TITLE}, {"berufsbezeichnung", COLUMN_TITLE},
    {"funktion", COLUMN_TITLE}, {"fonction", COLUMN_TITLE}, {"poste", COLUMN_TITLE},
    {"cargo", COLUMN_TITLE}, {"puesto", COLUMN_TITLE}, {"stanowisko", COLUMN_TITLE},
    {"linkedin", COLUMN_LINKEDIN}, {"linkedin url", COLUMN_LINKEDIN},
    {"linkedin profile", COLUMN_LINKEDIN}, {"linkedin profile url", COLUMN_LINKEDIN},
    {"linkedin profil", COLUMN_LINKEDIN}, {"person linkedin url", COLUMN_LINKEDIN},
    {"profile url", COLUMN_LINKEDIN}, {"public profile url", COLUMN_LINKEDIN},
    {"url", COLUMN_WEB}, {"website", COLUMN_WEB}, {"website value", COLUMN_WEB},
    {"web page", COLUMN_WEB}, {"webseite", COLUMN_WEB}, {"page web", COLUMN_WEB},
    {"pagina web", COLUMN_WEB}, {"strona sieci web", COLUMN_WEB},
    {"connected on", COLUMN_CONNECTED},
    {"private", COLUMN_PRIVATE}, {"privat", COLUMN_PRIVATE}, {"prive", COLUMN_PRIVATE},
    {"privado", COLUMN_PRIVATE}, {"prywatne", COLUMN_PRIVATE},
    {"sensitivity", COLUMN_SENSITIVITY}, {"vertraulichkeit", COLUMN_SENSITIVITY},
    {"critere de diffusion", COLUMN_SENSITIVITY}, {"confidencialidad", COLUMN_SENSITIVITY},
    {"poufnosc", COLUMN_SENSITIVITY},
};
/* clang-format on */

static const char *const names[COLUMN_COUNT] = {
    [COLUMN_EMAIL] = "email",
    [COLUMN_NAME] = "name",
    [COLUMN_FIRST] = "first",
    [COLUMN_MIDDLE] = "middle",
    [COLUMN_LAST] = "last",
    [COLUMN_COMPANY] = "company",
    [COLUMN_DOMAIN] = "domain",
    [COLUMN_TITLE] = "title",
    [COLUMN_LINKEDIN] = "linkedin",
    [COLUMN_ID] = "id",
    [COLUMN_CONNECTED] = "connected",
    [COLUMN_FROM] = "from",
    [COLUMN_TO] = "to",
    [COLUMN_NO_MAIL] = "no mail",
    [COLUMN_NO_CALLS] = "no calls",
    [COLUMN_NO_CONTACT] = "no contact",
    [COLUMN_PRIVATE] = "private",
    [COLUMN_SENSITIVITY] = "sensitivity",
    [COLUMN_EMAIL_TYPE] = "email type",
    [COLUMN_WEB] = "linkedin, when it is a profile",
};

/* Those that a map can name: all in front of the ones that only programs write. */
#define MAP_KEYS                                                                                   \
    "email, name, first, middle, last, company, domain, title, linkedin, id, connected, from, "    \
    "to, no mail, no calls, no contact or private"

const char *column_name(column_id id)
{
    return names[id];
}

/* Drop digits at the ends of words and words of nothing else. */
static void strip_numbers(char *text)
{
    char *to = text, *word = text;
    for (char *at = text;; at++) {
        if (*at != ' ' && *at != '\0') {
            *to++ = *at;
            continue;
        }
        while (to > word && isdigit((unsigned char)to[-1]))
            to--;
        bool is_empty = to == word;
        if (*at == '\0') {
            to -= is_empty && to > text ? 1 : 0;
            break;
        }
        if (!is_empty)
            *to++ = ' ';
        word = to;
    }
    *to = '\0';
}

static column_id column_of_optout(const char *folded)
{
    unsigned unwanted = optout_of(folded);
    return unwanted == 0              ? COLUMN_UNUSED
           : unwanted == OPTOUT_MAIL  ? COLUMN_NO_MAIL
           : unwanted == OPTOUT_CALLS ? COLUMN_NO_CALLS
                                      : COLUMN_NO_CONTACT;
}

column_id column_of(const char *folded)
{
    char text[LABEL_BYTES];
    snprintf(text, sizeof text, "%s", folded);
    strip_numbers(text);
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (strcmp(labels[i].text, text) == 0)
            return labels[i].id;
    return column_of_optout(text);
}

static column_id key_of(const char *key)
{
    char text[LABEL_BYTES];
    fold_words(key, text, sizeof text);
    strip_numbers(text);
    for (column_id id = COLUMN_EMAIL; id <= COLUMN_PRIVATE; id++)
        if (strcmp(names[id], text) == 0)
            return id;
    return COLUMN_UNUSED;
}

static char *say(const char *format, const char *what)
{
    char *text = NULL;
    return asprintf(&text, format, what) < 0 ? NULL : text;
}

static bool map_line(char *line, column_map *out, char **problem)
{
    char folded[LABEL_BYTES];
    char *equals = strchr(line, '=');
    line += strspn(line, " \t\r");
    if (*line == '\0' || *line == '#')
        return true;
    if (equals == NULL) {
        *problem = say("'%.60s', expected key=Column", line);
        return false;
    }
    *equals = '\0';
    column_id id = key_of(line);
    if (id == COLUMN_UNUSED) {
        *problem = say("key is '%.40s', expected " MAP_KEYS, line);
        return false;
    }
    if (!fold_words(equals + 1, folded, sizeof folded) || folded[0] == '\0') {
        *problem = say("%.40s= names no column, expected its label", line);
        return false;
    }
    if (out->count == COLUMN_MAP_MAX) {
        *problem = say("more than 64 columns, expected at most so many%s", "");
        return false;
    }
    char *copy = strdup(folded);
    if (copy == NULL)
        return false;
    out->items[out->count].id = id;
    out->items[out->count++].label = copy;
    return true;
}

bool column_map_parse(const char *text, column_map *out, char **problem)
{
    *out = (column_map){0};
    *problem = NULL;
    char *copy = strdup(text), *rest = copy, *line;
    bool is_good = copy != NULL;
    while (is_good && (line = strsep(&rest, "\n")) != NULL)
        is_good = map_line(line, out, problem);
    free(copy);
    if (is_good && out->count == 0) {
        *problem = say("no column%s, expected key=Column", "");
        is_good = false;
    }
    return is_good;
}

void column_map_free(column_map *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->items[i].label);
    *self = (column_map){0};
}

size_t columns_find(const csv_row *row, const char *folded)
{
    for (size_t i = 0; i < row->count; i++) {
        char text[LABEL_BYTES];
        if (fold_words(row->cells[i], text, sizeof text) && strcmp(text, folded) == 0)
            return i;
    }
    return row->count;
}

static bool read_mapped(const csv_row *row, const column_map *map, columns *out)
{
    for (size_t i = 0; i < map->count; i++) {
        size_t at = columns_find(row, map->items[i].label);
        if (at == row->count)
            return false;
        out->ids[at] = map->items[i].id;
    }
    return true;
}

/* Take the columns of opt-outs that a map does not name: no opt-out is lost for want of a word. */
static void read_optouts(const csv_row *row, columns *out)
{
    char text[LABEL_BYTES];
    for (size_t i = 0; i < row->count; i++)
        if (out->ids[i] == COLUMN_UNUSED && fold_words(row->cells[i], text, sizeof text))
            out->ids[i] = column_of_optout(text);
}

/* Whether a column says who somebody is. A web address may, but need not. */
static bool has_identity(const columns *self)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->ids[i] == COLUMN_EMAIL || self->ids[i] == COLUMN_LINKEDIN ||
            self->ids[i] == COLUMN_ID)
            return true;
    return false;
}

/* Whether a label is the same word for a job and for a form of address. */
static bool is_title(const char *folded)
{
    static const char *const words[] = {"title", "titel", "titre", "titulo", "tytul"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(folded, words[i]) == 0)
            return true;
    return false;
}

static bool is_name_part(const columns *self, size_t at)
{
    return at < self->count && (self->ids[at] == COLUMN_FIRST || self->ids[at] == COLUMN_LAST);
}

/*
 * A "Title" is a form of address where there is a "Job Title" as well. French Outlook calls both
 * "Titre": the first is the form of address, the last is the job. One alone is a form of address
 * where it stands right in front of the names.
 */
static void drop_forms_of_address(const csv_row *row, columns *out)
{
    size_t last = out->count, words = 0;
    bool has_job = false;
    for (size_t i = 0; i < out->count; i++) {
        char text[LABEL_BYTES];
        if (out->ids[i] != COLUMN_TITLE || !fold_words(row->cells[i], text, sizeof text))
            continue;
        has_job = has_job || !is_title(text);
        if (!is_title(text))
            continue;
        if (words++ > 0)
            out->ids[last] = COLUMN_UNUSED;
        last = i;
    }
    if (words > 0 && (has_job || (words == 1 && is_name_part(out, last + 1))))
        out->ids[last] = COLUMN_UNUSED;
}

/* Take the columns of a header for what their labels say. False: it is none. */
static bool read_labels(const csv_row *row, columns *out)
{
    for (size_t i = 0; i < row->count; i++) {
        char text[LABEL_BYTES];
        /* Labels are short and hold no address: a row of people is no header. */
        if (strchr(row->cells[i], '@') != NULL)
            return false;
        if (fold_words(row->cells[i], text, sizeof text))
            out->ids[i] = column_of(text);
    }
    drop_forms_of_address(row, out);
    return has_identity(out);
}

bool columns_read(const csv_row *row, const column_map *map, columns *out)
{
    memset(out, 0, sizeof *out);
    out->count = row->count;
    bool is_header = map != NULL ? read_mapped(row, map, out) : read_labels(row, out);
    if (is_header && map != NULL)
        read_optouts(row, out);
    for (size_t i = 0; i < out->count; i++)
        out->has_marks |= (out->ids[i] >= COLUMN_NO_MAIL && out->ids[i] <= COLUMN_SENSITIVITY);
    return is_header;
}

size_t columns_taken(const columns *self)
{
    size_t taken = 0;
    for (size_t i = 0; i < self->count; i++)
        taken += self->ids[i] != COLUMN_UNUSED ? 1 : 0;
    return taken;
}
