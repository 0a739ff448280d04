/* idmap.h - the id maps of a new user namespace. */
#pragma once

#include "forms.h"

/*
 * Writes the maps of process `pid`, which waits for them, by /proc. Needs CAP_SETUID and
 * CAP_SETGID on the ids outside; setgroups(2) stays allowed, as it may for who has those
 * (threats E7). Words its failure.
 */
int idmap_write(pid_t pid, const struct idmap *maps, size_t n);
