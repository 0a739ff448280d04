/* conf.c - defaults, set, get, clear, free: all by walking the table. */
#include "conf.h"

#include "fail.h"

enum { MAX_NETS = 1024 };

/* A name found in the table: its row and what the name says beyond it. */
struct found {
	const struct key *key;
	unsigned index;	    /* of an interface */
	const char *suffix; /* of a family's item */
};

/* "lxc.net.12.type" against "lxc.net.[].type". */
static bool match_index(const char *pattern, const char *name, unsigned *index)
{
	const char *bracket = strchr(pattern, '[');
	size_t before = (size_t)(bracket - pattern);
	char digits[8];
	uint64_t number;

	if (strncmp(pattern, name, before) != 0)
		return false;
	name += before;
	size_t len = strspn(name, "0123456789");
	if (len == 0 || len >= sizeof(digits) || !streq(name + len, bracket + 2))
		return false;
	memcpy(digits, name, len);
	digits[len] = '\0';
	if (!str_number(digits, 0, 65535, &number))
		return false;
	*index = (unsigned)number;
	return true;
}

static bool match(const struct key *key, const char *name, struct found *found)
{
	size_t len = strlen(key->name);

	found->key = key;
	if (key->flags & KEY_NET)
		return match_index(key->name, name, &found->index);
	if (!(key->flags & KEY_FAMILY))
		return streq(key->name, name);
	if (strncmp(key->name, name, len - 1) != 0 || !name[len - 1])
		return false;
	found->suffix = name + len - 1;
	return true;
}

static bool find(const char *name, struct found *found)
{
	for (size_t i = 0; i < keys_len; i++)
		if (match(&keys[i], name, found))
			return true;
	return false;
}

static const char *key_name(size_t i)
{
	return keys[i].name;
}

/* "lxc.net.0.tipe" is compared with "lxc.net.[].type" as "lxc.net.[].tipe". */
static int unknown_key(const char *name)
{
	char general[64];
	size_t out = 0;

	for (const char *at = name; *at && out + 3 < sizeof(general); at++) {
		if (*at >= '0' && *at <= '9' && at > name && at[-1] == '.') {
			at += strspn(at, "0123456789") - 1;
			general[out++] = '[';
			general[out++] = ']';
		} else {
			general[out++] = *at;
		}
	}
	general[out] = '\0';
	const char *near = str_nearest(general, key_name, keys_len);
	int r = fail(0, "%s: unknown key", name);
	return near ? fail_hint(r, "did you mean %s?", near) : r;
}

/* Names below lxc.network. that are not the same below lxc.net. */
static const char *net_suffix(const char *suffix)
{
	static const char *const pairs[][2] = { { "ipv4", "ipv4.address" },
						{ "ipv6", "ipv6.address" },
						{ "lxcscript.up", "script.up" } };

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (streq(suffix, pairs[i][0]))
			return pairs[i][1];
	return suffix;
}

/*
 * The modern name of a legacy one. lxc.network.* is positional: each "type" opens an interface,
 * and what follows belongs to it. NULL, worded, when none is open.
 */
static const char *modern_name(struct conf *conf, const struct found *found)
{
	const struct conf_nets *nets = &conf->net;
	const char *target = found->key->init, *suffix = found->suffix;

	if (!suffix)
		return target;
	if (!streq(target, "lxc.net."))
		return mem_format(&conf->mem, "%s%s", target, suffix);
	/* 03 is 3, as it is below lxc.net. */
	while (suffix[0] == '0' && suffix[1] >= '0' && suffix[1] <= '9')
		suffix++;
	size_t digits = strspn(suffix, "0123456789");
	if (digits && suffix[digits] == '.')
		return mem_format(&conf->mem, "%s%.*s%s", target, (int)digits + 1, suffix,
				  net_suffix(suffix + digits + 1));
	if (digits)
		return mem_format(&conf->mem, "%s%s", target, suffix);
	if (streq(suffix, "type"))
		return mem_format(&conf->mem, "%s%u.type", target,
				  nets->len ? nets->at[nets->len - 1].index + 1 : 0);
	if (!nets->open) {
		fail_hint(fail(0, "no interface to set this of"), "lxc.network.type opens one");
		return NULL;
	}
	return mem_format(&conf->mem, "%s%u.%s", target, nets->current, net_suffix(suffix));
}

const char *conf_modern_name(struct conf *conf, const char *name)
{
	struct found found = { 0 };

	if (!find(name, &found))
		return NULL;
	if (found.key->type == &key_alias)
		return modern_name(conf, &found);
	/* lxc.net.03.link is lxc.net.3.link. */
	return found.key->flags & KEY_NET ? mem_format(&conf->mem, "lxc.net.%u%s", found.index,
						       strchr(found.key->name, ']') + 1)
					  : name;
}

/* Of all keys that are (KEY_NET) or are not (0) of an interface, the default, below `base`. */
static void set_defaults(struct conf *conf, unsigned which, void *base)
{
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		struct setting to = { conf, key, (char *)base + key->offset, NULL };
		if ((key->flags & KEY_NET) == which && key->init && key->type != &key_alias)
			key->type->set(&to, key->init);
	}
}

/* The interface `index`, made in its place among the others when there is none. */
static struct conf_net *net_at(struct conf *conf, unsigned index)
{
	struct conf_nets *nets = &conf->net;
	size_t i = 0;

	while (i < nets->len && nets->at[i].index < index)
		i++;
	if (i < nets->len && nets->at[i].index == index)
		return &nets->at[i];
	size_t old = nets->len;
	nets->at = mem_grow(&conf->mem, nets->at, &nets->len, sizeof(*nets->at));
	memmove(&nets->at[i + 1], &nets->at[i], (old - i) * sizeof(*nets->at));
	nets->at[i] = (struct conf_net){ .index = index, .from = conf->now };
	nets->at[i].from_key = mem_get(&conf->mem, keys_len * sizeof(*nets->at[i].from_key));
	set_defaults(conf, KEY_NET, &nets->at[i]);
	return &nets->at[i];
}

static void *field_of(const struct conf *conf, const struct key *key)
{
	return (char *)(uintptr_t)conf + key->offset;
}

static void forget_net(struct conf *conf, unsigned index)
{
	struct conf_nets *nets = &conf->net;

	for (size_t i = 0; i < nets->len; i++) {
		if (nets->at[i].index != index)
			continue;
		memmove(&nets->at[i], &nets->at[i + 1], (nets->len - i - 1) * sizeof(*nets->at));
		nets->len--;
		nets->open &= nets->current != index;
		break;
	}
}

/* "lxc.net.3 =" forgets one interface; it has no row since it can only be emptied. */
static bool clear_one_net(struct conf *conf, const char *name)
{
	const char *digits = str_after(name, "lxc.net.");
	uint64_t index;

	if (!digits || !str_number(digits, 0, 65535, &index))
		return false;
	forget_net(conf, (unsigned)index);
	return true;
}

/* "lxc.prlimit" as the name of all of "lxc.prlimit.*". */
static bool is_family(const struct key *key, const char *name)
{
	size_t len = strlen(key->name);

	return (key->flags & KEY_FAMILY) && key->type != &key_alias && strlen(name) == len - 2 &&
	       strncmp(key->name, name, len - 2) == 0;
}

static bool is_hook(const struct key *key)
{
	return str_after(key->name, "lxc.hook.") && key->check == check_hook;
}

bool conf_empties(const char *key, const char *name)
{
	struct found found = { 0 };
	const char *below = str_after(name, key);
	uint64_t index;

	if (below && !*below)
		return true;
	if (!find(name, &found))
		return false;
	if (streq(key, "lxc.hook"))
		return is_hook(found.key);
	if (streq(key, "lxc.net"))
		return found.key->flags & KEY_NET;
	const char *digits = str_after(key, "lxc.net.");
	if (digits && str_number(digits, 0, 65535, &index))
		return (found.key->flags & KEY_NET) && found.index == index;
	return is_family(found.key, key);
}

bool conf_adds(const char *name)
{
	struct found found = { 0 };

	if (!find(name, &found))
		return false;
	return found.suffix ? found.key->flags & KEY_MANY : found.key->type->adds;
}

/* "lxc.prlimit =" empties the family, "lxc.hook =" all hooks. */
static bool clear_many(struct conf *conf, const char *name)
{
	bool hooks = streq(name, "lxc.hook"), any = false;

	for (const struct key *key = keys; key < keys + keys_len; key++) {
		struct setting to = { conf, key, field_of(conf, key), NULL };
		if (!(hooks && is_hook(key)) && !is_family(key, name))
			continue;
		key->type->clear(&to);
		any = true;
	}
	return any;
}

static struct conf_net *net_find(const struct conf *conf, unsigned index)
{
	for (size_t i = 0; i < conf->net.len; i++)
		if (conf->net.at[i].index == index)
			return &conf->net.at[i];
	return NULL;
}

/* A key for one type of interface is not for another, nor before the type is said. */
static int check_net(const struct conf_net *net, const struct found *found)
{
	const struct key *key = found->key;

	if (!key->nets || (net && key->nets & 1U << net->type))
		return 0;
	auto_text struct text type = { 0 };
	for (const struct key *row = keys; net && row < keys + keys_len; row++)
		if (row->type == &key_net_type)
			row->type->get(row, &net->type, &type);
	return fail_hint(fail(0, "not for an interface of type %s",
			      type.len ? text_get(&type) : "empty"),
			 "lxc.net.%u.type has to come first", found->index);
}

/* Sets, or empties, what has been found. */
static int set_field(const struct setting *to, const char *value)
{
	const struct key *key = to->key;

	if (*value)
		return key->type->set(to, value);
	key->type->clear(to);
	const char *text = key->empty ? key->empty : key->init;
	return text ? key->type->set(to, text) : 0;
}

static int set_found(struct conf *conf, const struct found *found, const char *value)
{
	const struct key *key = found->key;
	struct setting to = { conf, key, field_of(conf, key), found->suffix };
	bool made = false;

	if (key->flags & KEY_NET) {
		struct conf_net *net = net_find(conf, found->index);
		if (!*value && !net)
			return 0; /* nothing to empty, and no reason to make one */
		TRY(check_net(net, found));
		made = !net;
		if (made && conf->net.len >= MAX_NETS)
			return fail(0, "more than %d interfaces", MAX_NETS);
		to.field = (char *)(net ? net : net_at(conf, found->index)) + key->offset;
	}
	int r = set_field(&to, value);
	if (r < 0 && made)
		forget_net(conf, found->index);
	TRY(r);
	/* Emptied, it is as if nothing had been said, unless that, too, says something. */
	struct origin from = *value || key->empty ? conf->now : (struct origin){ 0 };
	conf->from[key - keys] = from;
	if (key->flags & KEY_NET)
		net_find(conf, found->index)->from_key[key - keys] = from;
	return 0;
}

int conf_set(struct conf *conf, const char *name, const char *value)
{
	struct found found = { 0 };
	const char *written = name;
	bool opens = streq(name, "lxc.network.type") && *value;

	TRY(check_value(name, value));
	for (int hops = 0; hops < 2; hops++) {
		found = (struct found){ 0 };
		if (!find(name, &found)) {
			if (!*value && (clear_one_net(conf, name) || clear_many(conf, name)))
				return 0;
			return unknown_key(written);
		}
		if (found.key->type != &key_alias)
			break;
		name = modern_name(conf, &found);
		if (!name)
			return fail_in(-EINVAL, "%s", written);
	}
	int r = set_found(conf, &found, value);
	if (r < 0)
		return fail_in(r, "%s", written);
	if (opens) {
		conf->net.open = true;
		conf->net.current = found.index;
	}
	return 0;
}

/* One of a family: of KEY_MANY each value a line. */
static void get_named(const struct conf *conf, const struct found *found, struct text *out)
{
	const struct items *items = field_of(conf, found->key);
	size_t start = out->len;

	for (size_t i = 0; i < items->len; i++)
		if (streq(items->at[i].name, found->suffix))
			text_format(out, "%s%s", items->at[i].text,
				    found->key->flags & KEY_MANY ? "\n" : "");
	if (out->len == start && found->key->unset)
		text_add(out, found->key->unset);
}

int conf_get(const struct conf *conf, const char *name, struct text *out)
{
	struct found found = { 0 };
	const void *base = conf;

	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (is_family(key, name) && !key->unset) {
			key->type->get(key, field_of(conf, key), out);
			return 0;
		}
	if (!find(name, &found))
		return -ENOENT;
	const struct key *key = found.key;
	if (key->type == &key_include)
		return -ENOENT;
	if (key->type == &key_alias)
		return found.suffix ? -ENOENT : conf_get(conf, key->init, out);
	if (found.suffix) {
		if (key->check == check_share && !names_value(names_namespaces, found.suffix, 0))
			return -ENOENT;
		get_named(conf, &found, out);
		return 0;
	}
	if (key->flags & KEY_NET) {
		const struct conf_net *net = net_find(conf, found.index);
		if (!net || (key->nets && !(key->nets & 1U << net->type)))
			return -ENOENT;
		base = net;
	} else if (key->unset && !conf->from[key - keys].file) {
		text_add(out, key->unset);
		return 0;
	}
	size_t before = out->len;
	key->type->get(key, (const char *)base + key->offset, out);
	if (key->unset && out->len == before)
		text_add(out, key->unset);
	return 0;
}

struct origin conf_origin(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < keys_len; i++)
		if (streq(keys[i].name, name))
			return conf->from[i];
	return (struct origin){ 0 };
}

const char *origin_text(struct origin from, char *out, size_t size)
{
	if (!from.file)
		out[0] = '\0';
	else if (from.line)
		snprintf(out, size, "%s:%u", from.file, from.line);
	else
		snprintf(out, size, "%s", from.file);
	return out;
}

void conf_init(struct conf *conf)
{
	*conf = (struct conf){ 0 };
	conf->from = mem_get(&conf->mem, keys_len * sizeof(*conf->from));
	set_defaults(conf, 0, conf);
}

void conf_init_plain(struct conf *conf)
{
	conf_init(conf);
	net_at(conf, 0);
}

enum rootfs_type conf_root_type(const struct conf *conf)
{
	return conf->rootfs_type ? conf->rootfs_type : (enum rootfs_type)conf->rootfs_backend;
}

void conf_free(struct conf *conf)
{
	mem_release(&conf->mem);
	*conf = (struct conf){ 0 };
}

static int alias_set(const struct setting *to, const char *value)
{
	return fail(0, "%s is only another name for %s", to->key->name, to->key->init);
}

static void alias_get(const struct key *key, const void *field, struct text *out)
{
}

static void alias_clear(const struct setting *to)
{
}

static int ignored_set(const struct setting *to, const char *value)
{
	return 0;
}

const struct key_type key_alias = { "alias", alias_set, alias_get, alias_clear, NULL, false };
const struct key_type key_ignored = { "without effect", ignored_set, alias_get,
				      alias_clear,	NULL,	     false };
