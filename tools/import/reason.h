/*
 * Why rows are skipped, and what parts of kept rows are left out: one list for all formats, so that
 * counts of many files add up and scripts can rely on the words.
 *
 * A row is either left out on purpose (spam, a post on a list) or malformed; only the latter stops
 * a strict import. A note is a part of a row that was kept without it.
 */
#ifndef WARMPATH_IMPORT_REASON_H
#define WARMPATH_IMPORT_REASON_H

#include <stdbool.h>

typedef enum reason_id {
    REASON_NONE = 0,
    /* left out on purpose */
    REASON_NO_RECIPIENTS,
    REASON_LIST_POST,
    REASON_LIST_SENDER,
    REASON_SPAM,
    REASON_TRASH,
    REASON_DRAFT,
    REASON_CHAT,
    REASON_SELF_LOOP,
    REASON_BEFORE_RESUME,
    REASON_NO_IDENTITY,
    REASON_PRIVATE,
    REASON_FUTURE,
    REASON_DELETED,
    REASON_NOT_DONE,
    REASON_NO_CONTACT,
    REASON_NOT_ANSWERED,
    REASON_RELATION,
    REASON_FOOTER,
    REASON_NO_PERSON,
    REASON_NO_EVENT,
    REASON_PROPOSAL,
    REASON_NO_ORGANIZER,
    REASON_NO_ATTENDEES,
    REASON_NO_OCCURRENCE,
    REASON_BLANK,
    REASON_UNSENT,
    REASON_NOBODY,
    REASON_NO_OWNER,
    REASON_UNCONFIRMED,
    REASON_ERASED,
    REASON_BY_HAND,
    REASON_OPTOUT,
    /* malformed */
    REASON_NO_SENDER,
    REASON_NO_DATE,
    REASON_NO_HEADER,
    REASON_UNREADABLE,
    REASON_LONG_HEADER,
    REASON_MANY_RECIPIENTS,
    REASON_LONG_LINE,
    REASON_LONG_RECORD,
    REASON_LONG_FIELD,
    REASON_MANY_COLUMNS,
    REASON_BAD_QUOTE,
    REASON_BAD_BYTES,
    REASON_DEEP,
    REASON_NO_END,
    REASON_BAD_RECURRENCE,
    REASON_NOT_JSON,
    REASON_DEEP_JSON,
    REASON_UNKNOWN_TYPE,
    REASON_BAD_VALUE,
    REASON_FEW_COLUMNS,
    REASON_BAD_ID,
    REASON_BAD_WEIGHT,
    REASON_CONFLICT,
    REASON_REFUSED,
    REASON_COUNT
} reason_id;

typedef enum note_id {
    NOTE_NO_AT = 0,
    NOTE_BAD_ADDRESS,
    NOTE_BAD_DATE,
    NOTE_NO_CLOCK,
    NOTE_NO_LISTS,
    NOTE_BAD_ID,
    NOTE_BAD_AMOUNT,
    NOTE_BAD_DAY,
    NOTE_DAY_GUESSED,
    NOTE_BAD_DOMAIN,
    NOTE_LONG_TEXT,
    NOTE_NO_OWNER,
    NOTE_NO_CONTACT,
    NOTE_COMPANIES,
    NOTE_BAD_LINE,
    NOTE_LONG_FIELD,
    NOTE_MANY_IDENTITIES,
    NOTE_GROUP,
    NOTE_GUESTS,
    NOTE_BAD_ZONE,
    NOTE_RANGE,
    NOTE_CUT_SERIES,
    NOTE_EXCHANGE,
    NOTE_BAD_PROFILE,
    NOTE_CONNECTION,
    NOTE_OWNER,
    NOTE_FURTHER_COLUMN,
    NOTE_FROM_LINE,
    NOTE_FUTURE,
    NOTE_WINDOWS,
    NOTE_COUNT
} note_id;

/* "no recipients" */
const char *reason_text(reason_id reason);
/* Whether such a row stops a strict import. */
bool reason_is_bad(reason_id reason);

/* "address without @" */
const char *note_text(note_id note);

#endif
