/* base.h - what every file may use: TRY, scoped ownership, and the functions we do not call. */
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define ARRAY_LEN(a)	   (sizeof(a) / sizeof((a)[0]))
#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define MUST_USE	   __attribute__((warn_unused_result))

/* Passes a failure up: the callee has worded it already. The one macro that hides a return. */
#define TRY(expr)                                                                                  \
	do {                                                                                       \
		long try_result_ = (long)(expr);                                                   \
		if (try_result_ < 0)                                                               \
			return (int)try_result_;                                                   \
	} while (0)

/* What a function owns for the length of a scope. Each accepts the empty value and keeps errno. */
#define auto_fd	  __attribute__((cleanup(cleanup_fd)))
#define auto_free __attribute__((cleanup(cleanup_free)))
#define auto_file __attribute__((cleanup(cleanup_file)))

static inline void cleanup_fd(const int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void cleanup_free(void *ptr)
{
	int saved = errno;

	free(*(void **)ptr);
	errno = saved;
}

static inline void cleanup_file(FILE **file)
{
	int saved = errno;

	if (*file)
		fclose(*file);
	errno = saved;
}

/* Closes a descriptor a struct owns, and marks it closed. Keeps errno. */
static inline void fd_close(int *fd)
{
	cleanup_fd(fd);
	*fd = -1;
}

/* Hands a descriptor over: the scope it came from no longer owns it. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* What follows `prefix` in `text`, or NULL when `text` does not begin with it. */
static inline const char *str_after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

/*
 * Not in this program. The headers that declare these are included above, so that only our own
 * use is an error: unbounded copies, shells, predictable names, parsers that cannot fail.
 */
#ifdef __GNUC__
#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok atoi atol atoll system popen
#pragma GCC poison mktemp tmpnam tempnam getpwnam getgrnam getpwuid
#endif
