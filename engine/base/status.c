/*
 * Filling an error for the caller.
 *
 * The caller owns the wp_error and may pass NULL, so every module can report without a check. The
 * message is cut at the size of the field, never longer, always terminated. The line is for people
 * who repair things: callers put ids, sizes and names of tables into it, never names or addresses
 * of persons. The function knows nothing of what went wrong; it only writes it down.
 */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

wp_status wpi_error_set(wp_error *err, wp_status status, const char *format, ...)
{
    if (err == NULL)
        return status;
    err->status = status;
    /* That nobody has an identity is an answer that imports get by the million. */
    size_t bytes = strlen(format) + 1;
    if (bytes <= sizeof(err->message) && memchr(format, '%', bytes) == NULL) {
        memcpy(err->message, format, bytes);
        return status;
    }
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(err->message, sizeof(err->message), format, arguments);
    va_end(arguments);
    if (length < 0)
        err->message[0] = '\0';
    return status;
}
