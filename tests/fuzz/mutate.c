/*
 * mutate.c - makes configurations up from lines, where libFuzzer by itself changes bytes.
 *
 * A third of the inputs is made anew, a few lines about a few keys. Of the others half are
 * libFuzzer's own; or a line is taken away, or put elsewhere once more, or put in: a key of the
 * table (by an old name, perhaps) and a value it takes.
 */
#include "conf.h"

#include "fail.h"

static const char *const values[] = {
	"",
	"0",
	"1",
	"2",
	"3",
	"7",
	"64",
	"68",
	"1500",
	"4094",
	"65535",
	"4294967294",
	"-1",
	"-5",
	"name",
	"other",
	"none",
	"auto",
	"dev",
	"up",
	"unchanged",
	"/",
	"/a",
	"/a b",
	"\"/a \"",
	"/a/b/c",
	"a/b",
	"lxc",
	"/sbin/init",
	"/bin/sh -c 'a b'",
	"SIGINT",
	"SIGKILL",
	"SIGUSR1",
	"SIGRTMIN+3",
	"10 kB",
	"1 MB",
	"2147483647 GB",
	"DEBUG",
	"NOTSET",
	"i686",
	"x86_64",
	"arm64",
	"compat",
	"system",
	"dir:/a",
	"overlay:/a:/b",
	"zfs:a/b",
	"loop:/a.img",
	"lvm:/dev/a/b",
	"dir",
	"overlay",
	"zfs",
	"lvm",
	"nbd",
	"ro,noatime",
	"ro,idmap=container",
	"local0",
	"A=b",
	"A=",
	"TERM",
	"ODD",
	"A= b ",
	"\"A='\"",
	"5,6",
	"5 6 7",
	"a b c",
	"onboot",
	"tmpfs run tmpfs rw 0 0",
	"/a\\040b c none bind,create=dir,optional 0 0",
	"/a b none bind,idmap=/c",
	"proc:mixed sys:ro",
	"proc sys cgroup",
	"cgroup2:ro:force",
	"shmounts:/a:/b",
	"u 0 100000 65536",
	"g 0 100000 65536",
	"u 1000 1000 1",
	"g 70000 7 9",
	"mnt pid uts",
	"user net",
	"10 s",
	"-1500 ms",
	"2147483647 us",
	"1 h",
	"7 ns",
	"sys_time chown",
	"none 33",
	"unlimited",
	"100:unlimited",
	"1 : 2",
	"unix:/a",
	"unix:@a b",
	"empty",
	"veth",
	"vlan",
	"macvlan",
	"ipvlan",
	"phys",
	"bridge",
	"router",
	"private",
	"l2",
	"l3s",
	"vepa",
	"passthru",
	"00:16:3e:xx:xx:xx",
	"02:00:00:00:00:01",
	"10.0.0.1",
	"10.0.0.1/24 10.0.0.255",
	"fe80::1",
	"2001:db8::1/64",
	"c 1:3 rwm",
	"a",
	"' a '",
	"\"",
	"''",
};

static const char *const parts[] = {
	"%%%\n",
	"%%%d\n",
	"%%%=\n",
	"lxc.include = b.conf\n",
	"lxc.include = c.conf\n",
	"lxc.include = d\n",
	"lxc.include = /usr/share/lxc/config/nesting.conf\n",
	"lxc.net =\n",
	"lxc.network =\n",
	"lxc.net.0 =\n",
	"lxc.net.1 =\n",
	"lxc.hook =\n",
	"lxc.prlimit =\n",
	"lxc.cgroup =\n",
	"lxc.sysctl =\n",
	"lxc.kmsg = 0\n",
	"lxc.pivotdir = a\n",
	"lxc.network.0 =\n",
	"lxc.network.type = veth\n",
	"lxc.network.type = macvlan\n",
	"\n",
};

static const char *const names[] = { "nofile", "7", "net", "uts", "a.b", "dir", "memory.max" };

static unsigned state;

/* A number below `limit`. */
static size_t random_below(size_t limit)
{
	state = state * 1103515245 + 12345;
	return limit ? (state >> 8) % limit : 0;
}

/* The row of an alias, if there is one and chance will have it; of lxc.network.* above all. */
static const struct key *older(const struct key *key)
{
	for (const struct key *old = keys; old < keys + keys_len; old++)
		if (old->type == &key_alias && random_below(2) &&
		    strncmp(old->init, key->name, strlen(old->init)) == 0)
			return old;
	return key;
}

/* A name by which `key` may be set. */
static void name_of(const struct key *key, struct text *out)
{
	const struct key *by = older(key);
	const char *bracket = strchr(key->name, '[');
	size_t len = strlen(by->name);

	if (bracket && by != key && random_below(4))
		text_format(out, "%.*s%s", (int)len - 1, by->name, bracket + 3);
	else if (bracket)
		text_format(out, "lxc.net.%zu%s", random_below(3), bracket + 2);
	else if (by->flags & KEY_FAMILY)
		text_format(out, "%.*s%s", (int)len - 1, by->name,
			    names[random_below(ARRAY_LEN(names))]);
	else
		text_add(out, by->name);
}

/* The type of interface that `key` is for. */
static const char *type_for(const struct key *key)
{
	return key->nets & 1 << NET_VETH      ? "veth"
	       : key->nets & 1 << NET_VLAN    ? "vlan"
	       : key->nets & 1 << NET_MACVLAN ? "macvlan"
					      : "ipvlan";
}

/* Whether `key`, of an interface of the type it is for, takes the value as it is read. */
static bool try_value(const struct key *key, const char *value)
{
	auto_text struct text line = { 0 };
	struct conf conf;

	conf_init(&conf);
	if (key->nets)
		text_format(&line, "lxc.net.0.type = %s\n", type_for(key));
	const char *rest = strchr(key->name, ']');
	size_t star = strcspn(key->name, "*");
	if (rest)
		text_format(&line, "lxc.net.0%s = %s", rest + 1, value);
	else
		text_format(&line, "%.*s%s = %s", (int)star, key->name,
			    key->name[star] ? "net" : "", value);
	int r = conf_load_text(&conf, text_get(&line));
	conf_free(&conf);
	fail_clear();
	return r == 0;
}

/* The same, tried only once. */
static bool takes(const struct key *key, size_t value)
{
	static unsigned char known[256][ARRAY_LEN(values)];
	unsigned char *answer = &known[(size_t)(key - keys) % ARRAY_LEN(known)][value];

	if (!*answer)
		*answer = try_value(key, values[value]) ? 'y' : 'n';
	return *answer == 'y';
}

/* A key that is set, and more often one of an interface. */
static const struct key *any_key(void)
{
	bool net = random_below(4) == 0;

	for (;;) {
		const struct key *key = &keys[random_below(keys_len)];
		if (key->type != &key_alias && (!net || key->flags & KEY_NET))
			return key;
	}
}

/* A value for `key`, seldom one that it does not take. */
static const char *any_value(const struct key *key)
{
	size_t value = random_below(ARRAY_LEN(values));

	for (size_t i = 0; i < 200 && !takes(key, value); i++)
		value = random_below(ARRAY_LEN(values));
	return random_below(8) ? values[value] : "";
}

static void make_line(const struct key *key, struct text *out)
{
	if (random_below(12) == 0)
		text_add(out, "#");
	name_of(key, out);
	text_format(out, random_below(12) ? " = %s\n" : "\n%s\n", any_value(key));
}

static void make_any(struct text *out)
{
	if (random_below(5) == 0)
		text_add(out, parts[random_below(ARRAY_LEN(parts))]);
	else
		make_line(any_key(), out);
}

/* A whole input about few keys, so that they get into each other's way. */
static void make_input(struct text *out)
{
	const struct key *some[3] = { any_key(), any_key(), any_key() };
	size_t lines = 1 + random_below(6), more = random_below(3);

	for (const struct key *key = keys; some[0]->nets && key < keys + keys_len; key++)
		if (key->type == &key_net_type)
			some[2] = key;
	if (some[0]->nets)
		text_format(out, "lxc.net.%zu.type = %s\n", random_below(2), type_for(some[0]));
	for (size_t i = 0; i < lines; i++) {
		if (random_below(6) == 0)
			text_add(out, parts[3 + random_below(ARRAY_LEN(parts) - 3)]);
		else
			make_line(some[random_below(ARRAY_LEN(some))], out);
	}
	for (size_t i = 0; i < more; i++) {
		text_add(out, "%%%\n");
		make_line(some[random_below(ARRAY_LEN(some))], out);
	}
	const struct key *key = some[random_below(ARRAY_LEN(some))];
	text_add(out, "%%%=\n");
	name_of(key, out);
	text_format(out, "\n%s\n", any_value(key));
}

/* Where one of the lines begins, or the text ends. */
static size_t any_line(const char *text, size_t size)
{
	size_t at = random_below(size + 1);

	while (at && text[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_length(const char *text, size_t size)
{
	const char *stop = size ? memchr(text, '\n', size) : NULL;

	return stop ? (size_t)(stop - text) + 1 : size;
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	auto_text struct text line = { 0 };
	char *text = (char *)data;

	state = seed;
	if (random_below(3) == 0) {
		make_input(&line);
		size = line.len < max_size ? line.len : max_size;
		memcpy(data, line.at, size);
		return size;
	}
	if (random_below(2))
		return LLVMFuzzerMutate(data, size, max_size);
	size_t from = any_line(text, size), to = any_line(text, size), gone = 0;
	size_t kind = random_below(4);
	if (kind == 0)
		gone = line_length(text + to, size - to);
	else if (kind == 1)
		text_add_len(&line, text + from, line_length(text + from, size - from));
	else
		make_any(&line);
	if (size + line.len > max_size)
		return size;
	memmove(text + to + line.len, text + to + gone, size - to - gone);
	if (line.len)
		memcpy(text + to, line.at, line.len);
	return size + line.len - gone;
}
