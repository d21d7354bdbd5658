/*
 * warmpath person-export: everything held about a person, for that person.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "export.h"
#include "output.h"
#include "text.h"
#include "who.h"

static const char notice[] =
    "Strengths are computed from when and how often people were in touch; they are estimates for "
    "finding introductions and not for decisions about employment.";

static json_t *list_identities(exporting *self)
{
    json_t *list = doc_array();

    for (size_t i = 0; i < self->numbers.count; i++)
        doc_add(list, export_person_text(self, self->numbers.items[i]));
    return list;
}

/* Read the document; a read transaction is open. NULL with *code set when it fails. */
static json_t *read_document(exporting *self, int *code)
{
    json_t *document = doc_object();

    doc_put(document, "day", doc_day(self->self->day));
    doc_put(document, "number", json_integer((json_int_t)self->person));
    doc_put(document, "known_as", list_identities(self));
    doc_put(document, "notice", doc_text(notice));
    *code = export_facts(self, document);
    if (*code == CODE_DONE)
        *code = export_interactions(self, document);
    if (*code == CODE_DONE)
        return document;
    json_decref(document);
    return NULL;
}

static int find(app *self, exporting *out)
{
    int code = who_find_person(self, "WHO", self->given.words[0], CODE_NOTHING, &out->person);

    if (code == CODE_DONE &&
        wp_person_numbers(self->txn, out->person, &out->numbers, &self->err) != WP_OK)
        code = app_fail_status(self, "WHO");
    if (code == CODE_DONE)
        code = dump_index_sources(self, &out->index.sources);
    if (code == CODE_DONE)
        code = dump_index_companies(self, &out->index.companies);
    if (code == CODE_DONE)
        code = dump_index_people(self, &out->index.people);
    return code;
}

static int write_document(app *self, const json_t *document)
{
    const char *path = args_get(&self->given, "output");
    output_file file;
    int code = output_file_open(self, path == NULL ? "-" : path, &file);

    if (code != CODE_DONE)
        return code;
    if (self->is_json) {
        doc_write(file.stream, document);
        (void)fputc('\n', file.stream);
    } else {
        export_write_page(file.stream, document);
    }
    return output_file_close(self, &file, code);
}

int cmd_person_export(app *self)
{
    exporting out = {.self = self, .index = {.self = self}};
    json_t *document = NULL;
    int code = app_begin_read(self);

    /* Whose data it is has a right to all of it, whatever others keep private. */
    if (code == CODE_DONE && wp_txn_use_viewer(self->txn, WP_VIEW_ALL, &self->err) != WP_OK)
        code = app_fail_status(self, "viewer");
    out.are_others_hidden = args_has(&self->given, "hide-others");
    if (code == CODE_DONE)
        code = find(self, &out);
    if (code == CODE_DONE)
        document = read_document(&out, &code);
    app_end(self);
    if (code == CODE_DONE)
        code = write_document(self, document);
    if (code == CODE_DONE)
        app_asked(self, WP_AUDIT_EXPORT, out.person);
    json_decref(document);
    wp_numbers_free(&out.numbers);
    dump_free(&out.index);
    return code;
}
