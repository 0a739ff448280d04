/* rules.c - what no single key can say: keys that exclude or need each other, or come too early. */
#include <linux/if_link.h>

#include "conf.h"
#include "fail.h"

/* A walk over all findings, until who is told of them has heard enough. */
struct walk {
	const struct conf *conf;
	bool (*each)(void *arg, const struct finding *found);
	void *arg;
	bool done;
};

/* A failure has been worded: it is `key`'s, which was set at `from`. */
static void add(struct walk *walk, const char *key, struct origin from)
{
	struct finding found = { .from = from };

	snprintf(found.key, sizeof(found.key), "%s", key);
	if (walk->each(walk->arg, &found))
		fail_clear();
	else
		walk->done = true;
}

/* The same for a key of the table, `words` behind its name. */
static void add_key(struct walk *walk, const char *key, const char *words)
{
	if (walk->done)
		return;
	fail(0, "%s%s", key, words);
	add(walk, key, conf_origin(walk->conf, key));
}

/* The same for a key of an interface. */
static void add_net(struct walk *walk, const struct conf_net *net, const char *key,
		    const char *words)
{
	char name[64], row[64];
	struct origin from = net->from;

	if (walk->done)
		return;
	snprintf(row, sizeof(row), "lxc.net.[].%s", key);
	for (size_t i = 0; i < keys_len; i++)
		if (streq(keys[i].name, row) && net->from_key[i].file)
			from = net->from_key[i];
	snprintf(name, sizeof(name), "lxc.net.%u.%s", net->index, key);
	fail(0, "%s: %s", name, words);
	add(walk, name, from);
}

/* ---- the rules ---- */

static void rule_exclusive(struct walk *walk)
{
	const struct conf *conf = walk->conf;

	if (conf->cap_keep.len && conf->cap_drop.len)
		add_key(walk, "lxc.cap.keep", " and lxc.cap.drop are both set");
	if (conf->namespace_clone && conf->namespace_keep)
		add_key(walk, "lxc.namespace.keep", " and lxc.namespace.clone are both set");
	if (conf->cgroup_dir && conf->cgroup_dir_container)
		add_key(walk, "lxc.cgroup.dir.container", " and lxc.cgroup.dir are both set");
	if (conf->cgroup_dir && conf->cgroup_dir_monitor)
		add_key(walk, "lxc.cgroup.dir.monitor", " and lxc.cgroup.dir are both set");
	if (conf->cgroup_dir_container && !conf->cgroup_dir_monitor)
		add_key(walk, "lxc.cgroup.dir.container", " needs lxc.cgroup.dir.monitor");
	if (conf->cgroup_dir_monitor && !conf->cgroup_dir_container)
		add_key(walk, "lxc.cgroup.dir.monitor", " needs lxc.cgroup.dir.container");
}

/* Whether id 0 of that kind has an id outside. */
static bool maps_root(const struct conf *conf, bool gid)
{
	for (size_t i = 0; i < conf->idmap.len; i++) {
		struct idmap map;
		if (idmap_parse(conf->idmap.at[i].text, &map) == 0 && map.gid == gid &&
		    map.inside == 0 && map.count)
			return true;
	}
	return false;
}

static void rule_idmap(struct walk *walk)
{
	if (!walk->conf->idmap.len || (maps_root(walk->conf, false) && maps_root(walk->conf, true)))
		return;
	add_key(walk, "lxc.idmap",
		": id 0 of the container is not mapped; a u and a g line must begin there");
}

static bool has_option(const char *options, const char *option)
{
	size_t wanted = strlen(option);

	while (*options) {
		size_t len = strcspn(options, ",");
		if (len == wanted && strncmp(options, option, len) == 0)
			return true;
		options += len + (options[len] == ',');
	}
	return false;
}

/* Where the source of a bind mount lies, and what else needs a file system. */
static int check_source(const struct fstab *entry)
{
	bool bind = has_option(entry->options, "bind") || has_option(entry->options, "rbind");
	bool inside = has_option(entry->options, "relative");

	if (bind && !inside && entry->source[0] != '/')
		return fail_hint(fail(0, "the source %s is not an absolute path", entry->source),
				 "the option relative makes it a path inside the root");
	if (inside && str_has_dotdot(entry->source))
		return fail(0, "the source %s has .. in it", entry->source);
	if (!bind && (streq(entry->type, "none") || streq(entry->type, "bind")))
		return fail_hint(fail(0, "no file system type"), "for a bind mount say bind");
	return has_option(entry->options, "move") ? fail(0, "the option move is not supported") : 0;
}

static void rule_mounts(struct walk *walk)
{
	const struct items *mounts = &walk->conf->mount_entry;

	for (size_t i = 0; i < mounts->len && !walk->done; i++) {
		struct arena scratch = { 0 };
		struct fstab entry;
		int r = fstab_parse(&scratch, mounts->at[i].text, &entry);
		if (r == 0)
			r = check_source(&entry);
		if (r < 0) {
			fail_in(r, "lxc.mount.entry");
			add(walk, "lxc.mount.entry", mounts->at[i].from);
		}
		mem_release(&scratch);
	}
}

/* A default route leads over an address, of an interface that is up. */
static void rule_gateway(struct walk *walk, const struct conf_net *net, int family)
{
	const char *gateway = family == 4 ? net->ipv4_gateway : net->ipv6_gateway;
	const char *key = family == 4 ? "ipv4.gateway" : "ipv6.gateway";
	size_t addresses = family == 4 ? net->ipv4_address.len : net->ipv6_address.len;

	if (!gateway)
		return;
	if (!net->flags)
		add_net(walk, net, key, "the interface is not brought up (flags = up)");
	if (streq(gateway, "auto") && net->type != NET_VETH && net->type != NET_MACVLAN)
		add_net(walk, net, key, "auto is for veth and macvlan");
	else if (streq(gateway, "auto") && !net->link)
		add_net(walk, net, key, "auto needs a link");
	/* Of fe80::/10, which every interface has. */
	bool local = family == 6 && str_after(gateway, "fe") && strchr("89ab", gateway[2]);
	if (!addresses && !streq(gateway, "dev") && !local)
		add_net(walk, net, key, "the interface has no address");
}

static void rule_net(struct walk *walk, const struct conf_net *net)
{
	bool on_top = net->type == NET_VLAN || net->type == NET_MACVLAN ||
		      net->type == NET_IPVLAN || net->type == NET_PHYS;

	if (on_top && !net->link)
		add_net(walk, net, "link", "an interface of this type needs one");
	if (net->type == NET_VLAN && !net->vlan_id)
		add_net(walk, net, "vlan.id", "an interface of type vlan needs one");
	if (net->l2proxy && !net->link)
		add_net(walk, net, "l2proxy", "needs a link");
	if (net->l2proxy && net->type == NET_IPVLAN && net->ipvlan_mode != IPVLAN_MODE_L3S)
		add_net(walk, net, "l2proxy", "needs ipvlan.mode = l3s");
	rule_gateway(walk, net, 4);
	rule_gateway(walk, net, 6);
}

static void rule_names(struct walk *walk)
{
	const struct conf_nets *nets = &walk->conf->net;

	for (size_t i = 0; i < nets->len; i++)
		for (size_t k = 0; k < i; k++)
			if (nets->at[i].name && nets->at[k].name &&
			    streq(nets->at[i].name, nets->at[k].name))
				add_net(walk, &nets->at[i], "name", "another has that name");
}

int conf_rules(const struct conf *conf, bool (*each)(void *arg, const struct finding *found),
	       void *arg)
{
	struct walk walk = { conf, each, arg, false };

	rule_exclusive(&walk);
	rule_idmap(&walk);
	rule_mounts(&walk);
	for (size_t i = 0; i < conf->net.len; i++)
		rule_net(&walk, &conf->net.at[i]);
	rule_names(&walk);
	return walk.done ? -EINVAL : 0;
}

/* ---- what this version cannot act on ---- */

static void add_later(struct walk *walk, const char *name, const char *what, struct origin from)
{
	if (walk->done)
		return;
	fail_hint(fail(0, "%s: this version cannot do %s yet", name, what),
		  "remove the line to start without it");
	add(walk, name, from);
}

/* Whether `text` is one of the words of `list`. */
static bool has_word(const char *list, const char *text)
{
	size_t len = strlen(text);

	while (list && *list) {
		size_t word = strcspn(list, " ");
		if (word == len && strncmp(list, text, len) == 0)
			return true;
		list += word + strspn(list + word, " ");
	}
	return false;
}

/*
 * Whether a field says what needs nothing done, or what it would say without being set: `plain`,
 * NULL when that is not the same.
 */
static bool is_idle(const struct key *key, const void *field, const void *plain)
{
	auto_text struct text now = { 0 }, then = { 0 };

	key->type->get(key, field, &now);
	if (!plain)
		return has_word(key->idle, text_get(&now));
	key->type->get(key, plain, &then);
	return streq(text_get(&now), text_get(&then)) || has_word(key->idle, text_get(&now));
}

static void later_key(struct walk *walk, const struct key *key, const struct conf *plain)
{
	const void *field = (const char *)walk->conf + key->offset;
	struct origin from = walk->conf->from[key - keys];
	char name[128];

	bool said = (key->flags & KEY_SAID) && from.file;
	if (is_idle(key, field, said ? NULL : (const char *)plain + key->offset))
		return;
	snprintf(name, sizeof(name), "%s", key->name);
	if (key->flags & KEY_FAMILY) { /* the first says enough */
		const struct item *item = ((const struct items *)field)->at;
		snprintf(name, sizeof(name), "%.*s%s", (int)strlen(key->name) - 1, key->name,
			 item->name);
		from = item->from;
	}
	add_later(walk, name, "that", from);
}

/* Of an interface of a type that waits, the type; else each key that does. */
static void later_net(struct walk *walk, const struct conf_net *net, const struct conf_net *plain)
{
	bool waits = net->type > NET_NONE;

	for (const struct key *key = keys; key < keys + keys_len; key++) {
		char name[96];
		if (!(key->flags & KEY_NET) || (key->nets && !(key->nets & 1U << net->type)) ||
		    (waits ? key->type != &key_net_type : !(key->flags & KEY_LATER)))
			continue;
		if (!waits && is_idle(key, (const char *)net + key->offset,
				      (const char *)plain + key->offset))
			continue;
		snprintf(name, sizeof(name), "lxc.net.%u%s", net->index,
			 strchr(key->name, ']') + 1);
		auto_text struct text type = { 0 };
		if (waits)
			key->type->get(key, &net->type, &type);
		add_later(walk, name, waits ? text_get(&type) : "that", net->from);
	}
}

/* Whether one of the options of a mount, joined by commas, is idmap=. */
static bool has_idmap(const char *options)
{
	const char *at = options;

	while ((at = strstr(at, "idmap=")) && at > options && at[-1] != ',')
		at++;
	return at != NULL;
}

/* Values, of keys that are there, which are not. */
static void later_values(struct walk *walk)
{
	const struct conf *conf = walk->conf;
	enum rootfs_type type = conf_root_type(conf);

	if (conf->rootfs_path && type > ROOTFS_DIR)
		add_later(walk, "lxc.rootfs.path", names_name(rootfs_types, type),
			  conf_origin(conf, "lxc.rootfs.path"));
	for (size_t i = 0; i < conf->mount_auto.len; i++)
		if (str_after(conf->mount_auto.at[i].text, "shmounts:"))
			add_later(walk, "lxc.mount.auto", "shmounts", conf->mount_auto.at[i].from);
	for (size_t i = 0; i < conf->mount_entry.len; i++) {
		struct arena scratch = { 0 };
		struct fstab entry = { 0 };
		fstab_parse(&scratch, conf->mount_entry.at[i].text, &entry);
		if (entry.options && has_idmap(entry.options))
			add_later(walk, "lxc.mount.entry", "idmap=", conf->mount_entry.at[i].from);
		mem_release(&scratch);
	}
}

int conf_later(const struct conf *conf, bool (*each)(void *arg, const struct finding *found),
	       void *arg)
{
	struct walk walk = { conf, each, arg, false };
	struct conf plain;

	conf_init_plain(&plain);
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if ((key->flags & KEY_LATER) && !(key->flags & KEY_NET))
			later_key(&walk, key, &plain);
	for (size_t i = 0; i < conf->net.len; i++)
		later_net(&walk, &conf->net.at[i], plain.net.at);
	later_values(&walk);
	conf_free(&plain);
	return walk.done ? -EINVAL : 0;
}
