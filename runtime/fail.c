/* fail.c - the one error record: what was being done, to what, and the errno in words. */
#include "fail.h"

#include <stdarg.h>

static struct failure own;
struct failure *failure = &own;

int fail(int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	failure->code = code;
	failure->hint[0] = '\0';
	vsnprintf(failure->text, sizeof(failure->text), fmt, args);
	va_end(args);
	return code ? -code : -EINVAL;
}

int fail_in(int result, const char *fmt, ...)
{
	char prefix[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(prefix, sizeof(prefix) - 2, fmt, args);
	va_end(args);
	size_t len = strlen(prefix);
	prefix[len++] = ':';
	prefix[len++] = ' ';
	size_t room = sizeof(failure->text) - 1 - len, old = strnlen(failure->text, room);
	memmove(failure->text + len, failure->text, old);
	memcpy(failure->text, prefix, len);
	failure->text[len + old] = '\0';
	return result;
}

int fail_at(int result, const char *place)
{
	return place && *place ? fail_in(result, "%s", place) : result;
}

int fail_hint(int result, const char *fmt, ...)
{
	va_list args;

	if (failure->hint[0])
		return result;
	va_start(args, fmt);
	vsnprintf(failure->hint, sizeof(failure->hint), fmt, args);
	va_end(args);
	return result;
}

void fail_clear(void)
{
	failure->code = 0;
	failure->text[0] = '\0';
	failure->hint[0] = '\0';
}

char *fail_line(const struct failure *what, char *out, size_t size)
{
	snprintf(out, size, "%s%s%s%s%s%s", what->text, what->code ? ": " : "",
		 what->code ? strerror(what->code) : "", what->hint[0] ? " (" : "", what->hint,
		 what->hint[0] ? ")" : "");
	return out;
}
