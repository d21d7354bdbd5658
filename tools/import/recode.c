/*
 * A source in another encoding, brought to UTF-8: chunk by chunk through iconv().
 */
#include "import/recode.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import/source.h"

#define CHUNK_BYTES ((size_t)64 * 1024)

static const char unreadable[] = "\xef\xbf\xbd"; /* U+FFFD */

typedef struct recoding {
    iconv_t converter;
    const char *encoding;
    bool is_guessed;
    int from;
    int to;
    uint64_t taken; /* bytes of the source before those in `raw` */
    size_t left;    /* bytes in `raw` */
    char *problem;
    char raw[CHUNK_BYTES];
    char text[CHUNK_BYTES];
} recoding;

/* What follows a slash would say how to convert, and is no name. */
static iconv_t open_converter(const char *encoding)
{
    bool is_name = *encoding != '\0' && strchr(encoding, '/') == NULL;
    return is_name ? iconv_open("UTF-8", encoding) : (iconv_t)-1;
}

bool recode_knows(const char *encoding)
{
    iconv_t converter = open_converter(encoding);
    if (converter != (iconv_t)-1)
        iconv_close(converter);
    return converter != (iconv_t)-1;
}

static bool fail(recoding *self, const char *why)
{
    snprintf(self->problem, RECODE_PROBLEM_BYTES, "%s", why);
    return false;
}

/* The same of the file that is written. */
static bool fail_temporary(recoding *self, int failure)
{
    snprintf(self->problem, RECODE_PROBLEM_BYTES,
             "temporary file: %s, expected a place for it in $TMPDIR or /tmp", strerror(failure));
    return false;
}

static bool put(recoding *self, const char *text, size_t bytes)
{
    return source_write(self->to, text, bytes) || fail_temporary(self, errno);
}

/* A byte, or a unit of UTF-16, is no text at the beginning of `at`. */
static bool take_bad(recoding *self, char **at)
{
    size_t bytes = strncmp(self->encoding, "UTF-16", 6) == 0 && self->left >= 2 ? 2 : 1;
    if (!self->is_guessed) {
        snprintf(self->problem, RECODE_PROBLEM_BYTES, "byte %llu is no %.40s, expected text in it",
                 (unsigned long long)(self->taken + (uint64_t)(*at - self->raw)), self->encoding);
        return false;
    }
    *at += bytes;
    self->left -= bytes;
    return put(self, unreadable, sizeof unreadable - 1);
}

/* Convert what is in `raw` but the beginning of a character, which waits for its rest. */
static bool convert(recoding *self, bool is_last)
{
    char *at = self->raw;
    while (self->left > 0) {
        char *out = self->text;
        size_t room = CHUNK_BYTES;
        size_t done = iconv(self->converter, &at, &self->left, &out, &room);
        int failure = done == (size_t)-1 ? errno : 0;
        if (!put(self, self->text, CHUNK_BYTES - room))
            return false;
        if (failure == EINVAL && !is_last)
            break;
        if ((failure == EILSEQ || failure == EINVAL) && !take_bad(self, &at))
            return false;
    }
    memmove(self->raw, at, self->left);
    self->taken += (uint64_t)(at - self->raw);
    return true;
}

/* A letter may have waited for an accent behind it. */
static bool finish(recoding *self)
{
    char *out = self->text;
    size_t room = CHUNK_BYTES;
    (void)iconv(self->converter, NULL, NULL, &out, &room);
    return put(self, self->text, CHUNK_BYTES - room);
}

/* False: with the problem, which stays empty when it was cancelled. */
static bool convert_all(recoding *self, const volatile int *cancel)
{
    for (;;) {
        ssize_t got = pread(self->from, self->raw + self->left, CHUNK_BYTES - self->left,
                            (off_t)(self->taken + self->left));
        if (cancel != NULL && *cancel != 0)
            return false;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(self, strerror(errno));
        self->left += (size_t)got;
        if (!convert(self, got == 0))
            return false;
        if (got == 0)
            return finish(self);
    }
}

/* Convert the source into the file `to`. */
static bool convert_source(run *self, recoding *work, int to)
{
    work->from = self->source.fd;
    work->to = to;
    if (to < 0)
        return fail_temporary(work, errno);
    work->converter = open_converter(work->encoding);
    if (work->converter == (iconv_t)-1)
        return fail(work, strerror(errno));
    bool is_done = convert_all(work, self->options->cancel);
    iconv_close(work->converter);
    return is_done;
}

import_code recode_source(run *self, const char *encoding, bool is_guessed,
                          char problem[RECODE_PROBLEM_BYTES])
{
    const char *path = self->source.path, *why = NULL;
    recoding *work = calloc(1, sizeof *work);
    if (work == NULL)
        return run_fail_input(self, 0, 0, "memory is exhausted");
    problem[0] = '\0';
    work->encoding = encoding;
    work->is_guessed = is_guessed;
    work->problem = problem;
    int to = source_open_temporary();
    bool is_done = convert_source(self, work, to);
    free(work);
    if (!is_done) {
        if (to >= 0)
            close(to);
        return problem[0] == '\0' ? run_fail_lines(self, LINES_CANCELLED) : IMPORT_BAD_INPUT;
    }
    source_close(self);
    if (!source_adopt(self, path, to, &why)) {
        snprintf(problem, RECODE_PROBLEM_BYTES, "%s", why);
        return IMPORT_BAD_INPUT;
    }
    self->source.is_recoded = true;
    self->result->files[self->file].encoding = encoding;
    return IMPORT_DONE;
}
