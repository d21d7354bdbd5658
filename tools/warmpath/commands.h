/*
 * The functions behind the commands; each returns an exit code. They are found through
 * command_rows (command.h) alone.
 */
#ifndef WARMPATH_TOOL_COMMANDS_H
#define WARMPATH_TOOL_COMMANDS_H

#include "app.h"

int cmd_init(app *self);
int cmd_import(app *self);
int cmd_load(app *self);
int cmd_sources(app *self);
int cmd_merge(app *self);
int cmd_unmerge(app *self);
int cmd_private(app *self);
int cmd_barrier(app *self);
int cmd_group(app *self);
int cmd_sharing(app *self);
int cmd_company(app *self);
int cmd_duplicates(app *self);
int cmd_dump(app *self);
int cmd_backup(app *self);
int cmd_compact(app *self);
int cmd_forget(app *self);
int cmd_audit(app *self);
int cmd_person_export(app *self);
int cmd_retain(app *self);
int cmd_stats(app *self);
int cmd_check(app *self);
int cmd_doctor(app *self);
int cmd_repair(app *self);
int cmd_path(app *self);
int cmd_reach(app *self);
int cmd_who(app *self);
int cmd_explain(app *self);
int cmd_find(app *self);
int cmd_show(app *self);
int cmd_record(app *self);
int cmd_optout(app *self);
int cmd_optin(app *self);
int cmd_settings(app *self);

#endif
