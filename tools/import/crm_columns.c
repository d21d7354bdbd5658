/*
 * The labels of CRM exports: which table a header belongs to, and what each column is.
 *
 * Labels are compared folded (lower case, no accents, words only), so "Record ID" and "record-id"
 * are one. A table is recognised by columns it cannot do without. Tables are tried in the order of
 * crm_table: those with more particular columns come before those that would also fit them.
 * HubSpot's labels follow the language of its user; German, Spanish and French stand beside the
 * English ones and the internal names. What is not listed is not kept.
 */
#include <string.h>

#include "import/crm.h"
#include "import/fold.h"
#include "import/optout.h"

#define LABEL_BYTES 128
#define NEEDS_MAX 4
#define WAYS_MAX 3

typedef struct label {
    const char *text; /* folded */
    crm_field field;
} label;

static const label hubspot_contacts[] = {{"record id", CRM_ID},
                                         {"hs object id", CRM_ID},
                                         {"datensatz id", CRM_ID},
                                         {"id de registro", CRM_ID},
                                         {"id de l enregistrement", CRM_ID},
                                         {"id de fiche d informations", CRM_ID},
                                         {"record id contact", CRM_ID},
                                         {"email", CRM_EMAIL},
                                         {"e mail", CRM_EMAIL},
                                         {"e mail adresse", CRM_EMAIL},
                                         {"correo", CRM_EMAIL},
                                         {"correo electronico", CRM_EMAIL},
                                         {"adresse e mail", CRM_EMAIL},
                                         {"additional email addresses", CRM_EMAILS},
                                         {"hs additional emails", CRM_EMAILS},
                                         {"zusatzliche e mail adressen", CRM_EMAILS},
                                         {"direcciones de correo adicionales", CRM_EMAILS},
                                         {"adresses e mail supplementaires", CRM_EMAILS},
                                         {"first name", CRM_FIRST},
                                         {"firstname", CRM_FIRST},
                                         {"vorname", CRM_FIRST},
                                         {"nombre", CRM_FIRST},
                                         {"prenom", CRM_FIRST},
                                         {"last name", CRM_LAST},
                                         {"lastname", CRM_LAST},
                                         {"nachname", CRM_LAST},
                                         {"apellidos", CRM_LAST},
                                         {"apellido", CRM_LAST},
                                         {"nom", CRM_LAST},
                                         {"nom de famille", CRM_LAST},
                                         {"job title", CRM_TITLE},
                                         {"jobtitle", CRM_TITLE},
                                         {"jobtitel", CRM_TITLE},
                                         {"berufsbezeichnung", CRM_TITLE},
                                         {"position", CRM_TITLE},
                                         {"cargo", CRM_TITLE},
                                         {"puesto", CRM_TITLE},
                                         {"intitule du poste", CRM_TITLE},
                                         {"fonction", CRM_TITLE},
                                         {"company name", CRM_COMPANY},
                                         {"company", CRM_COMPANY},
                                         {"unternehmensname", CRM_COMPANY},
                                         {"name des unternehmens", CRM_COMPANY},
                                         {"nombre de la empresa", CRM_COMPANY},
                                         {"nom de l entreprise", CRM_COMPANY},
                                         {"associated company", CRM_COMPANIES},
                                         {"zugehoriges unternehmen", CRM_COMPANIES},
                                         {"zugeordnetes unternehmen", CRM_COMPANIES},
                                         {"empresa asociada", CRM_COMPANIES},
                                         {"entreprise associee", CRM_COMPANIES},
                                         {"associated company ids", CRM_COMPANY_IDS},
                                         {"associatedcompanyid", CRM_COMPANY_IDS},
                                         {"primary associated company id", CRM_COMPANY_IDS},
                                         {"ids zugehoriger unternehmen", CRM_COMPANY_IDS},
                                         {"ids der zugeordneten unternehmen", CRM_COMPANY_IDS},
                                         {"id de empresas asociadas", CRM_COMPANY_IDS},
                                         {"identifiants d entreprises associees", CRM_COMPANY_IDS},
                                         {NULL, CRM_UNUSED}};

static const label hubspot_companies[] = {{"record id", CRM_ID},
                                          {"hs object id", CRM_ID},
                                          {"datensatz id", CRM_ID},
                                          {"id de registro", CRM_ID},
                                          {"id de l enregistrement", CRM_ID},
                                          {"id de fiche d informations", CRM_ID},
                                          {"record id company", CRM_ID},
                                          {"company name", CRM_NAME},
                                          {"name", CRM_NAME},
                                          {"unternehmensname", CRM_NAME},
                                          {"name des unternehmens", CRM_NAME},
                                          {"nombre de la empresa", CRM_NAME},
                                          {"nom de l entreprise", CRM_NAME},
                                          {"company domain name", CRM_DOMAIN},
                                          {"domain", CRM_DOMAIN},
                                          {"domain name des unternehmens", CRM_DOMAIN},
                                          {"nombre de dominio de la empresa", CRM_DOMAIN},
                                          {"nom de domaine de l entreprise", CRM_DOMAIN},
                                          {"website url", CRM_WEBSITE},
                                          {"website", CRM_WEBSITE},
                                          {"website url des unternehmens", CRM_WEBSITE},
                                          {"url del sitio web", CRM_WEBSITE},
                                          {"url du site web", CRM_WEBSITE},
                                          {NULL, CRM_UNUSED}};

static const label hubspot_deals[] = {{"record id", CRM_ID},
                                      {"hs object id", CRM_ID},
                                      {"datensatz id", CRM_ID},
                                      {"id de registro", CRM_ID},
                                      {"id de l enregistrement", CRM_ID},
                                      {"id de fiche d informations", CRM_ID},
                                      {"record id deal", CRM_ID},
                                      {"deal name", CRM_NAME},
                                      {"dealname", CRM_NAME},
                                      {"name des deals", CRM_NAME},
                                      {"nombre del negocio", CRM_NAME},
                                      {"nom de la transaction", CRM_NAME},
                                      {"deal stage", CRM_STAGE},
                                      {"dealstage", CRM_STAGE},
                                      {"deal phase", CRM_STAGE},
                                      {"etapa del negocio", CRM_STAGE},
                                      {"phase de la transaction", CRM_STAGE},
                                      {"close date", CRM_CLOSED},
                                      {"closedate", CRM_CLOSED},
                                      {"abschlussdatum", CRM_CLOSED},
                                      {"fecha de cierre", CRM_CLOSED},
                                      {"date de fermeture", CRM_CLOSED},
                                      {"create date", CRM_CREATED},
                                      {"createdate", CRM_CREATED},
                                      {"erstellungsdatum", CRM_CREATED},
                                      {"fecha de creacion", CRM_CREATED},
                                      {"date de creation", CRM_CREATED},
                                      {"deal owner", CRM_OWNER},
                                      {"hubspot owner id", CRM_OWNER},
                                      {"fur deal zustandiger mitarbeiter", CRM_OWNER},
                                      {"propietario del negocio", CRM_OWNER},
                                      {"proprietaire de la transaction", CRM_OWNER},
                                      {"amount", CRM_AMOUNT},
                                      {"betrag", CRM_AMOUNT},
                                      {"wert", CRM_AMOUNT},
                                      {"valor", CRM_AMOUNT},
                                      {"importe", CRM_AMOUNT},
                                      {"montant", CRM_AMOUNT},
                                      {"currency", CRM_CURRENCY},
                                      {"deal currency code", CRM_CURRENCY},
                                      {"wahrung", CRM_CURRENCY},
                                      {"moneda", CRM_CURRENCY},
                                      {"devise", CRM_CURRENCY},
                                      {"is closed won", CRM_IS_WON},
                                      {"hs is closed won", CRM_IS_WON},
                                      {"is deal closed", CRM_IS_CLOSED},
                                      {"hs is closed", CRM_IS_CLOSED},
                                      {"associated company ids", CRM_COMPANY_IDS},
                                      {"ids zugehoriger unternehmen", CRM_COMPANY_IDS},
                                      {"id de empresas asociadas", CRM_COMPANY_IDS},
                                      {"identifiants d entreprises associees", CRM_COMPANY_IDS},
                                      {"associated contact ids", CRM_CONTACT_IDS},
                                      {"ids zugehoriger kontakte", CRM_CONTACT_IDS},
                                      {"id de contactos asociados", CRM_CONTACT_IDS},
                                      {"identifiants de contacts associes", CRM_CONTACT_IDS},
                                      {NULL, CRM_UNUSED}};

static const label salesforce_contacts[] = {{"id", CRM_ID},
                                            {"accountid", CRM_COMPANY_IDS},
                                            {"lastname", CRM_LAST},
                                            {"firstname", CRM_FIRST},
                                            {"name", CRM_NAME},
                                            {"email", CRM_EMAIL},
                                            {"title", CRM_TITLE},
                                            {"company", CRM_COMPANY},
                                            {"hasoptedoutofemail", CRM_KNOWN},
                                            {"donotcall", CRM_KNOWN},
                                            {"isdeleted", CRM_DELETED},
                                            {NULL, CRM_UNUSED}};

static const label salesforce_accounts[] = {
    {"id", CRM_ID},           {"name", CRM_NAME},
    {"website", CRM_WEBSITE}, {"isdeleted", CRM_DELETED},
    {"type", CRM_KNOWN},      {"industry", CRM_KNOWN},
    {"parentid", CRM_KNOWN},  {"numberofemployees", CRM_KNOWN},
    {NULL, CRM_UNUSED}};

/* Some of these accounts are people: the fields of a contact, with "Person" in front. */
static const label salesforce_person_accounts[] = {{"id", CRM_ID},
                                                   {"name", CRM_NAME},
                                                   {"firstname", CRM_FIRST},
                                                   {"lastname", CRM_LAST},
                                                   {"website", CRM_WEBSITE},
                                                   {"isdeleted", CRM_DELETED},
                                                   {"personcontactid", CRM_CONTACT_IDS},
                                                   {"personemail", CRM_EMAIL},
                                                   {"persontitle", CRM_TITLE},
                                                   {"personhasoptedoutofemail", CRM_KNOWN},
                                                   {"persondonotcall", CRM_KNOWN},
                                                   {NULL, CRM_UNUSED}};

static const label salesforce_opportunities[] = {{"id", CRM_ID},
                                                 {"accountid", CRM_COMPANY_IDS},
                                                 {"name", CRM_NAME},
                                                 {"stagename", CRM_STAGE},
                                                 {"amount", CRM_AMOUNT},
                                                 {"currencyisocode", CRM_CURRENCY},
                                                 {"closedate", CRM_CLOSED},
                                                 {"isclosed", CRM_IS_CLOSED},
                                                 {"iswon", CRM_IS_WON},
                                                 {"ownerid", CRM_OWNER},
                                                 {"createddate", CRM_CREATED},
                                                 {"isdeleted", CRM_DELETED},
                                                 {NULL, CRM_UNUSED}};

static const label salesforce_roles[] = {{"id", CRM_ID},
                                         {"opportunityid", CRM_DEAL_ID},
                                         {"contactid", CRM_CONTACT_IDS},
                                         {"role", CRM_ROLE},
                                         {"isprimary", CRM_PRIMARY},
                                         {"primary", CRM_PRIMARY},
                                         {"opportunity name", CRM_STAGE},
                                         {"stage", CRM_STAGE},
                                         {"opportunity id", CRM_DEAL_ID},
                                         {"contact id", CRM_CONTACT_IDS},
                                         {"isdeleted", CRM_DELETED},
                                         {NULL, CRM_UNUSED}};

static const label salesforce_tasks[] = {{"id", CRM_ID},
                                         {"whoid", CRM_CONTACT_IDS},
                                         {"ownerid", CRM_OWNER},
                                         {"subject", CRM_SUBJECT},
                                         {"activitydate", CRM_DATE},
                                         {"status", CRM_STATUS},
                                         {"isclosed", CRM_IS_CLOSED},
                                         {"type", CRM_TYPE},
                                         {"tasksubtype", CRM_SUBTYPE},
                                         {"calltype", CRM_CALL_TYPE},
                                         {"calldurationinseconds", CRM_DURATION},
                                         {"calldisposition", CRM_DISPOSITION},
                                         {"completeddatetime", CRM_DONE_AT},
                                         {"isdeleted", CRM_DELETED},
                                         {NULL, CRM_UNUSED}};

static const label salesforce_events[] = {{"id", CRM_ID},
                                          {"whoid", CRM_CONTACT_IDS},
                                          {"ownerid", CRM_OWNER},
                                          {"type", CRM_TYPE},
                                          {"startdatetime", CRM_START},
                                          {"activitydatetime", CRM_START},
                                          {"activitydate", CRM_DATE},
                                          {"isprivate", CRM_PRIVATE},
                                          {"isdeleted", CRM_DELETED},
                                          {NULL, CRM_UNUSED}};

static const label salesforce_relations[] = {{"eventid", CRM_EVENT_ID},
                                             {"relationid", CRM_RELATION_ID},
                                             {"status", CRM_STATUS},
                                             {"isdeleted", CRM_DELETED},
                                             {NULL, CRM_UNUSED}};

static const label salesforce_users[] = {
    {"id", CRM_ID},       {"username", CRM_KNOWN},     {"email", CRM_EMAIL},
    {"name", CRM_NAME},   {"firstname", CRM_FIRST},    {"lastname", CRM_LAST},
    {"title", CRM_TITLE}, {"usertype", CRM_USER_TYPE}, {NULL, CRM_UNUSED}};

static const label report_opportunities[] = {{"opportunity id", CRM_ID},
                                             {"opportunity name", CRM_NAME},
                                             {"stage", CRM_STAGE},
                                             {"account id", CRM_COMPANY_IDS},
                                             {"account name", CRM_COMPANY},
                                             {"amount", CRM_AMOUNT},
                                             {"amount currency", CRM_CURRENCY},
                                             {"close date", CRM_CLOSED},
                                             {"created date", CRM_CREATED},
                                             {"closed", CRM_IS_CLOSED},
                                             {"won", CRM_IS_WON},
                                             {"opportunity owner email", CRM_OWNER},
                                             {"contact id", CRM_CONTACT_IDS},
                                             {"contact name", CRM_CONTACT},
                                             {"first name", CRM_FIRST},
                                             {"last name", CRM_LAST},
                                             {"title", CRM_TITLE},
                                             {"email", CRM_EMAIL},
                                             {"role", CRM_ROLE},
                                             {"primary", CRM_PRIMARY},
                                             {NULL, CRM_UNUSED}};

static const label report_activities[] = {{"activity id", CRM_ID},
                                          {"subject", CRM_SUBJECT},
                                          {"date", CRM_DATE},
                                          {"assigned", CRM_KNOWN},
                                          {"assigned email", CRM_OWNER},
                                          {"status", CRM_STATUS},
                                          {"task", CRM_KNOWN},
                                          {"event", CRM_START},
                                          {"contact id", CRM_CONTACT_IDS},
                                          {"email", CRM_EMAIL},
                                          {"type", CRM_TYPE},
                                          {"call type", CRM_CALL_TYPE},
                                          {NULL, CRM_UNUSED}};

static const label report_contacts[] = {
    {"contact id", CRM_ID},        {"account id", CRM_COMPANY_IDS},
    {"account name", CRM_COMPANY}, {"first name", CRM_FIRST},
    {"lead id", CRM_ID},           {"company account", CRM_COMPANY},
    {"last name", CRM_LAST},       {"contact name", CRM_NAME},
    {"full name", CRM_NAME},       {"title", CRM_TITLE},
    {"email", CRM_EMAIL},          {NULL, CRM_UNUSED}};

static const label report_accounts[] = {{"account id", CRM_ID},      {"account name", CRM_NAME},
                                        {"website", CRM_WEBSITE},    {"type", CRM_KNOWN},
                                        {"industry", CRM_KNOWN},     {"account owner", CRM_KNOWN},
                                        {"billing city", CRM_KNOWN}, {NULL, CRM_UNUSED}};

/*
 * A table: its labels, columns of which all must be there (0 ends them) in one of some ways, one
 * that must not, and whether a row says of whom an opt-out in it is.
 */
static const struct {
    const char *name;
    const label *labels;
    crm_field needs[WAYS_MAX][NEEDS_MAX];
    crm_field refuses;
    bool has_person;
} tables[CRM_TABLE_COUNT] = {
    [CRM_HUBSPOT_DEALS] =
        {"hubspot deals", hubspot_deals, {{CRM_ID, CRM_NAME, CRM_STAGE}}, 0, false},
    [CRM_HUBSPOT_CONTACTS] = {"hubspot contacts",
                              hubspot_contacts,
                              {{CRM_ID, CRM_EMAIL, CRM_LAST},
                               {CRM_ID, CRM_EMAIL, CRM_FIRST},
                               {CRM_ID, CRM_OPTOUT}},
                              0,
                              true},
    [CRM_HUBSPOT_COMPANIES] =
        {"hubspot companies", hubspot_companies, {{CRM_ID, CRM_NAME}}, 0, false},
    [CRM_SALESFORCE_ROLES] = {"salesforce contact roles",
                              salesforce_roles,
                              {{CRM_DEAL_ID, CRM_CONTACT_IDS}},
                              CRM_STAGE,
                              true},
    [CRM_SALESFORCE_RELATIONS] = {"salesforce event relations",
                                  salesforce_relations,
                                  {{CRM_EVENT_ID, CRM_RELATION_ID}},
                                  0,
                                  false},
    [CRM_SALESFORCE_OPPORTUNITIES] = {"salesforce opportunities",
                                      salesforce_opportunities,
                                      {{CRM_ID, CRM_NAME, CRM_STAGE}},
                                      0,
                                      false},
    [CRM_SALESFORCE_EVENTS] = {"salesforce events",
                               salesforce_events,
                               {{CRM_ID, CRM_CONTACT_IDS, CRM_OWNER, CRM_START}},
                               0,
                               false},
    [CRM_SALESFORCE_TASKS] = {"salesforce tasks",
                              salesforce_tasks,
                              {{CRM_ID, CRM_CONTACT_IDS, CRM_OWNER, CRM_STATUS}},
                              0,
                              false},
    [CRM_SALESFORCE_USERS] =
        {"salesforce users", salesforce_users, {{CRM_ID, CRM_KNOWN, CRM_EMAIL}}, 0, true},
    [CRM_SALESFORCE_CONTACTS] = {"salesforce contacts",
                                 salesforce_contacts,
                                 {{CRM_ID, CRM_LAST, CRM_EMAIL}, {CRM_ID, CRM_KNOWN}},
                                 0,
                                 true},
    [CRM_SALESFORCE_PERSON_ACCOUNTS] = {"salesforce accounts",
                                        salesforce_person_accounts,
                                        {{CRM_ID, CRM_EMAIL},
                                         {CRM_ID, CRM_CONTACT_IDS},
                                         {CRM_ID, CRM_KNOWN}},
                                        0,
                                        true},
    [CRM_SALESFORCE_ACCOUNTS] =
        {"salesforce accounts", salesforce_accounts, {{CRM_ID, CRM_NAME, CRM_KNOWN}}, 0, false},
    [CRM_REPORT_OPPORTUNITIES] =
        {"salesforce opportunity report", report_opportunities, {{CRM_NAME, CRM_STAGE}}, 0, true},
    [CRM_REPORT_ACTIVITIES] = {"salesforce activity report",
                               report_activities,
                               {{CRM_SUBJECT, CRM_DATE, CRM_KNOWN, CRM_STATUS}},
                               0,
                               true},
    [CRM_REPORT_CONTACTS] = {"salesforce contact report",
                             report_contacts,
                             {{CRM_COMPANY, CRM_LAST, CRM_EMAIL}, {CRM_ID, CRM_OPTOUT}},
                             0,
                             true},
    [CRM_REPORT_ACCOUNTS] =
        {"salesforce account report", report_accounts, {{CRM_NAME, CRM_KNOWN}}, CRM_EMAIL, false},
};

const char *crm_table_name(crm_table table)
{
    return table < CRM_TABLE_COUNT ? tables[table].name : NULL;
}

static crm_field field_of(const label *labels, const char *folded)
{
    for (; labels->text != NULL; labels++)
        if (strcmp(labels->text, folded) == 0)
            return labels->field;
    return CRM_UNUSED;
}

static bool has_all(const bool is_there[CRM_FIELD_COUNT], const crm_field needs[NEEDS_MAX])
{
    for (size_t i = 0; i < NEEDS_MAX && needs[i] != CRM_UNUSED; i++)
        if (!is_there[needs[i]])
            return false;
    return needs[0] != CRM_UNUSED;
}

/* Whether the header, mapped by a table's labels, has what the table needs, and can be it without
 * an opt-out being lost. */
static bool has_needs(crm_table table, const crm_map *map)
{
    bool is_there[CRM_FIELD_COUNT] = {false}, has_needs = false;
    for (size_t i = 0; i < map->column_count; i++) {
        is_there[map->columns[i]] = true;
        is_there[CRM_OPTOUT] |= map->unwanted[i] != 0;
    }
    for (size_t i = 0; i < WAYS_MAX; i++)
        has_needs = has_needs || has_all(is_there, tables[table].needs[i]);
    return has_needs && (tables[table].has_person || !is_there[CRM_OPTOUT]) &&
           (tables[table].refuses == CRM_UNUSED || !is_there[tables[table].refuses]);
}

bool crm_map_read(crm_map *self, const char *const *cells, size_t count)
{
    char folded[LABEL_BYTES];
    self->table = CRM_NONE;
    while (count > 0 && cells[count - 1][strspn(cells[count - 1], " ")] == '\0')
        count--;
    self->column_count = count;
    if (count > CRM_COLUMNS_MAX)
        return false;
    for (int table = CRM_NONE + 1; table < CRM_TABLE_COUNT; table++) {
        for (size_t i = 0; i < count; i++) {
            (void)fold_words(cells[i], folded, sizeof folded);
            self->columns[i] = field_of(tables[table].labels, folded);
            self->unwanted[i] = (unsigned char)optout_of(folded);
        }
        if (has_needs((crm_table)table, self)) {
            self->table = (crm_table)table;
            for (size_t i = 0; i < count; i++)
                if (self->unwanted[i] != 0)
                    self->columns[i] = CRM_OPTOUT;
            return true;
        }
    }
    self->column_count = 0;
    return false;
}
