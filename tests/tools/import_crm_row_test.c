/*
 * Rows of CRM exports as facts: what each table's rows say, written as one line a fact, and why
 * rows are left out.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import/address.h"
#include "import/charset.h"
#include "import/crm.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define CELLS_MAX 64
#define NOW INT64_C(1735689600) /* 2025-01-01 */

/* What came of a row. */
typedef struct outcome_text {
    char facts[4096]; /* a line each */
    reason_id reason; /* REASON_NONE: kept */
    uint64_t notes[NOTE_COUNT];
} outcome_text;

static void add(char *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(char *out, const char *format, ...)
{
    va_list arguments;
    size_t used = strlen(out);
    va_start(arguments, format);
    vsnprintf(out + used, sizeof((outcome_text *)0)->facts - used, format, arguments);
    va_end(arguments);
}

static void add_identity(char *out, const char *key, wp_identity who)
{
    static const char *const kinds[] = {[WP_IDENTITY_EMAIL] = "",
                                        [WP_IDENTITY_ID] = "id:",
                                        [WP_IDENTITY_LINKEDIN] = "linkedin:",
                                        [WP_IDENTITY_DOMAIN] = "domain:",
                                        [WP_IDENTITY_COMPANY_ID] = "id:",
                                        [WP_IDENTITY_COMPANY_NAME] = "name:"};
    if (who.text != NULL)
        add(out, " %s=%s%s", key, kinds[who.kind], who.text);
}

static void add_text(char *out, const char *key, const char *text)
{
    if (text != NULL)
        add(out, " %s=%s", key, text);
}

static void add_rest(char *out, const fact *row)
{
    static const char *const states[] = {"open", "won", "lost"};
    if (row->type == FACT_OPPORTUNITY)
        add(out, " %s", states[row->state]);
    if (!isnan(row->amount))
        add(out, " amount=%.2f", row->amount);
    if (row->from_day != WP_DAY_NONE)
        add(out, " from=%d", row->from_day);
    if (row->to_day != WP_DAY_NONE)
        add(out, " until=%d", row->to_day);
    if (row->type == FACT_INTERACTION)
        add(out, " %s %lld", wp_kind_name(row->kind), (long long)row->time_s);
    for (size_t i = 0; i < row->to_count; i++)
        add_identity(out, "to", row->to[i].who);
    if ((row->flags & WP_INTERACTION_PRIVATE) != 0)
        add(out, " private");
    add(out, "%s%s%s%s\n", row->us == WP_US_YES ? " us" : "", row->is_primary ? " primary" : "",
        row->introductions == WP_CHOICE_OUT ? " introductions=out" : "",
        row->contact == WP_CHOICE_OUT ? " contact=out" : "");
}

/* A fact as a line. */
static import_code take(void *context, const fact *row)
{
    static const char *const types[] = {[FACT_COMPANY] = "company",
                                        [FACT_PERSON] = "person",
                                        [FACT_EMPLOYMENT] = "employment",
                                        [FACT_INTERACTION] = "interaction",
                                        [FACT_CONSENT] = "consent",
                                        [FACT_OPPORTUNITY] = "deal",
                                        [FACT_ROLE] = "role"};
    char *out = ((outcome_text *)context)->facts;
    add(out, "%s", types[row->type]);
    add_text(out, "source", row->source);
    for (size_t i = 0; i < row->identity_count; i++)
        add_identity(out, "is", row->identities[i]);
    add_text(out, "name", row->name);
    add_text(out, "title", row->title);
    add_identity(out, "at", row->company);
    add_identity(out, "who", row->person);
    add_text(out, "stage", row->stage);
    add_text(out, "currency", row->currency);
    add_text(out, "role", row->role);
    add_text(out, "answers", row->reply_to);
    add_rest(out, row);
    return IMPORT_DONE;
}

/* Cells parted by "|"; the line is cut in place. */
static size_t cut(char *line, const char *cells[CELLS_MAX])
{
    size_t count = 0;
    for (char *save = line, *cell = strsep(&save, "|"); cell != NULL && count < CELLS_MAX;
         cell = strsep(&save, "|"))
        cells[count++] = cell;
    return count;
}

static void read_row(const char *header, const char *row, crm_table expected, outcome_text *out)
{
    static crm_reader reader;
    static crm_map map;
    const char *cells[CELLS_MAX];
    char *names = strdup(header), *values = strdup(row);
    verdict what = {0};
    *out = (outcome_text){0};
    (void)crm_map_read(&map, cells, cut(names, cells));
    if (map.table != expected)
        fail_msg("%s: %s, expected %s", header,
                 map.table == CRM_NONE ? "none" : crm_table_name(map.table),
                 expected == CRM_NONE ? "none" : crm_table_name(expected));
    if (expected != CRM_NONE) {
        reader.map = &map;
        reader.now_s = NOW;
        reader.take = take;
        reader.context = out;
        assert_int_equal(crm_read_row(&reader, cells, cut(values, cells), &what), IMPORT_DONE);
        out->reason = what.outcome == OUTCOME_SKIPPED ? what.reason : REASON_NONE;
        memcpy(out->notes, reader.notes, sizeof out->notes);
    }
    crm_reader_free(&reader);
    free(names);
    free(values);
}

static void expect_facts(const char *header, const char *row, crm_table table, const char *facts)
{
    outcome_text out;
    read_row(header, row, table, &out);
    if (out.reason != REASON_NONE)
        fail_msg("%s: skipped, %s", row, reason_text(out.reason));
    assert_string_equal(out.facts, facts);
}

static void expect_skip(const char *header, const char *row, crm_table table, reason_id reason)
{
    outcome_text out;
    read_row(header, row, table, &out);
    if (out.reason != reason)
        fail_msg("%s: '%s', expected '%s'", row, reason_text(out.reason), reason_text(reason));
    assert_string_equal(out.facts, "");
}

static void expect_note(const char *header, const char *row, crm_table table, note_id note)
{
    outcome_text out;
    read_row(header, row, table, &out);
    assert_int_equal(out.reason, REASON_NONE);
    if (out.notes[note] != 1)
        fail_msg("%s: %d times '%s', expected once", row, (int)out.notes[note], note_text(note));
}

/* --- HubSpot --- */

#define CONTACTS                                                                                   \
    "Record ID|First Name|Last Name|Email|Phone Number|Job Title|Company Name|Contact owner|"      \
    "Lifecycle Stage|Lead Status|Create Date|Original Source|Associated Company|"                  \
    "Associated Company IDs"

static void crm_read_row__reads_hubspot_contacts(void **state)
{
    (void)state;
    expect_facts(CONTACTS,
                 "101|Ann|Lee|Ann@Acme.com|1|VP Sales|Acme|Bob|lead|new|2024-03-12 09:14|"
                 "x|Acme|55",
                 CRM_HUBSPOT_CONTACTS,
                 "company is=id:hubspot:55 name=Acme\n"
                 "person is=Ann@Acme.com is=id:hubspot:101 name=Ann Lee title=VP Sales "
                 "at=id:hubspot:55\n");
    expect_facts(CONTACTS, "102|Ann|||||||||||Acme; Beta |55; 56", CRM_HUBSPOT_CONTACTS,
                 "company is=id:hubspot:55 name=Acme\ncompany is=id:hubspot:56 name=Beta\n"
                 "person is=id:hubspot:102 name=Ann at=id:hubspot:55\n"
                 "employment at=id:hubspot:56 who=id:hubspot:102\n");
    /* Names that cannot be told apart name no company. */
    expect_facts(CONTACTS, "103||Lee||||||||||Acme|55;56", CRM_HUBSPOT_CONTACTS,
                 "person is=id:hubspot:103 name=Lee at=id:hubspot:55\n"
                 "employment at=id:hubspot:56 who=id:hubspot:103\n");
    expect_facts(CONTACTS, "104||Lee|||CFO|Beta", CRM_HUBSPOT_CONTACTS,
                 "person is=id:hubspot:104 name=Lee title=CFO at=name:Beta\n");
    expect_facts("hs_object_id|firstname|lastname|email|hs_additional_emails|hs_email_optout",
                 "7|A|L|a@b.c|d@e.f;A@x.y;d@e.f|true", CRM_HUBSPOT_CONTACTS,
                 "person is=a@b.c is=d@e.f is=A@x.y is=id:hubspot:7 name=A L\n"
                 "consent who=a@b.c introductions=out\n");
}

static void crm_read_row__reads_hubspots_languages(void **state)
{
    static const char *const headers[] = {
        "Datensatz-ID|Vorname|Nachname|E-Mail|Jobtitel|Name des Unternehmens",
        "ID de registro|Nombre|Apellidos|Correo|Cargo|Nombre de la empresa",
        ("ID de l'enregistrement|Prénom|Nom de famille|Adresse e-mail|Intitulé du poste|"
         "Nom de l'entreprise")};
    (void)state;
    for (size_t i = 0; i < COUNT(headers); i++)
        expect_facts(headers[i], "9|Ann|Lee|a@b.c|CFO|Acme", CRM_HUBSPOT_CONTACTS,
                     "person is=a@b.c is=id:hubspot:9 name=Ann Lee title=CFO at=name:Acme\n");
}

static void crm_read_row__reads_hubspot_companies(void **state)
{
    static const char header[] = "Record ID|Company name|Website URL|Company owner|Create Date|"
                                 "Company Domain Name|Industry";
    (void)state;
    expect_facts(header, "55|Acme|https://www.acme.com/|Bob|2024-03-12 09:14|acme.com|x",
                 CRM_HUBSPOT_COMPANIES, "company is=id:hubspot:55 is=domain:acme.com name=Acme\n");
    expect_facts(header, "55|Acme|https://www.Acme.com/", CRM_HUBSPOT_COMPANIES,
                 "company is=id:hubspot:55 is=domain:acme.com name=Acme\n");
    expect_note(header, "55|Acme|https://linkedin.com/company/acme", CRM_HUBSPOT_COMPANIES,
                NOTE_BAD_DOMAIN);
    expect_skip(header, "||", CRM_HUBSPOT_COMPANIES, REASON_NO_IDENTITY);
}

#define DEALS                                                                                      \
    "Record ID|Deal Name|Deal Stage|Close Date|Deal owner|Amount|Pipeline|Create Date|"            \
    "Associated Company IDs|Associated Contact IDs"

static void crm_read_row__reads_hubspot_deals(void **state)
{
    (void)state;
    expect_facts(DEALS,
                 "9|Big one|Closed won (Sales Pipeline)|2024-03-12 09:14|bob@us.com|"
                 "1.234,56 €|p|2024-01-01 00:00|55|101;102",
                 CRM_HUBSPOT_DEALS,
                 "deal source=hubspot:deal:9 name=Big one at=id:hubspot:55 who=bob@us.com "
                 "stage=Closed won (Sales Pipeline) currency=EUR won amount=1234.56 from=19723 "
                 "until=19794\n"
                 "role source=hubspot:deal:9 who=id:hubspot:101\n"
                 "role source=hubspot:deal:9 who=id:hubspot:102\n");
    expect_facts(DEALS, "10|Small|Something new", CRM_HUBSPOT_DEALS,
                 "deal source=hubspot:deal:10 name=Small stage=Something new open\n");
    expect_facts("hs_object_id|dealname|dealstage|amount|deal_currency_code",
                 "11|L|closedlost|-5|USD", CRM_HUBSPOT_DEALS,
                 "deal source=hubspot:deal:11 name=L stage=closedlost currency=USD lost "
                 "amount=-5.00\n");
    expect_facts("Datensatz-ID|Name des Deals|Deal-Phase", "12|G|Abgeschlossen und gewonnen",
                 CRM_HUBSPOT_DEALS,
                 "deal source=hubspot:deal:12 name=G stage=Abgeschlossen und gewonnen won\n");
}

static void crm_read_row__notes_what_a_deal_lost(void **state)
{
    (void)state;
    expect_note(DEALS, "9|D|s|||1.234", CRM_HUBSPOT_DEALS, NOTE_BAD_AMOUNT);
    expect_note(DEALS, "9|D|s|||lots", CRM_HUBSPOT_DEALS, NOTE_BAD_AMOUNT);
    expect_note(DEALS, "9|D|s|2024-02-30", CRM_HUBSPOT_DEALS, NOTE_BAD_DAY);
    expect_note(DEALS, "9|D|s|3/4/2024", CRM_HUBSPOT_DEALS, NOTE_DAY_GUESSED);
    expect_note(DEALS, "9|D|s||Bob", CRM_HUBSPOT_DEALS, NOTE_NO_OWNER);
    expect_note(DEALS, "9|D|s||||||1;2", CRM_HUBSPOT_DEALS, NOTE_COMPANIES);
    expect_note(DEALS, "9|D|s||||||1|x", CRM_HUBSPOT_DEALS, NOTE_BAD_ID);
    expect_skip(DEALS, "|D|s", CRM_HUBSPOT_DEALS, REASON_BAD_ID);
    expect_skip(DEALS, "123456789012345678901|D|s", CRM_HUBSPOT_DEALS, REASON_BAD_ID);
    expect_skip(DEALS, "1.01E+11|D|s", CRM_HUBSPOT_DEALS, REASON_BAD_ID);
}

/* --- Salesforce, Data Loader --- */

#define SF_CONTACTS                                                                                \
    "Id|AccountId|LastName|FirstName|Name|Phone|MobilePhone|Email|Title|Department|ReportsToId|"   \
    "LeadSource|OwnerId|HasOptedOutOfEmail|DoNotCall|CreatedDate|LastActivityDate|IsDeleted"

static void crm_read_row__reads_salesforce_contacts(void **state)
{
    (void)state;
    expect_facts(SF_CONTACTS, "003000000000001|001000000000001AAA|Lee|Ann|Ann Lee|||a@b.c|CFO",
                 CRM_SALESFORCE_CONTACTS,
                 "person is=a@b.c is=id:003000000000001AAA name=Ann Lee title=CFO "
                 "at=id:001000000000001AAA\n");
    expect_skip(SF_CONTACTS, "003000000000001||Lee|||||||||||||||true", CRM_SALESFORCE_CONTACTS,
                REASON_DELETED);
    expect_skip(SF_CONTACTS, "||Lee", CRM_SALESFORCE_CONTACTS, REASON_NO_IDENTITY);
    expect_skip(SF_CONTACTS, "0030||Lee||||nobody", CRM_SALESFORCE_CONTACTS, REASON_NO_IDENTITY);
    expect_note(SF_CONTACTS, "0030||Lee|||||a@b.c", CRM_SALESFORCE_CONTACTS, NOTE_BAD_ID);
    expect_note(SF_CONTACTS, "003000000000001||Lee|||||a b", CRM_SALESFORCE_CONTACTS,
                NOTE_BAD_ADDRESS);
}

static void crm_read_row__takes_consent_seriously(void **state)
{
    static const char person[] = "person is=id:003000000000001AAA name=Lee\n";
    static const struct {
        const char *boxes;
        const char *consent;
    } cases[] = {
        {"0|0", ""},
        {"|", ""},
        {"1|0", "consent who=id:003000000000001AAA introductions=out\n"},
        {"false|true", "consent who=id:003000000000001AAA introductions=out\n"},
        {"true|true", "consent who=id:003000000000001AAA introductions=out contact=out\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char row[200], facts[300];
        snprintf(row, sizeof row, "003000000000001||Lee|||||||||||%s", cases[i].boxes);
        snprintf(facts, sizeof facts, "%s%s", person, cases[i].consent);
        expect_facts(SF_CONTACTS, row, CRM_SALESFORCE_CONTACTS, facts);
    }
}

static void crm_read_row__says_whose_opt_out_is_nobodys(void **state)
{
    static const char report[] = "Opportunity Name|Stage|Contact Name|Email|Contact ID|Do Not Call";
    outcome_text out;
    (void)state;
    expect_skip(SF_CONTACTS, "||Lee|||||||||||1", CRM_SALESFORCE_CONTACTS, REASON_OPTOUT);
    expect_skip(SF_CONTACTS, "||Lee|||||||||||0", CRM_SALESFORCE_CONTACTS, REASON_NO_IDENTITY);
    /* The deal is kept. */
    read_row(report, "Big|Open|Ann Lee|a b||1", CRM_REPORT_OPPORTUNITIES, &out);
    assert_int_equal(out.reason, REASON_OPTOUT);
    assert_non_null(strstr(out.facts, "deal "));
    expect_facts(report, "Big|Open||a@b.c|003000000000001|1", CRM_REPORT_OPPORTUNITIES,
                 "person is=a@b.c is=id:003000000000001AAA\n"
                 "consent who=a@b.c introductions=out\n"
                 "deal source=salesforce:opportunity:Big @  name=Big stage=Open open\n"
                 "person is=a@b.c is=id:003000000000001AAA\n"
                 "role source=salesforce:opportunity:Big @  who=a@b.c\n");
}

static void crm_read_row__reads_salesforce_accounts_and_users(void **state)
{
    (void)state;
    expect_facts("Id|Name|Type|ParentId|Website|Industry|NumberOfEmployees|OwnerId",
                 "001000000000001|Acme|x||www.acme.com", CRM_SALESFORCE_ACCOUNTS,
                 "company is=id:001000000000001AAA is=domain:acme.com name=Acme\n");
    expect_facts("Id|Name|PersonEmail|PersonContactId|PersonTitle|PersonDoNotCall",
                 "001000000000001|Ann Lee|a@b.c|003000000000001|CFO|1",
                 CRM_SALESFORCE_PERSON_ACCOUNTS,
                 "person is=a@b.c is=id:003000000000001AAA\n"
                 "consent who=a@b.c introductions=out\n"
                 "company is=id:001000000000001AAA name=Ann Lee\n"
                 "person is=a@b.c is=id:003000000000001AAA name=Ann Lee title=CFO\n");
    expect_facts("Id|Username|Email|Name|Title|IsActive",
                 "005000000000001|b@us.com.prod|b@us.com|Bob|AE|1", CRM_SALESFORCE_USERS,
                 "person is=b@us.com is=id:005000000000001AAA name=Bob title=AE us\n");
    expect_facts("Id|Username|Email|Name|UserType",
                 "005000000000002|c@x.com|c@x.com|Eve|CspLitePortal", CRM_SALESFORCE_USERS,
                 "person is=c@x.com is=id:005000000000002AAA name=Eve\n");
}

static void crm_read_row__reads_salesforce_opportunities_and_roles(void **state)
{
    static const char header[] = "Id|AccountId|Name|StageName|Amount|Probability|CloseDate|Type|"
                                 "LeadSource|IsClosed|IsWon|ForecastCategory|OwnerId|CreatedDate";
    static const char roles[] = "Id|OpportunityId|ContactId|Role|IsPrimary|CreatedDate|CreatedById|"
                                "LastModifiedById|IsDeleted";
    (void)state;
    expect_facts(header,
                 "006000000000001|001000000000001|Big|Negotiation|1200.5|50|2024-03-12|||0|"
                 "0||005000000000001|2024-01-01T10:00:00.000Z",
                 CRM_SALESFORCE_OPPORTUNITIES,
                 "deal source=006000000000001AAA name=Big at=id:001000000000001AAA "
                 "who=id:005000000000001AAA stage=Negotiation open amount=1200.50 from=19723 "
                 "until=19794\n");
    /* What the export says of its state is right whatever the stage is called. */
    expect_facts(header, "006000000000001||Big|Won over|||||||1|0", CRM_SALESFORCE_OPPORTUNITIES,
                 "deal source=006000000000001AAA name=Big stage=Won over won\n");
    expect_facts(header, "006000000000001||Big|Won over||||||1|0", CRM_SALESFORCE_OPPORTUNITIES,
                 "deal source=006000000000001AAA name=Big stage=Won over lost\n");
    /* A queue owns it. */
    expect_note(header, "006000000000001||Big|x|||||||||00G000000000001",
                CRM_SALESFORCE_OPPORTUNITIES, NOTE_NO_OWNER);
    expect_facts(roles, "00K1|006000000000001|003000000000001|Decision Maker|1||||0",
                 CRM_SALESFORCE_ROLES,
                 "role source=006000000000001AAA who=id:003000000000001AAA role=Decision Maker "
                 "primary\n");
    expect_skip(roles, "00K1|006000000000001||Influencer", CRM_SALESFORCE_ROLES,
                REASON_NO_IDENTITY);
    expect_skip(roles, "00K1|006|003000000000001|Influencer", CRM_SALESFORCE_ROLES, REASON_BAD_ID);
}

#define TASKS                                                                                      \
    "Id|WhoId|OwnerId|Status|Type|TaskSubtype|CallType|ActivityDate|CompletedDateTime|Subject|"    \
    "CallDisposition|IsDeleted"
#define TASK(rest) "00T000000000001|003000000000001|005000000000001|" rest
#define OWNER "person is=id:005000000000001AAA us\n"
#define OUT " who=id:005000000000001AAA"
#define TO_CONTACT_ALONE " to=id:003000000000001AAA"
#define TO_CONTACT TO_CONTACT_ALONE "\n"

static void crm_read_row__reads_completed_tasks(void **state)
{
    (void)state;
    expect_facts(TASKS, TASK("Completed||Call|Outbound|2024-03-12"), CRM_SALESFORCE_TASKS,
                 OWNER "interaction source=salesforce:task:00T000000000001EAA" OUT
                       " call 1710201600" TO_CONTACT);
    expect_facts(TASKS, TASK("Completed||Call|Inbound|2024-03-12|2024-03-12T09:14:00.000+0000"),
                 CRM_SALESFORCE_TASKS,
                 OWNER "interaction source=salesforce:task:00T000000000001EAA "
                       "who=id:003000000000001AAA call 1710234840 to=id:005000000000001AAA\n");
    expect_facts(TASKS, TASK("Abgeschlossen|Meeting|Task||2024-03-12"), CRM_SALESFORCE_TASKS,
                 OWNER "interaction source=salesforce:task:00T000000000001EAA" OUT
                       " meeting 1710201600" TO_CONTACT);
    expect_facts(TASKS, TASK("Completed||||2024-03-12||Email: your offer"), CRM_SALESFORCE_TASKS,
                 OWNER "interaction source=salesforce:task:00T000000000001EAA" OUT
                       " mail 1710201600" TO_CONTACT);
}

static void crm_read_row__leaves_what_is_no_evidence(void **state)
{
    static const struct {
        const char *row;
        reason_id reason;
    } cases[] = {
        {TASK("Not Started||Call||2024-03-12"), REASON_NOT_DONE},
        {TASK("||Call||2024-03-12"), REASON_NOT_DONE},
        {TASK("Completed||Call||2025-01-02"), REASON_FUTURE},
        {TASK("Completed||Call||"), REASON_NO_DATE},
        {TASK("Completed||Call||2024-02-30"), REASON_NO_DATE},
        {TASK("Completed||Task||2024-03-12"), REASON_NO_CONTACT},
        {TASK("Completed|Prep|||2024-03-12||Call"), REASON_NO_CONTACT},
        {TASK("Completed||Call||2024-03-12||x|Left Voicemail"), REASON_NOT_ANSWERED},
        {TASK("Completed||Call||2024-03-12||||1"), REASON_DELETED},
        {"00T000000000001||005000000000001|Completed||Call||2024-03-12", REASON_NO_RECIPIENTS},
        {"00T000000000001|003000000000001|00G000000000001|Completed||Call||2024-03-12",
         REASON_NO_IDENTITY},
        {"12|003000000000001|005000000000001|Completed||Call||2024-03-12", REASON_BAD_ID},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_skip(TASKS, cases[i].row, CRM_SALESFORCE_TASKS, cases[i].reason);
}

static void crm_read_row__reads_past_events(void **state)
{
    static const char header[] = "Id|WhoId|WhatId|Subject|Location|StartDateTime|EndDateTime|"
                                 "DurationInMinutes|IsAllDayEvent|OwnerId|AccountId|IsPrivate|Type";
    (void)state;
    expect_facts(header,
                 "00U000000000001|003000000000001||||2024-03-12T09:14:00.000Z|||0|"
                 "005000000000001||0|",
                 CRM_SALESFORCE_EVENTS,
                 OWNER "interaction source=salesforce:event:00U000000000001EAA" OUT
                       " meeting 1710234840" TO_CONTACT);
    expect_facts(header,
                 "00U000000000001|003000000000001||||2024-03-12|||0|005000000000001||0|Call",
                 CRM_SALESFORCE_EVENTS,
                 OWNER "interaction source=salesforce:event:00U000000000001EAA" OUT
                       " call 1710201600" TO_CONTACT);
    expect_skip(header, "00U000000000001|003000000000001||||2025-06-01|||0|005000000000001||0|",
                CRM_SALESFORCE_EVENTS, REASON_FUTURE);
    expect_facts(header, "00U000000000001|003000000000001||||2024-03-12|||0|005000000000001||1|",
                 CRM_SALESFORCE_EVENTS,
                 OWNER "interaction source=salesforce:event:00U000000000001EAA" OUT
                       " meeting 1710201600" TO_CONTACT_ALONE " private\n");
}

static void crm_read_row__reads_attendees_of_events(void **state)
{
    static const char header[] = "EventId|RelationId|Status|IsDeleted";
    (void)state;
    expect_facts(header, "00U000000000001|003000000000001|Accepted|false", CRM_SALESFORCE_RELATIONS,
                 "interaction source=salesforce:attendee:003000000000001AAA:00U000000000001EAA "
                 "who=id:003000000000001AAA answers=salesforce:event:00U000000000001EAA answer 0 "
                 "to=id:003000000000001AAA\n");
    expect_facts(header, "00U000000000001|005000000000001|New|false", CRM_SALESFORCE_RELATIONS,
                 OWNER
                 "interaction source=salesforce:attendee:005000000000001AAA:00U000000000001EAA "
                 "who=id:005000000000001AAA answers=salesforce:event:00U000000000001EAA answer 0 "
                 "to=id:005000000000001AAA\n");
    expect_skip(header, "00U000000000001|001000000000001||0", CRM_SALESFORCE_RELATIONS,
                REASON_RELATION);
    expect_skip(header, "00U1|003000000000001||0", CRM_SALESFORCE_RELATIONS, REASON_BAD_ID);
    expect_skip(header, "00U000000000001|0031|New|0", CRM_SALESFORCE_RELATIONS, REASON_BAD_ID);
    expect_skip(header, "00U000000000001|003000000000001|New|1", CRM_SALESFORCE_RELATIONS,
                REASON_DELETED);
}

/* --- Salesforce, reports --- */

static void crm_read_row__reads_opportunity_reports(void **state)
{
    static const char header[] = "Opportunity Name|Account Name|Stage|Amount|Close Date|"
                                 "Opportunity Owner|Probability (%)|Type|Created Date|First Name|"
                                 "Last Name|Title|Email|Role|Primary";
    (void)state;
    expect_facts(header,
                 "Big|Acme|Closed Won|$1,200.50|3/14/2024|Bob|100||1/15/2024|Ann|Lee|CFO|"
                 "a@b.c|Decision Maker|1",
                 CRM_REPORT_OPPORTUNITIES,
                 "deal source=salesforce:opportunity:Big @ Acme name=Big at=name:Acme "
                 "stage=Closed Won currency=USD won amount=1200.50 from=19737 until=19796\n"
                 "person is=a@b.c name=Ann Lee title=CFO\n"
                 "role source=salesforce:opportunity:Big @ Acme who=a@b.c role=Decision Maker "
                 "primary\n");
    expect_note(header, "Big|Acme|Lost|||||||Ann|Lee", CRM_REPORT_OPPORTUNITIES, NOTE_NO_CONTACT);
    expect_skip(header, "|Acme|Lost", CRM_REPORT_OPPORTUNITIES, REASON_BAD_ID);
}

static void crm_read_row__reads_contact_account_and_activity_reports(void **state)
{
    static const char activities[] = "Subject|Date|Assigned|Status|Priority|Task|Event|Contact|"
                                     "Company / Account|Opportunity";
    (void)state;
    expect_facts("Account Name|First Name|Last Name|Title|Email|Contact ID|Account ID",
                 "Acme|Ann|Lee|CFO|a@b.c|003000000000001|001000000000001", CRM_REPORT_CONTACTS,
                 "company is=id:001000000000001AAA name=Acme\n"
                 "person is=a@b.c is=id:003000000000001AAA name=Ann Lee title=CFO "
                 "at=id:001000000000001AAA\n");
    expect_facts("Account Name|Type|Website|Account ID", "Acme|x|acme.com|001000000000001",
                 CRM_REPORT_ACCOUNTS,
                 "company is=id:001000000000001AAA is=domain:acme.com "
                 "name=Acme\n");
    /* Names alone are nobody. */
    expect_skip(activities, "Call|3/14/2024|Bob|Completed|Normal|1|0|Ann Lee|Acme|Big",
                CRM_REPORT_ACTIVITIES, REASON_BAD_ID);
    expect_facts("Activity ID|Subject|Date|Assigned|Assigned Email|Status|Task|Event|Contact ID",
                 "00U000000000001|Lunch|14.03.2024|Bob|b@us.com||0|1|003000000000001",
                 CRM_REPORT_ACTIVITIES,
                 "person is=b@us.com us\n"
                 "interaction source=salesforce:event:00U000000000001EAA who=b@us.com meeting "
                 "1710374400" TO_CONTACT);
}

static void crm_read_row__knows_the_footer_of_a_report(void **state)
{
    static const char header[] = "Account Name|First Name|Last Name|Title|Email";
    static const char *const footers[] = {
        "All Contacts", "Copyright (c) 2000-2024 salesforce.com, inc. All rights reserved.", "",
        "Confidential Information - Do Not Distribute||||", "Generated By: Ann 3/14/2024"};
    (void)state;
    for (size_t i = 0; i < COUNT(footers); i++)
        expect_skip(header, footers[i], CRM_REPORT_CONTACTS, REASON_FOOTER);
}

/* --- anything --- */

static void crm_map_read__leaves_other_headers_alone(void **state)
{
    static const char *const headers[] = {
        "",
        "Name|Email",
        "First Name|Last Name|Email|Company",
        "id|name",
        "src|dst|weight",
        "First Name,Last Name,URL",
        "Record ID",
        "Id",
        "\xff|\xfe",
        "Stage|Amount",
        "Title|First Name|Middle Name|Last Name|Suffix|Company|Department|Job Title"};
    outcome_text out;
    (void)state;
    for (size_t i = 0; i < COUNT(headers); i++)
        read_row(headers[i], "", CRM_NONE, &out);
}

static void crm_map_read__bounds_columns(void **state)
{
    static crm_map map;
    const char **cells = calloc(CRM_COLUMNS_MAX + 1, sizeof *cells);
    (void)state;
    for (size_t i = 0; i <= CRM_COLUMNS_MAX; i++)
        cells[i] = i == 0 ? "Record ID" : i == 1 ? "Deal Name" : "Deal Stage";
    assert_true(crm_map_read(&map, cells, CRM_COLUMNS_MAX));
    assert_false(crm_map_read(&map, cells, CRM_COLUMNS_MAX + 1));
    assert_int_equal(map.table, CRM_NONE);
    free(cells);
}

static void crm_read_row__cleans_cells_and_bounds_texts(void **state)
{
    static char row[300000], ids[5000];
    outcome_text out;
    (void)state;
    expect_facts(CONTACTS, " 101 |Ann\nMarie|\tLee |a@b.c ", CRM_HUBSPOT_CONTACTS,
                 "person is=a@b.c is=id:hubspot:101 name=Ann Marie Lee\n");
    memset(row, 'x', sizeof row - 1);
    memcpy(row, "101|", 4);
    expect_note(CONTACTS, row, CRM_HUBSPOT_CONTACTS, NOTE_LONG_TEXT);
    for (size_t i = 0; i < 200; i++)
        add(ids, "%zu;", i + 1);
    snprintf(row, sizeof row, "9|D|s||||||1|%s", ids);
    read_row(DEALS, row, CRM_HUBSPOT_DEALS, &out);
    assert_int_equal(out.notes[NOTE_BAD_ID], 200 - CRM_IDS_MAX);
}

/* What must hold of every fact, whatever the cells were. */
static import_code check_fact(void *context, const fact *row)
{
    uint64_t *facts = context;
    (*facts)++;
    for (size_t i = 0; i < row->identity_count; i++) {
        const wp_identity *who = &row->identities[i];
        assert_true(strlen(who->text) > 0 && strlen(who->text) < 512);
        if (who->kind == WP_IDENTITY_EMAIL)
            assert_true(address_is_usable(who->text));
    }
    if (row->name != NULL)
        assert_true(charset_is_clean(row->name, strlen(row->name)));
    if (row->type == FACT_PERSON)
        assert_true(row->identity_count > 0);
    if (row->type == FACT_INTERACTION) {
        assert_memory_equal(row->source, "salesforce:", 11);
        assert_true(row->time_s >= 0 && row->time_s <= NOW && row->to_count <= 1);
    }
    if (row->type == FACT_OPPORTUNITY || row->type == FACT_ROLE)
        assert_true(row->source != NULL && strlen(row->source) < 1000);
    return IMPORT_DONE;
}

/* Headers, and cells that belong into none of their columns. */
static const char *const odd_headers[] = {
    CONTACTS,
    DEALS,
    SF_CONTACTS,
    TASKS,
    "Record ID|Company name|Website URL|Company Domain Name",
    "Id|WhoId|OwnerId|StartDateTime|IsPrivate|Type",
    "Id|AccountId|Name|StageName|Amount|CloseDate|IsClosed|IsWon|OwnerId|CreatedDate",
    "Opportunity Name|Account Name|Stage|Amount|Close Date|First Name|Last Name|Email|Role",
    "Activity ID|Subject|Date|Assigned|Assigned Email|Status|Task|Event|Contact ID"};
static const char *const odd_cells[] = {"",
                                        " ",
                                        ";",
                                        ";;;",
                                        "1",
                                        "101;102",
                                        "003000000000001",
                                        "005000000000001AAA",
                                        "00G000000000001",
                                        "a@b.c",
                                        "a@",
                                        "@",
                                        "A@B..c",
                                        "\xff\xfe",
                                        "\n\n",
                                        "\x01\x7f",
                                        "-",
                                        "1.234",
                                        "1.234,56 \xe2\x82\xac",
                                        "(",
                                        "2024-03-12",
                                        "2024-03-12T",
                                        "2999-01-01",
                                        "0000-00-00",
                                        "3/4/2024",
                                        "14.03.2024 09:14",
                                        "Completed",
                                        "Call",
                                        "Email: x",
                                        "true",
                                        "\xe2\x80\xae",
                                        "99999999999999999999999999",
                                        "e\xcc\x81",
                                        "closedwon",
                                        "https://",
                                        "x.y",
                                        "Lee, Ann"};

static void crm_read_row__holds_whatever_the_cells_are(void **state)
{
    static crm_reader reader;
    static crm_map map;
    const uint64_t seed = 20250314;
    uint64_t random = seed, facts = 0;
    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (size_t round = 0; round < 90000; round++) {
        const char *row[CELLS_MAX], *names[CELLS_MAX];
        char *header = strdup(odd_headers[round % COUNT(odd_headers)]);
        size_t count = cut(header, names);
        verdict what = {0};
        assert_true(crm_map_read(&map, names, count));
        for (size_t i = 0; i < count; i++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            row[i] = odd_cells[(random >> 33) % COUNT(odd_cells)];
        }
        reader.map = &map;
        reader.now_s = NOW;
        reader.take = check_fact;
        reader.context = &facts;
        assert_int_equal(crm_read_row(&reader, row, (size_t)(random >> 40) % (count + 1), &what),
                         IMPORT_DONE);
        free(header);
    }
    assert_true(facts > 10000);
    crm_reader_free(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crm_read_row__reads_hubspot_contacts),
        cmocka_unit_test(crm_read_row__reads_hubspots_languages),
        cmocka_unit_test(crm_read_row__reads_hubspot_companies),
        cmocka_unit_test(crm_read_row__reads_hubspot_deals),
        cmocka_unit_test(crm_read_row__notes_what_a_deal_lost),
        cmocka_unit_test(crm_read_row__reads_salesforce_contacts),
        cmocka_unit_test(crm_read_row__takes_consent_seriously),
        cmocka_unit_test(crm_read_row__says_whose_opt_out_is_nobodys),
        cmocka_unit_test(crm_read_row__reads_salesforce_accounts_and_users),
        cmocka_unit_test(crm_read_row__reads_salesforce_opportunities_and_roles),
        cmocka_unit_test(crm_read_row__reads_completed_tasks),
        cmocka_unit_test(crm_read_row__leaves_what_is_no_evidence),
        cmocka_unit_test(crm_read_row__reads_past_events),
        cmocka_unit_test(crm_read_row__reads_attendees_of_events),
        cmocka_unit_test(crm_read_row__reads_opportunity_reports),
        cmocka_unit_test(crm_read_row__reads_contact_account_and_activity_reports),
        cmocka_unit_test(crm_read_row__knows_the_footer_of_a_report),
        cmocka_unit_test(crm_map_read__leaves_other_headers_alone),
        cmocka_unit_test(crm_map_read__bounds_columns),
        cmocka_unit_test(crm_read_row__cleans_cells_and_bounds_texts),
        cmocka_unit_test(crm_read_row__holds_whatever_the_cells_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
