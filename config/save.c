/* save.c - the table as a file. */
#include "conf.h"

void conf_save_line(struct text *out, const char *value)
{
	size_t len = strlen(value);
	const char *blank = " \t\r";
	bool quoted = len >= 2 && (value[0] == '"' || value[0] == '\'') &&
		      value[len - 1] == value[0];
	bool wrap = len && (quoted || strchr(blank, value[0]) || strchr(blank, value[len - 1]));

	text_format(out, wrap ? "\"%s\"\n" : "%s\n", value);
}

/*
 * One key as `name`. `plain` is the same field in a configuration nobody has set anything in;
 * `said`: to be written even when it is the same.
 */
static void save_key(const struct key *key, const char *name, const void *field, const void *plain,
		     bool said, struct text *out)
{
	auto_text struct text now = { 0 }, then = { 0 };

	if (key->type->save) {
		key->type->save(name, field, out);
		return;
	}
	key->type->get(key, field, &now);
	key->type->get(key, plain, &then);
	if (streq(text_get(&now), text_get(&then)) && !said)
		return;
	text_format(out, "%s = ", name);
	conf_save_line(out, text_get(&now));
}

/* The rows below lxc.net.[] know one field each; here they come together again. */
static void save_nets(const struct conf *conf, const struct conf *plain, struct text *out)
{
	for (size_t i = 0; i < conf->net.len; i++)
		for (const struct key *key = keys; key < keys + keys_len; key++) {
			const struct conf_net *net = &conf->net.at[i];
			char name[96];
			if (!(key->flags & KEY_NET) ||
			    (key->nets && !(key->nets & 1U << net->type)))
				continue;
			snprintf(name, sizeof(name), "lxc.net.%u%s", net->index,
				 strchr(key->name, ']') + 1);
			save_key(key, name, (const char *)net + key->offset,
				 (const char *)plain->net.at + key->offset,
				 key->type == &key_net_type, out);
		}
}

void conf_save(const struct conf *conf, struct text *out)
{
	struct conf plain;
	char name[96];

	conf_init_plain(&plain);
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		size_t len = strlen(key->name) - (key->flags & KEY_FAMILY ? 1 : 0);
		if (key->type == &key_net)
			save_nets(conf, &plain, out);
		if (key->flags & KEY_NET || key->type == &key_alias || key->type == &key_net)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)len, key->name);
		bool said = (key->flags & KEY_SAID || key->unset) && conf->from[key - keys].file;
		save_key(key, name, (const char *)conf + key->offset,
			 (const char *)&plain + key->offset, said, out);
	}
	conf_free(&plain);
}
