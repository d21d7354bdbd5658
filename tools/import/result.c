/*
 * Results of an import: their sum, and their end.
 *
 * Apart from the import itself, so that a program that only prints results needs no reader. Texts
 * of reasons are constants of reason.c, hence equal when their pointers are.
 */
#include <stdlib.h>

#include "import/import.h"

/* Add counts by reason. */
static bool merge(import_reason **items, size_t *count, const import_reason *from,
                  size_t from_count)
{
    for (size_t i = 0; i < from_count; i++) {
        size_t at = 0;
        while (at < *count && (*items)[at].text != from[i].text)
            at++;
        if (at == *count) {
            import_reason *wider = realloc(*items, (*count + 1) * sizeof *wider);
            if (wider == NULL)
                return false;
            *items = wider;
            (*items)[(*count)++] = (import_reason){from[i].text, 0, from[i].is_bad};
        }
        (*items)[at].count += from[i].count;
    }
    return true;
}

bool import_result_total(const import_result *result, import_file *total)
{
    *total = (import_file){0};
    for (size_t i = 0; i < result->file_count; i++) {
        const import_file *file = &result->files[i];
        total->read += file->read;
        total->added += file->added;
        total->known += file->known;
        total->skipped += file->skipped;
        if (!merge(&total->reasons, &total->reason_count, file->reasons, file->reason_count) ||
            !merge(&total->notes, &total->note_count, file->notes, file->note_count)) {
            import_file_free(total);
            return false;
        }
    }
    return true;
}

void import_file_free_columns(import_file *file)
{
    for (size_t i = 0; i < file->column_count; i++)
        free(file->columns[i].name);
    free(file->columns);
    file->columns = NULL;
    file->column_count = 0;
}

void import_file_free(import_file *file)
{
    if (file == NULL)
        return;
    import_file_free_columns(file);
    free(file->path);
    free(file->unkept);
    free(file->reasons);
    free(file->notes);
    *file = (import_file){0};
}

void import_result_free(import_result *result)
{
    if (result == NULL)
        return;
    for (size_t i = 0; i < result->file_count; i++)
        import_file_free(&result->files[i]);
    free(result->files);
    *result = (import_result){0};
}
