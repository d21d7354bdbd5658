/*
 * What a dry run remembers: see fact_seen.h.
 *
 * Whoever is stored is not remembered here but in the cache of people: of an identity that is
 * remembered it is known that nobody has it, so that it is not looked up again.
 */
#include "import/fact_seen.h"

#include <string.h>

#include "import/rehearsal.h"
#include "import/store.h"

#define SEEN_EMPLOYMENT UINT64_C(0x3c79ac492ba7b653)
#define SEEN_OPPORTUNITY UINT64_C(0x71c9e5b3a0d8462f)

static uint64_t hash_text(const run *self, const char *text)
{
    return people_hash(&self->people, WP_IDENTITY_ID, text, strlen(text));
}

uint64_t fact_seen_job(uint64_t who, uint64_t company, const fact *row)
{
    uint64_t days = (uint64_t)(uint32_t)row->from_day << 32 | (uint32_t)row->to_day;
    uint64_t key = (who * SEEN_EMPLOYMENT ^ company) * SEEN_EMPLOYMENT;
    return ((key ^ days) * SEEN_EMPLOYMENT) | 1;
}

/* The same with its title. */
static uint64_t add_title(const run *self, uint64_t job, const char *title)
{
    return ((job ^ hash_text(self, title)) * SEEN_EMPLOYMENT) | 1;
}

/*
 * A title as a number: of two of one source the greater one is kept, the longer, else the first in
 * byte order, which the first three bytes decide here, and 22 bits of a hash tell others apart.
 * 0: none.
 */
static uint64_t rank_of(const run *self, const char *title)
{
    size_t length = title == NULL ? 0 : strlen(title);
    uint64_t first = 0, hash = length == 0 ? 0 : hash_text(self, title) >> 42;
    for (size_t i = 0; i < 3; i++)
        first = first << 8 | (i < length ? 0xff - (unsigned char)title[i] : 0);
    return (uint64_t)(length < 0x3ff ? length : 0x3ff) << 46 | first << 22 | hash;
}

/* What is remembered of a job: its title of those that sources keep, and which source that is. */
#define SOURCE_BITS 8

static uint64_t source_tag(const run *self)
{
    return self->source_count & ((1 << SOURCE_BITS) - 1);
}

static void begin_job(const run *self, const fact *row, fact_seen *out)
{
    out->company = store_seen_hash(self, &row->company);
    uint64_t company = rehearse_company_key(self, &row->company, out->company);
    out->employment = fact_seen_job(rehearse_key(out->who), company, row);
    rehearsal_fetch_job(&self->rehearsal, out->employment);
    if (self->rehearsal.has_all_jobs)
        people_fetch_seen(&self->people, out->employment);
    people_fetch_seen(&self->people, out->company);
    rehearse_fetch(self, out->company);
}

void fact_seen_begin(const run *self, const fact *row, fact_seen *out)
{
    for (size_t i = 0; i < row->identity_count; i++) {
        out->identities[i] = store_seen_hash(self, &row->identities[i]);
        people_fetch_seen(&self->people, out->identities[i]);
        rehearse_fetch(self, out->identities[i]);
    }
    out->company = out->employment = 0;
    out->who = row->identity_count > 0 ? out->identities[0] : store_seen_hash(self, &row->person);
    if (row->company.text != NULL)
        begin_job(self, row, out);
}

/* Look all of them up; *out is the first that is found. */
static wp_status find_all(run *self, const wp_identity *identities, size_t count, fact_seen *seen,
                          wp_number *out, wp_error *err)
{
    wp_status status = WP_OK;
    *out = 0;
    for (size_t i = 0; i < count && status == WP_OK; i++) {
        status = store_find_seen(self, &identities[i], seen->identities[i], &seen->found[i], err);
        *out = *out == 0 ? seen->found[i] : *out;
    }
    return status;
}

/* Remember those whom nobody has; false when one was remembered before. */
static bool see_all(run *self, fact_seen *seen, size_t count)
{
    bool is_first = true;
    for (size_t i = 0; i < count; i++) {
        size_t same = 0;
        while (seen->identities[same] != seen->identities[i])
            same++;
        if (same < i) { /* the row names it twice */
            seen->is_named[i] = seen->is_named[same];
            continue;
        }
        bool is_new = seen->found[i] == 0 && people_see(&self->people, seen->identities[i]);
        seen->is_named[i] = !is_new;
        is_first &= is_new || seen->found[i] != 0;
    }
    return is_first;
}

wp_status fact_seen_person(run *self, const fact *row, fact_seen *seen, wp_number *out,
                           bool *is_new, wp_error *err)
{
    size_t count = row->identity_count;
    wp_status status = find_all(self, row->identities, count, seen, out, err);
    if (status == WP_OK)
        status = store_refuse_erased(self, row->identities, count, err);
    *is_new = status == WP_OK && see_all(self, seen, count) && *out == 0;
    return status;
}

wp_status fact_seen_company(run *self, const wp_identity *identities, size_t count, fact_seen *seen,
                            bool *is_new, wp_error *err)
{
    wp_number first;
    for (size_t i = 0; i < count; i++)
        seen->identities[i] = store_seen_hash(self, &identities[i]);
    wp_status status = find_all(self, identities, count, seen, &first, err);
    *is_new = status == WP_OK && see_all(self, seen, count) && first == 0;
    return status;
}

bool fact_see_job(run *self, uint64_t job, const fact *row)
{
    bool is_first = people_see(&self->people, job);
    return row->title == NULL ? is_first
                              : people_see(&self->people, add_title(self, job, row->title));
}

/* Whether fact_see_job() was told. */
static bool has_seen_job(const run *self, uint64_t job, const fact *row)
{
    return people_has_seen(&self->people,
                           row->title == NULL ? job : add_title(self, job, row->title));
}

bool fact_has_job(const run *self, uint64_t job, const fact *row)
{
    uint64_t held;
    if (rehearsal_get_job(&self->rehearsal, job, &held) &&
        (row->title == NULL || held >> SOURCE_BITS == rank_of(self, row->title)))
        return true;
    return has_seen_job(self, job, row);
}

/* Whether a title of the source at hand says more of a job than those before, by its number or, of
 * a title shorter than another source keeps, by one of the two. */
static bool see_title(run *self, uint64_t job, uint64_t rank, const fact *row)
{
    uint64_t held = 0, tag = source_tag(self);
    bool is_held = rehearsal_get_job(&self->rehearsal, job, &held);
    bool is_own = (held & ((1 << SOURCE_BITS) - 1)) == tag;
    uint64_t best = held >> SOURCE_BITS;
    if (is_held && (rank == 0 || (is_own && rank <= best)))
        return false;
    if (is_held && rank < best)
        return see_title(self, ((job ^ tag) * SEEN_EMPLOYMENT) | 1, rank, row);
    bool is_kept = rehearsal_put_job(&self->rehearsal, job, rank << SOURCE_BITS | tag);
    return is_kept ? !is_held || rank != best : fact_see_job(self, job, row);
}

bool fact_see_employment(run *self, const fact *row, const fact_seen *seen)
{
    if (self->rehearsal.has_same && has_seen_job(self, seen->employment, row))
        return false;
    return see_title(self, seen->employment, rank_of(self, row->title), row);
}

bool fact_see_opportunity(run *self, const fact *row)
{
    return people_see(&self->people, SEEN_OPPORTUNITY ^ hash_text(self, row->source));
}

bool fact_is_known_by_row(const fact *row)
{
    return row->type != FACT_PERSON && row->type != FACT_COMPANY && row->type != FACT_EMPLOYMENT &&
           row->type != FACT_OPPORTUNITY && row->type != FACT_INTERACTION && row->type != FACT_TIE;
}

uint64_t fact_hash_cells(const run *self, char *const *cells, size_t count)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < count; i++)
        hash = 31 * hash + (*cells[i] == '\0' ? 0 : hash_text(self, cells[i]));
    return hash;
}
