/* net.c - kinds of keys of interfaces: which there are, their types, addresses and routes. */
#include "conf.h"
#include "fail.h"

static const struct name net_types[] = {
	{ "empty", NET_EMPTY },	    { "none", NET_NONE },
	{ "veth", NET_VETH },	    { "vlan", NET_VLAN },
	{ "macvlan", NET_MACVLAN }, { "ipvlan", NET_IPVLAN },
	{ "phys", NET_PHYS },	    { NULL, 0 },
};

static int set_net(const struct setting *to, const char *value)
{
	return fail_hint(fail(0, "it can only be emptied"), "lxc.net.0.type = %s", value);
}

static void get_net(const struct key *key, const void *field, struct text *out)
{
	const struct conf_nets *nets = field;

	for (size_t i = 0; i < nets->len; i++)
		text_format(out, "%s\n", names_name(net_types, nets->at[i].type));
}

static void clear_net(const struct setting *to)
{
	struct conf_nets *nets = to->field;

	nets->len = 0;
	nets->open = false;
}

static int set_net_type(const struct setting *to, const char *value)
{
	uint64_t type = names_value(net_types, value, UINT64_MAX);

	if (type == UINT64_MAX)
		return fail(0, "%s is none of empty, none, veth, vlan, macvlan, ipvlan, phys",
			    value);
	*(enum conf_net_type *)to->field = (enum conf_net_type)type;
	return 0;
}

static void get_net_type(const struct key *key, const void *field, struct text *out)
{
	text_add(out, names_name(net_types, *(const enum conf_net_type *)field));
}

static void clear_net_type(const struct setting *to)
{
	*(enum conf_net_type *)to->field = NET_EMPTY;
}

/* ---- addresses; the key's `max` is the family, 4 or 6 ---- */

static int add_address(const struct setting *to, const char *value, bool need)
{
	char usual[ADDRESS_TEXT];

	TRY(address_parse((int)to->key->max, need, value, usual));
	return key_items.set(to, usual);
}

static int set_address(const struct setting *to, const char *value)
{
	return add_address(to, value, false);
}

static int set_route(const struct setting *to, const char *value)
{
	return add_address(to, value, true);
}

/* Without a broadcast address, and without a line feed at the end, as LXC reads them back. */
static void get_addresses(const struct key *key, const void *field, struct text *out)
{
	const struct items *items = field;

	for (size_t i = 0; i < items->len; i++)
		text_format(out, "%s%.*s", i ? "\n" : "", (int)strcspn(items->at[i].text, " "),
			    items->at[i].text);
}

static void clear_addresses(const struct setting *to)
{
	key_items.clear(to);
}

static void save_addresses(const char *name, const void *field, struct text *out)
{
	key_items.save(name, field, out);
}

static int set_gateway(const struct setting *to, const char *value)
{
	char usual[ADDRESS_TEXT];
	bool word = streq(value, "auto") || streq(value, "dev");

	if (!word && address_plain((int)to->key->max, value, usual) < 0)
		return fail_hint(-EINVAL, "or auto, or dev");
	*(char **)to->field = mem_text(&to->conf->mem, word ? value : usual);
	return 0;
}

/* Any text says "up", and is read back as that, as in LXC. */
static int set_up(const struct setting *to, const char *value)
{
	*(char **)to->field = mem_text(&to->conf->mem, "up");
	return 0;
}

static void get_one(const struct key *key, const void *field, struct text *out)
{
	key_text.get(key, field, out);
}

static void clear_one(const struct setting *to)
{
	*(char **)to->field = NULL;
}

/* clang-format off */
const struct key_type
	key_net	     = { "empty",   set_net,	  get_net,	 clear_net,	  NULL, false },
	key_net_type = { "one of empty, none, veth, vlan, macvlan, ipvlan, phys",
			 set_net_type, get_net_type, clear_net_type, NULL, false },
	key_up	     = { "text",    set_up,	  get_one,	 clear_one,	  NULL, false },
	key_address = { "list", set_address, get_addresses, clear_addresses, save_addresses, true },
	key_route = { "list", set_route, get_addresses, clear_addresses, save_addresses, true },
	key_gateway  = { "address, auto or dev",
			 set_gateway, get_one, clear_one, NULL, false };
/* clang-format on */
