/*
 * Where an interrupted import goes on.
 *
 * The hash is only an index of work in progress: if two files had the same, the second would be
 * taken for read up to the mark of the first. 128 bits and the content make that a matter of
 * deliberate construction by somebody who can write both files anyway.
 */
#include "import/mark.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

#include "import/columns.h"

enum { MARK_AT = 0, MARK_LINE, MARK_ROWS, MARK_SKIPPED, MARK_COUNT };

#define MARK_NAME_BYTES 96

static void name_of(const run *self, int part, char name[MARK_NAME_BYTES])
{
    static const char *const parts[MARK_COUNT] = {"at", "line", "rows", "skipped"};
    snprintf(name, MARK_NAME_BYTES, "%s:%s", self->source.mark, parts[part]);
}

void mark_name(run *self, const char *format, int64_t changed_ns)
{
    const import_options *options = self->options;
    char facts[1700];
    int length = snprintf(facts, sizeof facts, "%s|%s|%s|%d|%d|%d|%" PRIu64 "|%" PRId64 "|%s",
                          format, options->encoding == NULL ? "" : options->encoding,
                          options->owner == NULL ? "" : options->owner, options->has_lists,
                          (int)options->weight, options->is_both, self->source.bytes, changed_ns,
                          self->stated_by == NULL ? "" : self->stated_by);
    size_t used = length < (int)sizeof facts ? (size_t)length : sizeof facts - 1;
    XXH64_hash_t facts_hash = XXH3_64bits(facts, used);
    const column_map *map = options->map;
    for (size_t i = 0; map != NULL && i < map->count; i++)
        facts_hash = XXH3_64bits_withSeed(map->items[i].label, strlen(map->items[i].label),
                                          facts_hash + (uint64_t)map->items[i].id);
    XXH128_hash_t hash =
        XXH3_128bits_withSeed(self->source.head, self->source.head_bytes, facts_hash);
    snprintf(self->source.mark, sizeof self->source.mark, "import:%016" PRIx64 "%016" PRIx64,
             (uint64_t)hash.high64, (uint64_t)hash.low64);
}

wp_status mark_put(run *self, wp_error *err)
{
    const tally *rows = &self->tally;
    uint64_t values[MARK_COUNT] = {
        [MARK_AT] = self->last.next,
        [MARK_LINE] = self->last.next_line,
        [MARK_ROWS] = rows->read,
        [MARK_SKIPPED] = rows->read - rows->added - rows->known,
    };
    wp_status status = WP_OK;
    if (self->source.mark[0] == '\0')
        return WP_OK;
    for (int part = 0; part < MARK_COUNT && status == WP_OK; part++) {
        char name[MARK_NAME_BYTES];
        name_of(self, part, name);
        status = wp_mark_put(self->txn, name, values[part], err);
    }
    return status;
}

wp_status mark_get(run *self, place *from, wp_error *err)
{
    wp_txn *own = NULL, *txn = self->txn;
    uint64_t values[MARK_COUNT] = {0};
    *from = (place){0};
    if (self->source.mark[0] == '\0')
        return WP_OK;
    /* The file before may have been finished in the transaction at hand, and be the same. */
    wp_status status = txn == NULL ? wp_begin_read(self->db, &own, err) : WP_OK;
    txn = txn == NULL ? own : txn;
    for (int part = 0; part < MARK_COUNT && status == WP_OK; part++) {
        char name[MARK_NAME_BYTES];
        name_of(self, part, name);
        status = wp_mark_get(txn, name, &values[part], err);
    }
    wp_abort(own);
    if (status != WP_OK || values[MARK_AT] == 0)
        return status;
    from->next = values[MARK_AT];
    from->next_line = values[MARK_LINE];
    self->tally.read = values[MARK_ROWS];
    self->tally.known = values[MARK_ROWS] - values[MARK_SKIPPED];
    self->tally.reasons[REASON_BEFORE_RESUME] = values[MARK_SKIPPED];
    return WP_OK;
}

wp_status mark_forget(run *self, wp_error *err)
{
    wp_status status = WP_OK;
    if (self->source.mark[0] == '\0')
        return WP_OK;
    for (int part = 0; part < MARK_COUNT && status == WP_OK; part++) {
        char name[MARK_NAME_BYTES];
        name_of(self, part, name);
        status = wp_mark_put(self->txn, name, 0, err);
    }
    return status;
}
