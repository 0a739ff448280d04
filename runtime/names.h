/* names.h - tables of names and numbers: signals, capabilities, limits, namespaces, flags. */
#pragma once

#include "base.h"

struct name {
	const char *name;
	uint64_t value;
};

/* A table ends in a row without a name. */
extern const struct name names_capabilities[]; /* "chown" ...; the value is the number */
extern const struct name names_limits[];       /* "nofile" ...; RLIMIT_* */
extern const struct name names_namespaces[];   /* "mnt" ...; CLONE_NEW* */
extern const struct name names_signals[];      /* "HUP" ...; the number */
extern const struct name names_mount_flags[];  /* "ro" ...; the MS_* it sets */
extern const struct name names_mount_clears[]; /* "rw" ...; the MS_* it clears */
extern const struct name names_propagation[];  /* "rslave" ...; MS_*, with MS_REC */

/* The value of `name`, or `none` when the table lacks it. */
uint64_t names_value(const struct name *table, const char *name, uint64_t none);

/* The first name of `value`, or NULL. */
const char *names_name(const struct name *table, uint64_t value);

/* A signal from "SIGTERM", "SIGRTMIN+3", "SIGRTMAX-1" or a number; -1 when it is none. */
int names_signal(const char *text);

/* A capability from its name or number, not above `last`; -1 when it is none. */
int names_capability(const char *text, int last);

/* A namespace list "mnt pid" or "MOUNT|PID" as CLONE_NEW* bits; 0 when a word is unknown. */
uint64_t names_namespace_list(const char *text);
