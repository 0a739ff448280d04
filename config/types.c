/* types.c - kinds of keys that hold one value. */
#include <signal.h>

#include "conf.h"
#include "fail.h"

static int set_text(const struct setting *to, const char *value)
{
	for (const char *at = value; *at; at++)
		if ((unsigned char)*at < 0x20 && *at != '\t')
			return fail(0, "the value has a control character in it");
	if (to->key->max && strlen(value) > to->key->max)
		return fail(0, "longer than %u characters", to->key->max);
	if (to->key->check)
		TRY(to->key->check(to->name, value));
	*(char **)to->field = mem_text(&to->conf->mem, value);
	return 0;
}

static void get_text(const struct key *key, const void *field, struct text *out)
{
	const char *text = *(char *const *)field;

	text_add(out, text ? text : "");
}

static void clear_text(const struct setting *to)
{
	*(char **)to->field = NULL;
}

static int set_path(const struct setting *to, const char *value)
{
	if (value[0] != '/')
		return fail(0, "%s is not an absolute path", value);
	if (strlen(value) > 4095)
		return fail(0, "a path longer than 4095 bytes");
	return set_text(to, value);
}

static int set_command(const struct setting *to, const char *value)
{
	struct arena scratch = { 0 };
	size_t words;

	str_words(&scratch, value, &words);
	mem_release(&scratch);
	if (words == 0)
		return fail(0, "not a command");
	return set_text(to, value);
}

static int set_number(const struct setting *to, const char *value)
{
	uint64_t number;

	if (!str_number(value, (uint64_t)to->key->min, to->key->max, &number))
		return fail(0, "%s is not a number from %d to %u", value, to->key->min,
			    to->key->max);
	*(unsigned *)to->field = (unsigned)number;
	return 0;
}

static void get_number(const struct key *key, const void *field, struct text *out)
{
	text_format(out, "%u", *(const unsigned *)field);
}

static void clear_number(const struct setting *to)
{
	*(unsigned *)to->field = 0;
}

static int set_integer(const struct setting *to, const char *value)
{
	long number;

	if (!str_signed(value, INT32_MIN, INT32_MAX, &number))
		return fail(0, "%s is not a whole number", value);
	*(int *)to->field = (int)number;
	return 0;
}

static void get_integer(const struct key *key, const void *field, struct text *out)
{
	text_format(out, "%d", *(const int *)field);
}

static void clear_integer(const struct setting *to)
{
	*(int *)to->field = 0;
}

static int set_bool(const struct setting *to, const char *value)
{
	if (!streq(value, "0") && !streq(value, "1"))
		return fail(0, "%s is neither 0 nor 1", value);
	*(bool *)to->field = value[0] == '1';
	return 0;
}

static void get_bool(const struct key *key, const void *field, struct text *out)
{
	text_add(out, *(const bool *)field ? "1" : "0");
}

static void clear_bool(const struct setting *to)
{
	*(bool *)to->field = false;
}

/* Signals are read back as numbers, 0 when there is none, as LXC does. */
static int set_signal(const struct setting *to, const char *value)
{
	int number = to->key->min == 0 && streq(value, "0") ? 0 : names_signal(value);

	if (number < 0)
		return fail_hint(fail(0, "%s is not a signal", value),
				 "a number, or a name such as SIGTERM or SIGRTMIN+3");
	*(int *)to->field = number;
	return 0;
}

/* A size is a power of two and at least a page, as LXC rounds it; 0 is no limit. */
static int set_size(const struct setting *to, const char *value)
{
	uint64_t size = 1 << 17, rounded = 4096;

	if (!streq(value, "auto") && !str_size(value, &size))
		return fail_hint(fail(0, "%s is not a size", value),
				 "a number with kB, MB or GB, or auto");
	while (rounded < size && rounded < (uint64_t)1 << 62)
		rounded *= 2;
	*(uint64_t *)to->field = size ? rounded : 0;
	return 0;
}

static void get_size(const struct key *key, const void *field, struct text *out)
{
	text_format(out, "%llu", (unsigned long long)*(const uint64_t *)field);
}

static void clear_size(const struct setting *to)
{
	*(uint64_t *)to->field = 0;
}

static int set_word(const struct setting *to, const char *value)
{
	uint64_t number = names_value(to->key->words, value, UINT64_MAX);

	if (number == UINT64_MAX) {
		auto_text struct text all = { 0 };
		for (const struct name *word = to->key->words; word->name; word++)
			text_format(&all, "%s%s", all.len ? ", " : "", word->name);
		return fail(0, "%s is none of %s", value, text_get(&all));
	}
	*(unsigned *)to->field = (unsigned)number;
	return 0;
}

static void get_word(const struct key *key, const void *field, struct text *out)
{
	text_add(out, names_name(key->words, *(const unsigned *)field));
}

/* An unknown word means "not set", without an error, as in LXC. */
static int set_level(const struct setting *to, const char *value)
{
	*(unsigned *)to->field = log_level_of(value);
	return 0;
}

static void get_level(const struct key *key, const void *field, struct text *out)
{
	text_add(out, log_level_name(*(const unsigned *)field));
}

int check_syslog(const char *name, const char *value)
{
	return log_facility(value) < 0 ? fail(0, "%s is none of daemon, local0 to local7", value)
				       : 0;
}

/* Kept without its "dir:", which is how LXC reads it back. */
static int set_rootfs(const struct setting *to, const char *value)
{
	const char *path = str_after(value, "dir:");

	if (!path && value[0] != '/')
		return fail_hint(fail(0, "%s is not a root file system", value), "DIR or dir:DIR");
	return set_path(to, path ? path : value);
}

/* clang-format off */
const struct key_type
	key_text    = { "text",	   set_text,	get_text,    clear_text,    NULL },
	key_path    = { "path",	   set_path,	get_text,    clear_text,    NULL },
	key_command = { "command", set_command, get_text,    clear_text,    NULL },
	key_rootfs  = { "path",	   set_rootfs,	get_text,    clear_text,    NULL },
	key_number  = { "number",  set_number,	get_number,  clear_number,  NULL },
	key_integer = { "integer", set_integer, get_integer, clear_integer, NULL },
	key_bool    = { "0 or 1",  set_bool,	get_bool,    clear_bool,    NULL },
	key_signal  = { "signal",  set_signal,	get_integer, clear_integer, NULL },
	key_size    = { "size",	   set_size,	get_size,    clear_size,    NULL },
	key_word    = { "word",	   set_word,	get_word,    clear_number,  NULL },
	key_level   = { "level",   set_level,	get_level,   clear_number,  NULL };
/* clang-format on */
