/* fail.h - the one error record. */
#pragma once

#include "base.h"

/* Fixed size and no pointers: it crosses a fork on a shared page, or a pipe. */
struct failure {
	int code;	/* an errno, or 0 when the words say it all */
	char text[768]; /* what was being done, to what; empty: nothing has failed */
	char hint[224]; /* what to do about it, where that is known */
};

/* Where fail() writes. The child points it at the page its parent reads. */
extern struct failure *failure;

/* Records what went wrong with errno `code` (0: the words say it all); replaces what was there. */
int fail(int code, const char *fmt, ...) PRINTF(2, 3); /* returns -code, or -EINVAL for code 0 */

/* Puts "WORDS: " in front of the failure: what the callee could not know. Returns `result`. */
int fail_in(int result, const char *fmt, ...) PRINTF(2, 3);

/* The same with a place, "FILE:LINE", which may be "" or NULL: then nothing is added. */
int fail_at(int result, const char *place);

/* Adds what the user can do about the failure; the first hint stays. Returns `result`. */
int fail_hint(int result, const char *fmt, ...) PRINTF(2, 3);

/* Forgets the failure: the caller goes on another way. */
void fail_clear(void);

/* The failure as one line, without a line feed, into `out`. Returns `out`. */
char *fail_line(const struct failure *what, char *out, size_t size);
