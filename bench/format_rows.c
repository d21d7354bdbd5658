/*
 * Files of every format: see format_rows.h.
 *
 * Messages have a header of half a kilobyte and a body of one; what share bodies have decides how
 * fast mail is in MB/s, since they are passed over.
 */
#include "format_rows.h"

#include <inttypes.h>

#define COMPANIES 500
#define BODY_LINES 16

static unsigned day_of(uint64_t i)
{
    return 1 + (unsigned)(i % 28);
}

static void write_mbox(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    unsigned a = from % COMPANIES, b = to % COMPANIES;
    fprintf(stream,
            "From p%u@c%u.example Mon Jan %2u 12:00:00 2024\n"
            "Received: from mail.c%u.example (mail.c%u.example [192.0.2.26])\n"
            "\tby mx.c%u.example with ESMTPS id e3a25d2f;\n\tMon, %u Jan 2024 12:00:00 +0000\n"
            "Date: Mon, %u Jan 2024 12:00:00 +0000\nFrom: \"Person %u\" <p%u@c%u.example>\n"
            "To: =?utf-8?Q?P=C3=A9rson_%u?= <p%u@c%u.example>\n"
            "Message-ID: <%" PRIu64 "@c%u.example>\nSubject: Delivery dates\n"
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n",
            from, a, day_of(i), a, a, b, day_of(i), day_of(i), from, from, a, to, to, b, i, a);
    for (int line = 0; line < BODY_LINES; line++)
        fputs("The second cell went well, and we should talk about the trial.\n", stream);
    fputc('\n', stream);
}

static void write_jsonl(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    unsigned a = from % COMPANIES, b = to % COMPANIES;
    fprintf(stream,
            "{\"type\":\"interaction\",\"id\":\"<%" PRIu64 "@c%u.example>\",\"kind\":\"mail\","
            "\"time\":\"2024-01-%02uT12:00:00Z\",\"from\":\"p%u@c%u.example\","
            "\"to\":[\"p%u@c%u.example\"],\"cc\":[],\"bcc\":[],\"valence\":0,\"reply_to\":null}\n",
            i, a, day_of(i), from, a, to, b);
}

static void write_edges(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    fprintf(stream, "%u,%u,0.%u\n", from, to, (unsigned)(10 + i % 90));
}

static void write_contact(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    fprintf(stream,
            "Ann%u,Lee%u,q%" PRIu64 "@c%u.example,\"Company %u, Inc.\",Head of Purchasing,"
            "+49 30 5550%03u,\"Met at the fair in spring, wants a call back in autumn\",Berlin\n",
            from % 977, to % 1013, i, from % COMPANIES, from % COMPANIES, to % 1000);
}

static void write_google(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    fprintf(stream,
            "Ann%u,,Lee%u,,,,,,,,Company %u,Head of Purchasing,,,"
            "\"Met at the fair in spring,\nwants a call back in autumn\",,* myContacts,"
            "* Work,q%" PRIu64 "@c%u.example,Home,q%" PRIu64 "@mail.example,Mobile,"
            "+49 30 5550%03u,Home,\"%u Long Street\n10115 Berlin\nDE\",%u Long Street,Berlin,,,"
            "10115,DE,,,,,,,,,\n",
            from % 977, to % 1013, from % COMPANIES, i, from % COMPANIES, i, to % 1000, to % 100,
            to % 100);
}

static void write_outlook(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    unsigned a = from % 977, b = to % 1013, at = from % COMPANIES;
    fprintf(stream,
            ",\"Ann%u\",\"\",\"Lee%u\",\"\",\"Company %u\",\"Sales\",\"Head of Purchasing\","
            "\"%u Long Street\",,,\"Berlin\",,\"10115\",\"Germany\",,,,,,,,,,,,,,,,,"
            "\"+49 30 5550%03u\",,,,,,,,,\"+49 170 5550%03u\",,,,,,,,,\"0/0/00\",,,\"0/0/00\",,,,,"
            "\"q%" PRIu64 "@c%u.example\",\"SMTP\",\"Ann%u Lee%u (q%" PRIu64
            "@c%u.example)\",,,,,,,"
            "\"Unspecified\",,,,\"A.L.\",,,,,,,,,,,\"Normal\",\"False\",,,\"Normal\",,,,,,\n",
            a, b, at, to % 100, to % 1000, from % 1000, i, at, a, b, i, at);
}

static void write_hubspot(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    unsigned at = from % COMPANIES;
    fprintf(stream,
            "%" PRIu64 ",Ann%u,Lee%u,q%" PRIu64 "@c%u.example,+49 30 5550%03u,Head of Purchasing,"
            "Company %u,Bea Kay,Marketing Qualified Lead,In Progress,2024-01-%02u 09:14,"
            "Organic Search,Company %u,%u\n",
            100000 + i, from % 977, to % 1013, i, at, to % 1000, at, day_of(i), at, 900000 + at);
}

static void write_task(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    fprintf(stream,
            "00T%012" PRIu64 ",003%012u,006%012u,Call about the delivery dates,2024-01-%02u,"
            "Completed,Normal,005%012u,Call,Call,Outbound,%u,001%012u,"
            "2024-01-%02uT12:00:00.000+0000,\"Wants a call back in autumn, after the fair\"\n",
            i, to, to % 1000, day_of(i), from, 60 + to % 900, to % COMPANIES, day_of(i));
}

static void write_connection(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    fprintf(stream,
            "Ann%u,Lee%u,https://www.linkedin.com/in/ann-lee-%" PRIu64 ",,\"Company %u, Inc.\","
            "Head of Purchasing,%02u Jan 2024\n",
            from % 977, to % 1013, i, from % COMPANIES, day_of(i));
}

static void write_message(FILE *stream, uint64_t i, uint32_t from, uint32_t to)
{
    fprintf(stream,
            "\"2-NjY%08" PRIu64 "==\",\"\",\"Person %u\",\"https://www.linkedin.com/in/person-%u\","
            "\"Person %u\",\"https://www.linkedin.com/in/person-%u\",\"2024-01-%02u 12:%02u:%02u "
            "UTC\",\"\",\"The second cell went well, and we should talk about the trial.\n"
            "Could we meet at the fair in spring?\",\"INBOX\",\"\",\"No\",\"No\"\n",
            i, from, from, to, to, day_of(i), (unsigned)(i % 60), (unsigned)(i / 60 % 60));
}

static const char google_header[] =
    "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,"
    "Name Prefix,Name Suffix,Nickname,File As,Organization Name,Organization Title,"
    "Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,"
    "E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,"
    "Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,"
    "Address 1 - Region,Address 1 - Postal Code,Address 1 - Country,Address 1 - Extended Address,"
    "Relation 1 - Label,Relation 1 - Value,Website 1 - Label,Website 1 - Value,Event 1 - Label,"
    "Event 1 - Value,Custom Field 1 - Label,Custom Field 1 - Value\n";

static const char outlook_header[] =
    "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,"
    "Business Street 2,Business Street 3,Business City,Business State,Business Postal Code,"
    "Business Country/Region,Home Street,Home Street 2,Home Street 3,Home City,Home State,"
    "Home Postal Code,Home Country/Region,Other Street,Other Street 2,Other Street 3,Other City,"
    "Other State,Other Postal Code,Other Country/Region,Assistant's Phone,Business Fax,"
    "Business Phone,Business Phone 2,Callback,Car Phone,Company Main Phone,Home Fax,Home Phone,"
    "Home Phone 2,ISDN,Mobile Phone,Other Fax,Other Phone,Pager,Primary Phone,Radio Phone,"
    "TTY/TDD Phone,Telex,Account,Anniversary,Assistant's Name,Billing Information,Birthday,"
    "Business Address PO Box,Categories,Children,Directory Server,E-mail Address,E-mail Type,"
    "E-mail Display Name,E-mail 2 Address,E-mail 2 Type,E-mail 2 Display Name,E-mail 3 Address,"
    "E-mail 3 Type,E-mail 3 Display Name,Gender,Government ID Number,Hobby,"
    "Home Address PO Box,Initials,Internet Free Busy,Keywords,Language,Location,Manager's Name,"
    "Mileage,Notes,Office Location,Organizational ID Number,Other Address PO Box,Priority,Private,"
    "Profession,Referred By,Sensitivity,Spouse,User 1,User 2,User 3,User 4,Web Page\n";

static const char hubspot_header[] =
    "Record ID,First Name,Last Name,Email,Phone Number,Job Title,Company Name,Contact owner,"
    "Lifecycle Stage,Lead Status,Create Date,Original Source,Associated Company,"
    "Associated Company IDs\n";

static const char task_header[] =
    "Id,WhoId,WhatId,Subject,ActivityDate,Status,Priority,OwnerId,Type,TaskSubtype,CallType,"
    "CallDurationInSeconds,AccountId,CompletedDateTime,Description\n";

static const char connection_header[] =
    "Notes:\n\"When exporting your connection data, you may notice that some of the email "
    "addresses are missing.\"\n\n"
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n";

static const char message_header[] =
    "\"CONVERSATION ID\",\"CONVERSATION TITLE\",\"FROM\",\"SENDER PROFILE URL\",\"TO\","
    "\"RECIPIENT PROFILE URLS\",\"DATE\",\"SUBJECT\",\"CONTENT\",\"FOLDER\",\"ATTACHMENTS\","
    "\"IS MESSAGE DRAFT\",\"IS CONVERSATION DRAFT\"\n";

const format formats[] = {
    {"mbox", "mbox", ROW_INTERACTION, write_mbox, NULL, 0, false},
    {"jsonl", "jsonl", ROW_INTERACTION, write_jsonl, NULL, 0, false},
    {"csv", "csv", ROW_PERSON, write_contact,
     "First Name,Last Name,Email Address,Company,Position,Phone,Notes,City\n", 1, false},
    {"google", "google", ROW_PERSON, write_google, google_header, 1, false},
    {"outlook", "outlook", ROW_PERSON, write_outlook, outlook_header, 1, false},
    {"hubspot contacts", "hubspot", ROW_PERSON, write_hubspot, hubspot_header, 1, false},
    {"salesforce tasks", "salesforce", ROW_TASK, write_task, task_header, 1, false},
    {"linkedin connections", "linkedin", ROW_PERSON, write_connection, connection_header, 3, true},
    {"linkedin messages", "linkedin", ROW_INTERACTION, write_message, message_header, 1, false},
    {"edges", "edges", ROW_TIE, write_edges, NULL, 0, false}};
const size_t format_count = sizeof formats / sizeof *formats;

void format_write(FILE *stream, const format *kind, uint32_t people, uint64_t rows)
{
    if (kind->header != NULL)
        fputs(kind->header, stream);
    for (uint64_t i = 0; i < rows; i++) {
        uint32_t from = (uint32_t)(i % people);
        uint32_t to = (uint32_t)((from + 1 + i / people) % people);
        kind->write(stream, i, from + 1, to + 1);
    }
}
