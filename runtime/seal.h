/* seal.h - running from a copy of our own program that nobody can write (threats A1). */
#pragma once

#include "base.h"

/*
 * Makes sure that this process is not the installed file: a process that steps into a container
 * can be reached there as /proc/PID/exe, and the container's root could overwrite the program
 * through it (CVE-2019-5736). Runs the same command again from a read-only view of the file, or
 * returns 0 when it already is one. Words its failure.
 */
int seal_self(char **argv);

/* A descriptor of the running program, for its own execution inside. Words its failure. */
int seal_open_self(void);

/* Shows `title` as the command line of a sealed process, as far as there is room in its own. */
void title_set(const char *title);
