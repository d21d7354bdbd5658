/*
 * Whom an entry of the audit log is about: see logged.h.
 */
#include "logged.h"

logged_people logged_about(const wp_audit_entry *at)
{
    switch (at->action) {
    case WP_AUDIT_CONSENT:
    case WP_AUDIT_SHARING:
    case WP_AUDIT_ERASE:
    case WP_AUDIT_EXPORT:
    case WP_AUDIT_ASK_PERSON:
        return (logged_people){at->subject, 0};
    case WP_AUDIT_PRIVATE:
    case WP_AUDIT_SHARED:
    case WP_AUDIT_PRIVATE_PERSON:
        return (logged_people){at->subject, at->object};
    default: /* of sides, those that are people */
        return (logged_people){at->subject_kind == WP_SIDE_PERSON ? at->subject : 0,
                               at->object_kind == WP_SIDE_PERSON ? at->object : 0};
    }
}
