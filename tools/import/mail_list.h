/*
 * Whether a message was written by a list or a machine rather than to somebody.
 *
 * Pure functions over the headers. They err towards "list": mail that is wrongly taken for personal
 * makes ties between people who never met, mail wrongly taken for automatic only weighs nothing.
 */
#ifndef WARMPATH_IMPORT_MAIL_LIST_H
#define WARMPATH_IMPORT_MAIL_LIST_H

#include <stdbool.h>

#include "import/header.h"

/* A post on a mailing list, by its headers or as a public archive keeps it. */
bool mail_is_list(const header *headers);

/* Whether an address is that of the list the message came by. */
bool mail_is_list_address(const header *headers, const char *email);

/* Automatic: list and bulk headers, automatic answers, senders that want no reply. */
bool mail_is_automatic(const header *headers, const char *sender);
/* The same without the headers that every list post has. */
bool mail_is_machine(const header *headers, const char *sender);

#endif
