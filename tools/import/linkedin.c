/*
 * The tables of a LinkedIn archive: their headers and columns.
 *
 * A header must have the labels that stand with its table; where others have such labels too, it
 * must have no more than those, blank columns apart, which spreadsheets add.
 */
#include "import/linkedin.h"

#include <string.h>
#include <strings.h>

#include "import/columns.h"

#define NEEDS 4

typedef struct shape {
    const char *name;
    const char *needs[NEEDS]; /* folded; the first is the first of the header */
    bool has_no_more;
    const char *fields[LINKEDIN_FIELDS];
} shape;

static const shape shapes[LINKEDIN_TABLE_COUNT] = {
    [LINKEDIN_CONNECTIONS] = {.name = "linkedin connections",
                              .needs = {"first name", "last name", "connected on"}},
    [LINKEDIN_MESSAGES] = {"linkedin messages",
                           {"conversation id", "from", "to", "date"},
                           false,
                           {"conversation id", "from", "sender profile url", "to",
                            "recipient profile urls", "date", "folder", "is message draft",
                            "is conversation draft"}},
    [LINKEDIN_INVITATIONS] = {"linkedin invitations",
                              {"from", "to", "sent at", "direction"},
                              false,
                              {"from", "to", "direction", "inviterprofileurl",
                               "inviteeprofileurl"}},
    [LINKEDIN_POSITIONS] = {"linkedin positions",
                            {"company name", "title", "started on", "finished on"},
                            false,
                            {"company name", "title", "started on", "finished on"}},
    [LINKEDIN_EMAILS] = {"linkedin email addresses",
                         {"email address", "confirmed", "primary"},
                         false,
                         {"email address", "confirmed", "primary"}},
    [LINKEDIN_PROFILE] = {"linkedin profile",
                          {"first name", "last name", "maiden name", "headline"},
                          false,
                          {"first name", "last name"}},
    [LINKEDIN_EDUCATION] = {.name = "linkedin education",
                            .needs = {"school name", "start date", "degree name"}},
    [LINKEDIN_REACTIONS] = {.name = "linkedin reactions",
                            .needs = {"date", "type", "link"},
                            .has_no_more = true},
    [LINKEDIN_COMMENTS] = {.name = "linkedin comments",
                           .needs = {"date", "link", "message"},
                           .has_no_more = true},
    [LINKEDIN_SHARES] = {.name = "linkedin shares",
                         .needs = {"date", "sharelink", "sharecommentary"}},
    [LINKEDIN_FOLLOWS] = {.name = "linkedin member follows",
                          .needs = {"date", "status", "fullname"},
                          .has_no_more = true},
    [LINKEDIN_COMPANIES] = {.name = "linkedin company follows",
                            .needs = {"organization", "followed on"},
                            .has_no_more = true},
    [LINKEDIN_NOTHING] = {.name = "linkedin messages",
                          .needs = {"no conversations found"},
                          .has_no_more = true},
};

const char *linkedin_table_name(linkedin_table which)
{
    return shapes[which].name;
}

static bool is_shape(const csv_row *header, const shape *wanted)
{
    size_t filled = 0, needs = 0;
    for (size_t i = 0; i < header->count; i++)
        filled += header->cells[i][0] != '\0' ? 1 : 0;
    for (; needs < NEEDS && wanted->needs[needs] != NULL; needs++) {
        size_t at = columns_find(header, wanted->needs[needs]);
        if (at == header->count || (needs == 0 && at != 0))
            return false;
    }
    return !wanted->has_no_more || filled == needs;
}

linkedin_table linkedin_table_of(const csv_row *header)
{
    for (int i = LINKEDIN_CONNECTIONS; i < LINKEDIN_TABLE_COUNT && header->count > 0; i++)
        if (is_shape(header, &shapes[i]))
            return (linkedin_table)i;
    return LINKEDIN_NONE;
}

bool linkedin_columns_read(const csv_row *header, linkedin_columns *out)
{
    out->table = linkedin_table_of(header);
    for (size_t i = 0; i < LINKEDIN_FIELDS; i++) {
        const char *label = shapes[out->table].fields[i];
        out->at[i] = label == NULL ? SIZE_MAX : columns_find(header, label);
        if (out->at[i] == header->count)
            out->at[i] = SIZE_MAX;
    }
    return out->table != LINKEDIN_NONE;
}

const char *linkedin_cell(const linkedin_columns *self, const csv_row *row, linkedin_field field)
{
    size_t at = self->at[field];
    return at < row->count ? row->cells[at] : "";
}

bool linkedin_says_yes(const char *cell)
{
    return strcasecmp(cell, "yes") == 0 || strcasecmp(cell, "true") == 0 || strcmp(cell, "1") == 0;
}
