/* conf.c - defaults, set, get, clear, free: all by walking the table. */
#include "conf.h"

#include "fail.h"

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

/*
 * The modern name of a legacy one. lxc.network.* is positional: each "type" opens an interface,
 * and what follows belongs to it.
 */
static const char *modern_name(struct conf *conf, const struct found *found)
{
	const char *target = found->key->init;

	if (!found->suffix)
		return target;
	if (!streq(target, "lxc.net.") || (*found->suffix >= '0' && *found->suffix <= '9'))
		return mem_format(&conf->mem, "%s%s", target, found->suffix);
	const struct conf_nets *nets = &conf->net;
	unsigned last = nets->len ? nets->at[nets->len - 1].index : 0;
	if (streq(found->suffix, "type"))
		last = nets->len ? last + 1 : 0;
	return mem_format(&conf->mem, "%s%u.%s", target, last, found->suffix);
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
	return &nets->at[i];
}

static void *field_of(const struct conf *conf, const struct key *key)
{
	return (char *)(uintptr_t)conf + key->offset;
}

/* "lxc.net.3 =" forgets one interface; it has no row since it can only be emptied. */
static bool clear_one_net(struct conf *conf, const char *name)
{
	struct conf_nets *nets = &conf->net;
	const char *digits = str_after(name, "lxc.net.");
	uint64_t index;

	if (!digits || !str_number(digits, 0, 65535, &index))
		return false;
	for (size_t i = 0; i < nets->len; i++) {
		if (nets->at[i].index != index)
			continue;
		memmove(&nets->at[i], &nets->at[i + 1], (nets->len - i - 1) * sizeof(*nets->at));
		nets->len--;
		break;
	}
	return true;
}

/* "lxc.prlimit =" empties the family. */
static bool clear_family(struct conf *conf, const char *name)
{
	for (size_t i = 0; i < keys_len; i++) {
		size_t len = strlen(keys[i].name);
		if (!(keys[i].flags & KEY_FAMILY) || keys[i].type == &key_alias)
			continue;
		if (strlen(name) != len - 2 || strncmp(keys[i].name, name, len - 2) != 0)
			continue;
		struct setting to = { conf, &keys[i], field_of(conf, &keys[i]), NULL };
		keys[i].type->clear(&to);
		return true;
	}
	return false;
}

static bool has_net(const struct conf *conf, unsigned index)
{
	for (size_t i = 0; i < conf->net.len; i++)
		if (conf->net.at[i].index == index)
			return true;
	return false;
}

static int set_found(struct conf *conf, const struct found *found, const char *value)
{
	const struct key *key = found->key;
	struct setting to = { conf, key, field_of(conf, key), found->suffix };

	if (key->flags & KEY_NET) {
		if (!*value && !has_net(conf, found->index))
			return 0; /* nothing to empty, and no reason to make one */
		to.field = (char *)net_at(conf, found->index) + key->offset;
	}
	/* Emptied, it is as if nothing had been said, unless that, too, says something. */
	conf->from[key - keys] = *value || key->empty ? conf->now : (struct origin){ 0 };
	if (*value)
		return key->type->set(&to, value);
	key->type->clear(&to);
	const char *text = key->empty ? key->empty : key->init;
	return text ? key->type->set(&to, text) : 0;
}

int conf_set(struct conf *conf, const char *name, const char *value)
{
	struct found found = { 0 };
	const char *written = name;

	if (value[strcspn(value, "\r\n")])
		return fail(0, "%s: the value has a line break in it", name);
	for (int hops = 0; hops < 2; hops++) {
		found = (struct found){ 0 };
		if (!find(name, &found)) {
			if (!*value && (clear_one_net(conf, name) || clear_family(conf, name)))
				return 0;
			return unknown_key(written);
		}
		if (found.key->type != &key_alias)
			break;
		name = modern_name(conf, &found);
	}
	int r = set_found(conf, &found, value);
	return r < 0 ? fail_in(r, "%s", written) : 0;
}

int conf_define(struct conf *conf, const char *assignment)
{
	const char *equals = strchr(assignment, '=');
	char name[128];

	if (!equals || (size_t)(equals - assignment) >= sizeof(name))
		return fail(0, "%s: not of the form KEY=VALUE", assignment);
	memcpy(name, assignment, (size_t)(equals - assignment));
	name[equals - assignment] = '\0';
	name[strcspn(name, " \t")] = '\0';
	equals += 1 + strspn(equals + 1, " \t");
	conf->now = (struct origin){ .file = "--define" };
	return conf_set(conf, name, equals);
}

int conf_get(const struct conf *conf, const char *name, struct text *out)
{
	struct found found = { 0 };

	for (size_t i = 0; i < keys_len; i++) { /* a family asked for by its bare prefix */
		size_t len = strlen(keys[i].name);
		if ((keys[i].flags & KEY_FAMILY) && keys[i].type != &key_alias &&
		    strlen(name) == len - 2 && strncmp(keys[i].name, name, len - 2) == 0) {
			keys[i].type->get(&keys[i], field_of(conf, &keys[i]), out);
			return 0;
		}
	}
	if (!find(name, &found))
		return -ENOENT;
	if (found.key->type == &key_alias)
		return found.suffix ? -ENOENT : conf_get(conf, found.key->init, out);
	if (found.suffix) {
		const struct items *items = field_of(conf, found.key);
		for (size_t i = 0; i < items->len; i++)
			if (streq(items->at[i].name, found.suffix))
				text_add(out, items->at[i].text);
		return 0;
	}
	if (!(found.key->flags & KEY_NET)) {
		found.key->type->get(found.key, field_of(conf, found.key), out);
		return 0;
	}
	for (size_t i = 0; i < conf->net.len; i++)
		if (conf->net.at[i].index == found.index) {
			found.key->type->get(found.key,
					     (char *)&conf->net.at[i] + found.key->offset, out);
			return 0;
		}
	return -ENOENT;
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
	for (size_t i = 0; i < keys_len; i++) {
		struct setting to = { conf, &keys[i], field_of(conf, &keys[i]), NULL };
		if (keys[i].init && keys[i].type != &key_alias)
			keys[i].type->set(&to, keys[i].init);
	}
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

const struct key_type key_alias = { "alias", alias_set, alias_get, alias_clear, NULL };
