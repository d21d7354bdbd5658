/*
 * Free-mail and disposable-address providers: an address there suggests no company.
 *
 * The list is sorted by byte order for a binary search; a test keeps it so. It holds providers that
 * anybody can get an address from, not access providers' corporate domains. Country variants of the
 * big providers are matched by their first label.
 */
#include "rules/domain.h"

#include <stddef.h>
#include <string.h>

static const char *const free_domains[] = {
    "126.com",        "163.com",
    "189.cn",         "abv.bg",
    "aim.com",        "alice.it",
    "aol.com",        "arcor.de",
    "att.net",        "bellsouth.net",
    "bigpond.com",    "bigpond.net.au",
    "bluewin.ch",     "bol.com.br",
    "bright.net",     "btinternet.com",
    "centrum.cz",     "charter.net",
    "comcast.net",    "cox.net",
    "earthlink.net",  "email.com",
    "email.cz",       "excite.com",
    "fastmail.com",   "fastmail.fm",
    "foxmail.com",    "free.fr",
    "freemail.hu",    "freenet.de",
    "gmail.com",      "gmx.at",
    "gmx.ch",         "gmx.com",
    "gmx.de",         "gmx.net",
    "googlemail.com", "guerrillamail.com",
    "hanmail.net",    "hey.com",
    "hotmail.com",    "hushmail.com",
    "icloud.com",     "inbox.com",
    "inbox.lv",       "inbox.ru",
    "interia.pl",     "juno.com",
    "laposte.net",    "libero.it",
    "list.ru",        "live.com",
    "lycos.com",      "mac.com",
    "mail.com",       "mail.ru",
    "mailinator.com", "me.com",
    "msn.com",        "naver.com",
    "netscape.net",   "netzero.net",
    "ntlworld.com",   "o2.pl",
    "online.de",      "optonline.net",
    "orange.fr",      "outlook.com",
    "pacbell.net",    "pm.me",
    "pobox.com",      "posteo.de",
    "prodigy.net",    "proton.me",
    "protonmail.ch",  "protonmail.com",
    "qq.com",         "rambler.ru",
    "rediffmail.com", "riseup.net",
    "rocketmail.com", "rogers.com",
    "sbcglobal.net",  "seznam.cz",
    "sfr.fr",         "shaw.ca",
    "sina.com",       "sky.com",
    "sympatico.ca",   "t-online.de",
    "talktalk.net",   "telus.net",
    "terra.com.br",   "tiscali.it",
    "tlen.pl",        "tutanota.com",
    "tutanota.de",    "ukr.net",
    "uol.com.br",     "verizon.net",
    "videotron.ca",   "virgilio.it",
    "virgin.net",     "virginmedia.com",
    "wanadoo.fr",     "web.de",
    "wp.pl",          "xs4all.nl",
    "ya.ru",          "yahoo.com",
    "yandex.com",     "yandex.ru",
    "yeah.net",       "ymail.com",
    "yopmail.com",    "zoho.com",
};

/* Providers with a domain in many countries: "yahoo.co.uk", "hotmail.fr". */
static const char *const free_first_labels[] = {"gmx.", "hotmail.", "live.", "outlook.", "yahoo."};

/* Whether a country follows: "fr", "com", "co.uk", "com.br"; "live.acme.com" is Acme's own. */
static bool is_country(const char *suffix)
{
    static const char *const seconds[] = {"co.", "com.", "net."};
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
        if (strncmp(suffix, seconds[i], strlen(seconds[i])) == 0)
            return strlen(suffix) == strlen(seconds[i]) + 2;
    return strchr(suffix, '.') == NULL && strlen(suffix) <= 3;
}

bool wpi_domain_is_free(const char *domain)
{
    size_t low = 0, high = sizeof free_domains / sizeof *free_domains;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(domain, free_domains[middle]);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    for (size_t i = 0; i < sizeof free_first_labels / sizeof *free_first_labels; i++) {
        size_t length = strlen(free_first_labels[i]);
        if (strncmp(domain, free_first_labels[i], length) == 0)
            return is_country(domain + length);
    }
    return false;
}
