/*
 * Which version of an interaction counts, in a dry run: see rehearsal.h.
 *
 * The order is that of the engine (engine/graph/version.c): by revision, then cancelled, then by
 * how many it is to, then the earlier one, which make a rank of two numbers; then kind, flags,
 * valence, sums, what it answers, and who took part, by identities and roles. Those are made one
 * text, which compares as they do: numbers with the highest byte first, names with a NUL behind.
 * Whichever counts, it does with the highest revision of a series that any of them has.
 *
 * All that is remembered together. Where there is no room for texts any more, the rank alone is, in
 * one number, and its revision is taken for that of the series; high revisions are not then.
 */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "import/rehearsal.h"
#include "import/store.h"

#define SALT_INTERACTION UINT64_C(0x9e3779b97f4a7c15)
#define IS_HIGH (UINT64_C(1) << 63) /* of a rank: its first number is the revision */
#define IS_TEXT (UINT64_C(1) << 62) /* of a value: where rank and text are kept */
#define TIME_BITS 33                /* of a time, of all beyond 2242 as one */
#define COUNT_BITS 14
#define REST_BITS (1 + COUNT_BITS + TIME_BITS) /* of a rank behind the revision */
#define REVISION_LOW (INT64_C(1) << 14)
#define FEW 8
#define SEAT_BYTES 3    /* beside the identity */
#define TEXT_BYTES 2048 /* of a version that is remembered with its text */

typedef struct rank {
    uint64_t major;
    uint64_t minor; /* 0 of low revisions, which stand in one number with the rest */
} rank;

/* Somebody who took part: a byte for the kind, the identity, NUL, a byte for the role. */
typedef struct seat {
    char *text;
    size_t bytes;
} seat;

typedef struct version {
    rank rank;
    int64_t series; /* the revision that is compared with that of a series */
    size_t bytes;   /* of the text; 0: it is not known */
    char text[TEXT_BYTES];
} version;

static rank rank_of(int64_t revision, bool is_cancelled, size_t to_count, int64_t time_s)
{
    const uint64_t time_last = (UINT64_C(1) << TIME_BITS) - 1;
    uint64_t time = (uint64_t)time_s < time_last ? (uint64_t)time_s : time_last;
    uint64_t rest = (uint64_t)is_cancelled << (COUNT_BITS + TIME_BITS) |
                    (uint64_t)to_count << TIME_BITS | (time_last - time);
    if (revision >= REVISION_LOW)
        return (rank){IS_HIGH | (uint64_t)revision, rest};
    return (rank){(uint64_t)revision << REST_BITS | rest, 0};
}

static int64_t series_of(const wp_interaction *of)
{
    return of->series_revision != 0 ? of->series_revision : of->revision;
}

/* ---- Texts ---- */

static void add_bytes(version *out, const void *from, size_t bytes)
{
    memcpy(out->text + out->bytes, from, bytes);
    out->bytes += bytes;
}

static void add_number(version *out, uint64_t number)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        out->text[out->bytes++] = (char)(number >> shift);
}

/* Of a double the bits, so that they ascend with it. */
static void add_double(version *out, double value)
{
    uint64_t bits;
    value += 0.0; /* of the two zeros the one */
    memcpy(&bits, &value, sizeof bits);
    add_number(out, (bits & IS_HIGH) != 0 ? ~bits : bits | IS_HIGH);
}

/* What is said besides who took part. */
static void add_facts(version *out, const wp_interaction *from)
{
    size_t bytes = from->reply_to == NULL ? 0 : strlen(from->reply_to) + 1;
    add_number(out, (uint64_t)from->kind);
    add_number(out, from->flags);
    add_double(out, from->valence);
    for (int i = 0; i < 2 && from->kind == WP_KIND_SUMMARY; i++) {
        add_number(out, ~(uint64_t)from->sums->count[i]);
        add_double(out, -from->sums->slow[i]);
        add_double(out, -from->sums->fast[i]);
    }
    out->text[out->bytes++] = bytes == 0 ? 0 : 1;
    if (bytes > 0)
        add_bytes(out, from->reply_to, bytes);
}

/* Put an identity in small letters, as the engine compares them; its bytes, twice as many as those
 * of the text at most. */
static size_t add_small(const char *text, char *out)
{
    size_t used = 0;
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    while (*at != '\0') {
        utf8proc_int32_t character = *at;
        utf8proc_ssize_t bytes = *at < 0x80 ? 1 : utf8proc_iterate(at, -1, &character);
        if (*at < 0x80)
            out[used++] = character >= 'A' && character <= 'Z' ? (char)(*at | 0x20) : (char)*at;
        else if (bytes > 0)
            used += (size_t)utf8proc_encode_char(utf8proc_tolower(character),
                                                 (utf8proc_uint8_t *)out + used);
        at += bytes > 0 ? bytes : 1;
    }
    return used;
}

static seat make_seat(char *text, const wp_identity *who, wp_role role)
{
    size_t bytes = strlen(who->text);
    text[0] = (char)who->kind;
    if (who->kind == WP_IDENTITY_ID)
        memcpy(text + 1, who->text, bytes);
    else
        bytes = add_small(who->text, text + 1);
    text[1 + bytes] = '\0';
    text[2 + bytes] = (char)role;
    return (seat){text, bytes + SEAT_BYTES};
}

static int compare_seats(const void *a, const void *b)
{
    const seat *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order != 0 ? order : (int)x->text[x->bytes - 1] - (int)y->text[y->bytes - 1];
}

/* Sort the recipients and keep each once, in the strongest role; the sender, who is the first, is
 * among them in an answer alone. */
static size_t keep_seats(seat *seats, size_t count, wp_kind kind)
{
    size_t kept = 1;
    if (count > 2)
        qsort(seats + 1, count - 1, sizeof *seats, compare_seats);
    for (size_t i = 1; i < count; i++) {
        bool is_sender = strcmp(seats[i].text, seats[0].text) == 0;
        bool is_again = kept > 1 && strcmp(seats[kept - 1].text, seats[i].text) == 0;
        if ((!is_sender || kind == WP_KIND_ANSWER) && !is_again)
            seats[kept++] = seats[i];
    }
    return kept;
}

/* Make a version of facts and seats, the sender first. What is too long is known by its rank. */
static void make_version(version *out, const wp_interaction *from, seat *seats, size_t count)
{
    size_t kept = keep_seats(seats, count, from->kind);
    size_t needed = 16 * sizeof(uint64_t) + (from->reply_to == NULL ? 0 : strlen(from->reply_to));
    for (size_t i = 0; i < kept; i++)
        needed += seats[i].bytes;
    out->bytes = 0;
    out->rank = rank_of(from->revision, (from->flags & WP_INTERACTION_CANCELLED) != 0, kept - 1,
                        from->time_s);
    out->series = series_of(from);
    if (needed > sizeof out->text)
        return;
    add_facts(out, from);
    for (size_t i = 0; i < kept; i++)
        add_bytes(out, seats[i].text, seats[i].bytes);
}

static wp_status no_memory(wp_error *err)
{
    *err = (wp_error){WP_ENOMEM, "memory is exhausted"};
    return WP_ENOMEM;
}

/* ---- Versions of rows and of the database ---- */

static wp_status version_of(const wp_interaction *facts, const wp_identity *sender,
                            const fact_recipient *to, size_t to_count, version *out, wp_error *err)
{
    char few_texts[TEXT_BYTES], *texts = few_texts;
    seat few[FEW], *seats = few;
    size_t needed = 2 * strlen(sender->text) + SEAT_BYTES;
    for (size_t i = 0; i < to_count; i++)
        needed += 2 * strlen(to[i].who.text) + SEAT_BYTES;
    bool is_many = to_count + 1 > FEW || needed > sizeof few_texts;
    if (is_many) {
        texts = malloc(needed);
        seats = malloc((to_count + 1) * sizeof *seats);
    }
    wp_status status = texts == NULL || seats == NULL ? no_memory(err) : WP_OK;
    if (status == WP_OK) {
        char *end = texts;
        for (size_t i = 0; i <= to_count; end += seats[i++].bytes)
            seats[i] = i == 0 ? make_seat(end, sender, WP_ROLE_TO)
                              : make_seat(end, &to[i - 1].who, to[i - 1].role);
        make_version(out, facts, seats, to_count + 1);
    }
    if (is_many) {
        free(texts);
        free(seats);
    }
    return status;
}

static wp_status version_of_row(const fact *row, version *out, wp_error *err)
{
    const wp_identity nobody = {.text = ""}; /* from whom a series can be */
    wp_interaction facts = WP_INTERACTION_INIT;
    facts.kind = row->kind;
    facts.flags = row->flags | (row->is_cancelled ? WP_INTERACTION_CANCELLED : 0);
    facts.time_s = row->time_s;
    facts.revision = row->revision;
    facts.valence = row->valence;
    facts.reply_to = row->reply_to;
    facts.sums = &row->sums;
    facts.series_revision = row->series_revision;
    const wp_identity *sender = row->person.text == NULL ? &nobody : &row->person;
    return version_of(&facts, sender, row->to, row->to_count, out, err);
}

/* The identity of somebody stored, in memory of ours. */
static wp_status copy_identity(run *self, wp_number person, wp_identity *out, wp_error *err)
{
    wp_status status = WP_OK;
    *out = (wp_identity){.text = ""};
    if (person != 0)
        status = wp_person_identity(self->txn, person, out, err);
    out->text = status == WP_OK ? strdup(out->text) : NULL;
    return status == WP_OK && out->text == NULL ? no_memory(err) : status;
}

/* The people of what is stored, the sender first. */
static wp_status copy_people(run *self, const wp_participant *seats, size_t count,
                             fact_recipient *out, wp_error *err)
{
    wp_status status = WP_OK;
    for (size_t i = 0; i < count && status == WP_OK; i++) {
        out[i].role = seats[i].role;
        status = copy_identity(self, seats[i].person, &out[i].who, err);
    }
    return status;
}

/* The version that is stored. What is borrowed of it is read anew behind other calls. */
static wp_status version_of_stored(run *self, uint64_t number, const wp_interaction *stored,
                                   version *out, wp_error *err)
{
    size_t count = stored->to_count + 1;
    wp_interaction facts;
    wp_participant *seats = calloc(count, sizeof *seats);
    fact_recipient *copies = calloc(count, sizeof *copies);
    wp_status status = seats == NULL || copies == NULL ? no_memory(err) : WP_OK;
    if (status == WP_OK) {
        seats[0] = (wp_participant){stored->from, WP_ROLE_TO};
        if (count > 1)
            memcpy(seats + 1, stored->to, (count - 1) * sizeof *seats);
        status = copy_people(self, seats, count, copies, err);
    }
    if (status == WP_OK)
        status = wp_interaction_get(self->txn, number, &facts, err);
    if (status == WP_OK)
        status = version_of(&facts, &copies[0].who, copies + 1, count - 1, out, err);
    for (size_t i = 0; i < count && copies != NULL; i++)
        free((char *)(uintptr_t)copies[i].who.text);
    free(copies);
    free(seats);
    return status;
}

/* ---- What is remembered ---- */

static int compare_ranks(const rank *a, const rank *b)
{
    if (a->major != b->major)
        return a->major > b->major ? -1 : 1;
    return a->minor > b->minor ? -1 : a->minor < b->minor;
}

/* What stands before the text of a version that is kept. */
typedef struct kept {
    rank rank;
    int64_t series;
    size_t bytes;
} kept;

/* The version that counts by earlier rows. */
static void read_kept(const rehearsal *seen, uint64_t value, version *out)
{
    kept head = {.rank = {value, 0}, .series = (int64_t)(value >> REST_BITS)};
    if ((value & IS_TEXT) != 0) {
        const char *at = seen->texts + (value & ~IS_TEXT);
        memcpy(&head, at, sizeof head);
        memcpy(out->text, at + sizeof head, head.bytes);
    }
    out->rank = head.rank;
    out->series = head.series;
    out->bytes = head.bytes;
}

static void remember(rehearsal *seen, uint64_t key, const version *now)
{
    char text[sizeof(kept) + TEXT_BYTES];
    kept head = {now->rank, now->series, now->bytes};
    size_t at;
    memcpy(text, &head, sizeof head);
    memcpy(text + sizeof head, now->text, now->bytes);
    if (rehearsal_keep(seen, text, sizeof head + now->bytes, &at))
        (void)rehearsal_put(seen, key, IS_TEXT | at);
    else if ((now->rank.major & IS_HIGH) == 0)
        (void)rehearsal_put(seen, key, now->rank.major);
}

/* Read the one that is stored, with its text where the rank does not decide or it is remembered. */
static wp_status read_stored(run *self, uint64_t number, const version *now, version *out,
                             wp_error *err)
{
    wp_interaction stored;
    wp_status status = wp_interaction_get(self->txn, number, &stored, err);
    if (status != WP_OK)
        return status;
    bool is_cancelled = (stored.flags & WP_INTERACTION_CANCELLED) != 0;
    out->bytes = 0;
    out->rank = rank_of(stored.revision, is_cancelled, stored.to_count, stored.time_s);
    out->series = series_of(&stored);
    int order = compare_ranks(&now->rank, &out->rank);
    return order == 0 || (order > 0 && now->series > out->series)
               ? version_of_stored(self, number, &stored, out, err)
               : WP_OK;
}

/* ---- Two versions of the same people ---- */

/* Of a text what comes before who took part. */
static size_t facts_bytes(const char *text)
{
    bool has_sums = text[7] == (char)WP_KIND_SUMMARY;
    size_t bytes = (has_sums ? 9 : 3) * sizeof(uint64_t) + 1;
    return text[bytes - 1] == 0 ? bytes : bytes + strlen(text + bytes) + 1;
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* What stands for each who took part, with the role; the sender first, then sorted. */
static wp_status list_roots(run *self, const char *text, size_t bytes, uint64_t *out, size_t *count,
                            wp_error *err)
{
    wp_status status = WP_OK;
    const char *at = text + facts_bytes(text), *end = text + bytes;
    for (*count = 0; at < end && status == WP_OK; ++*count) {
        wp_identity who = {(wp_identity_kind)at[0], at + 1};
        uint64_t root = 0;
        if (at[1] != '\0')
            status = rehearse_root(self, &who, &root, err);
        at += strlen(at + 1) + SEAT_BYTES;
        out[*count] = root * SALT_INTERACTION + (uint64_t)at[-1];
    }
    if (*count > 2)
        qsort(out + 1, *count - 1, sizeof *out, compare_u64);
    return status;
}

/* Whether two versions of one rank say the same of the same people, by other identities of them. */
static wp_status is_alike(run *self, const version *a, const version *b, bool *out, wp_error *err)
{
    uint64_t roots[2][TEXT_BYTES / SEAT_BYTES];
    size_t counts[2], facts = b->bytes == 0 ? 0 : facts_bytes(b->text);
    *out = a->bytes > 0 && b->bytes > 0 && facts_bytes(a->text) == facts &&
           memcmp(a->text, b->text, facts) == 0;
    if (!*out)
        return WP_OK;
    wp_status status = list_roots(self, a->text, a->bytes, roots[0], &counts[0], err);
    if (status == WP_OK)
        status = list_roots(self, b->text, b->bytes, roots[1], &counts[1], err);
    *out = status == WP_OK && counts[0] == counts[1] &&
           memcmp(roots[0], roots[1], counts[0] * sizeof roots[0][0]) == 0;
    return status;
}

/* Have a version count beside those before, which `counting` holds. *is_changed: it does from now
 * on, or its revision of the series; *is_new: and not only by other identities. */
static wp_status join(run *self, const version *now, version *counting, bool *is_changed,
                      bool *is_new, wp_error *err)
{
    bool has_same = false;
    int order = compare_ranks(&now->rank, &counting->rank);
    size_t least = now->bytes < counting->bytes ? now->bytes : counting->bytes;
    bool is_better = order < 0 || (order == 0 && memcmp(now->text, counting->text, least) < 0);
    int64_t series = now->series > counting->series ? now->series : counting->series;
    bool is_raised = series > counting->series;
    wp_status status =
        order == 0 && is_better ? is_alike(self, now, counting, &has_same, err) : WP_OK;
    *is_new = is_raised || (is_better && !has_same);
    *is_changed = is_raised || is_better;
    if (is_better)
        *counting = *now;
    counting->series = series;
    return status;
}

void rehearse_fetch_interaction(const run *self, uint64_t id)
{
    rehearsal_fetch(&self->rehearsal, id ^ SALT_INTERACTION);
}

wp_status rehearse_interaction(run *self, const fact *row, uint64_t id, uint64_t number,
                               bool *is_new, wp_error *err)
{
    version now, counting;
    bool is_changed;
    uint64_t value, key = id ^ SALT_INTERACTION;
    wp_status status = version_of_row(row, &now, err);
    if (status != WP_OK)
        return status;
    bool is_kept = rehearsal_get(&self->rehearsal, key, &value);
    if (!is_kept && number == 0) {
        *is_new = people_see(&self->people, id);
        if (*is_new)
            remember(&self->rehearsal, key, &now);
        return WP_OK;
    }
    if (is_kept)
        read_kept(&self->rehearsal, value, &counting);
    else
        status = read_stored(self, number, &now, &counting, err);
    if (status == WP_OK)
        status = join(self, &now, &counting, &is_changed, is_new, err);
    if (status == WP_OK && is_changed)
        remember(&self->rehearsal, key, &counting);
    return status;
}
