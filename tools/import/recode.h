/*
 * A source in another encoding than UTF-8, brought to UTF-8 before anybody looks at it.
 *
 * The text is written to a temporary file, which takes the place of the source: readers, which cut
 * UTF-8 in place, need not know of other encodings, and can go on in the middle of it. Lines keep
 * their numbers; bytes are counted in the text as UTF-8.
 */
#ifndef WARMPATH_IMPORT_RECODE_H
#define WARMPATH_IMPORT_RECODE_H

#include "import/run.h"

#define RECODE_PROBLEM_BYTES 160

/* Whether text in an encoding of this name can be read: "windows-1250". */
bool recode_knows(const char *encoding);

/*
 * The file's encoding becomes this one in the result. is_guessed: what is no text in it becomes
 * U+FFFD; else that is IMPORT_BAD_INPUT, as is a file that cannot be read or written, and `problem`
 * says why.
 */
import_code recode_source(run *self, const char *encoding, bool is_guessed,
                          char problem[RECODE_PROBLEM_BYTES]);

#endif
