/* sample.h - for every key of the table a value to set it to, and how it then reads back. */
#pragma once

#include "conf.h"
#include "tests/tap.h"

struct sample {
	const char *set, *get;
};

/* Keys whose kind alone does not say what they take. */
static const struct {
	const char *key;
	struct sample sample;
} samples_by_name[] = {
	{ "lxc.log.syslog", { "local3", "local3" } },
	{ "lxc.tty.dir", { "lxc", "lxc" } },
	{ "lxc.mount.entry",
	  { "tmpfs run tmpfs rw,nosuid 0 0", "tmpfs run tmpfs rw,nosuid 0 0\n" } },
	{ "lxc.mount.auto", { "proc:rw sys:ro", "proc:rw\nsys:ro\n" } },
	{ "lxc.idmap", { "u 0 100000 65536", "u 0 100000 65536\n" } },
	{ "lxc.cap.drop", { "sys_time 33", "sys_time\n33\n" } },
	{ "lxc.cap.keep", { "chown kill", "chown\nkill\n" } },
	{ "lxc.prlimit.*", { "100:unlimited", "100:unlimited" } },
	{ "lxc.group", { "onboot web", "onboot\nweb\n" } },
};

/* The others: all keys of a kind take the same. */
static const struct {
	const struct key_type *type;
	struct sample sample;
} samples_by_type[] = {
	{ &key_text, { "some text", "some text" } },
	{ &key_path, { "/some/path", "/some/path" } },
	{ &key_command, { "/bin/sh -c 'a b'", "/bin/sh -c 'a b'" } },
	{ &key_rootfs, { "dir:/srv/root", "/srv/root" } },
	{ &key_number, { "7", "7" } },
	{ &key_integer, { "-5", "-5" } },
	{ &key_signal, { "SIGUSR1", "10" } },
	{ &key_size, { "100 kB", "131072" } },
	{ &key_level, { "debug", "DEBUG" } },
	{ &key_environment, { "A=b c", "A=b c\n" } },
	{ &key_gids, { "5,6", "5,6" } },
	{ &key_net_type, { "empty", "empty" } },
};

/* A value other than the key's default. A key of a new kind has to be given one above. */
static inline struct sample sample(const struct key *key)
{
	for (size_t i = 0; i < ARRAY_LEN(samples_by_name); i++)
		if (streq(samples_by_name[i].key, key->name))
			return samples_by_name[i].sample;
	for (size_t i = 0; i < ARRAY_LEN(samples_by_type); i++)
		if (samples_by_type[i].type == key->type)
			return samples_by_type[i].sample;
	if (key->type == &key_bool)
		return key->init && streq(key->init, "1") ? (struct sample){ "0", "0" }
							  : (struct sample){ "1", "1" };
	if (key->type == &key_word)
		for (const struct name *word = key->words; word->name; word++)
			if (!key->init || !streq(word->name, key->init))
				return (struct sample){ word->name, word->name };
	bail("%s: no sample in tests/unit/sample.h", key->name);
}

/* Whether a key is one that is set: an alias is another's name, lxc.net can only be emptied. */
static inline bool is_settable(const struct key *key)
{
	return key->type != &key_alias && key->type != &key_net;
}

enum { FULL_NAME = 96 };

/* The name as a file would have it, of interface 3 or the limit nofile, into `out`. */
static inline const char *full_name(const struct key *key, char *out)
{
	const char *index = strstr(key->name, "[]");
	size_t len = strlen(key->name);

	if (index)
		snprintf(out, FULL_NAME, "%.*s3%s", (int)(index - key->name), key->name, index + 2);
	else if (key->name[len - 1] == '*')
		snprintf(out, FULL_NAME, "%.*snofile", (int)len - 1, key->name);
	else
		snprintf(out, FULL_NAME, "%s", key->name);
	return out;
}

/* What conf_get() gives, "(none)" when it knows no such key. Valid until the call after next. */
static inline const char *value_of(const struct conf *conf, const char *name)
{
	static char values[2][4096];
	static int next;
	auto_text struct text out = { 0 };

	next = !next;
	bool known = conf_get(conf, name, &out) == 0;
	snprintf(values[next], sizeof(values[next]), "%s", known ? text_get(&out) : "(none)");
	return values[next];
}

/* Whether two configurations answer the same for every key; says where they do not. */
static inline bool same_conf(const struct conf *a, const struct conf *b)
{
	bool same = true;

	for (const struct key *key = keys; key < keys + keys_len; key++) {
		char buffer[FULL_NAME];
		const char *name = full_name(key, buffer);
		auto_text struct text before = { 0 }, after = { 0 };
		int r = conf_get(a, name, &before), s = conf_get(b, name, &after);
		if (r == s && streq(text_get(&before), text_get(&after)))
			continue;
		diag("%s: %d \"%s\" and %d \"%s\"", name, r, text_get(&before), s,
		     text_get(&after));
		same = false;
	}
	return same;
}
