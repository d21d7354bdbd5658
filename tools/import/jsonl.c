/*
 * The native exchange format. One JSON object a line, in any order within a file:
 *
 * {"type":"company","domain":D,"domains":[D…],"id":T,"ids":[T…],"name":T,"us":B,
 *  "aliases":[T…],"parent":C}
 *     at least one of domain, id and name; a company with neither domain nor id is found by name
 * {"type":"person","email":A,"emails":[A…],"id":T,"ids":[T…],"linkedin":S,"linkedins":[S…],
 *  "name":T,"names":[{"name":T,"count":N}…],"title":T,"company":C,"us":B,"no_company":true}
 *     at least one of email, id and linkedin; the further ones of a kind in the plural, in order.
 *     `name` is stated, `names` are spellings seen, with all their counts. With a company the line
 *     also states an employment without days, which gets the title; without one
 *     the title is the person's own. `no_company`: the address suggests no company.
 * {"type":"employment","person":P,"company":C,"title":T,"from":DAY,"to":DAY}
 * {"type":"interaction","id":T,"kind":K,"time":TIME,"from":P,"to":[P…],"cc":[P…],"bcc":[P…],
 *  "tentative":[P…],"unanswered":[P…],"declined":[P…],"valence":X,"reply_to":T,
 *  "automatic":true,"list":true,"private":true,"cancelled":true,"attendee":true,"occurrence":true,
 *  "revision":N,"series_revision":N}
 *     without an id it gets one by its content; K as wp_kind_name() says. A "summary" has
 *     "first":TIME, "sums" and "sums_back":[fast, slow, positive, negative, count]: see wp_sums
 * {"type":"series","id":T,"from":P,"time":TIME,"private":true,"cancelled":true,"revision":N,
 *  "series_revision":N}
 *     what the version of a series is whose occurrences ("occurrence") name it as "reply_to", from
 *     a time on: see wp_interaction_put()
 * {"type":"tie","from":P,"to":P,"p":X,"both":true}     or "cost":N (micro-nats) instead of p
 * {"type":"consent","person":P,"introductions":"in"|"ask"|"out","contact":"in"|"out",
 *  "sharing":"open"|"groups"|"closed","groups":[G…],"since":DAY}     at least one of the three
 * {"type":"private","person":P,"owner":P}     the tie between them is the owner's alone; with
 *     "whole":true the person is
 * {"type":"group","name":G}
 * {"type":"member","group":G,"person":P}     or "company"
 * {"type":"barrier","person":P,"other_company":C}     the two are kept apart; or "company" or
 *     "group", or "other_person" or "other_group"
 * {"type":"opportunity","id":T,"name":T,"amount":X,"currency":T,"stage":T,
 *  "state":"open"|"won"|"lost","created":DAY,"closed":DAY,"company":C,"owner":P}
 * {"type":"role","opportunity":T,"person":P,"role":T,"primary":B}
 * {"type":"merge","people":[P,P]}     they are one: by hand in a dump that is loaded; imported, as
 *     a person's line with both would say, and taken back with the import
 * {"type":"unmerge","person":P}       by hand: this address, id or profile stands apart, whatever
 *     imports say. Of a dump that is loaded; no import can say so, and skips it
 * {"type":"source","name":T,"format":T}
 * {"type":"setting","worked_together_max":N,"default_introductions":"in"|"ask"|"out",
 *     "default_contact":"in"|"out","default_sharing":"open"|"closed","mutual_sharing":B}     of a
 *     dump, each alone or together
 * {"type":"suppressed","key":HEX,"hash":HEX,"since":TIME}     of a dump: an identity
 *     that was erased
 *
 * Every line may say who states it, "source":T or "sources":[T…], the names of sources. That counts
 * when a dump is loaded, where a line without it is stated by hand; an import is a source itself.
 *
 * P is an address, "id:T" or "linkedin:S"; G is "team:T", "list:T" or "tag:T"; C is a domain (a
 * dot, no blank), "id:T", "name:T", or any other text, which is a name; DAY is YYYY-MM-DD, TIME
 * YYYY-MM-DDThh:mm:ssZ. Absent is null. A list may be one string. Keys that are not named here are
 * ignored, so that a file of a later release can be read, and named in the summary; an unknown type
 * is a bad row. People and companies that nothing introduced are created when named.
 *
 * The file is read three times: sources, companies and who stands apart, people, everything else,
 * each in the order of the file. A hand says one name of a person, so who stands apart has to be
 * known before names are said.
 * The mark of a place has the pass in its highest bits. A line that is no JSON is counted in the
 * last pass; one whose first key is a type is recognised without being parsed.
 */
#include "import/jsonl.h"

#include <stdlib.h>
#include <string.h>

#include "import/reader.h"
#include "warmpath/date.h"

#define PASS_COUNT 3

static const struct {
    const char *name;
    fact_type type;
    int pass;
} types[] = {
    {"source", FACT_SOURCE, 0},
    {"setting", FACT_SETTING, 0},
    {"suppressed", FACT_SUPPRESSED, 0},
    {"company", FACT_COMPANY, 0},
    {"person", FACT_PERSON, 1},
    {"employment", FACT_EMPLOYMENT, 2},
    {"interaction", FACT_INTERACTION, 2},
    {"series", FACT_SERIES, 2},
    {"tie", FACT_TIE, 2},
    {"consent", FACT_CONSENT, 2},
    {"private", FACT_PRIVATE, 2},
    {"group", FACT_GROUP, 2},
    {"member", FACT_MEMBER, 2},
    {"barrier", FACT_BARRIER, 2},
    {"opportunity", FACT_OPPORTUNITY, 2},
    {"role", FACT_ROLE, 2},
    {"merge", FACT_MERGE, 2},
    {"unmerge", FACT_APART, 0},
};

#define TYPE_COUNT (sizeof types / sizeof *types)

static int pass_of(fact_type type)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (types[i].type == type)
            return types[i].pass;
    return PASS_COUNT - 1;
}

fact_type jsonl_peek(const char *text, size_t length)
{
    static const char start[] = "{\"type\":\"";
    size_t used = sizeof start - 1;
    if (length < used || memcmp(text, start, used) != 0)
        return FACT_UNKNOWN;
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        size_t name = strlen(types[i].name);
        if (length > used + name && memcmp(text + used, types[i].name, name) == 0 &&
            text[used + name] == '"')
            return types[i].type;
    }
    return FACT_UNKNOWN;
}

/* Whether brackets outside of strings nest deeper than allowed. */
static bool is_deep(const char *text, size_t length)
{
    size_t depth = 0;
    bool is_inside = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (is_inside && c == '\\')
            i++;
        else if (c == '"')
            is_inside = !is_inside;
        else if (!is_inside && (c == '{' || c == '[') && ++depth > JSONL_NESTING_MAX)
            return true;
        else if (!is_inside && (c == '}' || c == ']') && depth > 0)
            depth--;
    }
    return false;
}

json_t *jsonl_load(const char *text, size_t length, verdict *what)
{
    json_error_t error;
    if (is_deep(text, length)) {
        verdict_skip(what, REASON_DEEP_JSON, "expected at most %d levels", JSONL_NESTING_MAX);
        return NULL;
    }
    json_t *object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (object != NULL && json_is_object(object))
        return object;
    if (object == NULL)
        verdict_skip(what, REASON_NOT_JSON, "column %d: %s", error.column, error.text);
    else
        verdict_skip(what, REASON_NOT_JSON, "'%.60s', expected an object", text);
    json_decref(object);
    return NULL;
}

fact_type jsonl_type_of(const json_t *object, verdict *what)
{
    char shown[JSONL_SHOWN_BYTES];
    const json_t *type = json_object_get(object, "type");
    const char *name = json_string_value(type);
    for (size_t i = 0; i < TYPE_COUNT && name != NULL; i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].type;
    verdict_skip(
        what, REASON_UNKNOWN_TYPE,
        "type is %s, expected company, person, employment, interaction, series, tie, "
        "consent, private, group, member, barrier, opportunity, role, merge, unmerge, source, "
        "setting or suppressed",
        jsonl_show(type, shown));
    return FACT_UNKNOWN;
}

static import_code out_of_memory(run *self, const text_line *at)
{
    return run_fail_input(self, at->number, at->byte, "memory is exhausted");
}

static uint64_t weight_of(const fact *row)
{
    switch (row->type) {
    case FACT_TIE:
        return RUN_TIE_WEIGHT;
    case FACT_EMPLOYMENT:
        return row->from_day == WP_DAY_NONE ? RUN_ROW_WEIGHT : RUN_STAFF_WEIGHT;
    default:
        return RUN_ROW_WEIGHT + row->to_count * RUN_SEAT_WEIGHT;
    }
}

/* Count the row of a line in this pass. */
static import_code end_row(run *self, int pass, const text_line *at, const fact *row,
                           const verdict *what)
{
    uint64_t weight = weight_of(row);
    place where = {at->number, at->byte, (uint64_t)pass << MARK_PASS_SHIFT | at->end_byte,
                   at->number};
    return run_row(self, &where, what, weight);
}

/* Say which members of a good row nobody reads. */
static void name_unkept(run *self, const json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (!json_is_null(value) && !jsonl_is_key(key))
            unkept_add(&self->unkept, key);
    }
}

static bool check_domain(const char *key, const wp_identity *company, verdict *what)
{
    if (company->kind != WP_IDENTITY_DOMAIN || !wp_domain_is_free(company->text))
        return true;
    return verdict_skip(what, REASON_BAD_VALUE,
                        "%s is '%.60s', expected a domain that is not one of free mail", key,
                        company->text);
}

/* No company has the domain of a provider of free mail. A dump has what its database has. */
static bool check_domains(const run *self, const fact *row, verdict *what)
{
    bool is_company = row->type == FACT_COMPANY;
    bool is_good = self->options->is_dump || (check_domain("company", &row->company, what) &&
                                              check_domain("parent", &row->other, what));
    for (size_t i = 0; i < row->identity_count && is_good && !self->options->is_dump; i++)
        is_good = check_domain(is_company ? "domain" : "company", &row->identities[i], what);
    return is_good;
}

/* Who is whom is said by hand in a dump alone. What an import says is its own: that two identities
 * are of one person, as any row with both; while nobody but a hand overrules what others say. */
static bool own_who_is_whom(const run *self, fact *row, verdict *what)
{
    if (self->options->is_dump)
        return true;
    if (row->type == FACT_APART)
        return verdict_skip(what, REASON_BY_HAND,
                            "'%.60s' stands apart, expected in a dump to load",
                            row->identities[0].text);
    if (row->type == FACT_MERGE)
        row->type = FACT_PERSON;
    return true;
}

/* A decision of a day that has not come is none yet: it would hold against all that are made until
 * then. But for the strictest, which do no harm and hold at once; what is left out beside one of
 * them is noted. */
static bool keep_made(run *self, fact *row, verdict *what)
{
    if (row->type != FACT_CONSENT || self->options->is_dump || row->from_day <= date_today())
        return true;
    bool is_out = row->introductions == WP_CHOICE_OUT, is_shut = row->contact == WP_CHOICE_OUT;
    bool is_closed = row->sharing == WP_SHARING_CLOSED;
    if (!is_out && !is_shut && !is_closed)
        return verdict_skip(what, REASON_FUTURE, "seen a day after that of the import");
    if ((!is_out && row->introductions != WP_CHOICE_UNSAID) ||
        (!is_shut && row->contact != WP_CHOICE_UNSAID) ||
        (!is_closed && row->sharing != WP_SHARING_UNSAID))
        run_note(self, NOTE_FUTURE);
    row->introductions = is_out ? WP_CHOICE_OUT : WP_CHOICE_UNSAID;
    row->contact = is_shut ? WP_CHOICE_OUT : WP_CHOICE_UNSAID;
    row->sharing = is_closed ? WP_SHARING_CLOSED : WP_SHARING_UNSAID;
    row->identity_count = 0; /* groups to share with */
    return true;
}

static import_code take_object(run *self, int pass, const text_line *at, const json_t *object,
                               fact *row)
{
    verdict what = {.outcome = OUTCOME_ADDED};
    import_code code = IMPORT_DONE;
    row->type = jsonl_type_of(object, &what);
    if (pass_of(row->type) != pass)
        return IMPORT_DONE;
    bool is_good = row->type != FACT_UNKNOWN && jsonl_parse(object, row, &what);
    if (!is_good && what.reason == REASON_NONE)
        return out_of_memory(self, at);
    is_good = is_good && check_domains(self, row, &what) && own_who_is_whom(self, row, &what) &&
              keep_made(self, row, &what);
    if (is_good)
        name_unkept(self, object);
    if (is_good) {
        bool has_hash = self->options->is_dry_run && fact_is_known_by_row(row);
        uint64_t hash =
            has_hash ? people_hash(&self->people, WP_IDENTITY_ID, at->text, at->length) : 0;
        code = fact_store(self, row, hash, &what);
    }
    return code == IMPORT_DONE ? end_row(self, pass, at, row, &what) : code;
}

static import_code take_line(run *self, int pass, const text_line *at, fact *row)
{
    verdict what = {.outcome = OUTCOME_ADDED};
    fact_type peeked = at->is_long ? FACT_UNKNOWN : jsonl_peek(at->text, at->length);
    if (peeked != FACT_UNKNOWN && pass_of(peeked) != pass)
        return IMPORT_DONE;
    row->type = FACT_UNKNOWN;
    row->to_count = 0;
    if (at->is_long)
        verdict_skip(&what, REASON_LONG_LINE, "line of %llu bytes, expected at most %zu",
                     (unsigned long long)(at->end_byte - at->byte), LINES_LIMIT_MAX);
    json_t *object = at->is_long ? NULL : jsonl_load(at->text, at->length, &what);
    if (object == NULL) {
        /* A line that cannot be read belongs to the pass its beginning says, else to the last. */
        return pass_of(peeked) == pass ? end_row(self, pass, at, row, &what) : IMPORT_DONE;
    }
    import_code code = take_object(self, pass, at, object, row);
    json_decref(object);
    return code;
}

static bool is_blank_line(const text_line *at)
{
    size_t i = 0;
    while (i < at->length && (at->text[i] == ' ' || at->text[i] == '\t'))
        i++;
    return i == at->length;
}

static import_code read_pass(run *self, int pass, uint64_t position, uint64_t number, fact *row)
{
    text_line at;
    lines_code code = lines_open(&self->lines, self->source.fd, position, number, LINES_LIMIT_MAX,
                                 self->options->cancel);
    while (code == LINES_OK && (code = lines_next(&self->lines, &at)) == LINES_OK) {
        import_code done = is_blank_line(&at) ? IMPORT_DONE : take_line(self, pass, &at, row);
        if (done != IMPORT_DONE)
            return done;
    }
    return code == LINES_END ? IMPORT_DONE : run_fail_lines(self, code);
}

import_code jsonl_read(run *self, const place *from)
{
    uint64_t position = MARK_BYTE(from->next);
    uint64_t number = from->next_line;
    import_code code = IMPORT_DONE;
    fact *row = calloc(1, sizeof *row);
    if (row == NULL)
        return run_fail_input(self, 0, 0, "memory is exhausted");
    for (int pass = (int)(from->next >> MARK_PASS_SHIFT); pass < PASS_COUNT && code == IMPORT_DONE;
         pass++) {
        code = read_pass(self, pass, position, number, row);
        position = number = 0;
    }
    fact_free(row);
    free(row);
    return code;
}
