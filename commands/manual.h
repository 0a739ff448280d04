/* manual.h - the manual pages, from the tables that the program itself goes by. */
#pragma once

#include "command.h"

/* Prints lxc-COMMAND(1), or lxc.container.conf(5), in mdoc. */
void manual_command(const struct command *command);
void manual_keys(void);
void manual_system(void); /* lxc.system.conf(5) */
