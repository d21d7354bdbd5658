/*
 * The archive that LinkedIn gives to its members: a dozen tables, in a ZIP file or a folder.
 *
 * A table is known by its header, since its name may carry a number or be lost. What it says about
 * the owner of the archive is learnt first (linkedin_learn), because the tables that need it do not
 * name them: connections are those of nobody in particular.
 */
#ifndef WARMPATH_IMPORT_LINKEDIN_H
#define WARMPATH_IMPORT_LINKEDIN_H

#include "import/owner.h"
#include "import/table.h"

typedef enum linkedin_table {
    LINKEDIN_NONE = 0,
    LINKEDIN_CONNECTIONS,
    LINKEDIN_MESSAGES,
    LINKEDIN_INVITATIONS,
    LINKEDIN_POSITIONS,
    LINKEDIN_EMAILS,
    LINKEDIN_PROFILE,
    LINKEDIN_EDUCATION,
    LINKEDIN_REACTIONS,
    LINKEDIN_COMMENTS,
    LINKEDIN_SHARES,
    LINKEDIN_FOLLOWS,
    LINKEDIN_COMPANIES,
    LINKEDIN_NOTHING, /* "No conversations found" */
    LINKEDIN_TABLE_COUNT
} linkedin_table;

/* "linkedin messages" */
const char *linkedin_table_name(linkedin_table which);

/* The table whose header a record is. */
linkedin_table linkedin_table_of(const csv_row *header);

/* The columns of a table that are read, by their places; the header's count: it is not there. */
#define LINKEDIN_FIELDS 9
typedef enum linkedin_field {
    MESSAGE_CONVERSATION = 0,
    MESSAGE_FROM,
    MESSAGE_FROM_URL,
    MESSAGE_TO,
    MESSAGE_TO_URLS,
    MESSAGE_DATE,
    MESSAGE_FOLDER,
    MESSAGE_IS_DRAFT,
    MESSAGE_IN_DRAFT,
    INVITATION_FROM = 0,
    INVITATION_TO,
    INVITATION_DIRECTION,
    INVITATION_FROM_URL,
    INVITATION_TO_URL,
    POSITION_COMPANY = 0,
    POSITION_TITLE,
    POSITION_FROM,
    POSITION_TO,
    EMAIL_ADDRESS = 0,
    EMAIL_CONFIRMED,
    EMAIL_PRIMARY,
    PROFILE_FIRST = 0,
    PROFILE_LAST
} linkedin_field;

typedef struct linkedin_columns {
    linkedin_table table;
    size_t at[LINKEDIN_FIELDS];
} linkedin_columns;

/* Understand a header. False: it is none. */
bool linkedin_columns_read(const csv_row *header, linkedin_columns *out);

/* The text of a field; empty when the row or the table lacks it. */
const char *linkedin_cell(const linkedin_columns *self, const csv_row *row, linkedin_field field);

/* Whether a cell of "yes or no" says yes. */
bool linkedin_says_yes(const char *cell);

/*
 * Learn about the owner from a table. What the messages say takes reading all of them and is asked
 * for only when the other tables of the archive do not name the owner's profile.
 */
void linkedin_learn(int fd, owner *self);
void linkedin_learn_from_messages(int fd, owner *self);

/* The same from all files of a list that lie in the folder of one of them, whose path is kept. */
struct walk;
void linkedin_learn_folder(const struct walk *found, const char *path, owner *self);

/* Whether it was learnt already from the folder in which a file lies. */
bool linkedin_is_learnt(const owner *self, const char *path);

#endif
