/*
 * The lines of interactions, by time and then source id.
 *
 * There may be more than fit into memory, so they are written in batches: each pass over all of
 * them keeps the first that are not written yet. Most dumps need one pass.
 */
#include <stdlib.h>
#include <string.h>

#include "dump_lines.h"
#include "text.h"

/* A batch; twice as many are held while the first are looked for. */
#define BATCH ((size_t)2 << 20)

typedef struct place {
    int64_t time_s;
    uint64_t prefix; /* of the source id, as it sorts */
    uint64_t number;
} place;

static uint64_t prefix_of(const char *source)
{
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; i++) {
        prefix = prefix << 8 | (unsigned char)*source;
        source += *source != '\0' ? 1 : 0;
    }
    return prefix;
}

static int compare_key(const place *x, const place *y)
{
    if (x->time_s != y->time_s)
        return x->time_s < y->time_s ? -1 : 1;
    return x->prefix < y->prefix ? -1 : x->prefix > y->prefix;
}

static int compare_place(const void *a, const void *b)
{
    const place *x = a, *y = b;
    int order = compare_key(x, y);
    return order != 0 ? order : x->number < y->number ? -1 : x->number > y->number;
}

/* Those behind `*after` (number 0: all), the first of them, sorted. Groups of equal keys are not
 * torn apart. */
typedef struct batch {
    place *items;
    size_t count;
    size_t capacity;
    bool is_last; /* there are no others */
} batch;

/* Sort, and drop what does not belong to the first ones. */
static void shrink(batch *all)
{
    if (all->count > 1)
        qsort(all->items, all->count, sizeof *all->items, compare_place);
    if (all->count <= BATCH)
        return;
    size_t kept = BATCH;
    while (kept < all->count && compare_key(&all->items[kept - 1], &all->items[kept]) == 0)
        kept++;
    all->is_last = all->is_last && kept == all->count;
    all->count = kept;
}

static void add(batch *all, const place *at)
{
    if (all->count == all->capacity) {
        size_t before = all->count;
        if (all->count >= 2 * BATCH)
            shrink(all);
        if (all->count == before) {
            all->capacity = all->capacity == 0 ? 4096 : 2 * all->capacity;
            all->items = text_resize(all->items, all->capacity, sizeof *all->items);
        }
    }
    all->items[all->count++] = *at;
}

static int fill(dump *out, const place *after, batch *all)
{
    app *self = out->self;
    uint64_t number = 0;
    wp_interaction interaction;
    wp_status status;

    all->count = 0;
    all->is_last = true;
    while ((status = wp_interaction_next(self->txn, &number, &self->err)) == WP_OK) {
        if (wp_interaction_get(self->txn, number, &interaction, &self->err) != WP_OK)
            return app_fail_status(self, "interactions");
        place at = {interaction.time_s, prefix_of(interaction.source), number};
        if (after->number == 0 || compare_key(&at, after) > 0)
            add(all, &at);
        if (app_is_cancelled(self))
            return app_fail(self, CODE_STOPPED, "interrupted: the dump is incomplete");
    }
    if (status != WP_ENOTFOUND)
        return app_fail_status(self, "interactions");
    shrink(all);
    return CODE_DONE;
}

static const struct {
    const char *key;
    wp_role role;
    bool is_always; /* written even when it is empty */
} roles[] = {{"to", WP_ROLE_TO, true},
             {"cc", WP_ROLE_CC, true},
             {"bcc", WP_ROLE_BCC, true},
             {"tentative", WP_ROLE_TENTATIVE, false},
             {"unanswered", WP_ROLE_UNANSWERED, false},
             {"declined", WP_ROLE_DECLINED, false}};

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void put_participants(const dump *out, json_t *line, const wp_interaction *of)
{
    const char **texts = text_new(of->to_count + 1, sizeof *texts);

    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        json_t *list = doc_array();
        size_t count = 0;
        for (size_t j = 0; j < of->to_count; j++)
            if (of->to[j].role == roles[i].role)
                texts[count++] = dump_index_text(&out->people, of->to[j].person);
        if (count > 1)
            qsort(texts, count, sizeof *texts, compare_text);
        for (size_t j = 0; j < count; j++)
            doc_add(list, doc_text(texts[j]));
        if (roles[i].is_always || count > 0)
            doc_put(line, roles[i].key, list);
        else
            json_decref(list);
    }
    free(texts);
}

static void put_flag(json_t *line, const char *key, uint32_t flags, uint32_t flag)
{
    if ((flags & flag) != 0)
        doc_put(line, key, json_true());
}

static void put_sums(json_t *line, const wp_sums *sums)
{
    static const char *const keys[2] = {"sums", "sums_back"};

    doc_put(line, "first", doc_time(sums->first_s));
    for (int i = 0; i < 2; i++) {
        const double values[] = {sums->fast[i], sums->slow[i], sums->positive[i], sums->negative[i],
                                 sums->count[i]};
        json_t *list = doc_array();
        for (size_t j = 0; j < sizeof values / sizeof *values; j++)
            doc_add(list, dump_number(values[j]));
        doc_put(line, keys[i], list);
    }
}

static void put_revisions(json_t *line, const wp_interaction *of)
{
    if (of->revision != 0)
        doc_put(line, "revision", json_integer((json_int_t)of->revision));
    if (of->series_revision != 0)
        doc_put(line, "series_revision", json_integer((json_int_t)of->series_revision));
}

/* A series is no event of its own: its line has what tells versions apart. */
static json_t *series_line(const dump *out, const wp_interaction *of)
{
    json_t *line = dump_new("series");

    doc_put(line, "id", doc_text(of->source));
    if (of->time_s != 0)
        doc_put(line, "time", doc_time(of->time_s));
    if (of->from != 0)
        dump_put_person(out, line, "from", of->from);
    put_flag(line, "private", of->flags, WP_INTERACTION_PRIVATE);
    put_flag(line, "cancelled", of->flags, WP_INTERACTION_CANCELLED);
    put_revisions(line, of);
    return line;
}

static json_t *line_of(const dump *out, const wp_interaction *of)
{
    json_t *line = dump_new("interaction");

    doc_put(line, "id", doc_text(of->source));
    doc_put(line, "kind", doc_text(wp_kind_name(of->kind)));
    doc_put(line, "time", doc_time(of->time_s));
    dump_put_person(out, line, "from", of->from);
    put_participants(out, line, of);
    doc_put(line, "valence", dump_number(of->valence));
    doc_put(line, "reply_to", doc_text(of->reply_to));
    put_flag(line, "automatic", of->flags, WP_INTERACTION_AUTOMATIC);
    put_flag(line, "list", of->flags, WP_INTERACTION_LIST);
    put_flag(line, "private", of->flags, WP_INTERACTION_PRIVATE);
    put_flag(line, "cancelled", of->flags, WP_INTERACTION_CANCELLED);
    put_flag(line, "attendee", of->flags, WP_INTERACTION_ATTENDEE);
    put_flag(line, "occurrence", of->flags, WP_INTERACTION_OCCURRENCE);
    if (of->kind == WP_KIND_SUMMARY)
        put_sums(line, of->sums);
    put_revisions(line, of);
    return line;
}

/* All versions of one interaction. */
static int write_one(dump *out, uint64_t number)
{
    app *self = out->self;
    wp_interaction version;
    uint64_t position = 0;
    uint32_t source;
    wp_status status;

    while ((status = wp_interaction_version_next(self->txn, number, &position, &source, &version,
                                                 &self->err)) == WP_OK)
        dump_add(out,
                 version.kind == WP_KIND_SERIES ? series_line(out, &version)
                                                : line_of(out, &version),
                 source);
    if (status != WP_ENOTFOUND)
        return app_fail_status(self, "interactions");
    return dump_write_group(out);
}

/* An interaction with its whole source id, for those that cannot be told apart otherwise. */
typedef struct named {
    char *source;
    uint64_t number;
} named;

static int compare_named(const void *a, const void *b)
{
    return strcmp(((const named *)a)->source, ((const named *)b)->source);
}

static int write_equal(dump *out, const place *items, size_t count)
{
    app *self = out->self;
    named *all = text_new(count, sizeof *all);
    int code = CODE_DONE;

    for (size_t i = 0; i < count && code == CODE_DONE; i++) {
        wp_interaction found;
        if (wp_interaction_get(self->txn, items[i].number, &found, &self->err) != WP_OK)
            code = app_fail_status(self, "interactions");
        else
            all[i] = (named){text_copy(found.source), items[i].number};
    }
    if (code == CODE_DONE)
        qsort(all, count, sizeof *all, compare_named);
    for (size_t i = 0; i < count && code == CODE_DONE; i++)
        code = write_one(out, all[i].number);
    for (size_t i = 0; i < count; i++)
        free(all[i].source);
    free(all);
    return code;
}

int dump_interactions(dump *out)
{
    batch all = {0};
    place after = {0};
    int code = CODE_DONE;

    do {
        code = fill(out, &after, &all);
        for (size_t from = 0, to; from < all.count && code == CODE_DONE; from = to) {
            for (to = from + 1;
                 to < all.count && compare_key(&all.items[from], &all.items[to]) == 0;)
                to++;
            code = to - from == 1 ? write_one(out, all.items[from].number)
                                  : write_equal(out, &all.items[from], to - from);
        }
        if (all.count > 0)
            after = all.items[all.count - 1];
    } while (code == CODE_DONE && !all.is_last);
    free(all.items);
    return code;
}
