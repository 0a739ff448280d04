/* builtin.h - files that LXC installs and configurations name, for where it is not installed. */
#pragma once

#include "base.h"

#define BUILTIN_DIR "/usr/share/lxc/config/"

struct builtin {
	const char *name; /* below BUILTIN_DIR; "*.x": of any distribution LXC knows */
	const char *text;
};
extern const struct builtin builtins[];
extern const size_t builtins_len;

/*
 * The text of the file that `path` names in one of the directories LXC has had its files in, or
 * NULL. For when there is no such file on this machine.
 */
const char *builtin_find(const char *path);
