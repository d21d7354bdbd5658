/*
 * One card of an address book.
 *
 * A card inside another (AGENT) is passed over; nesting is counted, not followed. BEGIN:VCARD where
 * no card can begin means that the END of the card before is missing: that one is refused, the new
 * one read, so that a damaged card costs no other.
 */
#include "import/vcard.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/address.h"
#include "import/charset.h"
#include "import/slug.h"

#define PREFERENCE_LAST 101

static bool refuse(card *self, const content_line *line, reason_id reason, const char *seen)
{
    if (self->what.outcome != OUTCOME_SKIPPED)
        verdict_skip(&self->what, reason, "line %llu, byte %llu: %s",
                     (unsigned long long)line->line, (unsigned long long)line->byte, seen);
    return true;
}

/* Keep a text; false: memory. A full pool makes the card refused. */
static bool keep(card *self, const content_line *line, const char *text, const char **out)
{
    *out = pool_keep(&self->texts, text, strlen(text));
    return *out != NULL || (self->texts.is_full && refuse(self, line, REASON_LONG_RECORD,
                                                          "expected a card of at most 4 MiB"));
}

/* TYPE=PREF, or PREF=1..100 of version 4.0. */
static int preference_of(const content_line *line)
{
    content_param param;
    if (content_param_has(line, "TYPE", "PREF"))
        return 1;
    if (!content_param_get(line, "PREF", &param))
        return PREFERENCE_LAST;
    long value = strtol(param.value, NULL, 10);
    return value >= 1 && value < PREFERENCE_LAST ? (int)value : PREFERENCE_LAST;
}

/* Insert an identity behind those that are preferred as much. */
static bool push_identity(card *self, const content_line *line, wp_identity_kind kind,
                          const char *text)
{
    card_identity entry = {{kind, NULL}, preference_of(line)};
    size_t at = self->identity_count;
    for (size_t i = 0; i < self->identity_count; i++)
        if (self->identities[i].who.kind == kind &&
            strcasecmp(self->identities[i].who.text, text) == 0)
            return true;
    if (at == CARD_IDENTITIES_MAX) {
        self->notes[NOTE_MANY_IDENTITIES]++;
        return true;
    }
    if (!keep(self, line, text, &entry.who.text))
        return false;
    if (entry.who.text == NULL)
        return true;
    for (; at > 0 && self->identities[at - 1].preference > entry.preference; at--)
        self->identities[at] = self->identities[at - 1];
    self->identities[at] = entry;
    self->identity_count++;
    return true;
}

static bool take_email(card *self, const content_line *line, const char *value)
{
    address_list found = {0};
    char *plain = strdup(value);
    if (plain == NULL)
        return false;
    if (strncasecmp(plain, "mailto:", 7) == 0)
        content_decode_mailto(plain);
    bool is_done = address_parse(plain, WP_ROLE_TO, &found);
    free(plain);
    for (size_t i = 0; i < found.count && is_done; i++)
        is_done = push_identity(self, line, WP_IDENTITY_EMAIL, found.items[i].email);
    for (int i = 0; i < NOTE_COUNT; i++)
        self->notes[i] += found.notes[i];
    address_list_free(&found);
    return is_done;
}

/* Say that what a property says is not kept. */
static bool drop(card *self, const char *name)
{
    if (self->unkept != NULL)
        unkept_add(self->unkept, name);
    return true;
}

static bool take_profile(card *self, const content_line *line, const char *value)
{
    char slug[SLUG_BYTES];
    return slug_of(value, slug) ? push_identity(self, line, WP_IDENTITY_LINKEDIN, slug)
                                : drop(self, line->name);
}

/* A UUID identifies a card everywhere; other UIDs only within the program that made them. */
static bool take_uid(card *self, const content_line *line, const char *value)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    char id[16 + sizeof form] = "urn:uuid:";
    const char *at = strncasecmp(value, "urn:uuid:", 9) == 0 ? value + 9 : value;
    size_t used = strlen(id), i = 0;
    for (; form[i] != '\0'; i++) {
        bool is_good = form[i] == '-' ? at[i] == '-' : isxdigit((unsigned char)at[i]);
        if (!is_good)
            return true;
        id[used++] = (char)tolower((unsigned char)at[i]);
    }
    id[used] = '\0';
    return at[i] != '\0' || push_identity(self, line, WP_IDENTITY_ID, id);
}

/* Keep a tidy name, unless there is one preferred as much or nothing is left of it. is_free: as
 * people write them, "Lee, Ann" or with quotes. */
static bool keep_name(card *self, const content_line *line, const char *text, bool is_free,
                      card_text *out)
{
    char *name = NULL;
    int preference = preference_of(line);
    bool is_done = is_free ? address_clean_name(text, &name) : charset_tidy_name(text, &name);
    bool is_better = name != NULL && (out->text == NULL || preference < out->preference);
    bool is_other = name != NULL && out->text != NULL && strcmp(name, out->text) != 0;
    if (is_other)
        (void)drop(self, line->name);
    if (is_better && out == &self->formatted)
        self->has_comma = strchr(text, ',') != NULL;
    if (is_better) {
        out->preference = preference;
        is_done = keep(self, line, name, &out->text);
    }
    free(name);
    return is_done;
}

/* "Lee;Ann;Mary;Dr.;" as "Ann Mary Lee". */
static bool take_structured(card *self, const content_line *line, const char *value, char *scratch)
{
    static const size_t order[] = {1, 2, 0};
    size_t used = 0;
    char *whole = malloc(2 * strlen(value) + 4);
    if (whole == NULL)
        return false;
    for (size_t i = 0; i < 3; i++) {
        if (!content_component(value, ';', order[i], scratch) || scratch[0] == '\0')
            continue;
        size_t length = strlen(scratch);
        if (used > 0)
            whole[used++] = ' ';
        /* Additional names are parted by commas; in others a comma may be text. */
        for (size_t at = 0; at < length; at++)
            whole[used++] = (char)(scratch[at] == ',' && order[i] == 2 ? ' ' : scratch[at]);
    }
    whole[used] = '\0';
    bool is_done =
        strchr(whole, '@') != NULL || keep_name(self, line, whole, false, &self->structured);
    free(whole);
    return is_done;
}

static bool is_kind(const char *value)
{
    return value[0] == '\0' || strcasecmp(value, "individual") == 0;
}

/* What a property that matters says. `value` is decoded, `scratch` has its size. */
static bool take_value(card *self, const content_line *line, const char *value, char *scratch)
{
    if (content_is(line, "ORG") && content_component(value, ';', 1, scratch) && *scratch != '\0')
        (void)drop(self, "ORG (department)");
    bool has_first = content_component(value, ';', 0, scratch);
    if (content_is(line, "ORG"))
        return !has_first || keep_name(self, line, scratch, false, &self->company);
    if (content_is(line, "N"))
        return take_structured(self, line, value, scratch);
    content_component(value, '\0', 0, scratch);
    if (content_is(line, "FN"))
        return keep_name(self, line, scratch, true, &self->formatted);
    if (content_is(line, "EMAIL"))
        return take_email(self, line, scratch);
    if (content_is(line, "TITLE"))
        return keep_name(self, line, scratch, false, &self->title);
    if (content_is(line, "ROLE"))
        return keep_name(self, line, scratch, false, &self->role);
    if (content_is(line, "UID"))
        return take_uid(self, line, scratch);
    if (content_is(line, "CLASS"))
        self->is_private =
            strcasecmp(scratch, "PRIVATE") == 0 || strcasecmp(scratch, "CONFIDENTIAL") == 0;
    else if (content_is(line, "KIND") || content_is(line, "X-ADDRESSBOOKSERVER-KIND"))
        self->is_person = is_kind(scratch);
    else if (content_is(line, "X-ABSHOWAS"))
        self->is_person = strcasecmp(scratch, "COMPANY") != 0;
    else
        return take_profile(self, line, scratch);
    return true;
}

static bool is_wanted(const content_line *line)
{
    static const char *const names[] = {"FN",
                                        "N",
                                        "EMAIL",
                                        "ORG",
                                        "TITLE",
                                        "ROLE",
                                        "UID",
                                        "CLASS",
                                        "KIND",
                                        "URL",
                                        "X-ABSHOWAS",
                                        "X-SOCIALPROFILE",
                                        "IMPP",
                                        "SOCIALPROFILE",
                                        "X-ADDRESSBOOKSERVER-KIND"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (content_is(line, names[i]))
            return true;
    return false;
}

/* What a card says of itself and not of anybody. */
static bool is_of_program(const content_line *line)
{
    static const char *const names[] = {"", "VERSION", "PRODID", "REV", "X-ABLABEL", "X-ABADR"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (content_is(line, names[i]))
            return true;
    return false;
}

/* A line of the card itself. False: memory. */
static bool take_line(card *self, const content_line *line)
{
    if (line->name[0] == '\0')
        self->notes[NOTE_BAD_LINE]++;
    if (!is_wanted(line))
        return is_of_program(line) || drop(self, line->name);
    if (line->is_cut) {
        self->notes[NOTE_LONG_FIELD]++;
        return true;
    }
    bool is_guessed = false;
    char *value = content_decode(line, &is_guessed);
    self->notes[NOTE_WINDOWS] += is_guessed ? 1 : 0;
    char *scratch = value == NULL ? NULL : malloc(strlen(value) + 1);
    bool is_done = scratch != NULL && take_value(self, line, value, scratch);
    free(scratch);
    free(value);
    return is_done;
}

static void begin(card *self, const content_line *line)
{
    pool texts = self->texts;
    pool_clear(&texts);
    *self = (card){.texts = texts,
                   .unkept = self->unkept,
                   .where = {.line = line->line, .byte = line->byte},
                   .is_person = true};
}

static lines_code find_begin(cards *self)
{
    lines_code code = LINES_OK;
    while (code == LINES_OK) {
        if (!self->has_line)
            code = content_next(&self->lines, &self->line);
        self->has_line = false;
        if (code == LINES_OK && content_bounds(&self->line, "BEGIN", "VCARD"))
            break;
    }
    return code;
}

/* The card has no END: the line at hand is not its own. */
static void end_broken(cards *self, card *out, const char *seen)
{
    out->what.outcome = OUTCOME_ADDED;
    refuse(out, &self->line, REASON_NO_END, seen);
    out->where.next = self->line.byte;
    out->where.next_line = self->line.line - 1;
}

/* AGENT:BEGIN:VCARD: a card inside that begins in the line of its property. (One written as text,
 * in version 3.0, has more behind that.) */
static bool has_card(const content_line *line)
{
    static const char text[] = "BEGIN:VCARD";
    const char *value = line->value + strspn(line->value, " \t");
    size_t length = sizeof text - 1;
    return content_is(line, "AGENT") && strncasecmp(value, text, length) == 0 &&
           value[length + strspn(value + length, " \t\r")] == '\0';
}

static lines_code read_card(cards *self, card *out)
{
    content_line *line = &self->line;
    size_t depth = 0;
    bool is_agent = false;
    lines_code code;
    while ((code = content_next(&self->lines, line)) == LINES_OK) {
        if (content_is(line, "BEGIN") || has_card(line)) {
            if (depth == 0 && !is_agent && content_bounds(line, "BEGIN", "VCARD")) {
                self->has_line = true;
                end_broken(self, out, "BEGIN:VCARD, expected END:VCARD first");
                return LINES_OK;
            }
            if (++depth > CONTENT_NESTING_MAX)
                refuse(out, line, REASON_DEEP, "expected at most 16 cards inside one another");
        } else if (content_is(line, "END")) {
            if (depth == 0)
                break;
            depth--;
        } else if (depth == 0 && !take_line(out, line)) {
            self->lines.lines->failure = ENOMEM;
            return LINES_FAILED;
        }
        is_agent = content_is(line, "AGENT") || depth > 0;
    }
    if (code == LINES_OK) {
        out->where.next = line->next;
        out->where.next_line = line->next_line;
    } else if (code == LINES_END) {
        line->line = self->lines.lines->number + 1;
        line->byte = self->lines.lines->position;
        end_broken(self, out, "end of file, expected END:VCARD");
        code = LINES_OK;
    }
    return code;
}

lines_code card_next(cards *self, card *out)
{
    lines_code code = find_begin(self);
    if (code != LINES_OK)
        return code;
    begin(out, &self->line);
    code = read_card(self, out);
    if (code != LINES_OK || out->what.outcome == OUTCOME_SKIPPED)
        return code;
    if (!out->is_person)
        verdict_skip(&out->what, REASON_NO_PERSON, "KIND is not individual");
    else if (out->identity_count == 0)
        verdict_skip(&out->what, REASON_NO_IDENTITY,
                     "expected EMAIL, a LinkedIn profile or a UUID as UID");
    return LINES_OK;
}

void card_fact(const card *self, fact *out)
{
    fact_begin(out, FACT_PERSON);
    for (size_t i = 0; i < self->identity_count; i++)
        out->identities[out->identity_count++] = self->identities[i].who;
    /* "Lee, Ann" and "Ann Lee, MBA" are turned round by a guess, where N is sure. */
    bool is_sure =
        self->formatted.text != NULL && (self->structured.text == NULL || !self->has_comma);
    out->name = is_sure ? self->formatted.text : self->structured.text;
    out->title = self->title.text != NULL ? self->title.text : self->role.text;
    if (self->company.text != NULL)
        out->company = (wp_identity){WP_IDENTITY_COMPANY_NAME, self->company.text};
}

void card_free(card *self)
{
    pool_free(&self->texts);
}
