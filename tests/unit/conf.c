/* conf.c - every key of the table: set, read back, save, load, reset; and what is refused. */
#include "conf.h"

#include "tests/unit/sample.h"

/* ---- the table itself ---- */

static void test_rows(void)
{
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		int same = 0;
		for (const struct key *other = keys; other < keys + keys_len; other++)
			same += streq(key->name, other->name);
		ok(same == 1 && str_after(key->name, "lxc."), "%s: a name of its own", key->name);
		ok(key->type && key->type->name && key->type->set && key->type->get &&
			   key->type->clear,
		   "%s: a kind", key->name);
		if (key->type == &key_alias)
			ok(key->init && str_after(key->init, "lxc."), "%s: a modern name",
			   key->name);
		else
			ok(key->help && strlen(key->help) > 10 &&
				   key->help[strlen(key->help) - 1] == '.',
			   "%s: a sentence for the manual", key->name);
		is_int(strstr(key->name, "[]") != NULL, (key->flags & KEY_NET) != 0,
		       "%s: an index and its flag", key->name);
		is_int(key->name[strlen(key->name) - 1] == '*', (key->flags & KEY_FAMILY) != 0,
		       "%s: a family and its flag", key->name);
	}
}

/* A default is text that the key's own setter takes, as conf_init() does without a word. */
static void test_defaults(void)
{
	struct conf conf, other;

	begin(&conf);
	begin(&other);
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		const char *texts[] = { key->init, key->empty };
		make_net(&conf, key);
		char name[FULL_NAME];
		for (size_t i = 0; i < ARRAY_LEN(texts); i++)
			if (texts[i] && is_settable(key))
				is_int(conf_set(&conf, full_name(key, name), texts[i]), 0,
				       "%s: its own %s, %s", key->name, i ? "empty" : "default",
				       texts[i]);
	}
	conf_set(&conf, "lxc.net", "");
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		char place[64], name[FULL_NAME];
		if (key->unset)
			is_str(value_of(&other, full_name(key, name)),
			       key->flags & KEY_NET ? "(none)" : key->unset,
			       "%s: unset it reads %s", key->name, key->unset);
		if (key->empty || (key->unset && is_settable(key)))
			conf_set(&conf, key->name, key->empty && key->init ? key->init : "");
		if (key->unset)
			is_str(origin_text(conf_origin(&conf, key->name), place, sizeof(place)), "",
			       "%s: emptied, too", key->name);
	}
	ok(same_conf(&conf, &other), "defaults set are defaults");
	conf_free(&conf);
	conf_free(&other);
}

/* ---- round trips ---- */

/* Sets one key alone; the file that is made of it loads to the same, and nothing else changes. */
static void round_trip(const struct key *key)
{
	struct conf conf, loaded, plain;
	auto_text struct text file = { 0 };
	struct sample s = sample(key);
	char name[FULL_NAME];

	begin(&conf);
	begin(&loaded);
	begin(&plain);
	make_net(&conf, key);
	is_int(conf_set(&conf, full_name(key, name), s.set), 0, "%s = %s", name, s.set);
	is_str(value_of(&conf, name), s.get, "%s: read back", name);
	ok(!streq(value_of(&plain, name), s.get), "%s: which is not the default", name);
	conf_save(&conf, &file);
	is_int(conf_load_text(&loaded, text_get(&file)), 0, "%s: saved and loaded", name);
	ok(same_conf(&conf, &loaded), "%s: to the same", name);
	auto_text struct text again = { 0 };
	conf_save(&loaded, &again);
	is_str(text_get(&again), text_get(&file), "%s: and saved to the same again", name);
	is_int(conf_set(&conf, name, ""), 0, "%s =", name);
	const char *empty = key->empty ? key->empty : key->unset ? key->unset : key->init;
	if (key->empty || key->flags & KEY_NET)
		is_str(value_of(&conf, name), empty ? empty : "", "%s: empty it is its default",
		       name);
	else
		ok(same_conf(&conf, &plain), "%s: empty it is as it was", name);
	conf_free(&conf);
	conf_free(&loaded);
	conf_free(&plain);
}

/* What LXC 1 and 2 had and nobody heeds: any value, which leaves no trace. */
static void test_ignored(void)
{
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		auto_text struct text file = { 0 };
		struct conf conf;
		if (key->type != &key_ignored)
			continue;
		begin(&conf);
		is_int(conf_set(&conf, key->name, "some value"), 0, "%s is read over", key->name);
		is_str(value_of(&conf, key->name), "", "%s: read back it is nothing", key->name);
		conf_save(&conf, &file);
		is_str(text_get(&file), "", "%s: and not saved", key->name);
		is_int(conf_set(&conf, key->name, ""), 0, "%s may be empty", key->name);
		conf_free(&conf);
	}
}

/* All keys in one file, which is then loaded on top of itself as one would edit it. */
static void test_all_keys(void)
{
	struct conf conf, loaded;
	auto_text struct text file = { 0 };
	char name[FULL_NAME];

	begin(&conf);
	begin(&loaded);
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		make_net(&conf, key);
		if (is_settable(key) && conf_set(&conf, full_name(key, name), sample(key).set) < 0)
			diag("%s: %s", key->name, failure->text);
	}
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (is_settable(key))
			is_str(value_of(&conf, full_name(key, name)), sample(key).get,
			       "%s: among all others", key->name);
	conf_save(&conf, &file);
	is_int(conf_load_text(&loaded, text_get(&file)), 0, "all keys saved and loaded");
	ok(same_conf(&conf, &loaded), "to the same");
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (is_settable(key))
			conf_set(&loaded, full_name(key, name), "");
	conf_set(&loaded, "lxc.net", "");
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (key->empty)
			conf_set(&loaded, key->name, key->init ? key->init : "");
	conf_free(&conf);
	begin(&conf);
	ok(same_conf(&conf, &loaded), "all keys emptied are a new configuration");
	conf_free(&conf);
	conf_free(&loaded);
}

/* Values that are their own worst case in a file: quotes, blanks, what looks like a comment. */
static const struct {
	const char *key, *value;
} awkward[] = {
	{ "lxc.init.cmd", "'/bin/my prog' 'a b'" },
	{ "lxc.init.cmd", "\"/bin/a\" b \"c\"" },
	{ "lxc.init.cmd", "/bin/a # no comment" },
	{ "lxc.init.cmd", "/bin/a = b" },
	{ "lxc.init.cmd", "/bin/a \\" },
	{ "lxc.environment", "A=" },
	{ "lxc.environment", "A==b" },
	{ "lxc.environment", "A= two blanks  " },
	{ "lxc.environment", "A=\"quoted\"" },
	{ "lxc.environment", "'A=b'" },
	{ "lxc.environment", "\tA=tab" },
	{ "lxc.environment", "A=\xc3\xa4\x80" },
	{ "lxc.tty.dir", "\"" },
	{ "lxc.console.path", "'x'" },
	{ "lxc.tty.dir", " " },
	{ "lxc.seccomp.notify.proxy", "unix:/a " },
	{ "lxc.seccomp.notify.cookie", "\"a\"" },
	{ "lxc.sysctl.kernel.domainname", " a\t" },
	{ "lxc.cgroup2.memory.max", "'1'" },
	{ "lxc.apparmor.raw", "  deny /a rw," },
	{ "lxc.hook.clone", "\"/bin/a b\"" },
	{ "lxc.time.offset.boot", "-2147483649 ns" },
	{ "lxc.time.offset.boot", "9223372036854775807ns" },
	/* set to what it is when it is not set */
	{ "lxc.init.cmd", "/sbin/init" },
	{ "lxc.init.cwd", "/" },
	{ "lxc.signal.stop", "SIGKILL" },
	{ "lxc.autodev.tmpfs.size", "500000" },
	{ "lxc.console.size", "0" },
	{ "lxc.mount.entry", "\"a\" b none bind \"" },
	{ "lxc.rootfs.path", "/dir:/with:colons" },
	{ "lxc.log.file", "/trailing blank " },
};

static void test_awkward(void)
{
	for (size_t i = 0; i < ARRAY_LEN(awkward); i++) {
		struct conf conf, loaded;
		auto_text struct text file = { 0 };
		begin(&conf);
		begin(&loaded);
		is_int(conf_set(&conf, awkward[i].key, awkward[i].value), 0, "%s: [%s] is taken",
		       awkward[i].key, awkward[i].value);
		conf_save(&conf, &file);
		bool good = conf_load_text(&loaded, text_get(&file)) == 0;
		ok(good && same_conf(&conf, &loaded), "%s: [%s] is saved as it is", awkward[i].key,
		   awkward[i].value);
		conf_free(&conf);
		conf_free(&loaded);
	}
	fail_clear();
}

/* ---- bounds ---- */

/* Sets `key` to a number one apart from a bound; whether it was taken. */
static bool takes(const struct key *key, long long number)
{
	struct conf conf;
	char text[32];

	begin(&conf);
	snprintf(text, sizeof(text), "%lld", number);
	bool good = conf_set(&conf, key->name, text) == 0 &&
		    streq(value_of(&conf, key->name), text);
	conf_free(&conf);
	fail_clear();
	return good;
}

static void test_bounds(void)
{
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		if (key->type != &key_number)
			continue;
		ok(takes(key, key->min), "%s takes %d", key->name, key->min);
		ok(!takes(key, (long long)key->min - 1), "and nothing less");
		ok(takes(key, key->max), "%s takes %u", key->name, key->max);
		ok(!takes(key, (long long)key->max + 1), "and nothing more");
	}
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (key->type == &key_integer)
			ok(takes(key, INT32_MIN) && !takes(key, (long long)INT32_MIN - 1) &&
				   takes(key, INT32_MAX) && !takes(key, (long long)INT32_MAX + 1),
			   "%s takes what an int takes", key->name);
}

/* A text of `len` bytes, an absolute path for those keys that want one. */
static int set_long(const struct key *key, size_t len)
{
	static char text[8192];
	char name[FULL_NAME];
	struct conf conf;

	begin(&conf);
	make_net(&conf, key);
	memset(text, 'x', len);
	text[0] = key->type == &key_text ? 'x' : '/';
	text[len] = '\0';
	int r = conf_set(&conf, full_name(key, name), text);
	conf_free(&conf);
	return r;
}

static void test_lengths(void)
{
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		bool text = key->type == &key_text && key->max;
		/* all the others have a check that says how long they may be */
		if (key->type == &key_text)
			ok(key->max || key->check, "%s: there is a bound", key->name);
		bool path = key->type == &key_path || key->type == &key_rootfs;
		if (!text && !path)
			continue;
		size_t max = path ? 4095 : key->max;
		char name[FULL_NAME];
		is_int(set_long(key, max), 0, "%s takes %zu bytes", key->name, max);
		is_error(set_long(key, max + 1), full_name(key, name), "%s: not one more",
			 key->name);
	}
}

/* ---- what is refused, with the key and the value in the message ---- */

static const struct {
	const struct key_type *type;
	const char *value;
} refused[] = {
	{ &key_text, "a\033b" },
	{ &key_text, "a\x01" },
	{ &key_path, "relative" },
	{ &key_path, "./here" },
	{ &key_path, "~/x" },
	{ &key_path, "/a\033b" },
	{ &key_rootfs, "relative" },
	{ &key_rootfs, "nosuch:/a" },
	{ &key_number, "-1" },
	{ &key_number, "+1" },
	{ &key_number, "1x" },
	{ &key_number, "0x1" },
	{ &key_number, "1.5" },
	{ &key_number, "1 2" },
	{ &key_number, "4294967296" },
	{ &key_number, "one" },
	{ &key_integer, "+1" },
	{ &key_integer, "--1" },
	{ &key_integer, "1-" },
	{ &key_bool, "2" },
	{ &key_bool, "yes" },
	{ &key_bool, "true" },
	{ &key_bool, "01" },
	{ &key_bool, "-1" },
	{ &key_signal, "TERM" },
	{ &key_signal, "SIGNONE" },
	{ &key_signal, "65" },
	{ &key_signal, "-9" },
	{ &key_signal, "SIG" },
	{ &key_signal, "SIGRTMIN+31" },
	{ &key_signal, "9 " },
	{ &key_size, "1x" },
	{ &key_size, "-1" },
	{ &key_size, "1TB" },
	{ &key_size, "AUTO" },
	{ &key_size, "1.5MB" },
	{ &key_word, "nosuch" },
	{ &key_word, "COMPAT" },
	{ &key_environment, "=x" },
	{ &key_environment, "=" },
	{ &key_gids, "wheel" },
	{ &key_gids, "-1" },
	{ &key_gids, "4294967295" },
	{ &key_gids, "5;6" },
	{ &key_net_type, "nosuch" },
	{ &key_net_type, "Empty" },
	{ &key_net_type, "bridge" },
	{ &key_level, "chatty" },
	{ &key_level, "10" },
	{ &key_level, "-1" },
	{ &key_namespaces, "nosuch" },
	{ &key_namespaces, "-net" },
	{ &key_namespaces, "net,user" },
	{ &key_namespaces, "net|pid" },
	{ &key_time, "1" },
	{ &key_time, "s" },
	{ &key_time, "1 d" },
	{ &key_time, "+1s" },
	{ &key_time, "1.5s" },
	{ &key_time, "--1s" },
	{ &key_time, "1-s" },
	{ &key_time, "-" },
	{ &key_time, "1s 2s" },
	{ &key_time, "9223372036854775808ns" },
	{ &key_time, "9223372037s" },
	{ &key_time, "-2562048h" },
	{ &key_time, "99999999999999999999999999s" },
	{ &key_proxy, "/run/s" },
	{ &key_proxy, "unix:run/s" },
	{ &key_proxy, "unix:" },
	{ &key_proxy, "unix:/" },
	{ &key_proxy, "unix:@" },
	{ &key_proxy, "tcp:/run/s" },
	{ &key_address, "1.2.3" },
	{ &key_address, "host" },
	{ &key_address, "1.2.3.4.5" },
	{ &key_gateway, "Auto" },
	{ &key_gateway, "none" },
	{ &key_gateway, "1.2.3.256" },
	{ &key_route, "10.0.0" },
	{ &key_route, "default" },
	{ &key_auto, "proc:none" },
};

static void test_refused(void)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		for (const struct key *key = keys; key < keys + keys_len; key++) {
			struct conf conf;
			char name[FULL_NAME];
			if (key->type != refused[i].type)
				continue;
			begin(&conf);
			make_net(&conf, key);
			int r = conf_set(&conf, full_name(key, name), refused[i].value);
			ok(r < 0 && str_after(failure->text, name) &&
				   (strstr(failure->text, refused[i].value) ||
				    strstr(failure->text, "control character")),
			   "%s = %s: %s", name, refused[i].value, failure->text);
			conf_free(&conf);
			fail_clear();
		}
	}
}

/* The same for keys of one kind each of which wants something else. */
static const struct {
	const char *key, *value, *words;
} refused_lists[] = {
	{ "lxc.rootfs.path", "dir:rel", "rel is not an absolute path" },
	{ "lxc.rootfs.path", "dir:", "not" },
	{ "lxc.cap.drop", "nosuch", "nosuch" },
	{ "lxc.cap.drop", "CAP_CHOWN", "CAP_CHOWN" },
	{ "lxc.cap.drop", "Chown", "Chown" },
	{ "lxc.cap.keep", "64", "64" },
	{ "lxc.cap.keep", "chown,kill", "chown,kill" },
	{ "lxc.mount.auto", "dev", "dev" },
	{ "lxc.mount.auto", "proc:ro", "proc:ro" },
	{ "lxc.mount.auto", "sys:force", "sys:force" },
	{ "lxc.mount.auto", "proc,sys", "proc,sys" },
	{ "lxc.mount.auto", "cgroup:force:ro", "cgroup:force:ro" },
	{ "lxc.mount.auto", "cgroups", "cgroups" },
	{ "lxc.mount.auto", "cgroup:", "cgroup:" },
	{ "lxc.mount.entry", "/a b none", "fewer than four" },
	{ "lxc.mount.entry", "tmpfs ../x tmpfs rw", "../x" },
	{ "lxc.mount.entry", "/dev/sda mnt auto rw", "auto" },
	{ "lxc.idmap", "u 0 100000", "u 0 100000" },
	{ "lxc.idmap", "b 0 100000 65536", "b 0 100000 65536" },
	{ "lxc.idmap", "u 0 100000 0", "u 0 100000 0" },
	{ "lxc.idmap", "u -1 100000 1", "u -1 100000 1" },
	{ "lxc.prlimit.nofile", "many", "many" },
	{ "lxc.prlimit.nofile", "20:10", "20:10" },
	{ "lxc.prlimit.nosuch", "10", "nosuch" },
	{ "lxc.prlimit.nofile", "10 20", "10 20" },
	{ "lxc.log.syslog", "mail", "mail" },
	{ "lxc.log.syslog", "local8", "local8" },
	{ "lxc.signal.stop", "0", "0" },
	{ "lxc.net", "veth", "lxc.net.0.type" },
	{ "lxc.init.groups", "1 2", "without a comma" },
	{ "lxc.arch", "vax", "vax is none of" },
	{ "lxc.hook.version", "2", "from 0 to 1" },
	{ "lxc.monitor.unshare", "-1", "from 0 to" },
	{ "lxc.console.rotate", "2", "neither 0 nor 1" },
	{ "lxc.net.0.veth.pair", "x", "lxc.net.0.type has to come first" },
	{ "lxc.net.0.vlan.id", "1", "not for an interface of type empty" },
};

static void test_refused_lists(void)
{
	for (size_t i = 0; i < ARRAY_LEN(refused_lists); i++) {
		struct conf conf;
		conf_init(&conf);
		int r = conf_set(&conf, refused_lists[i].key, refused_lists[i].value);
		bool named = str_after(failure->text, refused_lists[i].key) != NULL;
		is_error(r, refused_lists[i].words, "%s = %s is refused", refused_lists[i].key,
			 refused_lists[i].value);
		ok(named, "and named");
		conf_free(&conf);
	}
}

int main(void)
{
	test_rows();
	test_defaults();
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (is_settable(key))
			round_trip(key);
	test_ignored();
	test_all_keys();
	test_awkward();
	test_bounds();
	test_lengths();
	test_refused();
	test_refused_lists();
	return tap_done();
}
