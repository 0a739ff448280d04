/* system.h - the system configuration, lxc.conf: where containers are, what create starts from. */
#pragma once

#include "mem.h"

struct system_item {
	const char *name;
	const char *root, *user; /* the default; a user's path is below $HOME; NULL: not set */
	bool listed;		 /* by lxc-config -l */
	const char *help;
};
extern const struct system_item system_items[];
extern const size_t system_items_len;

/*
 * The value of `item` ("lxc.lxcpath") from lxc.conf, or its default, for root or the user who
 * calls; NULL when there is neither. In `arena`. A missing lxc.conf is no failure. `said` (may be
 * NULL): whether lxc.conf says it.
 */
const char *system_get(struct arena *arena, const char *item, bool *said);
