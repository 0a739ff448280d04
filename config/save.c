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

/* The default, to be compared with; a second configuration nobody has set anything in. */
static void save_key(const struct conf *conf, const struct conf *plain, const struct key *key,
		     struct text *out)
{
	auto_text struct text now = { 0 }, then = { 0 };
	const void *field = (const char *)conf + key->offset;

	key->type->get(key, field, &now);
	key->type->get(key, (const char *)plain + key->offset, &then);
	if (key->type->save) {
		key->type->save(key, field, out);
		return;
	}
	bool said = (key->flags & KEY_SAID) && conf->from[key - keys].file;
	if (streq(text_get(&now), text_get(&then)) && !said)
		return;
	text_format(out, "%s = ", key->name);
	conf_save_line(out, text_get(&now));
}

void conf_save(const struct conf *conf, struct text *out)
{
	struct conf plain;

	conf_init(&plain);
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (!(key->flags & KEY_NET) && key->type != &key_alias)
			save_key(conf, &plain, key, out);
	conf_free(&plain);
}
