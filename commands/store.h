/* store.h - a container's directory while it is made or removed: never half of one to be seen. */
#pragma once

#include "command.h"

/* A container being made. Descriptors are -1 when there is none. */
struct store {
	int parent;	/* lxcpath */
	int dir;	/* the temporary directory, locked while we live */
	char name[128]; /* of the temporary directory */
};

/* Makes LXCPATH/.NAME.tmp-XXXX, and sweeps what dead makers left. Words its failure. */
int store_begin(struct call *call, struct store *store);
/* Gives it the container's name, unless there is such a one by now. Words its failure. */
int store_commit(struct call *call, struct store *store);
/* Removes it. */
void store_abandon(struct store *store);
void store_end(struct store *store);

/* Refuses, worded, when anything is mounted at or below `path`, as this mount namespace has it. */
int store_check_mounts(const char *path);

/* Renames LXCPATH/NAME away, so that it is gone at once, and removes it. Words its failure. */
int store_remove(struct call *call, const char *name);

/* Whether a directory of the host is empty (or not there). */
bool store_is_empty(const char *path);

/* Removes all that is in a directory of the host, but not it. Words its failure. */
int store_empty(const char *path);
