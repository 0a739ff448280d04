/* launch.h - what lxc-start and lxc-execute do alike. */
#pragma once

#include "command.h"

struct launch {
	const char *rcfile;
	const struct texts *defines;
	const char *missing; /* what to say when there is no configuration */
	const char *console, *console_log, *pidfile;
	bool execute, foreground, dry_run;
	int64_t uid, gid; /* -1: as configured */
};

/*
 * Loads, plans, and prints the plan or runs it. In the background: 0 when the container runs. In
 * the foreground: the wait status of its init, through `*status`, and 0. Words its failure.
 */
int launch(struct call *call, const struct launch *launch, int *status);
