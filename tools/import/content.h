/*
 * Content lines: the syntax that vCard (2.1, 3.0, 4.0) and iCalendar share.
 *
 *     group.NAME;PARAM=value,"quoted";WORD:value          (folded: the next line begins with a
 * blank)
 *
 * Lines are unfolded as bytes, so a fold inside a character is mended before anybody decodes it.
 * Soft breaks of quoted-printable are joined; base64 (photographs, keys) is passed over without
 * being kept. A line keeps its first CONTENT_BYTES_MAX bytes and says when there were more. What
 * the lines mean is not known here.
 */
#ifndef WARMPATH_IMPORT_CONTENT_H
#define WARMPATH_IMPORT_CONTENT_H

#include "import/lines.h"

#define CONTENT_BYTES_MAX ((size_t)64 * 1024)
#define CONTENT_PARAM_BYTES 1024 /* longer values of parameters are cut */
#define CONTENT_NESTING_MAX 16

/* One unfolded line, in place until the next call. */
typedef struct content_line {
    const char *name;   /* upper case, without its group; empty: the line has no colon */
    const char *params; /* as they stand; empty: none */
    const char *value;
    size_t value_bytes;
    uint64_t line; /* of its first line */
    uint64_t byte;
    uint64_t next;      /* offset behind its last line */
    uint64_t next_line; /* lines before that */
    bool is_cut;        /* longer than CONTENT_BYTES_MAX or LINES_LIMIT_MAX */
    bool is_utf8;       /* whatever charset it names, but for what is quoted-printable */
} content_line;

/* All-zero but for `lines`, which is borrowed and opened, and is_utf8. */
typedef struct content {
    lines *lines;
    bool is_utf8;    /* the file was brought to it */
    text_line ahead; /* read and not yet handed out */
    bool has_ahead;
    char *buffer;
    size_t bytes;
    size_t capacity;
} content;

/* The next line that is not empty. */
lines_code content_next(content *self, content_line *out);
void content_free(content *self);

bool content_is(const content_line *line, const char *name);
/* Whether the line is BEGIN or END (`name`) of a component. Case and blanks do not matter. */
bool content_bounds(const content_line *line, const char *name, const char *component);

/*
 * Parameters one by one: begin with *at = line->params. A list is handed out value by value under
 * the same name; a word alone, as in vCard 2.1, has the name TYPE, or ENCODING for encodings. The
 * name is in upper case; the value is unquoted and decoded (RFC 6868).
 */
typedef struct content_param {
    char name[32];
    char value[CONTENT_PARAM_BYTES];
} content_param;
bool content_param_next(const char **at, content_param *out);

/* The first value of a parameter; false: it has none. */
bool content_param_get(const content_line *line, const char *name, content_param *out);
/* Whether a parameter has a value, without regard to case. */
bool content_param_has(const content_line *line, const char *name, const char *value);

/*
 * The value as clean UTF-8: quoted-printable and the charset that the line names decoded, what is
 * no UTF-8 read as Windows-1252, which *is_guessed tells. Backslashes stay. Yours: free(). NULL
 * when memory is exhausted.
 */
char *content_decode(const content_line *line, bool *is_guessed);

/*
 * Component `index` of a decoded value that `separator` parts ("Lee;Ann"), backslashes resolved and
 * blanks trimmed, written to `out`, which has room for the value. False when there are fewer.
 * '\0' parts nothing: the whole value.
 */
bool content_component(const char *text, char separator, size_t index, char *out);

/* Make a mailto: URI the address in it: codes decoded, what follows a ? dropped; in place. */
void content_decode_mailto(char *text);

#endif
