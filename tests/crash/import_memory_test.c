/*
 * Every allocation of an import fails in turn, once and from there on for ever, with each reader.
 *
 * The linker leads calls of malloc and the like in our own code through crash_blocks.c; those of
 * the C library, GMime and libarchive, which end the process when memory is exhausted, are not
 * touched. An import whose Nth allocation fails either ends as if nothing had happened, with
 * everything stored, or says that memory is exhausted; then wp_check finds no fault, and
 * the same import done again ends as an undisturbed one. Leaks are found by the sanitizer's own
 * check at the end of the program.
 *
 * `--seed N` says at which of the later allocations the tries begin, since not all are tried.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_blocks.h"
#include "crash_process.h"
#include "crash_world.h"
#include "import/import.h"
#include "rows.h"
#include "scratch.h"

/* ---- allocations ----------------------------------------------------------------------------- */

static bool fails_for_ever;
static uint64_t seen_count, failing_number;

static int fails(void)
{
    seen_count++;
    return fails_for_ever ? seen_count >= failing_number : seen_count == failing_number;
}

/* ---- files ----------------------------------------------------------------------------------- */

#define CARD                                                                                       \
    "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Lee\nEMAIL:ann@acme.example\nORG:Acme\nTITLE:Head\n"         \
    "END:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Bob\nEMAIL:bob@beta.example\nEND:VCARD\n"
#define MAIL                                                                                       \
    "From: Ann Lee <ann@acme.example>\nTo: Bob <bob@us.example>, carol@beta.example\n"             \
    "Date: Mon, 1 Jan 2024 10:00:00 +0000\nMessage-ID: <1@acme.example>\nSubject: x\n\nText\n"
#define CSV                                                                                        \
    "Name,Email,Company,Title\nAnn Lee,ann@acme.example,Acme,Head\nBob,bob@beta.example,Beta,\n"
#define GOOGLE                                                                                     \
    "First Name,Last Name,Organization Name,Organization Title,E-mail 1 - Label,"                  \
    "E-mail 1 - Value\nAnn,Lee,Acme,Head,* Work,ann@acme.example\n"
#define OUTLOOK                                                                                    \
    "First Name,Middle Name,Last Name,Company,Job Title,E-mail Address\n"                          \
    "Ann,,Lee,Acme,Head,ann@acme.example\n"
#define LINKEDIN                                                                                   \
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"                       \
    "Ann,Lee,https://www.linkedin.com/in/ann-lee,ann@acme.example,Acme,Head,01 Jan 2024\n"
#define EVENT                                                                                      \
    "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:e1\nDTSTART:20240102T100000Z\n"               \
    "DTEND:20240102T110000Z\nRRULE:FREQ=WEEKLY;COUNT=3\nORGANIZER:mailto:ann@acme.example\n"       \
    "ATTENDEE;CN=Bob;PARTSTAT=ACCEPTED:mailto:bob@us.example\nEND:VEVENT\nEND:VCALENDAR\n"
#define ANSWER                                                                                     \
    "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:e1\nDTSTART:20240102T100000Z\n"              \
    "ATTENDEE;CN=Bob;PARTSTAT=ACCEPTED:mailto:bob@us.example\nEND:VEVENT\nEND:VCALENDAR\n"
#define ATTENDEES "EventId,RelationId,Status\n00U000000000001EAA,003000000000001AAA,Accepted\n"
#define ACCOUNTS "Id,Name,Website,Type\n001000000000001AAA,Acme,https://www.acme.example,Customer\n"
#define OPPORTUNITIES                                                                              \
    "Id,AccountId,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate\n"            \
    "006000000000001AAA,001000000000001AAA,Deal,Closed Won,1200.50,2024-06-01,true,true,"          \
    "005000000000001AAA,2024-03-12T09:14:00.000Z\n"
#define ROLES                                                                                      \
    "Id,OpportunityId,ContactId,Role,IsPrimary\n"                                                  \
    "00K000000000001EAA,006000000000001AAA,003000000000001AAA,Buyer,true\n"
#define EVENTS                                                                                     \
    "Id,WhoId,OwnerId,StartDateTime,IsPrivate\n"                                                   \
    "00U000000000001EAA,003000000000001AAA,005000000000001AAA,2024-03-12T09:14:00.000Z,false\n"
#define USERS                                                                                      \
    "Id,Username,Email,FirstName,LastName,Title\n"                                                 \
    "005000000000001AAA,bob@us.example,bob@us.example,Bob,Berg,Rep\n"
#define ACTIVITY_REPORT                                                                            \
    "Activity ID,Subject,Date,Assigned,Assigned Email,Status,Task,Contact ID,Email\n"              \
    "00T000000000001EAA,Call,2024-03-12,Bob,bob@us.example,Completed,1,003000000000001AAA,"        \
    "ann@acme.example\n"
#define CONTACT_REPORT                                                                             \
    "Contact ID,Account ID,Account Name,First Name,Last Name,Title,Email\n"                        \
    "003000000000001AAA,001000000000001AAA,Acme,Ann,Lee,Head,ann@acme.example\n"
#define ACCOUNT_REPORT                                                                             \
    "Account ID,Account Name,Website,Type\n001000000000001AAA,Acme,acme.example,Customer\n"
#define LINES                                                                                      \
    "{\"type\":\"person\",\"email\":\"ann@acme.example\",\"name\":\"Ann Lee\"}\n"                  \
    "{\"type\":\"interaction\",\"id\":\"i1\",\"kind\":\"mail\",\"time\":\"2024-01-01T10:00:00Z\"," \
    "\"from\":\"ann@acme.example\",\"to\":[\"bob@us.example\"]}\n"                                 \
    "{\"type\":\"tie\",\"from\":\"ann@acme.example\",\"to\":\"bob@us.example\",\"p\":0.5}\n"

/* One import. `kept` is a file of the fuzz corpus instead of a text. */
static const struct {
    const char *format;
    const char *name;
    const char *text;
    const char *kept;
} cases[] = {
    {"mbox", "box.mbox", "From ann Mon Jan  1 10:00:00 2024\n" MAIL "\n", NULL},
    {"eml", "one.eml", MAIL, NULL},
    {NULL, "maildir/cur/1:2,S", MAIL, NULL},
    {"jsonl", "lines.jsonl", LINES, NULL},
    {"edges", "list.edges", "1 2 0.5\n2 3 0.25\n3 1 0.75\n", NULL},
    {"vcard", "cards.vcf", CARD, NULL},
    {"ical", "events.ics", EVENT, NULL},
    {"ical", "answers.ics", ANSWER, NULL},
    {"csv", "table.csv", CSV, NULL},
    {"google", "google.csv", GOOGLE, NULL},
    {"outlook", "outlook.csv", OUTLOOK, NULL},
    {"linkedin", "Connections.csv", LINKEDIN, NULL},
    {"linkedin", "archive.zip", NULL, "linkedin/archive.zip"},
    {"hubspot", "contacts.csv", NULL, "hubspot/contacts"},
    {"hubspot", "companies.csv", NULL, "hubspot/companies"},
    {"hubspot", "deals.csv", NULL, "hubspot/deals"},
    {"salesforce", "Contact.csv", NULL, "salesforce/contacts"},
    {"salesforce", "Account.csv", ACCOUNTS, NULL},
    {"salesforce", "Opportunity.csv", OPPORTUNITIES, NULL},
    {"salesforce", "OpportunityContactRole.csv", ROLES, NULL},
    {"salesforce", "Task.csv", NULL, "salesforce/tasks"},
    {"salesforce", "Event.csv", EVENTS, NULL},
    {"salesforce", "User.csv", USERS, NULL},
    {"salesforce", "opportunity_report.csv", NULL, "salesforce/report"},
    {"salesforce", "activity_report.csv", ACTIVITY_REPORT, NULL},
    {"salesforce", "contact_report.csv", CONTACT_REPORT, NULL},
    {"salesforce", "account_report.csv", ACCOUNT_REPORT, NULL},
    {"salesforce", "EventRelation.csv", ATTENDEES, NULL},
};

#define CASES (sizeof cases / sizeof *cases)
#define ALL_TRIED 150
#define STEP_DIVISOR 30

static crash_arguments arguments = {1, 0};
static char paths[CASES][4096]; /* what is imported */
static char empty[4096], used[4096];
static bool is_strict;
static uint64_t points, done_without, bad;

static void write_text(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    crash_require(out != NULL && fputs(text, out) >= 0 && fclose(out) == 0, path);
}

static void copy_file(const char *from, const char *to)
{
    char bytes[65536];
    size_t got;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    crash_require(in != NULL && out != NULL && chmod(to, 0600) == 0, from);
    while ((got = fread(bytes, 1, sizeof bytes, in)) > 0)
        crash_require(fwrite(bytes, 1, got, out) == got, to);
    crash_require(fclose(in) == 0 && fclose(out) == 0, to);
}

static void make_maildir(const char *directory)
{
    static const char *const parts[] = {"", "/cur", "/new", "/tmp"};
    char part[4200];
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(part, sizeof part, "%s%s", directory, parts[i]);
        crash_require(mkdir(part, 0700) == 0, part);
    }
}

static void make_files(void)
{
    make_maildir(scratch_path("maildir"));
    for (size_t i = 0; i < CASES; i++) {
        char kept[4200];
        const char *root = getenv("WARMPATH_SOURCE");
        (void)snprintf(paths[i], sizeof paths[i], "%s", scratch_path(cases[i].name));
        (void)snprintf(kept, sizeof kept, "%s/tests/fuzz/corpus/%s", root == NULL ? "." : root,
                       cases[i].kept);
        if (cases[i].kept == NULL)
            write_text(paths[i], cases[i].text);
        else
            copy_file(kept, paths[i]);
        if (cases[i].format == NULL)
            (void)snprintf(paths[i], sizeof paths[i], "%s", scratch_path("maildir"));
    }
}

static uint64_t tell_points(void)
{
    return points;
}

static int make_all(void **state)
{
    (void)state;
    crash_blocks_begin(tell_points);
    make_files();
    (void)snprintf(empty, sizeof empty, "%s", scratch_path("empty.warmpath"));
    (void)snprintf(used, sizeof used, "%s", scratch_path("used.warmpath"));
    crash_create(empty);
    return 0;
}

/* ---- imports --------------------------------------------------------------------------------- */

static wp_db *open_empty(void)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wp_db *db = NULL;
    wp_error err;
    (void)unlink(used);
    copy_file(empty, used);
    options.is_unsynced = true;
    crash_must(wp_open(used, &options, &db, &err), &err, "wp_open");
    return db;
}

static uint64_t report_rows(size_t which)
{
    fprintf(stderr, "%s, allocation %" PRIu64 ": rows do not add up\n", cases[which].name,
            failing_number);
    return 1;
}

static import_code import(wp_db *db, size_t which, import_error *error)
{
    import_options options = {
        .format = cases[which].format, .owner = "bob@us.example", .is_strict = is_strict};
    import_result result;
    const char *path = paths[which];
    import_code code = import_paths(db, &path, 1, &options, &result, error);
    for (size_t i = 0; i < result.file_count; i++)
        if (result.files[i].read !=
            result.files[i].added + result.files[i].known + result.files[i].skipped)
            bad += report_rows(which);
    import_result_free(&result);
    return code;
}

static char *describe(wp_db *db)
{
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    char *text = rows_describe(txn);
    wp_abort(txn);
    return text;
}

static void require_same(wp_db *db, const char *expected, size_t which, const char *when)
{
    char *seen = describe(db);
    if (strcmp(expected, seen) != 0) {
        fprintf(stderr, "%s, allocation %" PRIu64 "%s: something else is stored %s\n",
                cases[which].name, failing_number, fails_for_ever ? " and all after it" : "", when);
        crash_dump_compare(expected, seen);
        bad++;
    }
    free(seen);
}

/* The database had no memory, or the reader of the file. */
static bool says_why(import_code code, const import_error *error)
{
    return code == IMPORT_DATABASE
               ? error->database.status == WP_ENOMEM
               : code == IMPORT_BAD_INPUT && strstr(error->message, "memory") != NULL;
}

/* Returns whether an allocation failed. */
static bool try_import(size_t which, uint64_t failing, bool is_for_ever, import_code usual,
                       const char *expected)
{
    import_error error = {.message = ""};
    wp_db *db = open_empty();
    seen_count = 0;
    failing_number = failing;
    fails_for_ever = is_for_ever;
    crash_blocks_fault = fails;
    import_code code = import(db, which, &error);
    crash_blocks_fault = NULL;
    bool has_failed = seen_count >= failing;
    points += has_failed;
    crash_check_db(db, "after an import without memory");
    if (code == usual) {
        done_without += has_failed;
        require_same(db, expected, which, "though the import ended well");
    } else if (!says_why(code, &error)) {
        fprintf(stderr, "%s, allocation %" PRIu64 ": code %d, status %s: %s\n", cases[which].name,
                failing, (int)code, wp_status_name(error.database.status), error.message);
        bad++;
    } else if (import(db, which, &error) != usual) {
        fprintf(stderr, "%s, again after allocation %" PRIu64 ": %s\n", cases[which].name, failing,
                error.message);
        bad++;
    }
    require_same(db, expected, which, "after importing again");
    wp_close(db);
    return has_failed;
}

static uint64_t next(uint64_t failing)
{
    return failing < ALL_TRIED ? failing + 1
                               : failing + failing / STEP_DIVISOR + arguments.seed % 3;
}

static void fail_in(size_t which)
{
    import_error error;
    wp_db *db = open_empty();
    char *nothing = describe(db);
    import_code usual = import(db, which, &error);
    char *expected = describe(db);
    wp_close(db);
    if (usual != IMPORT_DONE)
        crash_fail("%s: %s", cases[which].name, error.message);
    if (strcmp(nothing, expected) == 0)
        crash_fail("%s: nothing was imported", cases[which].name);
    for (int is_for_ever = 0; is_for_ever <= 1; is_for_ever++)
        for (uint64_t failing = 1; try_import(which, failing, is_for_ever == 1, usual, expected);)
            failing = next(failing);
    free(nothing);
    free(expected);
}

static void memory__fails_in_imports(void **state)
{
    (void)state;
    for (size_t which = 0; which < 2 * CASES; which++) {
        is_strict = which >= CASES;
        fail_in(which % CASES);
    }
    crash_blocks_require_none();
    printf("class 6: %" PRIu64 " allocations of imports failed, %" PRIu64 " bad, 0 leaks; %" PRIu64
           " imports could do without\n",
           points, bad, done_without);
    assert_int_equal(bad, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory__fails_in_imports)};
    if (!crash_arguments_read(argc, argv, "rounds", &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, make_all, NULL));
}
