/* forms.h - the forms of values with parts, for the checks, the plan and the child. */
#pragma once

#include "mem.h"
#include "names.h"

struct idmap {
	bool gid;
	uint32_t inside, outside, count;
};
/* Reads "u 0 100000 65536"; words its failure. */
int idmap_parse(const char *text, struct idmap *map);

/* Whether two ranges of the same kind have an id in common, on either side. */
bool idmap_overlap(const struct idmap *a, const struct idmap *b);

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

/* What a root file system is made from; the first: to be found out from the path. */
enum rootfs_type {
	ROOTFS_ANY,
	ROOTFS_DIR,
	ROOTFS_OVERLAY,
	ROOTFS_AUFS,
	ROOTFS_LOOP,
	ROOTFS_SQUASHFS,
	ROOTFS_EROFS,
	ROOTFS_LVM,
	ROOTFS_ZFS,
	ROOTFS_BTRFS,
	ROOTFS_RBD,
	ROOTFS_NBD,
};
extern const struct name rootfs_types[]; /* "dir" ... */

/* Splits "TYPE:PATH", or a path alone; returns the path in `text`. Words its failure: NULL. */
const char *rootfs_split(const char *text, enum rootfs_type *type);

enum { ADDRESS_TEXT = 80 };
/*
 * Reads an address of `family` (4 or 6) with "/PREFIX" behind it, and of IPv4 then perhaps a
 * broadcast address, and writes it in its usual form to `out`. `need`: the prefix may not be
 * missing; otherwise that of the address's class, or 64, is put in. Words its failure.
 */
int address_parse(int family, bool need, const char *text, char out[ADDRESS_TEXT]);

/* The same for an address without a prefix. */
int address_plain(int family, const char *text, char out[ADDRESS_TEXT]);
