/*
 * The lines of people and companies.
 *
 * A source that names several identities together gets one line for all of them, written where the
 * first of them stands in the order. Of what it states of them the line says what holds: the better
 * name, all counts together. Where one of them stands apart, it matters of which identity a name is
 * stated, and which two are named together: then each has a line of its own, and each two.
 */
#include <stdlib.h>
#include <string.h>

#include "dump_lines.h"
#include "text.h"

typedef wp_status next_fn(wp_txn *txn, wp_statement *at, wp_error *err);

/* What a source states of identities that it names together; everything is owned. */
typedef struct joined {
    wp_number *numbers;
    size_t count;
    char *name;
    char *title;
    wp_us us;
    bool has_no_company;
    wp_number parent;
    char **spellings;
    uint32_t *counts;
    size_t spelling_count;
} joined;

static void free_joined(joined *all)
{
    for (size_t i = 0; i < all->spelling_count; i++)
        free(all->spellings[i]);
    free(all->spellings);
    free(all->counts);
    free(all->numbers);
    free(all->name);
    free(all->title);
}

static void add_number(joined *all, wp_number number)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->numbers[i] == number)
            return;
    all->numbers = text_resize(all->numbers, all->count + 1, sizeof *all->numbers);
    all->numbers[all->count++] = number;
}

/* The longer text, then the first in byte order. */
static void keep_better(char **kept, const char *text)
{
    size_t before = *kept == NULL ? 0 : strlen(*kept), now = text == NULL ? 0 : strlen(text);
    if (now < before || now == 0 || (now == before && strcmp(text, *kept) >= 0))
        return;
    free(*kept);
    *kept = text_copy(text);
}

static void add_spelling(joined *all, const wp_spelling *spelling)
{
    size_t i = 0;
    while (i < all->spelling_count && strcmp(all->spellings[i], spelling->name) != 0)
        i++;
    if (i == all->spelling_count) {
        all->spellings = text_resize(all->spellings, i + 1, sizeof *all->spellings);
        all->counts = text_resize(all->counts, i + 1, sizeof *all->counts);
        all->spellings[i] = text_copy(spelling->name);
        all->counts[i] = 0;
        all->spelling_count++;
    }
    uint32_t room = UINT32_MAX - all->counts[i];
    all->counts[i] += spelling->count < room ? spelling->count : room;
}

static void add_statement(joined *all, const wp_statement *at)
{
    keep_better(&all->name, at->name);
    keep_better(&all->title, at->title);
    all->us = at->us > all->us ? at->us : all->us;
    all->has_no_company |= at->has_no_company;
    if (at->parent != 0 && (all->parent == 0 || at->parent < all->parent))
        all->parent = at->parent;
    for (size_t i = 0; i < at->spelling_count; i++)
        add_spelling(all, &at->spellings[i]);
    for (size_t i = 0; i < at->link_count; i++)
        add_number(all, at->links[i]);
}

/* All that the source states of a number and of those it links with it; or of that alone. */
static int join(dump *out, next_fn *next, wp_number number, uint32_t source, bool is_alone,
                joined *all)
{
    app *self = out->self;

    add_number(all, number);
    for (size_t i = 0; i < (is_alone ? 1 : all->count); i++) {
        wp_statement at = dump_before(all->numbers[i], source);
        wp_status status = next(self->txn, &at, &self->err);
        if (status != WP_OK && status != WP_ENOTFOUND)
            return app_fail_status(self, "statement");
        if (status == WP_OK && at.source == source)
            add_statement(all, &at);
    }
    return CODE_DONE;
}

static int compare_rank(const void *a, const void *b, void *context)
{
    const dump_index *index = context;
    size_t x = dump_index_rank(index, *(const wp_number *)a);
    size_t y = dump_index_rank(index, *(const wp_number *)b);
    return x < y ? -1 : x > y;
}

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The identities whose references begin so: the first under its key, further ones under the plural.
 * A prefix of "" is for those without one. */
static void put_identities(json_t *line, const dump_index *index, const joined *all,
                           const char *prefix, const char *key, const char *plural)
{
    json_t *more = doc_array();
    size_t length = strlen(prefix);
    bool is_first = true;

    for (size_t i = 0; i < all->count; i++) {
        const char *text = dump_index_text(index, all->numbers[i]);
        bool has_prefix = strncmp(text, "id:", 3) == 0 || strncmp(text, "linkedin:", 9) == 0 ||
                          strncmp(text, "name:", 5) == 0;
        if (length > 0 ? strncmp(text, prefix, length) != 0 : has_prefix)
            continue;
        if (is_first)
            doc_put(line, key, doc_text(text + length));
        else
            doc_add(more, doc_text(text + length));
        is_first = false;
    }
    if (json_array_size(more) > 0)
        doc_put(line, plural, more);
    else
        json_decref(more);
}

static void put_spellings(json_t *line, joined *all)
{
    json_t *names;

    if (all->spelling_count == 0)
        return;
    names = doc_array();
    /* Names are few, so the counts are found again after sorting. */
    char **sorted = text_new(all->spelling_count, sizeof *sorted);
    memcpy(sorted, all->spellings, all->spelling_count * sizeof *sorted);
    qsort(sorted, all->spelling_count, sizeof *sorted, compare_text);
    for (size_t i = 0; i < all->spelling_count; i++) {
        json_t *name = doc_object();
        size_t at = 0;
        while (all->spellings[at] != sorted[i])
            at++;
        doc_put(name, "name", doc_text(sorted[i]));
        doc_put(name, "count", json_integer((json_int_t)all->counts[at]));
        doc_add(names, name);
    }
    free(sorted);
    doc_put(line, "names", names);
}

static void put_us(json_t *line, wp_us us)
{
    if (us != WP_US_UNSAID)
        doc_put(line, "us", json_boolean(us == WP_US_YES));
}

static json_t *person_line(dump *out, joined *all)
{
    json_t *line = dump_new("person");

    put_identities(line, &out->people, all, "", "email", "emails");
    put_identities(line, &out->people, all, "id:", "id", "ids");
    put_identities(line, &out->people, all, "linkedin:", "linkedin", "linkedins");
    dump_put_text(line, "name", all->name);
    put_spellings(line, all);
    dump_put_text(line, "title", all->title);
    put_us(line, all->us);
    if (all->has_no_company)
        doc_put(line, "no_company", json_true());
    return line;
}

static json_t *company_line(dump *out, joined *all, uint32_t source, int *code)
{
    json_t *line = dump_new("company");
    const char *reference = dump_index_text(&out->companies, all->numbers[0]);
    bool is_by_name = strncmp(reference, "name:", 5) == 0;

    put_identities(line, &out->companies, all, "", "domain", "domains");
    put_identities(line, &out->companies, all, "id:", "id", "ids");
    dump_put_text(line, "name", all->name != NULL ? all->name : is_by_name ? reference + 5 : NULL);
    put_us(line, all->us);
    if (all->spelling_count > 0) {
        json_t *aliases = doc_array();
        qsort(all->spellings, all->spelling_count, sizeof *all->spellings, compare_text);
        for (size_t i = 0; i < all->spelling_count; i++)
            doc_add(aliases, doc_text(all->spellings[i]));
        doc_put(line, "aliases", aliases);
    }
    if (all->parent != 0)
        *code = dump_put_company(out, line, "parent", all->parent, source);
    return line;
}

static bool says_something(const joined *all)
{
    return all->name != NULL || all->title != NULL || all->spelling_count > 0 ||
           all->us != WP_US_UNSAID || all->has_no_company;
}

/* Add what a source states of a person alone, and a line for each of those behind it in the order
 * that it names together with this one. */
static int add_apart(dump *out, wp_number number, uint32_t source)
{
    joined alone = {0};
    int code = join(out, wp_person_statement_of, number, source, true, &alone);
    size_t rank = dump_index_rank(&out->people, number), linked = alone.count;

    for (size_t i = 1; i < linked && code == CODE_DONE; i++) {
        wp_number both[2] = {number, alone.numbers[i]};
        joined pair = {.numbers = both, .count = 2};
        if (rank < dump_index_rank(&out->people, both[1]))
            dump_add(out, person_line(out, &pair), source);
    }
    alone.count = 1;
    if (code == CODE_DONE && says_something(&alone))
        dump_add(out, person_line(out, &alone), source);
    free_joined(&alone);
    return code;
}

static bool has_apart(const dump_index *index, const joined *all)
{
    for (size_t i = 0; i < all->count && all->count > 1; i++)
        if (dump_index_is_apart(index, all->numbers[i]))
            return true;
    return false;
}

/* Add the line of what a source states of a number, unless it stands with another number. */
static int add_line(dump *out, next_fn *next, wp_number number, uint32_t source)
{
    joined all = {0};
    bool is_person = next == wp_person_statement_of;
    dump_index *index = is_person ? &out->people : &out->companies;
    int code = join(out, next, number, source, false, &all);

    if (all.count > 1)
        qsort_r(all.numbers, all.count, sizeof *all.numbers, compare_rank, index);
    if (code == CODE_DONE && is_person && has_apart(index, &all))
        code = add_apart(out, number, source);
    else if (code == CODE_DONE && all.numbers[0] == number)
        dump_add(out, is_person ? person_line(out, &all) : company_line(out, &all, source, &code),
                 source);
    free_joined(&all);
    return code;
}

/* The sources that state a number. Yours. */
static int list_sources(dump *out, next_fn *next, wp_number number, uint32_t **items, size_t *count)
{
    app *self = out->self;
    wp_statement at = {.number = number};
    wp_status status;

    *items = NULL;
    *count = 0;
    while ((status = next(self->txn, &at, &self->err)) == WP_OK) {
        *items = text_resize(*items, *count + 1, sizeof **items);
        (*items)[(*count)++] = at.source;
    }
    return status == WP_OK || status == WP_ENOTFOUND ? CODE_DONE
                                                     : app_fail_status(self, "statements");
}

static int dump_statements(dump *out, next_fn *next, const dump_index *index)
{
    int code = CODE_DONE;

    for (size_t i = 0; i < index->count && code == CODE_DONE; i++) {
        wp_number number = index->items[i].number;
        uint32_t *sources;
        size_t count;
        code = list_sources(out, next, number, &sources, &count);
        for (size_t j = 0; j < count && code == CODE_DONE; j++)
            code = add_line(out, next, number, sources[j]);
        free(sources);
        if (code == CODE_DONE)
            code = dump_write_group(out);
    }
    return code;
}

int dump_people(dump *out)
{
    return dump_statements(out, wp_person_statement_of, &out->people);
}

int dump_companies(dump *out)
{
    return dump_statements(out, wp_company_statement_of, &out->companies);
}
