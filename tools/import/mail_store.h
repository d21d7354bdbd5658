/*
 * A message stored: its people with the spellings of their names, then the interaction.
 *
 * Parsing is done when this is called; nothing here looks at a header. A message that is stored
 * already creates nobody and counts no spelling again.
 */
#ifndef WARMPATH_IMPORT_MAIL_STORE_H
#define WARMPATH_IMPORT_MAIL_STORE_H

#include "import/mail.h"

/* Names count once a message, so a message that is known adds none. */
import_code mail_store(run *self, const mail *from, verdict *what);

#endif
