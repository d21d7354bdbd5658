/*
 * A message stored: its people with the spellings of their names, then the interaction.
 */
#ifndef WARMPATH_IMPORT_MAIL_STORE_H
#define WARMPATH_IMPORT_MAIL_STORE_H

#include "import/mail.h"

/* Names count once a message, so a message that is known adds none. */
import_code mail_store(run *self, const mail *from, verdict *what);

#endif
