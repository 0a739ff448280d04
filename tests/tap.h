/* tap.h - unit tests in plain C: each check prints a line of TAP, tap_done() prints the plan. */
#pragma once

#include <stdarg.h>

#include "fail.h"

/*
 * One check each. What follows the values is the check's name, as a format. Each returns whether
 * it held; one that did not says where it is, what came and what was wanted.
 */
#define ok(condition, ...)     tap_ok((condition), __FILE__, __LINE__, __VA_ARGS__)
#define is_int(got, want, ...) tap_int((got), (want), __FILE__, __LINE__, __VA_ARGS__)
#define is_str(got, want, ...) tap_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)
/* A negative `result`, and a failure on record whose line has `words` in it, which is forgotten. */
#define is_error(result, words, ...) tap_error((result), (words), __FILE__, __LINE__, __VA_ARGS__)

static int tap_count, tap_failures;

/* A '#' would begin a directive, and a line break a line of its own; other bytes may be no text. */
static inline PRINTF(2, 0) void tap_line(bool good, const char *fmt, va_list args)
{
	char name[1024];

	vsnprintf(name, sizeof(name), fmt, args);
	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	for (const char *at = name; *at; at++) {
		if ((unsigned char)*at < 0x20 || (unsigned char)*at > 0x7e)
			printf("\\x%02X", (unsigned char)*at);
		else
			printf("%s%c", *at == '#' ? "\\" : "", *at);
	}
	putchar('\n');
	fflush(stdout); /* before a fork, a crash, or another process's line */
}

/* Lines that explain the check before them. */
static inline PRINTF(1, 2) void diag(const char *fmt, ...)
{
	char text[4096];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	for (const char *at = text; *at;) {
		int len = (int)strcspn(at, "\n");
		printf("# %.*s\n", len, at);
		at += len + (at[len] == '\n');
	}
	fflush(stdout);
}

static inline PRINTF(4, 0) bool tap_check(bool good, const char *file, int line, const char *fmt,
					  va_list args)
{
	tap_line(good, fmt, args);
	if (!good) {
		tap_failures++;
		diag("at %s:%d", file, line);
	}
	return good;
}

static inline PRINTF(4, 5) bool tap_ok(bool good, const char *file, int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tap_check(good, file, line, fmt, args);
	va_end(args);
	return good;
}

static inline PRINTF(5, 6) bool tap_int(long long got, long long want, const char *file, int line,
					const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tap_check(got == want, file, line, fmt, args);
	va_end(args);
	if (got != want)
		diag("got %lld, want %lld", got, want);
	return got == want;
}

static inline PRINTF(5, 6) bool tap_str(const char *got, const char *want, const char *file,
					int line, const char *fmt, ...)
{
	bool good = got && want ? streq(got, want) : got == want;
	va_list args;

	va_start(args, fmt);
	tap_check(good, file, line, fmt, args);
	va_end(args);
	if (!good)
		diag("got  \"%s\"\nwant \"%s\"", got ? got : "(null)", want ? want : "(null)");
	return good;
}

static inline PRINTF(5, 6) bool tap_error(long result, const char *words, const char *file,
					  int line, const char *fmt, ...)
{
	char said[1200];
	va_list args;

	fail_line(failure, said, sizeof(said));
	bool good = result < 0 && failure->text[0] && strstr(said, words);
	va_start(args, fmt);
	tap_check(good, file, line, fmt, args);
	va_end(args);
	if (!good)
		diag("result %ld, failure \"%s\", want \"%s\" in it", result, said, words);
	fail_clear();
	return good;
}

/* A check that cannot be made here, and why. */
static inline PRINTF(1, 2) void skip(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("ok %d # skip ", ++tap_count);
	vprintf(fmt, args);
	putchar('\n');
	va_end(args);
	fflush(stdout);
}

/* The test itself cannot go on. */
static inline _Noreturn PRINTF(1, 2) void bail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("Bail out! ", stdout);
	vprintf(fmt, args);
	putchar('\n');
	va_end(args);
	fflush(stdout);
	_exit(255);
}

/* Prints the plan; returns the exit status of the test. */
static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures != 0 || tap_count == 0;
}
