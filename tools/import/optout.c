/*
 * Opt-outs in tables.
 *
 * A cell that says neither yes nor no, such as the day of an opt-out, counts as one: who is left
 * alone by mistake can be asked, who is asked by mistake has been asked.
 */
#include "import/optout.h"

#include <string.h>

#include "import/fold.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Labels of HubSpot, Salesforce, Zoho, Dynamics, Mailchimp, Intercom, and of whoever has such a
 * column. */
static const struct {
    const char *label;
    unsigned unwanted;
} labels[] = {
    {"unsubscribed from all email", OPTOUT_MAIL},
    {"hs email optout", OPTOUT_MAIL},
    {"von allen e mails abgemeldet", OPTOUT_MAIL},
    {"cancelo la suscripcion a todos los correos electronicos", OPTOUT_MAIL},
    {"se cancelo la suscripcion a todos los correos electronicos", OPTOUT_MAIL},
    {"desabonne de tous les e mails", OPTOUT_MAIL},
    {"desinscrit de tous les e mails", OPTOUT_MAIL},
    {"hasoptedoutofemail", OPTOUT_MAIL},
    {"has opted out of email", OPTOUT_MAIL},
    {"personhasoptedoutofemail", OPTOUT_MAIL},
    {"email opt out", OPTOUT_MAIL},
    {"e mail opt out", OPTOUT_MAIL},
    {"email optout", OPTOUT_MAIL},
    {"email opted out", OPTOUT_MAIL},
    {"opted out of email", OPTOUT_MAIL},
    {"opted out of all email", OPTOUT_MAIL},
    {"unsubscribed", OPTOUT_MAIL},
    {"email unsubscribed", OPTOUT_MAIL},
    {"unsubscribed from email", OPTOUT_MAIL},
    {"unsubscribed from emails", OPTOUT_MAIL},
    {"unsubscribedfromemails", OPTOUT_MAIL},
    {"unsub time", OPTOUT_MAIL},
    {"unsubscribed time", OPTOUT_MAIL},
    {"unsubscribed at", OPTOUT_MAIL},
    {"unsubscribed on", OPTOUT_MAIL},
    {"unsubscribe date", OPTOUT_MAIL},
    {"opt out date", OPTOUT_MAIL},
    {"abgemeldet", OPTOUT_MAIL},
    {"do not email", OPTOUT_MAIL},
    {"donotemail", OPTOUT_MAIL},
    {"do not allow emails", OPTOUT_MAIL},
    {"do not allow bulk emails", OPTOUT_MAIL},
    {"do not bulk email", OPTOUT_MAIL},
    {"donotbulkemail", OPTOUT_MAIL},
    {"opt out", OPTOUT_MAIL},
    {"optout", OPTOUT_MAIL},
    {"opted out", OPTOUT_MAIL},
    {"do not call", OPTOUT_CALLS},
    {"hs do not call", OPTOUT_CALLS},
    {"donotcall", OPTOUT_CALLS},
    {"persondonotcall", OPTOUT_CALLS},
    {"donotphone", OPTOUT_CALLS},
    {"do not allow phone calls", OPTOUT_CALLS},
    {"nicht anrufen", OPTOUT_CALLS},
    {"no llamar", OPTOUT_CALLS},
    {"ne pas appeler", OPTOUT_CALLS},
    {"nie dzwonic", OPTOUT_CALLS},
    {"do not contact", OPTOUT_MAIL | OPTOUT_CALLS},
    {"donotcontact", OPTOUT_MAIL | OPTOUT_CALLS},
    {"nicht kontaktieren", OPTOUT_MAIL | OPTOUT_CALLS},
    {"no contactar", OPTOUT_MAIL | OPTOUT_CALLS},
    {"ne pas contacter", OPTOUT_MAIL | OPTOUT_CALLS},
    {"nie kontaktowac", OPTOUT_MAIL | OPTOUT_CALLS},
    {"nie kontaktowac sie", OPTOUT_MAIL | OPTOUT_CALLS},
};

/* Labels that go on with the kind of mail, by its name or number: HubSpot's. */
static const char *const mail_labels[] = {"opted out of email ", "hs email optout "};

unsigned optout_of(const char *folded)
{
    static const char account[] = "person account "; /* in reports of Salesforce */
    if (strncmp(folded, account, sizeof account - 1) == 0)
        folded += sizeof account - 1;
    for (size_t i = 0; i < COUNT(mail_labels); i++)
        if (strncmp(folded, mail_labels[i], strlen(mail_labels[i])) == 0)
            return OPTOUT_MAIL;
    for (size_t i = 0; i < COUNT(labels); i++)
        if (strcmp(labels[i].label, folded) == 0)
            return labels[i].unwanted;
    return 0;
}

/* Whether a cell is empty but for blanks, dashes, brackets and boxes without a tick. */
static bool is_blank(const char *cell)
{
    static const char *const signs[] = {"\u00a0", "\u200b", "\u202f", "\u3000", "\ufeff",
                                        "\ufe0f", "\u2010", "\u2011", "\u2012", "\u2013",
                                        "\u2014", "\u2015", "\u2212", "\u2026", "\u2610",
                                        "\u25a1", "\u25a2", "\u25fb", "\u2b1c"};
    while (*cell != '\0') {
        size_t length = strspn(cell, " \t\r\n-._/()[]'\"");
        for (size_t i = 0; i < COUNT(signs) && length == 0; i++)
            length = strncmp(cell, signs[i], strlen(signs[i])) == 0 ? strlen(signs[i]) : 0;
        if (length == 0)
            return false;
        cell += length;
    }
    return true;
}

bool optout_says(const char *cell)
{
    static const char *const no[] = {"no",    "n",    "false", "f",      "nein", "non",
                                     "falso", "faux", "nie",   "falsch", "na",   "n a",
                                     "none",  "null", "allow", "off",    "falsz"};
    static const char *const ticks[] = {"\u2713", "\u2714", "\u2611", "\u2612"};
    char folded[16];
    for (size_t i = 0; i < COUNT(ticks); i++)
        if (strstr(cell, ticks[i]) != NULL)
            return true;
    if (!fold_words(cell, folded, sizeof folded) || folded[0] == '\0')
        return !is_blank(cell);
    if (folded[strspn(folded, "0 ")] == '\0') /* a day that is none, as databases write it */
        return false;
    for (size_t i = 0; i < COUNT(no); i++)
        if (strcmp(no[i], folded) == 0)
            return false;
    return true;
}

void optout_fill(fact *out, wp_identity person, unsigned unwanted)
{
    fact_begin(out, FACT_CONSENT);
    out->person = person;
    out->introductions = WP_CHOICE_OUT;
    out->contact = unwanted == (OPTOUT_MAIL | OPTOUT_CALLS) ? WP_CHOICE_OUT : WP_CHOICE_UNSAID;
}

void optout_lose(verdict *what, const char *name)
{
    verdict_skip(what, REASON_OPTOUT, "seen %s%.150s%s without a usable address, profile or id",
                 name == NULL ? "a row" : "'", name == NULL ? "" : name, name == NULL ? "" : "'");
}
