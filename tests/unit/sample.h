/* sample.h - for every key of the table a value to set it to, and how it then reads back. */
#pragma once

#include "conf.h"
#include "tests/tap.h"

struct sample {
	const char *set, *get; /* `get`, where there is none below: as it was set */
};

/* Keys whose kind and check alone do not say what they take. */
static const struct {
	const char *key;
	struct sample sample;
} samples_by_name[] = {
	{ "lxc.cap.drop", { "sys_time 33", "sys_time\n33\n" } },
	{ "lxc.cap.keep", { "chown kill", "chown\nkill\n" } },
};

/* What a check is for is the same for all keys that have it. */
static const struct {
	int (*check)(const char *name, const char *value);
	struct sample sample;
} samples_by_check[] = {
	{ check_host_name, { "some-name", NULL } },
	{ check_syslog, { "local3", NULL } },
	{ check_mount_entry, { "tmpfs run tmpfs rw,nosuid 0 0", NULL } },
	{ check_mount_options, { "noatime,idmap=container", NULL } },
	{ check_tty_dir, { "lxc", NULL } },
	{ check_idmap, { "u 0 100000 65536", NULL } },
	{ check_limit, { "100:unlimited", NULL } },
	{ check_sysctl, { "some value", NULL } },
	{ check_proc, { "10", NULL } },
	{ check_group, { "onboot web", "onboot\nweb\n" } },
	{ check_hook, { "/bin/hook 'an argument'", NULL } },
	{ check_cgroup, { "c 1:3 rwm", NULL } },
	{ check_cgroup_dir, { "some/group", NULL } },
	{ check_cgroup_inner, { "inner", NULL } },
	{ check_share, { "c2", NULL } },
	{ check_proxy, { "unix:/run/proxy", "/run/proxy" } },
	{ check_interface, { "some0", NULL } },
	{ check_hwaddr, { "02:00:00:00:0a:01", NULL } },
	{ check_mtu, { "1400", NULL } },
	{ check_vlan, { "17", NULL } },
	{ check_port_vlan, { "none", NULL } },
	{ check_queues, { "4", NULL } },
};

/* The others: all keys of a kind take the same. */
static const struct {
	const struct key_type *type;
	unsigned max; /* only of keys with that one, a family of addresses; 0: of all */
	struct sample sample;
} samples_by_type[] = {
	{ &key_text, 0, { "some text", NULL } },
	{ &key_path, 0, { "/some/path", NULL } },
	{ &key_command, 0, { "/bin/sh -c 'a b'", NULL } },
	{ &key_rootfs, 0, { "dir:/srv/root", "/srv/root" } },
	{ &key_number, 1, { "1", NULL } },
	{ &key_number, 0, { "7", NULL } },
	{ &key_integer, 0, { "-5", NULL } },
	{ &key_signal, 0, { "SIGUSR1", "10" } },
	{ &key_size, 0, { "100 kB", "131072" } },
	{ &key_level, 0, { "debug", "DEBUG" } },
	{ &key_items, 0, { "some item", NULL } },
	{ &key_environment, 0, { "A=b c", NULL } },
	{ &key_gids, 0, { "5, 6", "5,6" } },
	{ &key_auto,
	  0,
	  { "cgroup sys:ro shmounts:/a proc", "proc:mixed sys:ro cgroup shmounts:/a" } },
	{ &key_namespaces, 0, { "net user", "user\nnet\n" } },
	{ &key_time, 0, { "-2500 ms", "-2500000000ns" } },
	{ &key_net_type, 0, { "none", NULL } },
	{ &key_address, 4, { "10.1.2.3 10.9.9.9", "10.1.2.3/8" } },
	{ &key_address, 6, { "FE80::0:1", "fe80::1/64" } },
	{ &key_gateway, 4, { "10.0.0.1", NULL } },
	{ &key_gateway, 6, { "fd00:0::1", "fd00::1" } },
	{ &key_route, 4, { "10.5.0.0/16", NULL } },
	{ &key_up, 0, { "yes", "up" } },
	{ &key_route, 6, { "fd00:0::/8", "fd00::/8" } },
};

/* What a list of one item, `set`, reads: with a line feed behind it, but for some. */
static inline struct sample one_item(const struct key *key, const char *set)
{
	static char texts[4][96];
	static unsigned next;
	bool ends = key->type == &key_items || key->type == &key_environment;

	if (key->flags & KEY_JOINED || (key->flags & KEY_FAMILY && !(key->flags & KEY_MANY)))
		ends = false;
	char *get = texts[next++ % ARRAY_LEN(texts)];
	snprintf(get, sizeof(texts[0]), "%s%s", set, ends ? "\n" : "");
	return (struct sample){ set, get };
}

static inline struct sample as_set(const struct key *key, struct sample sample)
{
	return sample.get ? sample : one_item(key, sample.set);
}

/* A value other than the key's default. A key of a new kind has to be given one above. */
static inline struct sample sample(const struct key *key)
{
	for (size_t i = 0; i < ARRAY_LEN(samples_by_name); i++)
		if (streq(samples_by_name[i].key, key->name))
			return samples_by_name[i].sample;
	for (size_t i = 0; key->check && i < ARRAY_LEN(samples_by_check); i++)
		if (samples_by_check[i].check == key->check)
			return as_set(key, samples_by_check[i].sample);
	for (size_t i = 0; i < ARRAY_LEN(samples_by_type); i++)
		if (samples_by_type[i].type == key->type &&
		    (!samples_by_type[i].max || samples_by_type[i].max == key->max))
			return as_set(key, samples_by_type[i].sample);
	if (key->type == &key_bool)
		return key->init && streq(key->init, "1") ? (struct sample){ "0", "0" }
							  : (struct sample){ "1", "1" };
	if (key->type == &key_word)
		for (const struct name *word = key->words; word->name; word++)
			if (!key->init || !streq(word->name, key->init))
				return (struct sample){ word->name, word->name };
	bail("%s: no sample in tests/unit/sample.h", key->name);
}

/*
 * Whether a key is one that is set and read back: an alias is another's name, lxc.net can only be
 * emptied, and some are only read over.
 */
static inline bool is_settable(const struct key *key)
{
	return key->type != &key_alias && key->type != &key_net && key->type != &key_ignored &&
	       key->type != &key_include;
}

/* ---- findings ---- */

/* One finding of all, by its number. */
struct nth {
	size_t skip;
	struct finding at;
};

static inline bool count_down(void *arg, const struct finding *found)
{
	struct nth *nth = arg;

	if (nth->skip--)
		return true;
	nth->at = *found;
	return false;
}

/* What conf_rules() or conf_later() says behind the first `skip` findings. */
static inline int nth_finding(int (*look)(const struct conf *,
					  bool (*)(void *, const struct finding *), void *),
			      const struct conf *conf, size_t skip, struct finding *at)
{
	struct nth nth = { .skip = skip };
	int r = look(conf, count_down, &nth);

	*at = nth.at;
	return r;
}

/* ---- names ---- */

static const char *const net_types[] = { "empty",   "none",   "veth", "vlan",
					 "macvlan", "ipvlan", "phys" };

/* The number of an interface such a key can be set of: that of the type it is for, else 9. */
static inline unsigned net_index(const struct key *key)
{
	for (unsigned type = 0; type < ARRAY_LEN(net_types); type++)
		if (key->nets & 1U << type)
			return type;
	return 9;
}

enum { FULL_NAME = 96 };

/* The name as a file would have it, of some interface or the limit nofile, into `out`. */
static inline const char *full_name(const struct key *key, char *out)
{
	const char *index = strstr(key->name, "[]");
	size_t len = strlen(key->name);

	if (index)
		snprintf(out, FULL_NAME, "%.*s%u%s", (int)(index - key->name), key->name,
			 net_index(key), index + 2);
	else if (key->name[len - 1] == '*')
		snprintf(out, FULL_NAME, "%.*s%s", (int)len - 1, key->name,
			 key->check == check_share ? "net" : "nofile");
	else
		snprintf(out, FULL_NAME, "%s", key->name);
	return out;
}

/* Makes the interface that full_name() names, when `key` is for one type of them. */
static inline void make_net(struct conf *conf, const struct key *key)
{
	char name[FULL_NAME];

	if (!key->nets)
		return;
	snprintf(name, sizeof(name), "lxc.net.%u.type", net_index(key));
	if (conf_set(conf, name, net_types[net_index(key)]) < 0)
		bail("%s: %s", name, failure->text);
}

/* A configuration in which what is set counts as said, as by a line of a file. */
static inline void begin(struct conf *conf)
{
	conf_init(conf);
	conf->now = (struct origin){ "a test", 1 };
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

/* Whether two configurations give the same for one name; says where they do not. */
static inline bool same_value(const struct conf *a, const struct conf *b, const char *name)
{
	auto_text struct text before = { 0 }, after = { 0 };
	int r = conf_get(a, name, &before), s = conf_get(b, name, &after);

	if (r == s && streq(text_get(&before), text_get(&after)))
		return true;
	diag("%s: %d \"%s\" and %d \"%s\"", name, r, text_get(&before), s, text_get(&after));
	return false;
}

/* The same of each that a family has; in which order they were set is no matter. */
static inline bool same_family(const struct conf *a, const struct conf *b, const struct key *key)
{
	const struct items *items = (const void *)((const char *)a + key->offset);
	const struct items *others = (const void *)((const char *)b + key->offset);
	bool same = items->len == others->len;

	if (!same)
		diag("%s: %zu and %zu", key->name, items->len, others->len);
	for (size_t i = 0; i < items->len; i++) {
		char name[FULL_NAME];
		snprintf(name, sizeof(name), "%.*s%s", (int)strlen(key->name) - 1, key->name,
			 items->at[i].name);
		same &= same_value(a, b, name);
	}
	return same;
}

/* Whether two configurations answer the same for one key of the table. */
static inline bool same_key(const struct conf *a, const struct conf *b, const struct key *key)
{
	char name[FULL_NAME];
	bool same = same_value(a, b, full_name(key, name));

	for (size_t i = 0; key->flags & KEY_NET && i < a->net.len; i++) {
		snprintf(name, sizeof(name), "lxc.net.%u%s", a->net.at[i].index,
			 strchr(key->name, ']') + 1);
		same &= same_value(a, b, name);
	}
	if (key->flags & KEY_FAMILY && key->type != &key_alias)
		same &= same_family(a, b, key);
	if (key->type == &key_rootfs && a->rootfs_type != b->rootfs_type) {
		diag("types of the root: %d and %d", (int)a->rootfs_type, (int)b->rootfs_type);
		same = false;
	}
	return same;
}

/* Whether two configurations answer the same for every key; says where they do not. */
static inline bool same_conf(const struct conf *a, const struct conf *b)
{
	bool same = true;

	for (const struct key *key = keys; key < keys + keys_len; key++)
		same &= same_key(a, b, key);
	return same;
}
