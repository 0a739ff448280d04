/* monitor.h - the supervisor: one poll loop from the start of a container to its end. */
#pragma once

#include "spawn.h"

struct monitor_options {
	bool foreground;     /* the console is the caller's */
	int ready;	     /* where the caller of -d waits; -1: nobody does */
	const char *pidfile; /* NULL: none */
};

/*
 * Starts the container of a claimed `run` and stays with it to its end, reboots included; then
 * takes everything away. Returns the wait status of its last init, or a failure, worded, when it
 * never ran. With options->ready, a struct failure is written there as soon as it runs or has
 * failed. `run->plan`, `dir` and `lock` are filled in; all of it is closed and removed at the end.
 */
int monitor_run(struct run *run, const struct monitor_options *options);

/* What is written to `ready`: an empty failure for success. Returns -1 when nobody wrote. */
int monitor_wait_ready(int ready, struct failure *failure);
