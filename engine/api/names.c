/*
 * Names of the values of enumerations, and the version.
 *
 * Switches without a default: a value that is missing fails the build.
 */
#include "graph/consent.h"

const char *wp_version(void)
{
    return WP_VERSION_TEXT;
}

const char *wp_status_name(wp_status status)
{
    switch (status) {
    case WP_OK:
        return "WP_OK";
    case WP_ENOTFOUND:
        return "WP_ENOTFOUND";
    case WP_EINVAL:
        return "WP_EINVAL";
    case WP_ENOMEM:
        return "WP_ENOMEM";
    case WP_EIO:
        return "WP_EIO";
    case WP_EFULL:
        return "WP_EFULL";
    case WP_ECORRUPT:
        return "WP_ECORRUPT";
    case WP_EFORMAT:
        return "WP_EFORMAT";
    case WP_EEXIST:
        return "WP_EEXIST";
    case WP_EBUSY:
        return "WP_EBUSY";
    case WP_EFORK:
        return "WP_EFORK";
    case WP_EREADONLY:
        return "WP_EREADONLY";
    case WP_EACCESS:
        return "WP_EACCESS";
    case WP_ECONFLICT:
        return "WP_ECONFLICT";
    case WP_EDEADLINE:
        return "WP_EDEADLINE";
    case WP_EBUDGET:
        return "WP_EBUDGET";
    case WP_ECANCELLED:
        return "WP_ECANCELLED";
    case WP_EUNKNOWN:
        return "WP_EUNKNOWN";
    case WP_EERASED:
        return "WP_EERASED";
    case WP_ESTALE:
        return "WP_ESTALE";
    }
    return "WP_?";
}

const char *wp_kind_name(wp_kind kind)
{
    switch (kind) {
    case WP_KIND_MAIL:
        return "mail";
    case WP_KIND_CALL:
        return "call";
    case WP_KIND_MEETING:
        return "meeting";
    case WP_KIND_MESSAGE:
        return "message";
    case WP_KIND_COMMENT:
        return "comment";
    case WP_KIND_LIKE:
        return "like";
    case WP_KIND_VIEW:
        return "view";
    case WP_KIND_INTRODUCTION:
        return "introduction";
    case WP_KIND_FAVOUR:
        return "favour";
    case WP_KIND_CONNECTION:
        return "connection";
    case WP_KIND_ASK:
        return "ask";
    case WP_KIND_TOGETHER:
        return "together";
    case WP_KIND_SUMMARY:
        return "summary";
    case WP_KIND_ANSWER:
        return "answer";
    case WP_KIND_SERIES:
        return "series";
    }
    return NULL;
}

const char *wp_tier_name(wp_tier tier)
{
    switch (tier) {
    case WP_TIER_COLD:
        return "cold";
    case WP_TIER_WEAK:
        return "weak";
    case WP_TIER_WARM:
        return "warm";
    case WP_TIER_STRONG:
        return "strong";
    }
    return NULL;
}

unsigned wp_choice_rank(wp_choice choice)
{
    return wpi_choice_rank(choice);
}

const char *wp_choice_name(wp_choice choice)
{
    switch (choice) {
    case WP_CHOICE_IN:
        return "in";
    case WP_CHOICE_ASK:
        return "ask";
    case WP_CHOICE_OUT:
        return "out";
    case WP_CHOICE_UNSAID:
        break;
    }
    return NULL;
}

const char *wp_sharing_name(wp_sharing sharing)
{
    switch (sharing) {
    case WP_SHARING_OPEN:
        return "open";
    case WP_SHARING_GROUPS:
        return "groups";
    case WP_SHARING_CLOSED:
        return "closed";
    case WP_SHARING_UNSAID:
        break;
    }
    return NULL;
}

const char *wp_audit_action_name(wp_audit_action action)
{
    switch (action) {
    case WP_AUDIT_MODE:
        return "mode";
    case WP_AUDIT_CONSENT:
        return "consent";
    case WP_AUDIT_PRIVATE:
        return "private";
    case WP_AUDIT_SHARED:
        return "shared";
    case WP_AUDIT_SHARING:
        return "sharing";
    case WP_AUDIT_MEMBER_ADD:
        return "member-add";
    case WP_AUDIT_MEMBER_REMOVE:
        return "member-remove";
    case WP_AUDIT_PRIVATE_PERSON:
        return "private-person";
    case WP_AUDIT_BARRIER_ADD:
        return "barrier-add";
    case WP_AUDIT_BARRIER_REMOVE:
        return "barrier-remove";
    case WP_AUDIT_ERASE:
        return "erase";
    case WP_AUDIT_LIFT:
        return "lift";
    case WP_AUDIT_EXPORT:
        return "export";
    case WP_AUDIT_RETENTION:
        return "retention";
    case WP_AUDIT_SETTINGS:
        return "settings";
    case WP_AUDIT_ASK_PERSON:
        return "ask-person";
    case WP_AUDIT_ASK_COMPANY:
        return "ask-company";
    case WP_AUDIT_ASK_NAME:
        return "ask-name";
    case WP_AUDIT_ASK_ALL:
        return "ask-all";
    }
    return NULL;
}

const char *wp_audit_mode_name(wp_audit_mode mode)
{
    switch (mode) {
    case WP_AUDIT_OFF:
        return "off";
    case WP_AUDIT_CHANGES:
        return "changes";
    case WP_AUDIT_ALL:
        return "all";
    }
    return NULL;
}
