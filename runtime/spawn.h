/* spawn.h - the parent's half of a start: clone, barrier, and what the child hands over. */
#pragma once

#include "child.h"
#include "state.h"

/* A container while it runs, and all that exists for it; run_undo() takes away what does. */
struct run {
	const struct plan *plan;
	int dir, lock; /* its run directory, and the lock in it */
	int exe, proc; /* our own program; the host's procfs */
	int signals;   /* signalfd: an order to end interrupts a start */
	struct record record;
	pid_t pid;		    /* of the init, 0: none. Our child: its number is safe to use */
	int pidfd;		    /* -1 before Linux 5.3 */
	int console, console_slave; /* its console's two ends */
	int ttys[CHILD_MAX_TTYS];
	unsigned n_ttys;
	int devpts;
};
#define RUN_NONE                                                                                   \
	{                                                                                          \
		.dir = -1, .lock = -1, .exe = -1, .proc = -1, .signals = -1, .pidfd = -1,          \
		.console = -1, .console_slave = -1, .devpts = -1                                   \
	}

/*
 * Clones the child of the plan and brings it to its exec: writes the id maps and the record, lets
 * it go, takes the descriptors it sends. On return the payload runs. On failure, worded with the
 * step that failed, nothing is left of it.
 */
int run_spawn(struct run *run);

/* Ends what runs and closes what was handed over; ready for another run_spawn(). */
void run_undo(struct run *run);

/* Writes the record with a new state. A failure is only logged: the container goes on. */
void run_state(struct run *run, enum state state);

/*
 * The same protocol for attach: runs `child`, whose descriptors the caller has filled in, until it
 * has exec'd. Returns the pid of the process inside, a child of ours; on failure, worded, nothing
 * is left. `*step` is the step that failed, as child_step_name() knows it.
 */
pid_t spawn_attach(struct child *child, int *step);
