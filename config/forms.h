/* forms.h - the forms of list values, for the checks, the plan and the child. */
#pragma once

#include "mem.h"

struct idmap {
	bool gid;
	uint32_t inside, outside, count;
};
/* Reads "u 0 100000 65536"; words its failure. */
int idmap_parse(const char *text, struct idmap *map);

struct fstab {
	char *source, *target, *type, *options;
};
/* Splits an fstab line into its first four fields, \ooo undone, in `arena`. Words its failure. */
int fstab_parse(struct arena *arena, const char *line, struct fstab *entry);

struct limit {
	int resource;
	uint64_t soft, hard; /* UINT64_MAX: unlimited */
};
/* Reads the value of lxc.prlimit.NAME. Words its failure. */
int limit_parse(const char *name, const char *value, struct limit *limit);
