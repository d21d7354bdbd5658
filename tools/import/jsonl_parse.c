/*
 * JSON objects to rows: one function a type, each checking every member it knows.
 *
 * Everything that can be wrong with a row by itself is found here, before anything is written, so
 * that a strict import can refuse a file in its first pass. What contradicts the database is found
 * when the row is stored. Texts are borrowed from the object.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "import/charset.h"
#include "import/jsonl.h"
#include "warmpath/date.h"

#define NAME_BYTES_LIMIT ((size_t)1024)
#define SOURCE_BYTES_MAX ((size_t)1000)
#define REF_BYTES_MAX ((size_t)540)
#define OPPORTUNITY_BYTES_MAX ((size_t)512)
#define CURRENCY_BYTES_MAX ((size_t)16)
#define FORMAT_BYTES_MAX ((size_t)100)
#define AMOUNT_MAX 1e18
#define REVISION_MAX 9007199254740991.0 /* whole numbers that a double can tell apart */

static bool refuse(const json_t *object, const char *key, const char *expected, verdict *what)
{
    char shown[JSONL_SHOWN_BYTES];
    return verdict_skip(what, REASON_BAD_VALUE, "%s is %s, expected %s", key,
                        jsonl_show(json_object_get(object, key), shown), expected);
}

static bool parse_us(const json_t *object, wp_us *out, verdict *what)
{
    const json_t *value = json_object_get(object, "us");
    *out = json_is_true(value) ? WP_US_YES : json_is_false(value) ? WP_US_NO : WP_US_UNSAID;
    return value == NULL || json_is_null(value) || json_is_boolean(value) ||
           refuse(object, "us", "true or false", what);
}

static bool parse_person_key(const json_t *object, const char *key, wp_identity *out, verdict *what)
{
    const char *text = NULL;
    return jsonl_text(object, key, REF_BYTES_MAX, &text, what) &&
           jsonl_person_ref(json_object_get(object, key), key, out, what);
}

/* A company that may be absent (kind 0). */
static bool parse_company_key(const json_t *object, const char *key, wp_identity *out,
                              verdict *what)
{
    const char *text = NULL;
    *out = (wp_identity){0};
    return jsonl_text(object, key, REF_BYTES_MAX, &text, what) &&
           (text == NULL || jsonl_company_ref(text, key, out, what));
}

/* A list of texts under a key. */
static bool parse_texts(const json_t *object, const char *key, size_t bytes_max, const char **items,
                        size_t most, size_t *count, verdict *what)
{
    const json_t *value = json_object_get(object, key);
    *count = 0;
    if (value == NULL || json_is_null(value))
        return true;
    if (!json_is_array(value) || json_array_size(value) > most)
        return refuse(object, key, "a list of texts, not too many", what);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        size_t length = json_string_length(item);
        if (length == 0 || length > bytes_max || !charset_is_clean(json_string_value(item), length))
            return refuse(object, key, "a list of texts", what);
        items[(*count)++] = json_string_value(item);
    }
    return true;
}

static bool parse_aliases(const json_t *object, fact *out, verdict *what)
{
    const char *aliases[FACT_SPELLINGS_MAX];
    if (!parse_texts(object, "aliases", NAME_BYTES_LIMIT, aliases, FACT_SPELLINGS_MAX,
                     &out->spelling_count, what))
        return false;
    for (size_t i = 0; i < out->spelling_count; i++)
        out->spellings[i] = (wp_spelling){aliases[i], 1};
    return true;
}

static bool parse_company(const json_t *object, fact *out, verdict *what)
{
    if (!jsonl_identities(object, "domain", WP_IDENTITY_DOMAIN, out, what) ||
        !jsonl_identities(object, "domains", WP_IDENTITY_DOMAIN, out, what) ||
        !jsonl_identities(object, "id", WP_IDENTITY_COMPANY_ID, out, what) ||
        !jsonl_identities(object, "ids", WP_IDENTITY_COMPANY_ID, out, what) ||
        !jsonl_text(object, "name", NAME_BYTES_LIMIT, &out->name, what) ||
        !parse_us(object, &out->us, what) || !parse_aliases(object, out, what) ||
        !parse_company_key(object, "parent", &out->other, what))
        return false;
    if (out->identity_count > 0 || out->name != NULL)
        return true;
    return verdict_skip(what, REASON_BAD_VALUE, "company has no domain, id or name, expected one");
}

static bool parse_spelling(const json_t *value, fact *out, verdict *what)
{
    const char *name = json_string_value(value);
    json_int_t count = 1;
    if (json_is_object(value)) {
        const json_t *given = json_object_get(value, "count");
        if (!jsonl_text(value, "name", NAME_BYTES_LIMIT, &name, what))
            return false;
        count = given == NULL ? 1 : json_integer_value(given);
    }
    if (name == NULL || *name == '\0' || count < 1 || count > UINT32_MAX)
        return verdict_skip(what, REASON_BAD_VALUE,
                            "names has an entry that is none, expected {\"name\",\"count\"}");
    if (out->spelling_count < FACT_SPELLINGS_MAX)
        out->spellings[out->spelling_count++] = (wp_spelling){name, (uint32_t)count};
    return true;
}

static bool parse_spellings(const json_t *object, fact *out, verdict *what)
{
    const json_t *value = json_object_get(object, "names");
    if (value == NULL || json_is_null(value))
        return true;
    if (!json_is_array(value))
        return refuse(object, "names", "a list of {\"name\",\"count\"}", what);
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!parse_spelling(json_array_get(value, i), out, what))
            return false;
    return true;
}

static bool parse_person(const json_t *object, fact *out, verdict *what)
{
    if (!jsonl_identities(object, "email", WP_IDENTITY_EMAIL, out, what) ||
        !jsonl_identities(object, "emails", WP_IDENTITY_EMAIL, out, what) ||
        !jsonl_identities(object, "id", WP_IDENTITY_ID, out, what) ||
        !jsonl_identities(object, "ids", WP_IDENTITY_ID, out, what) ||
        !jsonl_identities(object, "linkedin", WP_IDENTITY_LINKEDIN, out, what) ||
        !jsonl_identities(object, "linkedins", WP_IDENTITY_LINKEDIN, out, what))
        return false;
    if (!jsonl_text(object, "name", NAME_BYTES_LIMIT, &out->name, what) ||
        !jsonl_text(object, "title", NAME_BYTES_LIMIT, &out->title, what) ||
        !parse_company_key(object, "company", &out->company, what) ||
        !parse_us(object, &out->us, what) || !parse_spellings(object, out, what) ||
        !jsonl_bool(object, "no_company", &out->has_no_company, what))
        return false;
    if (out->identity_count > 0)
        return true;
    return verdict_skip(what, REASON_BAD_VALUE,
                        "person has no email, id or linkedin, expected one");
}

static bool parse_employment(const json_t *object, fact *out, verdict *what)
{
    if (!parse_person_key(object, "person", &out->person, what) ||
        !parse_company_key(object, "company", &out->company, what) ||
        !jsonl_text(object, "title", NAME_BYTES_LIMIT, &out->title, what) ||
        !jsonl_day(object, "from", &out->from_day, what) ||
        !jsonl_day(object, "to", &out->to_day, what))
        return false;
    if (out->company.text == NULL)
        return refuse(object, "company", "a domain, id:TEXT, name:TEXT or a name", what);
    if (out->to_day != WP_DAY_NONE && out->to_day < out->from_day)
        return refuse(object, "to", "a day not before from", what);
    return true;
}

static bool add_recipient(json_t *value, const char *key, wp_role role, fact *out, verdict *what)
{
    wp_identity who;
    if (!jsonl_person_ref(value, key, &who, what))
        return false;
    return fact_add_recipient(out, who, role, what);
}

static bool parse_recipients(const json_t *object, fact *out, verdict *what)
{
    static const struct {
        const char *key;
        wp_role role;
    } roles[] = {{"to", WP_ROLE_TO},
                 {"cc", WP_ROLE_CC},
                 {"bcc", WP_ROLE_BCC},
                 {"tentative", WP_ROLE_TENTATIVE},
                 {"unanswered", WP_ROLE_UNANSWERED},
                 {"declined", WP_ROLE_DECLINED}};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        json_t *value = json_object_get(object, roles[i].key);
        if (json_is_string(value) && !add_recipient(value, roles[i].key, roles[i].role, out, what))
            return false;
        if (value != NULL && !json_is_null(value) && !json_is_array(value) &&
            !json_is_string(value))
            return refuse(object, roles[i].key, "a list of people", what);
        for (size_t j = 0; j < json_array_size(value); j++)
            if (!add_recipient(json_array_get(value, j), roles[i].key, roles[i].role, out, what))
                return false;
    }
    return true;
}

static bool parse_kind(const json_t *object, wp_kind *out, verdict *what)
{
    const char *text = json_string_value(json_object_get(object, "kind"));
    for (int i = WP_KIND_MAIL; i <= WP_KIND_ANSWER && text != NULL; i++) {
        const char *name = i == WP_KIND_TOGETHER ? NULL : wp_kind_name((wp_kind)i);
        if (name != NULL && strcmp(name, text) == 0) {
            *out = (wp_kind)i;
            return true;
        }
    }
    return refuse(object, "kind", "mail, call, meeting, message or another kind", what);
}

static bool parse_time(const json_t *object, int64_t *out, verdict *what)
{
    const char *text = json_string_value(json_object_get(object, "time"));
    if (text != NULL && date_parse_time(text, out) && *out >= 0 && *out <= WP_TIME_MAX)
        return true;
    return refuse(object, "time", "YYYY-MM-DDThh:mm:ssZ", what);
}

/* A number member within bounds; absent or null leaves *out. */
static bool parse_number(const json_t *object, const char *key, double low, double high,
                         double *out, verdict *what)
{
    char expected[64];
    const json_t *value = json_object_get(object, key);
    if (value == NULL || json_is_null(value))
        return true;
    double number = json_number_value(value);
    if (json_is_number(value) && number >= low && number <= high) {
        *out = number;
        return true;
    }
    snprintf(expected, sizeof expected, "a number in %g..%g", low, high);
    return refuse(object, key, expected, what);
}

static bool hash_text(XXH3_state_t *state, const char *text)
{
    return XXH3_128bits_update(state, text, strlen(text) + 1) == XXH_OK;
}

/* An interaction without an id is known by what it says. */
static bool set_hash(fact *out, verdict *what)
{
    char facts[64];
    XXH3_state_t *state = XXH3_createState();
    bool is_done = state != NULL && XXH3_128bits_reset(state) == XXH_OK;
    snprintf(facts, sizeof facts, "%d|%" PRId64 "|%.17g|%d|", (int)out->kind, out->time_s,
             out->valence, (int)out->person.kind);
    is_done = is_done && hash_text(state, facts) && hash_text(state, out->person.text);
    for (size_t i = 0; i < out->to_count && is_done; i++) {
        snprintf(facts, sizeof facts, "%d|%d|", (int)out->to[i].role, (int)out->to[i].who.kind);
        is_done = hash_text(state, facts) && hash_text(state, out->to[i].who.text);
    }
    if (!is_done) {
        XXH3_freeState(state);
        return verdict_skip(what, REASON_NONE, "memory is exhausted");
    }
    XXH128_hash_t hash = XXH3_128bits_digest(state);
    XXH3_freeState(state);
    snprintf(out->hash, sizeof out->hash, "xxh:%016" PRIx64 "%016" PRIx64, (uint64_t)hash.high64,
             (uint64_t)hash.low64);
    out->source = out->hash;
    return true;
}

/* Five numbers of one direction of a summary. */
static bool parse_sums_of(const json_t *object, const char *key, int direction, wp_sums *out,
                          verdict *what)
{
    const json_t *list = json_object_get(object, key);
    double values[5];
    for (size_t i = 0; i < 5; i++) {
        const json_t *value = json_array_get(list, i);
        values[i] = json_number_value(value);
        if (json_array_size(list) != 5 || !json_is_number(value) || !(values[i] >= 0.0) ||
            (i == 4 && (values[i] > UINT32_MAX || values[i] != floor(values[i]))))
            return refuse(object, key, "[fast, slow, positive, negative, count]", what);
    }
    out->fast[direction] = values[0];
    out->slow[direction] = values[1];
    out->positive[direction] = values[2];
    out->negative[direction] = values[3];
    out->count[direction] = (uint32_t)values[4];
    return true;
}

static bool parse_sums(const json_t *object, wp_sums *out, verdict *what)
{
    const char *first = json_string_value(json_object_get(object, "first"));
    if (first == NULL || !date_parse_time(first, &out->first_s))
        return refuse(object, "first", "YYYY-MM-DDThh:mm:ssZ", what);
    return parse_sums_of(object, "sums", 0, out, what) &&
           parse_sums_of(object, "sums_back", 1, out, what);
}

/* Those of calendars are larger than what a double can tell apart. */
static bool parse_revision(const json_t *object, const char *key, int64_t *out, verdict *what)
{
    double revision = 0.0;
    const json_t *value = json_object_get(object, key);
    *out = json_integer_value(value);
    if (json_is_integer(value))
        return *out >= 0 || refuse(object, key, "0 or more", what);
    if (!parse_number(object, key, 0.0, REVISION_MAX, &revision, what))
        return false;
    *out = (int64_t)revision;
    return revision == floor(revision) || refuse(object, key, "a whole number", what);
}

static bool parse_revisions(const json_t *object, fact *out, verdict *what)
{
    return parse_revision(object, "revision", &out->revision, what) &&
           parse_revision(object, "series_revision", &out->series_revision, what);
}

static bool parse_interaction(const json_t *object, fact *out, verdict *what)
{
    bool is_automatic = false, is_list = false, is_private = false, is_attendee = false;
    bool is_occurrence = false;
    if (!jsonl_text(object, "id", SOURCE_BYTES_MAX, &out->source, what) ||
        !parse_kind(object, &out->kind, what) || !parse_time(object, &out->time_s, what) ||
        !parse_person_key(object, "from", &out->person, what) ||
        !parse_recipients(object, out, what) ||
        !parse_number(object, "valence", -1.0, 1.0, &out->valence, what) ||
        !jsonl_text(object, "reply_to", SOURCE_BYTES_MAX, &out->reply_to, what) ||
        !jsonl_bool(object, "automatic", &is_automatic, what) ||
        !jsonl_bool(object, "list", &is_list, what) ||
        !jsonl_bool(object, "private", &is_private, what) ||
        !jsonl_bool(object, "attendee", &is_attendee, what) ||
        !jsonl_bool(object, "occurrence", &is_occurrence, what) ||
        !jsonl_bool(object, "cancelled", &out->is_cancelled, what) ||
        !parse_revisions(object, out, what))
        return false;
    if (out->kind == WP_KIND_SUMMARY && !parse_sums(object, &out->sums, what))
        return false;
    out->flags = (is_automatic ? WP_INTERACTION_AUTOMATIC : 0) |
                 (is_list ? WP_INTERACTION_LIST : 0) | (is_private ? WP_INTERACTION_PRIVATE : 0) |
                 (is_attendee ? WP_INTERACTION_ATTENDEE : 0) |
                 (is_occurrence ? WP_INTERACTION_OCCURRENCE : 0);
    return out->source != NULL || set_hash(out, what);
}

/* A series is stored as an interaction, but is none to whoever reads a dump. */
static bool parse_series(const json_t *object, fact *out, verdict *what)
{
    const json_t *time = json_object_get(object, "time"), *from = json_object_get(object, "from");
    bool is_private = false, has_time = time != NULL && !json_is_null(time);
    bool has_from = from != NULL && !json_is_null(from);
    out->type = FACT_INTERACTION;
    out->kind = WP_KIND_SERIES;
    if (!jsonl_text(object, "id", SOURCE_BYTES_MAX, &out->source, what) ||
        (has_from && !parse_person_key(object, "from", &out->person, what)) ||
        !jsonl_bool(object, "private", &is_private, what) ||
        !jsonl_bool(object, "cancelled", &out->is_cancelled, what) ||
        !parse_revisions(object, out, what))
        return false;
    if (has_time && !parse_time(object, &out->time_s, what))
        return false;
    out->flags = is_private ? WP_INTERACTION_PRIVATE : 0;
    return out->source != NULL || refuse(object, "id", "a text", what);
}

static bool parse_tie(const json_t *object, fact *out, verdict *what)
{
    const json_t *cost = json_object_get(object, "cost");
    double p = -1.0;
    if (!parse_person_key(object, "from", &out->person, what) ||
        !parse_person_key(object, "to", &out->other, what) ||
        !parse_number(object, "p", 0.0, 1.0, &p, what) ||
        !jsonl_bool(object, "both", &out->is_both, what))
        return false;
    bool has_cost = cost != NULL && !json_is_null(cost);
    if (has_cost == (p >= 0.0))
        return verdict_skip(what, REASON_BAD_VALUE, "tie has %s, expected either",
                            has_cost ? "both p and cost" : "neither p nor cost");
    json_int_t micro_nats = json_integer_value(cost);
    if (has_cost && (!json_is_integer(cost) || micro_nats < 0 || micro_nats >= UINT32_MAX))
        return refuse(object, "cost", "an integer in 0..4294967294", what);
    out->tie.has_cost = has_cost;
    out->tie.p = has_cost ? 0.0 : p;
    out->tie.cost = (uint32_t)micro_nats;
    if (out->person.kind == out->other.kind && strcmp(out->person.text, out->other.text) == 0)
        return verdict_skip(what, REASON_SELF_LOOP, "both ends are '%.60s'", out->person.text);
    return true;
}

/* One of the choices up to `last`, by its name. */
static bool parse_choice(const json_t *object, const char *key, wp_choice last, wp_choice *out,
                         verdict *what)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    *out = WP_CHOICE_UNSAID;
    if (value == NULL || json_is_null(value))
        return true;
    for (int choice = WP_CHOICE_IN; text != NULL && choice <= (int)last; choice++)
        if (strcmp(text, wp_choice_name((wp_choice)choice)) == 0)
            *out = (wp_choice)choice;
    return *out != WP_CHOICE_UNSAID ||
           refuse(object, key,
                  last == WP_CHOICE_ASK ? "\"in\", \"ask\" or \"out\"" : "\"in\" or \"out\"", what);
}

/* "team:sales" and the like; whether that can be a name of a group, the engine says. */
static bool parse_group(const char *text, const char *key, wp_identity *out, verdict *what)
{
    *out = (wp_identity){FACT_IDENTITY_GROUP, text};
    if (text != NULL && (strncmp(text, "team:", 5) == 0 || strncmp(text, "list:", 5) == 0 ||
                         strncmp(text, "tag:", 4) == 0))
        return true;
    return verdict_skip(what, REASON_BAD_VALUE,
                        "%s is incomplete, expected team:NAME, list:NAME or tag:NAME", key);
}

static bool parse_sharing(const json_t *object, const char *key, wp_sharing *out, verdict *what)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    *out = WP_SHARING_UNSAID;
    if (value == NULL || json_is_null(value))
        return true;
    for (int i = WP_SHARING_OPEN; text != NULL && i <= WP_SHARING_CLOSED; i++)
        if (strcmp(text, wp_sharing_name((wp_sharing)i)) == 0)
            *out = (wp_sharing)i;
    return *out != WP_SHARING_UNSAID ||
           refuse(object, key, "\"open\", \"groups\" or \"closed\"", what);
}

/* Groups belong to sharing with groups, and to nothing else. */
static bool parse_groups(const json_t *object, fact *out, verdict *what)
{
    const char *names[FACT_IDENTITIES_MAX];
    if (!parse_texts(object, "groups", REF_BYTES_MAX, names, FACT_IDENTITIES_MAX,
                     &out->identity_count, what))
        return false;
    if ((out->identity_count > 0) != (out->sharing == WP_SHARING_GROUPS))
        return refuse(object, "groups", "groups with sharing \"groups\", else none", what);
    for (size_t i = 0; i < out->identity_count; i++)
        if (!parse_group(names[i], "groups", &out->identities[i], what))
            return false;
    return true;
}

static bool parse_consent(const json_t *object, fact *out, verdict *what)
{
    if (!parse_person_key(object, "person", &out->person, what) ||
        !parse_choice(object, "introductions", WP_CHOICE_ASK, &out->introductions, what) ||
        !parse_choice(object, "contact", WP_CHOICE_OUT, &out->contact, what) ||
        !parse_sharing(object, "sharing", &out->sharing, what) ||
        !parse_groups(object, out, what) || !jsonl_day(object, "since", &out->from_day, what))
        return false;
    if (out->introductions != WP_CHOICE_UNSAID || out->contact != WP_CHOICE_UNSAID ||
        out->sharing != WP_SHARING_UNSAID)
        return true;
    return verdict_skip(what, REASON_BAD_VALUE,
                        "consent has none of introductions, contact and sharing, expected one");
}

static bool parse_private(const json_t *object, fact *out, verdict *what)
{
    return parse_person_key(object, "person", &out->other, what) &&
           parse_person_key(object, "owner", &out->person, what) &&
           jsonl_bool(object, "whole", &out->is_whole, what);
}

/* A person that may be absent (kind 0). */
static bool parse_person_or_none(const json_t *object, const char *key, wp_identity *out,
                                 verdict *what)
{
    const char *text = NULL;
    *out = (wp_identity){0};
    return jsonl_text(object, key, REF_BYTES_MAX, &text, what) &&
           (text == NULL || jsonl_person_ref(json_object_get(object, key), key, out, what));
}

/* One side of a barrier, or a member: exactly one of a person, a company and, where there is a key
 * for it, a group. */
static bool parse_side(const json_t *object, const char *person_key, const char *company_key,
                       const char *group_key, wp_identity *out, verdict *what)
{
    wp_identity company = {.text = NULL};
    const char *group = NULL;
    if (!parse_person_or_none(object, person_key, out, what) ||
        !parse_company_key(object, company_key, &company, what) ||
        (group_key != NULL && !jsonl_text(object, group_key, REF_BYTES_MAX, &group, what)))
        return false;
    if ((out->text != NULL) + (company.text != NULL) + (group != NULL) != 1)
        return refuse(object, person_key,
                      group_key != NULL ? "one of a person, a company and a group"
                                        : "either a person or a company",
                      what);
    if (company.text != NULL)
        *out = company;
    return group == NULL || parse_group(group, group_key, out, what);
}

static bool parse_barrier(const json_t *object, fact *out, verdict *what)
{
    out->identity_count = 2;
    return parse_side(object, "person", "company", "group", &out->identities[0], what) &&
           parse_side(object, "other_person", "other_company", "other_group", &out->identities[1],
                      what);
}

/* A group, or somebody in one. */
static bool parse_group_row(const json_t *object, const char *key, fact *out, verdict *what)
{
    wp_identity group;
    if (!jsonl_text(object, key, REF_BYTES_MAX, &out->name, what) ||
        !parse_group(out->name, key, &group, what))
        return false;
    out->identity_count = out->type == FACT_MEMBER ? 1 : 0;
    return out->type == FACT_GROUP ||
           parse_side(object, "person", "company", NULL, &out->identities[0], what);
}

static bool parse_state(const json_t *object, fact_state *out, verdict *what)
{
    const json_t *value = json_object_get(object, "state");
    const char *text = json_string_value(value);
    *out = FACT_OPEN;
    if (value == NULL || json_is_null(value) || (text != NULL && strcmp(text, "open") == 0))
        return true;
    if (text != NULL && strcmp(text, "won") == 0)
        *out = FACT_WON;
    else if (text != NULL && strcmp(text, "lost") == 0)
        *out = FACT_LOST;
    return *out != FACT_OPEN || refuse(object, "state", "open, won or lost", what);
}

/* The id of an opportunity, which must be there. */
static bool parse_opportunity_id(const json_t *object, const char *key, fact *out, verdict *what)
{
    return jsonl_text(object, key, OPPORTUNITY_BYTES_MAX, &out->source, what) &&
           (out->source != NULL || refuse(object, key, "the id of an opportunity", what));
}

static bool parse_opportunity(const json_t *object, fact *out, verdict *what)
{
    return parse_opportunity_id(object, "id", out, what) &&
           jsonl_text(object, "name", NAME_BYTES_LIMIT, &out->name, what) &&
           parse_number(object, "amount", -AMOUNT_MAX, AMOUNT_MAX, &out->amount, what) &&
           jsonl_text(object, "currency", CURRENCY_BYTES_MAX, &out->currency, what) &&
           jsonl_text(object, "stage", NAME_BYTES_LIMIT, &out->stage, what) &&
           parse_state(object, &out->state, what) &&
           jsonl_day(object, "created", &out->from_day, what) &&
           jsonl_day(object, "closed", &out->to_day, what) &&
           parse_company_key(object, "company", &out->company, what) &&
           parse_person_or_none(object, "owner", &out->person, what);
}

static bool parse_role(const json_t *object, fact *out, verdict *what)
{
    return parse_opportunity_id(object, "opportunity", out, what) &&
           parse_person_key(object, "person", &out->person, what) &&
           jsonl_text(object, "role", NAME_BYTES_LIMIT, &out->role, what) &&
           jsonl_bool(object, "primary", &out->is_primary, what);
}

static bool parse_merge(const json_t *object, fact *out, verdict *what)
{
    const json_t *pair = json_object_get(object, "people");
    if (!json_is_array(pair) || json_array_size(pair) != 2)
        return refuse(object, "people", "a list of two people", what);
    out->identity_count = 2;
    return jsonl_person_ref(json_array_get(pair, 0), "people", &out->identities[0], what) &&
           jsonl_person_ref(json_array_get(pair, 1), "people", &out->identities[1], what);
}

static bool parse_apart(const json_t *object, fact *out, verdict *what)
{
    out->identity_count = 1;
    return parse_person_key(object, "person", &out->identities[0], what);
}

static bool parse_source(const json_t *object, fact *out, verdict *what)
{
    return jsonl_text(object, "name", SOURCE_BYTES_MAX, &out->name, what) &&
           jsonl_text(object, "format", FORMAT_BYTES_MAX, &out->title, what) &&
           (out->name != NULL || refuse(object, "name", "the name of a source", what));
}

static bool parse_setting(const json_t *object, fact *out, verdict *what)
{
    const json_t *value = json_object_get(object, "worked_together_max");
    json_int_t given = json_integer_value(value);
    bool is_mutual = false;
    out->has_people_max = value != NULL;
    out->people_max = (uint32_t)given;
    out->settings = (wp_settings)WP_SETTINGS_INIT;
    if (value != NULL && (!json_is_integer(value) || given < 0 || given > WP_TOGETHER_MAX))
        return refuse(object, "worked_together_max", "a number of people, 0..2000", what);
    if (!parse_choice(object, "default_introductions", WP_CHOICE_ASK, &out->settings.introductions,
                      what) ||
        !parse_choice(object, "default_contact", WP_CHOICE_OUT, &out->settings.contact, what) ||
        !parse_sharing(object, "default_sharing", &out->settings.sharing, what) ||
        !jsonl_bool(object, "mutual_sharing", &is_mutual, what))
        return false;
    if (out->settings.sharing == WP_SHARING_GROUPS)
        return refuse(object, "default_sharing", "\"open\" or \"closed\"", what);
    if (json_is_boolean(json_object_get(object, "mutual_sharing")))
        out->settings.mutual = is_mutual ? WP_CHOICE_IN : WP_CHOICE_OUT;
    if (out->has_people_max || out->settings.introductions != WP_CHOICE_UNSAID ||
        out->settings.contact != WP_CHOICE_UNSAID || out->settings.sharing != WP_SHARING_UNSAID ||
        out->settings.mutual != WP_CHOICE_UNSAID)
        return true;
    return verdict_skip(what, REASON_BAD_VALUE,
                        "setting has none of worked_together_max, default_introductions, "
                        "default_contact, default_sharing and mutual_sharing, expected one");
}

/* So many hexadecimal digits, 16 a number. */
static bool parse_hex(const json_t *object, const char *key, uint64_t *out, size_t count,
                      verdict *what)
{
    const char *text = json_string_value(json_object_get(object, key));
    bool is_good = text != NULL && strlen(text) == 16 * count &&
                   strspn(text, "0123456789abcdef") == 16 * count;
    for (size_t i = 0; i < count && is_good; i++) {
        char digits[17];
        (void)snprintf(digits, sizeof digits, "%.16s", text + 16 * i);
        out[i] = strtoull(digits, NULL, 16);
    }
    return is_good ||
           refuse(object, key, count == 1 ? "16 digits 0-9a-f" : "32 digits 0-9a-f", what);
}

static bool parse_suppressed(const json_t *object, fact *out, verdict *what)
{
    const char *since = json_string_value(json_object_get(object, "since"));
    if (!parse_hex(object, "key", &out->suppression.key, 1, what) ||
        !parse_hex(object, "hash", out->suppression.hash, 2, what))
        return false;
    return (since != NULL && date_parse_time(since, &out->suppression.time_s)) ||
           refuse(object, "since", "YYYY-MM-DDThh:mm:ssZ", what);
}

/* Who states the line: one name, or a list of them. */
static bool parse_stated_by(const json_t *object, fact *out, verdict *what)
{
    const char *one = NULL;
    if (!jsonl_text(object, "source", SOURCE_BYTES_MAX, &one, what) ||
        !parse_texts(object, "sources", SOURCE_BYTES_MAX, out->sources, FACT_SOURCES_MAX,
                     &out->source_count, what))
        return false;
    if (one != NULL && out->source_count == 0)
        out->sources[out->source_count++] = one;
    return true;
}

static bool parse_row(const json_t *object, fact *out, verdict *what)
{
    switch (out->type) {
    case FACT_COMPANY:
        return parse_company(object, out, what);
    case FACT_PERSON:
        return parse_person(object, out, what);
    case FACT_EMPLOYMENT:
        return parse_employment(object, out, what);
    case FACT_INTERACTION:
        return parse_interaction(object, out, what);
    case FACT_SERIES:
        return parse_series(object, out, what);
    case FACT_TIE:
        return parse_tie(object, out, what);
    case FACT_CONSENT:
        return parse_consent(object, out, what);
    case FACT_PRIVATE:
        return parse_private(object, out, what);
    case FACT_GROUP:
        return parse_group_row(object, "name", out, what);
    case FACT_MEMBER:
        return parse_group_row(object, "group", out, what);
    case FACT_BARRIER:
        return parse_barrier(object, out, what);
    case FACT_OPPORTUNITY:
        return parse_opportunity(object, out, what);
    case FACT_ROLE:
        return parse_role(object, out, what);
    case FACT_MERGE:
        return parse_merge(object, out, what);
    case FACT_APART:
        return parse_apart(object, out, what);
    case FACT_SOURCE:
        return parse_source(object, out, what);
    case FACT_SETTING:
        return parse_setting(object, out, what);
    case FACT_SUPPRESSED:
        return parse_suppressed(object, out, what);
    case FACT_UNKNOWN:
        break;
    }
    return verdict_skip(what, REASON_UNKNOWN_TYPE, "type is unknown");
}

bool jsonl_parse(const json_t *object, fact *out, verdict *what)
{
    fact_begin(out, out->type);
    what->reason = REASON_NONE;
    return parse_row(object, out, what) && parse_stated_by(object, out, what);
}
