/*
 * What a dump refers to, in the order of texts: see dump_index.h.
 */
#include "dump_index.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

void dump_index_free(dump_index *index)
{
    for (size_t i = 0; i < index->count; i++)
        free(index->items[i].reference);
    free(index->items);
    free(index->ranks);
    free(index->apart);
    *index = (dump_index){0};
}

static void add(dump_index *index, wp_number number, char *reference)
{
    if (index->count == index->capacity) {
        index->capacity = index->capacity == 0 ? 1024 : 2 * index->capacity;
        index->items = text_resize(index->items, index->capacity, sizeof *index->items);
    }
    index->items[index->count++] = (dump_entry){number, reference};
}

static int compare(const void *a, const void *b)
{
    const dump_entry *x = a, *y = b;
    int order = strcmp(x->reference, y->reference);
    return order != 0 ? order : x->number < y->number ? -1 : x->number > y->number;
}

static void sort(dump_index *index)
{
    wp_number highest = 0;
    if (index->count > 1)
        qsort(index->items, index->count, sizeof *index->items, compare);
    for (size_t i = 0; i < index->count; i++)
        highest = index->items[i].number > highest ? index->items[i].number : highest;
    index->rank_count = (size_t)highest + 1;
    index->ranks = text_new(index->rank_count, sizeof *index->ranks);
    for (size_t i = 0; i < index->count; i++)
        index->ranks[index->items[i].number] = (uint32_t)i + 1;
}

/* How an identity is written. A domain reads as one only with a dot. */
static char *reference_of(const wp_identity *identity)
{
    switch (identity->kind) {
    case WP_IDENTITY_ID:
    case WP_IDENTITY_COMPANY_ID:
        return text_format("id:%s", identity->text);
    case WP_IDENTITY_LINKEDIN:
        return text_format("linkedin:%s", identity->text);
    case WP_IDENTITY_COMPANY_NAME:
        return text_format("name:%s", identity->text);
    case WP_IDENTITY_EMAIL:
    case WP_IDENTITY_DOMAIN:
        break;
    }
    return text_copy(identity->text);
}

typedef wp_status next_fn(wp_txn *txn, wp_statement *at, wp_error *err);

static int index_statements(app *self, next_fn *next, const char *what, dump_index *out)
{
    wp_statement at = {0};
    wp_number before = 0;
    wp_status status;

    while ((status = next(self->txn, &at, &self->err)) == WP_OK) {
        if (at.number != before)
            add(out, at.number, reference_of(&at.identity));
        before = at.number;
    }
    if (status != WP_ENOTFOUND)
        return app_fail_status(self, what);
    sort(out);
    return CODE_DONE;
}

/* Add somebody whom no source states, once. There are few, behind the `stated` that have ranks. */
static wp_status add_unstated(app *self, wp_number number, size_t stated, dump_index *out)
{
    wp_identity identity;

    if (dump_index_rank(out, number) != SIZE_MAX)
        return WP_OK;
    for (size_t i = stated; i < out->count; i++)
        if (out->items[i].number == number)
            return WP_OK;
    wp_status status = wp_person_identity(self->txn, number, &identity, &self->err);
    if (status == WP_OK)
        add(out, number, reference_of(&identity));
    return status;
}

/* Who is merged by hand, or set apart, may be stated by nobody any more. */
static int index_merged(app *self, dump_index *out)
{
    wp_merge at = {0};
    wp_status status;
    size_t stated = out->count;

    while ((status = wp_merge_next(self->txn, &at, &self->err)) == WP_OK) {
        if (at.a == at.b) {
            out->apart = text_resize(out->apart, out->apart_count + 1, sizeof *out->apart);
            out->apart[out->apart_count++] = at.a;
        }
        status = add_unstated(self, at.a, stated, out);
        if (status == WP_OK)
            status = add_unstated(self, at.b, stated, out);
        if (status != WP_OK)
            return app_fail_status(self, "merges");
    }
    if (status != WP_ENOTFOUND)
        return app_fail_status(self, "merges");
    if (out->count > stated) {
        free(out->ranks);
        sort(out);
    }
    return CODE_DONE;
}

int dump_index_people(app *self, dump_index *out)
{
    int code = index_statements(self, wp_person_statement_next, "people", out);

    return code == CODE_DONE ? index_merged(self, out) : code;
}

int dump_index_companies(app *self, dump_index *out)
{
    return index_statements(self, wp_company_statement_next, "companies", out);
}

int dump_index_sources(app *self, dump_index *out)
{
    wp_source source;
    uint32_t number = 0;
    wp_status status;

    while ((status = wp_source_next(self->txn, &number, &self->err)) == WP_OK) {
        if (wp_source_get(self->txn, number, &source, &self->err) != WP_OK)
            return app_fail_status(self, "sources");
        add(out, number, text_copy(source.name));
    }
    if (status != WP_ENOTFOUND)
        return app_fail_status(self, "sources");
    sort(out);
    return CODE_DONE;
}

size_t dump_index_rank(const dump_index *index, wp_number number)
{
    return number < index->rank_count && index->ranks[number] != 0 ? index->ranks[number] - 1
                                                                   : SIZE_MAX;
}

const char *dump_index_text(const dump_index *index, wp_number number)
{
    size_t rank = dump_index_rank(index, number);
    return rank == SIZE_MAX ? "" : index->items[rank].reference;
}

static int compare_numbers(const void *a, const void *b)
{
    wp_number x = *(const wp_number *)a, y = *(const wp_number *)b;
    return x < y ? -1 : x > y;
}

bool dump_index_is_apart(const dump_index *index, wp_number number)
{
    return index->apart_count > 0 && bsearch(&number, index->apart, index->apart_count,
                                             sizeof number, compare_numbers) != NULL;
}
