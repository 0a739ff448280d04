/* system.h - the system configuration, lxc.conf: where containers are, what create starts from. */
#pragma once

#include "mem.h"

/*
 * The value of `item` ("lxc.lxcpath" or "lxc.default_config") from lxc.conf or its default, for
 * root or the user who calls. In `arena`. A missing lxc.conf is no failure.
 */
const char *system_get(struct arena *arena, const char *item);
