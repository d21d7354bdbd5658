/*
 * The names of what is not kept: see unkept.h.
 */
#include "import/unkept.h"

#include <string.h>

#include "import/charset.h"

void unkept_add(unkept *self, const char *name)
{
    if (*name == '\0')
        name = "(no label)";
    size_t bytes = strlen(name) + 1;
    for (size_t at = 0; at < self->used; at += strlen(self->names + at) + 1)
        if (strcmp(self->names + at, name) == 0)
            return;
    if (bytes > sizeof self->names - self->used)
        return;
    memcpy(self->names + self->used, name, bytes);
    self->used += bytes;
}

char *unkept_text(const unkept *self)
{
    char joined[2 * UNKEPT_BYTES];
    size_t length = 0;
    for (size_t at = 0; at < self->used; at++) {
        char c = self->names[at];
        if (c == '\0')
            joined[length++] = ',';
        joined[length++] = c == '\0' ? ' ' : c;
    }
    return length == 0 ? NULL : charset_repair(joined, length - 2);
}
