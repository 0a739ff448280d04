/* state.h - what is known of running containers: run directory, lock, record. */
#pragma once

#include "process.h"
#include "str.h"

struct conf;

enum state {
	STATE_STOPPED,
	STATE_STARTING,
	STATE_RUNNING,
	STATE_STOPPING,
	STATE_ABORTING,
	STATE_FREEZING,
	STATE_FROZEN,
	STATE_THAWED,
	STATE_COUNT,
};
const char *state_name(enum state state);
/* The state of that name; STATE_COUNT when there is none. */
enum state state_of_name(const char *name);

/* What the supervisor writes down, so that every command works without it. */
struct record {
	enum state state;
	pid_t init; /* 0: none yet, or none any more */
	uint64_t init_start, pid_namespace;
	pid_t monitor;
	uint64_t monitor_start;
	unsigned reboots;
	char boot_id[40];  /* of the kernel it was written under */
	char failure[512]; /* what went wrong last, "" when nothing did */
};

/*
 * Makes `name` below `lxcpath` ours to start: the run directory `*dir` and the lock in it, which
 * lasts until the descriptor `*lock` and its copies in children are closed. Without words: -EBUSY
 * when another process has it, -EEXIST when the container lives on without its supervisor. Other
 * failures are worded. The caller owns both descriptors.
 */
int state_claim(const char *lxcpath, const char *name, int *dir, int *lock);

/* Removes all that is in a claimed run directory, and it. The lock is still to be closed. */
void state_release(int dir, const char *lxcpath, const char *name);

/* Writes the record; words its failure. */
int state_save(int dir, const struct record *record);

/* Reads the record; -ENOENT without words when there is none, or none of this boot. */
int state_load(int dir, struct record *record);

/* Reads the settings the container was started with into `conf`, which is begun. Words. */
int state_config(int dir, struct conf *conf);

/* A container as seen from outside. Close with seen_close(). */
struct seen {
	enum state state; /* STOPPED when it does not run */
	bool supervised;  /* its supervisor is alive (or at least not reaped) */
	struct record record;
	struct process init; /* held when it runs; else pid 0 */
	int dir;	     /* its run directory, -1 when there is none */
};
#define SEEN_NONE                                                                                  \
	{                                                                                          \
		.init = PROCESS_NONE, .dir = -1                                                    \
	}
#define auto_seen __attribute__((cleanup(seen_close)))

/*
 * Looks at a container without asking its supervisor, so that nothing can hang (threats I6): the
 * lock says whether there is a supervisor, the record names the init, and the kernel says whether
 * that one lives. What a dead supervisor left behind is removed (threats I7). Words its failure.
 */
int state_look(const char *lxcpath, const char *name, struct seen *seen);
void seen_close(struct seen *seen);

/* Asks a supervisor to end. Between two lives of the container it starts no other. */
void state_end_supervisor(const struct seen *seen);

/*
 * Waits at most 10 s until the supervisor at the other end of `connection` (ctl_connect()) has
 * cleaned up and ended; not at all for one that is stopped. 0, or -ETIMEDOUT without words.
 */
int state_wait_clean(const struct seen *seen, int connection);

/* The names with a run directory below `lxcpath`, in `arena`, ended by NULL. */
char **state_names(struct arena *arena, const char *lxcpath);

/* Fills in what is the same for all of this process's records. */
void record_begin(struct record *record);
