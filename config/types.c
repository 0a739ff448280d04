/* types.c - kinds of keys that hold one value. */
#include <sched.h>

#include "conf.h"
#include "fail.h"

static int set_text(const struct setting *to, const char *value)
{
	if (to->key->max && strlen(value) > to->key->max)
		return fail(0, "longer than %u characters", to->key->max);
	if (to->key->check == check_cgroup_dir && value[0] != '/')
		value = str_clean_path(&to->conf->mem, value);
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

/* Also where it is what is read back when nothing was set, such as the VLAN 0. */
static void save_text(const char *name, const void *field, struct text *out)
{
	const char *text = *(char *const *)field;

	if (!text)
		return;
	text_format(out, "%s = ", name);
	conf_save_line(out, text);
}

static int set_path(const struct setting *to, const char *value)
{
	if (value[0] != '/')
		return fail(0, "%s is not an absolute path", value);
	if (strlen(value) > 4095)
		return fail(0, "a path longer than 4095 bytes");
	TRY(set_text(to, value));
	*(char **)to->field = str_clean_path(&to->conf->mem, value);
	return 0;
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

/* LXC reads a number that begins with 0 as octal; better none than another one. */
static bool is_octal(const char *value)
{
	value += *value == '-';
	return value[0] == '0' && value[1];
}

static int set_number(const struct setting *to, const char *value)
{
	uint64_t number;

	if (is_octal(value) || !str_number(value, (uint64_t)to->key->min, to->key->max, &number))
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

	if (is_octal(value) || !str_signed(value, INT32_MIN, INT32_MAX, &number))
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
	const char *word = names_name(key->words, *(const unsigned *)field);

	text_add(out, word ? word : "");
}

static int set_level(const struct setting *to, const char *value)
{
	enum level level = log_level_of(value);

	if (level == LEVEL_UNSET && !streq(value, "NOTSET"))
		return fail_hint(fail(0, "%s is not a level", value),
				 "TRACE DEBUG INFO NOTICE WARN ERROR CRIT ALERT FATAL, or 0 to 8");
	*(unsigned *)to->field = level;
	return 0;
}

static void get_level(const struct key *key, const void *field, struct text *out)
{
	text_add(out, log_level_name(*(const unsigned *)field));
}

/* Kept as path and type, and read back without the type, as LXC does. */
static int set_rootfs(const struct setting *to, const char *value)
{
	enum rootfs_type type;
	const char *path = rootfs_split(value, &type);

	if (!path)
		return -EINVAL;
	if (strlen(path) > 4095)
		return fail(0, "a path longer than 4095 bytes");
	TRY(set_text(to, path));
	*(char **)to->field = str_clean_path(&to->conf->mem, path);
	to->conf->rootfs_type = type;
	return 0;
}

static void clear_rootfs(const struct setting *to)
{
	clear_text(to);
	to->conf->rootfs_type = ROOTFS_ANY;
}

static void save_rootfs(const char *name, const void *field, struct text *out)
{
	const struct conf *conf = (const void *)((const char *)field -
						 offsetof(struct conf, rootfs_path));
	const char *type = names_name(rootfs_types, conf->rootfs_type);

	if (!conf->rootfs_path)
		return;
	auto_text struct text value = { 0 };
	text_format(&value, "%s%s%s", type ? type : "", type ? ":" : "", conf->rootfs_path);
	text_format(out, "%s = ", name);
	conf_save_line(out, text_get(&value));
}

/* In the order in which LXC lists them. */
static const char *const namespaces[] = { "user", "mnt", "pid",	   "uts",
					  "ipc",  "net", "cgroup", "time" };

static int set_namespaces(const struct setting *to, const char *value)
{
	uint64_t bits = value[strcspn(value, "|,")] ? 0 : names_namespace_list(value);

	/* Other names for some of them are for lxc-attach alone. */
	if (!bits || strcasestr(value, "mount") || strcasestr(value, "name") ||
	    strcasestr(value, "network"))
		return fail_hint(fail(0, "%s is not a list of namespaces", value),
				 "of mnt, pid, uts, ipc, net, user, cgroup, time");
	*(unsigned *)to->field |= (unsigned)bits;
	return 0;
}

static void get_namespaces(const struct key *key, const void *field, struct text *out)
{
	for (size_t i = 0; i < ARRAY_LEN(namespaces); i++)
		if (*(const unsigned *)field & names_value(names_namespaces, namespaces[i], 0))
			text_format(out, "%s\n", namespaces[i]);
}

static void save_namespaces(const char *name, const void *field, struct text *out)
{
	if (!*(const unsigned *)field)
		return;
	text_format(out, "%s =", name);
	for (size_t i = 0; i < ARRAY_LEN(namespaces); i++)
		if (*(const unsigned *)field & names_value(names_namespaces, namespaces[i], 0))
			text_format(out, " %s", namespaces[i]);
	text_add(out, "\n");
}

static const struct name time_units[] = {
	{ "h", 3600000000000 }, { "m", 60000000000 }, { "s", 1000000000 }, { "ms", 1000000 },
	{ "us", 1000 },		{ "ns", 1 },	      { NULL, 0 },
};

static int set_time(const struct setting *to, const char *value)
{
	const char *start = value + (*value == '-'), *end = start + strspn(start, "0123456789");
	const char *unit = end + strspn(end, " \t");
	int64_t scale = (int64_t)names_value(time_units, unit, 0), time;
	char digits[24];
	uint64_t number; /* a long may have only 32 bits, which is two seconds */

	snprintf(digits, sizeof(digits), "%.*s", (int)(end - start), start);
	if (!scale || (size_t)(end - start) >= sizeof(digits) ||
	    !str_number(digits, 0, INT64_MAX, &number) ||
	    __builtin_mul_overflow(start > value ? -(int64_t)number : (int64_t)number, scale,
				   &time))
		return fail_hint(fail(0, "%s is not a time", value),
				 "a whole number, and h, m, s, ms, us or ns");
	*(int64_t *)to->field = time;
	return 0;
}

static void get_time(const struct key *key, const void *field, struct text *out)
{
	int64_t time = *(const int64_t *)field, second = 1000000000;
	bool whole = time && time % second == 0;

	text_format(out, "%lld%s", (long long)(whole ? time / second : time), whole ? "s" : "ns");
}

static void clear_time(const struct setting *to)
{
	*(int64_t *)to->field = 0;
}

/* Read back as LXC does, without its "unix:" or "unix:@". */
static void get_proxy(const struct key *key, const void *field, struct text *out)
{
	const char *text = *(char *const *)field;
	const char *path = text ? str_after(text, "unix:") : "";

	text_add(out, path + (*path == '@'));
}

void key_describe(const struct key *key, struct text *out)
{
	text_add(out, key->type->name);
	if (key->type == &key_number)
		text_format(out, " from %d to %u", key->min, key->max);
	for (const struct name *word = key->words; word && word->name; word++)
		text_format(out, "%s%s", word == key->words ? " " : ", ", word->name);
	if (key->flags & KEY_WORDS)
		text_add(out, " of words");
	if (key->flags & KEY_FAMILY)
		text_add(out, key->flags & KEY_MANY ? ", for each name" : ", one for each name");
}

/* clang-format off */
const struct key_type
	key_text    = { "text",	   set_text,	get_text,    clear_text,    save_text, false },
	key_path    = { "path",	   set_path,	get_text,    clear_text,    NULL, false },
	key_command = { "command", set_command, get_text,    clear_text,    NULL, false },
	key_rootfs  = { "path",	   set_rootfs,	get_text,    clear_rootfs,  save_rootfs, false },
	key_number  = { "number",  set_number,	get_number,  clear_number,  NULL, false },
	key_integer = { "integer", set_integer, get_integer, clear_integer, NULL, false },
	key_bool    = { "0 or 1",  set_bool,	get_bool,    clear_bool,    NULL, false },
	key_signal  = { "signal",  set_signal,	get_integer, clear_integer, NULL, false },
	key_size    = { "size",	   set_size,	get_size,    clear_size,    NULL, false },
	key_word    = { "one of",  set_word,	get_word,    clear_number,  NULL, false },
	key_level   = { "level",   set_level,	get_level,   clear_number,  NULL, false },
	key_namespaces = { "namespaces", set_namespaces, get_namespaces, clear_number,
			   save_namespaces, true },
	key_time    = { "time",	   set_time,	get_time,    clear_time,    NULL, false },
	key_proxy   = { "socket",  set_text,	get_proxy,   clear_text,    save_text, false };
/* clang-format on */
