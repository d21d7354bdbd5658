/*
 * The formats that can be read: a list of names, and beside it their readers.
 */
#include "import/formats.h"

#include <stdio.h>
#include <string.h>

const char *const import_formats[] = {"jsonl",   "edges",    "mbox",       "eml", "vcard",
                                      "ical",    "hubspot",  "salesforce", "csv", "google",
                                      "outlook", "linkedin", NULL};
static reader_fn *const readers[] = {jsonl_read,   edges_read,   mbox_read,    eml_read,
                                     vcard_read,   ical_read,    crm_read,     crm_read,
                                     contact_read, contact_read, contact_read, linkedin_read};

const char *formats_list(char out[FORMATS_TEXT_BYTES])
{
    size_t used = 0;
    for (size_t i = 0; import_formats[i] != NULL && used < FORMATS_TEXT_BYTES; i++) {
        bool is_last = import_formats[i + 1] == NULL;
        used += (size_t)snprintf(out + used, FORMATS_TEXT_BYTES - used, "%s%s",
                                 i == 0    ? ""
                                 : is_last ? " or "
                                           : ", ",
                                 import_formats[i]);
    }
    return out;
}

const char *formats_find(const char *name, reader_fn **reader)
{
    for (size_t i = 0; import_formats[i] != NULL; i++) {
        if (strcmp(import_formats[i], name) != 0)
            continue;
        *reader = readers[i];
        return import_formats[i];
    }
    return NULL;
}

bool formats_is_table(const char *name)
{
    reader_fn *reader = NULL;
    (void)formats_find(name, &reader);
    return reader == crm_read || reader == contact_read || reader == linkedin_read;
}

bool formats_is_mail(const char *name)
{
    reader_fn *reader = NULL;
    (void)formats_find(name, &reader);
    return reader == mbox_read || reader == eml_read;
}
