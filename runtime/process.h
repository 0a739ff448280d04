/* process.h - another process, held so that its number cannot come to mean a third (A13). */
#pragma once

#include "base.h"

struct process {
	pid_t pid;
	uint64_t start; /* when it began, in clock ticks since boot: its second name */
	int pidfd;	/* -1 before Linux 5.3 */
};
#define PROCESS_NONE                                                                               \
	{                                                                                          \
		.pidfd = -1                                                                        \
	}
#define auto_process __attribute__((cleanup(process_close)))

/* When process `pid` began; negative errno without words when there is none. */
int process_start_time(pid_t pid, uint64_t *start);

/* The inode of its pid namespace, 0 when that cannot be seen. */
uint64_t process_pid_namespace(pid_t pid);

/* Takes hold of process `pid` if it is the one that began at `start`. -ESRCH without words. */
int process_open(pid_t pid, uint64_t start, struct process *process);

/* Signals exactly that process. -ESRCH when it is gone. Without words. */
int process_signal(const struct process *process, int signal);

/* Whether it still runs (or is a zombie nobody has reaped: no). */
bool process_alive(const struct process *process);

/* Waits until it has ended, at most `ms` milliseconds (-1: for ever). 0, or -ETIMEDOUT. */
int process_wait(const struct process *process, int64_t ms);

/* Whether it is stopped, by SIGSTOP or a debugger: it will answer nobody. */
bool process_is_stopped(const struct process *process);

void process_close(struct process *process);

/* Milliseconds on the clock that deadlines are made of. */
int64_t process_clock(void);

/* The signals it blocks and those it has handlers for, as bits (1 << (number - 1)). */
int process_signal_sets(const struct process *process, uint64_t *blocked, uint64_t *caught);
