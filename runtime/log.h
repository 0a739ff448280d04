/* log.h - levels and sinks: standard error, a file, syslog. One line is one write. */
#pragma once

#include "base.h"

/* In LXC's order, which its configuration also takes as numbers. */
enum level {
	LEVEL_TRACE,
	LEVEL_DEBUG,
	LEVEL_INFO,
	LEVEL_NOTICE,
	LEVEL_WARN,
	LEVEL_ERROR,
	LEVEL_CRIT,
	LEVEL_ALERT,
	LEVEL_FATAL,
	LEVEL_UNSET, /* what LXC makes of an unknown word */
};

/* "DEBUG" or "1", any case; LEVEL_UNSET for anything else. */
enum level log_level_of(const char *word);
const char *log_level_name(enum level level);

/* The words every line begins with: the program as it was called, and the container. Borrowed. */
void log_program(const char *program);
void log_container(const char *name);

/* The lowest level that is written; LEVEL_UNSET keeps the default, WARN. */
void log_set_level(enum level level);
enum level log_get_level(void);

/* Nothing more to standard error. */
void log_quiet(void);

/* From now on to what standard error is at this moment, until log_quiet(); it may be redirected. */
void log_keep_console(void);

/*
 * Appends to `path` from now on (created 0640, never through a symbolic link in its last
 * component, never to anything but a regular file; threats F6, section 8). Fails with words.
 */
int log_open(const char *path);
bool log_is_open(void);

/* The number of a syslog facility: daemon or local0 to local7. -EINVAL for another word. */
int log_facility(const char *name);

/* Also to syslog, as that facility. */
int log_syslog(const char *facility);

/* Going on without; a fact; a step. Never for what is also returned as a failure. */
#define log_warn(...)  log_write(LEVEL_WARN, __FILE__, __VA_ARGS__)
#define log_info(...)  log_write(LEVEL_INFO, __FILE__, __VA_ARGS__)
#define log_debug(...) log_write(LEVEL_DEBUG, __FILE__, __VA_ARGS__)
void log_write(enum level level, const char *file, const char *fmt, ...) PRINTF(3, 4);

/* The failure on record, at level ERROR: for main and the supervisor alone. */
void log_failure(void);
