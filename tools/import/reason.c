/*
 * Why rows are skipped: the words. They are part of the tool's output that scripts read, so they
 * change only with a note in the change log. Whether a reason is bad follows from its place in the
 * list: those left out on purpose come first.
 */
#include "import/reason.h"

#include <stddef.h>

const char *reason_text(reason_id reason)
{
    static const char *const texts[REASON_COUNT] = {
        [REASON_NONE] = "",
        [REASON_NO_RECIPIENTS] = "no recipients",
        [REASON_LIST_POST] = "list post, use --lists",
        [REASON_LIST_SENDER] = "sender is the list",
        [REASON_SPAM] = "label Spam",
        [REASON_TRASH] = "label Trash",
        [REASON_DRAFT] = "label Drafts",
        [REASON_CHAT] = "label Chat",
        [REASON_SELF_LOOP] = "tie of a person to itself",
        [REASON_BEFORE_RESUME] = "skipped before the interruption",
        [REASON_NO_IDENTITY] = "no address, profile or id",
        [REASON_PRIVATE] = "private, use --owner",
        [REASON_FUTURE] = "has not taken place yet",
        [REASON_DELETED] = "deleted where it comes from",
        [REASON_NOT_DONE] = "not completed",
        [REASON_NO_CONTACT] = "no call, mail or meeting",
        [REASON_NOT_ANSWERED] = "call not answered",
        [REASON_RELATION] = "not a person",
        [REASON_FOOTER] = "footer of a report",
        [REASON_NO_PERSON] = "card of a group or company",
        [REASON_NO_EVENT] = "no event",
        [REASON_PROPOSAL] = "nothing agreed on",
        [REASON_NO_ORGANIZER] = "no organizer, use --owner",
        [REASON_NO_ATTENDEES] = "no attendees",
        [REASON_NO_OCCURRENCE] = "no occurrence is left",
        [REASON_BLANK] = "blank row",
        [REASON_UNSENT] = "draft of a message",
        [REASON_NOBODY] = "names nobody",
        [REASON_NO_OWNER] = "owner unknown, use --owner",
        [REASON_UNCONFIRMED] = "address not confirmed",
        [REASON_ERASED] = "erased",
        [REASON_BY_HAND] = "said by hand, use load",
        [REASON_OPTOUT] = "opt-out that names nobody",
        [REASON_NO_SENDER] = "no sender",
        [REASON_NO_DATE] = "no date",
        [REASON_NO_HEADER] = "no header",
        [REASON_UNREADABLE] = "file cannot be read",
        [REASON_LONG_HEADER] = "header too long",
        [REASON_MANY_RECIPIENTS] = "too many recipients",
        [REASON_LONG_LINE] = "line too long",
        [REASON_LONG_RECORD] = "record too long",
        [REASON_LONG_FIELD] = "field too long",
        [REASON_MANY_COLUMNS] = "too many columns",
        [REASON_BAD_QUOTE] = "quotes do not match",
        [REASON_BAD_BYTES] = "bytes are no text",
        [REASON_DEEP] = "nested too deep",
        [REASON_NO_END] = "record without end",
        [REASON_BAD_RECURRENCE] = "recurrence too costly",
        [REASON_NOT_JSON] = "line is not JSON",
        [REASON_DEEP_JSON] = "JSON nested too deep",
        [REASON_UNKNOWN_TYPE] = "unknown type",
        [REASON_BAD_VALUE] = "bad value",
        [REASON_FEW_COLUMNS] = "too few columns",
        [REASON_BAD_ID] = "bad id",
        [REASON_BAD_WEIGHT] = "bad weight",
        [REASON_CONFLICT] = "contradicts what is stored",
        [REASON_REFUSED] = "refused by the database",
    };
    return texts[reason];
}

bool reason_is_bad(reason_id reason)
{
    return reason >= REASON_NO_SENDER;
}

const char *note_text(note_id note)
{
    static const char *const texts[NOTE_COUNT] = {
        [NOTE_NO_AT] = "address without @",
        [NOTE_BAD_ADDRESS] = "address not usable",
        [NOTE_NO_LISTS] = "list evidence, stored before without --lists",
        [NOTE_BAD_ID] = "id not usable",
        [NOTE_BAD_AMOUNT] = "amount not clear",
        [NOTE_BAD_DAY] = "date not usable",
        [NOTE_DAY_GUESSED] = "date of two readings, month taken first",
        [NOTE_BAD_DOMAIN] = "domain that is no company's own",
        [NOTE_LONG_TEXT] = "text too long",
        [NOTE_NO_OWNER] = "owner without address or id",
        [NOTE_NO_CONTACT] = "contact without address or id",
        [NOTE_COMPANIES] = "further company of a deal",
        [NOTE_BAD_LINE] = "line without a colon",
        [NOTE_LONG_FIELD] = "field too long",
        [NOTE_MANY_IDENTITIES] = "more than 60 identities of a person",
        [NOTE_GROUP] = "group invited, its members unknown",
        [NOTE_GUESTS] = "guests without a name",
        [NOTE_BAD_ZONE] = "time zone unknown, read as UTC",
        [NOTE_RANGE] = "change of all later occurrences, taken for one",
        [NOTE_CUT_SERIES] = "early occurrences of a long series",
        [NOTE_EXCHANGE] = "Exchange address, no e-mail",
        [NOTE_BAD_PROFILE] = "profile not usable",
        [NOTE_CONNECTION] = "connection, use --owner",
        [NOTE_OWNER] = "owner's identities, which are of several people",
        [NOTE_FURTHER_COLUMN] = "value of a column without label or of a further one of its kind",
        [NOTE_FROM_LINE] = "line like the beginning of a message, taken as text",
        [NOTE_FUTURE] = "decision of a day that has not come, other than an opt-out",
        [NOTE_WINDOWS] = "text that is no UTF-8, read as Windows-1252",
        [NOTE_NO_CLOCK] = "date without a time that can be read, midnight taken",
        [NOTE_BAD_DATE] = "date not usable, that of the envelope taken",
    };
    return texts[note];
}
