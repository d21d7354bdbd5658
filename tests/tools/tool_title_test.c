/*
 * Rank and department of job titles: the table that is compiled in, on titles as people write them,
 * and a user's own lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "warmpath/title.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct title_case {
    const char *title;
    const char *seniority;
    const char *department;
} title_case;

static title_table *new_table(void)
{
    char *problem = NULL;
    title_table *table = title_table_new();
    if (!title_table_add_builtin(table, &problem))
        fail_msg("%s", problem);
    return table;
}

static const char *shown(const char *text)
{
    return text == NULL ? "nothing" : text;
}

static void check(const title_table *table, const title_case *cases, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        title_class found = title_classify(table, cases[i].title);
        bool is_right = strcmp(shown(found.seniority), shown(cases[i].seniority)) == 0 &&
                        strcmp(shown(found.department), shown(cases[i].department)) == 0;
        wrong += is_right ? 0 : 1;
        if (!is_right)
            print_error("%s: %s, %s; expected %s, %s\n", shown(cases[i].title),
                        shown(found.seniority), shown(found.department), shown(cases[i].seniority),
                        shown(cases[i].department));
    }
    assert_int_equal(wrong, 0);
}

static void title_classify__reads_english(void **state)
{
    static const title_case cases[] = {
        {"CEO", "c-level", "management"},
        {"C.E.O.", "c-level", NULL},
        {"Chief Executive Officer", "c-level", "management"},
        {"Chief Financial Officer", "c-level", "finance"},
        {"Co-Founder & CTO", "c-level", "management"},
        {"Owner", "c-level", "management"},
        {"Product Owner", "staff", "product"},
        {"President", "c-level", "management"},
        {"Vice President", "vp", NULL},
        {"Vice-President, Procurement", "vp", "procurement"},
        {"VP Sales", "vp", "sales"},
        {"Senior Vice President Marketing", "vp", "marketing"},
        {"Assistant Vice President", "vp", NULL},
        {"Head of IT", "director", "it"},
        {"HEAD OF HUMAN RESOURCES", "director", "hr"},
        {"Managing Director", "c-level", "management"},
        {"Director of Finance", "director", "finance"},
        {"Associate Director", "director", NULL},
        {"Chief of Staff", "director", "management"},
        {"Chief of Staff to the CEO", "director", "management"},
        {"Senior Manager, Supply Chain", "manager", "procurement"},
        {"Assistant Manager", "manager", NULL},
        {"Key Account Manager", "staff", "sales"},
        {"Senior Software Engineer", "senior", "engineering"},
        {"Sales Engineer", "staff", "sales"},
        {"Partner", "senior", NULL},
        {"HR Business Partner", "staff", "hr"},
        {"General Counsel", "director", "legal"},
        {"Internal Auditor", "staff", "finance"},
        {"Buyer", "staff", "procurement"},
    };
    title_table *table = new_table();
    (void)state;
    check(table, cases, COUNT(cases));
    title_table_free(table);
}

static void title_classify__does_not_lend_somebody_elses_rank(void **state)
{
    static const title_case cases[] = {
        {"Assistant to the CEO", "entry", "administration"},
        {"Executive Assistant to CEO", "entry", "administration"},
        {"PA to the VP Sales", "entry", NULL},
        {"Advisor to the President", "staff", NULL},
        {"Analyst, Office of the CFO", "staff", NULL},
        {"Assistentin der Geschäftsführung", "entry", "administration"},
        {"Vorstandsassistent", "entry", "administration"},
        {"Assistante de direction", "entry", "administration"},
        {"Asystentka Prezesa", "entry", "administration"},
        {"CEO's assistant", "entry", "administration"},
        {"CFO\u2019s Executive Assistant", "entry", "administration"},
        {"Chief Financial Officer's Assistant", "entry", "administration"},
        {"CEO Assistant", "entry", "administration"},
        {"Executive Assistant, CEO", "entry", "administration"},
        {"Executive Assistant to the CEO & CFO", "entry", "administration"},
        {"Founder's Associate", "entry", NULL},
        {"President's Office Manager", "manager", "administration"},
        {"Driver of the CEO", NULL, NULL},
        {"Referent des Vorstands", "staff", NULL},
        {"Mitarbeiter der Geschäftsleitung", "staff", NULL},
        {"Assistentin Geschäftsleitung", "entry", "administration"},
        {"Assistent Vertriebsleitung", "entry", "administration"},
        {"Assistante PDG", "entry", "administration"},
        {"Conseiller du président", "staff", NULL},
        {"Asesor del Presidente", "staff", NULL},
        {"Doradca prezesa", "staff", NULL},
        /* … and the rank that is there is not lost. */
        {"Executive Assistant to the CEO | Founder", "c-level", "administration"},
        {"Mitglied des Vorstands", "c-level", "management"},
        {"Vorsitzender der Geschäftsführung", "c-level", "management"},
        {"Assistant Director of Sales", "director", "sales"},
        {"Assistant Regional Director", "director", NULL},
        {"Assistant Store Manager", "manager", NULL},
        {"VP at Macy's", "vp", NULL},
        {"President of McDonald's", "c-level", "management"},
    };
    title_table *table = new_table();
    (void)state;
    check(table, cases, COUNT(cases));
    title_table_free(table);
}

static void title_classify__does_not_count_what_somebody_was(void **state)
{
    static const title_case cases[] = {
        {"Ex-CEO", NULL, NULL},
        {"former CEO", NULL, NULL},
        {"CEO (retired)", NULL, NULL},
        {"Chairman emeritus", NULL, NULL},
        {"Past President", NULL, NULL},
        {"ehemaliger Geschäftsführer", NULL, NULL},
        {"Geschäftsführer a.D.", NULL, NULL},
        {"Ancien PDG", NULL, NULL},
        {"Ex-presidente", NULL, NULL},
        {"Była Prezes", NULL, NULL},
        /* … up to the next comma, bracket, slash or bar. */
        {"Former CEO, now Advisor", "staff", NULL},
        {"Ex-VP Sales / Consultant", "staff", NULL},
        {"Ex-McKinsey | CEO at Foo", "c-level", "management"},
        {"Director of Sales, formerly VP at Beta", "director", "sales"},
        {"CEO of Acme, former CFO of Beta", "c-level", "management"},
        {"Software Engineer (ex-Google)", "staff", "engineering"},
    };
    title_table *table = new_table();
    (void)state;
    check(table, cases, COUNT(cases));
    title_table_free(table);
}

static void title_classify__tells_vice_presidents_from_presidents(void **state)
{
    static const title_case cases[] = {
        {"President", "c-level", "management"},
        {"Vice-President of Sales", "vp", "sales"},
        {"Assistant Vice President", "vp", NULL},
        {"Vice Pres., Finance", "vp", "finance"},
        {"Präsidentin", "c-level", "management"},
        {"Vizepräsidentin", "vp", NULL},
        {"Présidente", "c-level", "management"},
        {"Vice-présidente Achats", "vp", "procurement"},
        {"Vicepresidenta de Compras", "vp", "procurement"},
        {"Wiceprezes", "vp", NULL},
        {"Amministratore Delegato", "c-level", "management"},
        {"Vicepresidente", "vp", NULL},
        {"Algemeen Directeur", "c-level", "management"},
        {"Hoofd Inkoop", "director", "procurement"},
        {"Diretora Financeira", "director", "finance"},
    };
    title_table *table = new_table();
    (void)state;
    check(table, cases, COUNT(cases));
    title_table_free(table);
}

static void title_classify__keeps_beginners_below(void **state)
{
    static const title_case cases[] = {
        {"Intern", "entry", NULL},
        {"Marketing Intern", "entry", "marketing"},
        {"Associate", "entry", NULL},
        {"Senior Associate", "senior", NULL},
        {"Junior Consultant", "entry", NULL},
        {"Product Manager Intern", "entry", "product"},
        {"Werkstudent Vertrieb", "entry", "sales"},
        {"Stagiaire achats", "entry", "procurement"},
    };
    title_table *table = new_table();
    (void)state;
    check(table, cases, COUNT(cases));
    title_table_free(table);
}

static void title_classify__reads_german_french_spanish_polish(void **state)
{
    static const title_case cases[] = {
        {"Geschäftsführer", "c-level", "management"},
        {"Geschaeftsfuehrerin", "c-level", "management"},
        {"Leiter Einkauf", "director", "procurement"},
        {"Vertriebsleiterin (m/w/d)", "director", "sales"},
        {"Teamleiter Buchhaltung", "manager", "finance"},
        {"Personalleiter", "director", "hr"},
        {"Softwareentwickler", "staff", "engineering"},
        {"Directeur Général", "c-level", "management"},
        {"Directrice des achats", "director", "procurement"},
        {"Responsable marketing", "manager", "marketing"},
        {"Directeur des Ressources Humaines", "director", "hr"},
        {"Director de Ventas", "director", "sales"},
        {"Jefe de Compras", "director", "procurement"},
        {"Consejero Delegado", "c-level", "management"},
        {"Prezes Zarządu", "c-level", "management"},
        {"Członek Zarządu", "c-level", "management"},
        {"Kierownik działu zakupów", "manager", "procurement"},
        {"Dyrektor Sprzedaży", "director", "sales"},
        {"Specjalista ds. kadr", "staff", "hr"},
    };
    title_table *table = new_table();
    (void)state;
    check(table, cases, COUNT(cases));
    title_table_free(table);
}

static void title_classify__says_nothing_of_what_it_does_not_know(void **state)
{
    static const title_case cases[] = {{NULL, NULL, NULL},        {"", NULL, NULL},
                                       {"  ,;-", NULL, NULL},     {"Poet", NULL, NULL},
                                       {"Internist", NULL, NULL}, {"Headhunter", NULL, NULL},
                                       {"\xff\xfe", NULL, NULL},  {"Presidential", NULL, NULL}};
    title_table *table = new_table();
    (void)state;
    check(table, cases, COUNT(cases));
    title_table_free(table);
}

static void title_classify__bounds_the_words(void **state)
{
    char title[4096];
    title_table *table = new_table();
    (void)state;
    for (size_t i = 0; i + 2 < sizeof title; i += 2)
        memcpy(title + i, "a ", 3);
    memcpy(title, "CEO ", 4);
    assert_string_equal(title_classify(table, title).seniority, "c-level");
    title_table_free(table);
}

static void title_table__lets_a_users_line_win(void **state)
{
    static const char lines[] = "field,value,phrase\r\n# ours\n\nseniority,vp,head of\r\n"
                                "department,growth hackers,growth\nseniority,-,*owner\n"
                                "seniority,staff,butler of <vp> ...\nseniority,vp,<director> * *";
    static const title_case cases[] = {
        {"Head of Growth", "vp", "growth hackers"},
        {"Shop Owner", NULL, "management"},
        {"Head", "director", NULL},
        {"Butler of the VP", "vp", NULL},
        {"Butler of VP Sales", "staff", NULL},
        {"Director Bee Gee", "vp", NULL},
    };
    char *problem = NULL;
    title_table *table = new_table();
    (void)state;
    assert_true(title_table_add(table, "mine.csv", lines, sizeof lines - 1, &problem));
    check(table, cases, COUNT(cases));
    title_table_free(table);
}

static void title_table__names_a_bad_line(void **state)
{
    static const struct {
        const char *line;
        const char *problem;
    } cases[] = {
        {"seniority,vp", "expected three cells"},
        {"seniority,boss,head", "unknown seniority"},
        {"rank,vp,head", "unknown field"},
        {"seniority,vp,", "no phrase"},
        {"seniority,vp,...", "no phrase"},
        {"seniority,,head", "no value"},
        {"seniority,vp,*", "phrase without letters"},
        {"seniority,vp,a **", "word without letters"},
        {"seniority,vp,<boss> s", "unknown seniority between"},
        {"seniority,vp,<vp s", "expected a seniority between"},
        {"seniority,vp,a .. b", "expected them last"},
        {"seniority,vp,\"head\"", "without quotes"},
        {"seniority,vp,a ... b", "expected them last"},
        {"seniority,vp,a b c d e f g", "more than 6 words"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *problem = NULL, text[100];
        title_table *table = title_table_new();
        snprintf(text, sizeof text, "# first\n%s\n", cases[i].line);
        assert_false(title_table_add(table, "mine.csv", text, strlen(text), &problem));
        assert_memory_equal(problem, "mine.csv:2: ", 12);
        assert_non_null(strstr(problem, cases[i].problem));
        free(problem);
        title_table_free(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(title_classify__reads_english),
        cmocka_unit_test(title_classify__does_not_lend_somebody_elses_rank),
        cmocka_unit_test(title_classify__does_not_count_what_somebody_was),
        cmocka_unit_test(title_classify__tells_vice_presidents_from_presidents),
        cmocka_unit_test(title_classify__keeps_beginners_below),
        cmocka_unit_test(title_classify__reads_german_french_spanish_polish),
        cmocka_unit_test(title_classify__says_nothing_of_what_it_does_not_know),
        cmocka_unit_test(title_classify__bounds_the_words),
        cmocka_unit_test(title_table__lets_a_users_line_win),
        cmocka_unit_test(title_table__names_a_bad_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
