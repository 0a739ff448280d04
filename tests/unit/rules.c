/* rules.c - what more than one key breaks, and what no start can do yet: each found, and placed. */
#include "conf.h"

#include "tests/unit/sample.h"

/* How many findings there are; the words and keys of all, "KEY@LINE" each, into `out`. */
static size_t find_all(int (*look)(const struct conf *, bool (*)(void *, const struct finding *),
				   void *),
		       const struct conf *conf, struct text *out)
{
	struct finding at;
	size_t count = 0;

	while (nth_finding(look, conf, count, &at) < 0) {
		text_format(out, "%s%s@%u", count ? " " : "", at.key, at.from.line);
		if (!failure->text[0] || !str_after(failure->text, at.key))
			diag("%s does not begin with %s", failure->text, at.key);
		fail_clear();
		count++;
	}
	if (failure->text[0])
		diag("left over: %s", failure->text);
	return count;
}

/* ---- rules ---- */

#define NET0(type) "lxc.net.0.type = " type "\nlxc.net.0.flags = up\n"
#define BR	   "lxc.net.0.link = br0\n"
#define ADDRESS	   "lxc.net.0.ipv4.address = 10.0.0.2/24\n"
#define GATEWAY	   "lxc.net.0.ipv4.gateway = "
#define ADDRESS6   "lxc.net.0.ipv6.address = fd00::2/64\n"
#define GATEWAY6   "lxc.net.0.ipv6.gateway = "

/* Each rule broken; what then is found, and where; and words of the first finding. */
static const struct {
	const char *name, *text, *want, *words;
} broken[] = {
	{ "kept and dropped", "lxc.cap.drop = kill\nlxc.cap.keep = chown\n", "lxc.cap.keep@2",
	  "lxc.cap.drop are both set" },
	{ "dropped after all", "\nlxc.cap.keep = none\n\nlxc.cap.drop = kill\n", "lxc.cap.keep@2",
	  "both set" },
	{ "namespaces", "lxc.namespace.keep = net\nlxc.namespace.clone = pid\n",
	  "lxc.namespace.keep@1", "lxc.namespace.clone are both set" },
	{ "a group and a group's directory",
	  "lxc.cgroup.dir = a\nlxc.cgroup.dir.container = b\nlxc.cgroup.dir.monitor = c\n",
	  "lxc.cgroup.dir.container@2 lxc.cgroup.dir.monitor@3", "lxc.cgroup.dir are both set" },
	{ "a group for one only", "lxc.cgroup.dir.container = b\n", "lxc.cgroup.dir.container@1",
	  "needs lxc.cgroup.dir.monitor" },
	{ "for the other only", "lxc.cgroup.dir.monitor = b\n", "lxc.cgroup.dir.monitor@1",
	  "needs lxc.cgroup.dir.container" },
	{ "no map of groups", "lxc.idmap = u 0 100000 10\n", "lxc.idmap@1", "id 0" },
	{ "no map of users", "lxc.idmap = g 0 100000 10\n", "lxc.idmap@1", "id 0" },
	{ "a map that begins at 1", "lxc.idmap = u 1 100000 10\nlxc.idmap = g 0 100000 10\n",
	  "lxc.idmap@2", "id 0" },
	{ "no link of a vlan", "lxc.net.0.type = vlan\nlxc.net.0.vlan.id = 3\n", "lxc.net.0.link@1",
	  "needs one" },
	{ "no link of a macvlan", "lxc.net.0.type = macvlan\n", "lxc.net.0.link@1", "needs one" },
	{ "no link of an ipvlan", "lxc.net.0.type = ipvlan\n", "lxc.net.0.link@1", "needs one" },
	{ "no link of a phys", "\nlxc.net.7.type = phys\n", "lxc.net.7.link@2", "needs one" },
	{ "no number of a vlan", "lxc.net.0.type = vlan\n" BR, "lxc.net.0.vlan.id@1",
	  "type vlan needs one" },
	{ "nothing of a vlan", "lxc.net.0.type = vlan\n", "lxc.net.0.link@1 lxc.net.0.vlan.id@1",
	  "needs one" },
	{ "a proxy without a link", "lxc.net.0.type = veth\nlxc.net.0.l2proxy = 1\n",
	  "lxc.net.0.l2proxy@2", "needs a link" },
	{ "a proxy of a router", "lxc.net.0.type = ipvlan\n" BR "lxc.net.0.l2proxy = 1\n",
	  "lxc.net.0.l2proxy@3", "l3s" },
	{ "a gateway of an interface that is down",
	  "lxc.net.0.type = veth\n" ADDRESS GATEWAY "10.0.0.1\n", "lxc.net.0.ipv4.gateway@3",
	  "flags = up" },
	{ "a gateway without an address", NET0("veth") GATEWAY "10.0.0.1\n",
	  "lxc.net.0.ipv4.gateway@3", "no address" },
	{ "a gateway with the other kind of address", NET0("veth") ADDRESS GATEWAY6 "fd00::1\n",
	  "lxc.net.0.ipv6.gateway@4", "no address" },
	{ "auto without a link", NET0("veth") ADDRESS GATEWAY "auto\n", "lxc.net.0.ipv4.gateway@4",
	  "auto needs a link" },
	{ "auto of another type", NET0("phys") BR ADDRESS GATEWAY "auto\n",
	  "lxc.net.0.ipv4.gateway@5", "auto is for veth and macvlan" },
	{ "all that can be wrong with a gateway", "lxc.net.0.type = ipvlan\n" BR GATEWAY6 "auto\n",
	  "lxc.net.0.ipv6.gateway@3 lxc.net.0.ipv6.gateway@3 lxc.net.0.ipv6.gateway@3",
	  "flags = up" },
	{ "two of a name",
	  "lxc.net.0.type = veth\nlxc.net.0.name = a\nlxc.net.1.type = veth\nlxc.net.1.name = a\n",
	  "lxc.net.1.name@4", "another has that name" },
	{ "much at once",
	  "lxc.cap.keep = chown\nlxc.cap.drop = kill\nlxc.idmap = u 0 1 1\n"
	  "lxc.net.3.type = phys\nlxc.net.1.type = macvlan\n",
	  "lxc.cap.keep@1 lxc.idmap@3 lxc.net.1.link@5 lxc.net.3.link@4", "both set" },
};

static void test_broken(void)
{
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		auto_text struct text got = { 0 };
		struct finding at = { 0 };
		struct conf conf;
		conf_init(&conf);
		if (conf_load_text(&conf, broken[i].text) < 0)
			diag("%s", failure->text);
		is_error(nth_finding(conf_rules, &conf, 0, &at), broken[i].words,
			 "%s: is a mistake", broken[i].name);
		find_all(conf_rules, &conf, &got);
		is_str(text_get(&got), broken[i].want, "%s: found there", broken[i].name);
		is_str(at.from.file, "the new configuration", "%s: in that file", broken[i].name);
		conf_free(&conf);
	}
}

/* The same, not quite: nothing is found. */
static const char *const kept[][2] = {
	{ "nothing said", "" },
	{ "dropped", "lxc.cap.drop = kill\n" },
	{ "kept", "lxc.cap.keep = chown kill\n" },
	{ "kept and dropped, but emptied",
	  "lxc.cap.keep = chown\nlxc.cap.keep =\nlxc.cap.drop = 1\n" },
	{ "new namespaces", "lxc.namespace.clone = pid net\n" },
	{ "old namespaces", "lxc.namespace.keep = pid\nlxc.namespace.clone =\n" },
	{ "one directory of groups", "lxc.cgroup.dir = a\nlxc.cgroup.dir.monitor.pivot = b\n" },
	{ "two groups", "lxc.cgroup.dir.container = b\nlxc.cgroup.dir.monitor = c\n"
			"lxc.cgroup.dir.container.inner = d\n" },
	{ "id maps", "lxc.idmap = u 5 5 1\nlxc.idmap = u 0 100 5\nlxc.idmap = g 0 100 5\n" },
	{ "a veth of its own", "lxc.net.0.type = veth\n" },
	{ "no interface", "lxc.net.0.type = empty\nlxc.net.1.type = none\n" },
	{ "a vlan", "lxc.net.0.type = vlan\n" BR "lxc.net.0.vlan.id = 0\n" },
	{ "a macvlan", NET0("macvlan") BR ADDRESS GATEWAY "auto\n" },
	{ "a phys", NET0("phys") BR ADDRESS GATEWAY "10.0.0.1\n" ADDRESS6 GATEWAY6 "fd00::1\n" },
	{ "a gateway of any type", NET0("ipvlan") BR GATEWAY "dev\n" GATEWAY6 "dev\n" },
	{ "one on the link itself", NET0("veth") BR GATEWAY6 "fe80::1\n" },
	{ "a proxy", NET0("ipvlan") BR "lxc.net.0.ipvlan.mode = l3s\nlxc.net.0.l2proxy = 1\n" },
	{ "a proxy of a veth", NET0("veth") BR "lxc.net.0.l2proxy = 1\n" },
	{ "names", "lxc.net.0.name = a\nlxc.net.1.name = b\nlxc.net.2.flags = up\n" },
	{ "a name twice, but of one", "lxc.net.0.name = a\nlxc.net.0.name = a\n" },
};

static void test_kept(void)
{
	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		auto_text struct text got = { 0 };
		struct conf conf;
		conf_init(&conf);
		is_int(conf_load_text(&conf, kept[i][1]), 0, "%s: loaded", kept[i][0]);
		find_all(conf_rules, &conf, &got);
		is_str(text_get(&got), "", "%s: breaks no rule", kept[i][0]);
		conf_free(&conf);
		fail_clear();
	}
}

/* ---- what cannot be done yet ---- */

/* Whether conf_later() names `name`, and how much else. */
static bool finds(const struct conf *conf, const char *name, size_t *others)
{
	struct finding at;
	bool found = false;

	*others = 0;
	for (size_t i = 0; nth_finding(conf_later, conf, i, &at) < 0; i++) {
		bool said = strstr(failure->text, ": this version cannot do ") &&
			    str_after(failure->text, at.key) && failure->hint[0];
		if (streq(at.key, name) && said && streq(at.from.file, "a test"))
			found = true;
		else
			++*others;
		fail_clear();
	}
	return found;
}

/* Each such key of no interface, alone. */
static void test_later(const struct key *key)
{
	char name[FULL_NAME];
	struct conf conf;
	size_t others;

	begin(&conf);
	conf_set(&conf, full_name(key, name), sample(key).set);
	/* All that a switch could be set to may be what is done anyway. */
	bool done = key->idle && streq(key->idle, sample(key).set);
	is_int(finds(&conf, name, &others), !done, "%s = %s: not yet", name, sample(key).set);
	is_int((long long)others, 0, "%s: it alone", name);
	conf_set(&conf, name, "");
	ok(!finds(&conf, name, &others) && !others, "%s: emptied it asks for nothing", name);
	for (const char *idle = key->idle; idle && *idle; idle += strspn(idle, " ")) {
		char word[64];
		size_t len = strcspn(idle, " ");
		snprintf(word, sizeof(word), "%.*s", (int)len, idle);
		conf_set(&conf, name, word);
		ok(!finds(&conf, name, &others) && !others, "%s: nor does %s", name, word);
		idle += len;
	}
	if (key->init && !(key->flags & KEY_SAID))
		conf_set(&conf, name, key->init);
	ok(!finds(&conf, name, &others) && !others, "%s: nor its default", name);
	conf_free(&conf);
	fail_clear();
}

/* Each of an interface that could be started; of the others the type says it. */
static void test_later_net(const struct key *key)
{
	char name[FULL_NAME], type[FULL_NAME];
	struct conf conf;
	size_t others;

	begin(&conf);
	make_net(&conf, key);
	conf_set(&conf, full_name(key, name), sample(key).set);
	snprintf(type, sizeof(type), "lxc.net.%u.type", net_index(key));
	ok(finds(&conf, key->nets ? type : name, &others), "%s = %s: not yet", name,
	   sample(key).set);
	is_int((long long)others, 0, "%s: said once", name);
	conf_set(&conf, type, "empty");
	ok(finds(&conf, name, &others) == !key->nets && !others,
	   "%s: what is for another type is not asked for", name);
	conf_set(&conf, type, "veth");
	ok(finds(&conf, type, &others) && !others, "%s: of a veth, its type says it", name);
	conf_free(&conf);
}

static void test_later_types(void)
{
	for (size_t i = 0; i < ARRAY_LEN(net_types); i++) {
		struct conf conf;
		size_t others;
		begin(&conf);
		conf_set(&conf, "lxc.net.4.type", net_types[i]);
		conf_set(&conf, "lxc.net.4.flags", "up");
		is_int(finds(&conf, "lxc.net.4.type", &others), i > NET_NONE, "type %s",
		       net_types[i]);
		is_int((long long)others, 0, "and nothing else");
		conf_free(&conf);
	}
}

/* Values of keys that otherwise work, in order and with their lines. */
static const char *const values[][3] = {
	{ "a directory", "lxc.rootfs.path = dir:/a\n", "" },
	{ "a path", "lxc.rootfs.path = /a\n", "" },
	{ "an overlay", "\nlxc.rootfs.path = overlay:/a:/b\n", "lxc.rootfs.path@2" },
	{ "an image", "lxc.rootfs = loop:/a\n", "lxc.rootfs.path@1" },
	{ "one of a type said elsewhere", "lxc.rootfs = /a\nlxc.rootfs.backend = lvm\n",
	  "lxc.rootfs.path@1" },
	{ "one of a type said twice", "lxc.rootfs = dir:/a\nlxc.rootfs.backend = lvm\n", "" },
	{ "a type of nothing", "lxc.rootfs.backend = lvm\n", "" },
	{ "automatic mounts", "lxc.mount.auto = proc sys cgroup\n", "" },
	{ "a shared one", "lxc.mount.auto = proc\nlxc.mount.auto = shmounts:/a\n",
	  "lxc.mount.auto@2" },
	{ "mounts", "lxc.mount.entry = /a b none bind,xidmap=1 0 0\n", "" },
	{ "a mount with other ids",
	  "lxc.mount.entry = /a b none bind 0 0\nlxc.mount.entry = /a b none ro,idmap=container\n"
	  "lxc.mount.entry = /a b none idmap=/proc/1/ns/user,bind\n",
	  "lxc.mount.entry@2 lxc.mount.entry@3" },
	{ "one behind what only looks like it",
	  "lxc.mount.entry = /a b none xidmap=1,idmap=container\n", "lxc.mount.entry@1" },
	{ "hooks of the tools", "lxc.hook.clone = /a\nlxc.hook.destroy = /b\n", "" },
	{ "what has no effect any more", "lxc.kmsg = 0\nlxc.pivotdir = x\n", "" },
	{ "one of a family, the first",
	  "lxc.hook.start = /b\nlxc.cgroup2.memory.max = 1\nlxc.cgroup2.cpu.max = 2\n"
	  "lxc.sysctl.net.ipv4.ip_forward = 1\n",
	  "lxc.cgroup2.memory.max@2 lxc.sysctl.net.ipv4.ip_forward@4 lxc.hook.start@1" },
};

static void test_values(void)
{
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		auto_text struct text got = { 0 };
		struct conf conf;
		conf_init(&conf);
		is_int(conf_load_text(&conf, values[i][1]), 0, "%s: loaded", values[i][0]);
		find_all(conf_later, &conf, &got);
		is_str(text_get(&got), values[i][2], "%s: what of it has to wait", values[i][0]);
		conf_free(&conf);
		fail_clear();
	}
}

int main(void)
{
	test_broken();
	test_kept();
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		if (key->flags & KEY_LATER && key->flags & KEY_NET)
			test_later_net(key);
		else if (key->flags & KEY_LATER)
			test_later(key);
	}
	test_later_types();
	test_values();
	return tap_done();
}
