/* filter.h - seccomp filters, compiled before the clone; the child only loads them. */
#pragma once

#include <linux/filter.h>

#include "mem.h"

/* The filter of containers whose configuration names none, in `arena`. Words its failure. */
int filter_default(struct arena *arena, struct sock_fprog *filter);
